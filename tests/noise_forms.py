"""Noises that change what an annotation says, or where its parts stand: blanked values, pages out of order, exports."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from make_samples import furniture
from sample_noise import Copy, Noise, added, joined

Row = dict[str, Any]
MASKS = ("x", "X", "*", "_", "×")
EVERY = 3  # of so many values one is blanked
DIGITS = re.compile(r"\d[\d.,]*")
MONTH_OR_DAY = re.compile(r"\d{1,2}(?=(?:[-—~至到]\d{1,2})?[月日])")
TOP_HEADING = re.compile(r"(?<=\n)[一二三四五六七八九]、")
FIRST_PART, LAST_PART = 0.3, 0.7  # of a plan: what a preview shows first, and where its last pages begin


@dataclass(frozen=True)
class Document:
    """An annotated document: its text without noise and its gold, whose places are offsets into that text."""

    name: str
    genre: str
    text: str
    gold: Mapping[str, Any]


def blanked(document: Document) -> Document:
    """Every third value that stands in digits blanked, in the text and in the gold: `xx%`, `X所`, `*月底`.

    By ANNOTATION.md a blanked value is null and `redacted`, a time whose month or day is blanked has no dates. Years
    stay: with them a plan would lose its year.
    """
    text = list(document.text)
    targets = [_blank(text, row, DIGITS, _no_value) for row in _numbered(document.gold["targets"], DIGITS)]
    deadlines = [
        _blank(text, row, MONTH_OR_DAY, _no_dates) for row in _numbered(document.gold["deadlines"], MONTH_OR_DAY)
    ]
    gold = {**document.gold, "targets": targets, "deadlines": deadlines}
    for kind in ("targets", "deadlines", "units", "items"):
        gold[kind] = [
            {**row, "text": "".join(text[row["start"] : row["end"]])} if "text" in row and "end" in row else row
            for row in gold[kind]
        ]
    return replace(document, text="".join(text), gold=gold)


def _numbered(rows: list[Row], digits: re.Pattern[str]) -> list[tuple[Row, int | None]]:
    """Each row, with the number of its blanking where it is one of those that are blanked."""
    count, out = 0, []
    for row in rows:
        stands = digits.search(row["text"]) and not row.get("redacted") and row.get("relation") != "recurring"
        count += bool(stands)
        out.append((row, count // EVERY if stands and count % EVERY == 0 else None))
    return out


def _blank(
    text: list[str], numbered: tuple[Row, int | None], digits: re.Pattern[str], without: Callable[[Row], Row]
) -> Row:
    row, number = numbered
    if number is None:
        return row
    for match in digits.finditer("".join(text[row["start"] : row["end"]])):
        for at in range(*match.span()):
            text[row["start"] + at] = MASKS[number % len(MASKS)]
    return without(row)


def _no_value(row: Row) -> Row:
    return {**row, "value": None, "upper": None, "redacted": True}


def _no_dates(row: Row) -> Row:
    return {**row, "date_start": None, "date_end": None, "redacted": True}


def out_of_order(copy: Copy) -> Copy:
    """The first part, the last, then what stands between: the first ends with a paragraph, the last is a chapter.

    Only where a chapter begins in between, so that the numbers jump: else no reader can tell whose （二） it is.
    """
    size = len(copy.text)
    first = copy.text.find("\n", int(FIRST_PART * size)) + 1
    heading = TOP_HEADING.search(copy.text, int(LAST_PART * size))
    if not first or heading is None:
        return copy
    last = heading.start()
    if not TOP_HEADING.search(copy.text, first, last):
        return copy
    end = copy.cut(last, size)
    return joined([copy.cut(0, first), end, added("" if end.text.endswith("\n") else "\n"), copy.cut(first, last)])


def preview(copy: Copy) -> Copy:
    """What a site puts around a preview."""
    title = copy.text.lstrip("1、 \u3000").split("\n", 1)[0].strip()
    return furniture("preview_head", "preview_tail", title=title, pages=copy.text.count("\n\n") + 1)(copy)


def paging(copy: Copy) -> Copy:
    """Paging of a page in several parts, glued to a heading or on a line of its own."""
    pieces, at = [], 0
    for number, match in enumerate(TOP_HEADING.finditer(copy.text)):
        pieces += [copy.cut(at, match.start()), added("" if number % 2 else "共512345")]
        at = match.start()
    return joined([*pieces, copy.cut(at, len(copy.text)), added("\n共5页: 1 2 3 4 5\n下一页 尾页\n")])


def misread(copy: Copy) -> Copy:
    """Letters for digits in every second number of two digits and more: `IO0人`, `二O二三年`."""
    out = list(copy.text)
    for number, match in enumerate(re.finditer(r"(?<![\w.])\d{2,4}(?=[\u4e00-\u9fff%])|[二一]〇[一二]", copy.text)):
        if number % 2 and not match[0].isdigit():
            out[match.start() + 1] = "O"
        elif number % 2 and len(set(match[0]) - set("01")) > 0:
            for at in range(match.start() + 1, match.end()):
                out[at] = {"0": "O", "1": "I" if at + 1 < match.end() else "1"}.get(out[at], out[at])
    return Copy("".join(out), copy.origin)


def small_stops(copy: Copy) -> Copy:
    """`﹒` behind item numbers in turn with `．`, and tortoise-shell brackets round years: `〔2022〕`."""
    out = list(copy.text)
    for number, match in enumerate(re.finditer(r"(?<=\d)\.(?=[\u4e00-\u9fff])", copy.text)):
        out[match.start()] = "﹒．"[number % 2]
    for match in re.finditer(r"[\[(（［](?=(?:19|20)\d\d[\])）］])", copy.text):
        out[match.start()], out[match.start() + 5] = "〔", "〕"
    return Copy("".join(out), copy.origin)


def carriage_returns(copy: Copy) -> Copy:
    """Line ends of one carriage return."""
    return Copy(copy.text.replace("\n", "\r"), copy.origin)


FORMS: dict[str, Noise] = {
    "blanked": lambda copy: copy,
    "paging": paging,
    "misread": misread,
    "small_stops": small_stops,
    "carriage_returns": carriage_returns,
    "law_export": furniture("law_header"),
    "utf16": lambda copy: copy,
}
REWRITES: dict[str, Callable[[Document], Document]] = {"blanked": blanked}
