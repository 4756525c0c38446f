"""The shared rooms through HTTP: duties, settings, calendar, documents, approvals, lists and their spreadsheets."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from backoffice.approvals import service as approvals
from backoffice.approvals.service import Ask
from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database
from callcenter.people.models import Role
from tests.integration.backoffice.conftest import Desk, Staff, make_actor

BASE = "/api/backoffice"


async def test_agents_have_no_business_here(database: Database, desk: Desk) -> None:
    async with database.transaction() as session:
        agent = await make_actor(session, sign_in=Role.AGENT)
    answer = await (await desk(agent)).get(f"{BASE}/roles")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


async def test_an_administrator_hands_out_duties_and_signs_nothing(
    database: Database, desk: Desk, hired: Staff
) -> None:
    async with database.transaction() as session:
        boss = await make_actor(session, sign_in=Role.ADMINISTRATOR)
    client = await desk(boss)
    changed = await client.put(f"{BASE}/roles/{hired.rep.user_id}", json={"roles": ["REP", "SUP"]})
    assert changed.json()["roles"] == ["REP", "SUP"]
    mine = await (await desk(hired.rep)).get(f"{BASE}/roles/mine")
    assert mine.json()["roles"] == ["REP", "SUP"]
    assert (
        await (await desk(hired.rep)).put(f"{BASE}/roles/{hired.rep.user_id}", json={"roles": ["GM"]})
    ).status_code == 403
    made = await client.post(f"{BASE}/documents", json={"title": "回款管理办法"})
    assert (made.status_code, made.json()["code"]) == (403, "not_your_duty")


async def test_settings_show_their_source_and_refuse_nonsense(database: Database, desk: Desk, hired: Staff) -> None:
    async with database.transaction() as session:
        boss = await make_actor(session, sign_in=Role.ADMINISTRATOR)
    client = await desk(boss)
    row = next(r for r in (await client.get(f"{BASE}/settings")).json() if r["name"] == "day_counting")
    assert (row["value"], row["source"]) == ("calendar", "D")
    bad = await client.put(f"{BASE}/settings/company/day_counting", json={"value": "lunar"})
    assert (bad.status_code, bad.json()["field"]) == (422, "day_counting")
    good = await client.put(f"{BASE}/settings/company/day_counting", json={"value": "working"})
    assert good.json()["value"] == "working"
    back = await client.put(f"{BASE}/settings/company/day_counting", json={"value": None})
    assert back.json()["value"] == "calendar"
    assert (await client.put(f"{BASE}/settings/company/nothing", json={"value": 1})).status_code == 404
    assert (await (await desk(hired.fin)).put(f"{BASE}/settings/company/day_counting", json={})).status_code == 403


async def test_the_calendar_keeps_what_differs(database: Database, desk: Desk) -> None:
    async with database.transaction() as session:
        boss = await make_actor(session, sign_in=Role.ADMINISTRATOR)
    client = await desk(boss)
    day = f"{BASE}/calendar/2026-10-01"
    assert (await client.put(day, json={"working": False, "note": "国庆节"})).status_code == 204
    assert (await client.get(f"{BASE}/calendar/2026")).json() == [
        {"day": "2026-10-01", "working": False, "note": "国庆节"}
    ]
    await client.put(day, json={"working": None})
    assert (await client.get(f"{BASE}/calendar/2026")).json() == []


async def test_a_controlled_document_from_draft_to_its_second_revision(
    database: Database, desk: Desk, hired: Staff
) -> None:
    maker, checker, boss = await desk(hired.sup), await desk(hired.sm), await desk(hired.gm)
    head = {
        "title": "销售回款管理流程",
        "body": "第一版",
        "executing_department": "销售部",
        "supervising_department": "财务部",
        "verifying_department": "总经办",
    }
    made = (await maker.post(f"{BASE}/documents", json=head)).json()
    assert (made["number"], made["revision"], made["state"]) == ("DOC-2026-000001", 0, "draft")
    at = f"{BASE}/documents/{made['id']}"

    async def act(client: Any, command: str, version: int, **more: Any) -> Any:
        return (await client.post(f"{at}/{command}", json={"version": version} | more)).json()

    assert (await act(maker, "check", 1))["code"] == "same_hands"
    checked = await act(checker, "check", 1)
    assert (checked["state"], checked["checked_on"]) == ("checked", "2026-03-09")
    assert (await act(checker, "approve", 2))["code"] == "same_hands"
    stale = await act(boss, "approve", 1)
    assert (stale["code"], stale["changed"][0]["act"], stale["current"]) == ("stale", "check", 2)
    in_force = await act(boss, "approve", 2)
    assert (in_force["state"], in_force["approved_on"]) == ("in_force", "2026-03-09")
    assert (await act(maker, "revise", 3))["field"] == "note"
    draft = await act(maker, "revise", 3, note="增加银行承兑汇票")
    assert (draft["state"], draft["revision"], draft["approved_on"]) == ("draft", 1, None)
    edited = await act(maker, "edit", 4, **(head | {"body": "第二版"}))
    assert edited["body"] == "第二版"
    await act(checker, "check", 5)
    final = await act(boss, "approve", 6)
    assert [(r["revision"], r["body"], r["what_changed"]) for r in final["revisions"]] == [
        (0, "第一版", "增加银行承兑汇票"),
        (1, "第二版", ""),
    ]
    assert [line["act"] for line in final["timeline"]] == [
        "made", "check", "approve", "revise", "edit", "check", "approve",
    ]  # fmt: skip
    for statement in (
        "DELETE FROM document_revisions",
        "UPDATE document_revisions SET body = '别的'",
        "UPDATE document_revisions SET what_changed = '别的' WHERE revision = 0",
    ):
        with pytest.raises(IntegrityError, match="never changed or removed"):
            async with database.transaction() as session:
                await session.execute(text(statement))


async def test_a_list_filters_sorts_pages_sums_and_exports(desk: Desk, hired: Staff) -> None:
    client = await desk(hired.sup)
    for title in ("=危险公式", "乙", "丙"):
        await client.post(f"{BASE}/documents", json={"title": title})
    page = (await client.get(f"{BASE}/documents", params={"sort": "number", "limit": 2})).json()
    assert (page["total"], [row["title"] for row in page["rows"]]) == (3, ["=危险公式", "乙"])
    found = (await client.get(f"{BASE}/documents", params={"q": "丙", "filter": "state:draft"})).json()
    assert [row["number"] for row in found["rows"]] == ["DOC-2026-000003"]
    none = (await client.get(f"{BASE}/documents", params={"filter": "state:in_force"})).json()
    assert none["total"] == 0
    assert (await client.get(f"{BASE}/documents", params={"from": "2026-03-10"})).json()["total"] == 0
    for wrong in ({"filter": "colour:red"}, {"sort": "colour"}, {"colour": "red"}, {"limit": 1000}):
        assert (await client.get(f"{BASE}/documents", params=wrong)).status_code == 422, wrong
    file = await client.get(f"{BASE}/documents/export", params={"sort": "number"}, headers={"accept-language": "zh"})
    sheet = openpyxl.load_workbook(io.BytesIO(file.content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]][:4] == ["编号", "标题", "版本", "状态"]
    assert (sheet["B2"].value, sheet["B2"].data_type, sheet["D2"].value) == ("=危险公式", "s", "草稿")


async def test_the_inbox_shows_what_is_mine_to_decide(
    database: Database, desk: Desk, hired: Staff, clock: ManualClock, heard_committed: list[str]
) -> None:
    async with database.transaction() as session:
        approval = await approvals.submit(
            session, clock.now(), hired.rep, Ask("test", "approval", uuid4(), "测试", 100_001, {})
        )
    inbox = f"{BASE}/approvals/inbox"
    sm, fin, rep = await desk(hired.sm), await desk(hired.fin), await desk(hired.rep)
    assert [a["id"] for a in (await sm.get(inbox)).json()] == [str(approval.id)]
    assert (await rep.get(inbox)).json() == (await fin.get(inbox)).json() == []
    agreed = await sm.post(f"{BASE}/approvals/{approval.id}/agree", json={"version": 1, "note": "同意"})
    assert agreed.json()["step"] == 2
    assert len((await fin.get(inbox)).json()) == 1
    listed = (await rep.get(f"{BASE}/approvals", params={"filter": "state:pending"})).json()
    assert (listed["total"], listed["totals"]) == (1, {"amount_fen": 100_001})
    refused = await fin.post(f"{BASE}/approvals/{approval.id}/reject", json={"version": 2})
    assert (refused.status_code, refused.json()["field"]) == (422, "note")


async def test_rules_of_approval_are_set_by_administrators(
    database: Database, desk: Desk, heard_committed: list[str]
) -> None:
    async with database.transaction() as session:
        boss = await make_actor(session, sign_in=Role.ADMINISTRATOR)
    client = await desk(boss)
    at = f"{BASE}/approvals/kinds/test"
    bands = [{"over_fen": -1, "up_to_fen": 100, "steps": [["SM"]]}, {"over_fen": 100, "steps": [["SM"], ["GM"]]}]
    assert (await client.put(at, json=bands)).json()[1]["steps"] == [["SM"], ["GM"]]
    bands[0]["up_to_fen"] = 101
    assert (await client.put(at, json=bands)).status_code == 422
    assert (await client.put(at, json=[{"steps": [[]]}])).status_code == 422
    assert (await client.put(f"{BASE}/approvals/kinds/none", json=[])).status_code == 404
