"""Washed copies: texts whose words were swapped for synonyms to look original, and the words that stood there.

A copy is told by compounds that nobody writes (平安事故 for 安全事故). In a washed copy, and only there, the swapped
words are read as the standard ones; each has the length of the other, so that places stay where they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from lexicons.loader import automaton, words

LEAST_KINDS = 3  # different telltales that make a washed copy
LEAST = 4  # telltales in all
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Washing:
    """What tells that a text was washed: its telltale words in order of place, each once."""

    telltales: tuple[str, ...]

    @property
    def warning(self) -> str:
        """The warning that a washed plan gets."""
        return f"many words look swapped for synonyms ({'、'.join(self.telltales[:SHOWN])}…): a washed copy"


def tell(text: str) -> Washing | None:
    """Whether a normalized text is a washed copy, and by which words; None when it is not."""
    matcher, entries = automaton("washed", "telltale")
    found = [entries[index].text for index, _, _ in matcher.find_matches_as_indexes(text)]
    kinds = tuple(dict.fromkeys(found))
    return Washing(kinds) if len(kinds) >= LEAST_KINDS and len(found) >= LEAST else None


def restored(text: str) -> str:
    """A washed text with the standard words for the swapped ones, of the same length."""
    standard, swapped = _swaps()
    return swapped.sub(lambda m: standard[m[0]], text)


@cache
def _swaps() -> tuple[dict[str, str], re.Pattern[str]]:
    standard = {w.text: w.extra["standard"] for w in words("washed") if len(w.extra["standard"]) == len(w.text)}
    longest_first = sorted(standard, key=lambda word: (-len(word), word))
    return standard, re.compile("|".join(map(re.escape, longest_first)))
