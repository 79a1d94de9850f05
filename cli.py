"""The command line of Yaodian. Commands read arguments and print; the work is done in `pipeline`."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

EXIT_OK, EXIT_FAULT, EXIT_USAGE = 0, 1, 2

app = typer.Typer(
    name="yaodian",
    help="要点: from Chinese government plans to tables of tasks, targets, deadlines and responsible units.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
lexicon_app = typer.Typer(help="Words and rules.", no_args_is_help=True)
models_app = typer.Typer(help="Models of word segmenters.", no_args_is_help=True)
app.add_typer(lexicon_app, name="lexicon")
app.add_typer(models_app, name="models")


class SegmenterName(str, Enum):
    rjieba = "rjieba"
    jieba = "jieba"
    pkuseg = "pkuseg"
    spacy = "spacy"


Inputs = Annotated[list[str], typer.Argument(help="Files, folders (walked in sorted order) and globs.")]
SegmenterOption = Annotated[SegmenterName, typer.Option("--segmenter", help="Word segmenter that informs phrase ends.")]


@app.command()
def extract(
    inputs: Inputs,
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the Parquet tables.")] = Path(
        "data/processed"
    ),
    segmenter: SegmenterOption = SegmenterName.rjieba,
    tokens: Annotated[bool, typer.Option("--tokens", help="Write the table `tokens` too.")] = False,
) -> None:
    """Read plans and write the tables: sources, texts, plans, items, targets, deadlines, units, gaps."""
    from pipeline import console, run

    with _faults(), console.progress() as progress:
        summary = run.run(inputs, output, run.Options(segmenter.value, tokens), progress.update)
    console.print_summary(summary, output, progress.seconds)
    raise typer.Exit(EXIT_OK)


@app.command()
def show(
    file: Annotated[Path, typer.Argument(help="One file.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line instead of a tree.")] = False,
    segmenter: SegmenterOption = SegmenterName.rjieba,
) -> None:
    """Print the plans of one file: the item tree with targets, deadlines and units."""
    from pipeline import console, run

    with _faults():
        rows = run.rows_of(str(file), run.Options(segmenter.value))
        source = rows["sources"][0]
        if source["status"] == "rejected":
            _fail(source["error"])
        (console.print_json if as_json else console.print_plans)(rows)


@app.command()
def score(
    tables: Annotated[Path, typer.Argument(help="Folder with the tables of a run.")],
    gold: Annotated[list[Path], typer.Argument(help="Gold files (JSON).")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    errors: Annotated[str, typer.Option("--errors", help="List each miss of one kind of row.")] = "",
) -> None:
    """Score tables against gold files: detection and strict F1 by kind of row."""
    from pipeline import score as scoring

    with _faults():
        typer.echo(scoring.report(tables, gold, as_json=as_json, errors=errors), nl=False)


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="Folder with the tables of the earlier run.")],
    new: Annotated[Path, typer.Argument(help="Folder with the tables of the later run.")],
    limit: Annotated[int, typer.Option(help="Rows listed for each rule and kind of change; 0 for all.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a changed row.")] = False,
) -> None:
    """List the rows gained, lost and changed between two output folders, by rule."""
    from pipeline import diff as differences

    with _faults():
        typer.echo(differences.report(old, new, limit=limit, as_json=as_json), nl=False)


@lexicon_app.command("check")
def lexicon_check() -> None:
    """Prove every pattern against its examples and counter-examples."""
    from lexicons.check import check, counts

    faults = check()
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        raise typer.Exit(EXIT_FAULT)
    typer.echo(counts())


@models_app.command("pkuseg")
def models_pkuseg() -> None:
    """Fetch the model of pkuseg once, from the package index that pip is set up with."""
    from pipeline import models

    with _faults():
        typer.echo(f"The model of pkuseg is at {models.fetch_pkuseg()}.")


class _faults:
    """Turns the errors a user can cause into one sentence and an exit code."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, at: Any) -> None:
        if error is None or isinstance(error, typer.Exit):
            return
        from lexicons import LexiconError
        from pipeline.models import ModelError
        from pipeline.publish import PublishError
        from pipeline.score import ScoreError
        from pipeline.segmenters import SegmenterError

        if isinstance(error, (LexiconError, ModelError, PublishError, ScoreError, SegmenterError)):
            _fail(str(error))


def _fail(sentence: str) -> None:
    typer.echo(sentence, err=True)
    raise typer.Exit(EXIT_FAULT)


def main() -> None:
    """The console command."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
        sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    app()


if __name__ == "__main__":
    main()
