"""Responsible units: the bodies that a plan charges with work, each with its role."""

from __future__ import annotations

from extractors.mentions import Context, Found, Refusal, Unit
from extractors.status import status_of
from extractors.unit_actors import named_after, subjects
from extractors.unit_markups import entries, markups
from extractors.unit_page import Claim, Page
from extractors.unit_tables import cells


def find(ctx: Context) -> Found[Unit]:
    """Every body that the plan names as responsible, in order and without overlap, and what was refused."""
    marked = [*markups(ctx.text), *entries(ctx.text), *cells(ctx.text)]
    page = Page(ctx.text, [span for _, span in marked])
    claims = [claim for claim, _ in marked]
    # A word that calls on a body says more of its role than its place before a verb.
    claims += named_after(page)
    claims += subjects(page)
    return _settle(ctx, claims)


def _settle(ctx: Context, claims: list[Claim]) -> Found[Unit]:
    """Rows of the claims; where two claim one place the first has it."""
    taken: dict[int, Unit] = {}
    refused: dict[int, Refusal] = {}
    for claim in claims:
        if claim.refused:
            refused.setdefault(claim.refused[0], Refusal(*claim.refused, "unit", claim.reason))
        for member in claim.members:
            if any(at in taken for at in range(member.start, member.end)):
                continue
            unit = Unit(
                member.start,
                member.end,
                member.name,
                claim.role,
                member.body.collective,
                status_of(ctx, member.start, member.end),
                claim.rule,
            )
            for at in range(member.start, member.end):
                taken[at] = unit
    rows = sorted({id(u): u for u in taken.values()}.values(), key=lambda u: u.start)
    kept = [r for at, r in sorted(refused.items()) if not any(i in taken for i in range(r.start, r.end))]
    return Found(rows, kept)
