"""The shortest phrase of the text that names what a quantity measures.

In plans it stands before a percentage (`入学率达95%`) and after a count (`5所幼儿园`), unless a word such as 达到 says
otherwise or that side is empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from extractors.mentions import Comparator
from lexicons.loader import patterns, words

_MAX = 60
_EDGE = " 、，+：:·-~*_的"
_TRAIL = " 、和及与并且，+：:·-~*_"
_OPENING = re.compile(r"^[ 、，的:：]*")
_PAIRED = re.compile(r"[()“”《》\[\]]")
#: A name that ends so needs no tail from the last of its list.
_COMPLETE = "率比量数额值费入次资度积润款金位"
_BROKEN = "率度量额数性型者"
_WHOLE = f"(?![{_BROKEN}])"
_BRACKETS = re.compile(r"^\([^()]{0,30}\)")
_GENERIC = 2
_BOUNDS: dict[str, Comparator] = {"低": "ge", "少": "ge", "高": "le", "超": "le", "突": "le"}


@dataclass(frozen=True, slots=True)
class _Rules:
    leading: re.Pattern[str]
    comparison: re.Pattern[str]
    far_bound: re.Pattern[str]
    scale_end: re.Pattern[str]
    group: re.Pattern[str]
    chain: re.Pattern[str]
    each: re.Pattern[str]
    such: re.Pattern[str]
    grant: re.Pattern[str]
    attribute: re.Pattern[str]
    event: re.Pattern[str]
    inner: re.Pattern[str]
    mid: re.Pattern[str]
    first: re.Pattern[str]
    first_of_sized: re.Pattern[str]
    predicate: re.Pattern[str]
    causal: re.Pattern[str]
    clause: re.Pattern[str]
    nominal: re.Pattern[str]
    long_name: re.Pattern[str]
    sized: re.Pattern[str]
    spent: re.Pattern[str]
    people: re.Pattern[str]
    shared_tail: re.Pattern[str]
    taken_into: re.Pattern[str]
    named_as: re.Pattern[str]
    at_least: re.Pattern[str]
    sized_thing: re.Pattern[str]
    funds: re.Pattern[str]


@cache
def rules() -> _Rules:
    """The patterns and word lists, compiled once."""
    by_id = {p.id.removeprefix("indicator."): p.regex for p in patterns("indicator")}
    lists: dict[str, list[str]] = {}
    for word in words("indicator_words"):
        lists.setdefault(word.cls, []).append(re.escape(word.text))
    any_of = {cls: "|".join(sorted(ws, key=lambda w: (-len(w), w))) for cls, ws in lists.items()}
    verbs = f"{any_of['inner']}|{any_of['mid']}|{any_of['first']}"
    return _Rules(
        **by_id,
        inner=re.compile(f"(?:{any_of['inner']})了?{_WHOLE}|[共已](?=(?:{verbs}))"),
        mid=re.compile(f"(?:{any_of['mid']})了?"),
        first=re.compile(f"^(?:{verbs})了?{_WHOLE}(?:(?:或|和|、|并)?(?:{verbs})了?{_WHOLE})*"),
        first_of_sized=re.compile(
            f"^(?!{any_of['nominal']})(?:{verbs})了?{_WHOLE}(?:[或和、并]?(?:{verbs})了?{_WHOLE})*"
        ),
        predicate=re.compile(
            f"{any_of['predicate']}|(?<!所)在(?![校园岗职建编线籍读库册地押途研])|为(?!民|主)|对(?![口外接象照标手策])|居(?![民住家室])"
        ),
        causal=re.compile(f"(?:{any_of['causal']}){_WHOLE}"),
        clause=re.compile(f"(?:{any_of['clause']})"),
        nominal=re.compile(f"(?:{any_of['nominal']})$"),
    )


def before(segment: str, whole_scale: bool) -> str:
    """The indicator in the words before a number; empty when they name nothing.

    ``whole_scale`` keeps a long phrase together (a rate, an amount); a count takes the noun after the last verb.
    """
    r = rules()
    phrase = segment[-_MAX:].rstrip(_TRAIL)
    if match := r.comparison.search(phrase, max(0, len(phrase) - 24)):
        phrase = phrase[: match.start()].rstrip(_TRAIL)
    phrase = _unopened(phrase[:-2] if r.spent.search(phrase, max(0, len(phrase) - 5)) else phrase)
    phrase = _headless(phrase, r)
    sized = bool(r.sized.search(phrase) or (whole_scale and r.scale_end.search(phrase)))
    cut = _last_verb(phrase, r.causal, 4) if sized else _last_verb(phrase, r.inner, 1)
    if cut:
        phrase = _headless(phrase[cut:], r)
    elif not sized and not whole_scale:
        phrase = _after_verb(phrase, r)
    if not whole_scale:
        phrase = _last_of_kind(phrase, r)
    phrase = _closed(phrase.strip(_EDGE))
    return phrase if len(phrase) > 1 else ""


def _last_verb(phrase: str, verbs: re.Pattern[str], rest: int) -> int:
    """Where the words after the last verb begin that leaves so many characters; 0 without one."""
    cut = 0
    for match in verbs.finditer(phrase):
        if len(phrase) - match.end() >= rest and not _quoted(phrase, match.start()):
            cut = match.end()
    return cut


def _after_verb(phrase: str, r: _Rules) -> str:
    """`学校食堂建设智能厨房` → 智能厨房, but `基础设施建设项目` stays."""
    for match in r.mid.finditer(phrase):
        if match.start() >= 2 and r.long_name.match(phrase, match.end()) and not _quoted(phrase, match.start()):
            return phrase[match.end() :]
    return phrase


def _headless(phrase: str, r: _Rules) -> str:
    """The phrase without adverbs, dates, places and verbs at its head."""
    first = r.first_of_sized if r.sized.search(phrase) or r.scale_end.search(phrase) else r.first
    while True:
        phrase = phrase.lstrip(_EDGE)
        match = r.leading.match(phrase) or first.match(phrase)
        if match is None or not match.end():
            return phrase
        rest = phrase[match.end() :]
        if rest[:1] and rest[0] in _BROKEN:
            return phrase
        phrase = rest


def _last_of_kind(phrase: str, r: _Rules) -> str:
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


def after(segment: str) -> str:
    """The indicator in the words after a number; empty when they name nothing."""
    r = rules()
    phrase = _OPENING.sub("", segment[:_MAX])
    phrase = _OPENING.sub("", _BRACKETS.sub("", phrase))
    attributed = False
    while r.attribute.match(phrase) and (at := phrase.find("的", 1)) > 0:
        phrase, attributed = phrase[at + 1 :], True
    if not phrase or r.such.match(phrase) or r.predicate.match(phrase):
        return ""
    if r.inner.match(phrase) and not attributed and not r.clause.match(phrase):
        return ""
    if (named := r.named_as.match(phrase)) and named["what"][-1] == named["name"][-1]:
        return _core(named["name"], r)
    match = next((m for m in r.predicate.finditer(phrase) if not _quoted(phrase, m.start())), None)
    if match is not None:
        clause = r.clause.search(phrase)
        if clause is None or clause.start() > match.start():
            phrase = phrase[: match.start()]
    return _closed(_core(phrase.rstrip(_EDGE), r)).strip(_EDGE)


def starts_with_verb(segment: str) -> bool:
    """Whether the words after a number begin with a verb, so that a name before it is the better one."""
    r = rules()
    return bool(r.first.match(segment)) and not r.clause.match(segment)


def nominal(segment: str) -> str:
    """A verb before the number that names the work itself: `完成造林`, `投入`."""
    match = rules().nominal.search(segment)
    return match[0] if match else ""


def taken_into(clause: str) -> str:
    """A clause up to 纳入, 作为: `将艺术课程纳入必修课` speaks of 艺术课程."""
    match = rules().taken_into.search(clause)
    return clause[: match.start()] if match else clause


def _core(phrase: str, r: _Rules) -> str:
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


def _closed(phrase: str) -> str:
    """The phrase up to a bracket or quote that it does not open or close."""
    if not _PAIRED.search(phrase):
        return phrase
    for o, c in ("()", "“”", "《》", "[]"):
        opened, closed = phrase.count(o), phrase.count(c)
        if closed > opened:
            phrase = phrase[: phrase.find(c)]
        elif opened > closed:
            phrase = phrase[: phrase.rfind(o)]
    return phrase


def far_bound(segment: str) -> tuple[str, Comparator] | None:
    """`课程课时不低于总课时`: what stands before a bound that is apart from its number, and that bound."""
    r = rules()
    if r.scale_end.search(segment.rstrip(_EDGE)):
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


def shared(joint: str, count: int) -> list[str] | None:
    """The parts of `A、B和C增加值`, as many as there are values, each with the tail that they share."""
    parts = [p for p in re.split(r"[、和及与]|以及", joint) if p]
    if len(parts) != count or count < 2:
        return None
    last = parts[-1]
    named = []
    for part in parts[:-1]:
        at = last.find(part[-1], 0, max(len(last) - 2, 0))
        if part[-1] in _COMPLETE:
            named.append(part)
        elif at >= 0:
            named.append(part + last[at + 1 :])
        elif match := rules().shared_tail.search(last):
            named.append(part + match[0])
        elif len(part) <= 3:
            named.append(part + last[len(part) :])
        else:
            return [joint] * count
    return [*named, last]
