"""From files to sources: every input becomes one Source that says what it is, what it holds, or why it was left out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BufferedReader
from typing import Literal

from pipeline.encoding import UndecidableError, decode
from pipeline.formats import Content, MachineError, UnreadableError, guard, office
from pipeline.inputs import MEMBER, Entry, discover, suffix_of

__all__ = ["Entry", "Source", "discover", "format_of", "read"]

# A plan has some hundred kilobytes at most; what is larger is a collection or no text, and would cost hours downstream.
MAX_BYTES = 32 << 20
HEAD_BYTES = 1024
ID_DIGITS = 16

# A rejection that ends with these words says nothing of the bytes, so the next run reads the source again.
TRY_AGAIN = "the next run tries it again."

SourceStatus = Literal["ok", "empty", "rejected"]
Reader = Callable[[bytes], Content]


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


def _plain(data: bytes) -> Content:
    try:
        decoded = decode(data)
    except UndecidableError as error:
        raise UnreadableError(f"is no text file: {error}; save its text as UTF-8") from error
    return Content(decoded.text, decoded.encoding, decoded.warnings)


def _guarded(format_: str) -> Reader:
    """A reader in a process of its own, as the libraries that read these formats are not proof against every file."""
    return lambda data: guard.read(format_, data)


# One reader a format; a new format is a reader here and, where its files do not name it, a line in SIGNATURES.
READERS: dict[str, Reader] = {
    "txt": _plain,
    **{name: _guarded(name) for name in ("docx", "pdf", "html", "mht")},
    "doc": lambda data: office.read(data, "doc"),
    "wps": lambda data: office.read(data, "wps"),
    "rtf": lambda data: office.read(data, "rtf"),
}
# The records of these are sources, each its text.
RECORDS = ("jsonl", "csv", "tsv", "parquet")

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
BEGINNINGS = tuple(signature for signature, _ in SIGNATURES)
HTML_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body)\b", re.I)
# Formats that their name alone tells: a table or a list of records is text as well.
NAMED_FORMATS = {
    "htm": "html", "html": "html", "xhtml": "html", "mht": "mht", "mhtml": "mht", "csv": "csv", "tsv": "tsv",
    "json": "json", "jsonl": "jsonl", "ndjson": "jsonl", "xml": "xml", "docx": "docx", "docm": "docx", "dotx": "docx",
    "doc": "doc", "wps": "wps", "pdf": "pdf",
    "zip": "zip", "xlsx": "xlsx", "xls": "xls", "pptx": "pptx", "ppt": "ppt", "rtf": "rtf", "parquet": "parquet",
}  # fmt: skip
# These are zip or OLE archives inside; their name tells which.
CONTAINED = {"zip": ("docx", "xlsx", "pptx"), "doc": ("xls", "wps", "ppt")}


SAVE = "save its text as UTF-8 .txt"
ADVICE = {
    "zip": "unpack it, or name it .zip to have its members read",
    "xlsx": "save its sheet as .csv",
    "xls": "save its sheet as .csv",
    "gz": "unpack it",
    "bz2": "unpack it",
    "xz": "unpack it",
    "7z": "unpack it, or pack it as .zip",
    "rar": "unpack it, or pack it as .zip",
    "png": "run text recognition (OCR) on it",
    "jpg": "run text recognition (OCR) on it",
    "gif": "run text recognition (OCR) on it",
}

# An archive in an archive is not unpacked, whatever its name.
INNER = "it stands in an archive itself: unpack that one"


def read(entry: Entry) -> Source:
    """The source of an entry. Never raises for what a file holds or lacks: the status says it."""
    if entry.fault:
        return _rejected(entry, "", 0, entry.format or _named_format(entry.path), entry.fault)
    if entry.data is not None:
        format_ = entry.format or format_of(entry.path, entry.data[:HEAD_BYTES])
        return _parsed(entry, hashlib.sha256(entry.data).hexdigest(), format_, entry.data)
    try:
        if not entry.ordinary():
            return _rejected(entry, "", 0, _named_format(entry.path), _odd(entry))
        with entry.open() as handle:
            data = handle.read(MAX_BYTES + 1)
            if len(data) > MAX_BYTES:
                return _too_large(entry, handle, data)
    except OSError as error:
        return _rejected(entry, "", 0, _named_format(entry.path), _unreadable(entry, error))
    return _parsed(entry, hashlib.sha256(data).hexdigest(), format_of(entry.path, data[:HEAD_BYTES]), data)


def fault_of(entry: Entry) -> str | None:
    """Why the bytes of an entry cannot be had, in the sentence with which `read` rejects it; None where they can."""
    if entry.fault:
        return entry.fault
    try:
        if not entry.ordinary():
            return _odd(entry)
        with entry.open() as handle:
            handle.read(1)
    except OSError as error:
        return _unreadable(entry, error)
    return None


def _odd(entry: Entry) -> str:
    return f"{entry.path!r} is no ordinary file; give a file or a folder."


def _unreadable(entry: Entry, error: OSError) -> str:
    why = error.strerror or type(error).__name__
    return f"{entry.path!r} cannot be read ({why}); check that it exists and that you may read it."


def format_of(path: str, head: bytes) -> str:
    """The format of a file by its first bytes, else by its name, else `txt`."""
    named = _named_format(path)
    if head.startswith(BEGINNINGS):
        format_ = next(format_ for signature, format_ in SIGNATURES if head.startswith(signature))
        return named if named in CONTAINED.get(format_, ()) else format_
    if HTML_HEAD.match(head):
        return "html"
    # A Word or PDF file without its signature is not one, whatever its name says: let its bytes decide.
    return "txt" if named in ("", "docx", "doc", "wps", "rtf", "pdf", "zip") else named


def _too_large(entry: Entry, handle: BufferedReader, head: bytes) -> Source:
    digest, size = hashlib.sha256(head), len(head)
    while piece := handle.read(1 << 20):
        digest.update(piece)
        size += len(piece)
    fault = (
        f"{entry.path!r} has {size:,} bytes, more than the {MAX_BYTES:,} that are read; split it into smaller files."
    )
    return _rejected(entry, digest.hexdigest(), size, format_of(entry.path, head[:HEAD_BYTES]), fault)


def _parsed(entry: Entry, sha256: str, format_: str, data: bytes) -> Source:
    size = len(data)
    if size == 0:
        return Source(entry.path, sha256, 0, format_, None, "", "empty")
    reader = READERS["txt"] if entry.format in RECORDS else READERS.get(format_)
    if reader is None:
        advice = INNER if format_ == "zip" and MEMBER in entry.path else ADVICE.get(format_, SAVE)
        fault = f"{entry.path!r} is {_named(format_)}, which is not read; {advice}."
        return _rejected(entry, sha256, size, format_, fault)
    try:
        content = reader(data)
    except UnreadableError as error:
        end = f"; {TRY_AGAIN}" if isinstance(error, MachineError) else "."
        return _rejected(entry, sha256, size, format_, f"{entry.path!r} {error}{end}")
    status: SourceStatus = "ok" if content.text.strip() else "empty"
    warnings = entry.warnings + content.warnings
    return Source(entry.path, sha256, size, format_, content.encoding, content.text, status, warnings=warnings)


def _named(format_: str) -> str:
    return f"{'an' if format_[:1] in 'aeioux' else 'a'} {format_} file"


def _rejected(entry: Entry, sha256: str, size: int, format_: str, fault: str) -> Source:
    return Source(entry.path, sha256, size, format_, None, None, "rejected", fault)


def _named_format(path: str) -> str:
    return NAMED_FORMATS.get(suffix_of(path).lstrip("."), "")
