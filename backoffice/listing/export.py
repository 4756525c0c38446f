"""Rows as a spreadsheet. The one helper of every export."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import xlsxwriter
from pydantic import BaseModel

from backoffice.kit.words import word
from backoffice.listing import words as _words  # noqa: F401  (headings of the lists)
from callcenter.kit.errors import Lang

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CODES = frozenset({"state", "status", "class", "collection_class", "method", "kind", "payment", "bucket", "severity"})
"""Columns whose values are codes with words."""
_SHARES = ("_basis_points", "_bp", "_permille")


def _parts(name: str) -> int:
    """In which parts a share is kept as a whole number."""
    return 1_000 if name.endswith("_permille") else 10_000


def xlsx(
    title: str,
    row: type[BaseModel],
    rows: Sequence[BaseModel],
    lang: Lang,
    hidden: Sequence[str] = (),
    headings: Mapping[str, str] = MappingProxyType({}),
    of: str = "",
) -> bytes:
    """A sheet with headings, frozen, filterable; money in yuan with two decimals; a sum under each money column.

    Text is written as text: a name beginning with `=` stays a name.
    """
    names = [name for name in row.model_fields if name not in hidden and not name.endswith("_id")]
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF2F7"})
    formats = {
        "money": book.add_format({"num_format": "#,##0.00"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "share": book.add_format({"num_format": "0.00%"}),
        "sum": book.add_format({"num_format": "#,##0.00", "bold": True, "top": 1}),
    }
    sheet = book.add_worksheet(title[:31])
    sheet.freeze_panes(1, 0)
    for at, name in enumerate(names):
        sheet.write_string(0, at, headings.get(name) or word(name, lang), bold)
        sheet.set_column(at, at, 14 if name.endswith(("_fen", "_on")) else 18)
    for line, values in enumerate(rows, start=1):
        for at, name in enumerate(names):
            _cell(sheet, line, at, name, getattr(values, name), formats, lang, of)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(names) - 1)
        for at, name in enumerate(names):
            if name.endswith("_fen"):
                total = sum(getattr(values, name) or 0 for values in rows)
                sheet.write_number(len(rows) + 1, at, total / 100, formats["sum"])
    book.close()
    return buffer.getvalue()


def _cell(sheet: Any, line: int, at: int, name: str, value: Any, formats: dict[str, Any], lang: Lang, of: str) -> None:
    if value is None:
        return
    if name.endswith("_fen"):
        sheet.write_number(line, at, value / 100, formats["money"])
    elif isinstance(value, bool):
        sheet.write_string(line, at, word("yes" if value else "no", lang))
    elif isinstance(value, int) and name.endswith(_SHARES):
        sheet.write_number(line, at, value / _parts(name), formats["share"])
    elif isinstance(value, int):
        sheet.write_number(line, at, value)
    elif isinstance(value, datetime):
        sheet.write_string(line, at, value.isoformat(sep=" ", timespec="minutes"))
    elif isinstance(value, date):
        sheet.write_datetime(line, at, datetime(value.year, value.month, value.day), formats["date"])  # noqa: DTZ001
    else:
        sheet.write_string(line, at, word(str(value), lang, of) if name in _CODES else str(value))
