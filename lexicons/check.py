"""Prove every pattern against its examples and every word list against its shape."""

from __future__ import annotations

import re

import regex

from lexicons.loader import ROOT, LexiconError, Pattern, _entries, patterns, words

REPEATS, LONGEST = 40, 1000  # how often an example is strung together, and up to how many characters
PATIENCE = 2.0  # seconds
MARKED = re.compile(r"\[\[(.*?)\]\]", re.S)


def check() -> list[str]:
    """Every fault of the lexicon, one sentence each with file and line; empty when all is well."""
    faults: list[str] = []
    for path in sorted((ROOT / "words").glob("*.csv")):
        try:
            words(path.stem)
        except LexiconError as error:
            faults.append(str(error))
    try:
        ids = list(_entries())
    except LexiconError as error:
        return [*faults, str(error)]
    for id_ in ids:
        try:
            (pattern,) = (p for p in patterns(id_) if p.id == id_)
            faults.extend(_prove(pattern))
        except LexiconError as error:
            faults.append(str(error))
    return faults


def counts() -> str:
    """One line on what was proved."""
    entries = _entries()
    examples = sum(len(e.get("examples", ())) + len(e.get("counterexamples", ())) for e, _ in entries.values())
    lists = sorted((ROOT / "words").glob("*.csv"))
    total = sum(len(words(path.stem)) for path in lists)
    return (
        f"{len(entries)} patterns hold on {examples} examples; {len(lists)} word lists with {total} words are in shape."
    )


def _runs_away(pattern: Pattern) -> bool:
    """Whether the pattern backtracks without end: tried with an engine that can be stopped, which `re` cannot."""
    stoppable = regex.compile(pattern.source)
    for example in [*pattern.examples, *pattern.counterexamples]:
        text = MARKED.sub(r"\1", example) * REPEATS
        try:
            for _ in stoppable.finditer(text[:LONGEST], timeout=PATIENCE):
                pass
        except TimeoutError:
            return True
    return False


def _prove(pattern: Pattern) -> list[str]:
    _ = pattern.regex  # refuses an expression that does not compile
    if _runs_away(pattern):
        return [f"{pattern.where}: {pattern.id} takes more than {PATIENCE:g} s on its examples strung together"]
    faults = []
    if not pattern.examples:
        faults.append(f"{pattern.where}: {pattern.id} has no example")
    for example in pattern.examples:
        text, wanted = MARKED.sub(r"\1", example), MARKED.findall(example)
        got = [m[0] for m in pattern.regex.finditer(text)]
        if wanted and got != wanted:
            faults.append(f"{pattern.where}: {pattern.id} finds {got} in {text!r}, not {wanted}")
        elif not got:
            faults.append(f"{pattern.where}: {pattern.id} does not match its example {text!r}")
        if pattern.literals and not any(literal in text for literal in pattern.literals):
            faults.append(f"{pattern.where}: {pattern.id} has no literal that stands in its example {text!r}")
    for example in pattern.counterexamples:
        hit = pattern.regex.search(example)
        if hit:
            faults.append(f"{pattern.where}: {pattern.id} matches {hit[0]!r} in its counterexample {example!r}")
    return faults
