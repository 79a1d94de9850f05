"""Explain a place of a source: what was read there, by which rule; and where nothing was, why not."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Any

from extractors.mentions import Span
from pipeline import trace
from pipeline.read import Source
from pipeline.reasons import reason
from pipeline.segment import Plan
from pipeline.stages import Pipeline
from pipeline.tables import Row, Rows
from pipeline.text import View

MOST_PLACES = 20  # of a text that is looked for
MENTIONS = ("targets", "deadlines", "units")
HIDDEN = {"plan_id", "item_id", "sentence", "text", "start", "end", "rule", "deadline_id"}


class ExplainError(Exception):
    """There is nothing to explain; the message says why and what to do."""


class Explainer:
    """One source with its rows, and the stages that made them. Raises ExplainError when it cannot be read."""

    def __init__(self, source: Source, pipeline: Pipeline) -> None:
        if source.text is None:
            raise ExplainError(source.error or f"{source.path!r} cannot be read.")
        self._raw = source.text
        self._pipeline = pipeline
        self._rows: Rows = pipeline.rows(source)
        self._view: View
        self._plans: list[Plan]
        self._view, self._plans = pipeline.plans(source.text)

    def places(self, text: str) -> list[Span]:
        """Where the text stands in the source, also across broken lines and page markers. Raises ExplainError."""
        if not text.strip():
            raise ExplainError("The text to find is empty; give some words of the source.")
        found = list(_occurrences(self._raw, text))
        for start, end in _occurrences(self._view.text, text):
            span = self._view.source(start, end)
            if span not in found:
                found.append(span)
        if not found:
            raise ExplainError(f"{text!r} does not stand in the source; give fewer characters, as the source has them.")
        return sorted(found)[:MOST_PLACES]

    def at(self, offset: int) -> Span:
        """The span to explain at an offset: the shortest row or gap that covers it, else the sentence's character.

        Raises ExplainError when the source is shorter.
        """
        if not 0 <= offset < len(self._raw):
            raise ExplainError(f"The source has {len(self._raw):,} characters; give an offset from 0 on below that.")
        covering = [
            (row["end"] - row["start"], row["start"], row["end"])
            for name in (*MENTIONS, "gaps")
            for row in self._rows[name]
            if row["start"] <= offset < row["end"]
        ]
        if covering:
            _, start, end = min(covering)
            return start, end
        return offset, offset + 1

    def overview(self) -> Iterator[str]:
        """A line for each row and each gap: where, what, by which rule."""
        rows = [(row["start"], name, row) for name in ("items", *MENTIONS, "gaps") for row in self._rows[name]]
        for start, name, row in sorted(rows, key=lambda each: each[:2]):
            rule = row.get("rule") or row.get("reason") or ("" if name == "items" else "no rule knew it")
            what = row["marker"] + row["title"] if name == "items" else row["text"]
            yield f"{start:>7} {name[:-1]:9} {what[:40]}  {rule}".rstrip()

    def explain(self, start: int, end: int) -> Iterator[str]:
        """Lines that explain the span ``[start, end)`` of the source."""
        yield f"{start}–{end} {self._raw[start:end]!r}"
        first, last = (bisect_left(self._view.starts, place) for place in (start, end))
        if first == last:
            yield "  noise: cleaning leaves it out (page marker, furniture, stray blank or broken line)"
            return
        plan = next((p for p in self._plans if p.start < last and p.end > first), None)
        if plan is None:
            yield f"  outside each of the {len(self._plans)} plans: before a title, or after the last words of a plan"
            return
        span = max(first, plan.start) - plan.start, min(last, plan.end) - plan.start
        yield from self._context(plan, span)
        yield from self._verdicts(plan, span, start, end)
        yield from self._trail(plan, span, start, end)

    def _context(self, plan: Plan, span: Span) -> Iterator[str]:
        ctx = plan.context
        yield f"  plan: {plan.title or '(no title)'}, {ctx.kind}, year {ctx.year or 'unknown'}"
        item = bisect_right([i.start for i in ctx.items], span[0]) - 1
        if item >= 0:
            rows = [row for row in self._rows["items"] if row["plan_id"].endswith(f".{plan.ordinal}")]
            yield f"  item: {rows[item]['path']} {rows[item]['title'][:60]}"
        a, b = self._sentence(plan, span[0])
        yield f"  sentence: {ctx.text[a : span[0]]}⟦{ctx.text[slice(*span)]}⟧{ctx.text[span[1] : b]}".rstrip()
        yield f"  words: {'/'.join(word for word in ctx.words(ctx.text[a:b]) if word.strip())}"

    def _sentence(self, plan: Plan, at: int) -> Span:
        sentences = plan.context.sentences
        return sentences[max(bisect_right([a for a, _ in sentences], at) - 1, 0)]

    def _touching(self, name: str, start: int, end: int) -> list[Row]:
        return [row for row in self._rows[name] if row["start"] < end and row["end"] > start]

    def _verdicts(self, plan: Plan, span: Span, start: int, end: int) -> Iterator[str]:
        rows = [(name, row) for name in MENTIONS for row in self._touching(name, start, end)]
        for name, row in rows:
            yield f"  row of {name}: {row['text']} ← rule {_where(row['rule'])}"
            yield f"    {_values(row)}"
            yield from (f"    {line}" for line in self._governs(row))
        uses = list(self._named(plan, span))
        yield from uses
        gaps = self._touching("gaps", start, end)
        for gap in gaps:
            yield f"  gap ({gap['kind']}): {gap['text']} ← {_refusal(gap['reason'])}"
        if not rows and not gaps and not uses:
            yield "  no row and no gap: nothing here looks like a quantity, a time or a body charged with work"

    def _governs(self, row: Row) -> Iterator[str]:
        """What hangs on a deadline, and for whom a body is charged beyond its own item."""
        if "relation" in row:
            governed = [t for t in self._rows["targets"] if t["deadline_id"] == row["deadline_id"]]
            if governed:
                yield "governs the targets " + "、".join(t["text"] for t in governed)
            dated = [t for t in self._rows["tasks"] if t["deadline_id"] == row["deadline_id"]]
            if dated:
                yield "dates the tasks " + "、".join(t["path"] for t in dated)
        elif "role" in row:
            charged = [
                task["path"]
                for task in self._rows["tasks"]
                if task["plan_id"] == row["plan_id"] and task["item_id"] != row["item_id"]
                for name, inherited in zip(task[row["role"]], task[f"{row['role']}_inherited"], strict=True)
                if inherited and name == row["name"]
            ]
            if charged:
                yield "is passed on to the tasks " + "、".join(charged)

    def _named(self, plan: Plan, span: Span) -> Iterator[str]:
        """The targets of the sentence whose indicator or subject stands at the place."""
        text, (first, last) = plan.context.text, self._sentence(plan, span[0])
        asked = text[slice(*span)]
        for row in self._rows["targets"]:
            at = bisect_left(self._view.starts, row["start"]) - plan.start
            if not first <= at < last or span[0] <= at < span[1]:
                continue
            for column in ("indicator", "subject"):
                name = row[column] or ""
                places = [a for a, _ in _occurrences(text[first:last], name)] if name else []
                touches = any(first + a < span[1] and first + a + len(name) > span[0] for a in places)
                if touches or (not places and asked in name):
                    yield f"  {column} of the target {row['text']} at {row['start']}–{row['end']}: {name}"
                    yield f"    ← rule {_where(row['rule'])}; {_values(row)}"

    def _trail(self, plan: Plan, span: Span, start: int, end: int) -> Iterator[str]:
        ctx = plan.context
        made = {row["rule"] for name in MENTIONS for row in self._touching(name, start, end)}
        refused = {row["reason"] for row in self._touching("gaps", start, end)}
        yield from _section("read as a quantity", trace.quantity_readings(ctx, *span))
        yield from _section("read as a time", trace.time_readings(ctx, *span))
        body = trace.body_reading(ctx, *span)
        yield from _section("read as a body", [body] if body else [])
        yield from _section("status cues before it", trace.status_cues(ctx, self._sentence(plan, span[0]), span[0]))
        seen = [
            f"{rule.rule} ({rule.where}) {rule.text[:40]!r}"
            + (" made the row" if rule.rule in made else " refused it" if rule.rule in refused else "")
            for rule in trace.rules(ctx, *span)
        ]
        yield from _section("rules that match here", seen)
        hits = [f"{hit.word} ({hit.word_list}: {hit.cls}, {hit.where})" for hit in trace.word_hits(ctx.text, *span)]
        yield from _section("words of the lexicon at it", hits)


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield f"  {title}:"
        for line in lines:
            yield f"    {line}".replace("\n", "⏎")


def _refusal(name: str | None) -> str:
    if not name:
        return "it looks like one, and no rule made or refused a row: the lexicon may lack a word here"
    found = reason(name)
    return f"refused by {_where(name)}" + (f": {found.english}" if found else "")


def _where(rule: str) -> str:
    where = trace.where_of(rule)
    return f"{rule} ({where})" if where else rule


def _values(row: dict[str, Any]) -> str:
    told = {k: v for k, v in row.items() if k not in HIDDEN and not k.endswith("_id") and v not in (None, False)}
    return ", ".join(f"{key} {value}" for key, value in told.items())


def _occurrences(text: str, wanted: str) -> Iterator[Span]:
    at = text.find(wanted)
    while at >= 0:
        yield at, at + len(wanted)
        at = text.find(wanted, at + 1)
