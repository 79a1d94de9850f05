"""CSV files with a byte-order mark, as old versions of Excel need them to see that they hold Chinese."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from pipeline.export.labels import number
from pipeline.export.load import ExportError, Tables
from pipeline.export.sheets import SHEETS, Cell, Percent

# Excel takes a CSV cell that begins so for a formula and would run it; an apostrophe before it makes it text.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(tables: Tables, folder: Path) -> dict[str, int]:
    """Write one CSV file a sheet into the folder; the number of rows of each file. Raises ExportError."""
    counts: dict[str, int] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for sheet in SHEETS:
            with (folder / f"{sheet.file}.csv").open("w", encoding="utf-8-sig", newline="") as handle:
                writer = csv.writer(handle, lineterminator="\r\n")
                writer.writerow([column.heading for column in sheet.columns])
                count = 0
                for row in sheet.rows(tables):
                    writer.writerow([_plain(cell) for cell in row])
                    count += 1
            counts[f"{sheet.file}.csv"] = count
    except OSError as error:
        raise ExportError(
            f"The CSV files cannot be written to {str(folder)!r} ({error.strerror}); choose another folder with -o."
        ) from error
    return counts


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
