"""Times seen from a day: 昨天, 上个月15日, 三年前, 2023.6.30, together with all that ``extractors.dates`` reads.

What a day tells is first put into words that name it (上个月15日 → 2023年4月15日), with a map back to the text; then
the rules of dates read those. Plans speak from a year, so their deadlines are found without this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from extractors import dates
from extractors.mentions import Span
from extractors.moment_words import WORDERS
from lexicons.loader import patterns

SOME_DAY = date(2001, 1, 1)  # stands in where the text has no day, so that its times are found at least
_GROUP_NAME = re.compile(r"\(\?P<\w+>")


@dataclass(frozen=True, slots=True)
class Moment:
    """A time of a text: its span and the days it names, inclusive; null where open, or where nothing tells."""

    start: int
    end: int
    date_start: date | None
    date_end: date | None


def find(text: str, day: date | None) -> list[Moment]:
    """Every time of a normalized text without blanks, seen from ``day``; without it only what needs none is dated."""
    worded, origin, guessed = _in_words(text, day)
    reference = dates.Reference.on(day) if day else dates.Reference(None)
    found = []
    for expression in dates.scan(worded):
        interval = dates.resolve(expression, reference).interval
        start, end = origin[expression.start][0], origin[expression.end - 1][1]
        backwards = interval.start is not None and interval.end is not None and interval.start > interval.end
        if backwards or any(start < b and a < end for a, b in guessed):
            found.append(Moment(start, end, None, None))  # no days are better than wrong ones: 7、上月
        else:
            found.append(Moment(start, end, interval.start, interval.end))
    return found


@cache
def _rules() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((p.id.removeprefix("moment."), p.regex) for p in patterns("moment"))


@cache
def _any() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{_GROUP_NAME.sub('(?:', p.source)})" for p in patterns("moment")))


def _in_words(text: str, day: date | None) -> tuple[str, list[Span], list[Span]]:
    """The text with what a day tells put into words, and for each of its characters the span it stands for.

    The third value holds the spans that no day told, where one is wanted: they are put into words all the same.
    """
    pieces: list[str] = []
    origin: list[Span] = []
    guessed: list[Span] = []
    at = 0
    for start, end, words, told in _replaced(text, day):
        if not told:
            guessed.append((start, end))
        pieces += [text[at:start], words]
        origin += [(i, i + 1) for i in range(at, start)] + [(start, end)] * len(words)
        at = end
    pieces.append(text[at:])
    origin += [(i, i + 1) for i in range(at, len(text))]
    return "".join(pieces), origin, guessed


def _replaced(text: str, day: date | None) -> Iterator[tuple[int, int, str, bool]]:
    at = 0
    while (first := _any().search(text, at)) is not None:
        at = first.end()
        for name, regex in _rules():
            match = regex.match(text, first.start())
            if match is None:
                continue
            words = _words(name, match, day)
            told = words is not None or day is not None
            words = words if told else _words(name, match, SOME_DAY)
            if words:
                yield match.start(), match.end(), words, told
                at = match.end()
                break


def _words(name: str, match: re.Match[str], day: date | None) -> str | None:
    try:
        return WORDERS[name](match, day)
    except (OverflowError, ValueError):  # outside the calendar: 三千年前
        return None
