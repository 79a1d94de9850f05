"""What looks like a quantified target and is none, each with the name of the rule that says so."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from extractors import glossaries
from extractors.mentions import Span
from extractors.pieces import Piece, Words
from extractors.quantities import Quantity
from extractors.sieve import Rules, Sieve
from lexicons.loader import patterns, rule

#: Titles and quotes by what opens them, each with the most characters it may hold.
_TITLES = {"《": (120, re.compile(r"《[^《》\n]{0,120}》"))}
_QUOTES = {"“": (30, re.compile(r"“[^“”\n]{1,30}”")), "「": (30, re.compile(r"「[^「」\n]{1,30}」"))}
#: Quotes that open as they close are told by their order in the text.
_STRAIGHT = re.compile(r"\"[^\"\n]{1,30}\"")
_NOUN = re.compile(r"[一-鿿]")
Enclosed = tuple[str, int, re.Pattern[str]]
_LENGTHS = ("天", "工作日")
#: Classes of quantities that are none in some forms.
_DOUBTED = frozenset(("score", "time", "amount", "weak", "bare"))
_COUNTED = ("count", "weak", "physical", "place")


@cache
def _sieve() -> Sieve:
    return Sieve({rule.id: rule.regex for rule in patterns("target.not")})


@dataclass(frozen=True, slots=True)
class Refuser:
    """The refusals of quantities of one text; ``rules`` are those that may match where the number of one begins."""

    text: str
    titles: list[Enclosed]
    quotes: list[Enclosed]
    straight: list[Span]
    words: Words | None
    rules: dict[int, Rules]
    explained: bool

    @classmethod
    def of(cls, text: str, quantities: Sequence[Quantity], words: Words | None = None) -> Refuser:
        titles, quotes = ([(o, *kind) for o, kind in kinds.items() if o in text] for kinds in (_TITLES, _QUOTES))
        straight = [m.span() for m in _STRAIGHT.finditer(text)]
        cores = [quantity.core for quantity in quantities]
        rules = dict(zip(cores, _sieve().at(text, cores), strict=True))
        return cls(text, titles, quotes, straight, words, rules, bool(glossaries.spans(text)))

    def reason(self, quantity: Quantity) -> str | None:
        """Why this quantity is no target, or None."""
        core = quantity.core
        if _within(self.titles, self.text, core):
            return "target.not.cited_title"
        if self.explained and glossaries.inside(self.text, core):
            return "target.not.glossary"
        reason = self._by_class(quantity)
        if reason is not None:
            return reason
        if _within(self.quotes, self.text, core) or _around(self.straight, core):
            return "target.not.quoted_name"
        reason = self._by_pattern(quantity)
        if reason is None and self._in_a_word(quantity):
            return "target.not.word"
        if reason == "target.not.grade" and quantity.levelled and not _NOUN.match(self.text, quantity.end):
            return None  # `预期寿命提高到80岁以上`
        return reason

    def _by_class(self, quantity: Quantity) -> str | None:
        text, core, cls = self.text, quantity.core, quantity.cls
        before, first = text[core - 1 : core], text[core]
        if before.isascii() and (before.isalnum() or before in (".", "/", "_")):
            return "target.not.code"
        if quantity.redacted and (cls == "tenths" or text.startswith("”", quantity.end)):
            return "target.not.word"
        if cls not in _DOUBTED:
            return None
        if cls == "score" and not quantity.levelled:
            return "target.not.word"
        if cls == "time" and not quantity.levelled and not self._is_length(quantity):
            return "target.not.duration"
        if cls == "amount" and first in "万亿" and not quantity.levelled:
            return "target.not.threshold"
        rough = quantity.bounded or quantity.redacted or "余" in self.text[quantity.core : quantity.end]
        if cls == "weak" and not first.isdigit() and not rough:
            return "target.not.word"
        if cls == "bare" and first in "十百千万亿" and not quantity.bounded:
            return "target.not.word"
        return None

    def _is_length(self, quantity: Quantity) -> bool:
        """`时限缩短3天`, `优良天数203天`: a length of time that is itself measured."""
        if quantity.unit not in _LENGTHS:
            return False
        named = rule("fragment.length_of_time").search(self.text, max(0, quantity.lead - 8), quantity.lead)
        return quantity.changed or named is not None

    def _in_a_word(self, quantity: Quantity) -> bool:
        """`三门峡`, `零部件`, `3.0方案`: the measure word is a part of a longer word."""
        text, core, end = self.text, quantity.core, quantity.end
        if self.words is None or quantity.cls not in _COUNTED or quantity.suffixed or not _NOUN.match(text, end):
            return False
        if len(quantity.unit.lstrip("万亿")) != 1:
            return False
        digits, loose = text[core].isdigit(), quantity.cls in ("weak", "place")
        if digits and not (loose or "." in text[core:end] or text[end - 2 : end - 1] == " "):
            return False
        begin = max(0, core - 2) if not digits else end - 1
        piece = Piece(text[begin : end + 4], self.words)
        return piece.inside(end - begin) and (digits or piece.inside(end - 1 - begin))

    def _by_pattern(self, quantity: Quantity) -> str | None:
        for name, regex in self.rules[quantity.core]:
            if regex.match(self.text, quantity.core):
                return name
        return None


def _within(kinds: list[Enclosed], text: str, at: int) -> bool:
    """Whether the place is in brackets or quotes of these kinds; none holds another of its kind."""
    for opening, longest, enclosed in kinds:
        begin = text.rfind(opening, max(0, at - longest), at)
        if begin >= 0 and (found := enclosed.match(text, begin)) is not None and found.end() > at:
            return True
    return False


def _around(spans: list[Span], at: int) -> Span | None:
    """The span that holds the place."""
    i = bisect_right(spans, (at, 1 << 60)) - 1
    return spans[i] if i >= 0 and at < spans[i][1] else None
