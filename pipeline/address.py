"""Files behind an address: `s3://…`, `gs://…`, `file://…` and whatever else pyarrow, or fsspec beside it, opens."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

WILD = re.compile(r"[*\[]")  # `?` stands before the options of an address
SIGNS = re.compile(r"\*|\[!?[^\]\[\\^]+\]|.")
SIGNS_OF_ADDRESSES = "%/:?#@!$&'()*+,;=~"


class AddressError(OSError):
    """An address that cannot be opened; the message says why in half a sentence."""


def is_address(text: str) -> bool:
    """Whether an input or output is an address, not a path."""
    return "://" in text


def shown(uri: str) -> str:
    """An input or output as logs, tables and messages show it, without user, password and options of an address."""
    if not is_address(uri):
        return uri
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


@lru_cache(maxsize=64)
def file_system(uri: str) -> tuple[Any, str]:
    """The pyarrow file system of an address and the path inside it. Raises AddressError."""
    from pyarrow import ArrowInvalid, fs

    try:
        host, slash, path = uri.partition("://")[2].partition("/")
        quoted = f"{urlsplit(uri).scheme}://{host}{slash}{quote(path, safe=SIGNS_OF_ADDRESSES)}"
        return fs.FileSystem.from_uri(quoted)  # type: ignore[no-any-return]
    except ArrowInvalid as error:
        if "Unrecognized filesystem type" not in str(error):
            raise AddressError(reason(error)) from error
    except (OSError, ValueError, NotImplementedError) as error:
        raise AddressError(reason(error)) from error
    scheme = urlsplit(uri).scheme
    try:
        return fs.FileSystem.from_uri(f"fsspec+{uri}")  # type: ignore[no-any-return]
    except ImportError as error:
        need = "fsspec" if error.name in (None, "fsspec") else error.name
        raise AddressError(f"addresses of {scheme}:// need the package {need!r}: pip install {need}") from error
    except (OSError, ValueError, NotImplementedError) as error:
        raise AddressError(reason(error)) from error


def reason(error: Exception) -> str:
    """The first line of what a file system says, without the secrets that an address may carry."""
    return re.sub(r"(?<=://)\S*@", "", str(error).split("\n")[0])[:160].rstrip(".")


def open_file(uri: str, path: str) -> Any:
    """A file of the file system of an address, opened for reading. Raises OSError."""
    return file_system(uri)[0].open_input_file(path)


def files(
    uri: str, passed_over: Callable[[Sequence[str]], Container[str]] = lambda names: ()
) -> Iterator[tuple[str, str]]:
    """The files that an address names: itself, what stands below it, or what matches its `*`, `**` and `[…]`.

    Each is its path inside the file system and its path below the folder that was searched, in order. Hidden files
    and folders (`.name`), Word's lock files, and which of all that stand there ``passed_over`` says, are passed over.
    Nothing where nothing is there. Raises AddressError.
    """
    from pyarrow import fs

    try:
        system, path = file_system(uri)
        kind = system.get_file_info(path).type
        if kind == fs.FileType.File:
            yield path, path.rpartition("/")[2]
            return
        root, pattern = (path, []) if kind == fs.FileType.Directory else _split(path)
        selector = fs.FileSelector(root, recursive=True, allow_not_found=True)
        below = sorted(str(found.path) for found in system.get_file_info(selector) if found.type == fs.FileType.File)
    except (OSError, ValueError, NotImplementedError) as error:
        raise error if isinstance(error, AddressError) else AddressError(reason(error)) from error
    try:
        wanted = re.compile(_expression(pattern))
    except re.error as error:
        raise AddressError(f"the pattern {'/'.join(pattern)!r} is none") from error
    names = [found.removeprefix(root).lstrip("/") for found in below]
    left_out = passed_over(names)
    for found, relative in zip(below, names, strict=True):
        if (
            relative not in left_out
            and wanted.match(relative)
            and not any(part.startswith((".", "~$")) for part in relative.split("/"))
        ):
            yield found, relative


def _split(path: str) -> tuple[str, list[str]]:
    """The folder before the first wildcard, and the parts of the pattern from there on."""
    parts = path.rstrip("/").split("/")
    wild = next((at for at, part in enumerate(parts) if WILD.search(part)), len(parts))
    return "/".join(parts[:wild]), parts[wild:]


def _expression(pattern: list[str]) -> str:
    """The pattern as a regular expression; what stands below a folder that matches, matches too."""
    out = ""
    for at, part in enumerate(pattern):
        last = at == len(pattern) - 1
        if part == "**":
            out += ".*" if last else "(?:[^/]+/)*"
        else:
            out += "".join(_sign(sign) for sign in SIGNS.findall(part)) + ("" if last else "/")
    return out + r"(?:/|\Z)" if pattern else ""


def _sign(sign: str) -> str:
    if sign == "*":
        return "[^/]*"
    if len(sign) > 2:
        return "[^" + sign[2:] if sign[1] == "!" else sign
    return re.escape(sign)
