"""The ruleset changes with whatever can change a row, and with nothing else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import ruleset
from pipeline.stages import Options, Pipeline

ROOT = Path(ruleset.__file__).parent.parent


def imported(path: Path) -> Iterator[str]:
    """What a module imports of ours, also inside its functions."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_no_stage_uses_what_counts_as_no_rule() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in ruleset._files()}
    assert {"pipeline/stages.py", "pipeline/formats/docx.py", "extractors/targets.py", "lexicons/loader.py"} <= names
    assert "lexicons/words/measures.csv" in names
    for path in ruleset._files():
        # The package's own names are loaded when a program asks for them, by no stage.
        if path.suffix == ".py" and path != ROOT / "pipeline" / "__init__.py":
            used = {".".join(name.split(".")[:2]) for name in imported(path)} & ruleset.AROUND
            assert not used - {"pipeline.ruleset"}, path


def test_what_is_named_is_there() -> None:
    for module in ruleset.AROUND:
        place = ROOT.joinpath(*module.split("."))
        assert place.is_dir() or place.with_suffix(".py").is_file(), module


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name, text in {
        "pipeline/clean.py": "a = 1\n",
        "pipeline/report/build.py": "",
        "extractors/dates.py": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(ruleset, "ROOT", tmp_path)
    monkeypatch.setattr(ruleset, "lexicon_files", list)
    yield tmp_path
    ruleset.rules.cache_clear()


def test_a_rule_changes_it_and_a_page_does_not(package: Path) -> None:
    def now() -> str:
        ruleset.rules.cache_clear()
        return ruleset.rules()

    first = now()
    (package / "pipeline" / "report" / "build.py").write_text("shown = True")
    (package / "pipeline" / "clean.py").write_bytes(b"a = 1\r\n")
    assert now() == first
    (package / "pipeline" / "clean.py").write_text("a = 2")
    second = now()
    (package / "extractors" / "more.py").write_text("")
    assert len({first, second, now()}) == 3


def test_options_that_shape_rows_show() -> None:
    plain = Pipeline().ruleset
    assert Pipeline(Options(tokens=True)).ruleset == plain
    other = Pipeline(Options(text_column="正文")).ruleset
    assert other != plain
    assert ruleset.same_rules(other)
    assert not ruleset.same_rules("0123456789abcdef")
