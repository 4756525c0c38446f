"""The address file for the mailing house: CSV or xlsx, in either language, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Literal

import xlsxwriter

from callcenter.kit.errors import Lang
from campaigns.mailings.repository import Address

Format = Literal["csv", "xlsx"]
_HEADINGS: dict[Lang, tuple[str, ...]] = {
    "zh": ("序号", "批次", "收件人", "邮编", "省", "市", "地址", "宣传册"),
    "en": ("No.", "Batch", "Recipient", "Postcode", "Province", "City", "Address", "Brochure"),
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _harmless(value: str) -> str:
    """A cell that a spreadsheet would run as a formula is shown as text."""
    return "'" + value if value.startswith(_FORMULA) else value


def write(addresses: Sequence[Address], brochure: str, form: Format, lang: Lang) -> bytes:
    """The whole file. CSV begins with a mark, so that spreadsheets read it as UTF-8."""
    rows = [
        [
            str(number),
            str(one.batch_no),
            *(_harmless(value) for value in (one.name, one.postcode, one.province, one.city, one.address, brochure)),
        ]
        for number, one in enumerate(addresses, start=1)
    ]
    if form == "csv":
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerows([_HEADINGS[lang], *rows])
        return out.getvalue().encode("utf-8-sig")
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("地址" if lang == "zh" else "Addresses")
    sheet.freeze_panes(1, 0)
    for line, cells in enumerate([_HEADINGS[lang], *rows]):
        sheet.write_row(line, 0, cells)
    book.close()
    return file.getvalue()
