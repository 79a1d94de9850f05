"""Names that several values share: `A、B和C增加值分别增长6%、5%和4%`."""

from __future__ import annotations

import re

from extractors.indicator_rules import rules
from extractors.pieces import Piece, Words

#: A name that ends so needs no tail from the last of its list.
_COMPLETE = "率比量数额值费入次资度积润款金位耗"
_RATIO = re.compile(r"(?<=.)(?:占比|比重|比例|覆盖率)$")
_JOINER = re.compile("、|以及|[和及与]")


def shared(joint: str, count: int, words: Words, lent: str = "") -> list[str] | None:
    """The parts of `A、B和C增加值`, as many as there are values, each with the tail that they share.

    ``lent`` is a tail that stands apart: `A、B分别实现产值`.
    """
    parts = _parts(joint, words)
    if len(parts) != count or count < 2:
        return None
    if lent:
        return [part + lent for part in parts]
    last = parts[-1]
    tail = _tail(last, words)
    named = []
    for part in parts[:-1]:
        at = last.find(part[-1], 0, max(len(last) - 2, 0))
        if (ratio := _RATIO.search(last)) and last[ratio.start() - 1] == part[-1] and "占" not in last[: ratio.start()]:
            named.append(part + ratio[0])
        elif part[-1] in _COMPLETE or part[-1] == last[-1]:
            named.append(part)
        elif at >= 0:
            named.append(part + last[at + 1 :])
        elif part[0] == last[0] == "第":
            named.append(part + last[len(part) :])
        elif tail:
            named.append(part + tail)
        elif len(part) == 1 or (len(part) <= 3 and not Piece(last, words).inside(len(part), loose=True)):
            named.append(part + last[len(part) :])
        else:
            return [joint] * count
    return [*named, last]


def _tail(last: str, words: Words) -> str:
    """What the last name of a list lends to the others: 吞吐量 of `集装箱吞吐量`."""
    if match := rules().shared_tail.search(last):
        return match[0]
    word = words(last)[-1]
    stem = last[: -len(word)]
    return word if word[-1] in _COMPLETE and len(word) > 1 and stem and stem[-1] != "总" else ""


def _parts(joint: str, words: Words) -> list[str]:
    """The members of a list; 和, 及, 与 part it only where they are words of their own."""
    piece, parts, at = Piece(joint, words), [], 0
    for match in _JOINER.finditer(joint):
        if match[0] == "、" or piece.whole(match.start(), match.end()):
            parts.append(joint[at : match.start()])
            at = match.end()
    return [part for part in (*parts, joint[at:]) if part]
