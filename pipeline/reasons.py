"""Why something became no row, in words: the reasons that stand in the column `reason` of `gaps`."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lexicons.loader import Pattern, patterns

FILE = Path(__file__).with_name("reasons.csv")
MARKS = str.maketrans("", "", "[]")


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason in words; of one that a pattern of the lexicon gives, an example of what the pattern refuses."""

    english: str
    chinese: str


@cache
def reason(name: str) -> Reason | None:
    """The words for a reason; None for one that has neither words nor a pattern."""
    with FILE.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            if row["reason"] == name:
                return Reason(row["english"], row["chinese"])
    pattern = pattern_of(name)
    if pattern is None:
        return None
    example = pattern.examples[0].translate(MARKS)
    return Reason(f"as in {example}", f"如“{example}”")


def pattern_of(name: str) -> Pattern | None:
    """The pattern of the lexicon with this identifier."""
    return next((p for p in patterns(name) if p.id == name), None) if name else None
