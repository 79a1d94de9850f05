"""A night's run over anything: one bad file costs itself only."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from command_line import extract
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.read import Source
from pipeline.run import Pipeline, run

ROOT = Path(__file__).resolve().parent.parent

PLAN = (
    "2031年全县畜牧工作计划\n一、目标任务。新建标准化养殖场12个，生猪规模养殖比重达到65%以上，6月底前完成。\n"
    "二、保障措施。由县畜牧局牵头，各乡镇配合。\n"
)

BAD_FILES: dict[str, bytes] = {
    "empty.txt": b"",
    "blank.txt": "\u3000\r\n \n".encode(),
    "mark.txt": b"\xef\xbb\xbf",
    "zeros.txt": bytes(4096),
    "picture.txt": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
    "word.docx": b"PK\x03\x04" + bytes(100),
    "broken.docx": b"PK",
    "page.html": b"<html><body>" + PLAN.encode(),
    "table.csv": PLAN.encode(),
    "one-byte.txt": b"\xff",
    "half-character.txt": "要".encode()[:2],
    "odd-utf-16.txt": PLAN.encode("utf-16")[:-1],
    "surrogate.txt": b"\xff\xfe\x00\xd8" + PLAN.encode("utf-16-le"),
    "controls.txt": b"\x01\x02\x1b[31m" * 50,
    "nested" + "/deep" * 20 + "/a.txt": PLAN.encode()[:-3] + b"\xe4",
}

# What random texts are put together from.
MIXED = [
    *"一二三十百1290.、，。；：（）()[]《》“”%‰xX_* \n\r\t\u3000\u200b至到年月日底前内各由市县局校第个所万元",
    *("责任单位：", "达到", "以上", "不低于", "牵头", "配合", "2031年", "工作计划", "总结", "&nbsp;", "一是", "其中"),
]


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline()


def source(text: str) -> Source:
    data = text.encode(errors="replace")
    return Source("a.txt", hashlib.sha256(data).hexdigest(), len(data), "txt", "utf-8", text, "ok")


def test_bad_files_cost_themselves_only_and_the_counts_add_up(tmp_path: Path) -> None:
    inputs, output = tmp_path / "in", tmp_path / "out"
    for name, content in {**BAD_FILES, "good.txt": PLAN.encode(), "good, in gbk.txt": PLAN.encode("gbk")}.items():
        (inputs / name).parent.mkdir(parents=True, exist_ok=True)
        (inputs / name).write_bytes(content)
    (inputs / "gone.txt").symlink_to(inputs / "nowhere")
    given_inputs = [str(inputs), str(tmp_path / "no folder"), str(inputs / "*.nothing")]

    summary = run(given_inputs, output)

    rows = pq.read_table(output / "sources.parquet").to_pylist()
    assert len(rows) == len(BAD_FILES) + 2 + 1 + 2
    assert summary.statuses == Counter(row["status"] for row in rows)
    statuses = {row["path"]: row["status"] for row in rows}
    assert statuses["good.txt"] == statuses["good, in gbk.txt"] == "ok"
    assert {statuses[name] for name in ("gone.txt", "no folder", "*.nothing", "zeros.txt", "word.docx")} == {"rejected"}
    for row in rows:
        assert (row["error"] is not None) or row["status"] != "rejected"
        assert not re.search(r"\n|Traceback|Error\(", row["error"] or ""), "one sentence"
    good = {row["source_id"] for row in rows if row["status"] == "ok"}
    assert good <= set(pq.read_table(output / "plans.parquet").column("source_id").to_pylist())


def test_a_run_over_nothing_but_bad_files_still_writes_the_tables(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    run([str(tmp_path / "in")], tmp_path / "none")
    run([str(tmp_path / "missing")], tmp_path / "one")
    assert pq.read_table(tmp_path / "none" / "sources.parquet").num_rows == 0
    assert pq.read_table(tmp_path / "one" / "sources.parquet").num_rows == 1


def test_the_command_line_says_what_is_wrong_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PLAN, encoding="utf-8")
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04")
    done = extract(tmp_path / "a.txt", tmp_path / "broken.zip", "-o", tmp_path / "out")
    assert done.returncode == 0
    assert "is no sound zip archive" in re.sub(r"\s+", " ", done.stdout + done.stderr)
    assert "Traceback" not in done.stderr


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(MIXED), max_size=120).map("".join))
def test_no_text_breaks_a_stage(pipeline: Pipeline, text: str) -> None:
    for name, rows in pipeline.rows(source(text)).items():
        for row in rows:
            if "start" in row:
                assert 0 <= row["start"] < row["end"] <= len(text), name
