"""What a page adds around a plan, found by the patterns `furniture.*`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from ahocorasick_rs import AhoCorasick, Implementation

from extractors.mentions import Span
from extractors.sieve import Sieve
from lexicons import patterns
from lexicons.alternation import compiled

SHORT = 60  # characters; a longer line is not matched by a pattern without literals
LONGEST = 700


def inline(raw: str) -> list[Span]:
    """The spans of furniture inside lines."""
    return [match.span() for match in _inline().over(raw).matches()]


@cache
def _inline() -> Sieve:
    return Sieve({pattern.id: pattern.regex for pattern in patterns("furniture.inline")})


@cache
def lines(prefix: str) -> Callable[[str], bool]:
    """A test whether a stripped line, which is not empty, is furniture by the patterns under PREFIX."""
    rules = patterns(prefix)
    untold = compiled("|".join(f"(?:{rule.source})" for rule in rules if not rule.literals)).match
    told: dict[str, list[Callable[[str], re.Match[str] | None]]] = {}
    for rule in rules:
        for literal in rule.literals:
            told.setdefault(literal, []).append(rule.regex.match)
    literals = AhoCorasick(list(told), store_patterns=True, implementation=Implementation.DFA)

    def test(line: str) -> bool:
        if len(line) <= SHORT and untold(line):
            return True
        if len(line) > LONGEST:
            return False
        found = literals.find_matches_as_strings(line, overlapping=True)
        return bool(found) and any(match(line) for literal in {*found} for match in told[literal])

    return test
