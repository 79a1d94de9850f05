"""The sample plans: that they are what their recipes say, and that their rows are the reviewed ones."""

from __future__ import annotations

import difflib
import json
from typing import Any

import make_golden
import make_samples
import pytest
from golden_markup import chinese_number, parse
from make_golden import FLOORS, TABLES, rows_of, rows_of_text, snapshot, value_of
from make_samples import RAW, SAMPLES, Sample
from sample_noise import ADDED, Copy, pages, run_together

from pipeline.tables import Rows
from pipeline.text import normalize

MENTIONS = ("targets", "deadlines", "units")
# Copies whose clean text is at hand too: their rows must be those of the clean text.
NOISY = [sample for sample in SAMPLES if sample.noise]
# A heading without a line end is glued to what follows it: then titles differ, and what a phrase begins with.
GLUED = {"02_preview_pages.txt", "03_preview_out_of_order.txt", "06_run_together.txt"}
# Noise that is not taken out yet. A sample that passes here leaves the list.
UNSOLVED: dict[str, str] = {}


def _parameter(sample: Sample) -> Any:
    marks = [pytest.mark.xfail(reason=UNSOLVED[sample.name])] if sample.name in UNSOLVED else []
    return pytest.param(sample, id=sample.name, marks=marks)


by_name = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
structure_by_name = pytest.mark.parametrize("sample", [_parameter(sample) for sample in SAMPLES])
noisy_by_name = pytest.mark.parametrize("sample", [_parameter(sample) for sample in NOISY])


def test_markup_gives_rows_with_places() -> None:
    marked = parse(
        "{P plan 2024 ?|要点}{#1 一、}目标：{D年底|by ..2024-12-31 year}{T达5～8所|range 5~8所|园|s=县}。{/P}"
    )
    assert marked.text == "一、目标：年底达5～8所。"
    (item,), (target,), (deadline,) = marked.items, marked.targets, marked.deadlines
    assert (item["number"], item["style"], item["title"]) == (1, "cn_dot", "目标")
    assert marked.text[target["start"] : target["end"]] == "达5～8所"
    assert (target["value"], target["upper"], target["unit"], target["subject"]) == (5, 8, "所", "县")
    assert marked.text[deadline["start"] : deadline["end"]] == "年底"
    assert marked.plans[0] | {"start": 0} == {
        "start": 0, "end": 13, "title": "要点", "kind": "plan", "year": 2024, "title_year": None,
    }  # fmt: skip


@pytest.mark.parametrize(("text", "number"), [("一", 1), ("十", 10), ("十六", 16), ("二十", 20), ("九十九", 99)])
def test_marker_numbers(text: str, number: int) -> None:
    assert chinese_number(text) == number


def test_noise_remembers_where_characters_come_from() -> None:
    clean = "一、甲\n乙共5200人。"
    copy = pages("52|00人")(run_together(Copy.of(clean)))
    assert copy.text == "1、一、甲乙共52\n\n2、00人。"
    kept = [(char, clean[origin]) for char, origin in zip(copy.text, copy.origin, strict=True) if origin != ADDED]
    assert all(char == original for char, original in kept)


def test_sample_files_are_what_the_recipes_say() -> None:
    assert make_samples.stale() == []


@by_name
def test_samples_have_the_length_of_a_plan(sample: Sample) -> None:
    assert 1400 <= len(sample.copy.text) <= 5000


@by_name
def test_samples_are_decoded_as_written(sample: Sample) -> None:
    assert [row["text"] for row in rows_of(RAW / sample.name)["texts"]] == [sample.copy.text]


@structure_by_name
def test_plans_stand_where_annotated(sample: Sample) -> None:
    rows = rows_of(RAW / sample.name)
    kept = ("title", "kind", "year", "title_year", "start", "end")
    wanted = [row | {"title": normalize(row["title"])} for row in sample.gold()["plans"]]
    assert [{k: row[k] for k in kept} for row in rows["plans"]] == wanted


@structure_by_name
def test_items_stand_where_annotated(sample: Sample) -> None:
    rows = rows_of(RAW / sample.name)
    starts = {row["item_id"]: row["start"] for row in rows["items"]}
    got = [(row["start"], row["number"], row["style"], starts.get(row["parent_id"])) for row in rows["items"]]
    assert got == [(row["start"], row["number"], row["style"], row["parent"]) for row in sample.gold()["items"]]


@by_name
def test_text_of_a_row_is_its_source_span_without_the_noise(sample: Sample) -> None:
    copy, rows = sample.copy, rows_of(RAW / sample.name)
    for name in MENTIONS:
        for row in rows[name]:
            span = range(row["start"], row["end"])
            assert row["text"] == "".join(copy.text[at] for at in span if copy.origin[at] != ADDED)


def _facts(rows: Rows, name: str, glued: bool) -> list[tuple[Any, ...]]:
    """The rows of a table by what they say, in an order that does not depend on where they stand."""

    def phrase(text: str | None) -> str | None:
        return text[-4:] if glued and text else text

    facts: list[tuple[Any, ...]]
    if name == "items":
        facts = [(row["style"], row["number"], "" if glued else row["title"]) for row in rows[name]]
    elif name == "targets":
        facts = [(value_of(row), phrase(row["indicator"]), phrase(row["subject"]), row["status"]) for row in rows[name]]
    elif name == "deadlines":
        facts = [(row["relation"], row["date_start"], row["date_end"], row["status"]) for row in rows[name]]
    else:
        facts = [(row["name"], row["role"], row["collective"], row["status"]) for row in rows[name]]
    return sorted(facts, key=str)


@noisy_by_name
@pytest.mark.parametrize("name", ["items", *MENTIONS])
def test_noise_changes_no_row(sample: Sample, name: str) -> None:
    glued = sample.name in GLUED
    assert _facts(rows_of(RAW / sample.name), name, glued) == _facts(rows_of_text(sample.marked.text), name, glued)


@by_name
def test_tables_are_the_reviewed_ones(sample: Sample) -> None:
    file = (TABLES / sample.name).with_suffix(".jsonl")
    reviewed = file.read_text(encoding="utf-8").splitlines()
    found = snapshot(sample).splitlines()
    difference = "\n".join(difflib.unified_diff(reviewed, found, "reviewed", "found", lineterm="", n=0))
    assert not difference, f"\n{difference}\nIf this is as it should be: make golden, and commit the difference."


def test_score_of_the_annotated_samples_holds_its_floors() -> None:
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    below = {kind: (figure, floors[kind]) for kind, figure in make_golden.scores().items() if figure < floors[kind]}
    assert not below, f"strict F1 and its floor: {below}"


def test_gold_follows_the_text_through_noise() -> None:
    (sample,) = (s for s in SAMPLES if s.name == "02_preview_pages.txt")
    (cut,) = (row for row in sample.gold()["targets"] if row["text"] == "达到4600人")
    assert sample.copy.text[cut["start"] : cut["end"]] == "达到46\n\n5、00人"
