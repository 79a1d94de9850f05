"""The words that names of bodies are made of, as sets and expressions; each is read from the lexicon once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Literal

from lexicons.alternation import compiled
from lexicons.loader import fragment, words

Kind = Literal["office", "class", "firm", "system", "market", "place", "role"]
_LONGEST_HEAD = 5


@cache
def heads() -> dict[str, Kind]:
    """The words that a name of a body ends in, with the kind of body."""
    kinds: dict[str, Kind] = {}
    for word in words("organisations"):
        if word.cls != "not_a_body":
            kinds[word.text] = word.cls  # type: ignore[assignment]
    return kinds


@cache
def not_bodies() -> tuple[str, ...]:
    """Words that end like a body and are none: 干部, 全部."""
    return tuple(w.text for w in words("organisations") if w.cls == "not_a_body")


@cache
def fields() -> frozenset[str]:
    """Fields of work: 教育, 财政."""
    return frozenset(w.text for w in words("fields") if w.cls == "field")


@cache
def fields_tuple() -> tuple[str, ...]:
    """The words of ``fields`` as str.endswith takes them."""
    return tuple(sorted(fields()))


@cache
def tasks() -> frozenset[str]:
    """What a body does that is named by it: 承办 in 承办单位."""
    return frozenset(w.text for w in words("fields") if w.cls == "task")


@cache
def tasks_tuple() -> tuple[str, ...]:
    """The words of ``tasks`` as str.endswith takes them."""
    return tuple(sorted(tasks()))


@cache
def class_modifiers() -> re.Pattern[str]:
    """What narrows an institution down to a class: 二级以上综合 in 二级以上综合医院."""
    modifier, field = fragment("words:fields:modifier"), fragment("words:fields:field")
    return compiled(f"(?:{fragment('grade')}|{modifier}|{field})+")


@cache
def phrase() -> re.Pattern[str]:
    """What shows that a long name of one body is a phrase."""
    return compiled(fragment("no_part_of_name") + r"|(?<!第)(?:\d+|[一二两三四五六七八九十])(?:个|条|项|家|所|名)|要求")


@cache
def deed_start() -> re.Pattern[str]:
    """A verb or an adverb that begins a phrase, not a name."""
    verb, manner = fragment("words:duty_verbs:verb"), fragment("words:duty_verbs:manner")
    return compiled(f"(?:{verb}|{manner}|组织)(?![性型化者式])")


@cache
def deeds() -> tuple[str, ...]:
    """The verbs that charge a body, as str.endswith takes them."""
    return (*(w.text for w in words("duty_verbs") if w.cls == "verb"), "承担", "参加")


@cache
def prepositions() -> re.Pattern[str]:
    """What no name holds inside."""
    return compiled(fragment("no_part_of_name"))


@cache
def contexts() -> dict[str, str]:
    """Words that charge the body after them with nothing, and why."""
    return {w.text: w.cls for w in words("unit_contexts")}


@cache
def context_start() -> re.Pattern[str]:
    """One of ``contexts`` at the beginning."""
    return compiled(fragment("words:unit_contexts"))


@cache
def field_start() -> re.Pattern[str]:
    """A field of work at the beginning."""
    return compiled(fragment("words:fields:field"))


@cache
def context_inside() -> re.Pattern[str]:
    """One of the longer ``contexts``, or a preposition, inside a phrase."""
    long = sorted(
        (w.text for w in words("unit_contexts") if len(w.text) > 1 and w.text not in tasks()),
        key=lambda w: (-len(w), w),
    )
    return compiled("|".join(long) + "|" + fragment("no_part_of_name"))


def head_of(name: str) -> str | None:
    """The longest head that the name ends in, or None."""
    known = heads()
    for size in range(min(_LONGEST_HEAD, len(name)), 0, -1):
        if name[-size:] in known:
            return name[-size:]
    return None


def ends_in_head(text: str, start: int = 0, end: int | None = None) -> bool:
    """Whether a piece of the text ends in a word of ``heads``."""
    return _ends_in(heads_by_end(), text, start, len(text) if end is None else end)


def ends_in_no_body(text: str) -> bool:
    """Whether the text ends in a word of ``not_bodies``."""
    return _ends_in(_not_bodies_by_end(), text, 0, len(text))


def _ends_in(by_end: Mapping[str, tuple[str, ...]], text: str, start: int, end: int) -> bool:
    return end > start and text.endswith(by_end.get(text[end - 1], ()), start, end)


@cache
def heads_by_end() -> dict[str, tuple[str, ...]]:
    """The words of ``heads`` by their last character."""
    return _by_end(heads())


@cache
def _not_bodies_by_end() -> dict[str, tuple[str, ...]]:
    return _by_end(not_bodies())


def _by_end(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The words by their last character: a handful is tried where hundreds would be."""
    by_end: dict[str, tuple[str, ...]] = {}
    for word in words:
        by_end[word[-1]] = (*by_end.get(word[-1], ()), word)
    return by_end
