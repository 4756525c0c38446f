"""Five kinds, grades and their pace, on the tables: reason, owner, due time, history and end of each follow-up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from callcenter.bootstrap import find_routers
from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database, Session
from callcenter.people.models import Role
from campaigns.dispositions import service as dispositions
from campaigns.dispositions.models import Disposition
from campaigns.followups import repository, service
from campaigns.followups.models import FollowUp, FollowUpState
from campaigns.leads import service as leads
from campaigns.leads.models import Lead
from campaigns.plans.models import Campaign
from campaigns.rhythm.rules import Grade
from tests.clients import app_of, signed_in
from tests.factories import make_campaign, make_lead, make_user
from tests.integration.campaigns.desk import NOW, RULES, at, end, make_call, save, talked


@pytest.fixture
async def campaign(session: Session) -> Campaign:
    await dispositions.seed_defaults(session)
    return await make_campaign(session)


async def _last(session: Session, lead: Lead) -> FollowUp:
    statement = select(FollowUp).where(FollowUp.lead_id == lead.id).order_by(col(FollowUp.created_at).desc()).limit(1)
    return (await session.execute(statement.execution_options(populate_existing=True))).scalar_one()


async def test_the_five_kinds_of_the_default_table(session: Session, campaign: Campaign) -> None:
    rows = (await session.execute(select(Disposition).where(col(Disposition.sorting).is_not(None)))).scalars()
    assert {row.code: (row.sorting, row.grade) for row in rows} == {
        "order": ("buys_now", None),
        "asked_to_buy": ("buys_now", "A"),
        "great_interest": ("interested", "A"),
        "considering": ("considering", "B"),
        "not_now": ("not_now", None),
        "declined": ("never", None),
        "refused": ("never", None),
        "do_not_call": ("never", None),
    }


async def _again(session: Session, lead: Lead, code: str, note: str = "") -> None:
    """Called at its due time, and talked with."""
    due = (await _last(session, lead)).due_at
    [one] = await leads.claim(session, await session.get_one(Campaign, lead.campaign_id), RULES, due, 1)
    call = await make_call(
        session,
        one.lead,
        created_at=due,
        attempt_no=one.attempt_no,
        state="ended",
        outcome="talked",
        ended_at=due,
    )
    await leads.start_attempt(session, one.lead, call.id, due)
    await save(session, call, code, due, note=note)


async def test_a_week_between_talks_then_sorted_down(session: Session, campaign: Campaign) -> None:
    await make_lead(session, campaign)
    lead, call = await talked(session, campaign, NOW)
    agent = await make_user(session)
    await save(session, call, "considering", NOW, note="要和家人商量", agent_id=agent.id)
    first = await _last(session, lead)
    assert (first.case, first.grade, first.round, first.due_at) == ("considering", "B", 1, at(16, 10))
    assert first.owner_id == agent.id
    await _again(session, lead, "considering", "还没决定")
    second = await _last(session, lead)
    assert (second.grade, second.round, second.due_at, second.reason) == ("B", 2, at(23, 10), "还没决定")
    said = [(row.what, row.note) for row in await repository.history(session, first.id)]
    assert said == [("opened", "要和家人商量"), ("done", "talked")]


async def test_the_last_round_of_the_last_grade_ends_it(session: Session, campaign: Campaign) -> None:
    await make_lead(session, campaign)
    lead, call = await talked(session, campaign, NOW)
    row = await session.get_one(Disposition, "considering")
    row.grade = "D"
    await save(session, call, "considering", NOW)
    open_one = await _last(session, lead)
    open_one.round = 2  # the table has two rounds of D
    lead.rest_until = lead.not_before = lead.follow_up_at = open_one.due_at = at(12, 10)
    await session.flush()
    await _again(session, lead, "considering")
    assert (lead.state, lead.closed_reason) == ("closed", "not_interested")
    ended = await _last(session, lead)
    assert (ended.id, ended.state, ended.ended_because) == (open_one.id, "done", "rounds_used_up")


async def test_fruitless_tries_end_it(session: Session, campaign: Campaign) -> None:
    await make_lead(session, campaign)
    lead, call = await talked(session, campaign, NOW)
    await save(session, call, "great_interest", NOW)
    row = await _last(session, lead)
    row.tries = 4  # A is tried five times
    await session.flush()
    [one] = await leads.claim(session, campaign, RULES, at(12, 10), 1)
    second = await make_call(session, one.lead, created_at=at(12, 10), attempt_no=2)
    await leads.start_attempt(session, one.lead, second.id, at(12, 10))
    await end(session, second, "no_answer", at(12, 10))
    row = await _last(session, lead)
    assert (lead.closed_reason, row.state, row.ended_because, row.tries) == ("exhausted", "dropped", "tries_used_up", 5)
    said = [entry.what for entry in await repository.history(session, row.id)]
    assert said == ["opened", "tried", "dropped"]


async def test_by_hand(session: Session, campaign: Campaign) -> None:
    await make_lead(session, campaign)
    lead, call = await talked(session, campaign, NOW)
    await save(session, call, "considering", NOW)
    row, by, other = await _last(session, lead), await make_user(session), await make_user(session)
    await service.change(session, row.id, now=NOW, by=by.id, owner_id=other.id, grade=Grade.A, reason="老客户")
    await service.change(session, row.id, now=NOW, by=by.id, due_at=NOW + timedelta(days=2), reason="出差")
    await service.change(session, row.id, now=NOW, by=by.id, drop=True, reason="已在门店购买")
    assert (row.state, row.ended_because, row.grade) == (FollowUpState.DROPPED.value, "by_hand", "A")
    said = [(entry.what, entry.note) for entry in await repository.history(session, row.id)]
    assert said[1:] == [("graded", "A"), ("handed_over", "老客户"), ("moved", "出差"), ("dropped", "已在门店购买")]


async def test_the_table_over_rest(database: Database, clock: ManualClock) -> None:
    app = app_of(database, clock, routers=find_routers())
    async with await signed_in(app, Role.SUPERVISOR) as web:
        rows = (await web.get("/api/follow-up-rhythms")).json()["rows"]
        seen = [(r["grade"], r["every_h"] // 24, r["rounds_max"], r["tries_max"], r["then_grade"]) for r in rows]
        assert seen == [("A", 3, 4, 5, "B"), ("B", 7, 3, 5, "C"), ("C", 15, 3, 4, "D"), ("D", 30, 2, 3, None)]
        body: dict[str, Any] = {key: value for key, value in rows[1].items() if key != "grade"}
        changed = await web.put("/api/follow-up-rhythms/B", json=body | {"every_h": 120})
        assert (changed.json()["every_h"], changed.json()["version"]) == (120, 2)
        assert (await web.put("/api/follow-up-rhythms/B", json=body)).status_code == 409
        refused = await web.put("/api/follow-up-rhythms/B", json=body | {"version": 2, "then_grade": "A"})
        assert (refused.status_code, refused.json()["field"]) == (422, "then_grade")
        assert (await web.put("/api/follow-up-rhythms/B", json=body | {"every_h": 0})).status_code == 422
    async with await signed_in(app, Role.AGENT) as web:
        assert (await web.put("/api/follow-up-rhythms/B", json=body)).status_code == 403
