"""The encoding of a text is found from its bytes, short or long, whole or damaged."""

from __future__ import annotations

import codecs
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.encoding import UndecidableError, decode

SIMPLIFIED = (
    "2031年全县水利工作要点\r\n一、总体目标。年内完成中型灌区改造3处，新增节水灌溉面积2.5万亩，农村自来水普及率达到96%以上。\r\n"
    "二、重点任务。（一）抓好防汛抗旱，6月底前修复水毁工程40处。（二）推进河湖管护，由县水务局牵头，各乡镇配合。\r\n"
    "三、保障措施。加强组织领导，落实资金1200万元，强化监督检查，确保各项任务按期完成。"
)
TRADITIONAL = (
    "2031年全縣水利工作要點\r\n一、總體目標。年內完成中型灌區改造3處，新增節水灌溉面積2.5萬畝，農村自來水普及率達到96%以上。\r\n"
    "二、重點任務。（一）抓好防汛抗旱，6月底前修復水毀工程40處。（二）推進河湖管護，由縣水務局牽頭，各鄉鎮配合。\r\n"
    "三、保障措施。加強組織領導，落實資金1200萬元，強化監督檢查，確保各項任務按期完成。"
)
SIMPLIFIED_CODECS = ("utf-8", "utf-8-sig", "gb18030", "gbk", "gb2312", "utf-16", "utf-16-le", "utf-16-be")
TRADITIONAL_CODECS = ("utf-8", "utf-8-sig", "gb18030", "gbk", "big5", "cp950", "big5hkscs", "utf-16-le", "utf-16-be")
CASES = [(SIMPLIFIED, c) for c in SIMPLIFIED_CODECS] + [(TRADITIONAL, c) for c in TRADITIONAL_CODECS]


@pytest.mark.parametrize(("text", "codec"), CASES)
def test_a_text_is_read_in_the_encoding_it_was_written_in(text: str, codec: str) -> None:
    decoded = decode(text.encode(codec))
    assert decoded.text == text
    assert decoded.warnings == ()


@pytest.mark.parametrize(("text", "codec"), CASES)
def test_a_long_text_is_too(text: str, codec: str) -> None:
    assert decode((text * 500).encode(codec)).text == text * 500


@pytest.mark.parametrize(("text", "codec"), CASES)
@pytest.mark.parametrize("length", [6, 12, 24])
def test_every_short_piece_is_too(text: str, codec: str, length: int) -> None:
    if codec.startswith("utf-16"):
        length *= 2
    pieces = [text[at : at + length] for at in range(len(text) - length)]
    assert [decode(p.encode(codec)).text for p in pieces] == pieces


@pytest.mark.parametrize("word", ["目前", "工作", "计划", "要点", "总结", "电大", "湘潭", "鄱阳"])
def test_a_single_word_in_gb18030(word: str) -> None:
    assert decode(word.encode("gb18030")).text == word


@pytest.mark.parametrize("word", ["目前", "工作", "計劃", "總結", "學校", "臺灣"])
def test_a_single_word_in_big5(word: str) -> None:
    assert decode(word.encode("big5")).text == word


def test_plain_ascii_is_utf_8() -> None:
    assert decode(b"plan 2031\r\n60%\r").text == "plan 2031\r\n60%\r"
    assert decode(b"plan 2031").encoding == "utf-8"


def test_ascii_before_the_first_chinese_character_does_not_hide_it() -> None:
    text = "-" * 300_001 + SIMPLIFIED
    assert decode(text.encode("gb18030")).text == text


@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        ("\ufeff".encode("gb18030"), "gb18030"),
    ],
)
def test_a_byte_order_mark_settles_the_encoding_and_is_removed(mark: bytes, codec: str) -> None:
    decoded = decode(mark + "要点".encode(codec))
    assert (decoded.text, decoded.encoding) == ("要点", codec)


@pytest.mark.parametrize("cut", [1, 2])
def test_utf_8_cut_inside_its_last_character_is_read_and_the_damage_said(cut: int) -> None:
    decoded = decode(SIMPLIFIED.encode()[:-cut])
    assert decoded.text == SIMPLIFIED[:-1] + "\ufffd"
    assert decoded.encoding == "utf-8"
    assert len(decoded.warnings) == 1
    assert "ends inside" in decoded.warnings[0]


def test_gb18030_cut_inside_its_last_character() -> None:
    decoded = decode(SIMPLIFIED.encode("gb18030")[:-1])
    assert decoded.text == SIMPLIFIED[:-1] + "\ufffd"
    assert "ends inside" in decoded.warnings[0]


def test_utf_8_cut_at_its_beginning_and_broken_in_the_middle() -> None:
    data = SIMPLIFIED.encode()
    broken = data[:300] + b"\xff" + data[300:]
    decoded = decode(broken[1:] if broken[0] > 0x7F else "目".encode()[1:] + broken)
    assert decoded.encoding == "utf-8"
    assert "not valid utf-8" in decoded.warnings[0]


@pytest.mark.parametrize("codec", ["gb18030", "big5"])
def test_a_few_broken_bytes_leave_the_encoding_as_it_is(codec: str) -> None:
    text = SIMPLIFIED if codec == "gb18030" else TRADITIONAL
    data = text.encode(codec)
    decoded = decode(data[:101] + b"\xff\xff" + data[101:])
    assert decoded.text[-100:] == text[-100:]
    assert decoded.warnings


def test_a_stray_zero_byte_does_not_make_a_text_binary() -> None:
    assert decode(SIMPLIFIED.encode() + b"\0").text == SIMPLIFIED + "\0"
    assert decode(SIMPLIFIED.encode("gb18030") + b"\0").text == SIMPLIFIED + "\0"


@pytest.mark.parametrize(
    "data",
    [bytes(range(256)) * 40, b"\0" * 5000, random.Random(7).randbytes(20_000), b"\x01\x02\x03\x04" * 500],
    ids=["every byte", "zeros", "random", "controls"],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(UndecidableError):
        decode(data)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_text_that_can_be_stored_or_a_refusal(data: bytes) -> None:
    try:
        text = decode(data).text
    except UndecidableError:
        return
    text.encode()


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=60))
def test_any_chinese_in_utf_8_comes_back(text: str) -> None:
    assert decode(text.encode()).text == text


def test_real_documents_in_every_encoding_that_holds_them(corpus: Path) -> None:
    files = [
        f for folder in ("reports-gb18030", "programmes", "education") for f in sorted((corpus / folder).iterdir())
    ]
    assert files
    for file in files:
        decoded = decode(file.read_bytes())
        assert decoded.encoding == ("gb18030" if file.parent.name == "reports-gb18030" else "utf-8")
        assert not decoded.warnings
        for codec in ("utf-8", "gb18030", "utf-16-le", "utf-16-be"):
            assert decode(decoded.text.encode(codec)).text == decoded.text
