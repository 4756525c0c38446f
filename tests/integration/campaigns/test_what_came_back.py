"""Letters that came back, reply slips and orders by telephone: found by name or number, and nobody is pitched after."""

from __future__ import annotations

from datetime import date

from fastapi import FastAPI
from sqlalchemy import text

from callcenter.bootstrap import connect, find_routers
from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database
from callcenter.people.models import Role
from campaigns.dispositions import service as dispositions
from campaigns.leads.models import Lead
from campaigns.mailings import service as mailings
from tests.clients import app_of, signed_in
from tests.factories import make_campaign, make_customer, make_lead


async def test_what_came_back_is_noted_and_ordered(database: Database, clock: ManualClock) -> None:
    connect()
    app: FastAPI = app_of(database, clock, routers=find_routers())
    async with database.transaction() as session:
        await dispositions.seed_defaults(session)
        campaign = await make_campaign(session)
        leads = []
        for name, phone in (("王建国", "+8613912345670"), ("李100%", "+8613812345671"), ("赵敏", "+8613712345672")):
            leads.append(await make_lead(session, campaign, await make_customer(session, name=name, phone=phone)))
        [item] = await mailings.items_of(session, campaign.mailing_id)
    wang, _, zhao = leads
    path = f"/api/mailings/{campaign.mailing_id}"
    async with await signed_in(app, Role.MARKETING) as web:

        async def names(**query: str) -> set[str]:
            found = (await web.get(f"{path}/recipients", params=query)).json()
            assert found["total"] == len(found["rows"])
            return {row["name"] for row in found["rows"]}

        assert await names() == {"王建国", "李100%", "赵敏"}
        assert await names(search="%") == {"李100%"}
        assert await names(search="5672") == {"赵敏"}
        assert await names(search="672") == set()

        assert (
            await web.post(f"{path}/returned", json={"customer_id": str(zhao.customer_id), "on": "2026-03-09"})
        ).status_code == 200
        order = {
            "customer_id": str(wang.customer_id),
            "source": "reply_slip",
            "lines": [{"item_id": str(item.id), "quantity": 2}],
            "recipient": "王建国",
            "address": "山东省青岛市香港中路 1 号",
            "payment": "cash_on_delivery",
        }
        foreign = order | {"lines": [{"item_id": str(campaign.id), "quantity": 1}]}
        assert (await web.post(f"{path}/replies", json=foreign)).json()["field"] == "lines.item_id"
        taken = await web.post(f"{path}/replies", json=order)
        assert taken.status_code == 201, taken.text
        assert taken.json()["total_fen"] == 2 * item.price_fen
        assert [await names(came=came) for came in ("replied", "returned", "nothing")] == [
            {"王建国"},
            {"赵敏"},
            {"李100%"},
        ]
    async with database.transaction() as session:
        ends = [(await session.get_one(Lead, lead.id)).closed_reason for lead in leads]
        assert ends == ["ordered_direct", None, "returned_mail"]
        source, channel, on = (
            await session.execute(
                text(
                    "SELECT o.source, o.channel_id, r.replied_on FROM sales_orders o"
                    " JOIN mailing_recipients r ON r.customer_id = o.customer_id"
                )
            )
        ).one()
        assert (source, channel, on) == ("reply_slip", campaign.mailing_id, date(2026, 3, 9))
    async with await signed_in(app, Role.AGENT) as web:
        assert (await web.post(f"{path}/replies", json=order)).status_code == 403


async def test_the_default_table_of_results_can_be_gone_back_to(database: Database, clock: ManualClock) -> None:
    app = app_of(database, clock, routers=find_routers())
    async with database.transaction() as session:
        await dispositions.seed_defaults(session)
    async with await signed_in(app, Role.MARKETING) as web:
        usual = (await web.get("/api/dispositions/defaults")).json()["rows"]
        assert (await web.get("/api/dispositions")).json()["rows"] == usual
        mine = {name: value for name, value in usual[4].items() if name != "code"} | {"retry_after_s": 86_400}
        assert (await web.put(f"/api/dispositions/{usual[4]['code']}", json=mine)).status_code == 200
    async with database.transaction() as session:
        detail = (
            await session.execute(text("SELECT detail FROM audit_records WHERE action = 'disposition_changed'"))
        ).scalar_one()
    assert detail == {"retry_after_s": [usual[4]["retry_after_s"], 86_400]}
