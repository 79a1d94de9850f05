"""Groups that values are told apart by: `合格率城镇98%，农村96%`; the group is the subject, the rate the indicator."""

from __future__ import annotations

from extractors import indicator_before
from extractors.indicator_rules import rules
from extractors.target_bounds import Row
from extractors.target_reader import Reader

#: So many rows may stand between what is counted and a part of it.
_PARTS = 8


def chain(reader: Reader, row: Row, previous: Row | None, cut: int) -> None:
    """`合格率城镇98%，农村96%`: the indicator is named once, each value names its group."""
    r = rules()
    match = r.chain.match(row.indicator)
    if match is not None and r.group.search(match["group"]):
        row.indicator, row.subject = match["name"], match["group"]
        return
    if row.quantity.changed or len(row.indicator) > 8 or not r.group.search(row.indicator):
        return
    topic = _topic(reader, cut)
    if topic:
        row.subject, row.indicator = row.indicator, topic
    elif previous is not None and previous.quantity.cls == row.quantity.cls and r.scale_end.search(previous.indicator):
        row.subject, row.indicator = row.indicator, previous.indicator


def grouped(row: Row, taught: str) -> None:
    """`开设艺术课程，小学不少于4节`: a group before a number of lessons; what is taught was named before."""
    if taught and not rules().group.search(taught):
        row.subject, row.indicator = row.indicator, taught


def _topic(reader: Reader, cut: int) -> str:
    """The rate that a heading with a colon names for all values after it: `合格率：小学100%`."""
    if not cut or reader.text[cut - 1] != ":":
        return ""
    heading = indicator_before.before(reader.text[reader.clause_start(cut - 1) : cut - 1], True, reader.words)
    return heading if rules().scale_end.search(heading) else ""


def placed(reader: Reader, row: Row) -> None:
    """`救助24户，其中柳河镇2户、东城街道3户`: parts of what was counted before, told apart by where they are."""
    quantity = row.quantity
    if quantity.cls != "count" or quantity.unit == "个" or not rules().place.match(row.indicator):
        return
    for earlier in reversed(reader.rows[-_PARTS:]):
        between = reader.text[earlier.quantity.end : quantity.lead]
        if "\n" in between:
            return
        if earlier.quantity.unit == quantity.unit and earlier.indicator:
            inherited = earlier.subject is not None and rules().place.match(earlier.subject) is not None
            if inherited or "其中" in between:
                row.indicator, row.subject = earlier.indicator, row.indicator
            return
