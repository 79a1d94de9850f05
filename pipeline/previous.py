"""The snapshot that stands in the output folder, read source by source so that its rows can be carried over."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.folder import PublishError
from pipeline.load import SnapshotError, TableFile, open_snapshot
from pipeline.slices import Slice, Slices, Stretch, owner_column, owners
from pipeline.snapshot import published
from pipeline.tables import SCHEMAS

# What tells whether a source has changed.
KNOWN_BY = ("path", "source_id", "sha256", "format", "status", "error", "ruleset")


class Previous:
    """The published snapshot of a folder, or none: then it has no sources.

    Raises PublishError where the tables are damaged or not of one run, unless they are to be ``ignored``.
    """

    def __init__(self, folder: Path, ignore: bool = False) -> None:
        self._folder, self._ignore = folder, ignore
        self._stack = ExitStack()
        self._files: Mapping[str, Sequence[TableFile]] = {}
        self.metadata: dict[str, str] = {}

    def made_by(self, ruleset: str, tables: Sequence[str]) -> bool:
        """Whether the snapshot holds these ``tables``, written under this ``ruleset``."""
        return self.metadata.get("ruleset") == ruleset and set(self._files) == set(tables)

    def __enter__(self) -> Previous:
        if self._ignore or not published(self._folder):
            return self
        try:
            self._files = self._stack.enter_context(open_snapshot(self._folder))
            self.metadata = self._files["sources"][0].about
        except (SnapshotError, KeyError, OSError) as error:
            raise self.damaged(error) from error
        return self

    def close(self) -> None:
        self._stack.close()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def counts(self) -> dict[str, int]:
        """The rows by table."""
        return {name: sum(part.num_rows for part in parts) for name, parts in self._files.items()}

    def kinds_of_gaps(self) -> Counter[str]:
        """The gaps by kind."""
        kinds: Counter[str] = Counter()
        for group in self._groups("gaps"):
            counts = group.read(["kind"]).column("kind").value_counts().to_pylist()
            kinds.update({count["values"]: count["counts"] for count in counts})
        return kinds

    def sources(self) -> Iterator[tuple[Any, ...]]:
        """The cells of ``KNOWN_BY`` of each source, in order of path."""
        for group in self._groups("sources"):
            batch = group.read(KNOWN_BY)
            yield from zip(*(batch.column(name).to_pylist() for name in KNOWN_BY), strict=True)

    def walk(self, few: bool = False) -> Walk:
        """All rows, to be taken in order of path. Where ``few`` are, row groups without any of them cost little."""
        return Walk({name: self._groups(name) for name in self._files}, few)

    def _groups(self, name: str) -> Iterator[_Group]:
        for part in self._files.get(name, ()):
            for number in range(part.num_row_groups):
                yield _Group(self, name, part, number)

    def column(self, name: str, table: pa.Table, field: pa.Field) -> pa.Array:
        """A column as it is called today; one that was not there yet is null."""
        if field.name in table.schema.names:
            return table.column(field.name).combine_chunks().cast(field.type)
        if field.nullable or not table.num_rows:
            return pa.nulls(table.num_rows, field.type)
        raise PublishError(
            f"The tables in {str(self._folder)!r} hold rows of files that are gone, from before `{name}.{field.name}` "
            "was a column; run once with --prune to drop them, or choose another folder with -o."
        )

    def damaged(self, error: Exception) -> PublishError:
        return PublishError(
            f"The tables in {str(self._folder)!r} are damaged ({error}); run once with --fresh --prune to write them "
            "anew from today's inputs, or choose another folder with -o."
        )


@dataclass(frozen=True, slots=True)
class _Group:
    """A row group of a table that stands."""

    previous: Previous
    name: str
    part: TableFile
    number: int

    def read(self, columns: Sequence[str] | None = None) -> pa.RecordBatch:
        """Its rows in the columns of today, or in some of them."""
        schema = SCHEMAS[self.name]
        fields = [field for field in schema if columns is None or field.name in columns]
        try:
            table = self.part.read_row_group(self.number, columns=columns)
        except (OSError, pa.ArrowException) as error:
            raise self.previous.damaged(error) from error
        arrays = [self.previous.column(self.name, table, field) for field in fields]
        return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))


class Walk:
    """Hands out the rows of a snapshot, source after source. Holds a row group of each table at a time."""

    def __init__(self, groups: Mapping[str, Iterator[_Group]], few: bool) -> None:
        self._cursors = {name: _Cursor(name, of_table, few) for name, of_table in groups.items()}
        self._at = 0  # sources handed out or passed over

    def take(self, start: int, stop: int) -> Iterator[Stretch]:
        """The rows of the sources number ``start`` to ``stop`` (exclusive, from 0); those before are passed over."""
        for _ in self._sources(start, wanted=False):
            pass
        yield from self._sources(stop)

    def take_one(self, number: int) -> Slices:
        """The rows of one source; those before are passed over."""
        return {name: slice_ for name, slice_, _ in self.take(number, number + 1)}

    def _sources(self, stop: int, wanted: bool = True) -> Iterator[Stretch]:
        """The rows of the sources up to a number, some at a time; none where they are not ``wanted``."""
        while self._at < stop:
            taken, ids = self._cursors["sources"].next(stop - self._at, wanted)
            self._at += len(ids)
            yield from taken
            for name, cursor in self._cursors.items():
                if name != "sources":
                    yield from cursor.of(ids, wanted)


class _Cursor:
    """Walks the rows of one table, whose sources come in the order in which they are asked for.

    Where ``few`` are wanted, a row group is first asked whose rows it holds, and read when some of them are.
    """

    def __init__(self, name: str, groups: Iterator[_Group], few: bool) -> None:
        self._name, self._groups, self._few = name, groups, few
        self._batch: pa.RecordBatch | None = None
        self._ids: pa.Array = pa.nulls(0, pa.string())
        self._at = 0  # of these identifiers

    def next(self, count: int, wanted: bool) -> tuple[Iterator[Stretch], pa.Array]:
        """The rows of at most so many sources, if they are ``wanted``, and the identifiers."""
        if self._at == len(self._ids):
            self._load()
        ids = self._ids.slice(self._at, count)
        return self._pass(len(ids), wanted), ids

    def of(self, ids: pa.Array, wanted: bool) -> Iterator[Stretch]:
        """The rows of some sources, if they are ``wanted``, in order; not every one has rows."""
        while self._at < len(self._ids) or self._load():
            found = pc.index_in(self._ids.slice(self._at, len(ids)), ids)
            count = len(found) - found.null_count  # those found are the first ones
            if count:
                yield from self._pass(count, wanted)
            if self._at < len(self._ids):
                return

    def _pass(self, count: int, wanted: bool) -> Iterator[Stretch]:
        start = int(self._ends[self._at - 1]) if self._at else 0
        ends = self._ends[self._at : self._at + count]
        self._at += count
        if wanted:
            if self._batch is None:
                self._batch = self._group.read()
            yield self._name, Slice(self._batch, start, int(ends[-1])), ends

    def _load(self) -> bool:
        """Go on to the next row group that has rows; whether there is one."""
        for group in self._groups:
            self._group, self._batch = group, None if self._few else group.read()
            told = group.read([owner_column(SCHEMAS[self._name])]) if self._few else self._batch
            self._ids, self._ends = owners(told)
            self._at = 0
            if len(self._ids):
                return True
        return False


class Shelf:
    """Rows of sources set aside in a ``folder`` of its own, to be fetched in any order."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, Any] = {}
        self._readers: dict[str, Any] = {}
        self._places: dict[str, dict[str, int]] = {}  # source, table, number of the batch
        self._rows: dict[str, int] = {}

    def put(self, source_id: str, slices: Slices) -> None:
        places = self._places[source_id] = {}
        for name, slice_ in slices.items():
            if name not in self._writers:
                self._folder.mkdir(exist_ok=True)
                self._writers[name] = pa.ipc.new_file(self._file(name), SCHEMAS[name])
                self._rows[name] = 0
            self._writers[name].write_batch(slice_.rows())
            places[name] = self._rows[name]
            self._rows[name] += 1

    def get(self, source_id: str) -> Slices:
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()
        slices = {}
        for name, place in self._places[source_id].items():
            if name not in self._readers:
                self._readers[name] = pa.ipc.open_file(pa.memory_map(self._file(name)))
            batch = self._readers[name].get_batch(place)
            slices[name] = Slice(batch, 0, batch.num_rows)
        return slices

    def close(self) -> None:
        for writer in self._writers.values():
            writer.close()
        self._readers.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _file(self, name: str) -> str:
        return str(self._folder / f"{name}.arrow")
