"""The day's work on orders: unpaid prepaid ones end, and holds follow the facts."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlmodel import col

from backoffice.orders import checks, figures, office, rules
from backoffice.orders.models import OrderHold, SalesOrder
from backoffice.orders.rules import ORDER, OrderPolicy
from backoffice.orders.states import OrderState, PaymentMode
from backoffice.policies import service as policies
from backoffice.receivables.models import Receipt
from backoffice.timeline import acts
from callcenter.kit.db import Session, zone_of


async def expire_unpaid(session: Session, now: datetime, today: date) -> int:
    """款到发货: no money within the agreed time cancels the order; recorded money keeps it, confirmed or not."""
    policy = await policies.load(session, OrderPolicy)
    last = datetime.combine(today - timedelta(days=policy.prepaid_days), time(0), zone_of(session))
    paid = exists().where(
        col(Receipt.order_id) == col(SalesOrder.id), col(Receipt.state).in_(["recorded", "confirmed"])
    )
    late = await session.scalars(
        select(col(SalesOrder.id))
        .where(
            col(SalesOrder.state) == OrderState.SUBMITTED.value,
            col(SalesOrder.payment) == PaymentMode.PREPAID.value,
            col(SalesOrder.created_at) < last,
            ~paid,
        )
        .order_by(col(SalesOrder.id))
    )
    done = 0
    for order_id in late.all():
        done += await _expire(session, now, today, order_id, policy)
    return done


async def _expire(session: Session, now: datetime, today: date, order_id: UUID, policy: OrderPolicy) -> bool:
    order = await office.take(session, order_id, None)
    facts = await checks.facts_of(session, today, order, await office.open_value(session, order_id), policy)
    if facts.cash is not None and not rules.cash_short(facts.cash, facts.this_fen):
        return False  # money of no order in particular covers it
    if order.state != OrderState.SUBMITTED.value or any(x.committed for x in await figures.of_order(session, order_id)):
        return False
    reason = f"款到发货订单 {policy.prepaid_days} 天内未到款 · not paid within {policy.prepaid_days} days"
    await acts.move(session, now, None, order, ORDER, "lapse", note=reason, sets={"cancel_reason": reason})
    return True


async def review_holds(session: Session, now: datetime, today: date) -> int:
    """Look again at orders that are held, and at those whose release has run out before they left.

    Gives how many of them changed: debt that was paid lifts its hold by itself, a release that is over binds again.
    """
    held = select(col(OrderHold.order_id)).where(
        col(OrderHold.lifted_at).is_(None),
        or_(col(OrderHold.released_by).is_(None), col(OrderHold.release_until) < today),
    )
    o = figures.orders().subquery("o")
    rows = await session.scalars(
        select(o.c.id).where(
            o.c.id.in_(held),
            or_(
                o.c.state == OrderState.SUBMITTED.value, (o.c.state == OrderState.CONFIRMED.value) & (o.c.open_fen > 0)
            ),
        )
    )
    changed = 0
    for order_id in sorted(rows.all()):
        order = await office.take(session, order_id, None)
        before = {hold.kind for hold in await checks.open_holds(session, order_id)}
        await checks.run(session, now, today, order, "night", await office.open_value(session, order_id))
        changed += before != {hold.kind for hold in await checks.open_holds(session, order_id)}
    return changed
