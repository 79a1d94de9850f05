"""Output folders behind an address: fetched to this machine, worked on here, put back as one snapshot."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pipeline import runlog
from pipeline.address import file_system, is_address, reason, shown
from pipeline.folder import BusyError, PublishError, not_ours
from pipeline.load import SnapshotError
from pipeline.snapshot import published
from pipeline.store import LOG, State, Store


@dataclass(slots=True)
class Place:
    """Where a run works: a ``folder`` of this machine, or a copy of what stands in a ``store`` behind an address.

    ``before`` is what stood there when it was fetched, None for anything.
    """

    folder: Path
    store: Store | None = None
    before: State | None = None


@contextmanager
def at_hand(tables: str, names: Sequence[str] | None = None, *, log_will_do: bool = False) -> Iterator[Path]:
    """The folder of the tables; for an address a copy of those ``names``, there inside the block.

    Raises SnapshotError where there are none, but not where a run log stands and ``log_will_do``.
    """
    if (here := local(tables)) is not None:
        yield here
        return
    with tempfile.TemporaryDirectory(prefix="yaodian-") as folder:
        try:
            Store(tables).fetch(Path(folder), names)
        except OSError as error:
            raise SnapshotError(f"{shown(tables)!r} cannot be read ({reason(error)}); check the address.") from error
        there = {name.split("/")[0].removesuffix(".parquet") for name in published(Path(folder))}
        missing = [name for name in names or () if name not in there]
        if (missing or not there) and not (log_will_do and (Path(folder) / LOG).exists()):
            what = f"table {missing[0]!r}" if missing else "tables"
            raise SnapshotError(f"{shown(tables)!r} holds no {what}; run `yaodian extract … -o` into it first.")
        yield Path(folder)


@contextmanager
def output_folder(
    output: str,
    anew: bool = False,
    names: Sequence[str] | None = None,
    record: Callable[[BaseException], dict[str, Any]] | None = None,
) -> Iterator[Place]:
    """The folder into which a run writes; for an address a copy that is published when the block ends well.

    ``anew`` fetches no tables and takes the place of whatever stands there, be it whole or not. With ``names`` only
    those are fetched; what is to stand there is then put into the store by the caller, and the log at the end.
    ``record`` makes the line of the log for a run that fails before there is a folder to work in.

    Raises PublishError, and BusyError where another run of this machine is at work there.
    """
    if (here := local(output)) is not None:
        yield Place(here)
        return
    with _lock(output), tempfile.TemporaryDirectory(prefix="yaodian-") as folder:
        copy = Path(folder)
        with faults(output):
            store = Store(output)
            if name := store.foreign():
                raise not_ours(shown(output), name)
        try:
            with faults(output):
                before = _taken_up(store, copy, anew, names)
        except PublishError as error:
            if record is not None:
                with suppress(OSError):
                    store.fetch_log(copy)
                    runlog.append(copy / LOG, record(error))
                    store.put_log(copy)
            raise
        known = len(runlog.read(copy / LOG))
        try:
            yield Place(copy, store, before)
            if names is None:
                with faults(output):
                    store.publish(copy, before)
        except BaseException as error:
            with suppress(OSError, PublishError):  # the error that is on its way says more
                _put_failure(store, copy, known, error)
            raise
        with faults(output):
            store.put_log(copy)


def _taken_up(store: Store, copy: Path, anew: bool, names: Sequence[str] | None) -> State | None:
    """Finish what a run before left in the store, and fetch what stands there: its state, or None for any."""
    if anew:
        store.fetch_log(copy)
        return None
    store.recover()
    return store.fetch(copy, names)


def _put_failure(store: Store, copy: Path, known: int, error: BaseException) -> None:
    """Put what a run that failed has to say behind ``known`` records into the log as it stands there now."""
    new = runlog.read(copy / LOG)[known:]
    store.fetch_log(copy)
    for record in new:
        runlog.append(copy / LOG, runlog.failed(record, error) if "in" in record else record)
    store.put_log(copy)


def local(place: str) -> Path | None:
    """The path of a folder on this machine, None for an address."""
    if place.startswith("file://"):
        return Path(file_system(place)[1])
    return None if is_address(place) else Path(place)


@contextmanager
def faults(output: str) -> Iterator[None]:
    """What a store says, as PublishError."""
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
