"""Responsible units: the bodies that a plan charges with work, each with its role."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache

from extractors import glossaries
from extractors.mentions import Context, Found, Refusal, Unit
from extractors.sieve import Sieve
from extractors.status import status_of
from extractors.unit_calls import AFTER, named_after
from extractors.unit_markups import addressees, entries, markups, rule
from extractors.unit_page import CITED, Claim, Page
from extractors.unit_predicates import predicates, seconded
from extractors.unit_subjects import committees, subjects
from extractors.unit_tables import cells
from lexicons.alternation import compiled
from lexicons.loader import fragment

# Beside the words that call on a body.
MARKED = (
    "unit.label", "unit.bracket", "unit.bracket.names", "unit.entry", "unit.cell", "unit.not.addressee",
    "unit.committees",
)  # fmt: skip


def find(ctx: Context) -> Found[Unit]:
    """Every body that the plan names as responsible, in order and without overlap, and what was refused."""
    sifted = _sieve().over(ctx.text)
    marked = [*markups(sifted, [i.start for i in ctx.items]), *entries(sifted), *cells(sifted)]
    page = Page(sifted, predicates(ctx.text), [span for _, span in marked], ctx.items)
    claims = [claim for claim, _ in marked]
    # A word that calls on a body says more of its role than its place before a verb.
    claims += named_after(page)
    claims += committees(page)
    claims += subjects(page)
    claims = seconded(ctx.text, claims)
    claims += addressees(sifted)
    if glossaries.spans(ctx.text):
        claims = [_outside(ctx.text, claim) for claim in claims]
    return _settle(ctx, claims)


@cache
def _sieve() -> Sieve:
    """What is looked for in the whole text."""
    return Sieve({**{name: rule(name).regex for name in (*MARKED, *AFTER)}, "cited": CITED})


@cache
def _owed() -> re.Pattern[str]:
    return compiled(fragment("owed"))


def _outside(text: str, claim: Claim) -> Claim:
    """The claim, or its refusal where it stands in a glossary."""
    if not claim.members:
        return claim
    span = (claim.members[0].start, claim.members[-1].end)
    if not glossaries.inside(text, span[0]):
        return claim
    return Claim(claim.rule, claim.role, [], span, "glossary")


def _settle(ctx: Context, claims: list[Claim]) -> Found[Unit]:
    """Rows of the claims; where two claim one place the first has it."""
    taken = _Taken()
    rows: list[Unit] = []
    for claim in claims:
        for start, end, name, body in claim.members:
            if taken.take(start, end):
                status = status_of(ctx, start, end)
                if status == "achieved" and _owed().match(ctx.text, claim.members[-1].end):
                    status = "planned"
                rows.append(Unit(start, end, name, claim.role, body.collective, status, claim.rule))
    refused = {
        claim.refused: Refusal(*claim.refused, "unit", claim.reason)
        for claim in claims
        if claim.refused and taken.free(*claim.refused)
    }
    return Found(sorted(rows, key=lambda u: u.start), [refused[span] for span in sorted(refused)])


class _Taken:
    """Spans that are spoken for; none overlaps another."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def free(self, start: int, end: int) -> bool:
        """Whether the span overlaps none that is taken."""
        index = bisect_right(self._starts, start)
        if index and self._ends[index - 1] > start:
            return False
        return index == len(self._starts) or self._starts[index] >= end

    def take(self, start: int, end: int) -> bool:
        """Take the span; False when a part of it is taken already."""
        if not self.free(start, end):
            return False
        index = bisect_right(self._starts, start)
        self._starts.insert(index, start)
        self._ends.insert(index, end)
        return True
