"""Builders of orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from backoffice.orders.models import SalesOrder, SalesOrderLine
from callcenter.kit.db import Session
from callcenter.kit.ids import new_id
from tests.integration.backoffice.conftest import EARLY


async def make_order(
    session: Session, customer: UUID, lines: Sequence[tuple[str, int, int]], **given: Any
) -> SalesOrder:
    """An order as the phone makes it: submitted. `lines`: (sku, quantity, price in fen)."""
    values = {
        "number": f"T-{new_id().hex[:10]}",
        "source": "office",
        "payment": "credit",
        "recipient": "张三",
        "phone": "+8613800000000",
        "address": "青岛市",
        "created_at": EARLY,
    } | given
    order = SalesOrder(customer_id=customer, total_fen=sum(q * p for _, q, p in lines), **values)
    session.add(order)
    await session.flush()
    session.add_all(
        SalesOrderLine(order_id=order.id, line_no=n, sku=sku, name=sku, quantity=q, price_fen=p, amount_fen=q * p)
        for n, (sku, q, p) in enumerate(lines, start=1)
    )
    await session.flush()
    return order
