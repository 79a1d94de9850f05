"""Collections: files that hold many texts (`.jsonl`, `.csv`, `.parquet`) and archives, each text an entry of its own.

They are read as streams: the memory that one takes does not grow with its size.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from pipeline.archives import members
from pipeline.encoding import SAMPLE_BYTES, UndecidableError, decode
from pipeline.inputs import HOLDERS, MEMBER, Entry, suffix_of

MAX_RECORD = 32 << 20  # bytes; a longer record is no plan
PARQUET_ROWS = 256  # rows in memory at a time
PARQUET_BUFFER = 1 << 20  # bytes of a column chunk in memory at a time; else all of it is
# A text packs to a tenth: a collection that unpacks to more than so many times its size, and so many bytes, is a bomb.
MAX_RATIO, LEAST_SUSPECT = 200, 32 << 20
A_RECORD = 64  # bytes that a record counts beside its text
ROW_DIGITS = 8  # so that the order of paths is the order of rows
FORMATS = {".ndjson": "jsonl"}
# The usual names, likeliest first.
TEXT_COLUMNS = (
    "text", "content", "full_text", "fulltext", "body", "正文", "全文", "内容", "文本", "article", "raw_text",
    "plain_text", "content_text", "main_text", "document", "文件内容", "政策内容", "正文内容", "raw_content", "txt",
)  # fmt: skip
TITLE_COLUMNS = ("title", "标题", "题目", "题名", "文件名称", "文件标题", "政策标题", "名称", "headline", "subject")
TITLE_NEAR = 300  # characters from the start of a text within which it may carry its title itself


class _CollectionError(Exception):
    """A collection cannot be read, or not further; the message goes on from its name."""


def expand(entry: Entry, text_column: str | None = None) -> Iterator[Entry]:
    """The entries that stand in an entry: the records of a collection, the members of an archive, else itself.

    Each has the path ``file#row`` or ``file#member``; ``text_column`` names the column that holds the text, otherwise
    it is guessed from the usual names. What cannot be read is an entry with a fault. Never raises.
    """
    suffix = suffix_of(entry.path)
    if not holds(entry):
        yield entry
    elif suffix != ".zip":
        yield from _guarded(entry, lambda handle: _records(entry, handle, suffix, text_column))
    elif entry.data is not None:
        yield entry  # an archive in an archive is refused where it is read
    else:
        for member in _guarded(entry, lambda handle: members(entry, handle)):
            yield from expand(member, text_column) if member.data is not None else [member]


def holds(entry: Entry) -> bool:
    """Whether an entry may be a collection or an archive, by its name."""
    likely = entry.path.lower().endswith(HOLDERS)
    return likely and not entry.fault and not entry.format and suffix_of(entry.path) in HOLDERS


def _guarded(entry: Entry, inside: Callable[[io.BufferedReader], Iterator[Entry]]) -> Iterator[Entry]:
    """What stands inside an entry, the entry itself where that is nothing, and its fault where it breaks off."""
    try:
        if not entry.ordinary():  # to be rejected where it is read
            yield entry
            return
        handle = entry.open()
    except OSError:
        yield entry
        return
    with handle:
        empty = True
        try:
            for found in inside(handle):
                empty = False
                yield found
            if empty:
                yield replace(entry, data=b"", format=_format(entry.path))
        except _CollectionError as error:
            yield replace(entry, fault=f"{entry.path!r} {error}.")
        except MemoryError:
            yield replace(entry, fault=f"{entry.path!r} takes more memory than a collection may; split it.")
        except (OSError, ValueError, ImportError) as error:
            why = str(error).split("\n")[0][:120]
            yield replace(entry, fault=f"{entry.path!r} cannot be read ({why}); check that it is whole.")


def _format(path: str) -> str:
    suffix = suffix_of(path)
    return FORMATS.get(suffix, suffix[1:])


def _records(entry: Entry, handle: io.BufferedReader, suffix: str, text_column: str | None) -> Iterator[Entry]:
    rows = {".jsonl": _json_lines, ".ndjson": _json_lines, ".parquet": _parquet}.get(suffix, _csv)
    format_ = _format(entry.path)
    columns: _Columns | None = None
    left = LEAST_SUSPECT + MAX_RATIO * _size(handle)
    for number, record in rows(handle, suffix):
        place = replace(entry, path=f"{entry.path}{MEMBER}{number:0{ROW_DIGITS}d}", format=format_)
        if isinstance(record, str):
            yield replace(place, fault=f"{place.path!r} {record}.")
            continue
        # A collection of lines may leave a field out of a record, so the names are asked for until one is found.
        note: tuple[str, ...] = ()
        if columns is None:
            columns = _Columns(list(record), text_column)
            note = columns.said
        text = columns.text(record)
        if text is None:
            yield replace(place, fault=f"{place.path!r} has no text in the column {columns.name!r}; check the record.")
            continue
        data = text.encode("utf-8", "replace")
        left -= len(data) + A_RECORD
        if left < 0:
            raise _CollectionError("unpacks to more than two hundred times its size, as no text does; check it")
        if len(data) > MAX_RECORD:
            fault = f"{place.path!r} has a text of more than {MAX_RECORD >> 20} MB, as no plan has; check it."
            yield replace(place, fault=fault)
            continue
        yield replace(place, data=data, warnings=note)


def _size(handle: io.BufferedReader) -> int:
    size = handle.seek(0, io.SEEK_END)
    handle.seek(0)
    return size


class _Columns:
    """Which columns of a collection hold text and title."""

    def __init__(self, names: Sequence[str], text_column: str | None) -> None:
        bare = {name.strip().lower(): name for name in names}
        if text_column is not None:
            if text_column not in names:
                raise _CollectionError(f"has no column {text_column!r}; it has {_listed(names)}")
            self.name = text_column
        else:
            guessed = next((bare[name] for name in TEXT_COLUMNS if name in bare), None)
            if guessed is None:
                raise _CollectionError(f"has no column of a usual name; name one with --text-column: {_listed(names)}")
            self.name = guessed
        self._title = next((bare[name] for name in TITLE_COLUMNS if name in bare and bare[name] != self.name), None)
        from_where = f"the column {self.name!r}" + (f", its title from {self._title!r}" if self._title else "")
        self.said = () if text_column is not None else (f"The text is taken from {from_where} of this collection.",)

    def text(self, record: dict[str, Any]) -> str | None:
        """The text of a record, under its title where the text does not carry it; None where there is none."""
        text = record.get(self.name)
        if not isinstance(text, str):
            return "" if text is None and self.name in record else None
        title = record.get(self._title) if self._title else None
        if isinstance(title, str) and title.strip() and text.strip():
            bare = "".join(title.split())
            if bare not in "".join(text[:TITLE_NEAR].split()):
                return f"{title.strip()}\n{text}"
        return text


def _listed(names: Iterable[str]) -> str:
    shown = [repr(str(name)[:40]) for name in names]
    return ", ".join(shown[:12]) + (" …" if len(shown) > 12 else "")


def _json_lines(handle: io.BufferedReader, suffix: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Each record with the number of its line; a sentence where the line is none."""
    for number, line in enumerate(_bounded_lines(handle), 1):
        if line is None:
            yield number, f"is a line of more than {MAX_RECORD >> 20} MB, as no plan has; check it"
        elif line.strip():
            yield number, _json_record(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)


def _json_record(line: bytes) -> dict[str, Any] | str:
    try:
        record = json.loads(decode(line).text)
    except UndecidableError as error:
        return f"is no text: {error}; save the collection as UTF-8"
    except (ValueError, RecursionError):
        return "is no JSON record; write one JSON object a line"
    return record if isinstance(record, dict) else "is no JSON object; write one JSON object a line"


def _bounded_lines(handle: io.BufferedReader) -> Iterator[bytes | None]:
    """The lines, None for one that is too long to be kept in memory."""
    # A remote file has no bounded readline of its own.
    reader = handle if isinstance(handle, (io.BufferedReader, io.BytesIO)) else io.BufferedReader(handle, 1 << 20)
    while line := reader.readline(MAX_RECORD + 1):
        if len(line) <= MAX_RECORD or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = reader.readline(MAX_RECORD)
        yield None


def _csv(handle: io.BufferedReader, suffix: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Each record with its number from 1, the header not counted."""
    sample = handle.read(SAMPLE_BYTES)
    handle.seek(0)
    try:
        encoding = decode(sample.rpartition(b"\n")[0] or sample).encoding
    except UndecidableError as error:
        raise _CollectionError(f"is no text: {error}; save it as UTF-8") from error
    text = io.TextIOWrapper(handle, "utf-8-sig" if encoding == "utf-8" else encoding, "replace", newline="")
    csv.field_size_limit(min(MAX_RECORD, sys.maxsize))
    rows = csv.reader(_bounded_text(text), delimiter="\t" if suffix == ".tsv" else ",")
    header = [name.strip() for name in next(rows, [])]
    number = 0
    while True:
        number += 1
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield number, f"ends the reading of its collection ({error}); check the quotation marks from there on"
            return
        if row is None:
            return
        if row:
            yield number, dict(zip(header, row, strict=False))


def _bounded_text(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(MAX_RECORD):
        if len(line) == MAX_RECORD:
            raise csv.Error(f"a line of more than {MAX_RECORD:,} characters")
        yield line.replace("\0", "")


def _parquet(handle: io.BufferedReader, suffix: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = pq.ParquetFile(handle, buffer_size=PARQUET_BUFFER, pre_buffer=False)
    try:
        strings = [
            field.name
            for field in file.schema_arrow
            if pa.types.is_string(field.type)
            or pa.types.is_large_string(field.type)
            or pa.types.is_dictionary(field.type)
        ]
        number = 0
        for batch in file.iter_batches(PARQUET_ROWS, columns=strings or None):
            for record in batch.to_pylist():
                number += 1
                yield number, record
    finally:
        file.close()
