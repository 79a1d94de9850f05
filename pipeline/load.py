"""Read the tables of one snapshot, also while a run publishes the next one or after it was killed half way."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.folder import PRIVATE, read_json
from pipeline.snapshot import published
from pipeline.tables import SCHEMAS

if TYPE_CHECKING:
    import pandas as pd

TRIES, PAUSE = 40, 0.05  # a publication moves a handful of files; it is over within this time, or it was killed


class SnapshotError(Exception):
    """The folder holds no tables, or tables of several snapshots; the message says which and what to do."""


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


def _read(name: str, parts: Sequence[pq.ParquetFile]) -> pa.Table:
    try:
        return pa.concat_tables([part.read() for part in parts])
    except (OSError, pa.ArrowInvalid) as error:
        why = str(error).split("\n")[0][:120]
        raise SnapshotError(f"The table {name!r} is damaged ({why}); run `yaodian extract --fresh` again.") from error


@contextmanager
def open_snapshot(folder: Path, tables: Sequence[str] | None = None) -> Iterator[dict[str, list[pq.ParquetFile]]]:
    """The open files of each table, all of one snapshot. Raises SnapshotError."""
    with ExitStack() as stack:
        fault = ""
        for _ in range(TRIES):
            try:
                files = _open(folder, stack)
            except (OSError, pa.ArrowInvalid) as error:  # moved between the look and the opening
                fault = f"{error}"
            else:
                ids = {metadata(part).get("snapshot_id", "?") for parts in files.values() for part in parts}
                if len(ids) == 1:
                    break
                if not files and not folder.is_dir():
                    raise SnapshotError(f"{str(folder)!r} is no folder; give the one that `yaodian extract -o` wrote.")
                if not files:
                    raise SnapshotError(
                        f"{str(folder)!r} holds no tables; run `yaodian extract INPUT -o {folder}` first."
                    )
                fault = f"tables of the snapshots {', '.join(sorted(ids))}"
            time.sleep(PAUSE)
        else:
            raise SnapshotError(
                f"The tables in {str(folder)!r} are not of one run ({fault}); "
                f"run `yaodian extract INPUT -o {folder}` again."
            )
        wanted = list(files) if tables is None else list(tables)
        for name in wanted:
            if name not in files:
                there = ", ".join(files)
                raise SnapshotError(f"{str(folder)!r} holds no table {name!r}; there are {there}.")
        yield {name: files[name] for name in wanted}


def _open(folder: Path, stack: ExitStack) -> dict[str, list[pq.ParquetFile]]:
    """Every file of the latest snapshot, from the staging folder where a publication has begun and not ended."""
    private = folder / PRIVATE
    journal = read_json(private / "journal.json")
    names = journal["files"] if journal else published(folder)
    files: dict[str, list[pq.ParquetFile]] = {}
    for name in names:
        staged = private / "staging" / name
        place = staged if journal and staged.exists() else folder / name
        files.setdefault(name.split("/")[0].removesuffix(".parquet"), []).append(
            stack.enter_context(pq.ParquetFile(place))
        )
    return {name: files[name] for name in SCHEMAS if name in files}


def metadata(part: pq.ParquetFile) -> dict[str, str]:
    """`schema_version`, `ruleset` and `snapshot_id` of an open table."""
    found = part.schema_arrow.metadata or {}
    return {key.decode(): value.decode() for key, value in found.items() if key != b"ARROW:schema"}
