"""Tell whether a piece of text is the name of a body, and of what kind. Found on characters, never on segmented words."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, NamedTuple

from lexicons.loader import fragment, patterns, words

Kind = Literal["office", "class", "market", "place"]
# Characters that begin names of places (从化, 和田, 无锡) as often as they begin a phrase.
AMBIGUOUS = frozenset("向为以用于与和同及有无不当经如据除因由")
LONGEST = 40
LONGEST_CLASS = 18


class Body(NamedTuple):
    """What a name says of its body: its kind, and whether it is one of a level or place, or each of a class."""

    kind: Kind
    definite: bool
    quantified: bool

    @property
    def collective(self) -> bool:
        """Whether the name stands for a class of bodies rather than for one."""
        return self.quantified or (self.kind != "office" and not self.definite)


ASIDE = re.compile(fragment("aside"))
QUANTITY = re.compile(fragment("quantity"))
LEVELS = re.compile(fragment("levels") + "$")
NEXT_LEVEL = re.compile(f"{fragment('level')}(?![属直])")
QUANTIFIED_LEVEL = re.compile(
    f"(?:各|每个|其他|其余|[一-龥]{{2,3}})(?:设区的?)?(?:{fragment('level')}(?:{fragment('aside')})?)+$"
)


@cache
def _rule(name: str) -> re.Pattern[str]:
    (pattern,) = patterns(f"organisation.{name}")
    return pattern.regex


@cache
def heads() -> dict[str, Kind]:
    """The words that a name of a body ends in, with the kind of body."""
    kinds: dict[str, Kind] = {}
    for word in words("organisations"):
        if word.cls != "not_a_body":
            kinds[word.text] = word.cls  # type: ignore[assignment]
    return kinds


@cache
def endings() -> tuple[str, ...]:
    """The words of ``heads`` as str.endswith takes them."""
    return tuple(heads())


@cache
def _not_bodies() -> tuple[str, ...]:
    return tuple(w.text for w in words("organisations") if w.cls == "not_a_body")


@cache
def _fields() -> tuple[str, ...]:
    return tuple(w.text for w in words("fields"))


@cache
def _contexts() -> dict[str, str]:
    return {w.text: w.cls for w in words("unit_contexts")}


@cache
def _context_start() -> re.Pattern[str]:
    return re.compile(fragment("words:unit_contexts"))


@cache
def _context_inside() -> re.Pattern[str]:
    long = sorted((w.text for w in words("unit_contexts") if len(w.text) > 1), key=lambda w: (-len(w), w))
    return re.compile("|".join(long) + "|[把被让使，。；：“”《》]")


def head_of(name: str) -> str | None:
    """The longest head that the name ends in, or None."""
    for size in range(min(5, len(name)), 0, -1):
        if name[-size:] in heads():
            return name[-size:]
    return None


@cache
def _field_name() -> re.Pattern[str]:
    return re.compile(
        f"(?:{QUANTITY.pattern}|[一-龥]{{0,4}}{fragment('level')}级?)?(?:{fragment('words:fields')})(?:行政|主管)?"
    )


def is_field(name: str) -> bool:
    """Whether the name is a field of work, as it stands for a body in 宣传、文化等部门."""
    return len(name) <= 12 and _field_name().fullmatch(name) is not None


def recognise(name: str) -> Body | str:
    """The body that the name stands for, or the reason why it is none."""
    bare = ASIDE.sub("", name)
    if len(bare) > LONGEST or not bare.endswith(endings()):
        return "not_a_name"
    if bare.endswith(_not_bodies()):
        return "person" if bare.endswith("干部") else "not_a_body"
    if _rule("own").match(bare):
        return Body("office", True, False)
    head = head_of(bare) or ""
    kind = heads()[head]
    if kind == "place":
        return _place(name, bare)
    quantity = QUANTITY.match(bare)
    core = bare[quantity.end() if quantity else 0 : -len(head)]
    if bare.startswith("任何"):
        return "any_body"
    definite = not quantity and (_rule("definite").match(bare) is not None or bool(_rule("level_class").match(bare)))
    reason = _implausible(core, head, kind, definite)
    if reason:
        return reason
    return Body(kind, definite, quantity is not None)


def _place(name: str, bare: str) -> Body | str:
    if bare in ("全市", "全县", "全区", "全省", "全镇", "全乡", "全村", "全校") or bare.startswith(("我", "该", "本")):
        return "place"
    if bare[:1] in "各每" and len(bare) <= 8:
        return Body("place", False, True)
    if bare == "校校" or QUANTIFIED_LEVEL.fullmatch(name):
        return Body("place", bare[:1] not in "各每其", bare[:1] in "各每其")
    return "place"


def _implausible(core: str, head: str, kind: Kind, definite: bool) -> str | None:
    """Why what stands before the head cannot belong to a name; None when it can."""
    if core in _fields() or (not core and kind != "office"):
        return None
    if not core and len(head) == 1:
        return "too_short"
    if kind != "office" and len(core) > LONGEST_CLASS:
        return "too_long"
    if definite and kind == "office":
        start = _context_start().match(core)
        return _contexts()[start[0]] if start and start[0] not in AMBIGUOUS else None
    before, of, rest = core.rpartition("的")
    if of and not before.endswith(endings()):
        if not _rule("conditioned").match(before):
            return "object"
        core = rest
    if core.startswith(_fields()):
        return None if len(core) <= LONGEST_CLASS else "too_long"
    start = _context_start().match(core)
    if start:
        return _contexts()[start[0]]
    inside = _context_inside().search(rest if of else core)
    if inside:
        return _contexts().get(inside[0], "object")
    return None
