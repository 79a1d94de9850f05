"""Score tables against gold files: what share of the rows a careful reader lists was found, and found right.

For each kind of row `detect` counts a row as found when two spans overlap by half of the shorter one (items: the same
start), `strict` when its normalized fields are equal too. Figures are F1 over all gold files together. A gold row that
is `optional`, or a reference quantity, counts neither for nor against.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.load import SnapshotError, load_tables

Row = dict[str, Any]
RATIOS = frozenset({"percent", "permyriad", "permille", "ratio"})
NEEDED = ("sources", "plans", "items", "targets", "deadlines", "units")
IMPORT = "give one that `yaodian gold import` wrote"
LIKE_INDICATOR, LIKE_NAME, LIKE_SPAN = 0.7, 0.8, 0.9


class ScoreError(Exception):
    """Tables or gold cannot be read; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of row that is scored: its table, which rows of it count, and when a found row is right."""

    table: str
    keep: Callable[[Row], bool]
    right: Callable[[Row, Row], bool]
    same_start: bool = False


@dataclass(slots=True)
class Tally:
    """Counts of one kind of row over all gold files."""

    gold: int = 0
    pred: int = 0
    found: int = 0
    right: int = 0

    def as_dict(self) -> dict[str, float]:
        return {
            "gold": self.gold, "pred": self.pred, "found": self.found, "right": self.right,
            "detect_f1": round(self._f1(self.found), 4), "strict_f1": round(self._f1(self.right), 4),
        }  # fmt: skip

    def _f1(self, hits: int) -> float:
        total = self.gold + self.pred
        return 2 * hits / total if total else 1.0


def bigram_f1(a: str | None, b: str | None) -> float:
    """How alike two phrases are, blanks left out: F1 over their character bigrams, 1.0 when equal."""
    x, y = ("".join((s or "").split()) for s in (a, b))
    if x == y:
        return 1.0
    if not x or not y:
        return 0.0
    grams_x, grams_y = ([s[i : i + 2] for i in range(len(s) - 1)] or [s] for s in (x, y))
    pool, hits = list(grams_y), 0
    for gram in grams_x:
        if gram in pool:
            pool.remove(gram)
            hits += 1
    return 2 * hits / (len(grams_x) + len(grams_y))


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _same_number(a: Any, b: Any) -> bool:
    if _missing(a) or _missing(b):
        return _missing(a) and _missing(b)
    return abs(float(a) - float(b)) < 1e-6 * max(1.0, abs(float(b)))


def _same_date(a: Any, b: Any) -> bool:
    return (str(a)[:10] if a else None) == (str(b)[:10] if b else None)


def _plan_right(gold: Row, pred: Row) -> bool:
    union = max(gold["end"], pred["end"]) - min(gold["start"], pred["start"])
    return _overlap(gold, pred) >= LIKE_SPAN * union and _same_number(gold["year"], pred["year"])


def _item_right(gold: Row, pred: Row) -> bool:
    return bool(int(gold["number"]) == pred["number"] and gold["parent"] == pred["parent_start"])


def _target_right(gold: Row, pred: Row) -> bool:
    same = _same_number(gold["value"], pred["value"]) and _same_number(gold["upper"], pred["upper"])
    return same and gold["comparator"] == pred["comparator"]


def _target_named(gold: Row, pred: Row) -> bool:
    wordings = [gold["indicator"], *gold.get("indicator_also", [])]
    named = max(bigram_f1(wording, pred["indicator"]) for wording in wordings) >= LIKE_INDICATOR
    return _target_right(gold, pred) and gold["status"] == pred["status"] and named


def _deadline_right(gold: Row, pred: Row) -> bool:
    dates = all(_same_date(gold[name], pred[name]) for name in ("date_start", "date_end"))
    return bool(gold["relation"] == pred["relation"] and dates)


def _unit_right(gold: Row, pred: Row) -> bool:
    return bool(gold["role"] == pred["role"] and bigram_f1(gold["text"], pred["text"]) >= LIKE_NAME)


def _any(row: Row) -> bool:
    return True


def _is_ratio(row: Row) -> bool:
    return row["kind"] in RATIOS


def _is_quantity(row: Row) -> bool:
    return row["kind"] not in RATIOS


KINDS = {
    "plans": Kind("plans", _any, _plan_right),
    "items": Kind("items", _any, _item_right, same_start=True),
    "percents": Kind("targets", _is_ratio, _target_right),
    "percents+indicator": Kind("targets", _is_ratio, _target_named),
    "quantities": Kind("targets", _is_quantity, _target_right),
    "quantities+indicator": Kind("targets", _is_quantity, _target_named),
    "deadlines": Kind("deadlines", _any, _deadline_right),
    "units": Kind("units", _any, _unit_right),
}


def _overlap(a: Row, b: Row) -> int:
    return int(min(a["end"], b["end"]) - max(a["start"], b["start"]))


def _pairs(gold: Sequence[Row], pred: Sequence[Row], same_start: bool) -> list[tuple[int, int]]:
    """One-to-one pairs of indices, the largest overlap first."""
    candidates: list[tuple[float, int, int]] = []
    for i, g in enumerate(gold):
        for j, p in enumerate(pred):
            if same_start:
                if g["start"] == p["start"]:
                    candidates.append((1, i, j))
                continue
            overlap, length_g, length_p = _overlap(g, p), g["end"] - g["start"], p["end"] - p["start"]
            if overlap > 0 and 2 * overlap >= min(length_g, length_p):
                candidates.append((overlap - 0.01 * abs(length_p - length_g), i, j))
    used_gold: set[int] = set()
    used_pred: set[int] = set()
    pairs = []
    for _, i, j in sorted(candidates, reverse=True):
        if i not in used_gold and j not in used_pred:
            used_gold.add(i)
            used_pred.add(j)
            pairs.append((i, j))
    return pairs


def load(tables: Path) -> tuple[dict[str, dict[str, list[Row]]], dict[str, str]]:
    """The rows of each table by source, and the source of each file name. Raises ScoreError."""
    loaded: dict[str, list[Row]] = {}
    for name in NEEDED:
        try:
            loaded[name] = load_tables(tables, [name], arrow=True)[name].to_pylist()
        except SnapshotError as error:
            raise ScoreError(str(error)) from error
    plan_source = {row["plan_id"]: row["source_id"] for row in loaded["plans"]}
    starts = {row["item_id"]: row["start"] for row in loaded["items"]}
    by_source: dict[str, dict[str, list[Row]]] = {}
    for name in NEEDED[1:]:
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in loaded[name]:
            if name == "items":
                row["parent_start"] = starts.get(row["parent_id"])
            groups[row["source_id"] if name == "plans" else plan_source[row["plan_id"]]].append(row)
        by_source[name] = groups
    names: dict[str, str] = {}
    for row in loaded["sources"]:
        names.setdefault(row["path"].rsplit("/", 1)[-1], row["source_id"])
    return by_source, names


def read_gold(files: Iterable[Path]) -> list[Row]:
    """Gold files as they are. Raises ScoreError."""
    gold = []
    for file in files:
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            why = error.strerror
            raise ScoreError(f"The gold file {str(file)!r} cannot be read ({why}); check the path.") from error
        except ValueError as error:
            raise ScoreError(f"The gold file {str(file)!r} is no JSON ({error}); {IMPORT}.") from error
        lacking = [name for name in ("source", *NEEDED[1:]) if not isinstance(document, dict) or name not in document]
        if lacking:
            raise ScoreError(f"The gold file {str(file)!r} has no {lacking[0]!r}; {IMPORT}.")
        gold.append(document)
    return gold


def score(tables: Path, gold_files: Iterable[Path], errors: str = "") -> tuple[dict[str, Tally], list[str]]:
    """The tally of each kind of row, and a line for each miss of the kind named by ``errors``. Raises ScoreError."""
    rows, names = load(tables)
    tallies = {name: Tally() for name in KINDS}
    misses: list[str] = []
    for gold in read_gold(gold_files):
        source = names.get(gold["source"], "")
        for name, kind in KINDS.items():
            wanted = [row for row in gold[kind.table] if kind.keep(row)]
            got = [row for row in rows[kind.table].get(source, []) if kind.keep(row)]
            lines = _count(gold["source"], kind, wanted, got, tallies[name])
            if name == errors:
                misses.extend(lines)
    return tallies, misses


def _count(source: str, kind: Kind, gold: list[Row], pred: list[Row], tally: Tally) -> list[str]:
    """Add one document to the tally; the lines that say what was missed (-), made up (+) or filled wrongly (~)."""
    free = {i for i, row in enumerate(gold) if row.get("optional") or row.get("status") == "reference"}
    pairs = _pairs(gold, pred, kind.same_start)
    free_pred = {j for i, j in pairs if i in free}
    pairs = [(i, j) for i, j in pairs if i not in free]
    wrong = [(i, j) for i, j in pairs if not kind.right(gold[i], pred[j])]
    tally.gold += len(gold) - len(free)
    tally.pred += len(pred) - len(free_pred)
    tally.found += len(pairs)
    tally.right += len(pairs) - len(wrong)
    hit_gold, hit_pred = {i for i, _ in pairs} | free, {j for _, j in pairs} | free_pred
    lines = [f"- {source} {_brief(row)}" for i, row in enumerate(gold) if i not in hit_gold]
    lines += [f"+ {source} {_brief(row)}" for j, row in enumerate(pred) if j not in hit_pred]
    return lines + [f"~ {source} {_brief(gold[i])}\n    got {_brief(pred[j])}" for i, j in wrong]


def _brief(row: Row) -> str:
    shown = {k: v for k, v in row.items() if not k.endswith("_id") and k not in ("sentence", "warnings")}
    return json.dumps(shown, ensure_ascii=False, default=str)


def unmatched(tables: Path, gold_files: Iterable[Path]) -> str:
    """A sentence about gold files of which no source has the name; empty where there are none. Raises ScoreError."""
    _, names = load(tables)
    gold = [document["source"] for document in read_gold(gold_files)]
    lone = [name for name in gold if name not in names]
    if not lone:
        return ""
    shown = ", ".join(map(repr, lone[:3])) + (f" and {len(lone) - 3} more" if len(lone) > 3 else "")
    sentence = f"No source in {str(tables)!r} has the name that the gold is of: {shown}"
    if len(lone) == len(gold):
        raise ScoreError(f"{sentence}; give the tables of these sources.")
    return f"{sentence}; all their rows count as missed."


def report(tables: Path, gold_files: Sequence[Path], *, as_json: bool = False, errors: str = "") -> str:
    """The score as text: a line a kind of row, or one JSON object. Raises ScoreError."""
    if errors and errors not in KINDS:
        raise ScoreError(f"There is no kind of row {errors!r}; choose one of {', '.join(KINDS)}.")
    tallies, misses = score(tables, gold_files, errors)
    figures = {name: tally.as_dict() for name, tally in tallies.items()}
    if as_json:
        return json.dumps(figures, ensure_ascii=False) + "\n"
    lines = [*misses, f"{'kind':22}{'gold':>6}{'pred':>6}{'found':>6}{'right':>6}{'detect F1':>11}{'strict F1':>11}"]
    for name, f in figures.items():
        counts = "".join(f"{f[key]:6}" for key in ("gold", "pred", "found", "right"))
        lines.append(f"{name:22}{counts}{f['detect_f1']:11.3f}{f['strict_f1']:11.3f}")
    return "\n".join(lines) + "\n"
