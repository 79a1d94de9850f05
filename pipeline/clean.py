"""Take the noise out of a source text: page markers, paging, furniture lines, stray blanks, broken lines.

Nothing is rewritten: each step names spans of noise, and the view leaves them out (see ``pipeline.text``).
"""

from __future__ import annotations

import re

from extractors.mentions import Span
from extractors.places import runs
from lexicons import rule
from pipeline import furniture
from pipeline.lines import BLANK, FINAL, UNIT_SIGNS, broken_ends
from pipeline.pages import page_markers
from pipeline.simplify import simplify
from pipeline.text import View, normalize

# Behind paging a line or a heading begins; where a text goes on the digits are a figure: `共212个村`.
PAGING = re.compile(
    r"共[ \u3000]?(\d{1,2}?)[ \u3000]?页?[ \u3000:：]*(123\d*|1(?:[ \u3000]+\d{1,2}){2,})"
    r"(?=\s*(?:$|\n|[一二三四五六七八九十]{1,3}、|[(（]|\d{1,2}[.、]|[下尾末]一?页))"
)
# What paging has in any form of its characters.
SHOWS_PAGING = re.compile(r"共[^\u4e00-\u9fff]{1,4}页?[^\u4e00-\u9fff]*?[1１Il]")
HEAD_OF_NUMBER = re.compile(r"[\u4e00-\u9fff]\d{1,3}$")
TAIL_OF_NUMBER = re.compile(r"\d{1,4}(?:\.\d+)?[\u4e00-\u9fff%％]")
# Behind 、 only a group of three goes on with a number: 1 788.0万头.
HEAD_OF_GROUP = re.compile(r"[、，,]\d{1,3}$")
TAIL_OF_GROUP = re.compile(r"\d{3}(?:\.\d+)?[\u4e00-\u9fff%％]")
WIDE_BLANKS = "\t\u3000\u2003"
CELL = "-—–－/" + UNIT_SIGNS
# The number of a paragraph keeps the blank that parts it from a year: 1. 2025年底前.
NUMBERED = re.compile(r"(?:^|\n)[ \t\u3000]*\d{1,2}[.．、]$")
STRAY_BLANK = re.compile(r"(?<![!-~])[ \u3000]|[ \u3000](?![!-~])")
# A Cyrillic letter where some document sites had a line end.
LETTER_FOR_LINE_END = re.compile(r"Р(?<=[\u4e00-\u9fff。；：，、！？”》）)\d%]Р)(?=[\u4e00-\u9fff（(《“\d①-⑳])")
LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")  # half a character, which no encoding can write
CARRIAGE_RETURN = re.compile(r"\r(?=\n)")
LONE_RETURN = re.compile(r"\r(?!\n)")


def clean(raw: str) -> View:
    """The view of a source text without its noise. Takes time linear in the text; never fails."""
    raw = LETTER_FOR_LINE_END.sub("\n", LONE_SURROGATE.sub("\ufffd", raw))
    simple = _with_line_feeds(simplify(raw))
    view = _cleaned(simple)
    if simple is raw:
        return view
    return View("".join(map(raw.__getitem__, view.starts.tolist())), view.starts, view.text)


def clean_passage(raw: str) -> View:
    """The view of a passage that stands in no page: blanks and broken lines go, nothing is taken for furniture."""
    raw = LONE_SURROGATE.sub("\ufffd", raw)
    simple = _with_line_feeds(simplify(raw))
    view = View.of(simple, [m.span() for m in CARRIAGE_RETURN.finditer(simple)])
    view = view.without(broken_ends(view.text))
    view = view.without(_blanks(view.text))
    view = view.without([m.span() for m in STRAY_BLANK.finditer(view.text)])
    if simple is raw:
        return view
    return View("".join(map(raw.__getitem__, view.starts.tolist())), view.starts, view.text)


def _with_line_feeds(text: str) -> str:
    """The text with a line feed for each line end of a carriage return alone; the text itself without any."""
    if "\r" not in text or text.count("\r") == text.count("\r\n"):
        return text
    return LONE_RETURN.sub("\n", text)


def _cleaned(raw: str) -> View:
    view = View.of(raw, _inline_noise(raw))
    view = view.without(page_markers(view.text))
    view = view.without(_line_noise(view.text))
    view = view.without(_paging(view.text))
    view = view.without(broken_ends(view.text))
    return view.without(_blanks(view.text))


def _inline_noise(raw: str) -> list[Span]:
    spans = furniture.inline(raw)
    if "\r" in raw:
        spans.extend(m.span() for m in CARRIAGE_RETURN.finditer(raw))
    return spans


def _line_noise(text: str) -> list[Span]:
    is_furniture = furniture.lines("furniture.line")
    spans, at = [], 0
    for line in text.split("\n"):
        bare = line.strip()
        if bare and (is_furniture(bare) or _bare(bare)):
            spans.append((at, at + len(line)))
        at += len(line) + 1
    return spans


def _bare(line: str) -> bool:
    """Whether the line is a bracket or two that furniture left behind; a dash or a unit may be a cell of a table."""
    return len(line) < 3 and not any(c.isalnum() or c in CELL for c in line)


def _paging(text: str) -> list[Span]:
    """`共5页 1 2 3 4 5`, also glued: `共512345`."""
    if not SHOWS_PAGING.search(text):
        return []
    return [
        match.span()
        for match in PAGING.finditer(normalize(text))
        if "".join(match[2].split()) == "".join(str(page) for page in range(1, int(match[1]) + 1))
    ]


def _blanks(text: str) -> list[Span]:
    """Blanks at line edges, and those inside a line that do not part two words of Latin letters or two cells."""
    spans = []
    last = len(text)
    label = rule("clean.label")
    for start, end in runs(text, BLANK):
        before = text[start - 1] if start else "\n"
        after = text[end] if end < last else "\n"
        if (
            before != "\n"
            and after != "\n"
            and (
                (_parts(before, text[start:end], after) and not _in_number(text, start, end))
                # A label such as 责任单位: keeps the blank before it: 责任领导:甲 责任科室:乙.
                or label.match(text, end)
                or (after.isdigit() and before in "．.、" and NUMBERED.search(text, max(0, start - 8), start))
            )
        ):
            start += 1
        if start < end:
            spans.append((start, end))
    return spans


def _in_number(text: str, start: int, end: int) -> bool:
    """Whether one blank, where a line ended, cuts a number in two: `培训50 00人次`; not in `2022 2025年` or `1 2 3`."""
    if end - start > 1 or not text[start - 1].isdigit():
        return False
    head = text[max(0, start - 4) : start]
    if HEAD_OF_GROUP.search(head):
        return TAIL_OF_GROUP.match(text, end) is not None
    return bool(HEAD_OF_NUMBER.search(head) and TAIL_OF_NUMBER.match(text, end))


def _parts(before: str, blanks: str, after: str) -> bool:
    """Whether blanks inside a line part two words of Latin letters or two cells, and one of them stays."""
    if before.isascii() and before.isalnum() and after.isascii() and after.isalnum():
        return True
    if before.isdigit() or after.isdigit() or after in "%％" or before in FINAL or before in "，、":
        return False
    return len(blanks) > 1 or blanks in WIDE_BLANKS
