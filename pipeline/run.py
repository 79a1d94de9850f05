"""One run: every input through all stages into the tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.publish import Publisher
from pipeline.read import Entry, discover, read
from pipeline.stages import Options, Pipeline, rows_of
from pipeline.tables import Rows

__all__ = ["Options", "Pipeline", "Summary", "rows_of", "run"]


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


def _process(pipeline: Pipeline, entries: Sequence[Entry]) -> Iterator[Rows]:
    """The rows of each entry in order. A text that stands above already is a `duplicate` and gives no rows."""
    first: dict[str, str] = {}
    for entry in entries:
        source = read(entry)
        if source.status == "ok" and source.sha256 in first:
            yield pipeline.rows(source, "duplicate")
            continue
        first.setdefault(source.sha256, source.path)
        yield pipeline.safe_rows(source)


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
        for done, rows in enumerate(_process(pipeline, entries), 1):
            publisher.add(rows)
            summary.add(rows)
            progress(done, len(entries), rows["sources"][0]["path"])
    return summary
