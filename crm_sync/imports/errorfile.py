"""The file of rows that were not taken: as they came, in the format they came in, with a column that says why.

It can be mended and uploaded again: the added column is recognised by its heading and ignored. CSV is written
as UTF-8 with BOM, which every spreadsheet opens without garbling. Values are written back as they were, with no
escaping of "=" or "+": phones begin with "+", and a changed value would not be the user's own any more; in xlsx
they are written as text, never as formulas.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

import xlsxwriter

from crm_sync.imports.reading import Cell, Format, Row, text_of
from crm_sync.imports.reasons import REASON_HEADING, error_text


class Sink(Protocol):
    def write(self, cells: Sequence[Cell]) -> None: ...

    def close(self) -> None: ...


class ErrorFile:
    """Opened by the first refused row; without one there is no file."""

    def __init__(
        self, folder: Path, stem: str, form: Format, headings: Sequence[str], delimiter: str, lang: str
    ) -> None:
        self.name = f"{stem}.{form}"
        self.path = folder / self.name
        self._form = form
        self._delimiter = delimiter
        self._lang = lang
        # Of an error file that comes back, the old reasons are not carried on.
        reasons = set(REASON_HEADING.values())
        self._keep = [index for index, heading in enumerate(headings) if heading not in reasons]
        self._width = len(headings)
        self._headings = [headings[index] for index in self._keep]
        self._sink: Sink | None = None

    @property
    def written(self) -> bool:
        return self._sink is not None

    def add(self, row: Row, code: str) -> None:
        if self._sink is None:
            self._sink = self._open()
            self._sink.write([*self._headings, REASON_HEADING[self._lang]])
        cells = [row.cells[index] if index < len(row.cells) else "" for index in self._keep]
        # Cells beyond the headings stand behind the reason, so that they are still beyond the headings next time.
        extra = row.cells[self._width :]
        self._sink.write([*cells, error_text(code, row.number, self._lang), *extra])

    def close(self) -> None:
        if self._sink is not None:
            self._sink.close()
            os.chmod(self.path, 0o600)

    def discard(self) -> None:
        """Forget the file: the import it belongs to did not happen."""
        if self._sink is not None:
            self._sink.close()
            self.path.unlink(missing_ok=True)

    def _open(self) -> Sink:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _CsvSink(self.path, self._delimiter) if self._form == "csv" else XlsxSink(self.path)


class _CsvSink:
    def __init__(self, path: Path, delimiter: str) -> None:
        self._stream = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._stream, delimiter=delimiter)

    def write(self, cells: Sequence[Cell]) -> None:
        self._writer.writerow([cell if isinstance(cell, str) else text_of(cell) for cell in cells])

    def close(self) -> None:
        self._stream.close()


class XlsxSink:
    """One sheet, written row by row in constant memory."""

    def __init__(self, path: Path) -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": False}
        self._book = xlsxwriter.Workbook(str(path), options)
        self._sheet = self._book.add_worksheet()
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._instant = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._row = 0

    def write(self, cells: Sequence[Cell]) -> None:
        for column, cell in enumerate(cells):
            self._write_cell(column, cell)
        self._row += 1

    def _write_cell(self, column: int, cell: Any) -> None:
        if cell is None or cell == "":
            return
        if isinstance(cell, bool):
            self._sheet.write_boolean(self._row, column, cell)
        elif isinstance(cell, int | float):
            self._sheet.write_number(self._row, column, cell)
        elif isinstance(cell, datetime | date):
            form = self._instant if isinstance(cell, datetime) else self._day
            self._sheet.write_datetime(self._row, column, cell, form)
        else:
            self._sheet.write_string(self._row, column, cell if isinstance(cell, str) else text_of(cell))

    def close(self) -> None:
        self._book.close()
