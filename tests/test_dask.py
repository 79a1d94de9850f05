"""The Dask engine gives the rows of the local one, also when a worker is killed at work; parts behind an address."""

from __future__ import annotations

import json
import multiprocessing.forkserver
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from test_nightly import PRUNE, plan
from test_records import _fragile, lines

from pipeline import cluster as clusters
from pipeline import diff, load, load_tables, parts, reach, records
from pipeline.crew import ClusterError
from pipeline.engine_dask import part_size
from pipeline.engine_dask import run as run_on_dask
from pipeline.folder import PublishError
from pipeline.inputs import Entry
from pipeline.parts import Part, Task
from pipeline.run import Settings, run
from pipeline.stages import Options, Pipeline

distributed: Any = pytest.importorskip("distributed")
pytestmark = pytest.mark.xdist_group("dask")  # its cluster is started once


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two workers that may start processes, forked with the rules compiled where the system can fork."""
    import dask

    settings: dict[str, Any] = {"distributed.worker.daemon": False}
    settings |= {f"distributed.comm.timeouts.{name}": "600s" for name in ("connect", "tcp")}  # on a busy machine
    if "forkserver" in multiprocessing.get_all_start_methods():
        multiprocessing.get_context("forkserver").set_forkserver_preload(["pipeline.preload"])
        multiprocessing.forkserver.ensure_running()
        settings["distributed.worker.multiprocessing-method"] = "forkserver"
    with dask.config.set(settings):
        options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0"}
        with distributed.LocalCluster(**options, worker_dashboard_address=None) as cluster:
            yield cluster


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(24):
        (folder / f"{number:02}.txt").write_bytes(plan(number % 20))
    (folder / "scan.png").write_bytes(b"\x89PNG....")
    records = [{"title": f"第{number}号", "text": plan(number + 30).decode("utf-8", "ignore")} for number in range(30)]
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    (folder / "more.jsonl").write_text("\n".join([*lines, lines[3], "no json"]), encoding="utf-8")
    (folder / "more.jsonl#00000002").write_bytes(plan(90))  # named as a record is
    return folder


def check_same(local: Path, partitioned: Path | str) -> None:
    one, other = load_tables(local, arrow=True), load_tables(partitioned, arrow=True)
    assert list(one) == list(other)
    for name, table in one.items():
        assert table.replace_schema_metadata().to_pylist() == other[name].replace_schema_metadata().to_pylist(), name


def test_the_rows_are_those_of_the_local_engine(
    cluster: Any, inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    run([str(inputs)], tmp_path / "local")
    summary = run_on_dask([str(inputs)], out, scheduler=cluster.scheduler_address, sources_a_part=7)
    assert len(list((out / "targets").glob("part-*.parquet"))) == 9
    assert (summary.statuses["duplicate"], summary.statuses["rejected"]) == (5, 2)
    check_same(tmp_path / "local", out)
    monkeypatch.setattr(load, "MOST_OPEN", 2)  # parts that are opened only when they are read
    check_same(tmp_path / "local", out)
    assert diff.report(tmp_path / "local", out).strip() in ("", diff.report(out, out).strip())
    record = json.loads((out / "runs.jsonl").read_text(encoding="utf-8"))
    assert (record["in"], record["settings"]["engine"]) == (58, "dask")
    # The local engine takes the folder up, and the parts give way to one file a table.
    (inputs / "new.txt").write_bytes(plan(70))
    assert run([str(inputs)], out).actions["read"] == 1
    run([str(inputs)], tmp_path / "local")
    check_same(tmp_path / "local", out)
    assert not (out / "targets").exists()


def test_parts_grow_once_there_are_five_thousand() -> None:
    assert [part_size(sources) for sources in (0, 1, 1_000_000, 1_000_001, 10_000_000)] == [200, 200, 200, 201, 2_000]


def test_a_worker_with_other_rules_writes_nothing(tmp_path: Path) -> None:
    task = Task(Options(), 60, str(tmp_path), "")
    with pytest.raises(PublishError, match=r"has other rules or libraries \(.*same version"):
        parts.extract_part(Part(0, ()), task, {"ruleset": "another", "snapshot_id": "0"})
    assert not list(tmp_path.iterdir())


class _Slow:
    """A client on whose cluster the first task is done only when somebody asks for the workers."""

    def __init__(self) -> None:
        self.given = 0
        self._held: list[Callable[[], None]] = []
        self.given_meanwhile = 0

    def submit(self, work: Callable[[int], int], job: int, **options: Any) -> Any:
        future = SimpleNamespace(key=str(job), result=lambda: work(job))
        future.add_done_callback = lambda tell: self._held.append(lambda: tell(future)) if job == 0 else tell(future)
        self.given += 1
        return future

    def nthreads(self) -> dict[str, int]:
        self.given_meanwhile = self.given
        self._held.pop()()
        return {"worker": 1}


def test_results_that_wait_for_a_slow_task_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "AHEAD", 4)
    monkeypatch.setattr(clusters, "LOOK", 0.01)
    client = _Slow()
    done = list(clusters.Cluster(client, None, 0).map(lambda job: job * 2, range(10)))
    assert done == [(job, job * 2) for job in range(10)]
    assert client.given_meanwhile == 4


def test_rows_of_files_that_are_gone_are_not_lost_by_the_way(cluster: Any, inputs: Path, tmp_path: Path) -> None:
    out, scheduler = tmp_path / "out", cluster.scheduler_address
    before = run([str(inputs)], out).snapshot_id
    (inputs / "10.txt").unlink()
    with pytest.raises(ClusterError, match=r"rows of 1 sources .* --prune"):
        run_on_dask([str(inputs)], out, scheduler=scheduler)
    assert load_tables(out, ["sources"])["sources"].attrs["snapshot_id"] == before
    run_on_dask([str(inputs)], out, settings=PRUNE, scheduler=scheduler)
    run([str(inputs)], tmp_path / "local")
    check_same(tmp_path / "local", out)
    results = [json.loads(line)["result"] for line in (out / "runs.jsonl").read_text(encoding="utf-8").splitlines()]
    assert results == ["published", "failed", "published"]


def test_parts_behind_an_address(cluster: Any, inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *a, **k: tmp_path / "cache")
    store, scheduler = f"fsspec+file://{tmp_path}", cluster.scheduler_address
    run([f"{store}/in"], tmp_path / "local")
    for size in (9, 20):  # the second one takes the place of the first
        run_on_dask([f"{store}/in"], f"{store}/out", scheduler=scheduler, sources_a_part=size)
        check_same(tmp_path / "local", f"{store}/out")
    assert len(list((tmp_path / "out" / "units").iterdir())) == 3
    assert not list((tmp_path / "out" / ".yaodian").iterdir())
    (inputs / "10.txt").unlink()
    with pytest.raises(ClusterError, match=r"rows of 1 sources .* --prune"):
        run_on_dask([f"{store}/in"], f"{store}/out", scheduler=scheduler)
    results = [json.loads(line)["result"] for line in (tmp_path / "out" / "runs.jsonl").open(encoding="utf-8")]
    assert results == ["published", "published", "failed"]
    assert run([f"{store}/in"], f"{store}/out", settings=PRUNE).actions["keep"] > 40  # the local engine goes on
    assert not (tmp_path / "out" / "units").exists() or not list((tmp_path / "out" / "units").iterdir())


def test_a_collection_that_kills_its_reader_costs_itself_only(
    cluster: Any, inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (inputs / "evil.jsonl").write_bytes(lines([plan(n).decode("utf-8", "ignore") for n in range(40, 43)] + ["SIGKILL"]))
    settings = Settings(workers=1, time_limit=50.0)  # a limit of its own, for workers keep their readers
    monkeypatch.setattr(records, "_start", _fragile)
    run([str(inputs)], tmp_path / "local", settings=settings)
    with distributed.Client(cluster.scheduler_address) as client:
        start = records._start
        client.run(lambda: setattr(records, "_start", start))
        pids = client.run(os.getpid)
        run_on_dask([str(inputs)], tmp_path / "out", settings=settings, scheduler=cluster.scheduler_address)
        assert client.run(os.getpid) == pids
    check_same(tmp_path / "local", tmp_path / "out")
    rejected = [row for row in load_tables(tmp_path / "out", arrow=True)["sources"].to_pylist() if row["error"]]
    assert "SIGKILL" in next(row["error"] for row in rejected if row["path"] == "evil.jsonl")


def test_a_worker_killed_at_work_loses_and_doubles_nothing(cluster: Any, inputs: Path, tmp_path: Path) -> None:
    for number in range(20):
        (inputs / f"long{number:02}.txt").write_bytes(b"".join(plan(3 * (number + part)) for part in range(20)))
    address = cluster.scheduler_address
    with distributed.Client(address) as client:
        pids = list(client.run(os.getpid).values())
    failed: list[BaseException] = []

    def work() -> None:
        try:
            run_on_dask([str(inputs)], tmp_path / "out", scheduler=address, sources_a_part=4)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    staging = tmp_path / "out" / ".yaodian" / "staging" / "targets"
    while len(list(staging.glob("part-*.parquet"))) < 3 and thread.is_alive():
        time.sleep(0.01)
    assert thread.is_alive()
    os.kill(pids[0], signal.SIGKILL)
    thread.join()
    assert not failed
    run([str(inputs)], tmp_path / "local")
    check_same(tmp_path / "local", tmp_path / "out")


class Deserted:
    """A cluster whose workers have gone."""

    def __init__(self) -> None:
        self.workers, self.scaled = [1, 2], list[int]()

    def nthreads(self) -> dict[str, int]:
        return {}

    def scale(self, count: int) -> None:
        self.scaled.append(count)


def test_a_cluster_without_workers_is_given_new_ones_or_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "REPLACE", 0.0)
    own = Deserted()
    ours, theirs = clusters.Cluster(own, own, 2), clusters.Cluster(Deserted(), None, 0)
    for _ in range(3):
        ours._look_after_workers()
        theirs._look_after_workers()
        time.sleep(0.01)
    assert own.scaled
    assert set(own.scaled) == {4}
    monkeypatch.setattr(clusters, "GIVE_UP", 0.0)
    for deserted in (ours, theirs):
        with pytest.raises(ClusterError, match="has had no worker for 0 seconds"):
            deserted._look_after_workers()


def test_workers_in_another_folder_read_a_relative_input(
    cluster: Any, inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run([str(inputs)], tmp_path / "local")
    monkeypatch.chdir(tmp_path)
    with distributed.Client(cluster.scheduler_address) as client:
        assert str(tmp_path) not in client.run(os.getcwd).values()
    run_on_dask(["in", "in/0*.txt"], "out", scheduler=cluster.scheduler_address)
    check_same(tmp_path / "local", tmp_path / "out")


def test_an_input_that_a_worker_lacks_is_no_rejected_source(tmp_path: Path) -> None:
    here, away = tmp_path / "plan.txt", tmp_path / "away.txt"
    here.write_bytes(plan(1))
    entries = [replace(reach.travelling(Entry(file, file.name)), file=tmp_path / "other") for file in (here, away)]
    found, seen = parts.look(entries, Task(Options(), 60.0, str(tmp_path)))
    assert [len(sources) for sources in found] == [1, 1]
    assert list(seen.entries) == entries
    reach.check(seen)  # nobody opens it: a rejected source
    here.rename(tmp_path / "other")
    with pytest.raises(
        ClusterError, match=r"A worker on .* cannot open '.*other'.* nothing was published; inputs must"
    ):
        reach.check(seen)
    # One that was there when it was looked at, on another machine.
    found, _ = parts.look(entries[:1], Task(Options(), 60.0, str(tmp_path)))
    ((entry, about),) = found[0]
    (tmp_path / "other").rename(here)
    metadata = {"snapshot_id": "x", "ruleset": Pipeline(Options()).ruleset}
    done, lacked = parts.extract_part(Part(0, ((entry, about, False),)), Task(Options(), 60.0, str(tmp_path)), metadata)
    assert (done.statuses["rejected"], list(lacked.entries)) == (1, [entry])


def test_a_worker_that_does_not_reach_the_output_says_so(tmp_path: Path) -> None:
    (tmp_path / "staging").write_text("no folder")
    metadata = {"snapshot_id": "x", "ruleset": Pipeline(Options()).ruleset}
    with pytest.raises(PublishError, match="All workers must reach"):
        parts.extract_part(Part(0, ()), Task(Options(), 60.0, str(tmp_path / "staging")), metadata)
