"""Small builders of rows: each makes one thing with sensible values, any of which can be given."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

from callcenter.agents.models import Agent
from callcenter.calls.models import Call
from callcenter.kit.db import Session
from callcenter.kit.ids import new_id
from callcenter.people.models import Role, User
from campaigns.leads.card import Card, CardCustomer, CardMailing
from campaigns.leads.models import Lead
from campaigns.mailings.models import Brochure, BrochureItem, Mailing, MailingRecipient
from campaigns.plans.models import Campaign
from crm_sync.customers.models import Customer

EARLY = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
_count = itertools.count(1)


async def _add(session: Session, row: Any) -> Any:
    session.add(row)
    await session.flush()
    return row


async def make_user(session: Session, role: Role = Role.AGENT, **given: Any) -> User:
    n = next(_count)
    values = {"login": f"user{n}", "name": f"坐席{n}", "password_hash": "!", "created_at": EARLY} | given
    user: User = await _add(session, User(role=role.value, **values))
    return user


async def make_customer(session: Session, **given: Any) -> Customer:
    n = next(_count)
    values = {
        "name": f"客户{n}",
        "phone": f"+86138{n:08d}",
        "province": "山东",
        "city": "青岛",
        "consent": "given",
        "created_at": EARLY,
        "updated_at": EARLY,
    } | given
    customer: Customer = await _add(session, Customer(**values))
    return customer


async def make_mailing(session: Session, **given: Any) -> Mailing:
    n = next(_count)
    brochure = await _add(session, Brochure(code=f"B{n}", title="春季健康手册", created_at=EARLY))
    await _add(session, BrochureItem(brochure_id=brochure.id, sku="A01", name="礼盒", price_fen=39_800))
    values = {"name": f"邮寄{n}", "brochure_id": brochure.id, "state": "posted", "created_at": EARLY} | given
    mailing: Mailing = await _add(session, Mailing(**values))
    return mailing


async def make_campaign(session: Session, **given: Any) -> Campaign:
    n = next(_count)
    if "mailing_id" not in given:
        given["mailing_id"] = (await make_mailing(session)).id
    values = {"name": f"活动{n}", "from_number": "+864001234567", "state": "open", "created_at": EARLY} | given
    campaign: Campaign = await _add(session, Campaign(**values))
    return campaign


async def make_lead(
    session: Session,
    campaign: Campaign,
    customer: Customer | None = None,
    *,
    posted_on: date = date(2026, 3, 2),
    **given: Any,
) -> Lead:
    customer = customer or await make_customer(session)
    await _add(session, MailingRecipient(mailing_id=campaign.mailing_id, customer_id=customer.id, posted_on=posted_on))
    values = {
        "campaign_id": campaign.id,
        "customer_id": customer.id,
        "posted_on": posted_on,
        "first_day": posted_on + timedelta(days=7),
        "last_day": posted_on + timedelta(days=14),
        "timezone": customer.timezone,
    } | given
    lead: Lead = await _add(session, Lead(**values))
    return lead


async def make_agent(session: Session, campaign: Campaign, state: str = "ready", **given: Any) -> Agent:
    """An agent of the campaign whose console is there."""
    user = await make_user(session)
    values = {
        "user_id": user.id,
        "name": user.name,
        "queue_id": campaign.id,
        "state": state,
        "state_since": EARLY,
        "socket_id": new_id(),
        "present_until": datetime.now(UTC) + timedelta(hours=1),
    } | given
    agent: Agent = await _add(session, Agent(**values))
    return agent


def card_of(lead: Lead, customer: Customer, campaign: Campaign) -> dict[str, Any]:
    """A card with what is needed to pass for one."""
    return Card(
        lead_id=lead.id,
        campaign_id=campaign.id,
        campaign_name=campaign.name,
        script_id=None,
        customer=CardCustomer(
            masked_phone="+86138****0000",
            **{name: getattr(customer, name) for name in CardCustomer.model_fields if name != "masked_phone"},
        ),
        mailing=CardMailing(
            name="邮寄",
            brochure_id=new_id(),
            brochure_title="春季健康手册",
            posted_on=lead.posted_on,
            day_n=7,
            first_day=lead.first_day,
            last_day=lead.last_day,
        ),
        score=0,
        score_reasons="",
        attempt_no=1,
        attempts_max=5,
        callback_at=None,
        follow_up=None,
        history=[],
        simulated=True,
    ).model_dump(mode="json")


async def make_call(session: Session, campaign: Campaign, lead: Lead | None = None, **given: Any) -> Call:
    """A call in state launching, unless something else is given; its lead knows it."""
    lead = lead or await make_lead(session, campaign)
    customer = await session.get_one(Customer, lead.customer_id)
    values = {
        "queue_id": campaign.id,
        "subject_id": lead.id,
        "customer_id": customer.id,
        "attempt_no": lead.attempts + 1,
        "mode": "predictive",
        "to_number": customer.phone,
        "from_number": campaign.from_number,
        "state": "launching",
        "created_at": EARLY,
        "launched_at": EARLY,
        "carrier": "simulated",
        "card": card_of(lead, customer, campaign),
    } | given
    call: Call = await _add(session, Call(**values))
    lead.call_id, lead.attempts = call.id, lead.attempts + 1
    await session.flush()
    return call
