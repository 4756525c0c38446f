"""Control of the calling: figures are their rows, the ledger is the law's, the proof finds what was planted."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from callcenter.bootstrap import find_routers
from callcenter.calls.models import Call
from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database, Session
from callcenter.kit.errors import AppError, BadInput, Conflict
from callcenter.people.models import Role
from campaigns.compliance.models import GatePass
from campaigns.control import figures, ledger, proof, repository, service
from campaigns.control.figures import By
from campaigns.control.schemas import Norm, ScoreNew
from campaigns.dispositions import service as dispositions
from campaigns.dispositions.models import CallResult
from campaigns.plans.models import Campaign
from tests.clients import app_of, client_of, signed_in
from tests.factories import make_call, make_campaign, make_customer, make_lead, make_user

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 3, 9)
NEXT = datetime(2026, 3, 10, 0, 5, tzinfo=SHANGHAI)


def clock_of(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


async def attempt(
    session: Session,
    campaign: Campaign,
    at: datetime,
    *,
    grounds: str | None = "schedule",
    source: str = "",
    lead: Any = None,
    order: bool = False,
    **given: Any,
) -> Call:
    """An ended attempt with its pass."""
    lead = lead or await make_lead(session, campaign, await make_customer(session, source=source))
    values = {
        "state": "ended",
        "outcome": "no_answer",
        "created_at": at,
        "launched_at": at,
        "ended_at": at + timedelta(minutes=1),
    } | given
    call = await make_call(session, campaign, lead, **values)
    lead.call_id = None
    if grounds is not None:
        session.add(
            GatePass(
                call_id=call.id,
                lead_id=lead.id,
                campaign_id=campaign.id,
                passed_at=at,
                grounds=grounds,
                timezone="Asia/Shanghai",
                posted_on=lead.posted_on,
                day_n=7,
                preset="CN",
            )
        )
    if order:
        session.add(
            CallResult(
                call_id=call.id,
                lead_id=lead.id,
                campaign_id=campaign.id,
                customer_id=call.customer_id,
                code="order",
                order_id=UUID(int=1),
                saved_at=at,
            )
        )
    await session.flush()
    return call


def talk(seconds: float, at: datetime, **given: Any) -> dict[str, Any]:
    return {
        "outcome": "talked",
        "answered_by": "human",
        "answered_at": at,
        "connected_at": at,
        "talk_s": seconds,
        **given,
    }


@pytest.fixture
async def campaign(session: Session) -> Campaign:
    await dispositions.seed_defaults(session)
    return await make_campaign(session, rules={})


async def test_results_by_anything_add_up_to_the_same_total(session: Session, campaign: Campaign) -> None:
    agent = await make_user(session, Role.AGENT, name="小王")
    ten, noon = clock_of(10, 5), clock_of(12, 5)
    await attempt(session, campaign, ten, source="春季名单")
    await attempt(session, campaign, ten, source="春季名单", **talk(720, ten, agent_id=agent.id), order=True)
    await attempt(session, campaign, noon, source="旧名单", **talk(30, noon, agent_id=agent.id, stage="felt_need"))
    abandoned = {"outcome": "abandoned", "abandoned": True, "answered_at": noon, "answered_by": "human"}
    await attempt(session, campaign, noon, source="旧名单", **abandoned)
    await attempt(session, campaign, noon, answered_at=noon, answered_by="machine", outcome="machine")
    totals = []
    for by in By:
        found = await figures.results(session, by, DAY, DAY, SHANGHAI, campaign_id=campaign.id)
        totals.append(found.total)
        assert sum(row.attempts for row in found.rows) == 5, by
    assert all(total == totals[0] for total in totals)
    total = totals[0]
    assert (total.answered, total.connected, total.abandoned, total.orders) == (3, 2, 1, 1)
    assert (total.connect_rate, total.abandonment_rate, total.conversion) == (0.4, 1 / 3, 0.5)
    assert (total.talk_s_mean, total.too_short, total.too_long) == (375.0, 1, 0)

    async def keys(by: By) -> dict[str | None, int]:
        found = await figures.results(session, by, DAY, DAY, SHANGHAI, campaign_id=campaign.id)
        return {row.name or row.key: row.attempts for row in found.rows}

    assert await keys(By.HOUR) == {"10": 2, "12": 3}
    assert await keys(By.WINDOW) == {"10:00–11:00": 2, "12:00–13:00": 3}
    assert await keys(By.LIST) == {"春季名单": 2, "旧名单": 2, "": 1}
    assert await keys(By.AGENT) == {"小王": 2, None: 3}
    assert await keys(By.STAGE) == {"felt_need": 1, None: 4}
    assert await keys(By.DAY_N) == {"7": 5}
    assert await keys(By.DAY) == {"2026-03-09": 5}


async def test_the_notes_worked_example_of_the_rates(session: Session, campaign: Campaign) -> None:
    """976 called, 610 connected → 62.5 %; 7,320 min → 12.0 min; 61 orders → 10.0 % of connected, 6.25 % of dials."""
    from campaigns.control.schemas import Result

    row = Result(
        key=None, name=None, attempts=976, answered=610, connected=610, abandoned=0, orders=61, refused=0,
        talk_s=7_320 * 60.0, too_short=0, too_long=0,
    )  # fmt: skip
    assert (row.connect_rate, row.talk_s_mean, row.conversion, row.orders_per_attempt) == (0.625, 720.0, 0.1, 0.0625)


async def test_too_short_and_too_long_follow_the_campaigns_norm(session: Session, campaign: Campaign) -> None:
    at = clock_of(10)
    for seconds in (59, 60, 900, 901, 3600):
        await attempt(session, campaign, at, **talk(seconds, at))

    async def beyond() -> tuple[int, int]:
        total = (await figures.results(session, By.HOUR, DAY, DAY, SHANGHAI, campaign_id=campaign.id)).total
        return total.too_short, total.too_long

    assert await beyond() == (1, 2)
    boss = await make_user(session, Role.SUPERVISOR)
    norm = Norm(average_s=600, too_short_s=61, too_long_s=3600)
    await service.set_norm(session, campaign.id, norm, NEXT, boss.id)
    assert await service.norm(session, campaign.id) == norm
    assert await beyond() == (2, 0)
    bins = await figures.lengths(session, DAY, DAY, SHANGHAI, campaign_id=campaign.id)
    assert {b.minute: b.talks for b in bins if b.talks} == {0: 1, 1: 1, 15: 2, 30: 1}


@pytest.mark.parametrize(
    ("norm", "field"),
    [
        (Norm(average_s=None, too_short_s=60, too_long_s=60), "too_long_s"),
        (Norm(average_s=59, too_short_s=60, too_long_s=900), "average_s"),
        (Norm(average_s=901, too_short_s=60, too_long_s=900), "average_s"),
    ],
)
async def test_a_norm_that_makes_no_sense_is_refused(
    session: Session, campaign: Campaign, norm: Norm, field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        await service.set_norm(session, campaign.id, norm, NEXT, (await make_user(session)).id)
    assert refused.value.problem("zh")["field"] == field


async def test_the_ledger_counts_by_day_and_by_the_laws_periods(session: Session, campaign: Campaign) -> None:
    campaign.target_abandonment = 0.03
    begin = clock_of(10)

    async def answered(at: datetime, good: int, lost: int) -> None:
        for n in range(good + lost):
            lead = await make_lead(session, campaign)
            outcome = {"outcome": "abandoned", "abandoned": True} if n < lost else {"outcome": "talked"}
            await attempt(session, campaign, at, lead=lead, answered_at=at, answered_by="human", **outcome)

    await answered(begin, 97, 3)
    await answered(begin + timedelta(days=1), 20, 1)
    await answered(begin + timedelta(days=30), 30, 1)
    found = await ledger.of_campaign(session, campaign, begin + timedelta(days=40), SHANGHAI)
    assert [(d.answered, d.abandoned) for d in found.days] == [(100, 3), (21, 1), (31, 1)]
    assert found.days[0].worst_half_hour == 0.03
    first, second = found.periods
    assert (first.last - first.first).days == 29
    assert (first.answered, first.abandoned, first.within) == (121, 4, False)  # 4 > 3 % of 121 = 3.63
    assert (second.answered, second.abandoned, second.within) == (31, 1, False)


async def test_a_day_without_fault_is_proven_once_and_a_planted_fault_is_named(
    session: Session, campaign: Campaign
) -> None:
    await attempt(session, campaign, clock_of(10))
    await attempt(session, campaign, clock_of(20, 30), grounds="callback")
    [good] = await proof.prove_missing(session, NEXT, SHANGHAI)
    assert (good.day, good.attempts, good.faulty, good.faults) == (DAY, 2, 0, {})
    assert await proof.prove_missing(session, NEXT, SHANGHAI) == []

    outside = await attempt(session, campaign, clock_of(11))
    unproven = await attempt(session, campaign, clock_of(12), grounds=None)
    lead = await make_lead(session, campaign)
    twice = [await attempt(session, campaign, clock_of(15), lead=lead) for _ in range(2)]
    listed = await attempt(session, campaign, clock_of(16))
    await session.execute(
        text("INSERT INTO do_not_call (phone, source, reason, added_at) VALUES (:phone, 'office', '', :at)"),
        {"phone": listed.to_number, "at": clock_of(9)},
    )
    [bad] = await proof.prove_day(session, DAY, NEXT, SHANGHAI)
    assert (bad.attempts, bad.faulty) == (7, 5)
    assert {name: set(found["first"]) for name, found in bad.faults.items()} == {
        "outside_windows": {str(outside.id)},
        "no_pass": {str(unproven.id)},
        "do_not_call": {str(listed.id)},
        "twice_at_once": {str(call.id) for call in twice},
    }
    rows, total = await repository.proofs(session, DAY, DAY, campaign_id=campaign.id, faulty=True, limit=10, offset=0)
    assert (total, rows[0].faulty) == (1, 5)


async def test_over_the_cap_is_found_across_campaigns(session: Session, campaign: Campaign) -> None:
    other = await make_campaign(session, rules={})
    customer = await make_customer(session)
    leads = [await make_lead(session, one, customer) for one in (campaign, other)]
    for n in range(6):
        await attempt(session, (campaign, other)[n % 2], clock_of(10 + n), lead=leads[n % 2], grounds="callback")
    proofs = {p.campaign_id: p for p in await proof.prove_day(session, DAY, NEXT, SHANGHAI)}
    assert proofs[campaign.id].faults == {}
    assert proofs[other.id].faults["over_cap"]["calls"] == 1  # the sixth within a day


async def test_scores_are_ones_own_and_compare_and_set(session: Session, campaign: Campaign) -> None:
    agent, boss = await make_user(session, Role.AGENT), await make_user(session, Role.SUPERVISOR)
    at = clock_of(10)
    call = await attempt(session, campaign, at, **talk(700, at, agent_id=agent.id))
    row = await service.score(session, call.id, ScoreNew(opening=4, trust=5, remarks="好"), at, boss.id)
    with pytest.raises(Conflict):
        await service.score(session, call.id, ScoreNew(opening=1), at, boss.id)
    again = await service.score(session, call.id, ScoreNew(opening=2, version=row.version), at, boss.id)
    assert (again.id, again.opening, again.trust, again.version) == (row.id, 2, None, 2)
    rows, _ = await repository.scores(session, call_id=call.id, limit=10, offset=0)
    assert [found.mean for found in rows] == [2.0]
    [mean] = await repository.scores_by_agent(session, campaign_id=campaign.id, since=None, until=None)
    assert (mean.agent_id, mean.calls, mean.opening, mean.trust) == (agent.id, 1, 2.0, None)


async def test_nothing_talked_nothing_said_and_ones_own_talk_cannot_be_scored(
    session: Session, campaign: Campaign
) -> None:
    boss = await make_user(session, Role.SUPERVISOR)
    at = clock_of(10)
    silent = await attempt(session, campaign, at)
    own = await attempt(session, campaign, at, **talk(60, at, agent_id=boss.id))
    cases: list[tuple[Call, ScoreNew, type[AppError]]] = [
        (silent, ScoreNew(opening=3), Conflict),
        (own, ScoreNew(opening=3), BadInput),
        (own, ScoreNew(remarks="只有备注"), BadInput),
    ]
    for call, body, error in cases:
        with pytest.raises(error):
            await service.score(session, call.id, body, at, boss.id)


async def test_over_rest_supervisors_see_and_agents_see_their_own_scores(database: Database) -> None:
    app = app_of(database, ManualClock(NEXT), routers=find_routers())
    supervisor = await signed_in(app, Role.SUPERVISOR)
    async with database.transaction() as session:
        await dispositions.seed_defaults(session)
        campaign = await make_campaign(session, rules={})
        agent = await make_user(session, Role.AGENT)
        at = clock_of(10)
        call = await attempt(session, campaign, at, **talk(700, at, agent_id=agent.id))
    scored = await supervisor.put(f"/api/control/scores/{call.id}", json={"opening": 3})
    assert (scored.status_code, scored.json()["mean"]) == (200, 3.0)
    proven = await supervisor.post("/api/control/proofs", params={"day": "2026-03-09"})
    assert proven.json()["rows"][0]["faulty"] == 0
    assert (await supervisor.get("/api/control/results", params={"by": "window"})).json()["total"]["connected"] == 1
    own = await signed_in(app, Role.AGENT)
    assert (await own.get("/api/control/scores")).json()["total"] == 0
    assert (await own.get("/api/control/results")).status_code == 403
    backwards = await supervisor.get("/api/control/results", params={"since": "2026-03-09", "until": "2026-03-01"})
    assert (backwards.status_code, backwards.json()["field"]) == (422, "since")
    async with client_of(app) as stranger:
        assert (await stranger.get("/api/control/proofs")).status_code == 401
