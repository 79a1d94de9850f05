"""Numerals: values, magnitudes kept apart, numerals in a text."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from extractors import numbers

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "numbers.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["text"]))
def test_value(case: dict[str, object]) -> None:
    value = numbers.value_of(str(case["text"]))
    assert value == (None if case["value"] is None else pytest.approx(case["value"]))


@pytest.mark.parametrize(
    ("numeral", "value", "magnitude"),
    [
        ("3万", 3, "万"),
        ("1.2万亿", 1.2, "万亿"),
        ("三百万", 300, "万"),
        ("千万", 1000, "万"),
        ("两千", 2000, ""),
        ("16万多", 16, "万"),
        ("1万6千", 16000, ""),
        ("万亿", 1, "万亿"),
    ],
)
def test_closing_magnitude_belongs_to_the_unit(numeral: str, value: float, magnitude: str) -> None:
    assert numbers.split(numeral) == (value, magnitude)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("新建12所，改建三所", [12, 3]),
        ("一切从实际出发，统一部署", []),
        ("三分之二以上", [2 / 3]),
        ("-5.5和负十", [-5.5, -10]),
        ("共1，200人", [1200]),
    ],
)
def test_find(text: str, values: list[float]) -> None:
    assert [n.value for n in numbers.find(text)] == pytest.approx(values)


def _chinese(n: int) -> str:
    """A whole number below 10^8 in Chinese numerals, as a teacher would write it."""
    digits, units = "零一二三四五六七八九", ["", "十", "百", "千"]

    def section(m: int) -> str:
        out = ""
        for place in (3, 2, 1, 0):
            d = m // 10**place % 10
            if d:
                out += digits[d] + units[place]
            elif out and not out.endswith("零") and m % 10**place:
                out += "零"
        return out

    high, low = divmod(n, 10000)
    if not high:
        return section(low) or "零"
    return section(high) + "万" + ("零" if 0 < low < 1000 else "") + section(low)


@given(st.integers(0, 10**8 - 1))
def test_every_whole_number_reads_back(n: int) -> None:
    assert numbers.value_of(_chinese(n)) == n
    assert numbers.value_of(str(n)) == n


@given(st.text("零一二三十百千万亿点半两分之几多.，0189-负", max_size=60))
def test_never_fails(text: str) -> None:
    numbers.value_of(text)
    for number in numbers.find(text):
        assert 0 <= number.start < number.end <= len(text)
