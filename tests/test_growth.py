"""No text makes the time grow faster than its length: texts of one thing over and over, for each pattern and the stages.

The time is that of the processor, the best of some tries, since whatever else the machine does only adds to it.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lexicons.loader import pattern_ids, rule
from pipeline.read import Entry, read
from pipeline.stages import Pipeline

# Repeated without an end, most of them on one line without a stop.
UNITS = [
    "达到", "不低于", "1", "1234567890", "１．", "1.", "5%", "达到5%以上、", "5-6", "3万元至", "万", "一二三四五六七八九十百千万亿",
    "x", "_", "xx所", "xx%", "7:1", "三分之",
    "（", "）", "（）", "(一)", "《", "《关于", "》", "“", "”", "[", "（市教育局）", "經(jīng)",
    "一、", "①", "①加强管理", "一是", "第一，", "第一条", "第", "1、", "\n\n3、", "一、加强管理。\n",
    "年", "2024年", "2024年3月5日", "每年", "每年达到5%、", "月底前", "十四五", "前", "至", "到",
    "局", "县", "各县（市、区）", "县、", "市县区", "由", "由市教育局牵头", "责任单位：市教育局、", "责任单位\n", "单位 | ", "序号\t目标\t责任单位\n",
    "各校要", "和", "的", "率", "占", "、", "，", "；", "：", "-", "—", ".", " ", "\n", "\n ", "水", "abc ", "加强农村公路建设和管理工作提高服务水平",
]  # fmt: skip
# Of these a stage makes more than one pattern does.
OF_STAGES = [
    "百分之", "由23.2%提高到", "分别增长5%、", "12月底前", "1.1.", "2011—", "&nbsp;", "共1 2 3 ", "\n一、\n", "\u3000", "\u200b",
    "（jīng）", "每", "|", "1，111", "目录/提纲：", "第1页共9页",
    "\n二、名词解释\n1.某某：是指某物", "\n附件1 名词解释\n1.某某：是指某物", "\n一、县财政局负责检查，上述单位配合。",
]  # fmt: skip
POWER = 1.5  # of the length, with which the time may grow: a square gives 2, and 1 is up to 1.35 on a busy machine
TRIES = 8
SHORT, LONG = 8_000, 33_000  # characters: 100 KB of UTF-8
# A pattern that takes less than this for so many characters cannot be one whose time grows with their square.
GLANCE, QUICK = 1_000, 0.0004
PLAIN = UNITS[-1]
PATIENCE = 20  # times what a plain text costs: dense rows cost more, so their text is shorter


def repeated(unit: str, length: int) -> str:
    return (unit * length)[:length]


def cost(work: Callable[[str], object], text: str) -> float:
    """Seconds of the processor."""
    started = time.process_time()
    work(text)
    return time.process_time() - started


def power(work: Callable[[str], object], unit: str, short: int, long: int) -> float:
    """The power of the length with which the time grows."""
    texts = repeated(unit, short), repeated(unit, long)
    best = [math.inf, math.inf]
    found = math.inf
    for _ in range(TRIES):
        best = [min(known, cost(work, text)) for known, text in zip(best, texts, strict=True)]
        found = math.log(best[1] / best[0], long / short)
        if found < POWER:
            break
    return found


def all_matches(regex: re.Pattern[str]) -> Callable[[str], object]:
    return lambda text: sum(1 for _ in regex.finditer(text))


@pytest.mark.parametrize("half", [0, 1])
def test_the_patterns_are_linear(half: int) -> None:
    slow = {}
    ids = [name for name in pattern_ids() if not name.startswith("fragment.")]
    for name in ids[half::2]:
        search = all_matches(rule(name))
        for unit in UNITS:
            if cost(search, repeated(unit, GLANCE)) > QUICK:
                # Windows of some hundred characters look like growth until the text is longer than they are.
                if power(search, unit, GLANCE, 4 * GLANCE) < POWER:
                    continue
                if (grows := power(search, unit, 4 * GLANCE, 16 * GLANCE)) >= POWER:
                    slow[name, unit] = round(grows, 2)
    assert not slow


def test_growth_is_seen() -> None:
    """The measure itself: patterns whose time grows with the square, and as the length."""
    assert power(all_matches(re.compile("1+x")), "1", GLANCE, 4 * GLANCE) > 1.6
    assert cost(all_matches(re.compile("1+x")), repeated("1", GLANCE)) > QUICK
    assert power(all_matches(re.compile("1{1,9}x")), "1", 50 * GLANCE, 200 * GLANCE) < POWER


@pytest.fixture(scope="module")
def stages() -> Callable[[str], object]:
    """From bytes to rows."""
    pipeline = Pipeline()
    head = "临江区水务局2024年工作要点\n一、主要目标\n2024年底前，新建泵站12座。\n"

    def rows(text: str) -> object:
        return pipeline.rows(read(Entry(Path("a.txt"), "a.txt", data=(head + text).encode())))

    rows("由水务局牵头，30%以上。")
    return rows


@pytest.fixture(scope="module")
def patience(stages: Callable[[str], object]) -> float:
    """Seconds for a text, on this machine."""
    return PATIENCE * min(cost(stages, repeated(PLAIN, LONG)) for _ in range(TRIES))


@pytest.mark.parametrize("unit", [*UNITS, *OF_STAGES])
def test_the_stages_are_linear(stages: Callable[[str], object], patience: float, unit: str) -> None:
    spent = min(cost(stages, repeated(unit, SHORT // 4)) for _ in range(2)) * LONG / (SHORT // 4)
    scale = min(1.0, patience / spent)
    assert power(stages, unit, int(SHORT * scale), int(LONG * scale)) < POWER
