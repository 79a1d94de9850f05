"""Bodies named after a word that calls on them: 由, 请, 会同, 提请, 迎接, 要求."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from extractors.organisations import is_field
from extractors.unit_lists import COLLECTIVE_FIELD, Member, members
from extractors.unit_markups import role_of, rule
from extractors.unit_page import Claim, Page
from extractors.unit_predicates import ENCOURAGING, role_in, summed_up, told_at
from extractors.unit_words import ends_in_head, head_of
from lexicons.alternation import compiled
from lexicons.loader import fragment

APPOINTED = compiled(fragment("appointed"))
FIELD_PARTNER = compiled(
    f"({fragment('words:fields:field')})(?:初步|积极|充分|进一步|主动)?(?:对接|协商|沟通|会商|联系)(?!项目|平台|活动|会|机制)"
)
GOES_ON = compiled(fragment("goes_on"))
NAME_END = compiled(f"{fragment('head_end')}(?:{fragment('aside')})?")
BEHIND = compiled(f"{fragment('body_noun')}(?P<stop>[，。；;：:、\\n)\\]]|$)|{fragment('after_names')}")
POST_HOLDER = compiled(fragment("post_holder"))
LONGEST_AGENT = 40
CLAUSE_STOP = re.compile("[，。；：由\n]|同志|协助")
NAME_THEN_DEED = compiled(
    f"{fragment('head_end')}(?:{fragment('aside')})?(?=[一-龥]{{2}})(?![组构形]成|"
    f"[的地得和及与或等、改局厅织转变升降向到为任员长成代]|{fragment('post_holder')}|公室|主导|人员|机关|党组|支部|班子|"
    # 街道经济发展办公室 is no street that develops its economy.
    f"(?<=街道|社区|乡镇)(?:{fragment('words:fields:field')}))"
)
NO_REQUEST = compiled(fragment("persons"))
MANNER_OF_HELP = re.compile("的?(?:统一|直接|积极|大力|全程|密切){0,2}$")
JOINT_WORK = compiled(fragment("joint_work"))


def named_after(page: Page) -> Iterator[Claim]:
    """The bodies that stand after a word that calls on them: 由, 会同, 提请, 迎接, 要求."""
    for name, find in AFTER.items():
        for hit in page.sifted.finditer(name):
            if page.closed(hit.start()):
                continue
            claim = find(page, name, hit)
            if claim is None:
                continue
            clause = page.clause(hit.start())
            won_over = ENCOURAGING.match(page.text, clause, hit.start() + 1)
            if won_over and claim.members:
                span = (claim.members[0].start, claim.members[-1].end)
                claim = Claim(name, claim.role, [], span, "encouraged")
            yield claim


def _after(page: Page, start: int, longest: bool = False) -> tuple[list[Member], int]:
    """The list of bodies that begins at ``start``, and where it ends: the shortest that is one, or the longest."""
    text = page.text
    best: tuple[list[Member], int] = [], start
    for end, stop in islice(_list_ends(page, start, page.sentence_end(start)), 5):
        if GOES_ON.match(text, end):
            continue
        end = summed_up(text, end)
        found, _ = members(text, start, end)
        if found and not longest:
            return found, end
        if found:
            best = found, end
        if stop and stop != "、":
            break
    return best


def _list_ends(page: Page, start: int, limit: int) -> Iterator[tuple[int, str | None]]:
    """Where a list that stands after a word may end: a predicate follows, a stop, which is given too, or more."""
    for name in NAME_END.finditer(page.text, start, limit):
        end = name.end()
        if told_at(page, end, agent=True, end=limit):
            yield end, None
        elif behind := BEHIND.match(page.text, end, limit):
            yield end, behind["stop"]


def _agent(page: Page, name: str, hit: re.Match[str]) -> Claim | None:
    start = hit.end()
    found, end = _after(page, start)
    deed = told_at(page, end, agent=True) if found else None
    if deed is None:
        return _agent_of_any(page, name, start)
    return Claim(name, role_in(page.text, end, *deed, found), found)


def _asked(page: Page, name: str, hit: re.Match[str]) -> Claim | None:
    claim = _agent(page, name, hit)
    # 请市教育局专家授课 asks persons.
    if claim is None or NO_REQUEST.match(page.text, claim.members[-1].end):
        return None
    return claim


def _agent_of_any(page: Page, name: str, start: int) -> Claim | None:
    """The agent of a deed that no predicate lists: the longest names after 由 that two more characters follow."""
    best: list[Member] = []
    stop = CLAUSE_STOP.search(page.text, start, min(page.sentence_end(start), start + LONGEST_AGENT))
    limit = stop.start() if stop else start + LONGEST_AGENT
    names = (m.end() for m in NAME_THEN_DEED.finditer(page.text, start, limit))
    for end in islice((e for e in names if ends_in_head(page.text, start, e)), 6):
        if POST_HOLDER.match(page.text, end):  # 乡镇负责同志: the stop at 同志 hid it
            continue
        found, _ = members(page.text, start, end)
        best = found or best
    return Claim(name, "responsible", best) if best and all(_well_known(m) for m in best) else None


def _well_known(member: Member) -> bool:
    head = head_of(member.name) or ""
    return member.body.kind in ("office", "class") and (member.body.definite or len(head) > 1)


def _partner(page: Page, name: str, hit: re.Match[str]) -> Claim | None:
    start = hit.end()
    found, _ = _after(page, start)
    return Claim(name, "support", found) if found else None


def _together(page: Page, name: str, hit: re.Match[str]) -> Claim | None:
    start = hit.end()
    field = FIELD_PARTNER.match(page.text, start)
    if field:
        return Claim(name, "support", [Member(start, field.end(1), field[1] + "部门", COLLECTIVE_FIELD)])
    found, end = _after(page, start)
    # 交通和水利部门要合作: a duty after the list makes it the subject.
    if not found or not JOINT_WORK.match(page.text, end) or page.text[end] in "要应须必":
        return None
    named = all(
        (m.body.definite and m.body.kind in ("office", "firm"))
        or m.body is COLLECTIVE_FIELD
        or m.name[:2] in ("有关", "相关")
        or (m.name.endswith("部门") and is_field(m.name.removesuffix("部门")))
        for m in found
    )
    return Claim(name, "support", found) if named else None


def _submit(page: Page, name: str, hit: re.Match[str]) -> Claim | None:
    start = hit.end()
    found, end = _after(page, start, longest=True)
    if not found:
        return None
    if rule("unit.submit.approve").regex.match(page.text, end):
        return Claim(name, "supervise", found)
    return Claim(name, "responsible", found) if page.text.startswith("提请", start - 2) else None


def _evaluator(page: Page, name: str, hit: re.Match[str]) -> Claim | None:
    start = hit.end()
    found, end = _after(page, start, longest=True)
    if not found or not rule("unit.evaluator.examine").regex.match(page.text, end):
        return None
    known = all(m.body.definite or m.body.kind in ("office", "firm") for m in found)
    return Claim(name, "supervise", found) if known else None


def _charged(page: Page, name: str, hit: re.Match[str]) -> Claim | None:
    start = hit.end()
    found, end = _after(page, start)
    if not found or page.text[end : end + 1] in "的，。；、":
        return None
    appoints = page.text[start - 2 : start] in ("明确", "确定", "指定", "授权")
    if appoints and not APPOINTED.match(page.text, end):
        return None
    return Claim(name, "responsible", found)


def _duty_of(page: Page, name: str, hit: re.Match[str]) -> Claim | None:
    start = hit.end()
    end = page.text.index("的", start)
    found, _ = members(page.text, start, end)
    return Claim(name, "responsible", found) if found else None


def _under(page: Page, name: str, hit: re.Match[str]) -> Claim | None:
    start = page.text.rfind("在", page.clause(hit.start()), hit.start()) + 1
    end = MANNER_OF_HELP.search(page.text, start, hit.start()) if start else None
    found, _ = members(page.text, start, end.start() if end else start)
    return Claim(name, role_of(hit["how"]), found) if found else None


def _founded(page: Page, name: str, hit: re.Match[str]) -> Claim | None:
    found, _ = members(page.text, *hit.span("who"))
    return Claim(name, "responsible", found) if found else None


AFTER = {
    "unit.under": _under,
    "unit.founded": _founded,
    "unit.agent": _agent,
    "unit.asked": _asked,
    "unit.partner": _partner,
    "unit.together": _together,
    "unit.submit": _submit,
    "unit.evaluator": _evaluator,
    "unit.charged": _charged,
    "unit.duty_of": _duty_of,
}
