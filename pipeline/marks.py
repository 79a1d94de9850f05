"""What tells that a file has not been written since a run hashed it, so that a night costs a look at each file, not its
bytes: its size, its number in the file system, and when its bytes and its description last changed, as the system says.

A program can set back the time of the bytes, not that of the description (ctime), which every write sets as well. Marks
younger than a clock can tell apart are not kept. Some file systems make these times up, so each file is hashed anew now
and then, whatever its marks say. Where there are no such times (Windows) every file is hashed each night.
"""

from __future__ import annotations

import os
import sqlite3
import struct
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipeline.fingerprint import Fingerprint, fingerprint
from pipeline.groups import looked_up, places
from pipeline.read import Entry

CLOCK = 2_000_000_000  # nanoseconds within which a second write may leave the same time, on the coarsest file systems
DAY = 86_400
DAYS = 14  # for which marks hold at least; those of half the files hold for longer, up to twice as long
LAYOUT = "CREATE TABLE seen (path TEXT PRIMARY KEY, marks BLOB, sha BLOB, format TEXT, day INT) WITHOUT ROWID"


class Marks:
    """Fingerprints kept in a file, with the marks of what they were taken from. A file that is damaged begins anew.

    Those taken under other ``rules`` are not used; with ``trusted`` False none is, and all are taken anew. Without a
    file nothing is kept. Faults of the file cost time, not the run.
    """

    def __init__(self, file: Path | None, rules: str, trusted: bool = True) -> None:
        self._file, self._trusted, self._today = file, trusted, int(time.time()) // DAY
        self._db = None if file is None or os.name == "nt" else _opened(file, rules)
        self._near: dict[str, tuple[bytes, bytes, str, int]] = {}

    def fetched(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The same entries; what is kept of them is fetched some at a time, before `fingerprint` looks at each."""
        for some in looked_up(entries):
            self._near = self._kept([entry.path for entry in some]) if self._trusted else {}
            yield from some

    def fingerprint(self, entry: Entry) -> Fingerprint:
        """The fingerprint of an input as it stands now. Never raises."""
        if self._db is None or entry.fault or entry.address or entry.data is not None:
            return fingerprint(entry)
        try:
            before, now = _marks(entry), time.time_ns()
            known = self._known(entry.path, before)
            if known is not None:
                return known
            found = fingerprint(entry)
            if found.sha256 and before == _marks(entry):
                self._keep(entry.path, before, found, now)
            return found
        except OSError:
            return fingerprint(entry)

    def close(self) -> None:
        """Keep what was learnt, and forget files that were not seen for long."""
        if self._db is None:
            return
        try:
            self._db.execute("DELETE FROM seen WHERE day <= ?", (self._today - 2 * DAYS,))
            self._db.commit()
            self._db.close()
        except sqlite3.Error:
            self._give_up()

    def _known(self, path: str, marks: _Marks) -> Fingerprint | None:
        kept, sha, format_, day = self._near.get(path, NOTHING)
        if kept != struct.pack(FORM, *marks):
            return None
        if not 0 <= self._today - day < DAYS + zlib.crc32(path.encode()) % DAYS:
            return None
        return Fingerprint(sha.hex(), marks[0], format_)

    def _kept(self, paths: list[str]) -> dict[str, tuple[bytes, bytes, str, int]]:
        rows = self._do(f"SELECT path, marks, sha, format, day FROM seen WHERE path IN {places(paths)}", *paths)
        return {path: kept for path, *kept in rows}

    def _keep(self, path: str, marks: _Marks, found: Fingerprint, now: int) -> None:
        size, _, written, changed = marks
        if max(written, changed) < now - CLOCK and size == found.bytes:
            row = (path, struct.pack(FORM, *marks), bytes.fromhex(found.sha256), found.format, self._today)
            self._do("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?)", *row)

    def _do(self, statement: str, *values: object) -> list[Any]:
        if self._db is None:
            return []
        try:
            return self._db.execute(statement, values).fetchall()
        except sqlite3.Error:
            self._give_up()
            return []

    def _give_up(self) -> None:
        """Hash every file from here on, and begin anew next time."""
        if self._db is not None and self._file is not None:
            self._db.close()
            self._db = None
            _drop(self._file)


FORM = "<QQqq"
NOTHING = (b"", b"", "", 0)
_Marks = tuple[int, int, int, int]  # bytes, number, and the times in nanoseconds


def _marks(entry: Entry) -> _Marks:
    found = os.stat(entry.file)
    return found.st_size, found.st_ino, found.st_mtime_ns, found.st_ctime_ns


def _opened(file: Path, rules: str) -> sqlite3.Connection | None:
    """The database in a file, with nothing in it that was taken under other rules; None where that fails."""
    for _ in range(2):
        db = None
        try:
            db = sqlite3.connect(file, timeout=0)
            version = zlib.crc32(rules.encode()) >> 1  # as many bits as SQLite keeps for a program
            if db.execute("PRAGMA user_version").fetchone()[0] != version:
                db.executescript(f"DROP TABLE IF EXISTS seen; {LAYOUT}; PRAGMA user_version = {version};")
            db.execute("SELECT day FROM seen LIMIT 1")
            return db
        except sqlite3.Error:
            if db is not None:
                db.close()
            _drop(file)
    return None


def _drop(file: Path) -> None:
    for name in (file.name, f"{file.name}-journal"):
        with suppress(OSError):
            file.with_name(name).unlink()
