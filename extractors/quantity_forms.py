"""What a numeral with its unit says: the value, its unit and what is blanked, for each form that a quantity takes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.mentions import Comparator
from extractors.numbers import split, value_of

_PAIR = re.compile(
    r"^([一二两三四五六七八九])([二两三四五六七八九])(?=[十百千万亿]|$)|^(十)?([一二两三四五六七八])([二两三四五六七八九])$"
)
#: What may begin two numbers that are written as one.
_LOW = "一二两三四五六七八九十"
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


def measured(core: int, end: int, first: str, second: str | None, unit: str, cls: str) -> Quantity:
    """A number, or a range to a second one, with a measure word; ``unit`` is empty where it is left out."""
    if cls == "tenths":
        unit = "%"
    elif unit == "个多百分点":
        unit, first = unit[2:], first + "多"
    elif len(unit) > 1 and unit[0] == "个" and unit not in ("个月", "个方面"):
        unit = unit[1:]  # 个百分点, 个学分: the unit is the noun
    head = first[0]
    if head in BLANKS:
        return _blanked(core, end, first, second, unit, cls)
    value, magnitude = split(first)
    upper: float | None = None
    if second is not None:
        upper, magnitude_of_upper = split(second)
        if magnitude != magnitude_of_upper:
            value = _rescale(value, magnitude, magnitude_of_upper) if magnitude else value
            magnitude = magnitude_of_upper
    elif head in _LOW and (pair := _PAIR.match(first)) is not None:
        value, upper, magnitude = _paired(first, pair)
    if cls == "tenths":
        value, upper = (None if number is None else number * 10 for number in (value, upper))
    approx = head in "几数" or "多" in first or "余" in first or "几" in first
    comparator: Comparator = "range" if upper is not None else "approx" if approx else "eq"
    return Quantity(core, end, cls, magnitude + unit, value, upper, False, comparator)


def _blanked(core: int, end: int, first: str, second: str | None, unit: str, cls: str) -> Quantity:
    """A number whose digits are left out."""
    last = first.rstrip()[-1]
    magnitude = last if last in "万亿" else ""
    approx = first.rstrip("万亿 ")[-1] in "多余"
    comparator: Comparator = "range" if second is not None else "approx" if approx else "eq"
    return Quantity(core, end, cls, magnitude + unit, None, None, True, comparator)


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
