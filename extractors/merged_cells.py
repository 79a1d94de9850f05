"""Cells of a 任务分解表 that a text copy leaves empty since they are merged with those above.

Readers of Word files, pages and PDFs fill merged cells down, a copied text cannot. A mention stands in one place and
belongs to one item; here is told for which rows below it holds as well.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from extractors.mentions import ColumnKind, Item, Span, Table, TableRow
from extractors.tables import CHARGED

Cells = dict[int, Span]  # what is said in a column, by its index


def held(items: Sequence[Item], tables: Sequence[Table]) -> dict[int, list[Span]]:
    """For the items that are rows of a table of tasks, by index: the cells above that hold for them too.

    A row goes on with the rows above it under one heading and in one numbering: a section inside the table begins anew.
    """
    starts = [item.start for item in items]
    found: dict[int, list[Span]] = {}
    for table in tables:
        if table.kind != "task":
            continue
        kinds = [column.kind for column in table.columns]
        above: Cells = {}
        group: tuple[object, ...] = ()
        for row in table.rows:
            index = bisect_left(starts, row.start)
            if index == len(items) or starts[index] >= row.end:
                continue
            if group != (group := (items[index].parent, items[index].style)):
                above = {}
            said = _said(row)
            filled = {column: above[column] for column in _merged(kinds, said) if column in above}
            if filled:
                found[index] = sorted(filled.values())
            above = {**above, **said}
    return found


def places(starts: Sequence[int], spans: Mapping[int, Sequence[Span]]) -> dict[int, list[int]]:
    """For each item the indices of the mentions, given by their starts in order, that stand in its spans."""
    return {
        item: [i for start, end in cells for i in range(bisect_left(starts, start), bisect_left(starts, end))]
        for item, cells in spans.items()
    }


def _said(row: TableRow) -> Cells:
    return {column: cell for column, cell in enumerate(row.cells) if cell[0] < cell[1]}


def _merged(kinds: Sequence[ColumnKind], said: Cells) -> Iterator[int]:
    """The empty columns that go on with the row above.

    Every task has somebody in charge and a time; who supports it may be nobody, unless all of a row is left out.
    """
    told = {kinds[column] for column in said}
    for column, kind in enumerate(kinds):
        if column not in said and (
            kind in ("lead", "person", "deadline")
            or (kind == "responsible" and "lead" not in told)
            or (kind in CHARGED and told.isdisjoint(CHARGED))
        ):
            yield column
