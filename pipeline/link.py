"""Link each mention to its innermost item, and each target to the deadline that governs it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import chain

from extractors import merged_cells
from extractors.mentions import Context, Deadline, Item, Span, Target

_LIMIT = re.compile(r"(?:时限|时间|期限|进度|节点)(?:要求|安排)?[:：][^。\n]{0,20}$")
#: A year that opens a sentence is the period of the paragraph; `9月底前完成` is the time of one piece of work.
_LONG = ("year", "multi_year", "term")
_OPENERS = " 　-—、，(（力争预计"
CLAUSE_END = re.compile(r"[，；。！？:\n]")
LIMIT_REACH = 40  # characters before a deadline in which its label stands
FEW = 32  # deadlines on each side of a target, beyond which none governs it
CELL_ENDS = "\n|｜"
CELL_BLANKS = 8  # characters between a time and the end of its cell, at most


class Links:
    """Look-ups over one plan by place."""

    def __init__(self, ctx: Context, deadlines: Sequence[Deadline]) -> None:
        self._ctx = ctx
        self._item_starts = [item.start for item in ctx.items]
        self._item_ends = [*(item.end for item in ctx.items), -1]  # the last ends what stands before the first item
        self._sentence_starts = [start for start, _ in ctx.sentences]
        self._deadlines = deadlines
        self._deadline_starts = [d.start for d in deadlines]
        self._reaching_of: dict[int, list[tuple[int, bool]]] = {}
        self._cut: tuple[Span, list[int]] = ((0, 0), [])  # the sentence last cut into clauses, and where they end

    def item(self, place: int) -> int | None:
        """The index of the innermost item whose own text holds the place, or None before the first."""
        index = bisect_right(self._item_starts, place) - 1
        return index if place < self._item_ends[index] else None

    def items(self, places: Sequence[int]) -> list[int | None]:
        """The same for each of some places."""
        return [self.item(place) for place in places]

    def sentence(self, place: int) -> tuple[int, int]:
        """The span of the sentence that holds the place."""
        return self._ctx.sentences[bisect_right(self._sentence_starts, place) - 1]

    def deadline(self, target: Target) -> int | None:
        """The index of the deadline of a target: in its clause, else its sentence, else its item.

        The item of a row of a table has the time of the cell that is merged with its own.
        """
        if not self._deadlines:
            return None
        if target.deadline_at is not None:
            index = bisect_right(self._deadline_starts, target.deadline_at) - 1
            return index if index >= 0 and self._deadline_starts[index] == target.deadline_at else None
        place = target.start
        first, last = self.sentence(place)
        low, high = self._within((first, last))
        if low < high:
            for span, kept in (
                (self._clause(target, (first, last)), _any),
                ((first, last), self._is_dated),
                ((first, place), _any),
            ):
                if (found := self._nearest(span, place, kept)) is not None:
                    return found
        own = self.item(place)
        if own is None:
            return None
        found = self._governing(target, own)
        if found is not None:
            return found
        return next((i for i in self._held.get(own, []) if self._is_dated(i)), None)

    @cached_property
    def _held(self) -> dict[int, list[int]]:
        return merged_cells.places(self._deadline_starts, merged_cells.held(self._ctx.items, self._ctx.tables))

    def _within(self, span: Span) -> Span:
        """The indices of the deadlines that begin in a span: the first, and the one behind the last."""
        return bisect_left(self._deadline_starts, span[0]), bisect_left(self._deadline_starts, span[1])

    def _nearest(self, span: Span, place: int, kept: Callable[[int], bool]) -> int | None:
        """The last deadline of the span before a place, else its first."""
        low, high = self._within(span)
        if low == high:
            return None
        middle = bisect_right(self._deadline_starts, place, low, high)
        nearest = chain(range(middle - 1, max(low, middle - FEW) - 1, -1), range(middle, min(high, middle + FEW)))
        return next((i for i in nearest if kept(i)), None)

    def _is_dated(self, index: int) -> bool:
        return self._deadlines[index].relation != "recurring"

    def _governing(self, target: Target, own: int) -> int | None:
        """The nearest deadline of the target's item, outside of its sentence, that holds for it.

        One does that stands in the heading or a note of the time limit, or opens a sentence before the target in the
        same paragraph. What is done sets no date for what is planned.
        """
        reaching = self._reaching(own)
        if not reaching:
            return None
        text, place, achieved = self._ctx.text, target.start, target.status == "achieved"
        middle = bisect_right(self._deadline_starts, place)
        at = bisect_left(reaching, (middle,))
        for index, throughout in chain(reversed(reaching[max(at - FEW, 0) : at]), reaching[at : at + FEW]):
            deadline = self._deadlines[index]
            if middle - FEW <= index < middle + FEW and (achieved or deadline.status != "achieved"):
                start = deadline.start
                if throughout or (start <= place and text.find("\n", start, place) < 0):
                    return index
        return None

    def _reaching(self, own: int) -> list[tuple[int, bool]]:
        """The deadlines of an item that hold beyond their sentences, and whether they do throughout the item.

        What recurs holds for its own duty alone.
        """
        known = self._reaching_of.get(own)
        if known is None:
            item = self._ctx.items[own]
            candidates = filter(self._is_dated, range(*self._within((item.start, item.end))))
            places = [(index, self._heads(item, index)) for index in candidates]
            known = self._reaching_of[own] = [
                (index, throughout) for index, throughout in places if throughout or self._opens(self._deadlines[index])
            ]
        return known

    def _heads(self, item: Item, index: int) -> bool:
        """Whether a deadline stands in the heading of its item or in a note of the time limit."""
        deadline, text = self._deadlines[index], self._ctx.text
        heading = item.start + len(item.marker) + len(item.title) + 2
        if deadline.start < heading and (deadline.granularity in _LONG or text.find("\n", deadline.end, heading) >= 0):
            return True
        return self._noted(deadline)

    def _noted(self, deadline: Deadline) -> bool:
        text = self._ctx.text
        line = text.rfind("\n", 0, deadline.start) + 1
        label = _LIMIT.search(text, max(line, deadline.start - LIMIT_REACH), deadline.start)
        return label is not None or self._fills_its_cell(deadline)

    def _opens(self, deadline: Deadline) -> bool:
        text = self._ctx.text
        before = text[self.sentence(deadline.start)[0] : deadline.start].strip(_OPENERS)
        return not before and (deadline.granularity in _LONG or text.startswith("，", deadline.end))

    def _fills_its_cell(self, deadline: Deadline) -> bool:
        """Whether nothing else stands in the line, or in the cell of a table, that names the time."""
        text = self._ctx.text
        before = text[max(0, deadline.start - CELL_BLANKS) : deadline.start].rstrip(" \u3000")
        after = text[deadline.end : deadline.end + CELL_BLANKS].lstrip(" \u3000")
        return before[-1:] in CELL_ENDS and after[:1] in CELL_ENDS

    def _clause(self, target: Target, sentence: Span) -> Span:
        if sentence != self._cut[0]:
            self._cut = (sentence, [end.start() for end in CLAUSE_END.finditer(self._ctx.text, *sentence)])
        (first, last), ends = self._cut
        before, after = bisect_left(ends, target.start), bisect_left(ends, target.end)
        return ends[before - 1] + 1 if before else first, ends[after] if after < len(ends) else last


def _any(_: int) -> bool:
    return True
