"""Receivables through HTTP: from the invoice to the money, with each duty signing in."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import httpx
import openpyxl

from callcenter.kit.db import Database
from tests.integration.backoffice import ledgers
from tests.integration.backoffice.conftest import Desk, Staff

BASE = "/api/backoffice"


async def test_from_the_invoice_to_the_money(database: Database, desk: Desk, hired: Staff) -> None:
    async with database.transaction() as session:
        account = await ledgers.account(session, company="青岛海风商贸有限公司")
    sup, fin, cash = await desk(hired.sup), await desk(hired.fin), await desk(hired.cash)
    body = {
        "customer_id": str(account.id),
        "invoice_on": "2026-03-09",
        "lines": [{"name": "礼盒", "quantity": 100, "price_fen": 50_000}],
        "dues": [{"due_on": "2026-03-20", "amount_fen": 3_000_000}, {"due_on": "2026-04-20", "amount_fen": 2_000_000}],
    }
    wrong = await sup.post(f"{BASE}/invoices", json=body | {"dues": body["dues"][:1]})  # type: ignore[index]
    assert (wrong.status_code, wrong.json()["field"]) == (422, "dues")
    draft = (await sup.post(f"{BASE}/invoices", json=body)).json()
    assert (draft["number"], draft["status"], draft["commands"]) == (None, "draft", [])
    at = f"{BASE}/invoices/{draft['id']}"
    assert (await sup.post(f"{at}/issue", json={"version": 1})).json()["code"] == "not_your_duty"
    issued = (await fin.post(f"{at}/issue", json={"version": 1})).json()
    assert (issued["number"], issued["status"], issued["outstanding_fen"]) == ("INV-2026-000001", "issued", 5_000_000)
    money = {
        "customer_id": str(account.id),
        "amount_fen": 3_500_000,
        "received_on": "2026-03-09",
        "method": "transfer",
        "payer_name": "青岛海风商贸有限公司",
    }
    assert (await fin.post(f"{BASE}/receipts", json=money)).status_code == 403
    receipt = (await cash.post(f"{BASE}/receipts", json=money)).json()
    rc = f"{BASE}/receipts/{receipt['id']}"
    confirmed = (await fin.post(f"{rc}/confirm", json={"version": 1})).json()
    assert confirmed["balance_fen"] == 3_500_000
    too_much = await fin.post(f"{rc}/allocate", json={"version": 2, "invoice_id": draft["id"], "amount_fen": 3_500_001})
    assert (too_much.status_code, too_much.json()["code"]) == (409, "m4-1")
    done = (await fin.post(f"{rc}/set-off", json={"version": 2})).json()
    assert (done["balance_fen"], done["allocations"][0]["amount_fen"]) == (0, 3_500_000)
    late = await fin.post(f"{rc}/set-off", json={"version": 2})
    assert (late.json()["code"], late.json()["changed"][0]["act"]) == ("stale", "allocated")
    seen = (await fin.get(at)).json()
    assert [(part["due_on"], part["open_fen"]) for part in seen["schedule"]] == [
        ("2026-03-20", 0),
        ("2026-04-20", 1_500_000),
    ]
    assert (seen["status"], seen["due_on"], seen["collection_class"]) == ("partly_paid", "2026-04-20", "not_due")
    assert [line["act"] for line in seen["timeline"]] == ["made", "issue", "allocated"]
    balance = (await fin.get(f"{BASE}/customers/{account.id}/balance")).json()
    assert balance["balance_fen"] == 1_500_000
    listed = (await sup.get(f"{BASE}/invoices", params={"filter": "status:partly_paid"})).json()
    assert (listed["total"], listed["totals"]["outstanding_fen"]) == (1, 1_500_000)
    ageing = (await sup.get(f"{BASE}/reports/ageing")).json()
    assert ageing["rows"][0]["not_due_fen"] == ageing["totals"]["total_fen"] == 1_500_000
    sheet = openpyxl.load_workbook(io.BytesIO((await sup.get(f"{BASE}/invoices/export")).content)).active
    assert sheet is not None
    heading = [cell.value for cell in sheet[1]]
    assert sheet.cell(2, heading.index("未付") + 1).value == 15_000
    assert sheet.cell(3, heading.index("未付") + 1).value == 15_000  # the sum below


async def test_every_list_answers_and_exports(desk: Desk, hired: Staff) -> None:
    client = await desk(hired.fin)
    spec = (await client.get("/openapi.json")).json()
    lists = [path for path in spec["paths"] if path.startswith(BASE) and path.endswith("/export")]
    assert len(lists) >= 12
    for path in lists:
        page = await client.get(path.removesuffix("/export"))
        assert page.status_code == 200, (path, page.text)
        assert page.json()["total"] == 0 or page.json()["rows"]
        file = await client.get(path, headers={"accept-language": "en"})
        assert file.status_code == 200, (path, file.text)
        assert openpyxl.load_workbook(io.BytesIO(file.content)).active is not None


async def test_what_chases_a_debt_offers_its_commands_and_tells_its_story(
    database: Database, desk: Desk, hired: Staff
) -> None:
    """Dunning letter, request for more time, task, credit note: each a document of its own."""
    async with database.transaction() as session:
        account = await ledgers.account(session, company="青岛海风商贸有限公司")
        late = await ledgers.invoice(session, hired, account.id, 100_000, date(2026, 1, 5), due=date(2026, 1, 20))
    fin, rep, sm = await desk(hired.fin), await desk(hired.rep), await desk(hired.sm)

    async def post(client: httpx.AsyncClient, path: str, **body: object) -> dict[str, Any]:
        answer = await client.post(f"{BASE}/{path}", json=body)
        assert answer.status_code in (200, 201), answer.text
        return dict(answer.json())

    assert (await post(fin, "dunnings/run"))["made"] == 1
    row = (await rep.get(f"{BASE}/dunnings")).json()["rows"][0]
    letter = (await rep.get(f"{BASE}/dunnings/{row['id']}")).json()
    assert letter["commands"] == ["send"]
    assert [(x["invoice_number"], x["overdue_fen"], x["outstanding_fen"]) for x in letter["lines"]] == [
        (late.number, 100_000, 100_000)
    ]
    sent = await post(rep, f"dunnings/{row['id']}/send", version=1, channel="电话")
    assert (sent["commands"], [x["act"] for x in sent["timeline"]]) == (["answer", "escalate"], ["made", "send"])
    promised = {"promised_on": "2026-03-20", "promised_fen": 100_000}
    said = await post(rep, f"dunnings/{row['id']}/answer", version=2, note="月底付", **promised)
    assert (said["promise"], said["timeline"][-1]["note"]) == ("open", "月底付")

    asked = await post(
        rep, "extensions", invoice_id=str(late.id), new_due_on="2026-03-20", reason="资金周转", findings="订单充足"
    )
    assert (asked["commands"], asked["findings"], [x["act"] for x in asked["timeline"]]) == (
        ["submit"], "订单充足", ["made"],
    )  # fmt: skip

    await post(fin, "collection-tasks/run")
    task = (await rep.get(f"{BASE}/collection-tasks", params={"filter": "state:open"})).json()["rows"][0]
    assert (await rep.get(f"{BASE}/collection-tasks/{task['id']}")).json()["commands"] == ["answer"]
    answered = await post(rep, f"collection-tasks/{task['id']}/answer", version=1, reason="等客户回款", measure="上门")
    assert (answered["invoice_number"], [x["act"] for x in answered["timeline"]]) == (late.number, ["answer"])
    assert (await sm.get(f"{BASE}/collection-tasks/{task['id']}")).json()["commands"] == ["answer", "finish"]

    note = await post(
        fin, "credit-notes", customer_id=str(account.id), kind="difference", amount_fen=10_000,
        reason="短少", invoice_id=str(late.id),
    )  # fmt: skip
    assert (note["commands"], [x["act"] for x in note["timeline"]]) == (["cancel", "issue"], ["made"])

    listed = (await fin.get(f"{BASE}/accounts")).json()
    one = (await fin.get(f"{BASE}/accounts/{account.id}")).json()
    row = next(row for row in listed["rows"] if row["id"] == str(account.id))
    names = ("outstanding_fen", "overdue_fen", "balance_fen", "limit_in_force_fen")
    assert [row[name] for name in names] == [one[name] for name in names] == [100_000, 100_000, 0, 0]
    assert listed["totals"]["overdue_fen"] == 100_000
