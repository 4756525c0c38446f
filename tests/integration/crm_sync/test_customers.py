"""The customer master: found, edited without overwriting each other, revealed on the record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database
from callcenter.kit.ids import new_id
from callcenter.people.models import Role
from crm_sync.customers.router import router
from crm_sync.do_not_call import service as do_not_call
from crm_sync.do_not_call.models import DoNotCallSource
from tests.clients import app_of, signed_in
from tests.factories import EARLY, make_customer


@pytest.fixture
def app(database: Database, clock: ManualClock) -> FastAPI:
    return app_of(database, clock, routers=[router])


@pytest.fixture
async def people(database: Database) -> dict[str, UUID]:
    async with database.transaction() as session:
        made = [
            await make_customer(
                session,
                name="王建国",
                phone="+8613912345670",
                city="济南",
                birth_year=1962,
                gender="m",
                occupation="退休教师",
                total_purchases_fen=500_00,
                source="春季",
            ),
            await make_customer(
                session,
                name="王100%_棒",
                phone="+8613812345671",
                city="青岛",
                gender="f",
                source="秋季",
                interests="太极",
            ),
            await make_customer(session, name="李秀英", phone="+8653188812345", consent="refused", source="秋季"),
            await make_customer(session, name="周敏", phone="+8613712345672", consent="unknown", source="秋季"),
        ]
        await do_not_call.add(session, "+8613712345672", DoNotCallSource.CALL, "", EARLY, None)
        return {customer.name: customer.id for customer in made}


SEARCHES: list[tuple[dict[str, Any], set[str]]] = [
    ({}, {"王建国", "王100%_棒", "李秀英", "周敏"}),
    ({"search": "王"}, {"王建国", "王100%_棒"}),
    ({"search": "%"}, {"王100%_棒"}),  # a sign is a sign, not a pattern
    ({"search": "_棒"}, {"王100%_棒"}),
    ({"phone": "139-1234-5670"}, {"王建国"}),
    ({"phone": "2345"}, {"李秀英"}),
    ({"phone": "5672"}, {"周敏"}),
    ({"phone": "567"}, set()),  # fewer than four digits would show whom one did not ask for
    ({"city": "济南"}, {"王建国"}),
    ({"gender": "f"}, {"王100%_棒"}),
    ({"source": "秋季", "province": "山东"}, {"王100%_棒", "李秀英", "周敏"}),
    ({"consent": "given"}, {"王建国", "王100%_棒"}),
    ({"do_not_call": "true"}, {"李秀英", "周敏"}),
    ({"do_not_call": "false"}, {"王建国", "王100%_棒"}),
    ({"born_from": 1960, "born_to": 1965}, {"王建国"}),
    ({"spent_from_fen": 50_000}, {"王建国"}),
    ({"occupation": "教师"}, {"王建国"}),
    ({"interests": "太极"}, {"王100%_棒"}),
    ({"search": "王", "city": "北京"}, set()),
]


async def test_customers_are_found_by_each_field(app: FastAPI, people: dict[str, UUID]) -> None:
    async with await signed_in(app, Role.MARKETING) as client:
        for params, names in SEARCHES:
            answer = await client.get("/api/customers", params=params)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            assert {row["name"] for row in page["rows"]} == names, params
            assert page["total"] == len(names)


async def test_no_list_shows_a_whole_number(app: FastAPI, people: dict[str, UUID]) -> None:
    async with await signed_in(app, Role.BACK_OFFICE) as client:
        listed = (await client.get("/api/customers")).text
        one = (await client.get(f"/api/customers/{people['王建国']}")).text
    for shown in (listed, one):
        assert "139****5670" in shown
        assert "13912345670" not in shown


async def test_pages_hold_each_customer_once(app: FastAPI, people: dict[str, UUID]) -> None:
    async with await signed_in(app, Role.MARKETING) as client:
        for order in ("newest", "name", "last_purchase", "total_purchases"):
            seen: list[str] = []
            for offset in range(0, 4, 2):
                page = (
                    await client.get("/api/customers", params={"order": order, "limit": 2, "offset": offset})
                ).json()
                assert page["total"] == 4
                seen += [row["id"] for row in page["rows"]]
            assert len(set(seen)) == 4, order


async def edit(client: httpx.AsyncClient, customer: UUID, **body: Any) -> httpx.Response:
    return await client.patch(f"/api/customers/{customer}", json=body)


async def test_of_two_edits_on_one_version_the_second_is_told(app: FastAPI, people: dict[str, UUID]) -> None:
    async with await signed_in(app, Role.MARKETING) as client:
        first = await edit(client, people["王建国"], version=1, city="烟台", address="新华路1号")
        assert first.status_code == 200, first.text
        assert (first.json()["city"], first.json()["version"]) == ("烟台", 2)
        second = await edit(client, people["王建国"], version=1, city="北京")
        assert (second.status_code, second.json()["code"]) == (409, "changed_meanwhile")
        third = await edit(client, people["王建国"], version=2, city="")
        assert third.json()["city"] is None
        same = await edit(client, people["王建国"], version=3, gender="m")
        assert same.json()["version"] == 3, "what changes nothing makes no version"


async def test_a_new_phone_is_read_placed_and_unique(app: FastAPI, people: dict[str, UUID]) -> None:
    async with await signed_in(app, Role.SUPERVISOR) as client:
        moved = await edit(client, people["王建国"], version=1, phone="(852) 2345 6789")
        assert (moved.json()["masked_phone"], moved.json()["timezone"]) == ("+852 ****6789", "Asia/Hong_Kong")
        taken = await edit(client, people["王建国"], version=2, phone="13812345671")
        assert (taken.status_code, taken.json()["code"]) == (409, "phone_taken")
        bad = await edit(client, people["王建国"], version=2, phone="139")
        assert (bad.status_code, bad.json()["code"]) == (422, "not_a_phone")
        still = (await client.get(f"/api/customers/{people['王建国']}")).json()
        assert (still["masked_phone"], still["version"]) == ("+852 ****6789", 2)


async def test_a_refusal_entered_is_listed_and_cannot_be_turned_back(
    app: FastAPI, database: Database, people: dict[str, UUID]
) -> None:
    async with await signed_in(app, Role.MARKETING) as client:
        refused = await edit(client, people["王建国"], version=1, consent="refused", consent_source="来信")
        assert refused.status_code == 200, refused.text
        told = refused.json()
        assert (told["consent"], told["do_not_call"], told["consent_at"]) == ("refused", True, "2026-03-09T02:00:00Z")
        back = await edit(client, people["王建国"], version=2, consent="given")
        assert (back.status_code, back.json()["code"]) == (409, "refusal_is_final")
        moved = await edit(client, people["王建国"], version=2, phone="13912345699")
        assert moved.status_code == 200, moved.text
    async with database.transaction() as session:
        listed = await do_not_call.which_listed(session, ["+8613912345670", "+8613912345699"])
    assert listed == {"+8613912345670", "+8613912345699"}, "a new number does not shake a refusal off"


async def test_revealing_a_number_is_recorded(app: FastAPI, database: Database, people: dict[str, UUID]) -> None:
    async with await signed_in(app, Role.SUPERVISOR) as client:
        answer = await client.post(f"/api/customers/{people['王建国']}/reveal-phone", json={"reason": "complaint"})
        assert answer.json() == {"phone": "+8613912345670"}
        assert (await client.post(f"/api/customers/{people['周敏']}/reveal-phone")).status_code == 200
    async with database.transaction() as session:
        records = (
            await session.execute(
                text("SELECT thing_id, detail FROM audit_records WHERE action = 'phone_revealed' ORDER BY detail::text")
            )
        ).all()
    assert [tuple(record) for record in records] == [
        (str(people["王建国"]), {"reason": "complaint"}),
        (str(people["周敏"]), {"reason": "other"}),
    ]


async def test_edits_are_recorded_by_field_and_without_values(
    app: FastAPI, database: Database, people: dict[str, UUID]
) -> None:
    async with await signed_in(app, Role.MARKETING) as client:
        await edit(client, people["王建国"], version=1, city="烟台", name="王建军")
    async with database.transaction() as session:
        detail = (
            await session.execute(text("SELECT detail FROM audit_records WHERE action = 'customer_edited'"))
        ).scalar_one()
    assert detail == {"fields": ["city", "name"]}


async def test_agents_see_customers_on_their_card_only(app: FastAPI, people: dict[str, UUID]) -> None:
    async with await signed_in(app, Role.AGENT) as client:
        for path in ("/api/customers", f"/api/customers/{people['周敏']}", "/api/customers/sources"):
            assert (await client.get(path)).status_code == 403
        assert (await client.post(f"/api/customers/{people['周敏']}/reveal-phone")).status_code == 403


async def test_nobody_is_found_by_an_id_that_is_not(app: FastAPI, people: dict[str, UUID]) -> None:
    async with await signed_in(app, Role.MARKETING) as client:
        assert (await client.get(f"/api/customers/{new_id()}")).status_code == 404
        assert (await edit(client, new_id(), version=1, city="x")).status_code == 404
        sources = (await client.get("/api/customers/sources")).json()
    assert sources == [{"source": "秋季", "customers": 3}, {"source": "春季", "customers": 1}]
