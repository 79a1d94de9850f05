"""The patterns and word lists that cut an indicator out of its clause, compiled once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from lexicons.alternation import compiled
from lexicons.beginnings import guarded
from lexicons.loader import patterns, words

#: What follows a verb and makes a noun of it: 增长率, 投入额.
BROKEN = "率度量额数性型者力"
#: Nor does a body that is named by what it does: 督导组, 巡查队, 督办函.
WHOLE = f"(?![{BROKEN}]|组(?![织合件建装])|小组|队(?![伍员])|函)"

#: Of those that are searched for in every phrase, the ones whose alternatives begin with a look around.
_GUARDED = ("auxiliary", "comparison", "far_bound", "leading", "rise", "served", "spent", "yields")
#: What may stand at the end of a phrase and is no part of a name.
_CLOSING = ("auxiliary", "comparison", "routine", "spent", "yields")


@dataclass(frozen=True, slots=True)
class Rules:
    """``closing`` finds whether any of those at the end of a phrase may be there, ``governing`` whether any verb."""

    leading: re.Pattern[str]
    comparison: re.Pattern[str]
    far_bound: re.Pattern[str]
    scale_end: re.Pattern[str]
    group: re.Pattern[str]
    chain: re.Pattern[str]
    each: re.Pattern[str]
    such: re.Pattern[str]
    grant: re.Pattern[str]
    attribute: re.Pattern[str]
    event: re.Pattern[str]
    inner: re.Pattern[str]
    mid: re.Pattern[str]
    leads_on: re.Pattern[str]
    verb: re.Pattern[str]
    gains: re.Pattern[str]
    first: re.Pattern[str]
    first_of_sized: re.Pattern[str]
    predicate: re.Pattern[str]
    causal: re.Pattern[str]
    clause: re.Pattern[str]
    nominal: re.Pattern[str]
    long_name: re.Pattern[str]
    sized: re.Pattern[str]
    spent: re.Pattern[str]
    people: re.Pattern[str]
    shared_tail: re.Pattern[str]
    taken_into: re.Pattern[str]
    named_as: re.Pattern[str]
    often: re.Pattern[str]
    finished: re.Pattern[str]
    modal: re.Pattern[str]
    compound: re.Pattern[str]
    routine: re.Pattern[str]
    holder: re.Pattern[str]
    auxiliary: re.Pattern[str]
    served: re.Pattern[str]
    aside: re.Pattern[str]
    passed: re.Pattern[str]
    remark: re.Pattern[str]
    bounded_thing: re.Pattern[str]
    built: re.Pattern[str]
    at_least: re.Pattern[str]
    at_most: re.Pattern[str]
    sized_thing: re.Pattern[str]
    funds: re.Pattern[str]
    measured_by: re.Pattern[str]
    rise: re.Pattern[str]
    lowered: re.Pattern[str]
    share_of: re.Pattern[str]
    feat: re.Pattern[str]
    act: re.Pattern[str]
    paid: re.Pattern[str]
    relative: re.Pattern[str]
    plight: re.Pattern[str]
    growth_word: re.Pattern[str]
    grade: re.Pattern[str]
    kept_noun: re.Pattern[str]
    within: re.Pattern[str]
    actor: re.Pattern[str]
    owner: re.Pattern[str]
    fate: re.Pattern[str]
    bound_alone: re.Pattern[str]
    place: re.Pattern[str]
    takes_part: re.Pattern[str]
    compared_base: re.Pattern[str]
    goal: re.Pattern[str]
    yields: re.Pattern[str]
    recipient: re.Pattern[str]
    container: re.Pattern[str]
    goal_passed: re.Pattern[str]
    closing: re.Pattern[str]
    governing: re.Pattern[str]


@cache
def rules() -> Rules:
    """The patterns and word lists, compiled once."""
    sources = {p.id.removeprefix("indicator."): p.source for p in patterns("indicator")}
    comes, preposition = sources.pop("comes"), sources.pop("preposition")
    lists: dict[str, list[str]] = {}
    for word in words("indicator_words"):
        lists.setdefault(word.cls, []).append(re.escape(word.text))
    any_of = {cls: "|".join(sorted(ws, key=lambda w: (-len(w), w))) for cls, ws in lists.items()}
    verbs = f"{any_of['inner']}|{any_of['mid']}|{any_of['gains']}|{any_of['first']}"
    closing = "|".join(sources[name] for name in _CLOSING)
    governing = f"{any_of['inner']}|{any_of['mid']}|{any_of['gains']}|{any_of['causal']}|共|已"
    return Rules(
        **{name: (guarded if name in _GUARDED else compiled)(source) for name, source in sources.items()},
        act=guarded(f"(?:{any_of['act']}|{comes}){WHOLE}(?![区地])"),
        inner=compiled(f"新?(?:{any_of['inner']})了?{WHOLE}|[共已](?=(?:{verbs}|{any_of['nominal']}))"),
        leads_on=compiled(f"(?<=[一-鿿]{{2}})(?:{any_of['inner']}|{any_of['first']})了?$"),
        mid=compiled(f"(?:{any_of['mid']}|{any_of['gains']})了?"),
        verb=compiled(f"(?:{verbs})了?"),
        gains=compiled(f"(?:{any_of['gains']})了?"),
        first=guarded(f"新?(?:{verbs})了?{WHOLE}(?:[或和、并](?=(?:{verbs})))?"),
        first_of_sized=compiled(f"(?!{any_of['nominal']})(?:{verbs})了?{WHOLE}(?:[或和、并](?=(?:{verbs})))?"),
        predicate=guarded(
            f"(?:{any_of['predicate']})(?!机构|主体|公司|平台|商|团队|模式|体系|中心|单位)|{preposition}"
        ),
        causal=compiled(f"(?:{any_of['causal']}){WHOLE}"),
        clause=compiled(f"(?:{any_of['clause']})"),
        closing=guarded(closing),
        governing=guarded(f"(?:{governing})|{sources['modal']}|{sources['paid']}"),
        nominal=compiled(f"(?:{any_of['nominal']})$"),
    )
