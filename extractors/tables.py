"""Tables in a text: 任务分解表 and 指标表, drawn with `|`, a row a line.

Readers of Word files, web pages and PDFs write tables in this form; copied texts have it too. Tables that a copy has
flattened to a cell a line are found by ``extractors.flat_tables``. What a column holds is told by its heading, see
``lexicons/words/table_headings.csv``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from extractors.mentions import Column, ColumnKind, Span, Table, TableKind, TableRow
from lexicons.loader import rule, words

LINE = re.compile(r"[^\n]+")
RULE_LINE = re.compile(r"[\s|:+=-]+")  # |---|---| under the headings of a table in Markdown
LONGEST_HEADING = 24
LONGEST_INSERT = 60  # characters of a line inside a table that is a heading of the rows below it
CHARGED: tuple[ColumnKind, ...] = ("lead", "responsible", "support", "supervise", "person")
# The ends of headings that no list can name in full: 市级责任领导, 县区配合单位.
ENDINGS = ("task", "lead", "responsible", "support", "supervise", "person", "deadline")


def find(text: str) -> list[Table]:
    """The drawn tables of a text in order. Takes time linear in the text."""
    if "|" not in text:
        return []
    lines = [m.span() for m in LINE.finditer(text)]
    found: list[Table] = []
    at = 0
    while at < len(lines):
        table, after = _table(text, lines, at)
        if table is not None:
            found.append(table)
        at = after
    return found


@cache
def _headings() -> dict[str, ColumnKind]:
    return {word.text: word.cls for word in words("table_headings")}  # type: ignore[misc]


@cache
def _endings() -> tuple[tuple[str, ColumnKind], ...]:
    named = [(text, kind) for text, kind in _headings().items() if kind in ENDINGS and len(text) >= 4]
    return tuple(sorted(named, key=lambda pair: -len(pair[0])))


@cache
def _any_ending() -> tuple[str, ...]:
    return tuple(ending for ending, _ in _endings())


@lru_cache(4096)
def column_kind(heading: str) -> ColumnKind:
    """What a column with this heading holds; `other` where the heading tells nothing."""
    bare = re.sub(r"\s|[(\[][^()\[\]]*[)\]]$", "", heading)
    if not bare or len(bare) > LONGEST_HEADING:
        return "other"
    known = _headings().get(bare)
    if known is not None:
        return known
    if rule("table.year_heading").search(bare):
        return _year_kind(bare)
    if bare.endswith(_any_ending()):
        return next(kind for ending, kind in _endings() if bare.endswith(ending))
    parts = [_headings().get(part) for part in re.split(r"[及和与、/]", bare)]
    return next((part for part in parts if part), "other") if all(parts) else "other"


def _year_kind(heading: str) -> ColumnKind:
    if rule("table.growth_heading").search(heading):
        return "growth"
    return "base" if rule("table.base_heading").search(heading) else "target"


def table_kind(kinds: Sequence[ColumnKind]) -> TableKind | None:
    """What a table with these columns is, or None where the headings tell no table that is read."""
    if "task" in kinds and any(kind in (*CHARGED, "deadline") for kind in kinds):
        return "task"
    if "indicator" in kinds and any(kind in ("target", "growth") for kind in kinds):
        return "indicator"
    if kinds.count("target") + kinds.count("base") >= 2 and any(k in kinds for k in ("task", "category", "measure")):
        return "indicator"
    # 单位 | 工作职责: a body a row with its tasks
    return "task" if "task" in kinds and "measure" in kinds and "target" not in kinds else None


def settled(kinds: Sequence[ColumnKind], kind: TableKind) -> list[ColumnKind]:
    """The kinds of columns once the table is known: 单位 is a body beside tasks and a unit beside indicators."""
    if kind == "task":
        return ["responsible" if k == "measure" else k for k in kinds]
    named = "indicator" in kinds
    return ["indicator" if not named and k == "task" else k for k in kinds]


def cells(text: str, start: int, end: int, framed: bool) -> list[Span]:
    """The spans of the cells of a drawn line, without the blanks around them.

    Where a table is ``framed`` its lines begin with a bar, else a bar at the beginning is behind an empty cell.
    """
    spans = []
    at = start
    while at <= end:
        bar = text.find("|", at, end)
        stop = bar if bar >= 0 else end
        spans.append(stripped(text, at, stop))
        at = stop + 1
    if framed and len(spans) > 2 and _barred(text, start, end):
        spans = spans[1:]
        if text[start:end].rstrip().endswith("|"):
            spans = spans[:-1]
    return spans


def stripped(text: str, start: int, end: int) -> Span:
    """The span without blanks at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _barred(text: str, start: int, end: int) -> bool:
    """Whether a bar is the first that stands in the line."""
    return text[start:end].lstrip().startswith("|")


def _framed(text: str, lines: Sequence[Span], at: int) -> bool:
    """Whether the headings in line ``at`` and the line below them begin with a bar, as in a frame."""
    below = lines[at + 1] if at + 1 < len(lines) else None
    return _barred(text, *lines[at]) and (below is None or not _drawn(text, below) or _barred(text, *below))


def _drawn(text: str, span: Span) -> bool:
    return text.find("|", *span) >= 0


def _table(text: str, lines: Sequence[Span], at: int) -> tuple[Table | None, int]:
    """The table whose headings stand in line ``at``, and the line after it (or after ``at``)."""
    if not _drawn(text, lines[at]):
        return None, at + 1
    framed = _framed(text, lines, at)
    headings = cells(text, *lines[at], framed)
    kinds = [column_kind(text[a:b]) for a, b in headings]
    after = at + 1
    deeper = _second_line(text, lines, after, headings, framed)
    if deeper is not None:
        headings, kinds, after = deeper[0], deeper[1], after + 1
    kind = table_kind(kinds)
    if kind is None:
        return None, at + 1
    columns = [
        Column(k, a, b) for k, (a, b) in zip(told_apart(text, settled(kinds, kind), headings), headings, strict=True)
    ]
    rows, after = _rows(text, lines, after, columns, framed)
    if not rows:
        return None, at + 1
    return Table(kind, lines[at][0], rows[-1].end, columns, rows), after


def _second_line(
    text: str, lines: Sequence[Span], at: int, headings: Sequence[Span], framed: bool
) -> tuple[list[Span], list[ColumnKind]] | None:
    """The headings of two lines as one: a heading over several columns is divided by the line below it."""
    if at >= len(lines) or not _drawn(text, lines[at]):
        return None
    below = cells(text, *lines[at], framed)
    if len(below) != len(headings):
        return None
    same = [text[a:b] == text[c:d] and a < b for (a, b), (c, d) in zip(headings, below, strict=True)]
    over = ""
    kinds: list[ColumnKind] = []
    spans: list[Span] = []
    for (a, b), (c, d), repeated in zip(headings, below, same, strict=True):
        over = text[a:b] or over
        own = column_kind(text[c:d])
        if own == "other":
            own = column_kind(over + text[c:d])
        elif own == "target" and not repeated and c < d:
            own = column_kind(text[c:d] + over) if rule("table.year").search(text[c:d]) else own
        kinds.append(own)
        spans.append((c, d) if c < d else (a, b))
    divided = [k for k, repeated, (c, d) in zip(kinds, same, below, strict=True) if not repeated and c < d]
    if not any(same) or not divided or "other" in divided or all(same):
        return None
    return spans, kinds


def told_apart(text: str, kinds: list[ColumnKind], headings: Sequence[Span]) -> list[ColumnKind]:
    """The kinds of columns with the earliest of bare years as the base: 2020年 | 2025年 | 2030年."""
    if "base" in kinds:
        return kinds
    years = {}
    for index, (kind, (a, b)) in enumerate(zip(kinds, headings, strict=True)):
        found = rule("table.year").search(text, a, b)
        if kind == "target" and found and found["year"]:
            stated = re.search("目标|规划|计划|预期", text[a:b])
            years[index] = (int(found["year"]), bool(stated))
    if len(years) > 1:
        first = min(years, key=lambda index: years[index])
        if not years[first][1]:
            return [("base" if index == first else kind) for index, kind in enumerate(kinds)]
    return kinds


def _rows(
    text: str, lines: Sequence[Span], at: int, columns: Sequence[Column], framed: bool
) -> tuple[list[TableRow], int]:
    """The rows below the headings; a short line between two rows is a heading inside the table."""
    rows: list[TableRow] = []
    headings = [text[c.start : c.end] for c in columns]
    after = at
    while at < len(lines):
        if not _drawn(text, lines[at]):
            goes_on = at + 1 < len(lines) and _drawn(text, lines[at + 1])
            if not goes_on or lines[at][1] - lines[at][0] > LONGEST_INSERT:
                break
            at += 1
            continue
        if RULE_LINE.fullmatch(text, *lines[at]):
            at += 1
            continue
        spans = cells(text, *lines[at], framed)
        if len(spans) > len(columns) and spans[0][0] == spans[0][1]:
            spans = cells(text, *lines[at], True)
        spans = list(_fitted(spans, len(columns), lines[at][1]))
        row = [text[a:b] for a, b in spans]
        if row != headings and _begins_another(row):
            break
        if row != headings and any(row):
            rows.append(TableRow(*stripped(text, *lines[at]), spans))
        at += 1
        after = at
    return rows, after


def _fitted(spans: Sequence[Span], count: int, end: int) -> Iterator[Span]:
    """As many spans as there are columns, empty ones for cells that are missing."""
    yield from spans[:count]
    for _ in range(count - len(spans)):
        yield end, end


def _begins_another(row: Sequence[str]) -> bool:
    """Whether the cells are the headings of another table."""
    kinds = [column_kind(cell) for cell in row]
    return sum(kind != "other" for kind in kinds) >= 3 and table_kind(kinds) is not None
