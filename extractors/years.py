"""The calendar year that a plan is for.

Copied templates often carry a replaced year in the title, and in the body where digits were replaced as well. What
cannot be replaced without knowing history tells then: 十二五开局之年, 建党90周年. So evidence is weighed, the strongest
first:

1. a five-year plan's first or last year, an anniversary, a policy that was issued in a known year;
2. the body's own ``2012年，是…``;
3. the title;
4. the document's number and its date of signing;
5. years that the body speaks of as its own, or schedules months in.

A report of work looks back before it looks ahead, so what its body celebrates belongs to the past year. It is read by
its title, the day it was delivered, the year it reviews, and the year in the heading of what it plans.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache

from extractors import school_years
from extractors.periods import five_year_plans, number, year_number
from extractors.sieve import Sieve, Sifted
from lexicons.loader import automaton, patterns, rule, words

OPENING = 1500
REPORT_OPENING = 400
ROUND = 5
MASKED_GAP = 2
WIDEST_GAP = 20  # years by which a copied template is dated on, at most, where one anniversary alone tells
TITLE_REPEATS = 2
LATEST_SESSION_GAP = 5
LONGEST_HEAD = 120  # characters before the number of a document or a date of signing that tell what it is
_REVIEWS = re.compile(r"过去的?一年|回顾|工作总结|政府工作报告|一年来")
_AIMED_AT = re.compile(r"(?:到|至|迎接|迎|向|在)[^，。；]{0,6}$")


@dataclass(frozen=True, slots=True)
class YearEvidence:
    """The year, the year of the title, the phrase that told the year, and conflicts in one sentence each."""

    year: int | None
    title_year: int | None
    basis: str | None
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Clue:
    year: int
    basis: str
    at: int


@cache
def _sieve() -> Sieve:
    return Sieve({p.id: p.regex for p in patterns("year") if not p.id.endswith("_head")})


@lru_cache(maxsize=1)
def _sifted(text: str) -> Sifted:
    return _sieve().over(text)


@cache
def _years_of(name: str) -> dict[str, int]:
    """The year in which each entry of a word list came into being."""
    return {word.text: int(word.extra["date"][:4]) for word in words(name)}


def infer(text: str, title: str | None, cover: str = "") -> YearEvidence:
    """The year of a plan from its normalized text, its title, and the cover notice that precedes it in its file."""
    titled = _title_clue(title)
    document = _document(text, cover)
    if _is_report(text, title):
        clue = titled or _reported(text)
    else:
        body = text[:OPENING]
        history = [*_positions(text, OPENING), *_anniversaries(text)]
        stated = [c for c in _stated(text, "year.is", OPENING) if not _far(c, body)]
        said = titled or _delivered(text, OPENING)
        clue = _choose(said, stated, history, text) or said or _reviewed(text) or document or _fitting(text)
    dated = bool(clue and document and document.year == clue.year)
    warnings = _warnings(text, clue, titled, dated)
    title_year = titled.year if titled else None
    if clue is None:
        return YearEvidence(None, title_year, None, warnings)
    return YearEvidence(clue.year, title_year, clue.basis, warnings)


def _title_clue(title: str | None) -> _Clue | None:
    if not title:
        return None
    school = _school_clue(title)
    if school:
        return school
    for name in ("year.title_plan", "year.title_any"):
        found = [_clue(m) for m in rule(name).finditer(title)]
        if found:
            return found[-1] if name == "year.title_plan" else found[0]
    return None


def _school_clue(text: str) -> _Clue | None:
    """The year of the school year or term that the text names."""
    found = school_years.named(text)
    return _Clue(found.year, found.text, found.start) if found else None


def _clue(match: re.Match[str]) -> _Clue:
    return _Clue(year_number(match["y"]), match[0].strip(), match.start())


def _stated(text: str, name: str, until: int = sys.maxsize) -> Iterator[_Clue]:
    return map(_clue, _sifted(text).finditer(name, until))


def _positions(text: str, until: int = sys.maxsize) -> Iterator[_Clue]:
    """Years that are told by their place in a five-year plan."""
    for m in _sifted(text).finditer("year.plan_position", until):
        first, last = five_year_plans()[m["p"]]
        nth = number(m["n"] or "")
        year = first + nth - 1 if nth else first if m["first"] else last
        yield _Clue(year, m[0], m.start())


def _anniversaries(text: str) -> Iterator[_Clue]:
    """Years that are told by an anniversary, unless the text only looks forward to it."""
    for m in _sifted(text).finditer("year.anniversary"):
        count = _count(m["n"])
        if count and not _AIMED_AT.search(text[max(0, m.start() - 8) : m.start()]):
            yield _Clue(_years_of("anniversaries")[m["w"]] + count, m[0], m.start())


def _count(text: str) -> int | None:
    """The count of an anniversary: 90, 七十, 一百, 一百零五."""
    if "百" not in text:
        return number(text)
    hundreds, _, rest = text.partition("百")
    rest = rest.removeprefix("零")
    tail = number(rest) if rest else 0
    head = number(hundreds) if hundreds else 1
    return None if head is None or tail is None else 100 * head + tail


def _choose(titled: _Clue | None, stated: list[_Clue], history: list[_Clue], text: str) -> _Clue | None:
    """The clue of the body that tells the year: history where digits were replaced, else what the body states."""
    literal = next((c for c in stated if titled and c.year == titled.year), None)
    if literal is None and stated:
        literal = max(stated, key=lambda c: c.year)
        if titled and literal.year == titled.year - 1 and _looks_back(text, titled.year):
            literal = None
    known = literal or titled
    told = Counter(c.year for c in history)
    for clue in history:
        gap = known.year - clue.year if known else MASKED_GAP
        if gap >= MASKED_GAP and (gap <= WIDEST_GAP or told[clue.year] > 1):
            return clue
    return literal


def _looks_back(text: str, year: int) -> bool:
    """Whether the text reviews, or speaks of the title's year too: then 2022年是 is what it looks back on."""
    return bool(_REVIEWS.search(text[:OPENING])) or text.count(f"{year}年") > TITLE_REPEATS


def _is_report(text: str, title: str | None) -> bool:
    """Whether the text is a report of work, not what was resolved about one."""
    found = rule("year.report").search(title or "") or _sifted(text).search("year.report", REPORT_OPENING)
    return bool(found) and "决议" not in (title or text[:40])


def _reported(text: str) -> _Clue | None:
    """The year of a report of work whose title states none; None where the text does not tell."""
    ahead = [c for c in _stated(text, "year.ahead") if not _far(c, text)]
    now = (c for c in _positions(text) if text.endswith("今年是", 0, c.at))
    first = _delivered(text, REPORT_OPENING) or _reviewed(text)
    return first or max(ahead, key=lambda c: (c.year, -c.at), default=None) or next(now, None)


def _reviewed(text: str) -> _Clue | None:
    """The year after the one that the text's opening reviews, where the text speaks of it or is a report."""
    found = _sifted(text).search("year.reviewed", OPENING)
    if found is None:
        return None
    year = year_number(next(filter(None, found.groups()))) + 1
    return _Clue(year, re.sub(r"\s+", " ", found[0]), found.start())


def _far(clue: _Clue, text: str) -> bool:
    """Whether a round year stands at a goal: 2035年，我省…达到60% tells nothing of the plan's own year."""
    goal = rule("year.goal").match(text, clue.at)
    return bool(goal) and clue.year % ROUND == 0 and f"{clue.year}年是" not in text


def _backdrop(clue: _Clue, text: str) -> bool:
    """Whether a year begins the section that tells what a plan starts from."""
    return rule("year.backdrop_head").search(text, max(0, clue.at - LONGEST_HEAD), clue.at) is not None


def _delivered(text: str, until: int) -> _Clue | None:
    """The year in which a report was delivered: 2026年2月3日在…会议上."""
    return next(_stated(text, "year.delivered", until), None)


def _document(text: str, cover: str) -> _Clue | None:
    """The year of the document's number or of its date of signing."""
    for part, finditer in ((text, _sifted(text).finditer), (cover, lambda name: rule(name).finditer(cover))):
        for name in ("year.document_number", "year.issued", "year.signed"):
            for found in finditer(name):
                head = rule(f"{name}_head").search(part, max(0, found.start() - LONGEST_HEAD), found.start())
                if head:
                    return _Clue(year_number(found["y"]), part[head.start() : found.end()].strip(), head.start())
    return None


def _fitting(text: str) -> _Clue | None:
    """The year that the body speaks of, unless the text names a congress or a policy that came after it."""
    clue = _spoken(text)
    later = max(_latest_session(text) or (0, ""), _latest_policy(text) or (0, ""))
    return clue if clue and clue.year >= later[0] else None


def _spoken(text: str) -> _Clue | None:
    """The year that the body speaks of as its own, or most often gives months of."""
    told = [*_stated(text, "year.told", OPENING), *_stated(text, "year.own", OPENING)]
    past = {c.year for c in told if _backdrop(c, text)}
    aims = {c.year for c in told if past and c.year > max(past) and rule("year.goal").match(text, c.at)}
    own = next((c for c in told if not _far(c, text) and c.year not in past | aims), None)
    own = own or _school_clue(text[:OPENING])
    if own:
        return own
    scheduled = list(_stated(text, "year.schedule"))
    months = Counter(c.year for c in scheduled)
    return max(scheduled, key=lambda c: (months[c.year], -c.year), default=None) or _since(text) or _begun(text)


def _since(text: str) -> _Clue | None:
    """The year since whose beginning a text that speaks of one year tells what was done."""
    clue = next(_stated(text, "year.since", OPENING), None)
    return clue if clue and _sifted(text).search("year.of_one") else None


def _begun(text: str) -> _Clue | None:
    """The first of the years that a text without a year of its own is for: 2019年起三年内."""
    return next(_stated(text, "year.begins", OPENING), None)


def _warnings(text: str, clue: _Clue | None, titled: _Clue | None, dated: bool) -> list[str]:
    """What does not fit the year; a document that is ``dated`` in that year may well cite an old congress."""
    if clue is None:
        return []
    found = []
    if titled and titled.year != clue.year:
        found.append(f"the title says {titled.year}, the text {clue.year}: {clue.basis}")
    latest = _latest_session(text)
    gap = clue.year - latest[0] if latest else 0
    if latest and (gap < 0 or (gap > LATEST_SESSION_GAP and not dated)):
        found.append(f"the year {clue.year} does not fit {latest[1]}, which was held in {latest[0]}")
    policy = _latest_policy(text)
    if policy and policy[0] > clue.year:
        found.append(f"the year {clue.year} does not fit {policy[1]}, which is of {policy[0]}")
    return found


def _latest_session(text: str) -> tuple[int, str] | None:
    """The latest congress or plenum that the text names, with its year."""
    held = _years_of("sessions")
    named = [(held[m[0]], m[0]) for m in _sifted(text).finditer("year.session") if m[0] in held]
    return max(named, default=None)


def _latest_policy(text: str) -> tuple[int, str] | None:
    """The latest policy that the text names, with the year it came in: no plan names one before."""
    came = _years_of("policies")
    return max(((came[name], name) for name in automaton("policies").find_matches_as_strings(text)), default=None)
