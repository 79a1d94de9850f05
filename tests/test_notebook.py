"""The notebook runs from a kernel of its own on the samples, and its text twin says the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from make_samples import HERE, RAW

from pipeline.run import run

jupytext = pytest.importorskip("jupytext")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")
pytest.importorskip("altair")
pytest.importorskip("duckdb")
pytest.importorskip("vl_convert")

NOTEBOOK = HERE.parent / "notebooks" / "quickstart.ipynb"
TWIN = NOTEBOOK.with_suffix(".py")


def cells(notebook: Any) -> list[tuple[str, str]]:
    return [(cell.cell_type, cell.source) for cell in notebook.cells]


def test_the_twin_says_the_same() -> None:
    assert cells(jupytext.read(NOTEBOOK)) == cells(jupytext.read(TWIN))


def test_the_notebook_is_kept_without_results() -> None:
    notebook = jupytext.read(NOTEBOOK)
    assert all(not cell.outputs and cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")


def test_the_notebook_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run([str(RAW)], tmp_path)
    monkeypatch.setenv("YAODIAN_TABLES", str(tmp_path))
    notebook = jupytext.read(NOTEBOOK)
    client = nbclient.NotebookClient(
        notebook, timeout=None, startup_timeout=600, resources={"metadata": {"path": str(NOTEBOOK.parent)}}
    )
    client.execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    charts = [o["data"]["image/svg+xml"] for o in outputs if "image/svg+xml" in o.get("data", {})]
    tables = [o for o in outputs if "text/html" in o.get("data", {}) and "<table" in o["data"]["text/html"]]
    assert len(charts) == 2
    assert all("任务数" in chart for chart in charts)
    assert len(tables) >= 6
    assert not [o for o in outputs if o.output_type == "error"]
