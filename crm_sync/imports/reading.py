"""Open a list: CSV (UTF-8 with or without BOM, GB18030) or xlsx, as headings and rows. PURE (reads its file).

What counts as a row: everything between the heading row and the last row that holds anything. Blank rows in
between are rows (they are refused as `empty_row`, so that the counts match what the user sees); blank rows at
the end are not. The heading row is the first of the top ten rows that names a phone column, else the first row
that holds anything: titles above it ("客户名单 2026") are skipped.
"""

from __future__ import annotations

import csv
import itertools
import os
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from crm_sync.imports import workbooks
from crm_sync.imports.encodings import Encoding, detect
from crm_sync.imports.errors import (
    BrokenCsv,
    EmptyFile,
    FileMissing,
    FormulasWithoutValues,
    MergedCells,
    NoHeadings,
    NoRows,
    NoSuchSheet,
    NotAList,
    OldExcel,
    ProtectedWorkbook,
    TooLarge,
    TooManyColumns,
    TooManyRows,
    UnreadableWorkbook,
)
from crm_sync.imports.headings import PHONES, looks_like_data, meaning

Cell = str | int | float | bool | date | datetime | time | timedelta | None
Format = Literal["csv", "xlsx"]

MAX_COLUMNS = 100
MAX_ROWS = 1_000_000
MAX_BYTES = 256 * 1024 * 1024
_TOP = 10
_SAMPLE = 200

csv.field_size_limit(1 << 20)


@dataclass(frozen=True, slots=True)
class Row:
    """One row under the headings. `number` is what a spreadsheet shows beside it (for CSV: its record's number)."""

    number: int
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    rows: int
    """Rows that hold anything, headings and titles included."""
    phone_column: bool
    visible: bool


@dataclass(frozen=True)
class Table:
    """A list opened for reading. `rows()` can be walked as often as one likes."""

    path: Path
    name: str
    format: Format
    headings: tuple[str, ...]
    heading_row: int
    """Number of the heading row; rows above it are titles."""
    encoding: Encoding | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[Sheet, ...] = ()
    _loaded: Any = field(default=None, repr=False)

    def rows(self) -> Iterator[Row]:
        """Every row of the list, blank ones at the end left out. Raises BrokenCsv, TooManyRows."""
        return _without_blank_tail(self._all_rows())

    def sample(self, count: int = _SAMPLE) -> list[Row]:
        return list(itertools.islice(self.rows(), count))

    def _all_rows(self) -> Iterator[Row]:
        raw: Iterable[list[Cell]]
        if self.format == "csv":
            assert self.encoding is not None
            assert self.delimiter is not None
            raw = _csv_records(self.path, self.encoding, self.delimiter)
        else:
            raw = self._loaded.iter_rows()
        for number, cells in enumerate(raw, start=1):
            if number > self.heading_row:
                if number - self.heading_row > MAX_ROWS:
                    raise TooManyRows(limit=f"{MAX_ROWS:,}")
                yield Row(number, cells)


def open_table(
    path: Path,
    *,
    name: str | None = None,
    sheet: str | None = None,
    encoding: Literal["utf-8", "gb18030"] | None = None,
) -> Table:
    """Open the file at `path`; `name` is what the user calls it. Raises the refusals of errors.py."""
    name = name or path.name
    if not path.is_file() or not os.access(path, os.R_OK):
        raise FileMissing(name=name)
    size = path.stat().st_size
    if size == 0:
        raise EmptyFile(name=name)
    if size > MAX_BYTES:
        raise TooLarge(size=round(size / 1024 / 1024), limit=MAX_BYTES // 1024 // 1024)
    with path.open("rb") as stream:
        head = stream.read(8)
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        table = _open_workbook(path, name, sheet)
    elif head == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        # An encrypted xlsx wears the same container as an old xls.
        with path.open("rb") as stream:
            encrypted = "EncryptedPackage".encode("utf-16-le") in stream.read()
        raise ProtectedWorkbook(name=name) if encrypted else OldExcel(name=name)
    elif Path(name).suffix.lower() in (".xlsx", ".xlsm"):
        raise UnreadableWorkbook(name=name)
    elif head[:5] == b"%PDF-":
        raise NotAList(name=name, what="PDF")
    else:
        table = _open_csv(path, name, encoding)
    if next(table.rows(), None) is None:
        raise NoRows(name=name, headings=shown(table.headings))
    return table


def shown(headings: Iterable[str]) -> str:
    """Headings for a sentence, a long list cut short."""
    words = [heading if len(heading) <= 30 else heading[:29] + "…" for heading in headings if heading]
    more = f" … (+{len(words) - 20})" if len(words) > 20 else ""
    return "、".join(words[:20]) + more


def text_of(cell: Cell) -> str:
    """A cell as a person would have typed it: `13912345678.0` is `13912345678`, midnight is only its date."""
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e18 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def is_blank(cells: Iterable[Cell]) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)


def _without_blank_tail(rows: Iterator[Row]) -> Iterator[Row]:
    held: list[Row] = []
    for row in rows:
        if is_blank(row.cells):
            held.append(row)
            continue
        if held:
            yield from held
            held = []
        yield row


def _find_headings(top: list[list[Cell]], name: str) -> tuple[tuple[str, ...], int]:
    """The headings (each one made different from the others) and the number of their row."""
    texts = [[text_of(cell) for cell in cells] for cells in top]
    filled = [index for index, cells in enumerate(texts) if any(cells)]
    if not filled:
        raise EmptyFile(name=name)
    naming = [i for i in filled if _names_a_phone(texts[i]) and not looks_like_data(texts[i])]
    # A lone cell may be a title that speaks of phones ("客户电话名单"); real headings mostly have neighbours.
    index = next((i for i in naming if sum(map(bool, texts[i])) > 1), naming[0] if naming else None)
    if index is None:
        # No phone column by name: the first row with more than a title in it (a list may have one column only).
        index = next((i for i in filled if sum(map(bool, texts[i])) > 1), filled[0])
        if looks_like_data(texts[index]):
            raise NoHeadings(row=index + 1, seen=shown(texts[index]))
    cells = texts[index]
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MAX_COLUMNS:
        raise TooManyColumns(count=len(cells), limit=MAX_COLUMNS)
    headings: list[str] = []
    for column, cell in enumerate(cells, start=1):
        heading = " ".join(cell.split())[:100] or f"#{column}"
        again = 2
        unique = heading
        while unique in headings:
            unique, again = f"{heading} ({again})", again + 1
        headings.append(unique)
    return tuple(headings), index + 1


def _names_a_phone(cells: list[str]) -> bool:
    found = [meaning(cell) for cell in cells]
    return any(m is not None and m[0] in PHONES for m in found)


# --- CSV ---------------------------------------------------------------------------------------------------------


def _open_csv(path: Path, name: str, forced: Literal["utf-8", "gb18030"] | None) -> Table:
    encoding = detect(path, name=name, forced=forced)
    delimiter = _guess_delimiter(path, encoding)
    top = list(itertools.islice(_csv_records(path, encoding, delimiter), _TOP))
    headings, row = _find_headings(top, name)
    return Table(path, name, "csv", headings, row, encoding=encoding, delimiter=delimiter)


def _guess_delimiter(path: Path, encoding: str) -> str:
    """The one of comma, semicolon and tab that splits the top of the file into most columns most evenly."""
    with path.open(encoding=encoding, newline="") as stream:
        lines = [line for line in itertools.islice(stream, 20) if line.strip()]
    best, best_key = ",", (0, 0.0)
    for delimiter in ",;\t":
        try:
            widths = [len(record) for record in csv.reader(lines, delimiter=delimiter)]
        except csv.Error:
            continue
        if not widths or max(widths) < 2:
            continue
        usual = max(set(widths), key=lambda width: (widths.count(width), width))
        known = sum(
            meaning(cell) is not None for record in csv.reader(lines[:3], delimiter=delimiter) for cell in record
        )
        key = (known, (widths.count(usual) / len(widths)) * (usual > 1) + usual / 1000)
        if key > best_key:
            best, best_key = delimiter, key
    return best


def _csv_records(path: Path, encoding: str, delimiter: str) -> Iterator[list[Cell]]:
    with path.open(encoding=encoding, newline="") as stream:
        # strict: an open quotation mark would otherwise swallow the rest of the file into one cell, in silence.
        reader = csv.reader(stream, delimiter=delimiter, strict=True)
        line = 1
        try:
            for record in reader:
                yield list(record)
                line = reader.line_num + 1
        except csv.Error:
            raise BrokenCsv(line=line) from None


# --- xlsx --------------------------------------------------------------------------------------------------------


def _open_workbook(path: Path, name: str, wanted: str | None) -> Table:
    try:
        if not workbooks.is_workbook(path):
            raise NotAList(name=name, what="zip")
        unpacked = workbooks.unpacked_size(path)
        if unpacked > workbooks.MAX_UNPACKED:
            raise TooLarge(size=round(unpacked / 1024 / 1024), limit=workbooks.MAX_UNPACKED // 1024 // 1024)
        return _read_workbook(path, name, wanted)
    except PasswordError:
        raise ProtectedWorkbook(name=name) from None
    except (zipfile.BadZipFile, CalamineError, OSError, ValueError, KeyError, SyntaxError, NotImplementedError):
        raise UnreadableWorkbook(name=name) from None  # SyntaxError is what ElementTree's ParseError is
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # calamine is Rust; a panic on a damaged file is no Exception
            raise UnreadableWorkbook(name=name) from None
        raise


def _read_workbook(path: Path, name: str, wanted: str | None) -> Table:
    book = CalamineWorkbook.from_path(str(path))
    loaded: dict[str, Any] = {}
    sheets: list[Sheet] = []
    for metadata in book.sheets_metadata:
        if metadata.typ != SheetTypeEnum.WorkSheet:
            continue  # a chart or a macro sheet has no cells
        content = book.get_sheet_by_name(metadata.name)
        loaded[metadata.name] = content
        top = [[text_of(cell) for cell in cells] for cells in itertools.islice(content.iter_rows(), _TOP)]
        visible = metadata.visible == SheetVisibleEnum.Visible
        sheets.append(Sheet(metadata.name, content.height, any(_names_a_phone(cells) for cells in top), visible))
    chosen = _choose_sheet(sheets, wanted, name)
    content = loaded[chosen]
    headings, row = _find_headings(list(itertools.islice(content.iter_rows(), _TOP)), name)
    merged = [r for r in content.merged_cell_ranges or [] if r[1][0] + 1 >= row]
    if merged:
        cells = "、".join(_range_name(*r) for r in merged[:3]) + (" …" if len(merged) > 3 else "")
        raise MergedCells(sheet=chosen, cells=cells)
    formulas = workbooks.formulas_without_value(path, chosen)
    if formulas:
        raise FormulasWithoutValues(sheet=chosen, count=formulas[0], cell=formulas[1])
    return Table(path, name, "xlsx", headings, row, sheet=chosen, sheets=tuple(sheets), _loaded=content)


def _choose_sheet(sheets: list[Sheet], wanted: str | None, name: str) -> str:
    """The sheet asked for, else the first visible one with a phone column, else the first that holds anything."""
    if wanted is not None:
        if not any(sheet.name == wanted for sheet in sheets):
            raise NoSuchSheet(sheet=wanted, sheets=shown(sheet.name for sheet in sheets))
        return wanted
    order = sorted(sheets, key=lambda sheet: (not sheet.phone_column, not sheet.rows, not sheet.visible))
    if not order or not order[0].rows:
        raise EmptyFile(name=name)
    return order[0].name


def _range_name(start: tuple[int, int], end: tuple[int, int]) -> str:
    return f"{_cell_name(*start)}:{_cell_name(*end)}"


def _cell_name(row: int, column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


__all__ = ["Cell", "Row", "Sheet", "Table", "is_blank", "open_table", "shown", "text_of"]
