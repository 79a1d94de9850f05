"""The tables: their Arrow schemas, and rows on their way to Arrow.

The columns are a contract (see the README); ``SCHEMA_VERSION`` changes when one is renamed or changes its type.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

import pyarrow as pa

from pipeline.task_units import ROLES

SCHEMA_VERSION = "1"

S, I16, I32, I64, BOOL, DAY = pa.string(), pa.int16(), pa.int32(), pa.int64(), pa.bool_(), pa.date32()
NAMES, FLAGS = pa.list_(pa.string()), pa.list_(pa.bool_())
SPAN = [("start", I64), ("end", I64)]
TARGET = pa.struct(  # of a task
    [
        ("target_id", S), ("text", S), ("subject", S), ("indicator", S), ("comparator", S), ("value", pa.float64()),
        ("upper", pa.float64()), ("unit", S), ("delta", BOOL), ("direction", S), ("status", S),
    ]
)  # fmt: skip
DEADLINE = pa.struct(
    [("deadline_id", S), ("text", S), ("relation", S), ("date_start", DAY), ("date_end", DAY), ("inherited", BOOL)]
)


def _schema(columns: list[tuple[str, pa.DataType]], nullable: str = "") -> pa.Schema:
    """A schema whose columns are required but for those named."""
    names = nullable.split()
    return pa.schema([pa.field(name, type_, nullable=name in names) for name, type_ in columns])


SCHEMAS: dict[str, pa.Schema] = {
    "sources": _schema(
        [
            ("source_id", S), ("path", S), ("sha256", S), ("bytes", I64), ("format", S), ("encoding", S), ("status", S),
            ("error", S), ("plan_count", I32), ("ruleset", S),
        ],
        "encoding error",
    ),
    "texts": _schema([("source_id", S), ("text", S)]),
    "plans": _schema(
        [
            ("plan_id", S), ("source_id", S), ("ordinal", I32), ("title", S), ("kind", S), ("issuer", S), ("region", S),
            ("year", I16), ("title_year", I16), ("year_basis", S), *SPAN, ("warnings", pa.list_(S)),
        ],
        "title issuer region year title_year year_basis",
    ),
    "items": _schema(
        [
            ("item_id", S), ("plan_id", S), ("parent_id", S), ("ordinal", I32), ("level", pa.int8()), ("path", S),
            ("style", S), ("marker", S), ("number", I32), ("title", S), ("text", S), *SPAN,
        ],
        "parent_id",
    ),
    "targets": _schema(
        [
            ("target_id", S), ("plan_id", S), ("item_id", S), ("kind", S), ("indicator", S), ("subject", S),
            ("comparator", S), ("value", pa.float64()), ("upper", pa.float64()), ("unit", S), ("redacted", BOOL),
            ("delta", BOOL), ("direction", S), ("status", S), ("text", S), ("sentence", S),
            ("baseline", pa.float64()), ("binding", BOOL), ("deadline_id", S), ("rule", S), *SPAN,
        ],
        "item_id indicator subject value upper direction baseline binding deadline_id",
    ),
    "deadlines": _schema(
        [
            ("deadline_id", S), ("plan_id", S), ("item_id", S), ("relation", S), ("date_start", DAY), ("date_end", DAY),
            ("granularity", S), ("redacted", BOOL), ("status", S), ("text", S), ("rule", S), *SPAN,
        ],
        "item_id date_start date_end",
    ),
    "units": _schema(
        [
            ("mention_id", S), ("plan_id", S), ("item_id", S), ("name", S), ("role", S), ("collective", BOOL),
            ("status", S), ("text", S), ("rule", S), *SPAN,
        ],
        "item_id",
    ),
    "tasks": _schema(
        [
            ("item_id", S), ("plan_id", S), ("plan_title", S), ("year", I16), ("issuer", S), ("path", S),
            ("headings", pa.list_(S)), ("title", S), ("text", S),
            *((name, type_) for role in ROLES for name, type_ in ((role, NAMES), (f"{role}_inherited", FLAGS))),
            ("targets", pa.list_(TARGET)), ("deadline_id", S), ("deadline_text", S), ("deadline_relation", S),
            ("deadline_start", DAY), ("deadline", DAY), ("deadline_inherited", BOOL), ("deadlines", pa.list_(DEADLINE)),
            ("status", S), *SPAN,
        ],
        "plan_title year issuer deadline_id deadline_text deadline_relation deadline_start deadline",
    ),
    "gaps": _schema(
        [
            ("gap_id", S), ("plan_id", S), ("item_id", S), ("kind", S), ("reason", S), ("text", S), ("sentence", S),
            *SPAN,
        ],
        "item_id reason",
    ),
    "tokens": _schema([("plan_id", S), ("item_id", S), ("word", S), ("pos", S), *SPAN], "item_id pos"),
}  # fmt: skip
TABLES = tuple(name for name in SCHEMAS if name != "tokens")

Row = dict[str, Any]
Rows = dict[str, list[Row]]
Cells = tuple[Any, ...]  # of a row, in the order of its schema: thousands of rows are made faster so than with names
Tuples = dict[str, list[Cells]]


def named(tuples: Tuples) -> Rows:
    """The same rows with the names of their columns."""
    rows = {name: _named(SCHEMAS[name].names, some) for name, some in tuples.items()}
    for task in rows.get("tasks", ()):
        for column, type_ in (("targets", TARGET), ("deadlines", DEADLINE)):
            task[column] = _named([field.name for field in type_], task[column])
    return rows


def _named(names: Sequence[str], rows: Iterable[Cells]) -> list[Row]:
    return [dict(zip(names, row, strict=True)) for row in rows]


def picker(name: str, *columns: str) -> itemgetter[Any]:
    """What picks some cells from a row of a table."""
    return itemgetter(*(SCHEMAS[name].names.index(column) for column in columns))


def to_batch(name: str, rows: Sequence[Cells] | Sequence[Row]) -> pa.RecordBatch:
    """Rows of one table as Arrow. Raises pyarrow.ArrowInvalid when a row breaks the schema."""
    schema = SCHEMAS[name]
    records = pa.array(rows, type=pa.struct(list(schema)))
    return pa.RecordBatch.from_arrays(records.flatten(), schema=schema)
