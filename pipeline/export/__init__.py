"""What leaves the tables for people and other programs: workbooks, CSV, spaCy documents, annotation projects."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

# The module and function that write each format, and where they write to unless told otherwise.
FORMATS = {
    "excel": ("excel", "write", "tasks.xlsx"),
    "csv": ("flat", "write", "tasks"),
    "docbin": ("docbin", "write", "plans.spacy"),
    "doccano": ("annotation", "write_doccano", "doccano.jsonl"),
    "label-studio": ("annotation", "write_label_studio", "label_studio"),
}


def write(folder: Path, format_: str, output: Path | None) -> tuple[Path, dict[str, int]]:
    """Write the tables of ``folder`` in one of FORMATS; where, and how many of what. Raises ExportError."""
    from pipeline.export.load import Tables

    module, function, default = FORMATS[format_]
    target = output or Path(default)
    writer = getattr(import_module(f"pipeline.export.{module}"), function)
    counts: dict[str, int] = writer(Tables(folder), target)
    return target, counts
