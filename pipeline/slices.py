"""Rows on their way from the stages to the files: Arrow batches by table, each of many sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.read import ID_DIGITS
from pipeline.tables import SCHEMAS, Row, Rows, Tuples, to_batch


class Slice(NamedTuple):
    """The rows ``[start, stop)`` of a batch."""

    batch: pa.RecordBatch
    start: int
    stop: int

    def rows(self) -> pa.RecordBatch:
        return self.batch.slice(self.start, self.stop - self.start)

    def column(self, name: str) -> pa.Array:
        return self.batch.column(name).slice(self.start, self.stop - self.start)


Slices = dict[str, Slice]
Ends = np.ndarray[tuple[int], np.dtype[np.int32]]
Stretch = tuple[str, Slice, Ends]  # a table, rows of several sources, the rows before which those of each source end


Packed = tuple[dict[str, pa.Buffer], list[dict[str, int]]]


@dataclass(frozen=True, slots=True)
class Bundle:
    """The rows of some sources: a batch a table, and for each source how many rows of each table are its own.

    Iterating gives for each source its row of `sources` and its slices, without tables that have none.
    """

    batches: dict[str, pa.RecordBatch]
    counts: list[dict[str, int]]

    @classmethod
    def of(cls, sources: Sequence[Tuples]) -> Bundle:
        """The rows of sources. Raises pyarrow.ArrowInvalid when a row breaks its schema."""
        joined: Tuples = {}
        for rows in sources:
            for name, new in rows.items():
                joined.setdefault(name, []).extend(new)
        batches = {name: to_batch(name, rows) for name, rows in joined.items() if rows}
        return cls(batches, [{name: len(new) for name, new in rows.items() if new} for rows in sources])

    def pack(self) -> Packed:
        """The form in which a worker sends it: one Arrow message a table, without the schema."""
        return {name: batch.serialize() for name, batch in self.batches.items()}, self.counts

    @classmethod
    def unpack(cls, packed: Packed) -> Bundle:
        """What `pack` packed."""
        messages, counts = packed
        read = pa.ipc.read_record_batch
        return cls({name: read(message, SCHEMAS[name]) for name, message in messages.items()}, counts)

    def __iter__(self) -> Iterator[tuple[Row, Slices]]:
        at = dict.fromkeys(self.batches, 0)
        for row, counts in zip(self.batches["sources"].to_pylist(), self.counts, strict=True):
            slices = {}
            for name, count in counts.items():
                slices[name] = Slice(self.batches[name], at[name], at[name] + count)
                at[name] += count
            yield row, slices


def of_rows(rows: Rows) -> Slices:
    """The slices of the rows of one source. Raises pyarrow.ArrowInvalid when a row breaks its schema."""
    return {name: Slice(to_batch(name, some), 0, len(some)) for name, some in rows.items() if some}


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


def owner_column(schema: pa.Schema) -> str:
    """The column that tells the source of a row by its first digits."""
    return "source_id" if "source_id" in schema.names else "plan_id"


def owners(batch: pa.RecordBatch) -> tuple[pa.Array, Ends]:
    """The sources of the rows of a batch: their identifiers, and the rows before which those of each end."""
    column = batch.column(owner_column(batch.schema))
    encoded = pc.run_end_encode(pc.utf8_slice_codeunits(column, 0, ID_DIGITS))
    ends: Ends = np.from_dlpack(encoded.run_ends)  # type: ignore[assignment]  # `to_numpy` would load pandas
    return encoded.values, ends


def text_offsets(batch: pa.RecordBatch) -> Ends:
    """The byte at which the text of each row of the table `texts` begins, and that at which the last one ends."""
    column = batch.column("text")
    return np.frombuffer(column.buffers()[1], np.int32)[column.offset : column.offset + len(column) + 1]


def text_bytes(slice_: Slice) -> int:
    """The UTF-8 bytes of the texts of a slice of the table `texts`."""
    offsets = text_offsets(slice_.batch)
    return int(offsets[slice_.stop] - offsets[slice_.start])


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
