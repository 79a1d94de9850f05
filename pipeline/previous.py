"""The snapshot that stands in the output folder, read source by source so that its rows can be carried over."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.folder import PublishError
from pipeline.load import SnapshotError, metadata, open_snapshot
from pipeline.slices import Slice, Slices, owners
from pipeline.snapshot import published
from pipeline.tables import SCHEMAS, Row

# What tells whether a source has changed.
KNOWN_BY = ("path", "source_id", "sha256", "format", "status", "error", "ruleset")


class Previous:
    """The published snapshot of a folder, or none: then it has no sources.

    Raises PublishError where the tables are damaged or not of one run, unless they are to be ``ignored``.
    """

    def __init__(self, folder: Path, ignore: bool = False) -> None:
        self._folder, self._ignore = folder, ignore
        self._stack = ExitStack()
        self._files: Mapping[str, Sequence[pq.ParquetFile]] = {}
        self.metadata: dict[str, str] = {}

    def made_by(self, ruleset: str, tables: Sequence[str]) -> bool:
        """Whether the snapshot holds these ``tables``, written under this ``ruleset``."""
        return self.metadata.get("ruleset") == ruleset and set(self._files) == set(tables)

    def __enter__(self) -> Previous:
        if self._ignore or not published(self._folder):
            return self
        try:
            self._files = self._stack.enter_context(open_snapshot(self._folder))
            self.metadata = metadata(self._files["sources"][0])
        except (SnapshotError, KeyError, OSError) as error:
            raise self._damaged(error) from error
        return self

    def close(self) -> None:
        self._stack.close()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def counts(self) -> dict[str, int]:
        """The rows by table."""
        return {name: sum(part.metadata.num_rows for part in parts) for name, parts in self._files.items()}

    def kinds_of_gaps(self) -> Counter[str]:
        """The gaps by kind."""
        kinds: Counter[str] = Counter()
        for batch in self._batches("gaps"):
            kinds.update(
                {count["values"]: count["counts"] for count in batch.column("kind").value_counts().to_pylist()}
            )
        return kinds

    def sources(self) -> Iterator[tuple[Any, ...]]:
        """The cells of ``KNOWN_BY`` of each source, in order of path."""
        for batch in self._batches("sources"):
            yield from zip(*(batch.column(name).to_pylist() for name in KNOWN_BY), strict=True)

    def walk(self) -> Iterator[tuple[Row, Slices]]:
        """Each source with its rows of all tables, in order of path. Holds a row group of each table at a time."""
        cursors = [(name, _Cursor(self._batches(name))) for name in self._files if name != "sources"]
        for batch in self._batches("sources"):
            for place, row in enumerate(batch.to_pylist()):
                slices = {"sources": Slice(batch, place, place + 1)}
                for name, cursor in cursors:
                    if (slice_ := cursor.take(row["source_id"])) is not None:
                        slices[name] = slice_
                yield row, slices

    def _batches(self, name: str) -> Iterator[pa.RecordBatch]:
        """The row groups of a table in the columns of today."""
        schema = SCHEMAS[name]
        for part in self._files.get(name, ()):
            for group in range(part.num_row_groups):
                try:
                    table = part.read_row_group(group)
                except (OSError, pa.ArrowException) as error:
                    raise self._damaged(error) from error
                columns = [self._column(name, table, field) for field in schema]
                yield pa.RecordBatch.from_arrays(columns, schema=schema)

    def _column(self, name: str, table: pa.Table, field: pa.Field) -> pa.Array:
        """A column as it is called today; one that was not there yet is null."""
        if field.name in table.schema.names:
            return table.column(field.name).combine_chunks().cast(field.type)
        if field.nullable or not table.num_rows:
            return pa.nulls(table.num_rows, field.type)
        raise PublishError(
            f"The tables in {str(self._folder)!r} hold rows of files that are gone, from before `{name}.{field.name}` "
            "was a column; run once with --prune to drop them, or choose another folder with -o."
        )

    def _damaged(self, error: Exception) -> PublishError:
        return PublishError(
            f"The tables in {str(self._folder)!r} are damaged ({error}); run once with --fresh --prune to write them "
            "anew from today's inputs, or choose another folder with -o."
        )


class _Cursor:
    """Walks the rows of one table, whose sources come in the order in which they are asked for."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._stretches = ((batch, *stretch) for batch in batches for stretch in owners(batch))
        self._next = next(self._stretches, None)

    def take(self, source_id: str) -> Slice | None:
        if self._next is None or self._next[1] != source_id:
            return None
        batch, _, start, stop = self._next
        self._next = next(self._stretches, None)
        return Slice(batch, start, stop)


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
