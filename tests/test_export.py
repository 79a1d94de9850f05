"""The workbook and the CSV files: opened again, by another library than wrote them, they hold what the tables hold."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from make_samples import RAW

from pipeline.export import FORMATS, FormatError, excel, flat, format_of, labels
from pipeline.export.load import ExportError, Tables
from pipeline.export.sheets import SHEETS
from pipeline.run import run

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("xlsxwriter")

pytestmark = pytest.mark.xdist_group("export")  # its tables are made once

FORMULAS = """松岭县2025年重点工作要点

为做好2025年全县各项重点工作，确保全年目标任务全面完成，结合工作实际，制定本要点，请认真贯彻执行，抓好工作落实。

一、做好民生工作
1．=SUM(A1:A9)，新建公园3个，10月底前完成。（牵头单位：县住建局；责任单位：县财政局）
2．+86热线接通率达到98.5%以上。
3．@所有人，-1层车库改造5处，投资不超过0.4%。
"""


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The tables of three samples, a text full of formulas, and a file that cannot be read."""
    folder = tmp_path_factory.mktemp("export")
    (folder / "=cmd.txt").write_text(FORMULAS, encoding="utf-8")
    (folder / "broken.txt").write_bytes(bytes(range(256)) * 8)
    names = ("01_opinion_with_cover_notice.txt", "08_task_notes.txt", "05_blanked_values.txt")
    run([str(folder), *(str(RAW / name) for name in names)], folder / "out")
    return Tables(folder / "out")


@pytest.fixture(scope="module")
def book(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Any:
    file = tmp_path_factory.mktemp("book") / "tasks.xlsx"
    excel.write(tables, file)
    return openpyxl.load_workbook(file)


def column(page: Any, heading: str) -> list[Any]:
    """The cells of a column below its heading."""
    (found,) = (cells for cells in page.columns if cells[0].value == heading)
    return list(found[1:])


def test_sheets_hold_every_row(tables: Tables, book: Any) -> None:
    assert book.sheetnames == ["任务", "指标", "时限", "责任单位", "来源", "疑漏"]
    for sheet in SHEETS:
        page = book[sheet.name]
        assert [cell.value for cell in page[1]] == [c.heading for c in sheet.columns]
        assert page.max_row == 1 + len(tables.rows(sheet.file))
        assert page.freeze_panes == "A2"
        assert page.auto_filter.ref.startswith("A1:")


def test_dates_and_percents_are_numbers(tables: Tables, book: Any) -> None:
    days = [cell for cell in column(book["任务"], "完成日期") if cell.value is not None]
    assert days
    assert all(isinstance(cell.value, datetime) and cell.number_format == "yyyy-mm-dd" for cell in days)
    percents = {
        (row["value"], cell.value, cell.number_format)
        for row, cell in zip(tables.rows("targets"), column(book["指标"], "数值"), strict=True)
        if row["unit"] == "%" and row["value"] is not None
    }
    assert (98.5, 0.985, "0.0%") in percents
    assert all(share == pytest.approx(value / 100) for value, share, _ in percents)


def test_a_blanked_value_is_an_empty_cell(tables: Tables, book: Any) -> None:
    cells = column(book["指标"], "数值")
    blanked = [cells[i] for i, row in enumerate(tables.rows("targets")) if row["redacted"]]
    assert blanked
    assert all(cell.value is None for cell in blanked)


def test_text_that_looks_like_a_formula_stays_text(book: Any) -> None:
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    titles = [cell.value for cell in column(book["任务"], "任务")]
    assert any(title and title.startswith("=SUM") for title in titles)


def test_long_text_is_wrapped_and_columns_fit(book: Any) -> None:
    page = book["任务"]
    assert all(cell.alignment.wrap_text for cell in column(page, "内容"))
    widths = [dimension.width for dimension in page.column_dimensions.values()]
    assert min(widths) >= 6
    assert max(widths) <= 62
    heights = [page.row_dimensions[line].height for line in range(2, page.max_row + 1)]
    assert max(heights) > 2 * min(heights)


def test_inherited_is_told(tables: Tables, book: Any) -> None:
    told = [cell.value for cell in column(book["任务"], "承自上级")]
    for task, value in zip(tables.rows("tasks"), told, strict=True):
        above = any(any(task[f"{role}_inherited"]) for role in labels.ROLES) or task["deadline_inherited"]
        assert bool(value) == above


def test_the_same_tables_give_the_same_bytes(tables: Tables, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        excel.write(tables, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_csv_opens_in_old_excel(tables: Tables, tmp_path: Path) -> None:
    counts = flat.write(tables, tmp_path)
    assert (tmp_path / "tasks.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    for sheet in SHEETS:
        with (tmp_path / f"{sheet.file}.csv").open(encoding="utf-8-sig", newline="") as handle:
            header, *rows = csv.reader(handle)
        assert header == [c.heading for c in sheet.columns]
        assert len(rows) == counts[f"{sheet.file}.csv"] == len(tables.rows(sheet.file))
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert "98.5%" in (tmp_path / "targets.csv").read_text(encoding="utf-8-sig")


def test_a_rejected_source_is_listed_with_its_reason(book: Any) -> None:
    results = dict(
        zip(
            (cell.value for cell in column(book["来源"], "文件")),
            (cell.value for cell in column(book["来源"], "处理结果")),
            strict=True,
        )
    )
    assert results["broken.txt"] == "未能读取"
    assert any("broken.txt" in (cell.value or "") for cell in column(book["来源"], "说明"))


def test_faults_are_sentences(tables: Tables, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="run `yaodian extract"):
        Tables(tmp_path).rows("plans")
    with pytest.raises(ExportError, match="cannot be written"):
        excel.write(tables, tmp_path / "nowhere" / "tasks.xlsx")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ExportError, match="choose another with -o"):
        flat.write(tables, tmp_path / "file")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(60.0, "60"), (0.5, "0.5"), (12000.0, "12000"), (-3.25, "-3.25"), (0.0, "0"), (1e9, "1000000000")],
)
def test_numbers_are_written_without_needless_digits(value: float, shown: str) -> None:
    assert labels.number(value) == shown


@pytest.mark.parametrize(
    ("chosen", "output", "wanted"),
    [
        (None, None, "excel"), (None, "a.XLSX", "excel"), (None, "a.csv", "csv"), (None, "a.spacy", "docbin"),
        ("csv", "folder", "csv"), ("csv", "2025.v1", "csv"), ("csv", "a.csv", "csv"), ("label-studio", "p.2025", "label-studio"),
        ("doccano", None, "doccano"), ("csv", "a.xlsx", "must end in .csv"), ("docbin", "a.csv", "must end in .spacy"),
        ("label-studio", "a.json", "as a folder"), (None, "folder", "does not say what to write"),
        (None, "a.jsonl", "--doccano or --label-studio"),
    ],
)  # fmt: skip
def test_the_name_of_the_output_and_the_option_tell_the_format(
    chosen: str | None, output: str | None, wanted: str
) -> None:
    file = Path(output) if output else None
    if wanted in FORMATS:
        assert format_of(chosen, file) == wanted
    else:
        with pytest.raises(FormatError, match=wanted):
            format_of(chosen, file)


def test_a_csv_file_is_the_task_sheet(tables: Tables, tmp_path: Path) -> None:
    flat.write(tables, tmp_path)
    counts = flat.write(tables, tmp_path / "x.csv")
    assert counts == {"任务": len(tables.rows("tasks"))}
    assert (tmp_path / "x.csv").read_bytes() == (tmp_path / "tasks.csv").read_bytes()
