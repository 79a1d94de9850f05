"""The process that reads documents for ``guard``: it may be killed, and can write no file and reach no network.

It takes requests from its standard input and answers on its standard output, both a line of JSON that tells the size
of the bytes behind it.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any, BinaryIO

from pipeline.formats import Content, MachineError, UnreadableError

MEMORY = 3 << 30  # bytes of address space; what the libraries map themselves is a part of it
# What no reader has to do. Readers run in C too, but none of those opens files or sockets by itself.
FORBIDDEN = ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec", "os.spawn")
EXTRA = "needs the extra `documents`, which is not installed: pip install 'yaodian[documents]'"


def parse(format_: str, data: bytes) -> Content:
    """The text of a document. Raises UnreadableError."""
    try:
        if format_ == "docx":
            from pipeline.formats import docx

            return docx.read(data)
        if format_ == "pdf":
            from pipeline.formats import pdf

            return pdf.read(data)
        if format_ in ("html", "mht"):
            from pipeline.formats import html

            return html.read(data) if format_ == "html" else html.read_mht(data)
    except ImportError as error:
        raise MachineError(f"{EXTRA} (no module {error.name!r})") from error
    except RecursionError as error:
        raise UnreadableError("is nested deeper than a document can be; save its text as UTF-8 .txt") from error
    except MemoryError as error:
        raise UnreadableError("takes more memory than a document may; split it") from error
    raise AssertionError(f"no reader of {format_}")


def _limit() -> None:
    """Give up what a reader does not need: memory without bound, files, other programs, the network."""
    try:
        import resource
    except ImportError:  # not on Windows
        pass
    else:
        for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
            hard = resource.getrlimit(what)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (most, hard))

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event in FORBIDDEN:
            raise PermissionError(f"a reader may not use {event}")

    sys.addaudithook(refuse)


def _answer(out: BinaryIO, format_: str, data: bytes) -> None:
    reply: dict[str, Any]
    text = b""
    try:
        content = parse(format_, data)
        text = content.text.encode("utf-8", "replace")
        reply = {"encoding": content.encoding, "warnings": content.warnings}
    except UnreadableError as error:
        reply = {"error": str(error), "again": isinstance(error, MachineError)}
    except Exception as error:  # whatever a hostile file makes a library raise costs that file only
        reply = {"error": f"breaks its reader ({type(error).__name__}: {str(error)[:80]}); open it and save it anew"}
    out.write(json.dumps({**reply, "size": len(text)}).encode() + b"\n" + text)
    out.flush()


def main() -> None:
    """Answer requests until the input ends."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not stand between the answers
    _limit()
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        _answer(out, request["format"], sys.stdin.buffer.read(request["size"]))


if __name__ == "__main__":
    main()
