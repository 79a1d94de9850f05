"""Files that mean harm or are broken cost themselves only: a rejected row with a reason, in bounded time."""

from __future__ import annotations

import io
import json
import os
import socket
import struct
import subprocess
import sys
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import document_forms as forms
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from word_files import WordFile, zipped

from pipeline.collections import expand
from pipeline.formats import UnreadableError, guard
from pipeline.inputs import Entry, discover
from pipeline.read import MAX_BYTES, TRY_AGAIN, Source, read
from pipeline.run import run

PLAN = "云溪县水务局2025年工作计划\n一、防汛。2025年6月底前完成水库除险加固5座。\n"


def sources(path: Path, text_column: str | None = None) -> list[Source]:
    return [read(part) for entry in discover([str(path)]) for part in expand(entry, text_column)]


def rejected(path: Path) -> str:
    (source,) = sources(path)
    assert source.status == "rejected"
    assert path.name in str(source.error)
    return str(source.error)


def test_a_word_file_that_is_a_bomb(tmp_path: Path) -> None:
    file = tmp_path / "bomb.docx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w", force_zip64=True) as member:
            for _ in range(300):
                member.write(bytes(1 << 20))
    assert "unpacks to more than" in rejected(file)


def test_entities_that_multiply(tmp_path: Path) -> None:
    names = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10 if i else "达到" * 10}">' for i in range(12))
    good = WordFile()
    good.paragraph("工作")
    with zipfile.ZipFile(io.BytesIO(good.data())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    body = parts["word/document.xml"].decode().replace("工作", "&e11;")
    parts["word/document.xml"] = body.replace("?>", f"?><!DOCTYPE w [{names}]>", 1).encode()
    file = tmp_path / "entities.docx"
    file.write_bytes(zipped(parts))
    (source,) = sources(file)
    assert source.status in ("rejected", "empty")
    assert "busy" not in str(source.error)


def test_an_archive_whose_members_climb_out(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    file = tmp_path / "in" / "climb.zip"
    file.write_bytes(
        zipped({"../../out.txt": PLAN.encode(), "/abs.txt": PLAN.encode(), "good/计划.txt": PLAN.encode()})
    )
    found = {source.path: source for source in sources(file)}
    assert [s.status for s in found.values()].count("rejected") == 2
    assert all("leads out" in str(s.error) for s in found.values() if s.status == "rejected")
    assert found["climb.zip#good/计划.txt"].status == "ok"
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["climb.zip", "in"]


def test_names_in_gbk_and_archives_in_archives(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    name = "工作计划.txt".encode("gbk").decode("cp437")
    with zipfile.ZipFile(file, "w") as archive:
        info = zipfile.ZipInfo("x" * len(name))
        archive.writestr(info, PLAN.encode("gb18030"))
        archive.writestr("inner.zip", zipped({"b.txt": PLAN.encode()}))
        archive.writestr("list.jsonl", json.dumps({"text": PLAN}))
    data = file.read_bytes().replace(b"x" * len(name), name.encode("cp437"))
    file.write_bytes(data)
    found = {source.path: source for source in sources(file)}
    assert found["a.zip#工作计划.txt"].status == "ok"
    assert found["a.zip#工作计划.txt"].encoding == "gb18030"
    assert "it stands in an archive itself: unpack that one" in str(found["a.zip#inner.zip"].error)
    assert found["a.zip#list.jsonl#00000001"].text == PLAN


def test_a_member_that_packs_too_well(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    file.write_bytes(zipped({"big.txt": bytes(20 << 20)}))
    (source,) = sources(file)
    assert "two hundred times" in str(source.error)


@pytest.mark.parametrize("name", ["cut.docx", "cut.pdf", "cut.zip", "cut.parquet"])
def test_a_file_that_breaks_off(tmp_path: Path, name: str) -> None:
    whole = WordFile()
    whole.paragraph(PLAN)
    data = {
        "cut.docx": whole.data(), "cut.pdf": b"%PDF-1.7\n1 0 obj<<", "cut.zip": zipped({"a.txt": PLAN.encode()}),
        "cut.parquet": b"PAR1" + bytes(50),
    }[name]  # fmt: skip
    (tmp_path / name).write_bytes(data[: max(len(data) // 2, 8)])
    assert rejected(tmp_path / name)


def test_a_picture_of_a_page_is_named_as_a_scan(tmp_path: Path) -> None:
    pixels = zlib.compress(bytes(100 * 100))
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R>>",
        b"<</Type/XObject/Subtype/Image/Width 100/Height 100/ColorSpace/DeviceGray/BitsPerComponent 8"
        b"/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(pixels), pixels),
        b"<</Length 27>>stream\nq 200 0 0 200 0 0 cm /I Do Q\nendstream",
    ]  # fmt: skip
    out = b"%PDF-1.4\n"
    for number, part in enumerate(parts, 1):
        out += b"%d 0 obj%s\nendobj\n" % (number, part)
    (tmp_path / "scan.pdf").write_bytes(out + b"trailer<</Root 1 0 R/Size 6>>\n%%EOF")
    assert "is a scan" in rejected(tmp_path / "scan.pdf")


def test_an_encrypted_pdf_is_named_as_one(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    file = tmp_path / "locked.pdf"
    canvas = Canvas(str(file), encrypt="secret")
    canvas.drawString(72, 72, "plan")
    canvas.save()
    assert "is encrypted" in rejected(file)


def test_a_reader_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_worker", None)
    nested = b"<div>" * 200_000
    with pytest.raises(UnreadableError, match=r"busy for more than 0\.05 seconds"):
        guard.read("html", nested, seconds=0.05)
    assert guard.read("html", "<p>甲</p>".encode()).text == "甲"  # the next document has a new reader


def test_a_reader_that_dies_costs_its_document_only() -> None:
    assert guard.read("html", "<p>甲</p>".encode()).text == "甲"
    assert guard._worker is not None
    guard._worker.process.stdin.close()  # type: ignore[union-attr]
    guard._worker.process.wait()
    assert guard.read("html", "<p>乙</p>".encode()).text == "乙"


def test_a_page_that_is_nested_without_end(tmp_path: Path) -> None:
    (tmp_path / "deep.html").write_bytes(b"<html><body>" + b"<div><table><tr><td>" * 100_000 + b"x")
    assert sources(tmp_path / "deep.html")[0].status in ("ok", "rejected", "empty")


def test_a_page_that_is_too_large_is_not_read_into_memory(tmp_path: Path) -> None:
    file = tmp_path / "large.html"
    with file.open("wb") as out:
        out.write(b"<html><body>")
        out.truncate(6 * MAX_BYTES)  # a sparse file
    tracemalloc.start()
    try:
        assert "split it" in rejected(file)
        assert tracemalloc.get_traced_memory()[1] < 3 * MAX_BYTES
    finally:
        tracemalloc.stop()


def test_an_old_word_file_without_a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.formats.office.shutil.which", lambda name: None)
    (tmp_path / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
    sentence = rejected(tmp_path / "old.doc")
    assert "install LibreOffice" in sentence
    assert sentence.endswith(TRY_AGAIN)


def test_what_was_missing_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that nothing could read is read on the night after a program for it has been installed."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run([str(tmp_path / "in")], tmp_path / "out").statuses == {"rejected": 1}
    catdoc = tmp_path / "catdoc"
    catdoc.write_text(f"#!/bin/sh\nprintf '%s' '{PLAN}'\n", encoding="utf-8")
    catdoc.chmod(0o755)
    assert run([str(tmp_path / "in")], tmp_path / "out").statuses == {"ok": 1}


def test_a_package_that_is_missing_is_named_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guard.close()
    (tmp_path / "pypdfium2.py").write_text("raise ImportError(name='pypdfium2')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "a.pdf").write_bytes(forms.pdf(PLAN))
    sentence = rejected(tmp_path / "a.pdf")
    guard.close()
    assert "yaodian[documents]" in sentence
    assert sentence.endswith(TRY_AGAIN)


@pytest.mark.parametrize("stream", ["EncryptedPackage".encode("utf-16-le"), b""])
def test_an_encrypted_word_file_is_named_as_one(tmp_path: Path, stream: bytes) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    (tmp_path / "a.docx").write_bytes(ole + (stream or b"\xec\xa5" + bytes(9) + b"\x01") + bytes(600))
    assert "is encrypted" in rejected(tmp_path / "a.docx")


def test_collections_give_a_source_a_record(tmp_path: Path) -> None:
    plans = [PLAN, PLAN.replace("5座", "6座")]
    (tmp_path / "a.jsonl").write_bytes(forms.json_lines(plans) + b"{broken\n[1]\n" + b'{"content": 3}\n')
    (tmp_path / "b.csv").write_bytes(forms.csv_file(plans, "gb18030"))
    pq.write_table(pa.table({"id": [1, 2], "全文": plans}), tmp_path / "c.parquet")
    found = {source.path: source for source in sources(tmp_path)}
    for name in ("a.jsonl", "b.csv", "c.parquet"):
        assert [found[f"{name}#0000000{i}"].text for i in (1, 2)] == plans
    assert [found[f"a.jsonl#0000000{i}"].status for i in (3, 4, 5)] == ["rejected"] * 3
    assert "'正文'" in found["b.csv#00000001"].warnings[0]
    assert found["b.csv#00000001"].format == "csv"


def test_a_column_is_named_or_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"x": PLAN, "y": 1}, ensure_ascii=False) + "\n", encoding="utf-8")
    (asked,) = sources(tmp_path / "a.jsonl")
    assert "--text-column: 'x', 'y'" in str(asked.error)
    assert sources(tmp_path / "a.jsonl", "x")[0].text == PLAN
    assert "no column 'z'" in str(sources(tmp_path / "a.jsonl", "z")[0].error)


def test_a_title_beside_the_text_stands_above_it(tmp_path: Path) -> None:
    rows = [{"title": "甲县计划", "text": "一、防汛。"}, {"title": "乙县计划", "text": "乙县计划\n一、防汛。"}]
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert [s.text for s in sources(tmp_path / "a.jsonl")] == ["甲县计划\n一、防汛。", "乙县计划\n一、防汛。"]


def test_inputs_by_address(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PLAN, encoding="utf-8")
    (tmp_path / "b.jsonl").write_bytes(forms.json_lines([PLAN]))
    pq.write_table(pa.table({"text": [PLAN]}), tmp_path / "c.parquet")
    entries = [part for entry in discover([tmp_path.as_uri()]) for part in expand(entry)]
    assert [read(entry).text for entry in entries] == [PLAN] * 3
    (missing,) = discover([f"{tmp_path.as_uri()}/none.txt"])
    assert "does not exist" in str(missing.fault)


def test_a_large_collection_is_read_as_a_stream(tmp_path: Path) -> None:
    file = tmp_path / "large.jsonl"
    line = json.dumps({"text": PLAN * 40}, ensure_ascii=False).encode() + b"\n"
    with file.open("wb") as out:
        for _ in range(20_000):
            out.write(line)
    assert file.stat().st_size > 50 << 20
    resource = pytest.importorskip("resource")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    count = sum(1 for entry in discover([str(file)]) for _ in expand(entry))
    assert count == 20_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000  # kilobytes


def test_a_line_that_never_ends_is_one_rejected_record(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    with file.open("wb") as out:
        out.write(b'{"text": "')
        for _ in range(40):
            out.write(b"x" * (1 << 20))
        out.write(b'"}\n' + forms.json_lines([PLAN]))
    parts = [part for entry in discover([str(file)]) for part in expand(entry)]
    assert [part.fault is None for part in parts] == [False, True]


def callers(address: str) -> dict[str, bytes]:
    """Documents that ask for something at an address, each in the ways that its format has."""
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{address}/e"><!ENTITY % p SYSTEM "{address}/p"> %p;]>'
    page = (
        f'<!DOCTYPE html SYSTEM "{address}/dtd"><html><head><base href="{address}/"><link rel="stylesheet" href="x.css">'
        f'<meta http-equiv="refresh" content="0;url={address}/r"><script src="{address}/s.js"></script></head><body>'
        f'<p>{"正文。" * 30}</p><img src="{address}/i.png"><iframe src="{address}/f"></iframe></body></html>'
    )
    file = WordFile()
    file.paragraph("正文。" * 30)
    with zipfile.ZipFile(io.BytesIO(file.data())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    outside = "".join(
        f'<Relationship Id="o{i}" TargetMode="External" Target="{address}/{kind}" '
        f'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"/>'
        for i, kind in enumerate(("attachedTemplate", "image", "aFChunk", "styles", "footnotes"))
    )
    relations = "word/_rels/document.xml.rels"
    parts[relations] = parts[relations].replace(b"</Relationships>", outside.encode() + b"</Relationships>")
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"?>", b"?>" + entity.encode(), 1)
    objects = [
        f"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/URI/URI({address}/open)>>>>".encode(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R>>",
        f"<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 0"
        f"/F<</FS/URL/F({address}/picture)>>>>stream\n\nendstream".encode(),
        b"<</Length 27>>stream\nq 200 0 0 200 0 0 cm /I Do Q\nendstream",
    ]
    pdf = b"%PDF-1.4\n" + b"".join(b"%d 0 obj%s\nendobj\n" % pair for pair in enumerate(objects, 1))
    return {
        "html": page.encode(), "docx": zipped(parts), "pdf": pdf + b"trailer<</Root 1 0 R/Size 6>>\n%%EOF",
        "mht": b"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + page.encode(),
    }  # fmt: skip


@pytest.mark.parametrize("format_", ["html", "mht", "docx", "pdf"])
def test_a_reader_reaches_no_network_and_writes_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    """A server waits at the address that each document names; nobody comes but the test itself, to show that it hears."""
    monkeypatch.chdir(tmp_path)
    guard.close()
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
        server.setblocking(False)
        try:
            text = guard.read(format_, callers(f"http://{host}:{port}")[format_]).text
            assert "正文" in text
        except UnreadableError:
            assert format_ in ("pdf", "docx")  # a picture without text; a part that is not there
        guard.close()
        with pytest.raises(BlockingIOError):  # who had come would wait here
            server.accept()
        server.setblocking(True)
        socket.create_connection((host, port)).close()
        server.accept()[0].close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("what", ["socket.create_connection(('127.0.0.1', 9))", "open('x', 'wb', 0).write(b'x')"])
def test_the_process_of_a_reader_cannot_if_it_would(tmp_path: Path, what: str) -> None:
    """What a library might be led to do is refused in the process that reads, to its last line of Python."""
    code = f"import socket; from pipeline.formats import worker; worker._limit(); {what}"
    environment = {**os.environ, "PYTHONPATH": str(guard.ROOT)}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True)
    assert done.returncode != 0
    assert (b"may not use socket" if "socket.create" in what else b"File too large") in done.stderr
    assert not any(file.stat().st_size for file in tmp_path.iterdir())


def test_entries_of_a_fault_are_passed_on() -> None:
    entry = Entry(Path("x.zip"), "x.zip", "It is not there.")
    assert list(expand(entry)) == [entry]


def test_a_header_that_lies_about_its_size(tmp_path: Path) -> None:
    """A member that says it is small and unpacks to more gives what it says or is refused, never more."""
    data = bytearray(zipped({"a.txt": PLAN.encode() * 1000}))
    for mark, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = data.find(mark) + at
        data[place : place + 4] = struct.pack("<I", 100)
    (tmp_path / "lie.zip").write_bytes(bytes(data))
    (source,) = sources(tmp_path / "lie.zip")
    assert source.status == "rejected"
