"""What both ways of naming a quantity need: where a phrase stops being one."""

from __future__ import annotations

import re

#: A phrase that names something is looked for within so many characters of the number.
MAX = 60
EDGE = " 、，+：:·-~*_的"
GENERIC = 2
#: Words that point at a list and name nothing.
POINTING = ("以下", "如下", "下", "下列")
_PAIRED = re.compile(r"[()“”《》\[\]]")


def quoted(phrase: str, at: int) -> bool:
    """Whether the place is inside “…”, 《…》 or (…)."""
    return any(phrase.rfind(o, 0, at) > phrase.rfind(c, 0, at) for o, c in ("“”", "《》", "()"))


def closed(phrase: str, open_end: bool = False) -> str:
    """The phrase up to a bracket or quote that it does not open or close.

    With ``open_end`` a quote that nothing closes before the number is a slip of the source and stays.
    """
    if not _PAIRED.search(phrase):
        return phrase
    for o, c in ("()", "“”", "《》", "[]"):
        opened, closed = phrase.count(o), phrase.count(c)
        if closed > opened:
            phrase = phrase[: phrase.find(c)]
        elif opened > closed:
            at = phrase.rfind(o)
            if not (open_end and o == "“"):
                phrase = phrase[:at]
            elif at < GENERIC:
                phrase = phrase[at + 1 :]
    return phrase
