"""The numbers that Word makes itself, computed as Word does."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from word_files import OFFICIAL, Level, WordFile

from pipeline.formats.docx import read
from pipeline.formats.numerals import format_number

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "word_numbering.yaml").read_text(encoding="utf-8"))
# In each of these the standard (ISO/IEC 29500-1, 17.9 and 17.18.59) says what we write.
NOT_AS_LIBREOFFICE = {
    "chapters and articles that run on through them": "it begins anew where lvlRestart is 0",
    "decimal under Chinese numbers": "it passes over isLgl and writes 一.1",
    "a bullet below a number has none of its own": "it draws a sign of its own for a bullet",
    "a hundred is counted or spelled": "it counts in ideographDigital: 一百零五 for 一〇五",
    "full-width figures and figures in signs": "it writes 1 for ⑴ and ⒈",
}
by_case = pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])


def build(case: dict[str, Any]) -> tuple[WordFile, list[str]]:
    """The Word file of a case, and the lines that it must give."""
    file, wanted = WordFile(), []
    levels = [Level(*entry) if isinstance(entry, list) else Level(**entry) for entry in case["levels"]]
    abstract = file.abstract(levels)
    lists = [file.num(abstract, starts) for starts in case.get("lists", [{}])]
    for index, entry in enumerate(case["paragraphs"]):
        known = entry if isinstance(entry, dict) else {"level": entry[0], "number": entry[1]}
        text = f"第{'甲乙丙丁戊己庚辛壬癸子丑寅卯'[index]}项工作。"
        file.paragraph(text, lists[known.get("list", 0)], known.get("level", 0))
        wanted.append(known["number"] + text)
    return file, wanted


@by_case
def test_numbers_are_those_of_word(case: dict[str, Any]) -> None:
    file, wanted = build(case)
    assert read(file.data()).text.split("\n") == wanted


def test_styles_carry_numbers_by_their_level_and_by_their_base() -> None:
    file = WordFile()
    marked = [
        Level("japaneseCounting", "%1、", more='<w:pStyle w:val="Head"/>'),
        Level("japaneseCounting", "（%2）", more='<w:pStyle w:val="Sub"/>'),
    ]
    num = file.num(file.abstract(marked))
    file.style("Head", num=num)
    file.style("Sub", num=num)  # the level stands in the list: it names the style
    file.style("SubOfOurs", based_on="Sub")
    for text, style in (("甲", "Head"), ("乙", "Sub"), ("丙", "SubOfOurs"), ("丁", "Head"), ("戊", "Sub")):
        file.paragraph(text, style=style)
    file.paragraph("己", num=0, style="Head")  # list zero takes the number away
    assert read(file.data()).text.split("\n") == ["一、甲", "（一）乙", "（二）丙", "二、丁", "（一）戊", "己"]


def test_a_list_style_stands_for_its_list() -> None:
    file = WordFile()
    real = file.abstract(OFFICIAL, more='<w:styleLink w:val="Plan"/>')
    link = file.abstract((), more='<w:numStyleLink w:val="Plan"/>')
    first = file.num(real)
    num = file.num(link)
    file.styles.append(
        f'<w:style w:type="numbering" w:styleId="Plan"><w:name w:val="Plan"/><w:pPr><w:numPr><w:numId w:val="{first}"/>'
        "</w:numPr></w:pPr></w:style>"
    )
    file.paragraph("甲", num, 0)
    file.paragraph("乙", num, 1)
    assert read(file.data()).text.split("\n") == ["一、甲", "（一）乙"]


def test_numbers_go_on_through_tables_and_text_boxes() -> None:
    file = WordFile()
    num = file.num(file.abstract(OFFICIAL))
    file.paragraph("甲", num)
    inner = f'<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="{num}"/></w:numPr></w:pPr><w:r><w:t>乙</w:t></w:r></w:p>'
    file.paragraph(
        "", runs=f"<w:r><w:pict><v:textbox><w:txbxContent>{inner}</w:txbxContent></v:textbox></w:pict></w:r>"
    )
    file.body.append(f"<w:tbl><w:tr><w:tc>{inner.replace('乙', '丙')}</w:tc></w:tr></w:tbl>")
    file.paragraph("丁", num)
    assert read(file.data()).text.split("\n") == ["一、甲", "二、乙", "三、丙", "四、丁"]


def test_a_level_that_a_list_overrides_has_its_own_form() -> None:
    file = WordFile()
    abstract = file.abstract(OFFICIAL)
    other = '<w:lvlOverride w:ilvl="0">' + Level("decimal", "%1)").xml(0) + "</w:lvlOverride>"
    file.paragraph("甲", file.num(abstract))
    file.paragraph("乙", file.num(abstract, more=other))
    assert read(file.data()).text.split("\n") == ["一、甲", "2)乙"]


def test_the_blank_behind_a_number_keeps_it_from_a_year() -> None:
    file = WordFile()
    num = file.num(file.abstract([Level("decimal", "%1.", suffix="tab")]))
    file.paragraph("2025年底前完成。", num)
    assert read(file.data()).text == "1. 2025年底前完成。"


@pytest.mark.parametrize(
    ("style", "value", "shown"),
    [
        ("japaneseCounting", 20, "二十"), ("chineseCounting", 110, "一一〇"), ("chineseCountingThousand", 1001, "一千零一"),
        ("chineseCountingThousand", 1010, "一千零一十"), ("ideographLegalTraditional", 12, "壹拾貳"),
        ("lowerRoman", 49, "xlix"), ("upperLetter", 28, "BB"), ("decimalEnclosedCircle", 21, "21"), ("none", 3, ""),
        ("unheardOf", 7, "7"), ("decimalZero", 3, "03"), ("ideographZodiac", 13, "子"),
    ],
)  # fmt: skip
def test_formats(style: str, value: int, shown: str) -> None:
    assert format_number(value, style) == shown


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_numbers_agree_with_libreoffice(tmp_path: Path) -> None:
    for index, case in enumerate(CASES):
        (tmp_path / f"{index}.docx").write_bytes(build(case)[0].data())
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to"]
    files = sorted(str(file) for file in tmp_path.glob("*.docx"))
    subprocess.run([*command, "txt:Text (encoded):UTF8", "--outdir", str(tmp_path), *files], check=True)
    differing = set()
    for index, case in enumerate(CASES):
        theirs = (tmp_path / f"{index}.txt").read_text(encoding="utf-8-sig").splitlines()
        if [line.replace(" ", "") for line in theirs if line] != [line.replace(" ", "") for line in build(case)[1]]:
            differing.add(case["name"])
    assert differing == set(NOT_AS_LIBREOFFICE)
