"""Write the tables into the output folder: staged beside them first, then each put in place at once."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.tables import SCHEMA_VERSION, SCHEMAS, Row, Rows, to_table

ROWS_PER_GROUP = 20_000  # rows of a table kept in memory before they are written


class PublishError(Exception):
    """The output folder cannot be written; the message says why and what to do."""


class Publisher:
    """Takes rows source by source and publishes all tables on leaving, or none when the run failed.

    Row groups end at a source, so that the bytes depend on nothing but the rows.
    """

    def __init__(self, folder: Path, ruleset: str, tables: tuple[str, ...]) -> None:
        self._folder, self._ruleset, self._tables = folder, ruleset, tables
        self._pending: Rows = {name: [] for name in tables}
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._digest = hashlib.sha256(ruleset.encode())

    def __enter__(self) -> Publisher:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._staging = Path(tempfile.mkdtemp(prefix=".staging-", dir=self._folder))
        except OSError as error:
            raise PublishError(
                f"The output folder {str(self._folder)!r} cannot be written ({error.strerror}); choose another with -o."
            ) from error
        for name in self._tables:
            self._writers[name] = pq.ParquetWriter(
                self._staging / f"{name}.parquet",
                SCHEMAS[name],
                compression="zstd",
                store_schema=False,  # so that readers show the file's own metadata with the schema
            )
        return self

    def add(self, rows: Rows) -> None:
        """Add the rows of one source. Sources come in order of path."""
        for row in rows["sources"]:
            self._digest.update(f"{row['source_id']}\0{row['status']}\n".encode())
        for name, new in rows.items():
            if name in self._pending:
                self._pending[name].extend(new)
                if len(self._pending[name]) >= ROWS_PER_GROUP or (
                    name == "texts" and _size(self._pending[name]) > 8 << 20
                ):
                    self._flush(name)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if kind is None:
                self._publish()
        except OSError as fault:
            raise PublishError(
                f"The tables could not be written to {str(self._folder)!r} ({fault.strerror}); "
                "what stood there before is unchanged or complete. Free some space or choose another folder with -o."
            ) from fault
        finally:
            for writer in self._writers.values():
                writer.close()
            shutil.rmtree(self._staging, ignore_errors=True)

    def _flush(self, name: str) -> None:
        rows = self._pending[name]
        if rows:
            self._writers[name].write_table(to_table(name, rows), row_group_size=max(1, len(rows)))
            self._pending[name] = []

    def _publish(self) -> None:
        metadata = {
            "schema_version": SCHEMA_VERSION,
            "ruleset": self._ruleset,
            "snapshot_id": self._digest.hexdigest()[:16],
        }
        for name, writer in self._writers.items():
            self._flush(name)
            writer.add_key_value_metadata(metadata)
            writer.close()
        self._writers.clear()
        for name in self._tables:
            os.replace(self._staging / f"{name}.parquet", self._folder / f"{name}.parquet")


def _size(rows: list[Row]) -> int:
    return sum(len(row["text"]) for row in rows)


def read_metadata(table: Path) -> dict[str, str]:
    """`schema_version`, `ruleset` and `snapshot_id` of a published table."""
    schema: pa.Schema = pq.read_schema(table)
    return {key.decode(): value.decode() for key, value in (schema.metadata or {}).items() if key != b"ARROW:schema"}
