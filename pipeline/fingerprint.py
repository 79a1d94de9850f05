"""What tells whether an input has changed, without reading what it says: its bytes and the format they are in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from pipeline.read import HEAD_BYTES, Entry, format_of


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """``sha256`` in hex, empty for an input that cannot be read; ``bytes``; ``format`` as in the table `sources`."""

    sha256: str
    bytes: int
    format: str


UNREADABLE = Fingerprint("", 0, "")


def fingerprint(entry: Entry) -> Fingerprint:
    """The fingerprint of an input as it stands now. Never raises: reading it will say what is wrong."""
    if entry.fault:
        return UNREADABLE
    try:
        if not entry.ordinary():
            return UNREADABLE
        with entry.open() as handle:
            head = handle.read(HEAD_BYTES)
            handle.seek(0)
            sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
            return Fingerprint(sha256, handle.tell(), entry.format or format_of(entry.path, head))
    except OSError:
        return UNREADABLE
