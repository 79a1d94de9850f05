"""From files to sources: every input becomes one Source that says what it is, what it holds, or why it was left out."""

from __future__ import annotations

import glob
import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import Literal

from pipeline.encoding import Decoded, UndecidableError, decode

# A plan has some hundred kilobytes at most; what is larger is a collection or no text, and would cost hours downstream.
MAX_BYTES = 32 << 20
HEAD_BYTES = 1024
ID_DIGITS = 16

SourceStatus = Literal["ok", "empty", "rejected"]
Reader = Callable[[bytes], Decoded]


@dataclass(frozen=True, slots=True)
class Entry:
    """An input before it is read: where it stands, and its path for the table `sources`, `/` as separator.

    ``fault`` says in one sentence why there is nothing to read, as for a folder that does not exist.
    """

    file: Path
    path: str
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """An input as read. ``text`` is the decoded text without its byte-order mark, and None when ``rejected``.

    ``error`` says in one sentence why a source is rejected; ``warnings`` name the damage of one that could be read.
    """

    path: str
    sha256: str
    bytes: int
    format: str
    encoding: str | None
    text: str | None
    status: SourceStatus
    error: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def source_id(self) -> str:
        """The same for the same bytes under the same path on every machine."""
        return hashlib.sha256(f"{self.path}\0{self.sha256}".encode()).hexdigest()[:ID_DIGITS]


# One reader a format; a new format is a reader here and, where its files do not name it, a line in SIGNATURES.
READERS: dict[str, Reader] = {"txt": decode}

# What a file begins with tells its format better than its name does.
SIGNATURES = (
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc"),
    (b"{\\rtf", "rtf"),
    (b"\x1f\x8b", "gz"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"PAR1", "parquet"),
    (b"SQLite format 3\0", "sqlite"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF8", "gif"),
)
HTML_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body)\b", re.I)
# Formats that their name alone tells: a table or a list of records is text as well.
NAMED_FORMATS = {
    "htm": "html", "html": "html", "xhtml": "html", "mht": "html", "csv": "csv", "tsv": "tsv", "json": "json",
    "jsonl": "jsonl", "ndjson": "jsonl", "xml": "xml", "docx": "docx", "doc": "doc", "wps": "doc", "pdf": "pdf",
    "zip": "zip", "xlsx": "xlsx", "xls": "xls", "pptx": "pptx", "parquet": "parquet",
}  # fmt: skip
# These are zip or OLE archives inside; their name tells which.
CONTAINED = {"zip": ("docx", "xlsx", "pptx"), "doc": ("xls",)}


def discover(inputs: Sequence[str]) -> Iterator[Entry]:
    """Every file of the inputs (files, folders, globs) as an entry, sorted by path, each file once.

    Hidden files (`.name`) and Word's lock files (`~$name`) are passed over. An input that cannot be reached is an
    entry with a fault.
    """
    seen: dict[str, Entry] = {}
    taken: set[Path] = set()
    for entry in (entry for item in inputs for entry in _found(item)):
        where = _absolute(entry.file)
        if where in taken:
            continue
        taken.add(where)
        unique = _told_apart(entry, where, seen)
        seen[unique.path] = unique
    for path in sorted(seen):
        yield seen[path]


def read(entry: Entry) -> Source:
    """The source of an entry. Never raises for what a file holds or lacks: the status says it."""
    if entry.fault:
        return _rejected(entry, "", 0, _named_format(entry.path), entry.fault)
    try:
        # Asked before opening: a named pipe without a writer would hold up the run.
        status = entry.file.stat()
        if not stat.S_ISREG(status.st_mode):
            return _rejected(entry, "", 0, "", f"{entry.path!r} is no ordinary file; give a file or a folder.")
        with entry.file.open("rb") as handle:
            if status.st_size > MAX_BYTES:
                return _too_large(entry, handle, status.st_size)
            data = handle.read()
    except OSError as error:
        why = error.strerror or type(error).__name__
        fault = f"{entry.path!r} cannot be read ({why}); check that it exists and that you may read it."
        return _rejected(entry, "", 0, _named_format(entry.path), fault)
    return _parsed(entry, hashlib.sha256(data).hexdigest(), format_of(entry.path, data[:HEAD_BYTES]), data)


def format_of(path: str, head: bytes) -> str:
    """The format of a file by its first bytes, else by its name, else `txt`."""
    named = _named_format(path)
    for signature, format_ in SIGNATURES:
        if head.startswith(signature):
            return named if named in CONTAINED.get(format_, ()) else format_
    if HTML_HEAD.match(head):
        return "html"
    # A Word or PDF file without its signature is not one, whatever its name says: let its bytes decide.
    return "txt" if named in ("", "docx", "doc", "pdf", "zip") else named


def _too_large(entry: Entry, handle: BufferedReader, size: int) -> Source:
    format_ = format_of(entry.path, handle.read(HEAD_BYTES))
    handle.seek(0)
    sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
    fault = (
        f"{entry.path!r} has {size:,} bytes, more than the {MAX_BYTES:,} that are read; split it into smaller files."
    )
    return _rejected(entry, sha256, size, format_, fault)


def _parsed(entry: Entry, sha256: str, format_: str, data: bytes) -> Source:
    size = len(data)
    if size == 0:
        return Source(entry.path, sha256, 0, format_, None, "", "empty")
    reader = READERS.get(format_)
    if reader is None:
        fault = f"{entry.path!r} is a {format_} file, which is not read yet; save its text as UTF-8 .txt."
        return _rejected(entry, sha256, size, format_, fault)
    try:
        content = reader(data)
    except UndecidableError as error:
        fault = f"{entry.path!r} is no text file: {error}; save its text as UTF-8."
        return _rejected(entry, sha256, size, format_, fault)
    status: SourceStatus = "ok" if content.text.strip() else "empty"
    return Source(entry.path, sha256, size, format_, content.encoding, content.text, status, warnings=content.warnings)


def _rejected(entry: Entry, sha256: str, size: int, format_: str, fault: str) -> Source:
    return Source(entry.path, sha256, size, format_, None, None, "rejected", fault)


def _named_format(path: str) -> str:
    return NAMED_FORMATS.get(PurePosixPath(path).suffix.lstrip(".").lower(), "")


def _found(item: str) -> Iterator[Entry]:
    """The entries of one input: a path that exists is itself even when it holds `*` or `[`."""
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
