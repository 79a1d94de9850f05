"""Many expressions looked for in one pass: an expression is tried only where the characters of a text allow a match.

A search costs a look at each character, though an expression matches in few places. What its matches can begin with is
read off it; then all characters are asked for all expressions at once, a bit for each way to begin, and an expression
is tried where a bit of it is left. It finds what it finds by itself. So that few places are asked for all bits, each
character is asked first for those of a byte, to which all ways are dealt.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache, reduce
from operator import or_

import numpy as np
import numpy.typing as npt

from extractors.places import code_points
from lexicons.beginnings import DEPTH, LAST, LENGTH, beginnings, characters

Rules = tuple[tuple[str, re.Pattern[str]], ...]


class Sieve:
    """Expressions by name, in the order in which they are tried at one place; none matches the empty text."""

    def __init__(self, regexes: Mapping[str, re.Pattern[str]], after: str = "") -> None:
        """``after`` are characters: no match is of use but behind one of them."""
        self.all: Rules = tuple(regexes.items())
        self.regexes = dict(regexes)
        ways = [(name, way) for name, regex in regexes.items() for way in beginnings(regex)]
        if after:
            ways = [(name, (characters(after), *way[1:])) for name, way in ways]
        sets = {one for _, way in ways for one in way}
        # Characters between two edges are told apart by no way: they are of one class.
        edges = reduce(or_, (one.bits ^ one.bits << 1 for one in sets), 1 | 3 << LAST)
        cuts = np.flatnonzero(_unpacked(edges))
        holds = {one: _unpacked(one.bits)[cuts[:-1]] for one in sets}
        bits = np.zeros((LENGTH, len(cuts) - 1, -(-len(ways) // 64) * 64), bool)
        self._ways = dict.fromkeys(regexes, 0)
        for i, (name, way) in enumerate(ways):
            self._ways[name] |= 1 << i
            for depth, one in enumerate(way):
                bits[depth, :, i] = holds[one]
        bits[:, -1] = True
        self._classes = np.repeat(np.arange(len(cuts) - 1), np.diff(cuts))
        # For each character of a way, and each word of 64 bits, those of each class.
        words = np.packbits(bits, axis=-1, bitorder="little").view(np.uint64)
        self._words = np.ascontiguousarray(words.swapaxes(1, 2))
        # For the first two characters of a match the bits of a byte, among which all ways are dealt, of each character.
        groups = np.array_split(bits[1:3, :, : len(ways)], 8, axis=-1)
        dealt = np.packbits(np.stack([group.any(axis=-1) for group in groups], axis=-1), axis=-1)
        self._dealt = dealt[..., 0].take(self._classes, axis=1)
        self.rules = cache(self._rules)

    def over(self, text: str) -> Sifted:
        """The places of a text where an expression may match."""
        codes = _codes(text)
        first, second = self._dealt
        may_begin = first.take(codes[1:-DEPTH], mode="clip") & second.take(codes[2 : 1 - DEPTH], mode="clip")
        places = np.flatnonzero(may_begin.astype(bool))
        bits = self._bits(codes, places)
        left = np.flatnonzero(bits.any(axis=0))
        rules = list(map(self.rules, *bits.take(left, axis=1).tolist()))
        return Sifted(self, text, places.take(left).tolist(), rules)

    def at(self, text: str, places: Sequence[int]) -> list[Rules]:
        """The expressions that may match at each of these places of a text, in order."""
        return list(map(self.rules, *self._bits(_codes(text), np.array(places, np.intp)).tolist()))

    def _bits(self, codes: npt.NDArray[np.intp], places: npt.NDArray[np.intp]) -> npt.NDArray[np.uint64]:
        """The bits that all characters of a way leave at each place."""
        told = (words.take(self._classes.take(codes.take(places + i)), axis=1) for i, words in enumerate(self._words))
        return reduce(np.bitwise_and, told)

    def _rules(self, *words: int) -> Rules:
        """The expressions of which a bit is set, in order."""
        bits = sum(word << 64 * i for i, word in enumerate(words))
        return tuple((name, self.regexes[name]) for name, ways in self._ways.items() if ways & bits)


def _unpacked(bits: int) -> npt.NDArray[np.bool_]:
    packed = np.frombuffer(bits.to_bytes(LAST // 8 + 1 + 1, "little"), np.uint8)
    return np.unpackbits(packed, bitorder="little").view(bool)


@lru_cache(maxsize=1)
def _codes(text: str) -> npt.NDArray[np.intp]:
    """The code points of a text; before it and behind its end stands what may be anything."""
    codes = np.full(len(text) + LENGTH, LAST, np.intp)
    np.minimum(code_points(text), LAST, out=codes[1:-DEPTH])
    return codes


class Sifted:
    """A text with the places, in order, where expressions of a sieve may match, and these expressions for each."""

    def __init__(self, sieve: Sieve, text: str, places: Sequence[int], rules: Sequence[Rules]) -> None:
        self.text = text
        self._sieve, self._places, self._rules = sieve, places, rules

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {name: [] for name in self._sieve.regexes}
        for place, rules in zip(self._places, self._rules, strict=True):
            for name, _ in rules:
                found[name].append(place)
        return found

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

    def places(self, start: int = 0, end: int = sys.maxsize) -> Iterator[tuple[int, Rules]]:
        """The places in a stretch of the text where an expression may match, in order, each with the expressions."""
        stretch = slice(bisect_left(self._places, start), bisect_left(self._places, end))
        return zip(self._places[stretch], self._rules[stretch], strict=True)

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
