"""What looks like a row and became none, so that recall can be watched without any gold.

A gap is what a rule refused by name, or what a wide glance sees and no row covers.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cache

from extractors.mentions import Context, GapKind, Refusal, Span
from extractors.sieve import Sieve
from lexicons import rule

KINDS: tuple[GapKind, ...] = ("percent", "quantity", "time", "unit")


@cache
def _glances() -> Sieve:
    return Sieve({kind: rule(f"gap.{kind}") for kind in KINDS})


def find(ctx: Context, covered: Iterable[Span], refused: Iterable[Refusal]) -> list[Refusal]:
    """The gaps of a plan in order of place: each refusal that no row covers, and each glance that nothing covers."""
    rows = _Cover(covered)
    gaps = list({r for r in refused if r.kind == "numbering" or not rows.touches(r.start, r.end)})
    markers = [(item.start, item.start + len(item.marker)) for item in ctx.items]
    taken = _Cover([*rows, *markers, *((r.start, r.end) for r in gaps)])
    glances = _glances().over(ctx.text)
    for kind in KINDS:
        for match in glances.finditer(kind):
            start, end = match.span()
            if not taken.touches(start, end):
                gaps.append(Refusal(start, end, kind, ""))
    return sorted(gaps)


class _Cover:
    """Spans, merged, that tell whether another span touches one of them."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def __iter__(self) -> Iterator[Span]:
        return zip(self._starts, self._ends, strict=True)

    def touches(self, start: int, end: int) -> bool:
        i = bisect_left(self._starts, end) - 1
        return i >= 0 and self._ends[i] > start
