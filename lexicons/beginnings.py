"""What the first characters of a match can be, and the one before it, read off an expression.

A way through an expression says of each of these characters in which set it lies; behind a way that is shorter than
``LENGTH`` stands what may be anything. The ways together may hold more than can be matched, never less. Ways that tell
the same characters closely are made one, so that they stay few.
"""

from __future__ import annotations

import re
import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cache, reduce
from itertools import product, starmap, zip_longest
from operator import or_
from typing import Any

from lexicons.alternation import gathered

DEPTH = 4
#: The characters that a way tells: the one before a match, and the first ones of it.
LENGTH = 1 + DEPTH
#: The last character that is told apart. Those beyond the Basic Multilingual Plane count as this one, and so does what
#: stands before a text.
LAST = 0xFFFF
#: A set of at most so many characters tells one closely.
FEW = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Characters:
    """A set of characters: a bit for each, which stands at its code point.

    There is one object for each set, so that it is told by what it is, not by what it holds.
    """

    bits: int
    close: bool


#: For each character of a way the set in which it lies.
Way = tuple[Characters, ...]


def characters(text: str) -> Characters:
    """The set of the characters of a text."""
    return _set(reduce(or_, (1 << min(ord(character), LAST) for character in text)))


@cache
def _set(bits: int) -> Characters:
    return Characters(bits, bits.bit_count() <= FEW)


_ALL = (1 << LAST + 1) - 1
_ANY = _set(_ALL)
_EDGE = _set(1 << LAST)
_OPEN: Set[Way] = {(_ANY,)}
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
    return _read(regex.pattern)


def _read(source: str) -> list[Way]:
    tree = parser.parse(source)
    if tree.getwidth()[0] == 0:
        raise ValueError(f"what may be empty begins everywhere: {source[:80]!r}")
    return [way + (_ANY,) * (LENGTH - len(way)) for way in _ways(tree, _OPEN)]


def guarded(source: str) -> re.Pattern[str]:
    """The compiled expression behind a look at the next character: a search passes quickly where no match can begin.

    It is of use where alternatives begin with a look around, so that the engine does not see what they begin with.
    Raises what ``beginnings`` and ``compiled`` raise.
    """
    source = gathered(source)
    heads = reduce(or_, (way[1].bits for way in _read(source)))
    return re.compile(f"(?=[{''.join(_ranges(heads))}])(?:{source})")


def _ranges(bits: int) -> Iterator[str]:
    """The ranges of a set as a class of characters has them."""
    for run in re.finditer("1+", f"{bits:b}"[::-1]):
        first, last = run.start(), run.end() - 1
        yield f"\\u{first:04x}-" + (f"\\u{last:04x}" if last < LAST else r"\U0010ffff")


def _ways(nodes: Sequence[Any], behind: Set[Way]) -> Set[Way]:
    """The ways through nodes behind which these ways go on."""
    for kind, value in reversed(nodes):
        behind = _step(kind, value, behind)
    return behind


def _step(kind: Any, value: Any, behind: Set[Way]) -> Set[Way]:
    if kind in _CHARACTERS:
        here = _held(kind, tuple(value) if kind is op.IN else value)
        met = ((_common(here, before), further) for before, *further in behind)
        return {(_ANY, first, *further[: DEPTH - 1]) for first, further in met if first.bits}
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


def _repeat(value: tuple[int, int, Sequence[Any]], behind: Set[Way]) -> Set[Way]:
    least, most, nodes = value
    found = behind
    for _ in range(min(most - least, DEPTH)):
        behind = _ways(nodes, behind)
        found = _united([*found, *behind])
    for _ in range(min(least, DEPTH)):
        found = _ways(nodes, found)
    return found


def _meet(ahead: Set[Way], behind: Set[Way]) -> Set[Way]:
    """The ways that begin as one of both says each."""
    met = (tuple(starmap(_common, zip_longest(*pair, fillvalue=_ANY))) for pair in product(ahead, behind))
    return _united(way for way in met if all(one.bits for one in way))


def _united(ways: Iterable[Way]) -> Set[Way]:
    """The ways, with those made one that tell the same characters closely; so they stay few."""
    different = set(ways)
    if len(different) < 2:
        return different
    alike: dict[tuple[bool, ...], list[Way]] = {}
    for way in different:
        alike.setdefault(tuple([one.close for one in way]), []).append(way)
    return {
        tuple(map(_union, map(frozenset, zip(*group, strict=True)))) if len(group) > 1 else group[0]
        for group in alike.values()
    }


@cache
def _union(sets: frozenset[Characters]) -> Characters:
    return _set(reduce(or_, (one.bits for one in sets)))


@cache
def _common(one: Characters, other: Characters) -> Characters:
    """The characters that lie in both sets."""
    return _set(one.bits & other.bits)


def _single(nodes: Sequence[Any]) -> int:
    """The characters that are alternatives by themselves."""
    alternatives = nodes[0][1][1] if len(nodes) == 1 and nodes[0][0] is op.BRANCH else [nodes]
    return reduce(or_, (_characters(*way[0]) for way in alternatives if len(way) == 1 and way[0][0] in _CHARACTERS), 0)


def _final(nodes: Sequence[Any]) -> int:
    """The characters that what nodes match can end with."""
    for kind, value in nodes[-1:]:
        if kind in _CHARACTERS:
            return _characters(kind, value)
        if kind is op.SUBPATTERN:
            return _final(value[3])
        if kind is op.BRANCH:
            return reduce(or_, map(_final, value[1]), 0)
    return _ALL


@cache
def _held(kind: Any, value: Any) -> Characters:
    return _set(_characters(kind, value))


def _characters(kind: Any, value: Any) -> int:
    """The characters that one node matches; the last one stands for many, all of which are in."""
    bits: int
    if kind in (op.LITERAL, op.RANGE):
        first, last = value if kind is op.RANGE else (value, value)
        bits = (2 << min(last, LAST)) - (1 << min(first, LAST))
        return bits
    if kind is op.NOT_LITERAL:
        return _all_but(1 << value)
    if kind is op.CATEGORY:
        return _of_category(_CATEGORIES[value])
    if kind is op.IN:
        negated = value[0][0] is op.NEGATE
        bits = reduce(or_, starmap(_characters, value[negated:]), 0)
        return _all_but(bits) if negated else bits
    return _all_but(1 << ord("\n"))


def _all_but(bits: int) -> int:
    """All other characters; the last one stands for many and stays."""
    return _ALL & ~bits | 1 << LAST


@cache
def _everything() -> str:
    return "".join(map(chr, range(LAST)))


@cache
def _of_category(category: str) -> int:
    runs = re.finditer(f"{category}+", _everything())
    return reduce(or_, ((1 << run.end()) - (1 << run.start()) for run in runs)) | 1 << LAST
