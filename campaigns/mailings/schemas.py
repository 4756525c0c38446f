"""Brochures and mailings on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from callcenter.kit.money import MAX_FEN
from crm_sync.customers.schemas import NO_NUL

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=NO_NUL)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ItemNew(_Closed):
    sku: Code
    name: Name
    unit: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20, pattern=NO_NUL)] = "盒"
    price_fen: int = Field(gt=0, le=MAX_FEN)
    position: int | None = Field(default=None, ge=0, le=10_000)
    """Place in the brochure; None: in the order given."""


class BrochureNew(_Closed):
    """Posting a code that exists makes its next edition."""

    code: Code
    title: Name
    items: list[ItemNew] = Field(min_length=1, max_length=100)


class ItemRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    sku: str
    name: str
    unit: str
    price_fen: int


class BrochureRow(BaseModel):
    id: UUID
    code: str
    edition: int
    title: str
    created_at: datetime
    items: list[ItemRow]


class MailingNew(_Closed):
    name: Name
    brochure_id: UUID
    segment_id: UUID | None = None
    """None: the whole customer master."""
    batch_size: int | None = Field(default=None, ge=1, le=10_000_000)
    """Letters of one batch, where the wave is posted on several days."""
    sample_size: int | None = Field(default=None, ge=1, le=100_000_000)
    """Draw so many from the segment; None: all."""
    control_percent: int = Field(default=0, ge=0, le=50)
    """Hold so many per cent back as the control group: not mailed, and not called by the campaigns of this mailing."""
    draw_seed: int | None = Field(default=None, ge=0, le=2**31 - 1)
    """The same number draws the same people again; None: one is chosen and shown."""
    made_on: date | None = None
    """For a wave that was made before this system knew of it: the day its list went to the mailing house."""


class MailingRow(BaseModel):
    id: UUID
    name: str
    brochure_id: UUID
    brochure_title: str
    segment_id: UUID | None
    segment_version: int | None
    sample_size: int | None
    control_percent: int
    draw_seed: int | None
    state: str
    created_at: datetime
    version: int
    recipients: int
    controls: int
    """Held back by chance, to measure by."""
    posted: int
    returned: int
    replied: int
    batches: int
    first_posted_on: date | None
    last_posted_on: date | None


class RecipientRow(BaseModel):
    """One letter of a wave, and what became of it."""

    customer_id: UUID
    name: str
    masked_phone: str
    place: str
    batch_no: int
    posted_on: date | None
    returned_on: date | None
    replied_on: date | None


class Posted(_Closed):
    posted_on: date
    batch_no: int | None = Field(default=None, ge=1, le=2_000_000_000)
    """None: everything that is not posted yet."""


class Came(_Closed):
    """A letter or a reply slip came back from this customer."""

    customer_id: UUID
    on: date
