"""What stands in collections and archives, read under the limits of a source: one that hangs or kills its reader costs
itself only. A run learns of each record what it is; its text is fetched when its turn comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import groupby, islice
from typing import Any

from pipeline.collections import expand, holds
from pipeline.crew import Crew, limit_memory
from pipeline.fingerprint import UNREADABLE, Fingerprint, fingerprint
from pipeline.inputs import Entry
from pipeline.read import TRY_AGAIN

A_LOOK = 256  # records that one job looks at, at most
A_FETCH = 64  # records that one job fetches, at most
BYTES = 4 << 20  # of the records of one job, but for the last of them
MEMORY = 2 << 30  # bytes that the process that reads them may write to

Found = tuple[Entry, Fingerprint]


class Records:
    """Opens collections and archives in a process of its own, with ``time_limit`` seconds for some of their records.

    Without a limit (None) they are opened in this process. ``text_column`` is as for `collections.expand`.
    """

    def __init__(self, text_column: str | None, time_limit: float | None) -> None:
        self._here = _Reader(text_column)
        self._crew = None if time_limit is None else Crew(1, time_limit, _start, (text_column,), "pipeline.preload")
        self._broken: dict[str, str] = {}  # holders that broke their reader while records were fetched

    def close(self) -> None:
        if self._crew is not None:
            self._crew.__exit__()

    def look(self, entry: Entry, taken: Callable[[Entry], Fingerprint] = fingerprint) -> Iterator[Found]:
        """What stands in an entry, without its texts, else the entry with its fingerprint. Raises CrewError."""
        if not holds(entry):
            yield entry, taken(entry)
            return
        start, more = 0, True
        while more:
            answer = self._ask(_Reader.look, entry, start)
            if isinstance(answer, str):
                yield replace(entry, fault=f"{entry.path!r} {answer}; {TRY_AGAIN}"), UNREADABLE
                return
            found, more = answer
            start += len(found)
            yield from found

    def fetch(self, work: Iterable[Found]) -> Iterator[Found]:
        """The same entries, those of records with their data. Raises CrewError."""
        for holder, group in groupby(work, lambda found: found[0].holder):
            if not holder:
                yield from group
                continue
            while some := list(islice(group, A_FETCH)):
                yield from self._filled(some)

    def _filled(self, work: list[Found]) -> Iterator[Found]:
        first = work[0][0]
        holder = replace(first, path=first.holder, format="", warnings=(), holder="", number=0)
        while work:
            numbers = [entry.number for entry, _ in work]
            answer = self._broken.get(holder.path) or self._ask(_Reader.fetch, holder, numbers)
            if isinstance(answer, str):
                self._broken[holder.path] = answer
                answer = [None] * len(work)
            for (entry, found), data in zip(work, answer, strict=False):
                fault = self._broken.get(holder.path, "is not what it was when the run began")
                sentence = f"{entry.path!r} {fault}; {TRY_AGAIN}" if data is None else None
                yield replace(entry, data=data, fault=sentence), found
            work = work[len(answer) :]

    def _ask(self, question: Callable[..., Any], entry: Entry, about: Any) -> Any:
        """The answer of the reader, or half a sentence that says why there is none."""
        if self._crew is None:
            return question(self._here, entry, about)
        job = self._crew.do(entry.path, (question.__name__, entry, about))
        return job.fault or job.result


class _Reader:
    """Reads one collection after the other, from where it stands in the last one where it can."""

    def __init__(self, text_column: str | None) -> None:
        self._text_column = text_column
        self._entry: Entry | None = None
        self._parts: Iterator[Entry] = iter(())
        self._at = 0

    def look(self, entry: Entry, start: int) -> tuple[list[Found], bool]:
        """What the parts from number ``start`` on are, and whether there may be more behind."""
        found: list[Found] = []
        size = 0
        self._go(entry, start)
        for part in self._parts:
            about = fingerprint(part)
            number, self._at = self._at, self._at + 1
            size += about.bytes
            if part.data:
                part = replace(part, data=None, holder=entry.path, number=number)
            found.append((part, about))
            if len(found) == A_LOOK or size >= BYTES:
                return found, True
        return found, False

    def fetch(self, entry: Entry, numbers: list[int]) -> list[bytes | None]:
        """The data of the parts with these numbers, in order, as many as one answer may hold."""
        data: list[bytes | None] = []
        for number in numbers:
            self._go(entry, number)
            part = next(self._parts, None)
            self._at += 1
            data.append(part.data if part else None)
            if sum(len(one or b"") for one in data) >= BYTES:
                break
        return data

    def _go(self, entry: Entry, number: int) -> None:
        """Stand before a part."""
        if entry != self._entry or number < self._at:
            self._entry, self._at = entry, 0
            self._parts = expand(entry, self._text_column)
        while self._at < number:
            next(self._parts, None)
            self._at += 1


def _start(text_column: str | None) -> Callable[[tuple[str, Entry, Any]], Any]:
    limit_memory(MEMORY)
    reader = _Reader(text_column)
    return lambda request: getattr(reader, request[0])(request[1], request[2])
