"""Write the sample plans of data/raw, and the gold files of those that are annotated, from tests/golden/plans.

python tests/make_samples.py            write them
python tests/make_samples.py --check    say which differ, and fail if one does
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import sample_noise as noise
from golden_markup import Marked, Row, gold, parse
from sample_noise import Copy, Noise

HERE = Path(__file__).parent
PLANS = HERE / "golden" / "plans"
GOLD = HERE / "golden" / "gold"
RAW = HERE.parent / "data" / "raw"


def furniture(before: str, after: str = "", **names: str | int) -> Noise:
    """Page furniture by the names of files in golden/furniture, with {names} filled in."""

    def text(name: str) -> str:
        return (HERE / "golden" / "furniture" / f"{name}.txt").read_text(encoding="utf-8") if name else ""

    return noise.furniture(text(before).format(**names), text(after).format(**names))


@dataclass(frozen=True)
class Sample:
    """How a sample is made: its clean text, the noise put onto it in order, and how it is written down."""

    name: str
    plan: str
    noise: tuple[Noise, ...] = ()
    encoding: str = "utf-8"

    @property
    def marked(self) -> Marked:
        return _marked(self.plan)

    @property
    def copy(self) -> Copy:
        copy = Copy.of(self.marked.text)
        for step in self.noise:
            copy = step(copy)
        return copy

    def data(self) -> bytes:
        mark = "\ufeff" if self.encoding.startswith("utf-16-") else ""
        return (mark + self.copy.text).encode(self.encoding)

    def gold(self) -> Row:
        """The gold document, with offsets into this sample's decoded text."""
        copy = self.copy
        return gold(self.marked, self.name, copy.offsets(len(self.marked.text)), len(copy.text))


@cache
def _marked(plan: str) -> Marked:
    return parse((PLANS / f"{plan}.txt").read_text(encoding="utf-8").rstrip("\n"))


SAMPLES = (
    Sample("01_opinion_with_cover_notice.txt", "health_opinion", (furniture("law_header"),), "utf-8-sig"),
    Sample(
        "02_preview_pages.txt",
        "education_points",
        (
            noise.run_together,
            noise.pages(
                *("组织骨干教|师送课下乡", "提高2个百|分点", "县心理健康教|育指导中心", "46|00人"),
                *("|（十五）", "（|二十）", "（|二十六）"),
            ),
            furniture("preview_head", "preview_tail", title="云溪县教育体育局2024年工作要点", pages=8),
        ),
    ),
    Sample(
        "03_preview_out_of_order.txt",
        "environment_points",
        (
            noise.run_together,
            noise.reordered("确保各项约束性指标圆满完成。|", "加强生物多|样性保护"),
            noise.pages(
                *("市委督查室、市政府督|查室", "持证上岗|率", "推动38|家重点企业"),
                *("将12|00余家企业", "比例达到|80%", "履约率达|到100%，创建"),
            ),
            furniture("preview_head", "preview_tail", title="澜州市生态环境局2025年工作要点", pages=7),
        ),
    ),
    Sample("04_aggregator_page.txt", "aggregator_page"),
    Sample("05_blanked_values.txt", "industry_blanked"),
    Sample("06_run_together.txt", "agriculture_points", (noise.run_together,)),
    Sample("07_line_wrapped.txt", "culture_plan", (noise.justified, noise.wrapped(36))),
    Sample("08_task_notes.txt", "livelihood_tasks"),
    Sample("09_half_year_utf16.txt", "employment_half_year", (), "utf-16-le"),
    Sample("10_washed_template.txt", "education_washed"),
    Sample("11_gb18030_crlf.txt", "transport_points", (noise.crlf,), "gb18030"),
    Sample(
        "12_big5_traditional.txt",
        "safety_plan",
        (noise.traditional((HERE / "golden" / "traditional.txt").read_text(encoding="utf-8")),),
        "big5",
    ),
    Sample(
        "13_full_width.txt",
        "commerce_plan",
        (noise.mixed_brackets, noise.FULL_WIDTH, furniture("news_head", "news_tail")),
    ),
    Sample(
        "14_glyph_trouble.txt",
        "agriculture_points",
        (noise.RADICALS, noise.zero_width(47), noise.paragraph_marks("Р", "&nbsp;", "\u3000\u3000", "<U+00A0>")),
    ),
)


def files() -> dict[Path, bytes]:
    """Every file that the samples stand for, with its bytes."""
    out: dict[Path, bytes] = {}
    for sample in SAMPLES:
        out[RAW / sample.name] = sample.data()
        if sample.marked.targets:
            text = json.dumps(sample.gold(), ensure_ascii=False, indent=1) + "\n"
            out[(GOLD / sample.name).with_suffix(".json")] = text.encode()
    return out


def stale() -> list[Path]:
    """The files that are missing or differ from what the samples say."""
    return [path for path, data in files().items() if not path.exists() or path.read_bytes() != data]


def main(arguments: list[str]) -> int:
    """Write the files, or with --check only name those that differ."""
    changed = stale()
    if "--check" not in arguments:
        for path in changed:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files()[path])
    for path in changed:
        print(path.relative_to(HERE.parent))
    return 1 if changed and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
