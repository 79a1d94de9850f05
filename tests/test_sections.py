"""Which parts of a text report, and from which year they are told."""

from __future__ import annotations

from pipeline.extract import extract
from pipeline.stages import Pipeline

BODY = "坚持稳中求进，狠抓任务落实，持续改善民生，确保各项目标如期实现。" * 4


def deadlines(raw: str) -> list[tuple[str, str, str]]:
    """Text, last day and status of each deadline of the one plan of a text."""
    (plan,) = Pipeline().plans(raw)[1]
    text = plan.context.text
    return [(text[d.start : d.end], str(d.date_end or ""), d.status) for d in extract(plan).deadlines]


def test_a_summary_before_a_plan_is_told_from_its_own_year() -> None:
    raw = (
        "云溪县水务局2022年工作总结和2023年工作计划\n今年以来，全局上下狠抓落实，5月建成泵站2座。\n"
        f"一、主要成绩\n今年改造管网8公里，堤防加固工程计划12月底前完成。{BODY}\n"
        f"二、2023年工作计划\n年底前改造管网9公里。{BODY}\n"
    )
    assert deadlines(raw) == [
        ("今年以来", "", "achieved"),
        ("5月", "2022-05-31", "achieved"),
        ("今年", "2022-12-31", "achieved"),
        ("12月底前", "2022-12-31", "planned"),
        ("年底前", "2023-12-31", "planned"),
    ]


def test_a_summary_without_headings_that_a_preview_cuts_short() -> None:
    raw = f"云溪县水务局2022年工作总结及2023年工作思路根据上级部署，全年改造管网8公里。{BODY}下一步，年底前新建泵站1座。{BODY}"
    assert deadlines(raw) == [
        ("全年", "2022-12-31", "achieved"),
        ("年底前", "2023-12-31", "planned"),
    ]


def test_a_report_of_a_government_is_told_from_the_year_it_plans() -> None:
    raw = f"2023年云溪县政府工作报告\n一、2022年工作回顾\n过去一年，{BODY}全年改造管网8公里。\n二、2023年工作安排\n今年改造管网9公里。{BODY}\n"
    assert deadlines(raw) == [
        ("过去一年", "2022-12-31", "achieved"),
        ("全年", "2022-12-31", "achieved"),
        ("今年", "2023-12-31", "planned"),
    ]


def test_sections_without_a_year_report_that_of_the_title() -> None:
    raw = (
        "云溪县水务局2022工作总结和2023年工作计划\n一、基本情况\n" + BODY + "\n"
        f"二、工作开展情况\n6月底前全部完成管网改造。{BODY}\n三、2023年工作计划\n6月底前新建泵站1座。{BODY}\n"
    )
    assert deadlines(raw) == [("6月底前", "2022-06-30", "achieved"), ("6月底前", "2023-06-30", "planned")]


def test_a_heading_that_names_a_task_reviews_nothing() -> None:
    raw = (
        "云溪县教育局2024年6月工作计划\n一、工作基础\n近年来，建成学校3所，已改造校舍12栋，教师队伍得到加强，群众满意度逐年提高。\n"
        "二、期末工作总结\n各科室要于6月25日前上报总结，教务处负责组织总结会2场，各校要抓好落实，不得延误上报时间。\n"
        "三、工作任务完成情况\n各股室要在6月底前通报完成情况，将组织专项检查3次，对推进不力的单位进行约谈并限期整改到位。\n"
    )
    assert [(text, status) for text, _, status in deadlines(raw)][-2:] == [
        ("6月25日前", "planned"),
        ("6月底前", "planned"),
    ]
    assert {status for text, _, status in deadlines(raw) if text == "近年来"} <= {"achieved"}
