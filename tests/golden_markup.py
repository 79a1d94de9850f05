"""Plans written with their annotations inline, and the gold document that such a text stands for.

A marked text is a plan as a person would read it, with tags in braces where a row is::

    {P plan 2024 2024|标题}…{/P}            a plan: kind, year, year of the title, title (? for none)
    {#2 （一）}                             the marker of an item at level 2
    {T达到60%以上|ge 60%|覆盖率|s=主体}      a target: text, comparator and value with unit, indicator, then options:
                                           s= subject, also= a further accepted indicator, and the words
                                           ach, ref, delta, redacted, optional
    {D6月底前|by ..2024-06-30 month}        a deadline: text, relation, interval, granularity, then
                                           ach, redacted, optional
    {U县教育局|lead}                        a unit: text, role, then c (collective), ach, optional

A value is `60%`, `5~8个`, `6:1`, `1/3` or `?所` where the digits are blanked. A text without tags is simply clean text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

TAG = re.compile(r"\{(/?[PTDU#])([^{}]*)\}")
VALUE = re.compile(r"(\?|\d+(?:[./]\d+)?)(?:~(\?|\d+(?:\.\d+)?))?(.*)")
TITLE_END = re.compile(r"[。；：;\n]|(?=[（〔【(]?[一二三四五六七八九十]+是)")
CLAUSE_END = re.compile(r"[，。：；\n]")
DIGITS = "〇一二三四五六七八九"
STYLES = (
    (re.compile(r"[一二三四五六七八九十]+、"), "cn_dot"),
    (re.compile(r"[（(][一二三四五六七八九十]+[）)]"), "cn_paren"),
    (re.compile(r"\d+[.．、]"), "ar_dot"),
    (re.compile(r"[（(]\d+[）)]"), "ar_paren"),
    (re.compile(r"[一二三四五六七八九十]+是"), "inline"),
)

Row = dict[str, Any]


@dataclass
class Marked:
    """The clean text of a marked text and its rows, by the names that gold files use."""

    text: str
    plans: list[Row] = field(default_factory=list)
    items: list[Row] = field(default_factory=list)
    targets: list[Row] = field(default_factory=list)
    deadlines: list[Row] = field(default_factory=list)
    units: list[Row] = field(default_factory=list)


def parse(marked: str) -> Marked:
    """The clean text and the rows of a marked text."""
    pieces: list[str] = []
    tags: list[tuple[str, str, int]] = []
    at = length = 0
    for match in TAG.finditer(marked):
        plain = marked[at : match.start()]
        shown = "" if match[1] in ("P", "/P") else match[2].split("|")[0]
        if match[1] == "#":
            shown = shown.split(" ", 1)[1]
        pieces += [plain, shown]
        tags.append((match[1], match[2], length + len(plain)))
        length += len(plain) + len(shown)
        at = match.end()
    pieces.append(marked[at:])
    result = Marked("".join(pieces))
    if "{" in result.text or "}" in result.text:
        raise ValueError(f"a brace that is no tag: {result.text[max(0, result.text.find('{') - 20) :][:60]!r}")
    enclosing: list[tuple[int, int]] = []
    for kind, body, start in tags:
        if kind == "P":
            result.plans.append(_plan(body, start))
            enclosing.clear()
        elif kind == "/P":
            result.plans[-1]["end"] = start
        elif kind == "#":
            result.items.append(_item(body, start, enclosing, result.text))
        elif kind == "T":
            result.targets.append(_target(body, start))
        elif kind == "D":
            result.deadlines.append(_deadline(body, start))
        elif kind == "U":
            result.units.append(_unit(body, start))
    return result


def _number(text: str) -> float | int | None:
    if text == "?":
        return None
    above, _, below = text.partition("/")
    if below:
        return int(above) / int(below)
    return float(text) if "." in text else int(text)


def _year(text: str) -> int | None:
    return None if text == "?" else int(text)


def _plan(body: str, start: int) -> Row:
    head, title = body.split("|")
    kind, year, title_year = head.split()
    return {
        "start": start,
        "end": -1,
        "title": None if title == "?" else title,
        "kind": kind,
        "year": _year(year),
        "title_year": _year(title_year),
    }


def chinese_number(text: str) -> int:
    """The value of a numeral up to 99 as item markers write it: 二十六 → 26."""
    if "十" not in text:
        return DIGITS.index(text)
    tens, _, ones = text.partition("十")
    return (DIGITS.index(tens) if tens else 1) * 10 + (DIGITS.index(ones) if ones else 0)


def _item(body: str, start: int, enclosing: list[tuple[int, int]], text: str) -> Row:
    level_text, marker = body.split(" ", 1)
    level = int(level_text)
    style = next((style for shape, style in STYLES if shape.fullmatch(marker)), None)
    if style is None:
        raise ValueError(f"not a marker: {marker!r}")
    bare = re.sub(r"[（）()、.．是]", "", marker)
    while enclosing and enclosing[-1][0] >= level:
        enclosing.pop()
    parent = enclosing[-1][1] if enclosing else None
    enclosing.append((level, start))
    tail = text[start + len(marker) :]
    stop = (CLAUSE_END if style == "inline" else TITLE_END).search(tail)
    return {
        "start": start,
        "end": start + len(marker),
        "text": marker,
        "marker": marker,
        "number": int(bare) if bare.isdigit() and bare.isascii() else chinese_number(bare),
        "style": style,
        "parent": parent,
        "title": tail[: stop.start()] if stop else tail,
    }


def _options(parts: list[str]) -> tuple[set[str], dict[str, list[str]]]:
    flags: set[str] = set()
    named: dict[str, list[str]] = {}
    for part in parts:
        key, equals, value = part.partition("=")
        if equals:
            named.setdefault(key, []).append(value)
        else:
            flags.add(part)
    unknown = (flags - {"ach", "ref", "delta", "redacted", "optional", "c"}) | (set(named) - {"s", "also"})
    if unknown:
        raise ValueError(f"unknown options {sorted(unknown)}")
    return flags, named


def _kind(unit: str) -> str:
    if unit in ("%", "百分点"):
        return "percent"
    if unit in ("‱", "‰"):
        return {"‱": "permyriad", "‰": "permille"}[unit]
    if unit.startswith(":") or unit == "倍":
        return "ratio"
    return "amount" if re.fullmatch(r"[十百千万亿]*(?:元|美元)", unit) else "count"


def _target(body: str, start: int) -> Row:
    text, measure, *rest = body.split("|")
    # 零事故 names no indicator of its own.
    indicator = rest[0]
    flags, named = _options(rest[1:])
    comparator, quantity = measure.split(" ")
    match = VALUE.fullmatch(quantity)
    if match is None:
        raise ValueError(f"not a value: {quantity!r}")
    row: Row = {
        "start": start,
        "end": start + len(text),
        "text": text,
        "kind": "ratio" if "/" in match[1] else _kind(match[3]),
        "indicator": indicator,
        "subject": named.get("s", [None])[0],
        "comparator": comparator,
        "value": _number(match[1]),
        "upper": _number(match[2]) if match[2] else None,
        "unit": match[3],
        "redacted": "redacted" in flags,
        "status": "achieved" if "ach" in flags else "reference" if "ref" in flags else "planned",
        "delta": "delta" in flags,
    }
    if "also" in named:
        row["indicator_also"] = named["also"]
    return _with_optional(row, flags)


def _deadline(body: str, start: int) -> Row:
    text, rest = body.split("|")
    relation, interval, granularity, *words = rest.split()
    flags, _ = _options(words)
    first, _, last = interval.partition("..")
    row: Row = {
        "start": start,
        "end": start + len(text),
        "text": text,
        "relation": relation,
        "date_start": first or None,
        "date_end": last or None,
        "granularity": granularity,
        "redacted": "redacted" in flags,
        "status": "achieved" if "ach" in flags else "planned",
    }
    return _with_optional(row, flags)


def _unit(body: str, start: int) -> Row:
    text, rest = body.split("|")
    role, *words = rest.split()
    flags, _ = _options(words)
    row: Row = {
        "start": start,
        "end": start + len(text),
        "text": text,
        "role": role,
        "collective": "c" in flags,
        "status": "achieved" if "ach" in flags else "planned",
    }
    return _with_optional(row, flags)


def _with_optional(row: Row, flags: set[str]) -> Row:
    if "optional" in flags:
        row["optional"] = True
    return row


def gold(marked: Marked, source: str, offsets: list[int], length: int) -> Row:
    """The gold document of a sample: ``offsets`` says where each character of the clean text stands in the sample."""

    def moved(rows: list[Row]) -> list[Row]:
        out = []
        for row in rows:
            new = dict(row)
            places = [at for at in offsets[row["start"] : row["end"]] if at >= 0]
            new["start"], new["end"] = min(places), max(places) + 1
            if row.get("parent") is not None:
                new["parent"] = offsets[row["parent"]]
            out.append(new)
        return sorted(out, key=lambda row: (row["start"], row["end"]))

    tables = {name: moved(getattr(marked, name)) for name in ("plans", "items", "targets", "deadlines", "units")}
    return {"source": source, "length": length, **tables}
