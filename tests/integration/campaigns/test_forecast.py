"""The forecast of a campaign from its own rows, and over REST."""

from __future__ import annotations

from datetime import date, timedelta

from callcenter.agents.models import AgentStateLog
from callcenter.bootstrap import find_routers
from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database, Session
from callcenter.people.models import Role
from campaigns.forecast import service
from tests.clients import app_of, signed_in
from tests.factories import make_agent, make_campaign, make_lead
from tests.integration.campaigns.desk import NOW, SHANGHAI, at, ended_call


async def test_the_stated_default_until_the_campaign_has_calls_of_its_own(session: Session) -> None:
    campaign = await make_campaign(session)
    for _ in range(30):
        await make_lead(session, campaign)
    tried = await make_lead(session, campaign, attempts=2, fruitless=2, call_no=2)
    await make_lead(session, campaign, callback_at=at(10, 12))
    await make_lead(session, campaign, posted_on=date(2026, 3, 4))
    await make_lead(session, campaign, state="closed", closed_reason="sold")
    await make_agent(session, campaign)
    await make_agent(session, campaign, state="offline")
    found = await service.forecast(session, campaign, at(9, 10, 30), SHANGHAI, None)
    assert (found.basis.agents, found.basis.agents_from, found.basis.calls_from) == (1, "signed_on", "default")
    assert (found.basis.calls_per_agent_hour, found.basis.hours_a_day) == (6.0, 4.0)
    today, tomorrow = found.days[0], found.days[1]
    assert (today.callable, today.capacity) == (31, 21)  # half an hour of the first window is gone
    assert tomorrow.promised == 1
    assert found.days[2].becoming == 1
    assert (found.uncalled, found.lost, found.agents_needed, len(found.days)) == (31, 0, 1, 10)

    for n in range(120):
        outcome = "invalid_number" if n % 4 == 0 else "no_answer"
        await ended_call(session, tried, outcome, at(8, 10), launched_at=at(8, 10), attempt_no=500 + n)
    agent = await make_agent(session, campaign, state="offline")
    for n, state in enumerate(("ready", "talking", "on_break")):
        session.add(
            AgentStateLog(
                agent_id=agent.user_id,
                queue_id=campaign.id,
                state=state,
                from_at=at(8, 10) + timedelta(hours=5 * n),
                until_at=at(8, 10) + timedelta(hours=5 * n + 5),
            )
        )
    await session.flush()
    learned = (await service.forecast(session, campaign, NOW, SHANGHAI, 2)).basis
    assert (learned.calls_from, learned.again_from, learned.agents_from) == ("own_calls", "own_calls", "given")
    assert (learned.calls_per_agent_hour, learned.again) == (30.0, 0.75)  # 120 in four hours of windows


async def test_over_rest(database: Database, clock: ManualClock) -> None:
    async with database.transaction() as session:
        campaign = await make_campaign(session)
        for _ in range(3):
            await make_lead(session, campaign)
    app = app_of(database, clock, routers=find_routers())
    async with await signed_in(app, Role.SUPERVISOR) as web:
        answer = await web.get(f"/api/campaigns/{campaign.id}/forecast", params={"agents": 0})
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert (body["lost"], body["agents_needed"], body["days"][-1]["expiring"]) == (3, 1, 3)
        assert (await web.get(f"/api/campaigns/{campaign.id}/forecast", params={"agents": -1})).status_code == 422
    async with await signed_in(app, Role.AGENT) as web:
        assert (await web.get(f"/api/campaigns/{campaign.id}/forecast")).status_code == 403
