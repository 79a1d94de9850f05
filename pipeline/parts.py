"""What a task of a cluster does: it looks at inputs, or reads a part of the sources and writes all tables of that part.

A part is written under names that depend on nothing but the snapshot and its number, so a task that is run again,
because its worker died, writes the same bytes to the same places.
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline import slices as travel
from pipeline.crew import Crew
from pipeline.fingerprint import Fingerprint
from pipeline.folder import PublishError, why
from pipeline.publish import TableWriter
from pipeline.reach import Unopened, unopened
from pipeline.read import Entry
from pipeline.records import Records
from pipeline.remote import faults
from pipeline.slices import Slices
from pipeline.stages import Options, Pipeline
from pipeline.store import Store
from pipeline.summary import Summary
from pipeline.tables import Row
from pipeline.workers import crew_of, extract_here, extract_with

Looked = list[list[tuple[Entry, Fingerprint]]]


@dataclass(frozen=True, slots=True)
class Task:
    """What all tasks of a run share. ``staging`` is a folder that all workers reach, or one behind ``address``."""

    options: Options
    time_limit: float
    staging: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """The sources that one task reads, in order of path, each with whether its bytes stand at an earlier path."""

    number: int
    sources: tuple[tuple[Entry, Fingerprint, bool], ...]


def part_name(table: str, snapshot: str, number: int) -> str:
    """The file of a part, below the output folder; those of a snapshot sort by number."""
    return f"{table}/part-{snapshot}-{number:07}.parquet"


def look(files: Sequence[Entry], task: Task) -> tuple[Looked, Unopened]:
    """What stands in each file, without its texts, and which of them cannot be opened here."""
    kit = _kit(task)
    found = [list(kit.records.look(file)) for file in files]
    unread = (file for file, parts in zip(files, found, strict=True) if any(not about.sha256 for _, about in parts))
    return found, unopened(unread)


def is_unguarded() -> bool:
    """Whether this worker may not start the processes that guard it against what it reads."""
    return bool(multiprocessing.current_process().daemon)


def extract_part(part: Part, task: Task, metadata: dict[str, str]) -> tuple[Summary, Unopened]:
    """Read the sources of a part and stage its files, whole or not at all; which cannot be opened here, though they
    could be when they were looked at. Raises PublishError.
    """
    kit, summary = _kit(task), Summary()
    if kit.pipeline.ruleset != metadata["ruleset"]:
        raise PublishError(
            f"The worker on {platform.node()} has other rules or libraries ({kit.pipeline.ruleset}) than the run "
            f"({metadata['ruleset']}); install the same version of Yaodian, from the same lock file, on all machines."
        )
    names = {table: part_name(table, metadata["snapshot_id"], part.number) for table in kit.pipeline.tables}
    with _staged(task, names) as files, ThreadPoolExecutor(1, "parquet") as pool:
        writers = {table: TableWriter(table, file, pool) for table, file in files.items()}
        lost = []
        for (entry, found, _), (source, slices) in zip(part.sources, kit.rows(part), strict=True):
            if found.sha256 and not source["sha256"]:
                lost.append(entry)
            summary.statuses[source["status"]] += 1
            summary.actions["copy" if source["status"] == "duplicate" else "read"] += 1
            summary.add_work(source, slices)
            for table, slice_ in slices.items():
                writers[table].add(slice_)
        for table, writer in writers.items():
            writer.close(metadata)
            summary.rows[table] = writer.rows
        summary.gaps.update(writers["gaps"].counts)
    return summary, unopened(lost)


@contextmanager
def _staged(task: Task, names: dict[str, str]) -> Iterator[dict[str, Path]]:
    """A file to write for each table; when the block ends well they stand where they are staged."""
    if task.address:
        with tempfile.TemporaryDirectory(prefix="yaodian-") as folder:
            files = {table: Path(folder) / f"{table}.parquet" for table in names}
            yield files
            with faults(task.address):
                store = Store(task.address)
                for table, file in files.items():
                    store.put(file, f"{task.staging}/{names[table]}")
        return
    staging = Path(task.staging)
    mine = staging / f".{os.getpid()}-{threading.get_ident()}-{time.monotonic_ns()}"  # others may be at the same part
    try:
        mine.mkdir(parents=True)
        files = {table: mine / f"{table}.parquet" for table in names}
        yield files
        for table, file in files.items():
            (staging / names[table]).parent.mkdir(exist_ok=True)
            os.replace(file, staging / names[table])
    except OSError as error:
        raise PublishError(
            f"A worker could not write its part to {task.staging!r} ({why(error)}); what was published before "
            "stands. All workers must reach the output folder under this name and find room there."
        ) from error
    finally:
        shutil.rmtree(mine, ignore_errors=True)


class _Kit:
    """What a worker keeps from task to task: the stages, and the processes that guard it against what it reads."""

    def __init__(self, task: Task) -> None:
        guarded = not is_unguarded()
        self.pipeline, self._time_limit = Pipeline(task.options), task.time_limit
        self.records = Records(task.options.text_column, task.time_limit if guarded else None)
        self._crew: Crew | None = crew_of(task.options, 1, task.time_limit) if guarded else None

    def rows(self, part: Part) -> Iterator[tuple[Row, Slices]]:
        """The row of `sources` and the rows of all tables for each source of a part."""
        work = self.records.fetch((entry, found) for entry, found, _ in part.sources)
        try:
            read = (
                extract_with(self._crew, work, self.pipeline, self._time_limit)
                if self._crew
                else extract_here(work, self.pipeline)
            )
            for (_, _, copy), (row, slices) in zip(part.sources, read, strict=True):
                yield travel.as_copy(row) if copy else (row, slices)
        except BaseException:
            self.close()  # what it has begun belongs to this part
            raise

    def close(self) -> None:
        _kits.held = None, None
        self.records.close()
        if self._crew:
            self._crew.__exit__()


_kits = threading.local()  # a worker may have several threads, each with a task at a time


def _kit(task: Task) -> _Kit:
    wanted = (task.options, task.time_limit)
    held: tuple[object, _Kit | None] = getattr(_kits, "held", (None, None))
    if held[0] == wanted and held[1] is not None:
        return held[1]
    if held[1] is not None:
        held[1].close()
    kit = _Kit(task)
    _kits.held = wanted, kit
    return kit
