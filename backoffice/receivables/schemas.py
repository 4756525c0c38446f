"""What goes in and out of the receivables' REST. Money in fen, dates on the company's calendar."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from backoffice.listing.http import Command, StoryLine
from backoffice.receivables.models import CreditKind, Purpose, ReceiptMethod
from backoffice.receivables.rules import CollectionClass, InvoiceStatus, QuasiBad

Fen = Field(gt=0, le=10**13, description="Money in fen", examples=[1_800_000])


class InvoiceRow(BaseModel):
    id: UUID
    number: str | None
    customer_id: UUID
    customer: str
    order_id: UUID | None
    invoice_on: date
    due_on: date
    total_fen: int
    paid_fen: int
    credited_fen: int
    written_off_fen: int
    outstanding_fen: int
    overdue_fen: int
    status: InvoiceStatus
    state: str
    version: int


class LineIn(BaseModel):
    name: str = Field(min_length=1, max_length=200, examples=["礼盒 A01"])
    quantity: int = Field(gt=0, le=10**6)
    price_fen: int = Field(ge=0, le=10**12)
    order_line_id: UUID | None = None


class DueIn(BaseModel):
    due_on: date
    amount_fen: int = Fen


class InvoiceNew(BaseModel):
    customer_id: UUID
    lines: list[LineIn] = Field(min_length=1, max_length=500)
    invoice_on: date
    goods_on: date | None = None
    order_id: UUID | None = None
    dues: list[DueIn] = Field(default_factory=list, description="Instalments; empty: all at the end of the terms")
    note: str = Field(default="", max_length=1000)


class LineOut(BaseModel):
    line_no: int
    sku: str
    """The article of the order's line; empty for a line of its own."""
    name: str
    quantity: int
    price_fen: int
    amount_fen: int


class DueOut(BaseModel):
    seq: int
    due_on: date
    amount_fen: int
    open_fen: int


class AllocationOut(BaseModel):
    id: UUID
    invoice_number: str
    source_number: str
    """The number of the receipt or credit note; empty for a write-off, which has none."""
    invoice_id: UUID
    receipt_id: UUID | None
    credit_note_id: UUID | None
    write_off_id: UUID | None
    amount_fen: int
    allocated_on: date
    reversed_on: date | None
    reverse_reason: str


class InvoiceOut(InvoiceRow):
    lines: list[LineOut]
    schedule: list[DueOut]
    allocations: list[AllocationOut]
    collection_class: CollectionClass
    quasi_bad: QuasiBad | None
    interest_fen: int | None
    """Asked for at the rate in the settings; null while no rate is set."""
    penalty_fen: int | None
    """The daily-penalty style (违约金), likewise."""
    commands: list[str]
    timeline: list[StoryLine]


class QuasiBadBody(Command):
    case: QuasiBad
    shipments_stopped_on: date | None = None


class ReceiptRow(BaseModel):
    id: UUID
    number: str
    customer_id: UUID
    customer: str
    order_id: UUID | None
    received_on: date
    reported_on: date
    late_days: int
    """Days between the money and its report: 0, says M4-9."""
    method: ReceiptMethod
    purpose: Purpose
    payer_name: str
    amount_fen: int
    allocated_fen: int
    refunded_fen: int
    balance_fen: int
    state: str
    version: int


class ReceiptNew(BaseModel):
    customer_id: UUID
    amount_fen: int = Fen
    received_on: date
    method: ReceiptMethod
    payer_name: str = Field(min_length=1, max_length=200)
    purpose: Purpose = Purpose.PAYMENT
    order_id: UUID | None = None
    note_due_on: date | None = None
    bank_reference: str = Field(default="", max_length=100)


class ReceiptOut(ReceiptRow):
    allocations: list[AllocationOut]
    commands: list[str]
    timeline: list[StoryLine]


class Confirm(Command):
    accept_payer: str = Field(default="", max_length=500)


class AllocateBody(Command):
    invoice_id: UUID
    amount_fen: int = Fen


class Reason(BaseModel):
    note: str = Field(min_length=1, max_length=1000)


class CreditRow(BaseModel):
    id: UUID
    number: str
    customer_id: UUID
    customer: str
    invoice_id: UUID | None
    invoice_number: str | None
    kind: CreditKind
    amount_fen: int
    allocated_fen: int
    balance_fen: int
    reason: str
    issued_on: date | None
    state: str
    version: int


class CreditOut(CreditRow):
    commands: list[str]
    timeline: list[StoryLine]


class CreditNew(BaseModel):
    customer_id: UUID
    invoice_id: UUID | None = None
    kind: CreditKind
    amount_fen: int = Fen
    reason: str = Field(min_length=1, max_length=500)


class DunningRow(BaseModel):
    id: UUID
    number: str
    customer_id: UUID
    customer: str
    level: int
    made_on: date
    sent_on: date | None
    channel: str
    asked_fen: int
    outstanding_fen: int
    promised_on: date | None
    promised_fen: int | None
    promise: str
    status: str
    state: str
    version: int


class AskedLine(BaseModel):
    invoice_id: UUID
    invoice_number: str
    overdue_fen: int
    """What the letter said."""
    overdue_days: int
    outstanding_fen: int
    """What is open of the invoice today."""


class DunningOut(DunningRow):
    lines: list[AskedLine]
    commands: list[str]
    timeline: list[StoryLine]


class SendBody(Command):
    channel: str = Field(min_length=1, max_length=50, examples=["电话"])


class AnswerBody(Command):
    promised_on: date | None = None
    promised_fen: int | None = Field(default=None, gt=0)


class ExtensionRow(BaseModel):
    id: UUID
    number: str
    customer_id: UUID
    customer: str
    invoice_id: UUID
    asked_on: date
    old_due_on: date
    new_due_on: date
    amount_fen: int
    outstanding_fen: int
    reason: str
    status: str
    state: str
    version: int


class ExtensionOut(ExtensionRow):
    findings: str
    """What the representative found out about why the customer cannot pay."""
    commands: list[str]
    timeline: list[StoryLine]


class ExtensionNew(BaseModel):
    invoice_id: UUID
    new_due_on: date
    reason: str = Field(min_length=1, max_length=500)
    findings: str = Field(default="", max_length=2000)


class StatementRow(BaseModel):
    id: UUID
    number: str
    customer_id: UUID
    customer: str
    from_on: date
    to_on: date
    opening_fen: int
    debit_fen: int
    credit_fen: int
    closing_fen: int
    customer_fen: int | None
    difference_reason: str
    state: str
    version: int


class StatementNew(BaseModel):
    customer_id: UUID
    from_on: date
    to_on: date


class StatementConfirm(Command):
    customer_fen: int
    name: str = Field(min_length=1, max_length=100)


class Movement(BaseModel):
    on_day: date
    kind: str
    number: str | None
    debit_fen: int
    credit_fen: int


class StatementOut(StatementRow):
    movements: list[Movement]
    commands: list[str]
    timeline: list[StoryLine]


class TaskRow(BaseModel):
    id: UUID
    customer_id: UUID
    customer: str
    invoice_id: UUID
    kind: str
    made_on: date
    due_on: date
    answered_on: date | None
    late: bool
    reason: str
    measure: str
    promised_on: date | None
    state: str
    version: int


class TaskOut(TaskRow):
    invoice_number: str | None
    commands: list[str]
    timeline: list[StoryLine]


class TaskAnswer(Command):
    reason: str = Field(min_length=1, max_length=1000)
    measure: str = Field(default="", max_length=1000)
    promised_on: date | None = None


class AgeingRow(BaseModel):
    customer_id: UUID
    customer: str
    not_due_fen: int
    b1_fen: int
    b2_fen: int
    b3_fen: int
    b4_fen: int
    total_fen: int


class FiguresOut(BaseModel):
    receivable_fen: int
    credit_sales_fen: int
    dso_tenths: int | None
    due_fen: int
    received_fen: int
    collection_rate: int | None


class BalanceOut(BaseModel):
    customer_id: UUID
    on: date
    balance_fen: int
