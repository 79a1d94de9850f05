"""What a run did, in counts, for the console and the run log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow.compute as pc

from pipeline.slices import Slices
from pipeline.tables import Row

TONIGHT = ("statuses", "rows", "gaps")
NAMED = 3  # rejected sources that the run log names


@dataclass(slots=True)
class Summary:
    """What a run did.

    statuses:   tonight's inputs by status; they add up to the inputs.
    actions:    sources by how they got their rows: keep, move, copy, read, gone (no longer there, rows kept).
    rows, gaps: rows by table and gaps by kind in the snapshot that stands now.
    tonight:    statuses, rows by table and gaps by kind of what tonight's work read, for one who compares nights.
    rejected:   path and sentence of each source that tonight's work rejected; ``warnings`` likewise.
    before:     path and sentence of some that an earlier run rejected and that are as they were.
    dropped:    sources whose rows are no longer in the snapshot, nor those of the same bytes elsewhere.
    """

    statuses: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    gaps: Counter[str] = field(default_factory=Counter)
    tonight: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in TONIGHT})
    characters: int = 0
    dropped: int = 0
    rejected: list[tuple[str, str]] = field(default_factory=list)
    before: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    snapshot_id: str = ""
    changed: bool = True

    def add_work(self, source: Row, slices: Slices) -> None:
        """Count what was read tonight, or read under another name."""
        self.tonight["statuses"][source["status"]] += 1
        self.tonight["rows"].update({name: slice_.stop - slice_.start for name, slice_ in slices.items()})
        if "gaps" in slices:
            self.tonight["gaps"].update(slices["gaps"].rows().column("kind").to_pylist())
        if source["status"] == "rejected":
            self.rejected.append((source["path"], source["error"]))
        elif source["error"]:
            self.warnings.append((source["path"], source["error"]))
        if "plans" in slices:
            for warnings in slices["plans"].column("warnings").to_pylist():
                self.warnings.extend((source["path"], warning) for warning in warnings)
        if "texts" in slices:
            self.characters += pc.sum(pc.utf8_length(slices["texts"].column("text"))).as_py()

    def note_unreached(self, faults: Sequence[str]) -> None:
        """Note which inputs could not be reached, by the sentences that say why."""
        if faults:
            more = f" And {len(faults) - NAMED} more." if len(faults) > NAMED else ""
            self.notes.append(f"An input could not be reached: {' '.join(faults[:NAMED])}{more}")

    def count(self) -> int:
        """The number of inputs so far."""
        return sum(self.statuses.values())

    def merge(self, part: Summary) -> None:
        """Add what another did."""
        for name in ("statuses", "actions", "rows", "gaps"):
            getattr(self, name).update(getattr(part, name))
        for name, counts in part.tonight.items():
            self.tonight[name].update(counts)
        self.characters += part.characters
        self.rejected += part.rejected
        self.warnings += part.warnings

    def record(self) -> dict[str, Any]:
        """The counts as the run log shows them: ``in`` is always ``out`` and ``rejected`` together."""
        total, rejected = self.count(), self.statuses["rejected"]
        return {
            "result": "published" if self.changed else "unchanged",
            "in": total,
            "out": total - rejected,
            "rejected": rejected,
            "rejected_first": [*self.rejected, *self.before][:NAMED],
            "statuses": dict(sorted(self.statuses.items())),
            "actions": dict(sorted(self.actions.items())),
            "dropped": self.dropped,
            "rows": dict(self.rows),
            "gaps": dict(sorted(self.gaps.items())),
            "tonight": {name: dict(sorted(counts.items())) for name, counts in self.tonight.items()},
            "characters": self.characters,
            "notes": self.notes,
            "snapshot_id": self.snapshot_id,
        }
