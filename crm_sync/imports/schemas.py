"""What the import takes and shows."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from crm_sync.imports.models import ImportState

NO_NUL = r"^[^\x00]*$"
Heading = Annotated[str, Field(max_length=110, pattern=NO_NUL)]
Source = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=NO_NUL)]
Token = Annotated[str, Field(min_length=20, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]
SheetName = Annotated[str, Field(max_length=100, pattern=NO_NUL)]
Encoding = Literal["utf-8", "gb18030"]


class SheetOut(BaseModel):
    name: str
    rows: int
    """Rows that hold anything, headings included."""
    phone_column: bool
    visible: bool


class FieldOut(BaseModel):
    """Something that a column can be mapped to."""

    code: str
    zh: str
    en: str
    many: bool
    """Whether several columns may be mapped to it."""


class SameFile(BaseModel):
    """Exactly this file was imported before."""

    run_id: UUID
    source: str
    at: datetime


class Preview(BaseModel):
    """A file as it was understood, before anything is counted."""

    token: str
    """Names the upload in check and commit; good for two hours, for the person who uploaded."""
    file_name: str
    format: Literal["csv", "xlsx"]
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    sheets: list[SheetOut]
    heading_row: int
    headings: list[str]
    sample: list[list[str]]
    """The first rows, as text, as many cells as headings."""
    mapping: dict[str, str]
    """Heading → field: what was used for this source before, else the guess."""
    remembered: bool
    has_phone: bool
    same_file: SameFile | None
    fields: list[FieldOut]


class PreviewAgain(BaseModel):
    """Look at the upload again: another sheet, another encoding, another source."""

    model_config = ConfigDict(extra="forbid")

    token: Token
    sheet: SheetName | None = None
    encoding: Encoding | None = None
    source: Annotated[str, Field(max_length=100, pattern=NO_NUL)] = ""


class ImportAsked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: Token
    source: Source
    """Name of the list; written on each customer it brings, and the mapping is remembered under it."""
    sheet: SheetName | None = None
    encoding: Encoding | None = None
    mapping: Annotated[dict[Heading, Annotated[str, Field(max_length=40)]], Field(max_length=100)] | None = None
    """Heading → field. Columns left out are guessed."""


class ImportOut(BaseModel):
    """What an import did, or would do. The five counts sum to `rows`."""

    run_id: UUID
    dry_run: bool
    rows: int
    new: int
    updated: int
    duplicate: int
    do_not_call: int
    invalid: int
    reasons: dict[str, int]
    """Invalid rows by code; sums to `invalid`."""
    remarks: dict[str, int]
    """Noticed on rows that were taken, by code."""
    sentences: dict[str, str]
    """Every code of `reasons` and `remarks` in the caller's language."""
    encoding: str | None
    sheet: str | None
    mapping: dict[str, str]
    has_error_file: bool
    other_sheets: list[str]
    """Further sheets with a phone column, which were not read."""


class ImportRunOut(BaseModel):
    id: UUID
    file_name: str
    source: str
    encoding: str | None
    sheet: str | None
    mapping: dict[str, str]
    state: ImportState
    rows: int
    new: int
    updated: int
    duplicate: int
    do_not_call: int
    invalid: int
    reasons: dict[str, int]
    remarks: dict[str, int]
    sentences: dict[str, str]
    has_error_file: bool
    started_at: datetime
    ended_at: datetime | None
    by: UUID | None
    by_name: str | None
