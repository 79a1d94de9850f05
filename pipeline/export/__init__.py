"""What leaves the tables for people and other programs: workbooks, CSV, spaCy documents, annotation projects."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path


class FormatError(Exception):
    """The name of what is to be written does not go with its format; the message says which name does."""


@dataclass(frozen=True, slots=True)
class Format:
    """What writes a format, where to unless told otherwise, and how the names of its files end; "" is a folder."""

    module: str
    function: str
    default: str
    endings: tuple[str, ...]


FILES = (".xlsx", ".csv", ".spacy", ".jsonl", ".json")  # what ends otherwise may be a folder
FORMATS = {
    "excel": Format("excel", "write", "tasks.xlsx", (".xlsx",)),
    "csv": Format("flat", "write", "tasks", (".csv", "")),
    "docbin": Format("docbin", "write", "plans.spacy", (".spacy",)),
    "doccano": Format("annotation", "write_doccano", "doccano.jsonl", (".jsonl",)),
    "label-studio": Format("annotation", "write_label_studio", "label_studio", ("",)),
}


def format_of(chosen: str | None, output: Path | None) -> str:
    """The format that an option names, else the one that the name of the output tells, else `excel`.

    Raises FormatError where the name tells none, or another.
    """
    ending = output.suffix.lower() if output is not None and not output.is_dir() else ""
    if chosen is None:
        if output is None:
            return "excel"
        chosen = next((name for name in ("excel", "csv", "docbin") if ending and ending in FORMATS[name].endings), None)
        if chosen is None:
            raise FormatError(
                f"{str(output)!r} does not say what to write; end it in .xlsx, .csv or .spacy, or add "
                "--csv, --doccano or --label-studio."
            )
    elif output is not None and (ending if ending in FILES else "") not in FORMATS[chosen].endings:
        wanted = " or ".join(f"end in {e}" if e else "have no ending, as a folder" for e in FORMATS[chosen].endings)
        raise FormatError(f"--{chosen} does not write {str(output)!r}; its name must {wanted}.")
    return chosen


def write(folder: Path, format_: str, output: Path | None) -> tuple[Path, dict[str, int]]:
    """Write the tables of ``folder`` in one of FORMATS; where, and how many of what. Raises ExportError."""
    from pipeline.export.load import Tables

    chosen = FORMATS[format_]
    target = output or Path(chosen.default)
    writer = getattr(import_module(f"pipeline.export.{chosen.module}"), chosen.function)
    counts: dict[str, int] = writer(Tables(folder), target)
    return target, counts
