"""Read sources in this process or, under limits, in processes of their own."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from math import inf

from pipeline.crew import Crew, Job, limit_memory
from pipeline.fingerprint import Fingerprint
from pipeline.heap import settle
from pipeline.read import RECORDS, TRY_AGAIN, Entry, Source, read
from pipeline.slices import Bundle, Packed, Slices
from pipeline.stages import Options, Pipeline
from pipeline.tables import Row

TIME_LIMIT = 60.0  # seconds for one source; a plan takes some hundredths of one
MEMORY_LIMIT = 4 << 30  # bytes that one worker may write to; a source that needs more is rejected

# Sources are read some at a time, as what is done once for each time costs as much as a small plan.
MANY = 64  # sources at a time, at most
BYTES = 128 << 10  # of sources at a time, but for one that is larger
BYTES_A_SECOND = 8 << 10  # of sources that share a time limit: far fewer than are read in it
QUICK = ("txt", *RECORDS)  # other formats are read by libraries that may take seconds

Found = tuple[Entry, Fingerprint]
Work = Iterable[Found]


def extract_here(work: Work, pipeline: Pipeline) -> Iterator[tuple[Row, Slices]]:
    """The row of `sources` and the rows of all tables of each source in order, read in this process without limits."""
    for some in _together(work, inf):
        yield from Bundle.of([pipeline.safe_tuples(read(entry)) for entry, _ in some])


def extract_in_workers(
    work: Work, pipeline: Pipeline, workers: int, time_limit: float = TIME_LIMIT
) -> Iterator[tuple[Row, Slices]]:
    """The same, read by ``workers`` processes. ``time_limit`` is in seconds for one source.

    A source whose worker exceeds it, or dies, is a rejected one. What the processes need is loaded from now on, before
    the first row is asked for. Raises CrewError.
    """
    crew = crew_of(pipeline.options, workers, time_limit)
    crew.prepare()
    return _extract_in(crew, work, pipeline, time_limit)


def _extract_in(crew: Crew, work: Work, pipeline: Pipeline, time_limit: float) -> Iterator[tuple[Row, Slices]]:
    with crew:
        yield from extract_with(crew, work, pipeline, time_limit)


def crew_of(options: Options, workers: int, time_limit: float) -> Crew:
    """Processes that read sources."""
    return Crew(workers, time_limit, _start, (options,), "pipeline.preload")


def extract_with(crew: Crew, work: Work, pipeline: Pipeline, time_limit: float) -> Iterator[tuple[Row, Slices]]:
    """The same, read by the processes of ``crew``."""
    for job in crew.map(_jobs(_together(work, time_limit))):
        if not job.fault:
            yield from Bundle.unpack(job.result)
        elif len(job.key) == 1:
            yield from _given_up(job, pipeline)
        else:  # which of them it was shows when each is read by itself
            entries = pickle.loads(job.message)
            yield from extract_with(crew, zip(entries, job.key, strict=True), pipeline, 0)


def _together(work: Work, time_limit: float) -> Iterator[list[Found]]:
    """The work in order, as much at a time as one job takes."""
    room = min(BYTES, time_limit * BYTES_A_SECOND)
    some: list[Found] = []
    size = 0
    for entry, found in work:
        if some and (size + found.bytes > room or len(some) == MANY or found.format not in QUICK):
            yield some
            some, size = [], 0
        some.append((entry, found))
        size += found.bytes if found.format in QUICK else BYTES
    if some:
        yield some


def _jobs(work: Iterable[list[Found]]) -> Iterator[tuple[list[Fingerprint], list[Entry]]]:
    for some in work:
        yield [found for _, found in some], [entry for entry, _ in some]


def _given_up(job: Job, pipeline: Pipeline) -> Bundle:
    (entry,), (found,) = pickle.loads(job.message), job.key
    fault = f"{entry.path!r} {job.fault}; {TRY_AGAIN}"
    source = Source(entry.path, found.sha256, found.bytes, found.format, None, None, "rejected", fault)
    return Bundle.of([pipeline.tuples(source)])


def _start(options: Options) -> Callable[[list[Entry]], Packed]:
    """Set up a worker. It is ready with its rules compiled, whether or not it was forked from one that has them."""
    from pipeline.preload import warm  # not by the process that hires: it may have nothing to read

    limit_memory(MEMORY_LIMIT)
    pipeline = Pipeline(options)
    warm(pipeline)
    settle()

    def extract(entries: list[Entry]) -> Packed:
        return Bundle.of([pipeline.safe_tuples(read(entry)) for entry in entries]).pack()

    return extract
