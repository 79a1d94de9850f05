"""The lines of a view and the titles among them: alone on a line, or with the text behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from lexicons import rule
from pipeline import furniture
from pipeline.lines import FINAL, MARKER
from pipeline.text import View

LEAST_BODY = 60  # characters of text that make a title the title of something
LONGEST_TITLE = 100
LONGEST_HEAD = 2 * LONGEST_TITLE  # characters, of what announces a title and of the title, that its word stands in
TITLES_KEPT = 512
COUNT = re.compile(r"[(\[](?:共|精选|通用|优选)?[一二三四五六七八九十\d]{1,3}篇[)\]]$")
SITE = re.compile(r"https?:|www\.")
DATED = re.compile(r"[-(]*(?:19|20)\d\d年\d{1,2}月\d{1,2}日")  # `——2026年1月20日在…会议上`
#: A title in its marks behind its date, as a list of documents gives both.
LISTED = re.compile(r"(?:19|20)\d\d年\d{1,2}月(?:\d{1,2}日)?[ |]*《(?P<title>[^《》]{6,100})》")
DELIVERED = re.compile(r"--(?:19|20)\d\d年\d{1,2}月\d{1,2}日[^。；\n]{0,50}$")
HALF = re.compile(r"(?:总结|情况)[和与及暨](?:下一?|(?:19|20)\d\d年)?$")  # 年度工作总结及下一⏎步工作打算
BARE_NUMERAL = re.compile(r"[一二三四五六七八九十]{1,3}")  # the number of a heading on a line of its own
MARKED = re.compile(r"《[^《》]+》")  # a title in its marks
STOP = re.compile(r"[。；！？，]")
FIRST_STOP = re.compile(r"[。；！？，:]")
SUBJECT = re.compile(r"(?:关于|印发|转发|批转|发布)")


class Line(NamedTuple):
    start: int
    end: int
    text: str  # normalized, stripped
    stop: bool
    title: str | None  # the title that the line is or begins with, normalized
    whole: bool  # the line is nothing but the title


def lines_of(view: View, names: Sequence[str] = ()) -> list[Line]:
    """The lines of a view; ``names`` are what the page calls its text (see ``pipeline.page_names``)."""
    is_stop = furniture.lines("furniture.stop")
    found: list[Line] = []
    after = 0
    for line in view.norm.split("\n"):
        at, after = after, after + len(line) + 1
        text = line.strip()
        if not text:
            continue
        start = at + line.index(text[0])
        if text[-1] == "》" and (listed := LISTED.fullmatch(text)) is not None:
            start, text = start + listed.start("title"), listed["title"]
        stop = is_stop(text)
        bare = text.rstrip("| ")
        if "--" in bare:
            bare = DELIVERED.sub("", bare)
        title = None if stop or not bare or "|" in bare else _title_of(bare, names)
        if title and found and BARE_NUMERAL.fullmatch(found[-1].text):
            title = None
        whole = title is not None and (title == bare or rule("title.annex").match(text) is not None)
        found.append(Line(start, start + len(text), text, stop, title, whole))
    return found


def _title_of(text: str, names: Sequence[str]) -> str | None:
    if not (names or _has_title_word(text)) or DATED.match(text):
        return None
    if named := next((name for name in names if text.startswith(name)), None):
        return named
    if text[0] == "[" and _announces(inner := text[1 : max(1, text.find("]", 0, LONGEST_TITLE))]):
        rest = text[len(inner) + 2 :]
        return rest if rest and _announces(rest) and rule("title.named").search(rest) else inner
    annex = rule("title.annex").match(text)
    if annex:
        text = text[annex.end() :]
        return text if rule("title.whole").search(text) and rule("title.named").search(text) else None
    numbered = rule("title.numbered").match(text)
    if numbered and text[-1] not in FINAL and len(text) <= LONGEST_TITLE and _announces(text[numbered.end() :]):
        return text
    if MARKER.match(text) or text[0] in "(-":
        return None
    if text[0] != "《" and text[-1] not in FINAL and len(text) <= LONGEST_TITLE and _announces(text):
        return text
    return _run_together(text)


def _has_title_word(text: str) -> bool:
    """Whether a word that a title ends with stands before the first stop: without it there is no title."""
    stop = STOP.search(text, 0, LONGEST_HEAD)
    return rule("fragment.title_word").search(text, 0, stop.start() if stop else LONGEST_HEAD) is not None


def _announces(line: str) -> bool:
    whole = next((m for name in ("whole", "state", "dated") if (m := rule(f"title.{name}").search(line))), None)
    return whole is not None and not rule("title.site").search(line)


def _run_together(text: str) -> str | None:
    head = text[: LONGEST_TITLE + 20]
    stop = FIRST_STOP.search(head)
    word = rule("fragment.plan_word").search(head, 0, stop.start() if stop else len(head))
    if not word:
        return None
    again = rule("fragment.plan_word").search(head, word.end())
    if again and (twice := rule("title.twice").match(head)):
        return head[: twice.end("title")]
    match = rule("title.run_together").match(head)
    return match[0] if match and len(text) > len(match[0]) + 10 else None


@lru_cache(TITLES_KEPT)  # each title of a page is compared with the others
def core(title: str) -> str:
    """The title without what template sites put behind it and without its year, to compare titles by."""
    tail = rule("fragment.title_tail").pattern
    bare = re.sub(rf"{tail}+$", "", title)
    return re.sub(r"[\s\"“”《》(){}\[\]_*]|(?:19|20)\d\d年?(?:度)?", "", bare)


def same_title(a: str, b: str) -> bool:
    x, y = core(a), core(b)
    return bool(x and y) and (x in y or y in x)


def title_groups(lines: list[Line]) -> list[list[int]]:
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


def _carries_text(line: Line) -> bool:
    return not line.whole and len(line.text) - len(line.title or "") >= LEAST_BODY


def _begins_with_title(lines: list[Line], i: int) -> bool:
    """Whether the line begins with the title line above it, the text following at once."""
    above = lines[i - 1].title
    if above is None or not lines[i - 1].whole:
        return False
    bare = re.sub(rf"{rule('fragment.title_tail').pattern}+$", "", above)
    return len(bare) > 5 and lines[i].text.startswith(bare)


def first_title(lines: list[Line], group: list[int], title: str | None) -> int:
    """The line at which a plan begins: the first of its group that gives its title, in whatever wording.

    The title of a page that numbers its plans (篇一, 篇二) is none of theirs.
    """
    numbered = [i for i in group if rule("title.numbered").search(lines[i].text)]
    for i in numbered or group:
        if same_title(lines[i].title or lines[i].text, title or ""):
            return i
    return group[-1]


def last_title(lines: list[Line], group: list[int]) -> str | None:
    """The title nearest to the text; a heading of the text that looks like one gives way to a title that names more."""
    titles = [title for i in group if (title := lines[i].title)]
    named = [title for title in titles if rule("title.named").search(title)]
    found = named or titles
    return found[-1] if found else None


def with_issuer(lines: list[Line], first: int) -> int:
    """The line at which a title begins whose issuer stands on lines of its own above `关于…`."""
    if first and _breaks_title(lines, first):
        first -= 1
    if not SUBJECT.match(lines[first].text):
        return first
    top = first
    while top > 0 and first - top < 2 and len(lines[top - 1].text) < 40 and not lines[top - 1].stop:
        if not rule("title.signature").match(lines[top - 1].text):
            break
        top -= 1
    return top


def _breaks_title(lines: list[Line], i: int) -> bool:
    """Whether the line above is the first half of the title, broken off behind `关于…`, or before 和."""
    above = lines[i - 1]
    if (
        above.stop
        or above.title
        or not 6 < len(above.text) < LONGEST_TITLE
        or not rule("title.broken").match(above.text)
    ):
        return False
    broken = "关于" in above.text or lines[i].text[0] in "和与及暨" or HALF.search(above.text) is not None
    return lines[i].whole and broken


def best_title(lines: list[Line], group: list[int], title: str | None) -> str | None:
    """The fullest wording of the title; with the line above it when it broke in two."""
    numbered = any(rule("title.numbered").search(lines[i].text) for i in group)
    wordings = [
        lines[i].title
        for i in group
        if title and same_title(lines[i].title or "", title)
        if not (numbered and rule("title.collection").search(lines[i].text))
    ]
    whole = _joined_title(lines, group[-1], title)
    fullest = max(
        (rule("title.numbered").sub("", COUNT.sub("", w)) for w in [whole, *wordings] if w), key=len, default=None
    )
    best = fullest if fullest and not SITE.search(fullest) else whole
    return best[1:-1] if best and MARKED.fullmatch(best) else best


def _joined_title(lines: list[Line], i: int, title: str | None) -> str | None:
    if title and i and _breaks_title(lines, i):
        return lines[i - 1].text + title
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
