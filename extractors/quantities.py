"""Find quantities: a number or a range with its unit, and the words around it that set a bound or name a change.

This is the atom below a target: what is counted, and whether the quantity is a target at all, is decided elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from extractors.mentions import Comparator
from extractors.pieces import Words
from extractors.places import runs
from extractors.quantity_forms import BLANKS, SCALES, Quantity, fold, fraction, measured, ratio, sign
from lexicons.loader import patterns, words

__all__ = ["SCALES", "Quantity", "scan"]

#: Characters that may begin a number; everything else is looked at only around a run of them.
_NUMERALS = "0123456789零〇一二两三四五六七八九十百千万亿半廿几数xX×*_□■翻"
#: What may end a number that has no unit: 30万, 翻番, 零.
_MAGNITUDES = "万亿翻零0"
_SHORT_BOUNDS = "超过破近约"
_ASIDE_ENDS = frozenset("年月度届人户")
_STOPS = "，。；、:\n"
_INSIDE = re.compile(r"内(?![部容设外涵科生])")
_CLOCKED = ("工作日", "天", "日", "小时", "分钟", "个月")
_FEW = 10
_ROUND = re.compile(r"[十百千万亿]+")
_FROM = re.compile(r"[由从][^，。；、]{0,4}$")
_RANGE = re.compile(r"[或~-]|不等$|之间$")
_FOR = re.compile(r"(?:累计|共|已|先后|全年|年内)为$")
#: What a number with its unit ends before: `新建5所多`.
_STOPPED = frozenset(("，", "。", "；", "、", "\n", ""))
_YEAR = re.compile(r"[一二][零〇一二三四五六七八九]{3}年")


@dataclass(frozen=True, slots=True)
class _Lexicon:
    before: dict[str, tuple[str, str]]
    after: dict[str, Comparator]
    classes: dict[str, str]
    quantity: re.Pattern[str]
    bare: re.Pattern[str]
    fraction: re.Pattern[str]
    ratio: re.Pattern[str]
    fold: re.Pattern[str]
    zero: re.Pattern[str]
    aside: re.Pattern[str]
    openers: str
    sizes: dict[str, tuple[int, ...]]
    first: frozenset[str]


@cache
def _lexicon() -> _Lexicon:
    before: dict[str, tuple[str, str]] = {w.text: (w.cls, "lead") for w in words("lead_words")}
    after: dict[str, Comparator] = {}
    for word in words("comparators"):
        if word.extra["side"] == "after":
            after[word.text] = word.cls  # type: ignore[assignment]
        else:
            before[word.text] = (word.cls, word.extra["side"])
    by_id = {p.id.removeprefix("target."): p for p in patterns("target")}
    classes = {w.text: w.cls for w in words("measures")}
    sizes: dict[str, set[int]] = {}
    for text in before:
        sizes.setdefault(text[-1], set()).add(len(text))
    return _Lexicon(
        before=before,
        after=after,
        classes=classes,
        quantity=by_id["quantity"].regex,
        bare=by_id["bare"].regex,
        fraction=by_id["fraction"].regex,
        ratio=by_id["ratio"].regex,
        fold=by_id["fold"].regex,
        zero=by_id["zero"].regex,
        aside=by_id["aside"].regex,
        openers="".join(sorted({unit.lstrip("千")[0] for unit in classes})) + " 万亿多余几-~至到或分:比./，番倍",
        sizes={last: tuple(sorted(found, reverse=True)) for last, found in sizes.items()},
        first=frozenset(word[0] for word in after),
    )


def scan(text: str, start: int = 0, end: int | None = None, cut: Words | None = None) -> list[Quantity]:
    """Every quantity of a normalized text, in order, not overlapping.

    With ``cut``, a segmenter, a bound word that is the end of a longer word (`彩超1台`) leads to no number.
    """
    lexicon = _lexicon()
    found: list[Quantity] = []
    at, last = start, len(text) if end is None else end
    for begin, run_end in runs(text, _NUMERALS, lexicon.openers, _MAGNITUDES):
        if begin >= last:
            break
        if run_end <= at:
            continue
        if begin < at:
            begin = at
        opener = text[begin]
        if opener in "几数" and text[begin + 1 : begin + 2] not in "十百千万亿":
            begin += 1
        if begin == run_end:
            continue
        if run_end - begin == 4 and text.startswith("年", run_end) and (opener.isdigit() or _YEAR.match(text, begin)):
            continue  # years are the affair of deadlines
        quantity = _read(lexicon, text, begin, run_end)
        if quantity is None and opener in BLANKS:
            begin = run_end - len(text[begin:run_end].lstrip(BLANKS))
            quantity = _read(lexicon, text, begin, run_end) if begin < run_end else None
        if quantity is not None:
            sign(text, quantity)
            _lead(lexicon, text, quantity, at, cut)
            _follow(lexicon, text, quantity)
            found.append(quantity)
            at = quantity.end
    return found


def _read(lexicon: _Lexicon, text: str, begin: int, run_end: int) -> Quantity | None:
    """The quantity whose number begins at ``begin``, if there is one."""
    follows = text[run_end : run_end + 1]
    if (follows == "分" or follows == "/") and (match := lexicon.fraction.match(text, begin)):
        return fraction(match)
    if (follows == ":" or follows == "比" or follows == ".") and (match := lexicon.ratio.match(text, begin)):
        return ratio(match)
    opener = text[begin]
    if opener == "翻":
        match = lexicon.fold.match(text, begin)
        return fold(match) if match is not None else None
    if opener in "零0" and lexicon.zero.match(text, begin):
        return Quantity(begin, begin + 1, "zero", "", 0.0, None, False, "eq")
    classes = lexicon.classes
    match = lexicon.quantity.match(text, begin)
    if match is not None:
        first, own, second, unit = match.groups()
        cls = classes[unit]
    if match is None or (cls == "place" and not first.isdigit()):
        match = lexicon.bare.match(text, begin)  # nor a place: 一村一品, xx镇, 50万县
        return measured(begin, match.end(), match["first"], None, "", "bare") if match is not None else None
    if own is not None:
        if _FROM.search(text, max(0, begin - 6), begin) and not _RANGE.search(text, begin, match.end() + 2):
            match = lexicon.quantity.match(text, begin, match.end("own")) or match
        elif own != "年" and classes[own] != cls:
            match = lexicon.quantity.match(text, begin, match.start("second"))
            if match is None:
                return None
        first, own, second, unit = match.groups()
        cls = classes[unit]
    return measured(begin, match.end(), first, second, unit, cls)


def _lead(lexicon: _Lexicon, text: str, quantity: Quantity, floor: int, cut: Words | None) -> None:
    """Walk left over the words that lead to the number."""
    at = quantity.core
    touching = True
    before, sizes = lexicon.before, lexicon.sizes
    quantity.start = at
    while True:
        while at > floor and text[at - 1] == " ":
            at -= 1
        if text[at - 1 : at] in _ASIDE_ENDS and (aside := lexicon.aside.search(text, max(0, at - 10), at)) is not None:
            # Its own number may have been read: what stands before it still leads to this one.
            at, floor, touching = aside.start(), max(0, aside.start() - 12), False
        if at <= floor:
            break
        for size in sizes.get(text[at - 1], ()):
            if size <= at - floor and (entry := before.get(text[at - size : at])) is not None:
                break
        else:
            break
        cls, side = entry
        if cls == "stop" or (size == 1 and text[at - 1] == "的" and quantity.cls not in SCALES):
            break
        if size == 1 and _is_no_bound(text, at, quantity, cut):
            break
        if side == "lead":
            touching = False
            if cls == "change":
                quantity.changed = quantity.changed or not quantity.levelled
            elif cls == "eq":
                quantity.levelled = True
        else:
            if side == "round" and (not _ROUND.match(text, quantity.core) or text[at - 2 : at] == "新上"):
                break
            if quantity.comparator in ("eq", "approx") and cls != "eq":
                quantity.comparator = cls  # type: ignore[assignment]
            quantity.levelled = quantity.levelled or side == "level"
            quantity.bounded = quantity.bounded or cls != "eq"
            if touching:
                quantity.start = at - size
        at -= size
    quantity.lead = at


def _is_no_bound(text: str, at: int, quantity: Quantity, cut: Words | None) -> bool:
    """Whether the character before the place only looks like a bound: 超 in `彩超1台`, 为 in `，为3万名群众服务`."""
    if text[at - 1] == "为" and _FOR.search(text, max(0, at - 4), at) and quantity.cls in ("count", "bare"):
        return True
    if text[at - 1] == "为":
        return quantity.cls in ("count", "bare") and (at < 2 or text[at - 2] in _STOPS)
    if (
        cut is None
        or text[at - 1] not in _SHORT_BOUNDS
        or quantity.cls != "count"
        or quantity.unit[:1] in tuple("万亿")
    ):
        return False
    if (quantity.value or _FEW) >= _FEW:
        return False
    words = cut(text[max(0, at - 6) : at + 1])
    return len(words) > 1 and words[-2] == text[at - 2 : at]


def _follow(lexicon: _Lexicon, text: str, quantity: Quantity) -> None:
    """Read the bound words after the unit: 以上, 以内, 左右."""
    at = quantity.end
    following = text[at : at + 1]
    if quantity.comparator == "eq":
        if following == "内" and quantity.unit in _CLOCKED and _INSIDE.match(text, at):
            # `压缩至3个工作日内`, `30分钟内到达`
            quantity.comparator, quantity.end, quantity.suffixed = "le", at + 1, True
            return
        if following == "多" and text[at + 1 : at + 2] in _STOPPED:
            quantity.comparator, quantity.end = "approx", at + 1
            return
    if following == " ":
        at += 1
        following = text[at : at + 1]
    if following not in lexicon.first:
        return
    following = text[at : at + 6]
    for size in range(min(6, len(following)), 1, -1):
        cls = lexicon.after.get(following[:size])
        if cls is not None:
            quantity.comparator = "range" if quantity.upper is not None and cls == "approx" else cls
            quantity.end, quantity.suffixed = at + size, True
            return
