"""Several numbers of one person: tried in turn, dead ones left out, caps and refusals the person's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from callcenter.calls.models import Call
from callcenter.kit.db import Session
from campaigns.dispositions import service as dispositions
from campaigns.leads import service as leads
from campaigns.leads.funnel import funnel
from campaigns.leads.models import Lead
from campaigns.plans.models import Campaign
from crm_sync.customers.models import CustomerPhone
from crm_sync.do_not_call import service as do_not_call
from crm_sync.do_not_call.models import DoNotCallSource
from tests.factories import make_agent, make_campaign, make_customer, make_lead
from tests.integration.campaigns.desk import NOW, RULES, at, end, ended_call, make_call, save

OWN, HOME = "+8613900000001", "+865320000001"


async def _person(session: Session, campaign: Campaign, **second: Any) -> Lead:
    customer = await make_customer(session, phone=OWN)
    session.add(
        CustomerPhone(**{"customer_id": customer.id, "phone": HOME, "kind": "home", "created_at": NOW} | second)
    )
    await session.flush()
    return await make_lead(session, campaign, customer)


async def _called(session: Session, campaign: Campaign, now: Any) -> Call:
    [one] = await leads.claim(session, campaign, RULES, now, 1)
    given = {"created_at": now, "launched_at": now, "attempt_no": one.attempt_no, "to_number": one.phone}
    call = await make_call(session, one.lead, **given)
    await leads.start_attempt(session, one.lead, call.id, now)
    return call


async def _reason(session: Session, lead: Lead, now: Any) -> str:
    """What the gate says; the funnel must say the same."""
    verdict = await leads.why(session, lead.id, now)
    counted = await funnel(session, lead.campaign_id, now)
    assert counted.open == {verdict.reason.value: 1}
    return verdict.reason.value


async def test_not_reached_at_the_one_they_are_called_at_the_other(session: Session) -> None:
    campaign = await make_campaign(session)
    lead = await _person(session, campaign)
    first = await _called(session, campaign, NOW)
    assert first.to_number == OWN
    assert await _reason(session, lead, NOW) == "in_call"
    await end(session, first, "no_answer", NOW + timedelta(seconds=25))
    second = await _called(session, campaign, at(9, 15))
    assert second.to_number == HOME


async def test_a_dead_number_costs_no_attempt_and_the_other_is_called_after_the_gap(session: Session) -> None:
    campaign = await make_campaign(session)
    lead = await _person(session, campaign)
    call = await _called(session, campaign, NOW)
    await end(session, call, "invalid_number", NOW)
    await session.refresh(lead)
    assert (lead.state, lead.attempts, lead.fruitless) == ("open", 0, 0)
    soon = NOW + timedelta(seconds=RULES.min_gap_s)
    assert await _reason(session, lead, soon - timedelta(seconds=1)) in ("resting", "min_gap")
    second = await _called(session, campaign, soon)
    assert second.to_number == HOME
    await end(session, second, "invalid_number", soon)
    await session.refresh(lead)
    assert (lead.state, lead.closed_reason) == ("closed", "wrong_number")


async def test_a_person_without_a_living_number_is_never_called(session: Session) -> None:
    campaign = await make_campaign(session)
    lead = await _person(session, campaign, state="wrong_person")
    session.add(CustomerPhone(customer_id=lead.customer_id, phone=OWN, state="unallocated", created_at=NOW))
    await session.flush()
    assert await _reason(session, lead, NOW) == "no_number"
    assert await leads.claim(session, campaign, RULES, NOW, 1) == []
    await session.refresh(lead)
    assert lead.closed_reason == "wrong_number"


async def test_somebody_else_answers_there_and_the_person_is_called_at_their_other_number(session: Session) -> None:
    campaign = await make_campaign(session)
    await dispositions.seed_defaults(session)
    lead = await _person(session, campaign)
    agent = await make_agent(session, campaign)
    call = await _called(session, campaign, NOW)
    call.state, call.outcome, call.ended_at, call.agent_id = "ended", "talked", NOW, agent.user_id
    call.answered_at = call.connected_at = NOW
    await save(session, call, "wrong_number", NOW)
    await session.refresh(lead)
    assert lead.state == "open"
    second = await _called(session, campaign, NOW + timedelta(seconds=RULES.min_gap_s))
    assert second.to_number == HOME


async def test_the_cap_counts_calls_to_all_numbers_of_a_person(session: Session) -> None:
    campaign = await make_campaign(session)
    lead = await _person(session, campaign)
    elsewhere = await make_lead(session, await make_campaign(session))
    for n in range(5):
        number = OWN if n % 2 else HOME
        await ended_call(session, elsewhere, "no_answer", at(8, 15 + n), to_number=number, attempt_no=n + 1)
    assert await _reason(session, lead, NOW) == "cap"  # five in 24 hours, from another campaign


async def test_a_call_in_flight_to_one_number_keeps_the_other_quiet(session: Session) -> None:
    campaign = await make_campaign(session)
    lead = await _person(session, campaign)
    elsewhere = await make_lead(session, await make_campaign(session))
    await make_call(session, elsewhere, to_number=HOME)
    assert await _reason(session, lead, NOW) == "in_call"


async def test_a_refusal_is_the_persons_not_the_telephones(session: Session) -> None:
    campaign = await make_campaign(session)
    await dispositions.seed_defaults(session)
    await _person(session, campaign)
    agent = await make_agent(session, campaign)
    call = await _called(session, campaign, NOW)
    call.state, call.outcome, call.ended_at, call.agent_id = "ended", "talked", NOW, agent.user_id
    call.answered_at = call.connected_at = NOW
    await save(session, call, "refused", NOW)
    assert await do_not_call.which_listed(session, [OWN, HOME]) == {OWN, HOME}


@pytest.mark.parametrize("listed", [OWN, HOME])
async def test_who_refused_at_one_number_is_called_at_none(session: Session, listed: str) -> None:
    campaign = await make_campaign(session)
    lead = await _person(session, campaign)
    await do_not_call.add(session, listed, DoNotCallSource.OFFICE, "letter", NOW, None)
    consent = (
        await session.execute(text("SELECT consent FROM customers WHERE id = :id"), {"id": lead.customer_id})
    ).scalar_one()
    assert consent == "refused"
    assert await _reason(session, lead, NOW) in ("do_not_call", "consent_refused")
