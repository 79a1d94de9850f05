"""Items: case files, the tree's own laws, and the order of pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from extractors.items import find
from extractors.mentions import Item
from pipeline.rows import paths
from pipeline.text import normalize

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "items.yaml").read_text(encoding="utf-8"))


def read(text: str) -> list[str]:
    items, _ = find(normalize(text))
    return [f"{path} {item.title}" for path, item in zip(paths(items), items, strict=True)]


@pytest.mark.parametrize("case", [c for c in CASES if not c.get("known_gap")], ids=lambda c: c["name"])
def test_case(case: dict[str, Any]) -> None:
    assert read(case["text"]) == [normalize(line).replace("(", "（").replace(")", "）") for line in case["items"]]


def test_known_gaps_are_still_gaps() -> None:
    gaps = [c for c in CASES if c.get("known_gap")]
    solved = [c["name"] for c in gaps if read(c["text"]) == c["should"]]
    assert not solved, "these known gaps are solved: make them cases"
    assert len(gaps) <= 1


def test_pages_out_of_order_are_nested_by_their_numbers() -> None:
    text = (
        "一、强基础(一)建机构。配人员。(五)抓宣传。出专刊。三、强保障(六)保经费。列预算。"
        "(二)建制度。定规章。二、强队伍(三)抓培训。办讲座。(四)抓考核。评等次。"
    )
    items, jumps = find(text)
    tree = {item.number: items[item.parent].number for item in items if item.parent is not None}
    assert tree == {1: 1, 2: 1, 3: 2, 4: 2, 5: 2, 6: 3}
    assert jumps == []
    assert [item.start for item in items] == sorted(item.start for item in items)


def test_a_jump_in_the_numbering_is_named() -> None:
    _, jumps = find("一、抓安全。\n二、抓生产。\n四、抓环保。\n")
    assert [(j.reason, j.start) for j in jumps] == [("numbering.jumps", 14)]


def test_a_repeated_number_is_named() -> None:
    _, jumps = find("（一）抓安全。\n（二）抓生产。\n（二）抓环保。\n".replace("（", "(").replace("）", ")"))
    assert [j.reason for j in jumps] == ["numbering.repeats"]


MARKERS = st.sampled_from(
    [
        "一、",
        "二、",
        "三、",
        "(一)",
        "(二)",
        "1.",
        "2、",
        "3.",
        "(1)",
        "(2)",
        "①",
        "②",
        "一是",
        "二是",
        "第一，",
        "1.1",
        "第一条",
        "。",
        "\n",
        "抓好工作",
        "，",
        "3.5%",
        "2024年",
    ]
)


@given(st.lists(MARKERS, max_size=40).map("".join))
def test_the_tree_is_a_tree(text: str) -> None:
    items, _ = find(text)
    previous: Item | None = None
    for i, item in enumerate(items):
        assert text[item.start :].startswith(item.marker)
        assert item.start + len(item.marker) <= item.end <= len(text)
        assert previous is None or previous.end <= item.start
        seen, at = set(), i
        while items[at].parent is not None:
            assert at not in seen
            seen.add(at)
            at = items[at].parent or 0
        assert item.level == len(seen) + 1
        previous = item
