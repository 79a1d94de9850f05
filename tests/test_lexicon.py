"""The lexicon: all of it holds, and a fault is named with its file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexicons import alternation, check, loader
from lexicons.alternation import LEAST_HEADS, LEAST_WORDS


def test_every_pattern_holds_on_its_examples() -> None:
    assert check.check() == []


@pytest.fixture
def lexicon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "words").mkdir()
    (tmp_path / "patterns").mkdir()
    for module in (loader, check):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    for cached in (loader.words, loader._entries, loader.fragment, loader.patterns, loader.rule, loader.automaton):
        cached.cache_clear()
    yield tmp_path
    for cached in (loader.words, loader._entries, loader.fragment, loader.patterns, loader.rule, loader.automaton):
        cached.cache_clear()


@pytest.mark.parametrize(
    ("entries", "fault"),
    [
        ("- id: a\n  pattern: '\\d+'\n  examples: ['十']\n", "patterns/x.yaml:1: a does not match its example '十'"),
        ("- id: a\n  pattern: '\\d+'\n", "patterns/x.yaml:1: a has no example"),
        ("\n- id: a\n  pattern: '('\n  examples: ['(']\n", "patterns/x.yaml:2: the pattern does not compile"),
        (
            "- id: a\n  pattern: '\\d'\n  examples: ['[[12]]']\n",
            "patterns/x.yaml:1: a finds ['1', '2'] in '12', not ['12']",
        ),
        (
            "- id: a\n  pattern: '\\d'\n  examples: ['1']\n  counterexamples: ['2']\n",
            "matches '2' in its counterexample",
        ),
        (
            "- id: a\n  pattern: x\n  examples: [x]\n- id: a\n  pattern: y\n  examples: [y]\n",
            "x.yaml:4: the id 'a' stands already at",
        ),
        ("- id: a\n  pattern: '{nothing}'\n  examples: [x]\n", "there is no pattern 'fragment.nothing'"),
        (
            "- id: fragment.a\n  pattern: '{b}'\n  examples: [x]\n- id: fragment.b\n  pattern: '{a}'\n  examples: [x]\n",
            "patterns/x.yaml:1: 'fragment.a' stands inside itself: a → b → a",
        ),
        ("- id: a\n  pattern: '{words:none}'\n  examples: [x]\n", "there is no such word list"),
        ("- id: a\n  patern: x\n", "x.yaml:1: unknown key 'patern'"),
        ("- id: a\n  pattern: [x\n", "not valid YAML"),
        (
            "- id: a\n  pattern: '(?:一|一一)+三'\n  examples: ['[[一三]]']\n  counterexamples: ['一一一一一']\n",
            "takes more than 2 s on its examples",
        ),
        ("a: b\n", "a pattern file is a list of entries"),
        ("- id: a\n  pattern: x\n  examples: [x]\n  literals: [y]\n", "has no literal that stands in its example"),
    ],
)
def test_a_fault_in_a_pattern_file(lexicon: Path, entries: str, fault: str) -> None:
    (lexicon / "patterns" / "x.yaml").write_text(entries, encoding="utf-8")
    assert any(fault in line for line in check.check()), check.check()


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("word,class\n所,school\n,school\n", "words/x.csv:3: the word is empty"),
        ("word,class\n所,a\n所,a\n", "words/x.csv:3: '所' stands already at words/x.csv:2"),
        ("word,kind\n所,a\n", "words/x.csv:1: the column 'class' is missing"),
        ("word,class\n所,a,b\n", "words/x.csv:2: the number of columns differs"),
    ],
)
def test_a_fault_in_a_word_list(lexicon: Path, rows: str, fault: str) -> None:
    (lexicon / "words" / "x.csv").write_text(rows, encoding="utf-8")
    assert any(fault in line for line in check.check()), check.check()


def test_a_list_saved_by_a_spreadsheet_with_a_mark_is_read(lexicon: Path) -> None:
    (lexicon / "words" / "x.csv").write_bytes("\ufeffword,class,note\r\n所,school,\r\n".encode())
    assert [(w.text, w.cls, w.where) for w in loader.words("x")] == [("所", "school", "words/x.csv:2")]


def test_words_stand_in_patterns_longest_first(lexicon: Path) -> None:
    (lexicon / "words" / "x.csv").write_text("word,class\n人,a\n人次,a\n元,b\n", encoding="utf-8")
    (lexicon / "patterns" / "x.yaml").write_text(
        "- id: n\n  pattern: '\\d{words:x:a}'\n  examples: ['[[3人次]]']\n", encoding="utf-8"
    )
    assert check.check() == []
    assert loader.patterns("n")[0].regex.search("5元") is None


@given(st.lists(st.text("ab.-\\", max_size=4), min_size=LEAST_WORDS, max_size=9), st.text("ab.-\\", max_size=8))
def test_gathered_words_match_as_in_their_order(alternatives: list[str], text: str) -> None:
    """Also where a shorter word stands before a longer one, and where what follows makes the engine go back."""
    many = [*alternatives, *(chr(ord("c") + i) for i in range(LEAST_HEADS))]
    for form, words in product(("({})", "(?:{})b", "(?P<word>{})(?!a)", "a?(?:{})"), (alternatives, many)):
        source = form.format("|".join(map(re.escape, filter(None, words))))
        plain, gathered = (re.compile(s).match(text) for s in (source, alternation.gathered(source)))
        assert (plain and plain.span()) == (gathered and gathered.span())


def test_words_with_a_common_beginning_are_tried_once() -> None:
    assert alternation.gathered("(?:推进|推动|开展|推|推广)") == "(?:推(?:进|动||广)|开展)"
    assert alternation.gathered("新?(?:甲|乙|丙|丁|戊|己|庚|辛|壬|癸|子|丑)") == (
        "新?(?:(?=[丁丑丙乙壬子己庚戊甲癸辛])(?:甲|乙|丙|丁|戊|己|庚|辛|壬|癸|子|丑))"
    )
    assert alternation.gathered("(?<=甲|乙|丙|丁)(?:一|二)") == "(?<=甲|乙|丙|丁)(?:一|二)"
