"""Which rules and words of the lexicon see a span, and what the readers of quantities, times and bodies make of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extractors import dates, quantities
from extractors.deadlines import in_window
from extractors.mentions import Context, Span
from extractors.organisations import Body, recognise
from extractors.target_refusals import Refuser
from lexicons.loader import Pattern, pattern_ids, patterns, word_lists, words
from pipeline.reasons import pattern_of

# Rules are tried on so much text around the span; building blocks and rules on titles of files have no say here.
AROUND = 60
SILENT = ("fragment.", "title.", "furniture.", "page.")
# These look at a time between ⟦ and ⟧, those at the place where a number begins.
IN_WINDOW, AT_NUMBER = "deadline.", "target.not."
LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Seen:
    """A rule that matches text at the span: its id, where it stands in the lexicon, what it matched."""

    rule: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class WordHit:
    """A word of a list that stands at the span."""

    word: str
    word_list: str
    cls: str
    where: str


def rules(ctx: Context, start: int, end: int) -> list[Seen]:
    """Every rule whose match overlaps the span, in the order of the lexicon."""
    text = ctx.text
    first, last = max(0, start - AROUND), min(len(text), end + AROUND)
    times = [e for e in dates.scan(text) if e.start < end and e.end > start]
    numbers = [q for q in quantities.scan(text, first, last) if q.start < end and q.end > start]
    seen: list[Seen] = []
    for rule in _all():
        if rule.id.startswith(IN_WINDOW):
            found = [text[e.start : e.end] for e in times if rule.regex.search(in_window(text, e))]
        elif rule.id.startswith(AT_NUMBER):
            found = [m[0] or text[q.core : q.end] for q in numbers if (m := rule.regex.match(text, q.core))]
        else:
            hits = rule.regex.finditer(text, first, last)
            found = [m[0] for m in hits if m.start() < end and m.end() > start]
        seen.extend(Seen(rule.id, rule.where, hit) for hit in dict.fromkeys(found))
    return seen


def _all() -> Iterator[Pattern]:
    for id_ in pattern_ids():
        if not id_.startswith(SILENT):
            yield from (p for p in patterns(id_) if p.id == id_)


def where_of(rule: str) -> str:
    """File and line of a rule; empty for a rule of the code."""
    pattern = pattern_of(rule)
    return pattern.where if pattern else ""


def word_hits(text: str, start: int, end: int) -> list[WordHit]:
    """Every word of a word list that overlaps the span or touches it."""
    first = max(0, start - 8)
    near = text[first : end + 8]
    hits = []
    for name in word_lists():
        for word in words(name):
            at = near.find(word.text)
            while at >= 0:
                a = first + at
                if a <= end and a + len(word.text) >= start:
                    hits.append(WordHit(word.text, name, word.cls, word.where))
                    break
                at = near.find(word.text, at + 1)
    return hits


def quantity_readings(ctx: Context, start: int, end: int) -> list[str]:
    """What the reader of quantities makes of the span: number, unit, bound, and the rule that refuses it."""
    found = quantities.scan(ctx.text, max(0, start - AROUND), min(len(ctx.text), end + AROUND), ctx.words)
    refuser = Refuser.of(ctx.text, found, ctx.words)
    lines = []
    for q in found:
        if q.start < end and q.end > start:
            value = "blanked" if q.redacted else f"{q.value:g}" if q.value is not None else "?"
            value += f"–{q.upper:g}" if q.upper is not None else ""
            reason = refuser.reason(q)
            lead = ctx.text[q.lead : q.core]
            lines.append(
                f"{ctx.text[q.core : q.end]}: {value} {q.unit or '(no unit)'}, class {q.cls}, {q.comparator}"
                + (f", led to by {lead!r}" if lead else "")
                + (f"; refused by {reason}" if reason else "; believed")
            )
    return lines


def time_readings(ctx: Context, start: int, end: int) -> list[str]:
    """What the reader of times makes of the span: rule, bound words, relation and days."""
    lines = []
    for e in dates.scan(ctx.text):
        if e.start < end and e.end > start:
            resolved = dates.resolve(e, dates.Reference(ctx.year, ctx.year))
            days = f"{resolved.interval.start or ''}…{resolved.interval.end or ''}"
            bounds = "bound words stand at it" if e.bounded else "no bound words"
            lines.append(f"{ctx.text[e.start : e.end]}: {e.rule}, {bounds}, {resolved.relation} {days}")
    return lines


def body_reading(ctx: Context, start: int, end: int) -> str:
    """What the span is as the name of a body: its kind, or why it is none."""
    name = ctx.text[start:end]
    if not name or len(name) > LONGEST_NAME:
        return ""
    body = recognise(name)
    if isinstance(body, Body):
        return f"{name}: a {body.kind}" + (", one of many" if body.collective else ", a named body")
    return "" if body == "not_a_name" else f"{name}: no body that is charged ({body})"


def status_cues(ctx: Context, sentence: Span, start: int) -> list[str]:
    """The words before the span in its sentence that tell planned from achieved, with their rules."""
    cues = [
        f"{match[0]} ({rule.id})"
        for rule in patterns("status")
        for match in rule.regex.finditer(ctx.text, sentence[0], start)
    ]
    if any(a <= start < b for a, b in ctx.achieved):
        cues.append("the section reports what has been done")
    return cues
