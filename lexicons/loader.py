"""Load word lists (CSV) and patterns (YAML), refusing a bad file with file and line.

A word list ``words/NAME.csv`` has the columns ``word``, ``class`` and ``note``, perhaps others; it opens in a
spreadsheet. A pattern file ``patterns/NAME.yaml`` is a list of entries::

    - id: target.percent          # unique over all files; it is what the column `rule` shows
      pattern: '{number}[%％]'     # a regular expression; {NAME} is a fragment or a word list, see `fragment`
      examples: ['合格率[[达98%]]']   # the match must be exactly what stands in [[ ]]; without brackets, some match
      counterexamples: ['98分']    # must not match
      literals: ['%', '％']         # where none of these stands there is no match: a cheap test before the pattern
      note: why the rule is there

An entry whose id begins with ``fragment.`` is a building block: ``{number}`` in another pattern stands for the entry
``fragment.number``. ``{words:NAME}`` and ``{words:NAME:CLASS}`` stand for an alternation of a word list, longest first.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import ahocorasick_rs
import yaml

from lexicons.alternation import compiled

ROOT = Path(__file__).parent
REFERENCE = re.compile(r"\{([a-z_]+(?::[a-z_]+){0,2})\}")
ENTRY_KEYS = {"id", "pattern", "examples", "counterexamples", "literals", "note"}


class LexiconError(Exception):
    """A fault in a lexicon file: the message names file, line and fault."""


@dataclass(frozen=True, slots=True)
class Word:
    """A row of a word list: the word, its class, every other column by name, and where it stands."""

    text: str
    cls: str
    extra: Mapping[str, str]
    where: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A rule: its id, the expanded expression and its compiled form, its examples, and where it stands."""

    id: str
    source: str
    examples: Sequence[str]
    counterexamples: Sequence[str]
    where: str
    literals: Sequence[str] = ()

    @property
    def regex(self) -> re.Pattern[str]:
        return _compile(self.source, self.where)


@cache
def _compile(source: str, where: str) -> re.Pattern[str]:
    try:
        return compiled(source)
    except re.error as error:
        raise LexiconError(f"{where}: the pattern does not compile: {error}") from error


@cache
def words(name: str) -> tuple[Word, ...]:
    """The rows of ``words/NAME.csv`` in file order. Raises LexiconError on an empty or doubled word."""
    path = ROOT / "words" / f"{name}.csv"
    if not path.exists():
        raise LexiconError(f"{path.relative_to(ROOT)}: there is no such word list")
    rows: list[Word] = []
    seen: dict[tuple[str, str], str] = {}
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        for column in ("word", "class"):
            if column not in (reader.fieldnames or ()):
                raise LexiconError(f"words/{path.name}:1: the column {column!r} is missing")
        for row in reader:
            where = f"words/{path.name}:{reader.line_num}"
            text, cls = (row["word"] or "").strip(), (row["class"] or "").strip()
            if not text:
                raise LexiconError(f"{where}: the word is empty")
            if None in row or None in row.values():
                raise LexiconError(f"{where}: the number of columns differs from the header's")
            if (text, cls) in seen:
                raise LexiconError(f"{where}: {text!r} stands already at {seen[text, cls]}")
            seen[text, cls] = where
            rows.append(Word(text, cls, {k: v for k, v in row.items() if k not in ("word", "class")}, where))
    return tuple(rows)


class _LineLoader(yaml.CSafeLoader):
    """A safe YAML loader whose mappings carry their line."""


def _mapping_with_line(loader: _LineLoader, node: yaml.MappingNode) -> dict[str, Any]:
    entry: dict[str, Any] = loader.construct_mapping(node, deep=True)  # type: ignore[assignment]
    entry["__line__"] = node.start_mark.line + 1
    return entry


_LineLoader.add_constructor("tag:yaml.org,2002:map", _mapping_with_line)


@cache
def _entries() -> dict[str, tuple[dict[str, Any], str]]:
    """All pattern entries by id, with where they stand."""
    found: dict[str, tuple[dict[str, Any], str]] = {}
    for path in sorted((ROOT / "patterns").glob("*.yaml")):
        name = f"patterns/{path.name}"
        try:
            entries = yaml.load(path.read_text(encoding="utf-8"), _LineLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise LexiconError(f"{name}:{line}: not valid YAML: {error.problem}") from error
        if not isinstance(entries, list):
            raise LexiconError(f"{name}:1: a pattern file is a list of entries")
        for entry in entries:
            if not isinstance(entry, dict):
                raise LexiconError(f"{name}:1: every entry is a mapping with id, pattern and examples")
            where = f"{name}:{entry.pop('__line__')}"
            _check_shape(entry, where)
            if entry["id"] in found:
                raise LexiconError(f"{where}: the id {entry['id']!r} stands already at {found[entry['id']][1]}")
            found[entry["id"]] = (entry, where)
    return found


def _check_shape(entry: dict[str, Any], where: str) -> None:
    unknown = set(entry) - ENTRY_KEYS
    if unknown:
        raise LexiconError(f"{where}: unknown key {sorted(unknown)[0]!r}")
    for key in ("id", "pattern"):
        if not isinstance(entry.get(key), str) or not entry[key]:
            raise LexiconError(f"{where}: {key!r} must be a text")
    for key in ("examples", "counterexamples", "literals"):
        value = entry.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise LexiconError(f"{where}: {key!r} must be a list of texts")


def _alternation(items: Sequence[str]) -> str:
    return "(?:" + "|".join(re.escape(w) for w in sorted(set(items), key=lambda w: (-len(w), w))) + ")"


@cache
def fragment(name: str) -> str:
    """The expanded expression of ``{NAME}``: a ``fragment.NAME`` entry, or ``words:LIST[:CLASS]`` as an alternation."""
    if name.startswith("words:"):
        _, list_name, *cls = name.split(":")
        chosen = [w.text for w in words(list_name) if not cls or w.cls == cls[0]]
        if not chosen:
            raise LexiconError(f"words/{list_name}.csv: no word of class {cls[0]!r}")
        return _alternation(chosen)
    found = _entries().get(f"fragment.{name}")
    if found is None:
        raise LexiconError(f"there is no pattern 'fragment.{name}'")
    if name in _expanding:
        circle = " → ".join([*_expanding[_expanding.index(name) :], name])
        raise LexiconError(f"{found[1]}: 'fragment.{name}' stands inside itself: {circle}")
    _expanding.append(name)
    try:
        return f"(?:{_expand(*found)})"
    finally:
        _expanding.pop()


#: The fragments that are being expanded, the outermost first.
_expanding: list[str] = []


def _expand(entry: dict[str, Any], where: str) -> str:
    def replace(match: re.Match[str]) -> str:
        try:
            return fragment(match[1])
        except LexiconError as error:
            raise LexiconError(f"{where}: {{{match[1]}}}: {error}") from error

    return REFERENCE.sub(replace, entry["pattern"])


@cache
def patterns(prefix: str) -> tuple[Pattern, ...]:
    """The patterns whose id is PREFIX or begins with ``PREFIX.``, in file order, with references expanded."""
    return tuple(
        Pattern(
            id_,
            _expand(entry, where),
            entry.get("examples", ()),
            entry.get("counterexamples", ()),
            where,
            entry.get("literals", ()),
        )
        for id_, (entry, where) in _entries().items()
        if id_ == prefix or id_.startswith(prefix + ".")
    )


@cache
def rule(name: str) -> re.Pattern[str]:
    """The compiled expression of the one pattern with this id. Raises LexiconError where there is none."""
    for pattern in patterns(name):
        if pattern.id == name:
            return pattern.regex
    raise LexiconError(f"there is no pattern {name!r}")


def pattern_ids() -> list[str]:
    """The ids of all patterns, in the order of their files."""
    return list(_entries())


def word_lists() -> list[str]:
    """The names of all word lists, sorted."""
    return sorted(path.stem for path in (ROOT / "words").glob("*.csv"))


@cache
def automaton(name: str, *classes: str) -> ahocorasick_rs.AhoCorasick:
    """An Aho-Corasick automaton over a word list, leftmost-longest. Ask it for strings: offsets cost a pass more."""
    return ahocorasick_rs.AhoCorasick(
        [w.text for w in words(name) if not classes or w.cls in classes],
        matchkind=ahocorasick_rs.MatchKind.LeftmostLongest,
        store_patterns=True,
        implementation=ahocorasick_rs.Implementation.DFA,
    )


def lexicon_files() -> list[Path]:
    """Every data file of the lexicon, sorted."""
    return sorted([*(ROOT / "words").glob("*.csv"), *(ROOT / "patterns").glob("*.yaml")])
