"""Atoms of a text: numbers, percents, ranges, money, measures and times with their values, whatever they are about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from extractors import amounts, moments, numbers, quantities

AtomKind = Literal["number", "percent", "range", "money", "measure", "time"]
_MAGNITUDES = {"万": 1e4, "亿": 1e8}
_NO_MEASURE = frozenset(
    ("percent", "points", "tenths", "permille", "permyriad", "ratio", "share", "fold", "amount", "bare")
)
#: What an atom of a kind carries besides its kind and span.
FIELDS: dict[AtomKind, tuple[str, ...]] = {
    "number": ("value",),
    "percent": ("value", "unit"),
    "range": ("low", "high", "low_inclusive", "high_inclusive"),
    "money": ("value", "low", "high", "currency"),
    "measure": ("value", "unit"),
    "time": ("date_start", "date_end"),
}


@dataclass(frozen=True, slots=True)
class Atom:
    """One atom. Its kind tells which values it carries (``FIELDS``); a null bound or date is open or unknown.

    value, low, high: plain numbers; a percentage in percent, money in whole units of ``currency`` (ISO 4217).
    unit:             `%` or `百分点` of a percent, the measure word of a measure.
    date_start, date_end: the days of a time, inclusive.
    """

    kind: AtomKind
    start: int
    end: int
    value: float | None = None
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    low_inclusive: bool | None = None
    high_inclusive: bool | None = None
    currency: str | None = None
    date_start: date | None = None
    date_end: date | None = None


def find(text: str, day: date | None = None) -> list[Atom]:
    """Every atom of a normalized text without blanks, in order of place; kinds overlap (60% holds the number 60).

    ``day`` is the day that relative times are seen from; without it they have null dates.
    """
    found = [Atom("number", n.start, n.end, value=n.value) for n in numbers.find(text)]
    found += [Atom("percent", p.start, p.end, value=p.value, unit=p.unit) for p in amounts.percents(text)]
    found += [
        Atom(
            "range", r.start, r.end, low=r.low, high=r.high,
            low_inclusive=r.low_inclusive, high_inclusive=r.high_inclusive,
        )
        for r in amounts.ranges(text)
    ]  # fmt: skip
    found += [
        Atom("money", m.start, m.end, value=m.value, low=m.low, high=m.high, currency=m.currency)
        for m in amounts.moneys(text)
    ]
    found += _measures(text)
    found += [
        Atom("time", t.start, t.end, date_start=t.date_start, date_end=t.date_end) for t in moments.find(text, day)
    ]
    return sorted(found, key=lambda atom: (atom.start, atom.end, atom.kind))


def _measures(text: str) -> list[Atom]:
    measures = []
    for q in quantities.scan(text):
        if q.cls not in _NO_MEASURE and q.value is not None:
            unit = q.unit.lstrip("万亿")
            factor = 1.0
            for magnitude in q.unit[: len(q.unit) - len(unit)]:
                factor *= _MAGNITUDES[magnitude]
            measures.append(Atom("measure", q.core, q.end, value=q.value * factor, unit=unit))
    return measures
