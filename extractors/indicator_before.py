"""The indicator in the words before a quantity: the shortest phrase of the text that names what is measured.

Before a percentage (`入学率达95%`) or an amount a long phrase is one name; before a count the noun after a verb.
"""

from __future__ import annotations

import re

from extractors.indicator_edges import EDGE, MAX, POINTING, closed, quoted
from extractors.indicator_rules import BROKEN, Rules, rules
from extractors.pieces import Piece, Words

_TRAIL = " 、和及与并且，+：:·-~*_"
#: A date ends where its words do, whatever a segmenter makes of `2005年全社会`.
_DATED = re.compile(r"\d年$")
#: `事项合并调整到120项`: what becomes of the things before the level they come to
_MERGED = re.compile(r"(?<=[一-鿿]{2})(?:合并|归并|撤并|兼并)$")
#: 预期性, 累计率: what makes a noun of an adverb.
_MADE_NOUN = "性率型者"


def before(segment: str, whole_scale: bool, words: Words) -> str:
    """The indicator in the words before a number; empty when they name nothing.

    ``whole_scale`` keeps a long phrase together (a rate, an amount); a count takes the noun after the last verb.
    """
    r = rules()
    phrase = _MERGED.sub("", segment[-MAX:]).rstrip(_TRAIL)
    if not phrase:
        return ""
    piece = Piece(phrase, words)
    inner = phrase[phrase.rfind("“") + 1 :]
    if len(inner) < len(phrase) and "”" not in inner and r.verb.search(inner):
        piece = Piece(phrase := inner, words)  # `实现“重点引进和培养人才2000名”`
    if r.closing.search(phrase):
        piece, phrase = _unclosed(piece, phrase, words, r)
    end = len(phrase)
    phrase = _headless(piece, _unopened(phrase), end, r, whole_scale)
    if "、" in phrase or r.governing.search(phrase):
        phrase = _governed(piece, phrase, end, r, whole_scale)
    if not whole_scale:
        phrase = _last_of_kind(phrase, r)
    phrase = closed(phrase.strip(EDGE), open_end=True)
    named = len(phrase) > 1 and phrase not in POINTING and not r.recipient.match(phrase)
    return phrase if named else ""


def _unclosed(piece: Piece, phrase: str, words: Words, r: Rules) -> tuple[Piece, str]:
    """The phrase without what leads from a name to its number; empty where nothing is named."""
    match = r.comparison.search(phrase, max(0, len(phrase) - 24))
    if match is not None and not piece.inside(match.start()):
        phrase = r.auxiliary.sub("", phrase[: match.start()].rstrip(_TRAIL))
    if spent := r.spent.search(phrase, max(0, len(phrase) - 8)):
        phrase = phrase[: spent.start()]
    if routine := r.routine.search(phrase):
        phrase = "" if routine["verb"] else phrase[: routine.start()]
    phrase = r.auxiliary.sub("", phrase)
    if (yields := r.yields.search(phrase)) is not None:
        phrase = phrase[: yields.start()] + phrase[yields.end() :]
        piece = Piece(phrase, words)
    return piece, phrase


def _governed(piece: Piece, phrase: str, end: int, r: Rules, whole_scale: bool) -> str:
    """What the last verb of the phrase, or a modal one, stands before; the phrase itself where none parts it."""
    bare = phrase
    sized = bool(r.sized.search(phrase) or (whole_scale and r.scale_end.search(phrase)))
    if not whole_scale and (paid := _after_last(piece, phrase, end, r.paid, 2)):
        phrase = paid
    if rest := _after_modal(piece, phrase, end, r):
        bare = phrase = _headless(piece, rest, end, r, whole_scale)
    if not whole_scale:
        phrase = _last_predicate(piece, phrase, end, r)
    rest = _after_last(piece, phrase, end, r.causal, 4) if sized else _after_last(piece, phrase, end, r.inner, 1)
    if rest:
        phrase = rest
    elif not whole_scale:
        phrase = _after_verb(piece, phrase, end, r, sized)
    return phrase if phrase == bare else _headless(piece, phrase, end, r, whole_scale)


def _after_last(piece: Piece, phrase: str, end: int, verbs: re.Pattern[str], least: int) -> str:
    """The words after the last verb that leaves so many characters; empty without one."""
    begin, cut = end - len(phrase), 0
    for match in verbs.finditer(phrase):
        if len(phrase) - match.end() < least or quoted(phrase, match.start()):
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
        worked = verb is not None and len(rest) - verb.end() >= 2
        return rest if worked or r.nominal.search(rest) else ""
    return rest


def _last_predicate(piece: Piece, phrase: str, end: int, r: Rules) -> str:
    """`改善营商环境、清收欠款` → 清收欠款: a clause of its own stands before the last part."""
    head, separator, tail = phrase.rpartition("、")
    if not separator or quoted(phrase, len(head)):
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
        if match.start() < 2 or not r.long_name.match(phrase, match.end()) or quoted(phrase, match.start()):
            continue
        if piece.whole(begin + match.start(), begin + match.end()):
            return phrase[match.end() :]
    return phrase


def _headless(piece: Piece, phrase: str, end: int, r: Rules, whole_scale: bool) -> str:
    """The phrase without adverbs, dates, places and verbs at its head."""
    whole = phrase
    while True:
        phrase = phrase.lstrip(EDGE)
        leading, verb = r.leading.match(phrase), r.first.match(phrase)
        if (leading is None and verb is None) or r.compound.match(phrase):
            return phrase
        if leading is not None and (_DATED.search(leading[0]) or _may_go(piece, phrase, end, leading.end())):
            phrase = phrase[leading.end() :]
            continue
        if verb is not None and (r.sized.search(whole) or r.scale_end.search(whole)):
            verb = r.first_of_sized.match(phrase)
        if verb is None:
            return phrase
        rest = phrase[verb.end() :]
        if r.nominal.fullmatch(verb[0]) and r.nominal.fullmatch(rest):
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
    if 0 < at < len(phrase) - 2 and not quoted(phrase, at):
        phrase = phrase[at + 1 :]
    return phrase


def _last(pattern: re.Pattern[str], phrase: str) -> re.Match[str] | None:
    matches = list(pattern.finditer(phrase))
    return matches[-1] if matches else None


def _unopened(phrase: str) -> str:
    """The phrase inside a bracket that it does not close."""
    at = phrase.rfind("(")
    if at >= 0 and ")" not in phrase[at:]:
        return phrase[at + 1 :]
    return phrase


def nominal(segment: str) -> str:
    """A verb before the number that names the work itself: `完成造林`, `投入`."""
    match = rules().nominal.search(segment)
    return match[0] if match else ""


def taken_into(clause: str) -> str:
    """A clause up to 纳入, 作为: `将艺术课程纳入必修课` speaks of 艺术课程."""
    match = rules().taken_into.search(clause)
    return clause[: match.start()] if match else clause
