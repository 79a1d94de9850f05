"""Quantified targets: a quantity that is believed, with what it measures and whether it is planned or done."""

from __future__ import annotations

from extractors.mentions import Context, Found, Refusal, Target, TargetKind
from extractors.quantities import Quantity, scan
from extractors.status import status_of
from extractors.target_refusals import Refuser

_KINDS: dict[str, TargetKind] = {
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
    refuser = Refuser.of(ctx.text)
    rows, refused = [], []
    for q in scan(ctx.text):
        reason = refuser.reason(q)
        if reason is not None:
            refused.append(Refusal(q.start, q.end, "quantity", reason))
            continue
        rows.append(Target(q.start, q.end, _KINDS.get(q.cls, "count"), q.comparator, q.value, q.upper, q.unit,
            status_of(ctx, q.start, q.end), "target." + q.cls, None, None, q.redacted, q.changed))
    return Found(rows, refused)
