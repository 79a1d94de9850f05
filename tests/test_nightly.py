"""Nights over a folder that changes: what is carried over, what is read, and that nobody can tell the difference."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import load_tables, marks, previous, publish, workers
from pipeline import slices as travel
from pipeline.folder import BusyError, OutputFolder, PublishError
from pipeline.read import Entry, Source, read
from pipeline.run import Options, Settings, run
from pipeline.tables import TABLES, Row

PLAN = """{place}水务局{year}年工作要点

一、主要目标
{year}年底前，新建泵站{count}座，农村自来水普及率达到95%以上。
（一）抓好防汛。6月底前完成水库除险加固{count}座。（责任单位：县水务局、财政局）
"""
PRUNE = Settings(prune=True)


def plan(number: int) -> bytes:
    text = PLAN.format(place="东南西北"[number % 4] + "溪县", year=2020 + number % 7, count=number + 2)
    return text.encode("utf-8" if number % 3 else "gb18030")


def digests(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.glob("*.parquet"))}


def fresh(inputs: Path, folder: Path) -> dict[str, str]:
    shutil.rmtree(folder, ignore_errors=True)
    run([str(inputs)], folder)
    return digests(folder)


def change(inputs: Path, chance: random.Random) -> None:
    """Add, change, rename, copy or delete one file, as a folder lives."""
    files = sorted(path for path in inputs.rglob("*") if path.is_file())
    place = inputs / chance.choice(["", "a", "z"]) / f"{chance.randrange(40):02}.{chance.choice(['txt', 'txt', 'csv'])}"
    place.parent.mkdir(exist_ok=True)
    what = chance.choice(["add", "add", "change", "rename", "rename", "copy", "delete", "odd"])
    if what == "odd":
        place.write_bytes(
            chance.choice([b"", b"hello", b"%PDF-1.4", bytes(range(256)), "text,id\n一、抓好防汛。,1\n".encode()])
        )
    elif what == "add" or not files:
        place.write_bytes(plan(chance.randrange(12)))
    elif what == "change":
        chance.choice(files).write_bytes(plan(chance.randrange(12)))
    elif what == "rename":
        chance.choice(files).replace(place)
    elif what == "copy":
        shutil.copy(chance.choice(files), place)
    else:
        chance.choice(files).unlink()


@pytest.mark.parametrize("seed", range(3))
def test_a_carried_night_is_byte_identical_to_a_fresh_one(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marks, "CLOCK", -60_000_000_000)  # as if a minute passed before each night
    monkeypatch.setattr(publish, "ROWS_PER_GROUP", 7 + 20 * seed)
    monkeypatch.setattr(publish, "TEXT_PER_GROUP", 500)  # two or three texts
    chance = random.Random(seed)
    inputs, out = tmp_path / "in", tmp_path / "out"
    inputs.mkdir()
    for number in range(5):
        (inputs / f"{number}.txt").write_bytes(plan(number))
    carried = 0
    for night in range(7):
        for _ in range(chance.randrange(1, 6)):
            change(inputs, chance)
        summary = run([str(inputs)], out, settings=PRUNE)
        assert digests(out) == fresh(inputs, tmp_path / "fresh"), f"seed {seed}, night {night}"
        carried += summary.actions["keep"] + summary.actions["move"]
    assert carried > 12
    assert pq.ParquetFile(out / "texts.parquet").num_row_groups > 1


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.txt").write_bytes(plan(number))
    return folder


def paths(folder: Path) -> list[str]:
    return [str(path) for path in pq.read_table(folder / "sources.parquet").column("path").to_pylist()]


def test_only_what_changed_is_read(inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    run([str(inputs)], out)
    (inputs / "1.txt").write_bytes(plan(9))
    (inputs / "new.txt").write_bytes(plan(10))
    (inputs / "2.txt").rename(inputs / "renamed.txt")
    seen: list[str] = []

    def reading(entry: Entry) -> Source:
        seen.append(entry.path)
        return read(entry)

    monkeypatch.setattr(workers, "read", reading)
    summary = run([str(inputs)], out)
    assert seen == ["1.txt", "new.txt"]
    assert summary.actions == {"keep": 2, "read": 2, "move": 1}
    assert paths(out) == ["0.txt", "1.txt", "3.txt", "new.txt", "renamed.txt"]
    assert digests(out) == fresh(inputs, tmp_path / "fresh")


def test_a_copy_that_was_one_is_carried_over(inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless what it is a copy of is not what it was."""
    out = tmp_path / "out"
    for name, data in {"5.txt": plan(1), "6.txt": b"%PDF-1.4", "7.txt": b"%PDF-1.4"}.items():
        (inputs / name).write_bytes(data)
    run([str(inputs)], out)
    made: list[str] = []
    copy = travel.as_copy

    def making(row: Row) -> tuple[Row, travel.Slices]:
        made.append(row["path"])
        return copy(row)

    monkeypatch.setattr(travel, "as_copy", making)
    (inputs / "new.txt").write_bytes(plan(9))
    summary = run([str(inputs)], out)
    assert (summary.actions, made) == ({"keep": 5, "copy": 2, "read": 1}, [])
    assert summary.statuses == {"ok": 5, "duplicate": 1, "rejected": 2}
    assert summary.tonight["statuses"] == {"ok": 1}
    assert digests(out) == fresh(inputs, tmp_path / "fresh")
    assert not run([str(inputs)], out).changed
    made.clear()
    (inputs / "0a.txt").write_bytes(plan(1))  # now the first of three
    run([str(inputs)], out)
    assert made == ["1.txt", "5.txt"]
    assert digests(out) == fresh(inputs, tmp_path / "fresh")


def test_a_rename_reads_the_row_groups_that_hold_it(
    inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "ROWS_PER_GROUP", 1)
    out = tmp_path / "out"
    run([str(inputs)], out)
    (inputs / "1.txt").rename(inputs / "0a.txt")
    whole: list[tuple[str, int]] = []
    read_group = previous._Group.read

    def reading(group: previous._Group, columns: Sequence[str] | None = None) -> pa.RecordBatch:
        if columns is None:
            whole.append((group.name, group.number))
        return read_group(group, columns)

    monkeypatch.setattr(previous._Group, "read", reading)
    assert run([str(inputs)], out, settings=PRUNE).actions == {"keep": 3, "move": 1}
    assert {number for _, number in whole[: len(TABLES)]} == {1}  # what is set aside
    assert digests(out) == fresh(inputs, tmp_path / "fresh")


def test_nothing_new_writes_nothing(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run([str(inputs)], out)
    before = {file.name: file.stat().st_mtime_ns for file in out.glob("*.parquet")}
    summary = run([str(inputs)], out)
    assert not summary.changed
    assert summary.statuses == {"ok": 4}
    assert {file.name: file.stat().st_mtime_ns for file in out.glob("*.parquet")} == before


def test_the_rows_of_a_vanished_file_stay_until_pruned(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run([str(inputs)], out)
    (inputs / "2.txt").unlink()
    assert run([str(inputs)], out).actions["gone"] == 1
    assert "2.txt" in paths(out)
    assert {row["source_id"] for row in pq.read_table(out / "plans.parquet").to_pylist()} == {
        row["source_id"] for row in pq.read_table(out / "sources.parquet").to_pylist()
    }
    assert run([str(inputs)], out, settings=PRUNE).dropped == 1
    assert digests(out) == fresh(inputs, tmp_path / "fresh")


def test_an_input_that_cannot_be_reached_prunes_nothing(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run([str(inputs)], out)
    shutil.move(inputs, tmp_path / "unmounted")
    summary = run([str(inputs)], out, settings=PRUNE)
    assert summary.notes
    assert [path for path in paths(out) if path.endswith(".txt")] == ["0.txt", "1.txt", "2.txt", "3.txt"]


def test_a_share_that_has_gone_away_is_out_of_reach(
    inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its folder is there to be listed, and whoever looks at it is told that nobody answers."""
    out, share = tmp_path / "out", tmp_path / "share"
    share.mkdir()
    (share / "far.txt").write_bytes(plan(8))
    settings = Settings(prune=True, must_exist=True)
    run([str(inputs), str(share)], out, settings=settings)

    def gone(call: Any) -> Any:
        def answer(place: Any, *args: Any, **options: Any) -> Any:
            if str(place).startswith(str(share)):
                raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN))
            return call(place, *args, **options)

        return answer

    for name in ("stat", "lstat", "scandir"):
        monkeypatch.setattr(os, name, gone(getattr(os, name)))
    summary = run([str(inputs), str(share)], out, settings=settings)
    assert summary.actions == {"keep": 4, "read": 1, "gone": 1}
    assert "'share' does not exist" in summary.rejected[0][1].replace(str(tmp_path) + "/", "")
    with pytest.raises(PublishError, match="cannot be written"):
        run([str(inputs)], share / "tables")


def test_a_collection_that_cannot_be_read_tonight_loses_nothing(inputs: Path, tmp_path: Path) -> None:
    """Its records stay with --prune too; what else is gone is pruned, and a night on it is as it was."""
    out, collection = tmp_path / "out", inputs / "c.parquet"
    table = pa.table({"text": [plan(number).decode("utf-8") for number in (7, 8, 10)]})
    pq.write_table(table, collection)
    with zipfile.ZipFile(inputs / "d.zip", "w") as archive:
        archive.writestr("e.txt", plan(11))
    (inputs / "c.parquet$.txt").write_bytes(plan(5))  # beside it, not in it
    run([str(inputs)], out)
    whole, archived = collection.read_bytes(), (inputs / "d.zip").read_bytes()
    records = [f"c.parquet#{number:08}" for number in (1, 2, 3)]
    for settings in (PRUNE, Settings(prune=True, workers=1)):
        for name in ("c.parquet", "d.zip"):
            (inputs / name).write_bytes((inputs / name).read_bytes()[:-20])
        (inputs / "0.txt").unlink(missing_ok=True)
        (inputs / "c.parquet$.txt").unlink(missing_ok=True)
        summary = run([str(inputs)], out, settings=settings)
        assert summary.actions["gone"] == 4
        assert paths(out) == ["1.txt", "2.txt", "3.txt", "c.parquet", *records, "d.zip", "d.zip#e.txt"]
        assert [note.split("'")[1] for note in summary.notes if "stays" in note] == ["c.parquet", "d.zip"]
    collection.write_bytes(whole)
    (inputs / "d.zip").write_bytes(archived)
    assert run([str(inputs)], out, settings=PRUNE).actions == {"keep": 7}
    assert digests(out) == fresh(inputs, tmp_path / "fresh")
    pq.write_table(table.slice(0, 1), collection)  # a record that was taken out is gone
    run([str(inputs)], out, settings=PRUNE)
    assert digests(out) == fresh(inputs, tmp_path / "fresh")


def test_a_link_that_leads_nowhere_tonight_costs_itself_only(inputs: Path, tmp_path: Path) -> None:
    """A share behind a link that is not mounted keeps its rows; a link to itself does not hide the files beside it."""
    share, out = tmp_path / "share", tmp_path / "out"
    share.mkdir()
    (share / "far.txt").write_bytes(plan(8))
    (inputs / "link").symlink_to(share)
    run([str(inputs)], out)
    shutil.move(share, tmp_path / "unmounted")
    (inputs / "itself").symlink_to("itself")
    (inputs / "0.txt").unlink()
    summary = run([str(inputs)], out, settings=PRUNE)
    assert summary.actions == {"keep": 3, "read": 2, "gone": 1}
    assert paths(out) == ["1.txt", "2.txt", "3.txt", "itself", "link", "link/far.txt"]
    assert [path for path, _ in summary.rejected] == ["itself", "link"]
    assert "stays" in summary.notes[0]
    shutil.move(tmp_path / "unmounted", share)
    assert run([str(inputs)], out, settings=PRUNE).actions == {"keep": 5}
    assert digests(out) == fresh(inputs, tmp_path / "fresh")


def test_fresh_and_new_options_read_everything(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run([str(inputs)], out)
    assert run([str(inputs)], out, settings=Settings(fresh=True)).actions == {"read": 4}
    assert run([str(inputs)], out, Options(segmenter="jieba")).actions == {"read": 4}


def test_the_words_are_a_table_beside_the_others(inputs: Path, tmp_path: Path) -> None:
    out, tokens = tmp_path / "out", Options(tokens=True)
    run([str(inputs)], out)
    plain = digests(out)
    assert run([str(inputs)], out, tokens).actions == {"read": 4}
    (inputs / "4.txt").write_bytes(plan(4))
    assert run([str(inputs)], out, tokens).actions == {"keep": 4, "read": 1}
    run([str(inputs)], tmp_path / "fresh", tokens)
    assert digests(out) == digests(tmp_path / "fresh")
    # Without them nothing is read again: they go, and the run says so.
    (inputs / "4.txt").unlink()
    summary = run([str(inputs)], out, settings=PRUNE)
    assert summary.actions == {"keep": 4}
    assert "`tokens`" in summary.notes[0]
    assert digests(out) == plain
    assert not run([str(inputs)], out, settings=PRUNE).changed


def test_a_changed_rule_reads_everything(inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    run([str(inputs)], out)
    monkeypatch.setattr("pipeline.ruleset.rules", lambda: "another")
    (inputs / "3.txt").unlink()
    assert run([str(inputs)], out).actions == {"read": 3, "gone": 1}
    old = {row["path"]: row["ruleset"] for row in pq.read_table(out / "sources.parquet").to_pylist()}
    assert old["3.txt"] != old["0.txt"]
    # What comes back was read under other rules, so it is read again.
    (inputs / "3.txt").write_bytes(plan(3))
    assert run([str(inputs)], out).actions == {"keep": 3, "read": 1}


@pytest.mark.parametrize("given", ["folder", "inside", "same", "shell", "glob", "globstar", "address", "dask"])
def test_an_output_folder_inside_an_input_is_not_read_back(
    inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    """Every way in which a user can come to it."""
    out = inputs if given == "same" else inputs / "tables"
    monkeypatch.chdir(inputs if given == "inside" else tmp_path)

    def night() -> list[str]:
        names = {
            "folder": ["in"], "inside": ["."], "same": ["in"], "glob": ["in/*"], "globstar": ["in/**/*.*"],
            "shell": sorted(f"in/{path.name}" for path in inputs.iterdir() if not path.name.startswith(".")),
            "address": [inputs.as_uri()], "dask": ["in"],
        }[given]  # fmt: skip
        run(names, out)
        return [row["path"] for row in load_tables(out, ["sources"], arrow=True)["sources"].to_pylist()]

    first = night()
    if given == "dask":  # parts in place of one file a table
        for name in TABLES:
            (out / name).mkdir()
            (out / f"{name}.parquet").rename(out / name / "part-1-0000000.parquet")
    (out / "report").mkdir()
    (out / "report" / "index.html").write_text("<html><body>一、抓好防汛。</body></html>", encoding="utf-8")
    (inputs / "new.txt").write_bytes(plan(19))
    assert night() == sorted([*first, "new.txt", *(["report/index.html"] if given in ("same", "shell") else [])])
    assert not any("No file stands" in line for line in (out / "runs.jsonl").read_text(encoding="utf-8").splitlines())
    # Another run passes over what stands there, too.
    summary = run([str(inputs)], tmp_path / "other")
    assert summary.statuses.total() == len(first) + 1 + (given == "same")


def test_a_second_run_says_who_holds_the_folder(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with OutputFolder(out).hold("2026-01-01T00:00:00"), pytest.raises(BusyError, match=r"process \d+ on .* 2026"):
        run([str(inputs)], out)
    run([str(inputs)], out)


def test_the_log_of_runs_adds_up(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (inputs / "scan.png").write_bytes(b"\x89PNG....")
    run([str(inputs)], out)
    with (out / "runs.jsonl").open("a") as log:
        log.write('{"torn')
    (inputs / "4.txt").write_bytes(plan(4))
    run([str(inputs)], out)
    lines = (out / "runs.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3
    first, last = json.loads(lines[0]), json.loads(lines[2])
    assert (first["in"], first["out"], first["rejected"]) == (5, 4, 1)
    assert (last["in"], last["out"], last["rejected"]) == (6, 5, 1)
    assert last["actions"] == {"keep": 5, "read": 1}
    assert last["snapshot_id"] == load_tables(out, ["plans"])["plans"].attrs["snapshot_id"]


def test_a_damaged_table_is_named_and_a_fresh_run_heals_it(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run([str(inputs)], out)
    good = digests(out)
    data = bytearray((out / "items.parquet").read_bytes())
    data[4 : len(data) // 2] = bytes(len(data) // 2 - 4)
    (out / "items.parquet").write_bytes(data)
    (inputs / "4.txt").write_bytes(plan(4))
    with pytest.raises(PublishError, match="--fresh --prune"):
        run([str(inputs)], out)
    (inputs / "4.txt").unlink()
    run([str(inputs)], out, settings=Settings(fresh=True, prune=True))
    assert digests(out) == good


def test_loading_gives_pandas_or_arrow(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run([str(inputs)], out)
    arrow = load_tables(out, arrow=True)
    assert list(arrow) == list(TABLES)
    frames = load_tables(out, ["targets", "deadlines"])
    assert list(frames) == ["targets", "deadlines"]
    assert len(frames["targets"]) == arrow["targets"].num_rows > 0
