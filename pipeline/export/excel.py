"""The workbook: one sheet a table, Chinese headings, filters, a frozen header, and values a spreadsheet can sort."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from itertools import islice
from math import ceil
from pathlib import Path
from typing import Any

from pipeline.export.load import ExportError, Tables
from pipeline.export.sheets import SHEETS, Cell, Percent, Sheet

MOST_ROWS = 1_048_575  # of a sheet, below its header
LONGEST_TEXT = 32_767  # characters of a cell
MEASURED = 2_000  # rows whose cells tell the width of a column
NARROWEST = 6
LINE_HEIGHT, TALLEST = 14.0, 400.0  # points; a spreadsheet allows 409
# A workbook tells when it was made; the same tables must give the same bytes.
MADE = datetime(2000, 1, 1)


def write(tables: Tables, file: Path) -> dict[str, int]:
    """Write the workbook; the number of rows of each sheet. Raises ExportError."""
    try:
        import xlsxwriter
        from xlsxwriter.exceptions import XlsxWriterException
    except ImportError as error:
        raise ExportError(
            "A workbook needs the package xlsxwriter; install it with `pip install 'yaodian[excel]'`."
        ) from error
    counts: dict[str, int] = {}
    content = [(sheet, list(sheet.rows(tables))) for sheet in SHEETS]
    book = xlsxwriter.Workbook(
        str(file),
        {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": True,
        },
    )
    book.set_properties({"title": "要点：任务、指标、时限、责任单位", "created": MADE})
    formats = _Formats(book)
    for sheet, rows in content:
        counts[sheet.name] = len(rows)
        for part, first in enumerate(range(0, max(len(rows), 1), MOST_ROWS)):
            name = sheet.name if part == 0 else f"{sheet.name}（{part + 1}）"
            _write_sheet(book.add_worksheet(name), formats, sheet, rows[first : first + MOST_ROWS])
    try:
        book.close()
    except (OSError, XlsxWriterException) as error:
        raise ExportError(
            f"The workbook {str(file)!r} cannot be written ({error}); close it where it is open, or choose another "
            "file with -o."
        ) from error
    return counts


class _Formats:
    """The cell formats of one workbook."""

    def __init__(self, book: Any) -> None:
        base = {"font_name": "等线", "font_size": 10, "valign": "top", "border": 1, "border_color": "#D9D9D9"}
        self._book, self._base = book, base
        self.header = book.add_format(
            base
            | {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "valign": "vcenter", "text_wrap": True}
        )
        self.text = book.add_format(base | {"text_wrap": True})
        self.number = book.add_format(base | {"num_format": "General"})
        self.date = book.add_format(base | {"num_format": "yyyy-mm-dd", "align": "left"})
        self._percents: dict[int, Any] = {}

    def percent(self, share: float) -> Any:
        """The percent format with as many decimals as the share has, so that 60% is not shown as 60.00%."""
        decimals = len(f"{share * 100:.4f}".rstrip("0").partition(".")[2])
        if decimals not in self._percents:
            pattern = f"0.{'0' * decimals}%" if decimals else "0%"
            self._percents[decimals] = self._book.add_format(self._base | {"num_format": pattern})
        return self._percents[decimals]


def _write_sheet(page: Any, formats: _Formats, sheet: Sheet, rows: list[list[Cell]]) -> None:
    page.freeze_panes(1, 0)
    page.hide_gridlines(2)
    page.set_landscape()
    page.set_paper(8)  # A3
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_row(0, 24)
    widths = [_width(column.heading, column.widest, rows, i) for i, column in enumerate(sheet.columns)]
    for number, column in enumerate(sheet.columns):
        page.set_column(number, number, widths[number])
        page.write_string(0, number, column.heading, formats.header)
    page.autofilter(0, 0, max(len(rows), 1), len(sheet.columns) - 1)
    for line, row in enumerate(rows, 1):
        page.set_row(line, _height(row, widths))
        for number, cell in enumerate(row):
            _write_cell(page, formats, line, number, cell)


def _write_cell(page: Any, formats: _Formats, line: int, number: int, cell: Cell) -> None:
    if cell is None or cell == "":
        page.write_blank(line, number, None, formats.text)
    elif isinstance(cell, Percent):
        page.write_number(line, number, cell.share, formats.percent(cell.share))
    elif isinstance(cell, date):
        page.write_datetime(line, number, cell, formats.date)
    elif isinstance(cell, (int, float)):
        page.write_number(line, number, cell, formats.number)
    else:
        # Never `write`, which takes `=1+1` for a formula and `http://…` for a link.
        page.write_string(line, number, _fitting(cell), formats.text)


def _fitting(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _width(heading: str, widest: int, rows: list[list[Cell]], number: int) -> float:
    """The width that shows the longest line of the column, up to its limit; longer lines are wrapped."""
    longest = _columns_of(heading) + 4  # the filter's button stands beside the heading
    for row in islice(rows, MEASURED):
        cell = row[number]
        if isinstance(cell, date):
            longest = max(longest, 11)
        elif isinstance(cell, Percent):
            longest = max(longest, 8)
        elif cell is not None:
            longest = max(longest, *(_columns_of(line) + 2 for line in str(cell).split("\n")))
    return float(max(NARROWEST, min(longest, max(widest, _columns_of(heading) + 4))))


def _height(row: list[Cell], widths: list[float]) -> float:
    """The height of a row that shows all its wrapped lines: not every program fits rows when it opens a file."""
    lines = 1
    for cell, width in zip(row, widths, strict=True):
        if isinstance(cell, str):
            lines = max(lines, sum(max(1, ceil(_columns_of(line) / (width - 1))) for line in cell.split("\n")))
    return min(lines * LINE_HEIGHT + 2, TALLEST)


def _columns_of(text: str) -> int:
    """The width of a text in half-width characters: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
