"""Rules of campaigns at work: by progress, by agents, by time; what they did is on the record."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlmodel import select

from callcenter.bootstrap import find_routers
from callcenter.kit.clock import ManualClock, SystemClock
from callcenter.kit.db import Database, Session
from callcenter.people.models import Role
from campaigns.automation import repository, service
from campaigns.automation.models import AutomationRun
from campaigns.automation.schemas import AutomationNew
from campaigns.clock import CampaignClock
from campaigns.plans import service as plans
from campaigns.plans.models import Campaign
from tests.clients import app_of, signed_in
from tests.factories import make_agent, make_campaign, make_lead, make_user
from tests.integration.campaigns.desk import NOW, SHANGHAI, at


async def _rule(session: Session, campaign: Campaign, when: list[tuple[str, str, float]], **given: Any) -> None:
    conditions = [{"metric": m, "comparison": c, "value": v} for m, c, v in when]
    body = AutomationNew.model_validate({"campaign_id": campaign.id, "name": "r", "conditions": conditions} | given)
    await service.create(session, body, NOW, (await make_user(session)).id)


async def _state(session: Session, campaign: Campaign) -> str:
    return (await plans.get(session, campaign.id)).state


async def test_progress_changes_and_then_closes(session: Session) -> None:
    campaign = await make_campaign(session, mode="preview")
    rows = [await make_lead(session, campaign) for _ in range(4)]
    await _rule(session, campaign, [("progress", "at_least", 50)], deed="change", settings={"max_lines": 7})
    await _rule(session, campaign, [("progress", "at_least", 100)], deed="close", position=1)
    assert await service.look(session, NOW, SHANGHAI) == 0
    for done, lead in enumerate(rows, start=1):
        lead.state, lead.closed_reason, lead.closed_at = "closed", "sold", NOW
        await session.flush()
        fired = await service.look(session, NOW + timedelta(minutes=done), SHANGHAI)
        assert fired == {2: 1, 4: 1}.get(done, 0), done
    row = await plans.get(session, campaign.id)
    assert (row.max_lines, row.state) == (7, "closed")
    runs, total = await repository.runs(session, campaign.id, 10, 0)
    assert [(run.deed, run.because, run.problem_en) for run in runs] == [
        ("close", "progress 100 (at_least 100)", None),
        ("change", "progress 50 (at_least 50)", None),
    ]
    kept = await session.execute(text("SELECT count(*) FROM audit_records WHERE action = 'campaign_rule_fired'"))
    assert (total, kept.scalar_one()) == (2, 2)


async def test_too_few_agents_pause_it_and_enough_open_it_again(session: Session) -> None:
    campaign = await make_campaign(session, mode="preview")
    await make_lead(session, campaign)
    await _rule(session, campaign, [("agents", "at_most", 0)], deed="pause")
    await _rule(session, campaign, [("agents", "at_least", 1), ("minute_of_day", "at_least", 600)], deed="open")
    await service.look(session, NOW, SHANGHAI)
    assert await _state(session, campaign) == "paused"
    agent = await make_agent(session, campaign)
    figures, _ = await service.would_fire(session, campaign.id, NOW, SHANGHAI)
    assert figures["agents"] == 1, agent.state
    await service.look(session, NOW + timedelta(minutes=1), SHANGHAI)
    assert await _state(session, campaign) == "open"


async def test_what_cannot_be_done_says_why_and_is_not_tried_each_minute(session: Session) -> None:
    draft = await make_campaign(session, state="draft", mode="preview")
    await _rule(session, draft, [("minute_of_day", "at_least", 600)], deed="open")
    assert await service.look(session, NOW - timedelta(minutes=1), SHANGHAI) == 0
    assert [await service.look(session, NOW + timedelta(minutes=n), SHANGHAI) for n in range(3)] == [1, 0, 0]
    [run] = (await session.execute(select(AutomationRun))).scalars().all()
    assert run.problem_zh
    assert run.problem_en
    assert await _state(session, draft) == "draft"


async def test_the_workers_clock_carries_them_out(database: Database, tmp_path: Path) -> None:
    """At 12:00 campaigns pause for lunch: nobody is there but the clock."""
    async with database.transaction() as session:
        campaign = await make_campaign(session, mode="preview")
        await _rule(session, campaign, [("minute_of_day", "at_least", 720)], deed="pause")
    clock = SystemClock(virtual=at(9, 11, 58), speed=600)
    worker = asyncio.create_task(CampaignClock(database, clock, SHANGHAI, tmp_path, on_edge=lambda: None).run())
    try:
        async with asyncio.timeout(20):
            runs: list[AutomationRun] = []
            while not runs:
                await clock.sleep(30)
                async with database.transaction() as session:
                    runs = list((await session.execute(select(AutomationRun))).scalars().all())
    finally:
        worker.cancel()
    assert (len(runs), runs[0].deed, runs[0].problem_en) == (1, "pause", None)
    assert runs[0].at >= at(9, 12)
    async with database.transaction() as session:
        assert await _state(session, campaign) == "paused"


async def test_over_rest(database: Database, clock: ManualClock) -> None:
    app = app_of(database, clock, routers=find_routers())
    async with database.transaction() as session:
        campaign = await make_campaign(session, mode="preview")
    body: dict[str, Any] = {
        "campaign_id": str(campaign.id),
        "name": "放弃率过高",
        "conditions": [{"metric": "abandoned_today", "comparison": "at_least", "value": 2.5}],
        "deed": "change",
        "settings": {"mode": "progressive"},
    }
    async with await signed_in(app, Role.SUPERVISOR) as web:
        made = (await web.post("/api/campaign-rules", json=body)).json()
        assert (made["active"], made["held"], made["version"]) == (True, False, 1)
        for wrong in ({"settings": {}}, {"deed": "pause"}, {"conditions": []}, {"name": ""}):
            refused = await web.post("/api/campaign-rules", json=body | wrong)
            assert refused.status_code == 422, wrong
        given = {key: value for key, value in body.items() if key != "campaign_id"}
        path = f"/api/campaign-rules/{made['id']}"
        changed = await web.patch(path, json=given | {"active": False, "version": 1})
        assert changed.json()["version"] == 2
        assert (await web.patch(path, json=given | {"version": 1})).status_code == 409
        seen = (await web.get("/api/campaign-rules/now", params={"campaign_id": str(campaign.id)})).json()
        assert (seen["figures"]["minute_of_day"], seen["figures"]["date"], seen["would_fire"]) == (600, 20260309, [])
        assert (await web.delete(path)).status_code == 204
        rows = (await web.get("/api/campaign-rules", params={"campaign_id": str(campaign.id)})).json()
        assert rows["total"] == 0
    async with await signed_in(app, Role.AGENT) as web:
        assert (await web.post("/api/campaign-rules", json=body)).status_code == 403
