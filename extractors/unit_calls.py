"""Bodies named after a word that calls on them: 由, 会同, 提请, 迎接, 要求."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from extractors.unit_lists import COLLECTIVE_FIELD, Member, members
from extractors.unit_markups import rule
from extractors.unit_page import Claim, Page
from extractors.unit_predicates import ENCOURAGING, PREDICATES, and_so_on, predicate_at, role_in
from lexicons.loader import fragment

APPOINTED = re.compile(fragment("appointed"))
FIELD_PARTNER = re.compile(
    f"({fragment('words:fields:field')})(?:初步|积极|充分|进一步|主动)?(?:对接|协商|沟通|会商|联系)"
)
GOES_ON = re.compile(fragment("goes_on"))
JOINT_WORK = re.compile(fragment("joint_work"))


def named_after(page: Page) -> Iterator[Claim]:
    """The bodies that stand after a word that calls on them: 由, 会同, 提请, 迎接, 要求."""
    for name, find in AFTER.items():
        for hit in rule(name).regex.finditer(page.text):
            if page.closed(hit.start()):
                continue
            claim = find(page, name, hit.end())
            if claim is None:
                continue
            clause = page.clause(hit.start())
            won_over = ENCOURAGING.match(page.text, clause, hit.start() + 1)
            if won_over and claim.members:
                span = (claim.members[0].start, claim.members[-1].end)
                claim = Claim(name, claim.role, [], span, "encouraged")
            yield claim


@cache
def _after_end() -> re.Pattern[str]:
    """The end of a list that stands after a word: a predicate or a stop follows."""
    alternatives = "|".join(f"(?:{rule(name).source})" for name in PREDICATES)
    noun = fragment("body_noun")
    return re.compile(
        f"{fragment('head_end')}(?:{fragment('aside')})?"
        f"(?=(?P<predicate>{alternatives})|{noun}(?P<stop>[，。；;：:、\\n)\\]]|$)|{fragment('after_names')})"
    )


def _after(page: Page, start: int, longest: bool = False) -> tuple[list[Member], int]:
    """The list of bodies that begins at ``start``, and where it ends: the shortest that is one, or the longest."""
    text = page.text
    best: tuple[list[Member], int] = [], start
    limit = page.sentence_end(start)
    for tries, hit in enumerate(_after_end().finditer(text, start, limit)):
        if tries == 5:
            break
        if GOES_ON.match(text, hit.end()):
            continue
        closed = and_so_on().match(text, hit.end())
        end = closed.end() if closed else hit.end()
        found, _ = members(text, start, end)
        if found and not longest:
            return found, end
        if found:
            best = found, end
        if hit["stop"] and hit["stop"] != "、":
            break
    return best


def _agent(page: Page, name: str, start: int) -> Claim | None:
    found, end = _after(page, start)
    predicate = predicate_at().match(page.text, end) if found else None
    if predicate is None:
        return None
    charge = PREDICATES[int((predicate.lastgroup or "p0")[1:])]
    return Claim(name, role_in(page.text, end, charge, predicate, found), found)


def _partner(page: Page, name: str, start: int) -> Claim | None:
    found, _ = _after(page, start)
    return Claim(name, "support", found) if found else None


def _together(page: Page, name: str, start: int) -> Claim | None:
    found, end = _after(page, start)
    field = FIELD_PARTNER.match(page.text, start)
    if field:
        return Claim(name, "support", [Member(start, field.end(1), field[1] + "部门", COLLECTIVE_FIELD)])
    if not found or not JOINT_WORK.match(page.text, end):
        return None
    named = all(
        (m.body.definite and m.body.kind in ("office", "firm"))
        or m.body is COLLECTIVE_FIELD
        or m.name[:2] in ("有关", "相关")
        for m in found
    )
    return Claim(name, "support", found) if named else None


def _submit(page: Page, name: str, start: int) -> Claim | None:
    found, end = _after(page, start, longest=True)
    if not found:
        return None
    if rule("unit.submit.approve").regex.match(page.text, end):
        return Claim(name, "supervise", found)
    return Claim(name, "responsible", found) if page.text.startswith("提请", start - 2) else None


def _evaluator(page: Page, name: str, start: int) -> Claim | None:
    found, end = _after(page, start, longest=True)
    if not found or not rule("unit.evaluator.examine").regex.match(page.text, end):
        return None
    known = all(m.body.definite or m.body.kind in ("office", "firm") for m in found)
    return Claim(name, "supervise", found) if known else None


def _charged(page: Page, name: str, start: int) -> Claim | None:
    found, end = _after(page, start)
    if not found or page.text[end : end + 1] in "的，。；、":
        return None
    appoints = page.text[start - 2 : start] in ("明确", "确定", "指定")
    if appoints and not APPOINTED.match(page.text, end):
        return None
    return Claim(name, "responsible", found)


def _duty_of(page: Page, name: str, start: int) -> Claim | None:
    end = page.text.index("的", start)
    found, _ = members(page.text, start, end)
    return Claim(name, "responsible", found) if found else None


AFTER = {
    "unit.agent": _agent,
    "unit.partner": _partner,
    "unit.together": _together,
    "unit.submit": _submit,
    "unit.evaluator": _evaluator,
    "unit.charged": _charged,
    "unit.duty_of": _duty_of,
}
