"""The gate: strict F1 by kind of row, by genre and under every noise, held against pinned floors.

python tests/gate.py                     print the table; exit 1 where a figure lies below its floor
python tests/gate.py --raise             pin what is better now (floors are never lowered here)
python tests/gate.py --shared DIRECTORY  measure annotated documents of DIRECTORY (gold, seeds, annotated) too
python tests/gate.py --clean             leave the noises out
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent))

from noises import HERE, NOISES, Document, own_documents, shared_documents, write

from pipeline import score
from pipeline.run import Options, run

FLOORS = HERE / "golden" / "gate.json"
WITHIN = 0.01  # what a noise may cost
Figures = dict[str, float]


def measure(documents: Sequence[Document], noise: str | None = None) -> Figures:
    """Strict F1 of each kind of row over the documents, under a noise or clean."""
    with TemporaryDirectory() as folder:
        texts, gold = write(documents, noise, Path(folder))
        tables = Path(folder) / "tables"
        run([str(texts)], tables, Options())
        tallies, _ = score.score(tables, gold)
    return {kind: tally.as_dict()["strict_f1"] for kind, tally in tallies.items()}


def table(own: Sequence[Document], shared: Sequence[Document], noises: Sequence[str]) -> dict[str, Figures]:
    """Every measurement by its name: `own/clean`, `own/genre/points`, `own/noise/pinyin`, `shared/…`."""
    found: dict[str, Figures] = {}
    for name, documents in (("own", own), ("shared", shared)):
        if not documents:
            continue
        found[f"{name}/clean"] = measure(documents)
        for genre in sorted({document.genre for document in documents}):
            found[f"{name}/genre/{genre}"] = measure([d for d in documents if d.genre == genre])
        for noise in noises:
            found[f"{name}/noise/{noise}"] = measure(documents, noise)
    return found


def below(found: dict[str, Figures], floors: dict[str, Figures]) -> list[str]:
    """A sentence for each figure below its floor."""
    return [
        f"{name}: {kind} is {figure:.4f}, its floor {floors[name][kind]:.4f}"
        for name, figures in found.items()
        for kind, figure in figures.items()
        if figure < floors.get(name, {}).get(kind, 0.0)
    ]


def costly(found: dict[str, Figures]) -> list[str]:
    """A sentence for each noise that costs more than ``WITHIN``."""
    return [
        f"{name}: {kind} is {figure:.4f}, clean {found[name.split('/')[0] + '/clean'][kind]:.4f}"
        for name, figures in found.items()
        if "/noise/" in name
        for kind, figure in figures.items()
        if figure < found[name.split("/")[0] + "/clean"][kind] - WITHIN
    ]


def raised(found: dict[str, Figures], floors: dict[str, Figures]) -> dict[str, Figures]:
    """The floors with what is better now, cut to three digits."""
    out = {name: dict(figures) for name, figures in floors.items()}
    for name, figures in found.items():
        for kind, figure in figures.items():
            row = out.setdefault(name, {})
            row[kind] = max(int(figure * 1000 + 1e-6) / 1000, row.get(kind, 0.0))
    return dict(sorted(out.items()))


def shown(found: dict[str, Figures]) -> str:
    """The table as text."""
    kinds = list(next(iter(found.values())))
    lines = [f"{'':34}" + "".join(f"{kind.replace('indicator', 'ind'):>15}" for kind in kinds)]
    lines += [f"{name:34}" + "".join(f"{figures[kind]:15.3f}" for kind in kinds) for name, figures in found.items()]
    return "\n".join(lines)


def main() -> int:
    """Measure, print, and refuse what lies below its floor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--raise", action="store_true", dest="pin")
    parser.add_argument("--shared", type=Path, default=None)
    parser.add_argument("--clean", action="store_true")
    options = parser.parse_args()
    shared = shared_documents(options.shared) if options.shared else []
    found = table(own_documents(), shared, [] if options.clean else list(NOISES))
    floors = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}
    print(shown(found))
    for sentence in costly(found):
        print(f"costs more than {WITHIN}: {sentence}")
    if options.pin:
        FLOORS.write_text(json.dumps(raised(found, floors), indent=1) + "\n", encoding="utf-8")
        return 0
    faults = below(found, floors)
    for sentence in faults:
        print(f"below its floor: {sentence}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
