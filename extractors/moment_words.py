"""What a day tells about a time expression, in words that name days, months and years.

One function a rule of ``lexicons/patterns/moments.yaml``: it takes the match and the day of the text, and returns the
words, or None where the day does not tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from extractors.moment_forms import full_year, month_of, months_on, number, span, told
from extractors.moment_seasons import leap_day, lunar_day, season, solar_term
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

Worder = Callable[[re.Match[str], date | None], str | None]


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
    return span(monday, monday + timedelta(days=6))


def _last_days(m: re.Match[str], day: date | None) -> str | None:
    if day is None:
        return None
    month = months_on(day, _STEPS[m["w"]])
    last = month_end(month.year, month.month)
    return span(last - timedelta(days=int(number(m["n"])) - 1), last)


def _relative_month(m: re.Match[str], day: date | None) -> str | None:
    if day is None:
        return None
    month = months_on(day.replace(day=1), _STEPS[m["w"]])
    return f"{month.month}月" if m.string[m.start() - 1 : m.start()] == "年" else month_of(month)


def _relative_quarter(m: re.Match[str], day: date | None) -> str | None:
    if day is None:
        return None
    month = months_on(day.replace(day=1), 3 * _STEPS[m["w"] or m["w2"]])
    return f"{month.year}年{'一二三四'[(month.month - 1) // 3]}季度"


def _half(m: re.Match[str], day: date | None) -> str | None:
    if m["part"]:
        return "上半年" if m["part"] == "前" else "下半年"
    if day is None:
        return None
    month = months_on(day.replace(day=1), 6 * _STEPS[m["w"]])
    return f"{month.year}年{'上' if month.month < 7 else '下'}半年"


def _relative_year(m: re.Match[str], day: date | None) -> str | None:
    return f"{day.year + _YEARS[m['w']]}年" if day else None


def _short_year(m: re.Match[str], day: date | None) -> str | None:
    digits = m["y"] or m["z"] or m["only"] or m["end"]
    year = year_number(digits)
    if day is None:
        return None
    return f"{full_year(year, day)}年"


def _worded_year(m: re.Match[str], _day: date | None) -> str:
    return f"{int(number(m['y']))}年"


def _part_of_year(m: re.Match[str], _day: date | None) -> str:
    if m["start"]:
        return "1月"
    if m["q"]:
        return f"{3 * int(number(m['q'])) - 2}月"
    if m["n3"]:
        return f"{int(number(m['n3']))}月"
    count = int(number(m["n"] or m["n2"]))
    return f"1-{count}月" if m["first"] else f"{13 - count}-12月"


def _last_weeks(m: re.Match[str], day: date | None) -> str | None:
    if day is None:
        return None
    last = date(day.year, 12, 31)
    return span(last - timedelta(weeks=int(number(m["n"]))), last)


def _year_of_many(m: re.Match[str], day: date | None) -> str | None:
    return f"{day.year + int(number(m['n'])) - 1}年" if day else None


def _distance(m: re.Match[str], day: date | None) -> str | None:
    """三年前 is that year, 半年后 that month, 三天前 that day; 以前 and 以后 leave the far side open."""
    if day is None or (m["u"] in "月日" and not (m["half_first"] or m["more"] or "个" in m[0] or m["n"] == "半")):
        return None
    count, rel = number(m["n"]), m["rel"]
    exact = not (m["h"] or m["half_first"] or m["n"] == "半")
    count += 0.5 if m["h"] or m["half_first"] else 0.0
    ahead = "后" in rel or "内" in rel
    if m["few"] == "几" or m["n"].endswith("几"):
        count = number(m["n"].rstrip("几"))
        return f"{day.year - int(count) - 10}年至{day.year - int(count)}年" if m["u"] == "年" and not ahead else None
    point = _point(m["u"], count if ahead else -count, day, exact)
    if rel == "以来":
        return span(_first(m["u"], point, exact), day)
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
        return months_on(day, int(12 * count))
    if exact and unit == "月":
        return months_on(day, int(count))
    return _days_on(unit, count, day)


def _first(unit: str, point: date, exact: bool) -> date:
    """The first day of the period that the point lies in."""
    if unit == "年" and exact:
        return date(point.year, 1, 1)
    return point.replace(day=1) if unit in ("年", "季度", "月") else point


def _grain(unit: str, point: date, exact: bool) -> tuple[str, str]:
    """The point in the grain of its unit, for a point in time and for a bound."""
    if unit == "年":
        words = f"{point.year}年" if exact else month_of(point)
        return words, words
    if unit == "季度" or (unit == "月" and exact):
        return month_of(point), month_of(point)
    return told(point), told(point)


def _near(m: re.Match[str], day: date | None) -> str | None:
    if day is None:
        return None
    count, unit = number(m["n"]), m["u"]
    if m["dir"][0] in "未今接":
        return f"{told(_days_on(unit, count, day))}前"
    months = {"年": 12, "季度": 3, "月": 1}.get(unit)
    first = months_on(day, -int(months * count)) if months else _days_on(unit, -count, day)
    return span(first, day)


def _adjoining(m: re.Match[str], day: date | None) -> str | None:
    """前两个月 are the two before this one, 下三年 the three after this year."""
    if day is None:
        return None
    count = int(number(m["n"]))
    before = m["dir"] in "前上"
    if m["u"] == "年":
        if m["dir"] == "后":
            return span(day + timedelta(days=1), months_on(day, 12 * count))
        first = day.year - count if before else day.year + 1
        return f"{first}年至{first + count - 1}年" if count > 1 else f"{first}年"
    month = months_on(day.replace(day=1), -count if before else 1)
    return f"{month_of(month)}至{month_of(months_on(month, count - 1))}" if count > 1 else month_of(month)


def _until_now(m: re.Match[str], day: date | None) -> str | None:
    return f"至{told(day)}" if day else None


def _joint(m: re.Match[str], _day: date | None) -> str:
    return "月" if m["twice"] else "至"


def _inclusive(m: re.Match[str], _day: date | None) -> str:
    return "前" if m["side"] == "前" else "起"


def _loose_day(m: re.Match[str], _day: date | None) -> str:
    return f"{m[0]}日"


def _early_month(m: re.Match[str], day: date | None) -> str | None:
    if m["m"]:
        return f"{m['m']}月1日至5日"
    if day is None:
        return None
    first = months_on(day.replace(day=1), _STEPS[m["w"]])
    return span(first, first.replace(day=5))


def _days_listed(m: re.Match[str], _day: date | None) -> str | None:
    days = [int(m["d"]), *map(int, re.findall(r"\d+", m["more"]))]
    if days != list(range(days[0], days[-1] + 1)):
        return None
    return f"{m['m']}月{days[0]}日至{days[-1]}日"


def _years_before(m: re.Match[str], _day: date | None) -> str:
    return f"{m['y']}年至{m['y2']}年"


WORDERS: dict[str, Worder] = {
    "leap_day": leap_day,
    "early_month": _early_month,
    "days_listed": _days_listed,
    "years_before": _years_before,
    "lunar": lunar_day,
    "season": season,
    "solar_term": solar_term,
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
