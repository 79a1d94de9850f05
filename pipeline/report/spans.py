"""A source text cut where spans begin and end, so that overlapping spans can be marked in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of the source with the identifier and the class (item, target, …) that the page gives it."""

    start: int
    end: int
    id: str
    cls: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text with the marks that cover it, outermost first."""

    text: str
    marks: tuple[Mark, ...]

    @property
    def ids(self) -> str:
        """The identifiers of its marks, blank-separated; noise has none."""
        return " ".join(mark.id for mark in self.marks if mark.id)

    @property
    def classes(self) -> str:
        """The classes of its marks, blank-separated, each once."""
        return " ".join(dict.fromkeys(mark.cls for mark in self.marks))


def pieces(text: str, start: int, end: int, marks: Iterable[Mark]) -> Iterator[Piece]:
    """The stretches of ``text[start:end]`` in order; together they are that text, unchanged."""
    inside = sorted(
        (m for m in marks if m.start < end and m.end > start and m.start < m.end), key=lambda m: (m.start, -m.end, m.id)
    )
    cuts = sorted({start, end, *(c for m in inside for c in (m.start, m.end) if start < c < end)})
    open_: list[Mark] = []
    waiting = 0
    for first, last in pairwise(cuts):
        open_ = [mark for mark in open_ if mark.end > first]
        while waiting < len(inside) and inside[waiting].start <= first:
            open_.append(inside[waiting])
            waiting += 1
        yield Piece(text[first:last], tuple(open_))
