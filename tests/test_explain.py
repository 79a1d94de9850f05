"""Explaining a place: which rule made or refused a row there, and why nothing was made."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from command_line import forked, yaodian
from make_samples import RAW

from pipeline.explain import Explainer, ExplainError
from pipeline.read import Entry, read
from pipeline.reasons import reason
from pipeline.single import rows_of
from pipeline.stages import Pipeline

ROOT = Path(__file__).resolve().parent.parent
TASKS = RAW / "08_task_notes.txt"
PREVIEW = RAW / "02_preview_pages.txt"


def explainer(file: Path) -> Explainer:
    return Explainer(read(Entry(file, file.name)), Pipeline())


@pytest.fixture(scope="module")
def tasks() -> Explainer:
    return explainer(TASKS)


def told(source: Explainer, text: str) -> str:
    """What is told of the first place where the text stands."""
    return "\n".join(source.explain(*source.places(text)[0]))


def test_a_target_names_its_rule_its_reading_and_its_words(tasks: Explainer) -> None:
    text = told(tasks, "4.5个")
    assert "row of targets: 达到4.5个 ← rule target.count (patterns/targets.yaml:" in text
    assert "indicator 每千人口托位数" in text
    assert "4.5 个, class count, eq, led to by '达到'; believed" in text
    assert "达到 (comparators: eq, words/comparators.csv:" in text
    assert "words: " in text


def test_a_deadline_tells_its_days(tasks: Explainer) -> None:
    text = told(tasks, "11月底前")
    assert "row of deadlines: 2025年11月底前 ← rule date.month (patterns/dates.yaml:" in text
    assert "date_end 2025-11-30" in text


def test_a_unit_tells_what_body_it_is(tasks: Explainer) -> None:
    text = told(tasks, "市卫生健康委")
    assert "row of units: 市卫生健康委 ← rule unit." in text
    assert "role lead" in text
    assert "市卫生健康委: a office, a named body" in text


def test_a_gap_names_the_rule_that_refused_it() -> None:
    source = explainer(PREVIEW)
    refused = [line for line in source.overview() if ".not." in line and " gap " in line]
    assert refused
    offset = int(refused[0].split()[0])
    text = "\n".join(source.explain(*source.at(offset)))
    assert "← refused by " in text


def test_noise_and_what_lies_outside_say_so() -> None:
    source = explainer(PREVIEW)
    raw = PREVIEW.read_text(encoding="utf-8-sig")
    marker = raw.index("\n2、") + 1
    assert "noise" in "\n".join(source.explain(marker, marker + 2))


def test_text_is_found_across_a_page_marker() -> None:
    source = explainer(PREVIEW)
    raw = PREVIEW.read_text(encoding="utf-8-sig")
    view = source._view
    cuts = (i for i in range(4, len(view.text)) if view.starts[i] - view.starts[i - 1] > 4)
    piece = next(p for at in cuts if not any(map(str.isspace, p := view.text[at - 4 : at + 4])))
    start, end = source.places(piece)[0]
    assert piece not in raw[start : start + 8]
    assert end - start > len(piece)


def test_every_character_can_be_explained(tasks: Explainer) -> None:
    length = len(TASKS.read_text(encoding="utf-8"))
    for offset in range(0, length, 37):
        start, end = tasks.at(offset)
        assert start <= offset < end
        assert list(tasks.explain(start, end))


def test_faults_are_sentences(tasks: Explainer, tmp_path: Path) -> None:
    for offset in (-1, 10**9):
        with pytest.raises(ExplainError, match="give an offset"):
            tasks.at(offset)
    for text in ("没有这句话的", "  "):
        with pytest.raises(ExplainError, match=r"\."):
            tasks.places(text)
    (tmp_path / "picture.txt").write_bytes(bytes(range(256)) * 8)
    with pytest.raises(ExplainError, match="picture"):
        explainer(tmp_path / "picture.txt")


def test_the_words_of_an_indicator_lead_to_its_target(tasks: Explainer) -> None:
    text = told(tasks, "每千人口托位")
    assert "indicator of the target 达到4.5个 at " in text
    assert "← rule target.count" in text
    assert "no row and no gap" not in text


def test_a_deadline_tells_what_it_dates_and_a_unit_whom_it_is_passed_on_to(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "石桥县2025年教育工作要点\n为做好2025年全县教育工作，制定本要点，请认真贯彻执行。\n"
        "一、扩充学位（牵头单位：县教育局）\n1．新建公办幼儿园3所，9月底前投入使用。\n2．鼓励社会力量办园。\n",
        encoding="utf-8",
    )
    source = explainer(tmp_path / "a.txt")
    assert "governs the targets 3所" in told(source, "9月底前")
    assert "dates the tasks 一/1" in told(source, "9月底前")
    assert "is passed on to the tasks 一/1、一/2" in told(source, "县教育局")


def test_every_reason_has_words() -> None:
    """What the extractors refuse by a name of their own is in the table, what a pattern refuses in the lexicon."""
    code = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "extractors").glob("*.py"))
    names = set(re.findall(r'"((?:target|deadline|unit)\.not\.[a-z_]+)"', code))
    names |= {row["reason"] for file in RAW.glob("*.txt") for row in rows_of(str(file))["gaps"] if row["reason"]}
    names |= set(re.findall(r'return "(\w+)"', (ROOT / "extractors" / "organisations.py").read_text(encoding="utf-8")))
    assert len(names) > 20
    assert sorted(name for name in names if reason(name) is None) == []


def test_the_command_explains() -> None:
    done = yaodian("explain", TASKS, "--find", "800个以上")
    assert done.returncode == 0, done.stderr
    assert "← rule target.count" in done.stdout
    listed = forked("explain", TASKS)
    assert "target" in listed.stdout
    assert "deadline" in listed.stdout
    both = forked("explain", TASKS, "--find", "个", "--at", "3")
    assert both.returncode == 2
    missing = forked("explain", TASKS, "--find", "查无此句")
    assert (missing.returncode, len(missing.stderr.strip().splitlines())) == (1, 1)
