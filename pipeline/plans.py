"""From a text to its plans and their rows. With this module all rules are loaded, which takes a second: only a process
that reads texts imports it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from extractors import washed
from pipeline.clean import clean
from pipeline.extract import extract
from pipeline.rows import plan_rows, token_rows
from pipeline.segment import Plan, segment
from pipeline.segmenters import TaggedWord
from pipeline.split import split
from pipeline.tables import Tuples
from pipeline.text import View


def plans(text: str, words: Callable[[str], Sequence[str]]) -> tuple[View, list[Plan]]:
    """The clean view of a source text and its plans."""
    view = clean(text)
    drafts, washing = split(view, text), washed.tell(view.norm)
    return view, [segment(view, draft, i + 1, words, washing) for i, draft in enumerate(drafts)]


def rows_by_plan(
    text: str,
    source_id: str,
    words: Callable[[str], Sequence[str]],
    tagged: Callable[[str], list[TaggedWord]] | None = None,
) -> Iterator[Tuples]:
    """The rows of each plan of a source text for every table below `texts`; `tokens` where they are ``tagged``."""
    view, found = plans(text, words)
    for plan in found:
        rows = plan_rows(view, plan, extract(plan), source_id)
        if tagged is not None:
            rows["tokens"] = token_rows(view, plan, source_id, tagged(view.text[plan.start : plan.end]))
        yield rows
