"""A passage on its own: `extract_text`, atoms by the cases of cases/atoms.yaml, `yaodian parse` as a user runs it."""

from __future__ import annotations

import itertools
import json
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from command_line import forked, yaodian
from hypothesis import given
from hypothesis import strategies as st

from pipeline import extract_text
from pipeline.passage import PassageError, parse_lines

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases/atoms.yaml").read_text("utf-8"))
ROOT = Path(__file__).parent.parent
DAY = "2024-05-08"


def brief(text: str, atom: dict[str, Any]) -> str:
    """An atom as the cases write it."""
    told = f"{atom['kind']} {text[atom['start'] : atom['end']]} "
    if atom["kind"] == "time":
        return f"{told}{atom['date_start'] or ''}..{atom['date_end'] or ''}"
    if atom["kind"] == "range" or atom.get("low") is not None:
        low, high = ("" if atom[side] is None else f"{atom[side]:.15g}" for side in ("low", "high"))
        return f"{told}{low}..{high}{atom.get('currency', '')}"
    return f"{told}{round(atom['value'], 6):.15g}{atom.get('unit', '') or atom.get('currency', '')}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:24])
def test_atoms(case: dict[str, Any]) -> None:
    found = extract_text(case["text"], case.get("day", DAY), atoms=True)["atoms"]
    kinds = case.get("kinds", ["percent"])
    assert [brief(case["text"], atom) for atom in found if atom["kind"] in kinds] == case["atoms"]


def test_a_passage_gives_targets_deadlines_and_units() -> None:
    text = "到 2025 年底，由县教育局牵头，学前教育普惠率达到 88% 以上。"
    found = extract_text(text)
    (target,), (deadline,), (unit,) = found["targets"], found["deadlines"], found["units"]
    assert (target["value"], target["comparator"], target["deadline"]) == (88.0, "ge", 0)
    assert text[target["start"] : target["end"]] == "达到 88% 以上"
    assert target["text"] == "达到88%以上"
    assert (deadline["relation"], deadline["date_start"], deadline["date_end"]) == ("by", None, "2025-12-31")
    assert (unit["text"], unit["role"]) == ("县教育局", "lead")
    assert "atoms" not in found


@pytest.mark.parametrize("day", ["2023-03-01", date(2023, 3, 1), datetime(2023, 3, 1, 8, 30), "2023-03-01T08:30:00"])
def test_the_year_is_that_of_the_reference_date(day: date | str) -> None:
    assert extract_text("年底前完成改造。", day)["deadlines"][0]["date_end"] == "2023-12-31"


def test_without_a_day_the_text_tells_the_year_or_nothing_does() -> None:
    assert extract_text("年底前完成改造。")["deadlines"][0]["date_end"] is None
    assert extract_text("2021年我局工作如下。年底前完成改造。")["deadlines"][-1]["date_end"] == "2021-12-31"


def test_words_that_look_like_furniture_stay() -> None:
    assert [a["text"] for a in extract_text("2023/06/30", atoms=True)["atoms"] if a["kind"] == "time"] == ["2023/06/30"]


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_a_passage_without_text_holds_nothing(text: str) -> None:
    assert extract_text(text, DAY, atoms=True) == {"targets": [], "deadlines": [], "units": [], "atoms": []}


def test_a_wrong_day_is_said() -> None:
    with pytest.raises(PassageError, match="'2023-13-01' is no date; write reference_date as 2023-06-30"):
        extract_text("年底", "2023-13-01")


@given(st.text(alphabet="0127年月日底前后天周上下个半三两百分之%元万-至到大于小以.折成多几 、，。", max_size=60))
def test_atoms_stand_in_the_text(text: str) -> None:
    for atom in extract_text(text, DAY, atoms=True)["atoms"]:
        assert 0 <= atom["start"] < atom["end"] <= len(text)
        assert atom["text"].replace(" ", "") == text[atom["start"] : atom["end"]].replace(" ", "")
        if atom["kind"] == "time" and atom["date_start"] and atom["date_end"]:
            assert atom["date_start"] <= atom["date_end"]


@pytest.mark.parametrize(
    "unit", ["九", "2", "一百", "九十九", "1,", "几", "个月前", "十多", "3.", "百分之", "元", "大于"]
)
def test_time_is_linear_in_the_text(unit: str) -> None:
    def seconds(size: int) -> float:
        start = time.process_time()
        extract_text((unit * size)[:size], DAY, atoms=True)
        return time.process_time() - start

    seconds(200)
    # A busy machine may be slow once; what grows with the square takes a hundred times as long each time.
    assert any(seconds(3_000) < 40 * max(seconds(300), 0.01) for _ in range(3))


def test_lines_that_cannot_be_read_cost_themselves_only() -> None:
    lines = [
        '{"id": "a", "text": "年底前完成。"}\n',
        "\n",
        "not json\n",
        '{"id": 7}\n',
        '{"id": 8, "text": "", "reference_date": "x"}',
    ]
    parsed = list(parse_lines(lines))
    assert [json.loads(p.line)["id"] for p in parsed] == ["a", None, 7, 8]
    assert [bool(p.error) for p in parsed] == [False, True, True, True]
    assert (parsed[1].error or "").startswith("line 3: not valid JSON")
    assert 'line 4: the field "text" with a text is missing' in (parsed[2].error or "")


def test_parse_as_a_user_runs_it() -> None:
    line = json.dumps({"id": 1, "text": "三年内投资2亿元。", "reference_date": DAY}, ensure_ascii=False)
    done = yaodian("parse", "--atoms", stdin=f"\ufeff{line}\n{line}\n")
    assert (done.returncode, done.stderr) == (0, "")
    rows = [json.loads(row) for row in done.stdout.splitlines()]
    assert rows[0] == rows[1]
    assert [a["value"] for a in rows[0]["atoms"] if a["kind"] == "money"] == [2e8]


def test_parse_says_which_line_is_wrong() -> None:
    done = forked("parse", stdin='{"id": 1, "text": "年底"}\n{\n')
    assert done.returncode == 3
    assert len(done.stdout.splitlines()) == 2
    assert done.stderr.startswith("line 2: not valid JSON")


def test_kinds_of_cases_are_all_there() -> None:
    kinds = set(itertools.chain.from_iterable(case.get("kinds", ["percent"]) for case in CASES))
    assert kinds == {"number", "percent", "range", "money", "measure", "time"}
