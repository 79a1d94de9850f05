"""Percents, bounds and spans of numbers, and money: the atoms of amount, each with its value and nothing else.

Targets are found without this module: it reads any sentence, a plan's or not, and judges nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from extractors.mentions import Span
from extractors.numbers import split, value_of
from lexicons.loader import patterns, words

_URL = re.compile(r"(?:https?:|www\.)[!-~？，；！：]+")
# What may stand between two bounds of one number: 大于20的同时小于等于35.
_LINK = re.compile(r"[，、]?(?:的?同时|并且|而且|并|且)?(?:也)?")
_PAIR = re.compile(r"([一两二三四五六七八])([二两三四五六七八九])(?=[十百千万亿]|$)")
_VAGUE = re.compile(r"[几数]")
_BASES = {"佰": "百", "仟": "千"}


@dataclass(frozen=True, slots=True)
class Percent:
    """A share in percent, or a change in percentage points (`unit` 百分点)."""

    start: int
    end: int
    value: float
    unit: str = "%"


@dataclass(frozen=True, slots=True)
class Range:
    """Bounds of a number; null is open."""

    start: int
    end: int
    low: float | None
    high: float | None
    low_inclusive: bool
    high_inclusive: bool


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole units of an ISO currency, or its bounds where the words leave it open."""

    start: int
    end: int
    currency: str
    value: float | None
    low: float | None = None
    high: float | None = None


@cache
def _rules(prefix: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((p.id.rpartition(".")[2], p.regex) for p in patterns(prefix))


def _apart(text: str, prefix: str) -> list[tuple[str, re.Match[str]]]:
    """The matches of the rules, the longest where two overlap, in order of place."""
    urls = [m.span() for m in _URL.finditer(text)]
    every = ((name, m) for name, regex in _rules(prefix) for m in regex.finditer(text))
    found = [(name, m) for name, m in every if not _inside(m.start(), urls)]
    found.sort(key=lambda pair: (-len(pair[1][0]), pair[1].start()))
    taken: list[tuple[str, re.Match[str]]] = []
    for name, m in found:
        if all(m.end() <= other.start() or other.end() <= m.start() for _, other in taken):
            taken.append((name, m))
    return sorted(taken, key=lambda pair: pair[1].start())


def _inside(at: int, spans: list[Span]) -> bool:
    return any(a <= at < b for a, b in spans)


def percents(text: str) -> list[Percent]:
    """Every percentage of a normalized text; discounts (九折) and tenths (九成) are percentages too."""
    return [p for name, m in _apart(text, "percent") if (p := _percent(name, m)) is not None]


def _percent(name: str, m: re.Match[str]) -> Percent | None:
    if name == "discount" and m["half"]:
        return Percent(m.start(), m.end(), 50.0)
    numeral, end = m["v"].replace(" ", ""), m.end()
    if name == "of" and numeral[-1] in "百千万" and m.string.startswith("分", end):
        numeral, end = numeral[:-1], end - 1  # 百分之七十百分位
    value = value_of(numeral)
    if value is None or (name == "points" and _PAIR.match(numeral)):
        return None
    if name == "of":
        base = value_of("".join(_BASES.get(c, c) for c in m["base"])) or 100.0
        return Percent(m.start(), end, round(value / base * 100, 12))
    if name == "points":
        return Percent(m.start(), m.end(), value, "百分点")
    if name == "tenths" or (name == "discount" and value < 10):
        value *= 10
    return Percent(m.start(), m.end(), value)


def ranges(text: str) -> list[Range]:
    """Every bound and span of numbers; two bounds that close on one number are one range."""
    found: list[Range] = []
    for name, m in _apart(text, "bound.number"):
        bound = _range(name, m)
        if bound is None:
            continue
        closed = _closed(text, found[-1], bound) if found else None
        if closed is not None:
            found[-1] = closed
        else:
            found.append(bound)
    return found


def _range(name: str, m: re.Match[str]) -> Range | None:
    if name == "between":
        return _between(m)
    value = value_of(m["v"])
    if value is None:
        return None
    if name == "many":
        return Range(m.start(), m.end(), value, None, False, False)
    said = {key for key in ("ge", "le", "gt", "lt", "eq") if m.groupdict().get(key)}
    if name == "before" and m["below"]:
        value /= float(m["below"])
    low = value if said & {"ge", "gt", "eq"} else None
    high = value if said & {"le", "lt", "eq"} else None
    return Range(m.start(), m.end(), low, high, bool(said & {"ge", "eq"}), bool(said & {"le", "eq"}))


def _between(m: re.Match[str]) -> Range | None:
    low, high = _ends(m["a"], m["b"] or m["b2"])
    if low is None or high is None or low >= high:
        return None
    return Range(m.start(), m.end(), low, high, True, True)


def _ends(first: str, second: str) -> tuple[float | None, float | None]:
    """The ends of a span; the first takes the magnitude of the second where it has none: 一百二十到一百五十万."""
    low, high = value_of(first), value_of(second)
    base, magnitude = split(second)
    if magnitude and not split(first)[1] and low is not None and base is not None and low < base:
        low *= value_of(magnitude) or 1
    return low, high


def _closed(text: str, first: Range, second: Range) -> Range | None:
    """The range of a lower and an upper bound that stand together, or None."""
    if not _LINK.fullmatch(text, first.end, second.start):
        return None
    if first.high is None and second.low is None and first.low is not None and second.high is not None:
        low, high = first, second
    elif first.low is None and second.high is None and first.high is not None and second.low is not None:
        low, high = second, first
    else:
        return None
    if (low.low or 0) >= (high.high or 0):
        return None
    return replace(low, start=first.start, end=second.end, high=high.high, high_inclusive=high.high_inclusive)


def moneys(text: str) -> list[Money]:
    """Every amount of money of a normalized text, in order."""
    return list(_moneys(text))


@cache
def _currencies() -> dict[str, str]:
    return {w.text: w.cls for w in words("currencies")}


def _moneys(text: str) -> Iterator[Money]:
    for _, m in _apart(text, "money"):
        currency = _currencies()[m["u"]]
        if m["b"]:
            low, high = _ends(m["a"], m["b"])
        else:
            low, high = _vague(m["a"])
        if low is not None and high is not None:
            yield Money(m.start(), m.end(), currency, None, low, high)
            continue
        value = value_of(m["a"])
        if value is not None:
            small = (value_of(m["jiao"] or "") or 0) / 10 + (value_of(m["fen"] or "") or 0) / 100
            yield Money(m.start(), m.end(), currency, round(value + small, 6))


def _vague(numeral: str) -> tuple[float | None, float | None]:
    """What a vague numeral lies between: 几十万 from 100000 to 1000000, 三五百 from 300 to 500."""
    pair = _PAIR.match(numeral)
    if pair:
        rest = numeral[pair.end() :]
        return value_of(pair[1] + rest), value_of(pair[2] + rest)
    if _VAGUE.match(numeral):
        low = value_of("一" + numeral[1:])
        return low, None if low is None else 10 * low
    return None, None
