"""Explaining a place: which rule made or refused a row there, and why nothing was made."""

from __future__ import annotations

from pathlib import Path

import pytest
from make_samples import RAW
from test_cli import _yaodian

from pipeline.explain import Explainer, ExplainError
from pipeline.read import Entry, read
from pipeline.stages import Pipeline

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


def test_the_command_explains() -> None:
    done = _yaodian("explain", TASKS, "--find", "800个以上")
    assert done.returncode == 0, done.stderr
    assert "← rule target.count" in done.stdout
    listed = _yaodian("explain", TASKS)
    assert "target" in listed.stdout
    assert "deadline" in listed.stdout
    both = _yaodian("explain", TASKS, "--find", "个", "--at", "3")
    assert both.returncode == 2
    missing = _yaodian("explain", TASKS, "--find", "查无此句")
    assert (missing.returncode, len(missing.stderr.strip().splitlines())) == (1, 1)
