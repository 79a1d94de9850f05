"""The days of time expressions, seen from a reference of one's own."""

from __future__ import annotations

from datetime import date

import pytest

from extractors import periods
from extractors.dates import Reference, resolve, scan


@pytest.mark.parametrize(
    ("text", "relation", "start", "end"),
    [
        ("2024年2月底", "by", None, "2024-02-29"),
        ("2023年2月", "within", "2023-02-01", "2023-02-28"),
        ("11月中下旬", "within", "2024-11-11", "2024-11-30"),
        ("明年一季度", "within", "2025-01-01", "2025-03-31"),
        ("前三季度", "within", "2024-01-01", "2024-09-30"),
        ("二〇二五年六月三十日前", "by", None, "2025-06-30"),
        ("年初", "by", None, "2024-03-31"),
        ("6月底至7月初", "within", "2024-06-01", "2024-07-10"),
        ("从2021年到2025年", "within", "2021-01-01", "2025-12-31"),
        ("2025年后", "from", "2026-01-01", None),
        ("“十三五”期间", "within", "2016-01-01", "2020-12-31"),
        ("2023-2024学年", "within", "2023-09-01", "2024-08-31"),
        ("今年暑假", "within", "2024-07-01", "2024-08-31"),
        ("不迟于5月20日", "by", None, "2024-05-20"),
        ("2023年11月-次年3月", "within", "2023-11-01", "2024-03-31"),
        ("每年11月底前", "recurring", None, None),
        ("自收到申请之日起15个工作日内", "within", None, None),
    ],
)
def test_days(text: str, relation: str, start: str | None, end: str | None) -> None:
    (expression,) = scan(text)
    found = resolve(expression, Reference.on(date(2024, 5, 8)))
    days = [d.isoformat() if d else None for d in (found.interval.start, found.interval.end)]
    assert [found.relation, *days] == [relation, start, end]
    assert (expression.start, expression.end) == (0, len(text))


@pytest.mark.parametrize(
    "text", ["九年义务教育", "第三年", "三年级", "青年", "十七届五中全会", "3月龄", "一年一度", "[2018]25号"]
)
def test_no_time_expression(text: str) -> None:
    assert scan(text) == []


@pytest.mark.parametrize(
    ("text", "value"), [("12", 12), ("十", 10), ("二十五", 25), ("两", 2), ("半", None), ("", None)]
)
def test_number(text: str, value: int | None) -> None:
    assert periods.number(text) == value


def test_an_impossible_day_is_the_last_of_its_month() -> None:
    assert periods.day(2023, 2, 31) == date(2023, 2, 28)
