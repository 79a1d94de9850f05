"""The sieve: whatever an expression finds by itself it finds behind the sieve, and nothing else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.sieve import Sieve
from lexicons.beginnings import guarded
from lexicons.check import MARKED
from lexicons.loader import pattern_ids, patterns

MAY_BE_EMPTY = ("fragment.", "bound.after", "year.document_number_head", "year.issued_head", "year.signed_head")
RULES = {p.id: p for id_ in pattern_ids() for p in patterns(id_) if p.id == id_ and not id_.startswith(MAY_BE_EMPTY)}
EXAMPLES = [MARKED.sub(r"\1", e) for p in RULES.values() for e in (*p.examples, *p.counterexamples)]
# Each sign of the language of expressions that the lexicon uses, and characters outside the common plane.
FORMS = {
    "word": "ab", "class": "[ab-d]e", "negated": "[^ab]c", "category": r"\d\s?\w", "not_category": r"\D\S", "any": "a.c",
    "repeat": "a{2,3}b", "lazy": "a*?b", "possessive": "a*+b", "atomic": "(?>a|ab)c", "branch": "(?:ab|c|a1+)d?",
    "optional": "a?b?c", "start": "^ab|cd", "line": r"(?:^|\n)b", "end": "b$", "ahead": "a(?=bc)", "not_ahead": "a(?!b)",
    "behind": "(?<=a)b", "not_behind": "(?<!a)b",
    "behind_more": "(?<=ab|[c1]d|e.)[ab]", "not_behind_any": r"(?<![\s\S])a|(?<!ab)c|(?<!a|d)e", "looks_back": "[ab](?<=a)c",
    "behind_group": "(?<=a(?:b|c))d?[^b]", "behind_edge": "(?<=^a)b|a(?:^b|c)", "back_to_front": "a*(?<!b)(?<=[ac])(?=d|b)[bd]",
    "back": r"(a|b)\1c", "group": r"(?P<x>a)?b(?(x)c|d)", "far": "[😀-😂]a|a𠮷",
    "not_far": "[^a]𠮷", "ahead_of_more": "(?:a(?=b|c)|d)[bd]?e?", "not_ahead_of_more": "(?!a|bc|[d1]|.e)[a-e]{2}",
    "not_any": "b(?!.)c?", "start_or": "(?:^|[ac])?b", "long_or": "(?:ab|abcd|abce+|a1)?(?:b|cd)", "none": "a(?=b)c|d",
    "long": "abcabcab",
}  # fmt: skip
FORM_SIEVE = Sieve({name: re.compile(form) for name, form in FORMS.items()})
# Groups do not keep their numbers in an alternation.
PLAIN = {name: form for name, form in FORMS.items() if name not in ("back", "group")}
UNION = re.compile("|".join(f"(?P<{name}>{form})" for name, form in PLAIN.items()))
UNION_SIEVE = Sieve({name: re.compile(form) for name, form in PLAIN.items()})
GUARDED = {name: guarded(form) for name, form in FORMS.items()}


def spans(matches: object) -> list[tuple[int, int]]:
    return [m.span() for m in matches]  # type: ignore[attr-defined]


def test_every_pattern_finds_what_it_finds_by_itself() -> None:
    common = "".join(EXAMPLES[::8]) + "\n".join(EXAMPLES[1::8])
    for name, rule in RULES.items():
        text = "，".join((*rule.examples, *rule.counterexamples, common))
        assert spans(Sieve({name: rule.regex}).over(text).finditer(name)) == spans(rule.regex.finditer(text)), name


@settings(max_examples=60)
@given(st.text("abcde1 \n😀😁𠮷", max_size=12))
def test_every_form_of_expression_finds_what_it_finds_by_itself(text: str) -> None:
    sifted = FORM_SIEVE.over(text)
    for name, form in FORMS.items():
        assert spans(sifted.finditer(name)) == spans(re.finditer(form, text)), name
        found, plain = sifted.search(name), re.search(form, text)
        assert (found and found.span()) == (plain and plain.span()), name


@settings(max_examples=60)
@given(st.text("abcde1 \n😀😁𠮷", max_size=12))
def test_an_expression_behind_a_guard_finds_what_it_finds_without(text: str) -> None:
    for name, form in GUARDED.items():
        assert spans(form.finditer(text)) == spans(re.finditer(FORMS[name], text)), name


@settings(max_examples=60)
@given(st.text("abcde1 \n😀𠮷", max_size=12), st.integers(0, 12), st.integers(0, 12))
def test_a_stretch_is_read_as_by_an_alternation_of_all(text: str, a: int, b: int) -> None:
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    wanted = [(m.lastgroup, m.span()) for m in UNION.finditer(text, start, end)]
    assert [(name, m.span()) for name, m in UNION_SIEVE.over(text).first(start, end)] == wanted


@settings(max_examples=60)
@given(st.text("abcde1 \n😀𠮷", max_size=12), st.integers(0, 12))
def test_a_text_is_read_up_to_an_end_as_if_it_ended_there(text: str, end: int) -> None:
    sifted = FORM_SIEVE.over(text)
    for name, form in FORMS.items():
        assert spans(sifted.finditer(name, end)) == spans(re.finditer(form, text[:end])), name


def test_a_place_tells_which_expressions_may_match_there() -> None:
    sieve = Sieve({"one": re.compile("ab"), "two": re.compile("a[bc]"), "three": re.compile("x")})
    told = sieve.at("zab ac", [1, 4, 0])
    assert [[name for name, _ in rules] for rules in told] == [["one", "two"], ["two"], []]
    assert sieve.at("zab ac", []) == []
    assert [place for place, _ in sieve.over("zab ac").places(2)] == [4]


@pytest.mark.parametrize("regex", [re.compile("a*"), re.compile("(?=a)"), re.compile("a", re.IGNORECASE)])
def test_what_cannot_be_sieved_is_refused(regex: re.Pattern[str]) -> None:
    with pytest.raises(ValueError, match=r"expression with flags|may be empty"):
        Sieve({"x": regex})


def test_a_sieve_holds_any_number_of_expressions() -> None:
    words = [chr(code) for code in range(ord("一"), ord("一") + 200)]
    told = Sieve({word: re.compile(word) for word in words}).at("".join(words), range(len(words)))
    assert [[name for name, _ in rules] for rules in told] == [[word] for word in words]
