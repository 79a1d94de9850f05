"""A short piece of text with its words: they tell where a phrase may be cut, and never cut one themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Words = Callable[[str], Sequence[str]]

#: A longer "word" is a piece that the segmenter left whole; it tells nothing.
_LONGEST = 6
#: A word of four characters or more is a phrase: 挽回损失 is 挽回 and 损失.
_PHRASE = 4


class Piece:
    """A piece of text whose words are looked up when first asked for."""

    __slots__ = ("_cuts", "_loose", "_words", "text")

    def __init__(self, text: str, words: Words) -> None:
        self.text = text
        self._words = words
        self._cuts: set[int] | None = None
        self._loose: set[int] = set()

    def inside(self, at: int, loose: bool = False) -> bool:
        """Whether the place is inside a word; with ``loose`` the middle of a phrase of four characters is not."""
        if self._cuts is None:
            self._cuts, self._loose = _cuts(self._words(self.text))
        return at not in self._cuts and not (loose and at in self._loose)

    def whole(self, start: int, end: int) -> bool:
        """Whether the span begins and ends where words do."""
        return not self.inside(start) and not self.inside(end)


def _cuts(words: Sequence[str]) -> tuple[set[int], set[int]]:
    cuts, loose, at = {0}, set(), 0
    for word in words:
        if len(word) > _LONGEST:
            cuts.update(range(at, at + len(word)))
        elif len(word) >= _PHRASE:
            loose.add(at + 2)
        at += len(word)
        cuts.add(at)
    return cuts, loose
