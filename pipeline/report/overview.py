"""What the pages over all plans show: the index, the deadlines, the indicators, the load of the units."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from pipeline.export import labels
from pipeline.export.load import Row, Tables, grouped
from pipeline.export.messages import chinese
from pipeline.report.plan_page import short

# The index stays small however many plans there are: words to search for are cut off beyond this, plan by plan.
SEARCH_CHARACTERS = 900_000
LONGEST_TITLE = 60
UNKNOWN = "不详"


class Overview:
    """The figures and lists over all plans of a run."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.plans = tables.rows("plans")
        self.number = {plan["plan_id"]: index for index, plan in enumerate(self.plans)}
        self._by_plan = {name: tables.of_plans(name) for name in ("tasks", "targets", "deadlines", "units", "gaps")}

    def totals(self) -> list[tuple[str, int]]:
        """The number of rows of each table, under its Chinese name."""
        names = {
            "sources": "来源", "plans": "计划", "tasks": "任务", "targets": "指标", "deadlines": "时限",
            "units": "责任单位", "gaps": "疑漏",
        }  # fmt: skip
        return [(label, len(self.tables.rows(name))) for name, label in names.items()]

    def plan_list(self) -> list[dict[str, Any]]:
        """One entry a plan for the index, the latest year first, within a year by path."""
        entries = []
        for plan in self.plans:
            source = self.tables.sources[plan["source_id"]]
            counts = {name: len(rows.get(plan["plan_id"], [])) for name, rows in self._by_plan.items()}
            entries.append(
                {
                    "file": page_name(plan), "number": self.number[plan["plan_id"]], "title": title_of(plan),
                    "year": plan["year"] or UNKNOWN, "issuer": plan["issuer"] or UNKNOWN,
                    "kind": labels.PLAN_KINDS[plan["kind"]], "path": source["path"], **counts,
                    "warnings": [chinese(warning) for warning in plan["warnings"]],
                }
            )  # fmt: skip
        return sorted(entries, key=lambda e: (-e["year"] if e["year"] != UNKNOWN else 1, e["path"], e["number"]))

    def search_words(self) -> list[str]:
        """For each plan, by number, what a search finds it by: its tasks' titles, its indicators, its units."""
        room = max(60, SEARCH_CHARACTERS // max(len(self.plans), 1))
        words = []
        for plan in self.plans:
            key = plan["plan_id"]
            said = [row["title"][:LONGEST_TITLE] for row in self._by_plan["tasks"].get(key, [])]
            said += [row["indicator"] for row in self._by_plan["targets"].get(key, []) if row["indicator"]]
            said += [row["name"] for row in self._by_plan["units"].get(key, [])]
            words.append(" ".join(dict.fromkeys(said))[:room])
        return words

    def years_by_issuer(self) -> tuple[list[Any], list[tuple[str, list[int], int]]]:
        """The years, and for each issuer how many plans of each year it has, the busiest first."""
        years = sorted({plan["year"] for plan in self.plans if plan["year"]}, reverse=True)
        known: list[Any] = [*years, *([UNKNOWN] if any(not plan["year"] for plan in self.plans) else [])]
        counts: dict[str, Counter[Any]] = defaultdict(Counter)
        for plan in self.plans:
            counts[plan["issuer"] or UNKNOWN][plan["year"] or UNKNOWN] += 1
        ranked = sorted(counts.items(), key=lambda each: (each[0] == UNKNOWN, -each[1].total(), each[0]))
        return known, [(issuer, [count[year] for year in known], count.total()) for issuer, count in ranked]

    def gap_reasons(self) -> list[tuple[str, str, int]]:
        """How often each kind of gap was refused by which rule, the most frequent first."""
        counts = Counter((row["kind"], row["reason"] or "") for row in self.tables.rows("gaps"))
        ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
        return [(labels.GAP_KINDS[kind], labels.refusal(name), count) for (kind, name), count in ranked]

    def unread(self) -> list[Row]:
        """The sources that gave no plan, with why."""
        return [
            {
                "path": source["path"],
                "status": labels.SOURCE_STATUSES.get(source["status"], source["status"]),
                "error": chinese(source["error"]) if source["error"] else "",
            }
            for source in self.tables.rows("sources")
            if source["status"] != "ok"
        ]

    def plan_names(self) -> list[list[str]]:
        """For each plan, by number: its title, its page, its year."""
        return [[title_of(plan), page_name(plan), str(plan["year"] or UNKNOWN)] for plan in self.plans]

    def due(self) -> list[list[Any]]:
        """Every dated deadline with what is due: date, plan number, identifier, title, who leads, who does it, status.

        A task stands under each of its deadlines; a deadline of no task under the heading or the text that names it.
        The earliest comes first.
        """
        rows, listed = [], set()
        for task in self.tables.rows("tasks"):
            lead, responsible = ("、".join(task[role]) for role in ("lead", "responsible"))
            for deadline in task["deadlines"]:
                listed.add(deadline["deadline_id"])
                rows.append(self._due(deadline, task, task["item_id"], task["title"], lead, responsible))
        units = grouped(self.tables.rows("units"), "item_id")
        for deadline in self.tables.rows("deadlines"):
            if deadline["deadline_id"] not in listed:
                item = self.tables.items.get(deadline["item_id"] or "")
                own = units.get(deadline["item_id"], []) if item else []
                who = ("、".join(u["name"] for u in own if u["role"] == role) for role in ("lead", "responsible"))
                title = item["title"] if item else "（条目之外）"
                rows.append(self._due(deadline, deadline, deadline["deadline_id"], title, *who))
        dated = [row for row in rows if row[0]]
        return sorted(dated, key=lambda row: (row[0], row[1], row[2][0] != "i", int(row[2][1:])))

    def _due(self, deadline: Row, of: Row, id_: str, title: str, lead: str, responsible: str) -> list[Any]:
        return [
            str(deadline["date_end"] or ""), self.number[of["plan_id"]], short(id_), title[:LONGEST_TITLE], lead,
            responsible, deadline["text"] + "↑" * deadline.get("inherited", False), labels.STATUSES[of["status"]],
        ]  # fmt: skip

    def indicators(self) -> list[list[Any]]:
        """Targets with an indicator and a value: name, unit, plan number, identifier, value, upper, text, status."""
        return [
            [
                row["indicator"], row["unit"], self.number[row["plan_id"]], short(row["target_id"]), row["value"],
                row["upper"], labels.target_line(row), labels.STATUSES[row["status"]],
            ]
            for row in self.tables.rows("targets")
            if row["indicator"] and row["value"] is not None
        ]  # fmt: skip

    def load(self) -> list[list[Any]]:
        """How many tasks a plan lays on each unit: unit, role, plan number, count, 1 for a class of bodies."""
        collective = {row["name"] for row in self.tables.rows("units") if row["collective"]}
        counts: Counter[tuple[str, str, int]] = Counter()
        for plan_id, tasks in grouped(self.tables.rows("tasks"), "plan_id").items():
            region = self.tables.plans[plan_id]["region"]
            for task in tasks:
                for role, label in labels.ROLES.items():
                    counts.update((_told_apart(name, region), label, self.number[plan_id]) for name in task[role])
        return [
            [name, role, plan, count, int(name.partition("（")[0] in collective)]
            for (name, role, plan), count in sorted(counts.items())
        ]


def _told_apart(name: str, region: str | None) -> str:
    """A name with its region, since each city has its 市教育局."""
    return f"{name}（{region}）" if region and not name.startswith(region[:2]) else name


def title_of(plan: Row) -> str:
    """The title of a plan as pages show it."""
    title: str = plan["title"] or labels.NO_TITLE
    return title


def page_name(plan: Row) -> str:
    """The file of a plan's page, relative to the index."""
    return f"plans/{plan['plan_id']}.html"
