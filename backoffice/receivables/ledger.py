"""The one definition of every figure of the ledger, as SELECTs of a day.

    live          allocations in force on the day
    facts         each invoice with what receipts, credits and write-offs settled of it
    open_lines    each instalment with what is still open of it and the date it is due now
    movements     everything that moved a customer's balance (the statement)
    free          what of each confirmed receipt and issued credit note is not allocated

Lists, ageing, dunning, statements, exposure and reports read these and nothing else: they agree because they
cannot differ.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Date, Select, and_, case, cast, func, literal, or_, select, union_all
from sqlalchemy.sql.selectable import Subquery
from sqlmodel import col

from backoffice.advances.models import Refund
from backoffice.receivables.models import Allocation, CreditNote, Extension, Invoice, PaymentSchedule, Receipt


def live(as_of: date) -> ColumnElement[bool]:
    """Whether an allocation counts on `as_of`."""
    return and_(
        col(Allocation.allocated_on) <= as_of,
        or_(col(Allocation.reversed_on).is_(None), col(Allocation.reversed_on) > as_of),
    )


def _standing(as_of: date) -> ColumnElement[bool]:
    """Whether an invoice is a claim on `as_of`."""
    return and_(
        col(Invoice.number).is_not(None),
        col(Invoice.invoice_on) <= as_of,
        or_(col(Invoice.cancelled_on).is_(None), col(Invoice.cancelled_on) > as_of),
    )


def total(column: Any) -> ColumnElement[int]:
    """The sum as a whole number (PostgreSQL sums bigints to numerics)."""
    return cast(func.sum(column), BigInteger)


def _part(column: Any) -> ColumnElement[int]:
    return total(case((column.is_not(None), col(Allocation.amount_fen)), else_=0))


def settled(as_of: date, customer_id: Any = None) -> Subquery:
    """Per invoice: paid_fen, credited_fen, written_off_fen."""
    query: Any = (
        select(
            col(Allocation.invoice_id).label("invoice_id"),
            _part(col(Allocation.receipt_id)).label("paid_fen"),
            _part(col(Allocation.credit_note_id)).label("credited_fen"),
            _part(col(Allocation.write_off_id)).label("written_off_fen"),
            total(col(Allocation.amount_fen)).label("settled_fen"),
        )
        .where(live(as_of))
        .group_by(col(Allocation.invoice_id))
    )
    mine: Subquery = of(query, Allocation, customer_id).subquery("settled")
    return mine


def of(query: Any, model: Any, customer_id: Any) -> Select[Any]:
    """Narrow the innermost sums to one customer: PostgreSQL does not carry that through a GROUP BY by itself."""
    narrowed: Select[Any] = query if customer_id is None else query.where(col(model.customer_id) == customer_id)
    return narrowed


def extended(as_of: date) -> Subquery:
    """Per invoice: the date an approved extension moves it to, as long as that date has not passed.

    Once it has passed unpaid the extension is broken, and the original date counts again.
    """
    return (
        select(col(Extension.invoice_id).label("invoice_id"), func.max(col(Extension.new_due_on)).label("to_on"))
        .where(col(Extension.state) == "approved", col(Extension.new_due_on) >= as_of, col(Extension.asked_on) <= as_of)
        .group_by(col(Extension.invoice_id))
        .subquery("extended")
    )


def open_lines(as_of: date, *, by_invoice_date: bool = False, customer_id: Any = None) -> Select[Any]:
    """Open instalments: invoice_id, customer_id, state, seq, due_on, open_fen, overdue_days."""
    paid, moved = settled(as_of, customer_id), extended(as_of)
    reached = cast(
        func.sum(col(PaymentSchedule.amount_fen)).over(
            partition_by=col(PaymentSchedule.invoice_id),
            order_by=[col(PaymentSchedule.due_on), col(PaymentSchedule.seq)],
        ),
        BigInteger,
    )
    # Money pays the earliest instalment first: what lies beyond the money, at most the instalment itself.
    still = func.least(
        col(PaymentSchedule.amount_fen), func.greatest(reached - func.coalesce(paid.c.settled_fen, 0), 0)
    )
    due = func.greatest(col(PaymentSchedule.due_on), func.coalesce(moved.c.to_on, col(PaymentSchedule.due_on)))
    counted = col(Invoice.invoice_on) if by_invoice_date else due
    query = (
        select(
            col(Invoice.id).label("invoice_id"),
            col(Invoice.customer_id).label("customer_id"),
            col(Invoice.state).label("state"),
            col(PaymentSchedule.seq).label("seq"),
            due.label("due_on"),
            still.label("open_fen"),
            func.greatest(literal(as_of, Date) - counted, 0).label("overdue_days"),
        )
        .join(PaymentSchedule, col(PaymentSchedule.invoice_id) == col(Invoice.id))
        .outerjoin(paid, paid.c.invoice_id == col(Invoice.id))
        .outerjoin(moved, moved.c.invoice_id == col(Invoice.id))
        .where(_standing(as_of))
    )
    lines = of(query, Invoice, customer_id).subquery("lines")
    return select(lines).where(lines.c.open_fen > 0)


def facts(as_of: date, customer_id: Any = None) -> Select[Any]:
    """Each invoice (of one customer): paid, credited, written off, outstanding, overdue, next due date."""
    paid = settled(as_of, customer_id)
    lines = open_lines(as_of, customer_id=customer_id).subquery("open")
    dues = (
        select(
            lines.c.invoice_id,
            func.min(lines.c.due_on).label("due_on"),
            total(case((lines.c.due_on < as_of, lines.c.open_fen), else_=0)).label("overdue_fen"),
        )
        .group_by(lines.c.invoice_id)
        .subquery("dues")
    )
    last = (
        select(col(PaymentSchedule.invoice_id), func.max(col(PaymentSchedule.due_on)).label("due_on"))
        .group_by(col(PaymentSchedule.invoice_id))
        .subquery("last")
    )
    zero = literal(0)
    claims = col(Invoice.state).in_(["issued", "disputed"])
    outstanding = case((claims, col(Invoice.total_fen) - func.coalesce(paid.c.settled_fen, 0)), else_=zero)
    query = (
        select(
            *Invoice.__table__.c,  # type: ignore[attr-defined]
            func.coalesce(paid.c.paid_fen, zero).label("paid_fen"),
            func.coalesce(paid.c.credited_fen, zero).label("credited_fen"),
            func.coalesce(paid.c.written_off_fen, zero).label("written_off_fen"),
            outstanding.label("outstanding_fen"),
            func.coalesce(dues.c.overdue_fen, zero).label("overdue_fen"),
            func.coalesce(dues.c.due_on, last.c.due_on).label("due_on"),
        )
        .outerjoin(paid, paid.c.invoice_id == col(Invoice.id))
        .outerjoin(dues, dues.c.invoice_id == col(Invoice.id))
        .outerjoin(last, last.c.invoice_id == col(Invoice.id))
    )
    mine: Select[Any] = of(query, Invoice, customer_id)
    return mine


def receipt_use(as_of: date, customer_id: Any = None) -> tuple[Subquery, Subquery]:
    """Per receipt: what is allocated, and what was refunded."""
    used: Any = (
        select(col(Allocation.receipt_id).label("receipt_id"), total(col(Allocation.amount_fen)).label("fen"))
        .where(live(as_of), col(Allocation.receipt_id).is_not(None))
        .group_by(col(Allocation.receipt_id))
    )
    back: Any = (
        select(col(Refund.receipt_id).label("receipt_id"), total(col(Refund.amount_fen)).label("fen"))
        .where(col(Refund.paid_on) <= as_of)
        .group_by(col(Refund.receipt_id))
    )
    return of(used, Allocation, customer_id).subquery("used"), of(back, Refund, customer_id).subquery("back")


def receipts(as_of: date, customer_id: Any = None) -> Select[Any]:
    """Each receipt (of one customer) with allocated_fen, refunded_fen and balance_fen (M5-1).

    Only confirmed money has a balance.
    """
    used, back = receipt_use(as_of, customer_id)
    allocated, refunded = func.coalesce(used.c.fen, 0), func.coalesce(back.c.fen, 0)
    counts = and_(col(Receipt.state) == "confirmed", col(Receipt.received_on) <= as_of)
    query = (
        select(
            *Receipt.__table__.c,  # type: ignore[attr-defined]
            allocated.label("allocated_fen"),
            refunded.label("refunded_fen"),
            case((counts, col(Receipt.amount_fen) - allocated - refunded), else_=0).label("balance_fen"),
        )
        .outerjoin(used, used.c.receipt_id == col(Receipt.id))
        .outerjoin(back, back.c.receipt_id == col(Receipt.id))
    )
    mine: Select[Any] = of(query, Receipt, customer_id)
    return mine


def credit_notes(as_of: date) -> Select[Any]:
    """Each credit note with allocated_fen and balance_fen."""
    used = (
        select(col(Allocation.credit_note_id).label("note_id"), total(col(Allocation.amount_fen)).label("fen"))
        .where(live(as_of), col(Allocation.credit_note_id).is_not(None))
        .group_by(col(Allocation.credit_note_id))
        .subquery("used")
    )
    allocated = func.coalesce(used.c.fen, 0)
    counts = and_(col(CreditNote.state) == "issued", col(CreditNote.issued_on) <= as_of)
    return select(
        *CreditNote.__table__.c,  # type: ignore[attr-defined]
        allocated.label("allocated_fen"),
        case((counts, col(CreditNote.amount_fen) - allocated), else_=0).label("balance_fen"),
    ).outerjoin(used, used.c.note_id == col(CreditNote.id))


def movements(customer_id: Any) -> Select[Any]:
    """What moved the customer's balance: on, kind, number, debit_fen (they owe more), credit_fen (less).

    A cancelled invoice and a bounced receipt stand twice: on the day they came and the day they went.
    """
    nothing = literal(0)

    def line(model: Any, on: Any, kind: str, number: Any, debit: Any, credit: Any, *where: Any) -> Select[Any]:
        return select(
            cast(on, Date).label("on_day"),
            literal(kind).label("kind"),
            number.label("number"),
            debit.label("debit_fen"),
            credit.label("credit_fen"),
        ).where(col(model.customer_id) == customer_id, *where)

    issued = col(Invoice.number).is_not(None)
    off = col(Allocation.write_off_id).is_not(None)
    in_bank = col(Receipt.state).in_(["confirmed", "bounced"])
    invoice, receipt, amount = col(Invoice.number), col(Receipt.number), col(Receipt.amount_fen)
    numbered = select(col(Invoice.number)).where(col(Invoice.id) == col(Allocation.invoice_id)).scalar_subquery()
    parts = (
        line(Invoice, Invoice.invoice_on, "invoice", invoice, col(Invoice.total_fen), nothing, issued),
        line(
            Invoice,
            Invoice.cancelled_on,
            "invoice_cancelled",
            invoice,
            nothing,
            col(Invoice.total_fen),
            issued,
            col(Invoice.cancelled_on).is_not(None),
        ),
        line(Receipt, Receipt.received_on, "receipt", receipt, nothing, amount, in_bank),
        line(
            Receipt,
            Receipt.bounced_on,
            "receipt_bounced",
            receipt,
            amount,
            nothing,
            col(Receipt.bounced_on).is_not(None),
        ),
        line(
            CreditNote,
            CreditNote.issued_on,
            "credit_note",
            col(CreditNote.number),
            nothing,
            col(CreditNote.amount_fen),
            col(CreditNote.issued_on).is_not(None),
        ),
        line(
            Refund,
            Refund.paid_on,
            "refund",
            col(Refund.number),
            col(Refund.amount_fen),
            nothing,
            col(Refund.paid_on).is_not(None),
        ),
        line(Allocation, Allocation.allocated_on, "write_off", numbered, nothing, col(Allocation.amount_fen), off),
        line(
            Allocation,
            Allocation.reversed_on,
            "write_off_reversed",
            numbered,
            col(Allocation.amount_fen),
            nothing,
            off,
            col(Allocation.reversed_on).is_not(None),
        ),
    )
    together = union_all(*parts).subquery("movements")
    return select(together)
