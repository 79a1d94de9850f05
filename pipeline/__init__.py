"""From plan texts to tables; ``load_tables`` reads them, ``extract_text`` reads a passage on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.load import load_tables
    from pipeline.passage import extract_text

__all__ = ["extract_text", "load_tables"]


def __getattr__(name: str) -> Any:
    # Loaded when it is asked for: the command line must not wait for Arrow to say its help.
    if name == "load_tables":
        from pipeline.load import load_tables

        return load_tables
    if name == "extract_text":
        from pipeline.passage import extract_text

        return extract_text
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
