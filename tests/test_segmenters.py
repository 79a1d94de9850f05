"""Every segmenter gives words that, joined, are the text; one that is not there says what to install."""

from __future__ import annotations

import importlib
import subprocess
import sys
from typing import Any

import pytest

from pipeline import segmenters
from pipeline.models import pkuseg_model
from pipeline.segmenters import SegmenterError, get, names

PACKAGES = {"rjieba": "rjieba", "jieba": "jieba", "pkuseg": "spacy_pkuseg", "spacy": "spacy"}
TEXTS = [
    "由县林业局牵头，6月底前完成造林3万亩。",
    "\n 一、森林覆盖率\t达  98.5%以上；\r\n\u3000(二)abc DEF\u00a0\n\n",
    "",
    " ",
    "𠮷野家\u200b①②ＡＢ",
]


@pytest.fixture(params=list(PACKAGES))
def name(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    pytest.importorskip(PACKAGES[chosen])
    if chosen == "pkuseg" and pkuseg_model() is None:
        pytest.skip("pkuseg's model has not been fetched")
    return chosen


@pytest.fixture
def without_cache() -> Any:
    get.cache_clear()
    yield
    get.cache_clear()


@pytest.mark.parametrize("text", TEXTS)
def test_the_words_joined_are_the_text(name: str, text: str) -> None:
    segmenter = get(name)
    assert "".join(segmenter.words(text)) == text
    assert "".join(word for word, _ in segmenter.tagged(text)) == text
    assert all(segmenter.words(text))


def test_words_are_words(name: str) -> None:
    assert {"牵头", "完成", "造林"} <= set(get(name).words(TEXTS[0]))


@pytest.mark.parametrize("tagging", ["rjieba", "jieba"])
def test_word_classes(tagging: str) -> None:
    pytest.importorskip(tagging)
    assert dict(get(tagging).tagged("县林业局牵头完成造林。"))["完成"] == "v"


def test_the_default_is_the_first_name() -> None:
    assert names()[0] == segmenters.DEFAULT == get().name


def test_an_unknown_segmenter_is_told_the_known_ones() -> None:
    with pytest.raises(SegmenterError, match="rjieba, jieba, pkuseg, spacy"):
        get("thulac")


@pytest.mark.parametrize("name_", ["jieba", "pkuseg", "spacy"])
@pytest.mark.usefixtures("without_cache")
def test_a_missing_package_names_the_extra(name_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(module: str) -> Any:
        raise ModuleNotFoundError(module)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(SegmenterError, match=r"yaodian\[segmenters\]"):
        get(name_)


@pytest.mark.usefixtures("without_cache")
def test_pkuseg_without_its_model_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("spacy_pkuseg")
    monkeypatch.setattr(segmenters, "pkuseg_model", lambda: None)
    with pytest.raises(SegmenterError, match="yaodian models pkuseg"):
        get("pkuseg")


@pytest.mark.usefixtures("without_cache")
def test_words_added_to_jieba_by_others_do_not_change_ours() -> None:
    jieba = pytest.importorskip("jieba")
    jieba.add_word("牵头完成")
    assert "牵头完成" not in get("jieba").words("县林业局牵头完成造林")


def test_nothing_is_imported_before_it_is_used() -> None:
    code = (
        "import sys, pipeline.segmenters; "
        "sys.exit(any(m in sys.modules for m in ('rjieba', 'jieba', 'spacy', 'spacy_pkuseg', 'numpy', 'pip')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
