"""What an agent sees of their own day and call, and what a supervisor does when the agent vanished."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from callcenter.agents.models import Agent, AgentStateLog
from callcenter.bootstrap import find_routers
from callcenter.calls.models import Call
from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database
from callcenter.kit.ids import new_id
from callcenter.people.models import Role, User
from campaigns.dispositions import service as dispositions
from campaigns.dispositions.models import CallResult
from campaigns.leads.models import Lead
from tests.clients import app_of, client_of, open_session, signed_in
from tests.factories import make_call, make_campaign, make_lead
from tests.integration.campaigns.desk import NOW


class World:
    """An agent in wrap-up: a talk of ten minutes that ended five minutes ago."""

    user: User
    token: str
    call: Call
    lead: Lead


@pytest.fixture
def app(database: Database, clock: ManualClock) -> FastAPI:
    return app_of(database, clock, routers=find_routers())


@pytest.fixture
async def world(app: FastAPI, database: Database) -> World:
    made = World()
    made.user, made.token = await open_session(database, app.state.settings, Role.AGENT, name="陈静")
    ended = NOW - timedelta(minutes=5)
    began = ended - timedelta(minutes=10)
    async with database.transaction() as session:
        await dispositions.seed_defaults(session)
        campaign = await make_campaign(session)
        made.lead = await make_lead(session, campaign)
        made.call = await make_call(
            session,
            campaign,
            made.lead,
            state="ended",
            outcome="talked",
            agent_id=made.user.id,
            created_at=began,
            launched_at=began,
            answered_at=began,
            connected_at=began,
            ended_at=ended,
            talk_s=600.0,
            card={"customer": {"name": "王建国", "masked_phone": "+86 138 **** 0001"}},
        )
        session.add(
            Agent(
                user_id=made.user.id,
                name="陈静",
                queue_id=campaign.id,
                state="wrap_up",
                state_since=ended,
                call_id=made.call.id,
                socket_id=new_id(),
            )
        )
        at = NOW.replace(hour=0) - timedelta(hours=10)  # 22:00 the day before, on the agent's wall
        for state, until in (("ready", began), ("talking", ended), ("wrap_up", None)):
            session.add(AgentStateLog(agent_id=made.user.id, state=state, from_at=at, until_at=until))
            at = until or at
    return made


async def vanish(database: Database, world: World, seconds: int) -> None:
    async with database.transaction() as session:
        await session.execute(
            text(
                "UPDATE agents SET socket_id = NULL, present_until = clock_timestamp() - make_interval(secs => :s)"
                " WHERE user_id = :id"
            ),
            {"s": seconds, "id": world.user.id},
        )


async def records(database: Database, action: str) -> list[dict[str, Any]]:
    async with database.transaction() as session:
        found = await session.execute(text("SELECT detail FROM audit_records WHERE action = :a"), {"a": action})
        return [row.detail for row in found]


async def test_an_agent_sees_the_number_of_the_call_at_hand_on_the_record(
    app: FastAPI, database: Database, world: World
) -> None:
    async with database.transaction() as session:
        other = await make_lead(session, await make_campaign(session))
    async with client_of(app, world.token) as web:
        path = f"/api/customers/{world.lead.customer_id}/reveal-phone"
        assert (await web.post(path)).json() == {"phone": world.call.to_number}
        refused = await web.post(f"/api/customers/{other.customer_id}/reveal-phone")
        assert (refused.status_code, refused.json()["code"]) == (403, "not_your_call")
        # A customer who is only shown in preview has not been reached: their number stays masked.
        async with database.transaction() as session:
            await session.execute(text("UPDATE calls SET connected_at = NULL"))
        assert (await web.post(path)).status_code == 403
    assert await records(database, "phone_revealed") == [{"reason": "own_call", "call_id": str(world.call.id)}]


async def test_an_agents_day_is_that_of_their_own_calls_and_states(
    app: FastAPI, database: Database, world: World
) -> None:
    async with database.transaction() as session:
        session.add(
            CallResult(
                call_id=world.call.id,
                lead_id=world.lead.id,
                campaign_id=world.lead.campaign_id,
                customer_id=world.lead.customer_id,
                code="order",
                order_id=new_id(),
                saved_at=NOW,
            )
        )
    async with client_of(app, world.token) as web:
        day = (await web.get("/api/control/mine")).json()
    # From midnight, not from 22:00, to 9:45 waiting; 10 minutes of talk; 5 minutes of wrap-up so far.
    waiting = (9 * 60 + 45) * 60
    assert (day["day"], day["talks"], day["talk_s_mean"], day["orders"]) == ("2026-03-09", 1, 600, 1)
    assert (day["ready_s"], day["wrap_up_s"], day["break_s"]) == (waiting, 300, 0)
    assert day["occupancy"] == pytest.approx(900 / (900 + waiting))
    async with await signed_in(app, Role.AGENT) as web:
        fresh = (await web.get("/api/control/mine")).json()
    assert (fresh["talks"], fresh["talk_s_mean"], fresh["occupancy"]) == (0, None, None)


async def test_a_supervisor_saves_the_result_of_an_agent_who_vanished(
    app: FastAPI, database: Database, world: World
) -> None:
    async with await signed_in(app, Role.SUPERVISOR) as web:
        path = f"/api/unresulted-calls/{world.call.id}/result"
        assert (await web.get("/api/unresulted-calls")).json()["total"] == 0  # the agent is at the desk
        refused = await web.post(path, json={"code": "considering"})
        assert (refused.status_code, refused.json()["code"]) == (409, "agent_is_there")

        await vanish(database, world, seconds=120)
        assert (await web.get("/api/unresulted-calls")).json()["total"] == 0  # two minutes are no five
        listed = (await web.get("/api/unresulted-calls", params={"away_min": 2})).json()["rows"]
        assert [(row["call_id"], row["customer_name"], row["held"]) for row in listed] == [
            (str(world.call.id), "王建国", True)
        ]
        missing = await web.post(path, json={"code": "callback"})
        assert (missing.status_code, missing.json()["field"]) == (422, "callback_at")
        assert (await web.post(path, json={"code": "great_interest", "note": "听录音后代录"})).status_code == 204
        assert (await web.get("/api/unresulted-calls", params={"away_min": 1})).json()["total"] == 0

    async with database.transaction() as session:
        agent = await session.get_one(Agent, world.user.id)
        assert (agent.state, agent.call_id) == ("offline", None)
        result = await session.get_one(CallResult, world.call.id)
        assert result.by not in (None, world.user.id)
        owner: UUID = (await session.execute(text("SELECT owner_id FROM follow_ups"))).scalar_one()
        assert owner == world.user.id  # the promise was the agent's
    assert await records(database, "disposition_saved_on_behalf") == [
        {"code": "great_interest", "agent_id": str(world.user.id)}
    ]
    async with client_of(app, world.token) as web:
        assert (await web.get("/api/unresulted-calls")).status_code == 403
