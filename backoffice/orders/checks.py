"""The credit check of an order, at confirmation and again at every shipment (M8-1 … M8-6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from backoffice.accounts import service as accounts
from backoffice.accounts.models import CustomerAccount
from backoffice.kit.duties import Actor
from backoffice.kit.money_words import amount_words
from backoffice.kit.refusals import Refused
from backoffice.orders import figures, rules
from backoffice.orders.models import CreditCheck, OrderHold, PriceFloor, SalesOrder, SalesOrderLine
from backoffice.orders.rules import Cash, Exposure, Facts, Finding, OrderPolicy, Release
from backoffice.orders.states import HoldKind, PaymentMode
from backoffice.policies import service as policies
from backoffice.problem_accounts.repository import has_open_case
from backoffice.receivables import ledger
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, NotFound


async def _receivable(session: Session, today: date, customer: UUID) -> tuple[int, int, dict[UUID | None, int]]:
    """What is open, the most days overdue, and what is open of each order."""
    f = ledger.facts(today, customer).subquery("f")
    lines = ledger.open_lines(today, customer_id=customer).subquery("lines")
    rows = await session.execute(
        select(f.c.order_id, ledger.total(f.c.outstanding_fen).label("fen"))
        .where(f.c.customer_id == customer, f.c.outstanding_fen > 0)
        .group_by(f.c.order_id)
    )
    by_order = {row.order_id: int(row.fen) for row in rows}
    late = select(func.coalesce(func.max(lines.c.overdue_days), 0)).where(lines.c.due_on < today)
    return sum(by_order.values()), int(await session.scalar(late) or 0), by_order


async def facts_of(session: Session, today: date, order: SalesOrder, this_fen: int, policy: OrderPolicy) -> Facts:
    """What the rules look at. `this_fen`: the value asked about (all that is open, or what is to leave now)."""
    account = await accounts.of(session, order.customer_id)
    receivable, overdue, by_order = await _receivable(session, today, order.customer_id)
    o = figures.orders(order.customer_id).subquery("o")
    others = (
        await session.execute(select(o).where(o.c.customer_id == order.customer_id, o.c.state != "cancelled"))
    ).all()
    r = ledger.receipts(today, order.customer_id).subquery("r")
    money: dict[UUID | None, int] = {
        row.order_id: int(row.fen)
        for row in await session.execute(
            select(r.c.order_id, ledger.total(r.c.balance_fen).label("fen"))
            .where(r.c.customer_id == order.customer_id, r.c.balance_fen > 0)
            .group_by(r.c.order_id)
        )
    }
    unbilled = {row.id: row.unbilled_fen for row in others}
    on_delivery = PaymentMode.CASH_ON_DELIVERY.value
    counted = [row for row in others if policy.delivery_on_payment_counts or row.payment != on_delivery]
    exposure = Exposure(
        receivable,
        sum(row.unbilled_fen for row in counted),
        sum(row.open_fen for row in counted if row.id != order.id),
        sum(money.values()),
        this_fen,
    )
    cash = None
    if account.cash_only or order.payment == PaymentMode.PREPAID.value:
        cash = _cash(order, account, others, money, unbilled, by_order)
    skus = select(col(SalesOrderLine.name)).join(PriceFloor, col(PriceFloor.sku) == col(SalesOrderLine.sku))
    cheap = await session.scalars(
        skus.where(
            col(SalesOrderLine.order_id) == order.id,
            col(SalesOrderLine.price_fen) < col(PriceFloor.floor_fen),
            col(SalesOrderLine.cancelled) < col(SalesOrderLine.quantity),
        )
    )
    return Facts(
        this_fen,
        exposure,
        await accounts.credit_limit(session, account),
        policy.delivery_on_payment_counts or order.payment != on_delivery,
        cash,
        overdue,
        await has_open_case(session, order.customer_id),
        tuple(cheap),
    )


def _cash(
    order: SalesOrder,
    account: CustomerAccount,
    others: Sequence[Any],
    money: dict[UUID | None, int],
    unbilled: dict[UUID, int],
    owed: dict[UUID | None, int],
) -> Cash:
    """Money of this order, money of no order, and who else has a claim on it."""
    own = unbilled.get(order.id, 0) + owed.get(order.id, 0)
    claims = owed.get(None, 0)
    for row in others:
        if row.id == order.id:
            continue
        against_money = account.cash_only or row.payment == PaymentMode.PREPAID.value
        need = owed.get(row.id, 0)
        if against_money:
            need += row.open_fen + row.unbilled_fen
        claims += max(0, need - money.get(row.id, 0))
    return Cash(money.get(order.id, 0), money.get(None, 0), own, claims)


async def releases_of(session: Session, order_id: UUID) -> list[Release]:
    rows = await session.scalars(
        select(OrderHold).where(col(OrderHold.order_id) == order_id, col(OrderHold.released_by).is_not(None))
    )
    return [
        Release(HoldKind(row.kind), row.release_fen, row.release_until)
        for row in rows
        if row.release_fen is not None and row.release_until is not None
    ]


async def run(
    session: Session, now: datetime, today: date, order: SalesOrder, stage: str, this_fen: int
) -> list[Finding]:
    """Check, keep the figures, and bring the holds up to date. Gives what stands in the way now."""
    policy = await policies.load(session, OrderPolicy)
    facts = await facts_of(session, today, order, this_fen, policy)
    found = rules.findings(facts, policy)
    account = await accounts.of(session, order.customer_id)
    session.add(
        CreditCheck(
            order_id=order.id,
            at=now,
            stage=stage,
            receivable_fen=facts.exposure.receivable,
            delivered_fen=facts.exposure.delivered_not_invoiced,
            ordered_fen=facts.exposure.ordered_not_delivered,
            advances_fen=facts.exposure.advances,
            this_fen=this_fen,
            exposure_fen=facts.exposure.total,
            limit_fen=facts.limit_fen,
            cash_only=account.cash_only,
            findings=[finding.kind.value for finding in found],
        )
    )
    blocking = rules.uncovered(found, await releases_of(session, order.id), today)
    await _holds(session, now, order, blocking)
    return blocking


async def _holds(session: Session, now: datetime, order: SalesOrder, blocking: list[Finding]) -> None:
    """Open holds are exactly the findings that nobody has released."""
    known = {hold.kind: hold for hold in await open_holds(session, order.id)}
    kinds = {finding.kind.value for finding in blocking}
    for kind, hold in known.items():
        if kind not in kinds:
            hold.lifted_at = now
    for finding in blocking:
        hold = known.get(finding.kind.value) or OrderHold(
            order_id=order.id, kind=finding.kind.value, detail=finding.zh, placed_at=now
        )
        if finding.kind.value not in known:
            session.add(hold)
            detail = {"kind": finding.kind.value, "short_fen": finding.short_fen}
            await acts.write(session, now, None, order, "order", "held", note=finding.zh, detail=detail)
        hold.short_fen, hold.detail = finding.short_fen, finding.zh
    await session.flush()


async def open_holds(session: Session, order_id: UUID) -> list[OrderHold]:
    rows = await session.scalars(
        select(OrderHold)
        .where(
            col(OrderHold.order_id) == order_id,
            col(OrderHold.released_by).is_(None),
            col(OrderHold.lifted_at).is_(None),
        )
        .order_by(col(OrderHold.kind))
    )
    return list(rows)


def refuse(blocking: list[Finding]) -> Refused:
    """The refusal that names every ground."""
    zh = ";".join(f"{f.zh}{f'(差 {amount_words(f.short_fen)})' if f.short_fen else ''}" for f in blocking)
    en = "; ".join(f"{f.en}{f' by {amount_words(f.short_fen)}' if f.short_fen else ''}" for f in blocking)
    return Refused("held", f"订单暂停:{zh}。须先放行。", f"The order is held: {en}. It has to be released first.")


async def release(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    order: SalesOrder,
    hold_id: UUID,
    *,
    until: date,
    fen: int | None,
    reason: str,
) -> OrderHold:
    """M8-6: a named duty lets it go on, for a reason, up to a sum, until a day."""
    policy = await policies.load(session, OrderPolicy)
    hold = await session.get(OrderHold, hold_id, with_for_update=True, populate_existing=True)
    if hold is None or hold.order_id != order.id:
        raise NotFound(what_zh="暂停记录", what_en="hold", id=hold_id)
    acts.require_duty(actor, rules.RELEASERS[HoldKind(hold.kind)])
    if hold.released_by is not None or hold.lifted_at is not None:
        raise Refused("not_held", "该暂停已解除。", "This hold is no longer in force.")
    if not reason.strip():
        raise BadInput(field="note", problem_zh="放行须写明理由", problem_en="a release needs a reason")
    if not today <= until or (until - today).days > policy.release_days:
        raise BadInput(
            field="until",
            problem_zh=f"有效期须在今天至 {policy.release_days} 天内",
            problem_en=f"the last day is from today to {policy.release_days} days ahead",
        )
    hold.released_by, hold.released_at, hold.release_reason = actor.user_id, now, reason
    hold.release_until, hold.release_fen = until, max(hold.short_fen, fen or 0)
    await session.flush()
    detail = {"kind": hold.kind, "until": until.isoformat(), "fen": hold.release_fen}
    await acts.write(session, now, actor, order, "order", "released", note=reason, detail=detail)
    return hold
