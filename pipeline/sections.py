"""What kind of text a plan is, and which of its sections report what has been done."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

from extractors.mentions import PlanKind, Span
from extractors.sieve import Sieve
from lexicons import rule

LEAST_REVIEW = 40  # characters of a part that reviews; 期末工作总结 alone is a task
LONGEST_TITLE = 100  # characters at the head of a text that may be its title
_OPENING = 400  # characters in which a text without a telling title says what it is
_HEARD = 12_000  # characters from which the voice of a text is told
_LEAST_TOLD = 2  # sentences that report, at least, before a text is taken for a report
_KINDS: tuple[PlanKind, ...] = ("other", "mixed", "summary", "plan")
_LINE = re.compile(r"^[^。；，\n]{4,30}$", re.M)

Head = tuple[int, int, str]


def kind_of(title: str | None, text: str) -> PlanKind:
    """The kind that the title announces; without a title, or with one that says nothing, what the text speaks of."""
    announced = announced_by(title)
    if announced is not None:
        return announced
    opening = text[:_OPENING]
    for kind in ("mixed", "summary"):
        if rule(f"title.opening_{kind}").search(opening):
            return kind
    if reports(text):
        return "mixed" if rule("title.ahead_section").search(text) else "summary"
    return "plan" if rule("title.plan").search(opening) else "other"


def announced_by(title: str | None) -> PlanKind | None:
    """The kind that a title announces; None without a title or with one that says nothing."""
    if not title:
        return None
    return next((kind for kind in _KINDS if rule(f"title.{kind}").search(title)), None)


def reports(text: str) -> bool:
    """Whether most sentences of the text that tell at all tell what has been done."""
    told, ahead = _heard(text)
    return told >= _LEAST_TOLD and told >= 2 * ahead


@cache
def _voices() -> Sieve:
    return Sieve({name: rule(name) for name in ("voice.told", "voice.ahead")})


def _heard(text: str) -> tuple[int, int]:
    """How many sentences tell what has been done, and how many say what is to be done."""
    voices = _voices().over(text[:_HEARD])
    told, ahead = (sum(1 for _ in voices.finditer(name)) for name in ("voice.told", "voice.ahead"))
    return told, ahead


def _asks(text: str) -> bool:
    """Whether a part asks for more than it tells, so that its heading names a task: 期末工作总结."""
    told, ahead = _heard(text)
    return ahead > told


def done_sections(text: str, heads: list[Head], kind: PlanKind, title: str | None = None) -> list[Span]:
    """The spans that report what has been done.

    ``heads`` are (start, end of subtree, title) of the top-level items in order. A summary is one whole up to what it
    plans next; a mixed text reports under the headings that say so, numbered or on a line of their own, and a plan
    where a heading says that it reviews a period and the part does not ask for work. A text whose title names a
    summary first reports from its first words on, headings or none.
    """
    ahead = rule("title.ahead_section")
    if kind == "summary":
        plan = ahead.search(text, len(text) // 4)
        return [(0, plan.start() if plan else len(text))]
    if kind != "mixed":
        review = rule("title.review_section")
        parts = ((a, b) for a, b, title in heads if b - a >= LEAST_REVIEW and review.search(title))
        return [(a, b) for a, b in parts if not _asks(text[a:b])]
    done = rule("title.done_section")
    numbered = [(start, end) for start, end, title in heads if done.search(title)]
    if numbered:
        preamble = [(0, heads[0][0])] if numbered[0][0] == heads[0][0] > 0 else []
        return preamble + numbered
    if title and rule("title.review_first").search(title):
        return [(0, _outlook(text, heads))]
    return _unnumbered(text, heads)


def _unnumbered(text: str, heads: list[Head]) -> list[Span]:
    """What a mixed text reports where no numbered heading says so."""
    telling = rule("title.looks_back" if heads else "title.done_section")
    line = next((m for m in _LINE.finditer(text) if telling.search(m[0])), None)
    plan = rule("title.ahead_section").search(text, line.end() if line else 1)  # not the title
    if line is not None and (plan is not None or not heads):
        return [(line.start(), plan.start() if plan else len(text))]
    end = plan.start() if plan else len(text)
    if end <= _HEARD and reports(text[:end]):
        return [(0, end)]
    parts = [0, *(start for start, _, _ in heads if 0 < start < end), end]
    return [(a, b) for a, b in pairwise(parts) if b - a <= _HEARD and reports(text[a:b])]


def _outlook(text: str, heads: list[Head]) -> int:
    """Where a text that sums up first goes over to what it plans; its end where it does not, as a preview may."""
    begin = min(len(text), LONGEST_TITLE)
    starts = [start for start, _, title in heads if rule("title.outlook").match(title)]
    if ahead := rule("title.ahead_section").search(text, begin):
        starts.append(ahead.start())
    if not starts and (said := rule("title.turns_ahead").search(text, begin)):
        return said.start()
    return min(starts, default=len(text))
