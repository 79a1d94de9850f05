"""Rows go out to doccano and Label Studio and come back as gold that the tables are scored against."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from command_line import forked, yaodian
from make_samples import RAW

from pipeline.export import annotation
from pipeline.export.load import ExportError, Tables
from pipeline.gold import GoldError, import_files
from pipeline.run import run
from pipeline.score import score

pytestmark = pytest.mark.xdist_group("annotation")  # its tables are made once

SAMPLES = ("08_task_notes.txt", "09_half_year_utf16.txt", "02_preview_pages.txt", "11_gb18030_crlf.txt")
ASTRAL = """😀😀 松岭县2025年工作要点

为做好全年工作，制定本要点，请各单位认真贯彻执行。

一、教育
1．新建学校3所，9月底前完工。
"""


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("annotation")
    (folder / "astral.txt").write_text(ASTRAL * 3, encoding="utf-8")
    run([*(str(RAW / name) for name in SAMPLES), str(folder / "astral.txt")], folder / "out")
    return Tables(folder / "out")


def doccano(tables: Tables, file: Path) -> list[dict[str, Any]]:
    annotation.write_doccano(tables, file)
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def written(records: list[dict[str, Any]], file: Path) -> Path:
    file.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    return file


def imported(tables: Tables, file: Path, folder: Path) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Gold by source, and the spans that want values by hand."""
    files, unread = import_files([file], tables, folder)
    gold = [json.loads(path.read_text(encoding="utf-8")) for path in files]
    return {document["source"]: document for document in gold}, unread


def test_what_is_not_corrected_scores_full(tables: Tables, tmp_path: Path) -> None:
    doccano(tables, tmp_path / "d.jsonl")
    annotation.write_label_studio(tables, tmp_path / "ls")
    one, unread = imported(tables, tmp_path / "d.jsonl", tmp_path / "one")
    two, _ = imported(tables, tmp_path / "ls" / "tasks.json", tmp_path / "two")
    assert unread == []
    assert one == two
    tallies, _ = score(tables.folder, sorted((tmp_path / "one").glob("*.json")))
    for name, tally in tallies.items():
        assert tally.gold == tally.pred == tally.right > 0 or name == "percents", name


def test_spans_are_the_text_of_their_rows(tables: Tables, tmp_path: Path) -> None:
    for record in doccano(tables, tmp_path / "d.jsonl"):
        for start, end, label in record["label"]:
            assert 0 <= start < end <= len(record["text"])
            assert label in annotation.LABELS
    units = [row["text"] for row in tables.rows("units")]
    labelled = [
        record["text"][start:end]
        for record in doccano(tables, tmp_path / "d.jsonl")
        for start, end, label in record["label"]
        if label in ("牵头", "责任", "配合", "督查")
    ]
    assert sum(text in units for text in labelled) > 0.9 * len(units)


def test_corrections_change_the_gold(tables: Tables, tmp_path: Path) -> None:
    records = doccano(tables, tmp_path / "d.jsonl")
    record = next(r for r in records if r["source"].endswith("08_task_notes.txt"))
    text, labels = record["text"], record["label"]
    lead = next(label for label in labels if label[2] == "牵头")
    lead[2] = "责任"
    removed = next(label for label in labels if label[2] == "时限")
    labels.remove(removed)
    at = text.index("2025年")
    labels.append([at, at + 5, "时限"])
    labels.append([at + 5, at + 6, "指标"])
    gold, unread = imported(tables, written([record], tmp_path / "c.jsonl"), tmp_path / "gold")
    document = gold["08_task_notes.txt"]
    assert {"start": lead[0], "role": "responsible"}.items() <= next(
        u for u in document["units"] if u["start"] == lead[0]
    ).items()
    assert removed[0] not in {d["start"] for d in document["deadlines"]}
    added = next(d for d in document["deadlines"] if d["start"] == at)
    assert (added["relation"], added["date_end"], added["granularity"]) == ("within", "2025-12-31", "year")
    assert len(unread) == 1
    assert f"{at + 5}–{at + 6}" in unread[0]


def test_values_written_beside_a_span_count(tables: Tables, tmp_path: Path) -> None:
    annotation.write_label_studio(tables, tmp_path / "ls")
    (task, *_) = json.loads((tmp_path / "ls" / "tasks.json").read_text(encoding="utf-8"))
    result = task["predictions"][0]["result"]
    region = next(r for r in result if r["value"].get("labels") == ["指标"])
    note = {"id": region["id"], "from_name": "fields", "to_name": "text", "type": "textarea",
            "value": {"text": ["value=77 comparator=le", "redacted=false indicator=示例"]}}  # fmt: skip
    exported = [{"data": task["data"], "annotations": [{"result": [*result, note]}]}]
    (tmp_path / "export.json").write_text(json.dumps(exported, ensure_ascii=False), encoding="utf-8")
    gold, _ = imported(tables, tmp_path / "export.json", tmp_path / "gold")
    (document,) = gold.values()
    target = next(t for t in document["targets"] if t["start"] == region["value"]["start"])
    assert (target["value"], target["comparator"], target["redacted"], target["indicator"]) == (77, "le", False, "示例")


def test_what_is_shown_beside_a_span_is_not_taken_for_a_correction(tables: Tables, tmp_path: Path) -> None:
    """A span that a person widens is read anew; of its values those count that the person changed."""
    annotation.write_label_studio(tables, tmp_path / "ls")
    tasks = json.loads((tmp_path / "ls" / "tasks.json").read_text(encoding="utf-8"))
    task = next(t for t in tasks if t["data"]["source"].endswith("08_task_notes.txt"))
    result, text = task["predictions"][0]["result"], task["data"]["text"]
    region = next(r for r in result if r["type"] == "labels" and r["value"]["text"] == "达到4.5个")
    field = next(r for r in result if r["type"] == "textarea" and r["id"] == region["id"])
    assert field["value"]["text"] == ["indicator=每千人口托位数 comparator=eq value=4.5 unit=个 status=planned"]
    start, end = region["value"]["start"], region["value"]["end"]
    region["value"] |= {"start": start + 2, "text": text[start + 2 : end]}  # 4.5个
    field["value"]["text"] = ["indicator=每千人 托位数 comparator=eq value=4.5 unit=个"]
    (tmp_path / "export.json").write_text(json.dumps([{"data": task["data"], "annotations": [{"result": result}]}]))
    gold, _ = imported(tables, tmp_path / "export.json", tmp_path / "gold")
    target = next(t for t in gold["08_task_notes.txt"]["targets"] if t["start"] == start + 2)
    assert (target["text"], target["value"], target["indicator"]) == ("4.5个", 4.5, "每千人 托位数")
    assert target["status"] is None


def test_values_of_the_wrong_type_are_a_sentence(tables: Tables, tmp_path: Path) -> None:
    annotation.write_label_studio(tables, tmp_path / "ls")
    (task, *_) = json.loads((tmp_path / "ls" / "tasks.json").read_text(encoding="utf-8"))
    result = task["predictions"][0]["result"]
    for written in ("value=many", "delta=perhaps"):
        next(r for r in result if r["type"] == "textarea" and "value=" in r["value"]["text"][0])["value"]["text"] = [
            written + " value=" if written.startswith("delta") else written
        ]
        (tmp_path / "e.json").write_text(json.dumps([{"data": task["data"], "annotations": [{"result": result}]}]))
        with pytest.raises(GoldError, match=written):
            imported(tables, tmp_path / "e.json", tmp_path / "gold")


def test_doccano_shows_the_values_as_metadata(tables: Tables, tmp_path: Path) -> None:
    record = next(r for r in doccano(tables, tmp_path / "d.jsonl") if r["source"].endswith("08_task_notes.txt"))
    (values,) = (told for place, told in record["values"].items() if place.endswith("指标 达到4.5个"))
    assert values == "indicator=每千人口托位数 comparator=eq value=4.5 unit=个 status=planned"
    # As it comes back: the fields beside text and labels stand at the top, or below `meta` in older versions.
    back = {
        "id": 7,
        "text": record["text"],
        "label": record["label"],
        "meta": {"source": record["source"]},
        "Comments": [],
    }
    new, unread = imported(tables, written([back], tmp_path / "b.jsonl"), tmp_path / "new")
    same, _ = imported(tables, written([record], tmp_path / "c.jsonl"), tmp_path / "same")
    assert (new, unread) == (same, [])


def test_an_item_whose_parent_is_taken_away_hangs_higher(tables: Tables, tmp_path: Path) -> None:
    records = doccano(tables, tmp_path / "d.jsonl")
    record = next(r for r in records if r["source"].endswith("08_task_notes.txt"))
    first = next(label for label in record["label"] if label[2] == "任务")
    record["label"].remove(first)
    gold, _ = imported(tables, written([record], tmp_path / "c.jsonl"), tmp_path / "gold")
    starts = {item["start"] for item in gold["08_task_notes.txt"]["items"]}
    assert first[0] not in starts
    assert {item["parent"] for item in gold["08_task_notes.txt"]["items"]} <= starts | {None}


def test_line_ends_that_a_program_changed_are_followed(tables: Tables, tmp_path: Path) -> None:
    records = doccano(tables, tmp_path / "d.jsonl")
    record = next(r for r in records if "\r\n" in r["text"])
    text = record["text"]
    removed = [at for at, char in enumerate(text) if char == "\r"]
    short = {
        "source": record["source"],
        "text": text.replace("\r\n", "\n"),
        "entities": [
            {"start_offset": a - sum(r < a for r in removed), "end_offset": b - sum(r < b for r in removed), "label": c}
            for a, b, c in record["label"]
        ],
    }
    changed, _ = imported(tables, written([short], tmp_path / "s.jsonl"), tmp_path / "one")
    same, _ = imported(tables, written([record], tmp_path / "d2.jsonl"), tmp_path / "two")
    assert changed == same


def test_the_interface_names_every_label(tables: Tables, tmp_path: Path) -> None:
    annotation.write_label_studio(tables, tmp_path)
    view = ElementTree.parse(tmp_path / "config.xml").getroot()
    assert tuple(label.attrib["value"] for label in view.iter("Label")) == annotation.LABELS


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"text": "a", "label": [], "source": "nowhere.txt"}, "no source of these tables"),
        ({"text": "a", "label": [], "source": "08_task_notes.txt"}, "not that of the tables"),
        ({"text": "a", "label": [[0, 1, "颜色"]], "source": "08_task_notes.txt"}, "label '颜色'"),
        ({"texts": "a"}, "neither doccano's nor Label Studio's"),
        ([1], "neither doccano's nor Label Studio's"),
    ],
)
def test_faults_are_sentences(tables: Tables, tmp_path: Path, record: Any, said: str) -> None:
    with pytest.raises(GoldError, match=said):
        import_files([written([record], tmp_path / "x.jsonl")], tables, tmp_path / "gold")


def test_files_that_cannot_be_read_or_written(tables: Tables, tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text("{", encoding="utf-8")
    with pytest.raises(GoldError, match="is no JSON"):
        import_files([tmp_path / "x.jsonl"], tables, tmp_path / "gold")
    with pytest.raises(ExportError, match="cannot be written"):
        annotation.write_doccano(tables, tmp_path / "nowhere" / "d.jsonl")


def test_the_commands(tables: Tables, tmp_path: Path) -> None:
    folder = tables.folder
    for run_, option, name in (
        (yaodian, "--doccano", "d.jsonl"), (forked, "--label-studio", "ls"), (forked, "--csv", "csv"),
    ):  # fmt: skip
        done = run_("export", folder, option, "-o", tmp_path / name)
        assert done.returncode == 0, done.stderr
    done = yaodian("gold", "import", tmp_path / "d.jsonl", "--tables", folder, "-o", tmp_path / "gold")
    assert done.returncode == 0, done.stderr
    assert "gold files" in done.stdout
    assert forked("export", folder, "--csv", "--doccano").returncode == 2
    failed = forked("gold", "import", tmp_path / "none.jsonl", "--tables", folder)
    assert (failed.returncode, len(failed.stderr.strip().splitlines())) == (1, 1)
