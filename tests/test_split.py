"""Splitting: where plans begin and end on a page, their titles and kinds."""

from __future__ import annotations

import pytest

from pipeline.clean import clean
from pipeline.sections import done_sections, kind_of
from pipeline.split import split

BODY = "坚持稳中求进，狠抓任务落实，持续改善民生，确保各项目标如期实现。" * 6


def plans(raw: str) -> list[tuple[str | None, str]]:
    view = clean(raw)
    found = []
    for draft in split(view):
        start, end = view.source(draft.start, draft.end)
        found.append((draft.title, raw[start:end]))
    return found


def body(*tasks: str) -> str:
    numbers = "一二三四五六"
    return "".join(f"{numbers[i]}、{task}\n{BODY}\n" for i, task in enumerate(tasks))


def test_one_plan_between_navigation_and_copyright() -> None:
    plan = "临江区水务局2024年工作要点\n" + body("抓防汛", "抓供水")
    raw = f"当前位置：首页 > 政务公开\n{plan}相关文章\n某局2023年工作总结\n© 某某网 版权所有\n"
    assert plans(raw) == [("临江区水务局2024年工作要点", plan.strip())]


def test_three_plans_on_a_page_with_doubled_titles() -> None:
    names = ["云溪县农业局2022年工作计划", "云溪县农业局2023年工作计划", "云溪县畜牧站年度工作计划"]
    raw = "云溪县农业工作计划大全\n" + "\n".join(f"{n}(三篇)\n\n{n}{body('抓生产', '抓服务')}" for n in names)
    found = plans(raw)
    assert [title for title, _ in found] == names
    assert all(text.startswith(name) for (_, text), name in zip(found, names, strict=True))


def test_a_cover_notice_and_what_it_issues_are_one_plan() -> None:
    raw = (
        "云溪县人民政府办公室关于印发云溪县冬季清洁取暖实施方案的通知\n云政办发〔2021〕8号\n各乡镇人民政府：\n"
        "现将《云溪县冬季清洁取暖实施方案》印发给你们，请认真贯彻执行。\n云溪县人民政府办公室\n2021年9月1日\n"
        f"云溪县冬季清洁取暖实施方案\n{body('总体要求', '重点任务')}"
    )
    assert plans(raw) == [("云溪县冬季清洁取暖实施方案", raw.strip())]


def test_two_texts_issued_by_one_notice_are_two_plans() -> None:
    raw = (
        "云溪县人民政府办公室关于印发两个方案的通知\n现将两个方案印发给你们，请认真贯彻执行。\n2021年9月1日\n"
        f"云溪县河道整治实施方案\n{body('总体要求', '重点任务')}云溪县水库管理实施方案\n{body('总体要求', '保障措施')}"
    )
    assert [title for title, _ in plans(raw)] == ["云溪县河道整治实施方案", "云溪县水库管理实施方案"]


def test_a_heading_that_sounds_like_a_title_opens_no_plan() -> None:
    raw = f"临江区政府工作报告\n各位代表：\n{BODY}\n上年工作总结\n{BODY}\n今年工作安排\n{BODY}\n"
    assert len(plans(raw)) == 1


def test_a_text_that_the_page_repeats_is_a_plan_of_its_own() -> None:
    plan = f"临江区政府工作报告\n——2024年1月5日在会议上\n{BODY}\n{BODY}\n"
    assert len(plans(plan + "打印\n责任编辑：某人\n" + plan)) == 2


def test_running_text_without_a_title() -> None:
    raw = "首页\n" + "各乡镇要认真抓好春季植树造林工作，确保完成全年任务。" * 30 + "\n"
    ((title, text),) = plans(raw)
    assert title is None
    assert text == raw[3:].strip()


@pytest.mark.parametrize("behind", ["近年来，我局", "x年，我局", "本学期以来，我局"])
def test_a_title_with_the_text_behind_it(behind: str) -> None:
    raw = f"下载本文档\n云溪县林业局2023年工作总结范本{behind}{BODY}\n{BODY}\n"
    assert [title for title, _ in plans(raw)] == ["云溪县林业局2023年工作总结范本"]


@pytest.mark.parametrize(
    "head",
    [
        "云溪县林业局2023年工作总结.docx\n《云溪县林业局2023年工作总结.docx》由会员分享，可在线阅读\n1、云溪县林业局2023年工作总结春去秋来，",
        "名称： | 云溪县林业局2023年工作总结 | 文号： |\n",
        "下面是小编为大家整理的云溪县林业局2023年工作总结，供大家参考。\n",
        "【云溪县林业局2023年工作总结】春去秋来，",
        "云溪县林业局2023年工作总结 |\n",
        "第1页共9页云溪县林业局2023年工作总结\n",
    ],
)
def test_the_title_is_what_the_page_calls_its_text(head: str) -> None:
    raw = f"{head}{BODY}\n{BODY}\n2、{BODY}\n"
    view = clean(raw)
    (draft,) = split(view, raw)
    assert draft.title == "云溪县林业局2023年工作总结"
    assert "小编" not in view.norm[draft.start : draft.end]


def test_plans_that_a_page_numbers() -> None:
    head = "社区工作计划\n【精选】社区工作计划模板汇编8篇\n"
    raw = head + "".join(f"社区工作计划 篇{k}\n{body('抓服务', '抓安全')}" for k in (1, 2))
    assert [text.split("\n")[0] for _, text in plans(raw)] == ["社区工作计划 篇1", "社区工作计划 篇2"]


def test_a_plan_begins_at_its_title_below_the_notices_of_the_page() -> None:
    title = "云溪县林业局2023年工作计划"
    raw = f"{title}\n2021-04-14 发布\n本文档由用户上传，收益归属用户\n{title}\n\n{title}\n一、{BODY}\n{BODY}\n"
    ((start, end),) = [view.source(d.start, d.end) for view in [clean(raw)] for d in split(view, raw)]
    assert raw[start:end].count(title) == 2


def test_a_year_on_a_line_of_its_own_below_a_title() -> None:
    raw = f"2016\n年云溪县林业局工作要点\n2016\n年的总体要求是：{BODY}\n{BODY}\n"
    assert [title for title, _ in plans(raw)] == ["2016年云溪县林业局工作要点"]


def test_a_title_that_is_said_twice_before_the_text() -> None:
    raw = f"2023云溪县林业局工作总结和工作计划云溪县林业局工作总结和工作计划春去秋来，我局{BODY}\n{BODY}\n"
    assert [title for title, _ in plans(raw)] == ["2023云溪县林业局工作总结和工作计划"]


def test_a_title_in_its_marks_behind_its_date() -> None:
    text = "\n到2022年，新增公交线路10条。\n" + BODY
    raw = "2021年03月08日 《某市公交提升行动方案（2021-2022年）》" + text
    assert plans(raw) == [("某市公交提升行动方案(2021-2022年)", raw[raw.index("某") :])]


def test_text_that_the_end_of_the_page_cuts_off() -> None:
    raw = "目录\n" + BODY * 2 + "坚持党建引领，推"
    assert plans(raw) == [(None, raw[3:])]


def test_a_plan_of_two_short_tasks() -> None:
    raw = "云溪县林业局2024年工作要点\n一、植树500亩\n二、管护1000亩\n"
    assert plans(raw) == [("云溪县林业局2024年工作要点", raw.strip())]


@pytest.mark.parametrize("raw", ["", "\n\n", "首页\n登录\n注册", "2024年工作计划", "Hello world. " * 50])
def test_no_plan(raw: str) -> None:
    assert plans(raw) == [] or raw.startswith("Hello")


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("某局2024年工作要点", "plan"),
        ("某局2023年工作总结", "summary"),
        ("某局2023年工作总结和2024年工作计划", "mixed"),
        ("2024年某省政府工作报告", "mixed"),
        ("关于某省政府工作报告的决议", "other"),
        ("关于印发某方案的通知", "plan"),
    ],
)
def test_kind(title: str, kind: str) -> None:
    assert kind_of(title, "") == kind


def test_the_index_card_of_a_site_is_no_part_of_the_plan() -> None:
    plan = f"某部关于加强新时代学校\n劳动工作的意见\n某教〔2019〕2号\n各地：\n{body('总体要求', '重点任务')}"
    raw = (
        f"信息名称：某部关于加强新时代学校劳动工作的意见\n信息索引：360-1　发文机构：某部\n{plan}网站地图 | 联系我们\n"
    )
    assert plans(raw) == [("某部关于加强新时代学校劳动工作的意见", plan.strip())]


def test_a_notice_that_passes_on_another_and_what_it_annexes_are_two_plans() -> None:
    notice = f"云溪县卫健局关于转发健康促进工作通知的通知\n各单位：\n{body('提高认识', '抓好落实')}云溪县卫健局\n2023年4月1日\n"
    annexed = f"附件：某市卫健委关于做好健康促进工作的通知\n各县区：\n{body('总体要求', '工作安排')}"
    found = plans(notice + annexed)
    assert [title for title, _ in found] == [
        "云溪县卫健局关于转发健康促进工作通知的通知",
        "某市卫健委关于做好健康促进工作的通知",
    ]


def test_the_first_plan_of_a_page_does_not_take_the_title_of_the_page() -> None:
    raw = f"2023年教育局工作计划范文(通用2篇)\n篇一：教育局工作计划\n{body('抓管理', '抓质量')}篇二：教育局办公室工作计划\n{body('抓服务', '抓协调')}"
    assert [title for title, _ in plans(raw)] == ["教育局工作计划", "教育局办公室工作计划"]


def test_a_notice_whose_body_speaks_of_summing_up_is_no_summary() -> None:
    assert kind_of("某厅关于成立委员会的通知", "主要职责是：总结探索教学规律，提出意见。") == "plan"
    assert kind_of(None, "现将上半年工作总结如下：") == "summary"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("今年以来，全县共检查企业210家次，同比增长5%。共排查隐患46处，已整改43处。", "summary"),
        ("各乡镇要摸清底数，力争6月底前全部整改。督查组将于年底对已整改的进行复查。", "other"),
        ("现在，我代表市中级人民法院向大会报告工作。", "summary"),
        ("现在，我代表县人民政府，向大会报告工作。", "mixed"),
        ("一年来，受理案件46件，同比下降3%。共接待群众210人次。\n二、下一步工作打算\n抓好普法。", "mixed"),
        ("要建立督查制度，检查各项措施落实情况，健全工作报告机制。", "plan"),
    ],
)
def test_a_text_without_a_title_is_told_by_its_voice(text: str, kind: str) -> None:
    assert kind_of(None, text) == kind


def test_what_a_mixed_text_says_before_its_first_report_belongs_to_it() -> None:
    heads = [(40, 100, "2022年工作完成情况"), (100, 160, "2023年工作计划")]
    assert done_sections("字" * 160, heads, "mixed") == [(0, 40), (40, 100)]


def test_a_plan_that_reviews_a_period_reports_there() -> None:
    heads = [(0, 60, "上半年主要指标完成情况"), (60, 160, "主要任务")]
    assert done_sections("字" * 160, heads, "plan") == [(0, 60)]
    assert done_sections("字" * 160, [(0, 60, "教育发展现状"), (60, 160, "目标")], "plan") == [(0, 60)]
    assert done_sections("字" * 160, [(0, 160, "加强工作总结和考核")], "plan") == []
    assert done_sections("字" * 160, [(0, 12, "期末班务工作总结"), (12, 160, "评优")], "plan") == []


def test_what_a_site_says_behind_a_text_is_no_part_of_it() -> None:
    plan = f"云溪县水务局2024年工作要点\n{body('抓防汛', '抓供水')}"
    assert plans(f"{plan}希望本文对您有所帮助！\n") == [("云溪县水务局2024年工作要点", plan.strip())]


def test_the_number_of_a_first_page_glued_to_the_title() -> None:
    raw = f"1云溪县校车安全督查方案为加强校车管理，制定本方案。{BODY * 2}"
    assert [title for title, _ in plans(raw)] == ["云溪县校车安全督查方案"]


def test_numbers_of_headings_on_lines_of_their_own() -> None:
    raw = f"云溪学院期末教学工作安排\n{BODY}\n一\n总体要求\n{BODY}\n二\n教学工作安排\n(一)考试\n{BODY * 3}\n"
    assert [title for title, _ in plans(raw)] == ["云溪学院期末教学工作安排"]


@pytest.mark.parametrize(
    "words", ["政府工作重点", "重点工作任务", "目标任务", "民生实事项目", "工作任务分工", "工作台账", "工作任务书"]
)
def test_what_a_body_calls_the_work_of_a_year_is_a_title(words: str) -> None:
    text = f"云溪县2024年{words}\n1.新建学校2所。\n2.改造渠道8公里，6月底前完成。\n"
    (draft,) = split(clean(text))
    assert draft.title == f"云溪县2024年{words}"
    assert kind_of(draft.title, text) == "plan"


def test_the_work_of_a_year_without_a_body_is_a_heading() -> None:
    part = "全县新建学校2所，改造渠道8公里，群众满意度不断提高，各项工作取得新的成效。" * 3
    text = f"云溪县2023年工作总结及2024年工作计划\n2023年工作回顾\n{part}\n2024年重点工作\n{part}\n"
    assert len(split(clean(text))) == 1
