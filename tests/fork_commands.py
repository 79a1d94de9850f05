"""Runs each command that it reads from its input in a fork of itself, with all loaded and compiled; see command_line."""

from __future__ import annotations

import json
import os
import sys
from typing import NoReturn

from make_samples import RAW
from typer.testing import CliRunner

import pipeline.export.load
import pipeline.gold
import pipeline.run
import pipeline.score  # noqa: F401
from cli import app, main

PLAN = str(RAW / "08_task_notes.txt")


def serve() -> None:
    """For each line with a job the exit code of its process."""
    for command in (["show", PLAN], ["explain", PLAN, "--at", "0"], ["diff", ".", "."], ["status", "."]):
        CliRunner().invoke(app, command)
    for line in sys.stdin.buffer:
        if (process := os.fork()) == 0:
            run(**json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)


def run(command: list[str], cwd: str, environment: dict[str, str], streams: list[str]) -> NoReturn:
    for descriptor, file in enumerate(streams):
        os.dup2(os.open(file, os.O_RDWR), descriptor)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    sys.argv = command
    main()
    sys.exit()


if __name__ == "__main__":
    serve()
