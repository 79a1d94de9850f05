"""Every input becomes a source with a status; none harms another."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from word_files import zipped

from pipeline import read as reading
from pipeline.collections import expand
from pipeline.read import Entry, Source, discover, format_of, read

PLAN = "2031年林业工作计划\n一、造林。完成人工造林3万亩。\n"


def write(folder: Path, name: str, content: str | bytes = PLAN) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def paths(*inputs: Path | str) -> list[str]:
    return [entry.path for entry in discover([str(item) for item in inputs])]


def only(*inputs: Path | str) -> Source:
    (entry,) = discover([str(item) for item in inputs])
    return read(entry)


# Finding the inputs.


def test_a_folder_is_walked_in_order_with_paths_below_it(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a.txt", "a/b/c.txt", "计划/二.txt"):
        write(tmp_path, name)
    assert paths(tmp_path) == ["a.txt", "a/b/c.txt", "a/z.txt", "b.txt", "计划/二.txt"]


def test_a_file_has_its_name_for_a_path_and_the_same_id_as_in_its_folder(tmp_path: Path) -> None:
    file = write(tmp_path, "a.txt")
    assert paths(file) == ["a.txt"]
    assert only(file).source_id == only(tmp_path).source_id


def test_a_glob_gives_paths_below_its_fixed_part(tmp_path: Path) -> None:
    for name in ("2030/a.txt", "2031/a.txt", "2031/b.docx", "2031/below/c.txt"):
        write(tmp_path, name)
    assert paths(tmp_path / "*" / "*.txt") == ["2030/a.txt", "2031/a.txt"]
    assert paths(tmp_path / "**" / "*.txt") == ["2030/a.txt", "2031/a.txt", "2031/below/c.txt"]
    assert paths(tmp_path / "203?") == ["2030/a.txt", "2031/a.txt", "2031/b.docx", "2031/below/c.txt"]


def test_a_name_with_the_signs_of_a_glob_is_taken_as_it_is(tmp_path: Path) -> None:
    assert paths(write(tmp_path, "计划[2031]*.txt")) == ["计划[2031]*.txt"]


def test_a_file_given_twice_is_one_source(tmp_path: Path) -> None:
    file = write(tmp_path, "a.txt")
    assert paths(file, tmp_path, tmp_path / "*.txt", file) == ["a.txt"]


def test_equal_paths_of_two_folders_are_told_apart(tmp_path: Path) -> None:
    for name in ("new/plans/a.txt", "old/plans/a.txt", "old/plans/b.txt"):
        write(tmp_path, name)
    assert paths(tmp_path / "new/plans", tmp_path / "old/plans") == ["a.txt", "plans/a.txt", "b.txt"]
    both = [read(e).source_id for e in discover([str(tmp_path / "new/plans"), str(tmp_path / "old/plans")])]
    assert len(set(both)) == 3


def test_hidden_files_and_lock_files_are_passed_over(tmp_path: Path) -> None:
    for name in (".gitkeep", ".cache/a.txt", "~$计划.docx", "计划.txt"):
        write(tmp_path, name)
    assert paths(tmp_path) == ["计划.txt"]


def test_a_link_that_leads_back_is_walked_once(tmp_path: Path) -> None:
    write(tmp_path, "a/b.txt")
    (tmp_path / "a" / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert paths(tmp_path) == ["a/b.txt"]


def test_decomposed_names_and_names_that_are_not_utf_8_can_be_stored(tmp_path: Path) -> None:
    write(tmp_path, "e\u0301.txt")
    try:
        (tmp_path / os.fsdecode("计划.txt".encode("gbk"))).write_text(PLAN)
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    found = paths(tmp_path)
    assert "\u00e9.txt" in found
    for path in found:
        path.encode()
    assert all(read(entry).status == "ok" for entry in discover([str(tmp_path)]))


# What cannot be reached.


def test_a_missing_folder_is_one_rejected_source_and_harms_no_other(tmp_path: Path) -> None:
    good = write(tmp_path, "good.txt")
    sources = [read(entry) for entry in discover([str(good), str(tmp_path / "nothing")])]
    assert [(s.path, s.status) for s in sources] == [("good.txt", "ok"), ("nothing", "rejected")]
    assert sources[1].error is not None
    assert "does not exist" in sources[1].error


def test_a_glob_without_a_match_is_said(tmp_path: Path) -> None:
    source = only(tmp_path / "*.txt")
    assert source.status == "rejected"
    assert "matches no file" in str(source.error)


def test_a_broken_link_is_one_rejected_source(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    write(tmp_path, "here.txt")
    sources = [read(entry) for entry in discover([str(tmp_path)])]
    assert [(s.path, s.status) for s in sources] == [("gone.txt", "rejected"), ("here.txt", "ok")]
    assert "cannot be read" in str(sources[0].error)


def test_a_file_or_folder_without_permission_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    file = write(tmp_path, "a.txt")
    with monkeypatch.context() as patch:
        patch.setattr("builtins.open", refuse)
        assert "Permission denied" in str(only(file).error)
    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", refuse)
        source = only(tmp_path)
    assert source.status == "rejected"
    assert "Permission denied" in str(source.error)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_does_not_hold_up_the_run(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert only(tmp_path).status == "rejected"


# What a file holds.


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_are_kept_and_only_the_mark_is_removed(tmp_path: Path, end: str) -> None:
    text = PLAN.replace("\n", end)
    source = only(write(tmp_path, "a.txt", "\ufeff" + text))
    assert source.text == text
    assert (source.encoding, source.format, source.status) == ("utf-8", "txt", "ok")
    assert source.bytes == len(text.encode()) + 3


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b" \r\n\t\n", "\u3000\n".encode("gb18030")])
def test_a_file_without_a_letter_is_empty(tmp_path: Path, content: bytes) -> None:
    source = only(write(tmp_path, "a.txt", content))
    assert (source.status, source.error, source.bytes) == ("empty", None, len(content))


def test_damage_is_a_warning_of_a_source_that_is_read(tmp_path: Path) -> None:
    source = only(write(tmp_path, "a.txt", PLAN.rstrip().encode()[:-1]))
    assert source.status == "ok"
    assert source.error is None
    assert "ends inside" in source.warnings[0]


@pytest.mark.parametrize(
    ("name", "head", "format_"),
    [
        ("计划.docx", b"PK\x03\x04", "docx"),
        ("计划.zip", b"PK\x03\x04", "zip"),
        ("计划.txt", b"PK\x03\x04", "zip"),
        ("计划.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc"),
        ("计划.pdf", b"%PDF-1.7", "pdf"),
        ("计划.txt", b"%PDF-1.7", "pdf"),
        ("计划.html", b"<p>", "html"),
        ("计划.txt", b"\xef\xbb\xbf\r\n<!DOCTYPE html>", "html"),
        ("计划.csv", PLAN.encode(), "csv"),
        ("计划.jsonl", b'{"content": ""}', "jsonl"),
        ("计划.docx", PLAN.encode(), "txt"),
        ("计划", PLAN.encode(), "txt"),
        ("计划.md", PLAN.encode(), "txt"),
        ("2031.1.5", PLAN.encode(), "txt"),
    ],
)
def test_the_format_is_told_by_the_bytes_then_by_the_name(name: str, head: bytes, format_: str) -> None:
    assert format_of(name, head) == format_


@pytest.mark.parametrize("name", ["a.json", "a.xml", "a.pptx"])
def test_another_format_is_rejected_in_one_sentence_that_says_what_to_do(tmp_path: Path, name: str) -> None:
    source = only(write(tmp_path, name))
    assert (source.status, source.text) == ("rejected", None)
    assert source.sha256
    assert source.error is not None
    assert name in source.error
    assert "save" in source.error


def test_a_picture_called_txt_is_rejected(tmp_path: Path) -> None:
    source = only(write(tmp_path, "a.txt", bytes(range(256)) * 100))
    assert source.status == "rejected"
    assert "no text file" in str(source.error)


def test_a_file_over_the_limit_is_rejected_with_its_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path, "a.txt")
    whole = only(file)
    monkeypatch.setattr(reading, "MAX_BYTES", 10)
    source = only(file)
    assert (source.status, source.sha256, source.bytes) == ("rejected", whole.sha256, whole.bytes)
    assert "split it" in str(source.error)


def test_a_line_of_a_hundred_megabytes_is_rejected_at_once(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    with file.open("wb") as out:
        for _ in range(100):
            out.write("达到".encode() * 174_763)
    started = time.process_time()
    assert only(file).status == "rejected"
    assert time.process_time() - started < 10


# Identity.


def test_the_id_hangs_on_path_and_bytes_alone(tmp_path: Path) -> None:
    first = only(write(tmp_path / "one", "a.txt"))
    again = only(write(tmp_path / "two", "a.txt"))
    assert first == again
    assert first.source_id == "32446c1d8e4c8f01"  # the same on every machine
    assert only(write(tmp_path / "three", "b.txt")).source_id != first.source_id
    assert only(write(tmp_path / "four", "a.txt", PLAN + "。")).source_id != first.source_id


def test_an_entry_with_a_fault_is_not_opened() -> None:
    source = read(Entry(Path("nowhere"), "nowhere", "It is not there."))
    assert (source.status, source.error, source.sha256, source.bytes) == ("rejected", "It is not there.", "", 0)


def test_an_archive_in_an_archive_is_told_what_to_do(tmp_path: Path) -> None:
    inner = zipped({"a.txt": PLAN.encode()})
    write(tmp_path, "outer.zip", zipped({"inner.zip": inner, "named_otherwise.bin": inner}))
    write(tmp_path, "archive.bin", inner)
    faults = [read(part).error for entry in discover([str(tmp_path)]) for part in expand(entry)]
    assert faults == [
        "'archive.bin' is a zip file, which is not read; unpack it, or name it .zip to have its members read.",
        "'outer.zip#inner.zip' is a zip file, which is not read; it stands in an archive itself: unpack that one.",
        "'outer.zip#named_otherwise.bin' is a zip file, which is not read; it stands in an archive itself: unpack that one.",
    ]
