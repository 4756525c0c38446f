"""What goes in and out of expenses' REST. Money in fen."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from backoffice.expenses.claims import Claim, Invoice
from backoffice.expenses.lists import AdvanceRow, ClaimRow, RequestRow
from backoffice.expenses.requests import Wish
from backoffice.expenses.rules import InvoiceType
from backoffice.listing.http import Command, StoryLine

Fen = Field(gt=0, le=10**12, description="Money in fen", examples=[500_000])


class RequestNew(BaseModel):
    department_code: str = Field(min_length=1, max_length=20, examples=["SALES"])
    account_code: str = Field(min_length=1, max_length=20, examples=["660101"])
    purpose: str = Field(min_length=1, max_length=500, examples=["青岛出差,拜访分销商"])
    amount_fen: int = Fen
    needed_on: date
    customer_id: UUID | None = None
    event_id: UUID | None = Field(default=None, description="A conference's budget line")
    region: str = Field(default="", max_length=50)
    supplement_of: UUID | None = Field(default=None, description="The request it adds to")
    exception_reason: str = Field(default="", max_length=1000, description="Why, although the budget says stop")

    def plain(self) -> Wish:
        return Wish(
            self.department_code,
            self.account_code,
            self.purpose,
            self.amount_fen,
            self.needed_on,
            self.customer_id,
            self.region,
            self.event_id,
            self.supplement_of,
            self.exception_reason,
        )


class BudgetFinding(BaseModel):
    scope: str
    month: int
    budget_fen: int
    used_fen: int
    over_fen: int
    action: str


class RequestOut(RequestRow):
    supplement_of: UUID | None
    exception_reason: str
    check_result: list[BudgetFinding]
    """What the budget said when it was submitted; empty: within it."""
    granted_fen: int
    """Approved, with supplements."""
    reserved_fen: int
    commands: list[str]
    timeline: list[StoryLine]


class AdvanceNew(BaseModel):
    request_id: UUID
    amount_fen: int = Fen
    amount_capitals: str = Field(min_length=1, max_length=60, examples=["伍仟元整"])
    reason: str = Field(min_length=1, max_length=500)
    guarantor_id: UUID
    due_on: date | None = None


class AdvanceOut(AdvanceRow):
    amount_capitals: str
    guarantor_due_on: date
    guarantor_called_on: date | None
    commands: list[str]
    timeline: list[StoryLine]


class GiveBack(Command):
    amount_fen: int = Fen


class InvoiceIn(BaseModel):
    spent_on: date
    amount_fen: int = Fen
    issuer: str = Field(min_length=1, max_length=200, examples=["青岛海景大酒店"])
    invoice_no: str = Field(min_length=1, max_length=40, examples=["24372000000012345678"])
    invoice_type: InvoiceType = InvoiceType.ORDINARY_VAT
    tax_fen: int = Field(default=0, ge=0, le=10**12)
    note: str = Field(default="", max_length=200)

    def plain(self) -> Invoice:
        return Invoice(
            self.spent_on, self.amount_fen, self.issuer, self.invoice_no, self.invoice_type, self.tax_fen, self.note
        )


class ClaimNew(BaseModel):
    lines: list[InvoiceIn] = Field(min_length=1, max_length=200)
    request_id: UUID | None = Field(default=None, description="None: without a request, flagged, both directors decide")
    final: bool = True
    returned_on: date | None = Field(default=None, description="Of travel: the day of the return")
    department_code: str = Field(default="", max_length=20)
    account_code: str = Field(default="", max_length=20)
    reason: str = Field(default="", max_length=1000)
    region: str = Field(default="", max_length=50)
    customer_id: UUID | None = None

    def plain(self) -> Claim:
        return Claim(
            [line.plain() for line in self.lines],
            self.request_id,
            self.final,
            self.returned_on,
            self.department_code,
            self.account_code,
            self.reason,
            self.region,
            self.customer_id,
        )


class ClaimEdit(Command):
    lines: list[InvoiceIn] = Field(min_length=1, max_length=200)


class Pay(Command):
    net_fen: int = Field(description="What is paid out; below 0 what comes back", examples=[-62_000])


class ClaimOut(ClaimRow):
    final: bool
    returned_on: date | None
    reason: str
    lines: list[InvoiceIn]
    set_off_fen: int
    """Against the advance: as booked, or as it would be now."""
    payout_fen: int
    give_back_fen: int
    commands: list[str]
    timeline: list[StoryLine]


class GroupOut(BaseModel):
    key: str
    name: str
    amount_fen: int
