"""Read PDF files with a text layer: lines joined to paragraphs, columns in order, tables, no headers and footers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from pipeline.formats import Content, UnreadableError
from pipeline.formats.pdf_page import Line, assembled, characters, rules
from pipeline.formats.pdf_tables import tables
from pipeline.lines import MARKER

MOST_PAGES = 3000
EDGE_LINES = 3  # lines at the top and at the bottom of a page among which headers and footers stand
PAGE_NUMBER = re.compile(
    r"[-—–－·•~\s]*(?:第\s*)?(?:\d{1,4}|[ivxlIVXL]{1,6})\s*(?:页)?(?:\s*[/／,，]?\s*共?\s*\d{1,4}\s*页?)?[-—–－·•~\s]*"
)
DIGITS = re.compile(r"\d+")
LEAST_PER_PAGE = 8  # characters; with fewer on the mean a document has no text layer
UNKNOWN_SHARE = 0.3
GUTTER_LINES = 5  # lines that must stand beside one another to make two columns
SAME_SIZE = 0.15  # by this share sizes of one text may differ
CENTRED = 0.8  # of the width of its column: a title that fills it goes on in the next line
DECIMAL = re.compile(r"\d+\.\d+(?![\d.．、])")
STOPS = tuple("。；：！？”）")
FIRST_WORD = re.compile(r"[!-~]{1,20}(?:[，。、；：！？％）”][!-~]*)*|.[，。、；：！？％）”]*")
RAGGED = 3.2  # sizes that a full line may end before the right edge


@dataclass(frozen=True, slots=True)
class _Block:
    """A line of a column with the edges of the text of its size and the column's width; or a row of a table."""

    line: Line
    left: float = 0.0
    right: float = 0.0
    width: float = 0.0
    table: bool = False


def read(data: bytes) -> Content:
    """The text of a PDF file. Raises UnreadableError for a scan, an encrypted or a damaged file."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableError("is encrypted; save it without a password") from error
        raise UnreadableError("is no sound PDF file; open it and print it to PDF anew") from error
    count = len(document)
    if count > MOST_PAGES:
        raise UnreadableError(f"has {count:,} pages, more than the {MOST_PAGES:,} that are read; split it")
    pages: list[list[_Block]] = []
    pictures = 0
    for index in range(count):
        try:
            page = document[index]
        except pypdfium2.PdfiumError:
            pages.append([])
            continue
        pages.append(_blocks(page))
        pictures += any(True for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=2))
        page.close()
    document.close()
    _refuse_without_text(pages, pictures)
    return Content("\n".join(_joined([block for page in _without_edges(pages) for block in page])))


def _refuse_without_text(pages: Sequence[Sequence[_Block]], pictures: int) -> None:
    text = "".join(block.line.text for page in pages for block in page)
    if len(text) < LEAST_PER_PAGE * len(pages):
        what = "is a scan: its pages are pictures without a text layer" if pictures else "holds no text"
        raise UnreadableError(f"{what}; run text recognition (OCR) on it first")
    unknown = sum(c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or c < " " for c in text)
    if unknown > UNKNOWN_SHARE * len(text):
        raise UnreadableError("has fonts that do not say which characters they show; run text recognition (OCR) on it")


def _blocks(page: Any) -> list[_Block]:
    text_page = page.get_textpage()
    chars = characters(text_page)
    text_page.close()
    drawn = tables(rules(page), chars) if chars else []
    running = assembled([c for c in chars if not any(t.holds(c) for t in drawn)])
    out: list[_Block] = []
    for table in drawn:
        above = [line for line in running if line.bottom >= table.top - 2]
        running = [line for line in running if line.bottom < table.top - 2]
        out += _ordered(above)
        for row in table.rows:
            out.append(_Block(Line(row, table.left, table.bottom, table.right, table.top, 1.0), table=True))
    return out + _ordered(running)


def _ordered(lines: Sequence[Line]) -> list[_Block]:
    """Lines in reading order: where a gutter runs down the middle, the left column before the right one."""
    out: list[_Block] = []
    for band, gutter in _bands(lines):
        columns = [[x for x in band if x.right <= gutter], [x for x in band if x.left >= gutter]] if gutter else [band]
        for column in columns:
            merged = column if gutter else _rows(column)
            width = max((x.right for x in merged), default=0) - min((x.left for x in merged), default=0)
            out += [_Block(line, *_edges(line, merged), width) for line in merged]
    return out


def _edges(line: Line, column: Sequence[Line]) -> tuple[float, float]:
    """The left and right edge of the text that is set in the size of a line; a banner is wider than the text."""
    like = [x for x in column if abs(x.size - line.size) <= SAME_SIZE * line.size]
    return min(x.left for x in like), max(x.right for x in like)


def _bands(lines: Sequence[Line]) -> list[tuple[list[Line], float | None]]:
    """The lines cut into bands from top to bottom, each with the place of its gutter, or None for one column."""
    gutter = _gutter(lines)
    if gutter is None:
        return [(list(lines), None)]
    bands: list[tuple[list[Line], float | None]] = []
    for line in lines:
        place = None if line.left < gutter < line.right else gutter
        if not bands or bands[-1][1] != place:
            bands.append(([], place))
        bands[-1][0].append(line)
    return [(band, g if g and _two_columns(band, g) else None) for band, g in bands]


def _gutter(lines: Sequence[Line]) -> float | None:
    """The place that parts two columns: lines end before it and begin after it, and few run over it."""
    if len(lines) < 2 * GUTTER_LINES:
        return None
    left, right = min(x.left for x in lines), max(x.right for x in lines)
    best, place = 0, None
    for line in lines:
        x = line.left - line.size * 0.4
        if not left + 0.3 * (right - left) < x < left + 0.7 * (right - left):
            continue
        over = sum(o.left < x < o.right for o in lines)
        beside = min(sum(o.right <= x for o in lines), sum(o.left >= x for o in lines))
        if beside >= GUTTER_LINES and beside > 2 * over and beside - over > best:
            best, place = beside - over, x
    return place


def _two_columns(band: Sequence[Line], gutter: float) -> bool:
    before, after = [x for x in band if x.right <= gutter], [x for x in band if x.left >= gutter]
    if min(len(before), len(after)) < 2:
        return False
    # Lines of columns are long; a list of names and numbers set with tabs has short ones.
    width = gutter - min(x.left for x in before)
    return sum(x.right - x.left > 0.6 * width for x in before) >= 0.4 * len(before)


def _rows(lines: Sequence[Line]) -> list[Line]:
    """Parts of one line set together again, with a blank between them."""
    out: list[Line] = []
    for line in lines:
        above = out[-1] if out else None
        if above and abs(above.bottom - line.bottom) < 0.5 * line.size and line.left >= above.right:
            out[-1] = Line(
                f"{above.text}\u3000{line.text}", above.left, min(above.bottom, line.bottom), line.right,
                max(above.top, line.top), above.size,
            )  # fmt: skip
        else:
            out.append(line)
    return out


def _without_edges(pages: Sequence[list[_Block]]) -> list[list[_Block]]:
    """The pages without page numbers and without the headers and footers that repeat on them."""
    seen: Counter[tuple[bool, str]] = Counter()
    for page in pages:
        seen.update({key for at, block in enumerate(page) if (key := _edge(page, at, block)) is not None})
    least = max(2, 0.4 * len(pages))
    out = []
    for page in pages:
        kept = []
        for at, block in enumerate(page):
            key = _edge(page, at, block)
            number = key is not None and PAGE_NUMBER.fullmatch(block.line.text) and _outermost(page, block)
            if not number and (key is None or len(pages) < 2 or seen[key] < least):
                kept.append(block)
        out.append(kept)
    return out


def _edge(page: Sequence[_Block], at: int, block: _Block) -> tuple[bool, str] | None:
    """Where a line at the edge of its page stands (top or not) and what it says but for numbers; None elsewhere."""
    if block.table:
        return None
    above = sum(other.line.bottom > block.line.top - 1 for other in page)
    below = sum(other.line.top < block.line.bottom + 1 for other in page)
    if min(above, below) >= EDGE_LINES:
        return None
    return above < EDGE_LINES, DIGITS.sub("#", block.line.text)


def _outermost(page: Sequence[_Block], block: _Block) -> bool:
    return (
        block.line.bottom <= min(b.line.bottom for b in page) + 1 or block.line.top >= max(b.line.top for b in page) - 1
    )


def _joined(blocks: Sequence[_Block]) -> list[str]:
    """The paragraphs: a line that reaches the right edge goes on in the next one that is not indented."""
    out: list[str] = []
    previous: _Block | None = None
    for block in blocks:
        if previous is not None and _goes_on(previous, block):
            out[-1] += _between(out[-1], block.line.text) + block.line.text
        else:
            out.append(block.line.text)
        previous = block
    return out


def _goes_on(above: _Block, below: _Block) -> bool:
    if above.table or below.table:
        return False
    # `4.5%` begins a line where the sentence above goes on, and `4.5` one where a paragraph has ended.
    number = DECIMAL.match(below.line.text) and above.line.text[-1:] not in STOPS
    if MARKER.match(below.line.text) and not number:
        return False
    size = max(above.line.size, below.line.size)
    if abs(above.line.size - below.line.size) > SAME_SIZE * size:
        return False
    middles = (above.line.left + above.line.right - below.line.left - below.line.right) / 2
    if abs(middles) < 0.5 * size and above.line.right - above.line.left > CENTRED * above.width:
        return True  # a long title set in the middle
    indented = below.line.left - below.left > 1.2 * size
    flush_right = above.line.left - above.left > 0.4 * (above.right - above.left)
    room = above.right - above.line.right
    return room < max(RAGGED, 1 + _first_word(below.line.text)) * size and not indented and not flush_right


def _first_word(text: str) -> float:
    """How wide the first word of a line is, in sizes: a number or a Latin word is not parted at a line end."""
    word = FIRST_WORD.match(text)
    return sum(0.6 if char < "\u2e80" else 1.0 for char in word[0]) if word else 1.0


def _between(before: str, after: str) -> str:
    """A blank between two Latin words that a line end parted."""
    return (
        " " if before[-1:].isascii() and after[:1].isascii() and before[-1:].isalpha() and after[:1].isalpha() else ""
    )
