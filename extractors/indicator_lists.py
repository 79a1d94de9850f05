"""Names that several values share: `A、B和C增加值分别增长6%、5%和4%`."""

from __future__ import annotations

import re

from extractors.indicator_rules import rules
from extractors.pieces import Piece, Words

#: A name that ends so needs no tail from the last of its list.
_COMPLETE = "率比量数额值费入次资度积润款金位"
_JOINER = re.compile("、|以及|[和及与]")


def shared(joint: str, count: int, words: Words) -> list[str] | None:
    """The parts of `A、B和C增加值`, as many as there are values, each with the tail that they share."""
    parts = _parts(joint, words)
    if len(parts) != count or count < 2:
        return None
    last = parts[-1]
    named = []
    for part in parts[:-1]:
        at = last.find(part[-1], 0, max(len(last) - 2, 0))
        if part[-1] in _COMPLETE:
            named.append(part)
        elif at >= 0:
            named.append(part + last[at + 1 :])
        elif match := rules().shared_tail.search(last):
            named.append(part + match[0])
        elif len(part) <= 3:
            named.append(part + last[len(part) :])
        else:
            return [joint] * count
    return [*named, last]


def _parts(joint: str, words: Words) -> list[str]:
    """The members of a list; 和, 及, 与 part it only where they are words of their own."""
    piece, parts, at = Piece(joint, words), [], 0
    for match in _JOINER.finditer(joint):
        if match[0] == "、" or piece.whole(match.start(), match.end()):
            parts.append(joint[at : match.start()])
            at = match.end()
    return [part for part in (*parts, joint[at:]) if part]
