"""Zip archives: each member is an entry. Nothing is unpacked to the disk, and no member beyond its bounds."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from io import BufferedReader
from pathlib import PurePosixPath

from pipeline.inputs import MEMBER, Entry

MAX_MEMBER = 32 << 20  # bytes unpacked
MAX_TOTAL = 4 << 30  # bytes unpacked of one archive
MAX_MEMBERS = 200_000
MAX_RATIO = 200  # text packs to a tenth; what packs to less than a two-hundredth holds nothing
LEAST_SUSPECT = 4 << 20  # bytes; a small member may pack as well as it likes
UTF8_NAME = 0x800
ENCRYPTED = 0x1


def members(entry: Entry, handle: BufferedReader) -> Iterator[Entry]:
    """The members of an archive by name, an office document that is one itself excepted; a fault where one is bad."""
    try:
        archive = zipfile.ZipFile(handle)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        yield replace(entry, fault=f"{entry.path!r} is no sound zip archive ({error}); pack it anew.")
        return
    with archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        if len(infos) > MAX_MEMBERS:
            fault = f"{entry.path!r} has {len(infos):,} members, more than the {MAX_MEMBERS:,} that are read; split it."
            yield replace(entry, fault=fault)
            return
        if any(info.filename == "word/document.xml" for info in infos):
            yield entry
            return
        total = 0
        seen: dict[str, int] = {}
        for name, info in sorted(((_name(info), info) for info in infos), key=lambda pair: pair[0]):
            if _passed_over(name):
                continue
            # Two members of one name are told apart, so that each has a path of its own.
            seen[name] = seen.get(name, 0) + 1
            shown = name if seen[name] == 1 else f"{name}~{seen[name]}"
            place = replace(entry, path=f"{entry.path}{MEMBER}{shown}")
            data = _unpacked(archive, info, name, MAX_TOTAL - total)
            if isinstance(data, str):
                yield replace(place, fault=f"{place.path!r} {data}.")
            else:
                total += len(data)
                yield replace(place, data=data)


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a member: without the mark for UTF-8 it is in the code page of who packed it, mostly GBK."""
    if info.flag_bits & UTF8_NAME:
        return info.filename
    try:
        raw = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030", "big5"):
        try:
            return raw.decode(encoding).replace("\\", "/").split("\0")[0]
        except UnicodeDecodeError:
            continue
    return info.filename


def _passed_over(name: str) -> bool:
    """Whether a member is hidden or a lock file, or what macOS adds."""
    parts = PurePosixPath(name).parts
    return any(part.startswith((".", "~$")) and part != ".." for part in parts) or "__MACOSX" in parts


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, left: int) -> bytes | str:
    """The bytes of a member, or a half sentence that says why it is not unpacked."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or (len(name) > 1 and name[1] == ":"):
        return "has a path that leads out of its archive; pack it anew"
    if info.flag_bits & ENCRYPTED:
        return "is encrypted; unpack it and read the file"
    if info.file_size > MAX_MEMBER:
        return f"unpacks to {info.file_size:,} bytes, more than the {MAX_MEMBER:,} that are read; split it"
    if info.file_size > LEAST_SUSPECT and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        return "unpacks to more than two hundred times its size, as no text does; check it"
    if info.file_size > left:
        return f"stands behind {MAX_TOTAL >> 30} GB of its archive, which is all that is read of one; split it"
    try:
        with archive.open(info) as member:
            return member.read(MAX_MEMBER + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, zlib.error) as error:
        return f"cannot be unpacked ({type(error).__name__}); pack it anew"
