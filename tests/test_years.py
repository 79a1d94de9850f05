"""The year of a plan: the cases of cases/years.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from extractors.years import infer

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases/years.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:24])
def test_case(case: dict[str, Any]) -> None:
    found = infer(case["text"], case["title"], case.get("cover", ""))
    assert (found.year, found.title_year) == (case["year"], case.get("title_year"))
    assert bool(found.warnings) == case.get("warns", False)
    assert (found.basis is None) == (found.year is None)
