"""Scores as Markdown: the tables of docs/scores.md, written anew between their marks.

python tests/gate_report.py [--shared DIRECTORY]    measure and write them (a few minutes)
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import gate
from noises import NOISES, Document, own_documents, shared_documents, write

from pipeline import score
from pipeline.run import Options, run

PAGE = Path(__file__).parent.parent / "docs" / "scores.md"
Tallies = Mapping[str, score.Tally]


def rows(name: str, found: Mapping[str, gate.Figures]) -> list[str]:
    """A Markdown table of the measurements of `own` or `shared`."""
    mine = {key.partition("/")[2]: figures for key, figures in found.items() if key.startswith(f"{name}/")}
    shown = {key.replace("/", ": ").replace("_", " "): figures for key, figures in mine.items()}
    kinds = list(next(iter(mine.values())))
    lines = [f"| | {' | '.join(kinds)} |", "| --- |" + " ---: |" * len(kinds)]
    return lines + [_line(key, [figures[kind] for kind in kinds]) for key, figures in shown.items()]


def _line(name: str, figures: Sequence[float]) -> str:
    return f"| {name} | " + " | ".join(f"{figure:.3f}" for figure in figures) + " |"


def by_document(documents: Sequence[Document], noises: Sequence[str]) -> list[str]:
    """A Markdown table with two lines a document: clean, and over all noisy copies of it together."""
    clean = _tallies(documents, None)
    noisy = [_tallies(documents, noise) for noise in noises]
    lines = [f"| | {' | '.join(score.KINDS)} |", "| --- |" + " ---: |" * len(score.KINDS)]
    for document in documents:
        name = Path(document.name).stem
        lines.append(_line(name, [_f1([clean[document.name][kind]]) for kind in score.KINDS]))
        if noises:
            figures = [_f1([tallies[document.name][kind] for tallies in noisy]) for kind in score.KINDS]
            lines.append(_line(f"{name}, noisy", figures))
    return lines


def _f1(tallies: Sequence[score.Tally]) -> float:
    total = sum(tally.gold + tally.pred for tally in tallies)
    return 2 * sum(tally.right for tally in tallies) / total if total else 1.0


def _tallies(documents: Sequence[Document], noise: str | None) -> dict[str, Tallies]:
    with TemporaryDirectory() as folder:
        texts, gold = write(documents, noise, Path(folder))
        tables = Path(folder) / "tables"
        run([str(texts)], tables, Options())
        return {d.name: score.score(tables, [file])[0] for d, file in zip(documents, gold, strict=True)}


def replaced(page: str, name: str, lines: Sequence[str]) -> str:
    """The page with the table between its marks `<!-- NAME -->` and `<!-- /NAME -->` written anew."""
    text = "\n".join(lines)
    new, count = re.subn(rf"(?s)(<!-- {name} -->\n).*?(<!-- /{name} -->)", lambda m: f"{m[1]}{text}\n{m[2]}", page)
    if not count:
        raise SystemExit(f"docs/scores.md has no mark <!-- {name} -->")
    return new


def main() -> int:
    """Measure and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=None)
    options = parser.parse_args()
    own, shared = own_documents(), shared_documents(options.shared) if options.shared else []
    found = gate.table(own, shared, list(NOISES))
    page = PAGE.read_text(encoding="utf-8")
    for name, documents in (("own", own), ("shared", shared)):
        if documents:
            page = replaced(page, name, rows(name, found))
            page = replaced(page, f"{name}-documents", by_document(documents, list(NOISES)))
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
