"""The rows of one plan for every table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from extractors.mentions import Deadline, Item, Refusal, Target, Unit
from pipeline.extract import Extraction
from pipeline.link import Links
from pipeline.origin import issuer_of, region_of
from pipeline.segment import Plan
from pipeline.tables import Cells, Tuples
from pipeline.tasks import task_rows
from pipeline.text import View

CONTEXT = 1000  # characters shown before and behind a place: a text without stops would be repeated in each of its rows
BRACKETS = str.maketrans("()", "（）")  # names of bodies are written with full-width brackets

Mention = Target | Deadline | Unit | Refusal
M = TypeVar("M", Target, Deadline, Unit, Refusal)
IDENTIFIED = {"items": "i", "targets": "t", "deadlines": "d", "units": "u", "gaps": "g"}  # by a letter and a number


def plan_rows(view: View, plan: Plan, found: Extraction, source_id: str) -> Tuples:
    """The rows of one plan for every table below `texts`, in order of place."""
    return _PlanRows(view, plan, found, source_id).rows()


class _PlanRows:
    """Each row in the order of its columns in ``SCHEMAS``."""

    def __init__(self, view: View, plan: Plan, found: Extraction, source_id: str) -> None:
        self.view, self.plan, self.found, self.source_id = view, plan, found, source_id
        self.plan_id = f"{source_id}.{plan.ordinal}"
        self.links = Links(plan.context, found.deadlines)
        mentions: dict[str, Sequence[Mention]] = {name: getattr(found, name) for name in IDENTIFIED if name != "items"}
        self.item_of = {name: self.links.items([row.start for row in rows]) for name, rows in mentions.items()}
        counts = {"items": len(plan.context.items), **{name: len(rows) for name, rows in mentions.items()}}
        self.ids = {
            name: [f"{self.plan_id}.{letter}{number}" for number in range(1, counts[name] + 1)]
            for name, letter in IDENTIFIED.items()
        }
        self.sentences: dict[int, str] = {}  # those shown so far, by where they begin

    def rows(self) -> Tuples:
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
        text, shift, items = self.view.text, self.plan.start, self.ids["items"]
        spans = [(mention.start + shift, mention.end + shift) for mention in mentions]
        item_ids = [None if item is None else items[item] for item in self.item_of[name]]
        texts = [text[start:end].strip() for start, end in spans]
        return zip(mentions, self.ids[name], item_ids, texts, *self.view.sources(spans), strict=True)

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
            return self._text(max(start, place - CONTEXT), min(end, place + CONTEXT))
        shown = self.sentences.get(start)
        if shown is None:  # one text for all rows of a sentence is also encoded once
            shown = self.sentences[start] = self._text(start, end)
        return shown

    def _plan(self) -> Cells:
        plan, ctx = self.plan, self.plan.context
        issuer = issuer_of(plan.title, ctx.text)
        return (
            self.plan_id, self.source_id, plan.ordinal, plan.title, ctx.kind, issuer, region_of(issuer, plan.title),
            ctx.year, plan.year.title_year, plan.year.basis, *self.view.source(plan.start, plan.end), plan.warnings,
        )  # fmt: skip

    def _items(self) -> list[Cells]:
        items, ids, plan_id, shift = self.plan.context.items, self.ids["items"], self.plan_id, self.plan.start
        text = self.view.text
        spans = [(item.start + shift, item.end + shift) for item in items]
        return [
            (
                item_id, plan_id, None if item.parent is None else ids[item.parent], ordinal, item.level, path,
                item.style, text[start : start + len(item.marker)].strip(), item.number, self._title(item),
                text[start:end].strip(), first, last,
            )
            for ordinal, (item, item_id, path, (start, end), first, last) in enumerate(
                zip(items, ids, paths(items), spans, *self.view.sources(spans), strict=True), 1
            )
        ]  # fmt: skip

    def _targets(self) -> list[Cells]:
        plan_id, written, links, ids = self.plan_id, self._as_written, self.links, self.ids["deadlines"]
        deadlines = [links.deadline(row) for row in self.found.targets]
        return [
            (
                target_id, plan_id, item_id, row.kind, written(row.indicator, row.start),
                written(row.subject, row.start), row.comparator, row.value, row.upper, row.unit, row.redacted,
                row.delta, row.direction, row.status, text, self._sentence(row.start), row.baseline, row.binding,
                None if deadline is None else ids[deadline], row.rule, start, end,
            )
            for (row, target_id, item_id, text, start, end), deadline in zip(
                self._placed("targets", self.found.targets), deadlines, strict=True
            )
        ]  # fmt: skip

    def _deadlines(self) -> list[Cells]:
        plan_id = self.plan_id
        return [
            (
                deadline_id, plan_id, item_id, row.relation, row.date_start, row.date_end, row.granularity,
                row.redacted, row.status, text, row.rule, start, end,
            )
            for row, deadline_id, item_id, text, start, end in self._placed("deadlines", self.found.deadlines)
        ]  # fmt: skip

    def _units(self) -> list[Cells]:
        plan_id = self.plan_id
        return [
            (
                mention_id, plan_id, item_id, row.name.translate(BRACKETS), row.role, row.collective, row.status, text,
                row.rule, start, end,
            )
            for row, mention_id, item_id, text, start, end in self._placed("units", self.found.units)
        ]  # fmt: skip

    def _gaps(self) -> list[Cells]:
        plan_id, sentence = self.plan_id, self._sentence
        return [
            (gap_id, plan_id, item_id, row.kind, row.reason or None, text, sentence(row.start), start, end)
            for row, gap_id, item_id, text, start, end in self._placed("gaps", self.found.gaps)
        ]


def token_rows(view: View, plan: Plan, source_id: str, tagged: list[tuple[str, str | None]]) -> list[Cells]:
    """The rows of the table `tokens` for one plan; blanks are left out."""
    links = Links(plan.context, [])
    plan_id = f"{source_id}.{plan.ordinal}"
    rows: list[Cells] = []
    at = 0
    for word, pos in tagged:
        if not word.isspace():
            item = links.item(at)
            item_id = None if item is None else f"{plan_id}.i{item + 1}"
            span = view.source(plan.start + at, plan.start + at + len(word))
            rows.append((plan_id, item_id, word, pos, *span))
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
