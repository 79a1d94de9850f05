"""The table `tasks`: one row for each leaf item, as an office writes a 任务分解表.

What a heading declares (who leads, by when) passes to the items below it, and the row says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from extractors import merged_cells
from extractors.mentions import Context, Deadline, Item, Span, Status
from pipeline.extract import Extraction
from pipeline.task_units import Charges, on_heading

Row = dict[str, Any]

TARGET = pa.struct(
    [
        ("target_id", pa.string()), ("text", pa.string()), ("subject", pa.string()), ("indicator", pa.string()),
        ("comparator", pa.string()), ("value", pa.float64()), ("upper", pa.float64()), ("unit", pa.string()),
        ("delta", pa.bool_()), ("direction", pa.string()), ("status", pa.string()),
    ]
)  # fmt: skip
DEADLINE = pa.struct(
    [
        ("deadline_id", pa.string()), ("text", pa.string()), ("relation", pa.string()), ("date_start", pa.date32()),
        ("date_end", pa.date32()), ("inherited", pa.bool_()),
    ]
)  # fmt: skip
# 完成时限:… behind a heading holds for all below, wherever in the heading's own text it stands.
TIME_LABEL = re.compile(r"(?:时限|时间|期限|时间要求|时间节点|完成时|进度安排)[:]?[ ]?[^\n。；]{0,6}$")
TARGET_COLUMNS = tuple(field.name for field in TARGET)
DEADLINE_COLUMNS = tuple(field.name for field in DEADLINE if field.name != "inherited")
NO_DEADLINE: Row = {**dict.fromkeys(DEADLINE_COLUMNS), "inherited": False}


def task_rows(
    ctx: Context, found: Extraction, plan: Row, rows: Mapping[str, list[Row]],
    item_of: Mapping[str, Sequence[int | None]],
) -> list[Row]:  # fmt: skip
    """The tasks of one plan in order of place.

    ``rows`` are the rows of its items, targets, deadlines and units, each list in the order of ``ctx`` and ``found``;
    ``item_of`` are the indices of the items in which they stand, by table.
    """
    held = merged_cells.held(ctx.items, ctx.tables)
    names = [row["name"] for row in rows["units"]]
    charges = Charges(ctx.text, ctx.items, found.units, names, item_of["units"], held)
    times = _Times(ctx, found.deadlines, rows["deadlines"], item_of["deadlines"], held)
    headings = _Headings(ctx.items, rows["items"])
    targets: dict[int | None, list[Row]] = {}
    for target, item in zip(rows["targets"], item_of["targets"], strict=True):
        targets.setdefault(item, []).append(target)
    parents = {item.parent for item in ctx.items}
    tasks = []
    for index, row in enumerate(rows["items"]):
        if index in parents:
            continue
        own = targets.get(index, [])
        said = [*(target["status"] for target in own), *(found.deadlines[i].status for i in times.own(index))]
        status = _status(ctx, index, said)
        tasks.append(
            {
                "item_id": row["item_id"], "plan_id": row["plan_id"], "plan_title": plan["title"], "year": plan["year"],
                "issuer": plan["issuer"], "path": row["path"], "headings": headings.above(index),
                "title": heading(row["title"]), "text": row["text"], **charges.of(index),
                "targets": [{name: target[name] for name in TARGET_COLUMNS} for target in own],
                **times.of(index, status), "status": status,
                "start": row["start"], "end": row["end"],
            }
        )  # fmt: skip
    return tasks


def heading(title: str) -> str:
    """A title without the markup that its end cuts through: 提升条件(牵头单位 → 提升条件."""
    for opening, closing in ("()", "（）", "[]", "〔〕"):
        at = title.rfind(opening)
        if at > 0 and closing not in title[at:]:
            title = title[:at]
    return title.strip()


class _Headings:
    """The headings above every item of one plan."""

    def __init__(self, items: Sequence[Item], rows: Sequence[Row]) -> None:
        self._items, self._rows = items, rows
        self._below: dict[int | None, list[str]] = {None: []}

    def above(self, index: int) -> list[str]:
        """The headings above an item from the top down."""
        parent = self._items[index].parent
        known = self._below.get(parent)
        if known is None:
            assert parent is not None
            known = self._below[parent] = [*self.above(parent), heading(self._rows[parent]["title"])]
        return known


def _status(ctx: Context, index: int, statuses: Sequence[str]) -> Status:
    """A task is achieved when all that is said of its values and times is; where nothing is, its section decides."""
    said = [status for status in statuses if status != "reference"]
    if said:
        return "achieved" if all(status == "achieved" for status in said) else "planned"
    start = ctx.items[index].start
    return "achieved" if any(a <= start < b for a, b in ctx.achieved) else "planned"


class _Times:
    """The deadlines of every item of one plan."""

    def __init__(
        self, ctx: Context, deadlines: Sequence[Deadline], rows: Sequence[Row], item_of: Sequence[int | None],
        held: Mapping[int, Sequence[Span]],
    ) -> None:  # fmt: skip
        self._ctx, self._deadlines, self._rows = ctx, deadlines, rows
        self._held = merged_cells.places([deadline.start for deadline in deadlines], held)
        self._own: dict[int | None, list[int]] = {}
        for index, item in enumerate(item_of):
            self._own.setdefault(item, []).append(index)
        self._last_days = [deadline.date_end or date.max for deadline in deadlines]
        self._passed_on: dict[tuple[int | None, Status], Row] = {}
        self._declared_by: dict[int, list[int]] = {}

    def own(self, index: int) -> list[int]:
        """The deadlines in an item's own text."""
        return self._own.get(index, [])

    def of(self, index: int, status: Status) -> Row:
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
        while not any(self._deadlines[i].date_end for i, _ in found):
            above = [i for i in declared if self._deadlines[i].status == status]
            if not found or any(self._deadlines[i].date_end for i in above):
                found = [*found, *((i, True) for i in above)]
            if parent is None:
                break
            declared = [*self._held.get(parent, []), *self._declared(parent)]
            parent = self._ctx.items[parent].parent
        return sorted(found, key=lambda each: (self._last_days[each[0]], each[0]))

    def _columns(self, found: Sequence[tuple[int, bool]]) -> Row:
        listed = [
            {**{name: self._rows[i][name] for name in DEADLINE_COLUMNS}, "inherited": inherited}
            for i, inherited in found
        ]
        first = listed[0] if listed else NO_DEADLINE
        return {
            "deadline_id": first["deadline_id"], "deadline_text": first["text"],
            "deadline_relation": first["relation"], "deadline_start": first["date_start"],
            "deadline": first["date_end"], "deadline_inherited": first["inherited"], "deadlines": listed,
        }  # fmt: skip

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
