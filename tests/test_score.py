"""Scoring and comparing: hand-made tables with known figures, and agreement with the reference scorer where it is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.diff import changes, report
from pipeline.publish import write_tables
from pipeline.run import run
from pipeline.score import ScoreError, bigram_f1, score
from pipeline.score import report as score_report
from pipeline.tables import TABLES, Row, Rows

SHARED = Path(__file__).resolve().parents[2] / "shared"
TEXT = "一、建设12座泵站，普及率达到95%以上。年底前完成。（责任单位：县水务局）"


def rows(targets: list[Row], **year: Any) -> Rows:
    made: Rows = {name: [] for name in TABLES}
    made["sources"].append(
        {"source_id": "s", "path": "d/a.txt", "sha256": "0", "bytes": 1, "format": "txt", "encoding": "utf-8",
         "status": "ok", "error": None, "plan_count": 1, "ruleset": "r"}
    )  # fmt: skip
    made["plans"].append(
        {"plan_id": "s.1", "source_id": "s", "ordinal": 1, "title": None, "kind": "plan", "issuer": None, "region": None,
         "year": year.get("year", 2024), "title_year": None, "year_basis": None, "start": 0, "end": 40, "warnings": []}
    )  # fmt: skip
    made["targets"] = targets
    return made


def target(start: int, end: int, **values: Any) -> Row:
    return {
        "target_id": f"s.1.t{start}", "plan_id": "s.1", "item_id": None, "kind": "count", "indicator": "泵站", "subject": None,
        "comparator": "eq", "value": 12.0, "upper": None, "unit": "座", "redacted": False, "delta": False,
        "status": "planned", "text": TEXT[start:end], "sentence": TEXT, "baseline": None, "binding": None, "deadline_id": None,
        "rule": "target.count", "start": start, "end": end, **values,
    }  # fmt: skip


def publish(folder: Path, made: Rows) -> Path:
    write_tables(folder, "r", TABLES, [made])
    return folder


def gold(folder: Path, targets: list[Row]) -> Path:
    document = {
        "source": "a.txt", "length": 40, "items": [], "deadlines": [], "units": [], "targets": targets,
        "plans": [{"start": 0, "end": 40, "year": 2024}],
    }  # fmt: skip
    file = folder / "gold.json"
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return file


def test_found_right_missed_and_made_up(tmp_path: Path) -> None:
    wanted = [
        target(4, 7),
        target(14, 21, kind="percent", comparator="ge", value=95, indicator="普及率"),
        target(30, 33),
    ]
    got = [
        target(4, 7, indicator="水站"),
        target(16, 21, kind="percent", value=95.0, indicator="普及率"),
        target(24, 27),
    ]
    tallies, misses = score(publish(tmp_path / "t", rows(got)), [gold(tmp_path, wanted)], errors="quantities")
    counts = {k: (t.gold, t.pred, t.found, t.right) for k, t in tallies.items() if t.gold}
    assert counts == {
        "plans": (1, 1, 1, 1),
        "percents": (1, 1, 1, 0),  # the comparator differs
        "percents+indicator": (1, 1, 1, 0),
        "quantities": (2, 2, 1, 1),
        "quantities+indicator": (2, 2, 1, 0),  # 水站 is not 泵站
    }
    assert [line[0] for line in misses] == ["-", "+"]


def test_optional_and_reference_rows_count_neither_way(tmp_path: Path) -> None:
    wanted = [target(4, 7, optional=True), target(30, 33, status="reference")]
    tallies, _ = score(publish(tmp_path / "t", rows([target(4, 7)])), [gold(tmp_path, wanted)])
    assert (tallies["quantities"].gold, tallies["quantities"].pred) == (0, 0)


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [("市教育局", "市教育局", 1.0), ("教育局", "市教育局", 0.8), ("甲", "乙", 0.0), (None, "", 1.0)],
)
def test_likeness(a: str | None, b: str, wanted: float) -> None:
    assert bigram_f1(a, b) == pytest.approx(wanted)


def test_missing_tables_are_said(tmp_path: Path) -> None:
    with pytest.raises(ScoreError, match="holds no tables"):
        score(tmp_path, [])
    publish(tmp_path / "t", rows([]))
    with pytest.raises(ScoreError, match="no kind of row 'nonsense'"):
        score_report(tmp_path / "t", [], errors="nonsense")


def test_the_reference_scorer_gives_the_same_figures(tmp_path: Path) -> None:
    if not (SHARED / "score.py").exists():
        pytest.skip("no reference scorer beside the project")
    run([str(SHARED / "seeds"), str(SHARED / "annotated")], tmp_path)
    files = sorted((SHARED / "gold").glob("*.json"))
    theirs = subprocess.run(
        [sys.executable, str(SHARED / "score.py"), str(tmp_path), *map(str, files), "--json"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    ours, _ = score(tmp_path, files)
    assert {kind: tally.as_dict() for kind, tally in ours.items()} == json.loads(theirs.stdout)


def test_rows_gained_lost_and_changed(tmp_path: Path) -> None:
    old = publish(tmp_path / "old", rows([target(4, 7), target(14, 21)]))
    new = publish(tmp_path / "new", rows([target(4, 7, value=13.0), target(30, 33)], year=2025))
    found = [(c.table, c.what, c.start, c.fields) for c in changes(old, new)]
    assert found == [
        ("plans", "changed", 0, {"year": (2024, 2025)}),
        ("targets", "changed", 4, {"value": (12.0, 13.0)}),
        ("targets", "lost", 14, {}),
        ("targets", "gained", 30, {}),
    ]
    text = report(old, new)
    assert "targets: lost 1 by target.count" in text
    assert "value: 12.0 → 13.0" in text
    assert "total: plans changed 1, targets changed 1, targets gained 1, targets lost 1" in text
    assert len(report(old, new, as_json=True).splitlines()) == 4


def test_no_difference(tmp_path: Path) -> None:
    old = publish(tmp_path / "old", rows([target(4, 7)]))
    assert report(old, old) == "total: no difference\n"
