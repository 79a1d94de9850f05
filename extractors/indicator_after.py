"""The indicator in the words after a quantity, as in `5所幼儿园` or `90%的行政村通公交`."""

from __future__ import annotations

import re

from extractors.indicator_edges import EDGE, GENERIC, MAX, POINTING, closed, quoted
from extractors.indicator_rules import Rules, rules
from extractors.pieces import Piece, Words

_OPENING = " 、，的:："
_BRACKETS = re.compile(r"\([^()]{0,30}\)")
_DEED = 24
#: The number of a footnote.
_NOTE = re.compile(r"\[\d{1,2}\]")
_MARK = re.compile("、")
#: Predicates that need no look at the words around them.
_PLAIN = ("在", "均", "都", "仍")


def after(segment: str, words: Words, clause: bool = True, served: bool = False) -> str:
    """The indicator in the words after a number; empty when they name nothing.

    ``clause`` keeps what the things counted are to reach: `90%的行政村通公交`; ``served`` says that something is done
    for them, so that they end at the verb: `为3万名农民工追回工资`.
    """
    r = rules()
    segment = segment[:MAX]
    piece = Piece(_NOTE.sub("", segment) if "[" in segment else segment, words)
    phrase = piece.text.lstrip(_OPENING)
    if (bracket := _BRACKETS.match(phrase)) is not None:
        phrase = phrase[bracket.end() :].lstrip(_OPENING)
    phrase, attributed = r.takes_part.sub("", phrase), False
    while r.attribute.match(phrase) and (at := phrase.find("的", 1)) > 0:
        phrase, attributed = phrase[at + 1 :], True
    if not phrase or r.such.match(phrase) or r.predicate.match(phrase) or phrase in POINTING:
        return ""
    if r.inner.match(phrase) and not attributed and not (clause and r.clause.match(phrase)):
        return ""
    if (named := r.named_as.match(phrase)) and named["what"][-1] == named["name"][-1]:
        return _core(named["name"], r)
    begin = len(piece.text) - len(phrase)
    phrase = _unpredicated(piece, phrase, begin, r, clause)
    if not clause:
        phrase = _counted(piece, phrase, begin, r)
    if served and not r.first.match(phrase):
        phrase = _served(piece, phrase, begin, r)
    if (within := r.within.search(phrase)) and piece.whole(begin + within.start(), begin + within.end()):
        phrase = phrase[: within.start()]
    return r.measured_by.sub("", closed(_core(phrase.rstrip(EDGE), r)).strip(EDGE))


def _unpredicated(piece: Piece, phrase: str, begin: int, r: Rules, clause: bool) -> str:
    """`3个项目全部完工`: the things without what is said of them."""
    for match in r.predicate.finditer(phrase):
        if quoted(phrase, match.start()) or r.relative.match(phrase, match.end()):
            continue
        if match[0] not in _PLAIN and not piece.whole(begin + match.start(), begin + match.end()):
            continue
        kept = r.clause.search(phrase) if clause else r.passed.search(phrase)
        return phrase[: match.start()] if kept is None or kept.start() > match.start() else phrase
    return phrase


def _served(piece: Piece, phrase: str, begin: int, r: Rules) -> str:
    """`3万名农民工追回工资`: those for whom it is done."""
    phrase = phrase.partition("的")[0]
    for verb in r.verb.finditer(phrase, 2):
        if piece.whole(begin + verb.start(), begin + verb.end()) and not r.kept_noun.match(phrase, verb.end()):
            return phrase[: verb.start()].rstrip("新")
    return phrase


def _counted(piece: Piece, phrase: str, begin: int, r: Rules) -> str:
    """`2个县创建省级试点`: the things counted without what they are to do."""
    if r.passed.search(phrase):
        return phrase
    for mark in _MARK.finditer(phrase, max(2, phrase.rfind("的"))):
        verb = r.inner.match(phrase, mark.end())
        if verb is not None and len(phrase) - verb.end() >= GENERIC and not r.compound.match(phrase, mark.end()):
            phrase = phrase[: mark.start()]  # `3部影片、举办讲座`
            break
    for act in r.act.finditer(phrase, 2):
        if quoted(phrase, act.start()) or "的" in phrase[act.end() :]:
            break
        if piece.whole(begin + act.start(), begin + act.end()):
            return r.auxiliary.sub("", phrase[: act.start()])
    if plight := r.plight.match(phrase):
        return plight["who"]
    for act in r.inner.finditer(phrase, 1):
        if r.actor.search(phrase, 0, act.start()) and piece.whole(begin + act.start(), begin + act.end()):
            named = len(phrase) - act.end() < GENERIC or r.kept_noun.match(phrase, act.end())
            return phrase if named or r.event.search(phrase, act.end()) else phrase[: act.start()]
    holder = r.holder.match(phrase)
    verb = r.verb.match(phrase, holder.end()) if holder is not None else None
    if holder is None or verb is None or len(phrase) - verb.end() < 2 or piece.inside(begin + verb.end()):
        return phrase
    if r.kept_noun.fullmatch(phrase, verb.end()):
        return phrase
    return phrase if r.event.search(phrase, verb.end()) else holder[0]


def starts_with_verb(segment: str) -> bool:
    """Whether the words after a number begin with a verb, so that a name before it is the better one."""
    r = rules()
    return bool(r.first.match(segment)) and not r.clause.match(segment)


def deed(segment: str) -> str:
    """What is done so many times: `三次修订办法` → 修订办法."""
    clause = segment.lstrip(_OPENING)
    return clause.rstrip(EDGE) if rules().first.match(clause) and 4 <= len(clause) <= _DEED else ""


def _core(phrase: str, r: Rules) -> str:
    """What an attribute with 的 belongs to: 社团 in `面向学生的社团`, but `幼儿园的创建任务` stays."""
    at = phrase.rfind("的")
    if at <= 0 or quoted(phrase, at):
        return phrase
    head, tail = phrase[:at], phrase[at + 1 :]
    if r.people.match(head) and not r.attribute.match(head):
        return phrase if head.endswith("家庭") and r.people.match(tail) else head
    if r.event.search(tail) and not r.attribute.match(head):
        return head if len(tail) <= 4 else phrase
    if len(tail) <= GENERIC and not r.attribute.match(head):
        return phrase
    return tail
