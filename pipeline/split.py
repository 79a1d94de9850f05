"""Find the plans of a text: where each begins and ends, its title and its kind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractors import flat_tables
from extractors.mentions import PlanKind
from lexicons import rule
from pipeline.lines import FINAL, MARKER
from pipeline.page_names import names_of
from pipeline.sections import kind_of
from pipeline.text import View
from pipeline.titles import (
    LEAST_BODY,
    Line,
    best_title,
    core,
    first_title,
    last_title,
    lines_of,
    same_title,
    title_groups,
    with_issuer,
)

LONGEST_COVER = 2500  # characters of a cover notice
LONGEST_SIGNATURE = 60  # characters of who issues a notice, and when
LEAST_UNTITLED = 200  # characters of running text that are a plan without a title
LEAST_RUNNING = 30  # characters of a line with commas that is no signature or link
LEAST_SENTENCES = 2  # that a line holds which does not end with one
LEAST_UNNUMBERED = 400  # characters of a text that opens no numbering of its own
LEAST_TASKS = 12  # characters of numbered tasks that make a plan of a title
LONGEST_TEASER = 400  # characters of a text shown above the whole
ENDING = 30  # of which so many tell
LEAST_NOTICE = 4  # characters of furniture between two titles; `&nbsp;` and a stray letter are none
SAID = re.compile(r"[\u4e00-\u9fff\d]")
FIRST_MARKER = re.compile(r"(?:^|\n|[。；:])\s*(?:一、|\(一\)|1[.、]|第一[章条]|一是)|一、")
TOP_MARKER = re.compile(r"(?:^|\n|[。；:])\s*([一二三四五六七八九十]{1,3})、")
SPACE_OR_DOTS = re.compile(r"[\s.…]+")
LAST_WORDS = re.compile(r"[。！？；：…!?;](?:[”’」』)）\]】]*)$|[)）\]】”]$")


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan in the view of its source: its span, its title as written and its title line's end, its cover and kind."""

    start: int
    end: int
    title: str | None
    cover: str
    kind: PlanKind


def split(view: View, raw: str = "") -> list[Draft]:
    """The plans of a view, in order; none when the text holds no plan.

    ``raw`` is the source text. What the page calls its text (see ``pipeline.page_names``) tells a title that the text
    follows on the same line, and is the title of the one plan of a page that has none.
    """
    names = names_of(raw)
    lines = lines_of(view, names)
    groups = title_groups(lines)
    starts = _plan_starts(lines, [_behind_notices(view, raw, lines, group) for group in groups])
    if not starts:
        return []
    drafts: list[Draft] = []
    tables = [table.end for table in flat_tables.find(view.norm)]
    for (begin, title), following in zip(starts, [s for s, _ in starts[1:]] + [len(lines)], strict=True):
        draft = _draft(view, lines, begin, following, title, tables)
        if draft is not None:
            drafts.append(_with_cover(draft, drafts[0]) if drafts else draft)
    drafts = _without_teasers(view, drafts)
    if len(drafts) == 1 and drafts[0].title is None and names:
        text = view.norm[drafts[0].start : drafts[0].end]
        return [replace(drafts[0], title=names[0], kind=kind_of(names[0], text))]
    return drafts


def _without_teasers(view: View, drafts: list[Draft]) -> list[Draft]:
    """The plans but for what a page shows of one before it gives the whole: the end of it stands there again."""
    if len(drafts) < 2:
        return drafts
    texts = [SPACE_OR_DOTS.sub("", view.norm[d.start : min(d.end, d.start + LONGEST_TEASER)]) for d in drafts]
    return [
        draft
        for draft, text, below in zip(drafts, texts, [*texts[1:], ""], strict=True)
        if draft.end - draft.start >= LONGEST_TEASER or text[-ENDING:] not in below
    ]


def _behind_notices(view: View, raw: str, lines: list[Line], group: list[int]) -> list[int]:
    """The titles of a group below the last furniture between them, if they say what those above it do."""
    for k in range(len(group) - 1, 0, -1):
        above, below = lines[group[k - 1]], lines[group[k]]
        if not raw or not same_title(above.title or "", below.title or ""):
            return group
        between = raw[view.source(above.start, above.end)[1] : view.source(below.start, below.end)[0]]
        kept = "".join(line.text for line in lines[group[k - 1] + 1 : group[k]] if not line.stop)
        if len(SAID.findall(between)) > len(SAID.findall(kept)) + LEAST_NOTICE:
            return group[k:]
    return group


def _with_cover(draft: Draft, first: Draft) -> Draft:
    """A later plan with the notice that issued it together with the first one."""
    if not rule("title.cover").search(first.cover):
        return draft
    return replace(draft, cover=f"{draft.cover}\n{first.cover}".strip())


def _plan_starts(lines: list[Line], groups: list[list[int]]) -> list[tuple[int, str | None]]:
    """The line at which each plan begins and its title."""
    starts: list[tuple[int, str | None]] = []
    for k, group in enumerate(groups):
        until = groups[k + 1][0] if k + 1 < len(groups) else len(lines)
        last = last_title(lines, group)
        first = first_title(lines, group, last)
        if not _has_body(lines, group[-1], until):
            continue
        first = with_issuer(lines, first)
        if not starts:
            early = _untitled_start(lines, first)
            if early is not None:
                starts.append((early, None))
        if starts and not _opens_plan(lines, starts[-1][0], first, group, until):
            if starts[-1][1] is None or _is_cover(lines, starts[-1][0], first):
                starts[-1] = (starts[-1][0], best_title(lines, group, last))
            continue
        starts.append((first, best_title(lines, group, last)))
    if not starts:
        early = _untitled_start(lines, len(lines))
        return [] if early is None else [(early, None)]
    return starts


def _body_holds(lines: list[Line], title: int, until: int, characters: int) -> bool:
    """Whether as much text stands behind a title and below it."""
    behind = len(lines[title].text) - len(lines[title].title or "")
    return behind >= characters or _holds(lines, title + 1, until, characters - behind)


def _has_body(lines: list[Line], title: int, until: int) -> bool:
    """Whether a text stands below the title: a paragraph's worth, or less where it numbers tasks."""
    if _body_holds(lines, title, until, LEAST_BODY):
        return True
    below = lines[title + 1 : until]
    return sum(len(line.text) for line in below) >= LEAST_TASKS and any(MARKER.match(line.text) for line in below[:3])


def _untitled_start(lines: list[Line], before: int) -> int | None:
    """The first line of running text above the first title, when there is a plan's worth of it."""
    text = [i for i in range(before) if not lines[i].stop and not lines[i].whole]
    sentences = [i for i in text if _speaks(lines[i].text)]
    if not sentences or sum(len(lines[i].text) for i in sentences) < LEAST_UNTITLED:
        return None
    return sentences[0]


def _speaks(line: str) -> bool:
    """Whether a line is a sentence, a numbered one, or several that a page's end has cut off."""
    return (
        (line[-1] in FINAL and len(line) > 20) or MARKER.match(line) is not None or line.count("。") >= LEAST_SENTENCES
    )


def _is_cover(lines: list[Line], begin: int, end: int) -> bool:
    """Whether the lines are a cover notice: they issue what follows and number nothing themselves."""
    if _holds(lines, begin, end, LONGEST_COVER):
        return False
    text = "\n".join(line.text for line in lines[begin:end])
    return bool(rule("title.cover").search(text)) and not FIRST_MARKER.search(text)


def _holds(lines: list[Line], begin: int, end: int, characters: int) -> bool:
    """Whether the lines hold as much text; looks no further than it must, so that time stays linear."""
    for i in range(begin, end):
        if not lines[i].stop:
            characters -= len(lines[i].text)
        if characters <= 0:
            return True
    return False


def _opens_plan(lines: list[Line], begin: int, first: int, group: list[int], until: int) -> bool:
    """Whether the title at ``first`` opens a new self-contained text rather than a part of the plan that runs."""
    if _is_cover(lines, begin, first):
        return False
    running = lines[begin].title or ""
    head = lines[group[-1]]
    title = head.title or ""
    if rule("title.table").search(title):
        return False  # annexed to the plan
    if not _holds(lines, begin + 1, first, LEAST_BODY):
        return False
    if same_title(title, running) and _repeats_text(lines, begin, group[-1], first):
        return True
    after = head.text[len(title) :] + "\n" + "\n".join(line.text for line in lines[group[-1] + 1 : until])
    restarts = _restarts(lines, begin, first, after)
    if not restarts and not _body_holds(lines, group[-1], until, LEAST_UNNUMBERED):
        return False
    named = bool(rule("title.named").search(title)) or len(group) > 1 or same_title(title, running)
    if rule("title.mixed").search(running) and len(core(title)) < 8:
        return False
    return named and (restarts or len(group) > 1)


def _restarts(lines: list[Line], begin: int, first: int, after: str) -> bool:
    """Whether the numbering begins anew: the first 一、 of a line below the title is the number one again."""
    if not any(TOP_MARKER.search(lines[i].text) for i in range(begin, first)):
        return bool(FIRST_MARKER.search(after))
    found = TOP_MARKER.search(after)
    return found is not None and found[1] == "一"


def _repeats_text(lines: list[Line], begin: int, title: int, first: int) -> bool:
    """Whether the page gives the running text once more: the same title, and the same words under it."""

    def opening(start: int, until: int) -> str:
        return "".join(line.text for line in lines[start + 1 : until] if not line.stop and not line.whole)[:40]

    again = opening(title, min(len(lines), title + 12))
    return len(again) >= 20 and again in "".join(line.text for line in lines[begin : min(first, begin + 16)])


def _draft(
    view: View, lines: list[Line], begin: int, following: int, title: str | None, tables: Sequence[int]
) -> Draft | None:
    """The plan between two lines; ``tables`` are the ends of the tables that stand a cell a line."""
    last = _last_line(lines, begin, following)
    if last is None:
        return None
    while last + 1 < following and any(lines[last].end < end and lines[last + 1].end <= end for end in tables):
        last += 1
    start, end = lines[begin].start, lines[last].end
    cover_end = next((i for i in range(begin + 1, last) if lines[i].title == title and title), begin)
    cover = "\n".join(line.text for line in lines[begin:cover_end]) or _glued_cover(view.norm[start:end])
    tail = "\n".join(line.text for line in lines[max(begin, last - 3) : last + 1] if len(line.text) < 40)
    return Draft(start, end, title, f"{cover}\n{tail}".strip(), kind_of(title, view.norm[start:end]))


def _glued_cover(text: str) -> str:
    """The cover notice at the head of a text that runs on behind it without a line end; empty where there is none."""
    first = FIRST_MARKER.search(text, 0, LONGEST_COVER)
    issues = rule("title.cover").search(text, 0, first.start() if first else min(len(text), LONGEST_COVER))
    return text[: issues.end() + LONGEST_SIGNATURE] if issues else ""


def _last_line(lines: list[Line], begin: int, following: int) -> int | None:
    """The last line of the plan: before what ends a page, and before trailing lines that say nothing."""
    end = following
    body = 0
    for i in range(begin, following):
        if lines[i].stop and body >= 150 and not _goes_on(lines, i, following):
            end = i
            break
        body += 0 if lines[i].stop else len(lines[i].text)
    for i in range(end - 1, begin - 1, -1):
        text = lines[i].text
        if lines[i].stop:
            continue
        if LAST_WORDS.search(text) or rule("title.signature").search(text) or MARKER.match(text) or len(text) > 60:
            return i
        if text.count("|") > 1:  # the last row of a table
            return i
        if len(text) > LEAST_RUNNING and text.count("，") > 1:  # a sentence that a preview cut off
            return i
    return begin if end > begin else None


def _goes_on(lines: list[Line], stop: int, following: int) -> bool:
    """Whether a text with numbered paragraphs goes on behind a line that usually ends one."""
    rest = [line for line in lines[stop + 1 : following] if not line.stop]
    numbered = sum(
        bool(re.match(r"[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)", line.text)) for line in rest
    )
    return numbered >= 2 and sum(len(line.text) for line in rest) >= 300
