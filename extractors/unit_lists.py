"""Split a list of bodies into its members, and complete what the members of a list share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from extractors.mentions import Span
from extractors.organisations import LEVELS, NEXT_LEVEL, Body, endings, head_of, is_field, recognise
from lexicons.loader import fragment

SEPARATOR = re.compile(r"\([^()\n]{0,40}\)|以及其?|及其|及|和|与|或者?|、|，|；|/|[ \n]+")
ALWAYS = frozenset("、，；/ \n")
# 市教育局市财政局: the blank or stop between two names has been lost.
GLUED = re.compile(rf"(?<=[局委办厅部府])(?=(?:各|{fragment('level')})[一-龥])")
SHARED_LEVEL = re.compile(r"^(?:[一-龥]{0,4}?(?:自治)?[省市县区州旗镇乡]|[x*某]+[市县区])(?=[一-龥])")
OWN_LEVEL = re.compile(
    rf"^(?:{fragment('quantity')}|[一-龥]{{0,5}}{fragment('level')}|国家|中央|全国|团|驻|人行|中国|本|[一-龥]+(?:支行|分行|银行|公司|集团|大学|学院|中学|小学|海关)$)"
)


def split(text: str, start: int, end: int, glued: bool = False) -> list[Span]:
    """The members of the list that stands in ``[start, end)``; a bracket, 市、县 or 工业和信息化局 is never cut."""
    members: list[Span] = []
    at = start
    for sep in SEPARATOR.finditer(text, start, end):
        if sep[0][0] == "(":
            continue
        if sep[0][0] in ALWAYS:
            levels_go_on = LEVELS.fullmatch(text, at, sep.start()) and NEXT_LEVEL.match(text, sep.end(), end)
            if levels_go_on and sep[0] in "、及和与":
                continue
        elif not _divides(text, at, sep, end):
            continue
        members.append((at, sep.start()))
        at = sep.end()
    members.append((at, end))
    if glued:
        members = [piece for member in members for piece in _unglue(text, *member)]
    return [(a, b) for a, b in members if a < b]


def _divides(text: str, at: int, sep: re.Match[str], end: int) -> bool:
    """Whether 和, 及 or 与 stands between two names rather than inside one."""
    left = text[at : sep.start()]
    if left.endswith(")"):
        left = left[: left.rfind("(")]
    return sep.end() < end and left.endswith(endings()) and len(left) > 1


def _unglue(text: str, start: int, end: int) -> list[Span]:
    cuts = [m.start() for m in GLUED.finditer(text, start, end) if head_of(text[start : m.start()])]
    points = [start, *cuts, end]
    return list(zip(points, points[1:], strict=False))


def complete(names: Sequence[str], head: str = "") -> list[str]:
    """The names with the level that the first of them gives to the rest, and the head that the last gives to all."""
    full: list[str] = []
    level = ""
    for name in names:
        own = OWN_LEVEL.match(name)
        if own:
            shared = SHARED_LEVEL.match(name)
            level = shared[0] if shared and not name.startswith(("各", "全")) else ""
        elif level and len(level) < len(name) + 3:
            name = level + name
        full.append(name if not head or head_of(name) else name + head)
    return full


class Member(NamedTuple):
    """A member of a list: where it stands, its completed name, and what its name says of it."""

    start: int
    end: int
    name: str
    body: Body


CLOSED = re.compile(
    r"等(?:各|有关|相关|主管|职能|成员|责任|多个|[一二三四五六七八九十\d]{1,2}个?){0,3}(部门|单位|机构|科室|股室|处室)?$"
)
COLLECTIVE_FIELD = Body("class", False, True)


def members(text: str, start: int, end: int) -> tuple[list[Member], str | None]:
    """The bodies that ``[start, end)`` lists, or none and the reason why it is no list of bodies.

    Persons in the list are left out. Fields that share one head (宣传、文化等部门) are members as they stand.
    """
    closed = CLOSED.search(text, start, end)
    spans = split(text, start, closed.start() if closed else end)
    found: list[tuple[int, int, Body]] = []
    for index, (a, b) in enumerate(spans):
        body = recognise(text[a:b])
        if isinstance(body, str):
            if body == "person" and len(spans) > 1:
                continue
            shares_head = (closed is not None and closed[1] is not None) or index < len(spans) - 1
            if not (shares_head and len(spans) > 1 and is_field(text[a:b])):
                return [], body
            body = COLLECTIVE_FIELD
        found.append((a, b, body))
    if not found or (len(found) == 1 and found[0][2] is COLLECTIVE_FIELD):
        return [], "not_a_name"
    head = (closed[1] or "") if closed else (head_of(text[found[-1][0] : found[-1][1]]) or "")
    names = complete([text[a:b] for a, b, _ in found], head if any(f[2] is COLLECTIVE_FIELD for f in found) else "")
    return [Member(a, b, name, body) for (a, b, body), name in zip(found, names, strict=True)], None
