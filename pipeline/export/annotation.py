"""Rows for people to correct: documents with labelled spans as doccano and Label Studio import them.

Offsets count code points of the source text, as both programs and the tables do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from pipeline.export.docbin import rows_by_source
from pipeline.export.labels import ROLES
from pipeline.export.load import ExportError, Row, Tables

ITEM, TARGET, DEADLINE = "任务", "指标", "时限"
LABELS = (ITEM, TARGET, DEADLINE, *ROLES.values())
COLOURS = ("#1f4e79", "#46b47a", "#d16ba5", "#e0ac1f", "#f0d060", "#d9c9a0", "#8e5ea2")
NAMES = ("items", "targets", "deadlines", "units")
FROM_NAME, TO_NAME, FIELDS = "label", "text", "fields"


def spans(rows: dict[str, list[Row]]) -> Iterator[tuple[int, int, str, str]]:
    """Start, end, label and identifier of each row in order of place; of an item its marker alone is labelled."""
    found = [
        *((row["start"], row["start"] + len(row["marker"]), ITEM, row["item_id"]) for row in rows["items"]),
        *((row["start"], row["end"], TARGET, row["target_id"]) for row in rows["targets"]),
        *((row["start"], row["end"], DEADLINE, row["deadline_id"]) for row in rows["deadlines"]),
        *((row["start"], row["end"], ROLES[row["role"]], row["mention_id"]) for row in rows["units"]),
    ]
    yield from sorted(found)


def documents(tables: Tables) -> Iterator[tuple[str, str, dict[str, list[Row]]]]:
    """Path, text and rows of each source that holds a plan."""
    by_source = rows_by_source(tables, (*NAMES, "plans"))
    for text in tables.rows("texts"):
        if text["source_id"] in by_source:
            yield tables.sources[text["source_id"]]["path"], text["text"], by_source[text["source_id"]]


def write_doccano(tables: Tables, file: Path) -> dict[str, int]:
    """Write one JSON object a document and line; the number of documents and spans. Raises ExportError."""
    lines, count = [], 0
    for path, text, rows in documents(tables):
        label = [[start, end, name] for start, end, name, _ in spans(rows)]
        count += len(label)
        lines.append(json.dumps({"text": text, "label": label, "source": path}, ensure_ascii=False))
    _write(file, "".join(line + "\n" for line in lines))
    return {"documents": len(lines), "spans": count}


def write_label_studio(tables: Tables, folder: Path) -> dict[str, int]:
    """Write `tasks.json`, a task a line, and the labelling interface `config.xml`. Raises ExportError."""
    tasks, count = [], 0
    for path, text, rows in documents(tables):
        result: list[dict[str, Any]] = [
            {
                "id": id_, "from_name": FROM_NAME, "to_name": TO_NAME, "type": "labels",
                "value": {"start": start, "end": end, "text": text[start:end], "labels": [name]},
            }
            for start, end, name, id_ in spans(rows)
        ]  # fmt: skip
        count += len(result)
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
