"""The files of an output folder in a file system that pyarrow opens, and how they change places as one snapshot.

Object stores replace an object whole or not at all, and know neither renaming nor locks. So the tables are first put
beside those that stand there, then a journal says that they are to take their places, as `snapshot` does on a disk:
before it nothing published has been touched, after it whoever comes next reads what is staged and finishes the moves.
"""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.address import file_system, reason, shown
from pipeline.folder import PublishError
from pipeline.inputs import PRIVATE
from pipeline.load import TRIES, SnapshotError
from pipeline.snapshot import published
from pipeline.tables import SCHEMAS

LOG = "runs.jsonl"
JOURNAL = f"{PRIVATE}/journal.json"
PAUSE = 0.5  # seconds between two looks at a folder that another run is writing
FLAT = ("s3", "gcs", "abfs")  # stores without folders: to make one would leave an empty object
PIECE = 8 << 20  # bytes sent or fetched at a time
AT_ONCE = 16  # files that a store moves at a time: each waits for the network
NO_SNAPSHOT = "?"  # of a file that no run wrote
STALE = 24 * 3600  # seconds after which what a run has staged is taken for that of one that died
# What a store says is not trusted with paths: these alone are files of tables, and places where they are staged.
TABLE_FILE = re.compile(rf"(?:{'|'.join(SCHEMAS)})(?:\.parquet|/part-[\w-]+\.parquet)")
STAGING = re.compile(rf"{re.escape(PRIVATE)}/staging-(\d+)-[0-9a-f]+")
REPAIR = "run `yaodian extract --fresh --prune` into it to write them anew from today's inputs"

State = tuple[str, list[str]]  # the identifier of a snapshot, "" for none, and its files


class Store:
    """The files of a folder in a file system that pyarrow opens. Every method raises OSError.

    One that reads raises SnapshotError where what stands there is damaged.
    """

    def __init__(self, uri: str) -> None:
        self._shown = shown(uri)
        self._system, root = file_system(uri)
        self._root = root.rstrip("/")

    def foreign(self) -> str:
        """A table file that stands there and that no run wrote; empty where there is none.

        One that is no Parquet file is taken for a damaged one of ours where a run has left its log or a journal.
        """
        first = {name.split("/")[0]: name for name in reversed(self._published())}
        for name in first.values():
            try:
                ours = self._snapshot_of(name) != NO_SNAPSHOT
            except OSError:  # moved meanwhile, damaged, or not for us to read: the run will say so
                ours = True
            except pa.ArrowInvalid:
                ours = self._is_file(LOG) or self._is_file(JOURNAL)
            if not ours:
                return name
        return ""

    def fetch(self, into: Path, names: Sequence[str] | None = None) -> State:
        """Copy the tables of one snapshot (or those with these names) and the run log.

        Raises SnapshotError where the tables are not of one run.
        """
        for _ in range(TRIES):
            try:
                ids, files = self._fetch_tables(into, names)
            except FileNotFoundError:  # moved between the look and the copying
                ids, files = {"", NO_SNAPSHOT}, []
            if len(ids) < 2:
                break
            time.sleep(PAUSE)
        else:
            raise SnapshotError(f"The tables in {self._shown!r} are not of one run; {REPAIR}.")
        self.fetch_log(into)
        return next(iter(ids), ""), files

    def fetch_log(self, into: Path) -> None:
        """Copy the run log, where there is one."""
        if (log := self._bytes(LOG)) is not None:
            (into / LOG).write_bytes(log)

    def _fetch_tables(self, into: Path, names: Sequence[str] | None) -> tuple[set[str], list[str]]:
        """The snapshots of the tables copied, and all files of tables that stand there."""
        for old in published(into):
            (into / old).unlink()
        journal = self._journal() or {"files": self._published(), "staging": ""}
        for name in journal["files"]:
            if names is None or name.split("/")[0].removesuffix(".parquet") in names:
                staged = f"{journal['staging']}/{name}"
                (into / name).parent.mkdir(parents=True, exist_ok=True)
                self._get(staged if journal["staging"] and self._is_file(staged) else name, into / name)
        try:
            return {_snapshot(into / name) for name in published(into)}, sorted(journal["files"])
        except (OSError, pa.ArrowInvalid) as error:
            raise SnapshotError(f"The tables in {self._shown!r} are damaged ({reason(error)}); {REPAIR}.") from error

    def publish(self, folder: Path, before: State | None) -> None:
        """Put the tables of a local folder in the place of those ``before`` (None: of any).

        Raises PublishError where others stand there by now.
        """
        files = sorted(published(folder))
        snapshot = _snapshot(folder / files[0]) if files else ""
        if files and (snapshot, files) != before:
            staging = self.new_staging()
            self._check_unchanged(before)
            for name in files:
                self.put(folder / name, f"{staging}/{name}")
            self.publish_staged(staging, files, snapshot, before)

    def publish_staged(self, staging: str, files: Sequence[str], snapshot: str, before: State | None) -> None:
        """Put staged files in the place of those ``before``, as above."""
        self._check_unchanged(before)
        remove = [name for name in self._published() if name not in files]
        journal = {"files": list(files), "remove": remove, "staging": staging, "snapshot_id": snapshot}
        self._write(JOURNAL, json.dumps(journal).encode())
        self.recover()
        self._check_unchanged((snapshot, sorted(files)))

    def _check_unchanged(self, before: State | None) -> None:
        if before not in (None, (self._snapshot_there(), self._published())):
            raise PublishError(f"Another run has published to {self._shown!r} meanwhile; run again.")

    @staticmethod
    def new_staging() -> str:
        """The name of a place where one run alone stages files."""
        return f"{PRIVATE}/staging-{int(time.time())}-{uuid.uuid4().hex}"

    def put_log(self, folder: Path) -> None:
        """Put the run log of a local folder, where it has one."""
        if (folder / LOG).exists():
            self.put(folder / LOG, LOG)

    def recover(self) -> None:
        """Finish a publication that has begun and clear away what it and runs that died have staged.

        Raises SnapshotError, before anything is moved, where a file of it is neither staged nor in its place.
        """
        journal = self._journal()
        if journal:
            try:
                self._finish(journal)
            except OSError:
                if self._journal() == journal:
                    raise  # else another machine, which began a run meanwhile, has finished it
        self.clear(journal["staging"] if journal else "")

    def _finish(self, journal: dict[str, Any]) -> None:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            staged = list(pool.map(lambda name: self._is_staged(journal, name), journal["files"]))
            moves = [name for name, here in zip(journal["files"], staged, strict=True) if here]
            list(pool.map(lambda name: self._take_place(journal["staging"], name), moves))
            list(pool.map(self._delete, journal["remove"]))
        self._forget()

    def _forget(self) -> None:
        self._system.delete_file(self._path(JOURNAL))

    def _is_staged(self, journal: dict[str, Any], name: str) -> bool:
        """Whether a file is staged; else it must stand in its place. Raises SnapshotError."""
        if self._is_file(f"{journal['staging']}/{name}"):
            return True
        if self._snapshot_of(name) != journal["snapshot_id"]:
            raise SnapshotError(f"A publication to {self._shown!r} has lost its {name!r}; {REPAIR}.")
        return False

    def _take_place(self, staging: str, name: str) -> None:
        self._make_folder(name)
        self._system.copy_file(self._path(f"{staging}/{name}"), self._path(name))

    def _delete(self, name: str) -> None:
        if self._is_file(name):
            self._system.delete_file(self._path(name))

    def clear(self, done: str) -> None:
        """Delete a staging folder, and those of runs that have died; another may be that of a machine at work."""
        from pyarrow import fs

        selector = fs.FileSelector(self._path(PRIVATE), allow_not_found=True)
        for found in self._system.get_file_info(selector):
            name = f"{PRIVATE}/{found.base_name}"
            begun = STAGING.fullmatch(name)
            if begun and (name == done or time.time() - int(begun[1]) >= STALE):
                with suppress(FileNotFoundError):  # another machine clears it away too
                    self._system.delete_dir(self._path(name))

    def _published(self) -> list[str]:
        """The files of the tables that stand there, one file or many parts a table."""
        from pyarrow import fs

        selector = fs.FileSelector(self._root, recursive=True, allow_not_found=True)
        there = (str(found.path) for found in self._system.get_file_info(selector) if found.is_file)
        names = sorted(path.removeprefix(self._root).lstrip("/") for path in there)
        return [name for name in names if TABLE_FILE.fullmatch(name)]

    def _snapshot_there(self) -> str:
        names = self._published()
        return self._snapshot_of(names[0]) if names else ""

    def _snapshot_of(self, name: str) -> str:
        """The identifier of the snapshot of which a file there is, "" where there is none."""
        if not self._is_file(name):
            return ""
        with self._system.open_input_file(self._path(name)) as handle:
            return _snapshot(handle)

    def _journal(self) -> dict[str, Any] | None:
        data = self._bytes(JOURNAL)
        if not data:
            return None
        try:
            journal: dict[str, Any] = json.loads(data)
            names = journal["files"] + journal["remove"]
            sound = STAGING.fullmatch(journal["staging"]) and all(TABLE_FILE.fullmatch(name) for name in names)
            sound = sound and isinstance(journal["snapshot_id"], str)
        except (ValueError, KeyError, TypeError):
            sound = False
        if not sound:
            raise SnapshotError(f"{f'{self._shown}/{JOURNAL}'!r} is damaged or not ours; {REPAIR}.")
        return journal

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _kind(self, name: str) -> str:
        return str(self._system.get_file_info(self._path(name)).type.name)

    def _is_file(self, name: str) -> bool:
        return self._kind(name) == "File"

    def _make_folder(self, name: str) -> None:
        if self._system.type_name not in FLAT:
            self._system.create_dir(self._path(name).rpartition("/")[0], recursive=True)

    def _bytes(self, name: str) -> bytes | None:
        if not self._is_file(name):
            return None
        with self._system.open_input_file(self._path(name)) as handle:
            return bytes(handle.read())

    def _write(self, name: str, data: bytes) -> None:
        self._make_folder(name)
        with self._system.open_output_stream(self._path(name)) as out:
            out.write(data)

    def _get(self, name: str, file: Path) -> None:
        with self._system.open_input_file(self._path(name)) as handle, file.open("wb") as out:
            while piece := handle.read(PIECE):
                out.write(piece)

    def put(self, file: Path, name: str) -> None:
        """Put a local file there."""
        self._make_folder(name)
        with file.open("rb") as handle, self._system.open_output_stream(self._path(name)) as out:
            while piece := handle.read(PIECE):
                out.write(piece)


def _snapshot(file: Any) -> str:
    """The identifier of the snapshot of which a Parquet file is."""
    about: dict[bytes, bytes] = pq.read_metadata(file).metadata or {}
    return about.get(b"snapshot_id", NO_SNAPSHOT.encode()).decode()
