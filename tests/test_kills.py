"""Runs that are killed, find the disk full or the folder closed: what was published stays, and the next run goes on.

YAODIAN_KILLS sets how often a run is killed (8 by default).
"""

from __future__ import annotations

import json
import multiprocessing
import os
import queue
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from test_nightly import digests, fresh, plan

from pipeline import load_tables, snapshot
from pipeline.folder import PublishError
from pipeline.publish import SnapshotDigest
from pipeline.run import Settings, run
from pipeline.tables import SCHEMAS

KILLS = int(os.environ.get("YAODIAN_KILLS", "8"))
PRUNE = Settings(prune=True)

posix = pytest.mark.skipif(os.name == "nt", reason="needs processes that can be killed and limited")


def check_whole(tables: dict[str, pa.Table]) -> str:
    """All tables are of one snapshot, and the snapshot is what its identifier says. Returns the identifier."""
    (found,) = {table.schema.metadata[b"snapshot_id"].decode() for table in tables.values()}
    sources = tables["sources"].to_pylist()
    digest = SnapshotDigest(tables["sources"].schema.metadata[b"ruleset"].decode())
    for row in sources:
        digest.add(row)
    assert digest.metadata()["snapshot_id"] == found
    owners = {row["source_id"] for row in sources}
    for name, table in tables.items():
        assert table.schema.remove_metadata() == SCHEMAS[name]
        if "plan_id" in table.schema.names:
            assert {plan_id.split(".")[0] for plan_id in table.column("plan_id").to_pylist()} <= owners
    return str(found)


def change(inputs: Path, chance: random.Random) -> None:
    for _ in range(3):
        (inputs / f"{chance.randrange(12)}.txt").write_bytes(plan(chance.randrange(100)))


def night(inputs: str, out: str, size_limit: int = 0) -> None:
    if size_limit:
        import resource

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size_limit, size_limit))
    run([inputs], Path(out), settings=PRUNE)


def told_night(inputs: str, out: str, moment: int, pipe: Connection) -> None:
    """A run that says when it touches files for the ``moment``-th time and, at its end, how often it did."""
    touched = 0

    def touch(event: str, _: object) -> None:
        nonlocal touched
        if event == "open" or event.startswith(("os.", "sqlite3.")):
            touched += 1
            if touched == moment:
                pipe.send(touched)

    sys.addaudithook(touch)
    night(inputs, out)
    pipe.send(touched)


def in_a_process(function: Callable[..., None], *arguments: Any) -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pipeline.preload", "test_kills"])
    process = context.Process(target=function, args=arguments)
    process.start()
    return process


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number}.txt").write_bytes(plan(number))
    return folder


@posix
def test_a_run_killed_at_any_moment_loses_nothing(inputs: Path, tmp_path: Path) -> None:
    chance = random.Random(5)
    out = tmp_path / "out"
    run([str(inputs)], out)
    change(inputs, chance)
    ours, theirs = multiprocessing.Pipe()
    in_a_process(told_night, str(inputs), str(out), 0, theirs).join()
    moments = ours.recv()
    assert moments > 50
    before = check_whole(load_tables(out, arrow=True))
    killed = 0
    for kill in range(KILLS):
        change(inputs, chance)
        process = in_a_process(told_night, str(inputs), str(out), chance.randrange(1, moments), theirs)
        wait([ours, process.sentinel])
        time.sleep(chance.uniform(0, 0.02))  # at work on what it does between two files
        process.kill()
        process.join()
        killed += process.exitcode == -signal.SIGKILL
        while ours.poll():
            ours.recv()
        before = check_whole(load_tables(out, arrow=True))
        if kill % 10 == 9:
            run([str(inputs)], out, settings=PRUNE)
            assert digests(out) == fresh(inputs, tmp_path / "fresh")
    run([str(inputs)], out, settings=PRUNE)
    assert digests(out) == fresh(inputs, tmp_path / "fresh")
    assert not (out / ".yaodian" / "staging").exists()
    assert killed >= KILLS // 3
    assert before


def killed_night(inputs: str, out: str) -> None:
    run([inputs], Path(out), progress=lambda *_: os.kill(os.getpid(), signal.SIGKILL))


@posix
def test_the_log_says_which_run_was_killed(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = in_a_process(killed_night, str(inputs), str(out))
    process.join()
    assert process.exitcode == -signal.SIGKILL
    run([str(inputs)], out)
    (killed, published) = map(json.loads, (out / "runs.jsonl").read_text(encoding="utf-8").splitlines())
    assert (killed["result"], killed["pid"], published["result"]) == ("killed", process.pid, "published")


class PowerCutError(BaseException):
    """The machine stops here."""


@pytest.mark.parametrize("moves", [0, 1, 4, 8])
def test_a_power_cut_between_two_renames(
    inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    out = tmp_path / "out"
    old = run([str(inputs)], out).snapshot_id
    (inputs / "new.txt").write_bytes(plan(50))
    done = 0

    def cut(staged: Path, place: Path) -> None:
        nonlocal done
        if done == moves:
            raise PowerCutError
        done += 1
        os.replace(staged, place)

    with monkeypatch.context() as patch:
        patch.setattr(snapshot, "_replace", cut)
        patch.setattr("pipeline.run.runlog.append", lambda log, record: None)
        with pytest.raises(PowerCutError):
            run([str(inputs)], out)
    # A reader sees the new snapshot whole, partly from the staging folder, before any run has put things right.
    new = check_whole(load_tables(out, arrow=True))
    assert new != old
    run([str(inputs)], out)
    assert check_whole(load_tables(out, arrow=True)) == new
    assert digests(out) == fresh(inputs, tmp_path / "fresh")


@posix
def test_a_full_disk_leaves_what_was_published(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run([str(inputs)], out)
    before = digests(out)
    (inputs / "new.txt").write_bytes(plan(50))
    process = in_a_process(night, str(inputs), str(out), 2000)
    process.join()
    assert process.exitcode == 1
    assert digests(out) == before
    assert not (out / ".yaodian" / "staging").exists()
    run([str(inputs)], out)
    assert digests(out) == fresh(inputs, tmp_path / "fresh")


def test_a_folder_that_cannot_be_written_is_named(inputs: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PublishError, match="cannot be written"):
        run([str(inputs)], tmp_path / "file" / "out")


def test_a_reader_never_sees_two_snapshots(inputs: Path, tmp_path: Path) -> None:
    chance, out = random.Random(2), tmp_path / "out"
    run([str(inputs)], out)
    seen = queue.SimpleQueue[str]()
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            seen.put(check_whole(load_tables(out, arrow=True)))

    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(read)
        reader.add_done_callback(lambda _: seen.put(""))
        try:
            for _ in range(8):
                change(inputs, chance)
                now = run([str(inputs)], out).snapshot_id
                while seen.get() not in (now, ""):  # until the reader has seen this one, or met a fault
                    pass
        finally:
            over.set()
        reader.result()


def test_mixed_tables_are_told(inputs: Path, tmp_path: Path) -> None:
    run([str(inputs)], tmp_path / "one")
    (inputs / "new.txt").write_bytes(plan(50))
    run([str(inputs)], tmp_path / "two")
    (tmp_path / "one" / "items.parquet").write_bytes((tmp_path / "two" / "items.parquet").read_bytes())
    with pytest.raises(Exception, match="not of one run"):
        load_tables(tmp_path / "one")
    with pytest.raises(Exception, match="is no folder"):
        load_tables(tmp_path / "three")
