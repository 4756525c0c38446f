"""M4 on the real database: money that adds up whatever anybody does."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from backoffice.approvals import repository as approval_repository
from backoffice.approvals import service as approvals
from backoffice.kit.duties import OfficeRole
from backoffice.kit.refusals import NotYourDuty, Refused, SameHands, Stale
from backoffice.receivables import (
    allocations,
    collection,
    dunning,
    extensions,
    invoices,
    ledger,
    lists,
    receipts,
    reports,
    rules,
    statements,
)
from backoffice.receivables.models import CreditKind, ReceiptMethod
from backoffice.receivables.rules import InvoiceFacts, QuasiBad, ReceivablesPolicy
from callcenter.kit.db import Database, Session
from callcenter.kit.errors import AppError, BadInput
from tests.integration.backoffice import ledgers
from tests.integration.backoffice.conftest import EARLY, Staff, band, walks
from tests.integration.backoffice.ledgers import at, balance, check_equations, outstanding

JUNE = date(2026, 6, 1)


async def _status(session: Session, listing: Any, row_id: Any, today: date) -> Any:
    sub = listing.source(today).subquery()
    return (await session.execute(select(sub).where(sub.c.id == row_id))).one()


async def test_m4_1_over_allocation_is_refused_and_over_payment_stays_an_advance(
    session: Session, staff: Staff
) -> None:
    who = (await ledgers.account(session)).id
    bill = await ledgers.invoice(session, staff, who, 10_000, JUNE)
    money = await ledgers.receipt(session, staff, who, 12_000, JUNE)
    for fen in (10_001, 12_001, 0):
        with pytest.raises(Refused) as refused:
            await allocations.allocate(session, at(JUNE), JUNE, staff.fin, money.id, money.version, bill.id, fen)
        assert refused.value.code == "m4-1"
    await allocations.allocate(session, at(JUNE), JUNE, staff.fin, money.id, money.version, bill.id, 10_000)
    assert (await outstanding(session, bill.id, JUNE), await balance(session, money.id, JUNE)) == (0, 2_000)
    assert (await _status(session, lists.INVOICES, bill.id, JUNE)).status == "paid"
    await check_equations(session, who, JUNE)


@pytest.mark.parametrize(
    ("what", "statement"),
    [
        ("allocated_within_invoice", "UPDATE invoices SET state = 'issued' WHERE FALSE"),
        ("allocated_within_source", "receipt"),
        ("allocation_never_changes", "UPDATE allocations SET amount_fen = 1"),
        ("source_still_allocated", "UPDATE invoices SET state = 'cancelled', cancelled_on = '2026-06-02'"),
        ("source_still_allocated", "UPDATE receipts SET state = 'bounced', bounced_on = '2026-06-02'"),
        ("never changed", "DELETE FROM allocations"),
        ("never changed", "UPDATE invoices SET total_fen = 5"),
        ("never changed", "UPDATE receipts SET amount_fen = 5"),
    ],
)
async def test_m4_1_the_database_itself_refuses(session: Session, staff: Staff, what: str, statement: str) -> None:
    who = (await ledgers.account(session)).id
    bill = await ledgers.invoice(session, staff, who, 10_000, JUNE)
    big = await ledgers.invoice(session, staff, who, 90_000, JUNE)
    money = await ledgers.receipt(session, staff, who, 12_000, JUNE)
    await allocations.allocate(session, at(JUNE), JUNE, staff.fin, money.id, money.version, bill.id, 9_000)
    if what.startswith("allocated_within"):
        target = bill.id if what == "allocated_within_invoice" else big.id
        fen = 1_001 if what == "allocated_within_invoice" else 3_001
        statement = (
            "INSERT INTO allocations (id, customer_id, receipt_id, invoice_id, amount_fen, allocated_on,"
            f" reverse_reason) VALUES (gen_random_uuid(), '{who}', '{money.id}', '{target}', {fen}, '2026-06-01', '')"
        )
    with pytest.raises(IntegrityError) as refused:
        await session.execute(text(statement))
    diagnostics = refused.value.orig.diag  # type: ignore[union-attr]
    assert what in f"{diagnostics.constraint_name} {diagnostics.message_primary}"


async def test_an_invoice_whose_lines_do_not_add_up_is_never_committed(session: Session, staff: Staff) -> None:
    who = (await ledgers.account(session)).id
    await ledgers.invoice(session, staff, who, 10_000, JUNE)
    await session.execute(text("UPDATE payment_schedules SET amount_fen = 9999; UPDATE invoices SET note = 'x'"))
    with pytest.raises(IntegrityError, match="are not the total"):
        await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


async def test_numbers_of_invoices_have_no_gaps_and_drafts_have_none(session: Session, staff: Staff) -> None:
    who = (await ledgers.account(session)).id
    draft = await ledgers.invoice(session, staff, who, 100, JUNE, issue=False)
    assert draft.number is None
    first = await ledgers.invoice(session, staff, who, 100, JUNE)
    second = await ledgers.invoice(session, staff, who, 100, JUNE)
    assert (first.number, second.number) == ("INV-2026-000001", "INV-2026-000002")


async def test_who_makes_it_does_not_issue_it_and_who_records_it_does_not_confirm_it(
    session: Session, staff: Staff
) -> None:
    who = (await ledgers.account(session)).id
    bill = invoices.Bill(who, [invoices.Line("礼盒", 2, 50)], JUNE)
    row = await invoices.make(session, at(JUNE), staff.fin, bill)
    with pytest.raises(SameHands):
        await invoices.issue(session, at(JUNE), JUNE, staff.fin, row.id, row.version)
    with pytest.raises(NotYourDuty):
        await invoices.issue(session, at(JUNE), JUNE, staff.sup, row.id, row.version)
    await invoices.issue(session, at(JUNE), JUNE, staff.fin2, row.id, row.version)
    money = await ledgers.receipt(session, staff, who, 100, JUNE, confirm=False)
    both = type(staff.cash)(staff.cash.user_id, "both", frozenset({OfficeRole.CASH, OfficeRole.FIN}))
    with pytest.raises(SameHands):
        await receipts.confirm(session, at(JUNE), JUNE, both, money.id, money.version)


async def test_unconfirmed_money_pays_nothing(session: Session, staff: Staff) -> None:
    who = (await ledgers.account(session)).id
    bill = await ledgers.invoice(session, staff, who, 100, JUNE)
    money = await ledgers.receipt(session, staff, who, 100, JUNE, confirm=False)
    with pytest.raises(Refused):
        await allocations.allocate(session, at(JUNE), JUNE, staff.fin, money.id, money.version, bill.id, 100)


async def test_m4_2_and_m4_3_dunning_climbs_is_resolved_by_payment_and_unresolved_by_a_bounced_note(
    session: Session, staff: Staff
) -> None:
    who = (await ledgers.account(session)).id
    bill = await ledgers.invoice(session, staff, who, 10_000, JUNE, due=JUNE + timedelta(days=10))
    late = JUNE + timedelta(days=11 + 40)  # forty days late, and nobody has written yet

    async def letters(day: date) -> list[Any]:
        sub = lists.DUNNINGS.source(day).subquery()
        return list(await session.execute(select(sub).where(sub.c.customer_id == who).order_by(sub.c.level)))

    assert await dunning.run(session, at(JUNE), JUNE + timedelta(days=10)) == 0  # due today
    assert await dunning.run(session, at(late), late) == 1
    assert await dunning.run(session, at(late), late) == 0  # the same day again
    assert [(row.level, row.status) for row in await letters(late)] == [(1, "draft")]
    # A letter nobody sent is no level reached.
    assert await dunning.run(session, at(late), late + timedelta(days=30)) == 0
    one = (await letters(late))[0]
    await dunning.send(session, at(late), late, staff.fin, one.id, 1, "挂号信")
    assert await dunning.run(session, at(late), late + timedelta(days=6)) == 0
    week = late + timedelta(days=7)
    assert await dunning.run(session, at(week), week) == 1
    two = (await letters(week))[1]
    assert two.level == 2
    await dunning.send(session, at(week), week, staff.rep, two.id, 1, "电话")
    promised = week + timedelta(days=3)
    await dunning.answer(
        session, at(week), week, staff.rep, two.id, 2, promised_on=promised, promised_fen=10_000, note="周末付"
    )
    assert (await letters(week))[1].promise == "open"
    assert (await letters(promised + timedelta(days=1)))[1].promise == "broken"
    money = await ledgers.receipt(
        session, staff, who, 10_000, week, method=ReceiptMethod.BANK_ACCEPTANCE, note_due_on=week + timedelta(days=90)
    )
    await allocations.set_off(session, at(week), week, staff.fin, money.id, money.version)
    paid = await letters(promised)
    assert [(row.status, row.promise) for row in paid] == [("resolved", "none"), ("resolved", "kept")]
    assert await dunning.run(session, at(promised), promised + timedelta(days=20)) == 0
    # The note is dishonoured: the invoice asks again, with its old date, and the letters are open again.
    later = promised + timedelta(days=20)
    await receipts.bounce(session, at(later), later, staff.fin, money.id, money.version, "出票人拒付")
    assert [row.status for row in await letters(later)] == ["sent", "answered"]
    assert await outstanding(session, bill.id, later) == 10_000
    assert (await _status(session, lists.INVOICES, bill.id, later)).status == "overdue"
    assert await dunning.run(session, at(later), later) == 1
    assert (await letters(later))[2].level == 3
    await check_equations(session, who, later)


async def test_m4_2_a_disputed_invoice_is_not_raised(session: Session, staff: Staff) -> None:
    who = (await ledgers.account(session)).id
    bill = await ledgers.invoice(session, staff, who, 10_000, JUNE, due=JUNE)
    await invoices.dispute(session, at(JUNE), staff.rep, bill.id, bill.version, "数量不符")
    late = JUNE + timedelta(days=40)
    assert await dunning.run(session, at(late), late) == 0
    await invoices.settle_dispute(session, at(late), staff.sm, bill.id, bill.version)
    assert await dunning.run(session, at(late), late) == 1


async def test_m4_5_ageing_by_customer_as_of_30_june(session: Session, staff: Staff) -> None:
    who = (await ledgers.account(session)).id
    day = date(2026, 6, 30)
    dues = [date(2026, 7, 10), date(2026, 6, 15), date(2026, 5, 31), date(2026, 5, 30), date(2026, 3, 31)]
    for n, due in enumerate(dues):
        await ledgers.invoice(session, staff, who, 10 ** (n + 2), date(2026, 3, 1), due=due)
    sub = reports.ageing(day).subquery()
    row = (await session.execute(select(sub).where(sub.c.customer_id == who))).one()
    assert (row.not_due_fen, row.b1_fen, row.b2_fen, row.b3_fen, row.b4_fen) == (100, 11_000, 100_000, 0, 1_000_000)
    assert row.total_fen == 1_111_100
    by_invoice = reports.ageing(day, by_invoice_date=True).subquery()
    row = (await session.execute(select(by_invoice).where(by_invoice.c.customer_id == who))).one()
    assert row.b4_fen == 1_111_100  # all of 1 March: 121 days


async def test_m4_6_the_nightly_job_opens_tasks_once_with_their_deadlines(session: Session, staff: Staff) -> None:
    account = await ledgers.account(session, rep_id=staff.rep.user_id)
    bill = await ledgers.invoice(session, staff, account.id, 10_000, date(2026, 6, 10), due=date(2026, 6, 20))

    async def tasks(day: date) -> list[Any]:
        sub = lists.TASKS.source(day).subquery()
        return list(await session.execute(select(sub).where(sub.c.customer_id == account.id).order_by(sub.c.due_on)))

    assert await collection.run(session, date(2026, 7, 5)) == 0
    assert await collection.run(session, date(2026, 7, 6)) == 1
    assert await collection.run(session, date(2026, 7, 7)) == 0
    assert await collection.run(session, date(2026, 8, 1)) == 2
    due = [(task.kind, task.due_on) for task in await tasks(date(2026, 8, 1))]
    assert due == [
        ("reason", date(2026, 7, 9)),
        ("report", date(2026, 8, 6)),
        ("solve", date(2026, 8, 31)),
    ]
    first, report, _ = await tasks(date(2026, 8, 1))
    now = at(date(2026, 7, 9))
    await collection.answer(session, now, date(2026, 7, 9), staff.rep, first.id, 1, reason="客户资金紧张")
    with pytest.raises(BadInput):
        await collection.answer(session, now, date(2026, 8, 7), staff.rep, report.id, 1, reason="未付")
    await collection.answer(
        session, now, date(2026, 8, 7), staff.sm, report.id, 1, reason="未付", measure="停止发货并上门催收"
    )
    assert [task.late for task in await tasks(date(2026, 8, 9))] == [False, True, False]
    # Bankrupt: to legal on the same day.
    today = date(2026, 8, 10)
    policy = ReceivablesPolicy()
    with pytest.raises(Refused):
        await invoices.mark_quasi_bad(
            session, at(today), today, staff.fin, bill.id, bill.version, QuasiBad.UNSOLVED,
            shipments_stopped_on=today - timedelta(days=30), policy=policy, note="",
        )  # fmt: skip
    marked = await invoices.mark_quasi_bad(
        session, at(today), today, staff.fin, bill.id, bill.version, QuasiBad.BANKRUPT,
        shipments_stopped_on=None, policy=policy, note="法院公告",
    )  # fmt: skip
    task = await collection.to_legal(session, at(today), today, staff.fin, marked, QuasiBad.BANKRUPT)
    assert task is not None
    assert (task.kind, task.due_on) == ("legal", today)


async def test_m4_7_a_statement_closes_when_it_is_confirmed_or_its_difference_has_a_reason(
    session: Session, staff: Staff
) -> None:
    who = (await ledgers.account(session)).id
    await ledgers.invoice(session, staff, who, 10_000, date(2026, 5, 20))
    bill = await ledgers.invoice(session, staff, who, 30_000, date(2026, 6, 2))
    money = await ledgers.receipt(session, staff, who, 15_000, date(2026, 6, 20))
    await allocations.set_off(session, at(JUNE), date(2026, 6, 20), staff.fin, money.id, money.version)
    end = date(2026, 6, 30)
    with pytest.raises(BadInput):  # a period that is not over
        await statements.make(session, at(JUNE), JUNE, staff.fin, who, JUNE, end)
    row = await statements.make(session, at(end), end, staff.fin, who, JUNE, end)
    assert (row.opening_fen, row.debit_fen, row.credit_fen, row.closing_fen) == (10_000, 30_000, 15_000, 25_000)
    moved = await statements.movements(session, who, JUNE, end)
    assert [(m["kind"], m["number"]) for m in moved] == [("invoice", bill.number), ("receipt", money.number)]
    await statements.send(session, at(end), staff.fin, row.id, row.version)
    await statements.confirm(session, at(end), end, staff.rep, row.id, row.version, 24_000, "客户会计")
    assert row.state == "differing"
    with pytest.raises(Refused) as refused:
        await statements.close(session, at(end), staff.fin, row.id, row.version)
    assert refused.value.code == "m4-7"
    with pytest.raises(IntegrityError, match="difference_has_a_reason"):
        async with session.begin_nested():
            await session.execute(text("UPDATE customer_statements SET state = 'closed'"))
    await statements.explain(session, at(end), staff.rep, row.id, row.version, "在途退货一箱")
    await statements.close(session, at(end), staff.fin, row.id, row.version)
    assert row.state == "closed"


async def test_m4_9_another_payer_needs_finances_reason_and_late_reports_are_seen(
    session: Session, staff: Staff
) -> None:
    who = (await ledgers.account(session, company="青岛海风商贸有限公司")).id
    money = await ledgers.receipt(session, staff, who, 10_000, JUNE, payer_name="张三", confirm=False)
    with pytest.raises(Refused) as refused:
        await receipts.confirm(session, at(JUNE), JUNE, staff.fin, money.id, money.version)
    assert refused.value.code == "m4-9"
    await receipts.confirm(
        session, at(JUNE), JUNE, staff.fin, money.id, money.version, accept_payer="法定代表人代付,有授权书"
    )
    assert (await _status(session, lists.RECEIPTS, money.id, JUNE)).late_days == 0
    values = receipts.Money(who, 5_000, JUNE - timedelta(days=2), ReceiptMethod.CASH, "青岛海风商贸有限公司")
    held_back = await receipts.record(session, at(JUNE), JUNE, staff.cash, values)
    assert (await _status(session, lists.RECEIPTS, held_back.id, JUNE)).late_days == 2


async def test_an_extension_moves_the_due_date_until_it_is_broken(session: Session, staff: Staff) -> None:
    steps = [band(-1, 1_000_000, (OfficeRole.SM,)), band(1_000_000, None, (OfficeRole.GM,))]
    await approvals.set_bands(session, EARLY, None, "extension", steps)
    who = (await ledgers.account(session)).id
    due = JUNE + timedelta(days=10)
    bill = await ledgers.invoice(session, staff, who, 10_000, JUNE, due=due)
    day, new = due + timedelta(days=2), due + timedelta(days=15)

    async def status(on: date) -> str:
        return str((await _status(session, lists.EXTENSIONS, row.id, on)).status)

    row = await extensions.ask(session, at(day), day, staff.rep, bill.id, new, "季节性资金紧张", "走访属实")
    await extensions.submit(session, at(day), staff.rep, row.id, row.version)
    approval = await approval_repository.alive(session, "extension", row.id)
    assert approval is not None
    await approvals.agree(session, at(day), day, staff.sm, approval.id, approval.version)
    assert await status(day) == "active"
    assert (await _status(session, lists.INVOICES, bill.id, new)).overdue_fen == 0
    # One day after the promised date, unpaid: broken, and the days count from the original date.
    broken = new + timedelta(days=1)
    assert await status(broken) == "broken"
    lines = ledger.open_lines(broken, customer_id=who).subquery()
    assert (await session.execute(select(lines.c.overdue_days))).scalar_one() == 16
    money = await ledgers.receipt(session, staff, who, 10_000, new)
    await allocations.set_off(session, at(new), new, staff.fin, money.id, money.version)
    assert await status(new) == "kept"


async def test_a_longer_extension_needs_a_higher_signature(session: Session, staff: Staff) -> None:
    steps = [band(-1, 1_000_000, (OfficeRole.SM,)), band(1_000_000, None, (OfficeRole.GM,))]
    await approvals.set_bands(session, EARLY, None, "extension", steps)
    who = (await ledgers.account(session)).id
    bill = await ledgers.invoice(session, staff, who, 10_000, JUNE, due=JUNE + timedelta(days=10))
    row = await extensions.ask(session, at(JUNE), JUNE, staff.rep, bill.id, JUNE + timedelta(days=26), "x")
    await extensions.submit(session, at(JUNE), staff.rep, row.id, row.version)
    approval = await approval_repository.alive(session, "extension", row.id)
    assert approval is not None
    assert [task.role for task in await approval_repository.tasks(session, approval.id)] == ["GM"]
    await approvals.reject(session, at(JUNE), JUNE, staff.gm, approval.id, 1, "不同意")
    assert row.state == "rejected"


async def test_reward_and_cash_close_an_invoice_at_nothing(session: Session, staff: Staff) -> None:
    who = (await ledgers.account(session)).id
    bill = await ledgers.invoice(session, staff, who, 10_000_000, JUNE)
    note = await invoices.make_credit(
        session, at(JUNE), JUNE, staff.sup, who, CreditKind.REWARD, 70_000, "提前付款奖励", bill.id
    )
    with pytest.raises(NotYourDuty):
        await invoices.issue_credit(session, at(JUNE), JUNE, staff.rep, note.id, 1)
    await invoices.issue_credit(session, at(JUNE), JUNE, staff.fin, note.id, note.version)
    money = await ledgers.receipt(session, staff, who, 9_930_000, JUNE)
    await allocations.set_off(session, at(JUNE), JUNE, staff.fin, money.id, money.version)
    assert await outstanding(session, bill.id, JUNE) == 0
    assert await statements.balance(session, who, JUNE) == 0
    await check_equations(session, who, JUNE)


async def test_the_status_in_sql_is_the_status_of_the_rule(session: Session, staff: Staff) -> None:
    who = (await ledgers.account(session)).id
    rows = [await ledgers.invoice(session, staff, who, 1_000, JUNE, due=JUNE + timedelta(days=n)) for n in range(6)]
    await ledgers.invoice(session, staff, who, 1_000, JUNE, issue=False)
    await ledgers.invoice(session, staff, who, 1_000, JUNE, due=JUNE + timedelta(days=30))
    money = await ledgers.receipt(session, staff, who, 2_500, JUNE)
    for bill, fen in ((rows[0], 1_000), (rows[1], 400), (rows[5], 400)):
        await allocations.allocate(session, at(JUNE), JUNE, staff.fin, money.id, money.version, bill.id, fen)
    note = await invoices.make_credit(session, at(JUNE), JUNE, staff.sup, who, CreditKind.PRICE, 1_000, "x", rows[2].id)
    await invoices.issue_credit(session, at(JUNE), JUNE, staff.fin, note.id, note.version)
    await invoices.dispute(session, at(JUNE), staff.rep, rows[3].id, rows[3].version, "x")
    await invoices.cancel(session, at(JUNE), JUNE, staff.fin, rows[4].id, rows[4].version, "开错")
    seen = set()
    for day in (JUNE, JUNE + timedelta(days=3), JUNE + timedelta(days=9)):
        sub = lists.INVOICES.source(day).subquery()
        for row in await session.execute(select(sub).where(sub.c.customer_id == who)):
            facts = InvoiceFacts(
                row.state, row.total_fen, row.paid_fen, row.credited_fen, row.written_off_fen, row.overdue_fen
            )
            assert row.status == rules.invoice_status(facts)
            seen.add(row.status)
    assert seen == {"draft", "cancelled", "paid", "overdue", "credited", "disputed", "issued", "partly_paid"}


async def test_figures_of_a_period(session: Session, staff: Staff) -> None:
    who = (await ledgers.account(session)).id
    first, last = date(2031, 1, 1), date(2031, 3, 31)
    bill = await ledgers.invoice(session, staff, who, 1_800, date(2031, 1, 10), due=date(2031, 2, 9))
    money = await ledgers.receipt(session, staff, who, 1_200, date(2031, 2, 9))
    await allocations.allocate(session, at(last), date(2031, 2, 9), staff.fin, money.id, money.version, bill.id, 1_200)
    found = await reports.figures(session, first, last)
    assert (found.receivable_fen, found.credit_sales_fen, found.dso_tenths) == (600, 1_800, 300)
    assert (found.due_fen, found.received_fen, found.collection_rate) == (1_800, 1_200, 6_667)


async def test_of_two_who_spend_the_same_receipt_one_wins(database: Database, hired: Staff) -> None:
    async with database.transaction() as session:
        who = (await ledgers.account(session)).id
        bills = [await ledgers.invoice(session, hired, who, 10_000, JUNE) for _ in range(2)]
        money = await ledgers.receipt(session, hired, who, 10_000, JUNE)

    async def spend(actor: Any, bill: Any) -> str:
        try:
            async with database.transaction() as session:
                await allocations.allocate(session, at(JUNE), JUNE, actor, money.id, money.version, bill.id, 10_000)
            return "won"
        except Stale as stale:
            return f"{stale.changed[0]['by']} {stale.changed[0]['act']}"

    results = await asyncio.gather(spend(hired.fin, bills[0]), spend(hired.fin2, bills[1]))
    assert "won" in results
    assert set(results) & {"FIN allocated", "FIN2 allocated"}
    async with database.transaction() as session:
        await check_equations(session, who, JUNE)


STEPS = ["invoice", "receipt", "confirm", "allocate", "set_off", "reverse", "cancel_invoice", "bounce", "credit",
         "dispute", "settle", "cancel_receipt"]  # fmt: skip


@settings(max_examples=walks(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 11), st.integers(1, 3_000)), max_size=14))
async def test_the_ledger_adds_up_after_any_sequence_of_commands(session: Session, staff: Staff, plan: Any) -> None:
    """Whoever does whatever in any order: nothing is over-allocated and every equation holds after every step."""
    savepoint = await session.begin_nested()
    who = (await ledgers.account(session)).id
    day, bills, money = JUNE, [], []
    people = [staff.fin, staff.fin2, staff.cash, staff.rep, staff.sup]
    made: list[Any] = []
    for step, pick, fen in plan:
        actor = people[pick % len(people)] if pick > 8 else staff.fin
        bill = bills[pick % len(bills)] if bills else None
        paid = money[pick % len(money)] if money else None
        try:
            match step:
                case "invoice":
                    bills.append(
                        await ledgers.invoice(
                            session,
                            staff,
                            who,
                            fen,
                            day,
                            dues=[(day, fen - fen // 2), (day + timedelta(days=9), fen // 2)] if fen > 1 else (),
                        )
                    )
                case "receipt":
                    money.append(await ledgers.receipt(session, staff, who, fen, day, confirm=pick % 2 == 0))
                case "confirm" if paid:
                    await receipts.confirm(session, at(day), day, actor, paid.id, paid.version)
                case "allocate" if paid and bill:
                    made.append(
                        await allocations.allocate(session, at(day), day, actor, paid.id, paid.version, bill.id, fen)
                    )
                case "set_off" if paid:
                    made += await allocations.set_off(session, at(day), day, actor, paid.id, paid.version)
                case "reverse" if made:
                    await allocations.reverse(session, at(day), day, actor, made[pick % len(made)].id, "错误")
                case "cancel_invoice" if bill:
                    await invoices.cancel(session, at(day), day, actor, bill.id, bill.version, "开错")
                case "bounce" if paid:
                    await receipts.bounce(session, at(day), day, actor, paid.id, paid.version, "拒付")
                case "cancel_receipt" if paid:
                    await receipts.cancel(session, at(day), actor, paid.id, paid.version, "误登")
                case "dispute" if bill:
                    await invoices.dispute(session, at(day), actor, bill.id, bill.version, "争议")
                case "settle" if bill:
                    await invoices.settle_dispute(session, at(day), actor, bill.id, bill.version)
                case "credit" if bill:
                    note = await invoices.make_credit(
                        session,
                        at(day),
                        day,
                        staff.sup,
                        who,
                        CreditKind.RETURN,
                        min(fen, bill.total_fen),
                        "退货",
                        bill.id,
                    )
                    await invoices.issue_credit(session, at(day), day, actor, note.id, note.version)
        except AppError:
            pass
        await check_equations(session, who, day)
        day += timedelta(days=pick % 3)
    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    await savepoint.rollback()
    session.expunge_all()
