"""The values of a span that a person marked: read by the rules, though they did not find it by themselves."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

from extractors import dates, quantities
from extractors.mentions import Context, Span
from extractors.organisations import Body, recognise
from extractors.status import status_of
from extractors.targets import KINDS
from pipeline.stages import Pipeline

Row = dict[str, Any]


class Reader:
    """Reads spans of one source."""

    def __init__(self, text: str) -> None:
        self._view, self._plans = Pipeline().plans(text)

    def values(self, name: str, start: int, end: int) -> Row | None:
        """The values of a span as a row of the table ``name``; None when the rules make nothing of it."""
        first, last = (bisect_left(self._view.starts, place) for place in (start, end))
        plan = next((p for p in self._plans if p.start <= first < p.end), None)
        if plan is None or last <= first:
            return None
        span = first - plan.start, min(last, plan.end) - plan.start
        readers = {"items": self._item, "targets": _target, "deadlines": _deadline, "units": _unit}
        values: Row | None = readers[name](plan.context, span)
        if values is not None and name != "items":
            values["text"] = self._view.text[first:last].strip()
            values["status"] = status_of(plan.context, *span)
        if values is not None and values.get("parent") is not None:
            values["parent"] = self._view.source(plan.start + values["parent"], plan.start + values["parent"] + 1)[0]
        return values

    def _item(self, ctx: Context, span: Span) -> Row | None:
        item = next((item for item in ctx.items if item.start == span[0]), None)
        if item is None:
            return None
        parent = None if item.parent is None else ctx.items[item.parent].start
        return {
            "marker": item.marker,
            "number": item.number,
            "style": item.style,
            "parent": parent,
            "title": item.title,
        }


def _target(ctx: Context, span: Span) -> Row | None:
    found = [q for q in quantities.scan(ctx.text, *span) if span[0] <= q.core < span[1]]
    if not found:
        return None
    q = found[0]
    return {
        "kind": KINDS.get(q.cls, "count"), "comparator": q.comparator, "value": q.value, "upper": q.upper,
        "unit": q.unit, "redacted": q.redacted, "delta": q.changed,
    }  # fmt: skip


def _deadline(ctx: Context, span: Span) -> Row | None:
    found = [e for e in dates.scan(ctx.text) if e.start < span[1] and e.end > span[0]]
    if not found:
        return None
    resolved = dates.resolve(found[0], dates.Reference(ctx.year, ctx.year))
    interval = resolved.interval
    return {
        "relation": resolved.relation, "date_start": interval.start, "date_end": interval.end,
        "granularity": interval.granularity, "redacted": interval.redacted,
    }  # fmt: skip


def _unit(ctx: Context, span: Span) -> Row:
    body = recognise(ctx.text[slice(*span)])
    return {"collective": isinstance(body, Body) and body.collective}
