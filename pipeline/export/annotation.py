"""Rows for people to correct: documents with labelled spans and values, as doccano and Label Studio import them.

doccano reads JSON lines and keeps further fields as metadata; Label Studio reads a JSON array with predictions to
start from. Offsets count code points of the source text, as both programs and the tables do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import quoteattr

from pipeline.export.docbin import rows_by_source
from pipeline.export.labels import ROLES
from pipeline.export.load import ExportError, Row, Tables

ITEM, TARGET, DEADLINE = "任务", "指标", "时限"
LABELS = (ITEM, TARGET, DEADLINE, *ROLES.values())
COLOURS = ("#1f4e79", "#46b47a", "#d16ba5", "#e0ac1f", "#f0d060", "#d9c9a0", "#8e5ea2")
NAMES = ("items", "targets", "deadlines", "units")
FROM_NAME, TO_NAME, FIELDS = "label", "text", "fields"


# The columns that a person reads and corrects beside a span; what a span and its label say already is left out.
VALUES = {
    "items": (),
    "targets": ("indicator", "subject", "comparator", "value", "upper", "unit", "delta", "redacted", "status"),
    "deadlines": ("relation", "date_start", "date_end", "granularity", "redacted", "status"),
    "units": ("collective", "status"),
}


class Span(NamedTuple):
    """A labelled place, the identifier of its row, and its values as text: `indicator=入学率 value=95`."""

    start: int
    end: int
    label: str
    id: str
    values: str


def spans(rows: dict[str, list[Row]]) -> list[Span]:
    """The rows as spans in order of place; of an item its marker alone is labelled."""
    found = []
    for name, label, key in (
        ("items", ITEM, "item_id"), ("targets", TARGET, "target_id"), ("deadlines", DEADLINE, "deadline_id"),
        ("units", "", "mention_id"),
    ):  # fmt: skip
        for row in rows[name]:
            end = row["start"] + len(row["marker"]) if name == "items" else row["end"]
            found.append(Span(row["start"], end, label or ROLES[row["role"]], row[key], _values(name, row)))
    return sorted(found)


def _values(name: str, row: Row) -> str:
    told = [(key, row[key]) for key in VALUES[name] if row[key] is not None and row[key] is not False]
    return " ".join(f"{key}={_written(value)}" for key, value in told)


def _written(value: Any) -> str:
    if value is True:
        return "true"
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def documents(tables: Tables) -> Iterator[tuple[str, str, dict[str, list[Row]]]]:
    """Path, text and rows of each source that holds a plan."""
    by_source = rows_by_source(tables, (*NAMES, "plans"))
    for text in tables.rows("texts"):
        if text["source_id"] in by_source:
            yield tables.sources[text["source_id"]]["path"], text["text"], by_source[text["source_id"]]


def write_doccano(tables: Tables, file: Path) -> dict[str, int]:
    """Write one JSON object a document and line; the number of documents and spans. Raises ExportError.

    The fields `source` and `values` become metadata in doccano, which shows them beside the text.
    """
    lines, count = [], 0
    for path, text, rows in documents(tables):
        marked = spans(rows)
        count += len(marked)
        label = [[span.start, span.end, span.label] for span in marked]
        values = {f"{s.start}–{s.end} {s.label} {text[s.start : s.end]}": s.values for s in marked if s.values}
        record = {"text": text, "label": label, "source": path, "values": values}
        lines.append(json.dumps(record, ensure_ascii=False))
    _write(file, "".join(line + "\n" for line in lines))
    return {"documents": len(lines), "spans": count}


def write_label_studio(tables: Tables, folder: Path) -> dict[str, int]:
    """Write `tasks.json`, an array with a task a line, and the labelling interface `config.xml`. Raises ExportError.

    Each task has the rows as a prediction; the values of a span stand in the field beside it, to be corrected.
    """
    tasks, count = [], 0
    for path, text, rows in documents(tables):
        marked = spans(rows)
        count += len(marked)
        result = [part for span in marked for part in _region(span, text)]
        predictions = [{"model_version": tables.ruleset, "result": result}]
        task = {"data": {"text": text, "source": path}, "predictions": predictions}
        tasks.append(json.dumps(task, ensure_ascii=False))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error
    _write(folder / "tasks.json", "[\n" + ",\n".join(tasks) + "\n]\n")
    _write(folder / "config.xml", config())
    return {"documents": len(tasks), "spans": count}


def _region(span: Span, text: str) -> Iterator[dict[str, Any]]:
    """A labelled region, and the text in the field that belongs to it: both under one identifier."""
    place = {"start": span.start, "end": span.end, "text": text[span.start : span.end]}
    common = {"id": span.id, "to_name": TO_NAME}
    yield {**common, "from_name": FROM_NAME, "type": "labels", "value": {**place, "labels": [span.label]}}
    if span.values:
        yield {**common, "from_name": FIELDS, "type": "textarea", "value": {**place, "text": [span.values]}}


def config() -> str:
    """The labelling interface of Label Studio: the labels, and a field in which values of a span are corrected."""
    labels = "\n".join(
        f"    <Label value={quoteattr(name)} background={quoteattr(colour)}/>"
        for name, colour in zip(LABELS, COLOURS, strict=True)
    )
    return (
        f'<View>\n  <Labels name="{FROM_NAME}" toName="{TO_NAME}">\n{labels}\n  </Labels>\n'
        f'  <Text name="{TO_NAME}" value="$text" granularity="symbol"/>\n'
        f'  <TextArea name="{FIELDS}" toName="{TO_NAME}" perRegion="true" editable="true" '
        'placeholder="indicator=入学率 value=95 comparator=ge"/>\n</View>\n'
    )


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise _unwritable(file, error) from error


def _unwritable(file: Path, error: OSError) -> ExportError:
    return ExportError(f"{str(file)!r} cannot be written ({error.strerror}); choose another place with -o.")
