"""Find quantities: a number or a range with its unit, and the words around it that set a bound or name a change.

This is the atom below a target: what is counted, and whether the quantity is a target at all, is decided elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from extractors.mentions import Comparator
from extractors.numbers import split, value_of
from lexicons.loader import patterns, words

#: Runs of characters that may begin a number; everything else is looked at only around one.
RUN = re.compile(r"[\d零〇一二两三四五六七八九十百千万亿半廿几数xX×*_□■翻]+")
_BLANKS = "xX×*_□■"
_PAIR = re.compile(
    r"^([一二两三四五六七八九])([二两三四五六七八九])(?=[十百千万亿]|$)|^(十)?([一二两三四五六七八])([二两三四五六七八九])$"
)
_ROUND = re.compile(r"[十百千万亿]+")
_FROM = re.compile(r"[由从][^，。；、]{0,4}$")
_WORD = re.compile(r"[一-鿿(：:]")
_RANGE = re.compile(r"[或~-]|不等$|之间$")
_BLANK = re.compile(r"[xX×*_□■]")


#: Classes of units that measure on a scale, so that the thing measured stands before the number.
SCALES = frozenset(("percent", "points", "tenths", "permille", "permyriad", "ratio", "share", "times", "fold"))


@dataclass(slots=True)
class Quantity:
    """A number with its unit at ``[core, end)``; ``start`` takes in the bound words that touch it, ``lead`` all words
    that lead to it (`年均增长`), so that what stands before ``lead`` may be the thing measured."""

    core: int
    end: int
    cls: str
    unit: str
    value: float | None
    upper: float | None
    redacted: bool
    comparator: Comparator
    start: int = 0
    lead: int = 0
    levelled: bool = False
    bounded: bool = False
    changed: bool = False
    suffixed: bool = False


@dataclass(frozen=True, slots=True)
class _Lexicon:
    before: dict[str, tuple[str, str]]
    after: dict[str, Comparator]
    reach: int
    classes: dict[str, str]
    quantity: re.Pattern[str]
    bare: re.Pattern[str]
    fraction: re.Pattern[str]
    ratio: re.Pattern[str]
    fold: re.Pattern[str]
    zero: re.Pattern[str]
    openers: frozenset[str]
    last: frozenset[str]
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
    return _Lexicon(
        before=before,
        after=after,
        reach=max(map(len, before)),
        classes=classes,
        quantity=by_id["quantity"].regex,
        bare=by_id["bare"].regex,
        fraction=by_id["fraction"].regex,
        ratio=by_id["ratio"].regex,
        fold=by_id["fold"].regex,
        zero=by_id["zero"].regex,
        openers=frozenset(unit.lstrip("千")[0] for unit in classes) | frozenset(" 万亿多余几-~至到或分:比./，番倍"),
        last=frozenset(word[-1] for word in before),
        first=frozenset(word[0] for word in after),
    )


def scan(text: str, start: int = 0, end: int | None = None) -> list[Quantity]:
    """Every quantity of a normalized text, in order, not overlapping."""
    lexicon = _lexicon()
    found: list[Quantity] = []
    at, openers = start, lexicon.openers
    for run in RUN.finditer(text, start, len(text) if end is None else end):
        begin, run_end = run.span()
        if begin < at:
            if run_end <= at:
                continue
            begin = at
        opener = text[begin]
        if opener in "几数" and text[begin + 1 : begin + 2] not in "十百千万亿":
            begin += 1
        following = text[run_end : run_end + 1]
        if following not in openers and text[run_end - 1] not in "万亿翻零":
            continue
        if following == "年" and run_end - begin == 4 and opener.isdigit():
            continue  # years are the affair of deadlines
        quantity = _read(lexicon, text, begin, run_end)
        if quantity is None and opener in _BLANKS:
            begin += len(run[0]) - len(run[0].lstrip(_BLANKS))
            quantity = _read(lexicon, text, begin, run_end) if begin < run_end else None
        if quantity is not None:
            _sign(text, quantity)
            _lead(lexicon, text, quantity, at)
            _follow(lexicon, text, quantity)
            found.append(quantity)
            at = quantity.end
    return found


def _read(lexicon: _Lexicon, text: str, begin: int, run_end: int) -> Quantity | None:
    """The quantity whose number begins at ``begin``, if there is one."""
    follows = text[run_end : run_end + 1]
    if (follows == "分" or follows == "/") and (match := lexicon.fraction.match(text, begin)):
        return _fraction(match)
    if (follows == ":" or follows == "比" or follows == ".") and (match := lexicon.ratio.match(text, begin)):
        return _ratio(match)
    if text[begin] == "翻":
        return _fold(lexicon, text, begin)
    if text[begin] == "零" and lexicon.zero.match(text, begin):
        return Quantity(begin, begin + 1, "zero", "", 0.0, None, False, "eq")
    match = lexicon.quantity.match(text, begin)
    if match is not None:
        unit, own = match["unit"], match["own"]
        if (
            own is not None
            and _FROM.search(text, max(0, begin - 6), begin)
            and not _RANGE.search(text, begin, match.end() + 2)
        ):
            match = lexicon.quantity.match(text, begin, match.end("own")) or match
            return _quantity(match, match["unit"], lexicon.classes[match["unit"]])
        cls = lexicon.classes[unit]
        if match["second"] is None or own is None or lexicon.classes[own] == cls or own in "年":
            return _quantity(match, unit, cls)
        match = lexicon.quantity.match(text, begin, match.start("second"))
        if match is not None:
            return _quantity(match, match["unit"], lexicon.classes[match["unit"]])
        return None
    match = lexicon.bare.match(text, begin)
    return _quantity(match, "", "bare") if match is not None else None


def _quantity(match: re.Match[str], unit: str, cls: str) -> Quantity:
    first, second = match["first"], match["second"] if cls != "bare" else None
    end = match.end()
    factor = 1.0
    if cls == "tenths":
        unit, factor = "%", 10.0
    elif unit.startswith("个") and unit not in ("个", "个月", "个方面"):
        unit = unit[1:]  # 个百分点, 个学分: the unit is the noun
    if _BLANK.match(first):
        magnitude = first.rstrip()[-1] if first.rstrip()[-1] in "万亿" else ""
        comparator: Comparator = "approx" if first.rstrip("万亿 ")[-1] in "多余" else "eq"
        return Quantity(match.start(), end, cls, magnitude + unit, None, None, True, comparator)
    approx = "多" in first or "余" in first or first[0] in "几数" or "几" in first
    value, magnitude = split(first)
    upper: float | None = None
    if second is not None:
        upper, magnitude_of_upper = split(second)
        if magnitude != magnitude_of_upper:
            value = _rescale(value, magnitude, magnitude_of_upper) if magnitude else value
            magnitude = magnitude_of_upper
    elif pair := _PAIR.match(first):
        value, upper, magnitude = _paired(first, pair)
    comparator = "range" if upper is not None else "approx" if approx else "eq"
    return Quantity(
        match.start(),
        end,
        cls,
        magnitude + unit,
        None if value is None else value * factor,
        None if upper is None else upper * factor,
        False,
        comparator,
    )


def _rescale(value: float | None, own: str, wanted: str) -> float | None:
    """`5000万~1亿`: the first number in the unit of the second."""
    of_own, of_wanted = value_of(own), value_of(wanted) if wanted else 1.0
    return None if value is None or not of_own or not of_wanted else value * of_own / of_wanted


def _paired(numeral: str, pair: re.Match[str]) -> tuple[float | None, float | None, str]:
    """`一两`, `三五百`, `十五六`: two numbers written as one."""
    tens, low, high = pair[3] or "", pair[1] or pair[4], pair[2] or pair[5]
    rest = numeral[pair.end() :]
    value, magnitude = split(tens + low + rest)
    return value, split(tens + high + rest)[0], magnitude


def _sign(text: str, quantity: Quantity) -> None:
    """A minus that stands before a number on a scale: `增长-1.2%`, `负3%`."""
    at = quantity.core - 1
    if at >= 1 and quantity.cls in SCALES and text[at] in "-负" and _WORD.match(text, at - 1) and quantity.value:
        quantity.core, quantity.value = at, -quantity.value


def _fraction(match: re.Match[str]) -> Quantity:
    if match["above"]:
        value: float | None = int(match["above"]) / int(match["below"])
        return Quantity(match.start(), match.end(), "share", "", value, None, False, "eq")
    base = match["base"]
    cls, unit = {"百": ("percent", "%"), "千": ("permille", "‰"), "万": ("permyriad", "‱")}.get(base, ("share", ""))
    redacted = bool(_BLANK.match(match["first"]))
    value = None if redacted else value_of(match["first"])
    if cls == "share" and value is not None:
        value = value / (value_of(base) or 1)
    return Quantity(match.start(), match.end(), cls, unit, value, None, redacted, "eq")


def _ratio(match: re.Match[str]) -> Quantity:
    first, second = float(match["first"]), float(match["second"])
    if match["more"]:
        tail = match[0][len(match["first"]) :].replace("比", ":")
        return Quantity(match.start(), match.end(), "ratio", tail, first, None, False, "eq")
    value = first / second if second else None
    return Quantity(match.start(), match.end(), "ratio", ":1", value, None, False, "eq")


def _fold(lexicon: _Lexicon, text: str, begin: int) -> Quantity | None:
    match = lexicon.fold.match(text, begin)
    if match is None:
        return None
    times = value_of(match["times"]) if match["times"] else 1
    return Quantity(begin, match.end(), "fold", "倍", 2.0 ** (times or 1), None, False, "eq", changed=True)


def _lead(lexicon: _Lexicon, text: str, quantity: Quantity, floor: int) -> None:
    """Walk left over the words that lead to the number."""
    at = quantity.core
    touching = True
    before = lexicon.before
    quantity.start = at
    while True:
        while at > floor and text[at - 1] == " ":
            at -= 1
        if at <= floor or text[at - 1] not in lexicon.last:
            break
        for size in range(min(lexicon.reach, at - floor), 0, -1):
            entry = before.get(text[at - size : at])
            if entry is not None:
                break
        else:
            break
        cls, side = entry
        if cls == "stop" or (size == 1 and text[at - 1] == "的" and quantity.cls not in SCALES):
            break
        if side == "lead":
            touching = False
            if cls == "change":
                quantity.changed = quantity.changed or not quantity.levelled
            elif cls == "eq":
                quantity.levelled = True
        else:
            if side == "round" and not _ROUND.match(text, quantity.core):
                break
            if quantity.comparator in ("eq", "approx") and cls != "eq":
                quantity.comparator = cls  # type: ignore[assignment]
            quantity.levelled = quantity.levelled or side == "level"
            quantity.bounded = quantity.bounded or cls != "eq"
            if touching:
                quantity.start = at - size
        at -= size
    quantity.lead = at


def _follow(lexicon: _Lexicon, text: str, quantity: Quantity) -> None:
    """Read the bound words after the unit: 以上, 以内, 左右."""
    at = quantity.end
    if text.startswith(" ", at):
        at += 1
    if text[at : at + 1] not in lexicon.first:
        return
    following = text[at : at + 6]
    for size in range(min(6, len(following)), 1, -1):
        cls = lexicon.after.get(following[:size])
        if cls is not None:
            quantity.comparator = "range" if quantity.upper is not None and cls == "approx" else cls
            quantity.end, quantity.suffixed = at + size, True
            return
