"""The sheets of the workbook: which rows each holds, under which Chinese headings, as plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from pipeline.export import labels
from pipeline.export.load import Row, Tables, grouped
from pipeline.export.messages import chinese

RATES = {"%": 100.0, "‰": 1000.0, "‱": 10000.0}


@dataclass(frozen=True, slots=True)
class Percent:
    """A share, 0.6 for 60%: a spreadsheet calculates with it and shows it with its sign."""

    share: float


Cell = str | int | float | bool | date | Percent | None
Maker = Callable[[Tables], Iterator[list[Cell]]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, and the greatest width it may take, in half-width characters."""

    heading: str
    widest: int = 14


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its Chinese name, the name of its CSV file, its columns and what makes its rows."""

    name: str
    file: str
    columns: tuple[Column, ...]
    rows: Maker


def _columns(*specs: tuple[str, int]) -> tuple[Column, ...]:
    return tuple(Column(heading, widest) for heading, widest in specs)


def _tasks(tables: Tables) -> Iterator[list[Cell]]:
    for task in tables.rows("tasks"):
        yield [
            _title(tables, task), task["year"], task["issuer"], task["path"], " / ".join(task["headings"]),
            task["title"], task["text"], *("、".join(task[role]) for role in labels.ROLES),
            "\n".join(_target(tables, task, target) for target in task["targets"]),
            "\n".join(map(labels.deadline_line, task["deadlines"])), task["deadline"], inherited(task),
            labels.STATUSES[task["status"]], _path(tables, task),
        ]  # fmt: skip


def _target(tables: Tables, task: Row, target: Row) -> str:
    """A target on one line, with its own deadline where that is not the one that the task is due by."""
    governing = tables.deadlines.get(tables.governing.get(target["target_id"]) or "")
    other = governing and governing["date_end"] and governing["date_end"] != task["deadline"]
    return labels.target_line(target) + (f"（{labels.deadline_line(governing)}）" if governing and other else "")


def inherited(task: Row) -> str:
    """What of a task a heading declares: 牵头单位、时限."""
    parts = [title for role, title in labels.ROLE_TITLES.items() if any(task[f"{role}_inherited"])]
    return "、".join([*parts, "时限"] if task["deadline_inherited"] else parts)


def _targets(tables: Tables) -> Iterator[list[Cell]]:
    for row in tables.rows("targets"):
        governing = tables.deadlines.get(row["deadline_id"] or "")
        yield [
            *_place(tables, row), row["indicator"], row["subject"], labels.COMPARATORS[row["comparator"]],
            _value(row, "value"), _value(row, "upper"), row["unit"], labels.TARGET_KINDS[row["kind"]],
            labels.change(row), _value(row, "baseline"), governing["date_end"] if governing else None,
            labels.STATUSES[row["status"]], _yes(row["redacted"]), row["text"], row["sentence"], row["rule"],
            row["start"], row["end"],
        ]  # fmt: skip


def _deadlines(tables: Tables) -> Iterator[list[Cell]]:
    for row in tables.rows("deadlines"):
        yield [
            *_place(tables, row), row["text"], labels.RELATIONS[row["relation"]], row["date_start"], row["date_end"],
            labels.GRANULARITIES[row["granularity"]], labels.STATUSES[row["status"]], _yes(row["redacted"]),
            row["rule"], row["start"], row["end"],
        ]  # fmt: skip


def _units(tables: Tables) -> Iterator[list[Cell]]:
    for row in tables.rows("units"):
        yield [
            *_place(tables, row), row["name"], labels.ROLES[row["role"]], _yes(row["collective"]),
            labels.STATUSES[row["status"]], row["text"], row["rule"], row["start"], row["end"],
        ]  # fmt: skip


def _sources(tables: Tables) -> Iterator[list[Cell]]:
    plans = grouped(tables.rows("plans"), "source_id")
    for row in tables.rows("sources"):
        warnings = [warning for plan in plans.get(row["source_id"], []) for warning in plan["warnings"]]
        said = [chinese(message) for message in ([row["error"]] if row["error"] else []) + warnings]
        yield [
            row["path"], labels.SOURCE_STATUSES.get(row["status"], row["status"]), row["plan_count"], row["format"],
            row["encoding"], row["bytes"], "\n".join(dict.fromkeys(said)), row["source_id"],
        ]  # fmt: skip


def _gaps(tables: Tables) -> Iterator[list[Cell]]:
    for row in tables.rows("gaps"):
        yield [
            *_place(tables, row), labels.GAP_KINDS[row["kind"]], row["text"], row["sentence"],
            labels.refusal(row["reason"]), row["start"], row["end"],
        ]  # fmt: skip


def _title(tables: Tables, row: Row) -> str:
    return tables.plans[row["plan_id"]]["title"] or labels.NO_TITLE


def _path(tables: Tables, row: Row) -> str:
    path: str = tables.sources[tables.plans[row["plan_id"]]["source_id"]]["path"]
    return path


def _place(tables: Tables, row: Row) -> list[Cell]:
    """Plan, year, path and title of the item in which a row stands."""
    plan, item = tables.plans[row["plan_id"]], tables.items.get(row["item_id"] or "")
    return [plan["title"] or labels.NO_TITLE, plan["year"], *((item["path"], item["title"]) if item else (None, None))]


def _value(row: Row, column: str) -> Cell:
    value: float | None = row[column]
    if value is None:
        return None
    return Percent(value / RATES["%"]) if row["unit"] == "%" else value


def _yes(flag: bool) -> str | None:
    return "是" if flag else None


PLACE = (("计划", 30), ("年度", 6), ("条目编号", 14), ("条目", 36))
SPAN = (("规则", 24), ("起", 8), ("止", 8))
SHEETS = (
    Sheet(
        "任务", "tasks",
        _columns(
            ("计划", 28), ("年度", 6), ("发文机关", 18), ("编号", 14), ("上级标题", 24), ("任务", 30), ("内容", 60),
            ("牵头单位", 18), ("责任单位", 24), ("配合单位", 20), ("督查单位", 14), ("指标", 32), ("时限", 24),
            ("完成日期", 12), ("承自上级", 14), ("状态", 8), ("来源", 24),
        ),
        _tasks,
    ),
    Sheet(
        "指标", "targets",
        _columns(
            *PLACE, ("指标", 30), ("对象", 18), ("比较", 8), ("数值", 12), ("上限", 10), ("单位", 8), ("类型", 8),
            ("增减", 6), ("基数", 10), ("完成日期", 12), ("状态", 8), ("隐去", 6), ("原文", 20), ("所在句", 60), *SPAN,
        ),
        _targets,
    ),
    Sheet(
        "时限", "deadlines",
        _columns(
            *PLACE, ("原文", 20), ("关系", 8), ("起始日期", 12), ("截止日期", 12), ("精度", 8), ("状态", 8),
            ("隐去", 6), *SPAN,
        ),
        _deadlines,
    ),
    Sheet(
        "责任单位", "units",
        _columns(*PLACE, ("单位", 30), ("角色", 8), ("泛指", 6), ("状态", 8), ("原文", 30), *SPAN),
        _units,
    ),
    Sheet(
        "来源", "sources",
        _columns(
            ("文件", 60), ("处理结果", 12), ("计划数", 8), ("格式", 8), ("编码", 12), ("字节", 12), ("说明", 70),
            ("标识", 20),
        ),
        _sources,
    ),
    Sheet(
        "疑漏", "gaps",
        _columns(
            *PLACE, ("类别", 10), ("原文", 20), ("所在句", 60), ("未提取的原因（规则）", 40), ("起", 8), ("止", 8)
        ),
        _gaps,
    ),
)  # fmt: skip
