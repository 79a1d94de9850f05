"""The relation and the days of time expressions, seen from a reference.

``scan`` finds every time expression of a text with the words that bind it (到…底前), ``resolve`` tells what it names.
Neither knows what a plan is: whether an expression is a deadline is for ``extractors.deadlines``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from extractors import periods
from extractors.mentions import Granularity, Relation
from extractors.periods import Interval, number, year_number
from extractors.timex import LABEL, TimeExpression, scan

__all__ = ["Reference", "Resolved", "TimeExpression", "resolve", "scan"]

_EVERY: dict[str, Granularity] = {
    "年": "year", "学": "year", "季": "quarter", "月": "month", "周": "week", "星": "week", "天": "day", "日": "day",
}  # fmt: skip
_UNITS: dict[str, Granularity] = {"工": "day", "日": "day", "天": "day", "周": "week", "月": "month", "季": "quarter"}
_DISTANCE = {"今": 0, "本": 0, "当": 0, "同": 0, "明": 1, "来": 1, "次": 1, "翌": 1, "去": -1, "上": -1, "前": -2}
# Groups whose digits are blanked, and those of a second end.
_BLANKED, _SECOND_ENDS = ("bm", "sb", "bd", "bm2"), ("m2", "d2", "x2", "me")
# Seen from the year that was last spoken of rather than from the speaker's own.
_ANAPHORIC = "当次翌同"


@dataclass(frozen=True, slots=True)
class Reference:
    """What a time expression is seen from.

    year:   the year of the speaker: 今年 is this, 去年 the one before.
    period: the year spoken of, to which a bare 12月 or 全年 belongs; the speaker's where nothing tells otherwise.
    ahead:  first and last year of the five-year plan that 今后五年 stands for, where the text tells.
    past:   whether the text reviews ``period``: then 这五年 are the five years up to it.
    summed: whether the expression sums the years up to ``period``: 近三年累计.
    """

    year: int | None
    period: int | None = None
    ahead: tuple[int, int] | None = None
    past: bool = False
    summed: bool = False

    @classmethod
    def on(cls, day: date) -> Reference:
        """The reference of a text written on a day."""
        return cls(day.year, day.year)


@dataclass(frozen=True, slots=True)
class Resolved:
    """The relation and the days of a time expression."""

    relation: Relation
    interval: Interval
    explicit_year: int | None = None


def resolve(expression: TimeExpression, reference: Reference) -> Resolved:
    """The relation and the days of an expression seen from a reference."""
    interval, explicit = _interval(expression, reference)
    if expression.rule == "date.day_of_act" and expression.through is not None:
        return resolve(expression.through, reference)
    if expression.through is not None:
        base = replace(reference, period=explicit or reference.period)
        last, last_explicit = _interval(expression.through, base)
        if expression.through.rule == "date.duration_within" and interval.start is not None:
            count = number(expression.through.group("n2") or expression.through.group("n") or "") or 1
            last = periods.years(interval.start.year, interval.start.year + count - 1)
            interval = replace(interval, granularity=last.granularity)
        known = not (interval.redacted or last.redacted)
        joined = Interval(
            interval.start if known else None,
            _point(expression.through, last).end if known else None,
            interval.granularity,
            not known,
            interval.recurring or last.recurring,
        )
        if joined.start and joined.end and joined.end < joined.start:
            joined = replace(joined, end=joined.end.replace(year=joined.end.year + 1))
        relation: Relation = "recurring" if joined.recurring else "within"
        return Resolved(relation, _blank(joined) if joined.recurring else joined, last_explicit or explicit)
    return Resolved(*_relate(expression, interval), explicit)


def _blank(interval: Interval) -> Interval:
    return replace(interval, start=None, end=None)


def _point(expression: TimeExpression, interval: Interval) -> Interval:
    """The interval narrowed by 底, 初, 中 after it."""
    pos = expression.group("e") or (expression.after["pos"] if expression.after else None) or ""
    half = expression.after["half"] if expression.after else None
    if half and interval.start and interval.granularity == "year":
        return periods.half(interval.start.year, half)
    if not interval.start or not interval.end or not pos:
        return interval
    if "初" in pos:
        if interval.granularity == "month":
            return replace(interval, end=interval.start.replace(day=10))
        return replace(interval, end=date(interval.start.year, *periods.EARLY_YEAR_ENDS))
    if "中" in pos:
        if interval.granularity == "month":
            return replace(interval, end=interval.start.replace(day=20))
        return replace(interval, end=date(interval.start.year, 6, 30))
    return interval


def _relate(expression: TimeExpression, interval: Interval) -> tuple[Relation, Interval]:
    """The relation that the bound words tell, and the days under it."""
    after = expression.after
    rel = after["rel"] if after and after["rel"] else ""
    pos = expression.group("e") or (after["pos"] if after else None) or ""
    if interval.recurring:
        return "recurring", _blank(interval)
    interval = _point(expression, interval)
    begins = "开学" in rel or (expression.rule == "date.term" and "开学" in expression.core[0])
    before = expression.before
    until = before in ("到", "至") or before.startswith(("截", "最", "不"))
    if rel.endswith(("前", "前夕")) or until or _labelled(expression):
        end = interval.start if begins else interval.end
        return "by", replace(interval, start=None, end=end)
    if rel.endswith(("起", "始", "以来")) or (before in ("自", "从") and not _ranges(expression)):
        return "from", replace(interval, end=None)
    if rel.endswith("后") and "前" not in rel:
        start = interval.start if begins or not interval.end else periods.next_day(interval.end)
        return "from", replace(interval, start=start, end=None)
    if expression.rule == "date.near_month" and not rel:
        return "by", interval
    if (rel == "止" and not _ranges(expression)) or (pos and "内" not in pos and not rel.endswith("内")):
        return "by", replace(interval, start=None)
    return "within", interval


def _labelled(expression: TimeExpression) -> bool:
    """Whether a label makes the expression the last day: 截止日期:9月; both ends of a range stay."""
    return expression.before == LABEL and not _ranges(expression)


def _ranges(expression: TimeExpression) -> bool:
    """Whether the core itself has two ends: 从2018年到2020年."""
    return expression.rule == "date.year_span" or any(map(expression.group, _SECOND_ENDS))


def _interval(e: TimeExpression, ref: Reference) -> tuple[Interval, int | None]:
    """The days of an expression's core and the year that it states itself, if any."""
    year, explicit, blank = _year(e, ref)
    g = e.group
    recurring = g("ry") == "每"
    blank = blank or any(map(g, _BLANKED))
    kind = e.rule.removeprefix("date.")
    plain = _PLAIN.get(kind)
    if plain is not None:
        return plain(e, ref), None
    granularity = _GRANULARITY[kind]
    if recurring or blank:
        return periods.unknown(granularity, redacted=blank, recurring=recurring), None
    if year is None and kind != "plan_period":
        return periods.unknown(granularity), None
    return _DATED[kind](e, year or 0), explicit


def _year(e: TimeExpression, ref: Reference) -> tuple[int | None, int | None, bool]:
    """The year of an expression, the year it states in digits, and whether the digits are blanked."""
    if e.group("y"):
        stated = year_number(e.group("y") or "")
        return stated, stated, False
    if e.group("by"):
        return None, None, True
    period = ref.period if ref.period is not None else ref.year
    near = e.group("ry")
    if near and near in _DISTANCE:
        base = period if near in _ANAPHORIC else ref.year
        year = None if base is None else base + _DISTANCE[near]
        return year, year, False
    return period, None, False


def _day(e: TimeExpression, year: int) -> Interval:
    month = number(e.group("m") or "") or 1
    first = periods.day(year, month, number(e.group("d") or "") or 1)
    if not e.group("d2"):
        return periods.span(first, periods.month_end(year, month) if e.group("me") else first, "day")
    month2 = number(e.group("m2") or "") or month
    year2 = year_number(e.group("y2") or "") if e.group("y2") else year + (month2 < month)
    return periods.span(first, periods.day(year2, month2, number(e.group("d2") or "") or 1), "day")


def _ten_days(e: TimeExpression, year: int) -> Interval:
    month = number(e.group("m") or "") or 1
    first = periods.ten_days(year, month, e.group("x") or "上")
    if not e.group("x2"):
        return first
    month2 = number(e.group("m2") or "") or month
    last = periods.ten_days(year + (month2 < month), month2, e.group("x2") or "下")
    return replace(first, end=last.end)


def _month(e: TimeExpression, year: int) -> Interval:
    first = number(e.group("m") or e.group("sm") or "") or 1
    last = number(e.group("m2") or "") if e.group("m2") else None
    last_year = year_number(e.group("y2") or "") if e.group("y2") else year + 1 if e.group("ry2") else None
    return periods.months(year, first, last, last_year)


def _quarter(e: TimeExpression, year: int) -> Interval:
    if e.group("qf"):
        return periods.quarter(year, 1, number(e.group("qf") or ""))
    return periods.quarter(
        year, number(e.group("q") or "") or 1, number(e.group("q2") or "") if e.group("q2") else None
    )


def _school_year(e: TimeExpression, year: int) -> Interval:
    which = e.group("t")
    if not which:
        return periods.school_year(year)
    return periods.term(year, "秋") if which in "一上1" else periods.term(year + 1, "春")


def _year_span(e: TimeExpression, year: int) -> Interval:
    last = year_number(e.group("y2") or "")
    return periods.years(year, last) if last >= year else periods.unknown("multi_year")


def _plan_period(e: TimeExpression, _year: int) -> Interval:
    first, last = periods.five_year_plans()[e.group("p") or e.group("pp") or ""]
    pos = e.after["pos"] if e.after else None
    return periods.years(last) if pos and pos[-1] in "底末" else periods.years(first, last)


def _festival(e: TimeExpression, year: int) -> Interval:
    found = None if "、" in e.core[0] else periods.festivals().get(e.group("f") or "")
    return periods.span(day := date(year, *found), day, "day") if found else periods.unknown("day")


def _calendar_year(e: TimeExpression, year: int) -> Interval:
    return periods.years(year, year + 1) if e.group("two") else periods.years(year)


_DATED: dict[str, Callable[[TimeExpression, int], Interval]] = {
    "day": _day,
    "ten_days": _ten_days,
    "month": _month,
    "quarter": _quarter,
    "half": lambda e, year: periods.half(year, e.group("h") or ""),
    "school_year": _school_year,
    "term": lambda e, year: periods.term(year, e.group("s") or "秋"),
    "vacation": lambda e, year: periods.vacation(year, e.group("v") or ""),
    "plan_period": _plan_period,
    "year_span": _year_span,
    "year_end": lambda _e, year: periods.years(year),
    "festival": _festival,
    "year": _calendar_year,
}
_GRANULARITY: dict[str, Granularity] = {
    "day": "day", "ten_days": "month", "month": "month", "quarter": "quarter", "half": "half", "school_year": "year",
    "term": "term", "vacation": "term", "plan_period": "multi_year", "year_span": "multi_year", "year_end": "year",
    "festival": "day", "year": "year",
}  # fmt: skip


def _every(e: TimeExpression, _ref: Reference) -> Interval:
    unit = e.group("u") or e.group("u2") or e.group("u3") or "年"
    count = number(e.group("n") or "") or 1
    granularity = "term" if unit == "学期" else "half" if "半年" in unit else _EVERY[unit[0]]
    if granularity == "year" and count > 1:
        granularity = "multi_year"
    return periods.unknown(granularity, recurring=True)


def _duration(e: TimeExpression, ref: Reference) -> Interval:
    unit = (e.group("u") or "年").removeprefix("个")
    count = number(e.group("n") or "")
    if unit[0] in _UNITS:
        return periods.unknown(_UNITS[unit[0]])
    if e.rule == "date.duration_near" and unit == "年" and count and ref.summed and ref.period is not None:
        return periods.years(ref.period - count + 1, ref.period)
    if e.rule == "date.duration_ahead" and count == 5 and ref.ahead:
        return periods.years(*ref.ahead)
    return periods.unknown("half" if e.group("n") == "半" else "year" if count == 1 else "multi_year")


def _past(e: TimeExpression, ref: Reference) -> Interval:
    count = number(e.group("n") or e.group("n2") or e.group("n3") or "") or 0
    last = ref.period if ref.past else ref.year - 1 if ref.year is not None and "过去" in e.core[0] else None
    if not count or last is None:
        return periods.unknown("year" if count == 1 else "multi_year")
    return periods.years(last - count + 1, last)


def _new_term(e: TimeExpression, ref: Reference) -> Interval:
    """新学期 is the autumn term of the year, as plans are signed before it; which term 本学期 is, no year tells."""
    year = ref.period if ref.period is not None else ref.year
    if "新" in e.core[0] and year is not None:
        return periods.term(year, "秋") if "学期" in e.core[0] else periods.school_year(year)
    return periods.unknown("year" if "学年" in e.core[0] else "term")


_PLAIN: dict[str, Callable[[TimeExpression, Reference], Interval]] = {
    "every": _every,
    "duration_within": _duration,
    "duration_ahead": _duration,
    "duration_use": _duration,
    "duration_near": _duration,
    "duration_past": _past,
    "this_term": _new_term,
    "school_part": lambda _e, _ref: periods.unknown("term"),
    "school_week": lambda _e, _ref: periods.unknown("week"),
    "near_month": lambda _e, _ref: periods.unknown("month"),
    "day_of_act": lambda _e, _ref: periods.unknown("day"),
}
