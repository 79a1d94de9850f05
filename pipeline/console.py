"""What the command line prints: progress, the summary of a run, a plan as a tree."""

from __future__ import annotations

import json
import sys
import time
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from pipeline.inputs import MEMBER
from pipeline.summary import Summary
from pipeline.tables import Row, Rows

TABLE_NAMES = ("plans", "items", "targets", "deadlines", "units", "tasks", "gaps", "tokens")
PLAIN_EVERY = 10.0  # seconds between two lines of progress where there is no terminal
SHOWN = 10  # rejected files and warnings listed in the summary


class progress:
    """A progress bar on a terminal; elsewhere a plain line now and then. ``seconds`` is the time since the start."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bar: Any = None
        self._started = self._said = time.monotonic()
        self.seconds = 0.0

    def __enter__(self) -> progress:
        if self._console.is_terminal:
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"),
                console=self._console, transient=True,
            )  # fmt: skip
            self._bar.start()
            self._task = self._bar.add_task("", total=None)
        return self

    def update(self, done: int, total: int, path: str) -> None:
        """Say that ``done`` of ``total`` sources are done, the last one at ``path``."""
        if self._bar is not None:
            self._bar.update(self._task, completed=done, total=total, description=escape(path[-60:]))
        elif time.monotonic() - self._said >= PLAIN_EVERY:
            self._said = time.monotonic()
            self._console.print(f"{done} of {total} sources", highlight=False)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.seconds = time.monotonic() - self._started
        if self._bar is not None:
            self._bar.stop()


def print_summary(summary: Summary, output: str, seconds: float) -> None:
    """Inputs by status, all rows that stand now by table, gaps by kind; what this run did, rejected, noted; time."""
    console = Console(highlight=False, soft_wrap=True)
    total = sum(summary.statuses.values())
    statuses = ", ".join(f"{name} {count}" for name, count in sorted(summary.statuses.items()))
    console.print(f"输入 inputs     {total}" + (f" ({statuses})" if statuses else ""), markup=False)
    labels = {
        "sources": "来源 sources",
        "plans": "计划 plans", "items": "条目 items", "targets": "指标 targets", "deadlines": "时限 deadlines",
        "units": "单位 units", "tasks": "任务 tasks", "gaps": "疑漏 gaps", "tokens": "词 tokens",
    }  # fmt: skip
    gaps = ", ".join(f"{kind} {count}" for kind, count in sorted(summary.gaps.items()))
    for name in ("sources", *TABLE_NAMES):
        if name in summary.rows or name != "tokens":
            note = f" ({gaps})" if name == "gaps" and gaps else ""
            console.print(f"{labels[name]:<15}{summary.rows[name]}{note}", markup=False)
    _print_work(console, summary)
    _listed(console, "拒绝 rejected", len(summary.rejected), summary.rejected)
    _listed(console, "仍拒绝 still rejected", summary.statuses["rejected"] - len(summary.rejected), summary.before)
    _listed(console, "提示 warnings", len(summary.warnings), summary.warnings)
    speed = summary.characters / seconds if seconds > 0 else 0.0
    console.print(
        f"{summary.characters:,} characters in {seconds:.1f} s ({speed:,.0f} a second) → {output}", markup=False
    )


def _print_work(console: Console, summary: Summary) -> None:
    """What had to be done tonight, and what was not."""
    labels = {
        "keep": "未变 unchanged", "read": "读取 read", "copy": "重复 copies",
        "move": "已知内容换了路径 known bytes at a new path",
        "gone": "已不在 gone (rows kept)",
    }  # fmt: skip
    done = [f"{labels[name]} {count}" for name, count in sorted(summary.actions.items())]
    if summary.dropped:
        done.append(f"删去 dropped {summary.dropped}")
    console.print("本次 this run   " + ", ".join(done), markup=False)
    for note in summary.notes:
        console.print(f"注意 note       {note}", markup=False)


def _listed(console: Console, label: str, count: int, entries: list[tuple[str, str]]) -> None:
    if not entries:
        return
    console.print(f"{label} {count}", markup=False)
    for path, sentence in entries[:SHOWN]:
        console.print(f"  {path}: {sentence}" if path not in sentence else f"  {sentence}", markup=False)
    if count > SHOWN:
        console.print(f"  … {count - SHOWN} more: see `error` in sources and `warnings` in plans", markup=False)


def print_json(rows: Rows) -> None:
    """Every row of the tables below `sources` as one JSON object a line, with the name of its table."""
    for name in ("sources", *TABLE_NAMES):
        for row in rows.get(name, []):
            sys.stdout.write(json.dumps({"table": name, **row}, ensure_ascii=False, default=str) + "\n")


def print_plans(rows: Rows) -> None:
    """Each plan as a tree of items, each with its targets, deadlines and units."""
    console = Console(highlight=False)
    source = rows["sources"][0]
    if MEMBER in source["path"]:
        console.rule(escape(source["path"]), align="left", style="dim")
    if not rows["plans"]:
        console.print(
            f"{source['path']!r} {'is empty' if source['status'] == 'empty' else 'holds no plan'}.", markup=False
        )
    if source["error"]:
        console.print(f"  ! {source['error']}", style="yellow", markup=False)
    for plan in rows["plans"]:
        console.print(_tree(plan, rows))
        for warning in plan["warnings"]:
            console.print(f"  ! {warning}", style="yellow", markup=False)


def _tree(plan: Row, rows: Rows) -> Tree:
    year = f" · {plan['year']}" if plan["year"] else ""
    title = plan["title"] or "(无标题)"
    tree = Tree(f"[bold]{escape(title)}[/bold] [dim]{plan['kind']}{year} · {plan['start']}–{plan['end']}[/dim]")
    nodes: dict[str | None, Tree] = {None: tree}
    items = [row for row in rows["items"] if row["plan_id"] == plan["plan_id"]]
    for item in sorted(items, key=lambda row: row["level"]):
        parent = nodes.get(item["parent_id"], tree)
        label = f"[bold cyan]{escape(item['marker'])}[/bold cyan] {escape(item['title'][:60])}"
        nodes[item["item_id"]] = parent.add(label)
        _add_mentions(nodes[item["item_id"]], plan, item["item_id"], rows)
    _add_mentions(tree, plan, None, rows)
    return tree


def _add_mentions(node: Tree, plan: Row, item_id: str | None, rows: Rows) -> None:
    here = [
        (row["start"], name, row)
        for name in ("targets", "deadlines", "units")
        for row in rows[name]
        if row["plan_id"] == plan["plan_id"] and row["item_id"] == item_id
    ]
    for _, name, row in sorted(here, key=lambda entry: entry[0]):
        node.add({"targets": _target, "deadlines": _deadline, "units": _unit}[name](row))


def _target(row: Row) -> str:
    value = "?" if row["value"] is None else f"{row['value']:g}"
    if row["upper"] is not None:
        value += f"–{row['upper']:g}"
    sign = {"eq": "=", "ge": "≥", "gt": ">", "le": "≤", "lt": "<", "approx": "≈", "range": "="}[row["comparator"]]
    change = {"up": "↑", "down": "↓", None: "Δ"}[row["direction"]] + " " if row["delta"] else ""
    name = "·".join(part for part in (row["subject"], row["indicator"]) if part)
    level = f"{change}{sign} {value}{escape(row['unit'])}"
    return f"[green]指标[/green] {escape(name)} {level} [dim]{escape(row['text'])}[/dim]"


def _deadline(row: Row) -> str:
    dates = f"{row['date_start'] or ''}…{row['date_end'] or ''}"
    return f"[magenta]时限[/magenta] {escape(row['text'])} [dim]{row['relation']} {dates}[/dim]"


def _unit(row: Row) -> str:
    role = {"lead": "牵头", "responsible": "责任", "support": "配合", "supervise": "督查"}[row["role"]]
    return f"[yellow]{role}[/yellow] {escape(row['name'])}"
