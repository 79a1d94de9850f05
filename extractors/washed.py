"""Washed copies: texts whose words were swapped for synonyms to look original, and the words that stood there.

A copy is told by compounds that nobody writes (平安事故 for 安全事故). In a washed copy, and only there, rules read the
standard words for the swapped ones of the same length, so that places stay where they are; names in normalized columns
are written in standard words of any length. A swapped word that plans have of their own (平安校园) is read so only in
compounds where it cannot be meant, and words of the class `kept` (科技进步) stay as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

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
    found = automaton("washed", "telltale").find_matches_as_strings(text)
    kinds = tuple(dict.fromkeys(found))
    return Washing(kinds) if len(kinds) >= LEAST_KINDS and len(found) >= LEAST else None


def restored(text: str) -> str:
    """A washed text with the standard words for the swapped ones, of the same length; what matches is read from it."""
    standard, swapped = _swaps(same_length=True)
    return swapped.sub(lambda m: standard[m[0]], text)


S = TypeVar("S", str, str | None)


def standard(phrase: S) -> S:
    """A name from a washed text in standard words, also where they are longer or shorter (咨询题 for 问题)."""
    words_, swapped = _swaps(same_length=False)
    return phrase if phrase is None else swapped.sub(lambda m: words_[m[0]], phrase)


@cache
def _swaps(same_length: bool) -> tuple[dict[str, str], re.Pattern[str]]:
    pairs = {w.text: w.extra["standard"] for w in words("washed")}
    chosen = {a: b for a, b in pairs.items() if not same_length or len(a) == len(b)}
    longest_first = sorted(chosen, key=lambda word: (-len(word), word))
    return chosen, re.compile("|".join(map(re.escape, longest_first)))
