"""Zip archives that cannot be trusted: what they unpack to is counted before anything is unpacked."""

from __future__ import annotations

import io
import zipfile

from pipeline.formats import UnreadableError

MAX_UNPACKED = 256 << 20  # bytes that the members of one document may have together
MAX_MEMBERS = 10_000


def refuse_bomb(data: bytes) -> None:
    """Raise UnreadableError for a document whose archive is damaged or unpacks to more than a document can have."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise UnreadableError("is damaged: its archive cannot be opened; open it in Word and save it anew") from error
    # zipfile never unpacks more of a member than its stated size, so the stated sizes bound the memory.
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise UnreadableError(
            f"unpacks to more than {MAX_UNPACKED >> 20} MB or {MAX_MEMBERS:,} parts, as no document does; check it"
        )
