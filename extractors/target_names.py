"""Name what each quantity of a plan measures, in the order of the text.

A quantity without a name of its own takes it from the clause before, from the quantity before it in the sentence
(`地区生产总值5000亿元、增长5%`), or from a list that several values share (`A、B分别增长6%、5%`).
"""

from __future__ import annotations

import re

from extractors.indicator_after import after, deed, starts_with_verb
from extractors.indicator_before import before, nominal, taken_into
from extractors.indicator_rules import rules
from extractors.mentions import Comparator
from extractors.quantities import SCALES, Quantity
from extractors.target_bounds import Row, far_bound, inherit_bound, is_threshold, paired_bases, set_apart
from extractors.target_groups import chain, grouped, placed
from extractors.target_reader import Reader
from extractors.target_shares import graded, is_shared, take_over

_JOINT = " 、和及与，至到+("
_SEPARATORS = "、和及与+"
_BY_BASE = re.compile(r"(?:按照?|以)[^，]{2,40}$")
#: The next of a list of values, when it is no target of its own: `45%和13年`.
_NEXT_VALUE = re.compile(r"[和及与]\d")
_BREAK = re.compile(r"[，。；、！？:\n]")
_REACH = 80
_TOTALS = ("总数", "总量", "总额", "累计")
_SPANS_OF_TEACHING = ("节", "课时", "个课时", "学时", "个学时", "小时", "分钟")
_TIMES = ("次", "遍", "轮")
_PEOPLE = ("人", "户", "名", "人次")
_ADVERBS = ("先后", "共", "累计", "已")
#: Behind them what is done so many times follows: `对食堂进行一次安全检查`.
_DOING = ("进行", "开展", "实施", "组织")
#: What a subject that tells whose each of the things is begins with.
_EACH = ("单", "每")
_ADDED = ("新增", "净增")


def read(reader: Reader, quantity: Quantity, following: Quantity | None) -> Row:
    """The row of the next quantity; ``following`` is the one after it."""
    row = Row(quantity)
    previous = reader.rows[-1] if reader.rows else None
    cut = reader.clause_start(quantity.lead)
    left = max(cut, previous.quantity.end) if previous else cut
    segment = rules().remark.sub("", reader.text[max(left, quantity.lead - _REACH) : quantity.lead])
    if (rise := rules().rise.search(segment)) is not None:
        quantity.lead, quantity.levelled, quantity.changed = quantity.lead - len(rise[0]), True, False
        segment = segment[: rise.start()]
    if left > cut and segment.startswith("的"):
        segment = _next_of_list(segment)
    trailing = _trailing(reader, quantity, following)
    listed = bool(segment.strip(_JOINT)) and _is_list(reader, quantity, following, trailing)
    follows = left > cut and not segment.strip(_JOINT)

    scale = quantity.cls in SCALES
    far = far_bound(segment) if scale else None
    set_apart(quantity, segment, far)
    if quantity.comparator == "le" and (most := rules().at_most.search(segment)) is not None:
        segment = segment[: most.start()] + segment[most.end() :]
    if follows and previous is not None:
        inherit_bound(reader.text, row, previous)
    near = previous is not None and reader.same_sentence(previous.quantity.end, quantity.core)
    if scale and near and previous is not None and rules().share_of.match(segment):
        row.indicator = segment.strip("、，的")
        row.subject = previous.subject if rules().share_of.match(previous.indicator) else previous.indicator
    elif scale:
        row.indicator = _name_of_scale(reader, row, segment, trailing, far)
    elif near and previous is not None and _left_out(previous, quantity, segment, trailing):
        row.indicator, row.subject = previous.indicator, previous.subject
    else:
        row.indicator = _name_of_count(reader, row, segment, "、" if listed else trailing, left > cut)
    if near and previous is not None and scale and rules().goal.match(row.indicator):
        row.indicator, row.subject = previous.indicator, previous.subject
    if (
        near
        and previous is not None
        and scale
        and rules().growth_word.match(row.indicator)
        and row.indicator in segment
    ):
        held = rules().comparison.search(segment) is not None  # `增长6%，增速高于全省2个百分点`
        named = previous.indicator + row.indicator if held else previous.indicator
        row.indicator, row.subject, quantity.changed = named, previous.subject, True
    if near and previous is not None and row.indicator in _TOTALS and previous.quantity.unit == quantity.unit:
        row.indicator = previous.indicator  # `新增试点4个、总数达40个`
    if not row.indicator and left == cut:
        row.indicator = _previous_clause(reader, cut, previous, scale)
        if row.indicator and is_shared(reader, quantity):
            row.joint = row.indicator
    if near and previous is not None and not row.indicator:
        take_over(reader, row, previous, follows and not trailing.strip(_JOINT + ")"))
    if quantity.bounded and quantity.unit in _SPANS_OF_TEACHING and rules().group.search(row.indicator):
        taught = _previous_clause(reader, cut, previous, False)
        grouped(row, taught or (previous.indicator if near and previous is not None else ""))
    if near and follows:
        paired_bases(reader.text, cut, row, reader.rows)
    if (scale or quantity.cls == "amount") and row.indicator and not (quantity.changed or quantity.levelled):
        head, _, tail = segment.rpartition(row.indicator)
        quantity.changed = not tail.strip(_JOINT) and rules().lowered.search(head) is not None
    row.reference = is_threshold(reader.text, quantity, previous, following)
    if scale:
        chain(reader, row, previous if near else None, cut)
    else:
        placed(reader, row)
        graded(reader, row)
    return row


def _is_list(reader: Reader, quantity: Quantity, following: Quantity | None, trailing: str) -> bool:
    """`园区5个集群9个、`: names and counts in turn, the separators lost."""
    if (
        following is None
        or following.lead != following.core
        or quantity.cls != "count"
        or quantity.unit != following.unit
    ):
        return False
    text = reader.text
    if rules().predicate.search(trailing) or rules().verb.search(trailing):
        return False
    named = text[quantity.end : following.core] == trailing and not _BREAK.search(trailing) and len(trailing) > 1
    return named and text[following.end : following.end + 1] in tuple("、，。；")


def _next_of_list(segment: str) -> str:
    """`投资6亿元的电厂、投资3亿元的水库`: what the value before describes ends where its list goes on."""
    _, listed, kept = segment.rpartition("、")
    return kept if listed else segment


def _left_out(previous: Row, quantity: Quantity, segment: str, trailing: str) -> bool:
    """`新建学校3所、改扩建5所`: a verb alone before a number of the same unit; the noun carries over."""
    if not previous.indicator or previous.quantity.unit != quantity.unit or previous.reference:
        return False
    return rules().built.fullmatch(segment.strip(_JOINT)) is not None and not trailing.strip(_JOINT + ")")


def _trailing(reader: Reader, quantity: Quantity, following: Quantity | None) -> str:
    """The words after the quantity that may name it: up to the clause's end or what belongs to the next quantity."""
    text, end = reader.text, reader.clause_end(quantity.end)
    if following is None or following.lead >= end:
        rest = text[quantity.end : end]
        return "" if rules().feat.match(rest) or _NEXT_VALUE.match(rest) else rest
    between = text[quantity.end : max(following.lead, quantity.end)]
    if not between and quantity.cls in ("count", "weak") and following.cls not in (*SCALES, "amount"):
        rest = text[following.end : end]  # `2批18项案例`
        return "" if rest[:1].isdigit() else rest
    if (following.levelled or following.bounded) and (owner := _owner(between)):
        return owner
    if len(between) <= 4 and following.cls != "amount" and text.startswith("的", following.end):
        # `一次时间不少于30分钟的活动`: the next quantity only describes the thing
        return text[following.end : reader.clause_end(following.end)]
    if rules().rise.search(between):
        return ""
    kept, separator, _ = between.rpartition("、")
    return kept.rstrip("和及与") if separator else rules().leads_on.sub("", between.rstrip("和及与"))


def _owner(between: str) -> str:
    """`20个村集体收入均超过10万元`: those who are counted, before what the next quantity says of them."""
    r = rules()
    named = r.auxiliary.sub("", between)
    owner = r.owner.match(named)
    return owner["who"] if owner is not None and (r.sized.search(named) or r.scale_end.search(named)) else ""


def _name_of_scale(reader: Reader, row: Row, segment: str, trailing: str, far: tuple[str, Comparator] | None) -> str:
    """What a percentage or a ratio measures: mostly the words before it."""
    quantity, r = row.quantity, rules()
    if grant := _granted(reader, quantity, segment):
        return grant
    if far is not None:
        return before(far[0], True, reader.words)
    behind = _behind(reader, row, segment, True)
    if behind and not quantity.levelled and not quantity.changed and r.clause.match(trailing):
        return behind + after("某" + trailing, reader.words)[1:]
    if trailing.startswith("的") and not (quantity.levelled or quantity.changed):
        return (behind if r.scale_end.search(segment) else "") or after(trailing, reader.words) or behind
    if behind and is_shared(reader, quantity):
        row.joint = behind
    return behind or after(trailing, reader.words) or nominal(segment)


def _granted(reader: Reader, quantity: Quantity, segment: str) -> str:
    """`按10%的比例给予奖补`, `按不少于3人的标准配备专员`: what is given by that measure."""
    if "按" not in reader.text[quantity.lead : quantity.core] and not _BY_BASE.search(segment):
        return ""
    grant = rules().grant.match(reader.text, quantity.end)
    return grant["thing"] if grant is not None else ""


def _name_of_count(reader: Reader, row: Row, segment: str, trailing: str, listed: bool) -> str:
    """What a count or an amount measures: the noun after it, or the words before it where a verb of level says so."""
    quantity = row.quantity
    if "标准" in trailing[:4] and (grant := _granted(reader, quantity, segment)):
        return grant
    alone, verb, takes_part = not segment.strip(_JOINT), starts_with_verb(trailing), rules().takes_part.match(trailing)
    beside = trailing[:1] in _SEPARATORS or (verb and (listed or not alone))
    served = rules().served.search(reader.text, max(0, quantity.start - 2), quantity.start) is not None
    ahead = after(trailing, reader.words, clause=False, served=served)
    behind = ""
    if (
        not ahead
        or beside
        or takes_part
        or quantity.levelled
        or quantity.cls == "amount"
        or quantity.unit in _TIMES
        or any(each in segment for each in _EACH)
    ):
        behind = _behind(reader, row, segment, False)
    if (behind and takes_part) or (beside and (behind or alone)):
        ahead = ""
    if listed and (such := rules().such.search(ahead)) and such.start() >= 2:
        ahead = ahead[: such.start()]
    described = trailing.startswith("的") or (quantity.bounded and quantity.comparator in ("ge", "le"))
    led = not behind or segment.rstrip().endswith((*_ADVERBS, *_DOING))
    unnamed = not (ahead or listed) and (not behind or behind.endswith("有"))
    if unnamed and quantity.unit.endswith(_PEOPLE) and (fate := rules().fate.match(trailing)):
        return fate["what"]
    if quantity.unit in _TIMES and led and (done := deed(trailing)):
        return done
    if quantity.cls == "amount" and verb and not behind:
        name = nominal(segment) or ahead
    elif ahead and segment.endswith("的"):
        name = ahead
    elif quantity.cls == "amount" or (quantity.levelled and not (ahead and described)):
        name = behind or ahead
    else:
        name = ahead or behind
    if name and name == behind:
        quantity.changed = quantity.changed or (segment.rstrip().endswith(_ADDED) and not quantity.levelled)
        row.joint = behind.removesuffix(row.lent) if is_shared(reader, quantity) else ""
    return name or nominal(segment)


def _behind(reader: Reader, row: Row, segment: str, scale: bool) -> str:
    r = rules()
    head, apart, tail = segment.rpartition("分别")
    behind = before(tail, scale, reader.words)
    if not behind and r.comparison.match(tail):
        behind = before(head, scale, reader.words)  # `起数、人数分别比上年下降`
    elif apart and "、" in head and r.sized.search(behind):
        row.lent = behind  # `果品、蔬菜分别实现产值`
        behind = before(head, True, reader.words) + behind
    if r.each.match(behind):
        row.subject, behind = behind, ""
    return "" if r.bound_alone.match(behind) else behind


def _previous_clause(reader: Reader, cut: int, previous: Row | None, scale: bool) -> str:
    """`…的教师人数，应占总数的2%`: the clause before names the thing, unless it has a quantity of its own."""
    if cut < 2 or reader.text[cut - 1] not in "，:" or reader.text[cut - 2] in "下中上后时里":
        return ""
    start = reader.clause_start(cut - 1)
    if previous is not None and previous.quantity.end > start:
        return ""
    clause = rules().remark.sub("", reader.text[start : cut - 1])
    if not clause:
        return _previous_clause(reader, start, previous, scale)
    return before(taken_into(clause), scale, reader.words)
