"""The command line of Yaodian. Commands read arguments and print; the work is done in `pipeline`."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

EXIT_OK, EXIT_FAULT, EXIT_USAGE, EXIT_REJECTED, EXIT_BUSY, EXIT_LOOK = 0, 1, 2, 3, 4, 5

app = typer.Typer(
    name="yaodian",
    help="要点: from Chinese government plans to tables of tasks, targets, deadlines and responsible units.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
lexicon_app = typer.Typer(help="Words and rules.", no_args_is_help=True)
gold_app = typer.Typer(help="Gold from corrected annotations.", no_args_is_help=True)
models_app = typer.Typer(help="Models of word segmenters.", no_args_is_help=True)
app.add_typer(lexicon_app, name="lexicon")
app.add_typer(gold_app, name="gold")
app.add_typer(models_app, name="models")


class Engine(StrEnum):
    local = "local"
    dask = "dask"


class LogFormat(StrEnum):
    text = "text"
    json = "json"


class SegmenterName(StrEnum):
    rjieba = "rjieba"
    jieba = "jieba"
    pkuseg = "pkuseg"
    spacy = "spacy"


Inputs = Annotated[
    list[str], typer.Argument(help="Files, folders (walked in sorted order), globs and addresses (s3://…).")
]
OneFile = Annotated[str, typer.Argument(help="A file; of a collection or archive one source: FILE#RECORD.")]
TextColumn = Annotated[
    str | None, typer.Option(help="Column of the texts in .jsonl, .csv and .parquet; default: a usual name.")
]
Tables = Annotated[str, typer.Argument(help="Folder or address (s3://…) with the tables of a run.")]
SegmenterOption = Annotated[SegmenterName, typer.Option("--segmenter", help="Word segmenter that informs phrase ends.")]


@app.command()
def extract(
    inputs: Inputs,
    output: Annotated[
        str, typer.Option("-o", "--output", help="Folder or address (s3://…) for the Parquet tables.")
    ] = "data/processed",
    segmenter: SegmenterOption = SegmenterName.rjieba,
    tokens: Annotated[bool, typer.Option("--tokens", help="Write the table `tokens` too.")] = False,
    text_column: TextColumn = None,
    workers: Annotated[
        int | None,
        typer.Option(min=0, help="Processes that read; default: the cores there are. 0 reads here, without a limit."),
    ] = None,
    time_limit: Annotated[float, typer.Option(min=0.1, help="Seconds for one source.")] = 60.0,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Read every source again, also those that are as before.")
    ] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Drop the rows of files that are no longer there.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 where a source is rejected.")] = False,
    log_format: Annotated[LogFormat, typer.Option(help="json: one object a line on standard error.")] = LogFormat.text,
    engine: Annotated[Engine, typer.Option(help="dask: a cluster, which writes TABLE/part-*.parquet.")] = Engine.local,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of the Dask scheduler; without one a cluster is started here.")
    ] = None,
) -> None:
    """Read plans and write the tables: sources, texts, plans, items, targets, deadlines, units, tasks, gaps."""
    from pipeline import console, jsonlog, run
    from pipeline.address import shown

    settings = run.Settings(_cores() if workers is None else workers, time_limit, fresh, prune, must_exist=True)
    _end_well_on_sigterm()
    as_json = log_format is LogFormat.json
    with _faults(as_json=as_json), jsonlog.JsonLog() if as_json else console.progress() as progress:
        options = run.Options(segmenter.value, tokens, text_column)
        if engine is Engine.dask:
            from pipeline import engine_dask

            summary = engine_dask.run(inputs, output, options, progress.update, settings, scheduler=scheduler)
        else:
            summary = run.run(inputs, output, options, progress.update, settings)
    if as_json:
        jsonlog.say_summary(summary, progress.seconds)
    else:
        console.print_summary(summary, shown(output), progress.seconds)
    raise typer.Exit(EXIT_REJECTED if strict and summary.statuses["rejected"] else EXIT_OK)


@app.command()
def status(tables: Tables) -> None:
    """Say in a few lines what a folder holds, how its last run went and what jumped since the runs before."""
    from pipeline import status as state
    from pipeline.remote import at_hand

    with _faults(), at_hand(tables, log_will_do=True) as folder:
        text, well = state.report(folder)
    typer.echo(text, nl=False)
    raise typer.Exit(EXIT_OK if well else EXIT_LOOK)


@app.command()
def show(
    file: OneFile,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a row instead of a tree.")] = False,
    text_column: TextColumn = None,
    segmenter: SegmenterOption = SegmenterName.rjieba,
) -> None:
    """Print the plans of one file as trees: items with their targets, deadlines and units. Nothing is written."""
    from pipeline import console, run, single

    unread, read = [], 0
    with _faults():
        for rows in single.rows_by_source(file, run.Options(segmenter.value, text_column=text_column)):
            source = rows["sources"][0]
            if source["status"] == "rejected":
                unread.append(source["error"])
                typer.echo(source["error"], err=True)
                continue
            read += 1
            (console.print_json if as_json else console.print_plans)(rows)
    raise typer.Exit(EXIT_FAULT if unread and not read else EXIT_OK)


@app.command()
def parse(
    atoms: Annotated[
        bool, typer.Option("--atoms", help="Add numbers, percents, ranges, money, measures, times.")
    ] = False,
) -> None:
    """Read JSON lines (id, text, reference_date) from standard input; write their targets, deadlines and units."""
    from pipeline import passage

    bad = 0
    with _faults():
        for parsed in passage.parse_lines(sys.stdin, atoms=atoms):
            typer.echo(parsed.line)
            if parsed.error:
                typer.echo(parsed.error, err=True)
                bad += 1
    raise typer.Exit(EXIT_REJECTED if bad else EXIT_OK)


@app.command()
def score(
    tables: Tables,
    gold: Annotated[list[Path], typer.Argument(help="Gold files (JSON).")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    errors: Annotated[str, typer.Option("--errors", help="List each miss of one kind of row.")] = "",
) -> None:
    """Score tables against gold files: detection and strict F1 by kind of row."""
    from pipeline import score as scoring
    from pipeline.remote import at_hand

    with _faults(), at_hand(tables) as folder:
        if unmatched := scoring.unmatched(folder, gold):
            typer.echo(unmatched, err=True)
        typer.echo(scoring.report(folder, gold, as_json=as_json, errors=errors), nl=False)


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="Folder or address with the tables of the earlier run.")],
    new: Annotated[str, typer.Argument(help="Folder or address with the tables of the later run.")],
    limit: Annotated[int, typer.Option(help="Rows listed for each rule and kind of change; 0 for all.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a changed row.")] = False,
) -> None:
    """List the rows gained, lost and changed between two output folders, by rule."""
    from pipeline import diff as differences
    from pipeline.remote import at_hand

    with _faults(), at_hand(old) as before, at_hand(new) as after:
        typer.echo(differences.report(before, after, limit=limit, as_json=as_json), nl=False)


@app.command()
def export(
    tables: Tables,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="What to write: a file ending in .xlsx, .csv or .spacy, or a folder."),
    ] = None,
    csv: Annotated[
        bool, typer.Option("--csv", help="A folder of CSV files that old versions of Excel open, one a sheet.")
    ] = False,
    docbin: Annotated[
        bool, typer.Option("--docbin", help="Documents for spaCy, with the rows as groups of spans.")
    ] = False,
    doccano: Annotated[
        bool, typer.Option("--doccano", help="JSON lines for doccano, where people correct rows.")
    ] = False,
    label_studio: Annotated[
        bool, typer.Option("--label-studio", help="A folder with tasks and interface for Label Studio.")
    ] = False,
) -> None:
    """Write an Excel workbook (任务, 指标, 时限, 责任单位, 来源, 疑漏), or what the output's name or an option says."""
    from pipeline.export import FormatError, format_of, write
    from pipeline.remote import at_hand

    chosen = {"csv": csv, "docbin": docbin, "doccano": doccano, "label-studio": label_studio}
    formats = [name for name, wanted in chosen.items() if wanted]
    if len(formats) > 1:
        raise typer.BadParameter(f"give one of --{' and --'.join(formats)}")
    try:
        format_ = format_of(formats[0] if formats else None, output)
    except FormatError as error:
        raise typer.BadParameter(str(error)) from error
    with _faults(), at_hand(tables) as folder:
        target, counts = write(folder, format_, output)
    typer.echo(f"{target}: " + ", ".join(f"{name} {count}" for name, count in counts.items()))


@app.command()
def report(
    tables: Tables,
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the pages.")] = Path("report"),
) -> None:
    """Write review pages: an index, deadlines, indicators and units, and each plan with its rows marked in the text."""
    from pipeline.export import load
    from pipeline.remote import at_hand
    from pipeline.report import build

    with _faults(), at_hand(tables) as folder:
        count = build.build(load.Tables(folder), output)
    typer.echo(f"{count} plans: open {output / 'index.html'}")


@app.command()
def explain(
    file: OneFile,
    at: Annotated[int | None, typer.Option("--at", help="An offset into the source, in characters.")] = None,
    find: Annotated[str | None, typer.Option("--find", help="A text; each place where it stands is explained.")] = None,
    segmenter: SegmenterOption = SegmenterName.rjieba,
) -> None:
    """Say which rules saw a place of a source, which made or refused a row, and for a gap why nothing was made."""
    from pipeline import explain as explaining
    from pipeline.single import source_of
    from pipeline.stages import Options, Pipeline

    if at is not None and find is not None:
        raise typer.BadParameter("give --at or --find, not both")
    with _faults():
        explainer = explaining.Explainer(source_of(file), Pipeline(Options(segmenter.value)))
        places = [explainer.at(at)] if at is not None else explainer.places(find) if find is not None else []
        lines = [line for place in places for line in explainer.explain(*place)] if places else explainer.overview()
        for line in lines:
            typer.echo(line)


@gold_app.command("import")
def gold_import(
    files: Annotated[list[Path], typer.Argument(help="What doccano or Label Studio exported (JSON, JSON lines).")],
    tables: Annotated[
        str, typer.Option("--tables", help="Folder or address with the tables from which it was exported.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the gold files.")] = Path("gold"),
) -> None:
    """Make gold files of corrected annotations, for `yaodian score`."""
    from pipeline import gold
    from pipeline.export import load
    from pipeline.remote import at_hand

    with _faults(), at_hand(tables) as folder:
        written, unread = gold.import_files(files, load.Tables(folder), output)
    for span in unread:
        typer.echo(f"no rule reads it, fill in its values: {span}", err=True)
    typer.echo(f"{len(written)} gold files in {output}")


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


def _cores() -> int:
    """The processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _end_well_on_sigterm() -> None:
    """Let a scheduler's request to stop clear the staged files away and stand in the run log."""

    def stop(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, stop)


class _faults:
    """Turns the errors a user can cause into one sentence and an exit code; ``as_json`` every error into one line."""

    def __init__(self, *, as_json: bool = False) -> None:
        self._as_json = as_json

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, at: Any) -> None:
        if error is None or isinstance(error, typer.Exit):
            return
        from lexicons import LexiconError
        from pipeline.crew import ClusterError, CrewError
        from pipeline.explain import ExplainError
        from pipeline.export.load import ExportError
        from pipeline.folder import BusyError
        from pipeline.gold import GoldError
        from pipeline.inputs import InputError
        from pipeline.load import SnapshotError
        from pipeline.models import ModelError
        from pipeline.publish import PublishError
        from pipeline.score import ScoreError
        from pipeline.segmenters import SegmenterError

        if isinstance(error, BusyError):
            self._fail(error, EXIT_BUSY)
        if self._as_json and isinstance(error, SystemExit):
            self._say(error)
        if isinstance(
            error,
            (
                ClusterError,
                CrewError,
                SnapshotError,
                ExplainError,
                ExportError,
                GoldError,
                InputError,
                LexiconError,
                ModelError,
                PublishError,
                ScoreError,
                SegmenterError,
            ),
        ):
            self._fail(error, EXIT_FAULT)
        if self._as_json and not isinstance(error, SystemExit):  # a defect of ours, or Ctrl-C
            self._say(error, traceback="".join(traceback.format_exception(error)))
            raise typer.Exit(EXIT_FAULT)

    def _fail(self, error: Exception, code: int) -> None:
        if self._as_json:
            self._say(error)
        else:
            typer.echo(str(error), err=True)
        raise typer.Exit(code)

    def _say(self, error: BaseException, **fields: str) -> None:
        from pipeline import jsonlog

        jsonlog.say_failure(error, **fields)


def main() -> None:
    """The console command."""
    for stream, encoding in ((sys.stdin, "utf-8-sig"), (sys.stdout, "utf-8"), (sys.stderr, "utf-8")):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(encoding=encoding, errors="replace")
    app()


if __name__ == "__main__":
    main()
