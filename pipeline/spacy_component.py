"""Yaodian as a spaCy component: `nlp.add_pipe("yaodian")` finds items, targets, deadlines and units in a document.

    nlp = spacy.blank("zh")
    nlp.add_pipe("yaodian")
    doc = nlp(text)
    for span in doc.spans["targets"]:
        print(span.text, span.label_, span._.yaodian["value"])

Spans take in the whole tokens that a row touches, whatever the tokenizer; the row's own offsets into ``doc.text`` are
in its values.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.read import Source, SourceStatus
from pipeline.stages import Options, Pipeline
from pipeline.tables import Row, Rows

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

try:
    from spacy.language import Language
    from spacy.tokens import Doc as DocType
    from spacy.tokens import Span as SpanType
except ImportError as error:
    raise ImportError("The component needs spaCy; install it with `pip install 'yaodian[spacy]'`.") from error

KEY = "yaodian"
# The groups of spans, with the column that identifies a row and the one that gives the span its label.
GROUPS = {
    "items": ("item_id", "style"), "targets": ("target_id", "kind"), "deadlines": ("deadline_id", "relation"),
    "units": ("mention_id", "role"),
}  # fmt: skip


class Yaodian:
    """The component. Rows of plans are in ``doc._.yaodian_plans``, the row of a span in ``span._.yaodian``."""

    def __init__(self, segmenter: str) -> None:
        self._pipeline = Pipeline(Options(segmenter))

    def __call__(self, doc: Doc) -> Doc:
        """Add the groups of spans to the document."""
        add_rows(doc, self._pipeline.rows(_source(doc.text)))
        return doc


@Language.factory(KEY, default_config={"segmenter": "rjieba"}, assigns=["doc.spans"])
def create(nlp: Language, name: str, segmenter: str) -> Yaodian:
    """The component for a pipeline; ``segmenter`` informs phrase ends and has nothing to do with the tokenizer."""
    return Yaodian(segmenter)


def _source(text: str) -> Source:
    """The text of a document as a source, identified by its bytes."""
    data = text.encode("utf-8", "surrogatepass")
    status: SourceStatus = "ok" if text.strip() else "empty"
    return Source("", hashlib.sha256(data).hexdigest(), len(data), "txt", "utf-8", text, status)


def add_rows(doc: Doc, rows: Rows) -> None:
    """Put the rows of a document's text into its groups of spans."""
    values: dict[str, dict[str, Any]] = {}
    for name, (key, label) in GROUPS.items():
        spans = []
        for row in rows.get(name, []):
            span = doc.char_span(row["start"], row["end"], label=row[label], span_id=row[key], alignment_mode="expand")
            if span is not None:
                spans.append(span)
                values[row[key]] = plain(row)
        doc.spans[name] = spans
    doc.user_data[KEY] = {"rows": values, "plans": [plain(row) for row in rows.get("plans", [])]}


def plain(row: Row) -> dict[str, Any]:
    """A row whose values can be stored with a document: dates as ISO texts."""
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()}


def _row(span: Span) -> dict[str, Any]:
    found: dict[str, Any] = span.doc.user_data.get(KEY, {}).get("rows", {}).get(span.id_, {})
    return found


def _plans(doc: Doc) -> list[dict[str, Any]]:
    plans: list[dict[str, Any]] = doc.user_data.get(KEY, {}).get("plans", [])
    return plans


# Values stand in the document's own data, so that two rows on the same tokens keep theirs, and DocBin stores them.
SpanType.set_extension(KEY, getter=_row, force=True)
DocType.set_extension(f"{KEY}_plans", getter=_plans, force=True)
