"""The night takes out personal data whose time is over, and nothing else; what it took is on record."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import select

from callcenter.bootstrap import find_holders, find_routers
from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database, Session
from callcenter.people.models import Role
from campaigns.dispositions import service as dispositions
from campaigns.leads.models import Lead
from campaigns.retention import service
from campaigns.retention.models import RetentionRun
from campaigns.retention.repository import NOBODY
from campaigns.retention.rules import Kind
from crm_sync.customers.models import Customer
from tests.clients import app_of, signed_in
from tests.factories import make_campaign, make_customer, make_lead
from tests.integration.campaigns.desk import NOW, ended_call, save

LONG_AGO = NOW - timedelta(days=2000)


async def _call(session: Session, lead: Lead, when: datetime) -> UUID:
    call = await ended_call(session, lead, "talked", when, card={"name": "王"}, connected_at=when)
    await save(session, call, "declined", when, note="要问女儿")
    return call.id


async def _held(session: Session, call_id: UUID) -> tuple[bool, bool, bool, bool]:
    """Whether the call still has its card, its note, its result's note, its number."""
    statement = (
        f"SELECT c.card <> '{{}}', c.note <> '', r.note <> '', c.to_number <> '{NOBODY}'"
        " FROM calls c JOIN call_results r ON r.call_id = c.id WHERE c.id = :id"
    )
    return tuple((await session.execute(text(statement), {"id": call_id})).one())  # type: ignore[return-value]


async def test_each_kind_goes_at_its_own_age(database: Database) -> None:
    second = timedelta(seconds=1)
    ages = [  # (age, what is still held after the night: card, note, result's note, number)
        (timedelta(days=180), (True, True, True, True)),
        (timedelta(days=180) + second, (False, True, True, True)),
        (timedelta(days=1095), (False, True, True, True)),
        (timedelta(days=1095) + second, (False, False, False, True)),
        (timedelta(days=1826), (False, False, False, True)),
        (timedelta(days=1826) + second, (False, False, False, False)),
    ]
    async with database.transaction() as session:
        await dispositions.seed_defaults(session)
        campaign = await make_campaign(session)
        calls = [(await _call(session, await make_lead(session, campaign), NOW - age), left) for age, left in ages]
    gone = await service.run(database, NOW, [])
    assert gone == {Kind.CARDS: 5, Kind.NOTES: 3, Kind.CALL_NUMBERS: 1, Kind.CUSTOMERS: 0}
    async with database.transaction() as session:
        for call_id, left in calls:
            assert await _held(session, call_id) == left
        rows = (await session.execute(select(RetentionRun))).scalars().all()
        assert {row.kind: (row.gone, row.more) for row in rows} == {
            "cards": (5, False),
            "notes": (3, False),
            "call_numbers": (1, False),
        }
        kept = await session.execute(text("SELECT count(*) FROM audit_records WHERE action = 'personal_data_expired'"))
        assert kept.scalar_one() == 3
    again = await service.run(database, NOW + second, [])
    assert again == {Kind.CARDS: 1, Kind.NOTES: 1, Kind.CALL_NUMBERS: 1, Kind.CUSTOMERS: 0}


async def test_people_without_any_contact_are_erased_and_others_are_not(database: Database) -> None:
    async with database.transaction() as session:
        await dispositions.seed_defaults(session)
        old: dict[str, Any] = {"updated_at": LONG_AGO, "name": "某人"}
        people = {
            "forgotten": await make_customer(session, **old),
            "updated": await make_customer(session, **old | {"updated_at": NOW - timedelta(days=1095)}),
            "bought": await make_customer(session, **old, last_purchase_on=date(2025, 1, 1)),
            "to be called": await make_customer(session, **old),
            "called": await make_customer(session, **old),
        }
        campaign = await make_campaign(session)
        await make_lead(session, campaign, customer=people["to be called"])
        lead = await make_lead(session, campaign, customer=people["called"])
        await _call(session, lead, NOW - timedelta(days=100))
        # Their leads were made with letters of last week: only the calls shall speak here.
        await session.execute(text("UPDATE mailing_recipients SET posted_on = '2020-01-01'"))
        await session.execute(
            text("UPDATE leads SET state = 'closed', closed_reason = 'expired', closed_at = :now WHERE id = :id"),
            {"now": NOW, "id": lead.id},
        )
    gone = await service.run(database, NOW, find_holders())
    assert gone[Kind.CUSTOMERS] == 1
    async with database.transaction() as session:
        names = {}
        for who, person in people.items():
            names[who] = (await session.get_one(Customer, person.id)).name
        assert names == {who: "" if who == "forgotten" else "某人" for who in people}
        kept = await session.execute(text("SELECT thing_id FROM audit_records WHERE action = 'customer_data_expired'"))
        assert kept.scalars().all() == [str(people["forgotten"].id)]


async def test_terms_over_rest(database: Database, clock: ManualClock) -> None:
    app = app_of(database, clock, routers=find_routers())
    async with await signed_in(app, Role.ADMINISTRATOR) as web:
        rows = (await web.get("/api/retention")).json()["rows"]
        assert [row["kind"] for row in rows] == ["cards", "notes", "call_numbers", "customers"]
        refused = await web.put("/api/retention/call_numbers", json={"days": 1825, "version": 1})
        assert (refused.status_code, refused.json()["field"]) == (422, "days")
        done = await web.put("/api/retention/cards", json={"days": 30, "active": False, "version": 1})
        assert (done.json()["days"], done.json()["active"], done.json()["version"]) == (30, False, 2)
        assert (await web.put("/api/retention/cards", json={"days": 31, "version": 1})).status_code == 409
    async with await signed_in(app, Role.MARKETING) as web:
        assert (await web.get("/api/retention")).status_code == 403
