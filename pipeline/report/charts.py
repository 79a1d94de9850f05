"""The charts as Vega-Lite specifications, and the runtime that draws them, to be inlined.

Charts hold no data: the page fills the data set `rows`, so that a choice on the page changes what is drawn.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pipeline.report.pages import needs_extra

HEIGHT = 280
MOST_UNITS = 30
FONT = "system-ui, 'Microsoft YaHei', 'PingFang SC', 'Noto Sans CJK SC', sans-serif"
ROLE_COLOURS = {"牵头": "#1f4e79", "责任": "#2e8b57", "配合": "#c9a227", "督查": "#8e5ea2"}
STATUS_COLOURS = {"计划": "#1f4e79", "已完成": "#9aa5b1"}


@cache
def runtime() -> str:
    """Vega, Vega-Lite and vega-embed as one script. Raises ExportError without the extra `report`."""
    try:
        import vl_convert
    except ImportError as error:
        raise needs_extra() from error
    bundle: str = vl_convert.javascript_bundle()  # type: ignore[call-arg]
    # Its short names must not meet those of the page's own scripts; what it offers stands on `window`.
    return f"(() => {{{bundle}}})();"


def _altair() -> Any:
    try:
        import altair
    except ImportError as error:
        raise needs_extra() from error
    return altair


def _spec(chart: Any) -> dict[str, Any]:
    spec: dict[str, Any] = (
        chart.properties(width="container", height=HEIGHT, autosize=_altair().AutoSizeParams(type="fit-x"))
        .configure(font=FONT)
        .configure_axis(labelLimit=260, titleFontWeight="normal")
        .configure_view(stroke=None)
        .to_dict(validate=True)
    )
    return spec


def timeline() -> dict[str, Any]:
    """Deadlines by period: `period` (2025-03, or 2025 where many years are shown), `status`, `count`."""
    alt = _altair()
    chart = (
        alt.Chart(alt.Data(name="rows"))
        .mark_bar(cursor="pointer")
        .encode(
            x=alt.X("period:O", title="截止时间", axis=alt.Axis(labelAngle=-40, labelOverlap=True)),
            y=alt.Y("count:Q", title="时限数", axis=alt.Axis(tickMinStep=1)),
            color=alt.Color("status:N", title="状态", scale=_scale(alt, STATUS_COLOURS)),
            tooltip=[
                alt.Tooltip("period:O", title="时间"),
                alt.Tooltip("status:N", title="状态"),
                alt.Tooltip("count:Q", title="时限数"),
            ],
        )
    )
    return _spec(chart)


def indicator() -> dict[str, Any]:
    """The values of one indicator: `year`, `value`, `upper`, `plan`, `status`, `text`."""
    alt = _altair()
    base = alt.Chart(alt.Data(name="rows")).encode(
        x=alt.X("year:O", title="年度", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("value:Q", title="数值", scale=alt.Scale(zero=False, nice=True)),
        color=alt.Color("plan:N", title="计划", legend=alt.Legend(labelLimit=240, symbolLimit=20)),
        tooltip=[
            alt.Tooltip("plan:N", title="计划"),
            alt.Tooltip("year:O", title="年度"),
            alt.Tooltip("text:N", title="指标"),
            alt.Tooltip("status:N", title="状态"),
        ],
    )
    points = base.mark_point(filled=True, size=110, opacity=0.85).encode(shape=alt.Shape("status:N", title="状态"))
    ranges = base.mark_rule(strokeWidth=3, opacity=0.5).transform_filter("datum.upper != null").encode(y2="upper:Q")
    return _spec(ranges + points)


def load() -> dict[str, Any]:
    """How many tasks each unit carries: `unit`, `role`, `count`. The page sets the height by the number of units."""
    alt = _altair()
    chart = (
        alt.Chart(alt.Data(name="rows"))
        .transform_joinaggregate(total="sum(count)", groupby=["unit"])
        .mark_bar(cursor="pointer")
        .encode(
            x=alt.X("count:Q", title="任务数", axis=alt.Axis(tickMinStep=1)),
            y=alt.Y("unit:N", title=None, sort=alt.EncodingSortField("total", op="max", order="descending")),
            color=alt.Color("role:N", title="角色", scale=_scale(alt, ROLE_COLOURS), sort=list(ROLE_COLOURS)),
            tooltip=[
                alt.Tooltip("unit:N", title="单位"),
                alt.Tooltip("role:N", title="角色"),
                alt.Tooltip("count:Q", title="任务数"),
                alt.Tooltip("total:Q", title="合计"),
            ],
        )
    )
    return _spec(chart)


def _scale(alt: Any, colours: dict[str, str]) -> Any:
    return alt.Scale(domain=list(colours), range=list(colours.values()))
