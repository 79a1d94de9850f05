"""Which deadline governs a target: in its clause, else its sentence, else its item."""

from __future__ import annotations

import pytest

from pipeline import extract_text

CASES = [
    # a target, the deadline that governs it
    ("（一）到2025年，全县学校达标。教室照明达标率达到100%。", "100%", "到2025年"),
    ("（一）9月底前完成食堂改造。高一招生达到600人。", "600人", None),
    ("（一）每月抽检食材一次，学校覆盖率达到100%。", "100%", "每月"),
    ("（一）每月抽检食材一次。改造食堂14个。", "14个", None),
    ("（一）新建水站3座。完成时限：2025年6月底前。", "3座", "2025年6月底前"),
    ("（一）2024年已建成书屋5个。新建书屋8个，6月底前开放。", "8个", "6月底前"),
    ("（一）2025年底前工作。\n建设书屋8个。", "8个", "2025年底前"),
]


@pytest.mark.parametrize(("text", "target", "deadline"), CASES)
def test_the_deadline_that_governs(text: str, target: str, deadline: str | None) -> None:
    found = extract_text(text, reference_date="2025-01-01")
    times = [row["text"] for row in found["deadlines"]]
    row = next(row for row in found["targets"] if target in row["text"])
    assert (None if row["deadline"] is None else times[row["deadline"]]) == deadline
