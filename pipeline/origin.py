"""Who issued a plan, and for which region: read by the rules `origin.*` from its title, else from its signature."""

from __future__ import annotations

import re

from lexicons import rule

LEADING_YEAR = re.compile(
    r"^(?:19|20)\d\d(?:年?[-~至](?:20)?\d\d)?(?:年|学年)?(?:年?度)?(?:，?第[一二]学期|[上下]学期|[春秋]季(?:学期)?)?"
)
PARTY = "中共"  # before the name of the place
HEAD = 60  # characters of the text that may name the issuer


def issuer_of(title: str | None, text: str) -> str | None:
    """The body that issued a plan as the title or the signature names it, or None."""
    issuer = rule("origin.issuer")
    if title:
        report = rule("origin.report").match(title)
        if report:
            return report[1] + "人民政府"
        named = issuer.match(LEADING_YEAR.sub("", title))
        if named:
            return named[1]
    found = issuer.match(text[:HEAD].split("\n")[0]) or rule("origin.signature").search(text)
    return found[1] if found else None


def region_of(issuer: str | None, title: str | None) -> str | None:
    """The region that a name begins with (`某市某区`), or None where it names none of its own (`县教育局`)."""
    for name in (issuer, LEADING_YEAR.sub("", title or "")):
        place = (name or "").removeprefix(PARTY)
        if place and not rule("origin.no_region").match(place):
            found = rule("origin.region").match(place)
            if found and (len(found[1]) > 2 or found[1][1] == "县"):  # the names of some counties have one character
                return found[0]
    return None
