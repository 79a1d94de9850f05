"""Readers of document formats: each turns the bytes of one file into one text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Content:
    """The text of a document, the codec of its bytes where it has one, and the damage found on the way."""

    text: str
    encoding: str | None = None
    warnings: tuple[str, ...] = ()


class UnreadableError(Exception):
    """The bytes give no text. The message goes on from the file's name: what is wrong; what to do."""


class MachineError(UnreadableError):
    """The bytes could not be read here and now: a program or a package is missing, or a limit of time was reached."""
