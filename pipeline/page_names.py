"""The names that a page gives its text outside of it: of the file that a preview shows, in a card, by an editor."""

from __future__ import annotations

import re

from lexicons import patterns, rule
from pipeline.text import normalize

HEAD = 4000  # characters of a page in which its names stand


def names_of(raw: str) -> list[str]:
    """The names, normalized and without blanks, each once, in order; only such as sound like titles of plans."""
    head = normalize(raw[:HEAD])
    found: dict[str, None] = {}
    for pattern in patterns("page_name"):
        if any(literal in head for literal in pattern.literals):
            for match in pattern.regex.finditer(head):
                name = re.sub(r"\s+", "", match["name"])
                if rule("title.whole").search(name):
                    found[name] = None
    return list(found)
