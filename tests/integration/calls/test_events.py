"""What the carrier tells, in any order and as often as it likes, becomes one true record."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from callcenter.calls import service as calls
from callcenter.calls.models import Call
from callcenter.domain.call import AnsweredBy, CallEventKind, EndCause
from callcenter.kit.db import Session
from callcenter.telephony.port import CarrierEvent
from tests.factories import make_agent, make_call, make_campaign, make_lead

T0 = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
E = CallEventKind


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def event(call_id: UUID, kind: E, seconds: float, sequence: int, cause: EndCause | None = None) -> CarrierEvent:
    return CarrierEvent(call_id, kind, at(seconds), sequence, cause=cause)


async def tell(session: Session, call: Call, *events: CarrierEvent) -> Call:
    for one in events:
        applied = await calls.apply_event(session, one, at(100))
        if applied is not None:
            await calls.told(session, applied.call)
    await session.refresh(call)
    return call


async def test_a_plain_call_is_recorded_second_by_second(session: Session) -> None:
    campaign = await make_campaign(session)
    agent = await make_agent(session, campaign)
    call = await make_call(session, campaign, launched_at=T0)
    await tell(session, call, event(call.id, E.RINGING, 1, 0), event(call.id, E.ANSWERED, 9, 1))
    assert (call.state, call.ring_s, call.abandoned) == ("waiting", 9.0, False)
    calls.give_to_agent(call, agent.user_id, at(9.1))
    await calls.told(session, call)
    await tell(session, call, event(call.id, E.JOINED, 9.3, 2), event(call.id, E.HELD, 20, 3))
    assert (call.state, call.wait_s) == ("held", 0.3)
    await tell(session, call, event(call.id, E.RESUMED, 35, 4))
    await tell(session, call, event(call.id, E.ENDED, 69.5, 5, EndCause.CUSTOMER_HUNG_UP))
    assert (call.state, call.outcome, call.cause) == ("ended", "talked", "customer_hung_up")
    assert (call.talk_s, call.hold_s, call.billable_s) == (60.2, 15.0, 61)
    assert call.abandoned is False


async def test_a_doubled_event_changes_nothing(session: Session) -> None:
    campaign = await make_campaign(session)
    call = await make_call(session, campaign)
    await tell(session, call, event(call.id, E.RINGING, 1, 0))
    version = call.version
    assert await calls.apply_event(session, event(call.id, E.RINGING, 1, 0), at(2)) is None
    await session.refresh(call)
    assert call.version == version


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_an_unanswered_call_ends_the_same_in_any_order(session: Session, order: tuple[int, ...]) -> None:
    campaign = await make_campaign(session)
    call = await make_call(session, campaign, launched_at=T0)
    told = [
        event(call.id, E.RINGING, 1, 0),
        event(call.id, E.ANSWERED, 8, 1),
        event(call.id, E.ENDED, 9, 2, EndCause.CUSTOMER_HUNG_UP),
    ]
    await tell(session, call, *(told[n] for n in order))
    # Answered, and gone after a second without an agent: abandoned, however the news came.
    assert (call.state, call.outcome, call.abandoned, call.ring_s) == ("ended", "abandoned", True, 8.0)
    assert call.billable_s == 1


async def test_a_machine_is_nobody_abandoned(session: Session) -> None:
    campaign = await make_campaign(session)
    call = await make_call(session, campaign)
    await tell(session, call, event(call.id, E.ANSWERED, 8, 0), event(call.id, E.MACHINE, 12, 1))
    assert call.answered_by == AnsweredBy.MACHINE.value
    await tell(session, call, event(call.id, E.ENDED, 13, 2, EndCause.SYSTEM_HUNG_UP))
    assert (call.outcome, call.abandoned) == ("machine", False)


async def test_patience_ends_once_and_no_agent_comes_after_it(session: Session) -> None:
    campaign = await make_campaign(session)
    call = await make_call(session, campaign)
    await tell(session, call, event(call.id, E.ANSWERED, 8, 0))
    assert await calls.give_up(session, call, at(10))
    assert call.abandoned
    assert not await calls.give_up(session, call, at(11))


async def test_an_agent_who_came_too_late_is_an_abandonment(session: Session) -> None:
    campaign = await make_campaign(session)
    agent = await make_agent(session, campaign)
    call = await make_call(session, campaign)
    await tell(session, call, event(call.id, E.ANSWERED, 8, 0))
    calls.give_to_agent(call, agent.user_id, at(9.9))
    await calls.told(session, call)
    await tell(session, call, event(call.id, E.JOINED, 10.4, 1))
    assert (call.state, call.abandoned) == ("connected", True)
    await tell(session, call, event(call.id, E.ENDED, 50, 2, EndCause.CUSTOMER_HUNG_UP))
    assert (call.outcome, call.abandoned) == ("talked", True)


async def test_every_change_leaves_one_event_for_the_screens(session: Session) -> None:
    campaign = await make_campaign(session)
    call = await make_call(session, campaign)
    await tell(session, call, event(call.id, E.RINGING, 1, 0), event(call.id, E.ANSWERED, 8, 1))
    rows = await session.execute(text("SELECT payload->>'version' FROM outbox WHERE key = :id"), {"id": call.id})
    assert [int(v) for v in rows.scalars()] == [2, 3]  # the factory's row itself is version 1


async def test_the_stage_never_goes_back(session: Session) -> None:
    campaign = await make_campaign(session)
    call = await make_call(session, campaign)
    await tell(session, call, event(call.id, E.ANSWERED, 8, 0))
    for stage in ("felt_need", "trust", "rational_need"):
        await calls.reach_stage(session, call, stage)
    assert call.stage == "trust"


# ------------------------------------------------------------- what the database itself refuses


async def test_the_same_person_is_never_rung_twice_at_once(session: Session) -> None:
    campaign = await make_campaign(session)
    other = await make_campaign(session)
    call = await make_call(session, campaign)
    lead = await make_lead(session, other)
    with pytest.raises(IntegrityError, match="uq_calls_number_in_flight"):
        await make_call(session, other, lead, to_number=call.to_number)


async def test_one_attempt_is_made_once(session: Session) -> None:
    campaign = await make_campaign(session)
    call = await make_call(session, campaign)
    await tell(session, call, event(call.id, E.ENDED, 5, 0, EndCause.BUSY))
    lead = await session.get_one(type(await make_lead(session, campaign)), call.subject_id)
    with pytest.raises(IntegrityError, match="uq_calls_attempt"):
        await make_call(session, campaign, lead, attempt_no=call.attempt_no)


async def test_an_agent_is_in_one_call_at_most(session: Session) -> None:
    campaign = await make_campaign(session)
    agent = await make_agent(session, campaign)
    await make_call(session, campaign, state="connected", agent_id=agent.user_id)
    with pytest.raises(IntegrityError, match="uq_calls_agent_in_call"):
        await make_call(session, campaign, state="connecting", agent_id=agent.user_id)


async def test_an_ended_call_has_an_outcome(session: Session) -> None:
    campaign = await make_campaign(session)
    with pytest.raises(IntegrityError, match="ended_has_outcome"):
        await make_call(session, campaign, state="ended")
