"""Chains 1, 5 and 8 of section 15 over HTTP, each duty at its own desk; nights work as the worker has them work.

`CHAINS` says which test is which chain: all eight have one that goes from end to end on the real database.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from backoffice import defaults
from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database
from tests.integration.backoffice import budgets as b
from tests.integration.backoffice import channel, ledgers, test_conferences
from tests.integration.backoffice.budgets import CONFERENCE
from tests.integration.backoffice.chains import Office
from tests.integration.backoffice.conftest import Desk, Staff
from tests.integration.backoffice.orders import make_order
from tests.integration.backoffice.test_rewards import scheme_of
from tests.unit.backoffice.test_every_rule import names_of_tests

CHAINS = {
    1: "test_chain_1_grade_a_is_cash_only_held_by_orders_and_clearance_and_its_debts_cost_the_reward",
    2: "test_chains_2_and_3_overdue_and_prepaid_months_have_no_growth_reward",
    3: "test_chains_2_and_3_overdue_and_prepaid_months_have_no_growth_reward",
    4: "test_chain_4_and_m13_9_99_300_of_money_and_700_of_reward_close_the_invoice",
    5: "test_chain_5_a_conferences_money_is_budgeted_and_its_dealer_is_followed_up_by_who_signed",
    6: "test_chain_6_a_return_flips_a_tier_and_what_is_paid_is_never_edited",
    7: "test_m13_13_and_chain_7_diversion_disqualifies_and_an_appeal_may_bring_it_back",
    8: "test_chain_8_plans_budgets_grading_and_rewards_share_one_year",
}


@pytest.mark.parametrize("chain", CHAINS)
def test_every_chain_has_its_test(chain: int) -> None:
    assert CHAINS[chain] in names_of_tests()


@pytest.fixture
def office(database: Database, desk: Desk, clock: ManualClock) -> Office:
    return Office(database, desk, clock)


async def graded(office: Office, h: Staff, year: int) -> dict[str, Any]:
    """The year's grading, agreed to."""
    row = await office.post(h.sm, "grade-standards", from_year=year, aaa=50, aa=80, reason="首版")
    await office.post(h.sm, f"grade-standards/{row['id']}/submit", version=row["version"])
    await office.agree(row["id"], h.cmo, h.gm)
    review = await office.post(h.sm, "gradings", year=year)
    await office.post(h.sm, f"gradings/{review['id']}/submit", version=review["version"])
    await office.agree(review["id"], h.cmo, h.gm)
    return dict(await office.get(h.sm, f"gradings/{review['id']}"))


async def test_chain_1_grade_a_is_cash_only_held_by_orders_and_clearance_and_its_debts_cost_the_reward(
    office: Office, hired: Staff
) -> None:
    """Grade change (M12) → cash only (M8) → finance's clearance (M9) → what the reward leaves out (M13)."""
    h = hired
    async with office.database.transaction() as session:
        dealer = await channel.active(session, h, date(2025, 1, 5), city="天津")
        await defaults.install(session)
        scheme = await scheme_of(session, h)
        account = await ledgers.accounts.of(session, dealer.customer_id)
        account.credit_limit_fen = 10_000_000
        before, after = [
            await make_order(session, dealer.customer_id, [("A01", 10, 100_000)], payment="credit") for _ in range(2)
        ]
    who = str(dealer.customer_id)
    # On credit: confirmed and asked for, and an earlier delivery is a debt with its due date.
    debt = await office.post(
        h.sup, "invoices", customer_id=who, invoice_on="2026-03-09",
        lines=[{"name": "礼盒", "quantity": 1, "price_fen": 5_000_000}],
        dues=[{"due_on": "2026-03-30", "amount_fen": 5_000_000}],
    )  # fmt: skip
    await office.post(h.fin, f"invoices/{debt['id']}/issue", version=debt["version"])
    order = await office.post(h.sup, f"orders/{before.id}/confirm", version=1)
    assert order["state"] == "confirmed"
    line = order["lines"][0]["line_id"]
    goods = await office.post(
        h.sup, "deliveries", order_id=str(before.id), wanted_on="2026-03-10",
        lines=[{"order_line_id": line, "quantity": 10}],
    )  # fmt: skip
    at = f"deliveries/{goods['id']}"
    goods = await office.post(h.sm, f"{at}/approve", version=goods["version"])
    # It sold nothing last year: grade A. New credit stops at once; the debt's due date stays what it was.
    review = await graded(office, h, 2025)
    assert [(x["computed"], x["grade"]) for x in review["lines"]] == [("A", "A")]
    shown = await office.get(h.rep, f"accounts/{who}")
    assert (shown["grade"], shown["cash_only"]) == ("A", True)
    assert (await office.get(h.fin, f"invoices/{debt['id']}"))["due_on"] == "2026-03-30"
    held = await office.post(h.sup, f"orders/{after.id}/confirm", version=1)
    assert [(x["kind"], x["short_fen"]) for x in held["holds"]] == [("cash", 1_000_000)]
    # What was promised on credit is asked about once more before it leaves, and now waits for its money.
    stopped = await office.post(h.fin, f"{at}/clear", version=goods["version"])
    assert stopped["state"] == "approved"
    waiting = await office.get(h.fin, f"orders/{before.id}")
    assert [(x["kind"], x["short_fen"]) for x in waiting["holds"]] == [("cash", 1_000_000)]
    money = await office.post(
        h.cash, "receipts", customer_id=who, amount_fen=1_000_000, received_on="2026-03-09", method="transfer",
        payer_name=shown["legal_name"], purpose="prepayment", order_id=str(before.id),
    )  # fmt: skip
    await office.post(h.fin2, f"receipts/{money['id']}/confirm", version=money["version"])
    stopped = await office.get(h.fin, at)
    cleared = await office.post(h.fin, f"{at}/clear", version=stopped["version"])
    assert cleared["state"] == "finance_cleared"
    # April: money for the second order comes, but no goods are taken; the debt of March is never paid.
    await office.go(date(2026, 4, 10))
    more = await office.post(
        h.cash, "receipts", customer_id=who, amount_fen=500_000, received_on="2026-04-10", method="transfer",
        payer_name=shown["legal_name"], purpose="prepayment", order_id=str(after.id),
    )  # fmt: skip
    await office.post(h.fin2, f"receipts/{more['id']}/confirm", version=more["version"])
    # The year ends: neither month has a growth reward, and each says why.
    await office.go(date(2027, 1, 5))
    here = f"rewards/schemes/{scheme.id}"
    row = await office.get(h.fin, here)
    row = await office.post(h.fin, f"{here}/close", version=row["version"])
    await office.post(h.fin, f"{here}/calculate", version=row["version"])
    [stated] = await office.rows(h.rep, f"rewards/statements?filter=scheme_id:{scheme.id}")
    lines = (await office.get(h.rep, f"rewards/statements/{stated['id']}"))["lines"]
    growth = {x["month"]: (x["reason"], x["amount_fen"]) for x in lines if x["kind"] == "growth"}
    assert growth == {"2026-03-01": ("overdue", 0), "2026-04-01": ("prepaid_no_purchase", 0)}


async def test_chain_5_a_conferences_money_is_budgeted_and_its_dealer_is_followed_up_by_who_signed(
    office: Office, hired: Staff
) -> None:
    """Conference (M10): its money is M2's and M3's, its dealer M12's, what the dealer owes the signer's to collect."""
    h, held = hired, test_conferences.HELD
    async with office.database.transaction() as session:
        await b.issued(session, h, CONFERENCE, 120_000_000, month_on_request=b.Action.STOP)
        plan = await test_conferences.planned(session, h)
        await test_conferences.filled(session, h, plan)
        guest = await test_conferences.confirmed(session, h, plan, "领头商贸", leads=True)
    at, seat = f"conferences/{plan.id}", f"conference-invitees/{guest.id}"
    row = await office.get(h.cmo, at)
    venue = next(cost for cost in row["costs"] if cost["cost_item"] == "会议场地费用")
    wish = {
        "department_code": "MKT", "account_code": "660106", "purpose": "会场", "needed_on": "2026-03-20",
        "event_id": venue["id"],
    }  # fmt: skip
    # A request beyond the months up to March is stopped by the budget; one within it is reserved, claimed and paid.
    big = await office.post(h.mkt, "expense-requests", amount_fen=30_000_100, **wish)
    refused = await office.post(h.mkt, f"expense-requests/{big['id']}/submit", 409, version=big["version"])
    assert refused["code"].startswith("m3-")
    await office.post(h.mkt, f"expense-requests/{big['id']}/withdraw", version=big["version"])
    ask = await office.post(h.mkt, "expense-requests", amount_fen=900_000, **wish)
    await office.post(h.mkt, f"expense-requests/{ask['id']}/submit", version=ask["version"])
    await office.agree(ask["id"], h.sm, h.cmo)
    [reserved] = await office.rows(h.fin, "budget-reservations?filter=status:still_reserved")
    assert (reserved["reserved_fen"], reserved["document_number"]) == (900_000, ask["number"])
    # The day: signed by the second representative, whose customer it is from then on.
    row = await office.post(h.cmo, f"{at}/declare-ready", version=row["version"])
    await office.go(held)
    row = await office.post(h.cmo, f"{at}/open-doors", version=(await office.get(h.cmo, at))["version"])
    one = await office.get(h.hradm, seat)
    one = await office.post(h.hradm, f"{seat}/check-in", version=one["version"])
    one = await office.post(h.rep2, f"{seat}/sign-on-spot", version=one["version"], city="青岛")
    row = await office.post(h.gm, f"{at}/close-doors", version=row["version"])
    [dealer] = await office.rows(h.rep, "distributors")
    assert (dealer["customer"], dealer["state"], dealer["rep"]) == ("领头商贸", "prospect", "REP2")
    # Settled only when the money is final.
    still = await office.post(h.hradm, f"{at}/settle-costs", 409, version=row["version"])
    assert still["code"] == "m10-19"
    bill = {"spent_on": held.isoformat(), "amount_fen": 850_000, "issuer": "海景大酒店", "invoice_no": "24370001"}
    claim = await office.post(h.mkt, "expense-claims", request_id=ask["id"], lines=[bill])
    on = f"expense-claims/{claim['id']}"
    claim = await office.post(h.mkt, f"{on}/submit", version=claim["version"])
    claim = await office.post(h.sm, f"{on}/dept-approve", version=claim["version"])
    await office.post(h.fin, f"{on}/finance-check", version=claim["version"])
    await office.agree(claim["id"], h.cmo)
    claim = await office.get(h.cash, on)
    await office.post(h.cash, f"{on}/pay", version=claim["version"], net_fen=850_000)
    ask = await office.get(h.mkt, f"expense-requests/{ask['id']}")
    await office.post(h.mkt, f"expense-requests/{ask['id']}/close", version=ask["version"])
    row = await office.post(h.hradm, f"{at}/settle-costs", version=row["version"])
    assert (row["state"], row["result"]["cost_per_signed_fen"]) == ("settled", 850_000)
    [table] = await office.rows(h.fin, "budget-execution")
    assert (table["actual_fen"], table["reserved_fen"]) == (850_000, 0)
    # The dealer buys and does not pay: the task is of who signed them.
    debt = await office.post(
        h.sup, "invoices", customer_id=dealer["customer_id"], invoice_on=held.isoformat(),
        lines=[{"name": "礼盒", "quantity": 1, "price_fen": 2_000_000}],
        dues=[{"due_on": "2026-03-31", "amount_fen": 2_000_000}],
    )  # fmt: skip
    await office.post(h.fin, f"invoices/{debt['id']}/issue", version=debt["version"])
    [owed] = await office.rows(h.rep2, "conference-receivables")
    assert (owed["customer"], owed["represented_by"], owed["receivable_fen"]) == ("领头商贸", "REP2", 2_000_000)
    await office.go(date(2026, 4, 1) + timedelta(days=40))
    found = await office.rows(h.rep2, "collection-tasks")
    assert {x["customer"] for x in found} == {"领头商贸"}
    chased = await office.get(h.rep2, f"accounts/{dealer['customer_id']}")
    assert chased["rep_id"] == str(h.rep2.user_id)
    task = next(x for x in found if x["state"] == "open")
    answered = await office.post(
        h.rep2, f"collection-tasks/{task['id']}/answer", version=task["version"], reason="资金周转", measure="分期付款"
    )
    assert answered["state"] == "answered"


async def test_chain_8_plans_budgets_grading_and_rewards_share_one_year(office: Office, hired: Staff) -> None:
    """1 and 5 November (M12-5), the budget's year (M3), the grading (M12-12) and the reward's close (M13)."""
    h = hired
    async with office.database.transaction() as session:
        dealer = await channel.active(session, h, date(2025, 1, 5), city="天津", region="华北")
        await defaults.install(session)
        scheme = await scheme_of(session, h)
        await b.issued(session, h, CONFERENCE, 120_000_000)
    # October: next year's plans are tasks with their dates, before anybody has thought of them.
    await office.go(date(2026, 10, 1))
    plans = {p["region"]: p for p in await office.rows(h.sm, "channel-plans?sort=due_on")}
    assert {region: (p["year"], p["due_on"], p["state"]) for region, p in plans.items()} == {
        "": (2027, "2026-11-01", "draft"), "华北": (2027, "2026-11-05", "draft"),
    }  # fmt: skip
    # 1 November: the company's plan is issued, in time; the region's follows a day late, with the qualified list.
    body = {"body": "2027年渠道规划", "targets": [{"place": "天津", "distributors": 3}]}

    async def issue(region: str) -> Any:
        at = f"channel-plans/{plans[region]['id']}"
        row = await office.post(h.sm, f"{at}/edit", version=plans[region]["version"], **body)
        return await office.post(h.sm, f"{at}/issue", version=row["version"])

    await office.go(date(2026, 11, 1))
    assert (await issue(""))["late_days"] == 0
    await office.go(date(2026, 11, 6))
    region = await issue("华北")
    assert region["late_days"] == 1
    assert [x["legal_name"] for x in region["issued"]["qualified_list"]] == ["深圳某某商贸有限公司"]
    # December: next year's budget goes its way and is issued beside this year's.
    await office.go(date(2026, 12, 15))
    new = await office.post(h.mkt, "budgets", year=2027, department_code="MKT", account_code="660106", annual_fen=1_200)
    on = f"budgets/{new['id']}"
    new = await office.post(h.sm, f"{on}/unit-review", version=new["version"])
    await office.post(h.fin, f"{on}/consolidate", version=new["version"])
    await office.agree(new["id"], h.cmo, h.fin2)
    new = await office.post(h.gm, f"{on}/issue-budget", version=(await office.get(h.gm, on))["version"])
    live = await office.rows(h.fin, "budgets?filter=state:issued&sort=year")
    assert [(x["year"], x["annual_fen"]) for x in live] == [(2026, 120_000_000), (2027, 1_200)]
    # Sold on the last day of the year: it is of this year's sales and of this year's rewards.
    sold = await office.post(
        h.sup, "invoices", customer_id=str(dealer.customer_id), invoice_on="2026-12-31",
        lines=[{"name": "礼盒", "quantity": 1, "price_fen": 10_000_000}],
    )  # fmt: skip
    here = f"rewards/schemes/{scheme.id}"
    await office.go(date(2026, 12, 31))
    await office.post(h.fin, f"invoices/{sold['id']}/issue", version=sold["version"])
    row = await office.get(h.fin, here)
    early = await office.post(h.fin, f"{here}/close", 409, version=row["version"])
    assert early["code"] == "m13-1"  # its last day has not passed
    too_early = await office.post(h.sm, "gradings", 422, year=2026)
    assert too_early["field"] == "year"
    standard = await office.post(h.sm, "grade-standards", from_year=2026, aaa=50, aa=100, reason="首版")
    await office.post(h.sm, f"grade-standards/{standard['id']}/submit", version=standard["version"])
    await office.agree(standard["id"], h.cmo, h.gm)
    # The new year: the old budget closes, December is provided for, the scheme closes and is calculated.
    await office.go(date(2027, 1, 1))
    old = next(x for x in await office.rows(h.fin, "budgets?filter=year:2026"))
    assert (await office.post(h.fin, f"budgets/{old['id']}/close", version=old["version"]))["state"] == "closed"
    provided = await office.rows(h.fin, f"rewards/provisions?filter=scheme_id:{scheme.id}&sort=-month")
    assert (provided[0]["month"], provided[0]["exclusive_fen"]) == ("2026-12-01", 100_000)
    row = await office.post(h.fin, f"{here}/close", version=(await office.get(h.fin, here))["version"])
    await office.post(h.fin, f"{here}/calculate", version=row["version"])
    [stated] = await office.rows(h.rep, f"rewards/statements?filter=scheme_id:{scheme.id}")
    assert stated["exclusive_fen"] == 100_000
    # Graded on its day by the night, on the sales of the same year.
    assert await office.rows(h.sm, "gradings") == []
    await office.go(date(2027, 1, 10))
    [review] = await office.rows(h.sm, "gradings")
    assert (review["year"], review["due_on"], review["late_days"]) == (2026, "2027-01-10", 0)
    shown = await office.get(h.sm, f"gradings/{review['id']}")
    assert [(x["sales_fen"], x["computed"]) for x in shown["lines"]] == [(10_000_000, "AA")]
