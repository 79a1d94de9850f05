"""What several test files need."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from pipeline import crew

# No test hangs on how fast the machine is.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files whose tests stay together begin, or one worker would be at the last of them when the others have done."""
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real documents beside the project; a test that needs it is skipped where it is absent."""
    folder = SHARED / "corpus"
    if not folder.is_dir():
        pytest.skip("no corpus beside the project")
    return folder


class _Clock:
    """In the place of `time`: it stands still, but while somebody reads a pipe, each look at it is an hour later."""

    def __init__(self, pipe: Path) -> None:
        self._pipe, self._now = pipe, 0.0
        self.held = list[int]()

    def monotonic(self) -> float:
        try:
            self.held.append(os.open(self._pipe, os.O_WRONLY | os.O_NONBLOCK))  # fails where nobody reads
        except OSError:
            return self._now
        self._now += 3600
        return self._now


@pytest.fixture
def pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A pipe that never ends. A worker who reads it is over its time limit; no other one ever is, on any machine.

    For one worker at a time, as the time of all of them passes.
    """
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes here")
    name = tmp_path / "pipe"
    os.mkfifo(name)
    clock = _Clock(name)
    monkeypatch.setattr(crew, "time", clock)
    yield name
    for writer in clock.held:
        os.close(writer)
