"""Results of calls: what each demands, that there is one only, and all that follows from it at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import col, select

from callcenter.kit.db import Session
from callcenter.kit.errors import AppError, BadInput, Conflict
from campaigns.dispositions import service as dispositions
from campaigns.dispositions.models import CallResult
from campaigns.dispositions.rules import UnknownDisposition
from campaigns.followups.models import FollowUp
from campaigns.leads import repository
from campaigns.leads import service as leads
from campaigns.leads.models import Lead
from campaigns.plans.models import Campaign
from campaigns.schedule.rules import ReasonCode
from crm_sync.customers.models import Customer
from crm_sync.do_not_call.models import DoNotCallEntry
from tests.factories import make_campaign, make_customer, make_lead, make_user
from tests.integration.campaigns.desk import NOW, RULES, at, end, make_call, save, talked


@pytest.fixture
async def campaign(session: Session) -> Campaign:
    await dispositions.seed_defaults(session)
    return await make_campaign(session)


async def follow_ups(session: Session, lead: Lead) -> list[tuple[str, str]]:
    statement = select(FollowUp).where(FollowUp.lead_id == lead.id).order_by(col(FollowUp.created_at))
    rows = (await session.execute(statement.execution_options(populate_existing=True))).scalars()
    return [(row.case, row.state) for row in rows]


# The table of defaults: what becomes of the lead, and which of the source's three cases is opened (7.3.1 三.3).
@pytest.mark.parametrize(
    ("code", "closed", "next_at", "case"),
    [
        ("order", "sold", None, None),
        ("asked_to_buy", None, at(10, 10), "asked_to_buy"),
        ("great_interest", None, at(12, 10), "great_interest"),
        ("considering", None, at(16, 10), "considering"),
        ("not_now", "not_interested", None, None),
        ("declined", "not_interested", None, None),
        ("refused", "refused", None, None),
        ("do_not_call", "do_not_call", None, None),
        ("wrong_person", None, at(10, 10), None),
        ("wrong_number", "wrong_number", None, None),
        ("hung_up_early", None, at(11, 10), "not_reached"),
        ("language_problem", None, at(10, 10), "not_reached"),
        ("answering_machine", None, at(10, 10), "not_reached"),
        ("dead_line", None, at(9, 12), "not_reached"),
    ],
)
async def test_what_follows_from_each_result(
    session: Session, campaign: Campaign, code: str, closed: str | None, next_at: datetime | None, case: str | None
) -> None:
    await make_lead(session, campaign)
    lead, call = await talked(session, campaign, NOW)
    order = {"order_id": uuid4()} if code == "order" else {}
    await save(session, call, code, NOW, **order)
    assert (lead.closed_reason, lead.call_id) == (closed, None)
    assert (call.disposition, call.disposed_at) == (code, NOW)
    if next_at is not None:
        assert (await leads.why(session, lead.id, NOW)).next_at == next_at
        assert lead.not_before == next_at
    assert await follow_ups(session, lead) == ([(case, "due")] if case else [])


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"code": "order"}, "order"),
        ({"code": "considering", "order_id": uuid4()}, "order"),
        ({"code": "callback"}, "callback_at"),
        ({"code": "considering", "callback_at": at(10, 10)}, "callback_at"),
        ({"code": "callback", "callback_at": NOW}, "callback_at"),
        ({"code": "callback", "callback_at": at(10, 7, 59)}, "callback_at"),
        ({"code": "callback", "callback_at": at(10, 21)}, "callback_at"),
        ({"code": "callback", "callback_at": NOW + timedelta(days=31)}, "callback_at"),
    ],
)
async def test_a_result_must_have_what_it_needs(
    session: Session, campaign: Campaign, given: dict[str, Any], field: str
) -> None:
    await make_lead(session, campaign)
    _, call = await talked(session, campaign, NOW)
    with pytest.raises(BadInput) as refused:
        await save(session, call, given.pop("code"), NOW, **given)
    assert refused.value.field == field
    assert (await session.get(CallResult, call.id)) is None


async def test_an_unknown_result_names_the_valid_ones(session: Session, campaign: Campaign) -> None:
    await make_lead(session, campaign)
    _, call = await talked(session, campaign, NOW)
    with pytest.raises(UnknownDisposition) as refused:
        await save(session, call, "sold_out", NOW)
    for lang in ("zh", "en"):
        sentence = refused.value.sentence(lang)  # type: ignore[arg-type]
        assert "sold_out" in sentence
        assert "great_interest" in sentence


async def test_exactly_one_result_a_call(session: Session, campaign: Campaign) -> None:
    await make_lead(session, campaign)
    lead, call = await talked(session, campaign, NOW)
    first = await save(session, call, "considering", NOW, note="下周再说")
    again = await save(session, call, "considering", NOW + timedelta(seconds=5), note="下周再说 ")
    assert again.call_id == first.call_id
    assert (again.saved_at, call.disposed_at) == (NOW, NOW)
    with pytest.raises(Conflict) as refused:
        await save(session, call, "refused", NOW)
    assert refused.value.code == "already_disposed"
    assert lead.closed_reason is None


async def test_nobody_answered_yet(session: Session, campaign: Campaign) -> None:
    lead = await make_lead(session, campaign)
    call = await make_call(session, lead, state="ringing")
    with pytest.raises(AppError):
        await save(session, call, "considering", NOW)


@pytest.mark.parametrize("code", ["refused", "do_not_call"])
async def test_a_refusal_is_final_everywhere_at_once(session: Session, campaign: Campaign, code: str) -> None:
    other = await make_campaign(session)
    customer = await make_customer(session)
    lead = await make_lead(session, campaign, customer)
    elsewhere = await make_lead(session, other, customer, callback_at=at(9, 15))
    agent = await make_user(session)
    _, call = await talked(session, campaign, NOW, agent.id)
    await save(session, call, code, NOW)
    entry = await session.get_one(DoNotCallEntry, customer.phone)
    assert (entry.source, entry.added_by, entry.call_id) == ("call", agent.id, call.id)
    fresh = await session.get_one(Customer, customer.id, populate_existing=True)
    assert (fresh.consent, fresh.consent_source, fresh.consent_at) == ("refused", "call", NOW)
    rows = await repository.fresh(session, [lead.id, elsewhere.id])
    assert {row.closed_reason for row in rows.values()} == {code}
    assert await leads.claim(session, other, RULES, at(9, 15), 5) == []


async def test_a_wrong_number_is_wrong_in_every_campaign(session: Session, campaign: Campaign) -> None:
    other = await make_campaign(session)
    customer = await make_customer(session)
    await make_lead(session, campaign, customer)
    elsewhere = await make_lead(session, other, customer)
    _, call = await talked(session, campaign, NOW)
    await save(session, call, "wrong_number", NOW)
    assert (await repository.fresh(session, [elsewhere.id]))[elsewhere.id].closed_reason == "wrong_number"


async def test_a_callback_is_kept_to_the_minute_by_its_agent(session: Session, campaign: Campaign) -> None:
    await make_lead(session, campaign)
    agent = await make_user(session)
    lead, call = await talked(session, campaign, NOW, agent.id)
    await save(session, call, "callback", NOW, callback_at=at(9, 19, 30))
    assert (lead.callback_at, lead.callback_agent_id, lead.not_before) == (at(9, 19, 30), agent.id, at(9, 19, 30))
    verdict = await leads.why(session, lead.id, at(9, 15))
    assert (verdict.reason, verdict.next_at) == (ReasonCode.CALLBACK_LATER, at(9, 19, 30))
    assert await leads.claim(session, campaign, RULES, at(9, 19, 29, 59), 1) == []
    [one] = await leads.claim(session, campaign, RULES, at(9, 19, 30), 1)
    assert one.lead.id == lead.id


async def test_a_callback_that_reaches_nobody_is_tried_again_and_stays_a_promise(
    session: Session, campaign: Campaign
) -> None:
    lead = await make_lead(session, campaign, callback_at=at(9, 14), posted_on=date(2026, 1, 1))
    [one] = await leads.claim(session, campaign, RULES, at(9, 14), 1)
    call = await make_call(session, one.lead, created_at=at(9, 14))
    await leads.start_attempt(session, one.lead, call.id, at(9, 14))
    await end(session, call, "busy", at(9, 14))
    assert lead.callback_at == at(9, 14, 30)
    assert [c.lead.id for c in await leads.claim(session, campaign, RULES, at(9, 14, 30), 1)] == [lead.id]


async def test_interest_outlives_the_last_day_and_a_fruitless_attempt(session: Session, campaign: Campaign) -> None:
    await make_lead(session, campaign, posted_on=date(2026, 2, 23))  # 9 March is day 14
    lead, call = await talked(session, campaign, NOW)
    await save(session, call, "great_interest", NOW, note="要问女儿")
    assert lead.not_before == at(12, 10)
    assert await leads.expire(session, at(12, 0)) == 0
    [one] = await leads.claim(session, campaign, RULES, at(12, 10), 1)
    second = await make_call(session, one.lead, created_at=at(12, 10), attempt_no=2)
    await leads.start_attempt(session, one.lead, second.id, at(12, 10))
    await end(session, second, "busy", at(12, 10))
    assert await follow_ups(session, lead) == [("great_interest", "due")]  # only its time has moved
    [one] = await leads.claim(session, campaign, RULES, at(12, 10, 30), 1)
    third = await make_call(
        session,
        one.lead,
        created_at=at(12, 10, 30),
        attempt_no=3,
        state="ended",
        outcome="talked",
        ended_at=at(12, 10, 35),
    )
    await leads.start_attempt(session, one.lead, third.id, at(12, 10, 30))
    await save(session, third, "order", at(12, 10, 36), order_id=uuid4())
    assert lead.closed_reason == "sold"
    assert await follow_ups(session, lead) == [("great_interest", "done")]


async def test_a_conversation_begins_the_count_of_fruitless_attempts_anew(session: Session, campaign: Campaign) -> None:
    lead = await make_lead(session, campaign, attempts=4, fruitless=4, call_no=4)
    _, call = await talked(session, campaign, NOW)
    assert (lead.attempts, lead.fruitless) == (5, 5)
    await save(session, call, "considering", NOW)
    assert (lead.attempts, lead.fruitless, lead.state) == (5, 0, "open")


async def test_the_last_fruitless_attempt_disposed_by_an_agent_closes_too(session: Session, campaign: Campaign) -> None:
    lead = await make_lead(session, campaign, attempts=4, fruitless=4, call_no=4)
    _, call = await talked(session, campaign, NOW)
    await save(session, call, "answering_machine", NOW)
    assert lead.closed_reason == "exhausted"
    assert await follow_ups(session, lead) == []


async def test_a_result_may_be_saved_while_the_customer_is_still_on_the_line(
    session: Session, campaign: Campaign
) -> None:
    lead = await make_lead(session, campaign)
    [one] = await leads.claim(session, campaign, RULES, NOW, 1)
    call = await make_call(session, one.lead)
    await leads.start_attempt(session, one.lead, call.id, NOW)
    agent = await make_user(session)
    call.state, call.agent_id = "connected", agent.id
    await session.flush()
    await save(session, call, "considering", NOW)
    assert lead.not_before == at(16, 10)
    assert (await leads.why(session, lead.id, NOW)).reason is ReasonCode.IN_CALL
