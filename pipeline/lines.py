"""Lines, and the line ends that break a sentence: hard wraps, links and index numbers on lines of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from extractors import flat_tables
from extractors.mentions import Span
from pipeline.text import normalize

FINAL = "。！？；：!?;:…"
CLOSERS = '”’」』）)】］]》〉"'
ENDS = FINAL + CLOSERS
OPENERS = "“‘「『（(【［[《〈"
CARRIES_ON = "，、,·"
UNIT_SIGNS = "%％‰℃"
CANNOT_BEGIN = "，。、；：！？,.;!?%％）)】］》〉”’"
# A line that opens a numbered paragraph or a bullet is never glued to the line before it.
MARKER = re.compile(
    r"\s*(?:[一二三四五六七八九十百]{1,4}[、.．]|第[一二三四五六七八九十百\d]{1,4}[章节条篇、，,]|[（(]\s*[一二三四五六七八九十\d]{1,4}\s*[)）]"
    r"|\d{1,3}\s*(?:[、﹒)）]|[.．](?!\d{1,4}(?:[%％万亿千百倍]|个百分点)))|[①-⑳⑴-⒛㈠-㈩❶-❿]|[一二三四五六七八九十]{1,2}[是要][^\s]|\*(?!\*+[\u4e00-\u9fff]?[省市县区镇乡村局])|[-—–·•●◆■□▪☆★►>]|专栏|附[件表录]|表\s*\d)"
)
# A number that a line end cuts in two: 受助率1⏎00%, 到202⏎3年底, 3.⏎52万元; no row of cells is as long.
HEAD_OF_NUMBER = re.compile(r"[\u4e00-\u9fff，,~-](?:\d{1,4}[.．])?\d{0,4}$")
TAIL_OF_NUMBER = re.compile(r"(?!(?:19|20)\d\d年)\d{1,4}(?:\.\d{1,2})?[\u4e00-\u9fff%％]")
BARE_NUMBER = re.compile(r"\d+(?:\.\d+)?")
# What a cell of figures holds; two such lines are two cells.
FIGURES = re.compile(r"[-+±≥≤<>]?\d[\d,.]*[%％‰]?")
# A number that a line end parts from what it counts: 播种面积x⏎万亩以上.
ENDS_IN_NUMBER = re.compile(r"[\u4e00-\u9fff][ ]?[\dxX*._]{1,8}$")
BEGINS_WITH_MEASURE = re.compile(
    r"(?:[百千]?[万亿][余多]?(?:元|亩|人|吨|户|名|[立平]方|公里)|%|％|[余多][万人名户个亩所家项件场次吨]|个百分点|公里|平方米|公顷|人次)"
)
BARE_YEAR = re.compile(r"(?:19|20)\d\d")
# The last word of a line that a year goes on: `力争到`⏎`2016`⏎`年底`.
BEFORE_YEAR = "到至在自从于以比较按截止前后和与及，、"
BLANK = " \t\u3000\xa0\u2002\u2003\u2009"
NARROWEST, WIDEST = 18, 60  # characters of a line that a copy was wrapped at
LEAST_WRAPS = 6


class _Row(NamedTuple):
    """A line that is not blank: its stripped text and where that stands, its indent, and the line feeds behind it."""

    start: int
    end: int
    text: str
    indented: bool
    feeds: int


def broken_ends(text: str) -> list[Span]:
    """The spans between two halves of a sentence that a line end parts."""
    rows = _rows(text)
    width = _wrap_width(rows)
    broken = [
        (above, below)
        for above, below in pairwise(rows)
        if (_wrapped(above, below, width) or _broken(above, below)) and not _two_cells(above.text, below.text)
    ]
    if not broken:
        return []
    tables = [(table.start, table.end) for table in flat_tables.find(normalize(text))]
    return [(above.end, below.start) for above, below in broken if not _cells(above, below, tables)]


def _cells(above: _Row, below: _Row, tables: Sequence[Span]) -> bool:
    """Whether a line is a row of a table, or a cell of one that a copy has flattened to a cell a line."""
    if "|" in above.text or "|" in below.text:
        return True
    return any(start <= above.start < end for start, end in tables)


def _two_cells(upper: str, lower: str) -> bool:
    """Whether both lines can only be cells: two figures, or a unit that stands alone below what is no number."""
    if lower in UNIT_SIGNS:
        return not upper[-1].isdigit()
    return bool(FIGURES.fullmatch(lower) and (FIGURES.fullmatch(upper) or upper in UNIT_SIGNS))


def _rows(text: str) -> list[_Row]:
    found: list[_Row] = []
    lines = text.split("\n")
    at, last = len(text) + 1, len(lines) - 1
    below = last  # the line that is not blank below the one that is looked at
    for number in range(last, -1, -1):
        line = lines[number]
        at -= len(line) + 1
        if stripped := line.strip():
            start = at + line.index(stripped[0])
            found.append(_Row(start, start + len(stripped), stripped, _indented(line), below - number))
            below = number
    return found[::-1]


def _indented(line: str) -> bool:
    """Whether a paragraph is set in; one blank may stand where a line was broken."""
    return line[0] in BLANK and (line[0] != " " or line[1] in BLANK)


def _wrap_width(rows: Sequence[_Row]) -> int | None:
    """The column at which the text was hard-wrapped, or None when it was not.

    Where it was, the lines that break off and go on right below, not indented, are of one length.
    """
    lengths: dict[int, int] = {}
    for above, below in pairwise(rows):
        length = len(above.text)
        breaks_off = above.feeds == 1 and length >= NARROWEST and above.text[-1] not in ENDS
        if breaks_off and not below.indented and not MARKER.match(below.text):
            lengths[length] = lengths.get(length, 0) + 1
    total = sum(lengths.values())
    if total < LEAST_WRAPS:
        return None
    width = max(lengths, key=lambda n: (sum(lengths.get(n - d, 0) for d in range(4)), n))
    near = sum(lengths.get(width - d, 0) for d in range(-1, 4))
    return width if width <= WIDEST and near >= 0.6 * total else None


def _wrapped(above: _Row, below: _Row, width: int | None) -> bool:
    """Whether the line ends where the text was wrapped, and not with a sentence."""
    if width is None or above.feeds != 1 or below.indented or not width - 3 <= len(above.text) <= width + 2:
        return False
    if above.text[-1].isdigit() and below.text[0].isdigit():
        return True
    return above.text[-1] not in FINAL and not MARKER.match(below.text)


def _broken(above: _Row, below: _Row) -> bool:
    """Whether the words themselves say that a sentence goes on in the line below."""
    upper, lower = above.text, below.text
    if upper[-1] in FINAL:
        return _parts_title(upper, lower) and above.feeds <= 3 and not MARKER.match(lower)
    if above.feeds == 1:
        if lower[0] == "年" and BARE_YEAR.fullmatch(upper):
            return True
        if BARE_NUMBER.fullmatch(lower) and (upper[-1].isalpha() or (upper[-1].isdigit() and len(upper) >= NARROWEST)):
            # A number that was a link or an index of its own: `PM`⏎`2.5`; a year may open a paragraph below a heading.
            return not BARE_YEAR.fullmatch(lower) or upper[-1] in BEFORE_YEAR or any(c in upper for c in "，。；")
        if _cuts_number(upper, lower):
            return True
    if MARKER.match(lower) or above.feeds > 3:
        return False
    if above.feeds == 1 and BEGINS_WITH_MEASURE.match(lower) and ENDS_IN_NUMBER.search(upper[-10:]):
        return True
    if lower[0] in CANNOT_BEGIN or upper[-1] in OPENERS or _parts_title(upper, lower):
        return True
    if upper[-1] in CLOSERS and len(upper) > 1 and upper[-2] in FINAL:
        return False
    if upper[-1] in CARRIES_ON:
        return len(upper) >= 12
    if upper[-1] in CLOSERS or above.feeds > 2:
        return False
    return _is_sentence(upper) and (lower[-1] in FINAL or len(lower) >= 30) and not lower[0].isdigit()


def _parts_title(upper: str, lower: str) -> bool:
    """Whether the line end stands inside a title in brackets."""
    return len(upper) < 100 and upper.rfind("《") > upper.rfind("》") and "》" in lower[:60]


def _cuts_number(upper: str, lower: str) -> bool:
    """Whether a number is broken between the lines."""
    if len(upper) < NARROWEST or not (upper[-1].isdigit() or upper[-1] in ".．") or not lower[0].isdigit():
        return False
    return bool(HEAD_OF_NUMBER.search(upper[-8:]) and TAIL_OF_NUMBER.match(lower))


def _is_sentence(line: str) -> bool:
    """Whether a line without a stop is a sentence broken off, not a heading: a comma stands in it."""
    heading = MARKER.match(line) and not any(c in line for c in "。；") and len(line) < 40
    return len(line) >= NARROWEST and not heading and any(c in line[-60:] for c in "，,")
