"""Cut a plan into items and sentences, and build the context that extractors see."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractors import flat_tables, table_rows, tables, washed, years
from extractors import items as item_rules
from extractors.mentions import Context, Item, Refusal, Span
from extractors.washed import Washing
from pipeline.sections import done_sections
from pipeline.split import Draft
from pipeline.text import View

# A plain set of characters first: the engine scans for it many times faster than for an alternative.
SENTENCE_END = re.compile(r"[。！？；\n](?:(?<=\n)\n*|(?<!\n)[。！？；]*[”’」』\")\]》]*)")

Words = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan of a source with what its context was built from. ``start`` and ``end`` are offsets into the view."""

    ordinal: int
    start: int
    end: int
    title: str | None
    context: Context
    year: years.YearEvidence
    jumps: list[Refusal]
    warnings: list[str]
    washed: bool  # whether words were swapped for synonyms: names are then written in standard words


def segment(view: View, draft: Draft, ordinal: int, words: Words, washing: Washing | None) -> Plan:
    """The plan of a draft: its year, its item tree, its sentences. ``washing`` tells of the whole page."""
    text = view.norm[draft.start : draft.end]
    if washing is not None:
        text = washed.restored(text)
    found_tables = sorted([*tables.find(text), *flat_tables.find(text)], key=lambda table: table.start)
    found, jumps = item_rules.find(table_rows.running(text, found_tables))
    found = table_rows.items(text, found, found_tables)
    evidence = years.infer(text, draft.title, draft.cover)
    context = Context(
        text=text,
        year=evidence.year,
        kind=draft.kind,
        sentences=sentences(text, found),
        items=found,
        achieved=done_sections(text, _heads(found, len(text)), draft.kind, draft.title),
        words=words,
        tables=found_tables,
    )
    warnings = _warnings(evidence, found, washing)
    return Plan(ordinal, draft.start, draft.end, draft.title, context, evidence, jumps, warnings, washing is not None)


def sentences(text: str, found: Sequence[Item]) -> list[Span]:
    """Spans that cover the text: cut after a stop, at line ends, and before every item."""
    cuts = [0, *[m.end() for m in SENTENCE_END.finditer(text)], *[item.start for item in found], len(text)]
    return list(pairwise(dict.fromkeys(sorted(cuts))))


def _heads(found: Sequence[Item], length: int) -> list[tuple[int, int, str]]:
    """Each top-level item with the end of all that stands below it."""
    top = [item for item in found if item.level == 1]
    ends = [item.start for item in top[1:]] + [length]
    return [(item.start, end, item.title) for item, end in zip(top, ends, strict=False)]


def _warnings(evidence: years.YearEvidence, found: Sequence[Item], washing: Washing | None) -> list[str]:
    warnings = list(evidence.warnings)
    if washing is not None:
        warnings.append(washing.warning)
    if any(item.parent is not None and item.parent > i for i, item in enumerate(found)):
        warnings.append("The pages stand out of order; items are nested by their numbers.")
    return warnings
