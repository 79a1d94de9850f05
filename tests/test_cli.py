"""The command line as a user runs it: a process of its own, its output, its exit code, the files it leaves."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from command_line import ROOT, extract, forked, yaodian
from make_samples import GOLD, RAW
from typer.testing import CliRunner

from cli import app

TABLES = ("sources", "texts", "plans", "items", "targets", "deadlines", "units", "tasks", "gaps")
TASKS = RAW / "08_task_notes.txt"

pytestmark = pytest.mark.xdist_group("cli")  # its tables are made once


def _rows(folder: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / f"{name}.parquet").to_pylist()
    return rows


def _statuses(folder: Path) -> dict[str, str]:
    return {str(row["path"]): str(row["status"]) for row in _rows(folder, "sources")}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of all sample plans."""
    folder = tmp_path_factory.mktemp("tables")
    done = yaodian("extract", RAW, "-o", folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_help_names_every_command() -> None:
    done = yaodian("--help")
    assert done.returncode == 0
    for command in ("extract", "show", "score", "diff", "lexicon", "models"):
        assert command in done.stdout


def test_no_command_is_a_usage_error() -> None:
    assert yaodian().returncode == 2
    assert forked("extrakt").returncode == 2
    assert forked("extract").returncode == 2


def test_extract_writes_every_table_with_its_metadata(tables: Path) -> None:
    visible = sorted(path.name for path in tables.iterdir() if not path.name.startswith("."))
    assert visible == sorted([*(f"{name}.parquet" for name in TABLES), "runs.jsonl"])
    for name in TABLES:
        metadata = pq.read_metadata(tables / f"{name}.parquet").metadata
        assert {b"schema_version", b"ruleset", b"snapshot_id"} <= metadata.keys()


def test_extract_reads_every_sample(tables: Path) -> None:
    statuses = _statuses(tables)
    assert set(statuses.values()) == {"ok"}
    assert {path.split("#")[0] for path in statuses} == {path.name for path in RAW.iterdir()}


def test_extract_gives_the_same_bytes_again(tables: Path, tmp_path: Path) -> None:
    """Other hashes of texts, other memory, and no workers."""
    assert extract(RAW, "-o", tmp_path / "again").returncode == 0
    for name in TABLES:
        assert (tmp_path / "again" / f"{name}.parquet").read_bytes() == (tables / f"{name}.parquet").read_bytes(), name


def test_extract_takes_files_folders_and_globs(tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for place in ("in/one.txt", "in/deep/two.txt", "three.txt"):
        shutil.copy(TASKS, tmp_path / place)
        with (tmp_path / place).open("a", encoding="utf-8") as handle:
            handle.write(place)
    inputs = ("in", "*.txt")
    assert extract(*inputs, "-o", "out", cwd=tmp_path).returncode == 0
    assert list(_statuses(tmp_path / "out")) == ["deep/two.txt", "one.txt", "three.txt"]


def test_extract_without_output_writes_below_data(tmp_path: Path) -> None:
    assert extract(TASKS, cwd=tmp_path).returncode == 0
    assert (tmp_path / "data" / "processed" / "targets.parquet").exists()


def test_a_bad_file_costs_itself_only(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(TASKS, folder / "a.txt")
    shutil.copy(TASKS, folder / "again.txt")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "weather.txt").write_text("今天天气晴。\n", encoding="utf-8")
    (folder / "picture.txt").write_bytes(bytes(range(256)) * 8)
    done = extract(folder, "-o", tmp_path / "out")
    assert done.returncode == 0
    assert _statuses(tmp_path / "out") == {
        "a.txt": "ok",
        "again.txt": "duplicate",
        "empty.txt": "empty",
        "picture.txt": "rejected",
        "weather.txt": "no_plan",
    }
    assert "picture.txt" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_mistyped_input_is_a_sentence_and_nothing_is_written(tmp_path: Path) -> None:
    for inputs, said in ((["nowhere"], "does not exist"), ([TASKS, "nowhere*"], "matches no file")):
        done = extract(*inputs, "-o", "out", cwd=tmp_path)
        assert done.returncode == 1
        assert said in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        assert done.stdout == ""
        assert not (tmp_path / "out").exists()


def test_an_input_that_is_away_for_a_night_costs_itself_only(tmp_path: Path) -> None:
    """What a run has read before may be missing beside others; that all are missing, or a new one, stops the run."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        shutil.copy(TASKS, tmp_path / name / f"{name}.txt")
        with (tmp_path / name / f"{name}.txt").open("a", encoding="utf-8") as handle:
            handle.write(name)
    night = ("one", "two", "-o", "out")
    assert extract(*night, cwd=tmp_path).returncode == 0
    (tmp_path / "two").rename(tmp_path / "away")
    done = extract(*night, "--prune", cwd=tmp_path)
    assert done.returncode == 0
    assert "nothing was pruned" in done.stdout
    assert _statuses(tmp_path / "out") == {"one.txt": "ok", "two": "rejected", "two.txt": "ok"}
    (tmp_path / "one").rename(tmp_path / "gone")
    before = {name: (tmp_path / "out" / f"{name}.parquet").read_bytes() for name in TABLES}
    done = extract(*night, "--prune", cwd=tmp_path)
    assert done.returncode == 1
    assert "Nothing was read or written" in done.stderr
    assert {name: (tmp_path / "out" / f"{name}.parquet").read_bytes() for name in TABLES} == before
    state = forked("status", "out", cwd=tmp_path)
    assert state.returncode == 5
    assert "does not exist" in state.stdout


def test_an_empty_folder_gets_a_hint(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    done = extract(tmp_path / "in", "-o", tmp_path / "out")
    assert done.returncode == 0
    assert "No file stands in" in done.stdout


def test_an_output_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = extract(TASKS, "-o", tmp_path / "file" / "out")
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def _as_another(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A command run by a user who owns nothing, and reads everything, as the interpreter may stand in a closed folder."""
    capability = "-all,+dac_read_search"
    user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    user += [f"--inh-caps={capability}", f"--ambient-caps={capability}"]
    return subprocess.run([*user, *command], capture_output=True, text=True, cwd=cwd, check=False)


def _may_be_another() -> bool:
    root = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("setpriv")
    return bool(root) and _as_another(sys.executable, "-c", "pass", cwd=ROOT).returncode == 0


@pytest.mark.skipif(not _may_be_another(), reason="takes root, and setpriv, to become another user")
def test_a_folder_of_another_user_is_a_sentence_and_stays_as_it_is(tmp_path: Path) -> None:
    shutil.copy(TASKS, tmp_path / "one.txt")
    assert extract("one.txt", "-o", "out", cwd=tmp_path).returncode == 0
    before = {file: file.read_bytes() for file in sorted((tmp_path / "out").rglob("*")) if file.is_file()}
    shutil.copy(TASKS, tmp_path / "two.txt")
    command = ["env", f"PYTHONPATH={ROOT}", "HOME=/nonexistent"]
    command += [sys.executable, "-c", "from cli import main; main()"]
    done = _as_another(*command, "extract", "one.txt", "two.txt", "-o", "out", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "The output folder 'out' cannot be written (Permission denied); choose another with -o."
    ]
    assert {file: file.read_bytes() for file in sorted((tmp_path / "out").rglob("*")) if file.is_file()} == before
    assert _as_another(*command, "status", "out", cwd=tmp_path).returncode == 0


def test_tokens_come_when_asked_for(tmp_path: Path) -> None:
    assert extract(TASKS, "-o", tmp_path, "--tokens").returncode == 0
    (text,) = _rows(tmp_path, "texts")
    tokens = _rows(tmp_path, "tokens")
    assert len(tokens) > 400
    for token in tokens[:50]:
        assert str(text["text"])[slice(token["start"], token["end"])] == token["word"]


def test_a_segmenter_must_be_known() -> None:
    done = forked("extract", TASKS, "--segmenter", "scissors")
    assert done.returncode == 2
    assert "scissors" in done.stderr


def test_show_draws_the_tree_of_tasks() -> None:
    done = yaodian("show", TASKS)
    assert done.returncode == 0
    for piece in ("临江市2025年民生实事任务清单", "增加普惠托位", "牵头", "市卫生健康委", "11月底前"):
        assert piece in done.stdout


def test_show_as_json_gives_an_object_a_line() -> None:
    done = forked("show", TASKS, "--json")
    assert done.returncode == 0
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert {"sources", "plans", "items", "targets", "deadlines", "units"} <= {row["table"] for row in rows}
    (stations,) = (row for row in rows if row["table"] == "targets" and row["indicator"] == "充电桩")
    assert (stations["value"], stations["comparator"], stations["unit"]) == (800, "ge", "个")


@pytest.mark.parametrize("name", ["nowhere.txt", "picture.bin"])
def test_show_says_why_a_file_cannot_be_shown(tmp_path: Path, name: str) -> None:
    (tmp_path / "picture.bin").write_bytes(bytes(range(256)) * 8)
    done = forked("show", tmp_path / name)
    assert done.returncode == 1
    assert name in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_collection_is_shown_record_by_record(tmp_path: Path) -> None:
    plan = TASKS.read_text(encoding="utf-8")
    lines = [json.dumps({"text": text}, ensure_ascii=False) for text in ("今天天气晴。", plan)]
    (tmp_path / "c.jsonl").write_text("\n".join(["{", *lines]), encoding="utf-8")
    done = forked("show", "c.jsonl", cwd=tmp_path)
    assert done.returncode == 0
    assert "c.jsonl#00000001" in done.stderr
    assert "临江市2025年民生实事任务清单" in done.stdout
    one = forked("show", "c.jsonl#3", cwd=tmp_path)
    assert "c.jsonl#00000003" in one.stdout
    assert "holds no plan" not in one.stdout
    explained = forked("explain", "c.jsonl#3", "--find", "达到4.5个", cwd=tmp_path)
    assert "每千人口托位数" in explained.stdout
    for arguments, said in (
        (("show", "c.jsonl#9"), "holds nothing named '9'"),
        (("explain", "c.jsonl"), "holds many sources"),
        (("show", "."), "is a folder"),
    ):
        done = forked(*arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (1, "")
        assert said in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [("status", "none"), ("diff", "none", "none"), ("score", "none", "gold.json"), ("export", "none"),
     ("report", "none"), ("gold", "import", "x.jsonl", "--tables", "none")],
    ids=lambda arguments: arguments[0],
)  # fmt: skip
def test_every_command_says_alike_where_there_are_no_tables(arguments: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"text": "a", "label": [], "source": "a.txt"}', encoding="utf-8")
    done = forked(*arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == "'none' is no folder; give the one that `yaodian extract -o` wrote.\n"
    (tmp_path / "none").mkdir()
    done = forked(*arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == "'none' holds no tables; run `yaodian extract INPUT -o none` first.\n"


def test_score_counts_each_kind(tables: Path) -> None:
    gold = sorted(GOLD.glob("*.json"))
    done = yaodian("score", tables, *gold, "--json")
    assert done.returncode == 0
    figures = json.loads(done.stdout)
    assert {"plans", "items", "percents", "quantities", "deadlines", "units"} <= figures.keys()
    assert figures["plans"]["gold"] == 10
    table = forked("score", tables, *gold)
    assert f"{figures['items']['strict_f1']:.3f}" in table.stdout


def test_score_lists_misses(tables: Path, tmp_path: Path) -> None:
    document = json.loads((GOLD / "08_task_notes.json").read_text(encoding="utf-8"))
    del document["units"][0]
    document["deadlines"].append(document["deadlines"][0] | {"start": 1, "end": 4, "text": "江市2"})
    (tmp_path / "changed.json").write_text(json.dumps(document), encoding="utf-8")
    extra = forked("score", tables, tmp_path / "changed.json", "--errors", "units").stdout
    missed = forked("score", tables, tmp_path / "changed.json", "--errors", "deadlines").stdout
    assert any(line.startswith("+ 08_task_notes.txt") and "市卫生健康委" in line for line in extra.splitlines())
    assert any(line.startswith("- 08_task_notes.txt") and "江市2" in line for line in missed.splitlines())


def test_score_says_what_is_wrong(tables: Path, tmp_path: Path) -> None:
    gold = GOLD / "08_task_notes.json"
    (tmp_path / "empty.json").write_text("{}", encoding="utf-8")
    for arguments, said in (
        ((tmp_path, gold), "holds no tables"),
        ((tables, tmp_path / "none.json"), "none.json' cannot be read"),
        ((tables, tmp_path / "empty.json"), "has no 'source'"),
        ((tables, gold, "--errors", "colours"), "colours"),
    ):
        done = forked("score", *arguments)
        assert done.returncode == 1
        assert said in done.stderr
        assert "Traceback" not in done.stderr


def test_diff_of_a_run_with_itself_is_empty(tables: Path) -> None:
    done = yaodian("diff", tables, tables)
    assert done.returncode == 0
    assert "no difference" in done.stdout


def test_diff_names_what_a_change_brings_and_takes(tmp_path: Path) -> None:
    text = TASKS.read_text(encoding="utf-8")
    for name, version in (("old", text), ("new", text.replace("建设充电桩800个以上", "建设充电桩多个"))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "plan.txt").write_text(version, encoding="utf-8")
        assert extract(tmp_path / name, "-o", tmp_path / f"{name}.out").returncode == 0
    done = forked("diff", tmp_path / "old.out", tmp_path / "new.out", "--limit", "0")
    assert done.returncode == 0
    assert "800个以上" in done.stdout


def test_diff_says_where_there_are_no_tables(tables: Path, tmp_path: Path) -> None:
    done = forked("diff", tables, tmp_path)
    assert done.returncode == 1
    assert "holds no tables" in done.stderr


def test_lexicon_check_proves_the_rules() -> None:
    done = yaodian("lexicon", "check")
    assert done.returncode == 0, done.stderr
    assert "patterns" in done.stdout


@pytest.mark.parametrize("error", [ZeroDivisionError("by ours"), KeyboardInterrupt()])
def test_a_crash_under_json_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def crash(*_: object) -> None:
        raise error

    monkeypatch.setattr("pipeline.run._Night.run", crash)
    done = CliRunner().invoke(app, ["extract", str(RAW), "-o", str(tmp_path / "out"), "--log-format", "json"])
    assert done.exit_code == 1
    (line,) = done.stderr.splitlines()
    told = json.loads(line)
    assert (told["event"], told["level"]) == ("failed", "error")
    assert "in crash" in told["traceback"]
    assert json.loads((tmp_path / "out" / "runs.jsonl").read_text(encoding="utf-8"))["error"] == told["error"]
