"""The tables: their Arrow schemas, and the rows of one source.

The columns are a contract (see the README); ``SCHEMA_VERSION`` changes when one is renamed or changes its type.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import pyarrow as pa

from extractors.mentions import Deadline, Item, Refusal, Target, Unit
from pipeline.extract import Extraction
from pipeline.link import Links
from pipeline.origin import issuer_of, region_of
from pipeline.segment import Plan
from pipeline.task_units import ROLES
from pipeline.tasks import DEADLINE, TARGET, task_rows
from pipeline.text import View

SCHEMA_VERSION = "1"
CONTEXT = 1000  # characters shown before and behind a place: a text without stops would be repeated in each of its rows

S, I16, I32, I64, BOOL, DAY = pa.string(), pa.int16(), pa.int32(), pa.int64(), pa.bool_(), pa.date32()
NAMES, FLAGS = pa.list_(pa.string()), pa.list_(pa.bool_())
SPAN = [("start", I64), ("end", I64)]


def _schema(columns: list[tuple[str, pa.DataType]], nullable: str = "") -> pa.Schema:
    """A schema whose columns are required but for those named."""
    names = nullable.split()
    return pa.schema([pa.field(name, type_, nullable=name in names) for name, type_ in columns])


SCHEMAS: dict[str, pa.Schema] = {
    "sources": _schema(
        [
            ("source_id", S), ("path", S), ("sha256", S), ("bytes", I64), ("format", S), ("encoding", S), ("status", S),
            ("error", S), ("plan_count", I32), ("ruleset", S),
        ],
        "encoding error",
    ),
    "texts": _schema([("source_id", S), ("text", S)]),
    "plans": _schema(
        [
            ("plan_id", S), ("source_id", S), ("ordinal", I32), ("title", S), ("kind", S), ("issuer", S), ("region", S),
            ("year", I16), ("title_year", I16), ("year_basis", S), *SPAN, ("warnings", pa.list_(S)),
        ],
        "title issuer region year title_year year_basis",
    ),
    "items": _schema(
        [
            ("item_id", S), ("plan_id", S), ("parent_id", S), ("ordinal", I32), ("level", pa.int8()), ("path", S),
            ("style", S), ("marker", S), ("number", I32), ("title", S), ("text", S), *SPAN,
        ],
        "parent_id",
    ),
    "targets": _schema(
        [
            ("target_id", S), ("plan_id", S), ("item_id", S), ("kind", S), ("indicator", S), ("subject", S),
            ("comparator", S), ("value", pa.float64()), ("upper", pa.float64()), ("unit", S), ("redacted", BOOL),
            ("delta", BOOL), ("direction", S), ("status", S), ("text", S), ("sentence", S),
            ("baseline", pa.float64()), ("binding", BOOL), ("deadline_id", S), ("rule", S), *SPAN,
        ],
        "item_id indicator subject value upper direction baseline binding deadline_id",
    ),
    "deadlines": _schema(
        [
            ("deadline_id", S), ("plan_id", S), ("item_id", S), ("relation", S), ("date_start", DAY), ("date_end", DAY),
            ("granularity", S), ("redacted", BOOL), ("status", S), ("text", S), ("rule", S), *SPAN,
        ],
        "item_id date_start date_end",
    ),
    "units": _schema(
        [
            ("mention_id", S), ("plan_id", S), ("item_id", S), ("name", S), ("role", S), ("collective", BOOL),
            ("status", S), ("text", S), ("rule", S), *SPAN,
        ],
        "item_id",
    ),
    "tasks": _schema(
        [
            ("item_id", S), ("plan_id", S), ("plan_title", S), ("year", I16), ("issuer", S), ("path", S),
            ("headings", pa.list_(S)), ("title", S), ("text", S),
            *((name, type_) for role in ROLES for name, type_ in ((role, NAMES), (f"{role}_inherited", FLAGS))),
            ("targets", pa.list_(TARGET)), ("deadline_id", S), ("deadline_text", S), ("deadline_relation", S),
            ("deadline_start", DAY), ("deadline", DAY), ("deadline_inherited", BOOL), ("deadlines", pa.list_(DEADLINE)),
            ("status", S), *SPAN,
        ],
        "plan_title year issuer deadline_id deadline_text deadline_relation deadline_start deadline",
    ),
    "gaps": _schema(
        [
            ("gap_id", S), ("plan_id", S), ("item_id", S), ("kind", S), ("reason", S), ("text", S), ("sentence", S),
            *SPAN,
        ],
        "item_id reason",
    ),
    "tokens": _schema([("plan_id", S), ("item_id", S), ("word", S), ("pos", S), *SPAN], "item_id pos"),
}  # fmt: skip
TABLES = tuple(name for name in SCHEMAS if name != "tokens")

BRACKETS = str.maketrans("()", "（）")  # names of bodies are written with full-width brackets

Row = dict[str, Any]
Rows = dict[str, list[Row]]
Mention = Target | Deadline | Unit | Refusal
M = TypeVar("M", Target, Deadline, Unit, Refusal)
IDENTIFIED = {"items": "i", "targets": "t", "deadlines": "d", "units": "u", "gaps": "g"}  # by a letter and a number


def plan_rows(view: View, plan: Plan, found: Extraction, source_id: str) -> Rows:
    """The rows of one plan for every table below `plans`, in order of place."""
    return _PlanRows(view, plan, found, source_id).rows()


class _PlanRows:
    def __init__(self, view: View, plan: Plan, found: Extraction, source_id: str) -> None:
        self.view, self.plan, self.found, self.source_id = view, plan, found, source_id
        self.plan_id = f"{source_id}.{plan.ordinal}"
        self.links = Links(plan.context, found.deadlines)
        mentions: dict[str, Sequence[Mention]] = {name: getattr(found, name) for name in IDENTIFIED if name != "items"}
        self.item_of = {name: self.links.items(row.start for row in rows) for name, rows in mentions.items()}
        counts = {"items": len(plan.context.items), **{name: len(rows) for name, rows in mentions.items()}}
        self.ids = {
            name: [f"{self.plan_id}.{letter}{number}" for number in range(1, counts[name] + 1)]
            for name, letter in IDENTIFIED.items()
        }

    def rows(self) -> Rows:
        plan = self._plan()
        rows = {
            "plans": [plan],
            "items": self._items(),
            "targets": self._targets(),
            "deadlines": self._deadlines(),
            "units": self._units(),
            "gaps": self._gaps(),
        }
        rows["tasks"] = task_rows(self.plan.context, self.found, plan, rows, self.item_of)
        return rows

    def _placed(self, name: str, mentions: Sequence[M]) -> Iterator[tuple[M, str, str | None, str, int, int]]:
        """Each mention with its identifier, that of its item, its clean text and its offsets in the source."""
        text, source, shift, items = self.view.text, self.view.source, self.plan.start, self.ids["items"]
        for mention, own_id, item in zip(mentions, self.ids[name], self.item_of[name], strict=True):
            start, end = mention.start + shift, mention.end + shift
            first, last = source(start, end)
            yield mention, own_id, None if item is None else items[item], text[start:end].strip(), first, last

    def _text(self, start: int, end: int) -> str:
        return self.view.text[self.plan.start + start : self.plan.start + end].strip()

    def _title(self, item: Item) -> str:
        """The heading in the words that stand there, also where rules read a washed word as the standard one."""
        at = self.plan.context.text.find(item.title, item.start, item.end)
        start = self.plan.start + at
        return self.view.norm[start : start + len(item.title)] if at >= 0 else item.title

    def _as_written(self, phrase: str | None, place: int) -> str | None:
        """A phrase of the sentence at ``place`` with its brackets and quotes in the form the text has them."""
        if phrase is None or phrase.isalnum():
            return phrase
        ctx = self.plan.context
        at = ctx.text.find(phrase, *self.links.sentence(place))
        if at < 0:
            return phrase
        written = self.view.text[self.plan.start + at : self.plan.start + at + len(phrase)]
        return "".join(plain if plain.isalnum() else mark for plain, mark in zip(phrase, written, strict=True))

    def _sentence(self, place: int) -> str:
        """The sentence that holds a place; of one without an end, what stands around the place."""
        start, end = self.links.sentence(place)
        if end - start > CONTEXT:
            start, end = max(start, place - CONTEXT), min(end, place + CONTEXT)
        return self._text(start, end)

    def _plan(self) -> Row:
        plan, ctx = self.plan, self.plan.context
        start, end = self.view.source(plan.start, plan.end)
        issuer = issuer_of(plan.title, ctx.text)
        return {
            "plan_id": self.plan_id, "source_id": self.source_id, "ordinal": plan.ordinal, "title": plan.title,
            "kind": ctx.kind, "issuer": issuer, "region": region_of(issuer, plan.title), "year": ctx.year,
            "title_year": plan.year.title_year, "year_basis": plan.year.basis, "start": start, "end": end,
            "warnings": plan.warnings,
        }  # fmt: skip

    def _items(self) -> list[Row]:
        items, ids = self.plan.context.items, self.ids["items"]
        rows = []
        for ordinal, (item, item_id, path) in enumerate(zip(items, ids, paths(items), strict=True), 1):
            start, end = self.view.source(self.plan.start + item.start, self.plan.start + item.end)
            rows.append(
                {
                    "item_id": item_id, "plan_id": self.plan_id,
                    "parent_id": None if item.parent is None else ids[item.parent], "ordinal": ordinal,
                    "level": item.level, "path": path, "style": item.style,
                    "marker": self._text(item.start, item.start + len(item.marker)), "number": item.number,
                    "title": self._title(item), "text": self._text(item.start, item.end), "start": start, "end": end,
                }
            )  # fmt: skip
        return rows

    def _targets(self) -> list[Row]:
        rows = []
        for row, target_id, item_id, text, start, end in self._placed("targets", self.found.targets):
            deadline = self.links.deadline(row)
            rows.append(
                {
                    "target_id": target_id, "plan_id": self.plan_id, "item_id": item_id, "kind": row.kind,
                    "indicator": self._as_written(row.indicator, row.start),
                    "subject": self._as_written(row.subject, row.start), "comparator": row.comparator,
                    "value": row.value, "upper": row.upper, "unit": row.unit, "redacted": row.redacted,
                    "delta": row.delta, "direction": row.direction, "status": row.status, "text": text,
                    "sentence": self._sentence(row.start), "baseline": row.baseline, "binding": row.binding,
                    "deadline_id": None if deadline is None else self.ids["deadlines"][deadline], "rule": row.rule,
                    "start": start, "end": end,
                }
            )  # fmt: skip
        return rows

    def _deadlines(self) -> list[Row]:
        return [
            {
                "deadline_id": deadline_id, "plan_id": self.plan_id, "item_id": item_id, "relation": row.relation,
                "date_start": row.date_start, "date_end": row.date_end, "granularity": row.granularity,
                "redacted": row.redacted, "status": row.status, "text": text, "rule": row.rule,
                "start": start, "end": end,
            }
            for row, deadline_id, item_id, text, start, end in self._placed("deadlines", self.found.deadlines)
        ]  # fmt: skip

    def _units(self) -> list[Row]:
        return [
            {
                "mention_id": mention_id, "plan_id": self.plan_id, "item_id": item_id,
                "name": row.name.translate(BRACKETS), "role": row.role, "collective": row.collective,
                "status": row.status, "text": text, "rule": row.rule, "start": start, "end": end,
            }
            for row, mention_id, item_id, text, start, end in self._placed("units", self.found.units)
        ]  # fmt: skip

    def _gaps(self) -> list[Row]:
        return [
            {
                "gap_id": gap_id, "plan_id": self.plan_id, "item_id": item_id, "kind": row.kind,
                "reason": row.reason or None, "text": text, "sentence": self._sentence(row.start),
                "start": start, "end": end,
            }
            for row, gap_id, item_id, text, start, end in self._placed("gaps", self.found.gaps)
        ]  # fmt: skip


def token_rows(view: View, plan: Plan, source_id: str, tagged: list[tuple[str, str | None]]) -> list[Row]:
    """The rows of the table `tokens` for one plan; blanks are left out."""
    links = Links(plan.context, [])
    plan_id = f"{source_id}.{plan.ordinal}"
    rows, at = [], 0
    for word, pos in tagged:
        if not word.isspace():
            start, end = view.source(plan.start + at, plan.start + at + len(word))
            item = links.item(at)
            item_id = None if item is None else f"{plan_id}.i{item + 1}"
            rows.append({"plan_id": plan_id, "item_id": item_id, "word": word, "pos": pos, "start": start, "end": end})
        at += len(word)
    return rows


def paths(items: Sequence[Item]) -> list[str]:
    """The path of each item, `二/（一）/3`: the bare numbers from the top down."""
    steps = [_step(item) for item in items]
    found = []
    for item, path in zip(items, steps, strict=True):
        above = item.parent
        while above is not None:
            path = f"{steps[above]}/{path}"
            above = items[above].parent
        found.append(path)
    return found


def _step(item: Item) -> str:
    marker = item.marker.strip("、.．· :，") or str(item.number)
    if item.style == "cn_paren" and marker[:1] not in "(（":
        marker = marker.strip(")") if marker.endswith(")") else marker
        return f"（{marker}）" if len(marker) < 4 and not "㈠" <= marker[0] <= "㈩" else marker
    return marker.replace("(", "（").replace(")", "）")


def to_batch(name: str, rows: list[Row]) -> pa.RecordBatch:
    """Rows of one table as Arrow. Raises pyarrow.ArrowInvalid when a row breaks the schema."""
    schema = SCHEMAS[name]
    records = pa.array(rows, type=pa.struct(list(schema)))
    return pa.RecordBatch.from_arrays(records.flatten(), schema=schema)
