"""Tables of a PDF page from the rules that draw them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.formats.grid import Cell, lines
from pipeline.formats.pdf_page import Char, Rule, assembled

NEAR = 3.0  # points within which rules meet and coordinates are one
FULL = 1.2  # of the size: a line that ends this near to the edge of its cell goes on in the next
LEAST_CELLS = 4
MOST_EDGES = 400


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its place on the page, and its rows as lines of text."""

    left: float
    bottom: float
    right: float
    top: float
    rows: list[str]

    def holds(self, char: Char) -> bool:
        x = (char.left + char.right) / 2
        return self.left - NEAR <= x <= self.right + NEAR and self.bottom - NEAR <= char.middle <= self.top + NEAR


def tables(rules: Sequence[Rule], chars: Sequence[Char]) -> list[Table]:
    """The tables that the rules draw, from top to bottom, with the text of their cells."""
    found = []
    for group in _groups(rules):
        xs = _edges([r.x0 for r in group if r.upright])
        ys = _edges([r.y0 for r in group if not r.upright])[::-1]
        if len(xs) < 3 or len(ys) < 3 or (len(xs) - 1) * (len(ys) - 1) < LEAST_CELLS:
            continue
        if len(xs) > MOST_EDGES or len(ys) > MOST_EDGES:
            continue
        found.append(Table(xs[0], ys[-1], xs[-1], ys[0], _rows(group, xs, ys, chars)))
    return sorted((t for t in found if t.rows), key=lambda t: -t.top)


def _groups(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Rules that touch one another, directly or through others."""
    order = sorted(rules, key=lambda r: -r.y1)
    groups: list[tuple[list[float], list[Rule]]] = []  # box, members
    for rule in order:
        touching = [
            g
            for g in groups
            if rule.x0 <= g[0][2] + NEAR and rule.x1 >= g[0][0] - NEAR
            and rule.y0 <= g[0][3] + NEAR and rule.y1 >= g[0][1] - NEAR
        ]  # fmt: skip
        box, members = [rule.x0, rule.y0, rule.x1, rule.y1], [rule]
        for other, others in touching:
            box = [min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3])]
            members = others + members
        groups = [g for g in groups if g not in touching] + [(box, members)]
    return [members for _, members in groups if len(members) >= 6]


def _edges(values: Sequence[float]) -> list[float]:
    """The values in order, near ones as one."""
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > NEAR:
            out.append(value)
    return out


def _rows(group: Sequence[Rule], xs: list[float], ys: list[float], chars: Sequence[Char]) -> list[str]:
    columns, rows = len(xs) - 1, len(ys) - 1
    boxes: dict[tuple[int, int], list[Char]] = {}
    for char in chars:
        column = bisect_right(xs, (char.left + char.right) / 2) - 1
        row = bisect_right([-y for y in ys], -char.middle) - 1
        if 0 <= column < columns and 0 <= row < rows:
            boxes.setdefault((row, column), []).append(char)
    uprights, levels = [r for r in group if r.upright], [r for r in group if not r.upright]

    def parted_right(row: int, column: int) -> bool:
        x, y = xs[column + 1], (ys[row] + ys[row + 1]) / 2
        return any(abs(r.x0 - x) <= NEAR and r.y0 - NEAR <= y <= r.y1 + NEAR for r in uprights)

    def parted_below(row: int, column: int) -> bool:
        x, y = (xs[column] + xs[column + 1]) / 2, ys[row + 1]
        return any(abs(r.y0 - y) <= NEAR and r.x0 - NEAR <= x <= r.x1 + NEAR for r in levels)

    taken: set[tuple[int, int]] = set()
    out: list[list[Cell]] = []
    for row in range(rows):
        cells: list[Cell] = []
        for column in range(columns):
            if (row, column) in taken:
                continue
            wide = tall = 1
            while column + wide < columns and not parted_right(row, column + wide - 1):
                wide += 1
            while row + tall < rows and not parted_below(row + tall - 1, column):
                tall += 1
            inside = [(r, c) for r in range(row, row + tall) for c in range(column, column + wide)]
            taken.update(inside)
            text = _text([char for place in inside for char in boxes.get(place, [])], xs[column], xs[column + wide])
            cells.append(Cell(text, wide, tall))
        out.append(cells)
    return lines(out)


def _text(chars: Sequence[Char], left: float, right: float) -> str:
    """The text of a cell; a line that fills it goes on in the next."""
    out = ""
    full = True
    for line in assembled(chars):
        # A line in the middle of its cell leaves as much room at both sides.
        room = min(right - line.right, (right - left) - (line.right - line.left))
        out += ("" if full else "\n") + line.text if out else line.text
        full = room < FULL * line.size + 6
    return out
