"""What the page of one plan shows: its text in marked pieces, and an entry for each row beside it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.export import labels
from pipeline.export.load import Row
from pipeline.report.spans import Mark, Piece, pieces
from pipeline.text import View


@dataclass(frozen=True, slots=True)
class Entry:
    """A row in the list beside the text. ``due`` is an ISO date to sort by; ``facts`` are (label, value)."""

    id: str
    cls: str
    label: str
    headline: str
    path: str
    due: str
    facts: Sequence[tuple[str, str]] = field(default_factory=list)


CLASSES = {"items": "item", "targets": "target", "deadlines": "deadline", "units": "unit", "gaps": "gap"}
KEYS = {
    "items": "item_id", "targets": "target_id", "deadlines": "deadline_id", "units": "mention_id", "gaps": "gap_id",
}  # fmt: skip


class PlanPage:
    """The text and the entries of one plan.

    ``rows`` are its rows by table, `tasks` among them. ``view`` is the clean view of the source, when the rules that
    made the rows are those of this program: it tells where headings end and what was left out as noise.
    """

    def __init__(self, plan: Row, rows: dict[str, list[Row]], text: str, view: View | None) -> None:
        self.plan, self._rows, self._text, self._view = plan, rows, text, view
        self._items = {row["item_id"]: row for row in rows["items"]}
        self._deadlines = {row["deadline_id"]: row for row in rows["deadlines"]}
        self._tasks = {row["item_id"]: row for row in rows["tasks"]}

    def pieces(self) -> Iterator[Piece]:
        """The plan's text as it stands in the source, cut into marked pieces."""
        return pieces(self._text, self.plan["start"], self.plan["end"], [*self._marks(), *self._noise()])

    def entries(self) -> list[Entry]:
        """An entry for each row, in order of place; an item before what stands in it."""
        makers = {
            "items": self._item, "targets": self._target, "deadlines": self._deadline, "units": self._unit,
            "gaps": self._gap,
        }  # fmt: skip
        found = [
            (row["start"], order, maker(row))
            for order, (name, maker) in enumerate(makers.items())
            for row in self._rows[name]
        ]
        return [entry for _, _, entry in sorted(found, key=lambda each: each[:2])]

    def _marks(self) -> Iterator[Mark]:
        for name, cls in CLASSES.items():
            for row in self._rows[name]:
                end = self._heading_end(row) if name == "items" else row["end"]
                yield Mark(row["start"], end, short(row[KEYS[name]]), cls)

    def _heading_end(self, row: Row) -> int:
        """Where the heading of an item ends in the source, page markers and line breaks inside it included."""
        start: int = row["start"]
        if self._view is None:
            return start + len(row["marker"])
        first = bisect_left(self._view.starts, start)
        own = self._view.norm[first : first + len(row["text"]) + 40]
        at = own.find(row["title"], len(row["marker"])) if row["title"] else -1
        last = first + (at + len(row["title"]) if at >= 0 else len(row["marker"])) - 1
        return int(self._view.starts[min(last, len(self._view.starts) - 1)]) + 1

    def _noise(self) -> Iterator[Mark]:
        """What was left out of the plan's text, blanks and broken lines aside."""
        if self._view is None:
            return
        starts = self._view.starts
        at: int = self.plan["start"]
        first = bisect_left(starts, at)
        for place in (*starts[first : bisect_left(starts, self.plan["end"])].tolist(), self.plan["end"]):
            if place > at and self._text[at:place].strip():
                yield Mark(at, place, "", "noise")
            at = place + 1

    def _entry(self, row: Row, name: str, label: str, headline: str, due: str, facts: list[tuple[str, Any]]) -> Entry:
        item = self._items.get(row.get("item_id") or "")
        offsets = f"{row['start']}–{row['end']}"
        told = [(key, str(value)) for key, value in [*facts, ("位置", offsets)] if value not in (None, "", [])]
        path = item["path"] if item else ""
        return Entry(short(row[KEYS[name]]), CLASSES[name], label, headline, path, due, told)

    def _item(self, row: Row) -> Entry:
        facts: list[tuple[str, Any]] = []
        task = self._tasks.get(row["item_id"])
        due = ""
        if task:
            for role, title in labels.ROLE_TITLES.items():
                names = zip(task[role], task[f"{role}_inherited"], strict=True)
                facts.append((title, "、".join(name + ("↑" if above else "") for name, above in names)))
            due = str(task["deadline"] or "")
            times = [labels.deadline_line(each) + ("↑" if each["inherited"] else "") for each in task["deadlines"]]
            facts.append(("时限", "；".join(times)))
            facts.append(("状态", labels.STATUSES["achieved"] if task["status"] == "achieved" else ""))
        headline = f"{row['marker']} {row['title']}"
        return self._entry(row, "items", "任务" if task else "标题", headline, due, facts)

    def _target(self, row: Row) -> Entry:
        governing = self._deadlines.get(row["deadline_id"] or "")
        due = str(governing["date_end"] or "") if governing else ""
        facts = [
            ("比较", labels.COMPARATORS[row["comparator"]]), ("数值", _plain(row["value"])),
            ("上限", _plain(row["upper"])), ("单位", row["unit"]), ("类型", labels.TARGET_KINDS[row["kind"]]),
            ("增减", labels.change(row)), ("基数", _plain(row["baseline"])),
            ("隐去", "是" if row["redacted"] else ""),
            ("状态", labels.STATUSES[row["status"]]), ("时限", governing["text"] if governing else ""),
            ("原文", row["text"]), ("规则", row["rule"]),
        ]  # fmt: skip
        return self._entry(row, "targets", "指标", labels.target_line(row), due, facts)

    def _deadline(self, row: Row) -> Entry:
        facts = [
            ("关系", labels.RELATIONS[row["relation"]]), ("起", row["date_start"]), ("止", row["date_end"]),
            ("精度", labels.GRANULARITIES[row["granularity"]]), ("隐去", "是" if row["redacted"] else ""),
            ("状态", labels.STATUSES[row["status"]]), ("规则", row["rule"]),
        ]  # fmt: skip
        headline = f"{row['text']}　{labels.interval(row)}".strip()
        return self._entry(row, "deadlines", "时限", headline, str(row["date_end"] or ""), facts)

    def _unit(self, row: Row) -> Entry:
        facts = [
            ("角色", labels.ROLES[row["role"]]), ("泛指", "是" if row["collective"] else ""),
            ("状态", labels.STATUSES[row["status"]]), ("原文", row["text"] if row["text"] != row["name"] else ""),
            ("规则", row["rule"]),
        ]  # fmt: skip
        return self._entry(row, "units", labels.ROLES[row["role"]], row["name"], "", facts)

    def _gap(self, row: Row) -> Entry:
        facts = [("类别", labels.GAP_KINDS[row["kind"]]), ("原因", labels.refusal(row["reason"]))]
        return self._entry(row, "gaps", "疑漏", row["text"], "", facts)


def _plain(value: float | None) -> str:
    return "" if value is None else labels.number(value)


def short(identifier: str) -> str:
    """The identifier of a row within its plan: i3, t12, u5."""
    return identifier.rsplit(".", 1)[-1]
