"""Washed copies: the cases of cases/washed.yaml, and what a reader of the tables sees of one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from extractors import washed
from lexicons.loader import words
from pipeline import extract_text

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases/washed.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:16])
def test_case(case: dict[str, Any]) -> None:
    assert (washed.tell(case["text"]) is not None) == case["told"]
    if "read" in case:
        assert washed.restored(case["text"]) == case["read"]
    for name, standard in case.get("names", {}).items():
        assert washed.standard(name) == standard


def test_words_are_read_at_their_places() -> None:
    assert all(len(w.extra["standard"]) == len(w.text) for w in words("washed") if w.cls in ("kept", "washed"))
    for word in words("washed"):
        assert len(washed.restored(word.text)) == len(word.text)


def test_text_stays_and_names_are_standard() -> None:
    text = "平安生产、教育开展、效劳质量和平安管理抓好。解决突出咨询题12个，专任老师学历合格率到达98%。"
    found = extract_text(text, "2023-03-01")["targets"]
    assert [(t["text"], t["indicator"]) for t in found] == [("12个", "突出问题"), ("到达98%", "专任教师学历合格率")]
    assert all(text[t["start"] : t["end"]] == t["text"] for t in found)
