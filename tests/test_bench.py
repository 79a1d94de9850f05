"""The benchmark knows the stages by the names they have."""

from __future__ import annotations

from pathlib import Path

from bench.gaps import rates, sample
from bench.stages import STAGES, timed_stages
from pipeline import run

PLAN = (
    "2031年全县渔业工作计划\n一、养殖。新建标准化池塘12处，6月底前投放鱼苗500万尾，良种覆盖率达到85%以上。\n"
    "二、保障措施。由县渔业局牵头，各乡镇配合，落实资金300万元，强化监督检查，确保各项任务按期完成。\n"
)


def test_every_stage_is_timed_in_a_run(tmp_path: Path) -> None:
    plan = tmp_path / "a.txt"
    plan.write_text(PLAN, encoding="utf-8")
    original = run.run
    with timed_stages() as spent:
        run.run([str(plan)], tmp_path / "out")
    assert set(spent) == set(STAGES.values())
    assert run.run is original


def test_gaps_are_counted_per_thousand_characters(tmp_path: Path) -> None:
    plan = tmp_path / "a.txt"
    plan.write_text(PLAN + "三、其他。召开第十三届会议，落实五项管理。\n", encoding="utf-8")
    run.run([str(plan)], tmp_path / "out")
    every, unknown = rates(tmp_path / "out")["quantity"]
    assert every > 0
    assert unknown == 0
    assert any("target.not.ordinal" in line and "⟦十三届⟧" in line for line in sample(tmp_path / "out", 50, 1))
