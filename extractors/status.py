"""Whether a place of a plan speaks of what is planned or of what has been achieved."""

from __future__ import annotations

from extractors.mentions import Context, Status


def status_of(ctx: Context, start: int, end: int) -> Status:
    """The status of the work that the span speaks of, from its section and the cues of its sentence."""
    inside = any(a <= start < b for a, b in ctx.achieved)
    return "achieved" if inside else "planned"
