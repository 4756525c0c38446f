"""Receivables through HTTP: from the invoice to the money, with each duty signing in."""

from __future__ import annotations

import io

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
