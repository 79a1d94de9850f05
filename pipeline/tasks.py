"""The table `tasks`: one row for each leaf item, as an office writes a 任务分解表.

What a heading declares (who leads, by when) passes to the items below it, and the row says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from datetime import date

from extractors import merged_cells
from extractors.mentions import Context, Deadline, Item, Span, Status
from pipeline.extract import Extraction
from pipeline.tables import DEADLINE, TARGET, Cells, Tuples, picker
from pipeline.task_units import Charges, on_heading

# 完成时限:… behind a heading holds for all below, wherever in the heading's own text it stands.
TIME_LABEL = re.compile(r"(?:时限|时间|期限|时间要求|时间节点|完成时|进度安排)[:]?[ ]?[^\n。；]{0,6}$")
OPENING = re.compile(r"[(（\[〔]")
TARGET_CELLS = picker("targets", *(field.name for field in TARGET))
DEADLINE_CELLS = picker("deadlines", *(field.name for field in DEADLINE if field.name != "inherited"))
ITEM_CELLS = picker("items", "item_id", "path", "title", "text", "start", "end")
NO_DEADLINE = (*[None] * (DEADLINE.num_fields - 1), False)
UNIT_NAME = picker("units", "name")
PLAN_CELLS = picker("plans", "plan_id", "title", "year", "issuer")


def task_rows(
    ctx: Context, found: Extraction, plan: Cells, rows: Tuples, item_of: Mapping[str, Sequence[int | None]]
) -> list[Cells]:
    """The tasks of one plan in order of place.

    ``rows`` are the rows of its items, targets, deadlines and units, each list in the order of ``ctx`` and ``found``;
    ``item_of`` are the indices of the items in which they stand, by table.
    """
    held = merged_cells.held(ctx.items, ctx.tables)
    names = [UNIT_NAME(row) for row in rows["units"]]
    charges = Charges(ctx.text, ctx.items, found.units, names, item_of["units"], held)
    times = _Times(ctx, found.deadlines, rows["deadlines"], item_of["deadlines"], held)
    items = [ITEM_CELLS(row) for row in rows["items"]]
    titles = [heading(title) for _, _, title, *_ in items]
    headings = _Headings(ctx.items, titles)
    targets: dict[int | None, list[int]] = {}
    for target, item in enumerate(item_of["targets"]):
        targets.setdefault(item, []).append(target)
    parents = {item.parent for item in ctx.items}
    plan_id, plan_title, year, issuer = PLAN_CELLS(plan)
    tasks = []
    for index, (item_id, path, _, text, start, end) in enumerate(items):
        if index in parents:
            continue
        own = targets.get(index, ())
        said = {found.targets[i].status for i in own} | {found.deadlines[i].status for i in times.own(index)}
        status = _status(ctx, index, said)
        tasks.append(
            (
                item_id, plan_id, plan_title, year, issuer, path, headings.above(index), titles[index], text,
                *charges.of(index), [TARGET_CELLS(rows["targets"][i]) for i in own], *times.of(index, status), status,
                start, end,
            )
        )  # fmt: skip
    return tasks


def heading(title: str) -> str:
    """A title without the markup that its end cuts through: 提升条件(牵头单位 → 提升条件."""
    if OPENING.search(title) is None:
        return title.strip()
    for opening, closing in ("()", "（）", "[]", "〔〕"):
        at = title.rfind(opening)
        if at > 0 and closing not in title[at:]:
            title = title[:at]
    return title.strip()


class _Headings:
    """The headings above every item of one plan."""

    def __init__(self, items: Sequence[Item], titles: Sequence[str]) -> None:
        self._items, self._titles = items, titles
        self._below: dict[int | None, list[str]] = {None: []}

    def above(self, index: int) -> list[str]:
        """The headings above an item from the top down."""
        parent = self._items[index].parent
        known = self._below.get(parent)
        if known is None:
            assert parent is not None
            known = self._below[parent] = [*self.above(parent), self._titles[parent]]
        return known


def _status(ctx: Context, index: int, statuses: Set[str]) -> Status:
    """A task is achieved when all that is said of its values and times is; where nothing is, its section decides."""
    said = statuses - {"reference"}
    if said:
        return "achieved" if said == {"achieved"} else "planned"
    start = ctx.items[index].start
    return "achieved" if any(a <= start < b for a, b in ctx.achieved) else "planned"


class _Times:
    """The deadlines of every item of one plan."""

    def __init__(
        self, ctx: Context, deadlines: Sequence[Deadline], rows: Sequence[Cells], item_of: Sequence[int | None],
        held: Mapping[int, Sequence[Span]],
    ) -> None:  # fmt: skip
        self._ctx, self._deadlines, self._rows = ctx, deadlines, rows
        self._held = merged_cells.places([deadline.start for deadline in deadlines], held)
        self._own: dict[int | None, list[int]] = {}
        for index, item in enumerate(item_of):
            self._own.setdefault(item, []).append(index)
        self._dated = [deadline.date_end is not None for deadline in deadlines]
        self._last_days = [deadline.date_end or date.max for deadline in deadlines]
        self._passed_on: dict[tuple[int | None, Status], Cells] = {}
        self._declared_by: dict[int, list[int]] = {}

    def own(self, index: int) -> list[int]:
        """The deadlines in an item's own text."""
        return self._own.get(index, [])

    def of(self, index: int, status: Status) -> Cells:
        """The columns on deadlines of an item: all that hold for it by their last day, and the first of them.

        Its own hold; where none of them has a last day, those of the cell merged with its own, else of the nearest
        heading above that sets one too.
        """
        parent = self._ctx.items[index].parent
        if index in self._own or index in self._held:
            own = [(i, False) for i in self.own(index) if self._deadlines[i].status == status]
            return self._columns(self._with_inherited(own, self._held.get(index, []), parent, status))
        if (parent, status) not in self._passed_on:
            self._passed_on[parent, status] = self._columns(self._with_inherited([], [], parent, status))
        return self._passed_on[parent, status]

    def _with_inherited(
        self, found: list[tuple[int, bool]], declared: Sequence[int], parent: int | None, status: Status
    ) -> list[tuple[int, bool]]:
        """The deadlines found, with those declared, else those that the items from ``parent`` on upwards declare."""
        dated = self._dated
        while not any(dated[i] for i, _ in found):
            above = [i for i in declared if self._deadlines[i].status == status]
            if not found or any(dated[i] for i in above):
                found = [*found, *((i, True) for i in above)]
            if parent is None:
                break
            declared = [*self._held.get(parent, []), *self._declared(parent)]
            parent = self._ctx.items[parent].parent
        return sorted(found, key=lambda each: (self._last_days[each[0]], each[0])) if len(found) > 1 else found

    def _columns(self, found: Sequence[tuple[int, bool]]) -> Cells:
        listed = [(*DEADLINE_CELLS(self._rows[i]), inherited) for i, inherited in found]
        return *(listed[0] if listed else NO_DEADLINE), listed

    def _declared(self, index: int) -> list[int]:
        """The deadlines that an item sets for all below: on its heading, behind a label, or in what leads to a list."""
        if index in self._declared_by:
            return self._declared_by[index]
        text, item = self._ctx.text, self._ctx.items[index]
        leads_to_list = text[item.start : item.end].rstrip().endswith(":")
        declared = []
        for i in self.own(index):
            start = self._deadlines[i].start
            labelled = TIME_LABEL.search(text[max(item.start, start - 16) : start])
            last = leads_to_list and text.find("。", start, item.end) < 0
            if labelled or last or on_heading(text, item, start):
                declared.append(i)
        self._declared_by[index] = declared
        return declared
