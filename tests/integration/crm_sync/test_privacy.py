"""One person's data: what they allowed is on record, they get a copy, and they can be erased everywhere."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from callcenter.bootstrap import find_holders, find_routers
from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database, Session
from callcenter.kit.errors import AppError, BadInput, Conflict
from callcenter.people.models import Role
from crm_sync.customers.models import CustomerPhone
from crm_sync.do_not_call import service as do_not_call
from crm_sync.do_not_call.models import DoNotCallSource
from crm_sync.privacy import service
from crm_sync.privacy.models import RequestKind
from crm_sync.privacy.schemas import PrivacyRequestNew
from tests.clients import app_of, signed_in
from tests.conftest import MONDAY_TEN, SHANGHAI
from tests.factories import make_call, make_campaign, make_customer, make_lead, make_user

NOW = MONDAY_TEN.astimezone(UTC)
TODAY = date(2026, 3, 9)
SECRETS = ("隋晓雯", "13912345678", "53288886666", "香港中路 8 号", "夜班")


async def one_person(session: Session, **given: Any) -> Any:
    """A customer who is known, was called, talked, and has a note."""
    values = {"name": "隋晓雯", "phone": "+8613912345678", "address": "香港中路 8 号", "attributes": {"备注": "夜班"}}
    customer = await make_customer(session, **(values | given))
    session.add(CustomerPhone(customer_id=customer.id, phone="+8653288886666", created_at=NOW))
    campaign = await make_campaign(session)
    lead = await make_lead(session, campaign, customer)
    await make_call(
        session, campaign, lead, state="ended", outcome="talked", ended_at=NOW, answered_at=NOW, connected_at=NOW,
        talk_s=60.0, note="说是夜班", agent_id=(await make_user(session)).id,
    )  # fmt: skip
    lead.call_id = None
    await session.flush()
    return customer


async def asked(session: Session, customer: Any, kind: RequestKind, received_on: date = TODAY) -> Any:
    body = PrivacyRequestNew(kind=kind, customer_id=customer.id, received_on=received_on, how="来信，附身份证复印件")
    return await service.note(session, body, NOW, SHANGHAI, (await make_user(session)).id)


async def consents(session: Session, customer: Any) -> list[tuple[str, str]]:
    found = await session.execute(
        text("SELECT consent, source FROM consent_records WHERE customer_id = :id ORDER BY id"), {"id": customer.id}
    )
    return [tuple(row) for row in found]


async def test_every_change_of_consent_leaves_a_record_that_cannot_be_changed(session: Session) -> None:
    customer = await make_customer(session, consent="unknown")
    assert await consents(session, customer) == []
    for consent, source in (("given", "回执单"), ("given", "another source, no other consent"), ("refused", "来电")):
        await session.execute(
            text("UPDATE customers SET consent = :consent, consent_source = :source WHERE id = :id"),
            {"consent": consent, "source": source, "id": customer.id},
        )
    assert await consents(session, customer) == [("given", "回执单"), ("refused", "来电")]
    for statement in ("UPDATE consent_records SET source = ''", "DELETE FROM consent_records"):
        with pytest.raises(DBAPIError):
            async with session.begin_nested():
                await session.execute(text(f"{statement} WHERE customer_id = :id"), {"id": customer.id})


async def test_a_copy_holds_everything_that_every_room_knows(session: Session) -> None:
    customer = await one_person(session)
    request = await asked(session, customer, RequestKind.COPY)
    found = await service.copy(session, request.id, find_holders(), NOW, (await make_user(session)).id)
    assert set(found) == {"campaigns", "customer", "orders"}
    assert all(secret in str(found) for secret in SECRETS)
    assert [len(found["campaigns"][part]) for part in ("leads", "mailings", "calls")] == [1, 1, 1]
    assert request.done_at == NOW


async def test_nothing_of_an_erased_person_is_left_in_any_table_but_the_call_record(
    session: Session,
) -> None:
    customer = await one_person(session)
    request = await asked(session, customer, RequestKind.ERASURE)
    done = await service.erase(session, request.id, find_holders(), NOW, (await make_user(session)).id)
    assert done.result["customer"]["erased"] == {"customers": 1, "numbers": 1}
    assert {kept["what"] for part in done.result.values() for kept in part["kept"]} == {"consent_records", "calls"}
    tables = await session.execute(
        text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1")
    )
    left: dict[str, list[str]] = {}
    for table in [row[0] for row in tables]:
        for secret in SECRETS:
            found = await session.execute(
                text(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE :part'), {"part": f"%{secret}%"}
            )
            if found.scalar_one():
                left.setdefault(secret, []).append(table)
    assert left == {"13912345678": ["calls"]}
    lead = (await session.execute(text("SELECT state FROM leads WHERE customer_id = :id"), {"id": customer.id})).one()
    assert lead.state == "closed"
    assert (await consents(session, customer))[-1] == ("refused", "erased")


async def test_who_refused_stays_refused_and_who_did_not_may_be_met_again(session: Session) -> None:
    refused = await one_person(session)
    await do_not_call.add(session, refused.phone, DoNotCallSource.CALL, "", NOW, None)
    phone = refused.phone
    request = await asked(session, refused, RequestKind.ERASURE)
    done = await service.erase(session, request.id, find_holders(), NOW, (await make_user(session)).id)
    assert "do_not_call" in {kept["what"] for kept in done.result["customer"]["kept"]}
    assert await do_not_call.is_listed(session, phone)
    again = await make_customer(session, phone=phone)  # the number is free: a list may bring the person anew
    assert again.id != refused.id


async def test_nobody_is_erased_in_the_middle_of_a_call_and_nothing_twice(session: Session) -> None:
    customer = await one_person(session)
    by = (await make_user(session)).id
    request = await asked(session, customer, RequestKind.ERASURE)
    await session.execute(
        text("UPDATE calls SET state = 'ringing', outcome = NULL, ended_at = NULL WHERE customer_id = :id"),
        {"id": customer.id},
    )
    with pytest.raises(Conflict):
        await service.erase(session, request.id, find_holders(), NOW, by)
    await session.execute(
        text("UPDATE calls SET state = 'ended', outcome = 'no_answer', ended_at = :now WHERE customer_id = :id"),
        {"id": customer.id, "now": NOW},
    )
    await service.erase(session, request.id, find_holders(), NOW, by)
    with pytest.raises(Conflict):
        await service.erase(session, request.id, find_holders(), NOW, by)


@pytest.mark.parametrize(
    ("received_on", "error"),
    [(TODAY, None), (TODAY + timedelta(days=1), BadInput), (TODAY - timedelta(days=367), BadInput)],
)
async def test_a_request_is_due_fifteen_days_after_it_came(
    session: Session, received_on: date, error: type[AppError] | None
) -> None:
    customer = await make_customer(session)
    if error is not None:
        with pytest.raises(error):
            await asked(session, customer, RequestKind.COPY, received_on)
        return
    row = await asked(session, customer, RequestKind.COPY, received_on)
    assert row.due_on == date(2026, 3, 24)
    with pytest.raises(Conflict):  # the same is asked for already
        await asked(session, customer, RequestKind.COPY)
    for days, overdue in ((15, False), (16, True)):
        rows, _ = await service.page(session, NOW + timedelta(days=days), SHANGHAI, limit=5, offset=0, id=row.id)
        assert rows[0].overdue is overdue


async def test_over_rest_the_request_is_noted_copied_and_on_record(database: Database) -> None:
    app = app_of(database, ManualClock(MONDAY_TEN), routers=find_routers())
    app.state.holders = find_holders()
    office = await signed_in(app, Role.BACK_OFFICE)
    async with database.transaction() as session:
        customer = await one_person(session)
    body = {"kind": "copy", "customer_id": str(customer.id), "received_on": "2026-03-09", "how": "来电"}
    noted = await office.post("/api/privacy/requests", json=body)
    assert noted.status_code == 201
    copied = await office.post(f"/api/privacy/requests/{noted.json()['id']}/copy")
    assert (copied.status_code, copied.json()["customer"]["customer"][0]["name"]) == (200, "隋晓雯")
    wrong = await office.post(f"/api/privacy/requests/{noted.json()['id']}/erase")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "conflict")
    assert (await office.get("/api/privacy/requests", params={"open_only": True})).json()["total"] == 0
    listed = (await office.get(f"/api/privacy/consents/{customer.id}")).json()
    assert [row["consent"] for row in listed] == ["given"]
    async with database.transaction() as session:
        actions = (await session.execute(text("SELECT action FROM audit_records ORDER BY action"))).scalars().all()
    assert [a for a in actions if a.startswith(("privacy", "personal"))] == [
        "personal_data_copied",
        "privacy_request_noted",
    ]
    assert (await (await signed_in(app, Role.AGENT)).get("/api/privacy/requests")).status_code == 403


def test_every_holder_is_found_under_its_own_name() -> None:
    names = [holder.name for holder in find_holders()]
    assert sorted(set(names)) == names == ["campaigns", "customer", "orders"]
