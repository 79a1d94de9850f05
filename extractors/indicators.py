"""The shortest phrase of the text that names what a quantity measures.

In plans it stands before a percentage (`入学率达95%`) and after a count (`5所幼儿园`), unless a word such as 达到 says
otherwise or that side is empty.
"""

from __future__ import annotations

import re

from extractors.indicator_rules import BROKEN, Rules, rules
from extractors.mentions import Comparator
from extractors.pieces import Piece, Words

_MAX = 60
_EDGE = " 、，+：:·-~*_的"
_TRAIL = " 、和及与并且，+：:·-~*_"
_OPENING = re.compile(r"^[ 、，的:：]*")
_PAIRED = re.compile(r"[()“”《》\[\]]")
_BRACKETS = re.compile(r"^\([^()]{0,30}\)")
#: 预期性, 累计率: what makes a noun of an adverb.
_MADE_NOUN = "性率型者"
_GENERIC = 2
_DEED = 24
#: The number of a footnote.
_NOTE = re.compile(r"\[\d{1,2}\]")
_MARK = re.compile("、")
#: Predicates that need no look at the words around them.
_PLAIN = ("在", "均")
_POINTING = ("以下", "如下", "下", "下列")
_BOUNDS: dict[str, Comparator] = {"低": "ge", "少": "ge", "高": "le", "超": "le", "突": "le"}


def before(segment: str, whole_scale: bool, words: Words) -> str:
    """The indicator in the words before a number; empty when they name nothing.

    ``whole_scale`` keeps a long phrase together (a rate, an amount); a count takes the noun after the last verb.
    """
    r = rules()
    phrase = segment[-_MAX:].rstrip(_TRAIL)
    piece = Piece(phrase, words)
    match = r.comparison.search(phrase, max(0, len(phrase) - 24))
    if match is not None and not piece.inside(match.start()):
        phrase = r.auxiliary.sub("", phrase[: match.start()].rstrip(_TRAIL))
    if spent := r.spent.search(phrase, max(0, len(phrase) - 8)):
        phrase = phrase[: spent.start()]
    if routine := r.routine.search(phrase):
        if routine["verb"]:
            return ""
        phrase = phrase[: routine.start()]
    phrase = r.auxiliary.sub("", phrase)
    end = len(phrase)
    phrase = _headless(piece, _unopened(phrase), end, r, whole_scale)
    sized = bool(r.sized.search(phrase) or (whole_scale and r.scale_end.search(phrase)))
    if rest := _after_modal(piece, phrase, end, r):
        phrase = _headless(piece, rest, end, r, whole_scale)
    if not whole_scale:
        phrase = _last_predicate(piece, phrase, end, r)
    rest = _after_last(piece, phrase, end, r.causal, 4) if sized else _after_last(piece, phrase, end, r.inner, 1)
    if rest:
        phrase = _headless(piece, rest, end, r, whole_scale)
    elif not whole_scale:
        phrase = _headless(piece, _after_verb(piece, phrase, end, r, sized), end, r, whole_scale)
    if not whole_scale:
        phrase = _last_of_kind(phrase, r)
    phrase = _closed(phrase.strip(_EDGE), open_end=True)
    return phrase if len(phrase) > 1 and phrase not in _POINTING else ""


def _after_last(piece: Piece, phrase: str, end: int, verbs: re.Pattern[str], least: int) -> str:
    """The words after the last verb that leaves so many characters; empty without one."""
    begin, cut = end - len(phrase), 0
    for match in verbs.finditer(phrase):
        if len(phrase) - match.end() < least or _quoted(phrase, match.start()):
            continue
        apart = not piece.inside(begin + match.start(), True) and not piece.inside(begin + match.end(), True)
        if apart and not rules().compound.match(phrase, match.start()):
            cut = match.end()
    return phrase[cut:] if cut else ""


def _after_modal(piece: Piece, phrase: str, end: int, r: Rules) -> str:
    """`牵头单位要每周派专家` → 派专家: who is to act, and how often, stand before the work."""
    rest = _after_last(piece, phrase, end, r.modal, 2)
    if rest and r.often.search(phrase, 0, len(phrase) - len(rest)):
        verb = r.first.match(rest)  # `学生每天活动时间`: no work follows
        return rest if verb is not None and len(rest) - verb.end() >= 2 else ""
    return rest


def _last_predicate(piece: Piece, phrase: str, end: int, r: Rules) -> str:
    """`改善营商环境、清收欠款` → 清收欠款: a clause of its own stands before the last part."""
    head, separator, tail = phrase.rpartition("、")
    if not separator or _quoted(phrase, len(head)):
        return phrase
    if r.finished.search(head):
        return tail
    match = r.first.match(tail)
    if match is None or len(tail) - match.end() < 2 or piece.inside(end - len(tail) + match.end(), True):
        return phrase
    begin = end - len(phrase)
    governed = any(
        len(head) - verb.end() >= 2 and piece.whole(begin + verb.start(), begin + verb.end())
        for verb in r.verb.finditer(head)
    )
    return tail if governed else phrase


def _after_verb(piece: Piece, phrase: str, end: int, r: Rules, sized: bool) -> str:
    """`学校食堂建设智能厨房` → 智能厨房, but `基础设施建设项目` stays."""
    begin = end - len(phrase)
    for match in (r.gains if sized else r.mid).finditer(phrase):
        if match.start() < 2 or not r.long_name.match(phrase, match.end()) or _quoted(phrase, match.start()):
            continue
        if piece.whole(begin + match.start(), begin + match.end()):
            return phrase[match.end() :]
    return phrase


def _headless(piece: Piece, phrase: str, end: int, r: Rules, whole_scale: bool) -> str:
    """The phrase without adverbs, dates, places and verbs at its head."""
    first = r.first_of_sized if r.sized.search(phrase) or r.scale_end.search(phrase) else r.first
    while True:
        phrase = phrase.lstrip(_EDGE)
        if r.compound.match(phrase):
            return phrase
        match = r.leading.match(phrase)
        if match is not None and _may_go(piece, phrase, end, match.end()):
            phrase = phrase[match.end() :]
            continue
        match = first.match(phrase)
        if match is None or not match.end():
            return phrase
        rest = phrase[match.end() :]
        if r.nominal.fullmatch(match[0]) and r.nominal.fullmatch(rest):
            return phrase  # 造林绿化
        if _is_name(rest, whole_scale) or piece.inside(end - len(rest), loose=True):
            return phrase
        phrase = rest


def _may_go(piece: Piece, phrase: str, end: int, size: int) -> bool:
    """Whether an adverb, a date or a place of that size at the head is a word of its own."""
    tail = phrase[size : size + 1]
    return size > 0 and tail not in tuple(_MADE_NOUN) and not piece.inside(end - len(phrase) + size, loose=True)


def _is_name(rest: str, whole_scale: bool) -> bool:
    """Whether the verb at the head belongs to the name, by what follows it: 营造林, 增长率."""
    if not rest:
        return whole_scale
    return rest[0] in BROKEN or len(rest) == 1


def _last_of_kind(phrase: str, r: Rules) -> str:
    """`论坛、展览等活动` → 活动; `校园里的问题` → 问题."""
    if match := _last(r.such, phrase):
        tail = phrase[match.end() :]
        phrase = tail if len(tail) >= 2 else phrase[: match.start()]
    at = phrase.rfind("的")
    if 0 < at < len(phrase) - 2 and not _quoted(phrase, at):
        phrase = phrase[at + 1 :]
    return phrase


def _last(pattern: re.Pattern[str], phrase: str) -> re.Match[str] | None:
    matches = list(pattern.finditer(phrase))
    return matches[-1] if matches else None


def _quoted(phrase: str, at: int) -> bool:
    """Whether the place is inside “…”, 《…》 or (…)."""
    return any(phrase.rfind(o, 0, at) > phrase.rfind(c, 0, at) for o, c in ("“”", "《》", "()"))


def _unopened(phrase: str) -> str:
    """The phrase inside a bracket that it does not close."""
    at = phrase.rfind("(")
    if at >= 0 and ")" not in phrase[at:]:
        return phrase[at + 1 :]
    return phrase


def after(segment: str, words: Words, clause: bool = True, served: bool = False) -> str:
    """The indicator in the words after a number; empty when they name nothing.

    ``clause`` keeps what the things counted are to reach: `90%的行政村通公交`; ``served`` says that something is done
    for them, so that they end at the verb: `为3万名农民工追回工资`.
    """
    r = rules()
    piece = Piece(_NOTE.sub("", segment[:_MAX]), words)
    phrase = _OPENING.sub("", piece.text)
    phrase = _OPENING.sub("", _BRACKETS.sub("", phrase))
    attributed = False
    while r.attribute.match(phrase) and (at := phrase.find("的", 1)) > 0:
        phrase, attributed = phrase[at + 1 :], True
    if not phrase or r.such.match(phrase) or r.predicate.match(phrase) or phrase in _POINTING:
        return ""
    if r.inner.match(phrase) and not attributed and not (clause and r.clause.match(phrase)):
        return ""
    if (named := r.named_as.match(phrase)) and named["what"][-1] == named["name"][-1]:
        return _core(named["name"], r)
    begin = len(piece.text) - len(phrase)
    for match in r.predicate.finditer(phrase):
        if _quoted(phrase, match.start()):
            continue
        if match[0] not in _PLAIN and not piece.whole(begin + match.start(), begin + match.end()):
            continue
        kept = r.clause.search(phrase) if clause else r.passed.search(phrase)
        if kept is None or kept.start() > match.start():
            phrase = phrase[: match.start()]
        break
    if not clause:
        phrase = _counted(piece, phrase, begin, r)
    if served and not r.first.match(phrase):
        phrase = phrase.partition("的")[0]
        verb = (m for m in r.verb.finditer(phrase, 2) if piece.whole(begin + m.start(), begin + m.end()))
        phrase = phrase[: next((m.start() for m in verb), len(phrase))].rstrip("新")
    return r.measured_by.sub("", _closed(_core(phrase.rstrip(_EDGE), r)).strip(_EDGE))


def _counted(piece: Piece, phrase: str, begin: int, r: Rules) -> str:
    """`2个县创建省级试点`: the things counted without what they are to do."""
    if r.passed.search(phrase):
        return phrase
    for mark in _MARK.finditer(phrase, max(2, phrase.rfind("的"))):
        verb = r.inner.match(phrase, mark.end())
        if verb is not None and len(phrase) - verb.end() >= _GENERIC and not r.compound.match(phrase, mark.end()):
            phrase = phrase[: mark.start()]  # `3部影片、举办讲座`
            break
    for act in r.act.finditer(phrase, 2):
        if _quoted(phrase, act.start()) or "的" in phrase[act.end() :]:
            break
        if piece.whole(begin + act.start(), begin + act.end()):
            return r.auxiliary.sub("", phrase[: act.start()])
    holder = r.holder.match(phrase)
    verb = r.verb.match(phrase, holder.end()) if holder is not None else None
    if holder is None or verb is None or len(phrase) - verb.end() < 2 or piece.inside(begin + verb.end()):
        return phrase
    return phrase if r.event.search(phrase, verb.end()) else holder[0]


def starts_with_verb(segment: str) -> bool:
    """Whether the words after a number begin with a verb, so that a name before it is the better one."""
    r = rules()
    return bool(r.first.match(segment)) and not r.clause.match(segment)


def deed(segment: str) -> str:
    """What is done so many times: `三次修订办法` → 修订办法."""
    clause = _OPENING.sub("", segment)
    return clause.rstrip(_EDGE) if rules().first.match(clause) and 4 <= len(clause) <= _DEED else ""


def nominal(segment: str) -> str:
    """A verb before the number that names the work itself: `完成造林`, `投入`."""
    match = rules().nominal.search(segment)
    return match[0] if match else ""


def taken_into(clause: str) -> str:
    """A clause up to 纳入, 作为: `将艺术课程纳入必修课` speaks of 艺术课程."""
    match = rules().taken_into.search(clause)
    return clause[: match.start()] if match else clause


def _core(phrase: str, r: Rules) -> str:
    """What an attribute with 的 belongs to: 社团 in `面向学生的社团`, but `幼儿园的创建任务` stays."""
    at = phrase.rfind("的")
    if at <= 0 or _quoted(phrase, at):
        return phrase
    head, tail = phrase[:at], phrase[at + 1 :]
    if r.people.match(head) and not r.attribute.match(head):
        return head
    if r.event.search(tail) and not r.attribute.match(head):
        return head if len(tail) <= 4 else phrase
    if len(tail) <= _GENERIC and not r.attribute.match(head):
        return phrase
    return tail


def _closed(phrase: str, open_end: bool = False) -> str:
    """The phrase up to a bracket or quote that it does not open or close.

    With ``open_end`` a quote that nothing closes before the number is a slip of the source and stays.
    """
    if not _PAIRED.search(phrase):
        return phrase
    for o, c in ("()", "“”", "《》", "[]"):
        opened, closed = phrase.count(o), phrase.count(c)
        if closed > opened:
            phrase = phrase[: phrase.find(c)]
        elif opened > closed:
            at = phrase.rfind(o)
            if not (open_end and o == "“"):
                phrase = phrase[:at]
            elif at < _GENERIC:
                phrase = phrase[at + 1 :]
    return phrase


def far_bound(segment: str) -> tuple[str, Comparator] | None:
    """`课程课时不低于总课时`: what stands before a bound that is apart from its number, and that bound."""
    r = rules()
    named = r.comparison.sub("", segment.rstrip(_EDGE)).rstrip(_EDGE)
    if r.scale_end.search(named):
        return None
    found = list(r.far_bound.finditer(segment))
    if not found:
        return None
    match = next((m for m in found if m["bound"][0] == "不"), found[-1])
    word = match["bound"]
    comparator: Comparator = "eq"
    if word[0] == "不":
        comparator = next((c for k, c in _BOUNDS.items() if k in word), "eq")
    elif word in ("超过", "高于"):
        comparator = "gt"
    elif word == "低于":
        comparator = "lt"
    return segment[: match.start()], comparator
