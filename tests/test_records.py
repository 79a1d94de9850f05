"""Collections and archives are opened under the limits of a source; a run holds no more than the place of a record."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from word_files import zipped

from pipeline import collections, records
from pipeline.crew import limit_memory
from pipeline.inputs import discover
from pipeline.load import load_tables
from pipeline.records import Records
from pipeline.run import Settings, run

PLAN = "云溪县水务局2025年工作计划\n一、防汛。2025年6月底前完成水库除险加固5座。\n"


def lines(texts: list[str]) -> bytes:
    return "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts).encode()


def plan(number: int) -> str:
    return PLAN.replace("5座", f"{number}座")


def looked(*paths: Path, time_limit: float | None = None) -> tuple[list[Any], list[Any]]:
    with closing(Records(None, time_limit)) as reader:
        found = [part for path in paths for entry in discover([str(path)]) for part in reader.look(entry)]
        return found, list(reader.fetch(found))


def test_texts_are_fetched_when_their_turn_comes(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines([plan(i) for i in range(700)]) + b"{\n" + lines([plan(700)]))
    (tmp_path / "b.zip").write_bytes(zipped({"x.txt": b"", "y.jsonl": lines([plan(i) for i in range(3)])}))
    (tmp_path / "c.txt").write_text(PLAN, encoding="utf-8")
    found, filled = looked(tmp_path)
    assert len(found) == 702 + 4 + 1
    assert not any(entry.data for entry, _ in found)
    texts = [json.loads(line)["text"] for line in (tmp_path / "a.jsonl").read_bytes().splitlines() if line != b"{"]
    assert [entry.data.decode() for entry, _ in filled if entry.data and "a.jsonl" in entry.path] == texts
    assert [entry.fault for entry, _ in filled if entry.fault] == [found[700][0].fault]
    assert [about for _, about in filled] == [about for _, about in found]
    # In any order, as when a path stands elsewhere among the paths than its record among the records.
    with closing(Records(None, None)) as reader:
        assert list(reader.fetch(found[5:300:50][::-1])) == filled[5:300:50][::-1]


def test_a_collection_that_changes_under_the_run_is_tried_again(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(lines([plan(1), plan(2)]))
    with closing(Records(None, None)) as reader:
        (entry,) = discover([str(file)])
        found = list(reader.look(entry))
        file.write_bytes(lines([plan(1)]))
        (_, (second, _)) = reader.fetch(found)
    assert "is not what it was" in str(second.fault)
    assert str(second.fault).endswith("the next run tries it again.")


def _fragile(text_column: str | None) -> Callable[[Any], Any]:
    """A reader that a record kills, another one hangs up, as a fault in a library would."""
    answer = _start(text_column)
    whole = collections.expand

    def expand(entry: Any, text_column: str | None) -> Iterator[Any]:
        for part in whole(entry, text_column):
            if b"SIGKILL" in (part.data or b""):
                os.kill(os.getpid(), signal.SIGKILL)
            if part.data and b"PIPE" in part.data:
                open(part.data.decode().split()[1]).read()  # noqa: SIM115
            yield part

    vars(records)["expand"] = expand
    return answer


_start = records._start


@pytest.mark.parametrize(("word", "sentence"), [("SIGKILL", "(SIGKILL)"), ("PIPE", "more than 2 seconds")])
def test_a_collection_that_breaks_its_reader_costs_itself_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pipe: Path, word: str, sentence: str
) -> None:
    monkeypatch.setattr(records, "_start", _fragile)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_bytes(lines([plan(i) for i in range(300)] + [f"{word} {pipe}"]))
    (tmp_path / "in" / "b.jsonl").write_bytes(lines([plan(400)]))
    found, filled = looked(tmp_path / "in", time_limit=2.0)
    (fault,) = (entry for entry, _ in found if entry.fault)
    assert fault.path == "a.jsonl"
    assert sentence in str(fault.fault)
    assert str(fault.fault).endswith("the next run tries it again.")
    assert [entry.path for entry, _ in filled if entry.data][-1] == "b.jsonl#00000001"


def _tight(text_column: str | None) -> Callable[[Any], Any]:
    answer = _start(text_column)
    limit_memory(400 << 20)
    return answer


def test_a_table_that_swells_in_memory_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than half a gigabyte of text in some hundred kilobytes of file: the limit of the reader's memory holds."""
    pytest.importorskip("resource")
    monkeypatch.setattr(records, "_start", _tight)
    (tmp_path / "in").mkdir()
    values = pa.DictionaryArray.from_arrays(pa.array([0] * 256, pa.int32()), pa.array(["防" * 800_000]))
    pq.write_table(pa.table({"text": values}), tmp_path / "in" / "bomb.parquet")
    (tmp_path / "in" / "c.txt").write_text(PLAN, encoding="utf-8")
    summary = run([str(tmp_path / "in")], tmp_path / "out", settings=Settings(workers=1))
    assert summary.statuses == {"ok": 1, "rejected": 1}
    # As it happens, the allocation that fails says so, or ends the process.
    assert re.search("more memory than a collection may|ended the process that read it", summary.rejected[0][1])


def test_a_small_table_of_very_many_records_is_no_collection(tmp_path: Path) -> None:
    values = pa.DictionaryArray.from_arrays(pa.array([0] * 40_000, pa.int32()), pa.array(["防汛" * 400]))
    pq.write_table(pa.table({"text": values}), tmp_path / "bomb.parquet")
    found, _ = looked(tmp_path / "bomb.parquet")
    assert "two hundred times its size" in str(found[-1][0].fault)
    assert len(found) < 20_000


def test_a_pipe_with_the_name_of_a_collection_holds_up_nothing(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes here")
    os.mkfifo(tmp_path / "a.jsonl")
    run([str(tmp_path)], tmp_path / "out")
    (source,) = load_tables(tmp_path / "out", arrow=True)["sources"].to_pylist()
    assert "no ordinary file" in source["error"]
