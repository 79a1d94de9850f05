"""Who issued a plan, and for which region: read from its title, else from its signature."""

from __future__ import annotations

import re

BODY = r"(?:人民政府(?:办公厅|办公室)?|政府(?:办公厅|办公室)?|党委办公室|委员会(?:办公室)?|办公厅|办公室|[厅局部署院委]|中心|公司|集团|学校|学院|大学|中学|小学|幼儿园|医院|科|股|处|室|站|所|协会|联合会|总工会|团委|妇联|支部|党组)"
ISSUER = re.compile(
    rf"^([\u4e00-\u9fffxX*]{{1,24}}?{BODY})(?=关于|印发|转发|(?:19|20)\d\d|[上下]半年|年度|[一二三四五六七八九十]+五|工作|\d|、|推进|实施|贯彻|落实)"
)
REPORT = re.compile(r"^(?:(?:19|20)\d\d年)?([\u4e00-\u9fff]{2,12}?[省市区县州盟旗])(?:人民)?政府工作报告")
SIGNATURE = re.compile(rf"\n([\u4e00-\u9fff]{{2,24}}{BODY})\n+\s*(?:[12]\d{{3}}|[一二三四五六七八九〇零]{{4}})年")
REGION = re.compile(
    r"^([\u4e00-\u9fff]{1,8}?(?:省|自治区|特别行政区|自治州|[市州盟县区旗]))(?:([\u4e00-\u9fff]{1,6}?(?:市|州|盟|县|区|旗)))?"
)
NO_REGION = re.compile(r"^(?:[省市县区州]|全[省市县区]|本[省市县区]|某|各)")
LEADING_YEAR = re.compile(r"^(?:19|20)\d\d年?度?")


def issuer_of(title: str | None, text: str) -> str | None:
    """The body that issued a plan as the title or the signature names it, or None."""
    if title:
        bare = LEADING_YEAR.sub("", title)
        report = REPORT.match(title)
        if report:
            return report[1] + "人民政府"
        named = ISSUER.match(bare)
        if named:
            return named[1]
    head = ISSUER.match(text[:60].split("\n")[0])
    signed = SIGNATURE.search(text)
    return head[1] if head else signed[1] if signed else None


def region_of(issuer: str | None, title: str | None) -> str | None:
    """The region that a name begins with (`某市某区`), or None where it names none of its own (`县教育局`)."""
    for name in (issuer, LEADING_YEAR.sub("", title or "")):
        if name and not NO_REGION.match(name):
            found = REGION.match(name)
            if found and len(found[1]) > 2:
                return found[0]
    return None
