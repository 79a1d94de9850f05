"""Whether a place of a plan speaks of what is planned or of what has been achieved."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from functools import cache, lru_cache

from extractors.mentions import Context, Status
from extractors.periods import year_number
from extractors.sieve import Sieve, Sifted
from lexicons.loader import rule

_REACH = 120
_SIGHT = 32  # characters behind the place at which a cue before it may look: 计划10月份前完成
_NAMES = ("achieved", "planned", "renewed", "year")
_YEAR = re.compile(r"到?(\d{4}|[一二][〇零一二三四五六七八九]{3})年")
_PARAGRAPH = 400
_LAST_YEAR = ("去年", "上年")
_BASES = tuple("比较从由与同到按以是于")
_AHEAD = re.compile(
    r"今后|今年(?!年?初)|明年|将|要(?!求)|力争|争取|确保|预[期计]|计划|规划|目标|必须|应当?|拟|努力|任务|任期"
)
_SAID: dict[str, Status] = {"achieved": "achieved", "planned": "planned"}


@cache
def _sieve() -> Sieve:
    return Sieve({name: rule(f"status.{name}") for name in _NAMES})


@lru_cache(maxsize=2)
def _cues(text: str) -> Sifted:
    return _sieve().over(text)


def status_of(ctx: Context, start: int, end: int) -> Status:
    """The status of the work that the span speaks of, from its section and the cues of its sentence.

    The nearest cue before the span in its sentence decides; without one the section does.
    """
    section = section_status(ctx, start)
    begin = sentence_start(ctx, start)
    status: Status | None = None
    for cue, match in _cues(ctx.text).first(max(begin, start - _REACH), start, _SIGHT):
        year = _YEAR.match(match[0])
        past = year is not None and ctx.year is not None and year_number(year[1]) < ctx.year
        if cue == "year":
            status = "achieved" if past else status
        elif not past:
            status = _SAID.get(cue, section)
    if status is None and section == "planned" and ctx.kind == "mixed":
        return _told_before(ctx, begin, end)
    return status or section


def status_of_time(ctx: Context, start: int, end: int) -> Status:
    """The status of a time itself: its own words tell whether it has been (三年来) or is still to come (今后三年)."""
    time = ctx.text[start:end]
    if rule("status.time_past").search(time):
        return "achieved"
    if rule("status.time_coming").search(time):
        return "planned"
    return status_of(ctx, start, end)


def _told_before(ctx: Context, begin: int, end: int) -> Status:
    """What the paragraph says before a sentence without a cue: what is past goes on being told of.

    end: of the span, whose own words may look ahead: 今年.
    """
    told = _past_told(ctx.text, begin, ctx.year)
    return "achieved" if told is not None and not _AHEAD.search(ctx.text, told, end) else "planned"


@lru_cache(maxsize=64)
def _past_told(text: str, begin: int, this_year: int | None) -> int | None:
    """Where the paragraph before a sentence has told of a past year or of years up to now, or None."""
    line = max(text.rfind("\n", 0, begin) + 1, begin - _PARAGRAPH)
    told = None
    for cue, match in _cues(text).first(line, begin):
        if cue == "year":
            year = _YEAR.match(match[0])
            told = match.end() if year and this_year and year_number(year[1]) < this_year else told
        elif match[0] in _LAST_YEAR:
            told = told if text[match.start() - 1 : match.start()] in _BASES else match.end()
        elif match[0].endswith("年来"):
            told = match.end()
        elif cue != "achieved":
            told = None
    return told


def section_status(ctx: Context, at: int) -> Status:
    """The status of what the section around a place speaks of."""
    for start, end in ctx.achieved:
        if start <= at < end:
            return "achieved"
    return "planned"


def sentence_start(ctx: Context, at: int) -> int:
    """Where the sentence that holds ``at`` begins."""
    i = bisect_right(ctx.sentences, (at, sys.maxsize)) - 1
    return ctx.sentences[i][0] if i >= 0 else 0
