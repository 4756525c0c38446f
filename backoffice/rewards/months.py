"""Months that void the growth reward (M13-8): goods of the month paid late, or money without goods."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from backoffice.rewards.rules import OverdueReading
from callcenter.kit.db import Session

_SETTLED = """
WITH steps AS (
    SELECT a.invoice_id, a.allocated_on,
           sum(a.amount_fen) OVER (PARTITION BY a.invoice_id ORDER BY a.allocated_on, a.id) AS reached
    FROM allocations a
    LEFT JOIN receipts r ON r.id = a.receipt_id
    WHERE a.reversed_on IS NULL AND a.allocated_on <= :today
), parts AS (
    SELECT s.invoice_id, s.due_on, i.goods_on, i.customer_id,
           sum(s.amount_fen) OVER (PARTITION BY s.invoice_id ORDER BY s.due_on, s.seq) AS needed
    FROM payment_schedules s JOIN invoices i ON i.id = s.invoice_id
    WHERE i.number IS NOT NULL AND i.cancelled_on IS NULL
), late AS (
    SELECT p.customer_id, p.goods_on,
           greatest(p.due_on, coalesce((SELECT max(e.new_due_on) FROM payment_extensions e
                                        WHERE e.invoice_id = p.invoice_id AND e.state = 'approved'), p.due_on)) AS due,
           (SELECT min(t.allocated_on) FROM steps t WHERE t.invoice_id = p.invoice_id AND t.reached >= p.needed) AS done
    FROM parts p
)
"""
_OF_GOODS = """
SELECT DISTINCT d.id AS dealer_id, date_trunc('month', l.goods_on)::date AS month
FROM late l JOIN distributors d ON d.customer_id = l.customer_id
WHERE coalesce(l.done, :today) > l.due
"""
_ANY_DEBT = """
SELECT DISTINCT d.id AS dealer_id, m::date AS month
FROM late l JOIN distributors d ON d.customer_id = l.customer_id
CROSS JOIN LATERAL generate_series(date_trunc('month', (l.due + 1)::timestamp),
                                   (coalesce(l.done, :today) - 1)::timestamp, interval '1 month') AS m
WHERE coalesce(l.done, :today) > l.due
"""
_PREPAID = """
SELECT d.id AS dealer_id, date_trunc('month', r.received_on)::date AS month, sum(r.amount_fen)::bigint AS fen
FROM receipts r JOIN distributors d ON d.customer_id = r.customer_id
WHERE r.state = 'confirmed' AND r.purpose IN ('prepayment', 'deposit') AND r.received_on BETWEEN :first AND :last
GROUP BY 1, 2
"""


async def refresh(session: Session, first: date, last: date, today: date, reading: OverdueReading) -> int:
    """Write the facts of the months from `first` to `last` anew, as they are known on `today`."""
    days = {"first": first, "last": last, "today": today}
    await session.execute(
        text("DELETE FROM reward_months WHERE month BETWEEN :first AND :last"), {"first": first, "last": last}
    )
    which = _OF_GOODS if reading is OverdueReading.GOODS else _ANY_DEBT
    overdue = (
        _SETTLED + ", found AS (" + which + ") INSERT INTO reward_months (dealer_id, month, overdue, prepaid_fen)"
        " SELECT dealer_id, month, true, 0 FROM found WHERE month BETWEEN :first AND :last"
    )
    await session.execute(text(overdue), days)
    await session.execute(
        text(
            "INSERT INTO reward_months AS m (dealer_id, month, overdue, prepaid_fen)"
            f" SELECT dealer_id, month, false, fen FROM ({_PREPAID}) p"
            " ON CONFLICT (dealer_id, month) DO UPDATE SET prepaid_fen = excluded.prepaid_fen"
        ),
        {"first": first, "last": last},
    )
    made = await session.scalar(
        text("SELECT count(*) FROM reward_months WHERE month BETWEEN :first AND :last"), {"first": first, "last": last}
    )
    return int(made or 0)
