"""Caller numbers on real tables: their figures out of calls, who rests, and what supervisors may do about it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database, Session
from callcenter.lines import repository, service
from callcenter.lines.models import CallerNumber, CallerSign
from callcenter.lines.router import router
from callcenter.lines.rules import Figures, RestWhy
from callcenter.people.models import Role
from campaigns.plans.models import Campaign
from tests.clients import app_of, client_of, settings_for_tests, signed_in
from tests.conftest import SHANGHAI
from tests.factories import make_call, make_campaign, make_user

GOOD, BAD, THIRD = "+862000000001", "+862000000002", "+862000000003"


async def _enter(session: Session, clock: ManualClock, *numbers: str, **given: Any) -> list[CallerNumber]:
    values = {"counts_from": clock.now() - timedelta(days=3), "added_at": clock.now()} | given
    rows = [CallerNumber(number=number, **values) for number in numbers]
    session.add_all(rows)
    await session.flush()
    return rows


async def _calls(session: Session, clock: ManualClock, campaign: Campaign, number: str, n: int, **given: Any) -> None:
    """`n` ended calls from `number`, as many copies of one; nobody answered, unless something else is given."""
    at = clock.now() - timedelta(hours=1)
    values = {"from_number": number, "created_at": at, "launched_at": at, "state": "ended"} | given
    values = {"ended_at": at + timedelta(seconds=20), "outcome": "no_answer", "cause": "no_answer"} | values
    for _ in range(n):
        await make_call(session, campaign, **values)


def _answered(clock: ManualClock, seconds: float, cause: str = "customer_hung_up") -> dict[str, Any]:
    at = clock.now() - timedelta(minutes=59)
    return {
        "answered_at": at,
        "connected_at": at,
        "ended_at": at + timedelta(seconds=seconds),
        "answered_by": "unknown",
        "outcome": "talked",
        "cause": cause,
    }


async def test_figures_are_counted_out_of_calls(session: Session, clock: ManualClock) -> None:
    campaign = await make_campaign(session, from_number=GOOD)
    await _calls(session, clock, campaign, GOOD, 2)
    await _calls(session, clock, campaign, GOOD, 1, outcome="rejected", cause="rejected")
    await _calls(session, clock, campaign, GOOD, 1, **_answered(clock, 60))
    await _calls(session, clock, campaign, GOOD, 1, **_answered(clock, 5))
    # Not the number's fault: our agent ended it, nobody was free, a machine; and these never rang.
    await _calls(session, clock, campaign, GOOD, 1, **_answered(clock, 5, "agent_hung_up"))
    await _calls(session, clock, campaign, GOOD, 1, **(_answered(clock, 3) | {"outcome": "abandoned"}))
    await _calls(
        session, clock, campaign, GOOD, 1, **(_answered(clock, 3) | {"answered_by": "machine", "outcome": "machine"})
    )
    await _calls(session, clock, campaign, GOOD, 1, outcome="cancelled", cause="cancelled")
    await _calls(session, clock, campaign, GOOD, 1, outcome="skipped", cause="skipped", launched_at=None)
    # Too long ago.
    await _calls(session, clock, campaign, GOOD, 1, created_at=clock.now() - timedelta(days=8))
    figures, together, _ = await service.standing(session, clock.now())
    assert figures == {GOOD: Figures(calls=8, answered=4, short=1, declined=1)}
    assert together == figures[GOOD]


async def test_the_worse_number_rests_and_comes_back_with_a_clean_slate(session: Session, clock: ManualClock) -> None:
    campaign = await make_campaign(session, from_number=GOOD)
    await _enter(session, clock, GOOD, BAD)
    await _calls(session, clock, campaign, GOOD, 30)
    await _calls(session, clock, campaign, GOOD, 30, **_answered(clock, 60))
    await _calls(session, clock, campaign, BAD, 60)
    callers = service.Callers(SHANGHAI)

    assert await service.send_to_rest(session, clock.now()) == [(BAD, RestWhy.FEW_ANSWERS)]
    assert await service.send_to_rest(session, clock.now()) == []
    pool = await callers.pool(session, campaign.id, campaign.from_number, clock.now())
    assert {pool.next(f"+861380013{n:04}", clock.now()) for n in range(40)} == {GOOD}

    await clock.advance(47 * 3600)
    assert await service.send_to_rest(session, clock.now()) == []
    row = await repository.lock(session, BAD)
    assert row is not None
    assert row.rest_why == "few_answers"
    await clock.advance(3600)
    # Its rest is over, and its old calls, still of these seven days, are held against it no more.
    assert await service.send_to_rest(session, clock.now()) == []
    assert (row.rests_until, row.rest_why, row.counts_from) == (None, None, clock.now())


async def test_complaints_send_even_the_only_number_to_rest(session: Session, clock: ManualClock) -> None:
    campaign = await make_campaign(session, from_number=GOOD)
    await _enter(session, clock, GOOD)
    callers = service.Callers(SHANGHAI)
    user = await make_user(session, Role.SUPERVISOR)
    for n in range(2):
        assert await service.send_to_rest(session, clock.now()) == []
        sign = ("complaint", "marked")[n]
        session.add(CallerSign(number=GOOD, sign=sign, at=clock.now(), by=user.id))
        await session.flush()
    assert await service.send_to_rest(session, clock.now()) == [(GOOD, RestWhy.COMPLAINTS)]
    pool = await callers.pool(session, campaign.id, campaign.from_number, clock.now())
    assert pool.room(clock.now()) == 0
    assert pool.next("+8613800138000", clock.now()) is None


async def test_which_numbers_a_campaign_has(session: Session, clock: ManualClock) -> None:
    mine = await make_campaign(session, from_number=GOOD)
    other = await make_campaign(session, from_number=BAD)
    callers = service.Callers(SHANGHAI)
    now = clock.now()

    async def numbers(campaign: Campaign) -> set[str | None]:
        pool = await callers.pool(session, campaign.id, campaign.from_number, now)
        return {pool.next(f"+861380013{n:04}", now) for n in range(6)}

    # Nobody entered any: the campaign's own.
    assert await numbers(mine) == {GOOD}
    await _enter(session, clock, THIRD, queue_id=other.id)
    assert (await numbers(mine), await numbers(other)) == ({GOOD}, {THIRD})
    # Everybody's.
    await _enter(session, clock, BAD)
    assert (await numbers(mine), await numbers(other)) == ({BAD}, {BAD, THIRD})
    # A campaign whose own number was entered for another and rests has no way around that.
    [own] = await _enter(session, clock, GOOD, queue_id=other.id, active=False)
    await session.execute(text("UPDATE caller_numbers SET active = false WHERE number = :n"), {"n": BAD})
    assert await numbers(mine) == {None}
    assert own.queue_id == other.id


async def test_whom_we_talked_with_is_called_from_the_same_number(session: Session, clock: ManualClock) -> None:
    campaign = await make_campaign(session, from_number=GOOD)
    await _enter(session, clock, GOOD, BAD, THIRD)
    await _calls(session, clock, campaign, THIRD, 1, to_number="+8613900139000", **_answered(clock, 60))
    # Talked with longer ago, from another; and called since, without an answer.
    before = clock.now() - timedelta(days=5)
    old = _answered(clock, 60) | {"created_at": before, "launched_at": before}
    await _calls(session, clock, campaign, BAD, 1, to_number="+8613900139000", **old)
    await _calls(session, clock, campaign, GOOD, 1, to_number="+8613900139000", created_at=clock.now())
    callers = service.Callers(SHANGHAI)
    pool = await callers.pool(session, campaign.id, campaign.from_number, clock.now())
    await callers.known(session, pool, ["+8613900139000", "+8613900139001"], clock.now())
    assert [pool.next("+8613900139000", clock.now()) for _ in range(5)] == [THIRD] * 5
    assert pool.next("+8613900139001", clock.now()) == BAD  # none today


async def test_a_daily_cap_holds_over_what_was_called_and_what_was_just_chosen(
    session: Session, clock: ManualClock
) -> None:
    campaign = await make_campaign(session, from_number=GOOD)
    await _enter(session, clock, GOOD, daily_cap=5)
    await _calls(session, clock, campaign, GOOD, 2)
    await _calls(session, clock, campaign, GOOD, 9, created_at=clock.now() - timedelta(days=1))
    callers = service.Callers(SHANGHAI)
    pool = await callers.pool(session, campaign.id, campaign.from_number, clock.now())
    assert pool.room(clock.now()) == 3
    assert [pool.next("+8613800138000", clock.now()) for _ in range(4)] == [GOOD] * 3 + [None]
    # The next transaction knows of it before the count is made anew; the next day begins at nothing.
    again = await callers.pool(session, campaign.id, campaign.from_number, clock.now())
    assert again.room(clock.now()) == 0
    await clock.advance(14 * 3600 + 1)
    tomorrow = await callers.pool(session, campaign.id, campaign.from_number, clock.now())
    assert tomorrow.room(clock.now()) == 5


# ------------------------------------------------------------------ REST


@pytest.fixture
def app(database: Database, clock: ManualClock) -> FastAPI:
    return app_of(database, clock, routers=[router])


async def test_supervisors_look_after_caller_numbers(app: FastAPI, database: Database, clock: ManualClock) -> None:
    async with database.transaction() as session:
        campaign = await make_campaign(session, from_number=BAD)
        await _calls(session, clock, campaign, BAD, 3)
    async with await signed_in(app, Role.SUPERVISOR) as lead:
        answer = await lead.post("/api/lines/numbers", json={"number": GOOD, "label": "总机", "daily_cap": 300})
        assert answer.status_code == 201, answer.text
        again = await lead.post("/api/lines/numbers", json={"number": GOOD})
        assert (again.status_code, again.json()["code"]) == (409, "number_already_there")

        rows = (await lead.get("/api/lines/numbers")).json()["rows"]
        assert [(row["number"], row["known"], row["figures"]["calls"]) for row in rows] == [
            (GOOD, True, 0),
            (BAD, False, 3),
        ]
        assert [(one["day"], one["calls"]) for one in rows[1]["days"]] == [("2026-03-09", 3)]

        path = f"/api/lines/numbers/{GOOD}"
        changed = await lead.patch(path, json={"version": 1, "label": "南宁", "prefix": "+86771"})
        assert (changed.status_code, changed.json()["label"], changed.json()["daily_cap"]) == (200, "南宁", 300)
        stale = await lead.patch(path, json={"version": 1, "active": False})
        assert (stale.status_code, stale.json()["code"]) == (409, "number_changed")

        rests = (await lead.post(f"{path}/rest", json={"hours": 12})).json()
        assert rests["rest_why"] == "by_hand"
        woken = (await lead.post(f"{path}/wake")).json()
        assert woken["rests_until"] is None
        assert datetime.fromisoformat(woken["counts_from"]) == clock.now()

        sign = await lead.post(f"{path}/signs", json={"sign": "marked", "note": "shown as a nuisance"})
        assert sign.status_code == 201
        assert [row["sign"] for row in (await lead.get(f"{path}/signs")).json()] == ["marked"]
        assert (await lead.get("/api/lines/numbers")).json()["rows"][0]["signs"] == 1

        policy = (await lead.get("/api/lines/policy")).json()
        assert policy["rest_hours"] == 48
        for hours in (24, 36):
            assert (await lead.put("/api/lines/policy", json=policy | {"rest_hours": hours})).status_code == 200
        assert (await lead.get("/api/lines/policy")).json() == policy | {"rest_hours": 36}
        assert (await lead.get("/api/lines/carrier")).json() == {"rows": [], "troubles": [], "refused": []}
    async with database.transaction() as session:
        done = await session.execute(
            text("SELECT action FROM audit_records WHERE thing LIKE 'caller%' ORDER BY at, id")
        )
        assert sorted(done.scalars()) == sorted(
            [
                "caller_number_added",
                "caller_number_changed",
                "caller_number_rests",
                "caller_number_woken",
                "caller_sign_added",
                "caller_policy_set",
                "caller_policy_set",
            ]
        )


REFUSED: list[tuple[str, str, Any, int]] = [
    ("post", "/numbers", {"number": "02012345678"}, 422),
    ("post", "/numbers", {"number": GOOD, "daily_cap": -1}, 422),
    ("post", "/numbers", {"number": GOOD, "prefix": "20"}, 422),
    ("post", "/numbers", {"number": GOOD, "colour": "red"}, 422),
    ("patch", f"/numbers/{BAD}", {"version": 1, "active": False}, 404),
    ("post", f"/numbers/{BAD}/rest", {"hours": 1}, 404),
    ("post", f"/numbers/{BAD}/rest", {"hours": 0}, 422),
    ("post", f"/numbers/{BAD}/signs", {"sign": "loved"}, 422),
    ("post", "/numbers/12/wake", None, 422),
    ("put", "/policy", {"days": 7}, 422),
]


async def test_what_cannot_be_is_refused(app: FastAPI) -> None:
    async with await signed_in(app, Role.SUPERVISOR) as lead:
        for how, path, body, status in REFUSED:
            answer = await lead.request(how, f"/api/lines{path}", json=body)
            assert answer.status_code == status, (path, body, answer.text)


async def test_only_supervisors_and_only_numbers_that_are_ours(database: Database, clock: ManualClock) -> None:
    settings = settings_for_tests(
        carrier="twilio",
        twilio_account_sid="AC" + "0" * 32,
        twilio_auth_token="x" * 32,
        twilio_numbers=GOOD,
        public_url="https://calls.example.com",
    )
    app = app_of(database, clock, routers=[router], settings=settings)

    async def ask(client: httpx.AsyncClient, number: str) -> tuple[int, str]:
        client.headers["origin"] = "https://calls.example.com"
        answer = await client.post("/api/lines/numbers", json={"number": number})
        return answer.status_code, answer.json().get("code", "")

    async with await signed_in(app, Role.SUPERVISOR) as lead, await signed_in(app, Role.AGENT) as agent:
        assert await ask(lead, BAD) == (409, "number_not_ours")
        assert (await ask(lead, GOOD))[0] == 201
        assert (await ask(agent, GOOD))[0] == 403
    async with client_of(app) as nobody:
        assert (await nobody.get("/api/lines/numbers")).status_code == 401
