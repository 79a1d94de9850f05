"""What a run does around its work, here or on a cluster: it takes the output folder, finishes or discards what a run
before left in it, and leaves a line in the log however it ends."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline import runlog
from pipeline.address import shown
from pipeline.folder import OutputFolder, PublishError, not_ours, unwritable, why
from pipeline.inputs import missing
from pipeline.remote import Place, local, output_folder
from pipeline.snapshot import foreign, recover
from pipeline.stages import Pipeline
from pipeline.workers import TIME_LIMIT


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

    @property
    def anew(self) -> bool:
        """Whether the run takes nothing over from the snapshot before."""
        return self.fresh and self.prune


@dataclass(frozen=True, slots=True)
class Session:
    """A run that holds its output folder. ``record`` makes the line of the run log from what is known at its end."""

    folder: OutputFolder
    place: Place
    record: Callable[[Mapping[str, Any]], dict[str, Any]]


@contextmanager
def session(
    inputs: Sequence[str],
    output: str,
    pipeline: Pipeline,
    settings: Settings,
    *,
    about: Mapping[str, Any] | None = None,
    names: Sequence[str] | None = None,
) -> Iterator[Session]:
    """Hold ``output`` (a folder or an address) for a run. ``about`` are settings for the log beside ``settings``.

    ``names`` is as for `remote.output_folder`. Raises BusyError, InputError and PublishError.
    """
    started, clock = runlog.now(), time.monotonic()
    head: dict[str, Any] = {"started": started, "inputs": [shown(item) for item in inputs], "ruleset": pipeline.ruleset}
    head |= {"options": asdict(pipeline.options), "settings": {**asdict(settings), **(about or {})}}

    def record(more: Mapping[str, Any]) -> dict[str, Any]:
        return {**head, "seconds": round(time.monotonic() - clock, 3), **more}

    if (here := local(output)) is not None:
        try:
            check_ours(here, parts=names is not None)
            is_new = not here.exists()
        except OSError as error:
            raise unwritable(here, error) from error
        if settings.must_exist and is_new:
            check_inputs(inputs, here)  # lest an empty folder be left
    with (
        output_folder(output, settings.anew, names, lambda error: runlog.failed(record({}), error)) as place,
        OutputFolder(place.folder).hold(started) as folder,
    ):
        try:
            _take_up(folder, settings.anew)
            if settings.must_exist:
                check_inputs(inputs, folder.path)
            try:
                yield Session(folder, place, record)
            except (OSError, sqlite3.Error) as error:
                fault = why(error) if isinstance(error, OSError) else str(error)
                raise PublishError(
                    f"The run broke off ({fault}); what was published before stands. Is there room in "
                    f"{str(folder.path)!r} and in {tempfile.gettempdir()!r}, where lists are kept meanwhile?"
                ) from error
        except BaseException as error:
            _log_quietly(folder, runlog.failed(record({}), error))
            raise


def check_inputs(inputs: Sequence[str], output: Path) -> None:
    """Raise InputError where an input is not there that no run into ``output`` has read before, or where none is."""
    records = runlog.read(output / "runs.jsonl")
    error = missing(inputs, {item for record in records if "in" in record for item in record["inputs"]})
    if error is not None:
        raise error


def check_ours(output: Path, parts: bool) -> None:
    """Raise PublishError where files that no run wrote stand where a run would write tables, or parts of them."""
    if name := foreign(output, parts):
        raise not_ours(str(output), name)


def _take_up(folder: OutputFolder, anew: bool) -> None:
    """Finish or discard what a run before left, and say in the log that it was killed."""
    try:
        finished = recover(folder, anew)
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
        folder.untold = True
