"""Score `yaodian parse --atoms` on other projects' public test suites.

    python -m bench.peers DIRECTORY                DIRECTORY holds the suites (*.jsonl) with score.py and adapt.py
    python -m bench.peers DIRECTORY --install      the same beside the tools themselves, run on the same cases

Each tool is installed with pip into an environment of its own, which is thrown away afterwards; none is a dependency.
The suites are data of others and no part of the project. What contradicts the definitions of the tables is listed by id
in peer_differences.csv with the reason; the figure without those cases stands beside the one over all.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

from bench.peer_runs import READS

HERE = Path(__file__).parent
ROOT = HERE.parent
# The suite, whether open sides are compared strictly, the goal in percent, and the best of the peers as published with
# the suites (None: not published).
SUITES: tuple[tuple[str, bool, float, str], ...] = (
    ("recognizers_percent", False, 99, "100 (Recognizers-Text)"),
    ("recognizers_range", False, 90, "0 (all)"),
    ("recognizers_datetime", True, 85, "44.8 (JioNLP)"),
    ("recognizers_dateperiod", False, 95, "92.7 (Recognizers-Text)"),
    ("jionlp_time", False, 90, "98.8 (JioNLP itself; next 24.2)"),
    ("recognizers_number", False, 97, "97–100 (Recognizers-Text, cn2an)"),
    ("cn2an_number", False, 97, "97–100 (Recognizers-Text, cn2an)"),
    ("itn_number", False, 97, "97–100 (Recognizers-Text, cn2an)"),
    ("jionlp_money", False, 95, "–"),
    ("recognizers_currency", False, 95, "–"),
)

# What pip installs for each tool; Recognizers-Text does not run with the newer versions of emoji that it asks for.
REQUIREMENTS = {
    "jionlp": ("jionlp==1.5.31",),
    "recognizers": ("recognizers-text-suite==1.0.2a2", "emoji==1.7.0"),
    "cn2an": ("cn2an==0.5.24",),
}


def differences() -> dict[str, set[str]]:
    """The ids of the known differences by suite."""
    found: dict[str, set[str]] = {}
    with (HERE / "peer_differences.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            found.setdefault(row["suite"], set()).add(row["id"])
    return found


def _module(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{file} cannot be read; the suites' folder holds score.py and adapt.py.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def predictions(folder: Path, suite: str) -> list[dict[str, Any]]:
    """What `yaodian parse --atoms` says of a suite, put into the suites' form by their own adapt.py."""
    text = (folder / f"{suite}.jsonl").read_bytes()
    parse = [sys.executable, str(ROOT / "cli.py"), "parse", "--atoms"]
    atoms = subprocess.run(parse, input=text, capture_output=True, check=True).stdout
    adapt = [sys.executable, str(folder / "adapt.py"), suite]
    adapted = subprocess.run(adapt, input=atoms, capture_output=True, check=True).stdout
    return [json.loads(line) for line in adapted.decode().splitlines()]


def side_by_side(folder: Path, names: Sequence[str] = tuple(REQUIREMENTS)) -> int:
    """Print the value accuracy of each tool beside ours, in percent; exit 1 where a tool could not be installed."""
    scoring = _module(folder / "score.py")
    columns: dict[str, dict[str, float]] = {}
    for name in names:
        with TemporaryDirectory() as place:
            python = _installed(name, Path(place))
            columns[name] = _accuracies(scoring, folder, name, python, Path(place)) if python else {}
    print(f"{'suite':26}{'values':>7}{'ours':>8}" + "".join(f"{name:>13}" for name in columns))
    for suite, strict, _, _ in SUITES:
        cases = scoring.load(folder / f"{suite}.jsonl")
        ours = scoring.score(cases, predictions(folder, suite), policy=True, strict_open=strict)
        cells = (f"{column[suite]:13.1f}" if suite in column else f"{'–':>13}" for column in columns.values())
        print(f"{suite:26}{ours['value_gold']:>7}{100 * ours['value_acc']:>8.1f}" + "".join(cells))
    print("  ".join(" ".join(REQUIREMENTS[name]) for name in columns))
    return 0 if all(columns.values()) else 1


def _installed(name: str, place: Path) -> Path | None:
    """The interpreter of a new environment with the tool, or None, said on standard error."""
    print(f"installing {' '.join(REQUIREMENTS[name])} …", file=sys.stderr)
    venv.create(place / "env", with_pip=True)
    python = place / "env" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--quiet", *REQUIREMENTS[name]]
    done = subprocess.run(pip, capture_output=True, text=True)
    if done.returncode:
        print(f"{name} cannot be installed here: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    return python


def _accuracies(scoring: ModuleType, folder: Path, name: str, python: Path, place: Path) -> dict[str, float]:
    found = {}
    for suite, strict, _, _ in SUITES:
        if suite not in READS[name]:
            continue
        out = place / f"{suite}.jsonl"
        run = [str(python), str(HERE / "peer_runs.py"), name, str(folder / f"{suite}.jsonl"), str(out)]
        subprocess.run(run, capture_output=True, check=True)
        cases = scoring.load(folder / f"{suite}.jsonl")
        figures = scoring.score(cases, scoring.load(out), policy=True, strict_open=strict)
        found[suite] = 100 * figures["value_acc"]
    return found


def main() -> int:
    """Print a line a suite; exit 1 where a goal is missed once the known differences are left out."""
    options = sys.argv[2:]
    if options not in ([], ["--install"]) or not (Path(*sys.argv[1:2]) / "score.py").exists():
        raise SystemExit(f"{__doc__}\nName a folder that holds the suites and their score.py.")
    folder = Path(sys.argv[1])
    if options:
        return side_by_side(folder)
    scoring, known = _module(folder / "score.py"), differences()
    missed = 0
    print(f"{'suite':26}{'values':>7}{'right %':>9}{'known':>7}{'without %':>11}{'goal':>6}  best of the peers")
    for suite, strict, goal, best in SUITES:
        cases, found = scoring.load(folder / f"{suite}.jsonl"), predictions(folder, suite)
        rest = [case for case in cases if case["id"] not in known.get(suite, set())]
        whole, ours = (scoring.score(part, found, policy=True, strict_open=strict) for part in (cases, rest))
        missed += 100 * ours["value_acc"] < goal
        print(
            f"{suite:26}{whole['value_gold']:>7}{100 * whole['value_acc']:>9.1f}{len(cases) - len(rest):>7}"
            f"{100 * ours['value_acc']:>11.1f}{goal:>6.0f}  {best}"
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
