"""Page markers of document previews: `3、` before each page's text, often in the middle of a sentence or a word."""

from __future__ import annotations

import re
from itertools import pairwise
from statistics import median

from extractors.mentions import Span
from pipeline.lines import CANNOT_BEGIN, FINAL

CANDIDATE = re.compile(r"\d\d{0,2}、[ \t\u3000\xa0]?")
IN_NUMBER = re.compile(
    r"(?<=[\u4e00-\u9fff\d.．]\d)[ \t\u3000]*\n\s*\d\d{0,2}、[ \u3000]?"
    r"(?!(?:19|20)\d\d年)(?=\d{1,4}(?:\.\d+)?[\u4e00-\u9fff%％])"
)
INDENT = " \t\u3000\xa0"
CLOSES_SENTENCE = FINAL + "”）)》】"
LEAST_PAGE = 120  # characters; a list item that breaks off is rarely as long, a page always is


def page_markers(text: str) -> list[Span]:
    """The spans of page markers with the line ends around them.

    Those of a preview, whose numbers run on from 1, and any that cuts a number in two: `招生46`⏎⏎`5、00人`.
    """
    found = _previews(text)
    ends = {end for _, end in found}
    return sorted([*found, *(m.span() for m in IN_NUMBER.finditer(text) if m.end() not in ends)])


def _previews(text: str) -> list[Span]:
    found = [
        (int(m[0].partition("、")[0]), m.start(), m.end())
        for m in CANDIDATE.finditer(text)
        if _opens_line(text, m.start())
    ]
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


def _opens_line(text: str, start: int) -> bool:
    """Whether nothing but blanks stands before the place on its line."""
    while start and text[start - 1] in INDENT:
        start -= 1
    return not start or text[start - 1] == "\n"


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
