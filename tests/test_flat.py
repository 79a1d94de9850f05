"""The memory of a night does not grow with the sources that are known: told by blocks of Python's own, by no clock."""

from __future__ import annotations

import gc
import hashlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline import groups, publish
from pipeline.fingerprint import Fingerprint
from pipeline.folder import OutputFolder
from pipeline.marks import Marks
from pipeline.read import Entry, Source, read
from pipeline.run import Settings, run
from pipeline.slices import Slice, Stretch
from pipeline.stages import Pipeline
from pipeline.tables import Rows, to_batch

PLAN = (
    "水务局{}年工作要点\n一、主要目标\n年底前，新建泵站{}座，自来水普及率达到95%以上。（责任单位：县水务局、财政局）\n"
)
A_FOLDER = 50


def known(folder: Path, out: Path, count: int) -> None:
    """So many files, and the snapshot that a run over them leaves, without reading them."""
    pipeline = Pipeline()
    stretches: dict[str, list[dict[str, Any]]] = {name: [] for name in pipeline.tables}
    ends: dict[str, list[int]] = {name: [] for name in pipeline.tables}
    model: Rows | None = None
    for number in range(count):
        path = f"{number // A_FOLDER:03}/{number:05}.txt"
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(PLAN.format(2000 + number % 30, number), encoding="utf-8")
        digest, size = hashlib.sha256(file.read_bytes()).hexdigest(), file.stat().st_size
        new = Source(path, digest, size, "txt", "utf-8", None, "ok").source_id
        model = model or pipeline.rows(read(Entry(file, path)))
        old = model["sources"][0]["source_id"]
        for name, rows in model.items():
            stretches[name].extend(
                {key: value.replace(old, new) if isinstance(value, str) else value for key, value in row.items()}
                for row in rows
            )
            if rows:
                ends[name].append(len(stretches[name]))
        stretches["sources"][-1] |= {"path": path, "sha256": digest, "bytes": size}
    carried: list[Stretch] = [
        (name, Slice(to_batch(name, rows), 0, len(rows)), np.array(ends[name], np.int32))
        for name, rows in stretches.items()
    ]
    with OutputFolder(out).hold("") as held, publish.Publisher(held, pipeline.ruleset, pipeline.tables) as publisher:
        publisher.carry(carried)
        publisher.finish()
        publisher.publish({})


def most_held(folder: Path, out: Path, actions: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> int:
    """The most blocks that Python held beyond those it began with, in a night that does these ``actions``."""
    gc.collect()
    before = most = sys.getallocatedblocks()
    taken = Marks.fingerprint

    def look(*_: object) -> None:
        nonlocal most
        most = max(most, sys.getallocatedblocks())

    def looked(self: Marks, entry: Entry) -> Fingerprint:
        look()
        return taken(self, entry)

    with monkeypatch.context() as patch:
        patch.setattr(Marks, "fingerprint", looked)
        assert dict(run([str(folder)], out, progress=look, settings=Settings(prune=True)).actions) == actions
    return most - before


def test_a_night_holds_nothing_for_each_known_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "ROWS_PER_GROUP", 100)
    monkeypatch.setattr(groups, "LOOKED_UP", 1)  # what many of them would hold is bounded, and no part of this
    counts = (20, 300, 1000)  # the first nights load what all need
    held = []
    for count in counts:
        folder, out = tmp_path / f"{count}", tmp_path / f"{count}.out"
        known(folder, out, count)
        none = most_held(folder, out, {"keep": count}, monkeypatch)
        (folder / "000" / "00007.txt").unlink()
        (folder / "000" / "00011.txt").rename(folder / "002.txt")
        (folder / "000" / "new.txt").write_text(PLAN.format(2030, count), encoding="utf-8")
        some = most_held(folder, out, {"keep": count - 2, "move": 1, "read": 1}, monkeypatch)
        held.append((none, some))
    for few, many in zip(held[1], held[2], strict=True):
        assert many - few < (counts[2] - counts[1]) / 2  # not one object for each
