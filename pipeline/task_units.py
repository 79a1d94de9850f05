"""Who is charged with which task: own units, units declared on a heading or behind a list, 同上 and 上述单位."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from extractors import merged_cells
from extractors.mentions import Item, Role, Span, Unit

ROLES: tuple[Role, ...] = ("lead", "responsible", "support", "supervise")
# Rules that read a markup (责任单位:…) declare who is charged; the others read it from running text.
DECLARING = ("unit.label", "unit.bracket", "unit.cell", "unit.entry")
DITTO = re.compile(r"同上|同前")
AFORESAID = re.compile(r"(?:上述|以上|前述)(?:各|有关|相关|责任|成员)*(?:单位|部门|机构|科室|股室|处室)")
# A heading that is longer is a paragraph: what is said in its running text is said of itself.
LONGEST_HEADING = 60
# What may stand between a closing markup and the end of its list.
BEFORE_MARKUP = re.compile(r"(?:[。；]|\n|[。；][ \n]*)[ (\[]*[^。；\n:]{2,14}:[^。\n]*$")


class Charge(NamedTuple):
    """A body charged with a task; ``inherited`` when a heading or the paragraph says so, not the task itself."""

    name: str
    role: Role
    inherited: bool


def declares(unit: Unit) -> bool:
    """Whether a markup names the unit."""
    return unit.rule.startswith(DECLARING)


def heading_end(text: str, item: Item) -> int:
    """Where the heading of an item ends: at its first full stop or its line's end."""
    stops = [at for mark in "。\n" if (at := text.find(mark, item.start + len(item.marker), item.end)) >= 0]
    return min(stops, default=item.end)


def on_heading(text: str, item: Item, start: int) -> bool:
    """Whether a mention stands on the heading of an item, so that it holds for all below."""
    end = heading_end(text, item)
    return start < end and end - item.start <= LONGEST_HEADING


class Charges:
    """The charges of every item of one plan."""

    def __init__(
        self, text: str, items: Sequence[Item], units: Sequence[Unit], item_of: Sequence[int | None],
        held: Mapping[int, Sequence[Span]],
    ) -> None:  # fmt: skip
        self._text, self._items = text, items
        self._held = merged_cells.places([unit.start for unit in units], held)
        self._declares = [declares(unit) for unit in units]
        self._for_all = [
            declared or (item is not None and on_heading(text, items[item], unit.start))
            for declared, unit, item in zip(self._declares, units, item_of, strict=True)
        ]
        self._names = _References(units, item_of, self._for_all).names
        self._own: dict[int | None, list[int]] = {}
        for index, item in enumerate(item_of):
            self._own.setdefault(item, []).append(index)
        self._units = units
        self._closing = self._closings()
        self._passed_on: dict[int | None, dict[Role, list[str]]] = {}

    def of(self, index: int) -> list[Charge]:
        """The charges of an item: its own in order of place, then inherited ones of the roles it does not declare."""
        passed_on = self._inherited(self._items[index].parent)
        if index not in self._own and index not in self._held:
            return [Charge(name, role, True) for role in ROLES for name in passed_on.get(role, [])]
        mine = self._by_role(self._own.get(index, []))
        cells = self._by_role(self._held.get(index, []))
        charges: list[Charge] = []
        for role in ROLES:
            own = mine.get(role, [])
            names = self._joined(own)
            charges += [Charge(name, role, False) for name in names]
            above = self._joined(cells.get(role, []))
            if not above and not any(self._declares[i] for i in own):
                above = passed_on.get(role, [])
            charges += [Charge(name, role, True) for name in above if name not in names]
        return charges

    def _by_role(self, indices: Iterable[int]) -> dict[Role, list[int]]:
        found: dict[Role, list[int]] = {}
        for i in indices:
            found.setdefault(self._units[i].role, []).append(i)
        return found

    def _inherited(self, at: int | None) -> dict[Role, list[str]]:
        """The names that an item declares by role for all below it, else those that the items above it do."""
        known = self._passed_on.get(at)
        if known is None:
            known = {} if at is None else self._inherited(self._items[at].parent)
            declared = {role: self._joined(found) for role, found in self._by_role(self._declared(at)).items()}
            known = self._passed_on[at] = {**known, **declared}
        return known

    def _joined(self, indices: Iterable[int]) -> list[str]:
        return list(dict.fromkeys(name for i in indices for name in self._names[i]))

    def _declared(self, index: int | None) -> list[int]:
        """The units that an item's heading, or the end of its list, declares for all below; of the plan for None."""
        own = self._own.get(index, [])
        if index is None:
            return [i for i in own if self._declares[i]]
        return [*(i for i in own if self._for_all[i]), *self._closing.get(index, []), *self._held.get(index, [])]

    def _closings(self) -> dict[int, list[int]]:
        """For each item the units of the markup that closes the list of its children.

        一是…；二是…。(责任单位:…): the markup stands in the last child and is meant for all, unless a child before has
        one of its own.
        """
        children: dict[int, list[int]] = {}
        for index, item in enumerate(self._items):
            if item.parent is not None:
                children.setdefault(item.parent, []).append(index)
        closing: dict[int, list[int]] = {}
        for parent, below in children.items():
            *earlier, last = below
            own = self._own.get(last, [])
            if not earlier or last in children or any(self._has_markup(child) for child in earlier):
                continue
            units = [i for i in own if self._declares[i] and self._closes(earlier[-1], last, self._units[i])]
            if units:
                closing[parent] = units
        return closing

    def _has_markup(self, index: int) -> bool:
        return any(self._declares[i] for i in self._own.get(index, []))

    def _closes(self, before: int, last: int, unit: Unit) -> bool:
        """Whether a unit's markup stands behind the last child: after it in one paragraph, or on a line of its own."""
        text, item = self._text, self._items[last]
        line = text.rfind("\n", item.start, unit.start) + 1
        if line > item.start:
            return text[line : unit.start].lstrip().startswith(("责", "牵", "配", "(", "["))
        one_paragraph = text.find("\n", self._items[before].start, item.start) < 0
        ahead = text[item.start : unit.start]
        return one_paragraph and BEFORE_MARKUP.search(ahead) is not None


class _References:
    """What 同上 and 上述单位 stand for, mention by mention."""

    def __init__(self, units: Sequence[Unit], item_of: Sequence[int | None], for_all: Sequence[bool]) -> None:
        self._units, self._item_of, self._for_all = units, item_of, for_all
        self.names: list[list[str]] = []
        for index, unit in enumerate(units):
            if DITTO.fullmatch(unit.name):
                self.names.append(self._same_as_above(index) or [unit.name])
            elif AFORESAID.fullmatch(unit.name):
                self.names.append(self._named_before(index) or [unit.name])
            else:
                self.names.append([unit.name])

    def _same_as_above(self, index: int) -> list[str]:
        """同上: the names of that role in the nearest item above that declares any, or all names it declares."""
        above = self._nearest(index)
        same = [i for i in above if self._units[i].role == self._units[index].role]
        return self._joined(same or above)

    def _named_before(self, index: int) -> list[str]:
        """上述单位: the units named before it in its item, else those of the nearest item above that declares any."""
        here = [i for i in range(index) if self._item_of[i] == self._item_of[index]]
        return self._joined(here or self._nearest(index))

    def _nearest(self, index: int) -> list[int]:
        item = self._item_of[index]
        earlier = (i for i in range(index - 1, -1, -1) if self._for_all[i] and self._item_of[i] != item)
        nearest = next(earlier, None)
        if nearest is None:
            return []
        return [i for i in range(index) if self._item_of[i] == self._item_of[nearest] and self._for_all[i]]

    def _joined(self, indices: Sequence[int]) -> list[str]:
        return list(dict.fromkeys(name for i in indices for name in self.names[i]))
