"""Many expressions looked for in one pass: an expression is tried only where the characters of a text allow a match.

A search costs a look at each character, though an expression matches in few places. What its matches can begin with is
read off it; then all characters are asked for all expressions at once, a bit for each, and an expression is tried
where its bit is left. It finds what it finds by itself.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from extractors.places import code_points
from lexicons.beginnings import DEPTH, LAST, lanes

MOST = 64  # bits: each expression has one, or two where a match may be told by one character only
# Behind the end of a text stands what may be anything.
_PADDING = chr(sys.maxunicode) * DEPTH

Rules = tuple[tuple[str, re.Pattern[str]], ...]


class Sieve:
    """Expressions by name, in the order in which they are tried at one place; none matches the empty text."""

    def __init__(self, regexes: Mapping[str, re.Pattern[str]]) -> None:
        self.regexes = dict(regexes)
        begins = [(name, lane) for name, regex in regexes.items() for lane in lanes(regex)]
        if len(begins) > MOST:
            raise ValueError(f"a sieve holds {MOST} bits, not {len(begins)}")
        every, self._anchored = (1 << len(begins)) - 1, 0
        self.bits = dict.fromkeys(regexes, 0)
        self._tables = np.zeros((DEPTH, LAST + 1), np.min_scalar_type(every))
        for i, (name, lane) in enumerate(begins):
            self.bits[name] |= 1 << i
            self._anchored |= lane.anchored << i
            for table, ranges in zip(self._tables, lane.sets, strict=True):
                for first, last in ranges:
                    table[first : last + 1] |= 1 << i
        self._tables[:, LAST] = every
        self._any = self._tables[0] != 0
        self._rules: dict[int, Rules] = {}

    def over(self, text: str) -> Sifted:
        """The places of a text where an expression may match."""
        codes = _codes(text)
        places = np.flatnonzero(self._any.take(codes[:-DEPTH], mode="clip"))
        bits = self._tables[0].take(codes[places], mode="clip")
        for depth in range(1, DEPTH):
            bits &= self._tables[depth].take(codes[places + depth], mode="clip")
        left = np.flatnonzero(bits != 0)
        places, bits = places[left], bits[left]
        if self._anchored and text:
            if not len(places) or places[0]:
                places, bits = (np.concatenate((np.zeros(1, x.dtype), x)) for x in (places, bits))
            bits[0] |= self._anchored
        return Sifted(self, text, places, bits)

    def rules(self, bits: int) -> Rules:
        """The expressions whose bits are set, in order."""
        if bits not in self._rules:
            self._rules[bits] = tuple((name, self.regexes[name]) for name, bit in self.bits.items() if bit & bits)
        return self._rules[bits]


@lru_cache(maxsize=1)
def _codes(text: str) -> npt.NDArray[np.intp]:
    return code_points(text + _PADDING).astype(np.intp)


class Sifted:
    """A text with the places where an expression of a sieve may match."""

    def __init__(self, sieve: Sieve, text: str, places: npt.NDArray[np.intp], bits: npt.NDArray[np.unsignedinteger]):
        self.text = text
        self._sieve, self._places, self._bits = sieve, places, bits

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        bits = self._sieve.bits
        masks = np.array(list(bits.values()), self._bits.dtype)
        rows, columns = np.nonzero(self._bits & masks[:, np.newaxis])
        places = self._places[columns].tolist()
        bounds = np.searchsorted(rows, np.arange(len(bits) + 1)).tolist()
        return {name: places[a:b] for name, (a, b) in zip(bits, pairwise(bounds), strict=True)}

    def where(self, name: str) -> list[int]:
        """The places where the expression may match, in order."""
        return self._by_name[name]

    def finditer(self, name: str, until: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """The matches of one expression, as its own finditer finds them in the text up to ``until``."""
        text, match, end = self.text, self._sieve.regexes[name].match, 0
        for place in self.where(name):
            if place >= until:
                break
            if place >= end and (found := match(text, place, until)) is not None:
                end = found.end()
                yield found

    def matches(self) -> Iterator[re.Match[str]]:
        """The matches of every expression, each as its own finditer finds them, in order of place."""
        ends: dict[str, int] = {}
        for place, rules in self.places():
            for name, regex in rules:
                if place >= ends.get(name, 0) and (found := regex.match(self.text, place)) is not None:
                    ends[name] = found.end()
                    yield found

    def search(self, name: str, until: int = sys.maxsize) -> re.Match[str] | None:
        """The first match of one expression, as its own search finds it in the text up to ``until``."""
        return next(self.finditer(name, until), None)

    @cached_property
    def _listed(self) -> tuple[list[int], list[int]]:
        return self._places.tolist(), self._bits.tolist()

    def places(self, start: int = 0, end: int | None = None) -> Iterator[tuple[int, Rules]]:
        """The places in a stretch of the text where an expression may match, in order, each with the expressions."""
        places, bits = self._listed
        rules = self._sieve.rules
        for i in range(bisect_left(places, start), len(places) if end is None else bisect_left(places, end)):
            yield places[i], rules(bits[i])

    def at(self, place: int) -> Rules:
        """The expressions that may match at a place, in order."""
        places, bits = self._listed
        i = bisect_left(places, place)
        return self._sieve.rules(bits[i]) if i < len(places) and places[i] == place else ()

    def first(self, start: int, end: int, sight: int = 0) -> Iterator[tuple[str, re.Match[str]]]:
        """What an alternation of all expressions finds in a stretch, with the name of the one that matches.

        A match begins in the stretch; it may see as many characters behind it as ``sight`` says.
        """
        text, done = self.text, start
        for place, rules in self.places(start, end):
            if place < done:
                continue
            for name, regex in rules:
                found = regex.match(text, place, end + sight)
                if found is not None:
                    done = found.end()
                    yield name, found
                    break
