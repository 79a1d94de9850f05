"""Decide in which encoding a Chinese text is written, and decode it.

A byte-order mark or valid UTF-8 settles it. Else every candidate decodes a sample of the bytes, and the one whose
characters look most like running Chinese wins: GB18030 read as Big5 (or the other way round) gives rare characters.
"""

from __future__ import annotations

import codecs
import re
import sys
import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from extractors.places import code_points, places

SAMPLE_BYTES = 1 << 17
MIN_SCORE = 0.0
MAX_CONTROL_SHARE = 0.02

# Longest first: the mark of UTF-32 LE begins with that of UTF-16 LE.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The order is the preference among equals. The widest Big5 stands for its family in the sample.
CANDIDATES = ("utf-8", "gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
BIG5_FAMILY = ("big5", "cp950", "big5hkscs")

# The characters that plans, reports and everyday prose use most, simplified and traditional.
COMMON = frozenset(
    "的和国业一发要大人民展工中进加经主建政会在有产作年我是力设生化实社制地学改不全行育济了各重革义们强增资动方农高对"
    "教为持体理以合新开务面成家基能保现分定同提度上个好企到平用本美法出部长等步这结术坚推文关区级多利市来技五入于系校决"
    "量活科续施过代事自机性外支点积治十管极公就时必项调争策总取品得善导计完三立府正规放应共水程内造下划继领整四场种目命"
    "收质任金投深更前快特题统解向反稳阶把创期城群族通战构所效众问与比村须安服党际当之础艺斗都九费促也二小他可权第使万条"
    "明位些团百广世优界门相意源护形职亿件办价财标严心原元切两益干认求路后及联营努运还研批专员信思数商做表由口军防其扩将"
    "着从线格物今需别确去而并环少消式真域起备组课健集那没你她说道看很什么里想知回只如无然手头天日月东西见听给让老师情爱"
    "並來個們備價億優內兩別創劃動務區員問嚴國團堅場學實將專對導幹廣強後從應戰擴數於時會條業極構標機權決濟營爭爲為現環"
    "產當發確礎種積穩級組結統經線總繼續羣群義聯職與萬藝衆眾術規計設認課調護財費資質軍辦農這進運過還長門開關階際項須領"
    "題體鬥點黨說裡麼樣東見聽給讓師愛無頭書車電話報縣鄉鎮幫類準歷達單應責"
)
# Marks that every Chinese text uses, and the full-width digits.
MARKS = frozenset("，。、；：？！（）“”‘’《》〈〉「」『』【】〔〕—…·％～　〇０１２３４５６７８９")
COMMON_WEIGHT, MARK_WEIGHT, EVERYDAY_WEIGHT, RARE_WEIGHT, FOREIGN_WEIGHT, IMPOSSIBLE_WEIGHT = (
    4.0,
    2.0,
    1.0,
    0.2,
    -1.0,
    -8.0,
)

LINE_CONTROLS = frozenset("\t\n\v\f\r\x1a")
CONTROLS = "".join(map(chr, (*range(0x09), *range(0x0E, 0x1A), *range(0x1B, 0x20), 0xFFFD)))
CJK = re.compile("[\u2e80-\uffef\U00020000-\U0003ffff]")
HIGH_BYTE = re.compile(rb"[\x80-\xff]")


class UndecidableError(Exception):
    """No encoding makes a text of the bytes; the message says in half a sentence what they look like."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text without its byte-order mark, the codec that gave it, and the damage found on the way."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes) -> Decoded:
    """The text of the bytes, line ends kept as they are. Raises UndecidableError when they are no text."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], encoding)
    if b"\0" not in data:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            if _only_the_end_is_cut(data, error):
                return _decoded(data, "utf-8")
        else:
            # Short GB18030 words such as C4BF C7B0 are valid UTF-8 by chance, but of letters that are not Chinese.
            if text.isascii() or CJK.search(text):
                _refuse_controls(text)
                return Decoded(text, "utf-8")
    return _decoded(data, guess(data))


def guess(data: bytes) -> str:
    """The candidate under which the bytes look most like Chinese. Raises UndecidableError when none does."""
    first = HIGH_BYTE.search(data)
    # The first high byte begins a character in every candidate of bytes; UTF-16 needs an even start.
    start = first.start() - first.start() % 2 if first else 0
    narrow, wide = (data[at : at + SAMPLE_BYTES] for at in (first.start() if first else 0, start))
    scores = {c: score((wide if c.startswith("utf-16") else narrow).decode(c, "replace")) for c in CANDIDATES}
    best = max(CANDIDATES, key=lambda c: scores[c])
    if scores[best] <= MIN_SCORE:
        raise UndecidableError("its bytes make no text in UTF-8, UTF-16, GB18030 or Big5")
    return best


def score(sample: str) -> float:
    """How much the sample looks like Chinese: the mean weight of its characters that are not plain ASCII."""
    codes, weights = code_points(sample), _weights()
    for code in np.unique(codes[np.isnan(weights[codes])]).tolist():
        weights[code] = _weight(chr(code))
    found = weights[codes]
    counted = np.count_nonzero(found)
    return float(found.sum()) / counted if counted else EVERYDAY_WEIGHT


@cache
def _weights() -> npt.NDArray[np.float64]:
    """The weight of each code point; not a number until one is met."""
    return np.full(sys.maxunicode + 1, np.nan)


def _weight(char: str) -> float:
    """The weight of a character; nothing for plain ASCII."""
    if " " <= char <= "~" or char in LINE_CONTROLS:
        return 0.0
    if char in COMMON:
        return COMMON_WEIGHT
    if char in MARKS:
        return MARK_WEIGHT
    if char in _everyday():
        return EVERYDAY_WEIGHT
    if char == "\ufffd" or unicodedata.category(char) in ("Cc", "Cn", "Co", "Cs"):
        return IMPOSSIBLE_WEIGHT
    return RARE_WEIGHT if "\u4e00" <= char <= "\u9fff" else FOREIGN_WEIGHT


@cache
def _everyday() -> frozenset[str]:
    """The first levels of GB2312 and of Big5: the characters that their makers held to be in common use."""
    gb = bytes(b for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF) for b in (lead, trail))
    trails = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    big5 = bytes(b for lead in range(0xA4, 0xC7) for trail in trails for b in (lead, trail))
    return frozenset(gb.decode("gb2312", "ignore") + big5.decode("big5", "ignore")) - {"\ufffd"}


def _only_the_end_is_cut(data: bytes, error: UnicodeDecodeError) -> bool:
    return error.end == len(data) and error.reason == "unexpected end of data" and error.start >= 6


def _decoded(data: bytes, encoding: str) -> Decoded:
    for codec in BIG5_FAMILY if encoding == "big5hkscs" else (encoding,):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        _refuse_controls(text)
        return Decoded(text, codec)
    text = data.decode(encoding, "replace")
    _refuse_controls(text)
    damaged = text.count("\ufffd")
    if damaged == 1 and text.endswith("\ufffd"):
        return Decoded(text, encoding, (f"The file ends inside a {encoding} character; U+FFFD stands in its place.",))
    places = "1 place is" if damaged == 1 else f"{damaged} places are"
    return Decoded(text, encoding, (f"{places} not valid {encoding}; U+FFFD stands in each.",))


def _refuse_controls(text: str) -> None:
    head = text[:SAMPLE_BYTES]
    if len(places(head, CONTROLS)) > 1 + MAX_CONTROL_SHARE * len(head):
        raise UndecidableError("it is full of control characters, as a program's or a picture's file is")
