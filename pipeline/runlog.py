"""The run log `runs.jsonl` of an output folder: a line for each run, also for one that failed or was killed."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def now() -> str:
    """The time in UTC, ISO 8601, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def append(log: Path, record: dict[str, Any]) -> None:
    """Add a record, unless it is the last one already: a recovery does again what its run may have done. OSError."""
    line = json.dumps(record, ensure_ascii=False)
    with log.open("ab+", buffering=0) as handle:
        size = handle.seek(0, os.SEEK_END)
        handle.seek(max(0, size - len(line.encode()) - 2))
        tail = handle.read().decode("utf-8", "replace")
        if tail.rstrip("\n").split("\n")[-1] == line:
            return
        # A line that a power cut tore is closed, so that it costs itself only.
        start = "" if not tail or tail.endswith("\n") else "\n"
        rest = f"{start}{line}\n".encode()
        try:
            while rest:
                rest = rest[handle.write(rest) :]
            os.fsync(handle.fileno())
        except OSError:  # a full disk takes half a line
            handle.truncate(size)
            raise


def read(log: Path) -> list[dict[str, Any]]:
    """The records in order of time; lines that are torn are left out. Empty where there is no log."""
    records = []
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return []
    for line in lines:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            records.append(record)
    return records
