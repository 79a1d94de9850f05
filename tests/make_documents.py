"""Write the sample documents of data/raw that are no plain text, from the sample plans.

python tests/make_documents.py
"""

from __future__ import annotations

import document_forms as forms
from make_samples import RAW, SAMPLES
from word_files import WordFile, zipped

PLANS = {sample.plan: sample.marked.text for sample in SAMPLES}
OPENING = "临江县2031年重点工作任务分解方案\n为抓好全年工作，制定本方案，请各单位认真组织实施，按季度报送进展情况。"
TASKS = [
    ["序号", "工作任务", "牵头单位", "配合单位", "完成时限"],
    ["1", "新建泵站8座，供水保证率达到98%以上。", "县水务局", "县财政局、县发展改革局", "2031年6月底前"],
    ["2", "改造供水管网42公里。", "^", "各镇人民政府", "2031.10"],
]
INDICATORS = [
    ["指标", "单位", "2030年", "2031年目标", "属性"],
    ["自来水普及率", "%", "96.5", "≥98", "约束性"],
    ["城区供水能力", "万吨", "12", "15", "预期性"],
]


def tables() -> bytes:
    """A Word file with a table of tasks and one of indicators."""
    file = WordFile()
    for line in OPENING.split("\n"):
        file.paragraph(line)
    file.table(forms.word_table(TASKS))
    file.paragraph("主要指标表")
    file.table(INDICATORS)
    return file.data()


def files() -> dict[str, bytes]:
    """The samples by name."""
    return {
        "15_automatic_numbers.docx": forms.word(PLANS["health_opinion"].replace("医疗", "诊疗")),
        "16_saved_page.html": forms.page(PLANS["commerce_plan"].replace("商务局", "商业局"), "gb18030", "iso-8859-1"),
        "17_printed.pdf": forms.pdf(PLANS["culture_plan"].replace("北澜省", "北泽省")),
        "18_tables.docx": tables(),
        "19_collection.jsonl": forms.json_lines([PLANS["transport_points"].replace("公路", "道路")]),
        "20_archive.zip": zipped({"工作要点.txt": PLANS["education_points"].replace("教育", "教学").encode("gb18030")}),
    }


if __name__ == "__main__":
    for name, data in files().items():
        (RAW / name).write_bytes(data)
