"""Word segmenters behind one face, each imported only when it is used.

A segmenter informs where phrases end; it never cuts a span. So the words of a text, joined, are the text, whatever
the segmenter does with blanks.

======== ================================================ ===========
name     what it is                                       word classes
======== ================================================ ===========
rjieba   jieba's dictionary and model in native code      yes
jieba    the Python original                              yes
pkuseg   a trained model, fetched by `yaodian models`     no
spacy    spaCy's blank Chinese pipeline over jieba        no
======== ================================================ ===========

spaCy offers three ways to cut Chinese. Single characters, its default, tell nothing about phrase ends, and pkuseg can
be had here directly; so its pipeline is set up with jieba.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import logging
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.models import pkuseg_model

DEFAULT = "rjieba"
EXTRA = "segmenters"

TaggedWord = tuple[str, str | None]


class SegmenterError(Exception):
    """A segmenter that is unknown, not installed or without its model; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Segmenter:
    """A way to cut text into words; ``tagged`` gives each with its word class, or None where there is none."""

    name: str
    words: Callable[[str], list[str]]
    tagged: Callable[[str], list[TaggedWord]]


def names() -> list[str]:
    """The names that `get` knows, the default first."""
    return list(_BUILDERS)


def check(name: str) -> None:
    """Find what a segmenter needs, without loading it, which may take seconds. Raises SegmenterError."""
    if name not in _BUILDERS:
        raise SegmenterError(f"There is no segmenter {name!r}; choose one of {', '.join(_BUILDERS)}.")
    for package in _PACKAGES[name]:
        if importlib.util.find_spec(package) is None:
            raise _lacking(package)
    if name == "pkuseg":
        _model()


@cache
def get(name: str = DEFAULT) -> Segmenter:
    """The segmenter of that name, loaded once. Raises SegmenterError."""
    check(name)
    return _BUILDERS[name]()


def _rjieba() -> Segmenter:
    native = _import("rjieba").Jieba()
    return Segmenter("rjieba", native.cut, native.tag)


def _jieba() -> Segmenter:
    with warnings.catch_warnings():
        # Its source has string escapes that later Pythons warn of.
        warnings.simplefilter("ignore")
        jieba, posseg = _import("jieba"), _import("jieba.posseg")
    jieba.setLogLevel(logging.WARNING)
    # A tokenizer of our own: words that others add to jieba's must not change our tables.
    tokenizer = jieba.Tokenizer()
    tagger = posseg.POSTokenizer(tokenizer)
    return Segmenter("jieba", tokenizer.lcut, lambda text: [(pair.word, pair.flag) for pair in tagger.cut(text)])


def _pkuseg() -> Segmenter:
    pkuseg, model = _import("spacy_pkuseg"), _model()
    # It warns that the model is in the older of its two formats.
    with contextlib.redirect_stderr(io.StringIO()):
        cutter = pkuseg.pkuseg(model_name=str(model))
    return _untagged("pkuseg", lambda text: list(_with_blanks(text, cutter.cut(text))))


def _model() -> Path:
    model = pkuseg_model()
    if model is None:
        raise SegmenterError("The model of pkuseg is not here; fetch it with `yaodian models pkuseg`.")
    return model


def _spacy() -> Segmenter:
    _import("jieba")
    spacy = _import("spacy")
    tokenizer = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "jieba"}}}).tokenizer

    return _untagged("spacy", lambda text: [part for t in tokenizer(text) for part in (t.text, t.whitespace_) if part])


_BUILDERS: dict[str, Callable[[], Segmenter]] = {
    "rjieba": _rjieba,
    "jieba": _jieba,
    "pkuseg": _pkuseg,
    "spacy": _spacy,
}
_PACKAGES = {"rjieba": ["rjieba"], "jieba": ["jieba"], "pkuseg": ["spacy_pkuseg"], "spacy": ["jieba", "spacy"]}


def _untagged(name: str, words: Callable[[str], list[str]]) -> Segmenter:
    return Segmenter(name, words, lambda text: [(word, None) for word in words(text)])


def _with_blanks(text: str, words: Iterable[str]) -> Iterator[str]:
    """The words with what stands between them in the text."""
    at = 0
    for word in words:
        start = text.index(word, at)
        if start > at:
            yield text[at:start]
        yield word
        at = start + len(word)
    if at < len(text):
        yield text[at:]


def _import(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise _lacking(module.split(".")[0]) from error


def _lacking(package: str) -> SegmenterError:
    return SegmenterError(
        f"The segmenter needs the package {package.replace('_', '-')!r}; "
        f"install it with `pip install 'yaodian[{EXTRA}]'`."
    )
