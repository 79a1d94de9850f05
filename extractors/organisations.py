"""Whether a piece of text is the name of a body, and of what kind: found on characters, never on segmented words."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, NamedTuple

from lexicons.loader import fragment, patterns, words

Kind = Literal["office", "class", "firm", "system", "market", "place"]
# A name that holds another quantified name has taken in what stands before it: 工作中各单位.
EMBEDDED = re.compile("各[个级类地校单部有乡镇市县区]|有关|相关|全[市县省区]|本[局校办]")
OF_LEVEL = re.compile(
    f"[一-龥]{{0,6}}?(?:[省市县区州旗盟镇乡]|自治区)(?:直|级|属|委|政府|内|其他|辖区?)?|{fragment('quantity')}+|政府|党委|中央|地方|机关|学校|医院|(?:[局厅委校院所司]|集团|公司)(?:属|直属|机关|内)|全[局校院]"
)
# Characters that begin names of places (从化, 和田, 无锡) as often as they begin a phrase.
AMBIGUOUS = frozenset("向为以用于与和同及有无不当经如据除因由")
NAMED_BY_TASK = frozenset(("单位", "部门", "机构", "科室"))
CONDITION = re.compile("(?:有|具备|具有|拥有|符合|承担|设有|开设)[^的]{1,12}的")
ADDRESSED = re.compile("[省市县区全各][^县区乡镇]|国|中央|有关|相关|社会|学校|企业")
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
        return self.quantified or (self.kind not in ("office", "firm") and not self.definite)


ASIDE = re.compile(fragment("aside"))
QUANTITY = re.compile(fragment("quantity"))
LEVELS = re.compile(fragment("levels") + "$")
NEXT_LEVEL = re.compile(f"{fragment('level')}(?![属直])")
SEVERAL_LEVELS = re.compile("[省市县区乡镇村校]{2,4}(?:[两三四]级)?")
NO_PLACE = re.compile("(?:[地城片园景社街校山林牧灾库湖心范验能护发新济农矿专]|以上|以下)区$|以上$|^我国")
QUANTIFIED_LEVEL = re.compile(
    f"(?:各|每个|其他|其余|[一-龥]{{2,3}})(?:设区的?)?(?:{fragment('level')}(?:{fragment('aside')})?[、和及]?)+$"
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
    return tuple(w.text for w in words("fields") if w.cls == "field")


@cache
def _tasks() -> frozenset[str]:
    return frozenset(w.text for w in words("fields") if w.cls == "task")


@cache
def _contexts() -> dict[str, str]:
    return {w.text: w.cls for w in words("unit_contexts")}


@cache
def _context_start() -> re.Pattern[str]:
    return re.compile(fragment("words:unit_contexts"))


@cache
def _field_start() -> re.Pattern[str]:
    return re.compile(fragment("words:fields:field"))


@cache
def _context_inside() -> re.Pattern[str]:
    long = sorted(
        (w.text for w in words("unit_contexts") if len(w.text) > 1 and w.text not in _tasks()),
        key=lambda w: (-len(w), w),
    )
    return re.compile("|".join(long) + "|" + fragment("no_part_of_name"))


def head_of(name: str) -> str | None:
    """The longest head that the name ends in, or None."""
    for size in range(min(5, len(name)), 0, -1):
        if name[-size:] in heads():
            return name[-size:]
    return None


@cache
def _field_name() -> re.Pattern[str]:
    return re.compile(
        f"(?:{QUANTITY.pattern}|[一-龥]{{0,4}}{fragment('level')}级?)?(?:{fragment('words:fields:field')})(?:行政|主管)?"
    )


def is_field(name: str) -> bool:
    """Whether the name is a field of work, as it stands for a body in 宣传、文化等部门."""
    return len(name) <= 12 and _field_name().fullmatch(name) is not None


@cache
def heads_by_end() -> dict[str, tuple[str, ...]]:
    """The heads by their last character: whether text ends in one is asked a hundred times a page."""
    by_end: dict[str, tuple[str, ...]] = {}
    for head in heads():
        by_end[head[-1]] = (*by_end.get(head[-1], ()), head)
    return by_end


def recognise(name: str) -> Body | str:
    """The body that the name stands for, or the reason why it is none."""
    bare = ASIDE.sub("", name)
    if len(bare) > LONGEST or "(" in bare or ")" in bare or not bare.endswith(endings()):
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
    if not quantity and not (bare[: -len(head)] in _tasks() and head in NAMED_BY_TASK):
        reason = _context_of(bare)
        if reason:
            return reason
    core = bare[quantity.end() if quantity else 0 : -len(head)]
    if bare[0].isdigit():
        return "counted"
    if not core and kind == "system" and not quantity:
        return "not_a_body"
    definite = (
        bool(core)
        and not quantity
        and (_rule("definite").match(bare) is not None or bool(_rule("level_class").match(bare)))
    )
    reason = _implausible(core, head, kind, definite)
    if reason:
        return reason
    embedded = EMBEDDED.search(bare, quantity.end() if quantity else 1)
    if embedded and not OF_LEVEL.fullmatch(bare, 0, embedded.start()):
        return "embedded"
    return Body(kind, definite, quantity is not None)


def _context_of(phrase: str) -> str | None:
    """What the phrase does to the body that it ends in, when it begins with a word that charges nobody."""
    start = _context_start().match(phrase)
    if not start or _field_start().match(phrase) or CONDITION.match(phrase):
        return None
    if start[0] in AMBIGUOUS and not ADDRESSED.match(phrase, start.end()):
        return None
    return _contexts()[start[0]]


def _place(name: str, bare: str) -> Body | str:
    if bare in ("全市", "全县", "全区", "全省", "全镇", "全乡", "全村", "全校") or bare.startswith(("我", "该", "本")):
        return "place"
    if bare[:1] in "各每" and len(bare) <= 8:
        return Body("place", False, True)
    if CONDITION.match(bare):
        return Body("place", False, True)
    if NO_PLACE.search(bare):
        return "place"
    if bare == "校校" or SEVERAL_LEVELS.fullmatch(bare):
        return Body("place", False, True)
    if QUANTIFIED_LEVEL.fullmatch(name):
        return Body("place", bare[:1] not in "各每其", bare[:1] in "各每其")
    return "place"


def _implausible(core: str, head: str, kind: Kind, definite: bool) -> str | None:
    """Why what stands before the head cannot belong to a name; None when it can."""
    if (
        core in _fields()
        or (core in _tasks() and head in NAMED_BY_TASK)
        or (not core and kind not in ("office", "firm"))
    ):
        return None
    if not core and len(head) == 1:
        return "too_short"
    if kind not in ("office", "firm") and len(core) > LONGEST_CLASS:
        return "too_long"
    if definite and kind in ("office", "firm"):
        return None
    before, of, rest = core.rpartition("的")
    if of and not before.endswith(endings()):
        if not _rule("conditioned").match(before):
            return "object"
        core = rest
    if kind == "system":
        return None if core.endswith(_fields()) or core in ("", "政府") else "not_a_body"
    field = _field_start().match(core)
    rest = core[field.end() :] if field else core
    reason = None if field else _context_of(core)
    if reason:
        return reason
    inside = _context_inside().search(rest)
    if inside:
        return _contexts().get(inside[0], "object")
    return None
