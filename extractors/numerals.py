"""Chinese numerals of item markers: 1 to 999."""

from __future__ import annotations

_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")}
_UNITS = {"十": 10, "百": 100}


def cn_to_int(numeral: str) -> int | None:
    """The value of a numeral such as 二十四; None when the characters make no number (十十, 一二)."""
    total, digit = 0, None
    last_unit = 1000
    for char in numeral:
        if char in _UNITS:
            unit = _UNITS[char]
            if unit >= last_unit:
                return None
            total += (1 if digit is None else digit) * unit
            last_unit, digit = unit, None
        elif digit is not None:
            return None
        else:
            digit = _DIGITS[char]
    return total + (digit or 0)
