"""What goes in and out of conferences' REST. Money in fen, times of the day in minutes after midnight."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from backoffice.conferences import template
from backoffice.conferences.lists import ConferenceRow, CostRow, InviteeRow
from backoffice.conferences.rules import InviteeKind
from backoffice.conferences.service import Head
from backoffice.conferences.template import Part
from backoffice.distributors.seed import DistributorKind
from backoffice.listing.http import Command, StoryLine


class HeadIn(BaseModel):
    product: str = Field(min_length=1, max_length=100, examples=["安康礼盒"])
    held_on: date
    city: str = Field(default=template.CITY, max_length=50)
    venue: str = Field(default=template.VENUE, max_length=100)
    target_count: int = Field(default=template.ABOUT, ge=1, le=10_000)
    seats: int = Field(default=template.SEATS[1], ge=1, le=10_000)
    theme: str = Field(default="", max_length=200, description="Empty: the source's, with the product in it")

    def plain(self) -> Head:
        return Head(self.product, self.held_on, self.city, self.venue, self.target_count, self.seats, self.theme)


class ConferenceEdit(Command, HeadIn):
    pass


class LinesEdit(Command):
    part: Part
    texts: list[str] = Field(min_length=1, max_length=30)


class CostIn(BaseModel):
    cost_id: UUID
    planned_fen: int = Field(ge=0, le=10**12, examples=[3_000_000])


class CostsEdit(Command):
    costs: list[CostIn] = Field(min_length=1, max_length=30)


class SlotIn(BaseModel):
    starts: int = Field(ge=0, lt=1440, examples=[540], json_schema_extra={"x-kind": "clock"})
    ends: int = Field(gt=0, le=1440, examples=[570], json_schema_extra={"x-kind": "clock"})
    title: str = Field(min_length=1, max_length=200, examples=["签到"])
    speaker: str = Field(default="", max_length=100)

    @model_validator(mode="after")
    def _in_order(self) -> SlotIn:
        if self.ends <= self.starts:
            raise ValueError("it ends before it begins · 结束早于开始")
        return self


class SlotsEdit(Command):
    slots: list[SlotIn] = Field(min_length=1, max_length=50)


class TaskFill(Command):
    part: Part
    seq: int = Field(ge=1, le=50)
    done: bool = True


class ItemFill(Command):
    seq: int = Field(ge=1, le=50)
    quantity: int | None = Field(default=None, ge=1, le=100_000)
    item_note: str = Field(default="", max_length=500)
    responsible_id: UUID | None = None
    ready: bool = False


class RoleFill(Command):
    seq: int = Field(ge=1, le=50)
    person_id: UUID | None = None


class ZoneFill(Command):
    seq: int = Field(ge=1, le=50)
    measured_cm: int | None = Field(default=None, ge=0, le=100_000)
    done: bool = True


class Summary(Command):
    summary: str = Field(min_length=1, max_length=20_000)
    publicity: str = Field(default="", max_length=20_000)


class LineOut(BaseModel):
    part: Part
    seq: int
    text: str
    duty: str
    is_task: bool
    done_on: date | None


class ItemOut(BaseModel):
    seq: int
    name: str
    amount: str
    quantity: int | None
    unit: str
    note: str
    contents: list[str]
    responsible_id: UUID | None
    ready_on: date | None


class RoleOut(BaseModel):
    seq: int
    code: str
    name: str
    duty: str
    duties: list[str]
    person_id: UUID | None
    person: str


class ZoneOut(BaseModel):
    seq: int
    zone: str
    text: str
    from_cm: int | None
    to_cm: int | None
    measured_cm: int | None
    done_on: date | None


class MissingOut(BaseModel):
    code: str
    zh: str
    en: str


class CategoryOut(BaseModel):
    category: str
    planned_fen: int
    requested_fen: int
    spent_fen: int


class ResultOut(BaseModel):
    """M10's computed figures."""

    confirm_by: date
    invited: int
    confirmed: int
    attended: int
    signed: int
    signed_permille: int | None
    """Of those who attended, in tenths of a percent."""
    spent_fen: int
    cost_per_signed_fen: int | None
    planned_per_signed_fen: int | None


class ConferenceOut(ConferenceRow):
    product: str
    city: str
    document_id: UUID
    summary: str
    publicity: str
    lines: list[LineOut]
    items: list[ItemOut]
    roles: list[RoleOut]
    zones: list[ZoneOut]
    slots: list[SlotIn]
    costs: list[CostRow]
    categories: list[CategoryOut]
    funnel: dict[str, int]
    """Invitees by state."""
    missing: list[MissingOut]
    """What keeps it from being ready."""
    result: ResultOut
    commands: list[str]
    timeline: list[StoryLine]


class InviteeNew(BaseModel):
    conference_id: UUID
    kind: InviteeKind
    name: str = Field(min_length=1, max_length=100)
    organisation: str = Field(default="", max_length=200)
    customer_id: UUID | None = None
    rep_id: UUID | None = None
    leads_signing: bool = Field(default=False, description="Agreed with beforehand: signs first")


class Talk(Command):
    intent: str | None = Field(default=None, max_length=1000)
    proposals: str | None = Field(default=None, max_length=2000)
    leads_signing: bool | None = None


class Confirm(Command):
    lodging: str = Field(default="", max_length=500)
    transport: str = Field(default="", max_length=500)


class Sign(Command):
    city: str = Field(min_length=1, max_length=50, examples=["青岛"])
    kind: DistributorKind = DistributorKind.DEALER
    customer_id: UUID | None = None
    contract_id: UUID | None = None


class InviteeOut(InviteeRow):
    intent: str
    proposals: str
    lodging: str
    transport: str
    checked_in_at: datetime | None
    contract_id: UUID | None
    commands: list[str]
    timeline: list[StoryLine]


class HandedOver(BaseModel):
    interest: str
    """Choose customers with this interest in a campaign's segment."""
    customers: int
