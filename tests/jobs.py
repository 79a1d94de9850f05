"""What tests have worker processes do: these load nothing more."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable


def start() -> Callable[[str], str]:
    return work


def broken() -> Callable[[str], str]:
    os._exit(3)


def work(job: str) -> str:
    """A job twice, or what its first word says; `hang` and `spin` read the pipe that follows."""
    what, _, pipe = job.partition(" ")
    if what == "hang":
        open(pipe).read()  # noqa: SIM115
    if what == "spin":
        os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        while True:
            pass
    if what == "die":
        os._exit(7)
    if what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "slow":
        time.sleep(0.05)
    return job * 2
