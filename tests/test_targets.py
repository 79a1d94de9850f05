"""Targets: the cases of cases/targets.yaml, and what holds for any text."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from extractors import targets
from extractors.mentions import Context, Found, Target
from lexicons.loader import patterns
from pipeline.segmenters import get
from pipeline.text import normalize

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases/targets.yaml").read_text("utf-8"))
GAPS = 4
ROW = re.compile(r"\[\[([^|\]]*)\|([^\]]*)\]\]")


def context(text: str, case: dict[str, Any]) -> Context:
    """A plan of one passage, cut into sentences."""
    cuts = [0, *(m.end() for m in re.finditer(r"[。！？；]+|\n", text)), len(text)]
    sentences = [(a, b) for a, b in itertools.pairwise(cuts) if a < b]
    achieved = [(0, len(text))] if case.get("reports") else []
    return Context(text, case.get("year", 2023), case.get("kind", "plan"), sentences, [], achieved, get().words)


def told(row: Target) -> str:
    """A row in the words of the cases."""
    number = "blanked" if row.redacted else "none" if row.value is None else f"{row.value:g}"
    if row.upper is not None:
        number += f"~{row.upper:g}"
    words = [row.comparator, number, row.unit or "-", row.indicator or "-"]
    words += ["change down" if row.direction == "down" else "change"] if row.delta else []
    words += [row.status] if row.status != "planned" else []
    words += [f"from {row.baseline:g}"] if row.baseline is not None else []
    words += [f"of {row.subject}"] if row.subject else []
    return " ".join(words)


def run(case: dict[str, Any]) -> tuple[str, list[str]]:
    """The text with its rows marked as the cases mark them, and the reasons of the refusals."""
    text = ROW.sub(r"\1", case["text"])
    found = targets.find(context(normalize(text), case))
    pieces, at = [], 0
    for row in found.rows:
        pieces += [text[at : row.start], f"[[{text[row.start : row.end]}|{told(row)}]]"]
        at = row.end
    return "".join([*pieces, text[at:]]), [r.reason.removeprefix("target.not.") for r in found.refused]


@pytest.mark.parametrize("case", [c for c in CASES if "gap" not in c], ids=lambda c: c["text"][:24])
def test_case(case: dict[str, Any]) -> None:
    assert run(case) == (case["text"], case.get("refused", []))


def test_known_gaps_are_counted() -> None:
    gaps = [c for c in CASES if "gap" in c]
    closed = [c["text"] for c in gaps if run(c) == (c["text"], c.get("refused", []))]
    assert not closed, "a gap has closed: take its mark away"
    assert len(gaps) == GAPS


def sound(text: str) -> Found[Target]:
    """The rows of a text, checked for order and bounds."""
    found = targets.find(context(text, {}))
    for row in found.rows:
        assert 0 <= row.start < row.end <= len(text)
        assert row.rule.startswith("target.")
    assert all(a.end <= b.start for a, b in itertools.pairwise(found.rows))
    return found


PIECES = [
    *("达到", "不低于", "增长", "分别", "5", "三", "%", "个", "所", "万元", "学校", "率", "的", "，", "、", "。", "："),
    *("(", ")", "“", "”", "《", "由", "到", "-", "x", "*", "至少", "以上", "左右", "建设", "1:1", "翻番", "百分之"),
    *("零", "第", "每", " ", "\n"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_any_mixture_of_pieces_gives_sound_rows(pieces: list[str]) -> None:
    sound("".join(pieces))


@given(st.text(max_size=80))
def test_any_text_gives_sound_rows(text: str) -> None:
    sound(normalize(text))


def test_every_rule_named_in_a_row_is_an_entry() -> None:
    ids = {p.id for p in patterns("target")}
    rows = [row for case in CASES for row in targets.find(context(normalize(ROW.sub(r"\1", case["text"])), case)).rows]
    assert {row.rule for row in rows} <= ids
