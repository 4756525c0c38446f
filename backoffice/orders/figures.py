"""Pieces and money of orders, each defined once: what is delivered and invoiced is the sum of its papers.

Deliveries are read from their tables here, below their service: an order's figures need them, and the
delivery's service needs the order's.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Integer, Select, and_, case, cast, exists, func, select
from sqlalchemy.sql.selectable import Subquery
from sqlmodel import col

from backoffice.deliveries.machines import GONE
from backoffice.deliveries.models import Delivery, DeliveryLine
from backoffice.orders.models import OrderHold, SalesOrder, SalesOrderLine
from backoffice.orders.rules import LineFigures
from backoffice.receivables.ledger import of as _of
from backoffice.receivables.ledger import total
from backoffice.receivables.models import Invoice, InvoiceLine
from callcenter.kit.db import Session


def _pieces(column: Any) -> Any:
    return cast(func.coalesce(func.sum(column), 0), Integer)


def _delivered(customer_id: Any = None) -> Subquery:
    """Per order line: committed (asked for and not gone) and delivered (shipped; accepted once signed for)."""
    out = col(Delivery.shipped_on).is_not(None)
    counted = func.coalesce(col(DeliveryLine.accepted), col(DeliveryLine.quantity))
    query = (
        select(
            col(DeliveryLine.order_line_id).label("line_id"),
            _pieces(counted).label("committed"),
            _pieces(case((out, counted), else_=0)).label("delivered"),
        )
        .join(Delivery, col(Delivery.id) == col(DeliveryLine.delivery_id))
        .where(col(Delivery.state).not_in([state.value for state in GONE]))
        .group_by(col(DeliveryLine.order_line_id))
    )
    mine: Subquery = _of(query, Delivery, customer_id).subquery("moved")
    return mine


def _invoiced(customer_id: Any = None) -> Subquery:
    """Per order line: pieces on issued invoices."""
    query = (
        select(col(InvoiceLine.order_line_id).label("line_id"), _pieces(col(InvoiceLine.quantity)).label("invoiced"))
        .join(Invoice, col(Invoice.id) == col(InvoiceLine.invoice_id))
        .where(col(Invoice.state).in_(["issued", "disputed"]), col(InvoiceLine.order_line_id).is_not(None))
        .group_by(col(InvoiceLine.order_line_id))
    )
    mine: Subquery = _of(query, Invoice, customer_id).subquery("billed")
    return mine


def lines(customer_id: Any = None) -> Select[Any]:
    """Each order line with ordered, cancelled, committed, delivered, invoiced (pieces) and its price."""
    moved, billed = _delivered(customer_id), _invoiced(customer_id)
    query: Select[Any] = (
        select(  # type: ignore[assignment]
            col(SalesOrderLine.id).label("line_id"),
            col(SalesOrderLine.order_id).label("order_id"),
            col(SalesOrderLine.line_no).label("line_no"),
            col(SalesOrderLine.sku).label("sku"),
            col(SalesOrderLine.name).label("name"),
            col(SalesOrderLine.price_fen).label("price_fen"),
            col(SalesOrderLine.quantity).label("ordered"),
            col(SalesOrderLine.cancelled).label("cancelled"),
            func.coalesce(moved.c.committed, 0).label("committed"),
            func.coalesce(moved.c.delivered, 0).label("delivered"),
            func.coalesce(billed.c.invoiced, 0).label("invoiced"),
        )
        .outerjoin(moved, moved.c.line_id == col(SalesOrderLine.id))
        .outerjoin(billed, billed.c.line_id == col(SalesOrderLine.id))
    )
    if customer_id is None:
        return query
    mine = query.join(SalesOrder, col(SalesOrder.id) == col(SalesOrderLine.order_id))
    return mine.where(col(SalesOrder.customer_id) == customer_id)


async def of_order(session: Session, order_id: UUID) -> list[Any]:
    """The rows of `lines` of one order, in its order."""
    order = await session.get(SalesOrder, order_id)
    sub = lines(order.customer_id if order is not None else None).subquery("l")
    return list(await session.execute(select(sub).where(sub.c.order_id == order_id).order_by(sub.c.line_no)))


def plain(row: Any) -> LineFigures:
    return LineFigures(row.ordered, row.cancelled, row.committed, row.delivered, row.invoiced)


def orders(customer_id: Any = None) -> Select[Any]:
    """Each order with wanted_fen, delivered_fen, invoiced_fen, open_fen (confirmed and not delivered) and holds."""
    sub = lines(customer_id).subquery("l")
    wanted, price = sub.c.ordered - sub.c.cancelled, sub.c.price_fen
    sums = (
        select(
            sub.c.order_id,
            total(wanted * price).label("wanted_fen"),
            total(sub.c.delivered * price).label("delivered_fen"),
            total(sub.c.invoiced * price).label("invoiced_fen"),
            total(func.greatest(wanted - sub.c.delivered, 0) * price).label("rest_fen"),
            total(func.greatest(sub.c.delivered - sub.c.invoiced, 0) * price).label("unbilled_fen"),
            _pieces(wanted).label("wanted"),
            _pieces(sub.c.delivered).label("delivered"),
            _pieces(sub.c.invoiced).label("invoiced"),
        )
        .group_by(sub.c.order_id)
        .subquery("sums")
    )
    held = exists().where(
        col(OrderHold.order_id) == col(SalesOrder.id),
        col(OrderHold.released_by).is_(None),
        col(OrderHold.lifted_at).is_(None),
    )
    runs = col(SalesOrder.state) == "confirmed"
    return (
        select(
            *SalesOrder.__table__.c,  # type: ignore[attr-defined]
            sums.c.wanted,
            sums.c.delivered,
            sums.c.invoiced,
            sums.c.wanted_fen,
            sums.c.delivered_fen,
            sums.c.invoiced_fen,
            cast(case((runs, sums.c.rest_fen), else_=0), BigInteger).label("open_fen"),
            cast(case((col(SalesOrder.state) != "cancelled", sums.c.unbilled_fen), else_=0), BigInteger).label(
                "unbilled_fen"
            ),
            held.label("held"),
        )
        .join(sums, sums.c.order_id == col(SalesOrder.id))
        .select_from(SalesOrder)
    )


def status(o: Any) -> Any:
    """The derived headline in SQL (see rules.order_status)."""
    done = o.c.delivered >= o.c.wanted
    return case(
        (o.c.state == "cancelled", "cancelled"),
        (and_(o.c.state == "submitted", o.c.held), "on_hold"),
        (o.c.state == "submitted", "submitted"),
        (and_(done, o.c.invoiced >= o.c.delivered), "completed"),
        (done, "to_bill"),
        (o.c.held, "on_hold"),
        (and_(o.c.delivered > 0, o.c.invoiced >= o.c.delivered), "to_deliver"),
        else_="to_deliver_and_bill",
    )
