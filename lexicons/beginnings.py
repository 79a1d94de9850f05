"""What the first characters of a match can be, read off an expression.

A way through an expression says of each of the first characters of a match in which set it lies; behind a way that is
shorter than ``DEPTH`` stands what may be anything. The ways together may hold more than can be matched, never less.
Ways that tell the same characters closely are made one, so that they stay few.
"""

from __future__ import annotations

import re
import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import cache
from itertools import product, starmap, zip_longest
from typing import Any

DEPTH = 4
#: The last character that is told apart; those beyond the Basic Multilingual Plane count as this one.
LAST = 0xFFFF
#: A set of at most so many characters tells one closely.
FEW = 1000

#: A set of characters: ranges of code points in order, both ends in.
Ranges = tuple[tuple[int, int], ...]
Way = tuple[Ranges, ...]
#: The way of matches that begin with ``^``: where the text does, whatever its characters are. No other is as long.
ANCHORED: Way = ((),) * (DEPTH + 1)


@dataclass(frozen=True, slots=True, eq=False)
class _Set:
    """A set of characters; there is one object for each, so that it is told by what it is, not by what it holds."""

    ranges: Ranges
    close: bool


@cache
def _set(ranges: Ranges) -> _Set:
    return _Set(ranges, sum(last - first + 1 for first, last in ranges) <= FEW)


_Sets = tuple[_Set, ...]
_ANY = _set(((0, LAST),))
_ANCHORED: _Sets = (_set(()),) * (DEPTH + 1)
_OPEN: Set[_Sets] = {()}
_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d", op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S", op.CATEGORY_WORD: r"\w", op.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip
_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
_CHARACTERS = (op.LITERAL, op.NOT_LITERAL, op.RANGE, op.CATEGORY, op.IN, op.ANY)


def beginnings(regex: re.Pattern[str]) -> list[Way]:
    """The ways in which matches of an expression begin: the sets of their first ``DEPTH`` characters, or ANCHORED.

    Raises ValueError for an expression that has flags or matches the empty text.
    """
    if regex.flags != re.UNICODE:
        raise ValueError(f"an expression with flags is not read: {regex.pattern[:80]!r}")
    tree = parser.parse(regex.pattern)
    if tree.getwidth()[0] == 0:
        raise ValueError(f"what may be empty begins everywhere: {regex.pattern[:80]!r}")
    ways = _ways(tree, _OPEN)
    return [tuple(characters.ranges for characters in way + (_ANY,) * (DEPTH - len(way))) for way in ways]


def first_characters(regex: re.Pattern[str]) -> set[str]:
    """The characters of the Basic Multilingual Plane that a match can begin with. Raises what ``beginnings`` raises."""
    return {chr(point) for way in beginnings(regex) for a, b in way[0] for point in range(a, b + 1)}


def guarded(regex: re.Pattern[str]) -> re.Pattern[str]:
    """The expression behind a look at the next character: a search passes quickly where no match can begin.

    It is of use where alternatives begin with a look around, so that the engine does not see what they begin with.
    Raises ValueError as ``beginnings`` does, and for an expression that is tried where the text begins.
    """
    ways = beginnings(regex)
    if ANCHORED in ways:
        raise ValueError(f"what may be tried where the text begins needs no guard: {regex.pattern[:80]!r}")
    ranges = sorted({pair for way in ways for pair in way[0]})
    heads = "".join(f"\\u{first:04x}-{_last(last)}" for first, last in ranges)
    return re.compile(f"(?=[{heads}])(?:{regex.pattern})")


def _last(code: int) -> str:
    return f"\\u{code:04x}" if code < LAST else r"\U0010ffff"


def _ways(nodes: Sequence[Any], behind: Set[_Sets]) -> Set[_Sets]:
    """The ways through nodes behind which these ways go on."""
    for kind, value in reversed(nodes):
        behind = _step(kind, value, behind)
    return behind


def _step(kind: Any, value: Any, behind: Set[_Sets]) -> Set[_Sets]:
    if kind in _CHARACTERS:
        characters = _set(_characters(kind, value))
        return {(characters, *way)[:DEPTH] for way in behind if way != _ANCHORED}
    if kind is op.BRANCH:
        return _united(way for nodes in value[1] for way in _ways(nodes, behind))
    if kind is op.SUBPATTERN:
        return _ways(value[3], behind)
    if kind is op.ATOMIC_GROUP:
        return _ways(value, behind)
    if kind in _REPEATS:
        return _repeat(value, behind)
    if kind is op.ASSERT and value[0] > 0:
        return _meet(_ways(value[1], _OPEN), behind)
    if kind is op.ASSERT_NOT and value[0] > 0:
        # What stands behind a whole match may be hidden from it, where a text is read up to an end.
        return _meet({(_set(_all_but(_single(value[1]))),)}, behind - _OPEN) | (behind & _OPEN)
    if kind in (op.GROUPREF, op.GROUPREF_EXISTS):
        return _OPEN
    if kind is op.AT and value in (op.AT_BEGINNING, op.AT_BEGINNING_STRING):
        return {_ANCHORED}
    return behind  # what is asked of the characters before, and of the end


def _repeat(value: tuple[int, int, Sequence[Any]], behind: Set[_Sets]) -> Set[_Sets]:
    least, most, nodes = value
    found = behind
    for _ in range(min(most - least, DEPTH)):
        behind = _ways(nodes, behind)
        found = _united([*found, *behind])
    for _ in range(min(least, DEPTH)):
        found = _ways(nodes, found)
    return found


def _meet(ahead: Set[_Sets], behind: Set[_Sets]) -> Set[_Sets]:
    """The ways that begin as one of both says each."""
    if _ANCHORED in ahead or _ANCHORED in behind:
        return behind
    met = (tuple(starmap(_common, zip_longest(*pair, fillvalue=_ANY))) for pair in product(ahead, behind))
    return _united(way for way in met if all(characters.ranges for characters in way))


def _united(ways: Iterable[_Sets]) -> Set[_Sets]:
    """The ways, with those made one that tell the same characters closely; so they stay few."""
    alike: dict[tuple[bool, ...], set[_Sets]] = {}
    for way in ways:
        alike.setdefault(tuple([characters.close for characters in way]), set()).add(way)
    return {
        tuple(_union(frozenset(sets)) for sets in zip(*group, strict=True)) if len(group) > 1 else group.pop()
        for group in alike.values()
    }


@cache
def _union(sets: frozenset[_Set]) -> _Set:
    if len(sets) == 1 or _ANY in sets:
        return _ANY if _ANY in sets else next(iter(sets))
    return _set(_in_order(pair for characters in sets for pair in characters.ranges))


def _in_order(pairs: Iterable[tuple[int, int]]) -> Ranges:
    """Ranges that neither touch nor overlap."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(pairs):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(last, found[-1][1])
        else:
            found.append((first, last))
    return tuple(found)


@cache
def _common(one: _Set, other: _Set) -> _Set:
    """The characters that lie in both sets."""
    if _ANY in (one, other):
        return other if one is _ANY else one
    found, i, j = [], 0, 0
    while i < len(one.ranges) and j < len(other.ranges):
        (a, b), (c, d) = one.ranges[i], other.ranges[j]
        if max(a, c) <= min(b, d):
            found.append((max(a, c), min(b, d)))
        if b < d:
            i += 1
        else:
            j += 1
    return _set(tuple(found))


def _single(nodes: Sequence[Any]) -> Ranges:
    """The characters that are alternatives by themselves."""
    alternatives = nodes[0][1][1] if len(nodes) == 1 and nodes[0][0] is op.BRANCH else [nodes]
    single = (way[0] for way in alternatives if len(way) == 1 and way[0][0] in _CHARACTERS)
    return tuple(pair for node in single for pair in _characters(*node))


def _characters(kind: Any, value: Any) -> Ranges:
    """The characters that one node matches; the last one stands for many, all of which are in."""
    if kind is op.LITERAL:
        return ((min(value, LAST), min(value, LAST)),)
    if kind is op.NOT_LITERAL:
        return _all_but(((value, value),))
    if kind is op.RANGE:
        return ((min(value[0], LAST), min(value[1], LAST)),)
    if kind is op.CATEGORY:
        return _of_category(_CATEGORIES[value])
    if kind is op.IN:
        negated = value[0][0] is op.NEGATE
        ranges = tuple(pair for k, v in (value[1:] if negated else value) for pair in _characters(k, v))
        return _all_but(ranges) if negated else _in_order(ranges)
    return _all_but(((ord("\n"), ord("\n")),))


def _all_but(ranges: Ranges) -> Ranges:
    """All other characters; the last one stands for many and stays."""
    left, at = [], 0
    for first, last in sorted(ranges):
        if at < first:
            left.append((at, first - 1))
        at = max(at, last + 1)
    return (*left, (min(at, LAST), LAST))


@cache
def _of_category(category: str) -> Ranges:
    everything = "".join(map(chr, range(LAST + 1)))
    return _in_order([(LAST, LAST), *((m.start(), m.end() - 1) for m in re.finditer(f"{category}+", everything))])
