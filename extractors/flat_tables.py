"""Tables that a copy has flattened to a cell a line: the run of their headings tells them and their columns."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from extractors.markers import LEAD
from extractors.mentions import Column, ColumnKind, Span, Table, TableKind, TableRow
from extractors.tables import CHARGED, LINE, column_kind, settled, stripped, table_kind, told_apart
from extractors.timex import scan
from extractors.unit_lists import members
from lexicons.loader import rule

LEAST_HEADINGS, MOST_HEADINGS = 3, 12
LONGEST_HEADING, LONGEST_CELL = 20, 600
LONGEST_INSERT, MOST_INSERTS = 40, 9
# A heading that every plan may have as a line of its own makes no table.
TELLING: tuple[ColumnKind, ...] = ("number", *CHARGED, "deadline", "binding", "target", "base", "measure")
SURE: tuple[ColumnKind, ...] = ("lead", "responsible", "support", "supervise", "deadline", "target", "base", "binding")


def find(text: str) -> list[Table]:
    """The flattened tables of a text in order. Takes time linear in the text."""
    lines: list[Span] | None = None
    found: list[Table] = []
    at = 0
    for first in _suspects(text):
        if first < at:
            continue
        lines = lines or [_cell(text, *m.span()) for m in LINE.finditer(text) if not m[0].isspace()]
        table = _table(text, lines, first)
        if table is not None:
            found.append(table)
            at = table.end
    return found


def _cell(text: str, start: int, end: int) -> Span:
    """The cell that a line is, without the bar that some copies leave behind it."""
    start, end = stripped(text, start, end)
    if text.find("|", start, end) == end - 1:
        return stripped(text, start, end - 1)
    return start, end


def _suspects(text: str) -> list[int]:
    """Where a line begins that is a heading, followed by two more."""
    run: list[int] = []
    out: list[int] = []
    at = 0
    for line in text.split("\n"):
        if len(line) > LONGEST_HEADING:
            run = []
        elif heading := line.rstrip("| ").strip():
            if column_kind(heading) == "other":
                run = []
            else:
                run.append(at + line.index(heading[0]))
                if len(run) == LEAST_HEADINGS:
                    out.append(run[0])
        at += len(line) + 1
    return out


def _table(text: str, lines: Sequence[Span], first: int) -> Table | None:
    at = bisect_left(lines, (first, first))
    # The caption may itself be a word of a heading: 主要指标, then 指标 | 单位 | 2025年.
    return _headed(text, lines, at) or _headed(text, lines, at + 1)


def _headed(text: str, lines: Sequence[Span], at: int) -> Table | None:
    headings: list[Span] = []
    for span in lines[at : at + MOST_HEADINGS]:
        if span[1] - span[0] > LONGEST_HEADING or column_kind(text[slice(*span)]) == "other":
            break
        headings.append(span)
    kinds = [column_kind(text[a:b]) for a, b in headings]
    kind = table_kind(kinds)
    if kind is None or sum(k in TELLING for k in kinds) < 2:
        return None
    kinds = told_apart(text, settled(kinds, kind), headings)
    columns = [Column(k, a, b) for k, (a, b) in zip(kinds, headings, strict=True)]
    rows = _Rows(text, lines, columns, kind).read(at + len(headings))
    return Table(kind, lines[at][0], rows[-1].end, columns, rows) if rows else None


class _Rows:
    """Deals the lines below the headings out to rows."""

    def __init__(self, text: str, lines: Sequence[Span], columns: Sequence[Column], kind: TableKind) -> None:
        self._text, self._lines, self._columns, self._kind = text, lines, columns, kind
        self._count = len(columns)

    def read(self, at: int) -> list[TableRow]:
        numbered = self._columns[0].kind == "number"
        rows: list[TableRow] = []
        last = 0  # the number of the row above
        while at < len(self._lines):
            taken = self._numbered(at, last + 1) if numbered else self._plain(at)
            if taken is None and (inserts := self._inserts(at, numbered, last + 1, bool(rows))):
                at += inserts
                continue
            if taken is None:
                break
            last = self._value(at) or last
            row, at = taken
            rows.append(row)
        return rows

    def _numbered(self, at: int, due: int) -> tuple[TableRow, int] | None:
        """The row that begins with a number, up to the next number that is due, at most a line a column.

        A higher number than is due begins one of those rows that a body has picked out of a table, where all is plain.
        """
        value = self._value(at)
        if value is not None and value > max(due, 1):
            return self._picked(at)
        if value not in (due, 1):
            return None
        following = range(at + 1, min(at + 3 * self._count, len(self._lines)))
        end = next((i for i in following if self._value(i) == due + 1 and self._fits(at, i)), None) or self._last(at)
        cells = list(self._lines[at : min(end, len(self._lines))])
        dealt = self._dealt(cells)
        return None if dealt is None else (TableRow(cells[0][0], cells[-1][1], dealt), at + len(cells))

    def _picked(self, at: int) -> tuple[TableRow, int] | None:
        """A row of as many lines as there are columns, each of which surely says what its column holds."""
        taken = self._plain(at)
        if taken is None or not all(
            column.kind not in SURE or self._suits(column.kind, cell, sure=True)
            for column, cell in zip(self._columns, taken[0].cells, strict=True)
        ):
            return None
        return taken

    def _last(self, at: int) -> int:
        """Where the last row ends: no number follows, and some of its cells may be merged with the row above."""
        for end in range(min(at + self._count, len(self._lines)), at + 2, -1):
            dealt = self._dealt(list(self._lines[at:end]))
            if dealt is not None and all(
                cell[0] == cell[1]
                or self._suits(column.kind, cell, sure=True)
                or rule("table.not_charged").search(self._text[slice(*cell)])
                for column, cell in zip(self._columns, dealt, strict=True)
                if column.kind in SURE
            ):
                return end
        return at + self._count

    def _fits(self, at: int, end: int) -> bool:
        return self._dealt(list(self._lines[at:end])) is not None

    def _value(self, at: int) -> int | None:
        if at >= len(self._lines):
            return None
        found = rule("table.number").search(self._text[slice(*self._lines[at])])
        number = found["number"] if found else None
        return int(number) if number and number.isdigit() else None

    def _plain(self, at: int) -> tuple[TableRow, int] | None:
        """The row of as many lines as there are columns, where each says what its column holds."""
        cells = list(self._lines[at : at + self._count])
        if len(cells) < self._count or not self._agree(cells):
            return None
        return TableRow(cells[0][0], cells[-1][1], cells), at + self._count

    def _inserts(self, at: int, numbered: bool, due: int, begun: bool) -> int:
        """How many lines from here are headings of the rows below them, or a category that is merged over these.

        Several in a row, or above the first row, must be numbered: 一、经济发展.
        """
        for end in range(at + 1, min(at + 1 + MOST_INSERTS, len(self._lines))):
            start, stop = self._lines[end - 1]
            if stop - start > LONGEST_INSERT:
                return 0
            alone = begun and end == at + 1
            if not alone and not LEAD.match(self._text, self._lines[end - 1][0]):
                return 0
            if not alone and not LEAD.match(self._text, self._lines[at][0]):
                return 0
            if (self._numbered(end, due) if numbered else self._plain(end)) is not None:
                return end - at
        return 0

    def _dealt(self, cells: list[Span]) -> list[Span] | None:
        """The cells by column: too many are lines of the task, too few leave out what is merged with the row above."""
        if any(b - a > LONGEST_CELL for a, b in cells):
            return None
        if len(cells) == self._count:
            return cells if self._agree(cells) else None
        kinds = [column.kind for column in self._columns]
        wide = next((i for i, k in enumerate(kinds) if k in ("task", "indicator")), None)
        if wide is None:
            return None
        if len(cells) > self._count:
            behind = self._count - wide - 1
            task = (cells[wide][0], cells[len(cells) - behind - 1][1])
            dealt = [*cells[:wide], task, *cells[len(cells) - behind :]]
            return dealt if self._agree(dealt) else None
        return self._by_content(cells, wide)

    def _by_content(self, cells: list[Span], wide: int) -> list[Span] | None:
        """Each cell under the next column that it can stand under; columns without one stay empty."""
        dealt: list[Span] = []
        rest = list(cells)
        for index, column in enumerate(self._columns):
            missing = (rest[0][0], rest[0][0]) if rest else (cells[-1][1], cells[-1][1])
            left = self._count - index
            if rest and (len(rest) == left or index == wide or self._suits(column.kind, rest[0], sure=True)):
                dealt.append(rest.pop(0))
            else:
                dealt.append(missing)
        return None if rest else dealt

    def _agree(self, cells: Sequence[Span]) -> bool:
        return all(
            self._suits(column.kind, cell, sure=False) for column, cell in zip(self._columns, cells, strict=True)
        )

    def _suits(self, kind: ColumnKind, cell: Span, sure: bool) -> bool:
        """Whether a cell can hold what its column does; ``sure``: whether it surely does."""
        words = self._text[slice(*cell)]
        if not sure and rule("table.not_charged").search(words):
            return True
        if kind == "number":
            return bool(rule("table.number").search(words))
        if kind in ("target", "base", "growth"):
            return bool(rule("table.value").search(words)) if sure else len(words) <= 30
        if kind == "deadline":
            return bool(scan(words) or rule("table.date").search(words)) or (not sure and len(words) <= 30)
        if kind in ("lead", "responsible", "support", "supervise"):
            end = cell[0] + len(words.rstrip("。；"))
            return bool(members(self._text, cell[0], end)[0]) or (not sure and len(words) <= 120 and "。" not in words)
        if kind == "person":
            return len(words) <= (4 if sure else 40) and "。" not in words
        if kind == "binding":
            return bool(rule("table.binding").search(words) or rule("table.expected").search(words))
        if kind == "measure":
            return len(words) <= 8 and not (sure and rule("table.value").search(words))
        return True
