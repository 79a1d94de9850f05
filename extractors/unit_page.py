"""The text of a plan as the search for units sees it: its clauses, and the stretches that are closed to the search."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from extractors.mentions import Item, Role, Span
from extractors.sieve import Sifted
from extractors.unit_lists import Member

TO_LAST_STOP = re.compile(r".*[。；，：:！？\n“”《》]", re.DOTALL)
# After a word of role an enumeration comma parts clauses: 甲局牵头、乙局配合. So do the bracket of an item number
# and the number of an article.
PART = re.compile(
    r"(?:牵头|负责|配合|参与|参加|主导|主管|协同|落实|实施)、|\([一二三四五六七八九十\d]{1,3}\)|"
    r"第[一二三四五六七八九十百零\d]{1,5}条[ \u2002\u3000]"
)
LONGEST_CLAUSE = 90
CITED = re.compile(r"《[^《》\n]{0,120}》|“[^“”\n]{1,24}”")
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

    def __init__(
        self, sifted: Sifted, predicates: Sifted, closed: Sequence[Span], items: Sequence[Item]
    ) -> None:  # fmt: skip
        self.text = sifted.text
        self.sifted, self.predicates = sifted, predicates
        self._items = [item.start for item in items]
        self._texts = [item.start + len(item.marker) for item in items]
        spans = sorted([*closed, *(m.span() for m in sifted.finditer("cited"))])
        self._closed_starts = [a for a, _ in spans]
        self._closed_ends = [b for _, b in spans]

    def clause(self, at: int) -> int:
        """Where the clause of the character ``at`` begins, at most ``LONGEST_CLAUSE`` characters before it."""
        text = self.text
        floor = max(0, at - LONGEST_CLAUSE)
        before = TO_LAST_STOP.match(text, floor, at)
        start = before.end() if before else floor
        if text.find(")", start, at) >= 0 and text.find("(", start, at) < 0:
            opening = text.rfind("(", floor, start)
            if opening > floor:
                return self.clause(opening)
        for part in PART.finditer(text, start, at):
            start = part.end()
        item = bisect_right(self._texts, at) - 1
        return max(start, self._texts[item]) if item >= 0 else start

    def closed(self, at: int) -> bool:
        """Whether the character stands in a markup or a cited title."""
        index = bisect_right(self._closed_starts, at) - 1
        return index >= 0 and at < self._closed_ends[index]

    def sentence_end(self, at: int) -> int:
        """Where the sentence of the character ends, at most ``LONGEST_CLAUSE`` characters after it."""
        item = bisect_right(self._items, at)
        following = self._items[item] if item < len(self._items) else len(self.text)
        limit = min(following, at + LONGEST_CLAUSE)
        end = SENTENCE_END.search(self.text, at, limit)
        return end.start() if end else limit
