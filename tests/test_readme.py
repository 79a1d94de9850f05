"""What the README claims is so: its programs run and print what it shows, and its twin shows the same."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
from pathlib import Path

import pytest
from command_line import ROOT, extract, yaodian
from make_samples import RAW

README, TWIN = ROOT / "README.md", ROOT / "README.zh-CN.md"
pytestmark = pytest.mark.xdist_group("readme")  # its tables are made once

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
ELISION = "..."


def _blocks(file: Path) -> list[tuple[str, str]]:
    return BLOCK.findall(file.read_text(encoding="utf-8"))


def _programs() -> list[tuple[str, str]]:
    """Each Python block with the text block that follows it, if one does."""
    blocks = _blocks(README)
    return [
        (code, after if kind == "text" else "")
        for (language, code), (kind, after) in zip(blocks, [*blocks[1:], ("", "")], strict=True)
        if language == "python"
    ]


def _holds(shown: str, printed: str) -> bool:
    """Whether the printed lines begin with those shown; a line of `...` stands for any lines."""
    parts = re.split(rf"^{re.escape(ELISION)}\n", shown, flags=re.M)
    at = 0
    for part in parts:
        found = printed.find(part, at)
        if found < 0 or (part is parts[0] and found != 0):
            return False
        at = found + len(part)
    return True


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like the project's after `make run`."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "data").mkdir()
    (folder / "data" / "raw").symlink_to(RAW)
    assert extract("data/raw", cwd=folder).returncode == 0
    return folder


@pytest.mark.parametrize(("code", "shown"), _programs())
def test_programs_print_what_is_shown(workplace: Path, monkeypatch: pytest.MonkeyPatch, code: str, shown: str) -> None:
    monkeypatch.chdir(workplace)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})
    assert _holds(shown, printed.getvalue()), printed.getvalue()


@pytest.mark.parametrize("block", [text for language, text in _blocks(README) if language == "console"])
def test_commands_print_what_is_shown(workplace: Path, block: str) -> None:
    command, _, shown = block.removeprefix("$ ").partition("\n")
    name, *arguments = shlex.split(command)
    assert name == "yaodian"
    done = yaodian(*arguments, cwd=workplace)
    assert done.returncode == 0
    assert _holds(shown, done.stdout), done.stdout


def test_the_twin_shows_the_same() -> None:
    assert [text for language, text in _blocks(TWIN) if language != "sh"] == [
        text for language, text in _blocks(README) if language != "sh"
    ]


@pytest.mark.parametrize("file", [README, TWIN, ROOT / "docs" / "tables.md"])
def test_links_lead_somewhere(file: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)\)", file.read_text(encoding="utf-8")):
        assert "://" in target or (file.parent / target).exists(), target


def test_the_tables_page_names_every_column() -> None:
    from pipeline.tables import SCHEMAS

    text = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
    for table, schema in SCHEMAS.items():
        section = text.partition(f"\n## {table}")[2].partition("\n## ")[0]
        for name in schema.names:
            assert re.search(rf"\b{name}\b", section), f"{table}.{name}"


def test_the_rule_shown_is_a_rule() -> None:
    (shown,) = (text for language, text in _blocks(README) if language == "yaml")
    files = (ROOT / "lexicons" / "patterns").glob("*.yaml")
    assert any(shown in file.read_text(encoding="utf-8") for file in files)


@pytest.mark.parametrize("file", [README, TWIN], ids=["README", "twin"])
def test_the_scores_are_the_floors(file: Path) -> None:
    """Each kind's last figure is what `make test` holds the samples to, so that no figure stands that once was."""
    floors = json.loads((ROOT / "tests" / "golden" / "floors.json").read_text(encoding="utf-8"))
    _, _, table = file.read_text(encoding="utf-8").partition("tests/golden/gold/*.json\n```\n")
    figures = re.findall(r"^\|.*\| (\d\.\d\d) \|$", table, flags=re.M)[: len(floors)]
    assert [float(figure) for figure in figures] == list(floors.values())
