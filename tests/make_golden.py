"""The tables of the sample plans as reviewed: one JSON line a row, so that a change of rules shows as a difference.

    python tests/make_golden.py     write samples, gold, tables and score floors anew (`make golden`)

Read the difference in version control before you commit it. Floors are raised, never lowered: to lower one, edit
tests/golden/floors.json by hand and say why.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import make_samples
from make_samples import GOLD, HERE, RAW, SAMPLES, Sample

from pipeline import score
from pipeline.read import Entry, Source, read
from pipeline.run import Pipeline, run
from pipeline.tables import Rows

TABLES = HERE / "golden" / "tables"
FLOORS = HERE / "golden" / "floors.json"
SIGNS = {"eq": "=", "ge": "≥", "gt": ">", "le": "≤", "lt": "<", "approx": "≈", "range": "="}
CHANGES = {"up": "↑ ", "down": "↓ ", None: "Δ "}

Line = dict[str, Any]


@cache
def _pipeline() -> Pipeline:
    return Pipeline()


@cache
def rows_of(path: Path) -> Rows:
    """The rows of one file for all tables."""
    return _pipeline().rows(read(Entry(path, path.name)))


@cache
def rows_of_text(text: str) -> Rows:
    """The rows of a text that stands in no file."""
    return _pipeline().rows(Source("text", "0" * 64, len(text), "txt", "utf-8", text, "ok"))


def lines(rows: Rows) -> Iterator[Line]:
    """The rows that a reviewer reads, in order of place; what is empty is left out."""
    paths = {row["item_id"]: row["path"] for row in rows["items"]}
    times = {row["deadline_id"]: row["text"] for row in rows["deadlines"]}
    places: list[tuple[int, int, Line]] = []
    for rank, (name, shown) in enumerate(SHOWN.items()):
        for row in rows[name]:
            line = {"row": name[:-1], **shown(row)}
            if name in ("targets", "deadlines", "units", "gaps"):
                line["item"] = paths.get(row["item_id"])
            if name == "targets":
                line["by"] = times.get(row["deadline_id"])
            places.append((row["start"], rank, {k: v for k, v in line.items() if v not in (None, False, [])}))
    places.sort(key=lambda place: place[:2])
    return (line for _, _, line in places)


def _plan(row: Line) -> Line:
    kept = ("title", "kind", "year", "title_year", "year_basis", "issuer", "region", "start", "end", "warnings")
    return {key: row[key] for key in kept}


def _item(row: Line) -> Line:
    return {"path": row["path"], "style": row["style"], "number": row["number"], "title": row["title"]}


def value_of(row: Line) -> str:
    """A target's value in short: `≥ 60%`, `↑ = 2百分点`, `= 5~8个`, `= ?所`."""
    number = "?" if row["value"] is None else f"{row['value']:g}"
    upper = "" if row["upper"] is None else f"~{row['upper']:g}"
    base = "" if row["baseline"] is None else f" from {row['baseline']:g}"
    return f"{CHANGES[row['direction']] if row['delta'] else ''}{SIGNS[row['comparator']]} {number}{upper}{row['unit']}{base}"


def _target(row: Line) -> Line:
    kept = {key: row[key] for key in ("indicator", "subject", "status", "rule")}
    return {"text": row["text"], "value": value_of(row), **kept}


def _deadline(row: Line) -> Line:
    dates = f"{row['date_start'] or ''}..{row['date_end'] or ''}"
    when = f"{row['relation']} {dates} {row['granularity']}"
    return {"text": row["text"], "when": when, **{key: row[key] for key in ("redacted", "status", "rule")}}


def _unit(row: Line) -> Line:
    name = row["name"] if row["name"] != row["text"] else None
    return {"text": row["text"], "name": name, **{key: row[key] for key in ("role", "collective", "status", "rule")}}


def _gap(row: Line) -> Line:
    return {key: row[key] for key in ("text", "kind", "reason")}


SHOWN = {
    "plans": _plan,
    "items": _item,
    "deadlines": _deadline,
    "targets": _target,
    "units": _unit,
    "gaps": _gap,
}


def snapshot(sample: Sample) -> str:
    """The reviewed lines of a sample as the file holds them."""
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines(rows_of(RAW / sample.name)))


def scores() -> dict[str, float]:
    """Strict F1 of each kind of row over the annotated samples."""
    with TemporaryDirectory() as folder:
        run([str(RAW)], Path(folder))
        tallies, _ = score.score(Path(folder), sorted(GOLD.glob("*.json")))
    return {kind: tally.as_dict()["strict_f1"] for kind, tally in tallies.items()}


def main() -> int:
    """Write everything anew and name what changed."""
    make_samples.main([])
    TABLES.mkdir(parents=True, exist_ok=True)
    for sample in SAMPLES:
        file = (TABLES / sample.name).with_suffix(".jsonl")
        text = snapshot(sample)
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
            print(file.relative_to(HERE.parent))
    floors = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}
    now = {kind: max(int(figure * 100) / 100, floors.get(kind, 0.0)) for kind, figure in scores().items()}
    FLOORS.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
