"""Days of the lunar calendar and of the solar terms, by the library `lunar_python`, which is loaded only when asked."""

from __future__ import annotations

from datetime import date, timedelta

_MONTHS = {c: i for i, c in enumerate("一二三四五六七八九十", 1)} | {
    "正": 1,
    "十一": 11,
    "冬": 11,
    "十二": 12,
    "腊": 12,
}
_SEASONS = {"春": ("立春", "立夏"), "夏": ("立夏", "立秋"), "秋": ("立秋", "立冬"), "冬": ("立冬", "立春")}
FIRST_YEAR, LAST_YEAR = 1900, 2100


def month_number(text: str) -> int:
    """The number of a lunar month: 正 1, 腊 12."""
    return int(text) if text.isdigit() else _MONTHS[text]


def solar(year: int, month: int, day: int) -> date:
    """The day of a lunar date; a leap month is negative. Raises ValueError where there is none."""
    from lunar_python import LunarMonth

    found = LunarMonth.fromYm(_covered(year), month)
    if found is None or not 1 <= day <= found.getDayCount():
        raise ValueError(f"the lunar year {year} has no day {month}-{day}")
    first = found.getFirstJulianDay()
    return _of_julian(first) + timedelta(days=day - 1)


def month_days(year: int, month: int) -> tuple[date, date]:
    """The first and the last day of a lunar month. Raises ValueError where there is none."""
    from lunar_python import LunarMonth

    found = LunarMonth.fromYm(_covered(year), month)
    if found is None:
        raise ValueError(f"the lunar year {year} has no month {month}")
    first = _of_julian(found.getFirstJulianDay())
    return first, first + timedelta(days=found.getDayCount() - 1)


def solar_term(year: int, name: str) -> date:
    """The day of a solar term in a calendar year."""
    from lunar_python import Solar

    # The table of a lunar year reaches from the winter before it to the spring after it.
    for start in (date(year, 1, 1), date(year, 7, 1)):
        table = Solar.fromYmd(start.year, start.month, start.day).getLunar().getJieQiTable()
        for key, at in table.items():
            if key == name and at.getYear() == year:
                return date(at.getYear(), at.getMonth(), at.getDay())
    raise ValueError(f"the year {year} has no solar term {name}")


def season(year: int, name: str) -> tuple[date, date]:
    """The first and the last day of a season, which the solar terms part; winter ends in the next year."""
    first, following = _SEASONS[name]
    return solar_term(year, first), solar_term(year + (name == "冬"), following) - timedelta(days=1)


def _covered(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"the year {year} lies outside {FIRST_YEAR}..{LAST_YEAR}")
    return year


def _of_julian(number: float) -> date:
    from lunar_python import Solar

    day = Solar.fromJulianDay(number)
    return date(day.getYear(), day.getMonth(), day.getDay())
