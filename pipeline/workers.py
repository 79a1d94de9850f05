"""Read sources in this process or, under limits, in processes of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pipeline import slices as travel
from pipeline.crew import Crew, Job, limit_memory
from pipeline.fingerprint import Fingerprint
from pipeline.read import TRY_AGAIN, Entry, Source, read
from pipeline.slices import Slices
from pipeline.stages import Options, Pipeline

TIME_LIMIT = 60.0  # seconds for one source; a plan takes some hundredths of one
MEMORY_LIMIT = 4 << 30  # bytes that one worker may write to; a source that needs more is rejected

Work = Iterable[tuple[Entry, Fingerprint]]


def extract_here(work: Work, pipeline: Pipeline) -> Iterator[Slices]:
    """The rows of each source in order, read in this process: no limits, nothing to start."""
    for entry, _ in work:
        yield travel.of_rows(pipeline.safe_rows(read(entry)))


def extract_in_workers(
    work: Work, pipeline: Pipeline, workers: int, time_limit: float = TIME_LIMIT
) -> Iterator[Slices]:
    """The rows of each source in order, read by ``workers`` processes. ``time_limit`` is in seconds for one source.

    A source whose worker exceeds it, or dies, is a rejected one. Raises CrewError.
    """
    with crew_of(pipeline.options, workers, time_limit) as crew:
        yield from extract_with(crew, work, pipeline)


def crew_of(options: Options, workers: int, time_limit: float) -> Crew:
    """Processes that read sources."""
    return Crew(workers, time_limit, _start, (options,), "pipeline.preload")


def extract_with(crew: Crew, work: Work, pipeline: Pipeline) -> Iterator[Slices]:
    """The rows of each source in order, read by the processes of ``crew``."""
    for job in crew.map(((entry.path, fingerprint), entry) for entry, fingerprint in work):
        yield travel.of_rows(pipeline.rows(_given_up(job))) if job.fault else travel.unpack(job.result)


def _given_up(job: Job) -> Source:
    path, found = job.key
    fault = f"{path!r} {job.fault}; {TRY_AGAIN}"
    return Source(path, found.sha256, found.bytes, found.format, None, None, "rejected", fault)


def _start(options: Options) -> Callable[[Entry], dict[str, bytes]]:
    """Set up a worker."""
    limit_memory(MEMORY_LIMIT)
    pipeline = Pipeline(options)

    def extract(entry: Entry) -> dict[str, bytes]:
        return travel.pack(pipeline.safe_rows(read(entry)))

    return extract
