"""M6 on the real database: from the two months to the write-off and the money that comes after all."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from backoffice.approvals import repository as approval_repository
from backoffice.approvals import service as approvals
from backoffice.calendar import service as calendars
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.refusals import Refused, SameHands
from backoffice.policies import service as policies
from backoffice.problem_accounts import losses, service
from backoffice.problem_accounts.models import ProblemCase, WriteOff
from backoffice.problem_accounts.repository import has_open_case, provision_balance
from backoffice.problem_accounts.router import CASES, WRITE_OFFS
from backoffice.problem_accounts.rules import CASE, CaseState, Evidence, ProblemPolicy, case_dates
from backoffice.receivables import allocations, invoices, lists, statements
from backoffice.receivables.models import CreditKind
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import AppError, BadInput
from tests.integration.backoffice import ledgers
from tests.integration.backoffice.conftest import EARLY, Staff, band, walks
from tests.integration.backoffice.ledgers import at, check_equations, outstanding

INVOICED = date(2026, 3, 10)
OPENS = date(2026, 5, 11)


async def _case(session: Session, customer: Any) -> ProblemCase:
    return (await session.scalars(select(ProblemCase).where(col(ProblemCase.customer_id) == customer))).one()


async def _row(session: Session, case: ProblemCase, day: date) -> Any:
    sub = CASES.source(day).subquery()
    return (await session.execute(select(sub).where(sub.c.id == case.id))).one()


async def test_m6_1_the_daily_job_opens_a_case_once_and_closes_what_was_paid(session: Session, staff: Staff) -> None:
    account = await ledgers.account(session, rep_id=staff.rep.user_id)
    bill = await ledgers.invoice(session, staff, account.id, 10_000, INVOICED)
    returned = await ledgers.invoice(session, staff, account.id, 10_000, INVOICED)
    note = await invoices.make_credit(
        session, at(INVOICED), INVOICED, staff.sup, account.id, CreditKind.RETURN, 1, "退货", returned.id
    )
    await invoices.issue_credit(session, at(INVOICED), INVOICED, staff.fin, note.id, note.version)
    assert await service.run(session, at(OPENS), OPENS - timedelta(days=1)) == 0
    assert await service.run(session, at(OPENS), OPENS) == 1
    assert await service.run(session, at(OPENS), OPENS) == 0
    case = await _case(session, account.id)
    assert (case.invoice_id, case.report_due, case.occurred_on) == (bill.id, date(2026, 5, 13), date(2026, 5, 8))
    assert case.full_liability_on == date(2026, 5, 28)
    assert case.liable_id == staff.rep.user_id
    assert (await _row(session, case, date(2026, 5, 28))).full_liability is False
    late = await _row(session, case, date(2026, 5, 29))
    assert (late.full_liability, late.report_late) == (True, True)
    sub = lists.INVOICES.source(OPENS).subquery()
    assert await session.scalar(select(sub.c.status).where(sub.c.id == bill.id)) == "problem"
    assert await has_open_case(session, account.id)  # M6-2: what orders and shipments ask
    money = await ledgers.receipt(session, staff, account.id, 10_000, OPENS)
    await allocations.allocate(session, at(OPENS), OPENS, staff.fin, money.id, money.version, bill.id, 10_000)
    await service.run(session, at(OPENS), OPENS)
    await session.refresh(case)
    assert case.state == "recovered"
    assert not await has_open_case(session, account.id)


async def _decided(
    session: Session, staff: Staff, fen: int, *, percent: int | None = None, **given: Any
) -> ProblemCase:
    """A case of an unpaid invoice, carried to the execution of the general manager's decision."""
    account = await ledgers.account(session, rep_id=staff.rep.user_id, **given)
    await ledgers.invoice(session, staff, account.id, fen, INVOICED)
    await service.run(session, at(OPENS), OPENS)
    case = await _case(session, account.id)
    now = at(OPENS)
    await service.report(
        session, now, OPENS, staff.rep, case.id, case.version, cause="客户停业",
        history=[(INVOICED, "送货"), (OPENS, "门店已关闭")], opinion="建议起诉",
    )  # fmt: skip
    await service.verify(session, now, OPENS, staff.sm, case.id, case.version, "属实")
    await service.plan(session, now, OPENS, staff.legal, case.id, case.version, "起诉并申请保全")
    await service.decide(session, now, staff.gm, case.id, case.version, "同意", percent)
    await service.execute(session, now, staff.legal, case.id, case.version, "已立案")
    return case


async def test_the_report_is_whole_and_a_bad_one_comes_back(session: Session, staff: Staff) -> None:
    who = (await ledgers.account(session)).id
    await ledgers.invoice(session, staff, who, 10_000, INVOICED)
    await service.run(session, at(OPENS), OPENS)
    case = await _case(session, who)

    async def report(history: list[tuple[date, str]], cause: str = "停业") -> None:
        await service.report(
            session, at(OPENS), OPENS, staff.rep, case.id, case.version, cause=cause, history=history, opinion=""
        )

    for bad in ([], [(OPENS, "b"), (INVOICED, "a")], [(OPENS + timedelta(days=1), "明天")]):
        with pytest.raises(BadInput):
            await report(bad)
    await report([(INVOICED, "送货"), (OPENS, "关门")])
    both = Actor(staff.rep.user_id, "both", frozenset({OfficeRole.SM}))
    with pytest.raises(SameHands):
        await service.verify(session, at(OPENS), OPENS, both, case.id, case.version, "")
    await service.return_report(session, at(OPENS), OPENS, staff.sm, case.id, case.version, "附件不全")
    assert (case.state, case.report_due) == ("returned_for_correction", OPENS + timedelta(days=2))
    await report([(INVOICED, "送货"), (OPENS, "关门")])
    await service.verify(session, at(OPENS), OPENS, staff.sm, case.id, case.version, "属实")
    assert case.plan_due == OPENS + timedelta(days=2)
    with pytest.raises(IntegrityError, match="reporter_never_verifies"):
        async with session.begin_nested():
            await session.execute(text("UPDATE problem_cases SET verified_by = reported_by"))


async def test_the_general_manager_may_exempt_and_it_does_not_come_back(session: Session, staff: Staff) -> None:
    who = (await ledgers.account(session)).id
    await ledgers.invoice(session, staff, who, 10_000, INVOICED)
    await service.run(session, at(OPENS), OPENS)
    case = await _case(session, who)
    await service.exempt(session, at(OPENS), staff.gm, case.id, case.version, "国企客户,季度结算")
    assert await service.run(session, at(OPENS), OPENS + timedelta(days=1)) == 0
    assert not await has_open_case(session, who)


async def _write_off(session: Session, staff: Staff, case: ProblemCase, fen: int, day: date) -> WriteOff:
    await approvals.set_bands(session, EARLY, None, "write_off", [band(-1, None, (OfficeRole.GM,))])
    row = await losses.propose(
        session, at(day), day, staff.fin, case.id, case.version,
        amount_fen=fen, evidence=Evidence.COURT_RULING, evidence_note="法院终结执行裁定",
    )  # fmt: skip
    approval = await approval_repository.alive(session, "write_off", row.id)
    assert approval is not None
    await approvals.agree(session, at(day), day, staff.gm, approval.id, approval.version, "同意核销")
    return row


async def test_m6_3_to_m6_5_worked_example_provision_write_off_and_later_recovery(
    session: Session, staff: Staff
) -> None:
    """Provision 7,000; write-off 8,000: 1,000 to expense; 3,000 recovered: 1,500 back to the representative."""
    day = date(2026, 6, 30)
    with pytest.raises(Refused):  # nobody has set the rates
        await losses.provide(session, at(day), day, staff.fin)
    rates = [[1, 30_000], [2, 50_000], [None, 100_000]]
    await policies.change(session, EARLY, None, "problem_accounts", "provision_rates", rates)
    case = await _decided(session, staff, 10_000_000, percent=50)
    old = (await ledgers.account(session)).id
    await ledgers.invoice(session, staff, old, 4_000_000, date(2025, 1, 5))
    await ledgers.invoice(session, staff, old, 2_000_000, date(2023, 1, 5))
    provision = await losses.provide(session, at(day), day, staff.fin)
    assert [line["provision_fen"] for line in provision.lines] == [300_000, 200_000, 200_000]
    assert (provision.required_fen, provision.before_fen, provision.charge_fen) == (700_000, 0, 700_000)
    with pytest.raises(IntegrityError, match="never changed or removed"):
        async with session.begin_nested():
            await session.execute(text("DELETE FROM provisions"))
    for fen in (10_000_001, 0):
        with pytest.raises(Refused) as refused:
            await losses.propose(
                session, at(day), day, staff.fin, case.id, case.version,
                amount_fen=fen, evidence=Evidence.DEATH, evidence_note="x",
            )  # fmt: skip
        assert refused.value.code == "m6-4"
    row = await _write_off(session, staff, case, 800_000, day)
    assert (row.from_provision_fen, row.to_expense_fen, case.state) == (700_000, 100_000, "written_off")
    assert await provision_balance(session, day) == 0
    assert await outstanding(session, case.invoice_id, day) == 9_200_000
    await check_equations(session, case.customer_id, day)
    # Later 3,000 comes after all.
    later = date(2026, 9, 1)
    money = await ledgers.receipt(session, staff, case.customer_id, 300_000, later)
    with pytest.raises(BadInput):
        await losses.recover(session, at(later), later, staff.fin, case.id, case.version, money.id, 800_001)
    found = await losses.recover(session, at(later), later, staff.fin, case.id, case.version, money.id, 300_000)
    assert (found.back_fen, found.back_to_id, found.back_due) == (150_000, staff.rep.user_id, date(2026, 9, 6))
    await losses.pay_back(session, later, staff.cash, found.id)
    with pytest.raises(Refused):
        await losses.pay_back(session, later, staff.cash, found.id)
    sub = WRITE_OFFS.source(later).subquery()
    memo = (await session.execute(select(sub).where(sub.c.id == row.id))).one()
    assert (memo.memo_fen, memo.status) == (500_000, "partly_recovered")
    assert await outstanding(session, case.invoice_id, later) == 9_200_000
    assert await statements.balance(session, case.customer_id, later) == 9_200_000
    await check_equations(session, case.customer_id, later)


async def test_m6_4_without_a_decision_or_the_general_managers_word_nothing_is_written_off(
    session: Session, staff: Staff
) -> None:
    case = await _decided(session, staff, 10_000)
    await approvals.set_bands(session, EARLY, None, "write_off", [band(-1, None, (OfficeRole.GM,))])
    row = await losses.propose(
        session, at(OPENS), OPENS, staff.fin, case.id, case.version,
        amount_fen=10_000, evidence=Evidence.BANKRUPTCY, evidence_note="破产公告",
    )  # fmt: skip
    approval = await approval_repository.alive(session, "write_off", row.id)
    assert approval is not None
    await approvals.reject(session, at(OPENS), OPENS, staff.gm, approval.id, 1, "继续追讨")
    assert (case.state, row.refused, row.written_off_on) == ("executing", True, None)
    assert await outstanding(session, case.invoice_id, OPENS) == 10_000


async def test_m6_4_above_the_settings_amount_the_board_signs_too_and_the_evidence_is_described(
    session: Session, staff: Staff
) -> None:
    limit = 5_000_000
    bands = [band(-1, limit, (OfficeRole.GM,)), band(limit, None, (OfficeRole.GM,), (OfficeRole.BOARD,))]
    await approvals.set_bands(session, EARLY, None, "write_off", bands)
    for fen, signers in ((limit, ["GM"]), (limit + 1, ["GM", "BOARD"])):
        case = await _decided(session, staff, 10_000_000)
        with pytest.raises((Refused, BadInput)):
            await losses.propose(
                session, at(OPENS), OPENS, staff.fin, case.id, case.version,
                amount_fen=fen, evidence=Evidence.LONG_OVERDUE, evidence_note=" ",
            )  # fmt: skip
        row = await losses.propose(
            session, at(OPENS), OPENS, staff.fin, case.id, case.version,
            amount_fen=fen, evidence=Evidence.COURT_RULING, evidence_note="法院终结执行裁定",
        )  # fmt: skip
        approval = await approval_repository.alive(session, "write_off", row.id)
        assert approval is not None
        assert [task.role for task in await approval_repository.tasks(session, approval.id)] == signers
        await approvals.agree(session, at(OPENS), OPENS, staff.gm, approval.id, approval.version, "同意核销")
        assert (row.written_off_on is not None) is (signers == ["GM"])


STEPS = ["report", "verify", "return", "plan", "decide", "execute", "review", "propose", "approve", "reject",
         "money", "recover", "close", "exempt", "run"]  # fmt: skip
WAY = ["report", "verify", "plan", "decide", "execute", "propose", "approve", "money", "recover", "close"]


@settings(max_examples=walks(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, 10),
    st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 7), st.integers(1, 9_000)), max_size=10),
)
async def test_no_sequence_of_commands_leaves_the_table_or_the_ledger(
    session: Session, staff: Staff, head_start: int, plan: Any
) -> None:
    savepoint = await session.begin_nested()
    await approvals.set_bands(session, EARLY, None, "write_off", [band(-1, None, (OfficeRole.GM,))])
    who = (await ledgers.account(session, rep_id=staff.rep.user_id)).id
    bill = await ledgers.invoice(session, staff, who, 10_000, INVOICED)
    await service.run(session, at(OPENS), OPENS)
    case, day, now = await _case(session, who), OPENS, at(OPENS)
    money: list[Any] = []
    people = [staff.rep, staff.sm, staff.legal, staff.gm, staff.fin, staff.cash]
    right = {"report": staff.rep, "verify": staff.sm, "return": staff.sm, "plan": staff.legal, "decide": staff.gm,
             "execute": staff.legal, "propose": staff.fin, "recover": staff.fin, "close": staff.fin,
             "exempt": staff.gm}  # fmt: skip
    steps = [(step, 0, 5_000) for step in WAY[:head_start]] + plan
    for step, pick, fen in steps:
        actor = people[pick % len(people)] if pick > 5 else right.get(step, staff.fin)
        before = case.state
        v, i = case.version, case.id
        try:
            match step:
                case "report":
                    history = [(day, "经过")]
                    await service.report(session, now, day, actor, i, v, cause="x", history=history, opinion="")
                case "verify":
                    await service.verify(session, now, day, actor, i, v, "")
                case "return":
                    await service.return_report(session, now, day, actor, i, v, "x")
                case "plan":
                    await service.plan(session, now, day, actor, i, v, "x")
                case "decide":
                    await service.decide(session, now, actor, i, v, "x", 50)
                case "execute":
                    await service.execute(session, now, actor, i, v, "")
                case "review":
                    await service.review(session, now, day, i, v)
                case "propose":
                    await losses.propose(
                        session, now, day, actor, i, v, amount_fen=fen, evidence=Evidence.DEATH, evidence_note="x"
                    )
                case "approve" | "reject":
                    pending = await session.scalar(text("SELECT id FROM approvals WHERE state = 'pending'"))
                    if pending:
                        decide = approvals.agree if step == "approve" else approvals.reject
                        row = await session.get(approval_repository.Approval, pending)
                        assert row is not None
                        await decide(session, now, day, staff.gm, pending, row.version, "x")
                case "money":
                    row = await ledgers.receipt(session, staff, who, fen, day)
                    money.append(row)
                    if pick % 2:
                        await allocations.set_off(session, now, day, staff.fin, row.id, row.version)
                case "recover" if money:
                    await losses.recover(session, now, day, actor, i, v, money[-1].id, fen)
                case "close":
                    await service.close(session, now, actor, i, v, "")
                case "exempt":
                    await service.exempt(session, now, actor, i, v, "x")
                case "run":
                    await service.run(session, now, day)
        except AppError:
            pass
        reachable = {before} | {m.target.value for m in CASE.moves if CaseState(before) in m.sources}
        assert case.state in reachable
        assert case.decided_by is None or case.decided_by != case.planned_by
        assert case.verified_by is None or case.verified_by != case.reported_by
        await check_equations(session, who, day)
    event(case.state)
    assert bill.total_fen == 10_000
    await savepoint.rollback()
    session.expunge_all()


async def test_m6_1_a_night_with_years_of_old_invoices_opens_what_one_by_one_would(
    session: Session, staff: Staff
) -> None:
    """In bulk the database writes; the dates are still those of the rule, for each day of invoice."""
    account = await ledgers.account(session, rep_id=staff.rep.user_id)
    days = [date(2025, 7, 31) + timedelta(days=n * 17) for n in range(18)]
    bills = [await ledgers.invoice(session, staff, account.id, 1_000 + n, day) for n, day in enumerate(days)]
    paid = await ledgers.receipt(session, staff, account.id, bills[0].total_fen + 1, days[0])
    for bill, fen in ((bills[0], bills[0].total_fen), (bills[1], 1)):
        await allocations.allocate(session, at(OPENS), OPENS, staff.fin, paid.id, paid.version, bill.id, fen)
    made = await service.run(session, at(OPENS), OPENS)
    policy, calendar = ProblemPolicy(), await calendars.load(session)
    wanted = [bill for bill in bills[1:] if case_dates(bill.invoice_on, policy).opens_on <= OPENS]
    rows = await session.scalars(
        select(ProblemCase).where(col(ProblemCase.customer_id) == account.id).order_by(col(ProblemCase.number))
    )
    cases = list(rows)
    assert made == len(cases) == len(wanted) > 10
    for case, bill in zip(cases, wanted, strict=True):
        alone = service._case(
            case.number,
            service._New(
                bill.id, account.id, bill.invoice_on, await outstanding(session, bill.id, OPENS), account.rep_id
            ),
            OPENS,
            policy,
            calendar,
        )
        assert case.model_dump(exclude={"id"}) == alone.model_dump(exclude={"id"})
        told = await acts.story(session, CASE.name, case.id)
        assert [(x["act"], x["to_state"], x["detail"]) for x in told] == [
            ("made", "detected", {"amount_fen": case.amount_fen, "invoice": str(bill.id)})
        ]
