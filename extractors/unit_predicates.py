"""What follows the name of a body and charges it: 牵头, 负责, 要, 开展; and the role that it gives."""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache

from extractors.mentions import Role
from extractors.sieve import Rules, Sieve, Sifted
from extractors.unit_lists import Member
from extractors.unit_markups import role_of, rule
from extractors.unit_page import Claim, Page
from extractors.unit_words import heads_by_end
from lexicons.alternation import compiled
from lexicons.loader import fragment

ENCOURAGING = compiled(fragment("encouraging"))
ROLES: dict[str, Role] = {
    "unit.role.lead": "lead",
    "unit.role.support": "support",
    "unit.role.supervise": "supervise",
}
SUPERVISION = compiled(fragment("supervision"))
APPROVES = compiled(fragment("approves"))
OVERSEES = compiled(fragment("oversees"))
SUPERVISOR = compiled(fragment("supervisor"))
CHARGED_TO_OVERSEE = compiled(fragment("charged_to_oversee"))
OVERSEER = compiled(fragment("overseer"))
COOPERATES = compiled(fragment("cooperates"))
LEADS = compiled(fragment("leads"))
AND_SO_ON = compiled(fragment("and_so_on"))
Predicate = tuple[str, re.Match[str]]
SECONDED = ("unit.subject.duty", "unit.role.support")
SENTENCE_STOP = re.compile(r"[。！？\n]")
MUTUAL = compiled(fragment("mutual"))
# After 由 more is enough to tell what a body does, and examining is an act of its own.
OF_AGENTS = ("unit.role.supervise", "unit.role.agent")
#: What charges the body before it, in the order in which it is tried.
PREDICATES = (
    "unit.role.supervise",
    "unit.role.lead",
    "unit.role.support",
    "unit.role.responsible",
    "unit.role.named",
    "unit.subject.duty",
    "unit.subject.identity",
    "unit.subject.apart",
    "unit.subject.act",
    "unit.subject.act_of_definite",
    "unit.role.agent",
)


@cache
def _name_ends() -> str:
    """The characters that names of bodies end with, a bracket behind them included."""
    return "".join((*heads_by_end(), ")"))


@cache
def _sieve() -> Sieve:
    return Sieve({name: rule(name).regex for name in PREDICATES}, after=_name_ends())


def predicates(text: str) -> Sifted:
    """The places where a predicate may stand behind a name."""
    return _sieve().over(text)


def told(page: Page, at: int, rules: Rules, agent: bool = False, end: int = sys.maxsize) -> Predicate | None:
    """The rule that charges the body before ``at``, and its match, which sees nothing from ``end`` on.

    ``agent`` says that the body stands after 由.
    """
    for name, regex in rules:
        if (agent or name not in OF_AGENTS) and (found := regex.match(page.text, at, end)):
            return name, found
    return None


def told_at(page: Page, at: int, agent: bool = False, end: int = sys.maxsize) -> Predicate | None:
    """The same, of all rules."""
    after_name = page.text[at - 1] in _name_ends()  # elsewhere the sieve has not looked
    here = (rules for _, rules in page.predicates.places(at, at + 1))
    return told(page, at, next(here, ()) if after_name else _sieve().all, agent, end)


def summed_up(text: str, end: int) -> int:
    """Where a list ends with what sums it up, which is not of it: 等有关部门."""
    closing = AND_SO_ON.match(text, end) if text.startswith("等", end) else None
    return closing.end() if closing else end


def seconded(text: str, claims: Sequence[Claim]) -> list[Claim]:
    """The claims, with support for bodies that 要密切配合 where the same sentence has named who does the work."""
    ends = sorted(claim.members[-1].end for claim in claims if claim.members)
    told: list[Claim] = []
    for claim in claims:
        last = claim.members[-1].end if claim.members else 0
        if claim.rule in SECONDED and COOPERATES.match(text, last):
            before = bisect_left(ends, claim.members[0].start) - 1
            if before >= 0 and not SENTENCE_STOP.search(text, ends[before], claim.members[0].start):
                claim = claim._replace(role="support")
        told.append(claim)
    return told


def role_in(text: str, end: int, name: str, predicate: re.Match[str], found: list[Member]) -> Role:
    """The role that the predicate gives; a body that examines others as its own task, or approves, supervises."""
    if name == "unit.role.named":
        return role_of(predicate[0])
    if name in ROLES:
        if name == "unit.role.support" and MUTUAL.search(predicate[0]):
            return "responsible"
        return ROLES[name]
    last = found[-1]
    if LEADS.match(text, end):
        return "lead"
    if OVERSEER.search(last.name) and CHARGED_TO_OVERSEE.match(text, predicate.start()):
        return "supervise"
    oversight = SUPERVISOR.search(last.name)
    if oversight and OVERSEES.match(text, end):
        return "supervise"
    overseer = last.body.kind == "office" or last.body.definite
    if overseer and (SUPERVISION.match(text, end) or APPROVES.match(text, end)):
        return "supervise"
    return "responsible"
