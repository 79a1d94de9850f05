"""The noise that plans arrive with, put mechanically onto a clean text.

A ``Copy`` keeps for each of its characters where that character stands in the clean text, or -1 where noise was
added, so that rows of the clean text can be found again in the noisy one. No chance is involved: the same text
gives the same copy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

ADDED = -1


@dataclass(frozen=True)
class Copy:
    """A noisy copy of a clean text: its characters, and for each the offset in the clean text or ADDED."""

    text: str
    origin: tuple[int, ...]

    @classmethod
    def of(cls, clean: str) -> Copy:
        return cls(clean, tuple(range(len(clean))))

    def __add__(self, other: Copy) -> Copy:
        return Copy(self.text + other.text, self.origin + other.origin)

    def cut(self, start: int, end: int) -> Copy:
        return Copy(self.text[start:end], self.origin[start:end])

    def offsets(self, length: int) -> list[int]:
        """Where each character of the clean text stands in this copy; ADDED for one that the noise took away."""
        found = [ADDED] * length
        for at, origin in enumerate(self.origin):
            if origin != ADDED:
                found[origin] = at
        return found


Noise = Callable[[Copy], Copy]


def added(text: str) -> Copy:
    """Text that the clean plan does not have."""
    return Copy(text, (ADDED,) * len(text))


def joined(pieces: Sequence[Copy]) -> Copy:
    return Copy("".join(p.text for p in pieces), tuple(o for p in pieces for o in p.origin))


def _split(copy: Copy, places: Sequence[int]) -> list[Copy]:
    return [copy.cut(a, b) for a, b in pairwise([0, *places, len(copy.text)])]


def _places(copy: Copy, anchors: Sequence[str]) -> list[int]:
    """Where the bar of each anchor (`46|00人`) stands; an anchor must stand once in the text."""
    places = []
    for anchor in anchors:
        plain = anchor.replace("|", "")
        if copy.text.count(plain) != 1:
            raise ValueError(f"the anchor {anchor!r} stands {copy.text.count(plain)} times")
        places.append(copy.text.index(plain) + anchor.index("|"))
    return places


def furniture(before: str = "", after: str = "") -> Noise:
    """Page furniture around the plan."""
    return lambda copy: added(before) + copy + added(after)


def run_together(copy: Copy) -> Copy:
    """The whole plan on one line."""
    return joined([copy.cut(*m.span()) for m in re.finditer(r"[^\n]+", copy.text)])


def pages(*anchors: str) -> Noise:
    """A document preview: `1、` before the first page, and `⏎⏎2、` … at each anchor."""

    def apply(copy: Copy) -> Copy:
        parts = _split(copy, sorted(_places(copy, anchors)))
        rest = [added(f"\n\n{number}、") + part for number, part in enumerate(parts[1:], start=2)]
        return joined([added("1、") + parts[0], *rest])

    return apply


def reordered(first_end: str, last_start: str) -> Noise:
    """The first part, then the last one, then what stands between: previews that show the ends of a document."""

    def apply(copy: Copy) -> Copy:
        first, middle, last = _split(copy, _places(copy, [first_end, last_start]))
        return first + last + middle

    return apply


def wrapped(width: int) -> Noise:
    """Hard breaks in every second paragraph; in the others a blank where a line ended."""

    def apply(copy: Copy) -> Copy:
        pieces: list[Copy] = []
        for number, match in enumerate(re.finditer(r"[^\n]+|\n+", copy.text)):
            line = copy.cut(*match.span())
            if match[0].startswith("\n"):
                pieces.append(line)
                continue
            parts = _split(line, range(width, len(line.text), width))
            pieces.append(parts[0])
            for part in parts[1:]:
                pieces += [added("\n" if number % 4 == 0 else " "), part]
        return joined(pieces)

    return apply


def justified(copy: Copy) -> Copy:
    """Blanks around every second percentage: `达到 60 %`."""
    pieces: list[Copy] = []
    at = 0
    for number, match in enumerate(re.finditer(r"\d+(?:\.\d+)?%", copy.text)):
        if number % 2:
            continue
        pieces += [copy.cut(at, match.start()), added(" "), copy.cut(match.start(), match.end() - 1), added(" ")]
        at = match.end() - 1
    return joined([*pieces, copy.cut(at, len(copy.text))])


def mapped(table: dict[int, str]) -> Noise:
    """One character for one, by a table as of ``str.maketrans``."""

    def apply(copy: Copy) -> Copy:
        text = copy.text.translate(table)
        if len(text) != len(copy.text):
            raise ValueError("the table is not one for one")
        return Copy(text, copy.origin)

    return apply


def traditional(pairs: str) -> Noise:
    """Simplified characters to Traditional ones; `pairs` holds a line of each."""
    simple, other = pairs.split()
    return mapped(dict(zip(map(ord, simple), other, strict=True)))


FULL_WIDTH: Noise = mapped({code: chr(code + 0xFEE0) for code in map(ord, "0123456789%:ABCDEFGHIJKLMNOPQRSTUVWXYZ")})
# Radicals that look like the characters they stand for.
RADICALS: Noise = mapped({ord(a): b for a, b in zip("一二人大工生水田用行", "⼀⼆⼈⼤⼯⽣⽔⽥⽤⾏", strict=True)})


def mixed_brackets(copy: Copy) -> Copy:
    """Every second closing bracket is half-width: `（一)`; a full stop after a number is `．`."""
    count = 0
    out = []
    for at, char in enumerate(copy.text):
        if char == "）":
            count += 1
            char = ")" if count % 2 else char
        elif char == "." and copy.text[at - 1 : at] in "0123456789０１２３４５６７８９":
            char = "．"
        out.append(char)
    return Copy("".join(out), copy.origin)


def zero_width(every: int) -> Noise:
    """A zero-width blank after every so many characters."""
    return lambda copy: joined([piece + added("\u200b") for piece in _split(copy, range(every, len(copy.text), every))])


def paragraph_marks(*marks: str) -> Noise:
    """A stray mark before each paragraph, in turn: a Cyrillic letter, `&nbsp;`, ideographic blanks."""

    def apply(copy: Copy) -> Copy:
        lines = [copy.cut(*m.span()) for m in re.finditer(r"[^\n]+\n*|\n+", copy.text)]
        return joined([added(marks[number % len(marks)]) + line for number, line in enumerate(lines)])

    return apply


def crlf(copy: Copy) -> Copy:
    """Line ends of two characters."""
    pieces: list[Copy] = []
    for match in re.finditer(r"[^\n]+|\n", copy.text):
        if match[0] == "\n":
            pieces.append(added("\r"))
        pieces.append(copy.cut(*match.span()))
    return joined(pieces)
