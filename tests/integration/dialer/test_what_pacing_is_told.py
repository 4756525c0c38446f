"""What the tables tell the pacer: who is likelier to answer, who is due back, who is leaving."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from callcenter.agents.models import AgentStateLog
from callcenter.calls.models import Call
from callcenter.kit.db import Database, Session
from callcenter.kit.errors import BadInput, NotFound
from callcenter.kit.ids import new_id
from callcenter.own_calls import world_of_calls
from callcenter.pacing import DialEnded, DialOutcome
from campaigns.dialer import news, room
from campaigns.dialer.answering import Desks
from campaigns.dialer.chances import Chances
from campaigns.dialer.returns import Returns
from campaigns.leads import service as leads
from campaigns.plans import service as plans
from campaigns.plans.models import Campaign
from tests.conftest import MONDAY_TEN
from tests.factories import make_agent, make_call, make_campaign, make_customer, make_lead
from tests.integration.dialer.test_dialer import BUSY, Floor, opened

NOW = MONDAY_TEN
SHANGHAI = ZoneInfo("Asia/Shanghai")


async def called(session: Session, campaign: Campaign, source: str, outcome: str, count: int) -> None:
    """Calls of yesterday's hour to people of one list, spread over it: lists and outcomes come mixed, as they do."""
    at = NOW - timedelta(days=1)
    answered = {"answered_at": at, "connected_at": at, "answered_by": "person", "talk_s": 60.0}
    lead = await make_lead(session, campaign, await make_customer(session, source=source), state="closed",
                           closed_reason="refused", closed_at=at)  # fmt: skip
    agent = await make_agent(session, campaign, "on_break", reason="meal", state_since=at)
    for number in range(count):
        values: dict[str, Any] = {"outcome": outcome, "ring_s": 9.0, "answer_chance": 0.25}
        then = at + timedelta(hours=number / count)
        if outcome == "talked":
            values |= answered | {"agent_id": agent.user_id}
        await make_call(
            session, campaign, lead, state="ended", ended_at=then, created_at=then, attempt_no=number + 1, **values
        )


@pytest.fixture
async def campaign(session: Session) -> Campaign:
    """Yesterday nearly all of one list answered, and hardly anybody of the other."""
    made = await make_campaign(session)
    for source, talked, nobody in (("warm", 30, 10), ("cool", 4, 36)):
        await called(session, made, source, "talked", talked)
        await called(session, made, source, "no_answer", nobody)
    return made


async def a_lead(session: Session, campaign: Campaign, source: str, **given: Any) -> leads.Claimed:
    customer = await make_customer(session, source=source)
    lead = await make_lead(session, campaign, customer, **given)
    return leads.Claimed(lead, customer, None, customer.phone)  # type: ignore[arg-type]


async def test_calls_are_told_apart_by_the_list_they_come_from(session: Session, campaign: Campaign) -> None:
    chances = await Chances.learned(session, campaign.id, NOW - timedelta(days=7))
    told = {
        source: chances.tell(new_id(), campaign.id, await a_lead(session, campaign, source), NOW)
        for source in ("warm", "cool", "new")
    }
    assert told["warm"] is not None
    assert told["cool"] is not None
    assert told["new"] is not None
    assert told["cool"] < told["new"] < told["warm"]


@pytest.mark.parametrize(("nearest", "higher"), [("warm", True), ("cool", False)])
async def test_the_next_chance_is_that_of_whoever_is_called_next(
    session: Session, campaign: Campaign, nearest: str, higher: bool
) -> None:
    """Ten leads of one list whose last day is nearest, ten of the other behind them."""
    chances = await Chances.learned(session, campaign.id, NOW - timedelta(days=7))
    today = NOW.astimezone(SHANGHAI).date()
    for source, later in ((nearest, 0), ({"warm": "cool", "cool": "warm"}[nearest], 3)):
        for _ in range(10):
            await a_lead(session, campaign, source, posted_on=today - timedelta(days=9 - later // 2))
    found = await chances.next(session, Desks().put(campaign), NOW)
    assert found is not None
    assert (found > 0.30) == higher


async def test_a_campaign_that_has_called_nobody_tells_nothing(session: Session) -> None:
    made = await make_campaign(session)
    chances = await Chances.learned(session, made.id, NOW - timedelta(days=7))
    assert chances.tell(new_id(), made.id, await a_lead(session, made, "any"), NOW) is None
    assert await chances.next(session, Desks().put(made), NOW) is None


async def test_the_end_of_a_call_is_learned_with_what_was_told(session: Session, campaign: Campaign) -> None:
    chances = await Chances.learned(session, campaign.id, NOW - timedelta(days=7))
    one = await a_lead(session, campaign, "cool")
    before = chances.tell(new_id(), campaign.id, one, NOW)
    for _ in range(30):
        call_id = new_id()
        chances.tell(call_id, campaign.id, one, NOW)
        chances.learn(call_id, DialEnded(9.0, DialOutcome.LIVE))
        chances.learn(call_id, DialEnded(9.0, DialOutcome.LIVE))  # told twice, learned once
    after = chances.tell(new_id(), campaign.id, one, NOW)
    assert before is not None
    assert after is not None
    assert after > before
    events, _, _ = await news.history(session, campaign.id, NOW - timedelta(days=7))
    assert {event.chance for event in events if isinstance(event, DialEnded)} == {0.25}


async def test_ringing_calls_carry_their_chances_in_their_order(session: Session) -> None:
    campaign = await make_campaign(session)
    for seconds, chance in ((5, 0.4), (20, None), (11, 0.2)):
        await make_call(session, campaign, launched_at=NOW - timedelta(seconds=seconds), answer_chance=chance)
    told = (await room.read(session, campaign.id, NOW)).snapshot
    assert [told.now - at for at in told.ringing] == [20.0, 11.0, 5.0]
    assert told.ringing_chances[0] != told.ringing_chances[0]  # nothing known of the one that rings longest
    assert list(told.ringing_chances[1:]) == [0.2, 0.4]


async def test_without_any_chance_the_pacer_is_given_none(session: Session) -> None:
    campaign = await make_campaign(session)
    await make_call(session, campaign, launched_at=NOW)
    assert list((await room.read(session, campaign.id, NOW)).snapshot.ringing_chances) == []


async def breaks(session: Session, agent_id: Any, campaign: Campaign, minutes: list[float]) -> None:
    for days, length in enumerate(minutes, 1):
        at = NOW - timedelta(days=days)
        session.add(
            AgentStateLog(
                agent_id=agent_id, queue_id=campaign.id, state="on_break", reason="short_break", from_at=at,
                until_at=at + timedelta(minutes=length),
            )
        )  # fmt: skip
    await session.flush()


async def test_agents_on_a_break_are_due_back_when_their_breaks_are_usually_over(session: Session) -> None:
    campaign = await make_campaign(session)
    at = NOW - timedelta(minutes=9)
    usual = await make_agent(session, campaign, "on_break", reason="short_break", state_since=at)
    await breaks(session, usual.user_id, campaign, [10, 10, 9.5, 9.8, 9.9])
    gone = await make_agent(session, campaign, "on_break", reason="short_break", state_since=at, socket_id=None)
    await breaks(session, gone.user_id, campaign, [10, 10, 9.5, 9.8, 9.9])
    await make_agent(session, campaign, "on_break", reason="training", state_since=at)
    told = (await room.read(session, campaign.id, NOW, returns=Returns())).snapshot
    assert [due - told.now for due in told.due_back] == pytest.approx(
        [60.0]
    )  # their console is there, the reason known


async def test_who_asked_for_a_break_is_not_expected_but_has_a_line(session: Session) -> None:
    campaign = await make_campaign(session)
    asks = [{}, {"next_state": "on_break", "next_reason": "meal"}]
    for asked in asks:
        call = await make_call(session, campaign)
        agent = await make_agent(session, campaign, "talking", call_id=call.id, **asked)
        row = await session.get_one(Call, call.id)
        row.state, row.agent_id = "connected", agent.user_id
        row.answered_at = row.claimed_at = row.connected_at = NOW - timedelta(seconds=30)
    over = await make_call(session, campaign, state="ended", outcome="talked", ended_at=NOW)
    await make_agent(session, campaign, "wrap_up", state_since=NOW, next_state="on_break", call_id=over.id)
    await session.flush()
    told = (await room.read(session, campaign.id, NOW, lines_limit=10)).snapshot
    assert len(told.talking) == 1
    assert len(told.wrap_up) == 0
    assert told.lines_limit == 9


async def test_the_end_of_window_and_shift_are_told(session: Session) -> None:
    campaign = await make_campaign(session)
    window, shift = NOW + timedelta(hours=2), NOW + timedelta(hours=1)
    told = (await room.read(session, campaign.id, NOW, window_closes=window, session_ends=shift)).snapshot
    assert told.window_closes == window.timestamp()
    assert told.session_ends == shift.timestamp()


async def talked_with(session: Session, campaign: Campaign, who: str, count: int) -> None:
    agent = await make_agent(session, campaign, "on_break", reason="meal")
    lead = await make_lead(session, campaign)
    for number in range(count):
        await make_call(
            session, campaign, lead, state="ended", outcome="machine" if who == "machine" else "talked", ring_s=9.0,
            answered_at=NOW, connected_at=NOW, ended_at=NOW, created_at=NOW, answered_by=who, talk_s=5.0,
            agent_id=agent.user_id, attempt_no=number + 1,
        )  # fmt: skip


async def test_machines_that_reached_an_agent_needed_one_but_are_no_people(session: Session) -> None:
    """With a verdict some seconds after the join, an agent had them; the budget is the people's."""
    campaign = await make_campaign(session, machine_detection="async")
    assert await news.machines_among_answers(session, campaign.id, NOW - timedelta(days=7)) == 0.0
    await talked_with(session, campaign, "machine", 40)
    await talked_with(session, campaign, "person", 100)
    assert await news.machines_among_answers(session, campaign.id, NOW - timedelta(days=7)) == 40 / 160
    events, people, _ = await news.history(session, campaign.id, NOW - timedelta(days=7))
    assert people == 100
    assert {e.outcome for e in events if isinstance(e, DialEnded)} == {DialOutcome.LIVE}


async def test_own_calls_are_a_world_to_simulate(session: Session) -> None:
    campaign, other = await make_campaign(session), await make_campaign(session)
    await talked_with(session, campaign, "person", 60)
    lead = await make_lead(session, campaign)
    for number in range(140):
        await make_call(session, campaign, lead, state="ended", outcome="no_answer", ring_s=25.0, ended_at=NOW,
                        created_at=NOW, attempt_no=number + 1)  # fmt: skip
    since = NOW - timedelta(days=1)
    world = await world_of_calls(session, 10, 1.0, since, await plans.id_of(session, campaign.name))
    assert world.live == ((0.0, 0.3),)
    assert await plans.id_of(session, str(campaign.id)) == campaign.id
    with pytest.raises(BadInput):
        await world_of_calls(session, 10, 1.0, since, other.id)
    with pytest.raises(NotFound):
        await plans.id_of(session, "no such campaign")


async def test_the_dialler_tells_calls_apart_as_soon_as_two_lists_have_been_called(database: Database) -> None:
    async with opened(Floor, database, mode="predictive") as floor:
        await floor.people(*[BUSY] * 8)
        async with floor.database.transaction() as db:
            await db.execute(text("UPDATE customers SET source = 'list ' || right(phone, 1)::int % 2"))
        await floor.ready_agents(1)
        await floor.until("SELECT count(*) FROM calls WHERE state = 'ended'", lambda n: n == 8)
        told = [row.answer_chance for row in await floor.ask("SELECT answer_chance FROM calls ORDER BY created_at")]
        assert told[0] is None  # nothing sets the first call apart
        assert told[-1] is not None
        assert 0.0 < told[-1] < 1.0
