"""The same paper as a spreadsheet: one sheet, numbers as numbers, so that it can be added up and sent on."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import xlsxwriter


class _Sheet:
    def __init__(self, laid_out: dict[str, Any]) -> None:
        self._paper = laid_out
        self._buffer = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(self._buffer, options)
        self._sheet = self._book.add_worksheet(self._paper["number"][:31].replace("/", "-") or "1")
        self._line = 0
        self._formats: dict[tuple[str, bool], Any] = {}
        self._wide: dict[int, int] = {}

    def _format(self, number: str = "", bold: bool = False) -> Any:
        key = (number, bold)
        if key not in self._formats:
            wanted: dict[str, Any] = {"bold": bold, "text_wrap": not number, "valign": "top"}
            if number:
                wanted["num_format"] = number
            self._formats[key] = self._book.add_format(wanted)
        return self._formats[key]

    def _text(self, at: int, text: str, *, bold: bool = False, measure: bool = True) -> None:
        if text:
            self._sheet.write_string(self._line, at, text, self._format(bold=bold))
            if measure:
                width = sum(2 if ord(letter) > 0x2E7F else 1 for letter in text) + 2
                self._wide[at] = max(self._wide.get(at, 10), min(width, 60))

    def _value(self, at: int, value: dict[str, Any], *, bold: bool = False) -> None:
        if "number" in value:
            self._sheet.write_number(self._line, at, value["number"], self._format(value["format"], bold))
            self._wide[at] = max(self._wide.get(at, 10), len(value["text"]) + 3)
        elif "day" in value:
            day = datetime.fromisoformat(value["day"])
            self._sheet.write_datetime(self._line, at, day, self._format("yyyy-mm-dd", bold))
            self._wide[at] = max(self._wide.get(at, 10), 12)
        else:
            self._text(at, value["text"], bold=bold)

    def _pairs(self, pairs: list[list[str]]) -> None:
        for name, text in pairs:
            self._text(0, name, bold=True)
            self._text(1, text)
            self._line += 1

    def _block(self, block: dict[str, Any]) -> None:
        self._line += 1
        if block.get("title"):
            self._text(0, block["title"], bold=True, measure=False)
            self._line += 1
        if block["kind"] == "fields":
            for name, value in block["pairs"]:
                self._text(0, name, bold=True)
                self._value(1, value)
                self._line += 1
        elif block["kind"] == "table":
            self._rows(block)
        elif block["kind"] == "text":
            for words in block["paragraphs"]:
                self._text(0, words, measure=False)
                self._line += 1
        else:
            for line in block["lines"]:
                for at, text in enumerate(line):
                    self._text(at, text, bold=at == 0)
                self._line += 1

    def _rows(self, table: dict[str, Any]) -> None:
        for at, name in enumerate(table["headings"]):
            self._text(at, name, bold=True)
        self._line += 1
        for row in table["rows"]:
            for at, value in enumerate(row):
                self._value(at, value)
            self._line += 1
        for at, value in enumerate(table["foot"]):
            self._value(at, value, bold=True)
        self._line += bool(table["foot"])

    def _control(self, control: dict[str, Any]) -> None:
        self._line += 1
        for who, person, when, day in control["signed"]:
            for at, text in enumerate((who, person, when, day)):
                self._text(at, text, bold=at in (0, 2))
            self._line += 1
        if control["log"]:
            self._line += 1
            for line in (control["log_headings"], *control["log"]):
                for at, text in enumerate(line):
                    self._text(at, text)
                self._line += 1

    def write(self) -> bytes:
        paper = self._paper
        self._text(0, " ".join(part for part in (paper["company"], paper["title"]) if part), bold=True, measure=False)
        self._line += 1
        self._pairs(paper["control"]["head"] if paper["control"] else paper["facts"])
        if paper["to"]:
            self._pairs([paper["to"]])
        for block in paper["blocks"]:
            self._block(block)
        if paper["bank"]:
            self._line += 1
            self._pairs([paper["bank"]])
        if paper["control"]:
            self._control(paper["control"])
        for at, width in self._wide.items():
            self._sheet.set_column(at, at, width)
        if paper["landscape"]:
            self._sheet.set_landscape()
        self._sheet.set_paper(9)  # A4
        self._book.close()
        return self._buffer.getvalue()


def sheet(laid_out: dict[str, Any]) -> bytes:
    """The xlsx of a paper (layout.lay_out)."""
    return _Sheet(laid_out).write()
