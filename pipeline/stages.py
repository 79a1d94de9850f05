"""All stages from a source to its rows, set up once for a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from pipeline.read import Source
from pipeline.ruleset import ruleset_of
from pipeline.segmenters import DEFAULT, Segmenter, check, get
from pipeline.tables import TABLES, Rows, Tuples, named

if TYPE_CHECKING:
    from pipeline.segment import Plan
    from pipeline.text import View

WORDS_CACHED = 4096  # pieces of text whose words are kept


@dataclass(frozen=True, slots=True)
class Options:
    """What a run extracts. A change of one that shapes rows makes the next run extract every source again.

    tokens:      write the table `tokens` too; no row of another table depends on it.
    text_column: of collections; None guesses it from the usual names.
    """

    segmenter: str = DEFAULT
    tokens: bool = False
    text_column: str | None = None

    def shaping(self) -> dict[str, Any]:
        """The options on which rows depend, those left out that are the default."""
        options = ((field.name, getattr(self, field.name), field.default) for field in fields(self))
        return {name: value for name, value, default in options if value != default and name != "tokens"}


class Pipeline:
    """All stages from a source to its rows, set up once for a run. Raises SegmenterError.

    What cuts words is loaded with the first text that needs it: a process that reads none goes without.
    """

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self.ruleset = ruleset_of(self.options.shaping())
        check(self.options.segmenter)

    @cached_property
    def _segmenter(self) -> Segmenter:
        return get(self.options.segmenter)

    @cached_property
    def _words(self) -> Callable[[str], list[str]]:
        return lru_cache(WORDS_CACHED)(self._segmenter.words)

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables that a run writes."""
        return (*TABLES, "tokens") if self.options.tokens else TABLES

    def plans(self, text: str) -> tuple[View, list[Plan]]:
        """The clean view of a source text and its plans."""
        from pipeline.plans import plans

        return plans(text, self._words)

    def rows(self, source: Source) -> Rows:
        """The rows of one source for all tables, with the names of their columns."""
        return named(self.tuples(source))

    def tuples(self, source: Source) -> Tuples:
        """The rows of one source for all tables."""
        tuples: Tuples = {name: [] for name in self.tables}
        status: str = source.status
        count = 0
        if status == "ok" and source.text is not None:
            from pipeline.plans import rows_by_plan  # not by a process that leaves the reading to others

            tagged = self._segmenter.tagged if self.options.tokens else None
            for rows in rows_by_plan(source.text, source.source_id, self._words, tagged):
                count += 1
                for name, new in rows.items():
                    tuples[name].extend(new)
            status = "ok" if count else "no_plan"
        if source.text is not None and status not in ("duplicate", "rejected"):
            tuples["texts"].append((source.source_id, source.text))
        note = " ".join(filter(None, (source.error, *source.warnings))) or None
        tuples["sources"].append(
            (
                source.source_id, source.path, source.sha256, source.bytes, source.format, source.encoding, status,
                note, count, self.ruleset,
            )
        )  # fmt: skip
        return tuples

    def safe_tuples(self, source: Source) -> Tuples:
        """The rows of a source; one that breaks a stage costs itself only, and its row says so."""
        try:
            return self.tuples(source)
        except Exception as fault:  # a defect of ours: the night's other sources must not pay for it
            sentence = f"{source.path!r} broke the extraction ({type(fault).__name__}: {fault}); please report it."
            return self.tuples(replace(source, status="rejected", text=None, error=sentence))
