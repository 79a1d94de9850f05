"""Numbered task items: the tree of the markers that number something.

The tree follows the order of styles that office writing keeps (一、 > （一） > 1. > (1) > ① > 一是), unless the numbers
of a plan show another nesting, and the order in which the pages were written.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from extractors import glossaries
from extractors.markers import RANK, TITLE_END, Marker, believed
from extractors.mentions import Item, ItemStyle, Refusal

CLAUSE_END = re.compile(r"[。；:，\n！？]")
LOOK_AHEAD = 200  # markers looked at ahead of one, so that time stays linear in the text


def find(text: str) -> tuple[list[Item], list[Refusal]]:
    """The numbered items of a plan in order of place, and the jumps in their numbering."""
    explained = [start for start, _ in glossaries.spans(text)]
    text = glossaries.without(text)
    markers = believed(text)
    order = _logical_order(markers)
    parents = _parents([markers[i] for i in order])
    parent_of = {order[i]: None if p is None else order[p] for i, p in enumerate(parents)}
    items: list[Item] = []
    for i, marker in enumerate(markers):
        until = markers[i + 1].start if i + 1 < len(markers) else len(text)
        if explained and (at := bisect_left(explained, marker.end)) < len(explained):
            until = min(until, explained[at])
        body = text[marker.end : until].rstrip()
        items.append(
            Item(
                start=marker.start,
                end=marker.end + len(body),
                marker=marker.text,
                number=marker.number,
                style=_style(marker.style),
                parent=parent_of[i],
                level=_level(parent_of, i),
                title=_title(body.lstrip(), marker.style),
            )
        )
    return items, _jumps(markers, order, parents)


def _style(style: str) -> ItemStyle:
    return "ordinal" if style in ("chapter", "article") else style  # type: ignore[return-value]


def _level(parent_of: dict[int, int | None], i: int) -> int:
    level, parent = 1, parent_of[i]
    while parent is not None:
        level, parent = level + 1, parent_of[parent]
    return level


def _title(body: str, style: str) -> str:
    """The title that opens the text of an item."""
    stop = (CLAUSE_END if style == "inline" else TITLE_END).search(body)
    return (body[: stop.start()] if stop else body).strip()


def _logical_order(markers: list[Marker]) -> list[int]:
    """The order in which the items were written: source order, but for a preview whose last pages stand too early.

    A block B that breaks the numbering (一, 二十四…二十七, 二, 三…) belongs behind what follows it: A B C reads A C B.
    """
    count = len(markers)
    natural = list(range(count))
    faults = _faults(markers, natural)
    jumps = [i for i in range(1, count) if i in faults and markers[i].number > 2]
    if not jumps or len(jumps) > 12:
        return natural
    best, fewest = natural, len(faults)
    for i in jumps[:4]:
        goes_on = _continued(markers, i)
        for j in sorted({f for f in faults if f > i and markers[f].number > 1} | goes_on)[:LOOK_AHEAD]:
            order = natural[:i] + natural[j:] + natural[i:j]
            left = len(_faults(markers, order))
            if left < fewest - 1:
                best, fewest = order, left
    return best


def _continued(markers: list[Marker], until: int) -> set[int]:
    """The first marker behind a place that goes on counting in each style from before the place."""
    last = {(marker.style, marker.depth): marker.number for marker in markers[:until]}
    found: dict[tuple[str, int], int] = {}
    for j in range(until + 1, len(markers)):
        key = (markers[j].style, markers[j].depth)
        if markers[j].number == last.get(key, 0) + 1 > 1:
            found.setdefault(key, j)
    return set(found.values())


def _faults(markers: list[Marker], order: list[int]) -> set[int]:
    """The markers whose number is neither 1 nor the one after the last of their style."""
    last: dict[tuple[str, int], int] = {}
    faults = set()
    for i in order:
        marker = markers[i]
        if marker.style in ("inline", "ordinal", "circled", "ar_paren"):
            continue
        key = (marker.style, marker.depth)
        if marker.number != 1 and marker.number != last.get(key, 0) + 1:
            faults.add(i)
        last[key] = marker.number
    return faults


def _parents(markers: list[Marker]) -> list[int | None]:
    """For each marker of the logical order the index of the one that encloses it."""
    parents: list[int | None] = []
    stack: list[int] = []  # indices of the open items, outermost first
    seen: set[tuple[str, int]] = set()
    nested: set[tuple[str, str]] = set()  # pairs of a style and the one it was seen below, against the usual order
    for i, marker in enumerate(markers):
        level = _open_level(markers, stack, i, (marker.style, marker.number - 1) in seen, nested)
        seen.add((marker.style, marker.number))
        del stack[level:]
        parents.append(stack[-1] if stack else None)
        stack.append(i)
    return parents


def _open_level(markers: list[Marker], stack: list[int], i: int, continues: bool, nested: set[tuple[str, str]]) -> int:
    """The depth at which marker ``i`` stands: it closes every open item from there on.

    ``continues``: the number before has stood in the marker's own style, so that the style is meant.
    """
    marker = markers[i]
    for depth, j in enumerate(stack):
        same = markers[j].style == marker.style and markers[j].depth == marker.depth
        if same:
            return depth
    if marker.depth > 1:
        for depth in reversed(range(len(stack))):
            open_ = markers[stack[depth]]
            if open_.style == "ar_dot" and open_.depth < marker.depth:
                return depth + 1
    if marker.number > 1 and not continues:
        meant = _meant_for(markers, stack, marker)
        if meant is not None:
            return meant
    if marker.number == 1 and stack:
        pair = (marker.style, markers[stack[-1]].style)
        if pair in nested or _nests_below(markers, stack, i):
            nested.add(pair)
            return len(stack)
    for depth, j in enumerate(stack):
        if RANK[markers[j].style] > RANK[marker.style]:
            return depth
    return len(stack)


def _meant_for(markers: list[Marker], stack: list[int], marker: Marker) -> int | None:
    """`3、` where `（三）` was meant: the open item whose number is the one before, in a style next to this one."""
    for depth in reversed(range(len(stack))):
        open_ = markers[stack[depth]]
        near = abs(RANK[open_.style] - RANK[marker.style]) <= 2 and marker.style != "inline"
        if near and open_.number == marker.number - 1 and open_.style not in ("chapter", "article", "inline"):
            return depth
    return None


def _nests_below(markers: list[Marker], stack: list[int], i: int) -> bool:
    """Whether a higher style opens a list inside a lower one: `1.…（一）…（二）…2.…` has （一） under 1."""
    marker, top = markers[i], markers[stack[-1]]
    if RANK[marker.style] >= RANK[top.style] or top.style in ("inline", "ordinal", "circled"):
        return False
    for following in markers[i + 1 : i + 1 + LOOK_AHEAD]:
        if following.style == top.style and following.depth == top.depth:
            return following.number == top.number + 1
        if RANK[following.style] < RANK[marker.style]:
            return False
    return False


def _jumps(markers: list[Marker], order: list[int], parents: list[int | None]) -> list[Refusal]:
    """Where the numbers of one list jump or repeat."""
    last: dict[tuple[int | None, str, int], int] = {}
    found = []
    running: dict[tuple[str, int], int] = {}
    for position, i in enumerate(order):
        marker = markers[i]
        key = (parents[position], marker.style, marker.depth)
        before = last.get(key)
        due = {1} if before is None else {before + 1, 1}
        if marker.number not in due and marker.number != running.get((marker.style, marker.depth), 0) + 1:
            what = "repeats" if before is not None and marker.number == before else "jumps"
            found.append(Refusal(marker.start, marker.end, "numbering", f"numbering.{what}"))
        last[key] = running[marker.style, marker.depth] = marker.number
    return sorted(found, key=lambda r: r.start)
