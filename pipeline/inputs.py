"""The inputs of a run: files, folders, globs and addresses of remote file systems, each file as an entry."""

from __future__ import annotations

import glob
import os
import posixpath
import re
import sqlite3
import stat
import unicodedata
from collections.abc import Container, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from io import BufferedReader, BytesIO
from itertools import chain, compress
from pathlib import Path, PurePosixPath
from typing import cast

from pipeline import address
from pipeline.groups import looked_up, places

# These hold many sources; an entry of one is the name of the file, `#` and what stands in it.
HOLDERS = (".jsonl", ".ndjson", ".csv", ".tsv", ".parquet", ".zip")
MEMBER = "#"
# In an output folder, what a run needs beside the tables: hidden, for readers take the visible files as the tables.
PRIVATE = ".yaodian"
# What tells the folder behind an address into which a run has written, which has no hidden folder to tell it.
LOG, FIRST, PARTS = "runs.jsonl", "sources.parquet", "sources/part-"


class InputError(Exception):
    """An input that was named cannot be used; the message says which, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An input before it is read: where it stands, and its path for the table `sources`, `/` as separator.

    ``fault`` says in one sentence why there is nothing to read, as for a folder that does not exist. ``address`` is
    that of a remote file system, in which ``file`` stands. A record of a collection or a member of an archive carries
    its ``data``, its ``format`` where that is known, and ``warnings`` of where it comes from; without the data it says
    that it is the part ``number`` (from 0) of the file with the path ``holder``.
    """

    file: str | os.PathLike[str]
    path: str
    fault: str | None = None
    address: str = ""
    data: bytes | None = None
    format: str = ""
    warnings: tuple[str, ...] = ()
    holder: str = ""
    number: int = 0

    def ordinary(self) -> bool:
        """Whether this is no pipe or device, which would hold up a reader. Raises OSError."""
        return self.data is not None or bool(self.address) or stat.S_ISREG(os.stat(self.file).st_mode)

    def open(self) -> BufferedReader:
        """The bytes of the file. Raises OSError; pyarrow's errors for remote files are OSErrors too."""
        if self.data is not None:
            return cast(BufferedReader, BytesIO(self.data))
        if self.address:
            return cast(BufferedReader, address.open_file(self.address, os.fspath(self.file)))
        return open(self.file, "rb")


def discover(inputs: Sequence[str]) -> Iterator[Entry]:
    """Every file of the inputs (files, folders, globs, URIs) as an entry, each file once, those of an input by path.

    Hidden files (`.name`) and Word's lock files (`~$name`) are passed over, and so is what runs wrote: an output folder
    below an input, and in one that is an input itself the tables and the log. An input that cannot be reached is an
    entry with a fault. Memory grows with the largest folder, not with the number of files.
    """
    alone = len(inputs) == 1 and os.path.lexists(inputs[0])  # a walk meets each file once
    with closing(_Names()) as files, closing(_Names()) as paths:
        for some in looked_up(chain.from_iterable(map(_found, inputs))):
            if not alone:
                some = list(compress(some, files.add([f"{e.address.partition(':')[0]}:{_where(e)}" for e in some])))
            for entry, is_new in zip(some, paths.add([entry.path for entry in some]), strict=True):
                if not is_new:
                    entry = _told_apart(entry, Path(_where(entry)), paths)
                    paths.add([entry.path])
                yield entry


def _where(entry: Entry) -> str:
    """The place of an entry from the root of its file system."""
    return f"/{os.fspath(entry.file).lstrip('/')}" if entry.address else os.path.abspath(entry.file)


class _Names:
    """Names met before, in a file that vanishes when it is closed."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("")
        self._db.executescript(
            "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF; PRAGMA cache_size = -4096;"
            "CREATE TABLE met (name BLOB PRIMARY KEY) WITHOUT ROWID;"
        )

    def add(self, names: list[str]) -> list[bool]:
        """Take note of some names; whether each is new."""
        keys = [os.fsencode(name) for name in names]
        met, new = self._met(keys), list[bool]()
        for key in keys:
            new.append(key not in met)
            met.add(key)
        self._db.executemany("INSERT INTO met VALUES (?)", ((key,) for key in compress(keys, new)))
        return new

    def __contains__(self, name: str) -> bool:
        return bool(self._met([os.fsencode(name)]))

    def _met(self, keys: list[bytes]) -> set[bytes]:
        return {row[0] for row in self._db.execute(f"SELECT name FROM met WHERE name IN {places(keys)}", keys)}

    def close(self) -> None:
        self._db.close()


def suffix_of(path: str) -> str:
    """What a file's name ends with, from the last dot on, in lower case."""
    return posixpath.splitext(path)[1].lower()


def missing(inputs: Sequence[str], known: Container[str]) -> InputError | None:
    """The error for inputs that are not there, unless others are and ``known`` has each that is missing.

    A path that an earlier run has read may be away for a night, as a share that is not mounted; one that was never
    read is mistyped.
    """
    faults = {item: fault for item in inputs if (fault := _fault(item))}
    if not faults or (len(faults) < len(inputs) and all(address.shown(item) in known for item in faults)):
        return None
    return InputError(" ".join(faults.values()) + " Nothing was read or written.")


def empty(inputs: Sequence[str]) -> list[str]:
    """The folders among the inputs in which no file stands: they may be shares that are not mounted."""
    folders = (i for i in inputs if not (os.path.isfile(i) or address.is_address(i) or _is_output(i)))
    return [folder for folder in folders if next(_found(folder), None) is None]


def _fault(item: str) -> str:
    """Why there is nothing at an input; empty where there is something."""
    if address.is_address(item):
        first = next(_remote(item), None)
        return (first.fault or "") if first else ""
    if os.path.lexists(item):
        return ""
    if not glob.has_magic(item):
        return f"{item!r} does not exist; check the path."
    found = next(glob.iglob(item, recursive=True), None)
    return "" if found else f"{item!r} matches no file; check the pattern."


def _found(item: str) -> Iterator[Entry]:
    """The entries of one input: a path that exists is itself even when it holds `*` or `[`."""
    if address.is_address(item):
        yield from _remote(item)
        return
    path = Path(item)
    if os.path.isdir(item):  # a share that has gone away is none, where `Path.is_dir` raises
        yield from _below(str(path), "", set())
        return
    if os.path.lexists(path):
        yield Entry(path, _shown(path.name))
        return
    if fault := _fault(item):
        yield Entry(path, _column(path, path.parent), fault)
        return
    root = _fixed_part(path)
    seen: set[tuple[int, int]] = set()
    wrote: dict[Path, set[str]] = {}
    for match in map(Path, sorted(glob.glob(item, recursive=True))):
        if not _written(match, root, wrote):
            yield from _walk(match, root, seen)


def _is_output(folder: str | Path) -> bool:
    """Whether a run has written into a folder of this machine."""
    return os.path.isdir(os.path.join(folder, PRIVATE))


def _wrote(folder: str | Path) -> set[str]:
    """What stands in a folder because a run wrote it there: tables, folders of their parts, the log."""
    from pipeline.tables import SCHEMAS

    if not _is_output(folder):
        return set()
    parts = {table for table in SCHEMAS if any(Path(folder, table).glob("part-*.parquet"))}
    return {f"{table}.parquet" for table in SCHEMAS} | parts | {LOG}


def _written(match: Path, root: Path, wrote: dict[Path, set[str]]) -> bool:
    """Whether a run wrote what a glob with this root matches. ``wrote`` keeps what is known of folders."""
    for folder in match.parents if match != root else ():
        if folder not in wrote:
            wrote[folder] = _wrote(folder)
        if folder == root or not folder.parts:
            return match.relative_to(folder).parts[0] in wrote[folder]
        if wrote[folder]:
            return True
    return False


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
    if os.path.isdir(path):
        yield from _below(str(path), "" if path == root else _column(path, root), seen)
    else:
        yield Entry(path, _column(path, root))


def _below(folder: str, column: str, seen: set[tuple[int, int]]) -> Iterator[Entry]:
    """The files below a folder, which tables show as ``column``, in order of path."""
    try:
        status = os.stat(folder)
        if (status.st_dev, status.st_ino) in seen:
            return
        seen.add((status.st_dev, status.st_ino))
        with os.scandir(folder) as found:
            there = [(_place(_shown(file.name), _is_folder(file)), file.name) for file in found]
    except OSError as error:
        name = os.path.basename(folder)
        fault = f"The folder {name!r} cannot be read ({error.strerror}); check that you may open it."
        yield Entry(folder, column or _shown(name) or folder, fault)
        return
    wrote = _wrote(folder)
    if wrote and column:
        return
    inside, above = os.path.join(folder, ""), f"{column}/" if column else ""
    for place, name in sorted(there):
        if name.startswith((".", "~$")) or name in wrote:
            continue
        if place.endswith("/"):
            yield from _below(inside + name, above + _shown(name), seen)
        else:
            yield Entry(inside + name, above + _shown(name))


def _column(file: Path, root: Path) -> str:
    """The path below the root as tables show it: one Unicode form, no bytes that are not UTF-8."""
    relative = file.relative_to(root) if file.is_relative_to(root) else file
    text = relative.as_posix() if relative.parts else file.name or file.as_posix()
    return _shown(text)


def _shown(name: str) -> str:
    if name.isascii():
        return name
    return unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "backslashreplace"))


def _told_apart(entry: Entry, where: Path, seen: _Names) -> Entry:
    """The entry with as many parent folders before its path as tell it from an equal path of another input."""
    path, parents = entry.path, list(where.parts[: len(where.parts) - len(PurePosixPath(entry.path).parts)])
    while path in seen and parents:
        path = _column(Path(parents.pop()) / path, Path())
    return replace(entry, path=path)


def _is_folder(file: os.DirEntry[str]) -> bool:
    """Whether this is a folder; a link that leads nowhere or in a circle is a file, which will not be readable."""
    try:
        return file.is_dir()
    except OSError:
        return False


def _place(name: str, is_folder: bool) -> str:
    """What names are sorted by: a folder ends with a slash, a collection stands where its first record will."""
    if is_folder:
        return f"{name}/"
    return name + MEMBER if name.lower().endswith(HOLDERS) else name


def _remote(uri: str) -> Iterator[Entry]:
    """The entries of the files behind an address."""
    shown = address.shown(uri)
    name = PurePosixPath(shown).name or shown
    found = False
    try:
        for place, relative in address.files(uri, _written_there):
            found = True
            yield Entry(place, _column(Path(relative), Path()), address=uri)
    except address.AddressError as error:
        fault = f"{shown!r} cannot be reached ({error}); check the address and your access to it."
        yield Entry(Path(name), name, fault)
        return
    if not found:
        what = "names no file" if glob.has_magic(shown) else "does not exist"
        yield Entry(Path(name), name, f"{shown!r} {what}; check the address.")


def _written_there(names: Sequence[str]) -> set[str]:
    """Those of the files behind an address that runs wrote: all of an output folder, or of the first its tables."""
    from pipeline.tables import SCHEMAS

    there, placed = set(names), [PurePosixPath(name) for name in names]
    outputs = {str(place)[: -len(LOG)] for place in placed if place.name == LOG}
    parted = {name.partition(PARTS)[0] for name in names if PARTS in name}
    outputs &= parted | {name.removesuffix(FIRST) for name in there if name.endswith(FIRST)}
    outputs |= {name[: f"/{name}".index(f"/{PRIVATE}/")] for name in names if f"/{PRIVATE}/" in f"/{name}"}
    written = {name for name in names if name.startswith(tuple(outputs - {""}))}
    if "" in outputs:
        mine = re.compile(rf"(?:{'|'.join(SCHEMAS)})(?:\.parquet|/part-[^/]*)|{re.escape(LOG)}")
        written |= {name for name in names if mine.fullmatch(name)}
    return written
