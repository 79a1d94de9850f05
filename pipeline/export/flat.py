"""CSV files with a byte-order mark, as old versions of Excel need them to see that they hold Chinese."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from pipeline.export.labels import number
from pipeline.export.load import ExportError, Tables
from pipeline.export.sheets import SHEETS, Cell, Percent, Sheet

# Excel takes a CSV cell that begins so for a formula and would run it; an apostrophe before it makes it text.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(tables: Tables, target: Path) -> dict[str, int]:
    """Write the task sheet into a file ``*.csv``, or one file a sheet into a folder; the number of rows of each.

    Raises ExportError.
    """
    counts: dict[str, int] = {}
    try:
        if target.suffix.lower() == ".csv" and not target.is_dir():
            return {SHEETS[0].name: _write(tables, SHEETS[0], target)}
        target.mkdir(parents=True, exist_ok=True)
        for sheet in SHEETS:
            counts[f"{sheet.file}.csv"] = _write(tables, sheet, target / f"{sheet.file}.csv")
    except OSError as error:
        raise ExportError(f"{str(target)!r} cannot be written ({error.strerror}); choose another with -o.") from error
    return counts


def _write(tables: Tables, sheet: Sheet, file: Path) -> int:
    count = 0
    with file.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\r\n")
        writer.writerow([column.heading for column in sheet.columns])
        for row in sheet.rows(tables):
            writer.writerow([_plain(cell) for cell in row])
            count += 1
    return count


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Percent):
        return f"{number(cell.share * 100)}%"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(FORMULA) else cell
    return number(cell)
