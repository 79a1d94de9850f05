"""The Dask engine gives the rows of the local one, also when a worker is killed at work."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_nightly import plan

from pipeline import diff, load_tables
from pipeline.crew import ClusterError
from pipeline.engine_dask import run as run_on_dask
from pipeline.run import run

distributed: Any = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    import dask

    dask.config.set({"distributed.worker.daemon": False})
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
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
    return folder


def check_same(local: Path, partitioned: Path) -> None:
    one, other = load_tables(local, arrow=True), load_tables(partitioned, arrow=True)
    assert list(one) == list(other)
    for name, table in one.items():
        assert table.replace_schema_metadata().to_pylist() == other[name].replace_schema_metadata().to_pylist(), name
    assert diff.report(local, partitioned).strip() in ("", diff.report(local, local).strip())


def test_the_rows_are_those_of_the_local_engine(cluster: Any, inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run([str(inputs)], tmp_path / "local")
    summary = run_on_dask([str(inputs)], out, scheduler=cluster.scheduler_address, sources_a_part=7)
    assert len(list((out / "targets").glob("part-*.parquet"))) == 9
    assert summary.statuses["duplicate"] == 5
    assert summary.statuses["rejected"] == 2
    check_same(tmp_path / "local", out)
    # The local engine takes the folder up, and the parts give way to one file a table.
    (inputs / "new.txt").write_bytes(plan(70))
    assert run([str(inputs)], out).actions["read"] == 1
    run([str(inputs)], tmp_path / "local")
    check_same(tmp_path / "local", out)
    assert not (out / "targets").exists()


def test_rows_of_files_that_are_gone_are_not_lost_by_the_way(cluster: Any, inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    before = run([str(inputs)], out).snapshot_id
    (inputs / "10.txt").unlink()
    with pytest.raises(ClusterError, match=r"rows of 1 files .* --prune"):
        run_on_dask([str(inputs)], out, scheduler=cluster.scheduler_address)
    assert load_tables(out, ["sources"])["sources"].attrs["snapshot_id"] == before
    run_on_dask([str(inputs)], out, scheduler=cluster.scheduler_address, prune=True)
    run([str(inputs)], tmp_path / "local")
    check_same(tmp_path / "local", out)


def test_a_worker_killed_at_work_loses_and_doubles_nothing(cluster: Any, inputs: Path, tmp_path: Path) -> None:
    for number in range(40):
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
    until = time.monotonic() + 60
    while len(list(staging.glob("part-*.parquet"))) < 4 and time.monotonic() < until:
        time.sleep(0.01)
    assert thread.is_alive()
    os.kill(pids[0], signal.SIGKILL)
    thread.join()
    assert not failed
    run([str(inputs)], tmp_path / "local")
    check_same(tmp_path / "local", tmp_path / "out")
