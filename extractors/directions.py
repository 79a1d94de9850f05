"""Which way a change goes: 下降8% is a fall of 8 %, 增长8% a rise, though both have the value 8."""

from __future__ import annotations

import re
from functools import cache

from extractors.mentions import Context, Direction
from extractors.status import sentence_start
from lexicons.alternation import compiled
from lexicons.loader import patterns

_AHEAD, _BEHIND = 120, 6
_STOP = re.compile(r"[，。；、\n]")


@cache
def _words() -> re.Pattern[str]:
    by_id = {p.id: p.source for p in patterns("direction")}
    return compiled(f"(?P<down>{by_id['direction.down']})|(?P<up>{by_id['direction.up']})")


def direction_of(ctx: Context, start: int, end: int) -> Direction | None:
    """The way the change at ``start``..``end`` goes, told by the words of its sentence; None when they do not tell.

    The nearest word before the quantity decides (水耗、能耗分别下降8%、5%), else the first right behind it (5%的降幅).
    """
    before = list(_words().finditer(ctx.text, max(sentence_start(ctx, start), start - _AHEAD), end))
    if before:
        return _told(before[-1])
    return told_by(_STOP.split(ctx.text[end : end + _BEHIND], maxsplit=1)[0])


def told_by(words: str) -> Direction | None:
    """The way that the first word for a change in WORDS says, as in the name of an indicator."""
    return _told(_words().search(words))


def _told(found: re.Match[str] | None) -> Direction | None:
    if found is None:
        return None
    return "down" if found.lastgroup == "down" else "up"
