"""Link each mention to its innermost item, and each target to the deadline that governs it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from extractors.mentions import Context, Deadline, Item, Target

CLAUSE_ENDS = "，；。！？:\n"


class Links:
    """Look-ups over one plan by place."""

    def __init__(self, ctx: Context, deadlines: Sequence[Deadline]) -> None:
        self._ctx = ctx
        self._item_starts = [item.start for item in ctx.items]
        self._sentence_starts = [start for start, _ in ctx.sentences]
        self._deadlines = deadlines
        self._deadline_starts = [d.start for d in deadlines]

    def item(self, place: int) -> int | None:
        """The index of the innermost item whose own text holds the place, or None before the first."""
        index = bisect_right(self._item_starts, place) - 1
        return index if index >= 0 and place < self._ctx.items[index].end else None

    def sentence(self, place: int) -> tuple[int, int]:
        """The span of the sentence that holds the place."""
        return self._ctx.sentences[bisect_right(self._sentence_starts, place) - 1]

    def deadline(self, target: Target) -> int | None:
        """The index of the deadline of a target: in its clause, else its sentence, else its item."""
        if target.deadline_at is not None:
            index = bisect_right(self._deadline_starts, target.deadline_at) - 1
            return index if index >= 0 and self._deadline_starts[index] == target.deadline_at else None
        for start, end in (self._clause(target), self.sentence(target.start), self._item_span(target.start)):
            low = bisect_right(self._deadline_starts, start - 1)
            high = bisect_right(self._deadline_starts, end - 1)
            before = bisect_right(self._deadline_starts, target.start, low, high)
            if before > low:
                return before - 1
            if high > low:
                return low
        return None

    def _clause(self, target: Target) -> tuple[int, int]:
        text, (first, last) = self._ctx.text, self.sentence(target.start)
        start = max(text.rfind(mark, first, target.start) for mark in CLAUSE_ENDS) + 1
        ends = [place for mark in CLAUSE_ENDS if (place := text.find(mark, target.end, last)) >= 0]
        return max(start, first), min(ends, default=last)

    def _item_span(self, place: int) -> tuple[int, int]:
        index = self.item(place)
        if index is None:
            return place, place
        item: Item = self._ctx.items[index]
        return item.start, item.end
