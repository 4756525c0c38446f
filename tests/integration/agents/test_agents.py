"""Agents: claimed once, the longest idle first, only when they are there; wrap-up kept by the server."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from callcenter.agents import service as agents
from callcenter.agents.models import Agent
from callcenter.domain.agent import BreakReason
from callcenter.kit.db import Database, Session
from callcenter.kit.errors import Conflict
from callcenter.kit.ids import new_id
from campaigns.plans.models import Campaign
from tests.factories import make_agent, make_call, make_campaign, make_user

NOW = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


async def claimed(session: Session, campaign: Campaign) -> Agent | None:
    call = await make_call(session, campaign)
    return await agents.claim(session, campaign.id, call.id, NOW)


async def test_the_longest_idle_agent_is_claimed_first(session: Session) -> None:
    campaign = await make_campaign(session)
    second = await make_agent(session, campaign, state_since=later(-10))
    first = await make_agent(session, campaign, state_since=later(-20))
    assert [getattr(await claimed(session, campaign), "user_id", None) for _ in range(3)] == [
        first.user_id,
        second.user_id,
        None,
    ]


@pytest.mark.parametrize(
    "absent",
    [
        {"present_until": datetime(2026, 1, 1, tzinfo=UTC)},  # its web process died
        {"socket_id": None},  # its console is gone
        {"state": "on_break"},
        {"queue_id": None},
    ],
)
async def test_nobody_is_put_through_to_an_agent_who_is_not_there(session: Session, absent: dict[str, object]) -> None:
    campaign = await make_campaign(session)
    await make_agent(session, campaign, **absent)
    assert await claimed(session, campaign) is None


async def test_two_answers_at_the_same_instant_never_get_the_same_agent(database: Database) -> None:
    async with database.transaction() as session:
        campaign = await make_campaign(session)
        for _ in range(5):
            await make_agent(session, campaign)
        calls = [(await make_call(session, campaign)).id for _ in range(12)]

    async def answer(call_id: object) -> object:
        async with database.transaction() as session:
            agent = await agents.claim(session, campaign.id, call_id, NOW)  # type: ignore[arg-type]
            await asyncio.sleep(0.01)
            return None if agent is None else agent.user_id

    got = await asyncio.gather(*(answer(c) for c in calls))
    winners = [g for g in got if g is not None]
    assert len(winners) == 5
    assert len(set(winners)) == 5


async def test_wrap_up_cannot_be_left_without_a_disposition(session: Session) -> None:
    campaign = await make_campaign(session)
    call = await make_call(session, campaign)
    agent = await make_agent(session, campaign, state="wrap_up", call_id=call.id)
    for leave in (
        lambda: agents.go_ready(session, agent, NOW, disposition_saved=False),
        lambda: agents.sign_off(session, agent, NOW, disposition_saved=False),
    ):
        with pytest.raises(Conflict) as refusal:
            await leave()
        assert refusal.value.code == "disposition_missing"
    await agents.go_ready(session, agent, NOW, disposition_saved=True)
    assert (agent.state, agent.call_id) == ("ready", None)


async def test_a_break_asked_for_in_a_call_is_taken_after_it(session: Session) -> None:
    campaign = await make_campaign(session)
    agent = await make_agent(session, campaign)
    call = await make_call(session, campaign)
    await agents.claim(session, campaign.id, call.id, NOW)
    await session.refresh(agent)
    await agents.go_on_break(session, agent, BreakReason.MEAL, later(5), disposition_saved=False)
    assert (agent.state, agent.next_state) == ("talking", "on_break")
    await agents.call_ended(session, agent.user_id, call.id, later(60), wrap_up_s=30, disposed=False)
    await session.refresh(agent)
    assert (agent.state, agent.wrap_up_until) == ("wrap_up", later(90))
    await agents.after_disposition(session, agent, later(70))
    assert (agent.state, agent.reason) == ("on_break", "meal")


async def test_every_second_is_in_the_state_log_once(session: Session) -> None:
    campaign = await make_campaign(session)
    user = await make_user(session)
    await agents.attach(session, user, new_id(), NOW)
    await agents.sign_on(session, user.id, campaign.id, NOW)
    agent = await agents.locked(session, user.id)
    await agents.go_ready(session, agent, later(5), disposition_saved=True)
    call = await make_call(session, campaign)
    await agents.claim(session, campaign.id, call.id, later(25))
    await agents.call_ended(session, user.id, call.id, later(85), wrap_up_s=30, disposed=False)
    agent = await agents.locked(session, user.id)
    await agents.sign_off(session, agent, later(100), disposition_saved=True)
    rows = await session.execute(
        text(
            "SELECT state, extract(epoch FROM until_at - from_at)::int FROM agent_state_log"
            " WHERE agent_id = :id ORDER BY id"
        ),
        {"id": user.id},
    )
    assert [tuple(r) for r in rows.all()] == [("on_break", 5), ("ready", 20), ("talking", 60), ("wrap_up", 15)]


async def test_a_newer_console_takes_over_and_an_older_one_cannot_detach_it(session: Session) -> None:
    campaign = await make_campaign(session)
    user = await make_user(session)
    old, new = new_id(), new_id()
    await agents.attach(session, user, old, NOW)
    await agents.sign_on(session, user.id, campaign.id, NOW)
    await agents.attach(session, user, new, NOW)
    await agents.detach(session, user.id, old)
    assert (await agents.locked(session, user.id)).socket_id == new
    await agents.detach(session, user.id, new)
    agent = await agents.locked(session, user.id)
    assert (agent.socket_id, agent.state) == (None, "on_break")  # the state stays for the return


async def test_an_agent_whose_console_stays_away_is_signed_off_but_never_out_of_a_call(session: Session) -> None:
    campaign = await make_campaign(session)
    gone = datetime.now(UTC) - timedelta(seconds=agents.GRACE_S + 5)
    idle = await make_agent(session, campaign, present_until=gone)
    call = await make_call(session, campaign)
    busy = await make_agent(session, campaign, state="talking", call_id=call.id, present_until=gone)
    assert await agents.sweep_absent(session, NOW) == 1
    await session.refresh(idle)
    await session.refresh(busy)
    assert (idle.state, busy.state) == ("offline", "talking")
