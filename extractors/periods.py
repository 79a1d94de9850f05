"""Calendar arithmetic: the first and the last day of the periods that plans name."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from extractors.mentions import Granularity
from lexicons.loader import words

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "O": 0, "o": 0}
EARLY_YEAR_ENDS = (3, 31)
FIRST_YEAR, LAST_YEAR = 1000, 2999


@dataclass(frozen=True, slots=True)
class Interval:
    """From first to last day, inclusive; null where the text does not tell. ``redacted``: its digits are blanked."""

    start: date | None
    end: date | None
    granularity: Granularity
    redacted: bool = False
    recurring: bool = False

    def of(self, granularity: Granularity) -> Interval:
        """The same days under another granularity."""
        return replace(self, granularity=granularity)


def number(text: str) -> int | None:
    """The value of up to three digits or Chinese numerals; None for 半 and anything else."""
    if text.isdigit():
        return int(text)
    left, ten, right = text.partition("十")
    if not ten:
        return _DIGITS.get(text) if len(text) == 1 else None
    tens, ones = (_DIGITS.get(left) if left else 1), (_DIGITS.get(right) if right else 0)
    return None if tens is None or ones is None else 10 * tens + ones


def year_number(text: str) -> int:
    """The year of four digits or Chinese digits: 2023, 二〇二三."""
    return int(text) if text.isdigit() else int("".join(c if c.isdigit() else str(_DIGITS[c]) for c in text))


def unknown(granularity: Granularity, redacted: bool = False, recurring: bool = False) -> Interval:
    """A period whose days the text does not tell."""
    return Interval(None, None, granularity, redacted, recurring)


def span(start: date, end: date, granularity: Granularity) -> Interval:
    """The days from start to end."""
    return Interval(start, end, granularity)


def years(first: int, last: int | None = None) -> Interval:
    """The calendar year, or the years from first to last."""
    last = first if last is None else last
    return span(date(first, 1, 1), date(last, 12, 31), "year" if first == last else "multi_year")


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def months(year: int, first: int, last: int | None = None, last_year: int | None = None) -> Interval:
    """The month, or the months from first to last; a last month before the first lies in the next year."""
    last = first if last is None else last
    if last_year is None:
        last_year = year + 1 if last < first else year
    return span(date(year, first, 1), month_end(last_year, last), "month")


def day(year: int, month: int, number_: int) -> date:
    """The day, or the month's last day where the month is shorter."""
    return min(date(year, month, 1).replace(day=1), month_end(year, month)).replace(
        day=min(number_, month_end(year, month).day)
    )


def ten_days(year: int, month: int, which: str) -> Interval:
    """上旬, 中旬, 下旬 of a month; 中下 is the middle and the last together."""
    first = {"上": 1, "中": 11, "下": 21}[which[0]]
    last = {"上": 10, "中": 20}.get(which[-1])
    end = date(year, month, last) if last else month_end(year, month)
    return span(date(year, month, first), end, "month")


def quarter(year: int, first: int, last: int | None = None) -> Interval:
    """The quarter, or the quarters from first to last."""
    last = first if last is None else last
    return span(date(year, 3 * first - 2, 1), month_end(year, 3 * last), "quarter")


def half(year: int, which: str) -> Interval:
    """上半年, 下半年; 上下半年 is both."""
    first, last = (1 if "上" in which else 7), (12 if "下" in which else 6)
    return span(date(year, first, 1), month_end(year, last), "half")


def term(year: int, season: str) -> Interval:
    """春季学期 and 秋季学期 that begin in a year."""
    if season == "春":
        return span(date(year, 2, 1), date(year, 7, 31), "term")
    return span(date(year, 9, 1), date(year + 1, 1, 31), "term")


def school_year(year: int) -> Interval:
    """The school year that begins in a year."""
    return span(date(year, 9, 1), date(year + 1, 8, 31), "year")


@cache
def five_year_plans() -> dict[str, tuple[int, int]]:
    """First and last year of each five-year plan by its short name (十四五)."""
    return {w.text: (int(w.extra["start"]), int(w.extra["end"])) for w in words("five_year_plans")}


@cache
def festivals() -> dict[str, tuple[int, int]]:
    """Month and day of the festivals that have a fixed one."""
    return {w.text: (int(w.extra["month"]), int(w.extra["day"])) for w in words("festivals") if w.extra["month"]}


def vacation(year: int, which: str) -> Interval:
    """The summer holidays; the days of the winter holidays follow the moon and are not told."""
    return span(date(year, 7, 1), date(year, 8, 31), "term") if which.startswith("暑") else unknown("term")


def next_day(day_: date) -> date:
    """The day after."""
    return day_ + timedelta(days=1)
