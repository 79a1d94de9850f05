"""Every noise that plans arrive with, each put onto annotated documents and their gold alike.

Rows of a noisy copy are held against gold whose places were moved with the text, so that a score under a noise can be
compared with that of the clean documents.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import opencc
import sample_noise as noise
from golden_markup import gold as gold_of
from golden_markup import parse
from make_samples import HERE, PLANS, furniture
from noise_forms import FORMS, REWRITES, Document, out_of_order, preview
from sample_noise import ADDED, Copy, Noise, added, joined

from pipeline.pages import page_markers

PAGE = 420  # characters between two page markers
PINYIN = ("(jīng)", "(kāi)", "(jiào)", "(xué)", "(gōng)")
PLACED = ("plans", "items", "targets", "deadlines", "units")
# Synonyms that template sites put in: the word of the plan and the one that stands in a washed copy.
WASHED = {
    "教师": "老师", "问题": "咨询题", "达到": "到达", "安全": "平安", "目标": "目的", "发展": "开展",
    "服务": "效劳", "基础": "根底", "原则": "原那么", "监督": "监视", "融合": "交融", "水平": "程度", "能力": "才能",
    "提高": "进步", "生产": "消费", "部分": "局部", "督促": "催促", "实践": "理论", "结构": "构造", "巩固": "稳固",
    "普通": "一般", "基本": "根本", "创建": "创立", "成本": "本钱", "若干": "假设干", "体现": "表达",
}  # fmt: skip


def _pages(copy: Copy) -> Copy:
    """A page marker about every ``PAGE`` characters, in the middle of a word where one stands there."""
    if page_markers(copy.text):
        return copy  # a preview already; two numberings of pages stand in no source
    places = []
    for at in range(PAGE, len(copy.text) - PAGE // 2, PAGE):
        found = re.compile(r"(?<=[\u4e00-\u9fff]{3})(?=[\u4e00-\u9fff]{3})").search(copy.text, at)
        if found:
            places.append(found.start())
    pieces = [added("1、"), copy.cut(0, places[0] if places else len(copy.text))]
    for number, (start, end) in enumerate(zip(places, [*places[1:], len(copy.text)], strict=True), 2):
        pieces += [added(f"\n\n{number}、"), copy.cut(start, end)]
    return joined(pieces)


def _preview(copy: Copy) -> Copy:
    """Page markers, and what a site puts around a preview; what is one already stays as it is."""
    paged = _pages(copy)
    return paged if paged is copy else preview(paged)


def _blanks_at_digits(copy: Copy) -> Copy:
    """A blank before and after every number that stands between Chinese characters."""
    pieces, at = [], 0
    for m in re.finditer(r"(?<=[\u4e00-\u9fff])\d+(?:\.\d+)?%?(?=[\u4e00-\u9fff])", copy.text):
        pieces += [copy.cut(at, m.start()), added(" "), copy.cut(*m.span()), added(" ")]
        at = m.end()
    return joined([*pieces, copy.cut(at, len(copy.text))])


@cache
def _traditional_of(char: str) -> str:
    other = str(_converter().convert(char))
    return other if len(other) == 1 else char


@cache
def _converter() -> Any:
    return opencc.OpenCC("s2t")


def _traditional(copy: Copy) -> Copy:
    return Copy("".join(map(_traditional_of, copy.text)), copy.origin)


def _pinyin(copy: Copy) -> Copy:
    """Traditional characters, every ninth of those that changed with its reading in brackets."""
    pieces, at, count = [], 0, 0
    changed = _traditional(copy)
    for i, (before, after) in enumerate(zip(copy.text, changed.text, strict=True)):
        if before != after:
            count += 1
            if count % 9 == 0:
                pieces += [changed.cut(at, i + 1), added(PINYIN[count // 9 % len(PINYIN)])]
                at = i + 1
    return joined([*pieces, changed.cut(at, len(copy.text))])


def _washed(copy: Copy) -> Copy:
    pieces, at = [], 0
    for m in re.finditer("|".join(WASHED), copy.text):
        word = WASHED[m[0]]
        origin = copy.origin[m.start() : m.end()]
        shared = tuple(origin[min(i, len(origin) - 1)] for i in range(len(word)))
        pieces += [copy.cut(at, m.start()), Copy(word, shared)]
        at = m.end()
    return joined([*pieces, copy.cut(at, len(copy.text))])


def _chain(*steps: Noise) -> Noise:
    def apply(copy: Copy) -> Copy:
        for step in steps:
            copy = step(copy)
        return copy

    return apply


NOISES: dict[str, Noise] = {
    "page_markers": _pages,
    "hard_wraps": noise.wrapped(36),
    "justified": _blanks_at_digits,
    "full_width": noise.FULL_WIDTH,
    "mixed_brackets": noise.mixed_brackets,
    "radicals": noise.RADICALS,
    "zero_width": noise.zero_width(47),
    "paragraph_marks": noise.paragraph_marks("Р", "&nbsp;", "\u3000\u3000", "<U+00A0>"),
    "run_together": noise.run_together,
    "crlf": noise.crlf,
    "traditional": _traditional,
    "pinyin": _pinyin,
    "washed": _washed,
    "furniture": furniture("news_head", "news_tail"),
    "gb18030": lambda copy: copy,
    "wrapped_full_width": _chain(noise.FULL_WIDTH, noise.wrapped(33)),
    "pages_out_of_order": _chain(out_of_order, _pages),
    **FORMS,
    "preview": _preview,
}
ENCODINGS = {"gb18030": "gb18030", "crlf": "utf-8-sig", "utf16": "utf-16"}


def moved(gold: Mapping[str, Any], copy: Copy, length: int) -> dict[str, Any]:
    """The gold of a document in places of its noisy copy."""
    offsets = copy.offsets(length)
    starts, ends = _following(offsets, len(copy.text)), _preceding(offsets)

    def row(old: Mapping[str, Any]) -> dict[str, Any]:
        new = {**old, "start": starts[old["start"]]}
        if "end" in old:
            new["end"] = ends[old["end"] - 1] + 1
            new["text"] = _as_written(copy, new["start"], new["end"]) if "text" in old else None
        if old.get("parent") is not None:
            new["parent"] = starts[old["parent"]]
        return {name: value for name, value in new.items() if name != "text" or value}

    rows = {kind: [row(old) for old in gold.get(kind, [])] for kind in PLACED}
    for old, new in zip(gold.get("plans", []), rows["plans"], strict=True):  # its pages may stand out of order
        places = [at for at in offsets[old["start"] : old["end"]] if at != ADDED]
        new["start"], new["end"] = min(places), max(places) + 1
    return {**gold, **rows}


def _as_written(copy: Copy, start: int, end: int) -> str:
    return "".join(copy.text[at] for at in range(start, end) if copy.origin[at] != ADDED)


def _following(offsets: Sequence[int], end: int) -> list[int]:
    """For each place the offset of it or, where it went, of the next one that stands."""
    out, last = list(offsets), end
    for i in range(len(out) - 1, -1, -1):
        last = out[i] = last if out[i] == ADDED else out[i]
    return out


def _preceding(offsets: Sequence[int]) -> list[int]:
    out, last = list(offsets), 0
    for i, at in enumerate(out):
        last = out[i] = last if at == ADDED else at
    return out


GENRES = {
    "points": "points", "opinion": "opinion", "plan": "plan", "page": "points", "blanked": "blanked", "tasks": "tasks",
    "year": "report", "washed": "points",
}  # fmt: skip


def own_documents() -> list[Document]:
    """The annotated sample plans of the project, clean."""
    found = []
    for file in sorted(PLANS.glob("*.txt")):
        marked = parse(file.read_text(encoding="utf-8").rstrip("\n"))
        if marked.targets:
            text = marked.text
            gold = gold_of(marked, f"{file.stem}.txt", list(range(len(text))), len(text))
            found.append(Document(f"{file.stem}.txt", GENRES[file.stem.rpartition("_")[2]], text, gold))
    return found


def shared_documents(shared: Path) -> list[Document]:
    """The annotated documents of a folder with `gold`, `seeds` and `annotated`; none where it is missing."""
    found = []
    for file in sorted((shared / "gold").glob("*.json")):
        gold = json.loads(file.read_text(encoding="utf-8"))
        source = next((p for d in ("seeds", "annotated") if (p := shared / d / gold["source"]).exists()), None)
        if source is not None:
            text = source.read_bytes().decode("utf-8-sig")
            genre = "report" if "report" in file.stem else "opinion" if file.stem.startswith("d") else "template"
            found.append(Document(gold["source"], genre, text, gold))
    return found


def noisy(document: Document, name: str) -> tuple[Copy, dict[str, Any]]:
    """The noisy copy of a document, and its gold in places of the copy.

    What runs together is the text below a plan's title, in a preview on each page.
    """
    document = REWRITES[name](document) if name in REWRITES else document
    copy, put = Copy.of(document.text), NOISES[name]
    if name == "pages_out_of_order" and (len(document.gold["plans"]) > 1 or page_markers(document.text)):
        noisy_copy = copy  # the pages of one plan are what a preview shuffles
    else:
        noisy_copy = _below_titles(document, put) if name == "run_together" else put(copy)
    return noisy_copy, moved(document.gold, noisy_copy, len(document.text))


def _below_titles(document: Document, put: Noise) -> Copy:
    copy = Copy.of(document.text)
    pages = page_markers(document.text)
    pieces, at = [], 0
    for plan in document.gold["plans"]:
        title_end = max(document.text.find("\n", plan["start"]), plan["start"]) + 1
        body, end = min(title_end, plan["end"]), plan["end"]
        pieces.append(copy.cut(at, body))
        for first, last in [p for p in pages if body <= p[0] < end] + [(end, end)]:
            pieces += [put(copy.cut(body, first)), copy.cut(first, last)]
            body = last
        at = end
    return joined([*pieces, copy.cut(at, len(copy.text))])


def write(documents: Sequence[Document], name: str | None, folder: Path) -> tuple[Path, list[Path]]:
    """Copies of the documents under a noise, or clean, and their gold as files: their folder, and the gold files."""
    texts, golds = folder / "texts", folder / "gold"
    texts.mkdir(parents=True)
    golds.mkdir()
    files = []
    for document in documents:
        text, gold = document.text, dict(document.gold)
        if name is not None:
            copy, gold = noisy(document, name)
            text = copy.text
        (texts / document.name).write_bytes(text.encode(ENCODINGS.get(name or "", "utf-8")))
        file = golds / f"{Path(document.name).stem}.json"
        file.write_text(json.dumps(gold, ensure_ascii=False), encoding="utf-8")
        files.append(file)
    return texts, files


__all__ = ["HERE", "NOISES", "Document", "noisy", "own_documents", "shared_documents", "write"]
