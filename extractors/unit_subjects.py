"""Bodies at the head of a clause that charges them: the subject of a duty, a role or a deed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from extractors.organisations import ASIDE, Body, narrowed
from extractors.sieve import Rules
from extractors.unit_lists import Member, members
from extractors.unit_markups import rule
from extractors.unit_page import Claim, Page
from extractors.unit_predicates import ENCOURAGING, role_in, summed_up, told, told_at
from extractors.unit_words import heads_by_end
from lexicons.alternation import compiled
from lexicons.loader import fragment

BEGIN = compiled(f"{fragment('begin')}{{1,6}}")
ARRANGEMENT = compiled(fragment("arrangement"))
SMALL_CENTRE = compiled(fragment("small_centre"))
# 部门协同、上下联动 names nobody.
NOBODY = ("部门", "单位", "机构")
EMBEDDED = compiled(f"(?<![与和及、对给为向]){fragment('quantity')}(?!的)")
LONGEST_ASIDE = 18


def _ended_names(page: Page) -> Iterator[tuple[int, int, Rules]]:
    """The last character of each name with a predicate after it, where the name ends, its bracket included, and what
    may match there."""
    text, heads = page.text, heads_by_end()
    for end, rules in page.predicates.places(start=1):
        last = end - 1
        if text[last] == ")":
            opening = text.rfind("(", max(0, end - LONGEST_ASIDE), last)
            if opening < 1 or not ASIDE.fullmatch(text, opening, end):
                continue
            last = opening - 1
        if text.endswith(heads.get(text[last], ()), 0, last + 1) and not page.closed(last):
            yield last, end, rules


def committees(page: Page) -> Iterator[Claim]:
    """The committees of villages, named with quotation marks, before what charges them."""
    for hit in page.sifted.finditer("unit.committees"):
        duty = told_at(page, hit.end())
        if duty is not None:
            found = [Member(*hit.span(), hit[0], Body("class", False, True))]
            yield Claim("unit.committees", role_in(page.text, hit.end(), *duty, found), found)


def subjects(page: Page) -> Iterator[Claim]:
    """The subjects of duties, roles and deeds, at the head of their clauses."""
    done = -1
    for last, end, rules in sorted(_ended_names(page)):
        duty = told(page, end, rules)
        if duty is None:
            continue
        start = page.clause(last)
        if start <= done:
            continue
        claim = _subject(page, start, end, *duty)
        if claim is not None:
            if claim.members:
                done = start
            yield claim


def _subject(page: Page, start: int, end: int, name: str, predicate: re.Match[str]) -> Claim | None:
    text = page.text
    end = summed_up(text, end)
    begin = BEGIN.match(text, start, end)
    at = begin.end() if begin else start
    arrangement = ARRANGEMENT.match(text, at, end)
    if arrangement and narrowed(text[at:end]):
        arrangement = None
    if arrangement:
        if not name.startswith("unit.role"):
            return None
        at = arrangement.end()
    found, reason = members(text, at, end)
    if not found and not arrangement and begin and begin.start() < at:
        found, reason = members(text, start, end)
    if not found and name == "unit.subject.duty":
        embedded = _embedded(text, at, end)
        if embedded is not None:
            found, _ = members(text, embedded, end)
    if not found:
        return _refused(text, at, end, name, reason)
    if name.startswith("unit.subject.act") and rule("unit.not.title").regex.match(text, end):
        return Claim(name, "responsible", [], (found[0].start, found[-1].end), "title")
    believed = any if name == "unit.subject.apart" else all
    if not believed(_believable(m, name, arrangement is not None) for m in found):
        return None
    if found[0].name in NOBODY and predicate[0].endswith("协同"):
        return None
    if at <= start + 1 and text[start - 1 : start] == "，":
        found = [*_before_comma(page, start), *found]
    return Claim(name, role_in(text, end, name, predicate, found), found)


def _before_comma(page: Page, start: int) -> list[Member]:
    """The first part of a list of subjects that a comma divides: 各县、各园区，市直有关部门要…."""
    first, _ = members(page.text, page.clause(start - 1), start - 1)
    known = all(m.body.quantified or m.body.definite for m in first)
    return first if known or (first and page.text[first[0].start] in "各每所") else []


def _embedded(text: str, start: int, end: int) -> int | None:
    """Where a quantified name begins inside a clause (工作中各单位要…), unless the clause wins it over."""
    if ENCOURAGING.match(text, start, end):
        return None
    for hit in islice(EMBEDDED.finditer(text, start, end), 4):
        if members(text, hit.start(), end)[0]:
            return None if ENCOURAGING.search(text, max(start, hit.start() - 6), hit.start()) else hit.start()
    return None


def _refused(text: str, start: int, end: int, name: str, reason: str | None) -> Claim | None:
    won_over = ENCOURAGING.match(text, start, end)
    if won_over and members(text, won_over.end(), end)[0]:
        return Claim(name, "responsible", [], (won_over.end(), end), "encouraged")
    if reason in ("not_a_name", "not_a_body", None) or name != "unit.subject.duty":
        return None
    return Claim(name, "responsible", [], (start, end), reason)


def _believable(member: Member, name: str, arranged: bool) -> bool:
    """Whether a body of this kind can be the subject of such a predicate."""
    body = member.body
    if name == "unit.role.support" and member.name in NOBODY:
        return arranged
    if name == "unit.role.support" and body.kind == "market":
        return body.quantified and not arranged
    if name == "unit.subject.apart":
        return body.quantified or body.definite
    if name.startswith("unit.role") or name in ("unit.subject.duty", "unit.subject.identity"):
        return True
    if body.kind == "place":
        return body.quantified or member.name[0] in "xX*"
    if body.kind == "firm":
        return (
            body.quantified or member.name[0] in "省市县区镇乡我本" or SMALL_CENTRE.fullmatch(member.name) is not None
        )
    if body.kind == "market":
        return body.quantified and name == "unit.subject.act"
    return (
        name == "unit.subject.act"
        or body.definite
        or body.quantified
        or body.kind == "system"
        or (body.kind == "office" and len(member.name) > 1)
    )
