"""Inputs and outputs behind addresses: what pyarrow opens itself (file://) and what it opens through fsspec."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from document_forms import json_lines
from typer.testing import CliRunner

from cli import app
from pipeline import load_tables, remote
from pipeline import store as store_of
from pipeline.address import shown
from pipeline.folder import BusyError, PublishError
from pipeline.inputs import InputError, discover
from pipeline.load import SnapshotError
from pipeline.run import Options, Settings, run

PLAN = "云溪县水务局2025年工作计划\n一、防汛。2025年6月底前完成水库除险加固5座。\n"
OTHER = PLAN.replace("5座", "6座")
STORE = "memory://bucket"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """An empty store in memory; the locks of this machine in a folder of the test."""
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *a, **k: tmp_path / "cache")
    memory = fsspec.filesystem("memory")
    memory.store.clear()
    memory.pipe({"/bucket/in/甲 县/a.txt": PLAN.encode(), "/bucket/in/b.jsonl": json_lines([OTHER])})
    memory.pipe({"/bucket/in/.hidden.txt": b"x", "/bucket/in/乙/深/c.txt": PLAN.replace("5座", "7座").encode()})
    yield memory
    memory.store.clear()


def found(*addresses: str) -> list[str]:
    return [entry.fault or entry.path for entry in discover(addresses)]


def test_addresses_name_files_folders_and_patterns(store: Any) -> None:
    assert found(f"{STORE}/in") == ["b.jsonl", "乙/深/c.txt", "甲 县/a.txt"]
    assert found(f"{STORE}/in/*/*.txt") == ["甲 县/a.txt"]
    assert found(f"{STORE}/in/**/*.txt") == ["乙/深/c.txt", "甲 县/a.txt"]
    assert found(f"{STORE}/in/[!a]*") == ["b.jsonl", "乙/深/c.txt", "甲 县/a.txt"]
    assert found(f"{STORE}/in/b*", f"{STORE}/in/b.jsonl") == ["b.jsonl"]
    (nothing,) = found(f"{STORE}/in/*.docx")
    assert "names no file" in nothing
    (missing,) = found(f"{STORE}/in/none.txt")
    assert "does not exist" in missing
    (bad,) = found(f"{STORE}/in/[z-a]*")
    assert "the pattern '[z-a]*' is none" in bad


def test_paths_that_are_typed_as_addresses(tmp_path: Path) -> None:
    (tmp_path / "计划 一").mkdir()
    (tmp_path / "计划 一" / "a[1].txt").write_text(PLAN, encoding="utf-8")
    assert found(f"file://{tmp_path}/计划 一/*.txt") == ["a[1].txt"]
    assert found(f"file://{tmp_path}/计划 一/a[1].txt") == ["a[1].txt"]


def test_secrets_of_an_address_stay_inside() -> None:
    address = "s3://key:secret@bucket/plans?endpoint_override=127.0.0.1:1&scheme=http"
    assert shown(address) == "s3://bucket/plans"
    (fault,) = found("nosuch://key:secret@host/x?token=1")
    assert "secret" not in fault
    assert "token" not in fault


def test_tables_behind_an_address_are_those_of_a_folder(store: Any, tmp_path: Path) -> None:
    summary = run([f"{STORE}/in"], f"{STORE}/tables")
    run([f"{STORE}/in"], tmp_path / "tables")
    assert summary.statuses == {"ok": 3}
    for file in sorted((tmp_path / "tables").glob("*.parquet")):
        assert store.cat(f"/bucket/tables/{file.name}") == file.read_bytes()
    names = {path.rpartition("/")[2] for path in store.find("/bucket/tables")}
    assert names == {file.name for file in (tmp_path / "tables").iterdir() if file.is_file()}
    there = load_tables(f"{STORE}/tables", ["targets"])["targets"]
    pd.testing.assert_frame_equal(there, load_tables(tmp_path / "tables", ["targets"])["targets"])
    assert json.loads(store.cat("/bucket/tables/runs.jsonl"))["inputs"] == [f"{STORE}/in"]


def test_the_next_night_carries_over_what_stands_there(store: Any) -> None:
    run([f"{STORE}/in"], f"{STORE}/tables")
    assert run([f"{STORE}/in"], f"{STORE}/tables").actions == {"keep": 3}
    store.pipe("/bucket/in/d.txt", PLAN.replace("5座", "8座").encode())
    assert run([f"{STORE}/in"], f"{STORE}/tables").actions == {"keep": 3, "read": 1}
    lines = store.cat("/bucket/tables/runs.jsonl").decode().splitlines()
    assert [json.loads(line)["result"] for line in lines] == ["published", "unchanged", "published"]


@pytest.mark.parametrize("inputs", ["in", "in/*", "in/**/*.*"])
@pytest.mark.parametrize("output", ["in", "in/tables"])
def test_tables_inside_an_input_are_not_read_back(store: Any, inputs: str, output: str) -> None:
    first = run([f"{STORE}/{inputs}"], f"{STORE}/{output}")
    assert run([f"{STORE}/{inputs}"], f"{STORE}/{output}").actions == {"keep": first.count()}


@pytest.mark.parametrize("step", range(4))
def test_a_publication_that_is_cut_off_is_old_or_new(store: Any, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    run([f"{STORE}/in/b.jsonl"], f"{STORE}/tables")
    store.pipe("/bucket/in/b.jsonl", json_lines([OTHER, PLAN]))
    cut = {0: ("put", 2), 1: ("_write", 0), 2: ("put_log", 0), 3: ("_make_folder", 12)}[step]
    whole, calls = getattr(store_of.Store, cut[0]), iter(range(100))

    def dies(self: Any, *arguments: Any) -> Any:
        if next(calls) >= cut[1]:
            raise KeyboardInterrupt
        return whole(self, *arguments)

    monkeypatch.setattr(store_of.Store, cut[0], dies)
    with pytest.raises(KeyboardInterrupt):
        run([f"{STORE}/in/b.jsonl"], f"{STORE}/tables")
    monkeypatch.setattr(store_of.Store, cut[0], whole)
    count = len(load_tables(f"{STORE}/tables")["sources"])
    assert count == (1 if step < 2 else 2)
    monkeypatch.setattr(store_of, "STALE", 0)  # a day later
    run([f"{STORE}/in/b.jsonl"], f"{STORE}/tables")
    assert len(load_tables(f"{STORE}/tables")["sources"]) == 2
    assert not [path for path in store.find("/bucket/tables") if ".yaodian" in path]


def test_two_runs_at_one_address(store: Any, tmp_path: Path) -> None:
    run([f"{STORE}/in/b.jsonl"], f"{STORE}/tables")
    with remote._lock(f"{STORE}/tables/"), pytest.raises(BusyError, match="Another run of this machine"):
        run([f"{STORE}/in"], f"{STORE}/tables")
    with pytest.raises(PublishError, match="meanwhile"), remote.output_folder(f"{STORE}/tables") as copy:  # noqa: PT012
        run([f"{STORE}/in"], copy.folder)
        run([f"{STORE}/in/b.jsonl", f"{STORE}/in/*/a.txt"], tmp_path / "elsewhere")  # another machine is faster
        for file in (tmp_path / "elsewhere").glob("*.parquet"):
            store.pipe(f"/bucket/tables/{file.name}", file.read_bytes())
    assert len(load_tables(f"{STORE}/tables")["sources"]) == 2
    *_, last = map(json.loads, store.cat("/bucket/tables/runs.jsonl").decode().splitlines())
    assert last["result"] == "failed"
    assert "Another run has published" in last["error"]
    assert "in" not in last


def test_a_log_that_cannot_be_put_does_not_hide_what_went_wrong(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run([f"{STORE}/in"], f"{STORE}/tables")

    def refuses(*arguments: Any) -> None:
        raise OSError("no room")

    monkeypatch.setattr(store_of.Store, "put_log", refuses)
    with pytest.raises(InputError, match="does not exist"):
        run([f"{STORE}/none"], f"{STORE}/tables", settings=Settings(must_exist=True))


@pytest.mark.parametrize("call", ["_take_place", "_is_staged", "_forget"])
def test_a_publication_that_another_machine_finishes_is_one(
    store: Any, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    run([f"{STORE}/in/b.jsonl"], f"{STORE}/tables")
    step, helped = getattr(store_of.Store, call), list[bool]()

    def after_another(self: Any, *arguments: Any) -> Any:
        if not helped and self._journal() is not None:
            helped.append(True)
            store_of.Store(f"{STORE}/tables").recover()
        return step(self, *arguments)

    monkeypatch.setattr(store_of.Store, call, after_another)
    monkeypatch.setattr(store_of, "AT_ONCE", 1)
    run([f"{STORE}/in"], f"{STORE}/tables")
    assert len(load_tables(f"{STORE}/tables")["sources"]) == 3
    *_, last = map(json.loads, store.cat("/bucket/tables/runs.jsonl").decode().splitlines())
    assert (last["result"], last["in"]) == ("published", 3)
    assert not [path for path in store.find("/bucket/tables") if ".yaodian" in path]


def test_tables_that_are_not_there_or_not_of_one_run(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_of, "PAUSE", 0.0)
    with pytest.raises(SnapshotError, match="memory://bucket/none' holds no tables"):
        load_tables(f"{STORE}/none")
    run([f"{STORE}/in"], f"{STORE}/tables")
    with pytest.raises(SnapshotError, match="holds no table 'tokens'"):
        load_tables(f"{STORE}/tables", ["tokens"])
    old = store.cat("/bucket/tables/units.parquet")
    run([f"{STORE}/in/b.jsonl"], f"{STORE}/tables", settings=Settings(prune=True))
    store.pipe("/bucket/tables/units.parquet", old)
    with pytest.raises(SnapshotError, match="not of one run"):
        load_tables(f"{STORE}/tables")
    with pytest.raises(PublishError, match=r"not of one run.*--fresh --prune"):
        run([f"{STORE}/in"], f"{STORE}/tables")
    rewritten(store)


def rewritten(store: Any) -> None:
    """Let one run with --fresh --prune write the tables anew, and another one find nothing to do."""
    before = store.cat("/bucket/tables/runs.jsonl")
    assert run([f"{STORE}/in"], f"{STORE}/tables", settings=Settings(fresh=True, prune=True)).actions == {"read": 3}
    assert store.cat("/bucket/tables/runs.jsonl").startswith(before)
    assert len(load_tables(f"{STORE}/tables")["sources"]) == 3
    assert not run([f"{STORE}/in"], f"{STORE}/tables").changed
    assert not [path for path in store.find("/bucket/tables") if ".yaodian" in path]


def test_damaged_tables_are_named_and_written_anew(store: Any) -> None:
    run([f"{STORE}/in"], f"{STORE}/tables")
    whole = store.cat("/bucket/tables/units.parquet")
    footer = int.from_bytes(whole[-8:-4], "little") + 8
    for broken in (b"xxx", whole[:-20], whole[:-footer] + b"\xff" * (footer - 8) + whole[-8:]):
        store.pipe("/bucket/tables/units.parquet", broken)
        with pytest.raises(SnapshotError, match=r"memory://bucket/tables' are damaged .*--fresh --prune"):
            load_tables(f"{STORE}/tables")
        with pytest.raises(PublishError, match=r"damaged .*--fresh --prune"):
            run([f"{STORE}/in"], f"{STORE}/tables")
        rewritten(store)


@pytest.mark.parametrize(
    "journal",
    [
        b"{",
        b"[1]",
        {"files": ["../../x.parquet"]},
        {"files": ["units/part-1/../../../x.parquet"]},
        {"files": ["/tmp/units.parquet"]},
        {"remove": ["../in/b.jsonl"]},
        {"remove": ["in.parquet"]},
        {"staging": "../in"},
        {"staging": ".yaodian/staging-1-a/../../.."},
    ],
)
def test_a_journal_names_nothing_but_tables(store: Any, journal: Any) -> None:
    run([f"{STORE}/in"], f"{STORE}/tables")
    sound = {"files": ["units.parquet"], "remove": [], "staging": ".yaodian/staging-1-a", "snapshot_id": "x"}
    data = journal if isinstance(journal, bytes) else json.dumps(sound | journal).encode()
    store.pipe("/bucket/tables/.yaodian/journal.json", data)
    log = "/bucket/tables/runs.jsonl"
    before = {name: file for name, file in store.store.items() if name != log}
    with pytest.raises(SnapshotError, match=r"journal\.json' is damaged or not ours"):
        load_tables(f"{STORE}/tables")
    with pytest.raises(PublishError, match=r"journal\.json' is damaged or not ours"):
        run([f"{STORE}/in"], f"{STORE}/tables")
    assert {name: file for name, file in store.store.items() if name != log} == before
    assert "damaged or not ours" in json.loads(store.cat(log).splitlines()[-1])["error"]
    store.rm("/bucket/tables/.yaodian/journal.json")
    assert not run([f"{STORE}/in"], f"{STORE}/tables").changed
    store.pipe("/bucket/tables/.yaodian/journal.json", data)
    rewritten(store)


@pytest.mark.parametrize("settings", [Settings(), Settings(fresh=True, prune=True)])
def test_tables_of_another_program_are_left_alone(store: Any, tmp_path: Path, settings: Settings) -> None:
    pq.write_table(pa.table({"a": [1]}), tmp_path / "theirs")
    theirs = (tmp_path / "theirs").read_bytes()
    for name, data in {"targets.parquet": theirs, "units/part-0.parquet": theirs, "plans.parquet": b"else"}.items():
        store.pipe({f"/bucket/{name}": data})
        with pytest.raises(PublishError, match=f"{STORE}' holds '{name}', which Yaodian did not write"):
            run([f"{STORE}/in"], STORE, settings=settings)
        assert not store.exists("/bucket/runs.jsonl")
        store.rm(f"/bucket/{name}")


def test_a_run_that_fails_before_it_holds_the_address_stands_in_the_log(store: Any) -> None:
    run([f"{STORE}/in"], f"{STORE}/tables")
    store.pipe({"/bucket/tables/items.parquet": b"torn"})
    with pytest.raises(PublishError, match="damaged"):
        run([f"{STORE}/in"], f"{STORE}/tables")
    first, last = map(json.loads, store.cat("/bucket/tables/runs.jsonl").decode().splitlines())
    assert first["result"] == "published"
    assert last["result"] == "failed"
    assert "damaged" in last["error"]
    assert last["inputs"] == [f"{STORE}/in"]


def test_the_table_of_words_comes_and_goes(store: Any) -> None:
    """With it or without it, the snapshot is of the same sources."""
    run([f"{STORE}/in"], f"{STORE}/tables")
    assert run([f"{STORE}/in"], f"{STORE}/tables", Options(tokens=True)).changed
    assert len(load_tables(f"{STORE}/tables", ["tokens"])["tokens"]) > 0
    assert not run([f"{STORE}/in"], f"{STORE}/tables", Options(tokens=True)).changed
    run([f"{STORE}/in"], f"{STORE}/tables")
    assert not store.exists("/bucket/tables/tokens.parquet")


@pytest.mark.parametrize("lost", [False, True])
def test_a_run_that_starts_leaves_what_another_machine_stages(
    store: Any, monkeypatch: pytest.MonkeyPatch, lost: bool
) -> None:
    run([f"{STORE}/in/b.jsonl"], f"{STORE}/tables")
    write = store_of.Store._write

    def another_starts(self: Any, name: str, data: bytes) -> None:
        store_of.Store(f"{STORE}/tables").recover()
        if lost:
            store.rm(next(path for path in store.find("/bucket/tables/.yaodian") if path.endswith("units.parquet")))
        write(self, name, data)

    monkeypatch.setattr(store_of.Store, "_write", another_starts)
    if not lost:
        assert run([f"{STORE}/in"], f"{STORE}/tables").changed
        assert len(load_tables(f"{STORE}/tables")["sources"]) == 3
        return
    old = store.cat("/bucket/tables/plans.parquet")
    for _ in range(2):
        with pytest.raises(PublishError, match=r"has lost its 'units.parquet'; .*--fresh --prune"):
            run([f"{STORE}/in"], f"{STORE}/tables")
    assert store.cat("/bucket/tables/plans.parquet") == old
    records = [json.loads(line) for line in store.cat("/bucket/tables/runs.jsonl").splitlines()]
    assert [record["result"] for record in records] == ["published", "failed", "failed"]
    monkeypatch.setattr(store_of.Store, "_write", write)
    monkeypatch.setattr(store_of, "STALE", 0)
    rewritten(store)


def test_the_command_line_reads_and_writes_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *a, **k: tmp_path / "cache")
    (tmp_path / "in").mkdir()
    pq.write_table(pa.table({"正文": [PLAN, OTHER]}), tmp_path / "in" / "a.parquet")
    store = f"fsspec+file://{tmp_path}"

    def yaodian(*arguments: str) -> str:
        result = CliRunner().invoke(app, list(arguments))
        assert result.exit_code == 0, result.output
        return result.output

    yaodian("extract", f"{store}/in/*.parquet", "-o", f"{store}/out", "--workers", "1")
    assert "sources 2" in yaodian("status", f"{store}/out")
    assert yaodian("diff", f"{store}/out", f"file://{tmp_path}/out") == yaodian("diff", *[str(tmp_path / "out")] * 2)
    target = tmp_path / "tasks"
    yaodian("export", f"{store}/out", "--csv", "-o", str(target))
    assert "水库" in "".join(file.read_text(encoding="utf-8-sig") for file in target.iterdir())
