"""Cleaning: each form of noise alone, and the law that what is left leads back to the source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean import clean
from pipeline.text import View, normalize

BODY = "加强统筹协调，完善工作机制，落实工作责任，形成工作合力，推动各项任务落地见效，确保全年目标顺利完成。" * 4


def page(number: int, text: str) -> str:
    return f"\n\n{number}、{text}"


def test_page_markers_in_a_word_a_marker_and_a_number_leave_the_text() -> None:
    raw = (
        f"1、{BODY}全面提高服务水"
        + page(2, f"平。{BODY}(")
        + page(3, f"二十六)加强培训。{BODY}培训52")
        + page(4, f"00人。{BODY}")
    )
    text = clean(raw).text
    assert "全面提高服务水平。" in text
    assert "(二十六)加强培训。" in text
    assert "培训5200人。" in text
    assert "、平" not in text


def test_numbered_items_are_no_page_markers() -> None:
    raw = "".join(f"\n\n{k}、{BODY}" for k in (1, 2, 3, 4))
    assert clean(raw).text.count("、加强统筹") == 4


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("达到 60 %以上", "达到60%以上"),
        ("为指 导，全面推进", "为指导，全面推进"),
        ("推进 AI plus 行动", "推进AI plus行动"),
        ("第一条　为规范管理", "第一条　为规范管理"),
        ("服务\u200b水平", "服务水平"),
        ("报告<U+00A0><U+00A0>人", "报告人"),
        ("关于&nbsp;做好工作", "关于做好工作"),
        ("經(jīng)開區(qū)建設", "經開區建設"),
        ("体系(system)建设", "体系(system)建设"),
        ("推进工作。共512345三、加强领导", "推进工作。三、加强领导"),
        ("共5页 1 2 3 4 5\n三、加强领导", "三、加强领导"),
        ("共5个项目", "共5个项目"),
        ("全县共212个村完成改造。", "全县共212个村完成改造。"),
        ("共3123户受益。", "共3123户受益。"),
        ("共\t512座", "共512座"),
        ("Р 各单位要落实", "各单位要落实"),
        ("抓好落实。Р2.加强监管。", "抓好落实。\n2.加强监管。"),
        ("全乡播种面积 x\n万亩以上，总产稳定。", "全乡播种面积x万亩以上，总产稳定。"),
        ("全乡种植水稻 300\n余亩。", "全乡种植水稻300余亩。"),
        ("一、总体目标Р全面推进", "一、总体目标\n全面推进"),
        ("目录/提纲：……\n一、任务\n……\n某县方案", "某县方案"),
        ("第1页共9页某局总结", "某局总结"),
        ("标题\n打印 全屏 收藏 字号\n正文。", "标题\n\n正文。"),
        ("根据《\n发展规划纲要\n》要求", "根据《发展规划纲要》要求"),
        ("降低细颗粒物（PM\n2.5\n）浓度", "降低细颗粒物（PM2.5）浓度"),
        ("一、总体要求\n二、主要任务", "一、总体要求\n二、主要任务"),
        ("增长\n%\n5\n6\n预期性", "增长\n%\n5\n6\n预期性"),
        ("自然增长率\n‰\n-2\n-14\n约束性", "自然增长率\n‰\n-2\n-14\n约束性"),
        ("气温\n℃\n12\n13", "气温\n℃\n12\n13"),
        ("抓好落实。\n- 3 -\n加强监管。", "抓好落实。\n\n加强监管。"),
        ("合格率达到95\n%\n以上。", "合格率达到95%\n以上。"),
    ],
)
def test_noise(raw: str, wanted: str) -> None:
    assert clean(raw).text.strip() == wanted


def test_hard_wraps_join_and_headings_do_not() -> None:
    body = (
        "坚持问题导向，聚焦突出矛盾，统筹各方力量，健全长效机制，持续改善城乡环境面貌，不断提升群众满意程度，推动形成共建共治共享的良好局面"
        * 3
    )
    lines = [body[i : i + 32] for i in range(0, len(body), 32)]
    raw = "一、总体要求\n" + "\n".join(lines) + "。\n二、重点任务\n" + "\n".join(lines) + "。\n"
    assert clean(raw).text.strip() == f"一、总体要求\n{body}。\n二、重点任务\n{body}。"


NOISE = st.sampled_from(
    [
        " ",
        "\n",
        "\r\n",
        "\r",
        "　",
        "\u200b",
        "1、",
        "\n\n2、",
        "\n3、",
        "&nbsp;",
        "<U+00A0>",
        "（",
        "）",
        "《",
        "》",
        "共512345",
        "６０％",
        "字号：大 中 小",
        "，",
        "。",
        "任务",
        "abc",
        "12",
        ".5",
        "来源：某网",
        "\ufeff",
        "(jīng)",
        "<!--",
        "-->",
        "“",
        "\x00",
    ]
)


@given(st.lists(NOISE, max_size=60).map("".join))
def test_every_character_of_the_view_stands_in_the_source(raw: str) -> None:
    view = clean(raw)
    assert len(view.text) == len(view.norm) == len(view.starts)
    assert all(raw[offset] == char for offset, char in zip(view.starts.tolist(), view.text, strict=True))
    assert list(view.starts) == sorted(set(view.starts.tolist()))


@given(st.text(max_size=200))
def test_no_text_makes_it_crash(raw: str) -> None:
    view = clean(raw)
    assert [raw[offset] for offset in view.starts.tolist()] == list(view.text)


def test_a_span_leads_to_its_source_with_the_noise_inside() -> None:
    view = View.of("达到 60 %以上", [(2, 3), (5, 6)])
    assert view.text == "达到60%以上"
    assert view.source(0, 5) == (0, 7)
    with pytest.raises(ValueError, match="not a span"):
        view.source(3, 3)


def test_normalizing_keeps_the_length() -> None:
    raw = "（１）６０％，２；：【】～—﹒①㈠"
    assert len(normalize(raw)) == len(raw)
    assert normalize("（１）６０％") == "(1)60%"


@pytest.mark.parametrize(
    "line",
    [
        "发动会员企业捐款捐物，收集困难职工信息30条，给予帮助。",
        "组织会员单位分享经验5次，供各地参考。",
        "本站职工收集意见30条，为领导决策提供参考。",
        "名称：临江区泵站工程，投资300万元。",
        "格式：统一用A4纸",
        "希望以上工作得到大家的帮助和支持。",
    ],
)
def test_what_a_plan_says_is_no_furniture(line: str) -> None:
    assert normalize(line) in clean(f"某县工作计划\n{line}\n{BODY}").norm
