"""The pipeline as a whole: laws that hold for every input, and runs over folders."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.clean import clean
from pipeline.publish import read_metadata
from pipeline.read import Source
from pipeline.run import Options, Pipeline, run
from pipeline.tables import SCHEMAS, TABLES, Rows, to_batch

SPANNED = ("items", "targets", "deadlines", "units", "gaps")
PIECES = st.sampled_from(
    [
        "临江区水务局2024年工作要点\n", "一、", "二、", "（一）", "（二）", "1.", "2.", "(1)", "一是", "\n", "。", "，", "；", " ", "　",
        "到2025年底", "12月底前", "每季度", "年内", "“十四五”期间", "新建泵站12座", "覆盖率达到９５％以上", "不低于 60 %", "增长5%左右",
        "xx%", "x所", "由市水务局牵头，市财政局配合", "（责任单位：市水务局、财政局）", "各镇要加强巡查", "投资3000万元", "\n\n3、", "&nbsp;",
        "现将方案印发给你们，", "《水库管理办法（2019—2022年）》", "分别增长6%、5%", "翻一番", "〔2024〕8号", "\r\n", "第三次会议", "共512345",
    ]
)  # fmt: skip


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline()


def source(text: str) -> Source:
    data = text.encode("utf-8", "surrogatepass")
    return Source("a.txt", hashlib.sha256(data).hexdigest(), len(data), "txt", "utf-8", text, "ok")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES, min_size=1, max_size=60).map("".join))
def test_offsets_point_at_what_they_claim(pipeline: Pipeline, text: str) -> None:
    rows = pipeline.rows(source(text))
    check_rows(rows)


def check_rows(rows: Rows) -> None:
    """Every row's span, read from the source and cleaned, is its text; keys lead to rows that are there."""
    texts = {row["source_id"]: row["text"] for row in rows["texts"]}
    plans = {row["plan_id"]: row for row in rows["plans"]}
    items = {row["item_id"] for row in rows["items"]}
    deadlines = {row["deadline_id"] for row in rows["deadlines"]}
    for name in SPANNED:
        starts = [(row["plan_id"], row["start"]) for row in rows[name]]
        assert starts == sorted(starts, key=lambda key: (plans[key[0]]["ordinal"], key[1]))
        for row in rows[name]:
            plan = plans[row["plan_id"]]
            assert plan["start"] <= row["start"] < row["end"] <= plan["end"]
            assert is_thinned(row["text"], texts[plan["source_id"]][row["start"] : row["end"]])
            assert row.get("item_id") is None or row["item_id"] in items
            assert row.get("parent_id") is None or row["parent_id"] in items
            assert row.get("deadline_id") is None or row["deadline_id"] in deadlines
    for name in TABLES:
        table = to_batch(name, rows[name])
        for field in SCHEMAS[name]:
            assert field.nullable or table[field.name].null_count == 0, f"{name}.{field.name}"


def is_thinned(text: str, written: str) -> bool:
    """Whether ``text`` is ``written`` with characters left out, its first and its last one kept."""
    at = iter(written)
    return text[:1] == written[:1] and text[-1:] == written[-1:] and all(char in at for char in text)


def test_every_row_of_the_corpus_points_at_its_text(pipeline: Pipeline, corpus: Path) -> None:
    files = sorted(corpus.glob("education/*.txt"))[:12] + sorted(corpus.glob("programmes/*.txt"))
    assert files
    for file in files:
        data = file.read_bytes()
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("gb18030")
        rows = pipeline.rows(source(text))
        check_rows(rows)
        view = clean(text)
        offsets = view.starts.tolist()
        place = {offset: i for i, offset in enumerate(offsets)}
        for name in SPANNED:
            for row in rows[name]:
                assert view.text[place[row["start"]] : place[row["end"] - 1] + 1] == row["text"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=400))
def test_no_text_breaks_a_stage(pipeline: Pipeline, text: str) -> None:
    check_rows(pipeline.rows(source(text.encode("utf-8", "replace").decode())))


SAMPLE = """云溪县水务局2024年工作要点

一、主要目标
2024年底前，新建泵站12座，农村自来水普及率达到95%以上。
二、重点任务
（一）抓好防汛。6月底前完成水库除险加固5座。（责任单位：县水务局、财政局）
（二）抓好供水。各镇要每季度检查水质2次。
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inputs = tmp_path / "in"
    (inputs / "b").mkdir(parents=True)
    (inputs / "a.txt").write_text(SAMPLE, encoding="utf-8")
    (inputs / "b" / "gb.txt").write_bytes(SAMPLE.replace("12座", "15座").encode("gb18030"))
    (inputs / "copy.txt").write_text(SAMPLE, encoding="utf-8")
    (inputs / "empty.txt").write_text("", encoding="utf-8")
    (inputs / "none.txt").write_text("hello world", encoding="utf-8")
    (inputs / "scan.pdf").write_bytes(b"%PDF-1.7 \x00\x01")
    return inputs


def digests(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.glob("*.parquet"))}


def test_a_run_names_every_input_and_counts_add_up(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    seen: list[tuple[int, int, str]] = []
    summary = run([str(folder)], out, progress=lambda *step: seen.append(step))
    sources = {row["path"]: row for row in pq.read_table(out / "sources.parquet").to_pylist()}
    statuses = {path: row["status"] for path, row in sources.items()}
    assert statuses["a.txt"] == "ok"
    assert statuses["b/gb.txt"] == "ok"
    assert statuses["copy.txt"] == "duplicate"
    assert statuses["empty.txt"] == "empty"
    assert statuses["none.txt"] == "no_plan"
    assert list(sources) == sorted(sources)
    assert sum(summary.statuses.values()) == len(sources) == 6
    assert [step[0] for step in seen] == [1, 2, 3, 4, 5, 6]
    for name in TABLES:
        table = pq.read_table(out / f"{name}.parquet")
        assert table.num_rows == summary.rows[name]
        assert table.schema.remove_metadata() == SCHEMAS[name]


def test_same_input_same_bytes(folder: Path, tmp_path: Path) -> None:
    run([str(folder)], tmp_path / "one")
    run([str(folder)], tmp_path / "two")
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_every_table_carries_one_snapshot(folder: Path, tmp_path: Path) -> None:
    run([str(folder)], tmp_path / "out")
    metadata = [read_metadata(file) for file in sorted((tmp_path / "out").glob("*.parquet"))]
    assert len(metadata) == len(TABLES)
    assert all(m == metadata[0] for m in metadata)
    assert set(metadata[0]) >= {"schema_version", "ruleset", "snapshot_id"}


def test_tokens_cover_the_plan(folder: Path, tmp_path: Path) -> None:
    run([str(folder / "a.txt")], tmp_path / "out", Options(tokens=True))
    tokens = pq.read_table(tmp_path / "out" / "tokens.parquet").to_pylist()
    text = pq.read_table(tmp_path / "out" / "texts.parquet").to_pylist()[0]["text"]
    assert all(text[t["start"] : t["end"]] == t["word"] for t in tokens)
    assert "".join(t["word"] for t in tokens) == "".join(SAMPLE.split())
    assert any(t["pos"] for t in tokens)


def test_a_defect_costs_its_source_only(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> object:
        raise RuntimeError("boom")

    monkeypatch.setattr("pipeline.plans.split", broken)
    summary = run([str(folder)], tmp_path / "out")
    assert summary.statuses["rejected"] >= 3
    assert any("boom" in sentence for _, sentence in summary.rejected)


def test_the_targets_of_the_sample(folder: Path, tmp_path: Path) -> None:
    run([str(folder / "a.txt")], tmp_path / "out")
    targets = pq.read_table(tmp_path / "out" / "targets.parquet").to_pandas()
    deadlines = pq.read_table(tmp_path / "out" / "deadlines.parquet").to_pandas().set_index("deadline_id")
    units = pq.read_table(tmp_path / "out" / "units.parquet").to_pandas()
    assert targets[["comparator", "value", "unit"]].to_numpy().tolist() == [
        ["eq", 12.0, "座"], ["ge", 95.0, "%"], ["eq", 5.0, "座"], ["eq", 2.0, "次"],
    ]  # fmt: skip
    assert deadlines.loc[targets["deadline_id"], "text"].tolist() == ["2024年底前", "2024年底前", "6月底前", "每季度"]
    assert units["name"].tolist() == ["县水务局", "县财政局", "各镇"]
    assert isinstance(pq.read_schema(tmp_path / "out" / "targets.parquet"), pa.Schema)
