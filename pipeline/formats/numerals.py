"""The number formats of Word (`w:numFmt`) that Chinese documents use."""

from __future__ import annotations

from collections.abc import Callable

_DIGITS = "〇一二三四五六七八九"
_COUNTED = "零一二三四五六七八九"
_LEGAL = ("零壹贰叁肆伍陆柒捌玖", "拾", "佰", "仟")
_LEGAL_TRADITIONAL = ("零壹貳參肆伍陸柒捌玖", "拾", "佰", "仟")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_LARGEST = 9999  # what the counting formats can say; a list is never as long


def format_number(value: int, style: str) -> str:
    """The number as Word writes it in a format; decimal where the format is unknown or has no sign for it."""
    make = _FORMATS.get(style)
    return make(value) if make is not None and 0 < value <= _LARGEST else str(value) if style != "none" else ""


def _counted(value: int, digits: str = _COUNTED, ten: str = "十", hundred: str = "百", thousand: str = "千") -> str:
    """12 → 十二, 20 → 二十, 101 → 一百零一, 110 → 一百一十."""
    out, gap = "", False
    for unit, sign in ((1000, thousand), (100, hundred), (10, ten), (1, "")):
        digit = value // unit % 10
        if digit == 0:
            gap = bool(out)
            continue
        if gap:
            out, gap = out + digits[0], False
        out += ("" if unit == 10 and digit == 1 and not out and ten == "十" else digits[digit]) + sign
    return out


def _counted_to_99(value: int) -> str:
    """As counted, but a hundred and more digit by digit: 105 → 一〇五."""
    return _counted(value) if value < 100 else _spelled(value)


def _spelled(value: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(value))


def _roman(value: int) -> str:
    out = ""
    for worth, sign in _ROMAN:
        out += sign * (value // worth)
        value %= worth
    return out


def _letters(value: int) -> str:
    """a … z, aa, bb … as Word counts, not ab."""
    repeat, letter = divmod(value - 1, 26)
    return chr(ord("a") + letter) * (repeat + 1)


def _signs(first: str, count: int) -> Callable[[int], str]:
    """The signs that stand in a row from ``first`` on; decimal beyond the last."""
    return lambda value: chr(ord(first) + value - 1) if value <= count else str(value)


def _in_turn(signs: str) -> Callable[[int], str]:
    return lambda value: signs[(value - 1) % len(signs)]


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda value: f"{value:02d}",
    "decimalFullWidth": lambda value: str(value).translate({48 + k: 0xFF10 + k for k in range(10)}),
    "decimalFullWidth2": lambda value: str(value).translate({48 + k: 0xFF10 + k for k in range(10)}),
    "lowerRoman": _roman,
    "upperRoman": lambda value: _roman(value).upper(),
    "lowerLetter": _letters,
    "upperLetter": lambda value: _letters(value).upper(),
    "chineseCounting": _counted_to_99,
    "chineseCountingThousand": _counted,
    "japaneseCounting": _counted,
    "koreanCounting": _counted,
    "taiwaneseCounting": _counted_to_99,
    "taiwaneseCountingThousand": _counted,
    "ideographDigital": _spelled,
    "japaneseDigitalTenThousand": _spelled,
    "taiwaneseDigital": _spelled,
    "chineseLegalSimplified": lambda value: _counted(value, *_LEGAL),
    "ideographLegalTraditional": lambda value: _counted(value, *_LEGAL_TRADITIONAL),
    "japaneseLegal": lambda value: _counted(value, *_LEGAL_TRADITIONAL),
    "ideographTraditional": _in_turn(_STEMS),
    "ideographZodiac": _in_turn(_BRANCHES),
    "decimalEnclosedCircle": _signs("①", 20),
    "decimalEnclosedCircleChinese": _signs("①", 20),
    "decimalEnclosedParen": _signs("⑴", 20),
    "decimalEnclosedFullstop": _signs("⒈", 20),
    "ideographEnclosedCircle": _signs("㊀", 10),
}  # fmt: skip
