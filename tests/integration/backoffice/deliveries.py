"""Builders of deliveries."""

from __future__ import annotations

from datetime import date
from typing import Any

from backoffice.deliveries import service
from backoffice.deliveries.models import Delivery
from backoffice.deliveries.rules import Rest
from backoffice.deliveries.service import Accepted, Lot, Request
from backoffice.orders import figures
from callcenter.kit.db import Session
from tests.integration.backoffice.ledgers import at


async def asked(
    session: Session, staff: Any, order: Any, quantity: int, day: date, *, rest: Rest | None = Rest.BACK_ORDER
) -> Delivery:
    """A request for `quantity` pieces of the order's first line."""
    line = (await figures.of_order(session, order.id))[0]
    return await service.make(session, at(day), day, staff.sup, Request(order.id, {line.line_id: quantity}, day, rest))


async def shipped(session: Session, staff: Any, order: Any, quantity: int, day: date) -> Delivery:
    row = await asked(session, staff, order, quantity, day)
    await service.approve(session, at(day), staff.sm, row.id, row.version)
    assert await service.clear(session, at(day), day, staff.fin, row.id, row.version) == []
    await service.pick(session, at(day), staff.wh, row.id, row.version)
    lots = [Lot(x.order_line_id, "L2026-03", x.quantity) for x in await service.lines_of(session, row.id)]
    return await service.ship(
        session, at(day), day, staff.wh2, row.id, row.version, carrier="顺丰", waybill="SF1", lots=lots
    )


async def delivered(session: Session, staff: Any, order: Any, quantity: int, day: date) -> Any:
    """Shipped and signed for in full; gives what `service.sign` gives (delivery, draft invoice, claim)."""
    row = await shipped(session, staff, order, quantity, day)
    lines = [Accepted(x.order_line_id, x.quantity) for x in await service.lines_of(session, row.id)]
    return await service.sign(session, at(day), day, staff.sup, row.id, row.version, signer="李四", lines=lines)
