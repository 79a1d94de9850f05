"""A table as lines of text: a row a line, its cells parted by ` | `.

A cell that is merged downwards stands in each of its rows. One that is merged across stands once, with empty cells
after it, and a row of one single cell is a line of its own, as a heading inside the table is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

SEPARATOR = " | "
PART = "\u3000"  # between the lines of one cell
LONGEST_CELL = 1500  # characters; a table with a longer cell lays out a page
MOST_COLUMNS = 60
MOST_ROWS = 65_000
BREAK = re.compile(r"\s*\n\s*")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with its text (lines parted by line feeds) and how many columns and rows it covers."""

    text: str
    columns: int = 1
    rows: int = 1


def lines(rows: Sequence[Sequence[Cell]]) -> list[str]:
    """The lines of a table; cells of a table that only lays out a page stand one below the other."""
    if _lays_out(rows):
        return [line for row in rows for cell in row for line in cell.text.split("\n") if line.strip()]
    return [_line(row) for row in _filled(rows) if any(row)]


def _lays_out(rows: Sequence[Sequence[Cell]]) -> bool:
    return max((len(row) for row in rows), default=0) < 2 or any(
        len(cell.text) > LONGEST_CELL for row in rows for cell in row
    )


def _filled(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    """The cells of each row by column, merged ones filled downwards."""
    grid: list[dict[int, str]] = [{} for _ in rows[:MOST_ROWS]]
    for at, row in enumerate(rows[:MOST_ROWS]):
        column = 0
        for cell in row:
            while column in grid[at]:
                column += 1
            text = _one_line(cell.text)
            for below in grid[at : at + max(cell.rows, 1)]:
                for offset in range(min(max(cell.columns, 1), MOST_COLUMNS)):
                    below.setdefault(column + offset, "" if offset else text)
    return [[line.get(c, "") for c in range(max(line, default=-1) + 1)] for line in grid]


def _line(row: Sequence[str]) -> str:
    alone = [text for text in row if text]
    if len(alone) == 1 and row[0] == alone[0]:
        return alone[0]
    return SEPARATOR.join(row).rstrip(" ") if row[-1] else SEPARATOR.join(row)


def _one_line(text: str) -> str:
    return BREAK.sub(PART, text.strip()).replace("|", "∣").replace("｜", "∣")
