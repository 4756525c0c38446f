"""Invoices, receipts, credit notes, and the allocations between them; dunning, extensions, statements, tasks.

What an invoice still asks for and what a receipt still holds are never stored: both are sums of allocations.
A trigger (backoffice/guards.py) holds that no sum passes what it is taken from.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from backoffice.receivables.machines import (
    CreditNoteState,
    DunningState,
    ExtensionState,
    InvoiceState,
    ReceiptState,
    StatementState,
    TaskState,
)
from backoffice.receivables.rules import QuasiBad
from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class Invoice(SQLModel, table=True):
    __tablename__ = "invoices"
    __table_args__ = (
        CheckConstraint(one_of("state", InvoiceState), name="state"),
        CheckConstraint("total_fen > 0", name="total"),
        CheckConstraint("state IN ('draft', 'cancelled') OR number IS NOT NULL", name="issued_has_a_number"),
        CheckConstraint("issued_by IS NULL OR issued_by <> made_by", name="maker_never_issues"),
        CheckConstraint("(cancelled_on IS NOT NULL) = (state = 'cancelled')", name="cancelled"),
        CheckConstraint(f"quasi_bad IS NULL OR {one_of('quasi_bad', QuasiBad)}", name="quasi_bad"),
        UniqueConstraint("id", "customer_id"),
        Index("ix_invoices_customer", "customer_id", "invoice_on"),
        Index("ix_invoices_order", "order_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str | None = Field(default=None, unique=True)
    """Given when it is issued, so that the series has no gaps."""
    customer_id: UUID = Field(foreign_key="customer_accounts.id")
    order_id: UUID | None = Field(default=None, foreign_key="sales_orders.id")
    state: str = InvoiceState.DRAFT.value
    invoice_on: date
    goods_on: date
    """When the goods were received: the month that the collection classes speak of."""
    total_fen: int = Field(sa_type=BigInteger)
    note: str = ""
    quasi_bad: str | None = None
    made_by: UUID | None = Field(default=None, foreign_key="users.id")
    issued_by: UUID | None = Field(default=None, foreign_key="users.id")
    cancelled_on: date | None = None
    made_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1


class InvoiceLine(SQLModel, table=True):
    __tablename__ = "invoice_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0 AND price_fen >= 0", name="amounts"),
        CheckConstraint("amount_fen = quantity * price_fen", name="amount"),
        Index("ix_invoice_lines_order_line", "order_line_id"),
    )

    invoice_id: UUID = Field(foreign_key="invoices.id", primary_key=True, ondelete="CASCADE")
    line_no: int = Field(primary_key=True)
    order_line_id: UUID | None = Field(default=None, foreign_key="sales_order_lines.id")
    name: str
    quantity: int
    price_fen: int = Field(sa_type=BigInteger)
    amount_fen: int = Field(sa_type=BigInteger)


class PaymentSchedule(SQLModel, table=True):
    """When how much of an invoice is due; the parts add up to its total (a deferred trigger says so)."""

    __tablename__ = "payment_schedules"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount"),
        Index("ix_payment_schedules_due", "due_on"),
    )

    invoice_id: UUID = Field(foreign_key="invoices.id", primary_key=True, ondelete="CASCADE")
    seq: int = Field(primary_key=True)
    due_on: date
    amount_fen: int = Field(sa_type=BigInteger)


class ReceiptMethod(StrEnum):
    CASH = "cash"
    TRANSFER = "transfer"
    CHEQUE = "cheque"
    BANK_ACCEPTANCE = "bank_acceptance"


class Purpose(StrEnum):
    PAYMENT = "payment"
    PREPAYMENT = "prepayment"
    DEPOSIT = "deposit"  # 定金: another thing in law than a prepayment (M5-5)


class Receipt(SQLModel, table=True):
    """Money in. What of it is not allocated is the customer's advance (M4-1, M5)."""

    __tablename__ = "receipts"
    __table_args__ = (
        CheckConstraint(one_of("state", ReceiptState), name="state"),
        CheckConstraint(one_of("method", ReceiptMethod), name="method"),
        CheckConstraint(one_of("purpose", Purpose), name="purpose"),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("(note_due_on IS NOT NULL) = (method = 'bank_acceptance')", name="note_has_a_maturity"),
        CheckConstraint("(confirmed_by IS NOT NULL) = (state IN ('confirmed', 'bounced'))", name="confirmed"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> recorded_by", name="recorder_never_confirms"),
        CheckConstraint("(bounced_on IS NOT NULL) = (state = 'bounced')", name="bounced"),
        UniqueConstraint("id", "customer_id"),
        Index("ix_receipts_customer", "customer_id", "received_on"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    customer_id: UUID = Field(foreign_key="customer_accounts.id")
    order_id: UUID | None = Field(default=None, foreign_key="sales_orders.id", index=True)
    purpose: str = Purpose.PAYMENT.value
    state: str = ReceiptState.RECORDED.value
    received_on: date
    reported_on: date
    """When it was handed in: the same day, says M4-9."""
    amount_fen: int = Field(sa_type=BigInteger)
    method: str
    note_due_on: date | None = None
    """Maturity of a bank acceptance draft."""
    payer_name: str
    payer_accepted: str = ""
    """Why finance took money from another name than the invoiced party's (M4-9)."""
    bank_reference: str = ""
    recorded_by: UUID = Field(foreign_key="users.id")
    confirmed_by: UUID | None = Field(default=None, foreign_key="users.id")
    confirmed_on: date | None = None
    bounced_on: date | None = None
    made_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1


class CreditKind(StrEnum):
    RETURN = "return"
    DIFFERENCE = "difference"
    PRICE = "price"
    REWARD = "reward"


class CreditNote(SQLModel, table=True):
    __tablename__ = "credit_notes"
    __table_args__ = (
        CheckConstraint(one_of("state", CreditNoteState), name="state"),
        CheckConstraint(one_of("kind", CreditKind), name="kind"),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("issued_by IS NULL OR issued_by <> made_by", name="maker_never_issues"),
        CheckConstraint("(issued_on IS NOT NULL) = (state = 'issued')", name="issued"),
        UniqueConstraint("id", "customer_id"),
        Index("ix_credit_notes_customer", "customer_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    customer_id: UUID = Field(foreign_key="customer_accounts.id")
    invoice_id: UUID | None = Field(default=None, foreign_key="invoices.id", index=True)
    kind: str
    state: str = CreditNoteState.DRAFT.value
    amount_fen: int = Field(sa_type=BigInteger)
    reason: str
    made_by: UUID | None = Field(default=None, foreign_key="users.id")
    issued_by: UUID | None = Field(default=None, foreign_key="users.id")
    issued_on: date | None = None
    made_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1


class Allocation(SQLModel, table=True):
    """So much of a receipt (or credit note) pays so much of an invoice. Reversed, never changed or removed."""

    __tablename__ = "allocations"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("num_nonnulls(receipt_id, credit_note_id, write_off_id) = 1", name="one_source"),
        CheckConstraint("(reversed_on IS NULL) = (reverse_reason = '')", name="reversal_has_a_reason"),
        CheckConstraint("reversed_on IS NULL OR reversed_on >= allocated_on", name="reversed_later"),
        Index("ix_allocations_live_invoice", "invoice_id", postgresql_where=text("reversed_on IS NULL")),
        Index("ix_allocations_live_receipt", "receipt_id", postgresql_where=text("reversed_on IS NULL")),
        Index("ix_allocations_live_credit", "credit_note_id", postgresql_where=text("reversed_on IS NULL")),
        Index("ix_allocations_customer", "customer_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    customer_id: UUID = Field(foreign_key="customer_accounts.id")
    receipt_id: UUID | None = Field(default=None, foreign_key="receipts.id")
    credit_note_id: UUID | None = Field(default=None, foreign_key="credit_notes.id")
    write_off_id: UUID | None = Field(default=None, foreign_key="write_offs.id", index=True)
    """Of a problem case (M6)."""
    invoice_id: UUID = Field(foreign_key="invoices.id")
    amount_fen: int = Field(sa_type=BigInteger)
    allocated_on: date
    allocated_by: UUID | None = Field(default=None, foreign_key="users.id")
    reversed_on: date | None = None
    reversed_by: UUID | None = Field(default=None, foreign_key="users.id")
    reverse_reason: str = ""


class Dunning(SQLModel, table=True):
    """One letter to one customer at one level. That it is resolved is derived: its invoices are paid (M4-3)."""

    __tablename__ = "dunnings"
    __table_args__ = (
        CheckConstraint(one_of("state", DunningState), name="state"),
        CheckConstraint("level >= 1", name="level"),
        CheckConstraint("(promised_on IS NULL) = (promised_fen IS NULL)", name="promise"),
        Index("ix_dunnings_customer", "customer_id", "made_on"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    customer_id: UUID = Field(foreign_key="customer_accounts.id")
    level: int
    state: str = DunningState.DRAFT.value
    made_on: date
    sent_on: date | None = None
    channel: str = ""
    answer: str = ""
    promised_on: date | None = None
    promised_fen: int | None = Field(default=None, sa_type=BigInteger)
    version: int = 1


class DunningLine(SQLModel, table=True):
    __tablename__ = "dunning_lines"

    dunning_id: UUID = Field(foreign_key="dunnings.id", primary_key=True, ondelete="CASCADE")
    invoice_id: UUID = Field(primary_key=True)
    """Without a foreign key: a run writes 200,000 of these from the invoices themselves, which are never removed."""
    overdue_fen: int = Field(sa_type=BigInteger)
    """What the letter said."""
    overdue_days: int


class Extension(SQLModel, table=True):
    """延期付款申请单. Once approved it is active until its new date; after it, kept or broken (derived)."""

    __tablename__ = "payment_extensions"
    __table_args__ = (
        CheckConstraint(one_of("state", ExtensionState), name="state"),
        CheckConstraint("new_due_on > old_due_on", name="later"),
        Index(
            "uq_payment_extensions_one_at_work",
            "invoice_id",
            unique=True,
            postgresql_where=text("state IN ('draft', 'submitted')"),
        ),
        Index("ix_payment_extensions_invoice", "invoice_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    customer_id: UUID = Field(foreign_key="customer_accounts.id")
    invoice_id: UUID = Field(foreign_key="invoices.id")
    state: str = ExtensionState.DRAFT.value
    asked_on: date
    old_due_on: date
    new_due_on: date
    amount_fen: int = Field(sa_type=BigInteger)
    reason: str
    findings: str = ""
    """What the representative found out about the customer."""
    made_by: UUID = Field(foreign_key="users.id")
    version: int = 1


class Statement(SQLModel, table=True):
    """对账单: what we say the customer owes, and what the customer says."""

    __tablename__ = "customer_statements"
    __table_args__ = (
        CheckConstraint(one_of("state", StatementState), name="state"),
        CheckConstraint("from_on <= to_on", name="period"),
        CheckConstraint("closing_fen = opening_fen + debit_fen - credit_fen", name="adds_up"),
        CheckConstraint(
            "state <> 'closed' OR customer_fen = closing_fen OR difference_reason <> ''",
            name="difference_has_a_reason",  # M4-7
        ),
        UniqueConstraint("customer_id", "from_on", "to_on"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    customer_id: UUID = Field(foreign_key="customer_accounts.id")
    state: str = StatementState.DRAFT.value
    from_on: date
    to_on: date
    opening_fen: int = Field(sa_type=BigInteger)
    debit_fen: int = Field(sa_type=BigInteger)
    credit_fen: int = Field(sa_type=BigInteger)
    closing_fen: int = Field(sa_type=BigInteger)
    customer_fen: int | None = Field(default=None, sa_type=BigInteger)
    """The balance the customer confirms or claims."""
    confirmed_name: str = ""
    confirmed_on: date | None = None
    difference_reason: str = ""
    made_on: date
    version: int = 1


class TaskKind(StrEnum):
    REASON = "reason"  # why is it uncollected, and when will it come
    REPORT = "report"  # reason and measure, once under collection
    SOLVE = "solve"
    LEGAL = "legal"  # bankrupt or seized: to legal on the same day


class CollectionTask(SQLModel, table=True):
    __tablename__ = "collection_tasks"
    __table_args__ = (
        CheckConstraint(one_of("state", TaskState), name="state"),
        CheckConstraint(one_of("kind", TaskKind), name="kind"),
        UniqueConstraint("invoice_id", "kind"),
        Index("ix_collection_tasks_due", "due_on", postgresql_where=text("state = 'open'")),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    customer_id: UUID = Field(foreign_key="customer_accounts.id")
    invoice_id: UUID = Field(foreign_key="invoices.id")
    kind: str
    state: str = TaskState.OPEN.value
    made_on: date
    due_on: date
    assignee_id: UUID | None = Field(default=None, foreign_key="users.id")
    reason: str = ""
    measure: str = ""
    promised_on: date | None = None
    answered_on: date | None = None
    version: int = 1
