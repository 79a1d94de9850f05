"""One file looked at by itself: its sources and their rows, nothing written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pipeline.address import is_address
from pipeline.collections import ROW_DIGITS, expand
from pipeline.inputs import MEMBER, Entry, InputError, discover
from pipeline.read import Source, read
from pipeline.stages import Options, Pipeline
from pipeline.tables import Rows, named


def entries(name: str, text_column: str | None = None) -> Iterator[Entry]:
    """The file ``name`` as an entry; of a collection or an archive what it holds; of ``file#record`` that alone.

    Raises InputError where there is no such file or record.
    """
    file, sign, record = name.partition(MEMBER)
    if is_address(name):
        yield from expand(next(discover([name])), text_column)
    elif os.path.lexists(name):
        if Path(name).is_dir():
            raise InputError(f"{name!r} is a folder; give one file of it.")
        yield from expand(Entry(Path(name), Path(name).name), text_column)
    elif sign and os.path.lexists(file):
        wanted = record.zfill(ROW_DIGITS) if record.isdigit() else record
        inside = expand(Entry(Path(file), Path(file).name), text_column)
        found = next((entry for entry in inside if entry.path.partition(MEMBER)[2] in (record, wanted)), None)
        if found is None:
            raise InputError(f"{file!r} holds nothing named {record!r}; `yaodian show {file}` lists what it holds.")
        yield found
    else:
        raise InputError(f"{name!r} does not exist; check the path.")


def source_of(name: str) -> Source:
    """The one source of a file. Raises InputError where there is none, or more than one."""
    found = entries(name)
    first, second = next(found), next(found, None)
    if second is not None:
        raise InputError(f"{name!r} holds many sources; give one of them, such as {name + MEMBER + _inside(first)!r}.")
    return read(first)


def _inside(entry: Entry) -> str:
    return entry.path.partition(MEMBER)[2]


def rows_by_source(name: str, options: Options | None = None) -> Iterator[Rows]:
    """The rows of all tables for each source of a file, one source after the other.

    Raises InputError and SegmenterError.
    """
    pipeline = Pipeline(options)
    for entry in entries(name, pipeline.options.text_column):
        yield named(pipeline.safe_tuples(read(entry)))


def rows_of(name: str, options: Options | None = None) -> Rows:
    """The rows of all tables for all sources of a file. Raises InputError and SegmenterError."""
    rows: Rows = {}
    for found in rows_by_source(name, options):
        for table, new in found.items():
            rows.setdefault(table, []).extend(new)
    return rows
