"""Whether the machines of a cluster open what the client does: a file that one of them lacks is no rejected source."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.address import shown
from pipeline.crew import ClusterError
from pipeline.inputs import Entry


@dataclass(frozen=True, slots=True)
class Unopened:
    """What a worker on the machine ``node`` could not open."""

    node: str
    entries: tuple[Entry, ...]


def travelling(entry: Entry) -> Entry:
    """The entry as workers get it, who may run in another folder. Its path in the tables stays."""
    return entry if entry.address or entry.data is not None else replace(entry, file=Path(entry.file).absolute())


def unopened(entries: Iterable[Entry]) -> Unopened:
    """Those that do not open here."""
    return Unopened(platform.node(), tuple(entry for entry in entries if not _opens(entry)))


def check(seen: Unopened) -> None:
    """Raise ClusterError where this machine opens what a worker could not; what nobody opens is a rejected source."""
    here = next((entry for entry in seen.entries if _opens(entry)), None)
    if here is not None:
        place = f"{here.file} of {shown(here.address)}" if here.address else str(here.file)
        raise ClusterError(
            f"A worker on {seen.node!r} cannot open {place!r}, which the client can, so nothing was published; inputs "
            "must be reachable under the same name on all machines, as on a network drive or behind an address."
        )


def _opens(entry: Entry) -> bool:
    if entry.fault:
        return True  # the client has said already that nothing is there
    try:
        if entry.ordinary():
            entry.open().close()
    except OSError:
        return False
    return True
