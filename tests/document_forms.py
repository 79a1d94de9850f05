"""One plan in every form in which plans are handed on, made from its clean text."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from html import escape

from word_files import OFFICIAL, WordFile, zipped

LINE = re.compile(
    r"(?:(?P<a>[一二三四五六七八九十]{1,3})、|（(?P<b>[一二三四五六七八九十]{1,3})）|(?P<c>\d{1,2})[.．、](?!\d)|（(?P<d>\d{1,2})）)"
)
CN = "一二三四五六七八九十"
FURNITURE = '<nav><ul><li><a href="/">首页</a></li><li><a href="/xxgk">政务公开</a></li></ul></nav>'
FOOTER = "<footer><p>版权所有：云溪县人民政府办公室</p><p>网站地图 | 联系我们</p></footer>"


def value(number: str) -> int:
    """`十二` or `12` as an integer."""
    if number.isdigit():
        return int(number)
    if "十" not in number:
        return CN.index(number) + 1
    tens, ones = number.split("十")
    return (CN.index(tens) + 1 if tens else 1) * 10 + (CN.index(ones) + 1 if ones else 0)


def numbered(line: str) -> tuple[int, int, str] | None:
    """Level, number and words of a numbered paragraph."""
    match = LINE.match(line)
    if not match:
        return None
    level = "abcd".index(match.lastgroup or "a")
    return level, value(match[match.lastgroup or "a"]), line[match.end() :]


def text(plan: str) -> bytes:
    return plan.encode("utf-8")


def gb18030(plan: str) -> bytes:
    return plan.replace("\n", "\r\n").encode("gb18030")


def word(plan: str) -> bytes:
    """A Word file in which no number is typed: lists make them all, each list with its own start where it must."""
    file = WordFile()
    abstract = file.abstract(OFFICIAL)
    due: dict[int, int] = {}
    list_ = file.num(abstract)
    for line in plan.split("\n"):
        found = numbered(line)
        if found is None:
            file.paragraph(line)
            continue
        level, number, words = found
        due = {k: n for k, n in due.items() if k <= level}
        if number != due.get(level, 0) + 1:
            list_ = file.num(abstract, {level: number})
        due[level] = number
        file.paragraph(words, list_, level)
    return file.data()


def strict_word(plan: str) -> bytes:
    """The same file in the form Strict Open XML."""
    with zipfile.ZipFile(io.BytesIO(word(plan))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for known, strict in (
        (b"schemas.openxmlformats.org/officeDocument/2006/", b"purl.oclc.org/ooxml/officeDocument/"),
        (b"schemas.openxmlformats.org/wordprocessingml/2006/main", b"purl.oclc.org/ooxml/wordprocessingml/main"),
    ):
        parts = {name: data.replace(known, strict) for name, data in parts.items()}
    return zipped(parts)


def page(plan: str, charset: str = "utf-8", declared: str = "utf-8") -> bytes:
    """A web page with navigation; the lowest lists are <ol> with numbers that the browser makes."""
    body, open_ = [], False
    lines = plan.split("\n")
    for line in lines[1:]:
        found = numbered(line)
        listed = found is not None and found[0] == 2 and ". " not in line
        if open_ and not listed:
            body.append("</ol>")
            open_ = False
        if listed and found:
            body.append("" if open_ else f'<ol start="{found[1]}">')
            open_ = True
            body.append(f'<li value="{found[1]}">{_spaced(found[2])}</li>')
        elif line:
            body.append(f"<p>{_spaced(line)}</p>")
    body.append("</ol>" if open_ else "")
    html = (
        f'<!DOCTYPE html><html><head><meta charset="{declared}"><title>{lines[0]}_云溪县人民政府</title></head><body>'
        f"{FURNITURE}<h1>{lines[0]}</h1><div class='article'>{''.join(body)}</div>{FOOTER}</body></html>"
    )
    return html.encode(charset)


def _spaced(line: str) -> str:
    """A line as a page has it: two blanks would show as one, so that its author takes wide ones."""
    return escape(line).replace("  ", "&emsp;&emsp;")


def pdf(plan: str, columns: int = 1) -> bytes:
    """Printed pages: lines wrapped, a header on each page and its number at the foot."""
    from reportlab.lib.enums import TA_CENTER
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    body = ParagraphStyle("body", fontName="STSong-Light", fontSize=12, leading=20, firstLineIndent=24, wordWrap="CJK")
    head = ParagraphStyle("head", body, fontSize=18, leading=28, firstLineIndent=0, alignment=TA_CENTER)
    lines = plan.split("\n")

    def furniture(canvas: object, document: object) -> None:
        canvas.setFont("STSong-Light", 9)  # type: ignore[attr-defined]
        canvas.drawString(72, A4[1] - 40, "云溪县人民政府公报")  # type: ignore[attr-defined]
        canvas.drawCentredString(A4[0] / 2, 30, f"— {document.page} —")  # type: ignore[attr-defined]

    out = io.BytesIO()
    template = BaseDocTemplate(out, pagesize=A4, invariant=1)
    width = (A4[0] - 120 - 30 * (columns - 1)) / columns
    frames = [Frame(60 + i * (width + 30), 60, width, A4[1] - 130, id=str(i)) for i in range(columns)]
    template.addPageTemplates(PageTemplate(frames=frames, onPage=furniture))
    template.build(
        [
            Paragraph(escape(line).replace("  ", "\xa0\xa0"), head if i == 0 else body)
            for i, line in enumerate(lines)
            if line
        ]
    )
    return out.getvalue()


def pdf_table(title: str, rows: list[list[str]]) -> bytes:
    """A page with a ruled table."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("cell", fontName="STSong-Light", fontSize=10, leading=14, wordWrap="CJK")
    out = io.BytesIO()
    cells = [[Paragraph(escape(cell), style) for cell in row] for row in rows]
    made = Table(cells, colWidths=[40, *[(A4[0] - 184) / (len(rows[0]) - 1)] * (len(rows[0]) - 1)])
    made.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]))
    SimpleDocTemplate(out, pagesize=A4, invariant=1).build([Paragraph(title, style), made])
    return out.getvalue()


def html_table(rows: list[list[str]]) -> str:
    """A table of a page; a cell `^` is merged with the one above it."""
    out = []
    for at, row in enumerate(rows):
        cells = ""
        for column, cell in enumerate(row):
            if cell == "^":
                continue
            below = 1
            while at + below < len(rows) and rows[at + below][column] == "^":
                below += 1
            cells += f'<td rowspan="{below}">{escape(cell)}</td>'
        out.append(f"<tr>{cells}</tr>")
    return f"<table>{''.join(out)}</table>"


def word_table(rows: list[list[str]]) -> list[list[str | tuple[str, str]]]:
    """The same for a Word file."""
    out: list[list[str | tuple[str, str]]] = []
    for at, row in enumerate(rows):
        line: list[str | tuple[str, str]] = []
        for column, cell in enumerate(row):
            goes_on = at + 1 < len(rows) and rows[at + 1][column] == "^"
            if cell == "^":
                line.append(("", "<w:vMerge/>"))
            else:
                line.append((cell, '<w:vMerge w:val="restart"/>') if goes_on else cell)
        out.append(line)
    return out


def filled(rows: list[list[str]]) -> list[list[str]]:
    """The rows with merged cells filled."""
    out: list[list[str]] = []
    for row in rows:
        out.append([out[-1][i] if cell == "^" else cell for i, cell in enumerate(row)])
    return out


def json_lines(plans: list[str]) -> bytes:
    return "".join(json.dumps({"id": i, "content": p}, ensure_ascii=False) + "\n" for i, p in enumerate(plans)).encode()


def csv_file(plans: list[str], encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["编号", "正文"])
    writer.writerows([[i, p] for i, p in enumerate(plans, 1)])
    return out.getvalue().encode(encoding)
