"""Numerals to values: digits, Chinese numerals, both mixed, fractions.

``value_of`` reads one numeral, ``split`` keeps a closing 万 or 亿 apart (in plans it belongs to the unit: 3 万亩), and
``find`` returns the numerals of a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from lexicons.loader import fragment

_DIGITS = {
    **dict.fromkeys("零〇O", 0),
    **{c: i for i, c in enumerate("一二三四五六七八九", 1)},
    **{c: i for i, c in enumerate("壹贰叁肆伍陆柒捌玖", 1)},
    "两": 2,
    "兩": 2,
    "貳": 2,
    "參": 3,
    "叄": 3,
    "陸": 6,
    "幺": 1,
    "弌": 1,
    "洞": 0,
    "拐": 7,
    "几": 1,
    "幾": 1,
    "数": 1,
}
_TENS = {"廿": 20, "卅": 30, "卌": 40}
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_BIG = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "兆": 10**12}
_LETTERS = {"k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}

#: A longer run of numerals is a table or an identifier, no number.
_LONGEST = 48
_TOKEN = re.compile(r"[0-9]+(?:[，,][0-9]{3})+(?:\.[0-9]+)?|[0-9]+\.[0-9]+|\.[0-9]+|[0-9]+|.")
_FILLER = re.compile(r"[\s多余餘来]|(?<=[十百千万亿拾佰仟])[几幾]")
_GROUPED = re.compile(r"[，,]")


_PART_OF = re.compile("[百千万]分之(?=.)")  # a share: its number is what follows
_NO_NUMBER = frozenset("壹贰叁肆伍陆柒捌玖拾佰仟") | {"万万", "萬萬"}  # alone a part of a word: 登陆, 收拾


@dataclass(frozen=True, slots=True)
class Number:
    """A numeral of a text and its value."""

    start: int
    end: int
    value: float


@lru_cache(maxsize=65536)
def value_of(numeral: str) -> float | None:
    """The value of a numeral (`1，200` 1200, `三千五百万` 35000000, `两万多` 20000), or None when it is none."""
    if len(numeral) > _LONGEST:
        return None
    text = _FILLER.sub("", numeral)
    if not text:
        return None
    if text[0] in "负負-":
        inner = value_of(text[1:])
        return None if inner is None else -inner
    if "分之" in text:
        return _fraction(text)
    whole, point, decimals = text.replace("點", "点").partition("点")
    if point:
        return _with_point(whole, decimals)
    return _integer(text)


def _fraction(text: str) -> float | None:
    """`三分之二`, also with a whole part: `一又二分之一`."""
    whole_text, _, rest = text.rpartition("又")
    below, _, above = rest.partition("分之")
    parts = value_of(below), value_of(above), value_of(whole_text) if whole_text else 0.0
    if None in parts or not parts[0]:
        return None
    return float(parts[2] or 0) + float(parts[1] or 0) / float(parts[0])


def _with_point(whole: str, decimals: str) -> float | None:
    """`十五点三`, `五点二万`, `零点77`."""
    factor = 1
    while decimals and decimals[-1] in _BIG:
        factor *= _BIG[decimals[-1]]
        decimals = decimals[:-1]
    if not decimals or any(c not in _DIGITS and c not in "0123456789" for c in decimals):
        return None
    digits = "".join(str(_DIGITS.get(c, c)) for c in decimals)
    base = _integer(whole) if whole else 0.0
    if base is None:
        return None
    return float(f"{int(base)}.{digits}") * factor


def _integer(text: str) -> float | None:
    """A numeral without a point in words; digit runs may stand where a Chinese digit may."""
    closed = section = 0.0
    digit: float | None = None
    unit, largest, literal = 0, 0, False
    for token in _TOKEN.findall(text):
        if token in _DIGITS or token[0] in "0123456789" or (token[0] == "." and len(token) > 1):
            value = _DIGITS[token] if token in _DIGITS else float(_GROUPED.sub("", token))
            if digit is None:
                digit, literal = value, len(token) > 1
            else:
                digit, literal = digit * 10 + value, True
            if value == 0 and digit == 0:
                unit = 0
        elif token in _TENS:
            section, digit, unit = section + _TENS[token], None, 10
        elif token in _SMALL:
            section, unit = section + (digit or 1) * _SMALL[token], _SMALL[token]
            digit = None
        elif token in _BIG or token in _LETTERS:
            big = _BIG.get(token) or _LETTERS[token]
            section += _tail(digit, unit, literal)
            if section == 0:
                closed = (closed or 1) * big
            elif big > largest:
                closed = (closed + section) * big
            else:
                closed += section * big
            section, digit, unit, largest = 0.0, None, big, max(largest, big)
        elif token == "半" and digit is None:
            section += 0.5
        else:
            return None
    return closed + section + _tail(digit, unit, literal)


def _tail(digit: float | None, unit: int, literal: bool) -> float:
    """The last digit of a section: in `一百二` it counts tens, in `一百零二` and `3万4000` it is itself."""
    if digit is None:
        return 0.0
    return digit * unit / 10 if unit >= 100 and not literal and digit < 10 else digit


@lru_cache(maxsize=65536)
def split(numeral: str) -> tuple[float | None, str]:
    """The value before a closing magnitude, and that magnitude: `3万` is 3 and 万, `三百万` 300 and 万, `五千` 5000."""
    text = _FILLER.sub("", numeral)
    body = text.rstrip("万亿")
    magnitude = text[len(body) :]
    if not magnitude:
        return value_of(text), ""
    if not body:
        return 1.0, magnitude
    if any(c in body for c in "万亿"):
        return value_of(text), ""
    return value_of(body), magnitude


@cache
def _numerals() -> re.Pattern[str]:
    return re.compile(f"[负-]? ?(?:{fragment('numeral')})")


def find(text: str) -> list[Number]:
    """Every numeral of a normalized text, words such as 一切 and 统一 left out."""
    found = []
    for match in _numerals().finditer(text):
        start, numeral = match.start(), match[0]
        if numeral[0] == "-" and start and (text[start - 1].isalnum() or text[start - 1] in "-%)"):
            start, numeral = start + 1, numeral[1:]
        if _PART_OF.match(numeral):
            start, numeral = start + 3, numeral[3:]
        value = value_of(numeral)
        if value is not None and (numeral not in _NO_NUMBER or len(text) == 1):
            found.append(Number(start, match.end(), value))
    return found
