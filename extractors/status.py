"""Whether a place of a plan speaks of what is planned or of what has been achieved."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache

from extractors.mentions import Context, Status
from extractors.periods import year_number
from lexicons.alternation import compiled
from lexicons.loader import patterns

_REACH = 120
_NAMES = ("achieved", "planned", "renewed", "year")
_YEAR = re.compile(r"到?(\d{4}|[一二][〇零一二三四五六七八九]{3})年")
_SAID: dict[str, Status] = {"achieved": "achieved", "planned": "planned"}


@cache
def _cues() -> re.Pattern[str]:
    by_id = {p.id: p.source for p in patterns("status")}
    return compiled("|".join(f"(?P<{name}>{by_id[f'status.{name}']})" for name in _NAMES))


def status_of(ctx: Context, start: int, end: int) -> Status:
    """The status of the work that the span speaks of, from its section and the cues of its sentence.

    The nearest cue before the span in its sentence decides; without one the section does.
    """
    section = _section(ctx, start)
    begin = _sentence_start(ctx, start)
    status: Status = section
    for match in _cues().finditer(ctx.text, max(begin, start - _REACH), start):
        cue = match.lastgroup or ""
        year = _YEAR.match(match[0])
        past = year is not None and ctx.year is not None and year_number(year[1]) < ctx.year
        if cue == "year":
            status = "achieved" if past else status
        elif not past:
            status = _SAID.get(cue, section)
    return status


def _section(ctx: Context, at: int) -> Status:
    for start, end in ctx.achieved:
        if start <= at < end:
            return "achieved"
    return "planned"


def _sentence_start(ctx: Context, at: int) -> int:
    i = bisect_right(ctx.sentences, at, key=lambda span: span[0]) - 1
    return ctx.sentences[i][0] if i >= 0 else 0
