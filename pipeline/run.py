"""One run: every input through all stages into the tables; what has not changed since the last run is carried over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline import runlog
from pipeline import slices as travel
from pipeline.address import is_address, shown
from pipeline.fingerprint import Fingerprint
from pipeline.folder import OutputFolder, PublishError
from pipeline.inputs import missing
from pipeline.previous import Previous, Shelf
from pipeline.publish import Publisher
from pipeline.read import Entry, Source, discover
from pipeline.records import Records
from pipeline.remote import output_folder
from pipeline.slices import Slices
from pipeline.snapshot import recover
from pipeline.stages import Options, Pipeline
from pipeline.summary import Summary
from pipeline.tables import Row
from pipeline.workers import TIME_LIMIT, extract_here, extract_in_workers
from pipeline.worklist import Action, Job, Worklist

__all__ = ["Options", "Pipeline", "Settings", "Summary", "check_inputs", "run"]

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """How a run works; none of it shows in the rows.

    workers:    processes that read sources; 0 reads them in this process, without a time limit.
    time_limit: seconds for one source.
    fresh:      read every source again.
    prune:      drop the rows of what is no longer among the inputs and in the collections that can be read.
    must_exist: fail before anything is written where an input is not there; see ``check_inputs``.
    """

    workers: int = 0
    time_limit: float = TIME_LIMIT
    fresh: bool = False
    prune: bool = False
    must_exist: bool = False


def run(
    inputs: Sequence[str],
    output: str | Path,
    options: Options | None = None,
    progress: Progress = lambda done, total, path: None,
    settings: Settings | None = None,
) -> Summary:
    """Extract every input into the tables of ``output``; rows of inputs that are as before are carried over.

    ``output`` is a folder, or an address that pyarrow or fsspec opens for writing.

    ``progress`` is called with the number of sources done, their total and the path of the last one. Raises
    BusyError, InputError, SegmenterError and PublishError; one that cannot be read is a row of `sources`, no error.
    """
    settings = settings or Settings()
    pipeline = Pipeline(options)
    started, clock = runlog.now(), time.monotonic()
    head: dict[str, Any] = {"started": started, "inputs": [shown(item) for item in inputs], "ruleset": pipeline.ruleset}
    head |= {"options": asdict(pipeline.options), "settings": asdict(settings)}

    def record(more: dict[str, Any]) -> dict[str, Any]:
        return {**head, "seconds": round(time.monotonic() - clock, 3), **more}

    if settings.must_exist and not is_address(str(output)) and not Path(output).exists():
        check_inputs(inputs, Path(output))  # lest an empty folder be left
    anew = settings.fresh and settings.prune
    with output_folder(str(output), anew) as place, OutputFolder(place).hold(started) as folder:
        try:
            _take_up(folder)
            if settings.must_exist:
                check_inputs(inputs, folder.path)
            return _Night(folder, pipeline, settings, progress, record).run(inputs)
        except BaseException as error:
            failed = isinstance(error, Exception)
            fault = str(error) or type(error).__name__
            _log_quietly(folder, record({"result": "failed" if failed else "interrupted", "error": fault}))
            raise


def check_inputs(inputs: Sequence[str], output: Path) -> None:
    """Raise InputError where an input is not there that no run into ``output`` has read before, or where none is."""
    records = runlog.read(output / "runs.jsonl")
    error = missing(inputs, {item for record in records if "in" in record for item in record["inputs"]})
    if error is not None:
        raise error


def _take_up(folder: OutputFolder) -> None:
    """Finish or discard what a run before left, and say in the log that it was killed."""
    try:
        finished = recover(folder)
        if folder.interrupted and not finished:
            runlog.append(folder.log, {**folder.interrupted, "result": "killed"})
    except OSError as error:
        raise PublishError(
            f"The run before was cut off and cannot be finished in {str(folder.path)!r} ({error}); "
            "free some space or close the programs that hold its tables open, and run again."
        ) from error


def _log_quietly(folder: OutputFolder, record: dict[str, Any]) -> None:
    try:
        runlog.append(folder.log, record)
    except OSError:  # the error that is on its way says more
        return


class _Night:
    """The work of one run, once the folder is ours."""

    def __init__(
        self,
        folder: OutputFolder,
        pipeline: Pipeline,
        settings: Settings,
        progress: Progress,
        record: Callable[[dict[str, Any]], dict[str, Any]],
    ) -> None:
        self._folder, self._pipeline, self._settings = folder, pipeline, settings
        self._progress, self._record = progress, record
        self._records = Records(pipeline.options.text_column, settings.time_limit if settings.workers else None)
        self._summary = Summary()
        self._firsts: dict[str, Row] = {}  # the sources of which there are copies

    def run(self, inputs: Sequence[str]) -> Summary:
        drop_all = self._settings.fresh and self._settings.prune
        previous_tables = Previous(self._folder.path, ignore=drop_all)
        with closing(Worklist()) as worklist, closing(self._records), previous_tables as previous:
            self._plan(inputs, worklist, previous)
            if worklist.nothing_to_do() and previous.made_by(self._pipeline.ruleset, self._pipeline.tables):
                return self._unchanged(worklist, previous)
            with closing(self._set_aside(worklist, previous)) as shelf:
                return self._publish(worklist, previous, shelf)

    def _plan(self, inputs: Sequence[str], worklist: Worklist, previous: Previous) -> None:
        files = faults = 0

        def found() -> Iterator[tuple[Entry, Fingerprint]]:
            nonlocal files, faults
            for entry in discover(inputs):
                files += 1
                faults += entry.fault is not None
                yield from self._records.look(entry)

        tables, before = self._pipeline.tables, previous.counts()
        whole = all(name in before for name in tables)
        worklist.add_known(previous.sources(), self._pipeline.ruleset if whole and not self._settings.fresh else "")
        self._summary.notes.extend(
            f"The table `{name}` that stood here is dropped, as this run was not asked for it (--{name})."
            for name in before
            if name not in tables
        )
        worklist.add_inputs(found())
        if not files:
            self._summary.notes.append(
                f"No file stands in {', '.join(map(repr, inputs))}; hidden files are passed over."
            )
        if faults and self._settings.prune:
            self._summary.notes.append("An input could not be reached, so nothing was pruned.")
        elif faults:
            self._summary.notes.append("An input could not be reached; its rows are those of an earlier run.")
        for path in worklist.unread():
            self._summary.notes.append(f"{path!r} could not be read to its end; what it held before stays.")
        worklist.decide(prune=self._settings.prune and not faults)
        self._summary.dropped = worklist.dropped()

    def _unchanged(self, worklist: Worklist, previous: Previous) -> Summary:
        """Leave the snapshot as it stands."""
        summary = self._summary
        total = worklist.count()
        summary.statuses.update(worklist.known_statuses())
        for done, job in enumerate(worklist.jobs(), 1):
            summary.actions[job.action.value] += 1
            self._progress(done, total, job.path)
        summary.rows.update(previous.counts())
        summary.gaps.update(previous.kinds_of_gaps())
        summary.snapshot_id, summary.changed = previous.metadata["snapshot_id"], False
        runlog.append(self._folder.log, self._record(summary.record()))
        return summary

    def _set_aside(self, worklist: Worklist, previous: Previous) -> Shelf:
        """The rows that will stand under another path."""
        shelf, donors = Shelf(), worklist.donors()
        if donors:
            for row, slices in previous.walk():
                if row["source_id"] in donors:
                    shelf.put(row["source_id"], slices)
        return shelf

    def _publish(self, worklist: Worklist, previous: Previous, shelf: Shelf) -> Summary:
        summary, total, copied = self._summary, worklist.count(), worklist.copied()
        carried, read = previous.walk(), self._extract(worklist)
        with Publisher(self._folder, self._pipeline.ruleset, self._pipeline.tables) as publisher:
            for done, job in enumerate(worklist.jobs(), 1):
                source, slices = self._rows(job, carried, read, shelf)
                publisher.take(source["source_id"], source["status"], slices)
                summary.actions[job.action.value] += 1
                if job.action is not Action.GONE:
                    summary.statuses[source["status"]] += 1
                if job.path in copied:
                    self._firsts[job.path] = source
                self._progress(done, total, job.path)
            summary.snapshot_id = publisher.finish()["snapshot_id"]
            summary.rows.update(publisher.counts())
            summary.gaps.update(publisher.values("gaps"))
            previous.close()  # Windows does not replace a file that is open
            publisher.publish(self._record(summary.record()))
        return summary

    def _extract(self, worklist: Worklist) -> Iterator[Slices]:
        work = self._records.fetch(worklist.to_read())
        workers = min(self._settings.workers, worklist.count_to_read())
        if workers < 1:
            return extract_here(work, self._pipeline)
        return extract_in_workers(work, self._pipeline, workers, self._settings.time_limit)

    def _rows(
        self, job: Job, carried: Iterator[tuple[Row, Slices]], read: Iterator[Slices], shelf: Shelf
    ) -> tuple[Row, Slices]:
        """The row of `sources` and the rows of all tables for one source."""
        if job.action in (Action.KEEP, Action.GONE):
            return next(found for found in carried if found[0]["path"] == job.path)
        if job.action is Action.READ:
            slices = next(read)
            row = _source(slices)
        elif job.action is Action.MOVE:
            slices = shelf.get(job.other)
            row = _renamed(_source(slices), job.path)
            slices = {**travel.moved(slices, row["source_id"]), **travel.of_source(row)}
        else:
            row = _renamed(self._firsts[job.other], job.path)
            if row["status"] in ("ok", "no_plan"):
                row |= {"status": "duplicate", "plan_count": 0}
            slices = travel.of_source(row)
        self._summary.add_work(row, slices)
        return row, slices


def _source(slices: Slices) -> Row:
    row: Row = slices["sources"].rows().to_pylist()[0]
    return row


def _renamed(row: Row, path: str) -> Row:
    """The row of a source as it would be under another path."""
    source = Source(path, row["sha256"], row["bytes"], row["format"], row["encoding"], None, "ok")
    error = row["error"] and row["error"].replace(repr(row["path"]), repr(path))
    return {**row, "path": path, "source_id": source.source_id, "error": error}
