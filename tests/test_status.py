"""What `yaodian status` says is worth a look: rejects, gaps and inputs that are not as on the nights before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from test_nightly import plan

from pipeline import status
from pipeline.folder import OutputFolder
from pipeline.run import Settings, run


def night(inputs: int, rejected: int, gaps: int = 0, **more: Any) -> dict[str, Any]:
    """The record of a run that found a hundred rows."""
    rows = {"items": 60, "targets": 40}
    return {"in": inputs, "rejected": rejected, "rows": rows, "gaps": {"unit": gaps}, **more}


def grown(read: int, rejected: int = 0, no_plan: int = 0, gaps: int = 0) -> dict[str, Any]:
    """The record of a run that read so many new sources beside ten thousand, and found a hundred rows in them."""
    statuses = {"ok": read - rejected - no_plan, "rejected": rejected, "no_plan": no_plan}
    tonight = {"statuses": statuses, "rows": {"items": 60, "targets": 40}, "gaps": {"unit": gaps}}
    return night(10_000, rejected, statuses={"ok": 10_000 - rejected}, tonight=tonight)


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
        # In a folder that grows, tonight's new files count by themselves.
        ([grown(100), grown(100, rejected=30)], ["rejected: 30.0% of what was read tonight"]),
        ([grown(100)] * 3 + [grown(100, rejected=30)],
         ["rejected: 30.0% of what was read tonight, on the nights before 0.0%"]),
        ([grown(100)] * 3 + [grown(100, no_plan=40)],
         ["no_plan: 40.0% of what was read tonight, on the nights before 0.0%"]),
        ([grown(100)] * 3 + [grown(100, gaps=30)],
         ["gaps unit: 30.0% of what was read tonight, on the nights before 0.0%"]),
        ([grown(100)] * 3 + [grown(2, rejected=2)], []),
        # Files that vanish, rows that vanish from as many files.
        ([night(100, 0), night(79, 0)], ["inputs: 79, the night before 100"]),
        ([night(100, 0), night(81, 0)], []),
        ([night(3, 0), night(2, 0)], []),
        ([night(100, 0), night(100, 0) | {"rows": {"items": 60, "targets": 20}}],
         ["targets: 20 rows, the night before 40"]),
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


def every(hours: float, count: int) -> list[dict[str, Any]]:
    """Runs at so many hours' distance, the last one at noon of 1 June."""
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    return [{"started": (noon - timedelta(hours=hours * back)).isoformat()} for back in reversed(range(count))]


@pytest.mark.parametrize(
    ("records", "hours", "said"),
    [
        (every(24, 5), 24, []),
        (every(24, 5), 61, ["no run since 2026-06-01T12:00:00+00:00, one in 24 hours before"]),
        (every(24, 3), 999, []),  # too few to know
        (every(0.1, 9), 999, []),  # somebody tried things out
        ([], 1, []),
    ],
)
def test_a_night_without_a_run_is_told(records: list[dict[str, Any]], hours: float, said: list[str]) -> None:
    assert status.late(records, datetime(2026, 6, 1, 12, tzinfo=UTC) + timedelta(hours=hours)) == said


def test_a_run_that_is_at_work_and_one_that_died(tmp_path: Path) -> None:
    inputs, out = tmp_path / "in", tmp_path / "out"
    inputs.mkdir()
    (inputs / "1.txt").write_bytes(plan(1))
    run([str(inputs)], out)
    with OutputFolder(out).hold("2026-06-01T00:00:00+00:00") as folder:
        holder = (folder.private / "holder.json").read_bytes()
        text, well = status.report(out)
        assert well
        assert "running    process" in text
    (folder.private / "holder.json").write_bytes(holder)  # as a kill leaves it
    text, well = status.report(out)
    assert not well
    assert "a run died: process" in text
    run([str(inputs)], out)
    assert status.report(out)[1]


def test_what_the_last_run_noted_is_told(tmp_path: Path) -> None:
    inputs, out = tmp_path / "in", tmp_path / "out"
    inputs.mkdir()
    (inputs / "1.txt").write_bytes(plan(1))
    run([str(inputs)], out)
    (inputs / "1.txt").unlink()
    run([str(inputs)], out, settings=Settings(prune=True))
    text, well = status.report(out)
    assert not well
    assert "An input is empty, as a share that is not mounted is, so nothing was pruned" in text
    assert "sources 1," in text
    run([str(inputs)], out, settings=Settings(prune=True, fresh=True))
    assert "sources 0," in status.report(out)[0]
