"""Alternations of words as the engine reads them fastest: what several words begin with is tried once.

`re` tries the words of an alternation one by one. `推进|推动|开展|推广` matches what `推(?:进|动|广)|开展` does: only
words with the same first character can match at one place, and these keep their order. Where many begin differently, a
look at the next character tells first whether any can match.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

LEAST_WORDS = 4
#: So many words that begin differently are worth a look at whether one of them can begin here at all.
LEAST_HEADS = 12
_CHARACTER = r"(?:\\\W|[^\\()\[\]{}|.^$*+?])"
# A group with nothing but words in it; inside a lookbehind all would have to stay of one length.
_GROUP = re.compile(rf"(?<!\\)\((\?:|\?P<\w+>|\?[=!])?({_CHARACTER}+(?:\|{_CHARACTER}+){{{LEAST_WORDS - 1},}})\)")
_CHARACTERS = re.compile(_CHARACTER)
#: What stands before the first words of an expression: there a search looks by itself for what they begin with.
_OPENING = re.compile(r"(?:\((?:\?:|\?P<\w+>)?)*")


def compiled(source: str) -> re.Pattern[str]:
    """The compiled expression, with the words of its alternations gathered. Raises re.error."""
    return re.compile(gathered(source))


def gathered(source: str) -> str:
    """The expression with every group of words gathered by what they begin with; it matches the same."""
    return _GROUP.sub(_gathered_group, source)


def _gathered_group(group: re.Match[str]) -> str:
    words = [_CHARACTERS.findall(word) for word in group[2].split("|")]
    heads = sorted({word[0] for word in words})
    tried = _tried_in_order(words)
    if len(heads) >= LEAST_HEADS and not _OPENING.fullmatch(group.string, 0, group.start()):
        tried = f"(?=[{''.join(h if len(h) > 1 else re.escape(h) for h in heads)}])(?:{tried})"
    return f"({group[1] or ''}{tried})"


def _tried_in_order(words: Iterable[list[str]]) -> str:
    """The words, each a list of characters, as alternatives; an empty one parts those before it from those behind."""
    alternatives: list[str] = []
    tails: dict[str, list[list[str]]] = {}
    for word in [*words, []]:
        if word:
            tails.setdefault(word[0], []).append(word[1:])
            continue
        alternatives += [head + _tail(rest) for head, rest in tails.items()]
        alternatives.append("")
        tails = {}
    return "|".join(alternatives[:-1])


def _tail(words: list[list[str]]) -> str:
    if len(words) == 1:
        return "".join(words[0])
    return f"(?:{_tried_in_order(words)})"
