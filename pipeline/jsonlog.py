"""The log of a run for machines: one JSON object a line on standard error, as log collectors take it."""

from __future__ import annotations

import json
import sys
import time
from types import TracebackType
from typing import Any

from pipeline import runlog
from pipeline.summary import Summary

EVERY = 10.0  # seconds between two lines of progress


class JsonLog:
    """Stands in for the progress bar; ``seconds`` is the time since the start."""

    def __init__(self) -> None:
        self._started = self._said = time.monotonic()
        self.seconds = 0.0

    def __enter__(self) -> JsonLog:
        return self

    def update(self, done: int, total: int, path: str) -> None:
        """Say that ``done`` of ``total`` sources are done, the last one at ``path``."""
        if time.monotonic() - self._said >= EVERY:
            self._said = time.monotonic()
            say("info", "progress", done=done, total=total, path=path)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.seconds = time.monotonic() - self._started


def say_summary(summary: Summary, seconds: float) -> None:
    """A line for each source rejected, each warning, and one for the run."""
    for path, sentence in summary.rejected:
        say("warning", "rejected", path=path, error=sentence)
    for path, sentence in summary.before:
        say("warning", "still rejected", path=path, error=sentence)
    for path, sentence in summary.warnings:
        say("warning", "warning", path=path, text=sentence)
    say("info", "done", seconds=round(seconds, 3), **summary.record())


def say_failure(error: BaseException, **fields: str) -> None:
    """The line of a run that fails."""
    say("error", "failed", error=runlog.said(error), **fields)


def say(level: str, event: str, **fields: Any) -> None:
    """Write one line."""
    record = {"time": runlog.now(), "level": level, "event": event, **fields}
    sys.stderr.write(json.dumps(record, ensure_ascii=False) + "\n")
