"""Write the review pages of a run into a folder."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.clean import clean
from pipeline.export import labels
from pipeline.export.load import ExportError, Tables, grouped
from pipeline.export.messages import chinese
from pipeline.report import charts
from pipeline.report.overview import Overview, page_name, title_of
from pipeline.report.pages import asset, data, render
from pipeline.report.plan_page import CLASSES, PlanPage
from pipeline.ruleset import same_rules
from pipeline.text import View

PLAN_PAGE = re.compile(r"[0-9a-f]{16}\.\d+\.html")
ENTRY_CLASSES = {"item": "任务", "target": "指标", "deadline": "时限", "unit": "单位", "gap": "疑漏"}


def build(tables: Tables, folder: Path, progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Write index, charts and a page for each plan; the number of plans. Raises ExportError.

    ``progress`` is called with the number of plan pages written and their total.
    """
    overview = Overview(tables)
    try:
        (folder / "plans").mkdir(parents=True, exist_ok=True)
        for name, page in _overview_pages(overview):
            _write(folder / name, page)
        _plan_pages(tables, overview, folder, progress)
        _remove_old(folder, {page_name(plan) for plan in overview.plans})
    except OSError as error:
        raise ExportError(
            f"The pages cannot be written to {str(folder)!r} ({error.strerror}); choose another folder with -o."
        ) from error
    return len(overview.plans)


def _write(file: Path, page: str) -> None:
    file.write_text(page, encoding="utf-8", newline="\n")


def _remove_old(folder: Path, written: set[str]) -> None:
    """Remove the pages of plans that an earlier report had and this one has not; nothing else is touched."""
    for file in sorted((folder / "plans").iterdir()):
        if PLAN_PAGE.fullmatch(file.name) and f"plans/{file.name}" not in written:
            file.unlink()


def _overview_pages(overview: Overview) -> list[tuple[str, str]]:
    years, issuers = overview.years_by_issuer()
    common: dict[str, Any] = {"totals": overview.totals(), "root": ""}
    runtime = charts.runtime()
    names = overview.plan_names()
    kit = asset("kit.js")
    return [
        (
            "index.html",
            render(
                "index.html", [asset("index.js")], **common, here="index", plans=overview.plan_list(), years=years,
                issuers=issuers, gaps=overview.gap_reasons(), unread=overview.unread(),
                data=_safe({"words": overview.search_words()}),
            ),
        ),
        (
            "deadlines.html",
            render(
                "deadlines.html", [runtime, kit, asset("deadlines.js")], charts=True, **common, here="deadlines",
                data=_safe({"plans": names, "rows": overview.due(), "spec": charts.timeline()}),
            ),
        ),
        (
            "indicators.html",
            render(
                "indicators.html", [runtime, kit, asset("indicators.js")], charts=True, **common, here="indicators",
                data=_safe({"plans": names, "rows": overview.indicators(), "spec": charts.indicator()}),
            ),
        ),
        (
            "units.html",
            render(
                "units.html", [runtime, kit, asset("units.js")], charts=True, **common, here="units",
                data=_safe({"plans": names, "rows": overview.load(), "spec": charts.load(),
                            "most": charts.MOST_UNITS}),
            ),
        ),
    ]  # fmt: skip


def _safe(value: Any) -> Any:
    from markupsafe import Markup

    return Markup(data(value))


def _plan_pages(tables: Tables, overview: Overview, folder: Path, progress: Callable[[int, int], None]) -> None:
    texts = {row["source_id"]: row["text"] for row in tables.rows("texts")}
    rows = {name: tables.of_plans(name) for name in (*CLASSES, "tasks")}
    # Under other rules the text would be cleaned otherwise than it was when the rows were made.
    view_holds = same_rules(tables.ruleset)
    view: View | None = None
    done = 0
    for source_id, plans in grouped(overview.plans, "source_id").items():
        text = texts[source_id]
        view = clean(text) if view_holds else None
        for plan in plans:
            own = {name: groups.get(plan["plan_id"], []) for name, groups in rows.items()}
            page = PlanPage(plan, own, text, view)
            entries = page.entries()
            counts = [(cls, label, sum(entry.cls == cls for entry in entries)) for cls, label in ENTRY_CLASSES.items()]
            _write(
                folder / "plans" / f"{plan['plan_id']}.html",
                render(
                    "plan.html", [asset("plan.js")], root="../", here="", plan=plan, title=title_of(plan),
                    kind=labels.PLAN_KINDS[plan["kind"]], source=tables.sources[source_id], pieces=page.pieces(),
                    entries=entries, counts=counts,
                    number=overview.number[plan["plan_id"]],
                    warnings=[chinese(warning) for warning in plan["warnings"]],
                ),
            )  # fmt: skip
            done += 1
            progress(done, len(overview.plans))
