"""What a day tells about a time expression, in words that name days, months and years.

One function a rule of ``lexicons/patterns/moments.yaml``: it takes the match and the day of the text, and returns the
words, or None where the day does not tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from extractors import lunar
from extractors.numbers import value_of
from extractors.periods import month_end, year_number

_DAYS = {
    "大前天": -3,
    "前天": -2,
    "昨天": -1,
    "昨日": -1,
    "今天": 0,
    "今日": 0,
    "明天": 1,
    "明日": 1,
    "后天": 2,
    "大后天": 3,
}
_YEARS = {"大前年": -3, "上一年": -1, "这一年": 0, "下年": 1, "下一年": 1, "后年": 2, "大后年": 3}
_STEPS = {"上上": -2, "上一": -1, "上": -1, "本": 0, "这": 0, "当": 0, "下": 1, "下一": 1, "下下": 2}
_WEEKDAYS = {c: i for i, c in enumerate("一二三四五六日")} | {"天": 6}
# The length of a unit in days, where a count of it is no whole number of calendar units.
_LENGTHS = {"年": 365.0, "季度": 91.25, "月": 30.417, "周": 7.0, "星期": 7.0, "天": 1.0, "日": 1.0}
_FUTURE_YEARS = 20  # a year of two digits lies at most so far ahead

Worder = Callable[[re.Match[str], date | None], str | None]


def told(day: date) -> str:
    """A day in words: 2023年6月30日."""
    return f"{day.year}年{day.month}月{day.day}日"


def _month(day: date) -> str:
    return f"{day.year}年{day.month}月"


def _span(first: date, last: date) -> str:
    return f"{told(first)}至{told(last)}"


def _months_on(day: date, count: int) -> date:
    """The day so many months on; the last of its month where the month is shorter."""
    months = day.year * 12 + day.month - 1 + count
    last = month_end(months // 12, months % 12 + 1)
    return last.replace(day=min(day.day, last.day))


def _number(text: str | None) -> float:
    return 3.0 if text == "仨" else (value_of(text or "") or 0.0)


def _numeric_date(m: re.Match[str], _day: date | None) -> str:
    return f"{m['y']}年{int(m['m'])}月{int(m['d'])}日"


def _numeric_month(m: re.Match[str], _day: date | None) -> str:
    return f"{m['y'] or m['y2']}年{int(m['m'] or m['m2'])}月"


def _bare_year(m: re.Match[str], _day: date | None) -> str:
    return f"{m['y'] or m['y2']}年"


def _relative_day(m: re.Match[str], day: date | None) -> str | None:
    return told(day + timedelta(days=_DAYS[m["w"]])) if day else None


def _week(m: re.Match[str], day: date | None) -> str | None:
    if day is None:
        return None
    monday = day + timedelta(days=7 * _STEPS[m["w"]] - day.weekday())
    if m["d"]:
        return told(monday + timedelta(days=_WEEKDAYS[m["d"]]))
    return _span(monday, monday + timedelta(days=6))


def _last_days(m: re.Match[str], day: date | None) -> str | None:
    if day is None:
        return None
    month = _months_on(day, _STEPS[m["w"]])
    last = month_end(month.year, month.month)
    return _span(last - timedelta(days=int(_number(m["n"])) - 1), last)


def _relative_month(m: re.Match[str], day: date | None) -> str | None:
    if day is None:
        return None
    month = _months_on(day.replace(day=1), _STEPS[m["w"]])
    return f"{month.month}月" if m.string[m.start() - 1 : m.start()] == "年" else _month(month)


def _relative_quarter(m: re.Match[str], day: date | None) -> str | None:
    if day is None:
        return None
    month = _months_on(day.replace(day=1), 3 * _STEPS[m["w"] or m["w2"]])
    return f"{month.year}年{'一二三四'[(month.month - 1) // 3]}季度"


def _half(m: re.Match[str], day: date | None) -> str | None:
    if m["part"]:
        return "上半年" if m["part"] == "前" else "下半年"
    if day is None:
        return None
    month = _months_on(day.replace(day=1), 6 * _STEPS[m["w"]])
    return f"{month.year}年{'上' if month.month < 7 else '下'}半年"


def _relative_year(m: re.Match[str], day: date | None) -> str | None:
    return f"{day.year + _YEARS[m['w']]}年" if day else None


def _short_year(m: re.Match[str], day: date | None) -> str | None:
    digits = m["y"] or m["z"] or m["only"] or m["end"]
    year = year_number(digits)
    if day is None:
        return None
    return f"{_full_year(year, day)}年"


def _full_year(short: int, day: date) -> int:
    """The year that two digits stand for: the last such year, or one of the next ``_FUTURE_YEARS``."""
    return 100 * ((day.year + _FUTURE_YEARS - short) // 100) + short


def _worded_year(m: re.Match[str], _day: date | None) -> str:
    return f"{int(_number(m['y']))}年"


def _part_of_year(m: re.Match[str], _day: date | None) -> str:
    if m["start"]:
        return "1月"
    if m["q"]:
        return f"{3 * int(_number(m['q'])) - 2}月"
    if m["n3"]:
        return f"{int(_number(m['n3']))}月"
    count = int(_number(m["n"] or m["n2"]))
    return f"1-{count}月" if m["first"] else f"{13 - count}-12月"


def _last_weeks(m: re.Match[str], day: date | None) -> str | None:
    if day is None:
        return None
    last = date(day.year, 12, 31)
    return _span(last - timedelta(weeks=int(_number(m["n"]))), last)


def _year_of_many(m: re.Match[str], day: date | None) -> str | None:
    return f"{day.year + int(_number(m['n'])) - 1}年" if day else None


def _distance(m: re.Match[str], day: date | None) -> str | None:
    """三年前 is that year, 半年后 that month, 三天前 that day; 以前 and 以后 leave the far side open."""
    if day is None or (m["u"] in "月日" and not (m["half_first"] or m["more"] or "个" in m[0] or m["n"] == "半")):
        return None
    count, rel = _number(m["n"]), m["rel"]
    exact = not (m["h"] or m["half_first"] or m["n"] == "半")
    count += 0.5 if m["h"] or m["half_first"] else 0.0
    ahead = "后" in rel or "内" in rel
    if m["few"] == "几" or m["n"].endswith("几"):
        count = _number(m["n"].rstrip("几"))
        return f"{day.year - int(count) - 10}年至{day.year - int(count)}年" if m["u"] == "年" and not ahead else None
    point = _point(m["u"], count if ahead else -count, day, exact)
    if rel == "以来":
        return _span(_first(m["u"], point, exact), day)
    if "内" in rel:
        return f"{told(_days_on(m['u'], count, day))}前"
    words, open_ = _grain(m["u"], point, exact)
    if len(rel) == 1:
        return words
    return f"{words}起" if ahead else f"{open_}前"


def _days_on(unit: str, count: float, day: date) -> date:
    return day + timedelta(days=round(_LENGTHS[unit] * count))


def _point(unit: str, count: float, day: date, exact: bool) -> date:
    if exact and unit == "年":
        return _months_on(day, int(12 * count))
    if exact and unit == "月":
        return _months_on(day, int(count))
    return _days_on(unit, count, day)


def _first(unit: str, point: date, exact: bool) -> date:
    """The first day of the period that the point lies in."""
    if unit == "年" and exact:
        return date(point.year, 1, 1)
    return point.replace(day=1) if unit in ("年", "季度", "月") else point


def _grain(unit: str, point: date, exact: bool) -> tuple[str, str]:
    """The point in the grain of its unit, for a point in time and for a bound."""
    if unit == "年":
        words = f"{point.year}年" if exact else _month(point)
        return words, words
    if unit == "季度" or (unit == "月" and exact):
        return _month(point), _month(point)
    return told(point), told(point)


def _near(m: re.Match[str], day: date | None) -> str | None:
    if day is None:
        return None
    count, unit = _number(m["n"]), m["u"]
    if m["dir"][0] in "未今接":
        return f"{told(_days_on(unit, count, day))}前"
    months = {"年": 12, "季度": 3, "月": 1}.get(unit)
    first = _months_on(day, -int(months * count)) if months else _days_on(unit, -count, day)
    return _span(first, day)


def _adjoining(m: re.Match[str], day: date | None) -> str | None:
    """前两个月 are the two before this one, 下三年 the three after this year."""
    if day is None:
        return None
    count = int(_number(m["n"]))
    before = m["dir"] in "前上"
    if m["u"] == "年":
        if m["dir"] == "后":
            return _span(day + timedelta(days=1), _months_on(day, 12 * count))
        first = day.year - count if before else day.year + 1
        return f"{first}年至{first + count - 1}年" if count > 1 else f"{first}年"
    month = _months_on(day.replace(day=1), -count if before else 1)
    return f"{_month(month)}至{_month(_months_on(month, count - 1))}" if count > 1 else _month(month)


def _until_now(m: re.Match[str], day: date | None) -> str | None:
    return f"至{told(day)}" if day else None


def _joint(m: re.Match[str], _day: date | None) -> str:
    return "月" if m["twice"] else "至"


def _inclusive(m: re.Match[str], _day: date | None) -> str:
    return "前" if m["side"] == "前" else "起"


def _loose_day(m: re.Match[str], _day: date | None) -> str:
    return f"{m[0]}日"


def _year_of(digits: str | None, relative: str | None, day: date | None) -> int | None:
    if digits:
        return int(digits)
    if day is None:
        return None
    return day.year + ({"去": -1, "今": 0, "明": 1, "后": 2, "前": -2}[relative[0]] if relative else 0)


def _lunar(m: re.Match[str], day: date | None) -> str | None:
    year = _year_of(m["y"], m["ry"], day)
    if year is None:
        return None
    if m["eve"]:
        return told(lunar.solar(year, 1, 1) - timedelta(days=1))
    if m["new"]:
        return told(lunar.solar(year, 1, int(_number(m["nd"]))))
    if m["leap"]:
        return _span(*lunar.month_days(year, -lunar.month_number(m["lm"])))
    days = m["d"].removeprefix("初").replace("廿", "二十")
    return told(lunar.solar(year, lunar.month_number(m["m"]), int(_number(days))))


def _season(m: re.Match[str], day: date | None) -> str | None:
    year = _year_of(m["y"] or m["y2"], m["ry"] or m["ry2"], day)
    return None if year is None else _span(*lunar.season(year, m["s"] or m["s2"]))


def _solar_term(m: re.Match[str], day: date | None) -> str | None:
    if len(m["y"]) == 2 and day is None:
        return None
    year = int(m["y"]) if day is None or len(m["y"]) == 4 else _full_year(int(m["y"]), day)
    return told(lunar.solar_term(year, m["t"]))


WORDERS: dict[str, Worder] = {
    "lunar": _lunar,
    "season": _season,
    "solar_term": _solar_term,
    "numeric_date": _numeric_date,
    "numeric_month": _numeric_month,
    "bare_year": _bare_year,
    "day": _relative_day,
    "week": _week,
    "last_days": _last_days,
    "month": _relative_month,
    "quarter": _relative_quarter,
    "half": _half,
    "year": _relative_year,
    "short_year": _short_year,
    "worded_year": _worded_year,
    "part_of_year": _part_of_year,
    "last_weeks": _last_weeks,
    "year_of_many": _year_of_many,
    "distance": _distance,
    "near": _near,
    "adjoining": _adjoining,
    "until_now": _until_now,
    "joint": _joint,
    "inclusive": _inclusive,
    "loose_day": _loose_day,
}
