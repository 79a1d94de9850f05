"""Time expressions as written: where they stand in a text and the words that bind them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from extractors.sieve import Sieve
from lexicons.loader import patterns, rule

LONGEST_BEFORE = 5
LONGEST_LABEL = 6
# What stands for a label before an expression (截止时间为), which makes it the last day and is no part of it.
LABEL = "限"


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A time expression as written: its core, matched by ``rule``, and the words that bind it.

    ``before`` are the words before it, or LABEL; ``after`` is the match of ``bound.after`` where there is one;
    ``groups`` are the named groups of the core; ``through`` is the second end of a range.
    """

    start: int
    end: int
    rule: str
    core: re.Match[str]
    before: str
    after: re.Match[str] | None
    groups: Mapping[str, str | None]
    through: TimeExpression | None = None

    @property
    def bounded(self) -> bool:
        """Whether bound words stand at the expression (到, 底, 前, 内, 起)."""
        return bool(self.before or (self.after and self.after[0])) or self.rule in ("date.year_end",)

    def group(self, name: str) -> str | None:
        """A named group of the core, or None where the rule has none."""
        return self.groups.get(name)


@cache
def _sieve() -> Sieve:
    return Sieve({p.id: p.regex for p in patterns("date")})


@cache
def _bounds() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    return rule("bound.before"), rule("bound.label"), rule("bound.after")


def scan(text: str) -> list[TimeExpression]:
    """Every time expression of a text in order, none overlapping."""
    found: list[TimeExpression] = []
    for expression in _scan(text):
        if found and _joins(text, found[-1], expression):
            found[-1] = replace(found[-1], end=expression.end, through=expression)
        else:
            found.append(expression)
    return found


def _scan(text: str) -> Iterator[TimeExpression]:
    at = 0
    for start, rules in _sieve().over(text).places():
        if start < at or not _whole(text, start):
            continue
        for name, regex in rules:
            core = regex.match(text, start)
            if core and not (name.startswith("date.duration") and _behind_point(text, start)):
                expression = _bind(text, name, core, at)
                at = expression.end
                yield expression
                break


def _whole(text: str, start: int) -> bool:
    """Whether what begins at the place stands on its own and is not the tail of a number or a word."""
    before, first = text[start - 1 : start], text[start]
    if first.isdecimal():  # ⑥2015年: the number of an item is no digit of the year
        return not (before.isdecimal() or before == "第")
    if first in "xX×*_":
        return not (before.isascii() and before.isalnum())
    if first in "一二两三四五六七八九十〇":
        return before not in "一二两三四五六七八九十〇百第初十" or not before
    if first == "年":
        return (
            not (before.isdecimal() or before in "一二两三四五六七八九十几数多百千干半青少成童壮历近往常同后中学")
            or not before
        )
    return True


def _behind_point(text: str, start: int) -> bool:
    """Whether digits are the decimals of a number."""
    return text[start].isdecimal() and text[start - 1 : start] == "."


def _bind(text: str, name: str, core: re.Match[str], floor: int) -> TimeExpression:
    """The core with the bound words before it, not before ``floor``, and after it."""
    bound_before, bound_label, bound_after = _bounds()
    left = bound_before.search(text[max(floor, core.start() - LONGEST_BEFORE) : core.start()])
    after = bound_after.match(text, core.end())
    before = left[0] if left and name != "date.day_of_act" else ""
    start = core.start() - len(before)
    if not before and bound_label.search(text, max(floor, core.start() - LONGEST_LABEL), core.start()):
        before = LABEL
    end = after.end() if after and after[0] else core.end()
    return TimeExpression(start, end, name, core, before, after if after and after[0] else None, core.groupdict())


def _joins(text: str, first: TimeExpression, second: TimeExpression) -> bool:
    """Whether two expressions are the ends of one range: 6月底至7月初, 从2018年到2020年."""
    if first.through is not None or first.rule == "date.every" or second.rule == "date.every":
        return False
    if first.rule == "date.day_of_act":
        return second.start == first.end and second.rule == "date.duration_within"
    if second.start == first.end and second.rule == "date.duration_within":
        # `2021年起三年内`: so many years from the first on
        return first.rule == "date.year" and text[first.end - 1] in "起始" and second.core["u"] == "年"
    if second.start == first.end:
        return second.before in ("到", "至") and first.before != "到"
    gap = text[first.end : second.start]
    return len(gap) <= 2 and rule("fragment.time_through").fullmatch(gap) is not None
