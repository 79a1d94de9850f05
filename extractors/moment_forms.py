"""Days, months and counts in the words that the rules of dates read."""

from __future__ import annotations

from datetime import date

from extractors.numbers import value_of
from extractors.periods import month_end

_FUTURE_YEARS = 20  # a year of two digits lies at most so far ahead


def told(day: date) -> str:
    """A day in words: 2023年6月30日."""
    return f"{day.year}年{day.month}月{day.day}日"


def month_of(day: date) -> str:
    """A month in words: 2023年6月."""
    return f"{day.year}年{day.month}月"


def span(first: date, last: date) -> str:
    """Two days as a range in words."""
    return f"{told(first)}至{told(last)}"


def months_on(day: date, count: int) -> date:
    """The day so many months on; the last of its month where the month is shorter."""
    months = day.year * 12 + day.month - 1 + count
    last = month_end(months // 12, months % 12 + 1)
    return last.replace(day=min(day.day, last.day))


def number(text: str | None) -> float:
    """A count in digits or Chinese numerals; 0 where there is none."""
    return 3.0 if text == "仨" else (value_of(text or "") or 0.0)


def full_year(short: int, day: date) -> int:
    """The year that two digits stand for: the last such year, or one of the next ``_FUTURE_YEARS``."""
    return 100 * ((day.year + _FUTURE_YEARS - short) // 100) + short
