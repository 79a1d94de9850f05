"""Turn templates into self-contained pages: styles, scripts and data inline, and nothing else may run."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.export.load import ExportError

HERE = Path(__file__).parent
# Nothing is fetched. A script runs only when its hash stands here, so a text that smuggles one in shows it at most.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src {scripts}; base-uri 'none'"
# Vega compiles its expressions when a chart is drawn.
WITH_CHARTS = " 'unsafe-eval'"


@cache
def _environment() -> Any:
    try:
        import jinja2
    except ImportError as error:
        raise needs_extra() from error
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


def needs_extra() -> ExportError:
    """The error for a missing package of the extra `report`."""
    return ExportError(
        "The review pages need the packages jinja2, altair and vl-convert-python; install them with "
        "`pip install 'yaodian[report]'`."
    )


@cache
def asset(name: str) -> str:
    """The text of a style sheet or script of ours."""
    return (HERE / "assets" / name).read_text(encoding="utf-8")


def data(value: Any) -> str:
    """JSON that can stand inside a page: no `<` of it can end or open an element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def render(template: str, scripts: list[str], *, charts: bool = False, **values: Any) -> str:
    """The page of a template with scripts (their code) and values; strings among the values are escaped."""
    from markupsafe import Markup

    hashes = " ".join(f"'sha256-{_hash(code)}'" for code in scripts)
    policy = POLICY.format(scripts=(hashes or "'none'") + (WITH_CHARTS if charts else ""))
    page: str = (
        _environment()
        .get_template(template)
        .render(
            policy=policy,
            style=Markup(asset("style.css")),
            scripts=[Markup(code) for code in scripts],
            **values,
        )
    )
    return page


def _hash(code: str) -> str:
    return base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
