"""The same stages on a Dask cluster: each task reads a part of the sources and writes all tables of that part.

A task writes under names that depend on nothing but its part, so one that is run again, because its worker died, writes
the same bytes to the same places.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline import runlog
from pipeline import slices as travel
from pipeline.collections import expand
from pipeline.crew import ClusterError, Crew
from pipeline.fingerprint import Fingerprint, fingerprint
from pipeline.folder import OutputFolder
from pipeline.inputs import MEMBER
from pipeline.previous import Previous
from pipeline.publish import TableWriter
from pipeline.read import Entry, discover, read
from pipeline.slices import Slices
from pipeline.snapshot import commit, recover
from pipeline.stages import Options, Pipeline
from pipeline.summary import Summary
from pipeline.tables import SCHEMA_VERSION
from pipeline.workers import TIME_LIMIT, crew_of, extract_here, extract_with
from pipeline.worklist import Worklist

FILES_A_TASK = 500  # files whose bytes one task looks at
SOURCES_A_PART = 200  # some seconds of work: long beside what a task costs, short beside what a lost one does
RETRIES = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """The sources ``[start, stop)`` of a file ; ``copies`` are the paths of those whose bytes stand above."""

    file: Entry
    start: int
    stop: int
    copies: frozenset[str]


@dataclass(frozen=True, slots=True)
class Part:
    """What one task reads."""

    number: int
    pieces: tuple[Piece, ...]


def run(
    inputs: Sequence[str],
    output: Path,
    options: Options | None = None,
    progress: Callable[[int, int, str], None] = lambda done, total, path: None,
    *,
    scheduler: str | None = None,
    workers: int = 0,
    time_limit: float = TIME_LIMIT,
    fresh: bool = False,
    prune: bool = False,
    sources_a_part: int = SOURCES_A_PART,
) -> Summary:
    """Extract every input into parts ``TABLE/part-*.parquet`` of ``output``, a folder that all workers reach.

    ``scheduler`` is the address of a cluster; without one a local cluster of ``workers`` processes is started. Every
    source is read again, with ``fresh`` or without it, and only today's inputs are in the tables: without ``prune`` a
    run that would lose the rows of files that are gone is refused. ``progress`` counts sources. Raises BusyError,
    ClusterError, PublishError and SegmenterError.
    """
    pipeline = Pipeline(options)
    started, clock = runlog.now(), time.monotonic()
    with OutputFolder(output).hold(started) as folder, _client(scheduler, workers) as client:
        recover(folder)
        folder.clear_staging()
        with closing(Worklist()) as worklist:
            with Previous(output, ignore=fresh and prune) as previous:
                worklist.add_known(previous.sources(), "")
            files = sorted(discover(inputs), key=lambda entry: entry.path)
            counts = _look(client, files, pipeline.options, worklist)
            worklist.decide(prune=False)
            unreachable = any(file.fault for file in files) or bool(worklist.unread())
            _check_nothing_is_lost(worklist.count_gone(), prune, unreachable)
            parts = list(_parts(files, counts, worklist.copies(), sources_a_part))
            total = sum(counts)
            metadata = {
                "schema_version": SCHEMA_VERSION,
                "ruleset": pipeline.ruleset,
                "snapshot_id": _snapshot_id(pipeline, worklist),
            }
        staging = str(folder.staging.absolute())
        task = partial(
            _extract_part, options=pipeline.options, metadata=metadata, staging=staging, time_limit=time_limit
        )
        futures = client.map(task, parts, retries=RETRIES, pure=False)
        summary = _gather(client, futures, total, progress)
        summary.snapshot_id = metadata["snapshot_id"]
        settings = {"engine": "dask", "scheduler": scheduler, "workers": workers, "parts": len(parts)}
        record = {
            "started": started, "inputs": list(inputs), "ruleset": pipeline.ruleset,
            "options": asdict(pipeline.options), "settings": settings,
            "seconds": round(time.monotonic() - clock, 3), **summary.record(),
        }  # fmt: skip
        commit(folder, [f"{name}/{_name(part.number)}" for name in pipeline.tables for part in parts], record)
    return summary


def _check_nothing_is_lost(gone: int, prune: bool, unreachable: bool) -> None:
    """The rows of files that are gone cannot be kept here, so the user has to let them go. Raises ClusterError."""
    if gone and unreachable:
        raise ClusterError(
            f"An input could not be reached, and rows of {gone} files are not among the others; run again."
        )
    if gone and not prune:
        raise ClusterError(
            f"The tables hold rows of {gone} files that are not among the inputs, and --engine dask cannot carry them "
            "over; run with --prune to drop them, or without --engine to keep them."
        )


def _client(scheduler: str | None, workers: int) -> Any:
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise ClusterError(
            "The engine needs the package 'dask[distributed]'; install it with `pip install 'yaodian[cluster]'`."
        ) from error
    # A worker may start the process that guards it against the source it reads.
    import_module("dask").config.set({"distributed.worker.daemon": False})
    if scheduler is None:
        cluster = distributed.LocalCluster(n_workers=workers or None, threads_per_worker=1, dashboard_address=None)
        return _Closing(distributed.Client(cluster), cluster)
    try:
        return _Closing(distributed.Client(scheduler, timeout="20s"))
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"The scheduler {scheduler!r} does not answer; check the address and that it runs."
        ) from error


class _Closing:
    """A client that leaves with the cluster that was started for it."""

    def __init__(self, client: Any, cluster: Any = None) -> None:
        self._client, self._cluster = client, cluster

    def __enter__(self) -> Any:
        return self._client

    def __exit__(self, *error: object) -> None:
        self._client.close()
        if self._cluster is not None:
            self._cluster.close()


def _look(client: Any, files: list[Entry], options: Options, worklist: Worklist) -> list[int]:
    """Add the fingerprint of every source to the list; how many each file holds."""
    groups = [files[at : at + FILES_A_TASK] for at in range(0, len(files), FILES_A_TASK)]
    counts: list[int] = []
    futures = client.map(partial(_fingerprints, text_column=options.text_column), groups, pure=False)
    for group, future in zip(groups, futures, strict=True):
        found = _result(future)
        for file, sources in zip(group, found, strict=True):
            counts.append(len(sources))
            worklist.add_inputs((Entry(file.file, path), content) for path, content in sources)
    return counts


def _fingerprints(files: list[Entry], text_column: str | None) -> list[list[tuple[str, Fingerprint]]]:
    return [[(entry.path, fingerprint(entry)) for entry in expand(file, text_column)] for file in files]


def _snapshot_id(pipeline: Pipeline, worklist: Worklist) -> str:
    """A hash of all that the rows depend on."""
    digest = hashlib.sha256(pipeline.ruleset.encode())
    for path, sha256 in worklist.contents():
        digest.update(f"{path}\0{sha256}\n".encode())
    return digest.hexdigest()[:16]


def _parts(files: list[Entry], counts: list[int], copies: set[str], size: int) -> Iterator[Part]:
    """The sources in the order of their files, cut into parts."""
    by_file = _by_file(copies, {file.path for file in files})
    number, pieces, room = 0, list[Piece](), size
    for file, count in zip(files, counts, strict=True):
        start = 0
        while start < count:
            stop = min(count, start + room)
            pieces.append(Piece(file, start, stop, by_file.get(file.path, frozenset())))
            room -= stop - start
            start = stop
            if not room:
                yield Part(number, tuple(pieces))
                number, pieces, room = number + 1, [], size
    if pieces or not number:
        yield Part(number, tuple(pieces))


def _by_file(paths: set[str], files: set[str]) -> dict[str, frozenset[str]]:
    """The paths of sources by the file that they stand in: `file#row` stands in `file`."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        places = [path, *(path[:at] for at, sign in enumerate(path) if sign == MEMBER)]
        found[next(place for place in places if place in files)].add(path)
    return {file: frozenset(inside) for file, inside in found.items()}


def _gather(client: Any, futures: list[Any], total: int, progress: Callable[[int, int, str], None]) -> Summary:
    distributed: Any = import_module("distributed")
    summary = Summary()
    done = 0
    for future in distributed.as_completed(futures):
        part: Summary = _result(future)
        summary.merge(part)
        done += sum(part.statuses.values())
        progress(done, total, "")
    summary.rejected.sort()
    summary.warnings.sort()
    return summary


def _result(future: Any) -> Any:
    """What a task gives back. Raises ClusterError where it killed every worker that it was given to."""
    distributed: Any = import_module("distributed")
    try:
        return future.result()
    except distributed.KilledWorker as error:
        raise ClusterError(
            f"A part killed its workers again and again ({error}); start the workers with "
            "DASK_DISTRIBUTED__WORKER__DAEMON=False, so that a source that kills its process costs itself only, and "
            "read collections without --engine, which guards against them too."
        ) from error


@lru_cache(maxsize=1)
def _pipeline(options: Options) -> Pipeline:
    return Pipeline(options)


@lru_cache(maxsize=1)
def _crew(options: Options, time_limit: float) -> Crew:
    """One process beside that of the worker, for all its parts; it ends with it."""
    return crew_of(options, 1, time_limit)


def _name(number: int) -> str:
    return f"part-{number:05}.parquet"


def _extract_part(part: Part, options: Options, metadata: dict[str, str], staging: str, time_limit: float) -> Summary:
    """Read the sources of a part and write its files, each under its name at once."""
    pipeline, summary = _pipeline(options), Summary()
    mark = f".{os.getpid()}-{time.monotonic_ns()}"  # another worker may be at the same part
    writers = {}
    for name in pipeline.tables:
        folder = Path(staging) / name
        folder.mkdir(parents=True, exist_ok=True)
        writers[name] = TableWriter(name, folder / (_name(part.number) + mark))
    for slices in _slices(part, pipeline, time_limit):
        source = slices["sources"].rows().to_pylist()[0]
        summary.statuses[source["status"]] += 1
        summary.actions["copy" if source["status"] == "duplicate" else "read"] += 1
        summary.add_work(source, slices)
        for name, slice_ in slices.items():
            writers[name].add(slice_)
    for name, writer in writers.items():
        writer.close(metadata)
        summary.rows[name] = writer.rows
        place = Path(staging) / name / _name(part.number)
        os.replace(place.with_name(place.name + mark), place)
    summary.gaps.update(writers["gaps"].counts)
    return summary


def _slices(part: Part, pipeline: Pipeline, time_limit: float) -> Iterator[Slices]:
    """The rows of each source, read in a process of its own where a worker may have one."""
    entries = [
        (entry, entry.path in piece.copies)
        for piece in part.pieces
        for entry in islice(expand(piece.file, pipeline.options.text_column), piece.start, piece.stop)
    ]
    work = [(entry, fingerprint(entry)) for entry, copy in entries if not copy]
    guarded = not multiprocessing.current_process().daemon
    crew = _crew(pipeline.options, time_limit) if guarded else None
    rows = extract_with(crew, work, pipeline) if crew else extract_here(work, pipeline)
    try:
        for entry, copy in entries:
            if copy:
                source = read(entry)
                yield travel.of_rows(pipeline.rows(source, "duplicate" if source.status == "ok" else None))
            else:
                yield next(rows)
    except BaseException:
        _crew.cache_clear()  # what it has begun belongs to this part
        raise
