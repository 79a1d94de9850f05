"""Write Word files of our own, part by part, so that a test says exactly what numbering stands in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MORE = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
PARTS = {"styles": "styles", "numbering": "numbering", "footnotes": "footnotes"}


@dataclass(frozen=True)
class Level:
    """A level of a list as `numbering.xml` states it."""

    style: str = "decimal"
    text: str = "%1."
    start: int = 1
    suffix: str = "nothing"
    more: str = ""  # further elements: <w:isLgl/>, <w:lvlRestart w:val="0"/>, <w:pStyle w:val="…"/>

    def xml(self, depth: int) -> str:
        before, after = self.more.partition("<w:isLgl")[::2]
        restart = before if "lvlRestart" in before else ""
        style = before if "pStyle" in before else ""
        legal = "<w:isLgl" + after if after else ""
        return (
            f'<w:lvl w:ilvl="{depth}"><w:start w:val="{self.start}"/><w:numFmt w:val="{self.style}"/>{restart}{style}'
            f'{legal}<w:suff w:val="{self.suffix}"/><w:lvlText w:val="{escape(self.text)}"/></w:lvl>'
        )


# The levels of official documents.
OFFICIAL = (
    Level("japaneseCounting", "%1、"), Level("japaneseCounting", "（%2）"), Level("decimal", "%3."),
    Level("decimal", "（%4）"), Level("decimalEnclosedCircleChinese", "%5"),
)  # fmt: skip


@dataclass
class WordFile:
    """A Word file in the making: lists, styles, then paragraphs and tables in order."""

    abstracts: list[str] = field(default_factory=list)
    nums: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    footnotes: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)

    def abstract(self, levels: Sequence[Level], more: str = "") -> int:
        """A list definition; the result is its id."""
        id_ = len(self.abstracts)
        inner = "".join(level.xml(depth) for depth, level in enumerate(levels))
        self.abstracts.append(
            f'<w:abstractNum w:abstractNumId="{id_}"><w:multiLevelType w:val="multilevel"/>{more}{inner}</w:abstractNum>'
        )
        return id_

    def num(self, abstract: int, starts: dict[int, int] | None = None, more: str = "") -> int:
        """A list of a definition, with levels that start at numbers of their own; the result is its id."""
        id_ = len(self.nums) + 1
        overrides = "".join(
            f'<w:lvlOverride w:ilvl="{depth}"><w:startOverride w:val="{start}"/></w:lvlOverride>'
            for depth, start in (starts or {}).items()
        )
        self.nums.append(f'<w:num w:numId="{id_}"><w:abstractNumId w:val="{abstract}"/>{overrides}{more}</w:num>')
        return id_

    def style(self, name: str, based_on: str = "", num: int | None = None, level: int | None = None) -> str:
        """A paragraph style, perhaps with a list; the result is its id."""
        base = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
        inner = "" if level is None else f'<w:ilvl w:val="{level}"/>'
        inner += "" if num is None else f'<w:numId w:val="{num}"/>'
        numbering = f"<w:pPr><w:numPr>{inner}</w:numPr></w:pPr>" if inner else ""
        self.styles.append(
            f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/>{base}{numbering}</w:style>'
        )
        return name

    def paragraph(self, text: str, num: int | None = None, level: int = 0, style: str = "", runs: str = "") -> None:
        """A paragraph; ``runs`` is XML behind the text."""
        self.body.append(paragraph(text, num, level, style, runs))

    def table(self, rows: Sequence[Sequence[str | tuple[str, str]]]) -> None:
        """A table of texts; a cell may be a pair with its `w:tcPr` content, as `<w:vMerge/>`."""
        self.body.append(table(rows))

    def data(self) -> bytes:
        """The bytes of the file, the same every time."""
        parts = {
            "word/document.xml": f"{HEAD}<w:document {W} {MORE}><w:body>{''.join(self.body)}<w:sectPr/></w:body></w:document>",
            "word/styles.xml": f"{HEAD}<w:styles {W}>{''.join(self.styles)}</w:styles>",
            "word/numbering.xml": f"{HEAD}<w:numbering {W}>{''.join(self.abstracts + self.nums)}</w:numbering>",
            "word/footnotes.xml": f"{HEAD}<w:footnotes {W}>{''.join(self.footnotes)}</w:footnotes>",
        }
        types = "".join(
            f'<Override PartName="/{name}" ContentType="{TYPE}{"document.main" if "document" in name else name[5:-4]}+xml"/>'
            for name in parts
        )
        relations = "".join(
            f'<Relationship Id="r{i}" Type="{RELATION}{kind}" Target="{kind}.xml"/>' for i, kind in enumerate(PARTS)
        )
        package = "http://schemas.openxmlformats.org/package/2006/"
        parts = {
            "[Content_Types].xml": f'{HEAD}<Types xmlns="{package}content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
            "_rels/.rels": f'{HEAD}<Relationships xmlns="{package}relationships"><Relationship Id="r" '
            f'Type="{RELATION}officeDocument" Target="word/document.xml"/></Relationships>',
            **parts,
            "word/_rels/document.xml.rels": f'{HEAD}<Relationships xmlns="{package}relationships">{relations}'
            f"</Relationships>",
        }
        return zipped({name: text.encode() for name, text in parts.items()})


def paragraph(text: str, num: int | None = None, level: int = 0, style: str = "", runs: str = "") -> str:
    """The XML of a paragraph."""
    inner = f'<w:pStyle w:val="{style}"/>' if style else ""
    if num is not None:
        inner += f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>'
    run = f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""
    return f"<w:p><w:pPr>{inner}</w:pPr>{run}{runs}</w:p>"


def table(rows: Sequence[Sequence[str | tuple[str, str]]]) -> str:
    """The XML of a table."""
    out = ""
    for row in rows:
        cells = ""
        for cell in row:
            text, properties = (cell, "") if isinstance(cell, str) else cell
            inner = "".join(paragraph(line) for line in text.split("\n"))
            cells += f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"
        out += f"<w:tr>{cells}</w:tr>"
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{out}</w:tbl>"


def zipped(members: dict[str, bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of the members, the same bytes every time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packed) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), data, packed)
    return out.getvalue()


OVER = {"first": '<w:vMerge w:val="restart"/>', "next": "<w:vMerge/>"}
