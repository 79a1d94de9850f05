"""Write the tables into the output folder: staged beside them first, then put in place as one snapshot."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import runlog
from pipeline import slices as travel
from pipeline.folder import OutputFolder, PublishError, unwritable, why
from pipeline.slices import Ends, Slice, Slices, Stretch
from pipeline.snapshot import commit
from pipeline.tables import SCHEMA_VERSION, SCHEMAS, Row, Rows

__all__ = ["PublishError", "Publisher", "TableWriter", "read_metadata", "write_tables"]

ROWS_PER_GROUP = 20_000  # rows of a table kept in memory before they are written
PIECES = 500  # small batches kept before they are joined: each takes kilobytes beside its rows
TEXT_PER_GROUP = 8 << 20  # bytes of source texts kept likewise
THREADS = 2  # that encode row groups of tables while the run goes on; of one table they are written one by one
# Columns of few values, for which a dictionary pays; the others take less time and room without one.
RECURRING = frozenset(
    (
        "format", "encoding", "status", "ruleset", "kind", "title_year", "year_basis", "style", "level", "comparator",
        "unit", "direction", "rule", "relation", "granularity", "role", "reason", "pos",
    )
)  # fmt: skip


class TableWriter:
    """Writes one table to a file. Row groups end at a source, so that the bytes depend on nothing but the rows.

    They are written by the threads of ``pool``: an error of one shows at the next one, or when the file is closed.
    ``counts`` holds, for the columns in ``counted``, how often each value was written.
    """

    def __init__(self, name: str, file: Path, pool: Executor) -> None:
        self.name, self.rows, self._pool = name, 0, pool
        self._writing: Future[None] | None = None
        self.counts: Counter[str] = Counter()
        self._pending: list[Slice] = []
        self._size = self._text = 0
        self._writer = pq.ParquetWriter(
            file,
            SCHEMAS[name],
            compression="zstd",
            use_dictionary=[column for column in SCHEMAS[name].names if column in RECURRING],
            store_schema=False,  # so that readers show the file's own metadata with the schema
        )

    def add(self, slice_: Slice) -> None:
        """Add the rows of one source."""
        self._put(slice_)
        if self._size >= ROWS_PER_GROUP or self._text >= TEXT_PER_GROUP:
            self.flush()

    def add_many(self, slice_: Slice, ends: Ends) -> None:
        """Add the rows of several sources; those of each end before one of the rows ``ends`` of the batch."""
        batch, start = slice_.batch, slice_.start
        while len(ends):
            # The first source that fills the row group ends it.
            full = int(np.searchsorted(ends, start + ROWS_PER_GROUP - self._size))
            if self.name == "texts":
                bytes_ = travel.text_offsets(batch)
                full = min(full, int(np.searchsorted(bytes_[ends], bytes_[start] + TEXT_PER_GROUP - self._text)))
            stop = int(ends[min(full, len(ends) - 1)])
            self._put(Slice(batch, start, stop))
            if full < len(ends):
                self.flush()
            start, ends = stop, ends[full + 1 :]

    def _put(self, slice_: Slice) -> None:
        last = self._pending[-1] if self._pending else None
        if last is not None and last.batch is slice_.batch and last.stop == slice_.start:
            self._pending[-1] = Slice(last.batch, last.start, slice_.stop)
        else:
            self._pending.append(slice_)
        if len(self._pending) > PIECES:
            self._pending = [Slice(batch := self._joined().to_batches()[0], 0, batch.num_rows)]
        self._size += slice_.stop - slice_.start
        if self.name == "texts":
            self._text += travel.text_bytes(slice_)

    def flush(self) -> None:
        if not self._pending:
            return
        table = self._joined()
        if self._writing is not None:
            self._writing.result()
        self._writing = self._pool.submit(self._writer.write_table, table, row_group_size=table.num_rows)
        if (column := COUNTED.get(self.name)) is not None:
            for count in pc.value_counts(table.column(column)).to_pylist():
                self.counts[count["values"]] += count["counts"]
        self.rows += table.num_rows
        self._pending, self._size, self._text = [], 0, 0

    def _joined(self) -> pa.Table:
        """What is pending, in one chunk: where chunks end would show in the pages of the file."""
        return pa.Table.from_batches([slice_.rows() for slice_ in self._pending], SCHEMAS[self.name]).combine_chunks()

    def close(self, metadata: dict[str, str] | None = None) -> None:
        """Write what is pending and the metadata; without metadata the file is given up as it is."""
        if metadata is not None:
            self.flush()
        if self._writing is not None:
            wait([self._writing])
            if metadata is not None:
                self._writing.result()
        if metadata is not None:
            self._writer.add_key_value_metadata(metadata)
        self._writer.close()


COUNTED = {"sources": "status", "gaps": "kind"}


TELLING = ("source_id", "status", "ruleset", "error")


class SnapshotDigest:
    """The identifier of a snapshot: a hash of the ruleset and of every source, in order, with how it was read."""

    def __init__(self, ruleset: str) -> None:
        self._ruleset, self._digest = ruleset, hashlib.sha256(ruleset.encode())

    def add(self, source: Row) -> None:
        """Add a row of `sources`; one whose file is gone may be of an earlier ruleset."""
        self._add([source[name] for name in TELLING])

    def add_many(self, sources: pa.RecordBatch) -> None:
        """Add some rows of `sources`."""
        for cells in zip(*(sources.column(name).to_pylist() for name in TELLING), strict=True):
            self._add(cells)

    def _add(self, cells: Iterable[str | None]) -> None:
        self._digest.update("\0".join(map(str, cells)).encode() + b"\n")

    def metadata(self) -> dict[str, str]:
        """What every file of the snapshot carries."""
        return {
            "schema_version": SCHEMA_VERSION,
            "ruleset": self._ruleset,
            "snapshot_id": self._digest.hexdigest()[:16],
        }


class Publisher:
    """Takes rows source by source, stages them, and publishes all tables at once by `publish`.

    Leaving the ``with`` block without it discards what was staged. Raises PublishError.
    """

    def __init__(self, folder: OutputFolder, ruleset: str, tables: Sequence[str]) -> None:
        self._folder, self._tables = folder, tuple(tables)
        self._digest = SnapshotDigest(ruleset)
        self._writers: dict[str, TableWriter] = {}
        self._pool = ThreadPoolExecutor(THREADS, "parquet")

    def __enter__(self) -> Publisher:
        try:
            self._folder.clear_staging()
            for name in self._tables:
                self._writers[name] = TableWriter(name, self._folder.staging / f"{name}.parquet", self._pool)
        except OSError as error:
            raise unwritable(self._folder.path, error) from error
        return self

    def add(self, rows: Rows) -> None:
        """Add the rows of one source as Python values. Sources come in order of path."""
        source = rows["sources"][0]
        self.take(source, travel.of_rows(rows))

    def take(self, source: Row, slices: Slices) -> None:
        """Add the rows of one source, whose row of `sources` is ``source``. Sources come in order of path."""
        self._digest.add(source)
        try:
            for name, slice_ in slices.items():
                if (writer := self._writers.get(name)) is not None:
                    writer.add(slice_)
        except OSError as fault:
            raise self._full(fault) from fault

    def carry(self, stretches: Iterable[Stretch]) -> None:
        """Add rows of the snapshot before, in order of path within each table."""
        try:
            for name, slice_, ends in stretches:
                if name == "sources":
                    self._digest.add_many(slice_.rows())
                if (writer := self._writers.get(name)) is not None:
                    writer.add_many(slice_, ends)
        except OSError as fault:
            raise self._full(fault) from fault

    def counts(self) -> dict[str, int]:
        """The rows written, by table; complete after `finish`."""
        return {name: writer.rows for name, writer in self._writers.items()}

    def values(self, table: str) -> Counter[str]:
        """How often each status of `sources`, each kind of `gaps` was written; complete after `finish`."""
        return self._writers[table].counts

    def finish(self) -> dict[str, str]:
        """Write the staged files to their end and return their metadata."""
        metadata = self._digest.metadata()
        try:
            for writer in self._writers.values():
                writer.flush()
            for writer in self._writers.values():
                writer.close(metadata)
        except OSError as fault:
            raise self._full(fault) from fault
        return metadata

    def publish(self, record: dict[str, Any]) -> None:
        """Put the finished files in place, and ``record`` into the run log."""
        try:
            commit(self._folder, [f"{name}.parquet" for name in self._tables], record)
        except OSError as fault:
            raise self._full(fault) from fault

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for writer in self._writers.values():
            try:
                writer.close()
            except OSError:  # a full disk again: what is staged is discarded anyway
                continue
        self._pool.shutdown()
        if not self._folder.journal.exists():
            shutil.rmtree(self._folder.staging, ignore_errors=True)

    def _full(self, fault: OSError) -> PublishError:
        return PublishError(
            f"The tables could not be written to {str(self._folder.path)!r} ({why(fault)}); what stood there before is "
            "unchanged or complete. Free some space or choose another folder with -o."
        )


def write_tables(folder: Path, ruleset: str, tables: Sequence[str], sources: Iterable[Rows]) -> None:
    """Publish the rows of ``sources``, in order of path, as the tables of a folder. Raises BusyError, PublishError."""
    with OutputFolder(folder).hold(runlog.now()) as held, Publisher(held, ruleset, tables) as publisher:
        for rows in sources:
            publisher.add(rows)
        publisher.publish({"result": "published", "started": runlog.now(), **publisher.finish()})


def read_metadata(table: Path) -> dict[str, str]:
    """`schema_version`, `ruleset` and `snapshot_id` of a published table."""
    schema: pa.Schema = pq.read_schema(table)
    return {key.decode(): value.decode() for key, value in (schema.metadata or {}).items() if key != b"ARROW:schema"}
