"""What python-calamine does not tell of an xlsx: formulas that have no saved result. PURE (reads its file).

calamine is fast and gives such a cell as empty; the row would be refused for a phone number that the user can
see on the screen. So the sheet's XML is searched for formulas, and only then read closely.
"""

from __future__ import annotations

import posixpath
import zipfile
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

_CHUNK = 1 << 20
MAX_UNPACKED = 1 << 30
"""Bytes of XML in one workbook: a small file that unpacks to more is no list."""

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_OFFICE_RELATION = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)


def unpacked_size(path: Path) -> int:
    """Bytes that the workbook unpacks to. Raises zipfile.BadZipFile."""
    with zipfile.ZipFile(path) as archive:
        return sum(info.file_size for info in archive.infolist())


def is_workbook(path: Path) -> bool:
    """Whether the archive is an xlsx at all. Raises zipfile.BadZipFile."""
    with zipfile.ZipFile(path) as archive:
        return "xl/workbook.xml" in archive.namelist()


def formulas_without_value(path: Path, sheet: str) -> tuple[int, str] | None:
    """(how many, the first cell's name) of formulas without a saved result in `sheet`, or None."""
    with zipfile.ZipFile(path) as archive:
        part = _sheet_part(archive, sheet)
        if part is None or not _mentions_formula(archive, part):
            return None
        reader = _FormulaReader()
        with archive.open(part) as stream:
            reader.read(stream)
    return (reader.count, reader.first) if reader.count else None


def _sheet_part(archive: zipfile.ZipFile, sheet: str) -> str | None:
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    relation: str | None = None
    for element in book.iter():
        if element.tag in (_MAIN + "sheet", _STRICT + "sheet") and element.get("name") == sheet:
            relation = next((element.get(name) for name in _OFFICE_RELATION if element.get(name)), None)
    if relation is None:
        return None
    for element in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels")):
        if element.get("Id") == relation:
            target = element.get("Target", "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            return part if part in archive.namelist() else None
    return None


def _mentions_formula(archive: zipfile.ZipFile, part: str) -> bool:
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            window = tail + chunk
            if any(mark in window for mark in (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/")):
                return True
            tail = chunk[-4:]
    return False


class _FormulaReader:
    """Counts cells that hold a formula and no value. Excel itself writes t="str" for a result that is empty text."""

    def __init__(self) -> None:
        self.count = 0
        self.first = ""
        self._cell = ""
        self._empty_text = self._formula = self._value = self._in_value = False

    def read(self, stream: object) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.ParseFile(stream)  # type: ignore[arg-type]

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name == "c":
            self._cell = attributes.get("r", "?")
            self._empty_text = attributes.get("t") == "str"
            self._formula = self._value = False
        elif name == "f":
            self._formula = True
        elif name in ("v", "t"):
            self._in_value = True

    def _text(self, text: str) -> None:
        if self._in_value and text:
            self._value = True

    def _end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if name in ("v", "t"):
            self._in_value = False
        elif name == "c" and self._formula and not self._value and not self._empty_text:
            self.count += 1
            self.first = self.first or self._cell
