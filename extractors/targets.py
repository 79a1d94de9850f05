"""Quantified targets: a quantity that is believed, with what it measures and whether it is planned or done."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from extractors import indicators
from extractors.mentions import Context, Found, Refusal, Target, TargetKind, TargetStatus
from extractors.quantities import SCALES, Quantity, scan
from extractors.status import status_of
from extractors.target_refusals import Refuser

_KINDS: dict[str, TargetKind] = {
    "percent": "percent",
    "points": "percent",
    "tenths": "percent",
    "permille": "permille",
    "permyriad": "permyriad",
    "ratio": "ratio",
    "share": "ratio",
    "times": "ratio",
    "fold": "ratio",
    "amount": "amount",
}
_CUT = re.compile(r"[，。；！？\n]|(?<!\d):|:(?!\d)")
_SENTENCE = "。！？；\n"
_JOINT = " 、和及与，至到+("
_FROM = re.compile(r"[由从][^，。；\d]{0,16}$")
_BY_BASE = re.compile(r"(?:按照?|以)[^，]{2,40}$")
_SEPARATORS = "、和及与+"
#: A joint that stands in the rows before: `收入、利润…，分别增长10%和12%`.
_EARLIER = "*"
_AT_LEAST = re.compile(r"至少|不少于|最少|最多|至多|不超过")
_FUNDS = re.compile(
    r"[^，。；、]{0,4}(?:投资|资金|贷款|基金|融资|产值|收入|营收|销售额|交易额|债券|存款|融资|补助|经费|利润|税)"
)


@dataclass(slots=True)
class _Row:
    """A target in the making."""

    quantity: Quantity
    indicator: str = ""
    subject: str | None = None
    baseline: float | None = None
    reference: bool = False
    joint: str = ""


@dataclass(slots=True)
class _Reader:
    """One plan's text with its clause ends, and the rows read so far."""

    ctx: Context
    text: str
    cuts: list[int]
    rows: list[_Row] = field(default_factory=list)

    def clause_start(self, at: int) -> int:
        i = bisect_left(self.cuts, at)
        return self.cuts[i - 1] + 1 if i else 0

    def clause_end(self, at: int) -> int:
        i = bisect_left(self.cuts, at)
        return self.cuts[i] if i < len(self.cuts) else len(self.text)

    def same_sentence(self, a: int, b: int) -> bool:
        """Whether no sentence ends between the two places."""
        lo, hi = bisect_left(self.cuts, a), bisect_left(self.cuts, b)
        return hi - lo < 40 and not any(self.text[c] in _SENTENCE for c in self.cuts[lo:hi])


def find(ctx: Context) -> Found[Target]:
    """The quantified targets of a plan, and the quantities that were refused, each with its reason."""
    refuser = Refuser.of(ctx.text)
    believed: list[Quantity] = []
    refused: list[Refusal] = []
    for quantity in scan(ctx.text):
        reason = refuser.reason(quantity)
        if reason is None:
            believed.append(quantity)
        else:
            kind = "percent" if quantity.cls in SCALES else "quantity"
            refused.append(Refusal(quantity.start, quantity.end, kind, reason))  # type: ignore[arg-type]
    reader = _Reader(ctx, ctx.text, [m.start() for m in _CUT.finditer(ctx.text)] if believed else [])
    for i, quantity in enumerate(believed):
        following = believed[i + 1] if i + 1 < len(believed) else None
        reader.rows.append(_read(reader, quantity, following))
    return Found([_target(ctx, row) for row in reader.rows], refused)


def _read(reader: _Reader, quantity: Quantity, following: Quantity | None) -> _Row:
    row = _Row(quantity)
    text, rows = reader.text, reader.rows
    previous = rows[-1] if rows else None
    cut = reader.clause_start(quantity.lead)
    left = max(cut, previous.quantity.end) if previous else cut
    segment = text[left : quantity.lead]
    trailing = _trailing(reader, quantity, following)
    scale = quantity.cls in SCALES
    near = previous is not None and reader.same_sentence(previous.quantity.end, quantity.core)
    follows = previous is not None and previous.quantity.end > cut and not segment.strip(_JOINT)

    if follows and previous is not None:
        _inherit_bound(row, previous)
    name = _name(reader, row, segment, trailing, scale, left > cut)
    if not name and left == cut:
        name = _previous_clause(reader, cut, previous, scale)
    if not name and near and previous is not None:
        if follows and previous.joint and not trailing.strip(_JOINT + ")"):
            _distribute(rows, row)
            name = row.indicator
        elif "分别" in text[quantity.lead : quantity.core]:
            row.joint = _EARLIER
        _baseline(reader, row, previous)
        if not name:
            source = _source(rows, row, reader)
            name, row.subject = source.indicator, row.subject or source.subject
    row.indicator = name
    row.reference = _is_threshold(reader, quantity, previous, following)
    if scale:
        _chain(reader, row, previous if near else None, cut)
    return row


def _trailing(reader: _Reader, quantity: Quantity, following: Quantity | None) -> str:
    """The words after the quantity that may name it: up to the clause's end or what belongs to the next quantity."""
    text, end = reader.text, reader.clause_end(quantity.end)
    if following is None or following.lead >= end:
        return text[quantity.end : end]
    between = text[quantity.end : max(following.lead, quantity.end)]
    if len(between) <= 4 and text.startswith("的", following.end):
        # `一次时间不少于30分钟的活动`: the next quantity only describes the thing
        return text[following.end : reader.clause_end(following.end)]
    kept, separator, _ = between.rpartition("、")
    return kept if separator else between


def _is_threshold(reader: _Reader, quantity: Quantity, previous: _Row | None, following: Quantity | None) -> bool:
    """`10亿元以上项目5个`, `5所500人以下的小学`: the bound tells which things are counted."""
    if not quantity.suffixed or quantity.levelled or quantity.bounded or quantity.cls in SCALES:
        return False
    text = reader.text
    if previous is not None and previous.quantity.end == quantity.core and text.startswith("的", quantity.end):
        return True
    if following is None:
        return False
    between = text[quantity.end : following.lead]
    return 0 < len(between) <= 14 and not re.search(r"[，。；、：:！？\n]", between)


def _source(rows: list[_Row], row: _Row, reader: _Reader) -> _Row:
    """The row of this sentence whose indicator a bare quantity takes over; a duration names no amount."""
    for candidate in reversed(rows[-3:]):
        if not reader.same_sentence(candidate.quantity.end, row.quantity.core):
            break
        if candidate.quantity.cls != "time" or row.quantity.cls == "time":
            return candidate
    return rows[-1]


def _name(reader: _Reader, row: _Row, segment: str, trailing: str, scale: bool, listed: bool) -> str:
    """The indicator from the words of the quantity's own clause, or nothing."""
    quantity = row.quantity
    if scale or quantity.comparator in ("eq", "ge", "le"):
        _apart(row, segment, scale)
    if scale:
        if grant := indicators.rules().grant.match(reader.text, quantity.end) if _BY_BASE.search(segment) else None:
            return grant["thing"]
        far = indicators.far_bound(segment)
        if far is not None:
            return indicators.before(far[0], True)
    behind = indicators.before(segment.rpartition("分别")[2], scale)
    if indicators.rules().each.match(behind):
        row.subject, behind = behind, ""
    if scale:
        if behind and not quantity.levelled and not quantity.changed and indicators.rules().clause.match(trailing):
            return behind + indicators.after("某" + trailing)[1:]
        if behind and "分别" in reader.text[quantity.lead : quantity.core]:
            row.joint = behind
        return behind or indicators.after(trailing) or indicators.nominal(segment)
    beside = trailing[:1] in _SEPARATORS or indicators.starts_with_verb(trailing)
    ahead = "" if behind and beside else indicators.after(trailing)
    if listed and (such := indicators.rules().such.search(ahead)) and such.start() >= 2:
        ahead = ahead[: such.start()]
    if quantity.cls == "amount":
        first = behind or ahead
    elif quantity.levelled and not (
        ahead and (quantity.bounded and quantity.comparator in ("ge", "le") or trailing.startswith("的"))
    ):
        first = behind or ahead
    else:
        first = ahead or behind
    if "分别" in reader.text[quantity.lead : quantity.core] and first == behind:
        row.joint = behind
    return first or indicators.nominal(segment)


def _apart(row: _Row, segment: str, scale: bool) -> None:
    """A bound that stands apart from its number: `至少开展2次`, `不低于总课时的9%`."""
    quantity = row.quantity
    if scale:
        if quantity.cls != "points" and quantity.comparator == "eq" and (far := indicators.far_bound(segment)):
            quantity.comparator = far[1]
    elif quantity.comparator == "eq" and (match := _AT_LEAST.search(segment[-14:])):
        quantity.comparator = "le" if match[0] in ("最多", "至多", "不超过") else "ge"


def _inherit_bound(row: _Row, previous: _Row) -> None:
    """`不得突破45名、50名`; `6个学分(108课时)`: a bound before the first value holds for the next."""
    a, b = previous.quantity, row.quantity
    if b.comparator == "eq" and not b.levelled and a.bounded and not a.suffixed:
        b.comparator = a.comparator
    if a.comparator == "eq" and b.suffixed and a.levelled:
        a.comparator = b.comparator


def _distribute(rows: list[_Row], row: _Row) -> None:
    """`A、B分别增长6%、5%`: each value has its own name, once all values are read."""
    first = len(rows) - 1
    while first > 0 and rows[first].joint and rows[first - 1].joint == rows[first].joint:
        first -= 1
    group = [*rows[first:], row]
    row.joint = rows[-1].joint
    row.indicator = rows[-1].indicator
    if row.joint == _EARLIER:
        names = [r.indicator for r in rows[max(0, first - len(group)) : first]]
    else:
        names = indicators.shared(row.joint, len(group)) or []
    if len(names) == len(group):
        for member, name in zip(group, names, strict=True):
            member.indicator = name
    row.quantity.changed = rows[-1].quantity.changed


def _baseline(reader: _Reader, row: _Row, previous: _Row) -> None:
    """`由23.2%提高到24.1%`: the first value is the base of the second."""
    a, b = previous.quantity, row.quantity
    if b.lead <= a.end + 2 and b.levelled and a.cls == b.cls:
        cut = reader.clause_start(a.lead)
        if _FROM.search(reader.text[max(cut, a.core - 20) : a.core]):
            previous.reference, row.baseline = True, a.value


def _previous_clause(reader: _Reader, cut: int, previous: _Row | None, scale: bool) -> str:
    """`…的教师人数，应占总数的2%`: the clause before names the thing, unless it has a quantity of its own."""
    if cut < 2 or reader.text[cut - 1] not in "，:" or reader.text[cut - 2] in "下中上后时里":
        return ""
    start = reader.clause_start(cut - 1)
    if previous is not None and previous.quantity.end > start:
        return ""
    return indicators.before(indicators.taken_into(reader.text[start : cut - 1]), scale)


def _chain(reader: _Reader, row: _Row, previous: _Row | None, cut: int) -> None:
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


def _topic(reader: _Reader, cut: int) -> str:
    """The rate that a heading with a colon names for all values after it: `合格率：小学100%`."""
    if not cut or reader.text[cut - 1] != ":":
        return ""
    heading = indicators.before(reader.text[reader.clause_start(cut - 1) : cut - 1], True)
    return heading if indicators.rules().scale_end.search(heading) else ""


def _target(ctx: Context, row: _Row) -> Target:
    q = row.quantity
    status: TargetStatus = "reference" if row.reference else status_of(ctx, q.start, q.end)
    kind = _KINDS.get(q.cls, "count")
    if q.cls == "zero" and row.indicator.endswith("率"):
        kind, q.unit = "percent", "%"
    if q.cls == "bare" and (_FUNDS.search(row.indicator) or _FUNDS.match(ctx.text, q.end)):
        kind = "amount"
    return Target(
        q.start,
        q.end,
        kind,
        q.comparator,
        q.value,
        q.upper,
        q.unit,
        status,
        f"target.{q.cls}",
        row.indicator or None,
        row.subject,
        q.redacted,
        q.changed,
        row.baseline,
    )
