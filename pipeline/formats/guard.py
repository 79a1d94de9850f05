"""Read documents that cannot be trusted in a process of its own, within a time limit; what kills it costs one file."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from pipeline.formats import Content, MachineError, UnreadableError

SECONDS = 60.0  # for one document
READ_BY_ONE = 500  # documents, then a new process takes over, so that no library's leak lasts
ROOT = Path(__file__).parents[2]


class _Worker:
    def __init__(self) -> None:
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        self.process = subprocess.Popen(
            [sys.executable, "-B", "-P", "-m", "pipeline.formats.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )
        self.owner = os.getpid()
        self.read = 0

    def ask(self, format_: str, data: bytes, seconds: float) -> Content:
        self.read += 1
        late = threading.Event()

        def stop() -> None:
            late.set()
            self.process.kill()

        timer = threading.Timer(seconds, stop)
        timer.start()
        try:
            return self._exchange(format_, data)
        except (OSError, ValueError) as error:
            self.close()
            if late.is_set():
                raise MachineError(
                    f"keeps its reader busy for more than {seconds:g} seconds; open it and save its text as UTF-8 .txt"
                ) from error
            raise MachineError(
                "breaks its reader, for want of memory or by a fault of the file; open it and save it anew"
            ) from error
        finally:
            timer.cancel()

    def _exchange(self, format_: str, data: bytes) -> Content:
        to, from_ = self.process.stdin, self.process.stdout
        assert to is not None
        assert from_ is not None
        to.write(json.dumps({"format": format_, "size": len(data)}).encode() + b"\n" + data)
        to.flush()
        reply = json.loads(from_.readline())
        text = from_.read(reply["size"])
        if len(text) != reply["size"]:
            raise ValueError("the answer is cut")
        if "error" in reply:
            raise (MachineError if reply.get("again") else UnreadableError)(reply["error"])
        return Content(text.decode("utf-8"), reply["encoding"], tuple(reply["warnings"]))

    def close(self) -> None:
        """End the process; one that another process has forked from ours is left to it."""
        if self.owner == os.getpid():
            self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                if pipe is not None:
                    with suppress(OSError):  # what was not yet written cannot be any more
                        pipe.close()


_worker: _Worker | None = None


def read(format_: str, data: bytes, seconds: float = SECONDS) -> Content:
    """The text of a document. Raises UnreadableError, and MachineError when its reader dies or takes too long."""
    global _worker
    if _worker is not None and (
        _worker.owner != os.getpid() or _worker.read >= READ_BY_ONE or _worker.process.poll() is not None
    ):
        _worker.close()
        _worker = None
    if _worker is None:
        _worker = _Worker()
    return _worker.ask(format_, data, seconds)


@atexit.register
def close() -> None:
    """End the reading process; the next document starts another."""
    global _worker
    if _worker is not None:
        _worker.close()
        _worker = None
