"""Values in the cells of an 指标表."""

from __future__ import annotations

import pytest

from extractors import table_targets, tables
from extractors.mentions import Context


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("90", "eq 90 %"),
        ("90以上", "ge 90 %"),
        ("90%及以上", "ge 90 %"),
        ("达到90以上", "ge 90 %"),
        ("95左右", "approx 95 %"),
        ("350张左右", "approx 350 张"),
        ("<3", "lt 3 %"),
        ("<3>", "eq 3 %"),
        ("(3)", "eq 3 %"),
        ("低于0.5", "lt 0.5 %"),
        ("累计12", "eq 12 %"),
        ("16:1", "eq 16 :1"),
        ("持续提高", None),
    ],
)
def test_a_cell_says_its_bound(cell: str, wanted: str | None) -> None:
    text = f"指标 | 单位 | 2023年实际 | 2024年目标\n覆盖率 | % | 80 | {cell}\n"
    ctx = Context(text, 2024, "plan", [(0, len(text))], [], [], lambda piece: [piece], tables=tables.find(text))
    found, _, _ = table_targets.find(ctx)
    assert [f"{t.comparator} {t.value:g} {t.unit}" for t in found] == ([wanted] if wanted else [])
