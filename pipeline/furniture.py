"""What a page adds around a plan, found by the patterns `furniture.*`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ahocorasick_rs import AhoCorasick

from extractors.mentions import Span
from lexicons import patterns
from lexicons.alternation import compiled

SHORT = 60  # characters; a longer line is matched only where a literal of a pattern stands in it
LONGEST = 700


def inline(raw: str) -> list[Span]:
    """The spans of furniture inside lines; a pattern runs only where one of its literals stands."""
    spans: list[Span] = []
    for pattern in patterns("furniture.inline"):
        if not pattern.literals or any(literal in raw for literal in pattern.literals):
            spans.extend(m.span() for m in pattern.regex.finditer(raw))
    return spans


@cache
def lines(prefix: str) -> Callable[[str], bool]:
    """A test whether a stripped line is furniture by the patterns under PREFIX."""
    rules = patterns(prefix)
    short = compiled("|".join(f"(?:{rule.source})" for rule in rules)).match
    told_by = [(literal, rule) for rule in rules for literal in rule.literals]
    literals = AhoCorasick([literal for literal, _ in told_by])

    def test(line: str) -> bool:
        if len(line) <= SHORT:
            return bool(line) and short(line) is not None
        if len(line) > LONGEST:
            return False
        hits = literals.find_matches_as_indexes(line, overlapping=True)
        return any(told_by[index][1].regex.match(line) is not None for index in {hit[0] for hit in hits})

    return test
