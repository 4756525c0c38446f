"""What was reached, read from the real papers: confirmed orders, confirmed receipts, booked expenses (M1).

Sales are the wanted pieces of confirmed orders at their prices, on the day the order was confirmed; receipts are what
the bank confirmed, on the day they came in; expenses are what was booked against budgets, on their day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, Integer, cast, func, select
from sqlmodel import col

from backoffice.accounts.models import CustomerAccount
from backoffice.budgets.models import BudgetActual
from backoffice.marketing_control.rules import Metric
from backoffice.orders.models import SalesOrder, SalesOrderLine
from backoffice.receivables.models import Receipt
from backoffice.rewards.models import RewardProduct
from callcenter.kit.db import Session


@dataclass(frozen=True, slots=True)
class Where:
    """A period and what of it: empty and None mean all."""

    from_on: date
    to_on: date
    region: str = ""
    series: str = ""
    rep: UUID | None = None


async def reached(session: Session, metric: Metric, where: Where) -> tuple[int, int]:
    """(fen, units) of a metric."""
    if metric is Metric.SALES:
        return await _sales(session, where)
    if metric is Metric.RECEIPTS:
        return await _receipts(session, where), 0
    return await _expenses(session, where), 0


async def _sales(session: Session, w: Where) -> tuple[int, int]:
    line, order = SalesOrderLine, SalesOrder
    wanted = col(line.quantity) - col(line.cancelled)
    query = (
        select(
            cast(func.coalesce(func.sum(wanted * col(line.price_fen)), 0), BigInteger),
            cast(func.coalesce(func.sum(wanted), 0), Integer),
        )
        .join(order, col(order.id) == col(line.order_id))
        .outerjoin(CustomerAccount, col(CustomerAccount.id) == col(order.customer_id))
        .outerjoin(RewardProduct, col(RewardProduct.sku) == col(line.sku))
        .where(col(order.state) == "confirmed", col(order.confirmed_on).between(w.from_on, w.to_on))
    )
    if w.region:
        query = query.where(col(CustomerAccount.region) == w.region)
    if w.series:
        query = query.where(col(RewardProduct.series) == w.series)
    if w.rep is not None:
        query = query.where(func.coalesce(col(CustomerAccount.rep_id), col(order.taken_by)) == w.rep)
    fen, units = (await session.execute(query)).one()
    return int(fen), int(units)


async def _receipts(session: Session, w: Where) -> int:
    query = (
        select(cast(func.coalesce(func.sum(col(Receipt.amount_fen)), 0), BigInteger))
        .join(CustomerAccount, col(CustomerAccount.id) == col(Receipt.customer_id))
        .where(col(Receipt.state) == "confirmed", col(Receipt.received_on).between(w.from_on, w.to_on))
    )
    if w.region:
        query = query.where(col(CustomerAccount.region) == w.region)
    if w.rep is not None:
        query = query.where(col(CustomerAccount.rep_id) == w.rep)
    return int(await session.scalar(query) or 0)


async def _expenses(session: Session, w: Where) -> int:
    a = BudgetActual
    query = select(cast(func.coalesce(func.sum(col(a.amount_fen)), 0), BigInteger)).where(
        col(a.on_day).between(w.from_on, w.to_on)
    )
    if w.region:
        query = query.where(col(a.region) == w.region)
    if w.rep is not None:
        query = query.where(col(a.person_id) == w.rep)
    return int(await session.scalar(query) or 0)
