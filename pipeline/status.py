"""What an output folder holds and how its last runs went, in a few lines; what jumped from one night to the next."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline import runlog
from pipeline.folder import PRIVATE, read_json
from pipeline.load import SnapshotError, metadata, open_snapshot

NIGHTS, LEAST_NIGHTS = 14, 3  # runs before with which the last one is compared, at most and at least
# A share that is more than so many times the usual one, and more than so much in absolute terms, is worth a look.
JUMP, LEAST = 1.5, 0.02
# Until there are nights enough to compare with, a larger share of rejects is worth a look by itself.
MANY_REJECTS = 0.2


def report(folder: Path) -> tuple[str, bool]:
    """The state in a few lines, and whether all is well. Raises SnapshotError where there are no tables of one run."""
    records = runlog.read(folder / "runs.jsonl")
    lines, well = [], True
    with open_snapshot(folder) as files:
        counts = {name: sum(part.metadata.num_rows for part in parts) for name, parts in files.items()}
        about = metadata(next(iter(files.values()))[0])
    lines.append(f"快照 snapshot   {about.get('snapshot_id')}  规则 ruleset {about.get('ruleset')}")
    lines.append("行数 rows       " + ", ".join(f"{name} {count}" for name, count in counts.items()))
    if records:
        last = records[-1]
        lines.append(f"上次 last run   {_told(last)}")
        if last.get("result") in ("failed", "killed", "interrupted"):
            well = False
            good = next((r for r in reversed(records) if "in" in r), None)
            lines.append(f"上次成功 last good  {_told(good) if good else 'none'}")
    else:
        lines.append("上次 last run   no run is on record")
    lines.extend(f"注意 look       {jump}" for jump in jumps(records))
    holder = read_json(folder / PRIVATE / "holder.json")
    if holder:
        lines.append(
            f"进行 running    process {holder['pid']} on {holder['host']}, since {holder['started']}, or killed"
        )
    return "\n".join(lines) + "\n", well and not jumps(records)


def _told(record: Mapping[str, Any]) -> str:
    if "in" not in record:
        return f"{record['started']}  {record['result']}  {record.get('error', '')}".rstrip()
    actions = ", ".join(f"{name} {count}" for name, count in record["actions"].items())
    return (
        f"{record['started']}  {record['result']}  {record['seconds']:.1f} s  "
        f"in {record['in']} = out {record['out']} + rejected {record['rejected']}  ({actions})"
    )


def jumps(records: list[dict[str, Any]]) -> list[str]:
    """One sentence for each share of rejects or of gaps that the last run raised far above the nights before.

    A share is of the inputs for rejects, and of the rows of `items` and `targets` for gaps, lest a folder that grows
    should look like one that gets worse. With fewer than three nights before, more than a fifth of the inputs rejected
    is named; that a run rejects all of them always is.
    """
    done = [record for record in records if "in" in record][-NIGHTS - 1 :]
    if not done:
        return []
    *before, last = done
    found = []
    share = last["rejected"] / max(1, last["in"])
    if share == 1:
        found.append(f"rejected: all {last['in']} inputs")
    elif len(before) < LEAST_NIGHTS and share > MANY_REJECTS:
        found.append(f"rejected: {share:.1%} of {last['in']} inputs")
    if len(before) < LEAST_NIGHTS:
        return found
    for name, share in _shares(last).items():
        usual = sorted(_shares(record).get(name, 0.0) for record in before)[len(before) // 2]
        if share - usual > LEAST and share > JUMP * usual and not (name == "rejected" and share == 1):
            found.append(f"{name}: {share:.1%}, on the nights before {usual:.1%}")
    if last["in"] < before[-1]["in"] / 2:
        found.append(f"inputs: {last['in']}, the night before {before[-1]['in']}")
    return found


def _shares(record: Mapping[str, Any]) -> dict[str, float]:
    rows = record["rows"]
    base = max(1, rows.get("items", 0) + rows.get("targets", 0))
    shares = {"rejected": record["rejected"] / max(1, record["in"])}
    return shares | {f"gaps {kind}": count / base for kind, count in record["gaps"].items()}


__all__ = ["SnapshotError", "jumps", "report"]
