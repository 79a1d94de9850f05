"""Read Word files (`.docx`): paragraphs with the numbers that Word makes, tables, text boxes and notes in order."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml.ns import qn

from pipeline.formats import Content, UnreadableError
from pipeline.formats.archive import MAX_UNPACKED, refuse_bomb, transitional
from pipeline.formats.grid import MOST_ROWS, Cell, lines
from pipeline.formats.numbering import Numbering, value

ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
TEXT = qn("w:t")
TEXT_BOX = qn("w:txbxContent")
UNSEEN = {qn(f"w:{name}") for name in ("pPr", "rPr", "del", "moveFrom", "instrText", "delText")}
# What stands in a run beside its text.
SIGNS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
NOTES = {qn("w:footnoteReference"): "footnote", qn("w:endnoteReference"): "endnote"}


def read(data: bytes) -> Content:
    """The text of a Word file. Raises UnreadableError for one that is damaged, encrypted or too large inside."""
    refuse_bomb(data)
    try:
        document = Document(io.BytesIO(transitional(data)))
    except (KeyError, ValueError, zipfile.BadZipFile, SyntaxError, OSError, AttributeError) as error:
        what = f"is no sound Word file ({type(error).__name__})"
        raise UnreadableError(f"{what}; open it in Word and save it anew") from error
    if document.element.body is None:
        raise UnreadableError("is a Word file without a body; open it in Word and save it anew")
    return Content("\n".join(_Reader(document).lines()))


class _Reader:
    def __init__(self, document: Any) -> None:
        self._body = document.element.body
        styles = document.styles.element
        self._numbering = Numbering(_part(document, RT.NUMBERING), styles)
        self._hidden = {
            s.get(qn("w:styleId")) for s in styles.iter(qn("w:style")) if _set(s.find(qn("w:rPr")), "vanish")
        }
        self._notes = {
            kind: {n.get(qn("w:id")): n for n in root.findall(qn(f"w:{kind}"))} if root is not None else {}
            for kind, root in (
                ("footnote", _part(document, RT.FOOTNOTES)),
                ("endnote", _part(document, RT.ENDNOTES)),
            )
        }
        self._footnotes = 0
        self._endnotes: list[str] = []
        self._length = 0

    def lines(self) -> Iterator[str]:
        """The lines of the document; notes at the end of a document stand behind its text."""
        for line in self._blocks(self._body):
            self._length += len(line)
            if self._length > MAX_UNPACKED:
                raise UnreadableError("makes more text than a document can have; split it")
            yield line
        yield from self._endnotes

    def _blocks(self, parent: Any) -> Iterator[str]:
        for element in parent:
            if element.tag == qn("w:p"):
                yield from self._paragraph(element)
            elif element.tag == qn("w:tbl"):
                yield from lines(list(self._rows(element)))
            elif element.tag in (qn("w:sdt"), qn("w:customXml"), qn("w:ins"), qn("w:moveTo")):
                content = element.find(qn("w:sdtContent"))
                yield from self._blocks(element if content is None else content)
            elif element.tag == f"{ALTERNATE}AlternateContent":
                yield from self._blocks(_choice(element))

    def _paragraph(self, paragraph: Any) -> Iterator[str]:
        """The lines of a paragraph, then those of its text boxes and footnotes."""
        parts: list[str] = []
        boxes: list[Any] = []
        notes: list[str] = []
        self._collect(paragraph, parts, boxes, notes)
        text = "".join(parts)
        # An empty paragraph counts in Word, but its number says nothing.
        number = self._numbering.label(paragraph)
        if text.strip() or not boxes:
            yield from ((number + text.lstrip()) if number and text.strip() else text).split("\n")
        for box in boxes:
            yield from self._blocks(box)
        yield from notes

    def _collect(self, element: Any, parts: list[str], boxes: list[Any], notes: list[str]) -> None:
        for child in element:
            tag = child.tag
            if tag == TEXT:
                parts.append(child.text or "")
            elif tag in SIGNS:
                parts.append(SIGNS[tag])
            elif tag == TEXT_BOX:
                boxes.append(child)
            elif tag == f"{ALTERNATE}AlternateContent":
                self._collect(_choice(child), parts, boxes, notes)
            elif tag == qn("w:ruby"):
                base = child.find(qn("w:rubyBase"))
                self._collect(base if base is not None else (), parts, boxes, notes)
            elif tag in NOTES:
                self._note(NOTES[tag], child.get(qn("w:id")), notes)
            elif isinstance(tag, str) and tag not in UNSEEN and not self._is_hidden(child):
                self._collect(child, parts, boxes, notes)

    def _note(self, kind: str, id_: str | None, notes: list[str]) -> None:
        note = self._notes[kind].pop(id_, None)
        if note is None:
            return
        text = "".join(line.strip() for line in self._blocks(note))
        if not text:
            return
        if kind == "footnote":
            self._footnotes += 1
            notes.append(f"注{self._footnotes}：{text}")
        else:
            self._endnotes.append(f"尾注{len(self._endnotes) + 1}：{text}")

    def _is_hidden(self, run: Any) -> bool:
        properties = run.find(qn("w:rPr")) if run.tag == qn("w:r") else None
        return properties is not None and self._hides(properties)

    def _hides(self, properties: Any) -> bool:
        return _set(properties, "vanish") or value(properties, "rStyle") in self._hidden

    def _rows(self, table: Any) -> Iterator[list[Cell]]:
        """The rows of a table; a cell that goes on from the row above is counted to that one."""
        read: list[list[tuple[int, int, bool, str]]] = []  # per row: column, columns, goes on, text
        for row in _descendants(table, "tr"):
            if row.find(f"{qn('w:trPr')}/{qn('w:del')}") is not None:
                continue
            column = int(value(row, "trPr/gridBefore") or 0)
            cells = [(0, column, False, "")] if column else []
            for cell in _descendants(row, "tc"):
                columns = max(1, int(value(cell, "tcPr/gridSpan") or 1))
                merge = value(cell, "tcPr/vMerge")
                text = "\n".join(line.strip() for line in self._blocks(cell) if line.strip())
                cells.append((column, columns, merge is not None and merge != "restart", text))
                column += columns
            read.append(cells)
            if len(read) > MOST_ROWS:
                raise UnreadableError(f"has a table of more than {MOST_ROWS:,} rows; save the table as .csv")
        yield from _merged(read)


def _merged(read: list[list[tuple[int, int, bool, str]]]) -> Iterator[list[Cell]]:
    """The rows with each cell that goes on from the row above counted to the cell above it."""
    spans: dict[tuple[int, int], int] = {}
    for at in range(len(read) - 1, 0, -1):
        above = {column for column, *_ in read[at - 1]}
        for column, _, goes_on, _ in read[at]:
            if goes_on and column in above:
                spans[at - 1, column] = 1 + spans.pop((at, column), 1)
    for at, cells in enumerate(read):
        above = {column for column, *_ in read[at - 1]} if at else set()
        yield [
            Cell(text, columns, spans.get((at, column), 1))
            for column, columns, goes_on, text in cells
            if not (goes_on and column in above)
        ]


def _part(document: Any, kind: str) -> Any:
    """The root of a part of the document, or None where it has no such part."""
    try:
        part = document.part.part_related_by(kind)
    except KeyError:
        return None
    element = getattr(part, "element", None)
    if element is None:
        from docx.oxml.parser import parse_xml

        element = parse_xml(part.blob)
    return element


def _set(properties: Any, name: str) -> bool:
    """Whether a switch such as `w:vanish` is on."""
    found = value(properties, name)
    return found is not None and found not in ("0", "false", "off")


def _choice(element: Any) -> Any:
    """What a reader that knows new forms shows, else what the document keeps for older ones."""
    found = element.find(f"{ALTERNATE}Choice")
    if found is None:
        found = element.find(f"{ALTERNATE}Fallback")
    return found if found is not None else ()


def _descendants(parent: Any, name: str) -> Iterator[Any]:
    """The rows of a table or the cells of a row, also those inside content controls."""
    for child in parent:
        if child.tag == qn(f"w:{name}"):
            yield child
        elif child.tag in (qn("w:sdt"), qn("w:customXml"), qn("w:sdtContent"), qn("w:ins")):
            yield from _descendants(child, name)
