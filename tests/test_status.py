"""What `yaodian status` says is worth a look: rejects, gaps and inputs that are not as on the nights before."""

from __future__ import annotations

import errno
import json
import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from test_nightly import plan
from typer.testing import CliRunner

from cli import app
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


def yaodian(*arguments: str | Path) -> Any:
    return CliRunner().invoke(app, [*map(str, arguments)])


def extract(inputs: Path, out: Path, *more: str | Path) -> Any:
    return yaodian("extract", inputs, "-o", out, "--workers", "0", *more)


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """Two plans and two scans."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(2):
        (folder / f"{number}.txt").write_bytes(plan(number))
        (folder / f"scan{number}.png").write_bytes(b"\x89PNG%d" % number)
    return folder


def test_rejected_sources_are_named_each_night(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for _ in range(2):  # the second one reads nothing
        done = extract(inputs, out, "--strict")
        assert done.exit_code == 3
        assert "'scan1.png' is a png file" in done.stdout
        lines = yaodian("status", out).stdout.splitlines()
        assert sum("run text recognition (OCR) on it" in line for line in lines) == 2
    for number in range(2, 6):
        (inputs / f"scan{number}.png").write_bytes(b"\x89PNG%d" % number)
    extract(inputs, out)
    text = yaodian("status", out).stdout
    assert [f"scan{number}.png" in text for number in range(6)] == [False, False, True, True, True, False]
    assert "… 3 more: see `error` in sources" in text


def test_an_input_out_of_reach_is_named_until_a_run_is_without_it(inputs: Path, tmp_path: Path) -> None:
    away, out = tmp_path / "share", tmp_path / "out"
    away.mkdir()
    (away / "9.txt").write_bytes(plan(9))
    extract(inputs, out, away)
    away.rename(tmp_path / "unmounted")
    extract(inputs, out, away)
    text = yaodian("status", out)
    assert text.exit_code == 5
    assert f"An input could not be reached: {str(away)!r} does not exist" in text.stdout
    # What that run noted is no news once another one has failed.
    assert extract(tmp_path / "none", out).exit_code == 1
    text = yaodian("status", out)
    assert "could not be reached" not in text.stdout
    assert "failed" in text.stdout


def test_what_was_dropped_and_what_was_renamed(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    extract(inputs, out)
    (inputs / "0.txt").rename(inputs / "renamed.txt")
    done = extract(inputs, out)
    assert "known bytes at a new path 1" in done.stdout
    assert "dropped 1" not in done.stdout + yaodian("status", out).stdout
    (inputs / "1.txt").unlink()
    assert "dropped 1" in extract(inputs, out, "--prune").stdout
    assert "dropped 1" in yaodian("status", out).stdout


def test_a_first_night_that_failed_is_told(inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    assert yaodian("status", tmp_path / "nothing").exit_code == 1
    assert not (tmp_path / "nothing").exists()
    monkeypatch.setattr("pipeline.publish.commit", _no_room)
    assert extract(inputs, out).exit_code == 1
    text = yaodian("status", out)
    assert text.exit_code == 5
    assert "none: no run has published here yet" in text.stdout
    assert "No space left on device" in text.stdout


def _no_room(*arguments: Any) -> None:
    raise OSError(errno.ENOSPC, "")


def test_a_run_that_is_asked_to_stop_says_so(inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.publish.commit", lambda *arguments: os.kill(os.getpid(), signal.SIGTERM))
    done = extract(inputs, tmp_path / "out", "--log-format", "json")
    assert done.exit_code == 143
    for said in (done.stderr, (tmp_path / "out" / "runs.jsonl").read_text(encoding="utf-8")):
        assert json.loads(said)["error"] == "The run was asked to stop (SIGTERM), as by a scheduler or a shutdown."


def test_a_log_for_machines_holds_nothing_else(inputs: Path, tmp_path: Path) -> None:
    done = extract(tmp_path / "none", tmp_path / "out", "--log-format", "json")
    (line,) = map(json.loads, done.stderr.splitlines())
    assert (done.exit_code, line["event"]) == (1, "failed")
    extract(inputs, tmp_path / "out")
    lines = [json.loads(line) for line in extract(inputs, tmp_path / "out", "--log-format", "json").stderr.splitlines()]
    assert [line["event"] for line in lines] == ["still rejected", "still rejected", "done"]


@pytest.mark.parametrize("name", ["targets.parquet", "units/part-0.parquet", "no_parquet", "plans/notes.txt"])
def test_tables_of_others_are_left_alone(inputs: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    file = out / ("targets.parquet" if name == "no_parquet" else name)
    file.parent.mkdir(parents=True)
    if name.endswith("parquet"):
        pq.write_table(pa.table({"a": [1]}), file)
    else:
        file.write_bytes(b"something")
    before = file.read_bytes()
    more = (
        ["--engine", "dask", "--scheduler", "tcp://127.0.0.1:1"]
        if name == "plans/notes.txt"
        else ["--fresh", "--prune"]
    )
    done = extract(inputs, out, *more)
    assert done.exit_code == 1
    assert f"holds {file.relative_to(out).as_posix()!r}, which Yaodian did not write" in done.stderr
    assert [path for path in out.rglob("*") if path.is_file()] == [file]
    assert file.read_bytes() == before


def test_gold_of_other_sources_is_no_score_of_nought(inputs: Path, tmp_path: Path) -> None:
    extract(inputs, tmp_path / "out")
    empty: dict[str, list[Any]] = {name: [] for name in ("plans", "items", "targets", "deadlines", "units")}
    golds = []
    for source in ("0.txt", "other.txt"):
        golds.append(tmp_path / f"{source}.json")
        golds[-1].write_text(json.dumps({"source": source, **empty}), encoding="utf-8")
    done = yaodian("score", tmp_path / "out", golds[1])
    assert (done.exit_code, done.stdout) == (1, "")
    assert "has the name that the gold is of: 'other.txt'; give the tables of these sources" in done.stderr
    done = yaodian("score", tmp_path / "out", *golds)
    assert done.exit_code == 0
    assert "'other.txt'; all their rows count as missed" in done.stderr
    assert not yaodian("score", tmp_path / "out", golds[0]).stderr


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
