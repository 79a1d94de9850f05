"""What a change of rules gained, lost and changed: two output folders compared row by row."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.load import SnapshotError, load_tables
from pipeline.score import ScoreError

Row = dict[str, Any]
COMPARED = ("plans", "items", "targets", "deadlines", "units", "gaps")
# Identifiers change with the number of rows before them; what they point to is compared by place.
IDENTIFIERS = frozenset(
    {
        "target_id",
        "deadline_id",
        "mention_id",
        "item_id",
        "gap_id",
        "parent_id",
        "plan_id",
        "source_id",
        "ordinal",
        "sentence",
        "rule",
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """A row gained, lost or changed. ``fields`` names each changed column with its old and new value."""

    table: str
    what: str  # gained, lost, changed
    rule: str
    path: str
    start: int
    end: int
    text: str
    fields: dict[str, tuple[Any, Any]]


def changes(old: Path, new: Path) -> Iterator[Change]:
    """Every difference, by table, then by path and place. Raises ScoreError when a folder holds no tables."""
    for table in COMPARED:
        before, after = _rows(old, table), _rows(new, table)
        for key in sorted(set(before) | set(after)):
            a, b = before.get(key), after.get(key)
            if a is None or b is None:
                row = a or b or {}
                yield _change(table, "lost" if b is None else "gained", key, row, {})
                continue
            fields = {
                name: (a.get(name), value)
                for name, value in b.items()
                if name not in IDENTIFIERS and a.get(name) != value
            }
            if fields:
                yield _change(table, "changed", key, b, fields)


def _change(table: str, what: str, key: tuple[str, int, int], row: Row, fields: dict[str, tuple[Any, Any]]) -> Change:
    rule = row.get("rule") or row.get("reason") or row.get("style") or row.get("kind") or ""
    return Change(table, what, rule, key[0], key[1], key[2], str(row.get("text") or row.get("title") or ""), fields)


def _rows(folder: Path, table: str) -> dict[tuple[str, int, int], Row]:
    """The rows of a table by path and place; a row that opens the same span as another is told apart by its end."""
    try:
        found = load_tables(folder, ("sources", "plans", table), arrow=True)
    except SnapshotError as error:
        raise ScoreError(str(error)) from error
    rows = found[table].to_pylist()
    path = {row["source_id"]: row["path"] for row in found["sources"].select(["source_id", "path"]).to_pylist()}
    source = {row["plan_id"]: row["source_id"] for row in found["plans"].to_pylist()}
    return {(path[row.get("source_id") or source[row["plan_id"]]], row["start"], row["end"]): row for row in rows}


def report(old: Path, new: Path, *, limit: int = 20, as_json: bool = False) -> str:
    """The differences as text, a block for each table, kind of change and rule. Raises ScoreError."""
    found = list(changes(old, new))
    if as_json:
        return "".join(json.dumps(_as_json(change), ensure_ascii=False, default=str) + "\n" for change in found)
    groups: dict[tuple[str, str, str], list[Change]] = defaultdict(list)
    for change in found:
        groups[change.table, change.what, change.rule].append(change)
    lines = []
    for (table, what, rule), members in groups.items():
        lines.append(f"{table}: {what} {len(members)} by {rule or 'no rule'}")
        shown = members if limit == 0 else members[:limit]
        lines.extend("  " + _line(change) for change in shown)
        if len(shown) < len(members):
            lines.append(f"  … {len(members) - len(shown)} more (--limit 0 shows all)")
    totals = Counter((change.table, change.what) for change in found)
    lines.append("total: " + (", ".join(f"{t} {w} {n}" for (t, w), n in sorted(totals.items())) or "no difference"))
    return "\n".join(lines) + "\n"


def _line(change: Change) -> str:
    text = change.text.replace("\n", " ")
    fields = "; ".join(f"{name}: {a!r} → {b!r}" for name, (a, b) in change.fields.items())
    return f"{change.path} {change.start}–{change.end} {text[:60]}" + (f" | {fields}" if fields else "")


def _as_json(change: Change) -> Row:
    fields = {name: {"old": a, "new": b} for name, (a, b) in change.fields.items()}
    return {
        "table": change.table, "what": change.what, "rule": change.rule, "path": change.path, "start": change.start,
        "end": change.end, "text": change.text, "fields": fields,
    }  # fmt: skip
