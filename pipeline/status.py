"""What an output folder holds and how its last runs went, in a few lines; what a night watch should look at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median_high
from typing import Any

from pipeline import runlog
from pipeline.folder import OutputFolder
from pipeline.inputs import PRIVATE
from pipeline.load import SnapshotError, open_snapshot
from pipeline.snapshot import published

NIGHTS, LEAST_NIGHTS = 14, 3  # runs before with which the last one is compared, at most and at least
# A share that is more than so many times the usual one, and more than so much in absolute terms, is worth a look.
JUMP, LEAST = 1.5, 0.02
# Until there are nights enough to compare with, a larger share of rejects is worth a look by itself.
MANY_REJECTS = 0.2
FEW = 20  # rows, rejects or inputs below which chance is as good a reason as any
FALL = 0.8  # of the inputs or rows of the night before; fewer are worth a look
LATE = 2.5  # times the usual pause between two runs, where that is an hour at least

Record = Mapping[str, Any]


def report(folder: Path) -> tuple[str, bool]:
    """The state in a few lines, and whether all is well.

    Raises SnapshotError where the tables are not of one run, and where none are and no run has begun.
    """
    records = runlog.read(folder / "runs.jsonl")
    failed = bool(records) and "in" not in records[-1]
    holder, held = OutputFolder(folder).holder() if (folder / PRIVATE).is_dir() else (None, False)
    bare = (failed or holder) and not published(folder)
    lines = [
        *(["快照 snapshot   none: no run has published here yet"] if bare else _stands(folder)),
        f"上次 last run   {_told(records[-1]) if records else 'no run is on record'}",
    ]
    if failed:
        good = next((record for record in reversed(records) if "in" in record), None)
        lines.append(f"上次成功 last good  {_told(good) if good else 'none'}")
    elif records:
        lines.extend(_rejected(records[-1]))
    # What an earlier run noted need not hold any more.
    looks = [*jumps(records), *(records[-1].get("notes", ()) if records else ()), *late(records, datetime.now(UTC))]
    if holder:
        who = f"process {holder['pid']} on {holder['host']}, since {holder['started']}"
        if held:
            lines.append(f"进行 running    {who}")
        else:
            looks.append(f"a run died: {who}")
    lines.extend(f"注意 look       {look}" for look in looks)
    return "\n".join(lines) + "\n", not failed and not looks


def _stands(folder: Path) -> list[str]:
    """What is published."""
    with open_snapshot(folder) as files:
        counts = {name: sum(part.num_rows for part in parts) for name, parts in files.items()}
        about = next(iter(files.values()))[0].about
    return [
        f"快照 snapshot   {about.get('snapshot_id')}  规则 ruleset {about.get('ruleset')}",
        "行数 rows       " + ", ".join(f"{name} {count}" for name, count in counts.items()),
    ]


def _told(record: Record) -> str:
    if "in" not in record:
        return f"{record['started']}  {record['result']}  {record.get('error', '')}".rstrip()
    done = [f"{name} {count}" for name, count in record["actions"].items()]
    if record.get("dropped"):
        done.append(f"dropped {record['dropped']}")
    return (
        f"{record['started']}  {record['result']}  {record['seconds']:.1f} s  "
        f"in {record['in']} = out {record['out']} + rejected {record['rejected']}  ({', '.join(done)})"
    )


def _rejected(record: Record) -> list[str]:
    """Some of the sources that are rejected, those of the last run first, and how many more there are."""
    named = record.get("rejected_first", [])
    lines = [f"拒绝 rejected   {said if path in said else f'{path}: {said}'}" for path, said in named]
    more = record["rejected"] - len(named)
    return [*lines, f"拒绝 rejected   … {more} more: see `error` in sources"] if named and more > 0 else lines


def late(records: list[dict[str, Any]], now: datetime) -> list[str]:
    """A sentence where runs used to come regularly and none has begun for long."""
    starts = [datetime.fromisoformat(record["started"]) for record in records if "started" in record][-NIGHTS - 1 :]
    if len(starts) <= LEAST_NIGHTS:
        return []
    usual = median_high(after - before for before, after in pairwise(starts))
    if usual < timedelta(hours=1) or now - starts[-1] < LATE * usual:
        return []
    hours = usual.total_seconds() / 3600
    return [f"no run since {starts[-1].isoformat(timespec='seconds')}, one in {hours:.0f} hours before"]


def jumps(records: list[dict[str, Any]]) -> list[str]:
    """One sentence for each share of rejects, texts without a plan or gaps that the last run raised far above before.

    A share is of the inputs, that of gaps of the rows of `items` and `targets`, lest a folder that grows should look
    like one that gets worse; and of what was read tonight alone, lest some bad new files should vanish among many old
    ones. With fewer than three nights before, more than a fifth rejected is named; that all are rejected always is.
    """
    done = [record for record in records if "in" in record][-NIGHTS - 1 :]
    if not done:
        return []
    *before, last = done
    found = []
    whole, tonight = _shares(last), _shares_tonight(last)
    rejected = whole["rejected"]
    if rejected == 1:
        found.append(f"rejected: all {last['in']} inputs")
    elif len(before) < LEAST_NIGHTS and rejected > MANY_REJECTS:
        found.append(f"rejected: {rejected:.1%} of {last['in']} inputs")
    elif len(before) < LEAST_NIGHTS and tonight.get("rejected", 0.0) > MANY_REJECTS:
        found.append(f"rejected: {tonight['rejected']:.1%} of what was read tonight")
    if before:
        found.extend(_falls(before[-1], last))
    if len(before) < LEAST_NIGHTS:
        return found
    for name in {**whole, **tonight}:
        usual = sorted(_shares(record).get(name, 0.0) for record in before)[len(before) // 2]
        if name == "rejected" and rejected == 1:
            continue
        if _jumped(whole.get(name, 0.0), usual):
            found.append(f"{name}: {whole[name]:.1%}, on the nights before {usual:.1%}")
        elif _jumped(tonight.get(name, 0.0), usual):
            found.append(f"{name}: {tonight[name]:.1%} of what was read tonight, on the nights before {usual:.1%}")
    return found


def _jumped(share: float, usual: float) -> bool:
    return share - usual > LEAST and share > JUMP * usual


def _shares(record: Record) -> dict[str, float]:
    """Rejects, texts without a plan and gaps by kind in the folder as a whole."""
    rows, inputs = record["rows"], max(1, record["in"])
    base = max(1, rows.get("items", 0) + rows.get("targets", 0))
    shares = {"rejected": record["rejected"] / inputs, "no_plan": record.get("statuses", {}).get("no_plan", 0) / inputs}
    return shares | {f"gaps {kind}": count / base for kind, count in record["gaps"].items()}


def _shares_tonight(record: Record) -> dict[str, float]:
    """The same of the sources that this run read; nothing where they are too few to tell."""
    work = record.get("tonight")
    if not work:
        return {}
    statuses, sources = work["statuses"], sum(work["statuses"].values())
    rows = work["rows"].get("items", 0) + work["rows"].get("targets", 0)
    shares = {}
    if sources >= FEW:
        shares = {name: statuses.get(name, 0) / sources for name in ("rejected", "no_plan")}
    if rows >= FEW:
        shares |= {f"gaps {kind}": count / rows for kind, count in work["gaps"].items() if count >= FEW}
    return shares


def _falls(before: Record, last: Record) -> list[str]:
    """Inputs, or where they are as many as before rows of a table, that have become fewer."""
    if _fell(before["in"], last["in"]):
        return [f"inputs: {last['in']}, the night before {before['in']}"]
    return [
        f"{table}: {last['rows'][table]} rows, the night before {count}"
        for table, count in before["rows"].items()
        if table != "gaps" and table in last["rows"] and _fell(count, last["rows"][table])
    ]


def _fell(before: int, now: int) -> bool:
    return now < before * (FALL if before >= FEW else 0.5)


__all__ = ["SnapshotError", "jumps", "late", "report"]
