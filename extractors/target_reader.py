"""Where the clauses and sentences of a plan end, and the rows of targets read from it so far."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from extractors.mentions import Context
from extractors.pieces import Words
from extractors.places import places
from extractors.target_bounds import Row

_CUTS = "，。；！？:\n"
_SENTENCE = "。！？；\n"
_COLON_OF_NUMBERS = re.compile(r":(?<=\d.)(?=\d)")


@dataclass(slots=True)
class Reader:
    """One plan's text with its clause ends, among them the ends of its item markers, and the rows read so far."""

    text: str
    cuts: list[int]
    markers: frozenset[int]
    words: Words
    rows: list[Row] = field(default_factory=list)

    @classmethod
    def of(cls, ctx: Context) -> Reader:
        markers = frozenset([item.start + len(item.marker) - 1 for item in ctx.items if item.marker])
        cuts = _cuts(ctx.text)
        cuts += markers.difference(cuts)
        cuts.sort()
        return cls(ctx.text, cuts, markers, ctx.words)

    def clause_start(self, at: int) -> int:
        i = bisect_left(self.cuts, at)
        return self.cuts[i - 1] + 1 if i else 0

    def clause_end(self, at: int) -> int:
        i = bisect_left(self.cuts, at)
        return self.cuts[i] if i < len(self.cuts) else len(self.text)

    def same_sentence(self, a: int, b: int) -> bool:
        """Whether no sentence ends between the two places."""
        low, high = bisect_left(self.cuts, a), bisect_left(self.cuts, b)
        return high - low < 40 and not any(self.text[c] in _SENTENCE or c in self.markers for c in self.cuts[low:high])


def _cuts(text: str) -> list[int]:
    """Where clauses end; a colon between digits is a ratio or a time."""
    cuts = places(text, _CUTS)
    numeric = {match.start() for match in _COLON_OF_NUMBERS.finditer(text)}
    return [cut for cut in cuts if cut not in numeric] if numeric else cuts
