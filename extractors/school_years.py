"""The school year or term that a plan names: it runs over the end of a calendar year."""

from __future__ import annotations

from typing import NamedTuple

from extractors.periods import year_number
from lexicons.loader import rule

OPENING = 300
SECOND_TERM = "二下2春"
# Months that lie in the calendar year after the one in which a school year, or its first term, begins.
OF_YEAR, OF_TERM = range(1, 9), range(1, 3)


class SchoolTime(NamedTuple):
    """A school year, or one of its terms: the calendar year it begins in, the term (1, 2, or 0), and its words."""

    begins: int
    term: int
    text: str
    start: int

    @property
    def year(self) -> int:
        """The calendar year that a plan for it is for: that of its second term, else the one it begins in."""
        return self.begins + (self.term == 2)

    @property
    def next_year(self) -> range:
        """The months that lie in the calendar year after ``year``."""
        return (OF_YEAR, OF_TERM, range(0))[self.term]


def named(text: str) -> SchoolTime | None:
    """The first school year that the text names, or None."""
    found = rule("year.school").search(text)
    if found is None:
        return None
    term = found["t"] or found["s"]
    which = 0 if not term else 2 if term in SECOND_TERM else 1
    year = year_number(found["y"] or found["z"])
    # 2023年春季学期 is the second term of the school year before.
    begins = year - 1 if found["s"] and which == 2 else year
    return SchoolTime(begins, which, found[0].strip(), found.start())


def of_plan(text: str) -> SchoolTime | None:
    """The school year of a plan: the one that its title or its opening names."""
    return named(text[:OPENING])
