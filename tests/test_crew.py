"""Worker processes: order, limits, deaths."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import jobs
import pytest
from test_nightly import digests, plan

from pipeline.crew import Crew, CrewError
from pipeline.fingerprint import Fingerprint
from pipeline.read import Entry
from pipeline.run import Settings, run
from pipeline.stages import Pipeline
from pipeline.workers import extract_in_workers

PATIENCE = 600  # seconds for what takes some hundredths: not even a busy machine is as slow

posix = pytest.mark.skipif(os.name == "nt", reason="needs signals")


def crew(size: int, time_limit: float = 600.0, start: Callable[[], Callable[[str], str]] = jobs.start) -> Crew:
    return Crew(size, time_limit, start, (), "pipeline.preload")


@pytest.mark.parametrize("size", [1, 3])
def test_results_come_in_order(size: int) -> None:
    work = [f"slow {n}" if n % 7 == 0 else str(n) for n in range(100)]
    with crew(size) as workers:
        done = list(workers.map((n, job) for n, job in enumerate(work)))
    assert [job.key for job in done] == list(range(100))
    assert [job.result for job in done] == [job * 2 for job in work]


def test_jobs_larger_than_a_pipe() -> None:
    with crew(2) as workers:
        done = list(workers.map((n, str(n) * 300_000) for n in range(8)))
    assert [len(job.result) for job in done] == [600_000] * 8


@posix
def test_a_job_that_kills_its_worker_costs_itself_only() -> None:
    bad = {10: "die", 11: "kill", 50: "die", 99: "kill"}
    with crew(2) as workers:
        done = list(workers.map((n, bad.get(n, str(n))) for n in range(100)))
    assert [job.key for job in done] == list(range(100))
    assert {job.key for job in done if job.fault} == set(bad)
    assert done[10].fault == "ended the process that read it (exit code 7)"
    assert done[11].fault == "ended the process that read it (SIGKILL)"


def test_a_job_over_its_time_costs_itself_only(pipe: Path) -> None:
    bad = {30: f"spin {pipe}", 31: f"hang {pipe}", 99: f"hang {pipe}"}
    with crew(1, time_limit=0.2) as workers:
        done = list(workers.map((n, bad.get(n, str(n))) for n in range(100)))
    assert [job.key for job in done] == list(range(100))
    assert {job.key for job in done if job.fault} == set(bad)
    assert {done[n].fault for n in bad} == {"took more than 0.2 seconds and was given up"}


def test_workers_that_cannot_start_are_told() -> None:
    with crew(2, start=jobs.broken) as workers, pytest.raises(CrewError, match="exit code 3"):
        list(workers.map([(1, "a")]))


def test_jobs_are_taken_as_they_are_needed() -> None:
    taken = 0

    def endless() -> object:
        nonlocal taken
        for n in range(1000):
            taken += 1
            yield n, str(n)

    with crew(1) as workers:
        results = workers.map(endless())  # type: ignore[arg-type]
        for _ in range(10):
            next(results)
        assert taken < 60


def test_bytes_do_not_depend_on_the_number_of_workers(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for n in range(30):
        (tmp_path / "in" / f"{n}.txt").write_bytes(plan(n % 25))
    for workers in (0, 1, 3):
        run([str(tmp_path / "in")], tmp_path / str(workers), settings=Settings(workers=workers))
    assert digests(tmp_path / "0") == digests(tmp_path / "1") == digests(tmp_path / "3")


def test_a_source_over_its_time_is_a_rejected_row(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(plan(1) * 20_000)
    pipeline = Pipeline()
    ((row, _),) = extract_in_workers([(Entry(file, "a.txt"), Fingerprint("aa", 5, "txt"))], pipeline, 1, 0.2)
    assert (row["status"], row["sha256"], row["bytes"]) == ("rejected", "aa", 5)
    assert row["error"] == "'a.txt' took more than 0.2 seconds and was given up; the next run tries it again."


READY = """
import re, sys
from pathlib import Path
from pipeline.read import Entry
from pipeline.slices import Bundle
from pipeline.stages import Options
from pipeline.workers import _start

extract = _start(Options())

def compile(*_):
    raise AssertionError("a rule is compiled while a source is read")

re._compiler.compile = compile
print([row["status"] for row, _ in Bundle.unpack(extract([Entry(Path(sys.argv[1]), "a")]))])
"""


def test_the_time_limit_of_a_source_counts_no_rules_that_are_compiled(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(plan(1))
    command = [sys.executable, "-c", READY, str(tmp_path / "a.txt")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "['ok']", done.stderr


@dataclass(frozen=True, slots=True)
class Endless(Entry):
    """A file that is read for ever."""

    def ordinary(self) -> bool:
        return True


def test_of_sources_read_together_the_slow_one_costs_itself_only(tmp_path: Path, pipe: Path) -> None:
    for name in ("a", "c"):
        (tmp_path / name).write_bytes(plan(1))
    entries = [Entry(tmp_path / "a", "a"), Endless(pipe, "b"), Entry(tmp_path / "c", "c")]
    work = [(entry, Fingerprint(entry.path, 5, "txt")) for entry in entries]
    found = [(row["path"], row["status"], len(slices)) for row, slices in extract_in_workers(work, Pipeline(), 1, 2.0)]
    assert [found[0][1], found[1], found[2][1]] == ["ok", ("b", "rejected", 1), "ok"]
    assert found[0][2] == found[2][2] > 3


def test_after_a_run_garbage_is_collected_as_before(tmp_path: Path) -> None:
    before = gc.get_threshold(), gc.get_freeze_count()
    (tmp_path / "a.txt").write_bytes(plan(1))
    inside = []
    run([str(tmp_path / "a.txt")], tmp_path / "out", progress=lambda *_: inside.append(gc.get_threshold()))
    assert inside[0] > before[0]
    assert (gc.get_threshold(), gc.get_freeze_count()) == before


@posix
def test_a_killed_run_leaves_no_worker(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for n in range(200):
        (tmp_path / "in" / f"{n}.txt").write_bytes(plan(n) * 30)
    cli = Path(__file__).parent.parent / "cli.py"
    command = [sys.executable, str(cli), "extract", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--workers", "2"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    children = list[int]()
    while len(children) < 4:  # forkserver, resource tracker, two workers
        assert process.poll() is None
        time.sleep(0.02)
        children = offspring(process.pid)
    process.kill()
    process.wait()
    until = time.monotonic() + PATIENCE
    while any(map(alive, children)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(alive, children))


def offspring(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *offspring(child)]
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
