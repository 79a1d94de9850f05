"""The table `tasks`: the cases of cases/tasks.yaml, and what must hold of every plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from make_samples import RAW

from pipeline.extract import extract
from pipeline.read import Entry, read
from pipeline.rows import plan_rows
from pipeline.segment import segment
from pipeline.single import rows_of
from pipeline.split import Draft
from pipeline.stages import Pipeline
from pipeline.tables import Row, Rows, named, to_batch
from pipeline.task_units import ROLES
from pipeline.tasks import heading
from pipeline.text import View

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases" / "tasks.yaml").read_text("utf-8"))


def rows_of_case(case: dict[str, Any]) -> Rows:
    """The rows of a passage as one plan of a given year and kind."""
    title = f"{case['year']}年工作"
    text = f"{title}\n{case['text']}"
    view = View.of(text)
    draft = Draft(0, len(text), title, "", case.get("kind", "plan"))
    plan = segment(view, draft, 1, lambda piece: [piece], None)
    return named(plan_rows(view, plan, extract(plan), "s"))


def shown(task: Row) -> str:
    """A task as the cases write it."""
    parts = [task["path"]]
    for role in ROLES:
        names = [name + "↑" * inherited for name, inherited in zip(task[role], task[f"{role}_inherited"], strict=True)]
        if names:
            parts.append(f"{role}: {', '.join(names)}")
    if task["deadline_id"]:
        due = [f"{each['date_end'] or each['text']}{'↑' * each['inherited']}" for each in task["deadlines"]]
        assert due[0] == f"{task['deadline'] or task['deadline_text']}{'↑' * task['deadline_inherited']}"
        parts.append(f"due: {', '.join(due)}")
    if task["targets"]:
        parts.append(f"targets: {len(task['targets'])}")
    if task["status"] == "achieved":
        parts.append("achieved")
    return " | ".join(parts)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_case(case: dict[str, Any]) -> None:
    assert [shown(task) for task in rows_of_case(case)["tasks"]] == case["tasks"]


@pytest.mark.parametrize("file", sorted(RAW.glob("*.txt")), ids=lambda file: str(file.name))
def test_every_leaf_is_a_task_and_every_name_has_a_mention(file: Path) -> None:
    rows = rows_of(str(file))
    parents = {item["parent_id"] for item in rows["items"]}
    leaves = [item["item_id"] for item in rows["items"] if item["item_id"] not in parents]
    assert [task["item_id"] for task in rows["tasks"]] == leaves
    names = {(row["plan_id"], row["name"]) for row in rows["units"]}
    deadlines = {row["deadline_id"]: row for row in rows["deadlines"]}
    for task in rows["tasks"]:
        for role in ROLES:
            assert len(task[role]) == len(set(task[role])) == len(task[f"{role}_inherited"])
            assert {(task["plan_id"], name) for name in task[role]} <= names
        listed = task["deadlines"]
        days = [deadline["date_end"] for deadline in listed if deadline["date_end"]]
        assert days == sorted(days)
        assert (task["deadline"], task["deadline_id"]) == (
            (days or [None])[0],
            listed[0]["deadline_id"] if listed else None,
        )
        for deadline in listed:
            row = deadlines[deadline["deadline_id"]]
            assert deadline | {"inherited": None} == {key: row.get(key) for key in deadline}
            assert deadline["inherited"] == (row["item_id"] != task["item_id"])
    assert to_batch("tasks", rows["tasks"]).num_rows == len(leaves)


def test_targets_of_a_task_are_rows_of_targets() -> None:
    rows = rows_of(str(RAW / "08_task_notes.txt"))
    targets = {row["target_id"]: row for row in rows["targets"]}
    found = [target for task in rows["tasks"] for target in task["targets"]]
    assert len(found) > 10
    for target in found:
        assert target.items() <= targets[target["target_id"]].items()


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("改善条件(牵头单位", "改善条件"),
        ("改善条件（一期）", "改善条件（一期）"),
        ("(二)", "(二)"),
        ("", ""),
    ],
)
def test_heading_drops_a_markup_that_is_cut_through(title: str, kept: str) -> None:
    assert heading(title) == kept


PIECES = st.sampled_from(
    ["一、", "二、", "（一）", "1．", "2．", "一是", "二是", "修路", "。", "；", "\n", "6月底前", "每月", "5公里", "：",
     "（责任单位：", "县财政局", "、", "）", "同上", "上述单位要", "由县教育局牵头"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=60))
def test_any_text_gives_a_table(pieces: list[str]) -> None:
    rows = rows_of_case({"year": 2025, "text": "".join(pieces)})
    table = to_batch("tasks", rows["tasks"])
    assert table.num_rows <= len(rows["items"])
    assert rows == rows_of_case({"year": 2025, "text": "".join(pieces)})


def test_tasks_of_real_documents(corpus: Path) -> None:
    file = next(iter(sorted((corpus / "programmes").rglob("*.txt"))))
    rows = Pipeline().rows(read(Entry(file, file.name)))
    assert rows["tasks"]
