"""Files to read: small lists written to disk as CSV and xlsx."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl

Rows = Sequence[Sequence[Any]]


def csv_bytes(rows: Rows, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    return stream.getvalue().encode(encoding)


def write_csv(
    folder: Path, rows: Rows, *, encoding: str = "utf-8", delimiter: str = ",", name: str = "list.csv"
) -> Path:
    path = folder / name
    path.write_bytes(csv_bytes(rows, encoding, delimiter))
    return path


def write_xlsx(folder: Path, rows: Rows, *, merge: Sequence[str] = (), name: str = "list.xlsx", **sheets: Rows) -> Path:
    """The rows on a first sheet, and each of `sheets` on one of its own."""
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    for row in rows:
        first.append(list(row))
    for cells in merge:
        first.merge_cells(cells)
    for title, content in sheets.items():
        sheet = book.create_sheet(title)
        for row in content:
            sheet.append(list(row))
    path = folder / name
    book.save(path)
    return path
