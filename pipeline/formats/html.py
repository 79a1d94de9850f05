"""Read saved web pages: the main text, numbered lists with their numbers, tables as lines."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from typing import Any

import lxml.html
from lxml import etree

from pipeline.encoding import UndecidableError, decode
from pipeline.formats import Content, UnreadableError
from pipeline.formats.grid import Cell, lines
from pipeline.formats.numerals import format_number
from pipeline.lines import MARKER

DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.I)
XML_HEAD = re.compile(r"^\s*<\?xml[^>]*\?>")
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em)?\s*(?:;|$)", re.I)
SILENT = {
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "object",
    "svg",
    "select",
    "textarea",
    "button",
    "rt",
    "rp",
}
BLOCKS = {
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "tr", "table", "section", "article", "header",
    "footer", "main", "aside", "nav", "blockquote", "pre", "dl", "dt", "dd", "form", "fieldset", "figure", "center",
    "address", "caption", "td", "th", "tbody", "thead", "tfoot", "hr", "body", "figcaption", "details", "summary",
}  # fmt: skip
LIST_TYPES = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
LIST_STYLES = {
    "decimal": "decimal", "decimal-leading-zero": "decimalZero", "lower-alpha": "lowerLetter",
    "lower-latin": "lowerLetter", "upper-alpha": "upperLetter", "upper-latin": "upperLetter",
    "lower-roman": "lowerRoman", "upper-roman": "upperRoman", "none": "none", "cjk-ideographic": "japaneseCounting",
    "simp-chinese-informal": "japaneseCounting", "trad-chinese-informal": "japaneseCounting",
    "simp-chinese-formal": "chineseLegalSimplified", "cjk-decimal": "ideographDigital",
    "cjk-heavenly-stem": "ideographTraditional", "cjk-earthly-branch": "ideographZodiac",
}  # fmt: skip
STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([a-z-]+)", re.I)
BLANKS = re.compile(r"[ \t\r\n\f]+")
WHOLE_SHARE = 0.8  # of the numbered lines; where the main text has fewer, all of the page is taken
HEADING = re.compile(
    r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]|第[一二三四五六七八九十]{1,3}[章节条部]"
)
LEAST_SURE = 10  # characters of a line that tell it from others of the page
TITLE_NEAR = 400  # characters from the start within which the title must stand
MOST_ELEMENTS = 400_000


def read(data: bytes) -> Content:
    """The text of a page. Raises UnreadableError for one that is no text or has more elements than a page has."""
    text, encoding, warnings = _decoded(data)
    tree = _tree(text)
    if tree is None:
        return Content("", encoding, warnings)
    _prepare(tree)
    whole = list(_lines(tree))
    main = _between(whole, _main(tree))
    chosen = main if main and _numbered(main) >= WHOLE_SHARE * _numbered(whole) else whole
    title = _title(tree)
    if title and not _stands(title, chosen):
        chosen = [title, *chosen]
    return Content("\n".join(chosen), encoding, warnings)


def read_mht(data: bytes) -> Content:
    """The text of a page that a browser saved with its pictures in one file. Raises UnreadableError."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                return read(payload)
    raise UnreadableError("holds no page; save the page as .html")


def _decoded(data: bytes) -> tuple[str, str, tuple[str, ...]]:
    """The text by its bytes, whatever the page declares; the declared charset only where the bytes do not tell."""
    try:
        found = decode(data)
        return found.text, found.encoding, found.warnings
    except UndecidableError as error:
        declared = DECLARED.search(data[:4096])
        if declared is None:
            raise UnreadableError(f"is no page: {error}; save it as UTF-8") from error
        name = declared[1].decode("ascii")
        try:
            return data.decode(name, "replace"), name.lower(), ()
        except LookupError:
            raise UnreadableError(f"is no page: {error}; save it as UTF-8") from error


def _tree(text: str) -> Any:
    parser = lxml.html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    clean = XML_HEAD.sub("", text).replace("\0", "").encode("utf-8", "replace")
    if not clean.strip():
        return None
    try:
        tree = lxml.html.document_fromstring(clean, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    if sum(1 for _ in tree.iter()) > MOST_ELEMENTS:
        raise UnreadableError(f"has more than {MOST_ELEMENTS:,} elements, as no page of a plan has; save its text")
    return tree


def _prepare(tree: Any) -> None:
    """Drop what nobody sees, write the numbers of lists into their text, and put tables as lines."""
    for element in list(tree.iter()):
        if not isinstance(element.tag, str) or element.getparent() is None:
            continue
        if element.tag in SILENT or element.get("hidden") is not None or HIDDEN.search(element.get("style") or ""):
            element.drop_tree()
    for list_ in list(tree.iter("ol")):
        _write_numbers(list_)
    for list_ in list(tree.iter("ol", "ul")):
        for item in list_.findall("li"):
            item.tag = "p" if not any(c.tag in BLOCKS for c in item if isinstance(c.tag, str)) else "div"
        list_.tag = "div"
    for table in reversed(list(tree.iter("table"))):
        if table.find(".//table") is None:
            _put_as_lines(table)


def _write_numbers(list_: Any) -> None:
    items = list_.findall("li")
    stated = STYLE.search(list_.get("style") or "")
    style = LIST_STYLES.get(stated[1].lower()) if stated else None
    style = style or LIST_TYPES.get(list_.get("type") or "1", "decimal")
    step = -1 if list_.get("reversed") is not None else 1
    number = _whole(list_.get("start"), len(items) if step < 0 else 1)
    for item in items:
        number = _whole(item.get("value"), number)
        written = (item.text_content() or "").lstrip()
        shown = format_number(number, style)
        if shown and not MARKER.match(written):
            stop = "、" if shown[0] > "\u3000" else ". "
            first = next((e for e in item.iter() if (e.text or "").strip()), item)
            first.text = f"{shown}{stop}{(first.text or '').lstrip()}"
        number += step


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"-?\d{1,6}", text.strip()) else default


def _put_as_lines(table: Any) -> None:
    rows = [
        [
            Cell(
                "\n".join(_lines(cell)),
                max(1, _whole(cell.get("colspan"), 1)),
                # 0 stands for all rows that follow
                _whole(cell.get("rowspan"), 1) or 1000,
            )
            for cell in row
            if cell.tag in ("td", "th")
        ]
        for row in table.iter("tr")
    ]
    tail = table.tail
    caption = [line for c in table.findall("caption") for line in _lines(c)]
    made = lines([row for row in rows if row])
    table.clear()
    table.tag, table.tail = "div", tail
    for line in caption + made:
        etree.SubElement(table, "p").text = line


def _lines(element: Any) -> Iterator[str]:
    """The lines of text that an element shows."""
    parts: list[str] = []
    yield from _walk(element, parts)
    yield from _flushed(parts)


def _walk(element: Any, parts: list[str]) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag == "head":
        return
    block = element.tag in BLOCKS
    if block or element.tag == "br":
        yield from _flushed(parts)
    parts.append(element.text or "")
    for child in element:
        yield from _walk(child, parts)
        parts.append(child.tail or "")
    if block:
        yield from _flushed(parts)


def _flushed(parts: list[str]) -> list[str]:
    line = BLANKS.sub(" ", "".join(parts)).strip()
    parts.clear()
    return [line] if line else []


def _main(tree: Any) -> list[str]:
    """The lines of the main text as trafilatura finds it; none where it finds nothing."""
    from trafilatura import bare_extraction

    found = bare_extraction(
        tree, include_comments=False, include_tables=True, include_links=False, favor_recall=True, deduplicate=False
    )
    body = getattr(found, "body", None)
    if body is None:
        return []
    for br in body.iter("lb"):
        br.tag = "br"
    for element in body.iter("head", "item", "list", "quote", "row", "cell"):
        element.tag = "div"
    return list(_lines(body))


def _between(whole: list[str], main: list[str]) -> list[str]:
    """The lines of the page from the first to the last that belongs to the main text.

    trafilatura chooses well and orders badly: it drops short lines between paragraphs and puts some at the end.
    """
    chosen = {line for line in map(_bare, main) if len(line) >= LEAST_SURE}
    places = [i for i, line in enumerate(whole) if _bare(line) in chosen]
    if not places:
        return []
    first = places[0]
    while first and HEADING.match(whole[first - 1]):  # too short to be sure of, but the text below stands under it
        first -= 1
    return whole[first : places[-1] + 1]


def _bare(words: str) -> str:
    return re.sub(r"\s", "", words)


def _numbered(text: list[str]) -> int:
    return sum(bool(MARKER.match(line)) and len(line) > 8 for line in text)


def _title(tree: Any) -> str:
    """The title of the text: that of the article where the page names it, else its heading."""
    for path in ("//meta[@name='ArticleTitle']/@content", "//meta[@property='og:title']/@content"):
        for content in tree.xpath(path):
            if content.strip():
                return BLANKS.sub(" ", content).strip()
    headings = [BLANKS.sub(" ", h.text_content()).strip() for h in tree.iter("h1")]
    return headings[0] if len(headings) == 1 else ""


def _stands(title: str, text: list[str]) -> bool:
    return _bare(title) in _bare("".join(text)[: TITLE_NEAR + len(title)])
