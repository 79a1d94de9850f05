"""One plan in every form gives the rows of its clean text; tables in every form give the rows of their cells."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import document_forms as forms
import make_documents
import pytest
from make_samples import RAW, SAMPLES
from word_files import WordFile

from pipeline.read import Entry, read
from pipeline.stages import Pipeline
from pipeline.tables import Rows

PLANS = {sample.plan: sample.marked.text for sample in SAMPLES}
# In two columns nobody prints a saved web page with all its furniture, nor labels side by side in one line.
NOT_PRINTED = {("b.pdf", "aggregator_page"), ("b.pdf", "transport_points")}
FORMS: dict[str, Callable[[str], bytes]] = {
    "a.txt": forms.gb18030,
    "a.docx": forms.word,
    "strict.docx": forms.strict_word,
    "a.html": forms.page,
    "b.html": lambda plan: forms.page(plan, "gb18030", "iso-8859-1"),
    "a.pdf": forms.pdf,
    "b.pdf": lambda plan: forms.pdf(plan, columns=2),
}
TASKS = [
    ["序号", "工作任务", "责任领导", "牵头单位", "配合单位", "完成时限"],
    ["1", "新建泵站12座，供水保证率达到97%以上。", "张伟", "县水务局", "县财政局、县发展改革局", "2025年6月底前"],
    ["2", "改造供水管网30公里。", "^", "^", "各镇人民政府", "2025.10"],
    ["3", "新建幼儿园3所，新增学位900个。", "李明", "县教育局", "县住房城乡建设局", "^"],
]
INDICATORS = [
    ["序号", "指标名称", "单位", "2020年", "2025年目标", "属性"],
    ["1", "地区生产总值", "亿元", "120.5", "180", "预期性"],
    ["2", "学前三年毛入园率（%）", "", "85.2", "≥92", "约束性"],
    ["3", "公共厕所", "座", "—", "45", "预期性"],
]
OPENING = (
    "云溪县2025年重点工作任务分解方案\n为抓好全年工作，制定本方案，请各单位结合实际认真组织实施，按月报送进展情况。\n"
)


@cache
def pipeline() -> Pipeline:
    return Pipeline()


def rows_of(name: str, data: bytes) -> Rows:
    source = read(Entry(Path(name), name, data=data))
    assert source.status == "ok", source.error
    return pipeline().rows(source)


def facts(rows: Rows) -> dict[str, list[tuple[Any, ...]]]:
    """What the rows say, without where it stands."""
    items = {row["item_id"]: row["path"] for row in rows["items"]}
    times = {row["deadline_id"]: row["text"] for row in rows["deadlines"]}
    return {
        "plans": [(p["title"], p["kind"], p["year"]) for p in rows["plans"]],
        "items": [(i["path"], i["style"], i["number"], i["title"]) for i in rows["items"]],
        "targets": [
            (t["text"], t["comparator"], t["value"], t["unit"], t["indicator"], t["subject"], t["status"],
             items.get(t["item_id"]), times.get(t["deadline_id"]))
            for t in rows["targets"]
        ],
        "deadlines": [
            (d["text"], d["relation"], d["date_start"], d["date_end"], items.get(d["item_id"])) for d in rows["deadlines"]
        ],
        "units": [(u["name"], u["role"], u["collective"], items.get(u["item_id"])) for u in rows["units"]],
    }  # fmt: skip


@cache
def facts_of_plan(plan: str) -> dict[str, list[tuple[Any, ...]]]:
    return facts(rows_of("clean.txt", PLANS[plan].encode()))


@pytest.mark.parametrize(("name", "plan"), [(n, p) for n in FORMS for p in PLANS if (n, p) not in NOT_PRINTED])
def test_a_plan_in_another_form_gives_the_same_rows(name: str, plan: str) -> None:
    wanted = facts_of_plan(plan)
    assert wanted["items"]
    assert wanted["targets"]
    assert facts(rows_of(name, FORMS[name](PLANS[plan]))) == wanted


def table_forms(rows: list[list[str]]) -> dict[str, bytes]:
    """A plan with a table as Word file, page, PDF and copied text."""
    file = WordFile()
    for line in OPENING.split("\n"):
        file.paragraph(line)
    file.table(forms.word_table(rows))
    full = forms.filled(rows)
    page = "".join(f"<p>{line}</p>" for line in OPENING.split("\n")) + forms.html_table(rows)
    return {
        "a.docx": file.data(),
        "a.html": f"<html><body>{page}</body></html>".encode(),
        "a.pdf": forms.pdf_table("<br/>".join(OPENING.strip().split("\n")), full),
        "a.txt": (OPENING + "\n".join(" | ".join(row) for row in full)).encode(),
        "markdown.txt": (
            OPENING + "\n".join(f"| {' | '.join(row)} |" for row in [full[0], ["---"] * len(full[0]), *full[1:]])
        ).encode(),
        "flat.txt": (OPENING + "\n".join(cell or "—" for row in full for cell in row)).encode(),
    }


TABLE_FORMS = ("a.docx", "a.html", "a.pdf", "a.txt", "markdown.txt", "flat.txt")


@pytest.mark.parametrize("form", TABLE_FORMS)
def test_a_table_of_tasks_gives_items_units_and_deadlines(form: str) -> None:
    found = facts(rows_of(form, table_forms(TASKS)[form]))
    assert [item[:3] for item in found["items"]] == [("1", "ar_dot", 1), ("2", "ar_dot", 2), ("3", "ar_dot", 3)]
    assert [item[3] for item in found["items"]] == [row[1].rstrip("。") for row in TASKS[1:]]
    charged = [unit for unit in found["units"] if unit[3]]
    assert charged == [
        ("张伟", "responsible", False, "1"), ("县水务局", "lead", False, "1"), ("县财政局", "support", False, "1"),
        ("县发展改革局", "support", False, "1"), ("张伟", "responsible", False, "2"), ("县水务局", "lead", False, "2"),
        ("各镇人民政府", "support", True, "2"), ("李明", "responsible", False, "3"), ("县教育局", "lead", False, "3"),
        ("县住房城乡建设局", "support", False, "3"),
    ]  # fmt: skip
    dated = [(d[0], d[1], str(d[3]), d[4]) for d in found["deadlines"] if d[4]]
    assert dated == [
        ("2025年6月底前", "by", "2025-06-30", "1"), ("2025.10", "within", "2025-10-31", "2"),
        ("2025.10", "within", "2025-10-31", "3"),
    ]  # fmt: skip
    targets = [(t[2], t[3], t[4], t[7], t[8]) for t in found["targets"]]
    assert targets == [
        (12.0, "座", "泵站", "1", "2025年6月底前"), (97.0, "%", "供水保证率", "1", "2025年6月底前"),
        (30.0, "公里", "供水管网", "2", "2025.10"), (3.0, "所", "幼儿园", "3", "2025.10"),
        (900.0, "个", "学位", "3", "2025.10"),
    ]  # fmt: skip


def test_a_share_of_a_flattened_table_keeps_its_numbers() -> None:
    """What one body has picked out of a table: numbers with holes, headings of parts without a row."""
    lines = [
        "序号", "重点任务", "主要责任单位", "协同配合单位", "一、扩大投资", "4", "新建泵站12座。", "县水务局", "县财政局、县发展改革局。",
        "二、改善民生", "三、保护生态", "37", "新增供水管网30公里。", "县水务局", "各镇人民政府，县住房城乡建设局。",
        "38", "新建幼儿园3所。", "县教育局", "县财政局。",
    ]  # fmt: skip
    found = facts(rows_of("a.txt", (OPENING + "\n".join(lines)).encode()))
    assert {(unit[0], unit[1], unit[3].rpartition("/")[2]) for unit in found["units"] if unit[3]} == {
        ("县水务局", "responsible", "4"), ("县财政局", "support", "4"), ("县发展改革局", "support", "4"),
        ("县水务局", "responsible", "37"), ("各镇人民政府", "support", "37"), ("县住房城乡建设局", "support", "37"),
        ("县教育局", "responsible", "38"), ("县财政局", "support", "38"),
    }  # fmt: skip


@pytest.mark.parametrize("form", TABLE_FORMS)
def test_a_table_of_indicators_gives_targets_with_base_and_binding(form: str) -> None:
    rows = rows_of(form, table_forms(INDICATORS)[form])
    times = {row["deadline_id"]: row for row in rows["deadlines"]}
    found = [
        (t["indicator"], t["comparator"], t["value"], t["unit"], t["baseline"], t["binding"], t["kind"],
         str(times[t["deadline_id"]]["date_end"]))
        for t in rows["targets"]
    ]  # fmt: skip
    assert found == [
        ("地区生产总值", "eq", 180.0, "亿元", 120.5, False, "amount", "2025-12-31"),
        ("学前三年毛入园率", "ge", 92.0, "%", 85.2, True, "percent", "2025-12-31"),
        ("公共厕所", "eq", 45.0, "座", None, False, "count", "2025-12-31"),
    ]


def test_text_boxes_and_footnotes_stand_where_they_are_read() -> None:
    file = WordFile()
    file.footnotes.append('<w:footnote w:id="2"><w:p><w:r><w:t>含民办园。</w:t></w:r></w:p></w:footnote>')
    file.paragraph("甲", runs='<w:r><w:footnoteReference w:id="2"/></w:r>')
    box = "<w:p><w:r><w:t>框中</w:t></w:r></w:p>"
    drawn = f"<wps:txbx><w:txbxContent>{box}</w:txbxContent></wps:txbx>"
    old = f"<v:textbox><w:txbxContent>{box}</w:txbxContent></v:textbox>"
    file.paragraph(
        "乙",
        runs=f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing>{drawn}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{old}</w:pict></mc:Fallback></mc:AlternateContent></w:r>",
    )
    hidden = (
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>看不见</w:t></w:r><w:del><w:r><w:delText>删去</w:delText></w:r></w:del>"
    )
    file.paragraph("丙", runs=hidden + "<w:ins><w:r><w:t>添上</w:t></w:r></w:ins>")
    assert read(Entry(Path("a"), "a.docx", data=file.data())).text == "甲\n注1：含民办园。\n乙\n框中\n丙添上"


def test_tables_text_boxes_and_footnotes_inside_a_cell_stay_in_it() -> None:
    def words(text: str, more: str = "") -> str:
        return f"<w:p><w:r><w:t>{text}</w:t></w:r>{more}</w:p>"

    def table(*rows: tuple[str, str]) -> str:
        lines = ("".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows)
        return f"<w:tbl>{''.join(f'<w:tr>{line}</w:tr>' for line in lines)}</w:tbl>"

    file = WordFile()
    file.footnotes.append(f'<w:footnote w:id="2">{words("按学年计。")}</w:footnote>')
    file.paragraph("前")
    inner = table((words("子"), words("丑")), (words("寅"), words("卯")))
    box = f"<w:r><w:pict><v:textbox><w:txbxContent>{words('框')}{inner}</w:txbxContent></v:textbox></w:pict></w:r>"
    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    file.body.append(table((words("甲") + inner + words("乙"), words("丙", note)), (words("丁", box), words("戊"))))
    file.paragraph("后")
    assert read(Entry(Path("a"), "a.docx", data=file.data())).text == (
        "前\n甲　子 ∣ 丑　寅 ∣ 卯　乙 | 丙　注1：按学年计。\n丁　框　子 ∣ 丑　寅 ∣ 卯 | 戊\n后"
    )


def test_a_text_box_of_a_page_that_only_lays_out_is_no_table() -> None:
    data = b"<html><body><table><tr><td>" + "左栏".encode() + b"</td></tr></table></body></html>"
    assert read(Entry(Path("a"), "a.html", data=data)).text == "左栏"


def test_the_sample_documents_are_what_their_recipe_says() -> None:
    for name, data in make_documents.files().items():
        assert (RAW / name).read_bytes() == data, f"{name}: python tests/make_documents.py"
