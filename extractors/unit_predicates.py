"""What follows the name of a body and charges it: 牵头, 负责, 要, 开展; and the role that it gives."""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property

from extractors.mentions import Role
from extractors.unit_lists import Member
from extractors.unit_markups import role_of, rule
from extractors.unit_page import Claim
from lexicons.alternation import compiled
from lexicons.beginnings import first_characters
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
SECONDED = ("unit.subject.duty", "unit.role.support")
SENTENCE_STOP = re.compile(r"[。！？\n]")
MUTUAL = compiled(fragment("mutual"))


class Predicates:
    """Rules for what stands behind a name, tried in their order where the first character allows them."""

    def __init__(self, *names: str) -> None:
        self._names = names

    @cached_property
    def _by_first(self) -> dict[str, list[tuple[str, re.Pattern[str]]]]:
        by_first: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
        for name in self._names:
            regex = rule(name).regex
            for first in first_characters(regex):
                by_first.setdefault(first, []).append((name, regex))
        return by_first

    def at(self, text: str, start: int, end: int = sys.maxsize) -> tuple[str, re.Match[str]] | None:
        """The rule that matches at ``start``, and its match, which sees nothing from ``end`` on."""
        for name, regex in self._by_first.get(text[start : start + 1], ()):
            found = regex.match(text, start, end)
            if found is not None:
                return name, found
        return None


_BEHIND_NAMES = (
    "unit.role.lead",
    "unit.role.support",
    "unit.role.responsible",
    "unit.role.named",
    "unit.subject.duty",
    "unit.subject.identity",
    "unit.subject.apart",
    "unit.subject.act",
    "unit.subject.act_of_definite",
)
PREDICATES = Predicates(*_BEHIND_NAMES)
# After 由 more is enough to tell what a body does, and examining is an act of its own.
AGENT_PREDICATES = Predicates("unit.role.supervise", *_BEHIND_NAMES, "unit.role.agent")


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
