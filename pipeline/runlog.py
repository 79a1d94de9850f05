"""The run log `runs.jsonl` of an output folder: a line for each run, also for one that failed or was killed."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from signal import SIGTERM
from typing import Any

HEAD = ("started", "inputs", "ruleset", "options", "settings", "seconds")  # what is known of a run however it ends


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


def failed(record: dict[str, Any], error: BaseException) -> dict[str, Any]:
    """The record of a run whose ``record`` told what it did, as an error came before its tables stood."""
    head = {name: record[name] for name in HEAD if name in record}
    return {**head, "result": "failed" if isinstance(error, Exception) else "interrupted", "error": said(error)}


def said(error: BaseException) -> str:
    """What an error says, in a sentence."""
    if isinstance(error, SystemExit) and error.code == 128 + SIGTERM:
        return "The run was asked to stop (SIGTERM), as by a scheduler or a shutdown."
    if isinstance(error, KeyboardInterrupt):
        return "The run was stopped from the keyboard."
    return str(error) or type(error).__name__


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
