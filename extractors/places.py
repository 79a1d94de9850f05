"""Where characters stand in a text, asked of all its characters at once."""

from __future__ import annotations

import sys
from functools import cache

import numpy as np
import numpy.typing as npt


def code_points(text: str) -> npt.NDArray[np.uint32]:
    """The code point of each character: what asks the same of all characters asks it of these, ten times as fast."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def places(text: str, characters: str) -> list[int]:
    """The offsets at which one of the characters stands, in order."""
    found: list[int] = np.flatnonzero(_among(characters).take(code_points(text), mode="clip")).tolist()
    return found


def runs(text: str, characters: str, before: str = "", last: str = "") -> list[tuple[int, int]]:
    """The spans in which only these characters stand, each as long as it goes, in order.

    With ``before`` and ``last`` only those that stand before one of the first or end with one of the second.
    """
    codes = code_points(text)
    among = np.zeros(len(text) + 2, bool)
    among[1:-1] = _among(characters).take(codes, mode="clip")
    edges = np.flatnonzero(among[1:] != among[:-1])
    starts, ends = edges[::2], edges[1::2]
    if before:
        kept = _among(last)[codes[ends - 1]] | _among(before).take(codes.take(ends, mode="clip"))
        starts, ends = starts[kept], ends[kept]
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


@cache
def _among(characters: str) -> npt.NDArray[np.bool_]:
    table = np.zeros(sys.maxunicode + 1, bool)
    table[[ord(character) for character in characters]] = True
    return table
