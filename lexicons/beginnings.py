"""What the first characters of a match can be, read off an expression.

Each of the first ``DEPTH`` characters has a set that holds whatever stands there in any match: the union over ways
through the expression. A set may hold more than can be matched, never less. Ways that may end after one character say
nothing of the second; they stand in a lane of their own, as they would spoil what the others say.
"""

from __future__ import annotations

import re
import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

DEPTH = 4
#: The last character that is told apart; those beyond the Basic Multilingual Plane count as this one.
LAST = 0xFFFF

Ranges = Sequence[tuple[int, int]]
_ANY = ((0, LAST),)
_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d", op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S", op.CATEGORY_WORD: r"\w", op.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip
_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)


class Beginnings:
    """The characters that a match of an expression can begin with.

    sets:     for each of its first ``DEPTH`` characters the ranges of code points, both ends in, that it lies in; a
              match that begins with ``^`` is left out.
    anchored: whether there are such matches: they begin where the text does.
    """

    def __init__(self) -> None:
        self.sets: list[set[tuple[int, int]]] = [set() for _ in range(DEPTH)]
        self.anchored = False

    def add(self, way: Sequence[Any]) -> None:
        """Add what a way through the expression begins with."""
        for end in self._walk(way, {0}, True):
            for offset in range(end, DEPTH):
                self.sets[offset].update(_ANY)

    def _walk(self, nodes: Sequence[Any], at: set[int], last: bool) -> set[int]:
        """Read nodes that stand at these offsets; the offsets below ``DEPTH`` at which they may end.

        ``last`` says that nothing of the expression stands after them.
        """
        for index, (kind, value) in enumerate(nodes):
            at = self._step(kind, value, at, last and index == len(nodes) - 1)
            if not at:
                break
        return at

    def _step(self, kind: Any, value: Any, at: set[int], last: bool) -> set[int]:
        if kind is op.BRANCH:
            return {end for way in value[1] for end in self._walk(way, at, last)}
        if kind is op.SUBPATTERN:
            return self._walk(value[3], at, last)
        if kind is op.ATOMIC_GROUP:
            return self._walk(value, at, last)
        if kind in _REPEATS:
            return self._repeat(value, at)
        if kind is op.ASSERT and value[0] > 0 and last:
            return self._walk(value[1], at, last)  # what has to follow a match
        if kind in (op.ASSERT, op.ASSERT_NOT):
            return at
        if kind is op.AT:
            begins = value in (op.AT_BEGINNING, op.AT_BEGINNING_STRING)
            self.anchored |= begins
            return set() if begins else at
        if kind in (op.GROUPREF, op.GROUPREF_EXISTS):
            return self._add(_ANY, range(min(at), DEPTH)) | at
        return self._add(_characters(kind, value), at)

    def _repeat(self, value: tuple[int, int, Sequence[Any]], at: set[int]) -> set[int]:
        least, most, nodes = value
        for _ in range(min(least, DEPTH)):
            at = self._walk(nodes, at, False)
        ends = set(at)
        for _ in range(min(most - least, DEPTH)):
            at = self._walk(nodes, at, False)
            ends |= at
        return ends

    def _add(self, characters: Ranges, at: Iterable[int]) -> set[int]:
        for offset in at:
            self.sets[offset].update(characters)
        return {offset + 1 for offset in at if offset + 1 < DEPTH}


def lanes(regex: re.Pattern[str]) -> list[Beginnings]:
    """The beginnings of the short ways through an expression and of the others, if there are such.

    Raises ValueError for an expression that has flags or matches the empty text.
    """
    if regex.flags != re.UNICODE:
        raise ValueError(f"an expression with flags is not read: {regex.pattern[:80]!r}")
    tree = parser.parse(regex.pattern)
    if tree.getwidth()[0] == 0:
        raise ValueError(f"what may be empty begins everywhere: {regex.pattern[:80]!r}")
    short, others = Beginnings(), Beginnings()
    for way in _ways(tree):
        (short if _least(tree.state, way) < 2 else others).add(way)
    return [lane for lane in (short, others) if lane.anchored or lane.sets[0]]


def first_characters(regex: re.Pattern[str]) -> set[str]:
    """The characters of the Basic Multilingual Plane that a match can begin with. Raises what ``lanes`` raises."""
    ranges = {pair for lane in lanes(regex) for pair in lane.sets[0]}
    return {chr(point) for first, last in ranges for point in range(first, last + 1)}


def guarded(regex: re.Pattern[str]) -> re.Pattern[str]:
    """The expression behind a look at the next character: a search passes quickly where no match can begin.

    It is of use where alternatives begin with a look around, so that the engine does not see what they begin with.
    Raises ValueError as ``lanes`` does, and for an expression that is tried where the text begins.
    """
    ways = lanes(regex)
    if any(way.anchored for way in ways):
        raise ValueError(f"what may be tried where the text begins needs no guard: {regex.pattern[:80]!r}")
    ranges = sorted({pair for way in ways for pair in way.sets[0]})
    heads = "".join(f"\\u{first:04x}-{_last(last)}" for first, last in ranges)
    return re.compile(f"(?=[{heads}])(?:{regex.pattern})")


def _last(code: int) -> str:
    return f"\\u{code:04x}" if code < LAST else r"\U0010ffff"


def _least(state: Any, way: Sequence[Any]) -> int:
    """How many characters at least tell a match, what has to follow it among them."""
    least: int = parser.SubPattern(state, list(way)).getwidth()[0]
    if way and way[-1][0] is op.ASSERT and way[-1][1][0] > 0:
        least += _least(state, way[-1][1][1])
    return least


def _ways(nodes: Sequence[Any]) -> list[Sequence[Any]]:
    """The alternatives of which the expression is one."""
    if len(nodes) == 1 and nodes[0][0] is op.BRANCH:
        return [way for part in nodes[0][1][1] for way in _ways(part)]
    if len(nodes) == 1 and nodes[0][0] is op.SUBPATTERN:
        return _ways(nodes[0][1][3])
    return [nodes]


def _characters(kind: Any, value: Any) -> Ranges:
    """The characters that one node matches."""
    if kind is op.LITERAL:
        return [(min(value, LAST), min(value, LAST))]
    if kind is op.NOT_LITERAL:
        return _all_but([(value, value)])
    if kind is op.RANGE:
        return [(min(value[0], LAST), min(value[1], LAST))]
    if kind is op.CATEGORY:
        return _of_category(_CATEGORIES[value])
    if kind is op.IN:
        negated = value[0][0] is op.NEGATE
        ranges = [pair for k, v in (value[1:] if negated else value) for pair in _characters(k, v)]
        return _all_but(ranges) if negated else ranges
    return _ANY


def _all_but(ranges: Ranges) -> Ranges:
    """All other characters; the last one stands for many and stays."""
    left, at = [], 0
    for first, last in sorted(ranges):
        if at < first:
            left.append((at, first - 1))
        at = max(at, last + 1)
    return [*left, (min(at, LAST), LAST)]


@cache
def _of_category(category: str) -> Ranges:
    everything = "".join(map(chr, range(LAST + 1)))
    return [(m.start(), m.end() - 1) for m in re.finditer(f"{category}+", everything)] + [(LAST, LAST)]
