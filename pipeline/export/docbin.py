"""Documents for spaCy: the texts of a run with their rows as groups of spans, in one DocBin file."""

from __future__ import annotations

from pathlib import Path

from pipeline.export.load import ExportError, Row, Tables, grouped

GROUPS = ("items", "targets", "deadlines", "units")


def write(tables: Tables, file: Path) -> dict[str, int]:
    """Write one document a source that holds a plan; the number of documents and spans. Raises ExportError.

    Tokens are characters, so that every span has its exact place.
    """
    try:
        import spacy
        from spacy.tokens import DocBin

        from pipeline.spacy_component import add_rows
    except ImportError as error:
        raise ExportError("A DocBin needs spaCy; install it with `pip install 'yaodian[spacy]'`.") from error
    nlp = spacy.blank("zh")
    nlp.max_length = max((len(row["text"]) for row in tables.rows("texts")), default=0) + 1
    bin_ = DocBin(store_user_data=True)
    spans = 0
    by_source = rows_by_source(tables, (*GROUPS, "plans"))
    for text in tables.rows("texts"):
        rows = by_source.get(text["source_id"])
        if rows:
            doc = nlp.make_doc(text["text"])
            add_rows(doc, rows)
            doc.user_data["source"] = tables.sources[text["source_id"]]["path"]
            spans += sum(len(doc.spans[name]) for name in GROUPS)
            bin_.add(doc)
    try:
        bin_.to_disk(file)
    except OSError as error:
        raise ExportError(
            f"{str(file)!r} cannot be written ({error.strerror}); choose another file with -o."
        ) from error
    return {"documents": len(bin_), "spans": spans}


def rows_by_source(tables: Tables, names: tuple[str, ...]) -> dict[str, dict[str, list[Row]]]:
    """The rows of several tables by source and table; sources without a plan are left out."""
    plans = grouped(tables.rows("plans"), "source_id")
    by_plan = {name: tables.of_plans(name) for name in names if name != "plans"}
    found: dict[str, dict[str, list[Row]]] = {}
    for source_id, own in plans.items():
        found[source_id] = {"plans": own}
        for name, groups in by_plan.items():
            found[source_id][name] = [row for plan in own for row in groups.get(plan["plan_id"], [])]
    return found
