"""Orders taken on the phone: one a call, numbered without gaps whoever takes them at once, priced once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from backoffice.orders import service as orders
from backoffice.orders.service import OrderedItem
from callcenter.calls.models import Call
from callcenter.kit.db import Database, Session
from callcenter.kit.errors import BadInput, Conflict
from crm_sync.customers.models import Customer
from tests.factories import make_campaign, make_lead
from tests.integration.campaigns.desk import NOW, make_call

LINES = [OrderedItem("HK-030", "人参礼盒", 39_800, 2), OrderedItem("HK-DHA", "鱼油", 19_900, 1)]


async def a_call(session: Session) -> tuple[Call, Customer]:
    lead = await make_lead(session, await make_campaign(session))
    return await make_call(session, lead), await session.get_one(Customer, lead.customer_id)


async def take(session: Session, call: Call, customer: Customer, **given: Any) -> Any:
    values: dict[str, Any] = {
        "lines": LINES,
        "recipient": "王芳",
        "address": "青岛市南区1号",
        "payment": "cash_on_delivery",
        "note": "",
        "by": None,
        "now": NOW,
    } | given
    return await orders.take_phone_order(session, call=call, customer=customer, **values)


async def test_an_order_has_its_number_lines_and_total(session: Session) -> None:
    call, customer = await a_call(session)
    order = await take(session, call, customer)
    assert (order.number, order.total_fen, order.channel_id) == ("SO-20260309-000001", 99_500, call.queue_id)
    lines = await orders.lines_of(session, order.id)
    assert [(line.line_no, line.sku, line.amount_fen) for line in lines] == [
        (1, "HK-030", 79_600),
        (2, "HK-DHA", 19_900),
    ]
    totals = await orders.totals_by_channel(session, [call.queue_id], since=NOW)
    assert totals == {call.queue_id: (1, 99_500)}


async def test_the_same_again_is_the_same_order_and_another_is_refused(session: Session) -> None:
    call, customer = await a_call(session)
    order = await take(session, call, customer)
    assert (await take(session, call, customer, recipient=" 王芳 ")).id == order.id
    with pytest.raises(Conflict) as refused:
        await take(session, call, customer, lines=LINES[:1])
    assert order.number in refused.value.sentence("zh")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"lines": []}, "order.lines"),
        ({"lines": [OrderedItem("A", "a", 100, 0)]}, "order.lines.quantity"),
        ({"lines": [OrderedItem("A", "a", 0, 1)]}, "order.lines.price_fen"),
        ({"recipient": "  "}, "order.recipient"),
        ({"address": ""}, "order.address"),
    ],
)
async def test_what_an_order_must_have(session: Session, given: dict[str, Any], field: str) -> None:
    call, customer = await a_call(session)
    with pytest.raises(BadInput) as refused:
        await take(session, call, customer, **given)
    assert refused.value.field == field


async def test_numbers_have_no_gap_and_no_double_when_many_order_at_once(database: Database) -> None:
    async with database.transaction() as session:
        pairs = [await a_call(session) for _ in range(12)]

    async def one(number: int) -> None:
        call, customer = pairs[number]
        try:
            async with database.transaction() as session:
                await take(session, call, customer)
                if number % 3 == 0:
                    raise RuntimeError("the line broke before the order was saved")
        except RuntimeError:
            pass

    await asyncio.gather(*(one(number) for number in range(12)))
    async with database.transaction() as session:
        found = sorted([(await orders.of_call(session, call.id)).number for n, (call, _) in enumerate(pairs) if n % 3])  # type: ignore[union-attr]
    assert found == [f"SO-20260309-{n:06d}" for n in range(1, 9)]
