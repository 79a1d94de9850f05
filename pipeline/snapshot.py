"""Put staged tables in place, all or none: a journal says what is to be moved, and whoever comes next finishes it.

Before the journal is written nothing published has been touched, so what is staged may be thrown away; after it every
file stands complete in the staging folder or at its place, so the moves can be done by anyone, any number of times.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline import runlog
from pipeline.folder import OutputFolder, read_json, sync, write_json
from pipeline.tables import SCHEMAS

PATIENCE = 10.0  # seconds to wait for a reader on Windows to close a table


def commit(folder: OutputFolder, files: Sequence[str], record: dict[str, Any]) -> None:
    """Publish the staged ``files`` (relative paths) as one snapshot; ``record`` becomes a line of the run log.

    Raises OSError; the journal then stands or it does not, and `recover` does what remains.
    """
    for name in files:
        sync(folder.staging / name)
    for place in sorted({(folder.staging / name).parent for name in files}):
        sync(place)
    old = [name for name in published(folder.path) if name not in files]
    write_json(folder.journal, {"files": list(files), "remove": old, "record": record})
    _finish(folder)


def recover(folder: OutputFolder) -> bool:
    """Finish the publication that a run before began, or discard what it staged. Says whether it finished one."""
    if folder.journal.exists():
        _finish(folder)
        return True
    shutil.rmtree(folder.staging, ignore_errors=True)
    return False


def _finish(folder: OutputFolder) -> None:
    journal = read_json(folder.journal)
    if journal is None:
        raise OSError(f"{folder.journal} is damaged")
    for name in journal["files"]:
        staged, place = folder.staging / name, folder.path / name
        if staged.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            _replace(staged, place)
    for name in journal["remove"]:
        (folder.path / name).unlink(missing_ok=True)
    for table in SCHEMAS:
        if (folder.path / table).is_dir() and not any((folder.path / table).iterdir()):
            (folder.path / table).rmdir()
    for place in sorted({(folder.path / name).parent for name in journal["files"]} | {folder.path}):
        sync(place)
    runlog.append(folder.log, journal["record"])
    folder.journal.unlink()
    sync(folder.private)
    shutil.rmtree(folder.staging, ignore_errors=True)


def _replace(staged: Path, place: Path) -> None:
    """Rename over the file before; Windows refuses while a reader has it open, so wait for that one."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            os.replace(staged, place)
            return
        except PermissionError:
            if os.name != "nt" or time.monotonic() > until:
                raise
            time.sleep(0.1)


def published(folder: Path) -> list[str]:
    """The relative paths of the tables' files in a folder, one file or many parts a table, sorted."""
    found = [f"{table}.parquet" for table in SCHEMAS if (folder / f"{table}.parquet").is_file()]
    for table in SCHEMAS:
        found.extend(f"{table}/{part.name}" for part in sorted((folder / table).glob("part-*.parquet")))
    return found
