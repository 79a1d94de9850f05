"""Markers of numbered items: find what looks like one, and keep those that number something.

A marker at the beginning of a line or sentence is believed. One in running text (`一、目标1.提高…(1)制定…`) is believed
only where its number is the one that is due.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

from extractors.numerals import cn_to_int

_CN = "一二三四五六七八九十百"
_NUMERAL = re.compile(rf"[{_CN}]+")
_NUMBER = re.compile(r"\d+")
# ①, ❶, ⓵, ⑴, ⒈, ㈠
_ENCLOSED = {
    chr(code): code - first + 1
    for first, last in (
        (0x2460, 0x2473), (0x2776, 0x277F), (0x24F5, 0x24FE), (0x2474, 0x2487), (0x2488, 0x249B), (0x3220, 0x3229)
    )
    for code in range(first, last + 1)
}  # fmt: skip
MARKER = re.compile(
    rf"(?P<chapter>(?<![^\n ])第[{_CN}\d]{{1,4}}(?:[章节编条])(?=[\s 　:、]|[\u4e00-\u9fff]))"
    rf"|(?P<ordinal>第[{_CN}]{{1,3}}[，、:])"
    rf"|(?P<cn_paren>\((?:[{_CN}]{{1,4}})\)(?:[、.]|(?=.))|[\u3220-\u3229]|(?<![^\n])[{_CN}]{{1,3}}\))"
    rf"|(?P<cn_dot>[{_CN}]{{1,4}}(?:、|(?<=[{_CN}])[.·](?=[^\d])))"
    rf"|(?P<ar_paren>\(\d{{1,2}}\)|[\u2474-\u2487]|(?<![^\n])\d{{1,2}}\))"
    r"|(?P<ar_dot>(?<![\d.,，A-Za-z])(?:\d{1,2}(?:\.\d{1,2}){1,3}(?![\d%‰月])[.、]?|\d{1,3}(?:[.、]|(?<=\d)·)(?!\d(?!\d?月)))|[\u2488-\u249b])"
    r"|(?P<circled>[\u2460-\u2473\u2776-\u277f\u24f5-\u24fe])"
    r"|(?P<inline>[一二三四五六七八九十]{1,3}(?:要|是)(?=[^否\s]))"
)
# What every marker begins and ends with: a scan for it is much faster than one for MARKER, which then decides.
LEAD = re.compile(
    rf"[第(\d{_CN}\u2460-\u249b\u2776-\u277f\u24f5-\u24fe\u3220-\u3229]"
    rf"(?:[\d{_CN}.]{{0,7}}[、.·，:)章节编条是要]|(?<=[\u2460-\u249b\u2776-\u277f\u24f5-\u24fe\u3220-\u3229])|\.\d)"
)
# At the beginning of a line, a number before a text that begins with a figure: 11、2024年, 3.65岁; no decimal as 3.1.
BEFORE_FIGURE = re.compile(
    r"(?<![^\n])(?!1[.]\d{1,2}(?!\d))\d{1,2}(?:、(?=[1-9]\d{0,4}(?![\d、，]))|[.](?=(?!1[^\d])\d{1,5}(?!\d|[.、，%％‰万亿千百倍]|个百分点)))"
)
RANK: dict[str, int] = {
    "chapter": 0, "article": 1, "cn_dot": 2, "cn_paren": 3, "ar_dot": 4, "ar_paren": 6, "circled": 7, "ordinal": 8,
    "inline": 9,
}  # fmt: skip
SENTENCE_END = "。！？；:…\n"
SOFT_END = '，、"”』」)]》'
TITLE_END = re.compile(r"[。；:\n！？]")
NOTE = re.compile(r"[(\[][^()\[\]]{0,40}(?:牵头|责任|配合|负责|分工|完成|时限|单位|科室)")
LONGEST_NOTE = 200  # characters of a note in brackets at the end of a paragraph
HEADING_WORD = re.compile(
    r"[\u4e00-\u9fff]{0,6}(?:目标|任务|措施|策略|要求|步骤|内容|安排|保障|思路|重点|举措|工作|计划|原则|分工|方法)"
)
# What stands beside a numeral of the sentence: 第一、二类, 表1., 万一是.
_BEFORE_COUNT, _BEHIND_COUNT = frozenset(_CN + "第、星周初高大统唯"), frozenset("、年级期产类等")
_BEFORE_FIGURE, _BEFORE_WORD = frozenset("第表图式年月-~/+×"), frozenset(_CN + "之统唯第专单同万")
LONGEST_RUN_ON = 60  # characters a numbered heading without a stop may have before the next marker
LONGEST_BARE_HEADING = 12  # the same for a heading without a number, at the beginning of a line


@dataclass(slots=True)
class Marker:
    """A marker in a text.

    ``style`` is one of RANK, ``depth`` the parts of a decimal number (1.2 has two), ``chapter`` its
    first part; ``place`` says what it stands behind: line, sentence, soft (a comma or bracket), mid; or that it
    stands before a figure.
    """

    start: int
    end: int
    text: str
    number: int
    style: str
    depth: int
    chapter: int
    place: str


def _candidates(text: str) -> Iterator[Marker]:
    for match in _matches(text):
        style = match.lastgroup or "ar_dot"
        written = match[0]
        numbers = _numbers(written)
        if not numbers:
            continue
        depth = len(numbers) if style == "ar_dot" else 1
        first = numbers[0] if depth > 1 else numbers[-1]
        if style == "chapter" and written[-1] == "条":
            style = "article"
        start, end = match.span()
        place = _place(text, start) if match.lastgroup else "figure"
        yield Marker(start, end, written, numbers[-1], style, depth, first, place)


def _matches(text: str) -> Iterator[re.Match[str]]:
    at = 0
    while lead := LEAD.search(text, at):
        match = MARKER.match(text, lead.start())
        if text[lead.start()].isascii() and (figure := BEFORE_FIGURE.match(text, lead.start())):
            yield figure
        if match:
            yield match
        at = match.end() if match else lead.start() + 1


def _place(text: str, start: int) -> str:
    if start == 0 or text[start - 1] == "\n":
        return "line"
    before = text[start - 1]
    if before == " ":
        before = text[start - 2] if start > 1 else "\n"
    if before in SENTENCE_END:
        return "sentence"
    if before in '”』」)]》"' and start > 1 and text[start - 2] in SENTENCE_END:
        return "sentence"
    if before in ")]" and _ends_with_note(text, start):
        return "sentence"
    return "soft" if before in SOFT_END else "mid"


def _ends_with_note(text: str, end: int) -> bool:
    """Whether a bracket closes before ``end`` that says who does the work or by when: with it a paragraph ends."""
    window = text[max(0, end - LONGEST_NOTE) : end]
    begin = max(window.rfind("("), window.rfind("["))
    if begin > 0 and window[begin - 1] in SENTENCE_END:
        return True
    note = NOTE.search(window, max(window.rfind(stop) for stop in "。！？\n") + 1)
    return note is not None


def _numbers(written: str) -> list[int]:
    """The numbers of a marker, of which a decimal one (1.2) has several; none where a numeral is no number."""
    if enclosed := _ENCLOSED.get(written[0]):
        return [enclosed]
    if digits := _NUMBER.findall(written):
        return [int(number) for number in digits]
    numeral = _NUMERAL.search(written)
    number = cn_to_int(numeral[0]) if numeral else None
    return [] if number is None else [number]


def believed(text: str) -> list[Marker]:
    """The markers that number something, in order of place."""
    candidates = list(_candidates(text))
    kept: list[Marker] = []
    open_: dict[tuple[str, int], int] = {}  # the last number of each style in the list that is open
    running: dict[tuple[str, int], int] = {}  # the last number of each style at all: numbering may run through chapters
    ahead = _Ahead(candidates)
    for marker in candidates:
        if (kept and marker.start < kept[-1].end) or not _plausible(text, marker):
            continue
        key = marker.style, marker.depth
        due = marker.number in (open_.get(key, 0) + 1, running.get(key, 0) + 1)
        if not _accepted(text, marker, kept, due, ahead, running):
            continue
        kept.append(marker)
        open_[key] = running[key] = marker.number
        for other in list(open_):
            if RANK[other[0]] > RANK[marker.style] or (other[0] == marker.style and other[1] > marker.depth):
                del open_[other]
    return _series_only(kept)


class _Ahead:
    """Which numbers a style still has ahead of a place."""

    def __init__(self, candidates: Sequence[Marker]) -> None:
        self.places: dict[tuple[str, int, int], list[int]] = {}
        self.figures: dict[int, list[int]] = {}  # the same of numbers before a figure
        for marker in candidates:
            if marker.place == "figure":
                self.figures.setdefault(marker.number, []).append(marker.start)
            else:
                self.places.setdefault((marker.style, marker.depth, marker.number), []).append(marker.start)

    def has_next(self, marker: Marker, within: int = 10**9) -> bool:
        following = self.places.get((marker.style, marker.depth, marker.number + 1), [])
        i = bisect_right(following, marker.end)
        return i < len(following) and following[i] <= marker.end + within

    def goes_on(self, marker: Marker, clear: bool) -> bool:
        """Whether the list counts on behind a number before a figure, and the number does not come again first.

        Where it is ``clear`` that no decimal is meant, it may be the last of a list.
        """
        anew, again, following = (
            self._next(n, marker.end, n != marker.number) for n in (1, marker.number, marker.number + 1)
        )
        if following < anew:
            return following < again
        return clear and marker.number > 1 and anew <= again

    def _next(self, number: int, at: int, figures: bool) -> float:
        """Where a number with a dot stands next behind a place; with ``figures`` also before a figure."""
        lists = [self.places.get(("ar_dot", 1, number), []), self.figures.get(number, []) if figures else []]
        return min((places[i] for places in lists if (i := bisect_right(places, at)) < len(places)), default=inf)


def _plausible(text: str, marker: Marker) -> bool:
    """Not a numeral of the sentence: 一、二、三年级; 第3、第4; 2010、2011; 5.5; (一)部分 of a name."""
    after = text[marker.end : marker.end + 2]
    before = text[marker.start - 1 : marker.start]
    if not after or after[0] in "，。；、)]%":
        return False
    if marker.style == "cn_dot":
        if marker.place in ("line", "sentence"):
            return True
        enumerates = after[0] in _CN and after[1:2] in _BEHIND_COUNT
        return not enumerates and before not in _BEFORE_COUNT
    if marker.style in ("ar_dot", "ar_paren"):
        if before in _BEFORE_FIGURE:
            return False
        return not (marker.style == "ar_dot" and marker.depth == 1 and sum(map(str.isdecimal, marker.text)) > 2)
    if marker.style == "inline":
        return before not in _BEFORE_WORD and not (marker.text.endswith("要") and after[0] in "求素点")
    if marker.style == "ordinal":
        return marker.place in ("line", "sentence")
    return True


def _accepted(
    text: str,
    marker: Marker,
    kept: list[Marker],
    due: bool,
    ahead: _Ahead,
    running: dict[tuple[str, int], int],
) -> bool:
    if marker.place == "figure":
        closed = text[max(0, marker.start - 8) : marker.start].rstrip().endswith(("。", "；"))
        return due and ahead.goes_on(marker, closed or marker.text[-1] == "、")
    if marker.style in ("chapter", "article", "circled"):
        return True
    at_start = marker.place in ("line", "sentence")
    if marker.depth > 1:
        below = marker.chapter == running.get(("ar_dot", marker.depth - 1)) or marker.place == "line"
        return below and (due or marker.number == 1) and (at_start or _under_heading(text, marker, kept))
    if marker.style in ("inline", "ordinal"):
        if at_start or (marker.place == "soft" and (due or marker.number == 1)):
            return True
        return marker.number == 1 and ahead.has_next(marker) and _under_heading(text, marker, kept)
    if at_start:
        # a number out of turn behind a full stop is believed when its list is there
        believed = due or marker.number == 1 or marker.place == "line" or marker.style != "ar_dot"
        return believed or (marker.style, 1) in running or ahead.has_next(marker)
    if marker.number > 1:
        glued = marker.style != "cn_dot" and _under_heading(text, marker, kept) and ahead.has_next(marker)
        return (due or glued) and (marker.place == "mid" or marker.style in ("ar_paren", "cn_paren"))
    if marker.style == "cn_dot" and not kept:
        return marker.place == "mid" and ahead.has_next(marker)
    if ahead.has_next(marker) and _behind_bare_heading(text, marker):
        return True
    if marker.style == "ar_paren" and ahead.has_next(marker, 400):
        return True
    return _under_heading(text, marker, kept) and (
        ahead.has_next(marker) or (bool(kept) and kept[-1].style != marker.style)
    )


def _under_heading(text: str, marker: Marker, kept: list[Marker]) -> bool:
    """Whether what stands before the marker is a heading without a stop: `二、目标1.提高…`, or a line `措施1.…`."""
    last = kept[-1].end if kept else 0
    line = text.rfind("\n", max(0, marker.start - 2 * LONGEST_RUN_ON), marker.start) + 1
    begin = max(last, line)
    bare = last < line or not kept
    if bare and (marker.start - line > LONGEST_BARE_HEADING or marker.style == "cn_paren"):
        return False
    return 1 < marker.start - begin <= LONGEST_RUN_ON and not TITLE_END.search(text, begin, marker.start)


def _behind_bare_heading(text: str, marker: Marker) -> bool:
    """Whether a heading without a number stands between a full stop and the marker: `…的教育。策略1. 提高`."""
    begin = marker.start - LONGEST_BARE_HEADING
    heading = text[max(0, begin) : marker.start].rpartition("。")
    return marker.style == "ar_dot" and bool(heading[1]) and HEADING_WORD.fullmatch(heading[2]) is not None


def _series_only(markers: list[Marker]) -> list[Marker]:
    """Without inline markers that stand alone: `一是` with no `二是` says nothing of a list."""
    keep = [True] * len(markers)
    run: list[int] = []

    def close() -> None:
        if len(run) == 1:
            keep[run[0]] = False
        run.clear()

    for i, marker in enumerate(markers):
        if marker.style not in ("inline", "ordinal"):
            if RANK[marker.style] < RANK["ar_paren"]:
                close()
            continue
        if run and (marker.number == 1 or markers[run[-1]].style != marker.style):
            close()
        run.append(i)
    close()
    return [m for m, ok in zip(markers, keep, strict=True) if ok]
