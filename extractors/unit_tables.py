"""Bodies in the cells of a table of tasks: under the headings 牵头单位, 责任单位, 配合部门."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractors.mentions import Role, Span
from extractors.sieve import Sifted
from extractors.unit_lists import members
from extractors.unit_markups import role_of, rule
from extractors.unit_page import Claim

LINE = re.compile(r"[^\n]+")
CELL = re.compile(r"[^|\n]+")
# A line that holds one cell, with or without the bars of its table.
ALONE = re.compile(r"[ |]*([^|\n]*[^|\n ])[ |]*")
# A table of tasks copied as text has a line a cell; a heading stands among the headings of its columns.
NEAR = 8


def cells(sifted: Sifted) -> Iterator[tuple[Claim, Span]]:
    """Each cell that lists bodies under a heading of role, in rows drawn with | and in tables with a line a cell."""
    text, heading = sifted.text, rule("unit.cell").regex
    if not sifted.search("unit.cell"):
        return
    lines = [m.span() for m in LINE.finditer(text) if not text[m.start() : m.end()].isspace()]
    yield from _drawn(text, lines, heading)
    yield from _flattened(text, lines, heading)


def _drawn(text: str, lines: Sequence[Span], heading: re.Pattern[str]) -> Iterator[tuple[Claim, Span]]:
    roles: dict[int, Role] = {}
    for start, end in lines:
        row = [m.span() for m in CELL.finditer(text, start, end)]
        if len(row) < 2:
            roles = {}
            continue
        headed = {i: role_of(text[a:b]) for i, (a, b) in enumerate(row) if heading.fullmatch(text, a, b)}
        if headed:
            roles = headed
            continue
        for index, role in roles.items():
            if index < len(row):
                yield from _cell(text, row[index], role)


def _flattened(text: str, lines: Sequence[Span], heading: re.Pattern[str]) -> Iterator[tuple[Claim, Span]]:
    roles: list[Role] = []
    last_heading = run = 0
    for number, line in enumerate(lines):
        alone = ALONE.fullmatch(text, *line)
        start, end = alone.span(1) if alone else line
        if heading.fullmatch(text, start, end):
            roles = [*(roles if number - last_heading < NEAR else []), role_of(text[start:end])]
            last_heading = number
            run = 0
        elif roles and end - start <= 120:
            found = list(_cell(text, (start, end), roles[min(run, len(roles) - 1)]))
            run = run + 1 if found else 0
            yield from found


def _cell(text: str, span: Span, role: Role) -> Iterator[tuple[Claim, Span]]:
    start, end = span
    while start < end and text[start] == " ":
        start += 1
    while end > start and text[end - 1] == " ":
        end -= 1
    found, _ = members(text, start, end)
    if found:
        yield Claim("unit.cell", role, found), span
