"""What the first characters of a match can be, and the one before it, read off an expression.

A way through an expression says of each of these characters in which set it lies; behind a way that is shorter than
``LENGTH`` stands what may be anything. The ways together may hold more than can be matched, never less. Ways that tell
the same characters closely are made one, so that they stay few.
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
#: The characters that a way tells: the one before a match, and the first ones of it.
LENGTH = 1 + DEPTH
#: The last character that is told apart. Those beyond the Basic Multilingual Plane count as this one, and so does what
#: stands before a text.
LAST = 0xFFFF
#: A set of at most so many characters tells one closely.
FEW = 1000

#: A set of characters: ranges of code points in order, both ends in.
Ranges = tuple[tuple[int, int], ...]
Way = tuple[Ranges, ...]


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
_EDGE = _set(((LAST, LAST),))
_OPEN: Set[_Sets] = {()}
_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d", op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S", op.CATEGORY_WORD: r"\w", op.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip
_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
_CHARACTERS = (op.LITERAL, op.NOT_LITERAL, op.RANGE, op.CATEGORY, op.IN, op.ANY)


def beginnings(regex: re.Pattern[str]) -> list[Way]:
    """The ways in which matches of an expression begin: the sets of the character before and of the first ``DEPTH``.

    Raises ValueError for an expression that has flags or matches the empty text.
    """
    if regex.flags != re.UNICODE:
        raise ValueError(f"an expression with flags is not read: {regex.pattern[:80]!r}")
    tree = parser.parse(regex.pattern)
    if tree.getwidth()[0] == 0:
        raise ValueError(f"what may be empty begins everywhere: {regex.pattern[:80]!r}")
    ways = _ways(tree, _OPEN)
    return [tuple(characters.ranges for characters in way + (_ANY,) * (LENGTH - len(way))) for way in ways]


def first_characters(regex: re.Pattern[str]) -> set[str]:
    """The characters of the Basic Multilingual Plane that a match can begin with. Raises what ``beginnings`` raises."""
    return {chr(point) for way in beginnings(regex) for a, b in way[1] for point in range(a, b + 1)}


def guarded(regex: re.Pattern[str]) -> re.Pattern[str]:
    """The expression behind a look at the next character: a search passes quickly where no match can begin.

    It is of use where alternatives begin with a look around, so that the engine does not see what they begin with.
    Raises what ``beginnings`` raises.
    """
    ranges = sorted({pair for way in beginnings(regex) for pair in way[1]})
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
        heads = ((_common(characters, way[0]), *way[1:]) if way else (characters,) for way in behind)
        return {(_ANY, *way)[:LENGTH] for way in heads if way[0].ranges}
    if kind is op.BRANCH:
        return _united(way for nodes in value[1] for way in _ways(nodes, behind))
    if kind is op.SUBPATTERN:
        return _ways(value[3], behind)
    if kind is op.ATOMIC_GROUP:
        return _ways(value, behind)
    if kind in _REPEATS:
        return _repeat(value, behind)
    if kind is op.ASSERT:
        ahead, nodes = value
        return _meet(_ways(nodes, _OPEN) if ahead > 0 else {(_set(_final(nodes)),)}, behind)
    if kind is op.ASSERT_NOT:
        ahead, nodes = value
        other = _set(_all_but(_single(nodes)))
        if ahead < 0:
            return _meet({(other,)}, behind)
        # What stands behind a whole match may be hidden from it, where a text is read up to an end.
        whole = {way for way in behind if len(way) < 2}
        return _meet({(_ANY, other)}, behind - whole) | whole
    if kind in (op.GROUPREF, op.GROUPREF_EXISTS):
        return _OPEN
    if kind is op.AT and value in (op.AT_BEGINNING, op.AT_BEGINNING_STRING):
        return _meet({(_EDGE,)}, behind)
    return behind  # what is asked of the end


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


def _final(nodes: Sequence[Any]) -> Ranges:
    """The characters that what nodes match can end with."""
    if not nodes:
        return _ANY.ranges
    kind, value = nodes[-1]
    if kind in _CHARACTERS:
        return _characters(kind, value)
    if kind is op.SUBPATTERN:
        return _final(value[3])
    if kind is op.BRANCH:
        return _in_order(pair for alternative in value[1] for pair in _final(alternative))
    return _ANY.ranges


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
