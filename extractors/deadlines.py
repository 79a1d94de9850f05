"""Deadlines: the time expressions of a plan that say when work is to be done.

First every time expression is found (``extractors.dates``), then each is believed or refused under a named rule of
``lexicons/patterns/deadlines.yaml``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from extractors import dates, glossaries, school_years
from extractors.dates import Reference, Resolved, TimeExpression
from extractors.mentions import Context, Deadline, Found, Refusal, Span
from extractors.periods import five_year_plans, number, year_number
from extractors.status import status_of_time
from lexicons.loader import Pattern, patterns
from lexicons.loader import rule as lexicon_rule

_Test = Callable[[str, int], object]

LEFT, RIGHT = 30, 70
REVIEW_YEARS = 5
LONGEST_TITLE = 120
MARK = "⟦"
# Such a rule is tried at the mark, others in the whole window.
BEGINS_WITH_MARK = (MARK, f"(?:{MARK}")
_TITLE = re.compile(r"《[^《》]*(?:《[^《》]*》[^《》]*)*》?")
_HEADING_YEAR = re.compile(r"((?:19|20)\d\d)年")
_REVIEWED_YEAR = re.compile(
    r"((?:19|20)\d\d)(?:年|(?=工作))[^，。；\n]{0,16}?(?:总结|小结|回顾|情况|成效|成绩|成就|亮点|工作完成)"
)
_SAID_TO_REVIEW = re.compile(r"现将[^，。；\n\d]{0,8}((?:19|20)\d\d)年[^，。；\n]{0,16}?(?:总结|情况|回顾)")
_LAST_YEAR = re.compile(r"过去的?一年|去年|一年来")
# 现将上半年工作总结如下 closes a preamble that only names the plan's own period.
_PREAMBLE = re.compile(r"现将[^。\n]{0,60}如下")
OPENING = 1500
_LAST_YEARS = re.compile(r"过去的?五年|这五年|五年来")
_AHEAD = re.compile(r"(十[一二三四五]五)”?(?:规划|时期|期间)")
# Forms that name a period and no more: without a rule that places them they are no deadlines.
_NAMES_A_PERIOD = {"date.year", "date.plan_period", "date.duration_past", "date.school_year"}
_DATED = ("date.day", "date.month")
ACCEPTED, UNPLACED, PAST = "deadline.form", "deadline.not.unplaced", "deadline.not.past"
TOTAL = "deadline.is.reported.total"


@dataclass(frozen=True, slots=True)
class _Review:
    """A reporting section, the year that it reports, the first year it looks back on, and the year it is told from."""

    start: int
    end: int
    year: int | None
    first: int | None
    told: int | None


def find(ctx: Context) -> Found[Deadline]:
    """The deadlines of a plan in order, and the time expressions that are none, each with its reason."""
    text = ctx.text
    rows: list[Deadline] = []
    refused: list[Refusal] = []
    titles = _titles(text)
    reviews = [_review(ctx, a, b) for a, b in ctx.achieved]
    ahead, preamble = _ahead(ctx), _preamble(ctx)
    sentences = [a for a, _ in ctx.sentences]
    school = school_years.of_plan(text)
    said: tuple[int, int | None] = (-1, None)
    for expression in dates.scan(text):
        review = next((r for r in reviews if r.start <= expression.start < r.end), None)
        sentence = bisect_right(sentences, expression.start)
        carried = said[1] if said[0] == sentence else None
        period = carried or (review.year if review else ctx.year)
        if school and period == school.year and _month(expression) in school.next_year:
            period += 1
        reference = Reference(review.told if review else ctx.year, period, ahead, review is not None)
        resolved = dates.resolve(expression, reference)
        if expression.end <= preamble and expression.rule in _NAMES_A_PERIOD | {"date.half"}:
            rule = "deadline.not.preamble"
        else:
            rule = _judge(ctx, expression, resolved, titles, review)
        if rule.startswith("deadline.not"):
            refused.append(Refusal(expression.start, expression.end, "time", rule))
            continue
        if rule == TOTAL:
            resolved = dates.resolve(expression, replace(reference, summed=True))
        if resolved.explicit_year is not None:
            said = (sentence, resolved.explicit_year)
        rows.append(_row(ctx, expression, resolved))
    return Found(rows, refused)


def _month(e: TimeExpression) -> int | None:
    """The month that an expression names without a year of its own, or None."""
    if e.group("y") or e.group("ry") or e.group("by"):
        return None
    return number(e.group("m") or e.group("sm") or "")


def _row(ctx: Context, expression: TimeExpression, resolved: Resolved) -> Deadline:
    interval = resolved.interval
    start, end = _quoted(ctx.text, expression.start, expression.end)
    return Deadline(
        start,
        end,
        resolved.relation,
        interval.start,
        interval.end,
        interval.granularity,
        status_of_time(ctx, expression.start, expression.end),
        expression.rule,
        interval.redacted,
    )


def _quoted(text: str, start: int, end: int) -> Span:
    """The span, with an opening quotation mark that belongs to a closing one inside it."""
    if text[start - 1 : start] == "“" and "”" in text[start:end]:
        start -= 1
    return start, end


def _judge(ctx: Context, e: TimeExpression, resolved: Resolved, titles: Sequence[Span], review: _Review | None) -> str:
    """The id of the rule that makes the expression a deadline or refuses it."""
    if _inside(titles, e.start):
        return "deadline.not.cited_title"
    if glossaries.inside(ctx.text, e.start):
        return "deadline.not.glossary"
    window = in_window(ctx.text, e)
    mark = window.index(MARK)
    for rule, holds in _rules(review is not None, resolved.relation == "recurring", e.rule in _DATED):
        if holds(window, mark):
            if rule.startswith("deadline.not"):
                return rule
            return _believe(ctx, resolved, review) or rule
    return _believe(ctx, resolved, review) or _by_form(e, resolved)


def _believe(ctx: Context, resolved: Resolved, review: _Review | None) -> str | None:
    """The rule that does not believe the days of an expression, as they lie before the plan or its review, or None."""
    year = review.first if review else ctx.year
    if year is None:
        return None
    first, interval = date(year, 1, 1), resolved.interval
    if interval.end and interval.end < first:
        return PAST
    if resolved.relation == "from" and interval.start and interval.start < first:
        return PAST
    return None


def _by_form(e: TimeExpression, resolved: Resolved) -> str:
    if e.bounded or resolved.relation in ("recurring", "from", "by") or e.rule not in _NAMES_A_PERIOD:
        return ACCEPTED
    return UNPLACED


@cache
def _rules(reported: bool, recurring: bool, dated: bool) -> tuple[tuple[str, _Test], ...]:
    """The rules that speak of such an expression, in their order, each with its test."""
    closed = tuple(
        prefix
        for prefix, open_ in (
            ("deadline.not.planned", not reported),
            ("deadline.is.reported", reported),
            ("deadline.not.recurring", recurring),
            ("deadline.not.dated", dated),
        )
        if not open_
    )
    return tuple((p.id, _test(p)) for p in patterns("deadline") if not p.id.startswith(closed))


def _test(pattern: Pattern) -> _Test:
    """Whether a rule matches in a window, in which the mark before the expression stands at a place."""
    if pattern.source.startswith(BEGINS_WITH_MARK):
        return pattern.regex.match
    search, literals = pattern.regex.search, pattern.literals
    if not literals:
        return lambda window, _mark: search(window)
    return lambda window, _mark: any(literal in window for literal in literals) and search(window)


def in_window(text: str, e: TimeExpression) -> str:
    """The text around an expression, which stands between ⟦ and ⟧ in it; a line feed marks the start of the text."""
    begin = "\n" if e.start <= LEFT else ""
    return f"{begin}{text[max(0, e.start - LEFT) : e.start]}{MARK}{text[e.start : e.end]}⟧{text[e.end : e.end + RIGHT]}"


def _titles(text: str) -> list[Span]:
    """The cited titles 《…》; one that does not close ends with its line, or where no title is as long."""
    spans = []
    for m in _TITLE.finditer(text):
        end = m.end()
        if not m[0].endswith("》"):
            line = text.find("\n", m.start(), end)
            end = min(line if line >= 0 else end, m.start() + LONGEST_TITLE)
        spans.append((m.start(), end))
    return spans


def _preamble(ctx: Context) -> int:
    """Where a preamble ends that says what the text is: 现将上半年工作总结如下; 0 where there is none."""
    first_item = ctx.items[0].start if ctx.items else OPENING
    found = _PREAMBLE.search(ctx.text, 0, min(OPENING, max(first_item, 1)))
    return found.end() if found else 0


def _inside(spans: Sequence[Span], at: int) -> bool:
    i = bisect_right(spans, (at, 1 << 60)) - 1
    return i >= 0 and spans[i][0] <= at < spans[i][1]


def _review(ctx: Context, start: int, end: int) -> _Review:
    # A summary that opens a plan is written while its year lasts: its 今年 is the year that it reports.
    summed_up = (
        ctx.kind == "mixed" and lexicon_rule("title.review_first").search(ctx.text, 0, LONGEST_TITLE) is not None
    )
    year = _review_year(ctx, start, end, summed_up)
    long = year is not None and _LAST_YEARS.search(ctx.text, start, end)
    first = year - REVIEW_YEARS + 1 if year is not None and long else year
    told = year if summed_up and "今年" in ctx.text[start:end] else ctx.year
    return _Review(start, end, year, first, told)


def _review_year(ctx: Context, start: int, end: int, summed_up: bool) -> int | None:
    """The year that a reporting section reports.

    It is stated by its heading, or by the title where that names a summary first, or by what the text says that it
    sums up, or it is the one before where the section looks back on years.
    """
    stated = _HEADING_YEAR.search(ctx.text[start : start + 40].split("\n", 1)[0])
    if summed_up and not (start and stated):
        first = next((item for item in ctx.items if item.level == 1), None)
        headed = _REVIEWED_YEAR.search(first.title) if first and start <= first.start < end else None
        stated = headed or _REVIEWED_YEAR.search(ctx.text, 0, LONGEST_TITLE) or stated
    if stated:
        return year_number(stated[1])
    if ctx.year is None or ctx.kind != "mixed":
        return ctx.year
    if said := _SAID_TO_REVIEW.search(ctx.text, 0, OPENING):
        return year_number(said[1])
    back = _LAST_YEAR.search(ctx.text, start, end) or _LAST_YEARS.search(ctx.text, start, end)
    return ctx.year - 1 if back else ctx.year


def _ahead(ctx: Context) -> tuple[int, int] | None:
    """The five-year plan that begins with the plan's year, where the text speaks of it."""
    for m in _AHEAD.finditer(ctx.text):
        period = five_year_plans().get(m[1])
        if period and period[0] == ctx.year:
            return period
    return None
