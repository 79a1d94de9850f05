"""Warnings of plans and sentences of sources in Chinese, for pages and workbooks; the tables keep them in English.

`messages.csv` holds each message, or a part that several share, with its Chinese wording. A name in braces stands for a
value or for another entry.
"""

from __future__ import annotations

import ast
import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("messages.csv")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
QUOTED = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
PROSE = re.compile(r"[A-Za-z]{2,}[,:;]? [a-z]{2,}")
# What a library says of itself may be left out, for the sentence around it tells what to do.
OPTIONAL = "why"
EMPTY = re.compile(r"（）|：$")
UNKNOWN, UNKNOWN_OF = "有一条英文提示，见表 sources 或 plans。", "“{}”没有完整读出，详见表 sources 的 error 列。"


@dataclass(frozen=True, slots=True)
class _Entry:
    regex: re.Pattern[str]
    chinese: str


def chinese(message: str) -> str:
    """A message of a table in Chinese; of one that nobody has worded the file it is about, and where to look."""
    found = translated(message)
    if found is not None or not PROSE.search(message):
        return found or message
    path = re.match(QUOTED, message)
    return UNKNOWN_OF.format(_unquoted(path[0])) if path else UNKNOWN


@cache
def translated(message: str) -> str | None:
    """The Chinese wording of a message, or of several in a row; None where a part has none."""
    for entry in _entries():
        match = entry.regex.fullmatch(message)
        if match and (wording := _filled(entry.chinese, match.groupdict())) is not None:
            return wording
    for stop in re.finditer(r"\. (?=['\"A-Z0-9])", message):
        first = translated(message[: stop.start() + 1])
        rest = translated(message[stop.end() :]) if first else None
        if first and rest:
            return first + rest
    return None


def _filled(wording: str, values: dict[str, str]) -> str | None:
    for name, value in values.items():
        told = _value(value)
        if told is None and name != OPTIONAL:
            return None
        wording = wording.replace(f"{{{name}}}", told or "")
    return EMPTY.sub("", wording)


def _value(value: str) -> str | None:
    """A value as it is, what stands in its quotes, or the wording of an entry; None for other English."""
    if re.fullmatch(QUOTED, value):
        return _unquoted(value)
    if value.startswith(("'", '"')):  # a list of names
        return value
    return translated(value) or (None if PROSE.search(value) else value)


def _unquoted(name: str) -> str:
    """What stands in the quotes of a name as `repr` writes it; a name cut short stays as it is."""
    try:
        return str(ast.literal_eval(name))
    except (SyntaxError, ValueError):
        return name[1:-1]


@cache
def _entries() -> tuple[_Entry, ...]:
    with FILE.open(encoding="utf-8", newline="") as handle:
        return tuple(_Entry(_pattern(row["english"]), row["chinese"]) for row in csv.DictReader(handle))


def _pattern(english: str) -> re.Pattern[str]:
    parts = PLACEHOLDER.split(english)
    # Text and names take turns. A path stands in quotes, so that no word of it is taken for the message.
    source = "".join(
        re.escape(part) if i % 2 == 0 else f"(?P<{part}>{QUOTED})" if part == "path" else f"(?P<{part}>.+?)"
        for i, part in enumerate(parts)
    )
    return re.compile(source, re.S)
