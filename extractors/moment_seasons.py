"""Times of the lunar calendar, of the seasons and of leap years, in words that name days."""

from __future__ import annotations

import re
from calendar import isleap
from datetime import date, timedelta

from extractors import lunar
from extractors.moment_forms import full_year, number, span, told


def leap_day(_m: re.Match[str], day: date | None) -> str | None:
    """2月29日 without a year: that of the last leap year."""
    if day is None:
        return None
    year = next(year for year in range(day.year, day.year - 9, -1) if isleap(year))
    return f"{year}年2月29日"


def _year_of(digits: str | None, relative: str | None, day: date | None) -> int | None:
    if digits:
        return int(digits)
    if day is None:
        return None
    return day.year + ({"去": -1, "今": 0, "明": 1, "后": 2, "前": -2}[relative[0]] if relative else 0)


def lunar_day(m: re.Match[str], day: date | None) -> str | None:
    """A day or a leap month of the lunar calendar."""
    year = _year_of(m["y"], m["ry"], day)
    if year is None:
        return None
    if m["eve"]:
        return told(lunar.solar(year, 1, 1) - timedelta(days=1))
    if m["new"]:
        return told(lunar.solar(year, 1, int(number(m["nd"]))))
    if m["leap"]:
        return span(*lunar.month_days(year, -lunar.month_number(m["lm"])))
    days = m["d"].removeprefix("初").replace("廿", "二十")
    return told(lunar.solar(year, lunar.month_number(m["m"]), int(number(days))))


def season(m: re.Match[str], day: date | None) -> str | None:
    """A season, which the solar terms part."""
    year = _year_of(m["y"] or m["y2"], m["ry"] or m["ry2"], day)
    return None if year is None else span(*lunar.season(year, m["s"] or m["s2"]))


def solar_term(m: re.Match[str], day: date | None) -> str | None:
    """The day of a solar term."""
    if len(m["y"]) == 2 and day is None:
        return None
    year = int(m["y"]) if day is None or len(m["y"]) == 4 else full_year(int(m["y"]), day)
    return told(lunar.solar_term(year, m["t"]))
