"""Zip archives that cannot be trusted: what they unpack to is counted before anything is unpacked."""

from __future__ import annotations

import io
import zipfile

from pipeline.formats import UnreadableError

MAX_UNPACKED = 256 << 20  # bytes that the members of one document may have together
MAX_MEMBERS = 10_000
# Word's form "Strict Open XML" has the same elements under other names of their vocabularies.
STRICT = b"http://purl.oclc.org/ooxml/"
VOCABULARIES = (
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)


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


def transitional(data: bytes) -> bytes:
    """An office document in the form that readers know; one that is in no strict form is left as it is.

    Raises zipfile.BadZipFile and others that zipfile raises for a damaged member.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        if "_rels/.rels" not in names or STRICT not in archive.read("_rels/.rels"):
            return data
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as copy:
            for name in names:
                part = archive.read(name)
                for strict, known in VOCABULARIES if name.endswith((".xml", ".rels")) else ():
                    part = part.replace(strict, known)
                copy.writestr(name, part)
    return out.getvalue()
