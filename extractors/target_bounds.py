"""Bounds and bases beside a quantity: what stands apart from its number, holds for the next one, or only tells which
things are counted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.indicator_edges import EDGE
from extractors.indicator_rules import rules
from extractors.mentions import Comparator
from extractors.quantities import SCALES, Quantity

_FROM = re.compile(r"[由从](?:\d{4}年)?[^，。；\d]{0,16}$")
_FAR = 40
#: Classes of quantities that a goal is given in.
_OF_GOALS = ("percent", "points", "amount")
_LISTED = ("、", "和", "与", "及", "，")
_AT_MOST = ("最多", "至多", "不超过", "最高")
_BREAK = re.compile(r"[，。；、！？:\n]")
_BOUNDS: dict[str, Comparator] = {"低": "ge", "少": "ge", "高": "le", "超": "le", "突": "le"}


@dataclass(slots=True)
class Row:
    """A target in the making; ``reference`` marks a base or a threshold, ``joint`` a list of names for many values,
    ``lent`` what each of them borrows.

    ``bases`` are the rows whose values are the bases of this one and of those after it in its list.
    """

    quantity: Quantity
    indicator: str = ""
    subject: str | None = None
    baseline: float | None = None
    reference: bool = False
    joint: str = ""
    lent: str = ""
    bases: Sequence[Row] = ()


def is_threshold(text: str, quantity: Quantity, previous: Row | None, following: Quantity | None) -> bool:
    """`10亿元以上项目5个`, `5所500人以下的小学`: the bound tells which things are counted."""
    if _sizes(text, quantity, following):
        return True
    if _passed(text, quantity) or _holds(text, quantity, following):
        return True
    start = quantity.start
    if text[start - 1 : start] == "的" and rules().compared_base.search(text, max(0, start - 24), start):
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
    if not between and quantity.cls == "amount" and following.cls == "count":
        return True  # `注册资金千万元以上46家`
    return 0 < len(between) <= 14 and not _BREAK.search(between)


def _passed(text: str, quantity: Quantity) -> bool:
    """`高于8%的目标1.5个百分点`: the goal that the result is measured against."""
    if quantity.cls not in _OF_GOALS:
        return False
    goal = rules().goal_passed.search(text, max(0, quantity.core - 14), quantity.end + 6)
    return goal is not None and goal.start() < quantity.core < goal.end()


def _holds(text: str, quantity: Quantity, following: Quantity | None) -> bool:
    """`660升垃圾桶700个`: a volume that tells which things are counted."""
    if following is None or following.cls != "count" or quantity.cls != "physical" or following.lead != following.core:
        return False
    return rules().container.search(text, quantity.end - 1, following.core) is not None


def _sizes(text: str, quantity: Quantity, following: Quantity | None) -> bool:
    """`总投资超10亿元项目50个`: an amount above a bound that belongs to the things counted after it."""
    if following is None or following.cls != "count" or quantity.cls != "amount":
        return False
    bounded = quantity.comparator in ("gt", "ge", "approx")
    if bounded and quantity.suffixed and following.lead == following.core == quantity.end:
        return True  # `其中1000万元以上6家`
    return bounded and rules().sized_thing.match(text, quantity.end, following.lead) is not None


def set_apart(quantity: Quantity, segment: str, far: tuple[str, Comparator] | None) -> None:
    """A bound that stands apart from its number: `至少开展2次`, `不低于总课时的9%` (``far``)."""
    if quantity.comparator != "eq" or quantity.cls == "points":
        return
    if quantity.cls in SCALES:
        if far is not None:
            quantity.comparator = far[1]
    elif match := rules().at_least.search(segment[-_FAR:]):
        quantity.comparator = "le" if match[0].startswith(_AT_MOST) else "ge"


def far_bound(segment: str) -> tuple[str, Comparator] | None:
    """`课程课时不低于总课时`: what stands before a bound that is apart from its number, and that bound."""
    r = rules()
    found = list(r.far_bound.finditer(segment))
    if not found or r.scale_end.search(r.comparison.sub("", segment.rstrip(EDGE)).rstrip(EDGE)):
        return None
    match = next((m for m in found if m["bound"][0] == "不"), found[-1])
    word = match["bound"]
    comparator: Comparator = "eq"
    if word[0] == "不":
        comparator = next((c for k, c in _BOUNDS.items() if k in word), "eq")
    elif word in ("超过", "高于"):
        comparator = "gt"
    elif word == "低于":
        comparator = "lt"
    return segment[: match.start()], comparator


def inherit_bound(text: str, row: Row, previous: Row) -> None:
    """`不得突破45名、50名`; `6个学分(108课时)`: a bound before the first value holds for the next."""
    a, b = previous.quantity, row.quantity
    alike = a.cls == b.cls or text[a.end : a.end + 1] == "("
    if alike and b.comparator == "eq" and not b.levelled and not b.changed and a.bounded and not a.suffixed:
        b.comparator = a.comparator
    b.changed = b.changed or (a.cls == b.cls and a.changed and not b.levelled)
    if a.comparator == "eq" and b.suffixed and (a.levelled or (a.changed and b.comparator == "approx")):
        a.comparator = b.comparator


def baseline_of(text: str, cut: int, row: Row, previous: Row) -> None:
    """`由23.2%提高到24.1%`: the first value is the base of the second; ``cut`` is where its clause starts."""
    a, b = previous.quantity, row.quantity
    joined = a.cls == b.cls and b.lead <= a.end + 2 and (b.levelled or text[a.end : b.core] in ("到", "至"))
    if joined and _FROM.search(text[max(cut, a.core - 20) : a.core]):
        previous.reference, row.baseline = True, a.value


def paired_bases(text: str, cut: int, row: Row, rows: Sequence[Row]) -> None:
    """`从202元、270元提高到209元、280元`: each value has the base that stands in its place of the list before."""
    previous, b = rows[-1], row.quantity
    if previous.bases[1:] and text[previous.quantity.end : b.core] in _LISTED:
        row.bases = previous.bases[1:]
    elif b.levelled and b.lead <= previous.quantity.end + 2 and not previous.bases:
        first = len(rows) - 1
        while first and text[rows[first - 1].quantity.end : rows[first].quantity.core] in _LISTED:
            first -= 1
        head = rows[first].quantity
        if first < len(rows) - 1 and head.cls == b.cls and _FROM.search(text[max(cut, head.core - 20) : head.core]):
            row.bases = rows[first:]
    if row.bases:
        base = row.bases[0]
        for other in row.bases:
            other.reference = True
        row.baseline = base.quantity.value
        row.indicator, row.subject = base.indicator, base.subject
