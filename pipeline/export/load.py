"""Read the tables of a run for those who show them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from pipeline.load import SnapshotError, load_tables, open_snapshot

Row = dict[str, Any]


class ExportError(Exception):
    """Tables cannot be read or what is made of them not be written; the message says which, why, and what to do."""


class Tables:
    """The tables in an output folder, each read once, with look-ups by identifier.

    Raises ExportError when a table is missing or is no Parquet file.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._rows: dict[str, list[Row]] = {}

    def rows(self, name: str) -> list[Row]:
        """All rows of one table in their order."""
        if name not in self._rows:
            try:
                self._rows[name] = load_tables(self.folder, [name], arrow=True)[name].to_pylist()
            except SnapshotError as error:
                raise ExportError(str(error)) from error
        return self._rows[name]

    @cached_property
    def ruleset(self) -> str:
        """The ruleset that made the tables; empty when they do not say."""
        try:
            with open_snapshot(self.folder, ["sources"]) as files:
                return files["sources"][0].about.get("ruleset", "")
        except SnapshotError as error:
            raise ExportError(str(error)) from error

    @cached_property
    def sources(self) -> dict[str, Row]:
        """The sources by identifier."""
        return by(self.rows("sources"), "source_id")

    @cached_property
    def plans(self) -> dict[str, Row]:
        """The plans by identifier."""
        return by(self.rows("plans"), "plan_id")

    @cached_property
    def items(self) -> dict[str, Row]:
        """The items by identifier."""
        return by(self.rows("items"), "item_id")

    @cached_property
    def deadlines(self) -> dict[str, Row]:
        """The deadlines by identifier."""
        return by(self.rows("deadlines"), "deadline_id")

    @cached_property
    def governing(self) -> dict[str, str | None]:
        """The deadline that governs each target, by their identifiers."""
        return {row["target_id"]: row["deadline_id"] for row in self.rows("targets")}

    def of_plans(self, name: str) -> dict[str, list[Row]]:
        """The rows of a table below `plans`, by plan."""
        return grouped(self.rows(name), "plan_id")


def by(rows: Iterable[Row], key: str) -> dict[str, Row]:
    """The rows by the value of a column that no two share."""
    return {row[key]: row for row in rows}


def grouped(rows: Iterable[Row], key: str) -> dict[str, list[Row]]:
    """The rows by the value of a column, each group in their order."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[key], []).append(row)
    return groups
