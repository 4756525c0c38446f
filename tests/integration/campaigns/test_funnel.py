"""The funnel in SQL and the gate in Python answer the same, for every lead, whatever their state."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from callcenter.kit.db import Session
from campaigns.leads import facts as lead_facts
from campaigns.leads.funnel import funnel
from campaigns.leads.models import Lead
from campaigns.plans.models import Campaign
from campaigns.schedule.presets import DE, FR, with_preset
from campaigns.schedule.rules import CallingRules, LeadFacts, ReasonCode, Verdict, Window, eligibility
from campaigns.schedule.windows import window_at, zone
from crm_sync.do_not_call.models import DoNotCallEntry
from tests.factories import make_campaign, make_customer, make_lead
from tests.integration.campaigns.desk import at, ended_call, make_call

ZONES = ("Asia/Shanghai", "Europe/Paris", "America/New_York", "Pacific/Auckland")


async def _people(session: Session, campaign: Campaign, dice: random.Random, now: datetime, count: int) -> None:
    def soon() -> datetime:
        return now + timedelta(minutes=dice.randint(-2000, 2000))

    for n in range(count):
        customer = await make_customer(
            session,
            phone=dice.choice(["+8613", "+1212", "+3361", "+1907"]) + f"{n:07d}",
            timezone=dice.choice(ZONES),
            timezone_known=dice.random() < 0.7,
            consent=dice.choices(["given", "unknown", "refused"], [6, 5, 1])[0],
        )
        attempts = dice.choice([0, 0, 0, 1, 2, 4, 5, 12])
        lead = await make_lead(
            session,
            campaign,
            customer,
            posted_on=now.date() - timedelta(days=dice.randint(4, 17)),
            attempts=attempts,
            fruitless=dice.randint(0, attempts),
            call_no=attempts,
            last_attempt_at=soon() - timedelta(days=2) if attempts else None,
            last_outcome=dice.choice(["no_answer", "busy", "considering", None]) if attempts else None,
            rest_until=soon() if dice.random() < 0.3 else None,
            callback_at=soon() if dice.random() < 0.2 else None,
            follow_up_at=soon() if dice.random() < 0.1 else None,
        )
        if dice.random() < 0.05:
            session.add(DoNotCallEntry(phone=customer.phone, source="office", added_at=now))
        if dice.random() < 0.05:
            await session.execute(
                text("UPDATE mailing_recipients SET replied_on = :day WHERE customer_id = :id"),
                {"day": now.date(), "id": customer.id},
            )
        for k in range(dice.choice([0, 0, 0, 1, 5])):
            when = now - timedelta(minutes=dice.randint(1, 600))
            await ended_call(session, lead, "busy", when, attempt_no=100 + k)
        if dice.random() < 0.04:
            await make_call(session, lead, created_at=now, attempt_no=99)
        if dice.random() < 0.05:
            lead.state, lead.closed_reason = "closed", "sold"
    await session.flush()


def _as_the_funnel_counts(facts: LeadFacts, verdict: Verdict, rules: CallingRules, now: datetime) -> str:
    """The two differences that are meant: see the head of leads.funnel."""
    if verdict.reason is ReasonCode.NO_TIME_LEFT:
        return str(verdict.detail["obstacle"])
    if verdict.allowed and facts.callback_at is None and facts.last_attempt_at and facts.last_outcome == "no_answer":
        here = zone(facts.timezone)
        same = window_at(now, here, rules.windows) == window_at(facts.last_attempt_at, here, rules.windows)
        if same and now.astimezone(here).date() < verdict.detail["last_day"]:
            return ReasonCode.OTHER_WINDOW.value  # allowed as its last chance
    return verdict.reason.value


@pytest.mark.parametrize("seed", range(6))
async def test_two_definitions_one_answer(session: Session, seed: int) -> None:
    dice = random.Random(seed)
    now = at(9, 0) + timedelta(minutes=dice.randint(0, 24 * 60 - 1))
    rules = [
        CallingRules(),
        with_preset(CallingRules(), FR),
        with_preset(CallingRules(), DE),
        replace(CallingRules(), weekdays=(2, 3, 4, 5), closed_days=(date(2026, 3, 10),)),
        replace(CallingRules(), windows=(Window(time(8), time(14)), Window(time(14), time(21)))),
        replace(with_preset(CallingRules(), FR), closed_days=(date(2026, 3, 9), date(2026, 3, 10))),
    ][seed]
    campaign = await make_campaign(session, rules=rules.to_json())
    await _people(session, campaign, dice, now, 250)
    rows = (await session.execute(select(Lead).where(Lead.campaign_id == campaign.id))).scalars().all()
    known = await lead_facts.read(session, rows, {campaign.id: campaign}, {campaign.id: rules}, now)
    verdicts = [eligibility(one.facts, rules, now) for one in known]
    wanted = Counter(
        _as_the_funnel_counts(one.facts, verdict, rules, now)
        for one, verdict in zip(known, verdicts, strict=True)
        if verdict.reason is not ReasonCode.CLOSED
    )
    found = await funnel(session, campaign.id, now)
    assert Counter(found.open) == wanted
    assert len(wanted) >= 8  # the dice made enough kinds
    assert found.closed == {"sold": sum(1 for v in verdicts if v.reason is ReasonCode.CLOSED)}
    assert found.total == len(rows)
    assert found.callable_now <= found.callable_today <= found.total


async def test_it_says_what_holds_everybody_back(session: Session) -> None:
    campaign = await make_campaign(session)
    now = at(9, 10)
    assert (await funnel(session, campaign.id, now)).why_none == "no_leads"
    for _ in range(3):
        await make_lead(session, campaign, posted_on=date(2026, 3, 5))
    await make_lead(session, campaign, posted_on=date(2026, 2, 23))
    found = await funnel(session, campaign.id, at(9, 9))
    assert found.open == {"too_early": 3, "outside_window": 1}
    assert (found.callable_today, found.expiring_today) == (1, 1)
    assert found.why_none == "too_early"
    assert (await funnel(session, campaign.id, now)).why_none is None
    campaign.state = "paused"
    await session.flush()
    assert (await funnel(session, campaign.id, now)).open == {"campaign_not_open": 4}
