"""Traditional copies give the rows of their simplified originals."""

from __future__ import annotations

from typing import Any

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_samples import SAMPLES
from test_formats import facts, rows_of

from pipeline.clean import clean
from pipeline.simplify import simplify

PLANS = {sample.plan: sample.marked.text for sample in SAMPLES}


def normalized(rows: Any) -> Any:
    """The facts without the texts as written."""
    found = facts(rows)
    return {
        "plans": found["plans"],
        "items": [item[:3] for item in found["items"]],
        "targets": [target[1:8] for target in found["targets"]],
        "deadlines": [deadline[1:] for deadline in found["deadlines"]],
        "units": found["units"],
    }


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("variety", ["s2t", "s2hk"])
def test_a_traditional_copy_gives_the_same_rows(plan: str, variety: str) -> None:
    copy = opencc.OpenCC(variety).convert(PLANS[plan])
    assert copy != PLANS[plan]
    rows = rows_of("a.txt", copy.encode())
    assert normalized(rows) == normalized(rows_of("a.txt", PLANS[plan].encode()))
    for target in rows["targets"]:  # as written
        assert "".join(copy[target["start"] : target["end"]].split()) == "".join(target["text"].split())


def test_a_simplified_text_is_left_as_it_is() -> None:
    text = "王喆同志负责乾县的工作。" + "全年新建学校两所，完成投资三千万元。" * 8
    assert simplify(text) is text
    assert clean(text).plain is None


@given(st.text(alphabet="經濟發展計劃區縣後台裡面乾坤著作年2025%，。\n一二", max_size=200))
def test_offsets_stay(text: str) -> None:
    assert len(simplify(text)) == len(text)
