"""Link each mention to its innermost item, and each target to the deadline that governs it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from itertools import chain

from extractors import merged_cells
from extractors.mentions import Context, Deadline, Item, Span, Target
from extractors.places import places

_LIMIT = re.compile(r"(?:时限|时间|期限|进度|节点)(?:要求|安排)?[:：][^。\n]{0,20}$")
#: A year that opens a sentence is the period of the paragraph; `9月底前完成` is the time of one piece of work.
_LONG = ("year", "multi_year", "term")
_OPENERS = " 　-—、，(（力争预计"
CLAUSE_ENDS = "，；。！？:\n"
LIMIT_REACH = 40  # characters before a deadline in which its label stands
FEW = 32  # deadlines on each side of a target, beyond which none governs it
CELL_ENDS = "\n|｜"
CELL_BLANKS = 8  # characters between a time and the end of its cell, at most


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
        """The index of the deadline of a target: in its clause, else its sentence, else its item.

        The item of a row of a table has the time of the cell that is merged with its own.
        """
        if target.deadline_at is not None:
            index = bisect_right(self._deadline_starts, target.deadline_at) - 1
            return index if index >= 0 and self._deadline_starts[index] == target.deadline_at else None
        for span, kept in (
            (self._clause(target), _any),
            (self.sentence(target.start), _dated),
            ((self.sentence(target.start)[0], target.start), _any),
            (self._item_span(target.start), partial(self._governs, target)),
        ):
            if (found := self._nearest(span, target, kept)) is not None:
                return found
        item = self.item(target.start)
        held = [] if item is None else self._held.get(item, [])
        return next((i for i in held if _dated(self._deadlines[i])), None)

    @cached_property
    def _held(self) -> dict[int, list[int]]:
        return merged_cells.places(self._deadline_starts, merged_cells.held(self._ctx.items, self._ctx.tables))

    def _nearest(self, span: Span, target: Target, kept: Callable[[Deadline], bool]) -> int | None:
        """The last deadline of the span before the target, else its first."""
        low = bisect_right(self._deadline_starts, span[0] - 1)
        high = bisect_right(self._deadline_starts, span[1] - 1)
        middle = bisect_right(self._deadline_starts, target.start, low, high)
        nearest = chain(range(middle - 1, max(low, middle - FEW) - 1, -1), range(middle, min(high, middle + FEW)))
        return next((i for i in nearest if kept(self._deadlines[i])), None)

    def _governs(self, target: Target, deadline: Deadline) -> bool:
        """Whether a deadline outside of the target's sentence holds for it.

        It does where it stands in the heading or a note of the time limit, or opens a sentence before the target in the
        same paragraph. What recurs holds for its own duty alone, and what is done sets no date for what is planned.
        """
        if not _dated(deadline) or (deadline.status == "achieved" and target.status != "achieved"):
            return False
        text, item = self._ctx.text, self._ctx.items[self.item(target.start) or 0]
        heading = item.start + len(item.marker) + len(item.title) + 2
        if deadline.start < heading and (deadline.granularity in _LONG or "\n" in text[deadline.end : heading]):
            return True
        line = text.rfind("\n", 0, deadline.start) + 1
        if _LIMIT.search(text, max(line, deadline.start - LIMIT_REACH), deadline.start) or self._fills_its_cell(
            deadline
        ):
            return True
        if deadline.start > target.start or "\n" in text[deadline.start : target.start]:
            return False
        opens = not text[self.sentence(deadline.start)[0] : deadline.start].strip(_OPENERS)
        return opens and (deadline.granularity in _LONG or text.startswith("，", deadline.end))

    def _fills_its_cell(self, deadline: Deadline) -> bool:
        """Whether nothing else stands in the line, or in the cell of a table, that names the time."""
        text = self._ctx.text
        before = text[max(0, deadline.start - CELL_BLANKS) : deadline.start].rstrip(" \u3000")
        after = text[deadline.end : deadline.end + CELL_BLANKS].lstrip(" \u3000")
        return before[-1:] in CELL_ENDS and after[:1] in CELL_ENDS

    def _clause(self, target: Target) -> tuple[int, int]:
        first, last = self.sentence(target.start)
        ends = self._clause_ends
        before, after = bisect_left(ends, target.start), bisect_left(ends, target.end)
        start = ends[before - 1] + 1 if before else first
        return max(start, first), min(ends[after] if after < len(ends) else last, last)

    @cached_property
    def _clause_ends(self) -> list[int]:
        return places(self._ctx.text, CLAUSE_ENDS)

    def _item_span(self, place: int) -> tuple[int, int]:
        index = self.item(place)
        if index is None:
            return place, place
        item: Item = self._ctx.items[index]
        return item.start, item.end


def _any(_: Deadline) -> bool:
    return True


def _dated(deadline: Deadline) -> bool:
    return deadline.relation != "recurring"
