"""What identifies the rules of a run: a hash of all that rows depend on beside the bytes of their source."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.metadata import distributions
from itertools import islice
from pathlib import Path
from typing import Any

from lexicons import lexicon_files

ROOT = Path(__file__).parent.parent
PACKAGES = ("lexicons", "extractors", "pipeline")
# What reads documents and cuts words shapes the rows as our own rules do: another version is another ruleset.
LIBRARIES = (
    "jieba", "lxml", "opencc", "pypdfium2", "python-docx", "rjieba", "spacy", "spacy-pkuseg", "trafilatura",
)  # fmt: skip
# What stands around the stages: it schedules, publishes, shows and compares rows, and cannot change one. A module that
# is not named here counts as a rule, and a test holds that no stage uses one that is.
AROUND = frozenset(
    {"lexicons.check"}
    | {
        f"pipeline.{name}"
        for name in (
            "cluster", "console", "crew", "diff", "engine_dask", "explain", "export", "fingerprint", "folder", "gold",
            "gold_values", "jsonlog", "load", "marks", "parts", "passage", "preload", "previous", "publish",
            "reach", "reasons", "records", "remote", "report", "ruleset", "run", "runlog", "score", "session",
            "single", "slices", "snapshot", "spacy_component", "status", "store", "summary", "trace", "workers",
            "worklist",
        )
    }
)  # fmt: skip


def ruleset_of(options: Mapping[str, Any]) -> str:
    """The ruleset under ``options``: 16 hex digits for the rules, and 8 more for options that are not the default."""
    return rules() if not options else f"{rules()}-{_digest(json.dumps(options, sort_keys=True))[:8]}"


def same_rules(ruleset: str) -> bool:
    """Whether rows of a ``ruleset`` were made by the rules of today, under whatever options."""
    return ruleset.partition("-")[0] == rules()


@cache
def rules() -> str:
    """A hash of lexicon data, of the code that applies it, and of the versions of the libraries that read."""
    versions = {name: found.version for name in LIBRARIES for found in islice(distributions(name=name), 1)}
    files = {path.relative_to(ROOT).as_posix(): path.read_bytes().replace(b"\r\n", b"\n") for path in _files()}
    contents = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    return _digest(json.dumps([contents, versions], sort_keys=True))


def _files() -> list[Path]:
    code = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return sorted([*lexicon_files(), *(path for path in code if not _is_around(path))])


def _is_around(path: Path) -> bool:
    module = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(module[:2]) in AROUND


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
