"""Whether a piece of text is the name of a body, and of what kind: found on characters, never on segmented words."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from extractors.unit_words import (
    Kind,
    class_modifiers,
    context_inside,
    context_start,
    contexts,
    deed_start,
    deeds,
    ends_in_head,
    ends_in_no_body,
    field_start,
    fields,
    fields_tuple,
    head_of,
    heads,
    not_bodies,
    phrase,
    prepositions,
    tasks,
    tasks_tuple,
)
from lexicons.alternation import compiled
from lexicons.loader import fragment, patterns

# A name that holds another quantified name has taken in what stands before it: 工作中各单位.
EMBEDDED = re.compile("各[个级类地校单部有乡镇市县区年村班社街科股处站]|每[个村校]|有关|相关|全[市县省区]|本[局校办]")
OF_LEVEL = compiled(
    f"(?:[省市县区地州旗盟镇乡村校][、和]?)+|[xX*一-龥]{{0,6}}?(?:[省市县区州旗盟镇乡]|自治区)(?:直|级|属|委|政府|内|其他|辖区?)?|{fragment('quantity')}+|[省市县区州镇乡][一-龥]{{1,6}}[局厅委办院校联]|政府|党委|中央|地方|机关|学校|医院|(?:[局厅委校院所司联]|集团|公司)(?:属|直属|机关|内)?|全[局校院]"
)
# Characters that begin names of places (从化, 和田, 无锡) as often as they begin a phrase.
AMBIGUOUS = frozenset("向为以用于与和同及有无不当经如据除因由")
NAMED_BY_TASK = frozenset(("单位", "部门", "机构", "科室", "方", "主体"))
ADDRESSED = re.compile("[省市县区全各][^县区乡镇]|团[省市县区]|国|中央|有关|相关|社会|学校|企业")
LONGEST = 40
LONGEST_CLASS = 18
# 组织 is a field in 组织部门, and a deed in 组织学校.
OF_FIELD = re.compile("各|有关|相关|全[市县省区校体]|学校|企业|社区|中小学")
# 组织部, 组织人事科: what organises by its name; 组织巡逻小分队 is organised.
ORGANISING = re.compile(
    r"组织(?:人事|统战|宣传|建设|指导|、|和|与|工作)*(?:部门?|[科处股室委办局]|系统|机构|单位|委员会|办公室|干部)"
)
NUMBERED = re.compile(r"\d+[一-龥]")
COUNTED = re.compile("第[一二三四五六七八九十百]+[批套轮届次期]")
# 图书馆 alone is a class of institutions; 医院 or 公司 alone is most often one that the text has named.
LONGEST_PROPER_HEAD = 2
# The longest noun before the task that names a body: 数据提供部门, 政务信息化项目建设单位.
LONGEST_OBJECT = 10
# A name that holds a word that calls on another body is two names.
CALLS = re.compile("会同|授权|委托|责成|协助|配合|批准后|同意后|审核后")
OF_A_CLAUSE = re.compile("[的要应须将并]")


class Body(NamedTuple):
    """What a name says of its body: its kind, and whether it is one of a level or place, or each of a class."""

    kind: Kind
    definite: bool
    quantified: bool

    @property
    def collective(self) -> bool:
        """Whether the name stands for a class of bodies rather than for one."""
        return self.quantified or (self.kind not in ("office", "firm") and not self.definite)


ASIDE = compiled(fragment("aside"))
QUANTITY = compiled(fragment("quantity"))
ANY_LEVEL = f"(?:{fragment('levels')}|地(?:{fragment('aside')})?)"
LEVELS = re.compile(f"{ANY_LEVEL}(?:[、及和与]{ANY_LEVEL})*$")
NEXT_LEVEL = compiled(f"(?:{fragment('level')}(?![属直])|地(?=、))")
SEVERAL_LEVELS = re.compile("(?:各|全[省市县区])?(?:[省市县区乡镇街村校]、?|街道、?){2,4}(?:[两三四]级)?")
NO_PLACE = compiled(fragment("no_place"))
QUANTIFIED_LEVEL = re.compile(
    f"(?:各|每个|其他|其余|[一-龥]{{2,3}}|[xX*]{{1,3}})(?:设区的?)?(?:{fragment('level')}(?:{fragment('aside')})?[、和及]?)+$"
)


@cache
def _rule(name: str) -> re.Pattern[str]:
    (pattern,) = patterns(f"organisation.{name}")
    return pattern.regex


@cache
def _field_name() -> re.Pattern[str]:
    return compiled(
        f"(?!{fragment('words:unit_contexts:source')})(?:{QUANTITY.pattern}|[一-龥]{{0,4}}{fragment('level')}级?)?(?:{fragment('words:fields:field')})(?:行政|主管)?"
    )


def is_field(name: str) -> bool:
    """Whether the name is a field of work, as it stands for a body in 宣传、文化等部门."""
    return len(name) <= 12 and _field_name().fullmatch(name) is not None


@lru_cache(maxsize=4096)
def recognise(name: str) -> Body | str:
    """The body that the name stands for, or the reason why it is none."""
    body = _recognised(name)
    if isinstance(body, str):
        return body
    if name.startswith("本") and not EMBEDDED.search(name, 1):
        return Body(body.kind, True, False)
    if body.kind not in ("office", "class"):
        return body
    plural = _rule("plural" if body.kind == "office" else "plural_class").search(name) is not None
    return Body(body.kind, body.definite, body.quantified or plural)


def _recognised(name: str) -> Body | str:
    bare = ASIDE.sub("", name) if "(" in name else name
    head = head_of(bare)
    if head is None or len(bare) > LONGEST or "(" in bare or ")" in bare:
        return "not_a_name"
    if ends_in_no_body(bare) and not _longer_head(bare, head):
        return "person" if bare.endswith("干部") else "not_a_body"
    if bare[0] in "本我" and _rule("own").match(bare):
        return Body("office", True, False)
    quantity = QUANTITY.match(bare)
    relative = _relative(bare, quantity.end() if quantity else 0)
    if relative:
        return _modified(bare[relative:])
    kind = heads()[head]
    if kind == "place":
        return _place(name, bare)
    core = bare[quantity.end() if quantity else 0 : -len(head)]
    if head in NAMED_BY_TASK and _names_by_task(core, quantity is not None):
        return Body("class", _rule("of_one_level").match(bare) is not None, quantity is not None)
    return "not_a_body" if kind == "role" else _named(bare, core, head, kind, quantity)


def _longer_head(bare: str, head: str) -> bool:
    """Whether the name ends in a body that is longer than the word that is none: 基教科 against 教科."""
    return all(len(word) < len(head) for word in not_bodies() if bare.endswith(word))


def narrowed(phrase: str) -> bool:
    """Whether the phrase begins with a clause that narrows a class of bodies down: 实行学分制的学校."""
    return _rule("relative").match(phrase) is not None


def _relative(bare: str, start: int) -> int:
    """Where the clause before 的 that narrows a class down ends (有条件的学校, 未达标的县); 0 without one."""
    if "的" not in bare:
        return 0
    clause = _rule("relative").match(bare, start)
    if clause is None and not _context_of(bare[start:]) and not EMBEDDED.search(bare, start + 1):
        clause = _rule("relative_of").match(bare, start)
    return clause.end() if clause else 0


def _modified(rest: str) -> Body | str:
    """A class that a clause before it narrows down: 有条件的学校, 未达标的县."""
    if rest in heads() or LEVELS.fullmatch(rest):
        return Body(heads().get(rest, "place"), False, True)
    body = recognise(rest)
    return body if isinstance(body, str) else Body(body.kind, False, True)


def _named(bare: str, core: str, head: str, kind: Kind, quantity: re.Match[str] | None) -> Body | str:
    if not quantity:
        reason = _context_of(bare)
        if reason:
            return reason
    if bare[0].isdigit() or COUNTED.match(bare):
        return "counted"
    if not core and kind == "system" and not quantity:
        return "not_a_body"
    definite = (
        (bool(core) or kind == "office")
        and not quantity
        and (_rule("definite").match(bare) is not None or bool(_rule("level_class").match(bare)))
    )
    reason = _implausible(core, head, kind, definite)
    if reason:
        return reason
    embedded = EMBEDDED.search(bare, quantity.end() if quantity else 1)
    if embedded and not OF_LEVEL.fullmatch(bare, 0, embedded.start()):
        return "embedded"
    if kind == "firm" and (class_modifiers().fullmatch(core) if core else len(head) > LONGEST_PROPER_HEAD):
        kind = "class"
    return Body(kind, definite, quantity is not None)


def _names_by_task(core: str, quantified: bool) -> bool:
    """Whether the core says what its body does, perhaps to what: 承办, 数据提供, 项目建设."""
    if not core.endswith(tasks_tuple()):
        return False
    task = next(core[-size:] for size in range(min(6, len(core)), 0, -1) if core[-size:] in tasks())
    of_what = core[: -len(task)]
    if not of_what:
        return quantified or contexts().get(task) != "encouraged"
    if len(of_what) > LONGEST_OBJECT or OF_A_CLAUSE.search(of_what) or prepositions().search(of_what):
        return False
    if field_start().match(of_what):
        return True
    return _context_of(of_what) is None and not deed_start().match(of_what) and not EMBEDDED.search(of_what, 1)


def _context_of(text: str) -> str | None:
    """What the text does to the body that it ends in, when it begins with a word that charges nobody."""
    start = context_start().match(text)
    if not start:
        return None
    if field_start().match(text) and not OF_FIELD.match(text, start.end()):
        return contexts()["组织"] if start[0] == "组织" and not ORGANISING.fullmatch(text) else None
    if start[0] in AMBIGUOUS and not ADDRESSED.match(text, start.end()):
        deed = context_start().match(text, start.end())
        return (
            contexts()[start[0]] if deed and len(deed[0]) > 1 and not field_start().match(text, start.end()) else None
        )
    return contexts()[start[0]]


def _place(name: str, bare: str) -> Body | str:
    if bare in ("全市", "全县", "全区", "全省", "全镇", "全乡", "全村", "全校") or bare.startswith(("我", "该", "本")):
        return "place"
    if bare[:1] in "各每" and len(bare) <= 8:
        return Body("place", False, True)
    if NO_PLACE.search(bare) or bare.startswith("是"):
        return "place"
    if bare == "校校" or SEVERAL_LEVELS.fullmatch(bare):
        return Body("place", False, True)
    if QUANTIFIED_LEVEL.fullmatch(name):
        return Body("place", bare[:1] not in "各每其", bare[:1] in "各每其")
    return "place"


def _incorporated(core: str) -> bool:
    """Whether the name is that of a limited company, in which any word may stand: 绿源农业发展有限 before 公司."""
    return core.endswith("有限") and not prepositions().search(core)


def _implausible(core: str, head: str, kind: Kind, definite: bool) -> str | None:
    """Why what stands before the head cannot belong to a name; None when it can."""
    if core in fields() or (not core and kind not in ("office", "firm")):
        return None
    if not core and len(head) == 1:
        return "too_short"
    if kind not in ("office", "firm") and len(core) > LONGEST_CLASS:
        return "too_long"
    if definite and (CALLS.search(core) or (len(core) > LONGEST_OBJECT and phrase().search(core))):
        return "object"
    if (definite and kind in ("office", "firm")) or (kind == "firm" and _incorporated(core)):
        return None
    if kind in ("class", "market", "system") and (
        NUMBERED.search(core) or (len(core) > len("承担") and core.endswith(deeds()))
    ):
        return "object"
    deed = deed_start().match(core) if kind in ("class", "market") else None
    whole = deed is not None and deed.end() == len(core) and (head in NAMED_BY_TASK or core in tasks())
    if deed and not whole and not field_start().match(core):
        return "object"
    before, of, rest = core.rpartition("的")
    if of:
        if not ends_in_head(before):
            return "object"
        core = rest
    if kind == "system":
        return None if core.removesuffix("行政").endswith(fields_tuple()) or core in ("", "政府") else "not_a_body"
    field = field_start().match(core)
    rest = core[field.end() :] if field else core
    reason = None if field else _context_of(core)
    if reason:
        return reason
    inside = context_inside().search(rest)
    if inside:
        return contexts().get(inside[0], "object")
    return None
