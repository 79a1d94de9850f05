"""Where a plan explains its words: an appendix of definitions asks nothing of anybody."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache, lru_cache
from operator import itemgetter

from extractors.mentions import Span
from lexicons.alternation import compiled
from lexicons.loader import fragment, rule

# What every heading of a glossary holds: a scan for it is much faster than one for the heading, which then decides.
HELD = re.compile("(?:名词|术语|用语|词语)(?:解释|注释|释义|说明)")
LONGEST_HEADING = 24


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    heading = rule("unit.not.glossary")
    return heading, *(compiled(fragment(name)) for name in ("annex", "explains", "section"))


@lru_cache(maxsize=2)
def spans(text: str) -> Sequence[Span]:
    """The glossaries of a text, each to the next annex, or to the next section where it is one itself.

    The heading belongs to it unless it is numbered as a part of the plan.
    """
    heading, annex, explains, section = _patterns()
    found: list[Span] = []
    for held in HELD.finditer(text):
        line = max(text.rfind("\n", max(0, held.start() - LONGEST_HEADING), held.start()), 0)
        if found and line < found[-1][1]:
            continue
        head = heading.match(text, line)
        if head is None or not explains.match(text, head.end()):
            continue
        numbered = section.match(text, line) is not None
        following = section.search(text, head.end()) if numbered else None
        end = following.start() if following else len(text)
        ended = annex.search(text, head.end(), end + LONGEST_HEADING)
        found.append((head.end() if numbered else line, min(ended.start(), end) if ended else end))
    return found


def inside(text: str, at: int) -> bool:
    """Whether the character stands in a glossary."""
    found = spans(text)
    i = bisect_right(found, at, key=itemgetter(0)) - 1
    return i >= 0 and at < found[i][1]


def without(text: str) -> str:
    """The text with its glossaries blanked; its length stays."""
    kept, at = list[str](), 0
    for start, end in spans(text):
        kept += text[at:start], "\n" * (end - start)
        at = end
    return "".join([*kept, text[at:]])
