"""Time each stage of a run by wrapping its function wherever it is used."""

from __future__ import annotations

import pkgutil
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

# Where a stage's function is defined, and the name under which its time is shown.
STAGES = {
    "pipeline.run:_Night._plan": "look at inputs",
    "pipeline.read:read": "read",
    "pipeline.clean:clean": "clean",
    "pipeline.split:split": "split",
    "extractors.washed:tell": "tell washed copies",
    "pipeline.segment:segment": "segment",
    "extractors.targets:find": "extract targets",
    "extractors.deadlines:find": "extract deadlines",
    "extractors.units:find": "extract units",
    "extractors.gaps:find": "extract gaps",
    "pipeline.extract:extract": "order mentions",
    "pipeline.rows:plan_rows": "link and rows",
    "pipeline.tasks:task_rows": "tasks",
    "pipeline.tables:to_batch": "rows to Arrow",
    "pipeline.publish:Publisher.take": "collect rows",
    "pipeline.publish:Publisher.finish": "write Parquet",
    "pipeline.publish:Publisher.publish": "publish",
}
PACKAGES = ("pipeline", "extractors")


@contextmanager
def timed_stages() -> Iterator[dict[str, float]]:
    """Processor seconds by stage while the block runs, time inside another stage not counted twice."""
    spent: dict[str, float] = defaultdict(float)
    inner: list[float] = [0.0]

    def timed(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            inner.append(0.0)
            started = time.process_time()
            try:
                return work(*args, **kwargs)
            finally:
                took = time.process_time() - started
                spent[name] += took - inner.pop()
                inner[-1] += took

        return wrapper

    with ExitStack() as stack:
        for place, name in STAGES.items():
            work = pkgutil.resolve_name(place)
            for holder, attribute in _uses(place, work):
                stack.enter_context(mock.patch.object(holder, attribute, timed(name, work)))
        yield spent


def _uses(place: str, work: object) -> list[tuple[object, str]]:
    """Every module, and for a method its class, in which a name stands for the function."""
    _, _, path = place.partition(":")
    if "." in path:
        owner, _, method = place.rpartition(".")
        return [(pkgutil.resolve_name(owner), method)]
    modules = [module for name, module in sorted(sys.modules.items()) if name.split(".")[0] in PACKAGES]
    return [(module, name) for module in modules for name, value in vars(module).items() if value is work]
