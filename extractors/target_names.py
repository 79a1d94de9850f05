"""Name what each quantity of a plan measures, in the order of the text.

A quantity without a name of its own takes it from the clause before, from the quantity before it in the sentence
(`地区生产总值5000亿元、增长5%`), or from a list that several values share (`A、B分别增长6%、5%`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from extractors import indicators
from extractors.quantities import SCALES, Quantity

_CUT = re.compile(r"[，。；！？:\n]")
_SENTENCE = "。！？；\n"
_JOINT = " 、和及与，至到+("
_SEPARATORS = "、和及与+"
_FROM = re.compile(r"[由从][^，。；\d]{0,16}$")
_BY_BASE = re.compile(r"(?:按照?|以)[^，]{2,40}$")
_BREAK = re.compile(r"[，。；、！？:\n]")
_REACH = 80
_MOST_SHARED = 12
#: A joint whose names stand in the rows before: `收入达5亿元、利润达1亿元，分别增长10%和12%`.
_EARLIER = "*"


@dataclass(slots=True)
class Row:
    """A target in the making; ``reference`` marks a base or a threshold, ``joint`` a list of names for many values."""

    quantity: Quantity
    indicator: str = ""
    subject: str | None = None
    baseline: float | None = None
    reference: bool = False
    joint: str = ""


@dataclass(slots=True)
class Reader:
    """One plan's text with its clause ends, and the rows read so far."""

    text: str
    cuts: list[int]
    rows: list[Row] = field(default_factory=list)

    @classmethod
    def of(cls, text: str) -> Reader:
        return cls(text, _cuts(text))

    def clause_start(self, at: int) -> int:
        i = bisect_left(self.cuts, at)
        return self.cuts[i - 1] + 1 if i else 0

    def clause_end(self, at: int) -> int:
        i = bisect_left(self.cuts, at)
        return self.cuts[i] if i < len(self.cuts) else len(self.text)

    def same_sentence(self, a: int, b: int) -> bool:
        """Whether no sentence ends between the two places."""
        low, high = bisect_left(self.cuts, a), bisect_left(self.cuts, b)
        return high - low < 40 and not any(self.text[c] in _SENTENCE for c in self.cuts[low:high])

    def read(self, quantity: Quantity, following: Quantity | None) -> None:
        """Add the row of the next quantity; ``following`` is the one after it."""
        self.rows.append(_read(self, quantity, following))


def _cuts(text: str) -> list[int]:
    """Where clauses end; a colon between digits is a ratio or a time."""
    cuts = [m.start() for m in _CUT.finditer(text)]
    if ":" not in text:
        return cuts
    return [c for c in cuts if text[c] != ":" or not (text[c - 1 : c].isdigit() and text[c + 1 : c + 2].isdigit())]


def _read(reader: Reader, quantity: Quantity, following: Quantity | None) -> Row:
    row = Row(quantity)
    previous = reader.rows[-1] if reader.rows else None
    cut = reader.clause_start(quantity.lead)
    left = max(cut, previous.quantity.end) if previous else cut
    segment = reader.text[max(left, quantity.lead - _REACH) : quantity.lead]
    trailing = _trailing(reader, quantity, following)
    follows = left > cut and not segment.strip(_JOINT)

    _apart(quantity, segment)
    if follows and previous is not None:
        _inherit_bound(reader, row, previous)
    if quantity.cls in SCALES:
        row.indicator = _name_of_scale(reader, row, segment, trailing)
    else:
        row.indicator = _name_of_count(reader, row, segment, trailing, left > cut)
    if not row.indicator and left == cut:
        row.indicator = _previous_clause(reader, cut, previous, quantity.cls in SCALES)
        if row.indicator and _is_shared(reader, quantity):
            row.joint = row.indicator
    near = previous is not None and reader.same_sentence(previous.quantity.end, quantity.core)
    if near and previous is not None and not row.indicator:
        _take_over(reader, row, previous, follows and not trailing.strip(_JOINT + ")"))
    row.reference = _is_threshold(reader, quantity, previous, following)
    if quantity.cls in SCALES:
        _chain(reader, row, previous if near else None, cut)
    return row


def _trailing(reader: Reader, quantity: Quantity, following: Quantity | None) -> str:
    """The words after the quantity that may name it: up to the clause's end or what belongs to the next quantity."""
    text, end = reader.text, reader.clause_end(quantity.end)
    if following is None or following.lead >= end:
        return text[quantity.end : end]
    between = text[quantity.end : max(following.lead, quantity.end)]
    if len(between) <= 4 and text.startswith("的", following.end):
        # `一次时间不少于30分钟的活动`: the next quantity only describes the thing
        return text[following.end : reader.clause_end(following.end)]
    kept, separator, _ = between.rpartition("、")
    return (kept if separator else between).rstrip("和及与")


def _name_of_scale(reader: Reader, row: Row, segment: str, trailing: str) -> str:
    """What a percentage or a ratio measures: mostly the words before it."""
    quantity, r = row.quantity, indicators.rules()
    if grant := r.grant.match(reader.text, quantity.end) if _BY_BASE.search(segment) else None:
        return grant["thing"]
    if (far := indicators.far_bound(segment)) is not None:
        return indicators.before(far[0], True)
    behind = _behind(row, segment, True)
    if behind and not quantity.levelled and not quantity.changed and r.clause.match(trailing):
        return behind + indicators.after("某" + trailing)[1:]
    if trailing.startswith("的") and not (quantity.levelled or quantity.changed):
        return indicators.after(trailing) or behind
    if behind and _is_shared(reader, quantity):
        row.joint = behind
    return behind or indicators.after(trailing) or indicators.nominal(segment)


def _name_of_count(reader: Reader, row: Row, segment: str, trailing: str, listed: bool) -> str:
    """What a count or an amount measures: the noun after it, or the words before it where a verb of level says so."""
    quantity = row.quantity
    behind = _behind(row, segment, False)
    beside = trailing[:1] in _SEPARATORS or indicators.starts_with_verb(trailing)
    ahead = "" if beside and (behind or not segment.strip(_JOINT)) else indicators.after(trailing)
    if listed and (such := indicators.rules().such.search(ahead)) and such.start() >= 2:
        ahead = ahead[: such.start()]
    described = trailing.startswith("的") or (quantity.bounded and quantity.comparator in ("ge", "le"))
    if quantity.cls == "amount" or (quantity.levelled and not (ahead and described)):
        name = behind or ahead
    else:
        name = ahead or behind
    if name and name == behind and _is_shared(reader, quantity):
        row.joint = behind
    return name or indicators.nominal(segment)


def _behind(row: Row, segment: str, scale: bool) -> str:
    behind = indicators.before(segment.rpartition("分别")[2], scale)
    if indicators.rules().each.match(behind):
        row.subject, behind = behind, ""
    return behind


def _is_shared(reader: Reader, quantity: Quantity) -> bool:
    return "分别" in reader.text[quantity.lead : quantity.core]


def _take_over(reader: Reader, row: Row, previous: Row, bare: bool) -> None:
    """Name a quantity that has no words of its own by the quantity before it."""
    if bare and previous.joint:
        _distribute(reader.rows, row)
    elif _is_shared(reader, row.quantity):
        row.joint = _EARLIER
    _baseline(reader, row, previous)
    if not row.indicator:
        source = _source(reader, row)
        row.indicator, row.subject = source.indicator, row.subject or source.subject


def _source(reader: Reader, row: Row) -> Row:
    """The row of this sentence whose indicator a bare quantity takes over; a duration names no amount."""
    for candidate in reversed(reader.rows[-3:]):
        if not reader.same_sentence(candidate.quantity.end, row.quantity.core):
            break
        if candidate.quantity.cls != "time" or row.quantity.cls == "time":
            return candidate
    return reader.rows[-1]


def _is_threshold(reader: Reader, quantity: Quantity, previous: Row | None, following: Quantity | None) -> bool:
    """`10亿元以上项目5个`, `5所500人以下的小学`: the bound tells which things are counted."""
    text = reader.text
    if _sizes(text, quantity, following):
        return True
    if not quantity.suffixed or quantity.levelled or quantity.bounded or quantity.cls in SCALES:
        return False
    if previous is not None and previous.quantity.end == quantity.core and text.startswith("的", quantity.end):
        return True
    if following is None:
        return False
    between = text[quantity.end : following.lead]
    return 0 < len(between) <= 14 and not _BREAK.search(between)


def _sizes(text: str, quantity: Quantity, following: Quantity | None) -> bool:
    """`总投资超10亿元项目50个`: an amount above a bound that belongs to the things counted after it."""
    if following is None or following.cls != "count" or quantity.cls != "amount":
        return False
    bounded = quantity.comparator in ("gt", "ge", "approx")
    return bounded and indicators.rules().sized_thing.match(text, quantity.end, following.lead) is not None


def _apart(quantity: Quantity, segment: str) -> None:
    """A bound that stands apart from its number: `至少开展2次`, `不低于总课时的9%`."""
    if quantity.comparator != "eq" or quantity.cls == "points":
        return
    if quantity.cls in SCALES:
        if (far := indicators.far_bound(segment)) is not None:
            quantity.comparator = far[1]
    elif match := indicators.rules().at_least.search(segment[-14:]):
        quantity.comparator = "le" if match[0] in ("最多", "至多", "不超过") else "ge"


def _inherit_bound(reader: Reader, row: Row, previous: Row) -> None:
    """`不得突破45名、50名`; `6个学分(108课时)`: a bound before the first value holds for the next."""
    a, b = previous.quantity, row.quantity
    alike = a.cls == b.cls or reader.text[a.end : a.end + 1] == "("
    if alike and b.comparator == "eq" and not b.levelled and not b.changed and a.bounded and not a.suffixed:
        b.comparator = a.comparator
    b.changed = b.changed or (a.cls == b.cls and a.changed and not b.levelled)
    if a.comparator == "eq" and b.suffixed and a.levelled:
        a.comparator = b.comparator


def _distribute(rows: list[Row], row: Row) -> None:
    """`A、B分别增长6%、5%`: each value has its own name, once all values are read."""
    first, joint = len(rows) - 1, rows[-1].joint
    while first > 0 and len(rows) - first < _MOST_SHARED and rows[first - 1].joint == joint:
        first -= 1
    group = [*rows[first:], row]
    row.joint = joint
    row.indicator = rows[-1].indicator
    if row.joint == _EARLIER:
        names = [r.indicator for r in rows[max(0, first - len(group)) : first]]
    else:
        names = indicators.shared(row.joint, len(group)) or []
    if len(names) == len(group):
        for member, name in zip(group, names, strict=True):
            member.indicator = name
    row.quantity.changed = rows[-1].quantity.changed


def _baseline(reader: Reader, row: Row, previous: Row) -> None:
    """`由23.2%提高到24.1%`: the first value is the base of the second."""
    a, b = previous.quantity, row.quantity
    if b.lead <= a.end + 2 and (b.levelled or reader.text[a.end : b.core] in ("到", "至")) and a.cls == b.cls:
        cut = reader.clause_start(a.lead)
        if _FROM.search(reader.text[max(cut, a.core - 20) : a.core]):
            previous.reference, row.baseline = True, a.value


def _previous_clause(reader: Reader, cut: int, previous: Row | None, scale: bool) -> str:
    """`…的教师人数，应占总数的2%`: the clause before names the thing, unless it has a quantity of its own."""
    if cut < 2 or reader.text[cut - 1] not in "，:" or reader.text[cut - 2] in "下中上后时里":
        return ""
    start = reader.clause_start(cut - 1)
    if previous is not None and previous.quantity.end > start:
        return ""
    return indicators.before(indicators.taken_into(reader.text[start : cut - 1]), scale)


def _chain(reader: Reader, row: Row, previous: Row | None, cut: int) -> None:
    """`合格率城镇98%，农村96%`: the indicator is named once, each value names its group."""
    r = indicators.rules()
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


def _topic(reader: Reader, cut: int) -> str:
    """The rate that a heading with a colon names for all values after it: `合格率：小学100%`."""
    if not cut or reader.text[cut - 1] != ":":
        return ""
    heading = indicators.before(reader.text[reader.clause_start(cut - 1) : cut - 1], True)
    return heading if indicators.rules().scale_end.search(heading) else ""
