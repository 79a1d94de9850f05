"""The text of a plan as the search for units sees it: its clauses, and the stretches that are closed to the search."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from extractors.mentions import Role, Span
from extractors.unit_lists import Member

# A comma between brackets (各县(市、区)) parts no clause; after 牵头 or 负责 an enumeration comma does.
BOUNDARY = re.compile(r"[。；，：:！？\n“”《》]|(?<=[牵负配参][头责合与])、|(?<=[一二三四五六七八九十\d])\)")
CITED = re.compile(r"《[^《》\n]{0,120}》")
SENTENCE_END = re.compile(r"[。；！？\n]")


class Claim(NamedTuple):
    """Bodies that one rule charges with work in one role; without members, what the rule refused and why."""

    rule: str
    role: Role
    members: Sequence[Member]
    refused: Span | None = None
    reason: str = ""


class Page:
    """A text with its clause starts, and the spans (markups, cited titles) where running text is not searched."""

    def __init__(self, text: str, closed: Sequence[Span]) -> None:
        self.text = text
        self._starts = [0, *(m.end() for m in BOUNDARY.finditer(text))]
        spans = sorted([*closed, *(m.span() for m in CITED.finditer(text))])
        self._closed_starts = [a for a, _ in spans]
        self._closed_ends = [b for _, b in spans]

    def clause(self, at: int) -> int:
        """Where the clause of the character ``at`` begins."""
        return self._starts[bisect_right(self._starts, at) - 1]

    def closed(self, at: int) -> bool:
        """Whether the character stands in a markup or a cited title."""
        index = bisect_right(self._closed_starts, at) - 1
        return index >= 0 and at < self._closed_ends[index]

    def sentence_end(self, at: int) -> int:
        """Where the sentence of the character ends."""
        end = SENTENCE_END.search(self.text, at)
        return end.start() if end else len(self.text)
