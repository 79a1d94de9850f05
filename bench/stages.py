"""Time each stage of a run by wrapping the functions that it calls."""

from __future__ import annotations

import pkgutil
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

# Where a stage's function is looked up, and the name under which its time is shown.
STAGES = {
    "pipeline.run.read": "read",
    "pipeline.stages.clean": "clean",
    "pipeline.stages.split": "split",
    "pipeline.stages.segment": "segment",
    "extractors.targets.find": "extract targets",
    "extractors.deadlines.find": "extract deadlines",
    "extractors.units.find": "extract units",
    "extractors.gaps.find": "extract gaps",
    "pipeline.stages.plan_rows": "link and rows",
    "pipeline.run.Publisher.add": "collect rows",
    "pipeline.run.Publisher.__exit__": "write Parquet",
}


@contextmanager
def timed_stages() -> Iterator[dict[str, float]]:
    """Seconds by stage while the block runs, time inside another stage not counted twice."""
    spent: dict[str, float] = defaultdict(float)
    inner: list[float] = [0.0]

    def timed(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            inner.append(0.0)
            started = time.perf_counter()
            try:
                return work(*args, **kwargs)
            finally:
                took = time.perf_counter() - started
                spent[name] += took - inner.pop()
                inner[-1] += took

        return wrapper

    with ExitStack() as stack:
        for place, name in STAGES.items():
            stack.enter_context(mock.patch(place, timed(name, pkgutil.resolve_name(place))))
        yield spent
