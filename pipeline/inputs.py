"""The inputs of a run: files, folders, globs and addresses of remote file systems, each file as an entry."""

from __future__ import annotations

import glob
import os
import unicodedata
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BufferedReader, BytesIO
from pathlib import Path, PurePosixPath
from typing import Any, cast

# These hold many sources; an entry of one is the name of the file, `#` and what stands in it.
HOLDERS = (".jsonl", ".ndjson", ".csv", ".tsv", ".parquet", ".zip")
MEMBER = "#"


@dataclass(frozen=True, slots=True)
class Entry:
    """An input before it is read: where it stands, and its path for the table `sources`, `/` as separator.

    ``fault`` says in one sentence why there is nothing to read, as for a folder that does not exist. ``uri`` is the
    address of a remote file. A record of a collection or a member of an archive carries its ``data``, its ``format``
    where that is known, and ``warnings`` of where it comes from.
    """

    file: Path
    path: str
    fault: str | None = None
    uri: str = ""
    data: bytes | None = None
    format: str = ""
    warnings: tuple[str, ...] = ()

    def open(self) -> BufferedReader:
        """The bytes of the file. Raises OSError; pyarrow's errors for remote files are OSErrors too."""
        if self.data is not None:
            return cast(BufferedReader, BytesIO(self.data))
        if not self.uri:
            return self.file.open("rb")
        system, path = _file_system(self.uri)
        return cast(BufferedReader, system.open_input_file(path))


def discover(inputs: Sequence[str]) -> Iterator[Entry]:
    """Every file of the inputs (files, folders, globs, URIs) as an entry, sorted by path, each file once.

    Hidden files (`.name`) and Word's lock files (`~$name`) are passed over. An input that cannot be reached is an
    entry with a fault.
    """
    seen: dict[str, Entry] = {}
    taken: set[str] = set()
    for entry in (entry for item in inputs for entry in _found(item)):
        where = _absolute(entry.file)
        if (name := entry.uri or str(where)) in taken:
            continue
        taken.add(name)
        unique = _told_apart(entry, where, seen)
        seen[unique.path] = unique
    for path in sorted(seen, key=_place):
        yield seen[path]


def _found(item: str) -> Iterator[Entry]:
    """The entries of one input: a path that exists is itself even when it holds `*` or `[`."""
    if "://" in item:
        yield from _remote(item)
        return
    path = Path(item)
    if os.path.lexists(path):
        yield from _walk(path, path if path.is_dir() else path.parent, set())
        return
    if not glob.has_magic(item):
        yield Entry(path, _column(path, path.parent), f"{item!r} does not exist; check the path.")
        return
    matches = sorted(glob.glob(item, recursive=True))
    if not matches:
        yield Entry(path, _column(path, path.parent), f"{item!r} matches no file; check the pattern.")
    root = _fixed_part(path)
    seen: set[tuple[int, int]] = set()
    for match in matches:
        yield from _walk(Path(match), root, seen)


def _fixed_part(pattern: Path) -> Path:
    """The folder in which a glob's first wildcard stands."""
    fixed: list[str] = []
    for part in pattern.parts[:-1]:
        if glob.has_magic(part):
            break
        fixed.append(part)
    return Path(*fixed)


def _walk(path: Path, root: Path, seen: set[tuple[int, int]]) -> Iterator[Entry]:
    """The files at and below a path; a folder that links lead to twice is walked once."""
    if not path.is_dir():
        yield Entry(path, _column(path, root))
        return
    try:
        status = path.stat()
        if (status.st_dev, status.st_ino) in seen:
            return
        seen.add((status.st_dev, status.st_ino))
        names = sorted(os.listdir(path))
    except OSError as error:
        fault = f"The folder {path.name!r} cannot be read ({error.strerror}); check that you may open it."
        yield Entry(path, _column(path, root), fault)
        return
    for name in names:
        if not name.startswith((".", "~$")):
            yield from _walk(path / name, root, seen)


def _column(file: Path, root: Path) -> str:
    """The path below the root as tables show it: one Unicode form, no bytes that are not UTF-8."""
    relative = file.relative_to(root) if file.is_relative_to(root) else file
    text = relative.as_posix() if relative.parts else file.name or file.as_posix()
    return unicodedata.normalize("NFC", os.fsencode(text).decode("utf-8", "backslashreplace"))


def _absolute(file: Path) -> Path:
    return Path(os.path.abspath(file))


def _told_apart(entry: Entry, where: Path, seen: Container[str]) -> Entry:
    """The entry with as many parent folders before its path as tell it from an equal path of another input."""
    path, parents = entry.path, list(where.parts[: len(where.parts) - len(PurePosixPath(entry.path).parts)])
    while path in seen and parents:
        path = _column(Path(parents.pop()) / path, Path())
    return replace(entry, path=path)


def _place(path: str) -> str:
    """What paths are sorted by: a collection stands where its first record will."""
    return path + MEMBER if path.lower().endswith(HOLDERS) else path


def _file_system(uri: str) -> tuple[Any, str]:
    from pyarrow import fs

    return fs.FileSystem.from_uri(uri)  # type: ignore[no-any-return]


def _remote(uri: str) -> Iterator[Entry]:
    """The entry of a remote file, or those of the files below a remote folder."""
    from pyarrow import fs

    name = PurePosixPath(uri).name or uri
    try:
        system, root = _file_system(uri)
        info = system.get_file_info(root)
        if info.type == fs.FileType.NotFound:
            yield Entry(Path(name), name, f"{uri!r} does not exist; check the address.")
            return
        if info.type == fs.FileType.File:
            yield Entry(Path(name), name, uri=uri)
            return
        below = system.get_file_info(fs.FileSelector(root, recursive=True))
    except (OSError, ValueError, NotImplementedError) as error:
        why = str(error).split("\n")[0][:120]
        yield Entry(Path(name), name, f"{uri!r} cannot be reached ({why}); check the address and your access to it.")
        return
    for found in sorted(below, key=lambda f: str(f.path)):
        path = PurePosixPath(found.path).relative_to(root)
        hidden = any(part.startswith((".", "~$")) for part in path.parts)
        if found.type == fs.FileType.File and not hidden:
            yield Entry(Path(path), _column(Path(path), Path()), uri=f"{uri.rstrip('/')}/{path.as_posix()}")
