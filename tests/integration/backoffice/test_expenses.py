"""M2 on the database: no expense without a request, within it, each invoice once, the advance set off."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from backoffice import defaults
from backoffice.approvals import repository as approval_repository
from backoffice.approvals import service as approvals
from backoffice.budgets import lists as budget_lists
from backoffice.budgets.rules import Action
from backoffice.expenses import advances, claims, ledger, lists, requests
from backoffice.expenses.advances import Loan
from backoffice.expenses.claims import Claim
from backoffice.expenses.lists import GroupBy
from backoffice.expenses.rules import CLAIM, ClaimState
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.refusals import NotYourDuty, Refused, SameHands
from backoffice.listing.query import ListQuery, page
from callcenter.kit.db import Database, Session
from callcenter.kit.errors import AppError, BadInput
from tests.integration.backoffice import budgets as b
from tests.integration.backoffice import expenses as x
from tests.integration.backoffice.budgets import CONFERENCE, TRAVEL, agree_all
from tests.integration.backoffice.conftest import Desk, Staff, walks
from tests.integration.backoffice.expenses import DAY
from tests.integration.backoffice.ledgers import at

BASE = "/api/backoffice"


async def test_m2_1_no_claim_without_an_approved_request(session: Session, staff: Staff) -> None:
    await b.issued(session, staff, TRAVEL, 10_000_000)
    row = await x.asked(session, staff.rep, 100_000)
    for request_id in (None, row.id):
        with pytest.raises(Refused) as refused:
            await claims.draft(session, at(DAY), DAY, staff.rep, Claim([x.invoice(100)], request_id))
        assert refused.value.code == "m2-1"
    with pytest.raises(Refused):  # and no advance either
        await advances.ask(session, at(DAY), DAY, staff.rep, Loan(row.id, 100, "壹元整", "x", staff.sm.user_id))


async def test_m2_1_the_exception_is_flagged_and_both_directors_decide_afterwards(
    session: Session, staff: Staff
) -> None:
    await b.issued(session, staff, TRAVEL, 10_000_000)
    row = await x.claimed(
        session, staff, None, [30_000], department="SALES", account="660101", reason="客户突发事故,连夜赶赴现场"
    )
    assert row.post_approval
    assert await x.roles_asked(session, "expense_claim_late", row.id) == ["CMO", "GM"]
    await x.approved(session, staff, row)
    assert (row.state, (await b.stands(session, TRAVEL)).actual) == ("approved", 30_000)


async def test_m2_2_a_claim_is_within_its_request_and_the_excess_needs_a_supplement(
    session: Session, staff: Staff
) -> None:
    await b.issued(session, staff, TRAVEL, 10_000_000)
    request = await x.granted(session, staff, 100_000)
    with pytest.raises(Refused) as refused:
        await x.claimed(session, staff, request, [60_000, 40_001])
    assert (refused.value.code, "¥0.01" in refused.value.sentence("zh")) == ("m2-2", True)
    extra = await x.granted(session, staff, 1, supplement_of=request.id)
    row = await x.claimed(session, staff, request, [60_000, 40_001])
    await x.approved(session, staff, row)
    where = await b.stands(session, TRAVEL)
    assert (where.actual, where.reserved) == (100_001, 0)  # both reservations are consumed
    with pytest.raises(Refused):
        await x.claimed(session, staff, request, [1])
    await claims.pay(session, at(DAY), DAY, staff.cash, row.id, row.version, 100_001)
    await session.refresh(request)
    await requests.close(session, at(DAY), DAY, staff.rep, request.id, request.version)
    await session.refresh(extra)
    assert (request.state, extra.state) == ("closed", "closed")


async def test_m2_2_the_database_refuses_more_than_was_approved(session: Session, staff: Staff) -> None:
    await b.issued(session, staff, TRAVEL, 10_000_000)
    request = await x.granted(session, staff, 100_000)
    row = await claims.draft(session, at(DAY), DAY, staff.rep, Claim([x.invoice(100_001)], request.id, returned_on=DAY))
    with pytest.raises(IntegrityError, match="of 100000 asked for"):
        async with session.begin_nested():
            await session.execute(text("UPDATE expense_claims SET state = 'submitted' WHERE id = :i"), {"i": row.id})


async def test_m2_3_an_invoice_number_is_claimed_once(session: Session, staff: Staff) -> None:
    await b.issued(session, staff, TRAVEL, 10_000_000)
    request = await x.granted(session, staff, 100_000)
    bill = x.invoice(10_000, number="24372000000012345678")
    row = await claims.draft(session, at(DAY), DAY, staff.rep, Claim([bill], request.id, returned_on=DAY))
    again = Claim([x.invoice(10_000, number=" 24372000000012345678 ")], request.id, returned_on=DAY)
    with pytest.raises(Refused, match=row.number):
        await claims.draft(session, at(DAY), DAY, staff.rep, again)
    # Another issuer may have the same number; a cancelled claim frees its own.
    other = x.invoice(10_000, number="24372000000012345678", issuer="海风商贸")
    await claims.draft(session, at(DAY), DAY, staff.rep, Claim([other], request.id, returned_on=DAY))
    await claims.cancel(session, at(DAY), staff.rep, row.id, row.version, "填错")
    await claims.draft(session, at(DAY), DAY, staff.rep, again)
    with pytest.raises(IntegrityError, match="invoice_once"):
        async with session.begin_nested():
            await session.execute(text("UPDATE expense_claim_lines SET live = true"))


async def test_m2_4_an_overdue_advance_bars_a_new_one(session: Session, staff: Staff) -> None:
    await b.issued(session, staff, TRAVEL, 10_000_000)
    request = await x.granted(session, staff, 100_000)
    due = DAY + timedelta(days=10)
    first = await x.lent(session, staff, request, 50_000, due_on=due)
    loan = Loan(request.id, 10_000, "壹佰元整", "x", staff.sm.user_id)
    await advances.ask(session, at(due), due, staff.rep, loan)  # on its day it is not overdue
    late = due + timedelta(days=1)
    with pytest.raises(Refused, match=first.number) as refused:
        await advances.ask(session, at(late), late, staff.rep, loan)
    assert refused.value.code == "m2-4"
    await advances.give_back(session, at(late), late, staff.cash, first.id, first.version, 50_000)
    assert first.state == "settled"
    await advances.ask(session, at(late), late, staff.rep, loan)


@pytest.mark.parametrize(
    ("fen", "roles"),
    [(200_000, ["SM"]), (200_001, ["SM", "CMO"]), (2_000_000, ["SM", "CMO"]), (2_000_001, ["SM", "CMO", "GM"])],
)
async def test_m2_5_who_approves_follows_the_amount(session: Session, staff: Staff, fen: int, roles: list[str]) -> None:
    await b.issued(session, staff, TRAVEL, 120_000_000)
    row = await x.asked(session, staff.rep, fen)
    assert await x.roles_asked(session, "expense_request", row.id) == roles


@pytest.mark.parametrize(("claim", "net"), [(438_000, -62_000), (560_000, 60_000), (500_000, 0)])
async def test_m2_6_worked_example_an_advance_of_5_000_is_set_off(
    session: Session, staff: Staff, claim: int, net: int
) -> None:
    await b.issued(session, staff, TRAVEL, 120_000_000)
    request = await x.granted(session, staff, 600_000)
    advance = await x.lent(session, staff, request, 500_000)
    row = await x.approved(session, staff, await x.claimed(session, staff, request, [claim]))
    with pytest.raises(Refused) as refused:
        await claims.pay(session, at(DAY), DAY, staff.cash, row.id, row.version, net + 1)
    assert refused.value.code == "m2-6"
    await claims.pay(session, at(DAY), DAY, staff.cash, row.id, row.version, net)
    await session.refresh(advance)
    assert (row.state, advance.state, await ledger.open_fen(session, advance)) == ("paid", "settled", 0)
    assert await claims.settled_of(session, row.id) == (min(claim, 500_000), max(500_000 - claim, 0))


async def test_a_claim_that_is_not_the_last_settles_a_part(session: Session, staff: Staff) -> None:
    await b.issued(session, staff, TRAVEL, 120_000_000)
    request = await x.granted(session, staff, 600_000)
    advance = await x.lent(session, staff, request, 500_000)
    first = await x.approved(session, staff, await x.claimed(session, staff, request, [100_000], final=False))
    await claims.pay(session, at(DAY), DAY, staff.cash, first.id, first.version, 0)
    rows = (await page(session, lists.ADVANCES, ListQuery(), DAY)).rows
    assert [(r.status, r.open_advance_fen) for r in rows] == [("partly_settled", 400_000)]
    last = await x.approved(session, staff, await x.claimed(session, staff, request, [450_000]))
    await claims.pay(session, at(DAY), DAY, staff.cash, last.id, last.version, 50_000)
    await session.refresh(advance)
    assert advance.state == "settled"


async def test_a_travel_claim_is_handed_in_within_five_days_of_the_return(session: Session, staff: Staff) -> None:
    await b.issued(session, staff, TRAVEL, 10_000_000)
    request = await x.granted(session, staff, 100_000)
    row = await claims.draft(
        session, at(DAY), DAY, staff.rep, Claim([x.invoice(100, DAY)], request.id, returned_on=DAY)
    )
    late, last = DAY + timedelta(days=6), DAY + timedelta(days=5)
    with pytest.raises(Refused) as refused:
        await claims.submit(session, at(late), late, staff.rep, row.id, row.version)
    assert refused.value.code == "m2-late"
    await claims.submit(session, at(last), last, staff.rep, row.id, row.version)


async def test_over_5_000_finance_has_a_days_notice_and_over_1_000_the_general_manager_confirms(
    session: Session, staff: Staff
) -> None:
    await b.issued(session, staff, TRAVEL, 120_000_000)
    request = await x.granted(session, staff, 2_000_000)
    with pytest.raises(Refused) as refused:
        await x.lent(session, staff, request, 500_001)
    assert refused.value.code == "m2-notice"
    small = await advances.ask(
        session, at(DAY), DAY, staff.rep, Loan(request.id, 100_000, "壹仟元整", "x", staff.sm.user_id)
    )
    large = await advances.ask(
        session, at(DAY), DAY, staff.rep, Loan(request.id, 100_001, "壹仟元零壹分", "x", staff.sm.user_id)
    )
    assert await x.roles_asked(session, "cash_advance", small.id) == ["SM", "FIN"]
    assert await x.roles_asked(session, "cash_advance", large.id) == ["SM", "FIN", "GM"]
    for loan in (
        Loan(request.id, 100, "贰元整", "x", staff.sm.user_id),
        Loan(request.id, 100, "壹元整", "x", staff.rep.user_id),
        Loan(request.id, 2_000_000, "贰万元整", "x", staff.sm.user_id),
    ):
        with pytest.raises(AppError):
            await advances.ask(session, at(DAY), DAY, staff.rep, loan)


async def test_an_overdue_advance_calls_its_guarantor_once_by_night(session: Session, staff: Staff) -> None:
    await b.issued(session, staff, TRAVEL, 10_000_000)
    advance = await x.lent(session, staff, await x.granted(session, staff, 100_000), 50_000)
    due = advance.due_on
    assert await advances.call_guarantors(session, at(due), due) == 0
    late = due + timedelta(days=1)
    assert await advances.call_guarantors(session, at(late), late) == 1
    assert await advances.call_guarantors(session, at(late), late) == 0
    found = (await page(session, lists.ADVANCES, ListQuery(filter=["status:overdue"]), late)).rows
    assert [(r.guarantor, r.overdue_days) for r in found] == [("SM", 1)]


async def test_an_approved_request_nobody_uses_expires_and_gives_its_budget_back(
    session: Session, staff: Staff
) -> None:
    await b.issued(session, staff, TRAVEL, 10_000_000)
    request = await x.granted(session, staff, 100_000)
    assert (await b.stands(session, TRAVEL)).reserved == 100_000
    assert request.valid_until is not None
    late = request.valid_until + timedelta(days=1)
    assert await requests.expire(session, at(late), request.valid_until) == 0
    assert await requests.expire(session, at(late), late) == 1
    await session.refresh(request)
    assert (request.state, (await b.stands(session, TRAVEL)).reserved) == ("expired", 0)


async def test_a_request_over_a_stop_budget_goes_to_the_general_manager_with_its_reason(
    session: Session, staff: Staff
) -> None:
    """M3-4 through M2: refused when it is submitted, unless it asks for an exception."""
    await b.issued(session, staff, TRAVEL, 100_000)
    with pytest.raises(Refused) as refused:
        await x.asked(session, staff.rep, 100_001)
    assert refused.value.code == "m3-3"
    row = await x.asked(session, staff.rep, 100_001, exception_reason="重大客户")
    assert await x.roles_asked(session, "expense_request", row.id) == ["SM", "CMO", "GM"]  # not SM alone
    await agree_all(session, staff, "expense_request", row.id, note="同意特批,客户年采购额大")
    await session.refresh(row)
    assert row.state == "approved"
    logged = (await page(session, budget_lists.EXCEPTIONS, ListQuery(), DAY)).rows
    assert [(r.document_number, r.exception_by, r.exception_reason) for r in logged] == [
        (row.number, "GM", "同意特批,客户年采购额大")
    ]


async def test_between_submitting_and_approving_somebody_else_took_the_money(session: Session, staff: Staff) -> None:
    await b.issued(session, staff, TRAVEL, 120_000, months=[10_000] * 12, month_on_request=Action.IGNORE)
    first = await x.asked(session, staff.rep, 100_000)
    second = await x.granted(session, staff, 100_000, who=staff.rep2)
    assert second.state == "approved"
    approval = await approval_repository.alive(session, "expense_request", first.id)
    assert approval is not None
    with pytest.raises(Refused) as refused:
        await approvals.agree(session, at(DAY), DAY, staff.sm, approval.id, approval.version)
    assert refused.value.code == "m3-3"


async def test_maker_department_finance_and_cashier_are_different_hands(session: Session, staff: Staff) -> None:
    await b.issued(session, staff, TRAVEL, 10_000_000)
    request = await x.granted(session, staff, 100_000)
    every = Actor(staff.rep.user_id, "all duties", frozenset(OfficeRole))
    row = await x.claimed(session, staff, request, [5_000], checked=False)
    with pytest.raises(SameHands):
        await claims.dept_approve(session, at(DAY), every, row.id, row.version, "")
    with pytest.raises(NotYourDuty):
        await claims.dept_approve(session, at(DAY), staff.rep2, row.id, row.version, "")
    await claims.dept_approve(session, at(DAY), staff.sm, row.id, row.version, "")
    both = Actor(staff.sm.user_id, "SM and FIN", frozenset(OfficeRole))
    with pytest.raises(SameHands):
        await claims.finance_check(session, at(DAY), both, row.id, row.version, "")
    with pytest.raises(BadInput):
        await claims.send_back(session, at(DAY), staff.fin, row.id, row.version, " ")
    await claims.send_back(session, at(DAY), staff.fin, row.id, row.version, "发票抬头有误")
    assert (row.state, row.dept_by) == ("draft", None)
    await claims.edit(session, at(DAY), DAY, staff.rep, row.id, row.version, [x.invoice(4_000)])
    await claims.submit(session, at(DAY), DAY, staff.rep, row.id, row.version)
    await claims.dept_approve(session, at(DAY), staff.sm, row.id, row.version, "")
    await claims.finance_check(session, at(DAY), staff.fin, row.id, row.version, "")
    await x.approved(session, staff, row)
    for who in (every, Actor(staff.fin.user_id, "FIN and CASH", frozenset(OfficeRole))):
        with pytest.raises(SameHands):
            await claims.pay(session, at(DAY), DAY, who, row.id, row.version, 4_000)
    with pytest.raises(IntegrityError, match="keeps its invoices"):
        async with session.begin_nested():
            await session.execute(text("UPDATE expense_claim_lines SET amount_fen = 1"))
    await claims.pay(session, at(DAY), DAY, staff.cash, row.id, row.version, 4_000)
    found = await lists.by(session, GroupBy.REGION, date(2026, 3, 1), date(2026, 3, 31))
    assert found == [("山东", "山东", 4_000)]
    for group in GroupBy:
        assert sum(fen for _, _, fen in await lists.by(session, group, DAY, DAY)) == 4_000


STEPS = ["claim", "dept", "finance", "agree", "reject", "return", "cancel", "pay", "edit", "close", "lend"]


@settings(max_examples=walks(10), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 600), st.booleans()), max_size=14))
async def test_no_sequence_pays_what_was_not_approved_or_more_than_was_asked(
    session: Session, staff: Staff, plan: Any
) -> None:
    savepoint = await session.begin_nested()
    await b.issued(session, staff, TRAVEL, 10_000)
    request = await x.granted(session, staff, 1_000)
    row: Any = None
    for step, n, maker in [("claim", 500, False), ("dept", 1, False), *plan]:
        who = Actor(staff.rep.user_id, "maker", frozenset(OfficeRole)) if maker else None
        before = row.state if row else None
        try:
            async with session.begin_nested():
                match step:
                    case "claim":
                        row = await x.claimed(session, staff, request, [n], checked=False)
                        before = "draft"
                    case "lend":
                        await x.lent(session, staff, request, n)
                    case "dept":
                        await claims.dept_approve(session, at(DAY), who or staff.sm, row.id, row.version, "")
                    case "finance":
                        await claims.finance_check(session, at(DAY), who or staff.fin, row.id, row.version, "")
                    case "agree" | "reject":
                        pending = await approval_repository.alive(session, "expense_claim", row.id)
                        if pending is not None:
                            decide = approvals.agree if step == "agree" else approvals.reject
                            await decide(session, at(DAY), DAY, who or staff.cmo, pending.id, pending.version, "x")
                            assert who is None, "a maker's verdict was taken"
                    case "return":
                        await claims.send_back(session, at(DAY), who or staff.fin, row.id, row.version, "x")
                    case "cancel":
                        await claims.cancel(session, at(DAY), staff.rep, row.id, row.version, "x")
                    case "edit":
                        await claims.edit(session, at(DAY), DAY, staff.rep, row.id, row.version, [x.invoice(n)])
                    case "pay":
                        net = await claims.set_off_of(session, row)
                        due = net.payout - net.give_back
                        await claims.pay(session, at(DAY), DAY, who or staff.cash, row.id, row.version, due)
                        assert who is None
                    case "close":
                        await session.refresh(request)
                        await requests.close(session, at(DAY), DAY, staff.rep, request.id, request.version)
        except (AppError, IntegrityError):
            await session.refresh(row)
        await session.refresh(row)
        assert (
            before is None
            or row.state == before
            or row.state in {m.target.value for m in CLAIM.moves if ClaimState(before) in m.sources} | {"submitted"}
        )
        if row.state in ("approved", "paid"):
            assert await approval_repository.alive(session, "expense_claim", row.id) is not None
            assert len({row.person_id, row.dept_by, row.checked_by}) == 3
        assert await ledger.claimed_fen(session, request.id) <= 1_000
        where = await b.stands(session, TRAVEL)
        assert where.actual + where.reserved + where.available == where.budget == 10_000
        assert where.actual + where.reserved <= 1_000
    event(row.state)
    await savepoint.rollback()
    session.expunge_all()


async def test_two_hand_in_the_same_invoice_at_once(database: Database, hired: Staff) -> None:
    async with database.transaction() as session:
        await b.issued(session, hired, TRAVEL, 10_000_000)
        mine = await x.granted(session, hired, 100_000)
        theirs = await x.granted(session, hired, 100_000, who=hired.rep2)

    async def hand_in(who: Actor, request_id: Any) -> bool:
        try:
            async with database.transaction() as session:
                bill = x.invoice(10_000, number="24372000000012345678")
                await claims.draft(session, at(DAY), DAY, who, Claim([bill], request_id, returned_on=DAY))
        except (Refused, IntegrityError):
            return False
        return True

    done = await asyncio.gather(hand_in(hired.rep, mine.id), hand_in(hired.rep2, theirs.id))
    assert sorted(done) == [False, True]


async def test_two_requests_approved_at_once_never_overspend(database: Database, hired: Staff) -> None:
    async with database.transaction() as session:
        await b.issued(session, hired, CONFERENCE, 100_000)
        pair = [
            await x.asked(session, who, 60_000, department="MKT", account="660106", needed_on=date(2026, 12, 1))
            for who in (hired.rep, hired.rep2)
        ]

    async def agree(request_id: Any, who: Actor) -> bool:
        try:
            async with database.transaction() as session:
                found = await approval_repository.alive(session, "expense_request", request_id)
                assert found is not None
                await approvals.agree(session, at(DAY), DAY, who, found.id, found.version)
        except Refused:
            return False
        return True

    done = await asyncio.gather(agree(pair[0].id, hired.sm), agree(pair[1].id, hired.sm2))
    assert sorted(done) == [False, True]


async def test_from_the_request_to_620_given_back_over_http(database: Database, desk: Desk, hired: Staff) -> None:
    """M2-6 with every duty signing in: request, advance of 5,000, claim of 4,380, 620 come back, closed."""
    async with database.transaction() as session:
        await defaults.install(session)
        await b.issued(session, hired, TRAVEL, 120_000_000)
    rep, sm, cmo, fin, gm, cash = [await desk(getattr(hired, who)) for who in ("rep", "sm", "cmo", "fin", "gm", "cash")]

    async def post(client: Any, path: str, **body: Any) -> Any:
        answer = await client.post(f"{BASE}/{path}", json=body)
        assert answer.status_code in (200, 201), (path, answer.text)
        return answer.json()

    async def verdict(client: Any) -> None:
        waiting = (await client.get(f"{BASE}/approvals/inbox")).json()
        await post(client, f"approvals/{waiting[0]['id']}/agree", version=waiting[0]["version"])

    wish = {"department_code": "SALES", "account_code": "660101", "purpose": "青岛出差", "amount_fen": 600_000,
            "needed_on": "2026-03-09", "region": "山东"}  # fmt: skip
    request = await post(rep, "expense-requests", **wish)
    at_request = f"expense-requests/{request['id']}"
    sent = await post(rep, f"{at_request}/submit", version=1)
    assert (sent["status"], sent["commands"]) == ("submitted", ["withdraw"])
    await verdict(sm)
    assert (await rep.get(f"{BASE}/{at_request}")).json()["status"] == "dept_approved"
    await verdict(cmo)
    granted = (await rep.get(f"{BASE}/{at_request}")).json()
    assert (granted["state"], granted["reserved_fen"]) == ("approved", 600_000)
    slip = {"request_id": request["id"], "amount_fen": 500_000, "reason": "差旅", "guarantor_id": str(hired.sm.user_id)}
    wrong = await rep.post(f"{BASE}/cash-advances", json=slip | {"amount_capitals": "肆仟元整"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "amount_capitals")
    loan = await post(rep, "cash-advances", **slip, amount_capitals="伍仟元整")
    for boss in (sm, fin, gm):
        await verdict(boss)
    paid = await post(cash, f"cash-advances/{loan['id']}/pay", version=2)
    assert (paid["status"], paid["open_advance_fen"]) == ("paid", 500_000)
    bill = {
        "spent_on": "2026-03-09",
        "amount_fen": 438_000,
        "issuer": "海景大酒店",
        "invoice_no": "24372000000000000001",
    }
    claim = await post(rep, "expense-claims", request_id=request["id"], lines=[bill], returned_on="2026-03-09")
    at_claim = f"expense-claims/{claim['id']}"
    assert (claim["set_off_fen"], claim["give_back_fen"]) == (438_000, 62_000)
    await post(rep, f"{at_claim}/submit", version=1)
    await post(sm, f"{at_claim}/dept-approve", version=2)
    await post(fin, f"{at_claim}/finance-check", version=3)
    await verdict(cmo)
    done = await post(cash, f"{at_claim}/pay", version=5, net_fen=-62_000)
    assert (done["state"], done["payout_fen"], done["give_back_fen"]) == ("paid", 0, 62_000)
    assert [line["act"] for line in done["timeline"]] == [
        "made", "submit", "dept_approve", "finance_check", "approve", "pay",
    ]  # fmt: skip
    settled = (await fin.get(f"{BASE}/cash-advances/{loan['id']}")).json()
    assert (settled["status"], settled["open_advance_fen"]) == ("settled", 0)
    now = (await rep.get(f"{BASE}/{at_request}")).json()
    closed = await post(rep, f"{at_request}/close", version=now["version"])
    assert (closed["state"], closed["reserved_fen"]) == ("closed", 0)
    table = (await fin.get(f"{BASE}/budget-execution", params={"filter": "account_code:660101"})).json()
    assert (table["rows"][0]["actual_fen"], table["rows"][0]["reserved_fen"]) == (438_000, 0)
    report = await fin.get(
        f"{BASE}/reports/expenses", params={"group_by": "person", "from_on": "2026-03-01", "to_on": "2026-03-31"}
    )
    assert report.json() == [{"key": str(hired.rep.user_id), "name": "REP", "amount_fen": 438_000}]
    for name in ("expense-requests", "cash-advances", "expense-claims", "expense-invoices"):
        assert (await fin.get(f"{BASE}/{name}/export")).status_code == 200, name
