"""A refusal is final everywhere, and written down once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database, Session
from callcenter.people.models import Role
from crm_sync.customers import repository as customers
from crm_sync.do_not_call import service
from crm_sync.do_not_call.models import DoNotCallEntry, DoNotCallSource
from crm_sync.do_not_call.router import router
from tests.clients import app_of, signed_in
from tests.factories import EARLY, make_customer, make_user

PHONE = "+8613912345670"


async def test_adding_twice_keeps_the_first_record(session: Session) -> None:
    user = await make_user(session)
    assert await service.add(session, PHONE, DoNotCallSource.CALL, "不要再打", EARLY, user.id) is True
    later = EARLY + timedelta(days=1)
    assert await service.add(session, PHONE, DoNotCallSource.OFFICE, "来信", later, None) is False
    entry = await session.get(DoNotCallEntry, PHONE)
    assert entry is not None
    assert (entry.source, entry.reason, entry.added_at, entry.added_by) == ("call", "不要再打", EARLY, user.id)


async def test_its_customer_refuses_from_then_on(session: Session) -> None:
    customer = await make_customer(session, phone=PHONE, consent="given")
    await service.add(session, PHONE, DoNotCallSource.CALL, "不要再打", EARLY, None)
    found = await customers.get(session, customer.id)
    assert found is not None
    assert (found.consent, found.consent_source, found.consent_at, found.version) == ("refused", "call", EARLY, 2)
    await service.add(session, PHONE, DoNotCallSource.CALL, "", EARLY + timedelta(days=1), None)
    found = await customers.get(session, customer.id)
    assert found is not None
    assert (found.consent_at, found.version) == (EARLY, 2)


async def test_which_of_many_are_listed(session: Session) -> None:
    await service.add(session, PHONE, DoNotCallSource.REGISTRY, "", EARLY, None)
    assert await service.which_listed(session, [PHONE, "+8613912345671"]) == {PHONE}
    assert await service.which_listed(session, []) == set()
    assert await service.is_listed(session, PHONE)
    assert not await service.is_listed(session, "+8613912345671")


async def test_over_rest_numbers_are_added_in_any_spelling_and_shown_masked(
    database: Database, clock: ManualClock
) -> None:
    app = app_of(database, clock, routers=[router])
    async with await signed_in(app, Role.SUPERVISOR, name="王主管") as client:
        for typed, added in (("139-1234-5670", True), ("+86 13912345670", False)):
            answer = await client.post("/api/do-not-call", json={"phone": typed, "reason": "来信要求"})
            assert answer.status_code == 201, answer.text
            assert answer.json() == {"masked_phone": "139****5670", "added": added}
        for words in ("13912345670", "5670", "+86 139 1234 5670", ""):
            found = (await client.get("/api/do-not-call", params={"search": words})).json()
            assert found["total"] == 1, words
            (row,) = found["rows"]
            assert (row["masked_phone"], row["source"], row["added_by_name"]) == ("139****5670", "office", "王主管")
            assert "13912345670" not in str(row)
        for words in ("567", "x", "13912345671"):
            assert (await client.get("/api/do-not-call", params={"search": words})).json()["total"] == 0, words
        assert (await client.get("/api/do-not-call", params={"source": "call"})).json()["total"] == 0


@pytest.mark.parametrize(("lang", "words"), [("zh-CN", "固定电话缺少区号"), ("en", "lacks its area code")])
async def test_what_is_no_number_is_refused_in_the_callers_language(
    database: Database, clock: ManualClock, lang: str, words: str
) -> None:
    app = app_of(database, clock, routers=[router])
    async with await signed_in(app, Role.MARKETING) as client:
        answer = await client.post(
            "/api/do-not-call", json={"phone": "88812345", "reason": "x"}, headers={"accept-language": lang}
        )
    assert answer.status_code == 422
    assert answer.json()["field"] == "phone"
    assert words in answer.json()["detail"]


async def test_agents_have_no_business_with_the_whole_list(database: Database, clock: ManualClock) -> None:
    app = app_of(database, clock, routers=[router])
    async with await signed_in(app, Role.AGENT) as client:
        assert (await client.get("/api/do-not-call")).status_code == 403
        assert (await client.post("/api/do-not-call", json={"phone": "13912345670", "reason": "x"})).status_code == 403
