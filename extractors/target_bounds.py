"""Bounds and bases beside a quantity: what stands apart from its number, holds for the next one, or only tells which
things are counted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors import indicators
from extractors.indicator_rules import rules
from extractors.quantities import SCALES, Quantity

_FROM = re.compile(r"[由从](?:\d{4}年)?[^，。；\d]{0,16}$")
_BREAK = re.compile(r"[，。；、！？:\n]")


@dataclass(slots=True)
class Row:
    """A target in the making; ``reference`` marks a base or a threshold, ``joint`` a list of names for many values."""

    quantity: Quantity
    indicator: str = ""
    subject: str | None = None
    baseline: float | None = None
    reference: bool = False
    joint: str = ""


def is_threshold(text: str, quantity: Quantity, previous: Row | None, following: Quantity | None) -> bool:
    """`10亿元以上项目5个`, `5所500人以下的小学`: the bound tells which things are counted."""
    if _sizes(text, quantity, following):
        return True
    if quantity.suffixed and not quantity.levelled and rules().bounded_thing.match(text, quantity.end):
        return True
    if not quantity.suffixed or quantity.levelled or quantity.bounded or quantity.cls in SCALES:
        return False
    if previous is not None and previous.quantity.end == quantity.core and text.startswith("的", quantity.end):
        return True
    if following is None:
        return False
    between = text[quantity.end : following.lead]
    return 0 < len(between) <= 14 and not _BREAK.search(between)


def _sizes(text: str, quantity: Quantity, following: Quantity | None) -> bool:
    """`总投资超10亿元项目50个`: an amount above a bound that belongs to the things counted after it."""
    if following is None or following.cls != "count" or quantity.cls != "amount":
        return False
    bounded = quantity.comparator in ("gt", "ge", "approx")
    return bounded and rules().sized_thing.match(text, quantity.end, following.lead) is not None


def set_apart(quantity: Quantity, segment: str) -> None:
    """A bound that stands apart from its number: `至少开展2次`, `不低于总课时的9%`."""
    if quantity.comparator != "eq" or quantity.cls == "points":
        return
    if quantity.cls in SCALES:
        if (far := indicators.far_bound(segment)) is not None:
            quantity.comparator = far[1]
    elif match := rules().at_least.search(segment[-14:]):
        quantity.comparator = "le" if match[0] in ("最多", "至多", "不超过") else "ge"


def inherit_bound(text: str, row: Row, previous: Row) -> None:
    """`不得突破45名、50名`; `6个学分(108课时)`: a bound before the first value holds for the next."""
    a, b = previous.quantity, row.quantity
    alike = a.cls == b.cls or text[a.end : a.end + 1] == "("
    if alike and b.comparator == "eq" and not b.levelled and not b.changed and a.bounded and not a.suffixed:
        b.comparator = a.comparator
    b.changed = b.changed or (a.cls == b.cls and a.changed and not b.levelled)
    if a.comparator == "eq" and b.suffixed and a.levelled:
        a.comparator = b.comparator


def baseline_of(text: str, cut: int, row: Row, previous: Row) -> None:
    """`由23.2%提高到24.1%`: the first value is the base of the second; ``cut`` is where its clause starts."""
    a, b = previous.quantity, row.quantity
    joined = a.cls == b.cls and b.lead <= a.end + 2 and (b.levelled or text[a.end : b.core] in ("到", "至"))
    if joined and _FROM.search(text[max(cut, a.core - 20) : a.core]):
        previous.reference, row.baseline = True, a.value
