"""Every message that a reader or a stage writes into a table has a Chinese wording, and pages show nothing else."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.export.load import Tables
from pipeline.export.messages import FILE, PLACEHOLDER, chinese, translated
from pipeline.export.sheets import SHEETS
from pipeline.report.overview import Overview
from pipeline.run import run

ROOT = Path(__file__).resolve().parent.parent
# The modules whose English reaches `sources.error` or `plans.warnings`.
MODULES = [
    *(ROOT / "pipeline" / f"{name}.py" for name in (
        "read", "inputs", "collections", "archives", "encoding", "segment", "stages", "workers", "crew", "records", "address",
    )),
    *sorted((ROOT / "pipeline" / "formats").glob("*.py")),
    ROOT / "extractors" / "years.py",
    ROOT / "extractors" / "washed.py",
]  # fmt: skip
ENGLISH = re.compile(r"[A-Za-z]{2,}[,:]? [a-z]{2,}")
LATIN_SENTENCE = re.compile(r"[A-Za-z]{2,}(?:[,;:]? [a-z]{2,}){2,}")
# English that reaches no table: what only a programmer or the one who starts a run sees.
ELSEWHERE = (
    "PRAGMA ",
    "INSERT INTO ",
    "SELECT name ",
    "a reader may not use",
    "no reader of",
    "the answer is cut",
    "No worker process",
    "Nothing was read or written",
    "<?xml",
)


def phrases(module: Path) -> Iterator[tuple[int, str]]:
    """Every English phrase of a module that is no docstring, with `7` where a value goes in."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    skipped = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef))
        and node.body and isinstance(node.body[0], ast.Expr)
    }  # fmt: skip
    skipped |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        text = _text(node) if id(node) not in skipped else ""
        if ENGLISH.search(text) and not any(mark in text for mark in ELSEWHERE):
            yield getattr(node, "lineno", 0), text


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if not isinstance(node, ast.JoinedStr):
        return ""
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else "'7'" if _quoted(part) else "7" for part in node.values
    )


def _quoted(part: ast.expr) -> bool:
    return isinstance(part, ast.FormattedValue) and part.conversion == ord("r")


ALL = [(module, line, text) for module in MODULES for line, text in phrases(module)]


def test_the_phrases_are_found() -> None:
    assert len(ALL) > 80


@pytest.mark.parametrize(("module", "line", "text"), ALL, ids=[f"{m.stem}:{n}" for m, n, _ in ALL])
def test_each_has_a_wording(module: Path, line: int, text: str) -> None:
    # A phrase is a message, the part of one behind the name of a file, or a part of such a part.
    known = [translated(form) for form in (text, f"'a b.txt' {text}.", f"'a b.txt' {text}")]
    wording = next((found for found in known if found), None)
    assert wording, f"{module.name}:{line}: add the Chinese of {text!r} to {FILE.name}"
    assert not LATIN_SENTENCE.search(wording.replace("pip install", "")), wording


def test_each_wording_takes_its_values() -> None:
    with FILE.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len({row["english"] for row in rows}) == len(rows)
    for row in rows:
        assert set(PLACEHOLDER.findall(row["english"])) == set(PLACEHOLDER.findall(row["chinese"])), row["english"]


@pytest.mark.parametrize(
    ("message", "wording"),
    [
        ("'计划 a.pdf' is encrypted; save it without a password.", "“计划 a.pdf”已加密，请去掉密码后另存。"),
        ("'it''s; a.zip' is an xls file, which is not read; save its sheet as .csv.", None),
        ('"it\'s; a.xls" is an xls file, which is not read; save its sheet as .csv.',
         "“it's; a.xls”是 xls 文件，不能读取，请把工作表另存为 .csv。"),
        ("'a.zip' is no sound zip archive (Bad magic number for central directory); pack it anew.",
         "“a.zip”不是完好的 zip 压缩包，请重新打包。"),
        ("'a.txt' cannot be read (Permission denied); check that it exists and that you may read it.",
         "“a.txt”无法读取（没有权限），请确认它存在且有权读取。"),
        ("'a.csv' is no text: its bytes make no text in UTF-8, UTF-16, GB18030 or Big5; save it as UTF-8.",
         "“a.csv”不是文本：其内容按 UTF-8, UTF-16, GB18030、Big5 都读不成文字，请另存为 UTF-8 编码。"),
        ("'a.txt' took more than 60 seconds and was given up; the next run tries it again.",
         "“a.txt”处理超过 60 秒，已放弃，下次运行会再试。"),
        ("The text is taken from the column 'main text' of this collection. 2 places are not valid utf-8; U+FFFD stands in each.",
         "此数据集的正文取自“main text”列。有 2 处不是有效的 utf-8 编码，均以 U+FFFD 代替。"),
        ("the title says 2024, the text 2023: 2023年全市教育工作", "标题写的是 2024 年，正文是 2023 年：2023年全市教育工作"),
    ],
)  # fmt: skip
def test_messages(message: str, wording: str | None) -> None:
    assert translated(message) == wording


def test_pages_and_workbook_say_it_in_chinese(tmp_path: Path) -> None:
    """A run over files of every kind of fault: no cell of the sheet and no note of the index is English."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name, data in {
        "a.pdf": b"%PDF-1.4 broken",
        "b.docx": b"PK\x03\x04 broken",
        "c.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "d.txt": bytes(range(256)) * 8,
        "e.zip": b"PK\x03\x04 broken",
        "f.csv": b"a,b\n1,2\n",
        "g.jsonl": b"{\n[]\n",
        "h.txt": "石桥县2024年教育工作计划\n为做好2025年工作，制定本计划。\n一、新建幼儿园3所\n".encode("gb18030")
        + b"\xff",
        "i.csv": "标题,正文\n甲,今天天气晴。\n".encode(),
    }.items():
        (folder / name).write_bytes(data)
    run([str(folder), str(tmp_path / "nowhere*")], tmp_path / "out")
    tables = Tables(tmp_path / "out")
    said = [message for row in tables.rows("sources") for message in [row["error"]] if message]
    said += [warning for plan in tables.rows("plans") for warning in plan["warnings"]]
    assert len(said) >= 10
    assert [message for message in said if translated(message) is None] == []
    cells = [str(cell) for sheet in SHEETS for row in sheet.rows(tables) for cell in row]
    overview = Overview(tables)
    notes = [row["error"] for row in overview.unread()]
    notes += [warning for plan in overview.plan_list() for warning in plan["warnings"]]
    assert [text for text in cells + notes if LATIN_SENTENCE.search(text)] == []


def test_a_message_that_nobody_worded_still_gives_chinese() -> None:
    assert (
        chinese("'a.xyz' explodes in a way that is new; run away.")
        == "“a.xyz”没有完整读出，详见表 sources 的 error 列。"
    )
    assert not LATIN_SENTENCE.search(chinese("the moon was full when this was read"))
    assert chinese("已是中文。") == "已是中文。"
