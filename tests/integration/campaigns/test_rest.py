"""The way from a brochure to a campaign over REST, as the console goes it; and who may go it."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from fastapi import FastAPI

from callcenter.bootstrap import find_routers
from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database
from callcenter.people.models import Role
from campaigns.dispositions import service as dispositions
from campaigns.scripts import service as scripts
from tests.clients import app_of, signed_in
from tests.factories import make_customer
from tests.integration.campaigns.desk import NOW


@pytest.fixture
async def app(database: Database, clock: ManualClock) -> FastAPI:
    async with database.transaction() as session:
        await dispositions.seed_defaults(session)
        await scripts.seed_defaults(session, NOW)
        for n in range(5):
            await make_customer(session, address=f"=路{n}号", postcode="266000")
        await make_customer(session, address="路", consent="refused")
    return app_of(database, clock, routers=find_routers())


async def _json(response: Any, status: int = 200) -> Any:
    assert response.status_code == status, response.text
    return response.json()


async def test_from_a_brochure_to_an_open_campaign(app: FastAPI) -> None:
    async with await signed_in(app, Role.MARKETING) as web:
        items = [{"sku": "HK-030", "name": "礼盒", "price_fen": 39_800}]
        brochure = await _json(
            await web.post("/api/brochures", json={"code": "S1", "title": "手册", "items": items}), 201
        )
        again = await _json(await web.post("/api/brochures", json={"code": "S1", "title": "手册", "items": items}), 201)
        assert (brochure["edition"], again["edition"]) == (1, 2)
        count = await _json(await web.post("/api/segments/count", json={"consent": ["given"]}))
        assert (count["customers"], count["callable_after"]) == (5, 5)
        segment = await _json(
            await web.post("/api/segments", json={"name": "同意", "filters": {"consent": ["given"]}}), 201
        )
        wave = {"name": "三月", "brochure_id": brochure["id"], "segment_id": segment["id"], "made_on": "2026-02-20"}
        mailing = await _json(await web.post("/api/mailings", json=wave), 201)
        assert (mailing["recipients"], mailing["posted"]) == (5, 0)

        file = await web.get(f"/api/mailings/{mailing['id']}/address-file", params={"format": "csv"})
        rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
        assert rows[0][2] == "收件人"
        assert rows[1][6].startswith("'=")  # no spreadsheet runs it
        book = await web.get(f"/api/mailings/{mailing['id']}/address-file", params={"format": "xlsx"})
        assert book.content[:2] == b"PK"

        future = await web.post(f"/api/mailings/{mailing['id']}/posted", json={"posted_on": "2026-03-10"})
        problem = await _json(future, 422)
        assert problem["field"] == "posted_on"
        assert "2026-03-10" in problem["detail"]
        posted = await web.post(f"/api/mailings/{mailing['id']}/posted", json={"posted_on": "2026-03-02"})
        assert (await _json(posted))["posted"] == 5

        script = (await _json(await web.get("/api/scripts")))["rows"][0]
        body = {"name": "推广", "mailing_id": mailing["id"], "from_number": "+864006187000", "script_id": script["id"]}
        for rules, field in (({"windows": []}, "rules.windows"), ({"windows": [["11:00", "10:00"]]}, "rules.windows")):
            refused = await _json(await web.post("/api/campaigns", json=body | {"rules": rules}), 422)
            assert refused["field"] == field
        draft = await _json(await web.post("/api/campaigns", json=body), 201)
        assert draft["rules"]["days_to"] == 14
        refused = await _json(await web.post(f"/api/campaigns/{draft['id']}/open"), 422)
        assert refused["field"] == "abandoned_message"
        change = {"version": draft["version"], "abandoned_message": "康元公司 400-618-7000"}
        changed = await _json(await web.patch(f"/api/campaigns/{draft['id']}", json=change))
        assert (await web.patch(f"/api/campaigns/{draft['id']}", json=change)).status_code == 409
        # Before it opens: whom it would call on which day, and whether the agents planned suffice.
        before = await _json(await web.get(f"/api/campaigns/{draft['id']}/calendar"))
        assert [day["callable"] for day in before["days"]] == [5] * 8
        foreseen = await _json(await web.get(f"/api/campaigns/{draft['id']}/forecast", params={"agents": 1}))
        assert (foreseen["uncalled"], foreseen["lost"]) == (5, 0)
        opened = await _json(await web.post(f"/api/campaigns/{draft['id']}/open"))
        assert (opened["state"], opened["leads"], opened["version"]) == ("open", 5, changed["version"] + 1)

        leads = await _json(await web.get(f"/api/campaigns/{draft['id']}/leads"))
        assert leads["total"] == 5
        assert "****" in leads["rows"][0]["masked_phone"]
        why = await _json(await web.get(f"/api/leads/{leads['rows'][0]['id']}/why"))
        assert (why["allowed"], why["reason"], why["zh"]) == (True, "allowed", "现在可以呼叫（邮寄后第 7 天）。")
        funnel = await _json(await web.get(f"/api/campaigns/{draft['id']}/funnel"))
        assert (funnel["open"], funnel["total"]) == ({"allowed": 5}, 5)
        calendar = await _json(await web.get(f"/api/campaigns/{draft['id']}/calendar"))
        assert [day["callable"] for day in calendar["days"]] == [5] * 8
        paused = await _json(await web.post(f"/api/campaigns/{draft['id']}/pause"))
        assert paused["state"] == "paused"

    async with await signed_in(app, Role.AGENT) as web:
        place = await _json(await web.get(f"/api/campaigns/{draft['id']}/workplace"))
        assert place["items"][0]["price_fen"] == 39_800
        assert [stage["stage"] for stage in place["script"]["stages"]] == ["felt_need", "rational_need", "trust"]
        assert {"order", "callback", "do_not_call"} <= {one["code"] for one in place["dispositions"]}
        assert place["windows"][0] == ["10:00", "11:00"]
        assert [row["id"] for row in (await _json(await web.get("/api/campaigns")))["rows"]] == [draft["id"]]
        for path in (f"/api/campaigns/{draft['id']}/leads", "/api/mailings", "/api/segments"):
            assert (await web.get(path)).status_code == 403
        assert (await web.post(f"/api/campaigns/{draft['id']}/open")).status_code == 403
        assert (await _json(await web.get("/api/follow-ups")))["total"] == 0
        assert (await _json(await web.get("/api/orders")))["total"] == 0


async def test_results_can_be_edited_but_not_into_nonsense(app: FastAPI) -> None:
    async with await signed_in(app, Role.SUPERVISOR) as web:
        flags = {"name_zh": "送资料", "name_en": "Send material", "retry_after_s": 86_400}
        made = await _json(await web.post("/api/dispositions", json={"code": "send_material"} | flags), 201)
        assert made["right_party"] is True
        for bad, field in (
            ({"sale": True, "refusal": True, "do_not_call": True}, "sale"),
            ({"refusal": True}, "do_not_call"),
            ({"person": False}, "right_party"),
            ({"callback": True, "closes_lead": "not_interested"}, "closes_lead"),
        ):
            refused = await _json(await web.put("/api/dispositions/send_material", json=flags | bad), 422)
            assert refused["field"] == field
        changed = await web.put("/api/dispositions/send_material", json=flags | {"active": False})
        assert (await _json(changed))["active"] is False
        codes = [row["code"] for row in (await _json(await web.get("/api/dispositions")))["rows"]]
        assert "send_material" not in codes


async def test_a_script_that_promises_a_cure_is_refused(app: FastAPI) -> None:
    async with await signed_in(app, Role.MARKETING) as web:
        first = (await _json(await web.get("/api/scripts")))["rows"][0]
        whole = await _json(await web.get(f"/api/scripts/{first['id']}"))
        body = {"name": whole["name"], "content": whole["content"] | {"closing": "吃了就能治愈。"}}
        refused = await _json(await web.post("/api/scripts", json=body), 422)
        assert "治愈" in refused["detail"]
        body["content"]["closing"] = "谢谢您。"
        second = await _json(await web.post("/api/scripts", json=body), 201)
        assert second["version"] == 2
        assert (await _json(await web.get(f"/api/scripts/{first['id']}")))["content"] == whole["content"]
