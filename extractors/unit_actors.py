"""Bodies that running text charges with work: the subject of a duty, and who is named after 由, 会同, 提请, 要求."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

from extractors.mentions import Role
from extractors.organisations import heads_by_end
from extractors.unit_lists import COLLECTIVE_FIELD, Member, members
from extractors.unit_markups import role_of
from extractors.unit_page import Claim, Page
from lexicons.loader import Pattern, fragment, patterns, words

BEGIN = re.compile(f"{fragment('begin')}{{1,4}}")
ARRANGEMENT = re.compile(fragment("arrangement"))
SMALL_CENTRE = re.compile("(?!国家|中国|全国)[一-龥]{1,5}中心")
SUPERVISION = re.compile(fragment("supervision"))
OVERSEES = re.compile("[^。；\n]{0,40}?(?:督导|督查|检查|考核|巡查|巡察|评估|审计|监督)")
SUPERVISOR = re.compile("督导|督查|考核|纪检|监察|审计|巡察|评估")
MUTUAL = re.compile("要(?:密切|加强|相互|互相|通力|紧密)")
EMBEDDED = re.compile(f"(?<![与和及、对给为向]){fragment('quantity')}(?!的)")
APPOINTED = re.compile("(?:[和及或](?:人员|专人))?(?:具体|专门|统一|全面)?(?:负责|承担|牵头|为|作为)")
FIELD_PARTNER = re.compile(
    f"({fragment('words:fields:field')})(?:初步|积极|充分|进一步|主动)?(?:对接|协商|沟通|会商|联系)"
)
GOES_ON = re.compile("[、和及与](?!人员|个人|负责人|专人|教师|教职工|家长|群众|社会)")
ENCOURAGING = re.compile(
    f"(?:积极|大力|重点|全力|广泛|充分|有效|努力|也|并|将|要|可|拟|探索|优先|稳步|加快|着力)*{fragment('words:unit_contexts:encouraged')}"
)
ROLES: dict[str, Role] = {
    "unit.role.lead": "lead",
    "unit.role.support": "support",
    "unit.partner": "support",
    "unit.together": "support",
    "unit.evaluator": "supervise",
    "unit.submit": "supervise",
}
# In the order in which they are tried at the end of a name.
PREDICATES = (
    "unit.role.lead",
    "unit.role.support",
    "unit.role.responsible",
    "unit.role.named",
    "unit.subject.duty",
    "unit.subject.identity",
    "unit.subject.act",
    "unit.subject.act_of_definite",
)
# First characters of predicates that are not in duty_verbs.csv.
OTHER_FIRSTS = (
    "和及于是要应须必务需将不负承肩按根结围针依参立以对把向从在每会联为等共协分具总全积主"
    "密大广统已正拟可也都均一今明届同各牵抓组作年配做"
)


@cache
def _rule(name: str) -> Pattern:
    (pattern,) = (p for p in patterns(name) if p.id == name)
    return pattern


@cache
def _name_ends() -> re.Pattern[str]:
    """The end of a name with a predicate after it, as cheap as it can be told: two characters."""
    firsts = {w.text[0] for w in words("duty_verbs")} | set(OTHER_FIRSTS)
    return re.compile(f"{fragment('head_end')}(?:{fragment('aside')})?(?=[{''.join(sorted(firsts))}])")


def subjects(page: Page) -> Iterator[Claim]:
    """The subjects of duties, roles and deeds, at the head of their clauses."""
    text = page.text
    match = _predicate().match
    by_end = heads_by_end()
    done = -1
    for hit in _name_ends().finditer(text):
        end = hit.end()
        last = text[end - 1]
        if last != ")" and not text.endswith(by_end[last], 0, end):
            continue
        predicate = match(text, end)
        if predicate is None or page.closed(hit.start()):
            continue
        start = page.clause(hit.start())
        if start <= done:
            continue
        claim = _subject(page, start, end, PREDICATES[int((predicate.lastgroup or "p0")[1:])], predicate)
        if claim is not None:
            if claim.members:
                done = start
            yield claim


@cache
def _predicate() -> re.Pattern[str]:
    """The predicates as one expression; the name of the group that matched tells which."""
    return re.compile("|".join(f"(?P<p{i}>{_rule(name).source})" for i, name in enumerate(PREDICATES)))


def _subject(page: Page, start: int, end: int, rule: str, predicate: re.Match[str]) -> Claim | None:
    text = page.text
    closing = _closing().match(text, end)
    end = closing.end() if closing else end
    begin = BEGIN.match(text, start, end)
    at = begin.end() if begin else start
    arrangement = ARRANGEMENT.match(text, at, end)
    if arrangement:
        if not rule.startswith("unit.role"):
            return None
        at = arrangement.end()
    found, reason = members(text, at, end)
    if not found and not arrangement and begin and begin.start() < at:
        found, reason = members(text, start, end)
    if not found and rule == "unit.subject.duty":
        embedded = _embedded(text, at, end)
        if embedded is not None:
            found, _ = members(text, embedded, end)
    if not found:
        return _refused(text, at, end, rule, reason)
    if rule.startswith("unit.subject.act") and _rule("unit.not.title").regex.match(text, end):
        return Claim(rule, "responsible", [], (found[0].start, found[-1].end), "title")
    if not all(_believable(m, rule, arrangement is not None) for m in found):
        return None
    if at <= start + 1 and text[start - 1 : start] == "，":
        found = [*_before_comma(page, start), *found]
    return Claim(rule, _role(text, end, rule, predicate, found), found)


def _before_comma(page: Page, start: int) -> list[Member]:
    """The first part of a list of subjects that a comma divides: 各县、各园区，市直有关部门要…."""
    first, _ = members(page.text, page.clause(start - 1), start - 1)
    return first if all(m.body.quantified or m.body.definite for m in first) else []


def _embedded(text: str, start: int, end: int) -> int | None:
    """Where a quantified name begins inside a clause (工作中各单位要…), unless the clause wins it over."""
    if ENCOURAGING.match(text, start, end):
        return None
    for hit in islice(EMBEDDED.finditer(text, start, end), 4):
        if members(text, hit.start(), end)[0]:
            return None if ENCOURAGING.search(text, max(start, hit.start() - 6), hit.start()) else hit.start()
    return None


def _refused(text: str, start: int, end: int, rule: str, reason: str | None) -> Claim | None:
    won_over = ENCOURAGING.match(text, start, end)
    if won_over and members(text, won_over.end(), end)[0]:
        return Claim(rule, "responsible", [], (won_over.end(), end), "encouraged")
    if reason in ("not_a_name", "not_a_body", None) or rule != "unit.subject.duty":
        return None
    return Claim(rule, "responsible", [], (start, end), reason)


def _believable(member: Member, rule: str, arranged: bool) -> bool:
    """Whether a body of this kind can be the subject of such a predicate."""
    body = member.body
    if rule == "unit.role.support" and body.kind == "market":
        return body.quantified and not arranged
    if rule.startswith("unit.role") or rule in ("unit.subject.duty", "unit.subject.identity"):
        return True
    if body.kind == "place":
        return body.quantified
    if body.kind == "firm":
        return (
            body.quantified or member.name[0] in "省市县区镇乡我本" or SMALL_CENTRE.fullmatch(member.name) is not None
        )
    if body.kind == "market":
        return body.quantified and rule == "unit.subject.act"
    return (
        rule == "unit.subject.act"
        or body.definite
        or body.quantified
        or body.kind == "system"
        or (body.kind == "office" and len(member.name) > 1)
    )


def _role(text: str, end: int, rule: str, predicate: re.Match[str], found: list[Member]) -> Role:
    if rule == "unit.role.named":
        return role_of(predicate[0])
    if rule in ROLES:
        if rule == "unit.role.support" and MUTUAL.search(predicate[0]):
            return "responsible"
        return ROLES[rule]
    last = found[-1]
    oversight = SUPERVISOR.search(last.name)
    if oversight and OVERSEES.match(text, end):
        return "supervise"
    overseer = last.body.kind == "office" or last.body.definite
    if overseer and SUPERVISION.match(text, end):
        return "supervise"
    return "responsible"


def named_after(page: Page) -> Iterator[Claim]:
    """The bodies that stand after a word that calls on them: 由, 会同, 提请, 迎接, 要求."""
    for name, find in AFTER.items():
        for hit in _rule(name).regex.finditer(page.text):
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
    alternatives = "|".join(f"(?:{_rule(name).source})" for name in PREDICATES)
    noun = fragment("body_noun")
    return re.compile(
        f"{fragment('head_end')}(?:{fragment('aside')})?"
        f"(?=(?P<predicate>{alternatives})|{noun}(?P<stop>[，。；;：:、\\n)\\]]|$)|等|对|的|和|及|常务|会议|党组|审|批准|讨论|研究|备案|修订|网上|现场|初评|复评|评|验收|督|检查|考核|认定|巡|到|不|自觉|于|尽快|参|建|采|进|认|形|出)"
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
        closed = _closing().match(text, hit.end())
        end = closed.end() if closed else hit.end()
        found, _ = members(text, start, end)
        if found and not longest:
            return found, end
        if found:
            best = found, end
        if hit["stop"] and hit["stop"] != "、":
            break
    return best


@cache
def _closing() -> re.Pattern[str]:
    return re.compile(fragment("and_so_on"))


def _agent(page: Page, rule: str, start: int) -> Claim | None:
    found, end = _after(page, start)
    predicate = _predicate().match(page.text, end) if found else None
    if predicate is None:
        return None
    name = PREDICATES[int((predicate.lastgroup or "p0")[1:])]
    return Claim(rule, _role(page.text, end, name, predicate, found), found)


def _partner(page: Page, rule: str, start: int) -> Claim | None:
    found, _ = _after(page, start)
    return Claim(rule, "support", found) if found else None


def _together(page: Page, rule: str, start: int) -> Claim | None:
    found, end = _after(page, start)
    field = FIELD_PARTNER.match(page.text, start)
    if field:
        return Claim(rule, "support", [Member(start, field.end(1), field[1] + "部门", COLLECTIVE_FIELD)])
    if not found or not re.match(
        "[^，。；\n]{0,8}(?:对接|协商|合作|一起|共同|联合|会商|协作|沟通)", page.text[end : end + 14]
    ):
        return None
    named = all(
        (m.body.definite and m.body.kind in ("office", "firm"))
        or m.body is COLLECTIVE_FIELD
        or m.name[:2] in ("有关", "相关")
        for m in found
    )
    return Claim(rule, "support", found) if named else None


def _submit(page: Page, rule: str, start: int) -> Claim | None:
    found, end = _after(page, start, longest=True)
    if not found:
        return None
    if _rule("unit.submit.approve").regex.match(page.text, end):
        return Claim(rule, "supervise", found)
    return Claim(rule, "responsible", found) if page.text.startswith("提请", start - 2) else None


def _evaluator(page: Page, rule: str, start: int) -> Claim | None:
    found, end = _after(page, start, longest=True)
    if not found or not _rule("unit.evaluator.examine").regex.match(page.text, end):
        return None
    return (
        Claim(rule, "supervise", found)
        if all(m.body.definite or m.body.kind in ("office", "firm") for m in found)
        else None
    )


def _charged(page: Page, rule: str, start: int) -> Claim | None:
    found, end = _after(page, start)
    if not found or page.text[end : end + 1] in "的，。；、":
        return None
    appoints = page.text[start - 2 : start] in ("明确", "确定", "指定")
    if appoints and not APPOINTED.match(page.text, end):
        return None
    return Claim(rule, "responsible", found)


def _duty_of(page: Page, rule: str, start: int) -> Claim | None:
    end = page.text.index("的", start)
    found, _ = members(page.text, start, end)
    return Claim(rule, "responsible", found) if found else None


AFTER = {
    "unit.agent": _agent,
    "unit.partner": _partner,
    "unit.together": _together,
    "unit.submit": _submit,
    "unit.evaluator": _evaluator,
    "unit.charged": _charged,
    "unit.duty_of": _duty_of,
}
