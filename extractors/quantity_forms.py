"""What a numeral with its unit says: the value, its unit and what is blanked, for each form that a quantity takes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.mentions import Comparator
from extractors.numbers import split, value_of

_PAIR = re.compile(
    r"^([一二两三四五六七八九])([二两三四五六七八九])(?=[十百千万亿]|$)|^(十)?([一二两三四五六七八])([二两三四五六七八九])$"
)
_WORD = re.compile(r"[一-鿿(：:、，|]")
_YEARLY = ("同比", "环比", "分别")
#: What stands for digits that are left out.
BLANKS = "xX×*_□■"

#: Classes of units that measure on a scale, so that the thing measured stands before the number.
SCALES = frozenset(("percent", "points", "tenths", "permille", "permyriad", "ratio", "share", "times", "fold"))


@dataclass(slots=True)
class Quantity:
    """A number with its unit at ``[core, end)``; ``start`` takes in the bound words that touch it, ``lead`` all words
    that lead to it (`年均增长`), so that what stands before ``lead`` may be the thing measured."""

    core: int
    end: int
    cls: str
    unit: str
    value: float | None
    upper: float | None
    redacted: bool
    comparator: Comparator
    start: int = 0
    lead: int = 0
    levelled: bool = False
    bounded: bool = False
    changed: bool = False
    suffixed: bool = False


def measured(match: re.Match[str], unit: str, cls: str) -> Quantity:
    first, second = match["first"], match["second"] if cls != "bare" else None
    end = match.end()
    factor = 1.0
    if cls == "tenths":
        unit, factor = "%", 10.0
    elif unit == "个多百分点":
        unit, first = unit[2:], first + "多"
    elif unit.startswith("个") and unit not in ("个", "个月", "个方面"):
        unit = unit[1:]  # 个百分点, 个学分: the unit is the noun
    if first[0] in BLANKS:
        magnitude = first.rstrip()[-1] if first.rstrip()[-1] in "万亿" else ""
        comparator: Comparator = "approx" if first.rstrip("万亿 ")[-1] in "多余" else "eq"
        if second is not None:
            comparator = "range"
        return Quantity(match.start(), end, cls, magnitude + unit, None, None, True, comparator)
    approx = "多" in first or "余" in first or first[0] in "几数" or "几" in first
    value, magnitude = split(first)
    upper: float | None = None
    if second is not None:
        upper, magnitude_of_upper = split(second)
        if magnitude != magnitude_of_upper:
            value = _rescale(value, magnitude, magnitude_of_upper) if magnitude else value
            magnitude = magnitude_of_upper
    elif len(first) > 1 and (pair := _PAIR.match(first)) is not None:
        value, upper, magnitude = _paired(first, pair)
    comparator = "range" if upper is not None else "approx" if approx else "eq"
    return Quantity(
        match.start(),
        end,
        cls,
        magnitude + unit,
        None if value is None else value * factor,
        None if upper is None else upper * factor,
        False,
        comparator,
    )


def _rescale(value: float | None, own: str, wanted: str) -> float | None:
    """`5000万~1亿`: the first number in the unit of the second."""
    of_own, of_wanted = value_of(own), value_of(wanted) if wanted else 1.0
    return None if value is None or not of_own or not of_wanted else value * of_own / of_wanted


def _paired(numeral: str, pair: re.Match[str]) -> tuple[float | None, float | None, str]:
    """`一两`, `三五百`, `十五六`: two numbers written as one."""
    tens, low, high = pair[3] or "", pair[1] or pair[4], pair[2] or pair[5]
    rest = numeral[pair.end() :]
    value, magnitude = split(tens + low + rest)
    return value, split(tens + high + rest)[0], magnitude


def sign(text: str, quantity: Quantity) -> None:
    """A minus that stands before a number on a scale: `增长-1.2%`, `负3%`."""
    at = quantity.core - 1
    if at >= 1 and quantity.cls in SCALES and text[at] in "-负" and _WORD.match(text, at - 1) and quantity.value:
        quantity.core, quantity.value = at, -quantity.value
        quantity.changed = quantity.changed or text.endswith(_YEARLY, 0, at)


def fraction(match: re.Match[str]) -> Quantity:
    if match["above"]:
        value: float | None = int(match["above"]) / int(match["below"])
        return Quantity(match.start(), match.end(), "share", "", value, None, False, "eq")
    if match["per"]:
        return Quantity(match.start(), match.end(), "permyriad", "‱", float(match["per"]) / 10, None, False, "eq")
    base = match["base"]
    cls, unit = {
        "百": ("percent", "%"),
        "千": ("permille", "‰"),
        "万": ("permyriad", "‱"),
        "十万": ("permyriad", "‱"),
    }.get(base, ("share", ""))
    redacted = match["first"][0] in BLANKS
    value = None if redacted else value_of(match["first"])
    if base == "十万" and value is not None:
        value = value / 10  # 十万分之九 is 0.9‱
    if cls == "share" and value is not None:
        value = value / (value_of(base) or 1)
    return Quantity(match.start(), match.end(), cls, unit, value, None, redacted, "eq")


def ratio(match: re.Match[str]) -> Quantity:
    first, second = float(match["first"]), float(match["second"])
    if match["more"]:
        tail = match[0][len(match["first"]) :].replace("比", ":")
        return Quantity(match.start(), match.end(), "ratio", tail, first, None, False, "eq")
    value = first / second if second else None
    return Quantity(match.start(), match.end(), "ratio", ":1", value, None, False, "eq")


def fold(match: re.Match[str]) -> Quantity:
    times = value_of(match["times"]) if match["times"] else 1
    return Quantity(match.start(), match.end(), "fold", "倍", 2.0 ** (times or 1), None, False, "eq", changed=True)
