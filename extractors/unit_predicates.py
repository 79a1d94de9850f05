"""What follows the name of a body and charges it: 牵头, 负责, 要, 开展; and the role that it gives."""

from __future__ import annotations

import re
from functools import cache

from extractors.mentions import Role
from extractors.unit_lists import Member
from extractors.unit_markups import role_of, rule
from lexicons.loader import fragment

ENCOURAGING = re.compile(fragment("encouraging"))
ROLES: dict[str, Role] = {
    "unit.role.lead": "lead",
    "unit.role.support": "support",
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
SUPERVISION = re.compile(fragment("supervision"))
OVERSEES = re.compile(fragment("oversees"))
SUPERVISOR = re.compile(fragment("supervisor"))
MUTUAL = re.compile(fragment("mutual"))


@cache
def predicate_at() -> re.Pattern[str]:
    """The predicates as one expression; the name of the group that matched tells which."""
    return re.compile("|".join(f"(?P<p{i}>{rule(name).source})" for i, name in enumerate(PREDICATES)))


@cache
def and_so_on() -> re.Pattern[str]:
    """What closes a list without being of it: 等有关部门."""
    return re.compile(fragment("and_so_on"))


def role_in(text: str, end: int, name: str, predicate: re.Match[str], found: list[Member]) -> Role:
    """The role that the predicate gives; a body that examines others as its own task supervises."""
    if name == "unit.role.named":
        return role_of(predicate[0])
    if name in ROLES:
        if name == "unit.role.support" and MUTUAL.search(predicate[0]):
            return "responsible"
        return ROLES[name]
    last = found[-1]
    oversight = SUPERVISOR.search(last.name)
    if oversight and OVERSEES.match(text, end):
        return "supervise"
    overseer = last.body.kind == "office" or last.body.definite
    if overseer and SUPERVISION.match(text, end):
        return "supervise"
    return "responsible"
