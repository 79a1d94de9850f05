"""The table `tasks`: one row for each leaf item, as an office writes a 任务分解表.

What a heading declares (who leads, by when) passes to the items below it, and the row says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from extractors import merged_cells
from extractors.mentions import Context, Deadline, Item, Span, Status
from pipeline.extract import Extraction
from pipeline.task_units import ROLES, Charges, on_heading

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
FAR = (9999, 99, 99)


def task_rows(ctx: Context, found: Extraction, plan: Row, rows: dict[str, list[Row]]) -> list[Row]:
    """The tasks of one plan in order of place.

    ``rows`` are the rows of its items, targets, deadlines and units, each list in the order of ``ctx`` and ``found``.
    """
    number = {row["item_id"]: index for index, row in enumerate(rows["items"])}
    # Names as the table `units` shows them.
    units = [replace(unit, name=row["name"]) for unit, row in zip(found.units, rows["units"], strict=True)]
    held = merged_cells.held(ctx.items, ctx.tables)
    charges = Charges(ctx.text, ctx.items, units, [number.get(row["item_id"]) for row in rows["units"]], held)
    times = _Times(ctx, found.deadlines, [number.get(row["item_id"]) for row in rows["deadlines"]], held)
    parents = {item.parent for item in ctx.items}
    targets: dict[str, list[Row]] = {}
    for row in rows["targets"]:
        targets.setdefault(row["item_id"], []).append(row)
    tasks = []
    for index, row in enumerate(rows["items"]):
        if index in parents:
            continue
        own = targets.get(row["item_id"], [])
        status = _status(ctx, index, [*own, *_own_times(found, times, index)])
        tasks.append(
            {
                "item_id": row["item_id"], "plan_id": row["plan_id"], "plan_title": plan["title"], "year": plan["year"],
                "issuer": plan["issuer"], "path": row["path"], "headings": _headings(ctx.items, rows["items"], index),
                "title": heading(row["title"]), "text": row["text"], **_units(charges, index),
                "targets": [{name: target[name] for name in TARGET_COLUMNS} for target in own],
                **times.of(index, status, rows["deadlines"]), "status": status,
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


def _headings(items: Sequence[Item], rows: Sequence[Row], index: int) -> list[str]:
    above = []
    at = items[index].parent
    while at is not None:
        above.append(heading(rows[at]["title"]))
        at = items[at].parent
    return above[::-1]


def _units(charges: Charges, index: int) -> Row:
    found = charges.of(index)
    row: Row = {}
    for role in ROLES:
        mine = [charge for charge in found if charge.role == role]
        row[role] = [charge.name for charge in mine]
        row[f"{role}_inherited"] = [charge.inherited for charge in mine]
    return row


def _own_times(found: Extraction, times: _Times, index: int) -> list[Row]:
    return [{"status": found.deadlines[i].status} for i in times.own(index)]


def _status(ctx: Context, index: int, mentions: Sequence[Row]) -> Status:
    """A task is achieved when all that is said of its values and times is; where nothing is, its section decides."""
    said = [row["status"] for row in mentions if row["status"] != "reference"]
    if said:
        return "achieved" if all(status == "achieved" for status in said) else "planned"
    start = ctx.items[index].start
    return "achieved" if any(a <= start < b for a, b in ctx.achieved) else "planned"


def _deadline(row: Row, inherited: bool) -> Row:
    return {field.name: row[field.name] for field in DEADLINE if field.name != "inherited"} | {"inherited": inherited}


class _Times:
    """The deadlines of every item of one plan."""

    def __init__(
        self, ctx: Context, deadlines: Sequence[Deadline], item_of: Sequence[int | None],
        held: Mapping[int, Sequence[Span]],
    ) -> None:  # fmt: skip
        self._ctx, self._deadlines = ctx, deadlines
        self._held = merged_cells.places([deadline.start for deadline in deadlines], held)
        self._own: dict[int | None, list[int]] = {}
        for index, item in enumerate(item_of):
            self._own.setdefault(item, []).append(index)

    def own(self, index: int) -> list[int]:
        """The deadlines in an item's own text."""
        return self._own.get(index, [])

    def of(self, index: int, status: Status, rows: Sequence[Row]) -> Row:
        """The columns on deadlines of an item: all that hold for it by their last day, and the first of them.

        Its own hold; where none of them has a last day, those of the cell merged with its own, else of the nearest
        heading above that sets one too.
        """
        found = [(i, False) for i in self.own(index) if self._deadlines[i].status == status]
        at: int | None = index
        while at is not None and not any(self._deadlines[i].date_end for i, _ in found):
            declared = [*self._held.get(at, []), *(self._declared(at) if at != index else [])]
            above = [i for i in declared if self._deadlines[i].status == status]
            if not found or any(self._deadlines[i].date_end for i in above):
                found += [(i, True) for i in above]
            at = self._ctx.items[at].parent
        found.sort(key=lambda each: (self._last_day(each[0]), each[0]))
        listed = [_deadline(rows[i], inherited) for i, inherited in found]
        first = listed[0] if listed else dict.fromkeys(DEADLINE.names)
        return {
            "deadline_id": first["deadline_id"], "deadline_text": first["text"], "deadline_relation": first["relation"],
            "deadline_start": first["date_start"], "deadline": first["date_end"],
            "deadline_inherited": bool(first["inherited"]), "deadlines": listed,
        }  # fmt: skip

    def _last_day(self, index: int) -> tuple[int, int, int]:
        day = self._deadlines[index].date_end
        return (day.year, day.month, day.day) if day else FAR

    def _declared(self, index: int) -> list[int]:
        """The deadlines that an item sets for all below: on its heading, behind a label, or in what leads to a list."""
        text, item = self._ctx.text, self._ctx.items[index]
        leads_to_list = text[item.start : item.end].rstrip().endswith(":")
        declared = []
        for i in self.own(index):
            start = self._deadlines[i].start
            labelled = TIME_LABEL.search(text[max(item.start, start - 16) : start])
            last = leads_to_list and text.find("。", start, item.end) < 0
            if labelled or last or on_heading(text, item, start):
                declared.append(i)
        return declared
