"""Garbage is collected seldom while rows are made: they hold no cycles, and what was loaded before them stays."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

NEW = 50_000  # objects more than were given back, before the youngest are looked through


def settle() -> None:
    """Leave alone what this process has loaded, and collect seldom from now on."""
    gc.freeze()
    gc.set_threshold(NEW, *gc.get_threshold()[1:])


@contextmanager
def settled() -> Iterator[None]:
    """The same while the block runs."""
    before = gc.get_threshold()
    settle()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
