"""The command line in a process of its own: what it prints, its exit code, the files it leaves.

A new interpreter takes seconds to load what a command needs and to compile the rules. `yaodian` starts one, as a user
does; `forked` has the process forked from one that has done so, for the many runs that are about something else. What
each of the main commands prints and leaves is held in a new interpreter by some test.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

Done = subprocess.CompletedProcess[str]


def yaodian(*arguments: str | Path, cwd: Path | None = None, stdin: str = "") -> Done:
    """The console command as it is installed."""
    script = Path(sys.executable).with_name("yaodian")
    command = [str(script)] if script.exists() else [sys.executable, "-m", "cli"]
    return subprocess.run(
        [*command, *map(str, arguments)], input=stdin, capture_output=True, encoding="utf-8", cwd=cwd,
        env=_environment(), check=False,
    )  # fmt: skip


def forked(*arguments: str | Path, cwd: Path | None = None, stdin: str = "") -> Done:
    """The same, forked; where the system cannot fork, the same."""
    if not hasattr(os, "fork"):
        return yaodian(*arguments, cwd=cwd, stdin=stdin)
    command = ["yaodian", *map(str, arguments)]
    with tempfile.TemporaryDirectory() as folder:
        streams = [Path(folder) / name for name in ("in", "out", "err")]
        for file, text in zip(streams, (stdin, "", ""), strict=True):
            file.write_bytes(text.encode())
        job = {
            "command": command, "cwd": str(cwd or Path.cwd()), "environment": _environment(),
            "streams": [str(file) for file in streams],
        }  # fmt: skip
        code = _server(json.dumps(job))
        return Done(command, code, *(file.read_text(encoding="utf-8") for file in streams[1:]))


def extract(*arguments: str | Path, cwd: Path | None = None) -> Done:
    """A run, forked, that reads in its own process, as workers compile the rules."""
    return forked("extract", "--workers", "0", *arguments, cwd=cwd)


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "100"}


def _server(job: str) -> int:
    """The exit code of a job."""
    server = _started()
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(job + "\n")
    server.stdin.flush()
    return int(server.stdout.readline())


@cache
def _started() -> subprocess.Popen[str]:
    """The process that forks; it ends with this one, as its input does."""
    return subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "fork_commands.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        encoding="utf-8", env=_environment(),
    )  # fmt: skip
