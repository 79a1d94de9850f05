"""Who is charged with which task: own units, units declared on a heading or behind a list, 同上 and 上述单位."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from extractors import merged_cells
from extractors.mentions import Item, Role, Span, Unit

ROLES: tuple[Role, ...] = ("lead", "responsible", "support", "supervise")
# Rules that read a markup (责任单位:…) declare who is charged; the others read it from running text.
DECLARING = ("unit.label", "unit.bracket", "unit.cell", "unit.entry")
REFERENCE = re.compile(
    r"(?P<ditto>同上|同前)|(?:上述|以上|前述)(?:各|有关|相关|责任|成员)*(?:单位|部门|机构|科室|股室|处室)"
)
# A heading that is longer is a paragraph: what is said in its running text is said of itself.
LONGEST_HEADING = 60
# What may stand between a closing markup and the end of its list.
BEFORE_MARKUP = re.compile(r"(?:[。；]|\n|[。；][ \n]*)[ (\[]*[^。；\n:]{2,14}:[^。\n]*$")

Names = dict[str, None]  # each once, in order of place
Columns = list[list[Any]]  # for each role the names, then for each of these whether it is inherited


def on_heading(text: str, item: Item, start: int) -> bool:
    """Whether a mention stands on the heading of an item, up to its first stop, so that it holds for all below."""
    first, last = item.start + len(item.marker), min(item.end, item.start + LONGEST_HEADING + 1)
    stops = [at for mark in "。\n" if (at := text.find(mark, first, last)) >= 0]
    end = min(stops, default=item.end)
    return start < end and end - item.start <= LONGEST_HEADING


class Charges:
    """The charges of every item of one plan: bodies by role, and whether a heading or the paragraph says so.

    ``names`` are those of ``units`` as the table `units` shows them, ``item_of`` the items in which they stand.
    """

    def __init__(
        self, text: str, items: Sequence[Item], units: Sequence[Unit], names: Sequence[str],
        item_of: Sequence[int | None], held: Mapping[int, Sequence[Span]],
    ) -> None:  # fmt: skip
        self._text, self._items, self._units, self._item_of = text, items, units, item_of
        self._held = merged_cells.places([unit.start for unit in units], held)
        self._declares = [unit.rule.startswith(DECLARING) for unit in units]
        self._own: dict[int | None, list[int]] = {}
        for index, item in enumerate(item_of):
            self._own.setdefault(item, []).append(index)
        self._names = _References(units, names, item_of, self._holds_below).names
        self._closing = self._closings()
        self._passed_on: dict[int | None, dict[Role, Names]] = {}
        self._columns_below: dict[int | None, Columns] = {}

    def of(self, index: int) -> Columns:
        """The columns of an item: its own in order of place, then inherited ones of the roles it does not declare."""
        parent = self._items[index].parent
        if index in self._own or index in self._held:
            return self._columns(self._own.get(index, []), self._held.get(index, []), parent)
        if parent not in self._columns_below:
            self._columns_below[parent] = self._columns([], [], parent)
        return self._columns_below[parent]

    def _columns(self, own: Sequence[int], held: Sequence[int], parent: int | None) -> Columns:
        mine, cells, passed_on = self._by_role(own), self._by_role(held), self._inherited(parent)
        for role in {self._units[i].role for i in own if self._declares[i]} if passed_on else ():
            passed_on = {other: names for other, names in passed_on.items() if other != role}
        above = {**passed_on, **cells}
        columns: Columns = []
        for role in ROLES:
            names = [*mine.get(role, ())]
            inherited = [name for name in above[role] if name not in names] if role in above else []
            columns += names + inherited, [False] * len(names) + [True] * len(inherited)
        return columns

    def _by_role(self, indices: Iterable[int]) -> dict[Role, Names]:
        found: dict[Role, Names] = {}
        for i in indices:
            found.setdefault(self._units[i].role, {}).update(dict.fromkeys(self._names[i]))
        return found

    def _inherited(self, at: int | None) -> dict[Role, Names]:
        """The names that an item declares by role for all below it, else those that the items above it do."""
        known = self._passed_on.get(at)
        if known is None:
            known = {} if at is None else self._inherited(self._items[at].parent)
            known = self._passed_on[at] = {**known, **self._by_role(self._declared(at))}
        return known

    def _declared(self, index: int | None) -> list[int]:
        """The units that an item's heading, or the end of its list, declares for all below; of the plan for None."""
        own = [i for i in self._own.get(index, []) if self._holds_below(i)]
        return own if index is None else [*own, *self._closing.get(index, []), *self._held.get(index, [])]

    def _holds_below(self, unit: int) -> bool:
        """Whether a mention holds for all below its item: a markup declares it, or it stands on the heading."""
        item = self._item_of[unit]
        return self._declares[unit] or (
            item is not None and on_heading(self._text, self._items[item], self._units[unit].start)
        )

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
            declared = self._markup(last)
            if not declared or not earlier or last in children or any(map(self._markup, earlier)):
                continue
            units = [i for i in declared if self._closes(earlier[-1], last, self._units[i])]
            if units:
                closing[parent] = units
        return closing

    def _markup(self, index: int) -> list[int]:
        """The units that a markup in an item's own text names."""
        return [i for i in self._own.get(index, []) if self._declares[i]]

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

    def __init__(
        self, units: Sequence[Unit], names: Sequence[str], item_of: Sequence[int | None],
        holds_below: Callable[[int], bool],
    ) -> None:  # fmt: skip
        self._named: dict[int | None, Names] = {}  # those met so far, by item
        self._declared: dict[int | None, list[tuple[Role, str]]] = {}  # likewise, that hold for all below
        self._declaring: list[int | None] = []  # the last two items that declare any
        self.names = [[name] for name in names]
        references = [REFERENCE.fullmatch(name) for name in names]
        if not any(references):
            return
        for index, (unit, reference, item) in enumerate(zip(units, references, item_of, strict=True)):
            if reference is not None:
                said = self._same_as_above(unit.role, item) if reference["ditto"] else self._named_before(item)
                self.names[index] = said or self.names[index]
            self._named.setdefault(item, {}).update(dict.fromkeys(self.names[index]))
            if holds_below(index):
                self._declared.setdefault(item, []).extend((unit.role, name) for name in self.names[index])
                if item not in self._declaring[-1:]:
                    self._declaring = [*self._declaring[-1:], item]

    def _same_as_above(self, role: Role, item: int | None) -> list[str]:
        """同上: the names of that role in the nearest item above that declares any, or all names it declares."""
        above = self._nearest(item)
        same = [named for named in above if named[0] == role]
        return _each_once(same or above)

    def _named_before(self, item: int | None) -> list[str]:
        """上述单位: the units named before it in its item, else those of the nearest item above that declares any."""
        return list(self._named.get(item, ())) or _each_once(self._nearest(item))

    def _nearest(self, item: int | None) -> list[tuple[Role, str]]:
        """What the last other item that declares any declares."""
        others = [other for other in self._declaring if other != item]
        return self._declared[others[-1]] if others else []


def _each_once(named: Sequence[tuple[Role, str]]) -> list[str]:
    return list(dict.fromkeys(name for _, name in named))
