"""The same stages on a Dask cluster: tasks look at the inputs, then each reads a part and writes all its tables."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import count
from pathlib import Path

from pipeline import parts, reach, runlog
from pipeline.cluster import Cluster, cluster
from pipeline.collections import holds
from pipeline.crew import ClusterError
from pipeline.groups import groups
from pipeline.inputs import empty
from pipeline.parts import Part, Task
from pipeline.previous import Previous
from pipeline.read import Entry, discover
from pipeline.remote import faults
from pipeline.session import Session, Settings, session
from pipeline.snapshot import commit
from pipeline.stages import Options, Pipeline
from pipeline.summary import Summary
from pipeline.tables import SCHEMA_VERSION
from pipeline.worklist import Worklist

FILES_A_TASK = 500  # files whose bytes one task looks at
A_COLLECTION = 100  # files as which a collection or archive counts
SOURCES_A_PART = 200  # some seconds of work: long beside what a task costs, short beside what a lost one does
PARTS = 5_000  # beyond as many, parts become larger: the client, and readers of the tables, pay for each


def run(
    inputs: Sequence[str],
    output: str | Path,
    options: Options | None = None,
    progress: Callable[[int, int, str], None] = lambda done, total, path: None,
    settings: Settings | None = None,
    *,
    scheduler: str | None = None,
    sources_a_part: int | None = None,
) -> Summary:
    """Extract every input into parts ``TABLE/part-*.parquet`` of ``output``, a folder or address all workers reach.

    ``scheduler`` is the address of a cluster; without one a local cluster of ``settings.workers`` processes is started.
    Every source is read again, with ``fresh`` or without it, and only today's inputs are in the tables: without
    ``prune`` a run that would lose the rows of files that are gone is refused. A part holds 200 sources, of more than a
    million a 5,000th, unless ``sources_a_part`` says how many. ``progress`` counts sources. Raises BusyError,
    ClusterError, InputError, PublishError and SegmenterError.
    """
    settings, pipeline = settings or Settings(), Pipeline(options)
    about = {"engine": "dask", "scheduler": scheduler, "sources_a_part": sources_a_part}
    with session(inputs, str(output), pipeline, settings, about=about, names=("sources",)) as held:
        night = _Night(held, pipeline, settings, str(output))
        with cluster(scheduler, settings.workers) as workers:
            return night.run(inputs, workers, sources_a_part, progress)


class _Night:
    """The work of one run, once the output is ours."""

    def __init__(self, held: Session, pipeline: Pipeline, settings: Settings, output: str) -> None:
        self._held, self._pipeline, self._settings, self._output = held, pipeline, settings, output
        store = held.place.store
        staging = str(held.folder.staging.absolute()) if store is None else store.new_staging()
        self._task = Task(pipeline.options, settings.time_limit, staging, "" if store is None else output)
        self._summary = Summary()

    def run(
        self, inputs: Sequence[str], workers: Cluster, size: int | None, progress: Callable[[int, int, str], None]
    ) -> Summary:
        """Look, read, publish."""
        if self._held.place.store is None:
            self._held.folder.clear_staging()
        with closing(Worklist()) as worklist:
            self._plan(inputs, worklist, workers)
            total, made = worklist.count_inputs(), 0
            size = size or part_size(total)
            self._summary.snapshot_id = self._snapshot_id(worklist, size)
            work = workers.map(parts.extract_part, _parts(worklist, size), self._task, self._metadata())
            for part, (done, unopened) in work:
                reach.check(unopened)
                self._summary.merge(done)
                made = max(made, part.number + 1)
                progress(self._summary.count(), total, "")
        self._summary.rejected.sort()
        self._summary.warnings.sort()
        self._publish(made)
        return self._summary

    def _plan(self, inputs: Sequence[str], worklist: Worklist, workers: Cluster) -> None:
        """Fill the list. Raises ClusterError where rows would be lost or a worker lacks an input."""
        with Previous(self._held.folder.path, ignore=self._settings.anew) as previous:
            worklist.add_known(previous.sources(), "")
        unreachable = list[str]()
        tasks = _files_a_task(map(reach.travelling, discover(inputs)))
        for group, (found, unopened) in workers.map(parts.look, tasks, self._task):
            reach.check(unopened)
            unreachable.extend(file.fault for file in group if file.fault)
            for sources in found:
                worklist.add_inputs(sources)
        self._summary.note_unreached(unreachable)
        if unguarded := workers.workers_that(parts.is_unguarded):
            self._summary.notes.append(
                f"{unguarded} workers may not start processes, so nothing guarded them against the files they read; "
                "start them with DASK_DISTRIBUTED__WORKER__DAEMON=False."
            )
        worklist.decide(prune=False)
        _check_nothing_is_lost(
            worklist.count_gone(), self._settings.prune, bool(unreachable or worklist.unread() or empty(inputs))
        )

    def _snapshot_id(self, worklist: Worklist, size: int) -> str:
        """A hash of all that the rows and their parts depend on."""
        digest = hashlib.sha256(f"{self._pipeline.ruleset}\0{size}\0{self._pipeline.tables}\n".encode())
        for path, sha256 in worklist.contents():
            digest.update(f"{path}\0{sha256}\n".encode())
        return digest.hexdigest()[:16]

    def _metadata(self) -> dict[str, str]:
        return {
            "schema_version": SCHEMA_VERSION,
            "ruleset": self._pipeline.ruleset,
            "snapshot_id": self._summary.snapshot_id,
        }

    def _publish(self, made: int) -> None:
        """Put all parts in place as one snapshot, and the record of the run into the log."""
        held, snapshot = self._held, self._summary.snapshot_id
        files = [parts.part_name(table, snapshot, at) for table in self._pipeline.tables for at in range(made)]
        record = held.record(self._summary.record())
        if held.place.store is None:
            commit(held.folder, files, record)
            return
        with faults(self._output):
            held.place.store.publish_staged(self._task.staging, files, snapshot, held.place.before)
        runlog.append(held.folder.log, record)


def part_size(sources: int) -> int:
    """Sources in a part when there are as many in all."""
    return max(SOURCES_A_PART, -(-sources // PARTS))


def _files_a_task(files: Iterable[Entry]) -> Iterator[list[Entry]]:
    group, size = list[Entry](), 0
    for file in files:
        group.append(file)
        size += A_COLLECTION if holds(file) else 1
        if size >= FILES_A_TASK:
            yield group
            group, size = [], 0
    if group:
        yield group


def _parts(worklist: Worklist, size: int) -> Iterator[Part]:
    """The sources in order of path, cut into parts; one without any where there are none, for tables have columns."""
    numbers = count()
    for sources in groups(worklist.to_read_with_copies(), size):
        yield Part(next(numbers), tuple(sources))
    if next(numbers) == 0:
        yield Part(0, ())


def _check_nothing_is_lost(gone: int, prune: bool, unreachable: bool) -> None:
    """The rows of files that are gone cannot be kept here, so the user has to let them go. Raises ClusterError."""
    if gone and unreachable:
        raise ClusterError(
            f"An input could not be reached or is empty. The tables hold rows of {gone} sources that are not in the "
            "others, and --engine dask cannot carry them over; run again once all inputs are there, or with "
            "--fresh --prune to drop these rows."
        )
    if gone and not prune:
        raise ClusterError(
            f"The tables hold rows of {gone} sources that are not in the inputs, and --engine dask cannot carry them "
            "over; run with --prune to drop them, or without --engine to keep them."
        )
