"""Run the extractors over one plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from extractors import deadlines, gaps, table_rows, table_targets, targets, units, washed
from extractors.mentions import Deadline, Refusal, Target, Unit
from pipeline.segment import Plan


@dataclass(frozen=True, slots=True)
class Extraction:
    """What the extractors found in one plan, each list in order of place."""

    targets: list[Target]
    deadlines: list[Deadline]
    units: list[Unit]
    gaps: list[Refusal]


def extract(plan: Plan) -> Extraction:
    """The mentions of a plan, and what looks like one and is none."""
    ctx = plan.context
    # The cells of tables are read by their headings, all else as running text.
    prose = replace(ctx, text=table_rows.running(ctx.text, ctx.tables)) if ctx.tables else ctx
    quantities, times, bodies = targets.find(prose), deadlines.find(prose), units.find(prose)
    aims, ends, base_years = table_targets.find(ctx)
    named, in_charge = [*quantities.rows, *aims], [*bodies.rows, *table_rows.units(ctx)]
    if plan.washed:
        named = [replace(r, indicator=washed.standard(r.indicator), subject=washed.standard(r.subject)) for r in named]
        in_charge = [replace(r, name=washed.standard(r.name)) for r in in_charge]
    rows = (
        _in_order(named),
        _in_order(times.rows, ends, table_rows.deadlines(ctx)),
        _in_order(in_charge),
    )
    covered = [(row.start, row.end) for found in rows for row in found]
    refused = [*plan.jumps, *quantities.refused, *times.refused, *bodies.refused, *base_years]
    return Extraction(*rows, gaps.find(ctx, covered, refused))


M = TypeVar("M", Target, Deadline, Unit)


def _in_order(*found: list[M]) -> list[M]:
    return sorted((row for rows in found for row in rows), key=lambda row: row.start)
