"""Things taken some at a time, where each by itself would cost more than the work done for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

LOOKED_UP = 500  # names that one statement asks a database for: few statements, and few names in memory

T = TypeVar("T")


def groups(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """The things in order, ``size`` at a time; the last are as many as are left."""
    left = iter(things)
    while group := list(islice(left, size)):
        yield group


def looked_up(things: Iterable[T]) -> Iterator[list[T]]:
    """The things in order, as many at a time as one statement asks for."""
    return groups(things, LOOKED_UP)


def places(values: list[str] | list[bytes]) -> str:
    """The places of so many values in a statement."""
    return f"({', '.join('?' * len(values))})"
