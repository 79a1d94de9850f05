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


PIECE = 256 << 10  # bytes read at a time
UNREADABLE = Fingerprint("", 0, "")


def fingerprint(entry: Entry) -> Fingerprint:
    """The fingerprint of an input as it stands now. Never raises: reading it will say what is wrong."""
    if entry.fault:
        return UNREADABLE
    try:
        if not entry.ordinary():
            return UNREADABLE
        with entry.open() as handle:
            piece = handle.read(PIECE)
            format_ = entry.format or format_of(entry.path, piece[:HEAD_BYTES])
            digest, size = hashlib.sha256(piece), len(piece)
            while piece:  # most files are one
                piece = handle.read(PIECE)
                digest.update(piece)
                size += len(piece)
            return Fingerprint(digest.hexdigest(), size, format_)
    except OSError:
        return UNREADABLE
