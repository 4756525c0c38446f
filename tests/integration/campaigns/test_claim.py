"""Claiming: the right leads, in the right order, each to one claimer only, and nothing refused stays at the front."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from callcenter.domain.agent import AgentState
from callcenter.kit.db import Database, Session
from campaigns.compliance.models import GatePass
from campaigns.dispositions import service as dispositions
from campaigns.leads import repository
from campaigns.leads import service as leads
from campaigns.leads.models import Lead
from campaigns.schedule.rules import ReasonCode
from crm_sync.do_not_call.models import DoNotCallEntry
from tests.factories import make_campaign, make_customer, make_lead, make_user
from tests.integration.campaigns.desk import NOW, RULES, at, attempt, end, ended_call, make_call


async def test_due_callbacks_come_first_then_the_nearest_last_day_then_the_score(session: Session) -> None:
    campaign = await make_campaign(session)
    late = await make_lead(session, campaign, posted_on=date(2026, 2, 28), score=10)
    high = await make_lead(session, campaign, posted_on=date(2026, 3, 2), score=90)
    low = await make_lead(session, campaign, posted_on=date(2026, 3, 2), score=20)
    promised = await make_lead(
        session, campaign, posted_on=date(2026, 3, 2), callback_at=NOW - timedelta(minutes=1), score=0
    )
    promised_before = await make_lead(
        session, campaign, posted_on=date(2026, 1, 2), callback_at=NOW - timedelta(minutes=9), score=0
    )
    claimed = await leads.claim(session, campaign, RULES, NOW, 10)
    assert [one.lead.id for one in claimed] == [promised_before.id, promised.id, late.id, high.id, low.id]


async def test_everybody_once_before_anybody_twice_where_the_campaign_wants_it(session: Session) -> None:
    campaign = await make_campaign(session)
    tried = await make_lead(session, campaign, posted_on=date(2026, 2, 23), attempts=1, call_no=1)  # day 14
    fresh = [await make_lead(session, campaign, posted_on=date(2026, 3, 2), score=score) for score in (20, 90)]
    first = await leads.claim(session, campaign, replace(RULES, first_calls_first=True), NOW, 3)
    assert [one.lead.id for one in first] == [fresh[1].id, fresh[0].id, tried.id]
    usual = await leads.claim(session, campaign, RULES, NOW, 3)
    assert [one.lead.id for one in usual] == [tried.id, fresh[1].id, fresh[0].id]


@pytest.mark.parametrize(
    ("posted_on", "now", "callable_"),
    [
        (date(2026, 3, 2), at(8, 10), False),  # day 6
        (date(2026, 3, 2), at(9, 10), True),  # day 7
        (date(2026, 3, 2), at(16, 10), True),  # day 14
        (date(2026, 3, 2), at(17, 10), False),  # day 15
        (date(2026, 3, 2), at(9, 9, 59, 59), False),
        (date(2026, 3, 2), at(9, 10, 59, 59), True),
        (date(2026, 3, 2), at(9, 11), False),
    ],
)
async def test_only_within_days_and_windows(session: Session, posted_on: date, now: datetime, callable_: bool) -> None:
    campaign = await make_campaign(session)
    await make_lead(session, campaign, posted_on=posted_on)
    assert bool(await leads.claim(session, campaign, RULES, now, 5)) is callable_


async def test_two_claimers_at_once_never_get_the_same_lead(database: Database) -> None:
    async with database.transaction() as session:
        campaign = await make_campaign(session)
        for _ in range(40):
            await make_lead(session, campaign)

    async def claimer() -> set[object]:
        async with database.transaction() as session:
            claimed = await leads.claim(session, campaign, RULES, NOW, 20)
            await asyncio.sleep(0.05)
            for one in claimed:
                call = await make_call(session, one.lead, attempt_no=one.attempt_no)
                await leads.start_attempt(session, one.lead, call.id, NOW)
            return {one.lead.id for one in claimed}

    found = await asyncio.gather(*(claimer() for _ in range(4)))
    all_ids = [lead_id for one in found for lead_id in one]
    assert len(all_ids) == len(set(all_ids))
    async with database.transaction() as session:
        rest = await leads.claim(session, campaign, RULES, NOW, 50)
        assert len(all_ids) + len(rest) == 40


async def test_two_campaigns_never_call_one_person_at_once(database: Database) -> None:
    async with database.transaction() as session:
        customer = await make_customer(session)
        one, other = await make_campaign(session), await make_campaign(session)
        await make_lead(session, one, customer)
        await make_lead(session, other, customer)
    async with database.transaction() as first, database.transaction() as second:
        [mine] = await leads.claim(first, one, RULES, NOW, 1)
        assert await leads.claim(second, other, RULES, NOW, 1) == []
        call = await make_call(first, mine.lead)
        await leads.start_attempt(first, mine.lead, call.id, NOW)
    async with database.transaction() as session:
        assert await leads.claim(session, other, RULES, NOW, 1) == []
        row = (await session.execute(select(Lead).where(Lead.campaign_id == other.id))).scalar_one()
        assert (await leads.why(session, row.id, NOW)).reason is ReasonCode.IN_CALL
        assert row.not_before is not None  # it sleeps, and does not clog the front


async def test_refused_ones_sleep_or_are_closed_so_that_the_front_stays_clear(session: Session) -> None:
    campaign = await make_campaign(session)
    listed = await make_customer(session)
    session.add(DoNotCallEntry(phone=listed.phone, source="office", added_at=NOW))
    refused = await make_customer(session, consent="refused")
    on_list = await make_lead(session, campaign, listed, score=99)
    said_no = await make_lead(session, campaign, refused, score=98)
    capped = await make_lead(session, campaign, score=97)
    for minutes in (400, 300, 200, 100, 60):
        await ended_call(session, capped, "no_answer", NOW - timedelta(minutes=minutes), attempt_no=1000 - minutes)
    good = await make_lead(session, campaign, score=1)
    claimed = await leads.claim(session, campaign, RULES, NOW, 1)
    assert [one.lead.id for one in claimed] == [good.id]
    assert (on_list.closed_reason, said_no.closed_reason) == ("do_not_call", "refused")
    # Five calls in 24 hours: the oldest leaves the period at 03:20, and the next window opens at 10:00.
    assert capped.not_before == at(10, 10)


async def test_calls_in_other_campaigns_count_for_the_caps(session: Session) -> None:
    one, other = await make_campaign(session), await make_campaign(session)
    customer = await make_customer(session)
    lead, elsewhere = await make_lead(session, one, customer), await make_lead(session, other, customer)
    await ended_call(session, elsewhere, "busy", NOW - timedelta(minutes=1))
    assert await leads.claim(session, one, RULES, NOW, 1) == []
    verdict = await leads.why(session, lead.id, NOW)
    assert (verdict.reason, verdict.next_at) == (ReasonCode.MIN_GAP, NOW + timedelta(minutes=4))


async def test_an_attempt_is_counted_and_its_grounds_are_kept(session: Session) -> None:
    campaign = await make_campaign(session)
    await make_lead(session, campaign)
    lead, call = await attempt(session, campaign, NOW)
    assert (lead.attempts, lead.call_no, lead.call_id) == (1, 1, call.id)
    passed = await session.get_one(GatePass, call.id)
    assert (passed.grounds, passed.day_n, passed.preset) == ("schedule", 7, "CN")
    assert await leads.claim(session, campaign, RULES, NOW, 1) == []


@pytest.mark.parametrize(
    ("outcome", "next_at", "attempts", "follow_up"),
    [
        ("no_answer", at(9, 15), 1, "not_reached"),  # four hours later, and in another window
        ("busy", at(9, 10, 30), 1, "not_reached"),
        ("machine", at(10, 12), 1, "not_reached"),  # a day later, in another window
        ("abandoned", at(10, 10), 1, "not_reached"),
        ("congestion", at(9, 10, 20), 0, "not_reached"),  # the phone never rang: no attempt
        ("failed", at(9, 10, 30), 0, "not_reached"),
    ],
)
async def test_each_outcome_has_its_pause(
    session: Session, outcome: str, next_at: datetime, attempts: int, follow_up: str
) -> None:
    campaign = await make_campaign(session)
    await make_lead(session, campaign)
    lead, call = await attempt(session, campaign, NOW)
    await end(session, call, outcome, NOW)
    assert (lead.call_id, lead.attempts, lead.not_before) == (None, attempts, next_at)
    verdict = await leads.why(session, lead.id, NOW)
    assert (verdict.allowed, verdict.next_at) == (False, next_at)
    from campaigns.followups.models import FollowUp

    row = (await session.execute(select(FollowUp).where(FollowUp.lead_id == lead.id))).scalar_one()
    assert (row.case, row.due_at, row.state) == (follow_up, next_at, "due")
    [again] = await leads.claim(session, campaign, RULES, next_at, 1)
    assert again.lead.id == lead.id
    assert again.attempt_no == 2


async def test_finishing_twice_changes_nothing(session: Session) -> None:
    campaign = await make_campaign(session)
    await make_lead(session, campaign)
    lead, call = await attempt(session, campaign, NOW)
    await end(session, call, "busy", NOW)
    version = lead.version
    await leads.finish_attempt(session, call, NOW + timedelta(hours=1), RULES)
    assert lead.version == version


async def test_an_invalid_number_closes_at_once_and_used_up_attempts_in_the_end(session: Session) -> None:
    campaign = await make_campaign(session)
    await make_lead(session, campaign)
    lead, call = await attempt(session, campaign, NOW)
    await end(session, call, "invalid_number", NOW)
    assert lead.closed_reason == "wrong_number"

    await make_lead(session, campaign, posted_on=date(2026, 3, 2))
    now, made = NOW, 0
    while claimed := await leads.claim(session, campaign, RULES, now, 1):
        [one] = claimed
        call = await make_call(session, one.lead, created_at=now, attempt_no=one.attempt_no)
        await leads.start_attempt(session, one.lead, call.id, now)
        await end(session, call, "no_answer", now)
        made += 1
        if one.lead.not_before is None:
            break
        now = one.lead.not_before
    assert made == RULES.attempts_max
    assert one.lead.closed_reason == "exhausted"
    from campaigns.followups.models import FollowUp

    states = (await session.execute(select(FollowUp.state).where(FollowUp.lead_id == one.lead.id))).scalars().all()
    assert states == ["dropped"]


async def test_a_preview_that_is_passed_over_is_no_attempt_and_rests(session: Session) -> None:
    campaign = await make_campaign(session)
    await make_lead(session, campaign)
    agent = await make_user(session)
    [one] = await leads.claim(session, campaign, RULES, NOW, 1, for_agent=agent.id)
    call = await make_call(session, one.lead, state="reserved")
    await leads.reserve(session, one.lead, call.id)
    assert (await leads.recheck(session, call, NOW)).allowed
    await leads.release(session, one.lead.id, NOW, None)
    call.state, call.outcome, call.ended_at = "ended", "skipped", NOW
    await session.flush()
    assert one.lead.attempts == 0
    assert (await leads.why(session, one.lead.id, NOW)).next_at == NOW + leads.SKIP_REST
    [again] = await leads.claim(session, campaign, RULES, NOW + leads.SKIP_REST, 1)
    assert again.attempt_no == 2  # each call row has its own number


async def test_a_preview_is_asked_again_at_the_instant_of_dialling(session: Session) -> None:
    campaign = await make_campaign(session)
    await make_lead(session, campaign)
    [one] = await leads.claim(session, campaign, RULES, NOW, 1)
    call = await make_call(session, one.lead, state="reserved")
    await leads.reserve(session, one.lead, call.id)
    late = at(9, 11)
    verdict = await leads.recheck(session, call, late)
    assert (verdict.allowed, verdict.reason, verdict.next_at) == (False, ReasonCode.OUTSIDE_WINDOW, at(9, 12))
    await leads.start_reserved(session, call, NOW)
    assert (one.lead.attempts, one.lead.last_attempt_at) == (1, NOW)


async def test_a_callback_waits_for_its_agent_for_a_while_and_then_for_nobody(session: Session) -> None:
    from callcenter.agents.models import Agent

    campaign = await make_campaign(session)
    owner, other = await make_user(session), await make_user(session)
    session.add(Agent(user_id=owner.id, name="甲", queue_id=campaign.id, state=AgentState.READY.value, state_since=NOW))
    await session.flush()
    lead = await make_lead(session, campaign, callback_at=NOW, callback_agent_id=owner.id, posted_on=date(2026, 1, 1))
    assert await leads.claim(session, campaign, RULES, NOW, 1, for_agent=other.id) == []
    [one] = await leads.claim(session, campaign, RULES, NOW, 1, for_agent=owner.id)
    assert (one.lead.id, one.preferred_agent_id) == (lead.id, owner.id)
    later = NOW + timedelta(seconds=RULES.callback_owner_s)
    assert len(await leads.claim(session, campaign, RULES, later, 1, for_agent=other.id)) == 1


async def test_a_callback_is_exempt_from_windows_and_days_but_not_from_the_law(session: Session) -> None:
    campaign = await make_campaign(session)
    lead = await make_lead(session, campaign, posted_on=date(2026, 1, 1), callback_at=at(9, 20, 30))
    assert await leads.claim(session, campaign, RULES, at(9, 20, 29, 59), 1) == []
    assert len(await leads.claim(session, campaign, RULES, at(9, 20, 30), 1)) == 1
    lead.callback_at = at(9, 20, 59, 59)
    await session.flush()
    assert await leads.claim(session, campaign, RULES, at(9, 21), 1) == []
    assert (await leads.why(session, lead.id, at(9, 21))).next_at == at(10, 8)


async def test_leads_of_several_zones_are_called_in_their_own_windows(session: Session) -> None:
    campaign = await make_campaign(session)
    paris = await make_customer(session, phone="+33612345678", timezone="Europe/Paris")
    east = await make_lead(session, campaign)
    west = await make_lead(session, campaign, paris, timezone="Europe/Paris")
    assert [one.lead.id for one in await leads.claim(session, campaign, RULES, NOW, 5)] == [east.id]
    in_paris = datetime(2026, 3, 9, 10, 30, tzinfo=ZoneInfo("Europe/Paris")).astimezone(UTC)
    assert [one.lead.id for one in await leads.claim(session, campaign, RULES, in_paris, 5)] == [west.id]


async def test_a_customer_who_moved_is_judged_by_the_new_zone(session: Session) -> None:
    campaign = await make_campaign(session)
    moved = await make_customer(session, timezone="Europe/Paris")
    lead = await make_lead(session, campaign, moved, timezone="Asia/Shanghai")
    assert await leads.claim(session, campaign, RULES, NOW, 1) == []
    assert lead.timezone == "Europe/Paris"


async def test_the_night_closes_whose_last_day_has_passed(session: Session) -> None:
    campaign = await make_campaign(session)
    gone = await make_lead(session, campaign, posted_on=date(2026, 3, 2))
    warm = await make_lead(session, campaign, posted_on=date(2026, 3, 2), follow_up_at=at(18, 10))
    promised = await make_lead(session, campaign, posted_on=date(2026, 3, 2), callback_at=at(18, 10))
    assert await leads.expire(session, at(16, 23, 59, 59)) == 0
    assert await leads.expire(session, at(17, 0)) == 1
    rows = await repository.fresh(session, [gone.id, warm.id, promised.id])
    assert [rows[lead.id].closed_reason for lead in (gone, warm, promised)] == ["expired", None, None]
    assert (await leads.why(session, gone.id, at(17, 10))).reason is ReasonCode.CLOSED
    assert len(await leads.claim(session, campaign, RULES, at(18, 10), 5)) == 2
    assert await leads.expire(session, at(31, 0)) == 1  # fourteen days after the last day the warm one ends, too


async def test_reply_slips_and_returned_letters_are_not_pitched(session: Session) -> None:
    from campaigns.mailings import service as mailings

    campaign = await make_campaign(session)
    replied, returned = await make_lead(session, campaign), await make_lead(session, campaign)
    await mailings.mark_replied(session, campaign.mailing_id, replied.customer_id, date(2026, 3, 8), NOW)
    await mailings.mark_returned(session, campaign.mailing_id, returned.customer_id, date(2026, 3, 8), NOW)
    assert await leads.claim(session, campaign, RULES, NOW, 5) == []
    rows = await repository.fresh(session, [replied.id, returned.id])
    assert rows[replied.id].closed_reason == "ordered_direct"
    assert rows[returned.id].closed_reason == "returned_mail"


async def test_default_dispositions_are_seeded_once(session: Session) -> None:
    assert await dispositions.seed_defaults(session) > 12
    assert await dispositions.seed_defaults(session) == 0
