"""Quantities that share names: `A、B分别增长6%、5%`, or a value that has none and takes the name of the one before."""

from __future__ import annotations

import re

from extractors.indicator_lists import shared
from extractors.indicator_rules import rules
from extractors.quantities import Quantity
from extractors.target_bounds import Row, baseline_of
from extractors.target_reader import Reader

_MOST_SHARED = 12
#: A joint whose names stand in the rows before: `收入达5亿元、利润达1亿元，分别增长10%和12%`.
_EARLIER = "*"
#: One more value follows.
_GOES_ON = re.compile(r"[、和及与]\d")


def is_shared(reader: Reader, quantity: Quantity) -> bool:
    """Whether 分别 stands before the first of several values."""
    text, start = reader.text, reader.clause_start(quantity.lead)
    if reader.rows:
        start = max(start, reader.rows[-1].quantity.end)
    return text.rfind("分别", start, quantity.core) >= 0


def take_over(reader: Reader, row: Row, previous: Row, bare: bool) -> None:
    """Name a quantity that has no words of its own by the quantity before it."""
    if bare and previous.joint:
        _distribute(reader, row)
    elif is_shared(reader, row.quantity) or (previous.joint and _GOES_ON.match(reader.text, row.quantity.end)):
        row.joint = _EARLIER  # also `A、B分别完成5亿元和3亿元，增长6%和4%`
    baseline_of(reader.text, reader.clause_start(previous.quantity.lead), row, previous)
    if not row.indicator:
        source = _source(reader, row)
        row.indicator, row.subject = source.indicator, row.subject or source.subject


def _source(reader: Reader, row: Row) -> Row:
    """The row of this sentence whose indicator a bare quantity takes over.

    A duration names no amount, and a threshold (`其中1000万元以上6家`) no count of another unit.
    """
    for candidate in reversed(reader.rows[-4:]):
        if not reader.same_sentence(candidate.quantity.end, row.quantity.core):
            break
        between = reader.text[candidate.quantity.end : row.quantity.core]
        if (candidate.quantity.cls == "time" and row.quantity.cls != "time") or between.count(")") > between.count("("):
            continue  # a duration, or what stood in a bracket that has closed
        if not candidate.reference or candidate.quantity.end < row.quantity.core or row.quantity.cls != "count":
            return candidate
    return reader.rows[-1]


def _distribute(reader: Reader, row: Row) -> None:
    """`A、B分别增长6%、5%`: each value has its own name, once all values are read."""
    rows = reader.rows
    first, joint = len(rows) - 1, rows[-1].joint
    while first > 0 and len(rows) - first < _MOST_SHARED and rows[first - 1].joint == joint:
        first -= 1
    group = [*rows[first:], row]
    row.joint = joint
    row.indicator = rows[-1].indicator
    if row.joint == _EARLIER:
        names = [r.indicator for r in rows[max(0, first - len(group)) : first]]
    else:
        lent = rows[first].lent
        names = shared(row.joint, len(group), reader.words, lent) or []
        if not names and _GOES_ON.match(reader.text, row.quantity.end):
            # the last may be no target: `入学率、巩固率和受教育年限分别达到90%、99%和13年`
            names = (shared(row.joint, len(group) + 1, reader.words, lent) or [])[:-1]
    if len(names) == len(group):
        for member, name in zip(group, names, strict=True):
            member.indicator = name
    row.quantity.changed = rows[-1].quantity.changed


def graded(reader: Reader, row: Row) -> None:
    """`1个省级、5个市级重点项目`: a grade alone before borrows the noun that comes last."""
    head = row.indicator.find("级") + 1
    if not head or len(row.indicator) - head < 2 or not rules().grade.match(row.indicator[:head]):
        return
    for earlier in reversed(reader.rows[-_MOST_SHARED:]):
        if not rules().grade.match(earlier.indicator):
            return
        earlier.indicator += row.indicator[head:]
