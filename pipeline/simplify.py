"""Simplified characters for Traditional ones, one for one, so that offsets stay as they are."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from extractors.places import code_points

CJK = range(0x3400, 0xA000)
LEAST_SHARE = 0.03  # of the Chinese characters; a simplified text may quote a Traditional name


def simplify(text: str) -> str:
    """The text in simplified characters, of the same length; the text itself when it is not Traditional."""
    if not _is_traditional(text):
        return text
    convert = _converter().convert
    whole = convert(text)
    if len(whole) == len(text):
        return str(whole)
    # A phrase that changes its length would shift what follows; its line goes character by character.
    return "".join(_line(line) for line in text.splitlines(keepends=True))


def _line(line: str) -> str:
    convert = _converter().convert
    whole = convert(line)
    if len(whole) == len(line):
        return str(whole)
    return "".join(one if len(one := convert(char)) == 1 else char for char in line)


def _is_traditional(text: str) -> bool:
    codes = code_points(text)
    count = int(np.count_nonzero(_traditional()[codes]))
    if not count:
        return False
    chinese = int(np.count_nonzero((codes >= CJK.start) & (codes < CJK.stop)))
    return count >= LEAST_SHARE * max(chinese, 1)


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("hk2s")  # knows the variants of Hong Kong beside the standard forms


@cache
def _traditional() -> npt.NDArray[np.bool_]:
    """For each code point whether its character has another simplified form."""
    # A line feed after each keeps neighbours from being read as phrases.
    every = [chr(code) for code in CJK]
    simple = _converter().convert("\n".join(every)).split("\n")
    table = np.zeros(sys.maxunicode + 1, bool)
    table[CJK.start : CJK.stop] = [char != to and len(to) == 1 for char, to in zip(every, simple, strict=True)]
    return table
