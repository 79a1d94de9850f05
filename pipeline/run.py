"""One run: every input through all stages into the tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from lexicons import ruleset_hash
from pipeline.clean import clean
from pipeline.extract import extract
from pipeline.publish import Publisher
from pipeline.read import Entry, Source, discover, read
from pipeline.segment import Plan, segment
from pipeline.segmenters import DEFAULT, Segmenter, get
from pipeline.split import split
from pipeline.tables import TABLES, Rows, plan_rows, token_rows
from pipeline.text import View

WORDS_CACHED = 4096  # pieces of text whose words are kept


@dataclass(frozen=True, slots=True)
class Options:
    """What a run may choose."""

    segmenter: str = DEFAULT
    tokens: bool = False


@dataclass(slots=True)
class Summary:
    """What a run did, in counts."""

    statuses: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    gaps: Counter[str] = field(default_factory=Counter)
    characters: int = 0
    rejected: list[tuple[str, str]] = field(default_factory=list)  # path, sentence
    warnings: list[tuple[str, str]] = field(default_factory=list)

    def add(self, rows: Rows) -> None:
        source = rows["sources"][0]
        self.statuses[source["status"]] += 1
        if source["status"] == "rejected":
            self.rejected.append((source["path"], source["error"]))
        elif source["error"]:
            self.warnings.append((source["path"], source["error"]))
        for plan in rows["plans"]:
            self.warnings.extend((source["path"], warning) for warning in plan["warnings"])
        for name, new in rows.items():
            self.rows[name] += len(new)
        self.gaps.update(row["kind"] for row in rows["gaps"])
        self.characters += sum(len(row["text"]) for row in rows["texts"])


class Pipeline:
    """All stages from a source to its rows, set up once for a run."""

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self.ruleset = ruleset_hash()
        self._segmenter: Segmenter = get(self.options.segmenter)
        self._words = lru_cache(WORDS_CACHED)(self._segmenter.words)

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables that a run writes."""
        return (*TABLES, "tokens") if self.options.tokens else TABLES

    def plans(self, text: str) -> tuple[View, list[Plan]]:
        """The clean view of a source text and its plans."""
        view = clean(text)
        drafts = split(view)
        return view, [segment(view, draft, i + 1, self._words) for i, draft in enumerate(drafts)]

    def rows(self, source: Source, status: str | None = None) -> Rows:
        """The rows of one source for all tables."""
        rows: Rows = {name: [] for name in self.tables}
        status = status or source.status
        count = 0
        if status == "ok" and source.text is not None:
            view, plans = self.plans(source.text)
            count = len(plans)
            status = "ok" if plans else "no_plan"
            for plan in plans:
                for name, new in plan_rows(view, plan, extract(plan), source.source_id).items():
                    rows[name].extend(new)
                if self.options.tokens:
                    tagged = self._segmenter.tagged(view.text[plan.start : plan.end])
                    rows["tokens"].extend(token_rows(view, plan, source.source_id, tagged))
        if source.text is not None and status not in ("duplicate", "rejected"):
            rows["texts"].append({"source_id": source.source_id, "text": source.text})
        note = source.error or (source.warnings[0] if source.warnings else None)
        rows["sources"].append(
            {
                "source_id": source.source_id, "path": source.path, "sha256": source.sha256, "bytes": source.bytes,
                "format": source.format, "encoding": source.encoding, "status": status, "error": note,
                "plan_count": count, "ruleset": self.ruleset,
            }
        )  # fmt: skip
        return rows

    def process(self, entries: Sequence[Entry]) -> Iterator[Rows]:
        """The rows of each entry in order. A text that stands above already is a `duplicate` and gives no rows."""
        first: dict[str, str] = {}
        for entry in entries:
            source = read(entry)
            if source.status == "ok" and source.sha256 in first:
                yield self.rows(source, "duplicate")
                continue
            first.setdefault(source.sha256, source.path)
            yield self._safe_rows(source)

    def _safe_rows(self, source: Source) -> Rows:
        """The rows of a source; one that breaks a stage costs itself only, and its row says so."""
        try:
            return self.rows(source)
        except Exception as fault:  # a defect of ours: the night's other sources must not pay for it
            sentence = f"{source.path!r} broke the extraction ({type(fault).__name__}: {fault}); please report it."
            return self.rows(replace(source, status="rejected", text=None, error=sentence))


def run(
    inputs: Sequence[str],
    output: Path,
    options: Options | None = None,
    progress: Callable[[int, int, str], None] = lambda done, total, path: None,
) -> Summary:
    """Extract every input into the tables of ``output``.

    ``progress`` is called with the number of sources done, their total and the path of the last one. Raises
    SegmenterError and PublishError; a source that cannot be read is a row of `sources`, never an error.
    """
    pipeline = Pipeline(options)
    entries = list(discover(inputs))
    summary = Summary()
    with Publisher(output, pipeline.ruleset, pipeline.tables) as publisher:
        for done, rows in enumerate(pipeline.process(entries), 1):
            publisher.add(rows)
            summary.add(rows)
            progress(done, len(entries), rows["sources"][0]["path"])
    return summary


def rows_of(path: str, options: Options | None = None) -> Rows:
    """The rows of one file for all tables, nothing written. Raises SegmenterError."""
    pipeline = Pipeline(options)
    file = Path(path)
    return pipeline.rows(read(Entry(file, file.name)))
