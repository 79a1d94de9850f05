"""What an 指标表 says: for each indicator its value in the target years, with the base year's value before it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from extractors.directions import told_by
from extractors.mentions import (
    Comparator,
    Context,
    Deadline,
    Refusal,
    Span,
    Status,
    Table,
    TableRow,
    Target,
    TargetKind,
)
from extractors.periods import five_year_plans
from extractors.status import section_status
from lexicons.loader import rule

RULE, DEADLINE_RULE, BASE_RULE = "target.table", "deadline.table_heading", "deadline.not.base_year"
COMPARATORS: dict[str, Comparator] = {
    "≥": "ge", "大于等于": "ge", "不低于": "ge", "不少于": "ge", "以上": "ge", "及以上": "ge", ">": "gt", "大于": "gt",
    "超过": "gt", "≤": "le", "小于等于": "le", "不高于": "le", "不超过": "le", "以下": "le", "以内": "le", "<": "lt",
    "小于": "lt", "低于": "lt", "少于": "lt", "高于": "gt", "多于": "gt", "及以下": "le", "约": "approx", "≈": "approx",
    "左右": "approx", "±": "approx",
}  # fmt: skip
LEADING_MARK = re.compile(
    r"^(?:[(\[]?\d{1,3}[)\]、]|\d{1,3}[.](?!\d)|[一二三四五六七八九十]{1,3}、|[①-⑳])[ ]*|^其中[:：]?|^[*★#△]+"
)
MONEY = re.compile(r"[元]$")
CAPTION_REACH = 120  # characters above the headings within which the unit of a whole table stands


@dataclass(frozen=True, slots=True)
class _Aim:
    """A column of values: its index, whether its values are changes, and the deadline that its heading states."""

    index: int
    delta: bool
    deadline: Deadline | None


def find(ctx: Context) -> tuple[list[Target], list[Deadline], list[Refusal]]:
    """The targets of the tables of indicators, the deadlines that their headings state, and base years."""
    targets: list[Target] = []
    deadlines: list[Deadline] = []
    refused: list[Refusal] = []
    for table in ctx.tables:
        if table.kind == "indicator":
            aims = list(_aims(ctx, table))
            deadlines += [aim.deadline for aim in aims if aim.deadline is not None and not aim.delta]
            refused += list(_base_years(ctx.text, table))
            above = _unit_above(ctx.text, table)
            status = section_status(ctx, table.start)
            for row in table.rows:
                targets += list(_row(ctx.text, table, row, aims, above, status))
    return targets, deadlines, refused


def _aims(ctx: Context, table: Table) -> Iterator[_Aim]:
    last: Deadline | None = None
    for index, column in enumerate(table.columns):
        if column.kind == "target":
            last = _deadline(ctx, (column.start, column.end)) or last
            yield _Aim(index, False, _deadline(ctx, (column.start, column.end)))
        elif column.kind == "growth":
            yield _Aim(index, True, last)


def _deadline(ctx: Context, heading: Span) -> Deadline | None:
    """The end of the year, or of the five-year plan, that a heading names."""
    found = rule("table.year").search(ctx.text, *heading)
    if not found:
        return None
    year = int(found["year"]) if found["year"] else five_year_plans().get(found["plan"], (0, 0))[1]
    if not year:
        return None
    granularity = "year" if found["year"] else "multi_year"
    return Deadline(
        found.start(), found.end(), "by", None, date(year, 12, 31), granularity, section_status(ctx, heading[0]),  # type: ignore[arg-type]
        DEADLINE_RULE,
    )  # fmt: skip


def _base_years(text: str, table: Table) -> Iterator[Refusal]:
    for column in table.columns:
        if column.kind == "base" and (found := rule("table.year").search(text, column.start, column.end)):
            yield Refusal(found.start(), found.end(), "time", BASE_RULE)


def _unit_above(text: str, table: Table) -> str | None:
    """The unit that a line above the headings gives to the whole table."""
    for line in text[max(0, table.start - CAPTION_REACH) : table.start].split("\n")[-3:]:
        found = rule("table.caption_unit").search(line.strip())
        if found:
            return found["unit"]
    return None


def _row(
    text: str, table: Table, row: TableRow, aims: Sequence[_Aim], above: str | None, status: Status
) -> Iterator[Target]:
    name = _name(text, table, row)
    if name is None:
        return
    indicator, unit = name
    unit = unit or _said(text, table, row, "measure") or None
    bases = [_value(text, cell) for c, cell in zip(table.columns, row.cells, strict=True) if c.kind == "base"]
    known = [found for found in bases if found is not None]
    base = _number(known[-1]["value"]) if known else None
    for aim in aims:
        cell = row.cells[aim.index]
        found = _value(text, cell)
        if found is None:
            continue
        heading = rule("table.unit").search(text[table.columns[aim.index].start : table.columns[aim.index].end])
        # What stands nearest says it best; a growth is a percentage where nothing else is said.
        own = found["unit"] or (heading["unit"] if heading else None)
        said = own or ("%" if aim.delta else unit or above or "")
        yield _target(cell, found, said, indicator, base, _binding(text, table, row), aim, status)


def _name(text: str, table: Table, row: TableRow) -> tuple[str, str | None] | None:
    """The indicator of a row and the unit that stands in a bracket behind it; None for a row that names none."""
    spans = [cell for c, cell in zip(table.columns, row.cells, strict=True) if c.kind == "indicator"]
    said = [text[a:b] for a, b in spans if a < b]
    if not said:
        return None
    name = LEADING_MARK.sub("", said[-1].strip())
    found = rule("table.unit").search(name)
    unit = found["unit"] if found else None
    name = re.sub(r"[ \u3000]+", "", name[: found.start()] if found else name)
    return (name, unit) if name else None


def _said(text: str, table: Table, row: TableRow, kind: str) -> str:
    for column, (start, end) in zip(table.columns, row.cells, strict=True):
        if column.kind == kind and start < end:
            return text[start:end].strip("()[] ")
    return ""


def _binding(text: str, table: Table, row: TableRow) -> bool | None:
    words = _said(text, table, row, "binding")
    if rule("table.binding").search(words):
        return True
    return False if rule("table.expected").search(words) else None


def _value(text: str, cell: Span) -> re.Match[str] | None:
    start, end = cell
    return rule("table.value").match(text[start:end]) if start < end else None


def _number(words: str) -> float | None:
    """The number, or None where its digits are blanked."""
    return None if words[0] in "xX*×" else float(words.replace(",", "").replace("，", ""))


def _target(
    cell: Span, found: re.Match[str], unit: str, indicator: str, base: float | None, binding: bool | None, aim: _Aim,
    status: Status,
) -> Target:  # fmt: skip
    value = _number(found["value"])
    falls = aim.delta and value is not None and value < 0
    value = abs(value) if value is not None and falls else value
    upper = _number(found["upper"]) if found["upper"] else None
    words = found["sign"] if found["sign"] in COMPARATORS else found["bound"] or found["about"] or ""
    comparator: Comparator = "range" if upper is not None else COMPARATORS.get(words, "eq")
    return Target(
        cell[0], cell[1], _kind(unit), comparator, value, upper, unit, status, RULE, indicator,
        redacted=value is None, delta=aim.delta, baseline=None if aim.delta else base, binding=binding,
        deadline_at=aim.deadline.start if aim.deadline else None,
        direction=("down" if falls else told_by(indicator) or "up") if aim.delta else None,
    )  # fmt: skip


def _kind(unit: str) -> TargetKind:
    if unit in ("%", "百分点", "个百分点"):
        return "percent"
    if unit == ":1":
        return "ratio"
    if unit in ("‰", "‱"):
        return "permille" if unit == "‰" else "permyriad"
    return "amount" if MONEY.search(unit) else "count"
