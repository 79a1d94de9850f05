"""What the rows of a 任务分解表 say: each is an item, and its cells name who does it and by when."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from extractors import dates
from extractors.dates import Reference
from extractors.markers import TITLE_END
from extractors.mentions import Context, Deadline, Item, ItemStyle, Span, Table, TableRow, Unit
from extractors.numerals import cn_to_int
from extractors.organisations import Body, recognise
from extractors.periods import month_end
from extractors.status import status_of
from extractors.tables import CHARGED
from extractors.unit_lists import complete, members, split
from lexicons.loader import rule

ROLES = {"lead": "lead", "support": "support", "supervise": "supervise", "responsible": "responsible"}
NAMELESS = Body("office", True, False)
LONGEST_NAME = 36
LEAST_MERGED = 4  # characters; a shorter cell that says the same as the one above may do so by itself
RULE, DATE_RULE = "unit.cell", "table.date"
WORD_OF_ROLE = re.compile(r"[(\[]?(?:牵头|负责|配合|主办|协办|落实)[)\]]?$")
SAID_OF_ROLE = {"牵头": "lead", "主办": "lead", "配合": "support", "协办": "support"}


def running(text: str, tables: Sequence[Table]) -> str:
    """The text for rules of running text: of a table only the words of its tasks are left, each cell a line.

    The length stays; what is taken out is blank.
    """
    parts, at = [], 0
    for table in tables:
        left = deque(_spoken(text, table))
        for start, end in [_heading(text, table), *((row.start, row.end) for row in table.rows)]:
            parts.append(text[at:start])
            at = start
            while left and left[0][1] <= end:
                a, b = left.popleft()
                parts += ["\n" * (a - at), text[a:b]]
                at = b
            parts.append("\n" * (end - at))
            at = end
    parts.append(text[at:])
    return "".join(parts)


def _heading(text: str, table: Table) -> Span:
    """The lines of the headings; what stands between them and the rows is a heading of rows."""
    last = max(column.end for column in table.columns)
    line_end = text.find("\n", last)
    return table.start, min(line_end if line_end >= 0 else len(text), table.rows[0].start)


def _spoken(text: str, table: Table) -> list[Span]:
    """The cells that speak as running text does, without those that a merged cell above has said already."""
    if table.kind != "task":
        return []
    spans: list[Span] = []
    above: dict[int, str] = {}
    for row in table.rows:
        for index, (column, (start, end)) in enumerate(zip(table.columns, row.cells, strict=True)):
            if column.kind in ("task", "other", "note") and start < end:
                if len(text[start:end]) < LEAST_MERGED or above.get(index) != text[start:end]:
                    spans.append((start, end))
                above[index] = text[start:end]
    return sorted(spans)


def items(text: str, found: Sequence[Item], tables: Sequence[Table]) -> list[Item]:
    """The items with the rows of the tables of tasks among them, in order of place.

    A row stands below the item above its table, or at the top when the table is an annex of its own. Items inside the
    words of a row stand below the row.
    """
    rows = [(table, row) for table in tables if table.kind == "task" for row in table.rows]
    if not rows:
        return list(found)
    spans = [(row.start, row.end) for _, row in rows]
    outer = [item for item in found if not any(a <= item.start < b for a, b in spans)]
    starts = [item.start for item in found]
    # Each with the start of its parent.
    merged = [(item, None if item.parent is None else starts[item.parent]) for item in outer]
    for table, row in rows:
        parent = _above(text, outer, table, row)
        item = _row_item(text, table, row)
        merged.append((item, parent))
        merged += [(inner, item.start) for inner in found if row.start < inner.start < row.end]
    return _numbered(merged)


def _numbered(merged: Sequence[tuple[Item, int | None]]) -> list[Item]:
    """Items in order of place with their parents as indices."""
    order = sorted(merged, key=lambda pair: pair[0].start)
    index = {item.start: i for i, (item, _) in enumerate(order)}
    parents = [None if parent is None else index.get(parent) for _, parent in order]
    levels: list[int] = []
    for parent in parents:
        levels.append(1 if parent is None or parent >= len(levels) else levels[parent] + 1)
    return [replace(item, parent=p, level=n) for (item, _), p, n in zip(order, parents, levels, strict=True)]


def _above(text: str, outer: Sequence[Item], table: Table, row: TableRow) -> int | None:
    """The start of the item that a row stands below: a heading inside the table, else the item above it."""
    before = [item for item in outer if item.start < row.start]
    if not before:
        return None
    last = before[-1]
    if last.start < table.start:
        between = text[last.start : table.start].split("\n")[1:]
        if any(rule("table.caption").search(line.strip()) for line in between):
            return None
    return last.start


def _row_item(text: str, table: Table, row: TableRow) -> Item:
    number = _cell(table, row, "number")
    marker = text[slice(*number)] if number else ""
    style, value = _numbering(marker)
    if value is None or number is None:
        marker, style, value = "", "row", 1 + table.rows.index(row)
    start = number[0] if marker and number else row.start
    task = _cell(table, row, "task")
    words = text[slice(*task)] if task else ""
    stop = TITLE_END.search(words)
    title = (words[: stop.start()] if stop else words).strip()
    return Item(start, row.end, marker, value, style, None, 1, title)


def _cell(table: Table, row: TableRow, kind: str) -> Span | None:
    """The last cell of a kind that says something: 一级任务 stands before the task itself."""
    spans = [span for column, span in zip(table.columns, row.cells, strict=True) if column.kind == kind]
    said = [span for span in spans if span[0] < span[1]]
    return said[-1] if said else None


def _numbering(marker: str) -> tuple[ItemStyle, int | None]:
    """The style and value of what stands in a cell under 序号."""
    found = rule("table.number").search(marker)
    if not found:
        return "row", None
    if "①" <= marker <= "⑳":
        return "circled", ord(marker) - ord("①") + 1
    number = found["number"]
    bracket = marker[0] in "([" or marker[-1] in ")]"
    if number[0].isdigit():
        return "ar_paren" if bracket else "ar_dot", int(number.split(".")[-1])
    return "cn_paren" if bracket else "cn_dot", cn_to_int(number)


def units(ctx: Context) -> list[Unit]:
    """The bodies in the cells of the tables of tasks, each with the role of its column."""
    found = []
    for table in ctx.tables:
        if table.kind == "task":
            for row in table.rows:
                for column, span in zip(table.columns, row.cells, strict=True):
                    if column.kind in CHARGED and span[0] < span[1]:
                        found += list(_units(ctx, column.kind, span))
    return found


def _units(ctx: Context, kind: str, span: Span) -> Iterator[Unit]:
    text, role = ctx.text, ROLES.get(kind, "responsible")
    span = span[0], span[0] + len(text[slice(*span)].rstrip("。；， "))
    if rule("table.not_charged").search(text[slice(*span)]):
        return
    listed, _ = members(text, *span) if kind != "person" else ([], None)
    named = [(m.start, m.end, m.name, m.body.collective, role) for m in listed] or list(_named(text, span, role))
    for start, end, name, collective, own in named:
        yield Unit(start, end, name, own, collective, status_of(ctx, start, end), RULE)  # type: ignore[arg-type]


def _named(text: str, span: Span, role: str) -> Iterator[tuple[int, int, str, bool, str]]:
    """The names of a cell that are no list of known bodies: a heading vouches for them."""
    spans: list[tuple[int, int, str]] = []
    for start, end in split(text, *span, glued=True):
        said = WORD_OF_ROLE.search(text, start, end)
        name_end = said.start() if said else end
        if start < name_end and name_end - start <= LONGEST_NAME and text[start].isalnum():
            word = said[0].strip("()[]") if said else ""
            spans.append((start, name_end, SAID_OF_ROLE.get(word, role)))
    full = complete([text[a:b] for a, b, _ in spans])
    for (start, end, own), name in zip(spans, full, strict=True):
        body = recognise(text[start:end])
        yield start, end, name, (NAMELESS if isinstance(body, str) else body).collective, own


def deadlines(ctx: Context) -> list[Deadline]:
    """The times in the cells under 完成时限: what stands there is a deadline, whatever its form."""
    found: list[Deadline] = []
    for table in ctx.tables:
        if table.kind == "task":
            for row in table.rows:
                for column, span in zip(table.columns, row.cells, strict=True):
                    if column.kind == "deadline" and span[0] < span[1]:
                        found += list(_deadlines(ctx, span))
    return found


def _deadlines(ctx: Context, span: Span) -> Iterator[Deadline]:
    start, end = span
    figures = rule("table.date").search(ctx.text[start:end])
    if figures:
        yield _of_figures(ctx, start, figures)
        return
    reference = Reference(ctx.year, ctx.year)
    for expression in dates.scan(ctx.text[start:end]):
        resolved = dates.resolve(expression, reference)
        if resolved.explicit_year is not None:
            reference = replace(reference, period=resolved.explicit_year)
        interval = resolved.interval
        a, b = start + expression.start, start + expression.end
        yield Deadline(
            a, b, resolved.relation, interval.start, interval.end, interval.granularity,
            status_of(ctx, a, b), expression.rule, interval.redacted,
        )  # fmt: skip


def _of_figures(ctx: Context, start: int, figures: re.Match[str]) -> Deadline:
    year, month, day = int(figures["year"]), int(figures["month"]), figures["day"]
    last = month_end(year, month)
    first = date(year, month, 1)
    if day:
        first = last = date(year, month, min(int(day), last.day))
    by = bool(figures["by"]) or bool(day)
    a, b = start + figures.start(), start + figures.end()
    return Deadline(
        a, b, "by" if by else "within", None if by else first, last, "day" if day else "month",
        status_of(ctx, a, b), DATE_RULE,
    )  # fmt: skip
