"""The lists of receivables: each one SELECT over the ledger, with its derived status in SQL.

A test holds that the status here and `rules.invoice_status` agree on every invoice.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Integer, Select, and_, case, cast, exists, func, literal, select
from sqlmodel import col

from backoffice.accounts.models import CustomerAccount
from backoffice.listing.query import Listing
from backoffice.problem_accounts.models import ProblemCase
from backoffice.problem_accounts.rules import OPEN
from backoffice.receivables import ledger, reports
from backoffice.receivables.ledger import total
from backoffice.receivables.models import (
    Allocation,
    CollectionTask,
    Dunning,
    DunningLine,
    Extension,
    Invoice,
    Receipt,
    Statement,
)
from backoffice.receivables.rules import AgeingBasis, ReceivablesPolicy
from backoffice.receivables.schemas import (
    AgeingRow,
    CreditRow,
    DunningRow,
    ExtensionRow,
    InvoiceRow,
    ReceiptRow,
    StatementRow,
    TaskRow,
)


def in_case(invoice_id: Any) -> ColumnElement[bool]:
    """Whether an invoice stands in an open problem case (M6)."""
    return exists().where(col(ProblemCase.invoice_id) == invoice_id, col(ProblemCase.state).in_(OPEN))


def status(f: Any) -> ColumnElement[str]:
    """The derived headline (see rules.invoice_status)."""
    used = f.c.paid_fen + f.c.credited_fen + f.c.written_off_fen
    return case(
        (f.c.state.in_(["draft", "cancelled"]), f.c.state),
        (and_(used >= f.c.total_fen, f.c.written_off_fen > 0), "written_off"),
        (f.c.credited_fen >= f.c.total_fen, "credited"),
        (used >= f.c.total_fen, "paid"),
        (in_case(f.c.id), "problem"),
        (f.c.state == "disputed", "disputed"),
        (f.c.overdue_fen > 0, "overdue"),
        (used > 0, "partly_paid"),
        else_="issued",
    )


def _named(sub: Any, row: Any, *given: Any) -> Select[Any]:
    """The row's columns from `sub`, the customer's name, and the columns given."""
    names = {column.key for column in given} | {"customer"}
    plain = [sub.c[name] for name in row.model_fields if name not in names]
    return select(*plain, col(CustomerAccount.legal_name).label("customer"), *given).join(
        CustomerAccount, col(CustomerAccount.id) == sub.c.customer_id
    )


def _invoices(today: date, customer: UUID | None = None) -> Select[Any]:
    f = ledger.facts(today, customer).subquery("f")
    return _named(f, InvoiceRow, status(f).label("status"))


def _receipts(today: date, customer: UUID | None = None) -> Select[Any]:
    r = ledger.receipts(today, customer).subquery("r")
    return _named(r, ReceiptRow, cast(r.c.reported_on - r.c.received_on, Integer).label("late_days"))


def _credits(today: date) -> Select[Any]:
    n = ledger.credit_notes(today).subquery("n")
    rows = _named(n, CreditRow, col(Invoice.number).label("invoice_number"))
    return rows.outerjoin(Invoice, col(Invoice.id) == n.c.invoice_id)


def _dunnings(today: date, customer: UUID | None = None) -> Select[Any]:
    f = ledger.facts(today, customer).subquery("f")
    sums = (
        select(
            col(DunningLine.dunning_id).label("dunning_id"),
            total(col(DunningLine.overdue_fen)).label("asked_fen"),
            total(f.c.outstanding_fen).label("outstanding_fen"),
        )
        .join(f, f.c.id == col(DunningLine.invoice_id))
        .group_by(col(DunningLine.dunning_id))
        .subquery("sums")
    )
    received = (
        select(func.coalesce(total(col(Allocation.amount_fen)), 0))
        .join(DunningLine, col(DunningLine.invoice_id) == col(Allocation.invoice_id))
        .where(
            col(DunningLine.dunning_id) == col(Dunning.id),
            ledger.live(today),
            col(Allocation.allocated_on).between(col(Dunning.sent_on), col(Dunning.promised_on)),
        )
        .scalar_subquery()
    )
    promise = case(
        (col(Dunning.promised_on).is_(None), "none"),
        (received >= col(Dunning.promised_fen), "kept"),
        (col(Dunning.promised_on) >= literal(today, Date), "open"),
        else_="broken",
    )
    # M4-3: a letter is resolved while its invoices ask for nothing; a bounced receipt un-resolves it by itself.
    paid = and_(col(Dunning.state) != "cancelled", sums.c.outstanding_fen == 0)
    return (
        select(
            *(col(getattr(Dunning, n)) for n in DunningRow.model_fields if n in Dunning.model_fields),
            col(CustomerAccount.legal_name).label("customer"),
            sums.c.asked_fen,
            sums.c.outstanding_fen,
            promise.label("promise"),
            case((paid, "resolved"), else_=col(Dunning.state)).label("status"),
        )
        .join(sums, sums.c.dunning_id == col(Dunning.id))
        .join(CustomerAccount, col(CustomerAccount.id) == col(Dunning.customer_id))
    )


def _extensions(today: date, customer: UUID | None = None) -> Select[Any]:
    f = ledger.facts(today, customer).subquery("f")
    late = exists().where(
        col(Allocation.invoice_id) == col(Extension.invoice_id),
        ledger.live(today),
        col(Allocation.allocated_on) > col(Extension.new_due_on),
    )
    approved = col(Extension.state) == "approved"
    became = case(
        (~approved, col(Extension.state)),
        (and_(f.c.outstanding_fen <= 0, ~late), "kept"),
        (and_(f.c.outstanding_fen > 0, col(Extension.new_due_on) >= today), "active"),
        else_="broken",
    )
    return (
        select(
            *(col(getattr(Extension, n)) for n in ExtensionRow.model_fields if n in Extension.model_fields),
            col(CustomerAccount.legal_name).label("customer"),
            f.c.outstanding_fen,
            became.label("status"),
        )
        .join(f, f.c.id == col(Extension.invoice_id))
        .join(CustomerAccount, col(CustomerAccount.id) == col(Extension.customer_id))
    )


def _statements(_today: date) -> Select[Any]:
    return select(
        *(col(getattr(Statement, n)) for n in StatementRow.model_fields if n in Statement.model_fields),
        col(CustomerAccount.legal_name).label("customer"),
    ).join(CustomerAccount, col(CustomerAccount.id) == col(Statement.customer_id))


def _tasks(today: date) -> Select[Any]:
    done_on = func.coalesce(col(CollectionTask.answered_on), literal(today, Date))
    return select(
        *(col(getattr(CollectionTask, n)) for n in TaskRow.model_fields if n in CollectionTask.model_fields),
        col(CustomerAccount.legal_name).label("customer"),
        (done_on > col(CollectionTask.due_on)).label("late"),
    ).join(CustomerAccount, col(CustomerAccount.id) == col(CollectionTask.customer_id))


INVOICES = Listing(
    name="invoices",
    row=InvoiceRow,
    source=_invoices,
    narrowed=_invoices,
    model=Invoice,
    search=("number", "customer"),
    filters=("status", "state", "customer_id", "order_id"),
    on="invoice_on",
    totals=("total_fen", "paid_fen", "credited_fen", "written_off_fen", "outstanding_fen", "overdue_fen"),
)
RECEIPTS = Listing(
    name="receipts",
    row=ReceiptRow,
    source=_receipts,
    narrowed=_receipts,
    model=Receipt,
    search=("number", "customer", "payer_name"),
    filters=("state", "method", "purpose", "customer_id", "order_id"),
    on="received_on",
    totals=("amount_fen", "allocated_fen", "refunded_fen", "balance_fen"),
)
CREDITS = Listing(
    name="credit_notes",
    row=CreditRow,
    source=_credits,
    search=("number", "customer", "reason"),
    filters=("state", "kind", "customer_id", "invoice_id"),
    on="issued_on",
    totals=("amount_fen", "allocated_fen", "balance_fen"),
)
DUNNINGS = Listing(
    name="dunnings",
    row=DunningRow,
    source=_dunnings,
    narrowed=_dunnings,
    model=Dunning,
    search=("number", "customer"),
    filters=("status", "state", "level", "promise", "customer_id"),
    on="made_on",
    totals=("asked_fen", "outstanding_fen"),
)
EXTENSIONS = Listing(
    name="extensions",
    row=ExtensionRow,
    source=_extensions,
    narrowed=_extensions,
    model=Extension,
    search=("number", "customer"),
    filters=("status", "state", "customer_id", "invoice_id"),
    on="asked_on",
    totals=("amount_fen", "outstanding_fen"),
)
STATEMENTS = Listing(
    name="statements",
    row=StatementRow,
    source=_statements,
    search=("number", "customer"),
    filters=("state", "customer_id"),
    on="to_on",
    totals=("closing_fen",),
)
TASKS = Listing(
    name="collection_tasks",
    row=TaskRow,
    source=_tasks,
    search=("customer", "reason"),
    filters=("state", "kind", "late", "customer_id", "invoice_id"),
    on="due_on",
    sort="due_on",
)


def _ageing(today: date, policy: ReceivablesPolicy) -> Select[Any]:
    by_invoice_date = policy.ageing_basis is AgeingBasis.INVOICE
    return reports.ageing(today, policy.ageing_days, by_invoice_date=by_invoice_date)


def _ageing_headings(policy: ReceivablesPolicy) -> dict[str, tuple[str, str]]:
    """The buckets as they are set, not as they were when the words were written."""
    a, b, c = policy.ageing_days
    return {
        "b1_fen": (f"逾期1-{a}天", f"1–{a} days"),
        "b2_fen": (f"逾期{a + 1}-{b}天", f"{a + 1}–{b} days"),
        "b3_fen": (f"逾期{b + 1}-{c}天", f"{b + 1}–{c} days"),
        "b4_fen": (f"逾期{c}天以上", f"over {c} days"),
    }


AGEING = Listing(
    name="ageing",
    row=AgeingRow,
    source=lambda today: _ageing(today, ReceivablesPolicy()),
    policy=ReceivablesPolicy,
    tuned=_ageing,
    headings=_ageing_headings,
    search=("customer",),
    filters=("customer_id",),
    sort="-total_fen",
    totals=("not_due_fen", "b1_fen", "b2_fen", "b3_fen", "b4_fen", "total_fen"),
    ties="customer_id",
    hidden=(),
)
LISTINGS = (INVOICES, RECEIPTS, CREDITS, DUNNINGS, EXTENSIONS, STATEMENTS, TASKS, AGEING)
