"""Put staged tables in place, all or none: a journal says what is to be moved, and whoever comes next finishes it.

Before the journal is written nothing published has been touched, so what is staged may be thrown away; after it every
file stands complete in the staging folder or at its place, so the moves can be done by anyone, any number of times.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import runlog
from pipeline.folder import OutputFolder, read_json, sync, write_json
from pipeline.inputs import PRIVATE
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
    _drop_strays(folder, files)
    old = sorted({_top(name) for name in published(folder.path)} - {_top(name) for name in files})
    write_json(folder.journal, {"files": list(files), "remove": old, "record": record})
    _finish(folder)


def _drop_strays(folder: OutputFolder, files: Sequence[str]) -> None:
    """Drop parts that nobody asked for: those of a worker that was given up and went on."""
    wanted = set(files)
    for name in {_top(name) for name in files}:
        if (folder.staging / name).is_dir():
            for part in (folder.staging / name).iterdir():
                if f"{name}/{part.name}" not in wanted:
                    part.unlink()


def recover(folder: OutputFolder, anew: bool = False) -> bool:
    """Finish the publication that a run before began, or discard what it staged. Says whether it finished one.

    With ``anew`` a journal that is damaged is discarded too. Raises OSError.
    """
    if anew and read_json(folder.journal) is None:
        folder.journal.unlink(missing_ok=True)
    if folder.journal.exists():
        _finish(folder)
        return True
    for left in (folder.staging, folder.shelf, folder.old):
        shutil.rmtree(left, ignore_errors=True)
    return False


def _finish(folder: OutputFolder) -> None:
    journal = read_json(folder.journal)
    if journal is None:
        raise OSError(f"{folder.journal} is damaged; run once with --fresh --prune")
    for name in sorted({_top(name) for name in journal["files"]}):
        if (folder.staging / name).exists():
            if (folder.path / name).is_dir():
                _put_away(folder, name)
            _replace(folder.staging / name, folder.path / name)
    for name in journal["remove"]:
        _put_away(folder, name)
    sync(folder.path)
    runlog.append(folder.log, journal["record"])
    folder.journal.unlink()
    sync(folder.private)
    for left in (folder.staging, folder.old):
        shutil.rmtree(left, ignore_errors=True)


def _top(name: str) -> str:
    """The file or folder that is renamed as a whole: a folder of parts is there or not, never half."""
    return name.split("/")[0]


def _put_away(folder: OutputFolder, name: str) -> None:
    """Take a file, or a folder of parts with all of them at once, from its place."""
    if (folder.path / name).is_dir():
        shutil.rmtree(folder.old, ignore_errors=True)
        _replace(folder.path / name, folder.old)
    else:
        (folder.path / name).unlink(missing_ok=True)


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


def foreign(folder: Path, parts: bool = False) -> str:
    """A file that stands where a table or a part would, and that no run wrote; empty where there is none.

    One that is no Parquet file is taken for a damaged one of ours where a run has been. With ``parts`` folders of parts
    would be written, which are replaced as a whole.
    """
    names = published(folder)
    first = {_top(name): name for name in reversed(names)}
    for name in first.values():
        try:
            ours = b"snapshot_id" in (pq.read_metadata(folder / name).metadata or {})
        except OSError:  # moved meanwhile, or not for us to read: the run will say so
            ours = True
        except pa.ArrowInvalid:
            ours = (folder / PRIVATE).is_dir()
        if not ours:
            return name
    for table in SCHEMAS if parts else [name for name in first if not name.endswith(".parquet")]:
        with suppress(OSError):
            for file in sorted((folder / table).iterdir()):
                if not file.name.startswith((".", "_")) and f"{table}/{file.name}" not in names:
                    return f"{table}/{file.name}"
    return ""
