"""Bodies named in a markup: 责任单位:…, (牵头单位:…，配合单位:…), (…牵头，…配合), [责任领导:…]."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from extractors.mentions import Role, Span
from extractors.organisations import Body, recognise
from extractors.sieve import Sifted
from extractors.unit_lists import Member, complete, members, split, without_remark
from extractors.unit_page import Claim
from lexicons.alternation import compiled
from lexicons.loader import Pattern, fragment, patterns

VALUE = re.compile(r"(?:[^()\[\]。\n|]++|\([^()\n]{0,40}\))*+")
# A value ends before another label or the number of an item.
NEXT_LABEL = re.compile(rf"[，；;、 ](?:(?!{fragment('next_label')})[一-龥]){{2,10}}:|{fragment('next_label')}")
NEXT_ITEM = re.compile(r"\([一二三四五六七八九十]{1,2}\)(?=[一-龥])")
ROLE_WORDS = "牵头|负责|配合|落实|参与|参加|实施|承办|协办|主办|督办|协同|协助|推进|抓落实"
ENDING = re.compile(
    rf"{fragment('body_noun')}(?:{fragment('jointly')})(?:({ROLE_WORDS}))?(?:{ROLE_WORDS})?$|"
    # 各项目牵头单位 is itself who is named
    rf"(?<![各目务项程])(?:为|是)?(?:牵头|责任|配合)(?:单位|部门)$"
)
NO_NAME = compiled(fragment("no_member"))
MARK = re.compile(r"[ ]*(?:\(?[一二三四五六七八九十\d]{1,3}[).、]|[①-⑳]|-{1,2})?[ ]*")
# (甲局、乙局；列第一位的为牵头单位): the order tells who leads.
FIRST_LEADS = re.compile("[列排]在?(?:第一|首位)[^，；。)]{0,6}牵头")
LONGEST_VALUE = 400
NAMELESS = Body("office", True, False)
LONGEST_NAME = 36


@cache
def rule(name: str) -> Pattern:
    """The rule of that id."""
    (pattern,) = (p for p in patterns(name) if p.id == name)
    return pattern


class Markup(NamedTuple):
    """A value that lists bodies: where its markup and the value begin, where it ends, its rule and its label."""

    opening: int
    start: int
    end: int
    rule: str
    label: str


def role_of(label: str) -> Role:
    """The role that a label or a word of role gives."""
    if re.search("考核|督办|督导|督查|监督|监管|评估|验收", label):
        return "supervise"
    if re.search("配合|协办|协同|协作|协助|参与|参加|支持", label):
        return "support"
    if re.search("牵头|主办|主责", label):
        return "lead"
    return "responsible"


def markups(sifted: Sifted, heads: Sequence[int]) -> Iterator[tuple[Claim, Span]]:
    """Each markup with the span of text that it takes up; none goes on where an item begins (``heads``, in order)."""
    text, taken = sifted.text, -1
    for hit in sorted([*_labels(sifted), *_brackets(sifted)]):
        opening, start, end, name, label = hit
        if start < taken:
            continue
        following = bisect_left(heads, start)
        if following < len(heads):
            end = min(end, heads[following])
        claims = list(_read(text, start, end, name, label))
        if claims:
            taken = end
            for claim in claims:
                yield claim, (opening, end)


def _labels(sifted: Sifted) -> Iterator[Markup]:
    for hit in sifted.finditer("unit.label"):
        yield from _label(sifted.text, hit)


def _label(text: str, hit: re.Match[str]) -> Iterator[Markup]:
    start = hit.end()
    if text[start : start + 1] == ":":
        start += 1
    elif text[start : start + 1] in " \n":
        if not _alone(text, hit.start()):
            return
        start += 1
    while text[start : start + 1] in (" ", "\n", "|") and start < len(text):
        start += 1
    value = VALUE.match(text, start, start + LONGEST_VALUE)
    end = value.end() if value else start
    if item := NEXT_ITEM.search(text, start, end):
        end = item.start()
    # Every label has a colon, and few values.
    if text.find(":", start, end) >= 0 and (label := NEXT_LABEL.search(text, start, end)):
        end = label.start()
    if start < end:
        yield Markup(hit.start(), start, end, "unit.label", hit[0])


def _alone(text: str, start: int) -> bool:
    """Whether a label without a colon heads its line or cell, with a value that is a list of bodies."""
    if start and text[start - 1] not in "\n |":
        return False
    line = re.compile(r"[^\n]*\n?[ \n]*([^\n。]{2,120})").match(text, start, start + 200)
    return line is not None and bool(members(text, line.start(1), line.end(1))[0])


def _brackets(sifted: Sifted) -> Iterator[Markup]:
    text = sifted.text
    for name in ("unit.bracket", "unit.bracket.names"):
        for hit in sifted.finditer(name):
            end = hit.end()
            start = _opening(text, end)
            if start is None or rule("unit.label").regex.search(text, start - 1, end):
                continue
            if name == "unit.bracket.names" and not _whole(text, start, end):
                continue
            yield Markup(start, start, end, name, "")


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


def _read(text: str, start: int, end: int, name: str, label: str) -> Iterator[Claim]:
    """The claims of one value: each run of names that ends in a word of role has that role."""
    role = role_of(label)
    if role == "responsible" and FIRST_LEADS.search(text, start, end):
        first, *_ = split(text, start, end)
        yield _claim(text, [(first[0], without_remark(text, *first))], name, "lead")
        start = first[1] + 1
    group: list[Span] = []
    for a, b in split(text, start, end, glued=True):
        a += text.startswith("由", a)
        name_end, word = _trim(text, a, without_remark(text, a, b))
        if name_end > a and not NO_NAME.search(text[a:name_end]) and name_end - a <= LONGEST_NAME:
            group.append((a, name_end))
        if word and group:
            yield _claim(text, group, name, role_of(word) if not label or role == "responsible" else role)
            group = []
    if group:
        yield _claim(text, group, name, role)


def _trim(text: str, start: int, end: int) -> tuple[int, str]:
    """Where the name of a member ends, and the word of role that stands after it."""
    ending = ENDING.search(text, start, end)
    if ending is None:
        return end, ""
    return ending.start(), ending[1] or ""


def _claim(text: str, group: list[Span], name: str, role: Role) -> Claim:
    full = complete([text[a:b] for a, b in group])
    found = []
    for (a, b), full_name in zip(group, full, strict=True):
        body = recognise(text[a:b])
        found.append(Member(a, b, full_name, NAMELESS if isinstance(body, str) else body))
    return Claim(name, role, found)


def entries(sifted: Sifted) -> Iterator[tuple[Claim, Span]]:
    """The bodies to which a division of duties gives a line each: 县财政局:负责筹措资金."""
    text = sifted.text
    for hit in sifted.finditer("unit.entry"):
        colon = hit.start()
        # 各单位职责如下:县农委。负责… has a full stop for the colon, and one entry behind the other.
        before = "\n" if text[colon] == ":" else "\n。；:"
        start = max(text.rfind(stop, max(0, colon - 60), colon) for stop in before) + 1
        mark = MARK.match(text, start, colon)
        found, _ = members(text, mark.end() if mark else start, colon)
        if found and all(m.body.kind == "office" or (text[colon] == ":" and m.body.kind != "place") for m in found):
            yield Claim("unit.entry", role_of(text[colon + 1 : colon + 5]), found), (start, colon + 1)


def addressees(sifted: Sifted) -> Iterator[Claim]:
    """What a notice is addressed to: named, and charged with nothing by that."""
    text = sifted.text
    for hit in sifted.finditer("unit.not.addressee"):
        start = text.rfind("\n", max(0, hit.start() - LONGEST_VALUE), hit.start()) + 1
        for a, b in split(text, start, hit.start() + 1):
            if not isinstance(recognise(text[a:b].strip()), str):
                yield Claim("unit.not.addressee", "responsible", [], (a, b), "addressee")
