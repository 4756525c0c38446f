"""What happens to orders by themselves, and orders that answer a mailing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from backoffice.kit.duties import Actor
from backoffice.orders import checks, nightly, office, replies
from backoffice.orders.models import SalesOrder
from backoffice.orders.states import OrderSource, PaymentMode
from backoffice.receivables import allocations
from backoffice.receivables.models import Purpose
from backoffice.timeline import acts
from callcenter import bootstrap
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput
from campaigns.leads.models import Lead
from campaigns.mailings import service as mailings
from campaigns.mailings.models import MailingRecipient
from campaigns.plans.models import Campaign
from tests.factories import make_campaign, make_customer, make_lead
from tests.integration.backoffice import ledgers
from tests.integration.backoffice.conftest import Staff
from tests.integration.backoffice.ledgers import at
from tests.integration.backoffice.orders import make_order
from tests.integration.backoffice.test_phone_orders import a_call, take

DAY = date(2026, 3, 9)


async def _state(session: Session, order: Any) -> str:
    return str(await session.scalar(select(col(SalesOrder.state)).where(col(SalesOrder.id) == order.id)))


async def test_an_order_taken_on_the_phone_begins_its_story(session: Session, staff: Staff) -> None:
    call, customer = await a_call(session)
    order = await take(session, call, customer, by=staff.sup.user_id)
    assert [(x["act"], x["by"], x["to_state"]) for x in await acts.story(session, "order", order.id)] == [
        ("taken", staff.sup.name, "submitted")
    ]


@pytest.mark.parametrize(
    ("payment", "money", "days", "expected"),
    [
        (PaymentMode.PREPAID, None, 7, "submitted"),  # the seventh day is still within
        (PaymentMode.PREPAID, None, 8, "cancelled"),
        (PaymentMode.PREPAID, "recorded", 8, "submitted"),  # it came; finance has not looked yet
        (PaymentMode.PREPAID, "general", 8, "submitted"),  # money of no order in particular covers it
        (PaymentMode.CASH_ON_DELIVERY, None, 30, "submitted"),
    ],
)
async def test_a_prepaid_order_without_money_ends_after_the_agreed_days(
    session: Session, staff: Staff, payment: PaymentMode, money: str | None, days: int, expected: str
) -> None:
    who = (await ledgers.account(session)).id
    order = await make_order(session, who, [("A01", 1, 10_000)], payment=payment.value, created_at=at(DAY))
    if money is not None:
        own = order.id if money == "recorded" else None
        await ledgers.receipt(
            session, staff, who, 10_000, DAY, confirm=money == "general", order_id=own, purpose=Purpose.PREPAYMENT
        )
    later = DAY + timedelta(days=days)
    assert await nightly.expire_unpaid(session, at(later), later) == (expected == "cancelled")
    assert await _state(session, order) == expected
    assert await nightly.expire_unpaid(session, at(later), later) == 0


async def test_m4_8_a_hold_for_debt_goes_by_itself_and_a_release_that_is_over_binds_again(
    session: Session, staff: Staff
) -> None:
    who = (await ledgers.account(session, credit_limit_fen=10**7)).id
    debt = await ledgers.invoice(session, staff, who, 5_000, DAY - timedelta(days=20), due=DAY - timedelta(days=10))
    order = await make_order(session, who, [("A01", 1, 100)])
    assert await office.confirm(session, at(DAY), DAY, staff.sup, order.id, order.version)
    hold = (await checks.open_holds(session, order.id))[0]
    await office.release(
        session, at(DAY), DAY, staff.cred, order.id, order.version, hold.id,
        until=DAY + timedelta(days=2), fen=None, reason="款已在途",
    )  # fmt: skip
    assert not await office.confirm(session, at(DAY), DAY, staff.sup, order.id, order.version)
    last, over = DAY + timedelta(days=2), DAY + timedelta(days=3)
    assert await nightly.review_holds(session, at(last), last) == 0
    assert await nightly.review_holds(session, at(over), over) == 1  # confirmed, not yet gone: held again
    assert [hold.kind for hold in await checks.open_holds(session, order.id)] == ["overdue"]
    money = await ledgers.receipt(session, staff, who, 5_000, over)
    await allocations.allocate(session, at(over), over, staff.fin, money.id, money.version, debt.id, 5_000)
    assert await nightly.review_holds(session, at(over), over) == 1
    assert await checks.open_holds(session, order.id) == []
    assert await nightly.review_holds(session, at(over), over) == 0


async def _mailed(session: Session) -> tuple[Campaign, Lead]:
    campaign = await make_campaign(session)
    return campaign, await make_lead(session, campaign, await make_customer(session))


def _new(lead: Lead, **given: Any) -> office.NewOrder:
    values: dict[str, Any] = {
        "customer_id": lead.customer_id,
        "lines": [office.NewLine("A01", "礼盒", 2, 39_800)],
        "payment": PaymentMode.CASH_ON_DELIVERY,
        "recipient": "王芳",
        "phone": "+8613800000000",
        "address": "青岛市南区1号",
        "source": OrderSource.REPLY_SLIP,
    } | given
    return office.NewOrder(**values)


async def test_an_order_by_reply_slip_tells_the_campaign_and_nobody_pitches(session: Session, staff: Staff) -> None:
    bootstrap.connect()
    campaign, lead = await _mailed(session)
    order = await office.make(session, at(DAY), DAY, staff.sup, _new(lead, mailing_id=campaign.mailing_id))
    assert (order.source, order.channel_id) == ("reply_slip", campaign.mailing_id)
    await session.refresh(lead)
    assert (lead.state, lead.closed_reason) == ("closed", "ordered_direct")
    replied = await session.scalar(
        select(col(MailingRecipient.replied_on)).where(col(MailingRecipient.customer_id) == lead.customer_id)
    )
    assert replied == DAY
    bootstrap.connect()  # twice is once
    assert replies._listeners.count(mailings.mark_replied) == 1


@pytest.mark.parametrize(
    ("source", "with_mailing", "field"),
    [
        (OrderSource.REPLY_SLIP, False, "mailing_id"),
        (OrderSource.OFFICE, True, "mailing_id"),
        (OrderSource.CALL, False, "source"),
    ],
)
async def test_where_an_order_comes_from_has_to_fit(
    session: Session, staff: Staff, source: OrderSource, with_mailing: bool, field: str
) -> None:
    campaign, lead = await _mailed(session)
    new = _new(lead, source=source, mailing_id=campaign.mailing_id if with_mailing else None)
    with pytest.raises(BadInput) as refused:
        await office.make(session, at(DAY), DAY, staff.sup, new)
    assert refused.value.field == field


async def test_only_sales_support_writes_an_order_down(session: Session, staff: Staff) -> None:
    campaign, lead = await _mailed(session)
    stranger: Actor = staff.wh
    with pytest.raises(Exception, match="sales support"):
        await office.make(session, at(DAY), DAY, stranger, _new(lead, mailing_id=campaign.mailing_id))
