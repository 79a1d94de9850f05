"""Bodies named in a markup: 责任单位:…, (牵头单位:…，配合单位:…), (…牵头，…配合), [责任领导:…]."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from extractors.mentions import Role, Span
from extractors.organisations import Body, recognise
from extractors.unit_lists import Member, complete, members, split
from extractors.unit_page import Claim
from lexicons.loader import Pattern, fragment, patterns

VALUE = re.compile(r"(?:[^()\[\]。\n]|\([^()\n]{0,40}\))*")
NEXT_LABEL = re.compile(r"[，；;、 ]?(?:[一-龥]{2,10}):")
ROLE_WORDS = "牵头|负责|配合|落实|参与|参加|实施|承办|协办|主办|督办|协同|协助|推进|抓落实"
ENDING = re.compile(
    rf"{fragment('body_noun')}(?:{fragment('jointly')})(?:({ROLE_WORDS}))?(?:{ROLE_WORDS})?$|"
    rf"(?:为|是)?(?:牵头|责任|配合)(?:单位|部门)$"
)
NO_NAME = re.compile(
    r"^(?:\d|[一二三四五六七八九十]+[年月日]|长期|全年|持续|年底|按|完成|时限|无$|-+$|—+$|/$|略$|等$)|(?:完成|前|底|坚持|推进)$"
)
GROUP_END = re.compile(rf"(?:{ROLE_WORDS})(?=[，；;、]|$)")
NAMELESS = Body("office", True, False)
LONGEST_NAME = 36


@cache
def _rule(name: str) -> Pattern:
    (pattern,) = (p for p in patterns(name) if p.id == name)
    return pattern


def role_of(label: str) -> Role:
    """The role that a label or a word of role gives."""
    if re.search("考核|督办|督导|督查|监督|评估|验收", label):
        return "supervise"
    if re.search("配合|协办|协同|协作|协助|参与|参加|支持", label):
        return "support"
    if re.search("牵头|主办|主责", label):
        return "lead"
    return "responsible"


def markups(text: str) -> Iterator[tuple[Claim, Span]]:
    """Each markup with the span of text that it takes up."""
    taken = -1
    for hit in sorted([*_labels(text), *_brackets(text)]):
        start, end, rule, label = hit
        if start < taken:
            continue
        claims = list(_read(text, start, end, rule, label))
        if claims:
            taken = end
            for claim in claims:
                yield claim, (start, end)


def _labels(text: str) -> Iterator[tuple[int, int, str, str]]:
    for hit in _rule("unit.label").regex.finditer(text):
        start = hit.end()
        if text[start : start + 1] == ":":
            start += 1
        elif text[start : start + 1] in " \n":
            if not _alone(text, hit.start()):
                continue
            start += 1
        while text[start : start + 1] in (" ", "\n") and start < len(text):
            start += 1
        value = VALUE.match(text, start)
        end = value.end() if value else start
        cut = NEXT_LABEL.search(text, start, end)
        if cut:
            end = cut.start()
        if start < end:
            yield start, end, "unit.label", hit[0]


def _alone(text: str, start: int) -> bool:
    """Whether a label without a colon heads its line or cell, with a value that is a list of bodies."""
    if start and text[start - 1] not in "\n |":
        return False
    line = re.compile(r"[^\n]*\n?[ \n]*([^\n。]{2,120})").match(text, start)
    return line is not None and bool(members(text, line.start(1), line.end(1))[0])


def _brackets(text: str) -> Iterator[tuple[int, int, str, str]]:
    for name in ("unit.bracket", "unit.bracket.names"):
        for hit in _rule(name).regex.finditer(text):
            end = hit.end()
            start = _opening(text, end)
            if start is None or _rule("unit.label").regex.search(text, start - 1, end):
                continue
            if name == "unit.bracket.names" and not _whole(text, start, end):
                continue
            yield start, end, name, ""


def _opening(text: str, end: int) -> int | None:
    """Where the bracket that closes at ``end`` opens, brackets inside names counted."""
    depth = 0
    for at in range(end - 1, max(-1, end - 400), -1):
        char = text[at]
        if char in ")]":
            depth += 1
        elif char in "([":
            if depth == 0:
                return at + 1
            depth -= 1
        elif char in "。\n":
            return None
    return None


def _whole(text: str, start: int, end: int) -> bool:
    """Whether a bracket without a word of role stands after a full stop and holds nothing but known bodies."""
    before = text[: start - 1].rstrip()[-1:] if start < 200 else text[start - 40 : start - 1].rstrip()[-1:]
    return before in ("。", "；", "！", "") and bool(members(text, start, end)[0])


def _read(text: str, start: int, end: int, rule: str, label: str) -> Iterator[Claim]:
    """The claims of one value: each run of names that ends in a word of role has that role."""
    role = role_of(label)
    group: list[Span] = []
    for a, b in split(text, start, end, glued=True):
        name_end, word = _trim(text, a, b)
        if name_end > a and not NO_NAME.search(text[a:name_end]) and name_end - a <= LONGEST_NAME:
            group.append((a, name_end))
        if word and group:
            yield _claim(text, group, rule, role_of(word) if not label or role == "responsible" else role)
            group = []
    if group:
        yield _claim(text, group, rule, role)


def _trim(text: str, start: int, end: int) -> tuple[int, str]:
    """Where the name of a member ends, and the word of role that stands after it."""
    ending = ENDING.search(text, start, end)
    if ending is None:
        return end, ""
    return ending.start(), ending[1] or ""


def _claim(text: str, group: list[Span], rule: str, role: Role) -> Claim:
    names = complete([text[a:b] for a, b in group])
    found = []
    for (a, b), name in zip(group, names, strict=True):
        body = recognise(text[a:b])
        found.append(Member(a, b, name, NAMELESS if isinstance(body, str) else body))
    return Claim(rule, role, found)
