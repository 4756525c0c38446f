"""Small queries of receivables; the figures of lists and reports are in ledger.py."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from backoffice.advances.models import Refund
from backoffice.receivables.models import Allocation, CreditNote, Invoice, Receipt
from callcenter.kit.db import Session


async def receipt_balance(session: Session, source: Receipt | CreditNote) -> int:
    """What of a receipt or credit note is free now: amount − allocated − refunded; 0 while it is not in force."""
    if source.state not in ("confirmed", "issued"):
        return 0
    is_receipt = isinstance(source, Receipt)
    column = col(Allocation.receipt_id) if is_receipt else col(Allocation.credit_note_id)
    used = await session.scalar(
        select(func.coalesce(func.sum(col(Allocation.amount_fen)), 0)).where(
            column == source.id, col(Allocation.reversed_on).is_(None)
        )
    )
    back = await refunded(session, source.id) if is_receipt else 0
    return source.amount_fen - int(used or 0) - back


async def refunded(session: Session, receipt_id: UUID) -> int:
    total = await session.scalar(
        select(func.coalesce(func.sum(col(Refund.amount_fen)), 0)).where(
            col(Refund.receipt_id) == receipt_id, col(Refund.state) == "paid"
        )
    )
    return int(total or 0)


async def allocations_of(
    session: Session, *, invoice_id: UUID | None = None, receipt_id: UUID | None = None
) -> list[Allocation]:
    """All of them, undone ones too, in the order in which they were made."""
    where = col(Allocation.invoice_id) == invoice_id if invoice_id else col(Allocation.receipt_id) == receipt_id
    rows = await session.scalars(
        select(Allocation).where(where).order_by(col(Allocation.allocated_on), col(Allocation.id))
    )
    return list(rows)


async def numbers_of(session: Session, used: Sequence[Allocation]) -> list[tuple[Allocation, str, str]]:
    """Each with the number of its invoice and of the receipt or credit note it comes from ('' for a write-off)."""
    rows = await session.execute(
        select(
            Allocation,
            col(Invoice.number),
            func.coalesce(col(Receipt.number), col(CreditNote.number), ""),
        )
        .join(Invoice, col(Invoice.id) == col(Allocation.invoice_id))
        .outerjoin(Receipt, col(Receipt.id) == col(Allocation.receipt_id))
        .outerjoin(CreditNote, col(CreditNote.id) == col(Allocation.credit_note_id))
        .where(col(Allocation.id).in_([row.id for row in used]))
    )
    found = {row.id: (row, invoice or "", source) for row, invoice, source in rows}
    return [found[row.id] for row in used]
