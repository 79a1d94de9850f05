"""The numbers that Word makes itself: computed from `numbering.xml`, the styles and the order of paragraphs.

Lists that share an abstract list count on together; a list with a start of its own counts from there when it is first
used; a level begins anew after a level above it, unless `lvlRestart` says otherwise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from docx.oxml.ns import qn

from pipeline.formats.numerals import format_number

PLACEHOLDER = re.compile(r"%([1-9])")
BULLET = "•"
DEEPEST_CHAIN = 32  # styles that are based on one another; a loop ends here


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a list: its first number, its format, its text with %1 for the number of level one, what follows."""

    start: int = 1
    style: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    restart: int | None = None  # the level (from 1) after which it begins anew; 0 never, None after any above
    paragraph_style: str | None = None
    legal: bool = False  # all numbers in the text are decimal


@dataclass(frozen=True, slots=True)
class _List:
    abstract: str
    levels: dict[int, Level]
    starts: dict[int, int]


def value(element: Any, path: str) -> str | None:
    """The `w:val` of the child at a path of `w:` names, or None."""
    found = element.find("/".join(qn(f"w:{name}") for name in path.split("/"))) if element is not None else None
    return None if found is None else str(found.get(qn("w:val"), ""))


def _number(text: str | None, default: int) -> int:
    try:
        return int(text) if text else default
    except ValueError:
        return default


class Numbering:
    """Counts the paragraphs of one document, which are asked for in order."""

    def __init__(self, numbering: Any, styles: Any) -> None:
        """``numbering`` and ``styles`` are the roots of the parts, or None where the document lacks one."""
        self._styles = {} if styles is None else {s.get(qn("w:styleId")): s for s in styles.iter(qn("w:style"))}
        self._default_style = next(
            (id_ for id_, s in self._styles.items() if s.get(qn("w:type")) == "paragraph" and _on(s, "w:default")), None
        )
        self._abstract = _by_id(numbering, "abstractNum", "abstractNumId")
        self._lists = self._read_lists(_by_id(numbering, "num", "numId"))
        self._counters: dict[str, dict[int, int]] = {}
        self._started: set[tuple[str, int]] = set()

    def label(self, paragraph: Any) -> str:
        """The number before a `w:p`, with the blank that parts it from the text; empty where it has none."""
        place = self._place(paragraph)
        if place is None:
            return ""
        list_id, depth = place
        list_ = self._lists[list_id]
        level = list_.levels.get(depth)
        if level is None:
            return ""
        counters = self._counted(list_id, list_, depth, level)
        if level.style == "bullet":
            return f"{BULLET} "
        text = PLACEHOLDER.sub(lambda m: self._shown(list_, counters, int(m[1]) - 1, level.legal), level.text)
        return text if level.suffix == "nothing" or not text else f"{text} "

    def _shown(self, list_: _List, counters: dict[int, int], depth: int, legal: bool) -> str:
        """The number of a level inside a text; a level above without a paragraph yet shows its first number."""
        level = list_.levels.get(depth, Level())
        if level.style == "bullet":
            return ""
        return format_number(counters.get(depth, level.start), "decimal" if legal else level.style)

    def _counted(self, list_id: str, list_: _List, depth: int, level: Level) -> dict[int, int]:
        counters = self._counters.setdefault(list_.abstract, {})
        if depth in list_.starts and (list_id, depth) not in self._started:
            counters[depth] = list_.starts[depth]
        else:
            counters[depth] = counters[depth] + 1 if depth in counters else level.start
        self._started.add((list_id, depth))
        for below in [d for d in counters if d > depth]:
            after = list_.levels.get(below, Level()).restart
            if after is None or (after and depth < after):
                del counters[below]
        # A level that was passed over counts as begun: after 2, then 2.1.1 the next of its level is 2.2.
        for above in range(depth):
            counters.setdefault(above, list_.levels.get(above, Level()).start)
        return counters

    def _place(self, paragraph: Any) -> tuple[str, int] | None:
        """The list and level of a paragraph: its own, or those that its style or a style below that carries."""
        properties = paragraph.find(qn("w:pPr"))
        own_list, own_level = value(properties, "numPr/numId"), value(properties, "numPr/ilvl")
        list_id, depth = own_list, _number(own_level, 0)
        if list_id is None:
            style = value(properties, "pStyle") or self._default_style
            list_id, styled = self._of_style(style)
            depth = styled if own_level is None else depth
        if not list_id or list_id == "0" or list_id not in self._lists:
            return None
        return list_id, depth

    def _of_style(self, style_id: str | None) -> tuple[str | None, int]:
        """The list that a style carries, with the level that names the style, else the level that it states."""
        names: list[str] = []
        stated: int | None = None
        while style_id in self._styles and len(names) < DEEPEST_CHAIN:
            names.append(str(style_id))
            style = self._styles[style_id]
            if stated is None and (level := value(style, "pPr/numPr/ilvl")) is not None:
                stated = _number(level, 0)
            list_id = value(style, "pPr/numPr/numId")
            if list_id is not None:
                levels = self._lists[list_id].levels if list_id in self._lists else {}
                named = [d for name in names for d, level in levels.items() if level.paragraph_style == name]
                return list_id, named[0] if named else stated or 0
            style_id = value(style, "basedOn")
        return None, 0

    def _read_lists(self, nums: dict[str, Any]) -> dict[str, _List]:
        found: dict[str, _List] = {}
        for list_id, num in nums.items():
            abstract = self._resolved(value(num, "abstractNumId") or "", nums)
            if abstract not in self._abstract:
                continue
            levels = _levels(self._abstract[abstract])
            starts: dict[int, int] = {}
            for override in num.findall(qn("w:lvlOverride")):
                depth = _number(override.get(qn("w:ilvl")), 0)
                levels.update(_levels(override))
                start = value(override, "startOverride")
                if start is not None:
                    starts[depth] = _number(start, 1)
                    levels[depth] = replace(levels.get(depth, Level()), start=starts[depth])
            found[list_id] = _List(abstract, levels, starts)
        return found

    def _resolved(self, abstract: str, nums: dict[str, Any]) -> str:
        """The abstract list that a list style stands for."""
        for _ in range(DEEPEST_CHAIN):
            link = value(self._abstract.get(abstract), "numStyleLink")
            if link is None:
                break
            linked = nums.get(value(self._styles.get(link), "pPr/numPr/numId") or "")
            target = value(linked, "abstractNumId") if linked is not None else None
            if target is None or target == abstract:
                by_style = [id_ for id_, a in self._abstract.items() if value(a, "styleLink") == link]
                return by_style[0] if by_style else abstract
            abstract = target
        return abstract


def _by_id(root: Any, tag: str, attribute: str) -> dict[str, Any]:
    if root is None:
        return {}
    return {e.get(qn(f"w:{attribute}")): e for e in root.findall(qn(f"w:{tag}"))}


def _on(element: Any, attribute: str) -> bool:
    return element.get(qn(attribute)) in ("1", "true", "on")


def _levels(parent: Any) -> dict[int, Level]:
    """The levels that an abstract list or an override defines."""
    levels: dict[int, Level] = {}
    for element in parent.findall(qn("w:lvl")):
        legal = element.find(qn("w:isLgl"))
        restart = value(element, "lvlRestart")
        levels[_number(element.get(qn("w:ilvl")), 0)] = Level(
            start=_number(value(element, "start"), 0),
            style=_format(element),
            text=value(element, "lvlText") or "",
            suffix=value(element, "suff") or "tab",
            restart=None if restart is None else _number(restart, 0),
            paragraph_style=value(element, "pStyle"),
            legal=legal is not None and legal.get(qn("w:val"), "1") not in ("0", "false", "off"),
        )
    return levels


def _format(level: Any) -> str:
    """The number format; one that newer Word wraps for older readers stands in its first choice."""
    found = level.find(qn("w:numFmt"))
    if found is None:
        found = next(iter(level.iter(qn("w:numFmt"))), None)
    return "decimal" if found is None else str(found.get(qn("w:val"), "decimal"))
