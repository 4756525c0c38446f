"""What counts as a purchase (M13-2): invoiced goods at wholesale, without deposit, less what came back.

Collected from the ledger's papers by one statement each; a paper is taken once, and never changed afterwards: a
cancelled invoice and a return are negative purchases on the day they happen.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from backoffice.kit.duties import Actor, OfficeRole
from backoffice.policies import service as policies
from backoffice.rewards.models import Purchase, PurchaseExclusion
from backoffice.rewards.rules import RewardPolicy
from backoffice.timeline import acts
from callcenter.kit.db import Session, zone_of
from callcenter.kit.errors import BadInput, NotFound

_FIN = frozenset({OfficeRole.FIN})

_INVOICED = """
INSERT INTO reward_purchases (dealer_id, on_day, series, sku, units, fen, own_make, source_kind, source_id, source_line)
SELECT d.id, i.goods_on, coalesce(p.series, ''), coalesce(o.sku, ''), l.quantity,
       l.quantity * coalesce(p.wholesale_fen, l.price_fen), coalesce(p.own_make, true), 'invoice', i.id, l.line_no
FROM invoices i
JOIN distributors d ON d.customer_id = i.customer_id
JOIN invoice_lines l ON l.invoice_id = i.id
LEFT JOIN sales_order_lines o ON o.id = l.order_line_id
LEFT JOIN reward_products p ON p.sku = o.sku
WHERE i.number IS NOT NULL AND NOT coalesce(p.deposit, false)
  AND NOT EXISTS (SELECT FROM reward_purchases k
                  WHERE k.source_kind = 'invoice' AND k.source_id = i.id AND k.source_line = l.line_no)
"""
_CANCELLED = """
INSERT INTO reward_purchases (dealer_id, on_day, series, sku, units, fen, own_make, source_kind, source_id, source_line)
SELECT k.dealer_id, i.cancelled_on, k.series, k.sku, -k.units, -k.fen, k.own_make, 'cancelled', i.id, k.source_line
FROM invoices i
JOIN reward_purchases k ON k.source_kind = 'invoice' AND k.source_id = i.id
WHERE i.cancelled_on IS NOT NULL
ON CONFLICT (source_kind, source_id, source_line) DO NOTHING
"""
_RETURNED = """
INSERT INTO reward_purchases (dealer_id, on_day, series, sku, units, fen, own_make, source_kind, source_id, source_line)
SELECT d.id, r.received_on, coalesce(p.series, ''), o.sku, -l.good, -l.good * coalesce(p.wholesale_fen, o.price_fen),
       coalesce(p.own_make, true), 'return', r.id, o.line_no
FROM return_orders r
JOIN distributors d ON d.customer_id = r.customer_id
JOIN return_lines l ON l.return_id = r.id AND l.good > 0
JOIN sales_order_lines o ON o.id = l.order_line_id
LEFT JOIN reward_products p ON p.sku = o.sku
WHERE r.credit_note_id IS NOT NULL AND r.received_on IS NOT NULL AND NOT coalesce(p.deposit, false)
ON CONFLICT (source_kind, source_id, source_line) DO NOTHING
"""
_LATE_PICKUP = """
INSERT INTO reward_exclusions (purchase_id, reason, made_on)
SELECT k.id, 'late_pickup', :today
FROM reward_purchases k
JOIN invoices i ON i.id = k.source_id AND k.source_kind IN ('invoice', 'cancelled')
JOIN sales_orders s ON s.id = i.order_id
WHERE (SELECT min(v.signed_on) FROM deliveries v WHERE v.order_id = s.id)
      > (s.created_at AT TIME ZONE :zone)::date + :days
ON CONFLICT (purchase_id) DO NOTHING
"""


async def collect(session: Session, today: date) -> int:
    """Take in what the ledger has and the purchases have not; the number of new rows."""
    made = 0
    for statement in (_INVOICED, _CANCELLED, _RETURNED):
        result: Any = await session.execute(text(statement))
        made += max(0, result.rowcount)
    policy = await policies.load(session, RewardPolicy)
    if policy.pickup_days is not None:
        await session.execute(
            text(_LATE_PICKUP), {"today": today, "days": policy.pickup_days, "zone": zone_of(session).key}
        )
    return made


async def opening(session: Session, actor: Actor, rows: list[dict[str, Any]]) -> int:
    """Purchases from before this system: last year's months, against which growth is measured."""
    acts.require_duty(actor, _FIN)
    values = [row | {"source_kind": "opening"} for row in rows]
    made = insert(Purchase).values(values).on_conflict_do_nothing().returning(col(Purchase.id))
    return len((await session.scalars(made)).all())


async def exclude(
    session: Session, _now: datetime, today: date, actor: Actor, purchase_id: int, reason: str
) -> PurchaseExclusion:
    """M13-11: not from the designated distributor, or not in time. FIN says so with the reason."""
    acts.require_duty(actor, _FIN)
    if not reason.strip():
        raise BadInput(field="reason", problem_zh="须写明原因", problem_en="say why it does not count")
    if await session.get(Purchase, purchase_id) is None:
        raise NotFound(what_zh="进货记录", what_en="purchase", id=purchase_id)
    values = {"reason": reason, "made_by": actor.user_id, "made_on": today}
    await session.execute(
        insert(PurchaseExclusion)
        .values(purchase_id=purchase_id, **values)
        .on_conflict_do_update(index_elements=["purchase_id"], set_=values)
    )
    row = await session.get(PurchaseExclusion, purchase_id, populate_existing=True)
    assert row is not None
    return row
