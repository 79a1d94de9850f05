"""The Chinese words that people read for the values of the tables, and values as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.reasons import reason

ROLES = {"lead": "牵头", "responsible": "责任", "support": "配合", "supervise": "督查"}
ROLE_TITLES = {"lead": "牵头单位", "responsible": "责任单位", "support": "配合单位", "supervise": "督查单位"}
STATUSES = {"planned": "计划", "achieved": "已完成", "reference": "参照"}
SOURCE_STATUSES = {
    "ok": "已提取", "empty": "空文件", "no_plan": "无计划", "duplicate": "重复", "rejected": "未能读取",
}  # fmt: skip
PLAN_KINDS = {"plan": "计划", "summary": "总结", "mixed": "总结和计划", "other": "其他"}
TARGET_KINDS = {
    "percent": "百分比", "permyriad": "万分比", "permille": "千分比", "ratio": "比例", "count": "数量",
    "amount": "金额",
}  # fmt: skip
COMPARATORS = {
    "eq": "等于", "ge": "不低于", "gt": "高于", "le": "不高于", "lt": "低于", "approx": "约", "range": "区间",
}  # fmt: skip
SIGNS = {"eq": "=", "ge": "≥", "gt": ">", "le": "≤", "lt": "<", "approx": "≈", "range": "="}
RELATIONS = {"by": "截止", "within": "期间", "from": "起始", "recurring": "定期"}
GRANULARITIES = {
    "day": "日", "week": "周", "month": "月", "quarter": "季度", "half": "半年", "term": "学期", "year": "年",
    "multi_year": "多年",
}  # fmt: skip
GAP_KINDS = {"numbering": "编号跳号", "percent": "百分比", "quantity": "数量", "time": "时间", "unit": "单位"}
NO_TITLE = "（无标题）"


def number(value: float) -> str:
    """A number without needless digits: 60, 0.5, 12000."""
    return f"{value:,.6f}".rstrip("0").rstrip(".").replace(",", "")


def quantity(target: Mapping[str, Any]) -> str:
    """The comparator, value and unit of a target: ≥60%, 5–6所, 增5百分点; a blanked value is …."""
    value = "…" if target["value"] is None else number(target["value"])
    if target["upper"] is not None:
        value += f"–{number(target['upper'])}"
    sign = SIGNS[target["comparator"]]
    return f"{change(target)}{sign}{value}{target['unit']}"


def change(target: Mapping[str, Any]) -> str:
    """Which way a change goes: 增, 减, or 增减 where the text does not tell; empty for a level."""
    return {"up": "增", "down": "减", None: "增减"}[target["direction"]] if target["delta"] else ""


def target_name(target: Mapping[str, Any]) -> str:
    """What a target measures, with its subject before it; empty when the text names nothing."""
    return "·".join(part for part in (target["subject"], target["indicator"]) if part)


def target_line(target: Mapping[str, Any]) -> str:
    """A target on one line: 本科上线率 >60%."""
    return f"{target_name(target)} {quantity(target)}".strip()


def deadline_line(deadline: Mapping[str, Any]) -> str:
    """A deadline on one line: 9月底前 2025-09-30; 每月."""
    return f"{deadline['text']} {deadline['date_end'] or ''}".strip()


def refusal(name: str | None) -> str:
    """Why something became no row: the reason in words and the rule that gave it."""
    found = reason(name) if name else None
    return f"{found.chinese}（{name}）" if found else name or "没有规则认识它"


def interval(deadline: Mapping[str, Any]) -> str:
    """The days of a deadline: 2025-06-30 前, 2025-01-01—2025-12-31, 2025-03-01 起; empty without a day."""
    start, end = deadline["date_start"], deadline["date_end"]
    if start and end:
        return f"{start}—{end}"
    return f"{end} 前" if end else f"{start} 起" if start else ""
