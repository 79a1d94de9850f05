"""What a run has to do for each path: carry its rows over, take them from where it stood, copy or read it.

The list stands in a temporary SQLite file, so that memory does not grow with the number of sources.
"""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from pipeline.fingerprint import Fingerprint
from pipeline.groups import looked_up, places
from pipeline.inputs import MEMBER
from pipeline.read import TRY_AGAIN, Entry
from pipeline.tables import Row


class Action(StrEnum):
    """How a source gets its rows."""

    KEEP = "keep"  # unchanged: its rows are carried over
    MOVE = "move"  # the bytes stood at another path: those rows, under new identifiers
    COPY = "copy"  # the same bytes stand at an earlier path of this run
    READ = "read"  # new or changed
    GONE = "gone"  # no longer among the inputs: its rows stay


STAYING = "was JOIN job USING (path) WHERE stays AND action != 'gone'"  # inputs of tonight
HAVE_ROWS = "('ok', 'no_plan')"  # statuses that a copy does not share: it has no rows
NAMED = 10  # sources rejected before that are named again

# The sources of the snapshot before in a collection or archive, or below a link, that cannot be read tonight.
INSIDE = "now n CROSS JOIN was w ON " + " OR ".join(
    f"w.path > n.path || '{sign}' AND w.path < n.path || '{chr(ord(sign) + 1)}'" for sign in (MEMBER, "/")
)
UNREAD = f"{INSIDE} WHERE n.sha = '' AND w.sha != '' AND w.path NOT IN (SELECT path FROM now)"


@dataclass(frozen=True, slots=True)
class Job:
    """A path with what is to be done. ``other`` is the path of the source copied, or the identifier of that moved.

    ``copied`` says that later paths are copies of this one.
    """

    path: str
    action: Action
    other: str = ""
    copied: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sources whose rows stay: the numbers ``[start, stop)`` in the snapshot before, up to ``path``.

    One of which there are copies is a stretch by itself.
    """

    start: int
    stop: int
    path: str
    copied: bool = False


class Worklist:
    """Compares the inputs of a run with the sources of the snapshot before."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("")  # a file of its own that vanishes with the connection
        self._db.executescript(
            """
            PRAGMA synchronous = OFF;
            PRAGMA journal_mode = OFF;
            PRAGMA cache_size = -16384;
            CREATE TABLE now
                (path TEXT PRIMARY KEY, entry BLOB, sha TEXT, bytes INT, format TEXT, fault TEXT) WITHOUT ROWID;
            CREATE INDEX unreadable ON now (path) WHERE sha = '';
            CREATE TABLE was
                (path TEXT PRIMARY KEY, id TEXT, sha TEXT, format TEXT, status TEXT, error TEXT, good INT, number INT)
                WITHOUT ROWID;
            CREATE TABLE job
                (path TEXT PRIMARY KEY, action TEXT, other TEXT, number INT, copied INT, stays INT)
                WITHOUT ROWID;
            CREATE TABLE twice (sha TEXT, format TEXT, first TEXT, PRIMARY KEY (sha, format)) WITHOUT ROWID;
            CREATE TABLE first (path TEXT PRIMARY KEY, row BLOB) WITHOUT ROWID;
            """
        )

    def close(self) -> None:
        self._db.close()

    def add_inputs(self, inputs: Iterable[tuple[Entry, Fingerprint]]) -> None:
        """Add the inputs of tonight, once what is known has been added."""
        for some in looked_up(inputs):
            paths = [entry.path for entry, _ in some]
            if len(set(paths)) < len(paths) or self._among("SELECT path FROM now WHERE", paths):
                for one in some:
                    self._add_apart(*one)
            else:
                self._add_inputs(some)

    def _add_apart(self, entry: Entry, found: Fingerprint) -> None:
        """Add an input whose path may be taken, as where a file is named as a record of a collection is."""
        while self._among("SELECT path FROM now WHERE", [entry.path]):
            entry = replace(entry, path=f"{entry.path}~")
        self._add_inputs([(entry, found)])

    def _add_inputs(self, inputs: list[tuple[Entry, Fingerprint]]) -> None:
        known = "SELECT path, sha, format FROM was WHERE good AND sha != '' AND status != 'duplicate' AND"
        # What will not be read need not be kept.
        unread = set(self._among(known, [entry.path for entry, _ in inputs]))
        self._db.executemany(
            "INSERT INTO now VALUES (?, ?, ?, ?, ?, ?)",
            (
                (
                    entry.path,
                    None if (entry.path, found.sha256, found.format) in unread else pickle.dumps(entry),
                    *(found.sha256, found.bytes, found.format, entry.fault),
                )
                for entry, found in inputs
            ),
        )

    def _among(self, select: str, paths: list[str]) -> list[Any]:
        return self._db.execute(f"{select} path IN {places(paths)}", paths).fetchall()

    def add_known(self, sources: Iterable[tuple[Any, ...]], ruleset: str) -> None:
        """Add the sources of the snapshot before, as `Previous.sources` gives them.

        The rows of those under another ``ruleset`` are not used again.
        """
        self._db.executemany(
            "INSERT INTO was VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (*known, error, made_by == ruleset and not (error or "").endswith(TRY_AGAIN), number)
                for number, (*known, error, made_by) in enumerate(sources)
            ),
        )

    def decide(self, prune: bool) -> None:
        """Fill the list. Of equal bytes in one format the first path is read, the others are copies of it.

        ``prune`` drops what vanished, but not from collections and archives that cannot be read tonight.
        """
        self._db.executescript(
            f"""
            CREATE INDEX now_content ON now (sha, format, path);
            CREATE INDEX was_content ON was (sha, format, path);
            INSERT INTO job
            SELECT n.path,
                CASE
                    WHEN w.good AND w.sha = n.sha AND n.sha = '' AND w.error = n.fault THEN 'keep'
                    WHEN w.good AND w.sha = n.sha AND n.sha != '' AND w.format = n.format AND w.status != 'duplicate'
                    THEN 'keep'
                    ELSE 'read'
                END,
                '', w.number, 0, 0
            FROM now n LEFT JOIN was w USING (path) ORDER BY n.path;
            INSERT INTO twice
            SELECT sha, format, min(path) FROM now WHERE sha != '' GROUP BY sha, format HAVING count(*) > 1;
            INSERT OR REPLACE INTO job
            SELECT path, 'copy', first, number, 0, 0
            FROM twice JOIN now USING (sha, format) JOIN job USING (path) WHERE path != first;
            INSERT OR REPLACE INTO job
            SELECT path, 'move', donor, number, 0, 0
            FROM (
                SELECT job.*, (SELECT d.id FROM was d WHERE d.sha = now.sha AND d.format = now.format AND d.good
                    AND d.status != 'duplicate' ORDER BY d.path LIMIT 1) AS donor
                FROM job JOIN now USING (path) WHERE action = 'read' AND sha != ''
            ) WHERE donor IS NOT NULL;
            -- What vanished stays, unless it was never read or its bytes stand elsewhere now: then it has moved.
            INSERT INTO job
            SELECT path, 'gone', '', number, 0, 1 FROM was
            WHERE (NOT {int(prune)} OR path IN (SELECT w.path FROM {UNREAD}))
                AND sha != '' AND path NOT IN (SELECT path FROM now)
                AND NOT EXISTS (SELECT 1 FROM now WHERE now.sha = was.sha AND now.format = was.format);
            UPDATE job SET stays = 1 WHERE action = 'keep';
            -- A copy stays where it was one before and what it is a copy of stays.
            UPDATE job SET stays = 1 WHERE action = 'copy' AND EXISTS (
                SELECT 1 FROM was w, was f JOIN job j ON j.path = f.path
                WHERE w.path = job.path AND f.path = job.other AND j.action = 'keep'
                    AND w.good AND w.sha = f.sha AND w.format = f.format
                    AND w.status = CASE WHEN f.status IN {HAVE_ROWS} THEN 'duplicate' ELSE f.status END
            );
            UPDATE job SET copied = 1 WHERE path IN (SELECT other FROM job WHERE action = 'copy' AND NOT stays);
            """
        )

    def jobs(self) -> Iterator[Job | Stretch]:
        """What is to be done, in order of path; what stays is taken together."""
        start, stop, last = 0, 0, ""
        for path, action, other, number, copied, stays in self._db.execute(
            "SELECT path, action, other, number, copied, stays FROM job ORDER BY path"
        ):
            if start < stop and (not stays or copied or number != stop):
                yield Stretch(start, stop, last)
                start = stop
            if not stays:
                yield Job(path, Action(action), other, bool(copied))
            elif copied:
                yield Stretch(number, number + 1, path, copied=True)
            else:
                start, stop, last = start if start < stop else number, number + 1, path
        if start < stop:
            yield Stretch(start, stop, last)

    def remember(self, path: str, row: Row) -> None:
        """Keep the row of `sources` of a path of which there are copies."""
        self._db.execute("INSERT INTO first VALUES (?, ?)", (path, pickle.dumps(row)))

    def remembered(self, path: str) -> Row:
        """The row kept for a path."""
        row: Row = pickle.loads(self._db.execute("SELECT row FROM first WHERE path = ?", (path,)).fetchone()[0])
        return row

    def to_read(self) -> Iterator[tuple[Entry, Fingerprint]]:
        """The inputs that must be read, in order of path."""
        query = "SELECT entry, sha, bytes, format FROM now JOIN job USING (path) WHERE action = 'read' ORDER BY path"
        for entry, sha, size, format_ in self._db.execute(query):
            yield pickle.loads(entry), Fingerprint(sha, size, format_)

    def to_read_with_copies(self) -> Iterator[tuple[Entry, Fingerprint, bool]]:
        """Every input that must be read or is a copy of an earlier one (True), in order of path."""
        query = (
            "SELECT entry, sha, bytes, format, action FROM now JOIN job USING (path)"
            " WHERE action IN ('read', 'copy') ORDER BY path"
        )
        for entry, sha, size, format_, action in self._db.execute(query):
            yield pickle.loads(entry), Fingerprint(sha, size, format_), action == Action.COPY

    def donors(self) -> Iterator[tuple[str, int]]:
        """The identifiers of the sources whose rows move, and their numbers in the snapshot before, in order."""
        yield from self._db.execute(
            "SELECT id, number FROM was WHERE id IN (SELECT other FROM job WHERE action = 'move') ORDER BY number"
        )

    def contents(self) -> Iterator[tuple[str, str]]:
        """The path and the SHA-256 of every input, in order of path."""
        yield from self._db.execute("SELECT path, sha FROM now ORDER BY path")

    def count_inputs(self) -> int:
        """The number of inputs of tonight."""
        return int(self._db.execute("SELECT count(*) FROM now").fetchone()[0])

    def count(self) -> int:
        """The number of jobs."""
        return int(self._db.execute("SELECT count(*) FROM job").fetchone()[0])

    def count_to_read(self) -> int:
        """The number of sources that must be read."""
        return int(self._db.execute("SELECT count(*) FROM job WHERE action = 'read'").fetchone()[0])

    def unread(self) -> list[str]:
        """The collections and archives that cannot be read tonight and hold sources of the snapshot before."""
        return [row[0] for row in self._db.execute(f"SELECT DISTINCT n.path FROM {UNREAD} ORDER BY n.path")]

    def count_gone(self) -> int:
        """The number of sources of the snapshot before that are no longer among the inputs."""
        return int(self._db.execute("SELECT count(*) FROM job WHERE action = 'gone'").fetchone()[0])

    def dropped(self) -> int:
        """The number of sources of the snapshot before whose texts are not in the next."""
        elsewhere = "SELECT 1 FROM now WHERE now.sha = was.sha AND now.format = was.format"
        gone = f"path NOT IN (SELECT path FROM job) AND sha != '' AND NOT EXISTS ({elsewhere})"
        return int(self._db.execute(f"SELECT count(*) FROM was WHERE {gone}").fetchone()[0])

    def rejected_before(self) -> list[tuple[str, str]]:
        """The path and the sentence of inputs of tonight whose rows stay and that are rejected still."""
        query = f"SELECT path, error FROM {STAYING} AND status = 'rejected' ORDER BY path LIMIT {NAMED}"
        return self._db.execute(query).fetchall()

    def actions(self) -> dict[str, int]:
        """The jobs by what is to be done."""
        return dict(self._db.execute("SELECT action, count(*) FROM job GROUP BY action").fetchall())

    def known_statuses(self) -> dict[str, int]:
        """The inputs of tonight whose rows stay by the status that they had."""
        return dict(self._db.execute(f"SELECT status, count(*) FROM {STAYING} GROUP BY status").fetchall())

    def nothing_to_do(self) -> bool:
        """Whether the snapshot before is the next one already."""
        undone = "SELECT count(*) FROM job WHERE NOT stays"
        left = "SELECT count(*) FROM was WHERE path NOT IN (SELECT path FROM job)"
        return not any(self._db.execute(query).fetchone()[0] for query in (undone, left))
