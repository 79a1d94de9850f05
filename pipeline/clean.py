"""Take the noise out of a source text: page markers, paging, furniture lines, stray blanks, broken lines.

Nothing is rewritten: each step names spans of noise, and the view leaves them out (see ``pipeline.text``).
"""

from __future__ import annotations

import re

from extractors.mentions import Span
from pipeline import furniture
from pipeline.pages import page_markers
from pipeline.text import View

FINAL = "。！？；：!?;:…"
CLOSERS = '”’」』）)】］]》〉"'
OPENERS = "“‘「『（(【［[《〈"
CARRIES_ON = "，、,·"
CANNOT_BEGIN = "，。、；：！？,.;!?%％）)】］》〉”’"
# A line that opens a numbered paragraph or a bullet is never glued to the line before it.
MARKER = re.compile(
    r"\s*(?:[一二三四五六七八九十百]{1,4}[、.．]|第[一二三四五六七八九十百\d]{1,4}[章节条篇、，,]|[（(]\s*[一二三四五六七八九十\d]{1,4}\s*[)）]"
    r"|\d{1,3}\s*(?:[、.．﹒)）]|\.\d)|[①-⑳⑴-⒛㈠-㈩❶-❿]|[一二三四五六七八九十]{1,2}[是要][^\s]|[-—–·•*●◆■□▪☆★►>]|专栏|附[件表录]|表\s*\d)"
)
PAGING = re.compile(r"共\s?(\d{1,2})页?\s?(12\d*|1(?:\s+\d+)+)")
BARE_NUMBER = re.compile(r"\d+(?:\.\d+)?")
BLANK = " \t\u3000\xa0\u2002\u2003\u2009"
WIDE_BLANKS = "\t\u3000\u2003"
BLANKS = re.compile(rf"[{BLANK}]+")
STRAY_LETTER = re.compile(r"[\u0400-\u04ff](?<![^\n].)(?=\s?[\u4e00-\u9fff])")
CARRIAGE_RETURN = re.compile(r"\r(?=\n)")
LINE = re.compile(r"[^\n]+")


def clean(raw: str) -> View:
    """The view of a source text without its noise. Takes time linear in the text; never fails."""
    view = View.of(raw, _inline_noise(raw))
    view = view.without(page_markers(view.text))
    view = view.without(_line_noise(view.text))
    view = view.without(_paging(view.text))
    view = view.without(_joins(view.text))
    return view.without(_blanks(view.text))


def _inline_noise(raw: str) -> list[Span]:
    spans = furniture.inline(raw)
    spans.extend(m.span() for m in STRAY_LETTER.finditer(raw))
    if "\r" in raw:
        spans.extend(m.span() for m in CARRIAGE_RETURN.finditer(raw))
    return spans


def _line_noise(text: str) -> list[Span]:
    is_furniture = furniture.lines("furniture.line")
    return [m.span() for m in LINE.finditer(text) if is_furniture(line := m[0].strip()) or _bare(line)]


def _bare(line: str) -> bool:
    """Whether the line is a bracket or two that furniture left behind."""
    return 0 < len(line) < 3 and not any(c.isalnum() for c in line)


def _paging(text: str) -> list[Span]:
    """`共5页 1 2 3 4 5`, also glued: `共512345`."""
    spans = []
    for match in PAGING.finditer(text):
        count = int(match[1])
        pages = "".join(str(k) for k in range(1, count + 1))
        digits = re.sub(r"\s", "", match[2])
        if count > 1 and digits.startswith(pages):
            spans.append((match.start(), match.start(2) + _span_of_digits(match[2], len(pages))))
        elif count == 1 or not digits:
            continue
        elif "页" not in match[0]:
            # `共512345`: the count itself may have swallowed the first page number
            for size in (1, 2):
                number = match[0][1:].replace(" ", "")[:size]
                wanted = number + "".join(str(k) for k in range(1, int(number) + 1))
                if int(number) > 1 and match[0][1:].replace(" ", "").startswith(wanted):
                    spans.append((match.start(), match.start() + 1 + len(wanted)))
    return spans


def _span_of_digits(text: str, count: int) -> int:
    """The length of the shortest prefix of ``text`` with ``count`` digits."""
    seen = 0
    for i, char in enumerate(text):
        seen += char.isdigit()
        if seen == count:
            return i + 1
    return len(text)


def _wrap_width(lines: list[str]) -> int | None:
    """The column at which the text was hard-wrapped, or None when it was not."""
    lengths: dict[int, int] = {}
    unfinished = 0
    for line in lines:
        if len(line) >= 18 and line[-1] not in FINAL and line[-1] not in CLOSERS:
            lengths[len(line)] = lengths.get(len(line), 0) + 1
            unfinished += 1
    if unfinished < 6:
        return None
    width = max(lengths, key=lambda n: (sum(lengths.get(n - d, 0) for d in range(4)), n))
    near = sum(lengths.get(width - d, 0) for d in range(-1, 4))
    longer = sum(len(line) > width + 4 for line in lines)
    wrapped = width <= 60 and near >= 0.6 * unfinished and longer <= 0.1 * len(lines)
    return width if wrapped else None


def _joins(text: str) -> list[Span]:
    """The line ends that break a sentence."""
    lines = [(m.start(), m.end(), m[0]) for m in LINE.finditer(text) if not m[0].isspace()]
    stripped = [line.strip() for _, _, line in lines]
    width = _wrap_width(stripped)
    spans = []
    for i in range(len(lines) - 1):
        (_, end, _), (start, _, below) = lines[i], lines[i + 1]
        if _broken(stripped[i], stripped[i + 1], below[:1] in BLANK, width, text.count("\n", end, start)):
            spans.append(
                (end - (len(lines[i][2]) - len(lines[i][2].rstrip())), start + len(below) - len(below.lstrip()))
            )
    return spans


def _broken(above: str, below: str, indented: bool, width: int | None, feeds: int) -> bool:
    """Whether the sentence that ``above`` ends with goes on in ``below``."""
    if BARE_NUMBER.fullmatch(below) and above[-1].isalnum() and feeds == 1:
        return True  # a number that was a link or an index of its own: `PM`⏎`2.5`
    if MARKER.match(below) or feeds > 3:
        return False
    if (below[0] in CANNOT_BEGIN and above[-1] not in FINAL) or above[-1] in OPENERS:
        return True
    if len(above) < 100 and above.rfind("《") > above.rfind("》") and "》" in below[:60]:
        return True
    if above[-1] in FINAL or (above[-1] in CLOSERS and len(above) > 1 and above[-2] in FINAL):
        return False
    if width and width - 3 <= len(above) <= width + 2:
        return feeds == 1 and not indented
    if above[-1] in CARRIES_ON:
        return len(above) >= 12
    if above[-1] in CLOSERS or feeds > 2:
        return False
    # A sentence, not a heading: a comma or a full stop stands in it, and the rest of it follows.
    tail = above[-60:]
    sentence = ("，" in tail or "," in tail) and len(above) >= 18 and not _heading_like(above)
    return sentence and (below[-1] in FINAL or len(below) >= 30) and not below[0].isdigit()


def _heading_like(line: str) -> bool:
    return bool(MARKER.match(line)) and not any(c in line for c in "。；") and len(line) < 40


def _blanks(text: str) -> list[Span]:
    """Blanks at line edges, and those inside a line that do not part two words of Latin letters or two cells."""
    spans = []
    last = len(text)
    for match in BLANKS.finditer(text):
        start, end = match.span()
        before = text[start - 1] if start else "\n"
        after = text[end] if end < last else "\n"
        if before != "\n" and after != "\n" and _parts(before, match[0], after):
            start += 1
        if start < end:
            spans.append((start, end))
    return spans


def _parts(before: str, blanks: str, after: str) -> bool:
    """Whether blanks inside a line part two words of Latin letters or two cells, and one of them stays."""
    if before.isascii() and before.isalnum() and after.isascii() and after.isalnum():
        return True
    if before.isdigit() or after.isdigit() or after in "%％" or before in FINAL or before in "，、":
        return False
    return len(blanks) > 1 or blanks in WIDE_BLANKS
