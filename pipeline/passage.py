"""A passage of text on its own: its targets, deadlines and units without files, plans or tables.

>>> from pipeline import extract_text
>>> found = extract_text("到年底，各校体育达标率达到95%以上。", "2023-03-01")
>>> found["targets"][0]["value"], found["deadlines"][0]["date_end"], found["units"]
(95.0, '2023-12-31', [])
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from extractors import washed
from extractors.mentions import Deadline, Target, Unit
from pipeline.clean import clean_passage
from pipeline.extract import extract
from pipeline.link import Links
from pipeline.segment import segment
from pipeline.segmenters import DEFAULT, get
from pipeline.split import Draft
from pipeline.text import View

Row = dict[str, Any]
TARGET = (
    "kind", "indicator", "subject", "comparator", "value", "upper", "unit", "redacted", "delta", "direction",
    "status", "baseline", "rule",
)  # fmt: skip
DEADLINE = ("relation", "date_start", "date_end", "granularity", "redacted", "status", "rule")
UNIT = ("name", "role", "collective", "status", "rule")


class PassageError(Exception):
    """A passage cannot be read; the message says where, why and what to do."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """One line of output, and the sentence that says what was wrong with its line of input, if anything."""

    line: str
    error: str | None = None


def extract_text(text: str, reference_date: date | str | None = None, *, atoms: bool = False) -> dict[str, list[Row]]:
    """The targets, deadlines and units of a passage, each a list of rows in order of place.

    Rows have the columns of the tables of those names, with `start` and `end` as code-point offsets into ``text``;
    dates are ISO texts, and `deadline` of a target is the index of the deadline that governs it, or None. Nothing is
    taken for page furniture.

    reference_date: the day the passage speaks from (a date, or ISO text whose time of day is left out): its year is
        the one that 年底 belongs to. Without it the year is what the passage tells, else dates are None.
    atoms: add the list `atoms`: every number, percent, range, amount of money, measure and time with its value,
        whether a target or not. Only they read what is relative to a day (昨天, 三年前).

    Raises PassageError when ``reference_date`` is no date.
    """
    day = _day(reference_date)
    view = clean_passage(text)
    found: dict[str, list[Row]] = {"targets": [], "deadlines": [], "units": []}
    if view.text:
        plan = segment(view, Draft(0, len(view.text), None, "", "plan"), 1, _words, washed.tell(view.norm))
        if day is not None:
            plan = replace(plan, context=replace(plan.context, year=day.year))
        rows = extract(plan)
        links = Links(plan.context, rows.deadlines)
        found["targets"] = [_row(view, row, TARGET) | {"deadline": links.deadline(row)} for row in rows.targets]
        found["deadlines"] = [_row(view, row, DEADLINE) for row in rows.deadlines]
        found["units"] = [_row(view, row, UNIT) for row in rows.units]
    if atoms:
        found["atoms"] = _atoms(view, day) if view.text else []
    return found


def parse_lines(lines: Iterable[str], *, atoms: bool = False) -> Iterator[Parsed]:
    """For each line of JSON with `id`, `text` and perhaps `reference_date`, a line of JSON with what its text holds.

    A line that cannot be read gives one with its `id`, where there is one, and `error`; blank lines give none.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        record: Any = None
        try:
            record = _record(line, number)
            found = extract_text(record["text"], record.get("reference_date"), atoms=atoms)
            yield Parsed(_json({"id": record["id"], **found}))
        except PassageError as error:
            said = f"line {number}: {error}"
            yield Parsed(_json({"id": record["id"] if record else _id_of(line), "error": said}), said)


def _id_of(line: str) -> Any:
    """The `id` of a line that cannot be read otherwise; None where it has none."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record.get("id") if isinstance(record, dict) else None


def _record(line: str, number: int) -> Row:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise PassageError(f'not valid JSON ({error}); write one object a line: {{"id": 1, "text": "…"}}.') from None
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise PassageError('the field "text" with a text is missing; write {"id": 1, "text": "…"}.')
    return {"id": number, **record}


def _day(value: date | str | None) -> date | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return datetime.fromisoformat(value).date()
    except (TypeError, ValueError):
        raise PassageError(f"{value!r} is no date; write reference_date as 2023-06-30.") from None


@cache
def _segmenter() -> Any:
    return get(DEFAULT)


def _words(text: str) -> Sequence[str]:
    words: Sequence[str] = _segmenter().words(text)
    return words


def _row(view: View, row: Target | Deadline | Unit, columns: Sequence[str]) -> Row:
    start, end = view.source(row.start, row.end)
    cells = {name: getattr(row, name) for name in columns}
    return {"text": view.text[row.start : row.end], "start": start, "end": end, **_plain(cells)}


def _plain(cells: Row) -> Row:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in cells.items()}


def _atoms(view: View, day: date | None) -> list[Row]:
    from extractors import atoms

    rows = []
    for atom in atoms.find(view.norm, day):
        start, end = view.source(atom.start, atom.end)
        cells = {name: getattr(atom, name) for name in atoms.FIELDS[atom.kind]}
        text = view.text[atom.start : atom.end]
        rows.append({"kind": atom.kind, "start": start, "end": end, "text": text, **_plain(cells)})
    return rows


def _json(record: Row) -> str:
    return json.dumps(record, ensure_ascii=False)
