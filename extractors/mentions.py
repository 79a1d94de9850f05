"""The values that extractors take and return.

Every offset here is a code-point offset ``[start, end)`` into ``Context.text``, the normalized text of one plan.
The pipeline alone knows how these lead back to the source.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, Literal, NamedTuple, TypeVar

Span = tuple[int, int]

PlanKind = Literal["plan", "summary", "mixed", "other"]
# `row` is a row of a table of tasks without a number of its own; its marker is empty.
ItemStyle = Literal["cn_dot", "cn_paren", "ar_dot", "ar_paren", "circled", "ordinal", "inline", "row"]
TargetKind = Literal["percent", "permyriad", "permille", "ratio", "count", "amount"]
Comparator = Literal["eq", "ge", "gt", "le", "lt", "approx", "range"]
Direction = Literal["up", "down"]
TargetStatus = Literal["planned", "achieved", "reference"]
Status = Literal["planned", "achieved"]
Relation = Literal["by", "within", "from", "recurring"]
Granularity = Literal["day", "week", "month", "quarter", "half", "term", "year", "multi_year"]
Role = Literal["lead", "responsible", "support", "supervise"]
GapKind = Literal["numbering", "percent", "quantity", "time", "unit"]


@dataclass(frozen=True, slots=True)
class Item:
    """A numbered task item; ``parent`` is the index of the enclosing item in the list it stands in, or None.

    ``start`` is the first character of the marker, ``end`` the end of the item's own text, without its children.
    ``level`` counts from 1 at the top.
    """

    start: int
    end: int
    marker: str
    number: int
    style: ItemStyle
    parent: int | None
    level: int
    title: str


@dataclass(frozen=True, slots=True)
class Target:
    """A quantified target. ``value``, ``upper`` and ``baseline`` are numbers in ``unit``; null when blanked.

    ``binding`` tells 约束性 from 预期性 where a table of indicators says it; ``deadline_at`` is the start of the
    deadline that governs a target whose own place does not tell, as in a column headed by a year. ``direction``
    says which way a change (``delta``) goes.
    """

    start: int
    end: int
    kind: TargetKind
    comparator: Comparator
    value: float | None
    upper: float | None
    unit: str
    status: TargetStatus
    rule: str
    indicator: str | None = None
    subject: str | None = None
    redacted: bool = False
    delta: bool = False
    baseline: float | None = None
    binding: bool | None = None
    deadline_at: int | None = None
    direction: Direction | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """When work is to be done. Dates are inclusive; a null date is open, blanked or unknown."""

    start: int
    end: int
    relation: Relation
    date_start: date | None
    date_end: date | None
    granularity: Granularity
    status: Status
    rule: str
    redacted: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """A body that the text charges with work. ``name`` is normalized: a shared prefix of a list is completed."""

    start: int
    end: int
    name: str
    role: Role
    collective: bool
    status: Status
    rule: str


class Refusal(NamedTuple):
    """What looked like a row and became none, with the rule that refused it."""

    start: int
    end: int
    kind: GapKind
    reason: str


M = TypeVar("M", Target, Deadline, Unit)


@dataclass(frozen=True, slots=True)
class Found(Generic[M]):
    """What one extractor found in one plan: rows sorted by start, and what it refused."""

    rows: list[M]
    refused: list[Refusal] = field(default_factory=list)


TableKind = Literal["task", "indicator"]
ColumnKind = Literal[
    "number", "task", "category", "person", "contact", "lead", "responsible", "support", "supervise", "deadline",
    "note", "indicator", "measure", "binding", "target", "base", "growth", "other",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: what its heading says it holds, and where the heading stands."""

    kind: ColumnKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table with the span of each cell; an empty cell has an empty span."""

    start: int
    end: int
    cells: Sequence[Span]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of tasks or of indicators. ``start`` is the start of its headings; its rows stand in order."""

    kind: TableKind
    start: int
    end: int
    columns: Sequence[Column]
    rows: Sequence[TableRow]


@dataclass(frozen=True, slots=True)
class Context:
    """One plan as an extractor sees it.

    text:      normalized characters (half-width forms, simplified), noise and broken lines removed; a line feed
               is a real line end.
    year:      the calendar year the plan is for, or None.
    kind:      whether the plan plans, sums up, or both.
    sentences: spans that cover the text in order, cut after 。！？； and at line ends.
    items:     the numbered items, in order of ``start``.
    achieved:  spans of sections that report what has been done (an item 上半年工作总结 with all below it).
    words:     word segmentation of a piece of text, cached; it informs phrase ends and never cuts a span.
    tables:    the tables of tasks and of indicators in the text, in order.
    """

    text: str
    year: int | None
    kind: PlanKind
    sentences: Sequence[Span]
    items: Sequence[Item]
    achieved: Sequence[Span]
    words: Callable[[str], Sequence[str]]
    tables: Sequence[Table] = ()
