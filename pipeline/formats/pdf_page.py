"""What stands on a page of a PDF: its characters as lines, and the rules that draw its tables."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

import pypdfium2.raw as pdfium

THIN = 3.0  # points; a filled bar up to this wide is a rule
SHORTEST_RULE = 8.0
SAME_LINE = 0.5  # of the height of a character: how far middles of one line may lie apart
WORD_GAP = 0.28  # of the size: a wider gap between Latin words or after a number is a blank
BLANKS = (0x20, 0xA0)
LEAST_STEPS = 3  # neighbours that tell a size
MOST_CHARACTERS = 60_000  # of a page
MOST_RULES = 20_000


@dataclass(frozen=True, slots=True)
class Char:
    """A character and its box in points; y grows upwards."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    blanks: int = 0  # that the file has before it

    @property
    def middle(self) -> float:
        return (self.bottom + self.top) / 2


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, or the part of one that stands in one column."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight rule from (x0, y0) to (x1, y1), upright or level."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def upright(self) -> bool:
        return self.x1 - self.x0 < self.y1 - self.y0


def characters(text_page: Any) -> list[Char]:
    """The characters of a page that show, in the order of the file. Where a blank is, the gaps between boxes tell."""
    raw = text_page.raw
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    found: list[Char] = []
    high = blanks = 0
    for index in range(min(pdfium.FPDFText_CountChars(raw), MOST_CHARACTERS)):
        code = pdfium.FPDFText_GetUnicode(raw, index)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000 and high:
            code, high = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00), 0
        generated = pdfium.FPDFText_IsGenerated(raw, index) == 1
        blanks += code in BLANKS and not generated
        if code <= 0x20 or code == 0xA0 or 0xD800 <= code < 0xE000 or generated:
            continue
        # The loose box reaches over the whole height of the line, so that `一` and `、` stand in the line of the rest.
        rect = pdfium.FS_RECTF()
        if not pdfium.FPDFText_GetLooseCharBox(raw, index, rect):
            pdfium.FPDFText_GetCharBox(raw, index, left, right, bottom, top)
            rect = pdfium.FS_RECTF(left.value, top.value, right.value, bottom.value)
        found.append(Char(chr(code), rect.left, rect.bottom, rect.right, rect.top, blanks))
        blanks = 0
    return found


def assembled(chars: Sequence[Char]) -> list[Line]:
    """The lines of the characters from top to bottom; a wide gap inside a line parts it in two."""
    rows: list[list[Char]] = []
    for char in sorted(chars, key=lambda c: (-c.middle, c.left)):
        for row in rows[-3:]:
            height = max(min(char.top - char.bottom, row[0].top - row[0].bottom), 1.0)
            if abs(row[0].middle - char.middle) < SAME_LINE * height:
                row.append(char)
                break
        else:
            rows.append([char])
    return [line for row in rows for line in _parted(sorted(row, key=lambda c: c.left))]


def _parted(row: Sequence[Char]) -> Iterator[Line]:
    size = _size(row)
    run: list[Char] = []
    for char in row:
        if run and char.left - run[-1].right > 1.8 * size:
            yield _line(run, _size(run))
            run = []
        # Some makers print a character twice, a hair apart, to make it bold.
        if run and char.text == run[-1].text and abs(char.left - run[-1].left) < 0.2 * size:
            continue
        run.append(char)
    yield _line(run, _size(run))


def _size(row: Sequence[Char]) -> float:
    """The size of the type: Chinese characters stand as far apart as it; what a box measures is up to its maker."""
    steps = [b.left - a.left for a, b in pairwise(row) if a.text >= "\u4e00" and b.text >= "\u4e00"]
    if len(steps) >= LEAST_STEPS:
        return max(median(steps), 1.0)
    return max(median(c.top - c.bottom for c in row), 1.0)


def _line(run: Sequence[Char], size: float) -> Line:
    parts = [run[0].text]
    for before, char in pairwise(run):
        room = char.left - before.right > WORD_GAP * size
        parts.append(" " * (max(1, min(char.blanks, 2)) if room else 0) + char.text)
    return Line(
        "".join(parts),
        run[0].left,
        min(c.bottom for c in run),
        max(c.right for c in run),
        max(c.top for c in run),
        size,
    )


def rules(page: Any) -> list[Rule]:
    """The level and upright rules of a page: lines, the edges of drawn boxes, and thin filled bars."""
    found: list[Rule] = []
    for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=2):
        found.extend(_rules_of(item))
        if len(found) > MOST_RULES:
            return []
    return found


def _rules_of(item: Any) -> Iterator[Rule]:
    raw, matrix = item.raw, item.get_matrix()
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(raw, fill, stroke):
        return
    points: list[tuple[float, float]] = []
    edges: list[tuple[tuple[float, float], tuple[float, float]]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(min(pdfium.FPDFPath_CountSegments(raw), MOST_RULES)):
        segment = pdfium.FPDFPath_GetPathSegment(raw, index)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = matrix.on_point(x.value, y.value)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            points = [point]
        elif kind == pdfium.FPDF_SEGMENT_LINETO and points:
            edges.append((points[-1], point))
            points.append(point)
        if pdfium.FPDFPathSegment_GetClose(segment) and points:
            edges.append((points[-1], points[0]))
    if stroke.value:
        for (ax, ay), (bx, by) in edges:
            yield from _straight(ax, ay, bx, by)
    elif fill.value and edges:
        xs, ys = [p[0] for e in edges for p in e], [p[1] for e in edges for p in e]
        width, height = max(xs) - min(xs), max(ys) - min(ys)
        if min(width, height) <= THIN:
            mx, my = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
            yield from _straight(mx, min(ys), mx, max(ys)) if width < height else _straight(min(xs), my, max(xs), my)


def _straight(ax: float, ay: float, bx: float, by: float) -> Iterator[Rule]:
    x0, x1, y0, y1 = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
    if not all(map(math.isfinite, (x0, x1, y0, y1))):
        return
    if (x1 - x0 < 1.0) != (y1 - y0 < 1.0) and max(x1 - x0, y1 - y0) >= SHORTEST_RULE:
        yield Rule(x0, y0, x1, y1)
