"""Corrected annotations become gold: what doccano and Label Studio export, with the values that spans stand for.

A span that a row of the tables has, under the same label, keeps the row's values. Any other is read by the rules; what
a person wrote beside a span in Label Studio (`value=95 comparator=ge`) beats both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.export.annotation import DEADLINE, FIELDS, FROM_NAME, ITEM, LABELS, NAMES, TARGET, documents, spans
from pipeline.export.labels import ROLES
from pipeline.export.load import Tables
from pipeline.gold_values import Reader

Row = dict[str, Any]
FIELD = re.compile(r"\s+(?=[a-z_]+=)")  # a value may hold blanks
NUMBERS, FLAGS = ("value", "upper", "number", "parent"), ("redacted", "delta", "collective")
ROLE_OF = {label: role for role, label in ROLES.items()}
KEPT = {
    "plans": ("start", "end", "title", "kind", "year", "title_year"),
    "items": ("start", "end", "text", "marker", "number", "style", "parent", "title"),
    "targets": ("start", "end", "text", "kind", "indicator", "subject", "comparator", "value", "upper", "unit",
                "redacted", "status", "delta"),
    "deadlines": ("start", "end", "text", "relation", "date_start", "date_end", "granularity", "redacted", "status"),
    "units": ("start", "end", "text", "role", "collective", "status"),
}  # fmt: skip


class GoldError(Exception):
    """An annotated file cannot become gold; the message says which document, what is wrong and what to do."""


@dataclass(slots=True)
class Annotation:
    """A labelled span, with the values that stand beside it and the identifier of the row it was exported for."""

    start: int
    end: int
    label: str
    fields: dict[str, str] = field(default_factory=dict)
    id: str = ""


@dataclass(slots=True)
class Imported:
    """Gold of one document. ``unread`` are spans whose values nothing told: they want filling in by hand."""

    gold: Row
    unread: list[str]


def read_annotations(file: Path) -> Iterator[tuple[str, str, list[Annotation]]]:
    """Source, text and annotations of each document of an exported file. Raises GoldError."""
    try:
        content = file.read_text(encoding="utf-8-sig")
        whole = content.lstrip().startswith("[")
        records = json.loads(content) if whole else [json.loads(line) for line in content.splitlines() if line.strip()]
    except OSError as error:
        raise GoldError(f"{str(file)!r} cannot be read ({error.strerror}); check the path.") from error
    except ValueError as error:
        raise GoldError(f"{str(file)!r} is no JSON ({error}); give the JSON or JSON lines of the export.") from error
    for number, record in enumerate(records, 1):
        try:
            parsed = _label_studio(record) if "data" in record else _doccano(record)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise GoldError(
                f"Document {number} of {str(file)!r} is neither doccano's nor Label Studio's ({error!r}); export with "
                "labels and metadata."
            ) from error
        strange = sorted({a.label for a in parsed[2]} - set(LABELS))
        if strange:
            raise GoldError(
                f"Document {number} of {str(file)!r} has the label {strange[0]!r}; known are {'、'.join(LABELS)}."
            )
        yield parsed


def _doccano(record: Row) -> tuple[str, str, list[Annotation]]:
    if "entities" in record:
        found = [Annotation(e["start_offset"], e["end_offset"], e["label"]) for e in record["entities"]]
    else:
        found = [Annotation(*label) for label in record["label" if "label" in record else "labels"]]
    return record.get("source") or record["meta"]["source"], record["text"], found


def _label_studio(record: Row) -> tuple[str, str, list[Annotation]]:
    made = [a for a in record.get("annotations", []) if not a.get("was_cancelled")] or record["predictions"]
    regions: dict[str, Annotation] = {}
    for result in made[-1]["result"]:
        if result["from_name"] == FROM_NAME:
            value = result["value"]
            regions[result["id"]] = Annotation(value["start"], value["end"], value["labels"][0], id=result["id"])
    for result in made[-1]["result"]:
        if result["from_name"] == FIELDS and result["id"] in regions:
            regions[result["id"]].fields = _fields(" ".join(result["value"]["text"]))
    return record["data"]["source"], record["data"]["text"], list(regions.values())


def _fields(written: str) -> dict[str, str]:
    return dict(word.split("=", 1) for word in FIELD.split(written.strip()) if word)


def import_file(file: Path, tables: Tables) -> Iterator[Imported]:
    """Gold of each document of an exported file, in its order. Raises GoldError."""
    known = {path: (text, rows) for path, text, rows in documents(tables)}
    for source, text, marked in read_annotations(file):
        if source not in known:
            raise GoldError(f"{source!r} is no source of these tables; give the folder from which it was exported.")
        own, rows = known[source]
        if text not in (own, _one_line_end(own)):
            raise GoldError(f"The text of {source!r} is not that of the tables; export and annotate it anew.")
        if text != own:
            _follow_line_ends(marked, own)
        yield _gold(source, own, rows, marked)


def _one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n")


def _follow_line_ends(marked: list[Annotation], own: str) -> None:
    """Move the offsets into the text as it was before a program took the carriage returns out."""
    places = [at for at, char in enumerate(own) if not (char == "\r" and own[at + 1 : at + 2] == "\n")]
    for annotation in marked:
        annotation.start, annotation.end = places[annotation.start], places[annotation.end - 1] + 1


def _gold(source: str, text: str, rows: dict[str, list[Row]], marked: list[Annotation]) -> Imported:
    starts = {row["item_id"]: row["start"] for row in rows["items"]}
    items = {row["start"]: row | {"parent": starts.get(row["parent_id"])} for row in rows["items"]}
    others = {(n, row["start"], row["end"]): row for n in NAMES[1:] for row in rows[n]}
    shown = {span.id: _fields(span.values) for span in spans(rows)}
    reader = Reader(text)
    gold: Row = {"source": source.rpartition("/")[2], "length": len(text), **{name: [] for name in KEPT}}
    gold["plans"] = [_kept("plans", plan) for plan in rows["plans"]]
    unread = []
    for a in sorted(marked, key=lambda a: (a.start, a.end, a.label)):
        name = {ITEM: "items", TARGET: "targets", DEADLINE: "deadlines"}.get(a.label, "units")
        row = items.get(a.start) if name == "items" else others.get((name, a.start, a.end))
        values = dict(row) if row else reader.values(name, a.start, a.end)
        if values is None:
            unread.append(f"{source} {a.start}–{a.end} {a.label} {text[a.start : a.end]!r}")
            values = {}
        values |= {"start": a.start, "end": a.end, "text": values.get("text") or text[a.start : a.end]}
        if name == "items":
            values["text"] = values.get("marker") or text[a.start : a.end]
        if name == "units":
            values["role"] = ROLE_OF[a.label]
        values |= {key: _typed(key, value) for key, value in _corrected(a.fields, shown.get(a.id, {})).items()}
        gold[name].append(_kept(name, values))
    _drop_lost_parents(gold["items"], items)
    return Imported(gold, unread)


def _corrected(written: dict[str, str], shown: dict[str, str]) -> dict[str, str]:
    """What a person changed of the values that were shown, lest those of the old span be kept for a new one."""
    removed = {key: "false" if key in FLAGS else "null" for key in shown if written and key not in written}
    return removed | {key: value for key, value in written.items() if shown.get(key) != value}


def _kept(name: str, values: Row) -> Row:
    return {key: _plain(values.get(key)) for key in KEPT[name]}


def _drop_lost_parents(kept: list[Row], before: dict[int, Row]) -> None:
    """An item whose parent a person took away hangs below the next one above that is left."""
    left = {row["start"] for row in kept}
    for row in kept:
        while row["parent"] is not None and row["parent"] not in left:
            row["parent"] = before[row["parent"]]["parent"] if row["parent"] in before else None


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _typed(key: str, text: str) -> Any:
    """A written value as its column has it; `null` empties any. Raises GoldError."""
    if text == "null":
        return None
    if key in FLAGS:
        if text not in ("true", "false"):
            raise GoldError(f"{key}={text} is written beside a span, but {key} is true or false; correct it.")
        return text == "true"
    try:
        return float(text) if key in NUMBERS else text
    except ValueError as error:
        raise GoldError(f"{key}={text} is written beside a span, but {key} is a number; correct it.") from error


def import_files(files: list[Path], tables: Tables, folder: Path) -> tuple[list[Path], list[str]]:
    """Write one gold file a document; the files, and the spans that want values by hand. Raises GoldError."""
    written: list[Path] = []
    unread: list[str] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            for imported in import_file(file, tables):
                target = folder / f"{Path(imported.gold['source']).stem}.json"
                if target in written:
                    raise GoldError(f"Two documents would be written to {str(target)!r}; import them into two folders.")
                target.write_text(json.dumps(imported.gold, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
                written.append(target)
                unread.extend(imported.unread)
    except OSError as error:
        raise GoldError(
            f"Gold cannot be written to {str(folder)!r} ({error.strerror}); choose another with -o."
        ) from error
    return written, unread
