"""Read the tables of one snapshot, also while a run publishes the next one or after it was killed half way."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.folder import read_json
from pipeline.inputs import PRIVATE
from pipeline.snapshot import published
from pipeline.tables import SCHEMAS

if TYPE_CHECKING:
    import pandas as pd

TRIES, PAUSE = 40, 0.05  # a publication moves a handful of files; it is over within this time, or it was killed
# Files that stay open, so that a publication which replaces them takes nothing away. Parts, of which there may be
# thousands, more than a process may open, bear the snapshot in their names: one that is there is the right one.
MOST_OPEN = 64


class SnapshotError(Exception):
    """The folder holds no tables, or tables of several snapshots; the message says which and what to do."""


class TableFile:
    """A file of a table. One that is not ``kept`` open is opened whenever it is read.

    ``about`` holds `schema_version`, `ruleset` and `snapshot_id`. Reading raises OSError and pyarrow.ArrowInvalid.
    """

    def __init__(self, path: Path, kept: bool) -> None:
        self._path, self._file = path, pq.ParquetFile(path)
        self.about = _about(self._file)
        self.num_rows, self.num_row_groups = self._file.metadata.num_rows, self._file.num_row_groups
        self._kept = kept
        if not kept:
            self._file.close()

    def read(self) -> pa.Table:
        """The whole table, with its metadata."""
        with self._open() as file:
            return file.read()

    def read_row_group(self, number: int, columns: Sequence[str] | None = None) -> pa.Table:
        """A row group, counted from 0."""
        with self._open() as file:
            return file.read_row_group(number, columns=columns)

    @contextmanager
    def _open(self) -> Iterator[pq.ParquetFile]:
        if self._kept:
            yield self._file
            return
        with pq.ParquetFile(self._path) as file:
            if _about(file) != self.about:
                raise OSError(f"{self._path.name} has been replaced")
            yield file

    def close(self) -> None:
        self._file.close()


@overload
def load_tables(
    folder: str | Path, tables: Sequence[str] | None = None, *, arrow: Literal[False] = False
) -> dict[str, pd.DataFrame]: ...
@overload
def load_tables(
    folder: str | Path, tables: Sequence[str] | None = None, *, arrow: Literal[True]
) -> dict[str, pa.Table]: ...
def load_tables(
    folder: str | Path, tables: Sequence[str] | None = None, *, arrow: bool = False
) -> dict[str, pd.DataFrame] | dict[str, pa.Table]:
    """The tables of an output folder by name, all of one snapshot: pandas, or Arrow with ``arrow=True``.

    ``folder`` may be an address (`s3://…`), whose tables are fetched.

    ``tables`` names those wanted; without it, all there are. One file or many parts a table, that is all the same.
    The metadata of each Arrow table and ``attrs`` of each frame hold `schema_version`, `ruleset` and `snapshot_id`.
    Raises SnapshotError where there are no tables, where one wanted is not there, or where they are not of one run.
    """
    from pipeline.remote import at_hand

    with at_hand(str(folder), tables) as place, open_snapshot(place, tables) as files:
        found = {name: _read(name, parts) for name, parts in files.items()}
    if arrow:
        return found
    frames = {}
    for name, table in found.items():
        frames[name] = table.to_pandas()
        frames[name].attrs = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
    return frames


def _read(name: str, parts: Sequence[TableFile]) -> pa.Table:
    try:
        return pa.concat_tables([part.read() for part in parts])
    except (OSError, pa.ArrowInvalid) as error:
        why = str(error).split("\n")[0][:120]
        raise SnapshotError(
            f"The table {name!r} is damaged, or a run has replaced it meanwhile ({why}); load it again, and if that "
            "does not help run `yaodian extract --fresh`."
        ) from error


@contextmanager
def open_snapshot(folder: Path, tables: Sequence[str] | None = None) -> Iterator[dict[str, list[TableFile]]]:
    """The files of each table, or of those wanted, all of one snapshot. Raises SnapshotError."""
    fault = ""
    for _ in range(TRIES):
        with ExitStack() as stack:
            try:
                files = _files(folder)
                wanted = list(files) if tables is None else [name for name in tables if name in files]
                found = {name: [_opened(place, len(files[name]), stack) for place in files[name]] for name in wanted}
            except (OSError, pa.ArrowInvalid) as error:  # moved between the look and the opening
                fault = f"{error}"
            else:
                ids = {part.about.get("snapshot_id", "?") for parts in found.values() for part in parts}
                if len(ids) < 2:
                    _check_all_there(folder, files, tables)
                    yield found
                    return
                fault = f"tables of the snapshots {', '.join(sorted(ids))}"
        time.sleep(PAUSE)
    raise SnapshotError(
        f"The tables in {str(folder)!r} are not of one run ({fault}); run `yaodian extract INPUT -o {folder}` again."
    )


def _opened(place: Path, files: int, stack: ExitStack) -> TableFile:
    file = TableFile(place, kept=files <= MOST_OPEN)
    stack.callback(file.close)
    return file


def _check_all_there(folder: Path, files: Mapping[str, object], tables: Sequence[str] | None) -> None:
    """Raises SnapshotError where there are no tables, or not those wanted."""
    if not files and not folder.is_dir():
        raise SnapshotError(f"{str(folder)!r} is no folder; give the one that `yaodian extract -o` wrote.")
    if not files:
        raise SnapshotError(f"{str(folder)!r} holds no tables; run `yaodian extract INPUT -o {folder}` first.")
    for name in tables or ():
        if name not in files:
            raise SnapshotError(f"{str(folder)!r} holds no table {name!r}; there are {', '.join(files)}.")


def _files(folder: Path) -> dict[str, list[Path]]:
    """Every file of the latest snapshot, in the staging folder where a publication has begun and not ended."""
    private = folder / PRIVATE
    journal = read_json(private / "journal.json")
    names = journal["files"] if journal else published(folder)
    files: dict[str, list[Path]] = {}
    for name in names:
        staged = private / "staging" / name
        place = staged if journal and staged.exists() else folder / name
        files.setdefault(name.split("/")[0].removesuffix(".parquet"), []).append(place)
    return {name: files[name] for name in SCHEMAS if name in files}


def _about(part: pq.ParquetFile) -> dict[str, str]:
    found = part.schema_arrow.metadata or {}
    return {key.decode(): value.decode() for key, value in found.items() if key != b"ARROW:schema"}
