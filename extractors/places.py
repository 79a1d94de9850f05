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
    found: list[int] = np.flatnonzero(_among(characters)[code_points(text)]).tolist()
    return found


def runs(text: str, characters: str) -> list[tuple[int, int]]:
    """The spans in which only these characters stand, each as long as it goes, in order."""
    among = np.zeros(len(text) + 2, bool)
    among[1:-1] = _among(characters)[code_points(text)]
    edges: list[int] = np.flatnonzero(among[1:] != among[:-1]).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


@cache
def _among(characters: str) -> npt.NDArray[np.bool_]:
    table = np.zeros(sys.maxunicode + 1, bool)
    table[[ord(character) for character in characters]] = True
    return table
