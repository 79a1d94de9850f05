"""Which files a night hashes, and that what the system says of a file is believed no further than it can be."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pipeline import marks
from pipeline.fingerprint import Fingerprint, fingerprint
from pipeline.inputs import discover
from pipeline.marks import DAY, DAYS, Marks
from pipeline.read import Entry

SECOND = 1_000_000_000
pytestmark = pytest.mark.skipif(os.name == "nt", reason="there every file is hashed each night")
Look = Callable[..., list[str]]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the clock by which marks are judged so many seconds ahead."""

    def ahead(seconds: float) -> None:
        monkeypatch.setattr(marks, "time", Clock(seconds))

    ahead(60)
    return ahead


class Clock:
    def __init__(self, ahead: float) -> None:
        self._ahead = ahead

    def time(self) -> float:
        return time.time() + self._ahead

    def time_ns(self) -> int:
        return int(self.time() * SECOND)


@pytest.fixture
def look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Look:
    """Looks at all files as a night does, checks what it sees, and returns the names of those that were hashed."""
    (tmp_path / "in").mkdir()
    for name in "abc":
        (tmp_path / "in" / f"{name}.txt").write_text(f"建成泵站{name}座")

    def night(rules: str = "1", trusted: bool = True) -> list[str]:
        hashed: list[str] = []

        def hashing(entry: Entry) -> Fingerprint:
            hashed.append(entry.path)
            return fingerprint(entry)

        monkeypatch.setattr(marks, "fingerprint", hashing)
        with closing(Marks(tmp_path / "marks.db", rules, trusted)) as kept:
            for entry in kept.fetched(discover([str(tmp_path / "in")])):
                assert kept.fingerprint(entry) == fingerprint(entry)
        return hashed

    return night


def test_a_file_that_stays_is_hashed_once(look: Look, clock: object, tmp_path: Path) -> None:
    assert look() == ["a.txt", "b.txt", "c.txt"]
    assert look() == []
    (tmp_path / "in" / "b.txt").write_text("建成泵站二十座")
    assert look() == ["b.txt"]
    assert look() == []


def test_a_write_that_hides_its_time_is_seen(look: Look, clock: object, tmp_path: Path) -> None:
    look()
    file = tmp_path / "in" / "a.txt"
    before = file.stat()
    file.write_text("建成泵站x座")  # of the same length
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert look() == ["a.txt"]


def test_a_file_in_the_place_of_another_is_seen(look: Look, clock: object, tmp_path: Path) -> None:
    look()
    new, old = tmp_path / "new", tmp_path / "in" / "c.txt"
    new.write_text("建成泵站y座")
    shutil.copystat(old, new)
    new.replace(old)
    assert look() == ["c.txt"]


def test_what_was_written_just_now_is_hashed_again(look: Look) -> None:
    assert look() == look() == ["a.txt", "b.txt", "c.txt"]


def test_other_rules_a_fresh_run_and_a_damaged_file_hash_everything(look: Look, clock: object, tmp_path: Path) -> None:
    look()
    assert look(rules="2") == ["a.txt", "b.txt", "c.txt"]
    assert look(rules="2", trusted=False) == ["a.txt", "b.txt", "c.txt"]
    for damage in (b"no database", (tmp_path / "marks.db").read_bytes()[:4096] + os.urandom(8192)):
        (tmp_path / "marks.db").write_bytes(damage)
        assert look(rules="2") == ["a.txt", "b.txt", "c.txt"]
    look(rules="2")
    assert look(rules="2") == []


def test_every_file_is_hashed_now_and_then(look: Look, clock: Callable[[float], None]) -> None:
    look()
    clock((DAYS - 1) * DAY)
    assert look() == []
    clock(2 * DAYS * DAY)
    assert look() == ["a.txt", "b.txt", "c.txt"]
    assert look() == []


def test_without_a_file_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("建成泵站")
    for place in (None, tmp_path / "not there" / "marks.db"):
        with closing(Marks(place, "1")) as kept:
            entry = next(kept.fetched(discover([str(tmp_path / "a.txt")])))
            assert kept.fingerprint(entry) == fingerprint(entry)
