"""Units: the cases of cases/units.yaml, and what must hold of every text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from test_growth import POWER, power

from extractors import unit_lists, units
from extractors.mentions import Context, Found, Unit
from extractors.organisations import Body, recognise
from extractors.unit_words import heads
from lexicons.loader import fragment

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases" / "units.yaml").read_text("utf-8"))
MARK = re.compile(r"\[\[(.+?)\|([LRSV])\]\]")
ROLES = {"L": "lead", "R": "responsible", "S": "support", "V": "supervise"}
KNOWN_GAPS = 2


def find(text: str) -> Found[Unit]:
    return units.find(Context(text, 2024, "plan", [(0, len(text))], [], [], lambda s: [s]))


def expected(marked: str) -> tuple[str, list[tuple[int, int, str]]]:
    """The text without its marks, and the rows that they stand for."""
    text, rows, at = "", [], 0
    for mark in MARK.finditer(marked):
        text += marked[at : mark.start()]
        rows.append((len(text), len(text) + len(mark[1]), ROLES[mark[2]]))
        text += mark[1]
        at = mark.end()
    return text + marked[at:], rows


def fails(case: dict[str, Any]) -> str:
    """What is wrong with the case's result; empty when nothing is."""
    text, rows = expected(case["text"])
    found = find(text)
    got = [(u.start, u.end, u.role) for u in found.rows]
    if got != rows:
        return f"{[(text[a:b], r) for a, b, r in got]} in {text!r}"
    if "names" in case and [u.name for u in found.rows] != case["names"]:
        return f"names {[u.name for u in found.rows]}"
    if "refused" in case and [r.reason for r in found.refused] != case["refused"]:
        return f"refused {found.refused}"
    return ""


@pytest.mark.parametrize("case", [c for c in CASES if "gap" not in c], ids=lambda c: str(c["text"])[:30])
def test_case(case: dict[str, Any]) -> None:
    assert fails(case) == ""


def test_known_gaps_are_counted() -> None:
    assert sum(bool(fails(c)) for c in CASES if "gap" in c) == KNOWN_GAPS


@given(st.text(alphabet="各市县教育局、，。和及(:)牵头负责配合由会同要单位部门责任[]\n|学校省委", max_size=120))
@settings(max_examples=200, deadline=None)
def test_rows_are_sorted_and_apart(text: str) -> None:
    found = find(text)
    at = 0
    for row in found.rows:
        assert at <= row.start < row.end <= len(text)
        at = row.end


@pytest.mark.parametrize(
    "piece",
    [
        "教育局、",
        "各校要",
        "和",
        "责任单位:",
        "(",
        "由市局",
        "各县(市、区)",
        "要",
        "市、",
        "“”",
        "学校和学校或",
        "牵头、",
        "|牵头单位|\n",
    ],
)
def test_time_is_linear(piece: str) -> None:
    find(piece)
    assert power(find, piece, 5_000, 20_000) < POWER


def test_every_head_is_scanned_for() -> None:
    ends = set(fragment("head_end").strip("(?:)[]"))
    assert ends == {head[-1] for head in heads()}


@pytest.mark.parametrize(
    ("name", "collective"),
    [
        ("市教育局", False),
        ("各中心校", True),
        ("有关部门", True),
        ("学校", True),
        ("县实验小学", False),
        ("教育部门", True),
    ],
)
def test_collective(name: str, collective: bool) -> None:
    body = recognise(name)
    assert isinstance(body, Body)
    assert body.collective is collective


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("市工业和信息化局和市财政局", ["市工业和信息化局", "市财政局"]),
        ("各县(市、区)政府、各园区", ["各县(市、区)政府", "各园区"]),
        ("市、县教育局及各学校", ["市、县教育局", "各学校"]),
    ],
)
def test_split(text: str, names: list[str]) -> None:
    assert [text[a:b] for a, b in unit_lists.split(text, 0, len(text))] == names


@pytest.mark.parametrize(
    ("names", "full"),
    [
        (["市教育局", "财政局"], ["市教育局", "市财政局"]),
        (["县委宣传部", "文旅局", "各乡镇"], ["县委宣传部", "县文旅局", "各乡镇"]),
        (["省财政厅", "人行中心支行"], ["省财政厅", "人行中心支行"]),
        (["市教育局", "团市委"], ["市教育局", "团市委"]),
    ],
)
def test_complete(names: list[str], full: list[str]) -> None:
    assert unit_lists.complete(names) == full
