"""What `yaodian status` says is worth a look: rejects, gaps and inputs that are not as on the nights before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from test_nightly import plan

from pipeline import status
from pipeline.run import run


def night(inputs: int, rejected: int, gaps: int = 0) -> dict[str, Any]:
    """The record of a run that found a hundred rows."""
    return {"in": inputs, "rejected": rejected, "rows": {"items": 60, "targets": 40}, "gaps": {"unit": gaps}}


@pytest.mark.parametrize(
    ("nights", "said"),
    [
        ([], []),
        ([night(0, 0)], []),
        ([night(100, 20)], []),
        ([night(100, 21)], ["rejected: 21.0% of 100 inputs"]),
        ([night(3, 3)], ["rejected: all 3 inputs"]),
        ([night(100, 0), night(100, 50)], ["rejected: 50.0% of 100 inputs"]),
        ([night(100, 50), night(100, 0)], []),
        # With three nights before, what is usual for the folder counts.
        ([night(100, 50)] * 4, []),
        ([night(100, 1)] * 3 + [night(100, 4)], ["rejected: 4.0%, on the nights before 1.0%"]),
        ([night(100, 1)] * 3 + [night(100, 100)], ["rejected: all 100 inputs"]),
        ([night(100, 100)] * 4, ["rejected: all 100 inputs"]),
        ([night(100, 0, 5)] * 3 + [night(100, 0, 9)], ["gaps unit: 9.0%, on the nights before 5.0%"]),
        ([night(100, 0)] * 3 + [night(49, 0)], ["inputs: 49, the night before 100"]),
        # A run that failed has no share and is no night to compare with.
        ([night(100, 50), {"result": "failed"}], ["rejected: 50.0% of 100 inputs"]),
    ],
)  # fmt: skip
def test_what_is_worth_a_look(nights: list[dict[str, Any]], said: list[str]) -> None:
    assert status.jumps(nights) == said


def test_the_first_night_that_rejects_everything_is_not_well(tmp_path: Path) -> None:
    inputs, out = tmp_path / "in", tmp_path / "out"
    inputs.mkdir()
    (inputs / "scan.png").write_bytes(b"\x89PNG....")
    run([str(inputs)], out)
    text, well = status.report(out)
    assert not well
    assert "rejected: all 1 inputs" in text
    for number in range(9):
        (inputs / f"{number}.txt").write_bytes(plan(number))
    run([str(inputs)], out)
    assert status.report(out)[1]
