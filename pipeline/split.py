"""Find the plans of a text: where each begins and ends, its title and its kind."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from extractors.mentions import PlanKind, Span
from lexicons import patterns
from pipeline import furniture
from pipeline.clean import FINAL, MARKER
from pipeline.text import View

LEAST_BODY = 60  # characters of text that make a title the title of something
LONGEST_TITLE = 100
FIRST_MARKER = re.compile(r"(?:^|\n|[。；])\s*(?:一、|\(一\)|1[.、]|第一[章条]|一是)|一、")
COUNT = re.compile(r"[(\[](?:共|精选|通用|优选)?[一二三四五六七八九十\d]{1,3}篇[)\]]$")
SITE = re.compile(r"https?:|www\.")
DATED = re.compile(r"[-(]*(?:19|20)\d\d年\d{1,2}月\d{1,2}日")  # `——2026年1月20日在…会议上`
SUBJECT = re.compile(r"(?:关于|印发|转发|批转|发布)")
TOP_MARKER = re.compile(r"(?:^|\n|[。；])\s*([一二三四五六七八九十]{1,3})、")
LAST_WORDS = re.compile(r"[。！？；：…!?;](?:[”’」』)）\]】]*)$|[)）\]】”]$")


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan in the view of its source: its span, its title as written and its title line's end, its cover and kind."""

    start: int
    end: int
    title: str | None
    cover: str
    kind: PlanKind


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str  # normalized, stripped
    stop: bool
    title: str | None  # the title that the line is or begins with, normalized
    whole: bool  # the line is nothing but the title


@cache
def _rule(name: str) -> re.Pattern[str]:
    (pattern,) = patterns(name)
    return pattern.regex


def split(view: View) -> list[Draft]:
    """The plans of a view, in order; none when the text holds no plan."""
    lines = _lines(view)
    groups = _title_groups(lines)
    starts = _plan_starts(lines, groups)
    if not starts:
        return []
    drafts: list[Draft] = []
    for (begin, title), following in zip(starts, [s for s, _ in starts[1:]] + [len(lines)], strict=True):
        draft = _draft(view, lines, begin, following, title)
        if draft is not None:
            drafts.append(_with_cover(draft, drafts[0]) if drafts else draft)
    return drafts


def _with_cover(draft: Draft, first: Draft) -> Draft:
    """A later plan with the notice that issued it together with the first one."""
    if not _rule("title.cover").search(first.cover):
        return draft
    return replace(draft, cover=f"{draft.cover}\n{first.cover}".strip())


def _lines(view: View) -> list[_Line]:
    is_stop = furniture.lines("furniture.stop")
    found = []
    for match in re.finditer(r"[^\n]+", view.norm):
        text = match[0].strip()
        if not text:
            continue
        start = match.start() + match[0].index(text[0])
        stop = is_stop(text)
        title = None if stop else _title_of(text)
        found.append(_Line(start, start + len(text), text, stop, title, title == text))
    return found


def _title_of(text: str) -> str | None:
    if DATED.match(text):
        return None
    if MARKER.match(text) or text[0] in "《(-" or text[-1] in FINAL:
        return _run_together(text) if not MARKER.match(text) and text[0] not in "(-" else None
    if len(text) <= LONGEST_TITLE and _rule("title.whole").search(text) and not _rule("title.site").search(text):
        return text
    return _run_together(text)


def _run_together(text: str) -> str | None:
    match = _rule("title.run_together").match(text[: LONGEST_TITLE + 20])
    return match[0] if match and len(text) > len(match[0]) + 10 else None


def core(title: str) -> str:
    """The title without what template sites put behind it and without its year, to compare titles by."""
    tail = _rule("fragment.title_tail").pattern
    bare = re.sub(rf"{tail}+$", "", title)
    return re.sub(r"[\s\"“”《》(){}\[\]_*]|(?:19|20)\d\d年?(?:度)?", "", bare)


def _same_title(a: str, b: str) -> bool:
    x, y = core(a), core(b)
    return bool(x and y) and (x in y or y in x)


def _title_groups(lines: list[_Line]) -> list[list[int]]:
    """Title lines that stand together, with no text between them."""
    groups: list[list[int]] = []
    body = LEAST_BODY
    for i, line in enumerate(lines):
        repeats = i > 0 and not line.title and _begins_with_title(lines, i)
        if line.title or repeats:
            if groups and body < LEAST_BODY and not _carries_text(lines[groups[-1][-1]]):
                groups[-1].append(i)
            else:
                groups.append([i])
            body = 0
        if not line.stop and not line.whole:
            body += len(line.text) - len(line.title or "")
    return groups


def _carries_text(line: _Line) -> bool:
    return not line.whole and len(line.text) - len(line.title or "") >= LEAST_BODY


def _begins_with_title(lines: list[_Line], i: int) -> bool:
    """Whether the line begins with the title line above it, the text following at once."""
    above = lines[i - 1].title
    if above is None or not lines[i - 1].whole:
        return False
    bare = re.sub(rf"{_rule('fragment.title_tail').pattern}+$", "", above)
    return len(bare) > 5 and lines[i].text.startswith(bare)


def _plan_starts(lines: list[_Line], groups: list[list[int]]) -> list[tuple[int, str | None]]:
    """The line at which each plan begins and its title."""
    starts: list[tuple[int, str | None]] = []
    for k, group in enumerate(groups):
        until = groups[k + 1][0] if k + 1 < len(groups) else len(lines)
        last = _last_title(lines, group)
        first = next(i for i in group if _same_title(lines[i].title or lines[i].text, last or "") or i == group[-1])
        if _body_size(lines, group[-1], until) < LEAST_BODY:
            continue
        first = _with_issuer(lines, first)
        if not starts:
            early = _untitled_start(lines, first)
            if early is not None:
                starts.append((early, None))
        if starts and not _opens_plan(lines, starts[-1][0], first, group, until):
            if starts[-1][1] is None or _is_cover(lines, starts[-1][0], first):
                starts[-1] = (starts[-1][0], _best_title(lines, group, last))
            continue
        starts.append((first, _best_title(lines, group, last)))
    if not starts:
        early = _untitled_start(lines, len(lines))
        return [] if early is None else [(early, None)]
    return starts


def _last_title(lines: list[_Line], group: list[int]) -> str | None:
    """The title nearest to the text; a heading of the text that looks like one gives way to a title that names more."""
    titles = [title for i in group if (title := lines[i].title)]
    named = [title for title in titles if _rule("title.named").search(title)]
    return (named or titles or [None])[-1]


def _with_issuer(lines: list[_Line], first: int) -> int:
    """The line at which a title begins whose issuer stands on lines of its own above `关于…`."""
    if not SUBJECT.match(lines[first].text):
        return first
    top = first
    while top > 0 and first - top < 2 and len(lines[top - 1].text) < 40 and not lines[top - 1].stop:
        if not _rule("title.signature").match(lines[top - 1].text):
            break
        top -= 1
    return top


def _best_title(lines: list[_Line], group: list[int], title: str | None) -> str | None:
    """The fullest wording of the title; with the line above it when it broke in two."""
    wordings = [lines[i].title for i in group if title and _same_title(lines[i].title or "", title)]
    whole = _joined_title(lines, group[-1], title)
    fullest = max((re.sub(COUNT, "", w) for w in [whole, *wordings] if w), key=len, default=None)
    return fullest if fullest and not SITE.search(fullest) else whole


def _joined_title(lines: list[_Line], i: int, title: str | None) -> str | None:
    if (
        title
        and lines[i].whole
        and re.match(r"(?:工作|的)?(?:实施|行动|工作)?(?:方案|意见|计划|要点|规划|通知)", title)
        and i > 0
    ):
        above = lines[i - 1]
        if above.title is None and not above.stop and 4 < len(above.text) < 50 and above.text[-1] not in FINAL + ")":
            return above.text + title
    return title


def _body_size(lines: list[_Line], last_title: int, until: int) -> int:
    size = len(lines[last_title].text) - len(lines[last_title].title or "")
    return size + sum(len(line.text) for line in lines[last_title + 1 : until] if not line.stop)


def _untitled_start(lines: list[_Line], before: int) -> int | None:
    """The first line of running text above the first title, when there is a plan's worth of it."""
    text = [i for i in range(before) if not lines[i].stop and not lines[i].whole]
    sentences = [
        i for i in text if (lines[i].text[-1] in FINAL and len(lines[i].text) > 20) or MARKER.match(lines[i].text)
    ]
    if not sentences or sum(len(lines[i].text) for i in sentences) < 300:
        return None
    return sentences[0]


def _is_cover(lines: list[_Line], begin: int, end: int) -> bool:
    """Whether the lines are a cover notice: they issue what follows and number nothing themselves."""
    text = "\n".join(line.text for line in lines[begin:end])
    return len(text) < 2500 and bool(_rule("title.cover").search(text)) and not FIRST_MARKER.search(text)


def _opens_plan(lines: list[_Line], begin: int, first: int, group: list[int], until: int) -> bool:
    """Whether the title at ``first`` opens a new self-contained text rather than a part of the plan that runs."""
    if _is_cover(lines, begin, first):
        return False
    running = lines[begin].title or ""
    head = lines[group[-1]]
    title = head.title or ""
    body = sum(len(line.text) for line in lines[begin + 1 : first] if not line.stop)
    if body < LEAST_BODY:
        return False
    if _same_title(title, running) and _repeats_text(lines, begin, group[-1], first):
        return True
    after = head.text[len(title) :] + "\n" + "\n".join(line.text for line in lines[group[-1] + 1 : until])
    before = "\n".join(line.text for line in lines[begin:first])
    restarts = _restarts(before, after)
    if not restarts and _body_size(lines, group[-1], until) < 400:
        return False
    named = bool(_rule("title.named").search(title)) or len(group) > 1 or _same_title(title, running)
    if _rule("title.mixed").search(running) and len(core(title)) < 8:
        return False
    return named and (restarts or len(group) > 1)


def _restarts(before: str, after: str) -> bool:
    """Whether the numbering begins anew: the first 一、 of a line below the title is the number one again."""
    if not TOP_MARKER.search(before):
        return bool(FIRST_MARKER.search(after))
    first = TOP_MARKER.search(after)
    return first is not None and first[1] == "一"


def _repeats_text(lines: list[_Line], begin: int, title: int, first: int) -> bool:
    """Whether the page gives the running text once more: the same title, and the same words under it."""

    def opening(start: int, until: int) -> str:
        return "".join(line.text for line in lines[start + 1 : until] if not line.stop and not line.whole)[:40]

    again = opening(title, min(len(lines), title + 12))
    return len(again) >= 20 and again in "".join(line.text for line in lines[begin : min(first, begin + 16)])


def _draft(view: View, lines: list[_Line], begin: int, following: int, title: str | None) -> Draft | None:
    last = _last_line(lines, begin, following)
    if last is None:
        return None
    start, end = lines[begin].start, lines[last].end
    cover_end = next((i for i in range(begin + 1, last) if lines[i].title == title and title), begin)
    cover = "\n".join(line.text for line in lines[begin:cover_end])
    tail = "\n".join(line.text for line in lines[max(begin, last - 3) : last + 1] if len(line.text) < 40)
    return Draft(start, end, title, f"{cover}\n{tail}".strip(), kind_of(title, view.norm[start:end]))


def _last_line(lines: list[_Line], begin: int, following: int) -> int | None:
    """The last line of the plan: before what follows every text on a page, and before trailing lines that say nothing."""
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
        if LAST_WORDS.search(text) or _rule("title.signature").search(text) or MARKER.match(text) or len(text) > 60:
            return i
    return begin if end > begin else None


def _goes_on(lines: list[_Line], stop: int, following: int) -> bool:
    """Whether a text with numbered paragraphs goes on behind a line that usually ends one."""
    rest = [line for line in lines[stop + 1 : following] if not line.stop]
    numbered = sum(
        bool(re.match(r"[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)", line.text)) for line in rest
    )
    return numbered >= 2 and sum(len(line.text) for line in rest) >= 300


def kind_of(title: str | None, text: str) -> PlanKind:
    """The kind that the title announces; without a title, or with one that says nothing, what the text speaks of."""
    for place in (title or "", text[:400]):
        for kind in ("other", "mixed", "summary", "plan"):
            if place and _rule(f"title.{kind}").search(place):
                return kind  # type: ignore[return-value]
    return "other"


def done_sections(text: str, heads: list[tuple[int, int, int, str]], kind: PlanKind) -> list[Span]:
    """The spans that report what has been done.

    ``heads`` are (start, end of subtree, level, title) of the items in order. A summary is one whole up to what it
    plans next; a mixed text reports under the headings that say so, numbered or on a line of their own.
    """
    ahead = _rule("title.ahead_section")
    if kind == "summary":
        plan = ahead.search(text, len(text) // 4)
        return [(0, plan.start() if plan else len(text))]
    if kind != "mixed":
        return []
    done = _rule("title.done_section")
    numbered = [(start, end) for start, end, level, title in heads if level == 1 and done.search(title)]
    if numbered or heads:
        return numbered
    lines = [m for m in re.finditer(r"^[^。；，\n]{4,30}$", text, re.M) if done.search(m[0])]
    if not lines:
        return []
    plan = ahead.search(text, lines[0].end())
    return [(lines[0].start(), plan.start() if plan else len(text))]
