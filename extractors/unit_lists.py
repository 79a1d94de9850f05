"""Split a list of bodies into its members, and complete what the members of a list share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from extractors.mentions import Span
from extractors.organisations import LEVELS, NEXT_LEVEL, Body, is_field, recognise
from extractors.unit_words import ends_in_head, head_of, prepositions, tasks
from lexicons.alternation import compiled
from lexicons.loader import fragment

SEPARATOR = re.compile(r"\([^()\n]{0,40}\)|以及其?|及其|及|和|与|或者?|、|，|；|/| [ \n]*|\n[ \n]*")
ALWAYS = frozenset("、，；/ \n")
# 市教育局市财政局, 教育局财政局: the blank or stop between two names has been lost. 公安局交通管理局 is one.
GLUED = compiled(
    rf"(?<=[局委办厅部府])(?=(?:各|{fragment('level')})[一-龥])|"
    rf"(?<=局)(?<!公安局)(?<!总局)(?={fragment('words:fields:field')}局)"
)
# 各乡镇各部门: quantified names need no stop between them.
GLUED_CLASSES = re.compile("(?<=[门位府校园区县市州乡镇道构局委村地])(?=各[^级类自])")
HEADED_OFFICE = re.compile("(?:[局厅委部办处院]|中心|政府|人大|政协|会|联|科协|机构)$")
SHARED_LEVEL = re.compile(r"^(?:[一-龥]{0,4}?(?:自治)?(?:省|市(?!场)|[县区州旗镇乡])|[x*某]+[市县区])(?=[一-龥])")
OWN_LEVEL = compiled(fragment("own_level"))


def split(text: str, start: int, end: int, glued: bool = False) -> list[Span]:
    """The members of the list that stands in ``[start, end)``; a bracket, 市、县 or 工业和信息化局 is never cut."""
    members: list[Span] = []
    at = start
    for sep in SEPARATOR.finditer(text, start, end):
        if sep[0][0] == "(":
            continue
        if sep[0][0] in ALWAYS:
            level_follows = sep[0] == "、" and NEXT_LEVEL.match(text, sep.end(), end)
            if level_follows and LEVELS.fullmatch(text, at, sep.start()):
                continue
        elif not _divides(text, at, sep, end):
            continue
        members.append((at, sep.start()))
        at = sep.end()
    members.append((at, end))
    if glued or text.find("各", start + 1, end) > 0:
        cut = GLUED if glued else GLUED_CLASSES
        members = [piece for member in members for piece in _unglue(text, *member, cut)]
    return [(a, b) for a, b in members if a < b]


def _divides(text: str, at: int, sep: re.Match[str], end: int) -> bool:
    """Whether 和, 及 or 与 stands between two names rather than inside one."""
    left = text[at : sep.start()]
    if left.endswith(")"):
        left = left[: left.rfind("(")]
    return sep.end() < end and len(left) > 1 and ends_in_head(left)


def _unglue(text: str, start: int, end: int, glued: re.Pattern[str]) -> list[Span]:
    cuts = [
        m.start()
        for m in glued.finditer(text, start + 1, end)
        if head_of(text[start : m.start()]) and (glued is GLUED or text[start] == "各")
    ]
    points = [start, *cuts, end]
    return list(pairwise(points))


def complete(names: Sequence[str], heads: Sequence[str] = ()) -> list[str]:
    """The names with the level that the first of them gives to the rest, and the head that the last gives to all."""
    full = _levelled(names) if len(names) > 1 else list(names)
    if not heads:
        return full
    return [name if not head or head_of(name) else name + head for name, head in zip(full, heads, strict=True)]


def _levelled(names: Sequence[str]) -> list[str]:
    full: list[str] = []
    level = ""
    for name in names:
        if OWN_LEVEL.match(name):
            shared = SHARED_LEVEL.match(name)
            level = shared[0] if shared and not name.startswith(("各", "全")) else ""
        elif level and (is_field(name) or HEADED_OFFICE.search(name)):
            name = level + name
        full.append(name)
    return full


class Member(NamedTuple):
    """A member of a list: where it stands, its completed name, and what its name says of it."""

    start: int
    end: int
    name: str
    body: Body


CLOSED = re.compile(
    f"(?<![高中初平同])等{fragment('kinds_of')}(部门|单位|机构|科室|股室|处室|场馆|场所|团体|组织|院校|学校|企业|机关|地区|县区|镇街)?$"
)
# One name that is not understood does not undo a list of others that are.
FORGIVING = 3
# 今年改扩建的幼儿园: that the body is new is no part of its name.
JUST_BUILT = re.compile("(?:今年|明年|已|拟|正在)?(?:新|改|扩|在|迁|筹|改扩|新改扩)建的")
REMARK = re.compile(r"\((?![省市县区州旗盟镇乡、]|街[道、)]|园区|管委会|开发区|办事处|场|社区|村|居)[^()\n]*\)$")
# 建设、施工、监理单位: what bodies do names them as fields do.
NAMED_BY_TASK = ("单位", "部门", "机构")
SHARED_HEADS = frozenset(("部门", "单位", "机构", "系统", "局", "厅", "委", "办", "科室", "股室", "处室"))
SHARES_QUANTITY = compiled(fragment("shares_quantity"))
COLLECTIVE_FIELD = Body("class", False, True)


def members(text: str, start: int, end: int) -> tuple[list[Member], str | None]:
    """The bodies that ``[start, end)`` lists, or none and the reason why it is no list of bodies.

    Persons in the list are left out. Fields that share one head (宣传、文化等部门) are members as they stand.
    """
    spans = split(text, start, end)
    found: list[tuple[int, int, Body]] = []
    closings: list[str | None] = []
    fields = forgiven = False
    by_task = text.endswith(NAMED_BY_TASK, start, end)
    closes, builds = text.find("等", start, end) >= 0, text.find("建的", start, end) >= 0
    for a, b in spans:
        closed = built = None
        if closes and (closed := CLOSED.search(text, a, b)):
            b = closed.start()
        if builds and (built := JUST_BUILT.match(text, a, b)):
            a = built.end()
        if text.endswith(")", a, b):
            b = without_remark(text, a, b)
        name = text[a:b]
        body = recognise(name)
        if isinstance(body, str):
            if body == "person" and len(spans) > 1:
                continue
            if (len(spans) == 1 and not closed) or not (is_field(name) or (by_task and name in tasks())):
                one_of_many = found and body == "not_a_name" and len(spans) >= FORGIVING and not forgiven
                if one_of_many and not prepositions().search(text, a, b):
                    forgiven = True
                    continue
                return [], body
            body, fields = COLLECTIVE_FIELD, True
        found.append((a, b, body))
        closings.append((closed[1] or "") if closed else None)
    names = [text[a:b] for a, b, _ in found]
    shared = _shared_heads(names, found, closings) if fields else []
    if not found or shared is None:
        return [], "not_a_name"
    for i in range(1, len(found)):
        a, b, body = found[i]
        if found[i - 1][2].quantified and body.kind == "office" and SHARES_QUANTITY.fullmatch(names[i]):
            found[i] = a, b, body._replace(quantified=True)  # 各级党委和政府
    return [Member(a, b, name, body) for (a, b, body), name in zip(found, complete(names, shared), strict=True)], None


def without_remark(text: str, start: int, end: int) -> int:
    """Where the name ends when a bracket after it remarks on it: 幼儿园(含民办), but not 各乡镇(街道)."""
    remark = REMARK.search(text, start, end)
    if remark is None or not isinstance(recognise(text[remark.start() + 1 : remark.end() - 1]), str):
        return end
    return remark.start()


def _shared_heads(
    names: Sequence[str], found: Sequence[tuple[int, int, Body]], closings: Sequence[str | None]
) -> list[str] | None:
    """For each member the head that it shares with a later one; None when a field is left without any."""
    shared: list[str] = []
    head: str | None = None
    for name, (_, _, body), closing in zip(reversed(names), reversed(found), reversed(closings), strict=True):
        own = closing if closing is not None else head_of(name)
        if body is not COLLECTIVE_FIELD or own:
            head = own if own in SHARED_HEADS else ""
        if body is COLLECTIVE_FIELD and head is None:
            return None
        shared.append((head or "") if body is COLLECTIVE_FIELD else "")
    return shared[::-1]
