"""An output folder behind an address: fetched to this machine, worked on here, put back as one snapshot.

Object stores replace an object whole or not at all, and know neither renaming nor locks. So the tables are first put
beside those that stand there, then a journal says that they are to take their places, as `snapshot` does on a disk:
before it nothing published has been touched, after it whoever comes next reads what is staged and finishes the moves.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from pipeline.address import file_system, is_address, reason, shown
from pipeline.folder import PRIVATE, BusyError, PublishError
from pipeline.load import TRIES, SnapshotError
from pipeline.snapshot import published
from pipeline.tables import SCHEMAS

LOG = "runs.jsonl"
JOURNAL = f"{PRIVATE}/journal.json"
PAUSE = 0.5  # seconds between two looks at a folder that another run is writing
FLAT = ("s3", "gcs", "abfs")  # stores without folders: to make one would leave an empty object
PIECE = 8 << 20  # bytes sent or fetched at a time
STALE = 24 * 3600  # seconds after which what a run has staged is taken for that of one that died
# What a store says is not trusted with paths: these alone are files of tables, and places where they are staged.
TABLE_FILE = re.compile(rf"(?:{'|'.join(SCHEMAS)})(?:\.parquet|/part-[\w-]+\.parquet)")
STAGING = re.compile(rf"{re.escape(PRIVATE)}/staging-(\d+)-[0-9a-f]+")
REPAIR = "run `yaodian extract --fresh --prune` into it to write them anew from today's inputs"

State = tuple[str, list[str]]  # the identifier of a snapshot, "" for none, and its files


@contextmanager
def at_hand(tables: str, names: Sequence[str] | None = None) -> Iterator[Path]:
    """The folder of the tables; for an address a copy of those ``names``, there inside the block. SnapshotError."""
    if (here := _local(tables)) is not None:
        yield here
        return
    with tempfile.TemporaryDirectory(prefix="yaodian-") as folder:
        try:
            _Remote(tables).fetch(Path(folder), names)
        except OSError as error:
            raise SnapshotError(f"{shown(tables)!r} cannot be read ({reason(error)}); check the address.") from error
        there = {name.split("/")[0].removesuffix(".parquet") for name in published(Path(folder))}
        missing = [name for name in names or () if name not in there]
        if missing or not there:
            what = f"table {missing[0]!r}" if missing else "tables"
            raise SnapshotError(f"{shown(tables)!r} holds no {what}; run `yaodian extract … -o` into it first.")
        yield Path(folder)


@contextmanager
def output_folder(output: str, anew: bool = False) -> Iterator[Path]:
    """The folder into which a run writes; for an address a copy that is published when the block ends well.

    ``anew`` fetches no tables and takes the place of whatever stands there, be it whole or not.

    Raises PublishError, and BusyError where another run of this machine is at work there.
    """
    if (here := _local(output)) is not None:
        yield here
        return
    with _lock(output), tempfile.TemporaryDirectory(prefix="yaodian-") as folder:
        copy = Path(folder)
        with _faults(output):
            remote = _Remote(output)
            if anew:
                remote.fetch_log(copy)
            else:
                remote.recover()
            before = None if anew else remote.fetch(copy)
        try:
            yield copy
        except BaseException:
            with _faults(output):
                remote.put_log(copy)
            raise
        with _faults(output):
            remote.publish(copy, before)


def _local(place: str) -> Path | None:
    """The path of a folder on this machine, None for an address."""
    if place.startswith("file://"):
        return Path(file_system(place)[1])
    return None if is_address(place) else Path(place)


@contextmanager
def _faults(output: str) -> Iterator[None]:
    try:
        yield
    except SnapshotError as error:
        raise PublishError(str(error)) from error
    except (OSError, ValueError, NotImplementedError) as error:
        raise PublishError(f"{shown(output)!r} cannot be written ({reason(error)}); choose another with -o.") from error


@contextmanager
def _lock(output: str) -> Iterator[None]:
    """Hold the address against other runs of this user on this machine."""
    from platformdirs import user_cache_path

    name = hashlib.sha256(shown(output).rstrip("/").encode()).hexdigest()[:16]
    file = user_cache_path("yaodian", appauthor=False) / "locks" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(file, timeout=0):
            yield
    except Timeout:
        raise BusyError(f"Another run of this machine is writing {shown(output)!r}; wait for it to end.") from None


class _Remote:
    """The files of a folder in a file system that pyarrow opens. Every method raises OSError.

    One that reads raises SnapshotError where what stands there is damaged.
    """

    def __init__(self, uri: str) -> None:
        self._shown = shown(uri)
        self._system, root = file_system(uri)
        self._root = root.rstrip("/")

    def fetch(self, into: Path, names: Sequence[str] | None = None) -> State:
        """Copy the tables of one snapshot (or those with these names) and the run log.

        Raises SnapshotError where the tables are not of one run.
        """
        for _ in range(TRIES):
            try:
                ids = self._fetch_tables(into, names)
            except FileNotFoundError:  # moved between the look and the copying
                ids = {"", "?"}
            if len(ids) < 2:
                break
            time.sleep(PAUSE)
        else:
            raise SnapshotError(f"The tables in {self._shown!r} are not of one run; {REPAIR}.")
        self.fetch_log(into)
        return next(iter(ids), ""), sorted(published(into))

    def fetch_log(self, into: Path) -> None:
        """Copy the run log, where there is one."""
        if (log := self._bytes(LOG)) is not None:
            (into / LOG).write_bytes(log)

    def _fetch_tables(self, into: Path, names: Sequence[str] | None) -> set[str]:
        for old in published(into):
            (into / old).unlink()
        journal = self._journal() or {"files": self._published(), "staging": ""}
        for name in journal["files"]:
            if names is None or name.split("/")[0].removesuffix(".parquet") in names:
                staged = f"{journal['staging']}/{name}"
                (into / name).parent.mkdir(parents=True, exist_ok=True)
                self._get(staged if journal["staging"] and self._is_file(staged) else name, into / name)
        try:
            return {_snapshot(into / name) for name in published(into)}
        except (OSError, pa.ArrowInvalid) as error:
            raise SnapshotError(f"The tables in {self._shown!r} are damaged ({reason(error)}); {REPAIR}.") from error

    def publish(self, folder: Path, before: State | None) -> None:
        """Put the tables of a local folder in the place of those ``before`` (None: of any), and its run log.

        Raises PublishError where others stand there by now.
        """
        files = sorted(published(folder))
        snapshot = _snapshot(folder / files[0]) if files else ""
        if files and (snapshot, files) != before:
            if before not in (None, (self._snapshot_there(), self._published())):
                raise PublishError(f"Another run has published to {self._shown!r} meanwhile; run again.")
            staging = f"{PRIVATE}/staging-{int(time.time())}-{uuid.uuid4().hex}"
            for name in files:
                self._put(folder / name, f"{staging}/{name}")
            remove = [name for name in self._published() if name not in files]
            journal = {"files": files, "remove": remove, "staging": staging, "snapshot_id": snapshot}
            self._write(JOURNAL, json.dumps(journal).encode())
            self.recover()
        self.put_log(folder)

    def put_log(self, folder: Path) -> None:
        """Put the run log of a local folder, where it has one."""
        if (folder / LOG).exists():
            self._put(folder / LOG, LOG)

    def recover(self) -> None:
        """Finish a publication that has begun and clear away what it and runs that died have staged.

        Raises SnapshotError, before anything is moved, where a file of it is neither staged nor in its place.
        """
        journal = self._journal()
        if journal:
            staged = [name for name in journal["files"] if self._is_file(f"{journal['staging']}/{name}")]
            for name in journal["files"]:
                if name not in staged and self._snapshot_of(name) != journal["snapshot_id"]:
                    raise SnapshotError(f"A publication to {self._shown!r} has lost its {name!r}; {REPAIR}.")
            for name in staged:
                self._make_folder(name)
                self._system.copy_file(self._path(f"{journal['staging']}/{name}"), self._path(name))
            for name in journal["remove"]:
                if self._is_file(name):
                    self._system.delete_file(self._path(name))
            self._system.delete_file(self._path(JOURNAL))
        self._clear(journal["staging"] if journal else "")

    def _clear(self, done: str) -> None:
        """Delete a staging folder, and those of runs that have died; another may be that of a machine at work."""
        from pyarrow import fs

        selector = fs.FileSelector(self._path(PRIVATE), allow_not_found=True)
        for found in self._system.get_file_info(selector):
            name = f"{PRIVATE}/{found.base_name}"
            begun = STAGING.fullmatch(name)
            if begun and (name == done or time.time() - int(begun[1]) >= STALE):
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

    def _put(self, file: Path, name: str) -> None:
        self._make_folder(name)
        with file.open("rb") as handle, self._system.open_output_stream(self._path(name)) as out:
            while piece := handle.read(PIECE):
                out.write(piece)


def _snapshot(file: Any) -> str:
    """The identifier of the snapshot of which a Parquet file is."""
    about: dict[bytes, bytes] = pq.read_metadata(file).metadata or {}
    return about.get(b"snapshot_id", b"?").decode()
