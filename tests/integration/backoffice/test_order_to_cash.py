"""From a phone order to the cash through HTTP, each duty signing in; and the nightly jobs."""

from __future__ import annotations

from datetime import date
from typing import Any

from backoffice import defaults, jobs
from backoffice.approvals.outcomes import KINDS
from backoffice.orders.models import PaymentMode
from callcenter.kit.db import Database, Session
from tests.integration.backoffice import ledgers
from tests.integration.backoffice.conftest import Desk, Staff
from tests.integration.backoffice.ledgers import at
from tests.integration.backoffice.orders import make_order

BASE = "/api/backoffice"


async def test_from_a_phone_order_to_closed_at_nothing(database: Database, desk: Desk, hired: Staff) -> None:
    async with database.transaction() as session:
        account = await ledgers.account(session, company="青岛海风商贸有限公司", region="山东")
        order = await make_order(
            session, account.id, [("A01", 100, 50_000)], source="call", payment=PaymentMode.PREPAID.value
        )
    sup, sm, fin = await desk(hired.sup), await desk(hired.sm), await desk(hired.fin)
    wh, cash, fin2 = await desk(hired.wh), await desk(hired.cash), await desk(hired.fin2)

    async def post(client: Any, path: str, **body: Any) -> Any:
        answer = await client.post(f"{BASE}/{path}", json=body)
        assert answer.status_code in (200, 201), (path, answer.text)
        return answer.json()

    # Sales support confirms; no money has come, so the order is held, and the page says why.
    held = await post(sup, f"orders/{order.id}/confirm", version=1)
    assert (held["status"], held["state"]) == ("on_hold", "submitted")
    assert [(h["kind"], h["short_fen"], h["status"]) for h in held["holds"]] == [("cash", 5_000_000, "held")]
    # The cashier records the transfer, finance sees it in the bank.
    money = await post(
        cash, "receipts", customer_id=str(account.id), amount_fen=5_000_000, received_on="2026-03-09",
        method="transfer", payer_name="青岛海风商贸有限公司", purpose="prepayment", order_id=str(order.id),
    )  # fmt: skip
    await post(fin, f"receipts/{money['id']}/confirm", version=1)
    confirmed = await post(sup, f"orders/{order.id}/confirm", version=held["version"], promised_on="2026-03-12")
    assert (confirmed["status"], confirmed["holds"][0]["status"]) == ("to_deliver_and_bill", "lifted")
    line = confirmed["lines"][0]["line_id"]
    # Three hands: asked for, cleared, picked.
    goods = await post(
        sup, "deliveries", order_id=str(order.id), wanted_on="2026-03-10",
        lines=[{"order_line_id": line, "quantity": 100}],
    )  # fmt: skip
    at_delivery = f"deliveries/{goods['id']}"
    assert (goods["value_fen"], goods["region"]) == (5_000_000, "山东")
    await post(sm, f"{at_delivery}/approve", version=1)
    cleared = await post(fin2, f"{at_delivery}/clear", version=2)
    assert cleared["state"] == "finance_cleared"
    await post(wh, f"{at_delivery}/pick", version=3)
    lots = [{"order_line_id": line, "lot": "L2026-03", "quantity": 100}]
    await post(wh, f"{at_delivery}/ship", version=4, carrier="顺丰", waybill="SF1", lots=lots)
    signed = await post(
        sup, f"{at_delivery}/sign", version=5, signer="李四", lines=[{"order_line_id": line, "accepted": 100}]
    )
    assert (signed["state"], signed["on_time_in_full"]) == ("signed", True)
    # The signature drafted the invoice; finance issues it and sets the advance off.
    drafts = (await fin.get(f"{BASE}/invoices", params={"filter": f"order_id:{order.id}"})).json()
    invoice = drafts["rows"][0]
    assert (invoice["status"], invoice["total_fen"]) == ("draft", 5_000_000)
    await post(fin, f"invoices/{invoice['id']}/issue", version=invoice["version"])
    receipt = (await fin.get(f"{BASE}/receipts/{money['id']}")).json()
    settled = await post(fin, f"receipts/{money['id']}/set-off", version=receipt["version"])
    assert settled["balance_fen"] == 0
    await post(fin, f"{at_delivery}/close", version=signed["version"])
    done = (await sup.get(f"{BASE}/orders/{order.id}")).json()
    assert (done["status"], done["open_fen"], done["invoiced_percent"]) == ("completed", 0, 100)
    paid = (await fin.get(f"{BASE}/invoices/{invoice['id']}")).json()
    assert (paid["status"], paid["outstanding_fen"]) == ("paid", 0)
    balance = (await fin.get(f"{BASE}/customers/{account.id}/balance")).json()
    assert balance["balance_fen"] == 0
    # The order's page tells the whole story, of all papers, in order.
    assert [(entry["thing"], entry["act"]) for entry in done["timeline"]] == [
        ("order", "held"), ("receipt", "recorded"), ("receipt", "confirm"), ("order", "confirm"),
        ("delivery", "made"), ("order", "delivery_requested"), ("delivery", "approve"), ("delivery", "clear"),
        ("delivery", "pick"), ("delivery", "ship"), ("delivery", "sign"), ("invoice", "made"), ("invoice", "issue"),
        ("invoice", "settled_in_full"), ("receipt", "allocated"), ("delivery", "close"),
    ]  # fmt: skip
    assert {entry["number"] for entry in done["timeline"] if entry["thing"] == "delivery"} == {goods["number"]}
    assert [entry["act"] for entry in signed["timeline"]] == ["made", "approve", "clear", "pick", "ship", "sign"]
    assert [entry["by"] for entry in signed["timeline"]] == ["SUP", "SM", "FIN2", "WH", "WH", "SUP"]
    lots_of = (await sup.get(f"{BASE}/lots", params={"q": "L2026-03"})).json()
    assert lots_of["rows"][0]["region"] == "山东"


async def test_the_nightly_jobs_run_and_run_again(session: Session, staff: Staff) -> None:
    who = (await ledgers.account(session)).id
    await ledgers.invoice(session, staff, who, 10_000, date(2026, 3, 10), due=date(2026, 4, 9))
    day = date(2026, 5, 11)
    first = await jobs.nightly(session, at(day), day)
    made = {name: rows for name, rows in first.items() if rows}
    assert made == {"collection_tasks": 1, "dunning": 1, "problem_cases": 1}
    assert set((await jobs.nightly(session, at(day), day)).values()) == {0}


async def test_there_is_a_rule_of_approval_for_every_kind_to_start_with(session: Session) -> None:
    made = await defaults.install(session)
    assert set(made) == set(KINDS) - {"test"}
    assert await defaults.install(session) == []
