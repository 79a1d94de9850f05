"""The spaCy component: groups of spans with values, for any tokenizer, and documents stored in a DocBin."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from make_samples import RAW

from pipeline.export import docbin
from pipeline.export.load import ExportError, Tables
from pipeline.run import run

spacy = pytest.importorskip("spacy")
spacy_component = pytest.importorskip("pipeline.spacy_component")

GROUPS = {"items": "item_id", "targets": "target_id", "deadlines": "deadline_id", "units": "mention_id"}
TEXT = (RAW / "08_task_notes.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=["char", "jieba", "words of four"])
def doc(request: pytest.FixtureRequest) -> Any:
    """A document of a sample under several tokenizers; the last one has no idea of Chinese."""
    if request.param == "words of four":
        from spacy.tokens import Doc

        nlp = spacy.blank("zh")
        pieces = [TEXT[i : i + 4] for i in range(0, len(TEXT), 4)]
        nlp.tokenizer = lambda text: Doc(nlp.vocab, words=pieces, spaces=[False] * len(pieces))
    else:
        nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": request.param}}})
    nlp.add_pipe("yaodian")
    return nlp(TEXT)


def test_the_text_is_untouched(doc: Any) -> None:
    assert doc.text == TEXT


def test_each_group_holds_every_row_with_its_values(doc: Any) -> None:
    from pipeline.single import rows_of

    rows = rows_of(str(RAW / "08_task_notes.txt"))
    for name in GROUPS:
        spans = doc.spans[name]
        assert [span._.yaodian["text"] for span in spans] == [row["text"] for row in rows[name]]
        for span in spans:
            values = span._.yaodian
            assert doc.text[values["start"] : values["end"]] in span.text
    (stations,) = (span for span in doc.spans["targets"] if span._.yaodian["indicator"] == "充电桩")
    assert (stations._.yaodian["value"], stations._.yaodian["comparator"], stations.label_) == (800.0, "ge", "count")
    lead = {span._.yaodian["name"] for span in doc.spans["units"] if span.label_ == "lead"}
    assert "市卫生健康委" in lead


def test_two_rows_on_one_token_keep_their_values() -> None:
    from spacy.tokens import Doc

    nlp = spacy.blank("zh")
    nlp.tokenizer = lambda text: Doc(nlp.vocab, words=[text], spaces=[False])
    nlp.add_pipe("yaodian")
    doc = nlp(TEXT)
    values = {span._.yaodian["target_id"] for span in doc.spans["targets"]}
    assert len(values) == len(doc.spans["targets"]) > 10


def test_the_plans_are_on_the_document(doc: Any) -> None:
    (plan,) = doc._.yaodian_plans
    assert plan["year"] == 2025
    assert "民生实事" in plan["title"]


def test_an_empty_document_has_empty_groups() -> None:
    nlp = spacy.blank("zh")
    nlp.add_pipe("yaodian")
    for text in ("", "\n \n"):
        doc = nlp(text)
        assert all(len(doc.spans[name]) == 0 for name in GROUPS)


def test_documents_are_stored_with_their_values(tmp_path: Path) -> None:
    run([str(RAW)], tmp_path / "out")
    tables = Tables(tmp_path / "out")
    counts = docbin.write(tables, tmp_path / "plans.spacy")
    nlp = spacy.blank("zh")
    docs = list(spacy.tokens.DocBin().from_disk(tmp_path / "plans.spacy").get_docs(nlp.vocab))
    assert len(docs) == counts["documents"] == len({plan["source_id"] for plan in tables.rows("plans")})
    stored = [span._.yaodian for doc in docs for span in doc.spans["deadlines"]]
    assert [json.dumps(row, ensure_ascii=False) for row in stored] == [
        json.dumps(row, ensure_ascii=False, default=str) for row in tables.rows("deadlines")
    ]
    with pytest.raises(ExportError, match="choose another file"):
        docbin.write(tables, tmp_path / "nowhere" / "plans.spacy")
