"""REST: sales orders. Agents see those they took."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from backoffice.orders import repository, service
from backoffice.orders.models import OrderSource, OrderState
from backoffice.orders.schemas import OrderDetail, OrderLineRow, OrderRow
from callcenter.kit.errors import NotFound
from callcenter.kit.http import PROBLEMS, DbSession
from callcenter.kit.paging import MAX_PAGE, Page
from callcenter.people.access import CurrentUser
from callcenter.people.models import Role
from crm_sync.phones import mask_phone

router = APIRouter(prefix="/api/orders", tags=["orders"], responses=PROBLEMS)


@router.get("", summary="Orders, newest first")
async def list_orders(
    session: DbSession,
    user: CurrentUser,
    customer_id: UUID | None = None,
    channel_id: UUID | None = None,
    taken_by: UUID | None = None,
    state: OrderState | None = None,
    source: OrderSource | None = None,
    number: Annotated[str | None, Query(max_length=40, pattern=r"^[^\x00]*$")] = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Page[OrderRow]:
    rows, total = await repository.page(
        session,
        limit=limit,
        offset=offset,
        customer=customer_id,
        channel=channel_id,
        taken_by=user.id if user.role == Role.AGENT.value else taken_by,
        state=state,
        source=source,
        number=number,
        since=since,
        until=until,
    )
    return Page(rows=rows, total=total)


@router.get("/{order_id}", summary="One order with its lines")
async def get_order(order_id: UUID, session: DbSession, user: CurrentUser) -> OrderDetail:
    rows, _ = await repository.page(session, limit=1, offset=0, id=order_id)
    if not rows or (user.role == Role.AGENT.value and rows[0].taken_by != user.id):
        raise NotFound(what_zh="订单", what_en="order", id=order_id)
    order = await service.get(session, order_id)
    return OrderDetail(
        **rows[0].model_dump(),
        recipient=order.recipient,
        masked_phone=mask_phone(order.phone),
        address=order.address,
        note=order.note,
        lines=[OrderLineRow.model_validate(line) for line in await service.lines_of(session, order_id)],
    )
