"""Quantified targets: a quantity that is believed, with what it measures and whether it is planned or done."""

from __future__ import annotations

from extractors.directions import direction_of
from extractors.indicator_rules import rules
from extractors.mentions import Context, Direction, Found, GapKind, Refusal, Target, TargetKind, TargetStatus
from extractors.quantities import SCALES, Quantity, scan
from extractors.status import status_of
from extractors.target_bounds import Row
from extractors.target_names import read
from extractors.target_reader import Reader
from extractors.target_refusals import Refuser

KINDS: dict[str, TargetKind] = {
    "percent": "percent",
    "points": "percent",
    "tenths": "percent",
    "permille": "permille",
    "permyriad": "permyriad",
    "ratio": "ratio",
    "share": "ratio",
    "times": "ratio",
    "fold": "ratio",
    "amount": "amount",
}


def find(ctx: Context) -> Found[Target]:
    """The quantified targets of a plan, and the quantities that were refused, each with its reason."""
    believed, refused = _judge(ctx)
    if not believed:
        return Found([], refused)
    reader = Reader.of(ctx)
    for quantity, following in zip(believed, [*believed[1:], None], strict=True):
        reader.rows.append(read(reader, quantity, following))
    return Found([_target(ctx, row) for row in reader.rows], refused)


def _judge(ctx: Context) -> tuple[list[Quantity], list[Refusal]]:
    """The quantities that may be targets, and the others with their reasons."""
    quantities = scan(ctx.text, cut=ctx.words)
    refuser = Refuser.of(ctx.text, quantities, ctx.words)
    believed: list[Quantity] = []
    refused: list[Refusal] = []
    for quantity in quantities:
        reason = refuser.reason(quantity)
        if reason is None:
            believed.append(quantity)
        else:
            kind: GapKind = "percent" if quantity.cls in SCALES else "quantity"
            refused.append(Refusal(quantity.start, quantity.end, kind, reason))
    return believed, refused


def _target(ctx: Context, row: Row) -> Target:
    q = row.quantity
    status: TargetStatus = "reference" if row.reference else status_of(ctx, q.start, q.end)
    kind = KINDS.get(q.cls, "count")
    if q.cls == "zero" and row.indicator.endswith("率"):
        kind, q.unit = "percent", "%"
    funds = rules().funds
    if q.cls == "bare" and (funds.search(row.indicator) or funds.match(ctx.text, q.end)):
        kind = "amount"
    return Target(
        q.start,
        q.end,
        kind,
        q.comparator,
        q.value,
        q.upper,
        q.unit,
        status,
        f"target.{q.cls}",
        row.indicator or None,
        row.subject,
        q.redacted,
        q.changed,
        row.baseline,
        direction=_direction(ctx, q) if q.changed else None,
    )


def _direction(ctx: Context, q: Quantity) -> Direction | None:
    """The way a change goes; where no word tells, a minus does."""
    return direction_of(ctx, q.start, q.end) or ("down" if (q.value or 0) < 0 else None)
