"""Run the extractors over one plan."""

from __future__ import annotations

from dataclasses import dataclass

from extractors import deadlines, gaps, targets, units
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
    quantities, times, bodies = targets.find(ctx), deadlines.find(ctx), units.find(ctx)
    covered = [(row.start, row.end) for found in (quantities, times, bodies) for row in found.rows]
    refused = [*plan.jumps, *quantities.refused, *times.refused, *bodies.refused]
    return Extraction(quantities.rows, times.rows, bodies.rows, gaps.find(ctx, covered, refused))
