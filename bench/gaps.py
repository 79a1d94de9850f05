"""Gaps of tables per thousand characters of plan, by kind: what looks like a row and became none.

    python -m bench.gaps TABLES [TABLES …] [--sample N [--seed S]]

TABLES is the output of `yaodian extract`; of several the figures stand beside each other. `--sample` prints as many
random gaps of the last one, each in its sentence, for a person to read.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

import pyarrow.compute as pc

from pipeline.load import load_tables

KINDS = ("numbering", "percent", "quantity", "time", "unit")
AROUND = 30  # characters shown before and behind a gap


def rates(tables: Path) -> dict[str, tuple[float, float]]:
    """For each kind the gaps per thousand characters of plan text: all, and those that no rule refused."""
    loaded = load_tables(tables, ["plans", "gaps"], arrow=True)
    plans, gaps = loaded["plans"], loaded["gaps"]
    characters = pc.sum(pc.subtract(plans["end"], plans["start"])).as_py() or 1
    found = {}
    for kind in KINDS:
        of_kind = gaps.filter(pc.equal(gaps["kind"], kind))
        unknown = of_kind["reason"].null_count if "reason" in gaps.column_names else len(of_kind)
        found[kind] = (1000 * len(of_kind) / characters, 1000 * unknown / characters)
    return found


def sample(tables: Path, count: int, seed: int) -> list[str]:
    """So many random gaps as lines: kind, reason, and the gap between ⟦ ⟧ in its surroundings."""
    loaded = load_tables(tables, ["gaps", "texts", "plans"], arrow=True)
    texts = dict(zip(loaded["texts"]["source_id"].to_pylist(), loaded["texts"]["text"].to_pylist(), strict=True))
    sources = dict(zip(loaded["plans"]["plan_id"].to_pylist(), loaded["plans"]["source_id"].to_pylist(), strict=True))
    rows = loaded["gaps"].to_pylist()
    lines = []
    for row in random.Random(seed).sample(rows, min(count, len(rows))):
        text, start, end = texts[sources[row["plan_id"]]], row["start"], row["end"]
        shown = f"{text[max(0, start - AROUND) : start]}⟦{text[start:end]}⟧{text[end : end + AROUND]}"
        lines.append(f"{row['kind']:9} {row['reason'] or '-':32} {' '.join(shown.split())}")
    return lines


def main() -> int:
    """Print the rates, and the sample where one is wanted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="+", type=Path)
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    columns = [rates(folder) for folder in options.tables]
    print("gaps per thousand characters of plan: all (without a reason)")
    print(f"{'':12}" + "".join(f"{str(folder)[-20:]:>22}" for folder in options.tables))
    for kind in KINDS:
        print(f"{kind:12}" + "".join(f"{column[kind][0]:>13.3f} ({column[kind][1]:.3f})" for column in columns))
    for line in sample(options.tables[-1], options.sample, options.seed):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
