"""Page markers of document previews: `3、` before each page's text, often in the middle of a sentence or a word."""

from __future__ import annotations

import re
from itertools import pairwise
from statistics import median

from extractors.mentions import Span
from pipeline.lines import CANNOT_BEGIN, FINAL

# Both begin with a line end: the engine scans for one character many times faster than for a set.
CANDIDATE = re.compile(r"\n[ \t\u3000\xa0]*((\d\d{0,2})、[ \t\u3000\xa0]?)")
FEEDS = re.compile(r"\n\s*(\d\d{0,2}、[ \u3000]?(?!(?:19|20)\d\d年)(?=\d{1,4}(?:\.\d+)?[\u4e00-\u9fff%％]))?")
HEAD_OF_NUMBER = re.compile(r"[\u4e00-\u9fff\d.．]\d")
BLANKS = " \t\u3000"
CLOSES_SENTENCE = FINAL + "”）)》】"
LEAST_PAGE = 120  # characters; a list item that breaks off is rarely as long, a page always is


def page_markers(text: str) -> list[Span]:
    """The spans of page markers with the line ends around them.

    Those of a preview, whose numbers run on from 1, and any that cuts a number in two: `招生46`⏎⏎`5、00人`.
    """
    found = _previews(text)
    ends = {end for _, end in found}
    cuts = [(_after_number(text, m.start()), m.end()) for m in FEEDS.finditer(text) if m[1] and m.end() not in ends]
    return sorted([*found, *((start, end) for start, end in cuts if start)])


def _previews(text: str) -> list[Span]:
    # With a line feed before the first line too.
    found = [(int(m[2]), m.start(1) - 1, m.end() - 1) for m in CANDIDATE.finditer(f"\n{text}")]
    if len(found) < 2:
        return []
    spans: list[Span] = []
    chain: list[tuple[int, int, int]] = []
    for number, start, end in found:
        if chain and number == chain[-1][0] + 1 and start - chain[-1][2] >= LEAST_PAGE:
            chain.append((number, start, end))
        elif number == 1 and (not chain or len(chain) == 1):
            chain = [(number, start, end)]
        elif number == 1:
            spans += _accept(text, chain)
            chain = [(number, start, end)]
        elif number == 2 and not chain and _breaks(text, start, end):
            chain = [(number, start, end)]
    return spans + _accept(text, chain)


def _after_number(text: str, feed: int) -> int:
    """The place behind the number that the line before a line feed ends with, else 0."""
    while feed and text[feed - 1] in BLANKS:
        feed -= 1
    return feed if feed > 1 and HEAD_OF_NUMBER.match(text, feed - 2) else 0


def _breaks(text: str, start: int, end: int) -> bool:
    """Whether the marker stands inside a sentence."""
    before = text[max(0, start - 40) : start].rstrip()
    if not before:
        return False
    after = text[end : end + 1]
    return before[-1] not in CLOSES_SENTENCE or after in CANNOT_BEGIN


def _accept(text: str, chain: list[tuple[int, int, int]]) -> list[Span]:
    """The noise spans of a chain of markers 1, 2, 3… when enough of them cut a sentence and the pages are alike."""
    inner = [c for c in chain if c[0] > 1]
    if not inner:
        return []
    breaks = sum(_breaks(text, start, end) for _, start, end in inner)
    lengths = [b[1] - a[2] for a, b in pairwise(chain)] or [LEAST_PAGE]
    alike = max(lengths) <= 4 * median(lengths) + 200
    if breaks < max(1, 0.4 * len(inner)) or not alike:
        return []
    return [_with_feeds(text, number, start, end) for number, start, end in chain]


def _with_feeds(text: str, number: int, start: int, end: int) -> Span:
    """The marker with the blanks and line ends before it, so that the halves of a sentence meet."""
    while number > 1 and start and text[start - 1].isspace():
        start -= 1
    return start, end
