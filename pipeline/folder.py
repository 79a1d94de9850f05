"""The output folder: where its parts stand, the lock of the one run that writes it, files written so that a power cut
leaves the old or the new one."""

from __future__ import annotations

import json
import os
import shutil
import socket
from pathlib import Path
from types import TracebackType
from typing import Any

from filelock import FileLock, Timeout

from pipeline.inputs import PRIVATE

LOOK = 0.5  # seconds for which one who looks whether the folder is held may hold it


class PublishError(Exception):
    """The output folder cannot be written; the message says why and what to do."""


class BusyError(Exception):
    """Another run writes the output folder; the message says which."""


class OutputFolder:
    """An output folder that this process alone writes while inside the ``with`` block.

    ``interrupted`` is what the holder before left when it died at work: its `pid`, `host` and `started`, else None.
    A holder that ends without a trace in the run log sets ``untold``, so that the next one tells of it.

    Raises BusyError where another run is at work, PublishError where the folder cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.private = path / PRIVATE
        self.staging = self.private / "staging"
        self.shelf = self.private / "shelf"
        self.old = self.private / "old"
        self.journal = self.private / "journal.json"
        self.marks = self.private / "marks.db"
        self.log = path / "runs.jsonl"
        self.interrupted: dict[str, Any] | None = None
        self.untold = False
        self._holder = self.private / "holder.json"

    def hold(self, started: str) -> OutputFolder:
        """Take the lock in the name of a run that began at ``started`` (ISO 8601, UTC)."""
        try:
            self.private.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(self.private / "lock")
            self._lock.acquire(timeout=LOOK)
        except Timeout:
            raise BusyError(f"Another run is writing {str(self.path)!r}: {self._who()}; wait for it to end.") from None
        except OSError as error:
            raise unwritable(self.path, error) from error
        try:
            self.interrupted = read_json(self._holder)
            holder = {"pid": os.getpid(), "host": socket.gethostname(), "started": started}
            write_json(self._holder, holder)
        except OSError as error:
            self._lock.release()
            raise unwritable(self.path, error) from error
        return self

    def _who(self) -> str:
        holder = read_json(self._holder)
        if not holder:
            return "one that has just begun"
        return f"process {holder['pid']} on {holder['host']}, since {holder['started']}"

    def holder(self) -> tuple[dict[str, Any] | None, bool]:
        """What the run at work or the one that died at it left, else None; and whether the folder is held now.

        One who may not write cannot tell and takes it for held.
        """
        try:
            with FileLock(self.private / "lock", timeout=0):
                return read_json(self._holder), False
        except (Timeout, OSError):
            return read_json(self._holder), True

    def clear_staging(self) -> None:
        """An empty place for staged files."""
        shutil.rmtree(self.staging, ignore_errors=True)
        self.staging.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> OutputFolder:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if not self.untold:
            self._holder.unlink(missing_ok=True)
        self._lock.release()


def not_ours(place: str, name: str) -> PublishError:
    """The sentence for a place where a file that no run wrote stands where a run would write."""
    return PublishError(
        f"{place!r} holds {name!r}, which Yaodian did not write and would replace; choose another folder with -o. "
        "Nothing was read or written."
    )


def unwritable(folder: Path, error: OSError) -> PublishError:
    """The sentence for a folder that refuses to be written."""
    return PublishError(f"The output folder {str(folder)!r} cannot be written ({why(error)}); choose another with -o.")


def why(error: OSError) -> str:
    """What the system says, without what a library adds."""
    return os.strerror(error.errno) if error.errno else str(error) or type(error).__name__


def read_json(path: Path) -> dict[str, Any] | None:
    """The object in a file; None where there is no file or no whole object in it."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write an object so that the file is the old or the new one at any moment. Raises OSError."""
    new = path.with_name(path.name + ".new")
    with new.open("w", encoding="utf-8") as handle:
        json.dump(value, handle, ensure_ascii=False)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(new, path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk. Raises OSError."""
    if path.is_dir() and os.name == "nt":  # Windows keeps the names itself
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
