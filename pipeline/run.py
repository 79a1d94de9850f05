"""One run: every input through all stages into the tables; what has not changed since the last run is carried over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from pipeline import runlog
from pipeline import slices as travel
from pipeline.fingerprint import Fingerprint
from pipeline.heap import settled
from pipeline.inputs import empty
from pipeline.marks import Marks
from pipeline.previous import Previous, Shelf, Walk
from pipeline.publish import Publisher
from pipeline.read import Entry, Source, discover, fault_of
from pipeline.records import Records
from pipeline.ruleset import rules
from pipeline.session import Session, Settings, session
from pipeline.slices import Slices
from pipeline.stages import Options, Pipeline
from pipeline.summary import Summary
from pipeline.tables import Row
from pipeline.workers import extract_here, extract_in_workers
from pipeline.worklist import Action, Job, Stretch, Worklist

__all__ = ["Options", "Pipeline", "Settings", "Summary", "run"]

Progress = Callable[[int, int, str], None]


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
    with session(inputs, str(output), pipeline, settings) as held, settled():
        return _Night(held, pipeline, settings, progress).run(inputs)


class _Night:
    """The work of one run, once the folder is ours."""

    def __init__(self, held: Session, pipeline: Pipeline, settings: Settings, progress: Progress) -> None:
        self._folder, self._record, self._progress = held.folder, held.record, progress
        self._marks_file = held.folder.marks if held.place.store is None else None
        self._pipeline, self._settings = pipeline, settings
        self._records = Records(pipeline.options.text_column, settings.time_limit if settings.workers else None)
        self._summary = Summary()

    def run(self, inputs: Sequence[str]) -> Summary:
        previous_tables = Previous(self._folder.path, ignore=self._settings.anew)
        with closing(Worklist()) as worklist, closing(self._records), previous_tables as previous:
            self._plan(inputs, worklist, previous)
            if worklist.nothing_to_do() and previous.made_by(self._pipeline.ruleset, self._pipeline.tables):
                return self._unchanged(worklist, previous)
            with closing(self._set_aside(worklist, previous)) as shelf:
                return self._publish(worklist, previous, shelf)

    def _plan(self, inputs: Sequence[str], worklist: Worklist, previous: Previous) -> None:
        faults = list[str]()

        def found() -> Iterator[tuple[Entry, Fingerprint]]:
            for entry in marks.fetched(discover(inputs)):
                if entry.fault:
                    faults.append(entry.fault)
                for part, about in self._records.look(entry, marks.fingerprint):
                    # Of one without bytes the sentence tells whether it is as before.
                    yield part if about.sha256 else replace(part, fault=fault_of(part)), about

        tables, before = self._pipeline.tables, previous.counts()
        whole = all(name in before for name in tables)
        worklist.add_known(previous.sources(), self._pipeline.ruleset if whole and not self._settings.fresh else "")
        self._summary.notes.extend(
            f"The table `{name}` that stood here is dropped, as this run was not asked for it (--{name})."
            for name in before
            if name not in tables
        )
        with closing(Marks(self._marks_file, rules(), trusted=not self._settings.fresh)) as marks:
            worklist.add_inputs(found())
        void = empty(inputs)
        if void:
            self._summary.notes.append(f"No file stands in {', '.join(map(repr, void))}; hidden files are passed over.")
        self._summary.note_unreached(faults)
        if (faults or void) and self._settings.prune and not self._settings.anew:
            what = "could not be reached" if faults else "is empty, as a share that is not mounted is"
            self._summary.notes.append(f"An input {what}, so nothing was pruned; --fresh --prune drops what is gone.")
        elif faults:
            self._summary.notes.append("The rows of what could not be reached are those of an earlier run.")
        for path in worklist.unread():
            self._summary.notes.append(f"{path!r} could not be read to its end; what it held before stays.")
        worklist.decide(prune=self._settings.prune and not (faults or void))
        self._summary.dropped = worklist.dropped()

    def _unchanged(self, worklist: Worklist, previous: Previous) -> Summary:
        """Leave the snapshot as it stands."""
        summary = self._summary
        summary.actions.update(worklist.actions())
        summary.statuses.update(worklist.known_statuses())
        summary.before = worklist.rejected_before()
        total = worklist.count()
        self._progress(total, total, "")
        summary.rows.update(previous.counts())
        summary.gaps.update(previous.kinds_of_gaps())
        summary.snapshot_id, summary.changed = previous.metadata["snapshot_id"], False
        runlog.append(self._folder.log, self._record(summary.record()))
        return summary

    def _set_aside(self, worklist: Worklist, previous: Previous) -> Shelf:
        """The rows that will stand under another path."""
        shelf, walk = Shelf(self._folder.shelf), previous.walk(few=True)
        for source_id, number in worklist.donors():
            shelf.put(source_id, walk.take_one(number))
        return shelf

    def _publish(self, worklist: Worklist, previous: Previous, shelf: Shelf) -> Summary:
        summary, done, total = self._summary, 0, worklist.count()
        summary.actions.update(worklist.actions())
        summary.statuses.update(worklist.known_statuses())
        summary.before = worklist.rejected_before()
        walk, read = previous.walk(), self._extract(worklist)
        with Publisher(self._folder, self._pipeline.ruleset, self._pipeline.tables) as publisher:
            for job in worklist.jobs():
                if isinstance(job, Stretch):
                    done += job.stop - job.start
                    publisher.carry(self._carried(job, worklist, walk))
                else:
                    done += 1
                    publisher.take(*self._rows(job, worklist, read, shelf))
                self._progress(done, total, job.path)
            summary.snapshot_id = publisher.finish()["snapshot_id"]
            summary.rows.update(publisher.counts())
            summary.gaps.update(publisher.values("gaps"))
            previous.close()  # Windows does not replace a file that is open
            publisher.publish(self._record(summary.record()))
        return summary

    def _extract(self, worklist: Worklist) -> Iterator[tuple[Row, Slices]]:
        work = self._records.fetch(worklist.to_read())
        workers = min(self._settings.workers, worklist.count_to_read())
        if workers < 1:
            return extract_here(work, self._pipeline)
        return extract_in_workers(work, self._pipeline, workers, self._settings.time_limit)

    def _carried(self, stretch: Stretch, worklist: Worklist, walk: Walk) -> Iterator[travel.Stretch]:
        """The rows of sources that stay."""
        for name, slice_, ends in walk.take(stretch.start, stretch.stop):
            if stretch.copied and name == "sources":
                worklist.remember(stretch.path, slice_.rows().to_pylist()[0])
            yield name, slice_, ends

    def _rows(
        self, job: Job, worklist: Worklist, read: Iterator[tuple[Row, Slices]], shelf: Shelf
    ) -> tuple[Row, Slices]:
        """The row of `sources` and the rows of all tables for one source."""
        if job.action is Action.READ:
            row, slices = next(read)
        elif job.action is Action.MOVE:
            slices = shelf.get(job.other)
            row = _renamed(travel.source_row(slices), job.path)
            slices = {**travel.moved(slices, row["source_id"]), **travel.of_source(row)}
        else:
            row, slices = travel.as_copy(_renamed(worklist.remembered(job.other), job.path))
        if job.copied:
            worklist.remember(job.path, row)
        self._summary.statuses[row["status"]] += 1
        self._summary.add_work(row, slices)
        return row, slices


def _renamed(row: Row, path: str) -> Row:
    """The row of a source as it would be under another path."""
    source = Source(path, row["sha256"], row["bytes"], row["format"], row["encoding"], None, "ok")
    error = row["error"] and row["error"].replace(repr(row["path"]), repr(path))
    return {**row, "path": path, "source_id": source.source_id, "error": error}
