"""Deadlines: the cases of cases/deadlines.yaml, and what holds for any text."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from extractors import deadlines
from extractors.mentions import Context, Deadline, Found
from lexicons.beginnings import beginnings, characters
from lexicons.loader import patterns

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases/deadlines.yaml").read_text("utf-8"))
GAPS = 3
ROW = re.compile(r"\[\[([^|\]]*)\|([^\]]*)\]\]")


def context(text: str, case: dict[str, Any]) -> Context:
    """A plan of one passage, cut into sentences."""
    cuts = [0, *(m.end() for m in re.finditer(r"[。！？；]+|\n", text)), len(text)]
    sentences = [(a, b) for a, b in itertools.pairwise(cuts) if a < b]
    achieved = [(0, len(text))] if case.get("reports") else []
    return Context(text, case.get("year", 2023), case.get("kind", "plan"), sentences, [], achieved, lambda s: (s,))


def show(text: str, found: Found[Deadline]) -> str:
    """The text with its rows marked as the cases mark them."""
    pieces, at = [], 0
    for r in found.rows:
        days = f"{r.date_start or ''}..{r.date_end or ''}".removesuffix("..") if r.date_start is None else ""
        days = days or (f"{r.date_start}..{r.date_end or ''}" if r.date_start else "")
        told = " ".join(x for x in (r.relation, days, r.granularity, "blanked" if r.redacted else "") if x)
        pieces += [text[at : r.start], f"[[{text[r.start : r.end]}|{told}]]"]
        at = r.end
    return "".join([*pieces, text[at:]])


def holds(case: dict[str, Any]) -> bool:
    text = ROW.sub(r"\1", case["text"])
    found = deadlines.find(context(text, case))
    reasons = [r.reason.removeprefix("deadline.not.") for r in found.refused]
    return bool(show(text, found) == case["text"] and reasons == case.get("refused", []))


@pytest.mark.parametrize("case", [c for c in CASES if "gap" not in c], ids=lambda c: c["text"][:24])
def test_case(case: dict[str, Any]) -> None:
    text = ROW.sub(r"\1", case["text"])
    found = deadlines.find(context(text, case))
    assert show(text, found) == case["text"]
    assert [r.reason.removeprefix("deadline.not.") for r in found.refused] == case.get("refused", [])


def test_known_gaps_are_counted() -> None:
    gaps = [c for c in CASES if "gap" in c]
    assert len(gaps) == GAPS
    assert [c["text"] for c in gaps if holds(c)] == [], "solved: take the gap out"


@pytest.mark.parametrize("reports", [True, False])
@pytest.mark.parametrize(
    ("text", "said"),
    [("三年来，城乡面貌不断改善。", "achieved"), ("两年来，建成桥梁3座。", "achieved"),
     ("今后三年，建成一批水库。", "planned"), ("未来五年内，建成一批水库。", "planned")],
)  # fmt: skip
def test_a_time_that_tells_itself_what_has_been_needs_no_section(text: str, said: str, reports: bool) -> None:
    found = deadlines.find(context(text, {"reports": reports}))
    assert [r.status for r in found.rows] == [said]


def test_a_row_carries_the_status_of_its_section() -> None:
    found = deadlines.find(context("上半年共培训800人次。", {"reports": True}))
    assert [r.status for r in found.rows] == ["achieved"]


def test_rows_name_a_rule_of_the_lexicon() -> None:
    from lexicons.loader import patterns

    known = {p.id for p in patterns("date")}
    for case in CASES:
        text = ROW.sub(r"\1", case["text"])
        assert {r.rule for r in deadlines.find(context(text, case)).rows} <= known


@given(st.text(alphabet="0129年月日底前到至每近十五五“”《》(),。，-~x_上下半季度初内", max_size=80))
def test_rows_are_sorted_and_apart(text: str) -> None:
    found = deadlines.find(context(text, {}))
    spans = [(r.start, r.end) for r in found.rows]
    assert all(0 <= a < b <= len(text) for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in itertools.pairwise(spans))


def test_a_rule_that_is_tried_at_the_mark_begins_there_in_every_way() -> None:
    mark = characters(deadlines.MARK).bits
    at_mark = [p for p in patterns("deadline") if p.source.startswith(deadlines.BEGINS_WITH_MARK)]
    assert [p.id for p in at_mark if any(way[1].bits != mark for way in beginnings(p.regex))] == []
