"""What kind of text a plan is, and which of its sections report what has been done."""

from __future__ import annotations

import re

from extractors.mentions import PlanKind, Span
from lexicons import rule


def kind_of(title: str | None, text: str) -> PlanKind:
    """The kind that the title announces; without a title, or with one that says nothing, what the text speaks of."""
    kinds: tuple[PlanKind, ...] = ("other", "mixed", "summary", "plan")
    for kind in kinds:
        if title and rule(f"title.{kind}").search(title):
            return kind
    for kind in kinds:
        if rule("title.opening_summary" if kind == "summary" else f"title.{kind}").search(text[:400]):
            return kind
    return "other"


def done_sections(text: str, heads: list[tuple[int, int, str]], kind: PlanKind) -> list[Span]:
    """The spans that report what has been done.

    ``heads`` are (start, end of subtree, title) of the top-level items in order. A summary is one whole up to what it
    plans next; a mixed text reports under the headings that say so, numbered or on a line of their own.
    """
    ahead = rule("title.ahead_section")
    if kind == "summary":
        plan = ahead.search(text, len(text) // 4)
        return [(0, plan.start() if plan else len(text))]
    if kind != "mixed":
        return []
    done = rule("title.done_section")
    numbered = [(start, end) for start, end, title in heads if done.search(title)]
    if numbered:
        return numbered
    telling = rule("title.looks_back") if heads else done
    line = next((m for m in re.finditer(r"^[^。；，\n]{4,30}$", text, re.M) if telling.search(m[0])), None)
    if line is None:
        return []
    plan = ahead.search(text, line.end())
    if heads and plan is None:
        return []
    return [(line.start(), plan.start() if plan else len(text))]
