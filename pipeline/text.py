"""The immutable source text and its cleaned view, with a map from each character of the view back to the source."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import lt

import numpy as np
import numpy.typing as npt

from extractors.mentions import Span
from extractors.places import code_points

# One character for one: the view that extractors match on has the length of the text as written.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_ONE_FOR_ONE = {
    **dict.fromkeys("\u3000\u00a0\u2002\u2003\u2009\t", " "),
    **dict.fromkeys("\r\u2028\u2029\x0b\x0c", "\n"),
    **dict.fromkeys("﹒．", "."),
    **dict.fromkeys("‧•・", "·"),
    **dict.fromkeys("∶︰﹕", ":"),
    **dict.fromkeys("〔［【〖", "["),
    **dict.fromkeys("〕］】〗", "]"),
    **dict.fromkeys("～〜∼˜", "~"),
    **dict.fromkeys("－–—―−‐─", "-"),
    **dict.fromkeys("○◯", "〇"),
    "﹪": "%", "﹑": "、", "﹙": "(", "﹚": ")", "＂": '"', "〝": "“", "〞": "”", "〟": "”",
}  # fmt: skip
# Punctuation that rules name in its Chinese form stays as it is: ，。；！？ are mapped to one form each instead.
_PUNCTUATION = {",": "，", ";": "；", "!": "！", "?": "？"}


def _radicals() -> dict[int, int]:
    """Radicals that stand in for characters in some fonts' copies (⼀ for 一), by Unicode's compatibility mapping."""
    codes = range(0x2E80, 0x2FD6)
    return {code: ord(plain) for code in codes if len(plain := unicodedata.normalize("NFKC", chr(code))) == 1}


def _table() -> dict[int, int]:
    table = dict(_FULL_WIDTH)
    table.update(_radicals())
    table.update({ord(k): ord(v) for k, v in _ONE_FOR_ONE.items()})
    for ascii_form, chinese in _PUNCTUATION.items():
        full = ord(ascii_form) + 0xFEE0
        table[ord(ascii_form)] = table[full] = ord(chinese)
    table[ord("﹐")], table[ord("﹔")] = ord("，"), ord("；")
    return table


def _code_table() -> npt.NDArray[np.uint32]:
    table = np.arange(sys.maxunicode + 1, dtype="<u4")
    forms = _table()
    table[list(forms)] = list(forms.values())
    return table


_NORMALIZE = _code_table()
# What scans read for digits: O for 0, I and l for 1. A letter before or behind makes a code of it (ISO9001, I2C).
# Here and below a set of characters comes first, for which the engine scans; what stands before it is looked at then.
_MISREAD = re.compile(r"[OoIl](?:(?=\d)|(?<=\d.))")
_MISREAD_NUMBER = re.compile(
    r"(?<![A-Za-z\d.])(?!O2O|o2o)(?=[OoIl]*\d)(?:[\dOo]|[Il](?=[\dOo]))+(?=[一-鿿%‰(，。；、~-])"
)
_MISREAD_ZERO = re.compile(r"[OoОο0](?<=[一二三四五六七八九〇].)(?=[一二三四五六七八九〇OoОο0年])")
# 各县〔市、区〕政府: a bracket inside a name is round whatever it looks like.
_LEVELS_ASIDE = re.compile(
    r"\[(?<=[省市县区州旗镇乡街村场]\[)((?:[市县区州旗镇乡街村场、及]|街道|社区|开发区|管委会|办事处){1,8})\]"
)
_DIGITS = str.maketrans("OoIl", "0011")


def normalize(text: str) -> str:
    """The text in one form of each character, of the same length.

    Digits, letters and `( ) [ ] : % ~ -` are half-width; the stops are `，；！？`. Letters that stand for digits are
    digits: `IO0人`, `二O二三年`.
    """
    plain = _NORMALIZE[code_points(text)].tobytes().decode("utf-32-le", "surrogatepass")
    if _MISREAD.search(plain):
        plain = _MISREAD_NUMBER.sub(lambda m: m[0].translate(_DIGITS), plain)
    if "[" in plain:
        plain = _LEVELS_ASIDE.sub(r"(\1)", plain)
    return _MISREAD_ZERO.sub("〇", plain)


@dataclass(frozen=True)
class View:
    """A source text without its noise.

    text:   the characters as written, noise left out.
    starts: for each character its offset in the source.
    plain:  the characters in simplified form where they are written in Traditional ones, else None.
    """

    text: str
    starts: npt.NDArray[np.int32]
    plain: str | None = None

    @cached_property
    def norm(self) -> str:
        """The text in normalized, simplified forms (see ``normalize``), of the same length: what rules match on."""
        return normalize(self.text if self.plain is None else self.plain)

    @classmethod
    def of(cls, raw: str, noise: Iterable[Span] = ()) -> View:
        """The view of ``raw`` without the spans of ``noise``, which may overlap and come in any order."""
        pieces, begins, at = [], [], 0
        for start, end in sorted(noise):
            if start > at:
                pieces.append(raw[at:start])
                begins.append(at)
            at = max(at, end)
        pieces.append(raw[at:])
        begins.append(at)
        lengths = np.fromiter(map(len, pieces), np.int32, len(pieces))
        shifts = np.array(begins, np.int32) - (lengths.cumsum(dtype=np.int32) - lengths)
        return cls("".join(pieces), np.arange(lengths.sum(), dtype=np.int32) + np.repeat(shifts, lengths))

    def without(self, noise: Iterable[Span]) -> View:
        """This view without further spans of its own text; the map still leads to the source."""
        spans = list(noise)
        if not spans:
            return self
        inner = View.of(self.text, spans)
        return View(inner.text, self.starts[inner.starts])

    def source(self, start: int, end: int) -> Span:
        """Where a non-empty span of the view stands in the source; noise inside it is inside the source span too."""
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"not a span of this view: {start}..{end} of {len(self.text)}")
        return self.starts.item(start), self.starts.item(end - 1) + 1

    def sources(self, spans: Sequence[Span]) -> tuple[list[int], list[int]]:
        """Where each of some non-empty spans of the view begins in the source, and where it ends."""
        at = self.starts.data
        starts, ends = [at[start] for start, _ in spans], [at[end - 1] + 1 for _, end in spans]
        if not all(map(lt, starts, ends)):
            raise ValueError("an empty span has no place in the source")
        return starts, ends
