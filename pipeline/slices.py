"""Rows of one source as they travel: pieces of Arrow batches, by table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.read import ID_DIGITS
from pipeline.tables import SCHEMAS, Row, Rows, to_table


class Slice(NamedTuple):
    """The rows ``[start, stop)`` of a batch."""

    batch: pa.RecordBatch
    start: int
    stop: int

    def rows(self) -> pa.RecordBatch:
        return self.batch.slice(self.start, self.stop - self.start)


Slices = dict[str, Slice]


def of_rows(rows: Rows) -> Slices:
    """The slices of rows, without tables that have none. Raises pyarrow.ArrowInvalid when a row breaks its schema."""
    slices = {}
    for name, new in rows.items():
        if new:
            batch = to_table(name, new).to_batches()[0]
            slices[name] = Slice(batch, 0, len(new))
    return slices


def pack(rows: Rows) -> dict[str, bytes]:
    """Rows in the form in which a worker sends them: one Arrow message a table, without the schema."""
    return {name: slice_.batch.serialize().to_pybytes() for name, slice_ in of_rows(rows).items()}


def unpack(packed: Mapping[str, bytes]) -> Slices:
    """What `pack` packed."""
    slices = {}
    for name, message in packed.items():
        batch = pa.ipc.read_record_batch(pa.py_buffer(message), SCHEMAS[name])
        slices[name] = Slice(batch, 0, batch.num_rows)
    return slices


def of_source(row: Row) -> Slices:
    """The slices of a source that has no rows but its own."""
    return of_rows({"sources": [row]})


def source_row(slices: Slices) -> Row:
    """The row of `sources` of one source."""
    row: Row = slices["sources"].rows().to_pylist()[0]
    return row


def as_copy(row: Row) -> tuple[Row, Slices]:
    """The row of a source whose bytes stand at an earlier path, and its slices; ``row`` is that of its own."""
    if row["status"] in ("ok", "no_plan"):
        row = {**row, "status": "duplicate", "plan_count": 0}
    return row, of_source(row)


def owners(batch: pa.RecordBatch) -> list[tuple[str, int, int]]:
    """The stretches of rows of one source: its identifier, start, stop."""
    if not batch.num_rows:
        return []
    name = "source_id" if "source_id" in batch.schema.names else "plan_id"
    encoded = pc.run_end_encode(pc.utf8_slice_codeunits(batch.column(name), 0, ID_DIGITS))
    ends = encoded.run_ends.to_pylist()
    return list(zip(encoded.values.to_pylist(), [0, *ends[:-1]], ends, strict=True))


def text_bytes(slice_: Slice) -> int:
    """The UTF-8 bytes of the texts of a slice of the table `texts`."""
    column = slice_.batch.column("text")
    offsets = np.frombuffer(column.buffers()[1], np.int32)
    base = column.offset
    return int(offsets[base + slice_.stop] - offsets[base + slice_.start])


def moved(slices: Slices, source_id: str) -> Slices:
    """The same rows under another source: every identifier begins with that source's."""
    new = {}
    for name, slice_ in slices.items():
        rows = slice_.rows()
        columns = [_renamed(field, column, source_id) for field, column in zip(rows.schema, rows.columns, strict=True)]
        new[name] = Slice(pa.RecordBatch.from_arrays(columns, schema=rows.schema), 0, rows.num_rows)
    return new


def _renamed(field: pa.Field, column: pa.Array, source_id: str) -> pa.Array:
    if pa.types.is_string(field.type):
        if not _identifies(field.name):
            return column
        return pc.binary_join_element_wise(source_id, pc.utf8_slice_codeunits(column, ID_DIGITS), "")
    if _holds_identifiers(field):
        return pa.array([_renamed_value(field.name, value, source_id) for value in column.to_pylist()], field.type)
    return column


def _identifies(name: str) -> bool:
    return name.endswith(("_id", "_ids"))


def _holds_identifiers(field: pa.Field) -> bool:
    if pa.types.is_string(field.type):
        return _identifies(field.name)
    children = [field.type.field(i) for i in range(field.type.num_fields)]
    return _identifies(field.name) or any(_holds_identifiers(child) for child in children)


def _renamed_value(name: str, value: Any, source_id: str) -> Any:
    if isinstance(value, str):
        return source_id + value[ID_DIGITS:] if _identifies(name) else value
    if isinstance(value, list):
        return [_renamed_value(name, inner, source_id) for inner in value]
    if isinstance(value, dict):
        return {key: _renamed_value(key, inner, source_id) for key, inner in value.items()}
    return value
