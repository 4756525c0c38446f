"""M12 on the real database: from prospect to active, the file, care, plans, grading and what a grade does."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from backoffice.accounts import service as accounts
from backoffice.contracts import service as contracts
from backoffice.contracts.models import ContractKind
from backoffice.credit import service as credit
from backoffice.distributors import care, files, grading, key_accounts, lists, plans, service
from backoffice.distributors.models import ChannelPlan, Distributor, FileLoan, GradeLine, GradeReview
from backoffice.kit.refusals import NotYourDuty, Refused, SameHands, Stale, WrongState
from backoffice.listing.query import ListQuery, page
from backoffice.orders import office
from backoffice.receivables.models import Invoice
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, Conflict
from tests.integration.backoffice import channel, ledgers
from tests.integration.backoffice.channel import agree
from tests.integration.backoffice.conftest import Staff
from tests.integration.backoffice.ledgers import at
from tests.integration.backoffice.orders import make_order

DAY = date(2026, 3, 9)


async def _row(session: Session, listing: Any, today: date, **where: Any) -> Any:
    query = ListQuery(filter=[f"{name}:{value}" for name, value in where.items()])
    return (await page(session, listing, query, today)).rows


# ---------------------------------------------------------------- finding and filing


async def test_m12_4_a_prospect_is_matched_only_by_all_four_criteria(session: Session, staff: Staff) -> None:
    row = await channel.prospect(session, staff, DAY, years_in_trade=2)
    with pytest.raises(Refused, match="not set"):
        await service.match(session, at(DAY), staff.rep, row.id, row.version)
    await channel.criteria(session)
    with pytest.raises(Refused) as refused:
        await service.match(session, at(DAY), staff.rep, row.id, row.version)
    assert refused.value.code == "m12-4"
    await service.edit(session, at(DAY), staff.rep, row.id, row.version, {"years_in_trade": 3})
    await service.match(session, at(DAY), staff.rep, row.id, row.version)
    assert row.state == "matched"
    with pytest.raises(Stale):
        await service.unmatch(session, at(DAY), staff.rep, row.id, 1, "")
    with pytest.raises(Conflict):
        await service.add(session, at(DAY), DAY, staff.rep, row.customer_id, channel.FACTS, "")


async def test_m12_1_m12_2_and_m12_6_three_hands_from_prospect_to_the_list(session: Session, staff: Staff) -> None:
    await channel.criteria(session)
    await channel.approvers(session, "contract")
    with pytest.raises(NotYourDuty):
        await service.add(session, at(DAY), DAY, staff.sm, (await ledgers.account(session)).id, channel.FACTS, "")
    row = await channel.prospect(session, staff, DAY)
    who = await accounts.of(session, row.customer_id)
    assert (who.region, who.rep_id) == ("华南", staff.rep.user_id)
    await service.match(session, at(DAY), staff.rep, row.id, row.version)
    text_of = contracts.Text(
        customer_id=who.id, kind=ContractKind.DISTRIBUTOR, title="经销合同", body="", lines=[], terms_days=30,
        start_on=DAY, end_on=None, delivery_terms="", region="华南", capped=False, standard_form=True,
    )  # fmt: skip
    paper = await contracts.draft(session, at(DAY), DAY, staff.rep, text_of)
    with pytest.raises(BadInput):  # a draft that nobody signed is no contract
        await service.sign_up(session, at(DAY), staff.rep, row.id, row.version, paper.id)
    await contracts.propose(session, at(DAY), DAY, staff.rep, paper.id, paper.version)
    await service.sign_up(session, at(DAY), staff.rep, row.id, row.version, paper.id)
    with pytest.raises(NotYourDuty):
        await service.review(session, at(DAY), staff.cadm, row.id, row.version, "")
    await service.review(session, at(DAY), staff.sm, row.id, row.version, "")
    with pytest.raises(Refused) as refused:  # M7's own review comes first
        await service.file(session, at(DAY), DAY, staff.cadm, row.id, row.version, "B-2")
    assert refused.value.code == "m12-6"
    await contracts.check(session, at(DAY), staff.cadm, paper.id, paper.version, True, "")
    await contracts.check(session, at(DAY), staff.sm, paper.id, paper.version, True, "")
    await agree(session, staff, "contract", paper.id, DAY)
    await contracts.seal(
        session, at(DAY), DAY, staff.legal, paper.id, paper.version, pages=1, signed_name="王五", signed_on=DAY
    )
    await service.file(session, at(DAY), DAY, staff.cadm, row.id, row.version, "B-2")
    assert (row.state, row.file_number) == ("filed", "DF-2026-000001")
    with pytest.raises(Refused):  # sealed, not yet in the register
        await service.activate(session, at(DAY), staff.cadm, row.id, row.version)
    await contracts.register(session, at(DAY), DAY, staff.cadm, paper.id, paper.version, "A-1")
    await service.activate(session, at(DAY), staff.cadm, row.id, row.version)
    with pytest.raises(BadInput):
        await service.change_standing(session, at(DAY), staff.sm, row.id, row.version, "suspend", " ")
    await service.change_standing(session, at(DAY), staff.sm, row.id, row.version, "suspend", "拖欠")
    assert row.state == "suspended"


async def test_m12_2_the_schema_keeps_the_hands_apart(session: Session, staff: Staff) -> None:
    row = await channel.active(session, staff, DAY)
    for column in ("reviewed_by", "filed_by"):
        with pytest.raises(IntegrityError):
            async with session.begin_nested():
                await session.execute(
                    update(Distributor).where(col(Distributor.id) == row.id).values({column: staff.rep.user_id})
                )
    with pytest.raises(IntegrityError):
        async with session.begin_nested():
            await session.execute(update(Distributor).where(col(Distributor.id) == row.id).values(contract_id=None))


# ---------------------------------------------------------------- the file


async def test_m12_3_and_m12_7_what_a_visit_finds_goes_by_sm_and_cadm_into_the_file(
    session: Session, staff: Staff
) -> None:
    row = await channel.active(session, staff, DAY)
    topics = {"stock": "三个月", "orders": "按月", "changes": "迁址广州"}
    with pytest.raises(BadInput):
        await care.visit(session, at(DAY), DAY, staff.rep, row.id, DAY + timedelta(days=1), topics, {})
    with pytest.raises(BadInput):
        await care.visit(session, at(DAY), DAY, staff.rep, row.id, DAY, topics, {"customer_id": "x"})
    await care.visit(session, at(DAY), DAY, staff.rep, row.id, DAY, topics, {"city": "广州"})
    [found] = await _row(session, lists.CHANGES, DAY, distributor_id=row.id)
    assert (found.state, found.what, row.city) == ("reported", "迁址广州", "深圳")
    with pytest.raises(WrongState):  # SM collects first
        await files.move_change(session, at(DAY), DAY, staff.cadm, found.id, found.version, "file", "")
    await files.move_change(session, at(DAY), DAY, staff.sm, found.id, found.version, "collect", "")
    change = await files.move_change(session, at(DAY), DAY, staff.cadm, found.id, 2, "file", "")
    assert (row.city, change.before, change.delta) == ("广州", {"city": "深圳"}, {"city": "广州"})
    with pytest.raises(IntegrityError):
        async with session.begin_nested():
            await session.execute(text("UPDATE distributor_visits SET stock = ''"))


async def test_m12_10_credit_news_of_finance_are_filed_by_cadm(session: Session, staff: Staff) -> None:
    row = await channel.active(session, staff, DAY)
    with pytest.raises(NotYourDuty):
        await files.report(session, at(DAY), DAY, staff.rep, row.id, "额度调整", {}, credit=True)
    change = await files.report(session, at(DAY), DAY, staff.fin, row.id, "额度调整为50万", {}, credit=True)
    with pytest.raises(Refused):
        await files.move_change(session, at(DAY), DAY, staff.sm, change.id, change.version, "collect", "")
    await files.move_change(session, at(DAY), DAY, staff.cadm, change.id, change.version, "file", "")
    assert change.state == "filed"
    own = await files.report(session, at(DAY), DAY, staff.rep, row.id, "换联系人", {"contact": "赵六"})
    with pytest.raises(BadInput):
        await files.move_change(session, at(DAY), DAY, staff.sm, own.id, own.version, "reject", "")
    with pytest.raises(BadInput):
        await files.report(session, at(DAY), DAY, staff.rep, row.id, "x", {"years_in_trade": "many"})


async def test_m12_10_a_file_is_lent_after_sm_and_taken_back(session: Session, staff: Staff) -> None:
    row = await channel.active(session, staff, DAY)
    loan = await files.ask_loan(session, at(DAY), staff.fin, row.id, "财务部", "核对")
    own = await files.ask_loan(session, at(DAY), staff.sm, row.id, "销售部", "核对")
    with pytest.raises(SameHands):
        await files.move_loan(session, at(DAY), DAY, staff.sm, own.id, own.version, "approve", "")
    await files.move_loan(session, at(DAY), DAY, staff.sm, loan.id, loan.version, "approve", "")
    with pytest.raises(NotYourDuty):
        await files.move_loan(session, at(DAY), DAY, staff.sm, loan.id, loan.version, "lend", "")
    await files.move_loan(session, at(DAY), DAY, staff.cadm, loan.id, loan.version, "lend", "")
    assert loan.due_on == DAY + timedelta(days=7)
    late = DAY + timedelta(days=8)
    assert [x.overdue for x in await _row(session, lists.LOANS, late, state="lent")] == [True]
    with pytest.raises(IntegrityError):  # one file is with one reader
        async with session.begin_nested():
            await session.execute(update(FileLoan).where(col(FileLoan.id) == own.id).values(state="approved"))
    await files.move_loan(session, at(late), late, staff.cadm, loan.id, loan.version, "take_back", "")
    assert (loan.state, loan.back_on) == ("back", late)


async def test_m12_7_and_10_the_list_says_whose_visit_is_late_and_whose_file_incomplete(
    session: Session, staff: Staff
) -> None:
    row = await channel.active(session, staff, DAY)
    for name in ("营业执照", "税务登记证"):
        await files.add_paper(session, at(DAY), DAY, staff.cadm, row.id, name)
    last = DAY + timedelta(days=60)
    [shown] = await _row(session, lists.DISTRIBUTORS, last, customer_id=row.customer_id)
    assert (shown.visit_late, shown.next_visit_on, shown.completeness) == (False, last, 40)
    [shown] = await _row(session, lists.DISTRIBUTORS, last + timedelta(days=1), customer_id=row.customer_id)
    assert shown.visit_late
    topics = {"stock": "一", "orders": "二", "changes": "无"}
    await care.visit(session, at(last), last, staff.rep, row.id, last, topics, {})
    [shown] = await _row(session, lists.DISTRIBUTORS, last + timedelta(days=1), customer_id=row.customer_id)
    assert (shown.visit_late, shown.last_visit_on) == (False, last)


# ---------------------------------------------------------------- care


async def test_m12_8_rep_solves_what_he_can_else_the_department(session: Session, staff: Staff) -> None:
    row = await channel.active(session, staff, DAY)
    easy = await care.complain(session, at(DAY), DAY, staff.rep, row.id, "少发一箱")

    async def do(thing: Any, who: Any, command: str, note: str = "", **more: Any) -> None:
        await care.move_complaint(session, at(DAY), DAY, who, thing.id, thing.version, command, note=note, **more)

    with pytest.raises(WrongState):  # by class and importance first
        await do(easy, staff.rep, "solve", "补发")
    await do(easy, staff.rep, "classify", kind="数量", importance=1)
    with pytest.raises(BadInput):
        await do(easy, staff.rep, "solve")
    await do(easy, staff.rep, "solve", "补发一箱")
    await do(easy, staff.rep, "close")
    hard = await care.complain(session, at(DAY), DAY, staff.rep, row.id, "质量问题")
    await do(hard, staff.rep, "classify", kind="质量", importance=3)
    await do(hard, staff.rep, "escalate", "超出权限")
    with pytest.raises(NotYourDuty):
        await do(hard, staff.rep, "solve", "我来")
    await do(hard, staff.sm, "solve", "召回该批")
    assert (hard.state, hard.handler_id, hard.solution) == ("solved", staff.sm.user_id, "召回该批")
    await do(hard, staff.rep, "reopen", "客户不满意")
    late = DAY + timedelta(days=4)
    assert [x.late for x in await _row(session, lists.COMPLAINTS, late, state="escalated")] == [True]


async def test_m12_9_risks_go_to_finance_and_m12_1_sm_evaluates(session: Session, staff: Staff) -> None:
    row = await channel.active(session, staff, DAY)
    risk = await care.warn(session, at(DAY), DAY, staff.rep, row.id, "老板失联")
    with pytest.raises(NotYourDuty):
        await care.answer_risk(session, at(DAY), staff.rep, risk.id, risk.version, "知道了")
    await care.answer_risk(session, at(DAY), staff.fin, risk.id, risk.version, "停止发货")
    assert risk.state == "answered"
    rep = staff.rep.user_id
    await care.evaluate(session, DAY, staff.sm, rep, DAY, 4, "多拜访")
    found = await care.evaluate(session, DAY, staff.sm, rep, DAY, 5, "很好")
    assert (found.score, found.month) == (5, date(2026, 3, 1))
    assert len(await _row(session, lists.EVALUATIONS, DAY, rep_id=rep)) == 1
    with pytest.raises(BadInput):
        await care.evaluate(session, DAY, staff.sm, staff.fin.user_id, DAY, 5, "x")


async def test_m12_1_an_end_key_account_is_applied_for(session: Session, staff: Staff) -> None:
    await channel.approvers(session, "key_account")
    who = (await ledgers.account(session)).id
    row = await key_accounts.apply(session, at(DAY), DAY, staff.rep, who, "全国连锁商超")
    assert row.state == "submitted"
    await agree(session, staff, "key_account", row.id, DAY)
    assert row.state == "approved"


# ---------------------------------------------------------------- plans


async def test_m12_5_company_on_1_november_region_on_5_november_and_who_is_late(session: Session, staff: Staff) -> None:
    await channel.active(session, staff, DAY)
    assert await plans.run(session, at(date(2026, 9, 30)), date(2026, 9, 30)) == 0
    first = date(2026, 10, 1)
    assert await plans.run(session, at(first), first) == 2  # the company's and one region's
    assert await plans.run(session, at(first), first) == 0
    rows = {x.region: x for x in (await session.scalars(select(ChannelPlan))).all()}
    company, region = rows[""], rows["华南"]
    assert (company.year, company.due_on, region.due_on) == (2027, date(2026, 11, 1), date(2026, 11, 5))
    fifth, late = date(2026, 11, 5), date(2026, 11, 7)
    await plans.edit(session, at(fifth), staff.sm, region.id, region.version, "深耕珠三角", [{"sales_fen": 1}])
    with pytest.raises(Refused) as refused:
        await plans.issue(session, at(fifth), fifth, staff.sm, region.id, region.version)
    assert refused.value.code == "m12-5"
    with pytest.raises(BadInput):  # an empty plan is none
        await plans.issue(session, at(fifth), fifth, staff.sm, company.id, company.version)
    await plans.edit(session, at(fifth), staff.cmo, company.id, company.version, "全国规划", [])
    await plans.issue(session, at(fifth), fifth, staff.cmo, company.id, company.version)
    with pytest.raises(NotYourDuty):
        await plans.issue(session, at(late), late, staff.cmo, region.id, region.version)
    shown = {x.level: x.late_days for x in await _row(session, lists.PLANS, late)}
    assert shown == {"company": 4, "region": 2}  # issued four days late; not issued yet
    await plans.issue(session, at(late), late, staff.sm, region.id, region.version)
    assert region.issued["selection_standard"]["min_years"] == 3
    assert [x["kind"] for x in region.issued["qualified_list"]] == ["dealer"]
    with pytest.raises(WrongState):  # what was handed out stays as it was
        await plans.edit(session, at(late), staff.sm, region.id, region.version, "x", [])


# ---------------------------------------------------------------- grading


async def _graded(session: Session, staff: Staff, sales: list[int]) -> tuple[list[Distributor], GradeReview]:
    """Dealers with sales of 2025, graded in January 2026 by the worked example's standard (50 %, 80 %)."""
    await channel.approvers(session, "grade_standard", "grade_review")
    early, day = date(2025, 2, 1), date(2026, 1, 10)
    dealers = []
    for fen in sales:
        row = await channel.active(session, staff, early)
        await ledgers.invoice(session, staff, row.customer_id, fen, date(2025, 5, 1), due=date(2025, 5, 31))
        dealers.append(row)
    values = {"from_year": 2025, "method": "share", "reading": "end", "aaa": 50, "aa": 80, "reason": "首版"}
    with pytest.raises(Refused):
        await grading.make(session, at(day), day, staff.sm, 2025)
    standard = await grading.draft_standard(session, at(day), staff.sm, values)
    await grading.submit_standard(session, at(day), staff.sm, standard.id, standard.version)
    assert await grading.run(session, at(day), day) == 0  # not approved yet
    await agree(session, staff, "grade_standard", standard.id, day)
    assert await grading.run(session, at(day), day) == 1
    assert await grading.run(session, at(day), day) == 0
    review = (await session.scalars(select(GradeReview).where(col(GradeReview.year) == 2025))).one()
    return dealers, review


async def test_m12_11_and_12_the_year_is_graded_once_and_a_is_felt_by_m8_at_once(
    session: Session, staff: Staff
) -> None:
    dealers, review = await _graded(session, staff, [400, 250, 150, 120, 80])
    day = date(2026, 1, 12)
    lines = await grading.lines_of(session, review.id)
    assert [x.grade for x in lines] == ["AAA", "AA", "AA", "A", "A"]
    worst = dealers[4]
    account = await accounts.of(session, worst.customer_id)
    account.credit_limit_fen = 10**9
    old_due = (
        (await session.scalars(select(Invoice).where(col(Invoice.customer_id) == worst.customer_id))).one().invoice_on
    )
    # Before: on credit, without a hold (its old debt is paid).
    debt = (await session.scalars(select(Invoice).where(col(Invoice.customer_id) == worst.customer_id))).one()
    money = await ledgers.receipt(session, staff, worst.customer_id, 80, day)
    from backoffice.receivables import allocations

    await allocations.allocate(session, at(day), day, staff.fin, money.id, money.version, debt.id, 80)
    order = await make_order(session, worst.customer_id, [("A01", 1, 5_000)])
    assert await office.confirm(session, at(day), day, staff.sup, order.id, order.version) == []
    with pytest.raises(BadInput):
        await grading.depart(session, at(day), staff.sm, review.id, review.version, lines[2].id, "AAA", "")
    await grading.depart(session, at(day), staff.sm, review.id, review.version, lines[2].id, "AAA", "战略客户")
    await grading.submit(session, at(day), staff.sm, review.id, review.version)
    await agree(session, staff, "grade_review", review.id, day)
    assert (review.state, review.applied_on) == ("approved", day)
    await session.refresh(account)
    assert (account.grade, account.cash_only, account.credit_limit_fen) == ("A", True, 10**9)
    assert (await accounts.of(session, dealers[2].customer_id)).grade == "AAA"
    # M8 at once: the next order of the same dealer asks for money.
    later = await make_order(session, worst.customer_id, [("A01", 1, 5_000)])
    found = await office.confirm(session, at(day), day, staff.sup, later.id, later.version)
    assert [(finding.kind.value, finding.short_fen) for finding in found] == [("cash", 5_000)]
    assert debt.invoice_on == old_due  # what was sold on credit keeps its dates
    with pytest.raises(Refused) as once:
        await grading.make(session, at(day), day, staff.sm, 2025)
    assert once.value.code == "m12-12-once"
    with pytest.raises(IntegrityError):
        async with session.begin_nested():
            await session.execute(
                update(GradeLine).where(col(GradeLine.id) == lines[0].id).values(grade="A", reason="")
            )


async def test_m12_11_leaving_grade_a_lifts_only_what_the_grade_had_set(session: Session, staff: Staff) -> None:
    dealers, review = await _graded(session, staff, [900, 100])
    day = date(2026, 1, 12)
    await grading.submit(session, at(day), staff.sm, review.id, review.version)
    await agree(session, staff, "grade_review", review.id, day)
    small = dealers[1]
    account = await accounts.of(session, small.customer_id)
    assert (account.grade, account.cash_only, small.cash_only_by_grade) == ("A", True, True)
    await ledgers.invoice(session, staff, small.customer_id, 10_000, day, due=date(2026, 2, 12))
    later = date(2027, 1, 11)
    values = {"from_year": 2026, "method": "amount", "reading": "end", "aaa": 20_000, "aa": 10_000, "reason": "提高"}
    standard = await grading.draft_standard(session, at(later), staff.sm, values)
    await grading.submit_standard(session, at(later), staff.sm, standard.id, standard.version)
    await agree(session, staff, "grade_standard", standard.id, later)
    second = await grading.make(session, at(later), later, staff.sm, 2026)
    assert standard.number == 2  # M12-12: the standard is versioned, the year before keeps its own
    await grading.submit(session, at(later), staff.sm, second.id, second.version)
    await agree(session, staff, "grade_review", second.id, later)
    await session.refresh(account)
    assert (account.grade, account.cash_only, small.cash_only_by_grade) == ("AA", False, False)
    table = await _row(session, lists.GRADES, later, distributor_id=small.id)
    assert {x.year: (x.old_grade, x.grade) for x in table} == {2025: (None, "A"), 2026: ("A", "AA")}


async def test_m12_13_credit_by_joint_review_and_none_for_grade_a(session: Session, staff: Staff) -> None:
    await channel.approvers(session, "credit")
    row = await channel.active(session, staff, DAY)
    asked = await credit.apply(
        session, at(DAY), DAY, staff.rep, row.customer_id, limit_fen=50_000_00, terms_days=30, reason="旺季"
    )
    await credit.submit(session, at(DAY), staff.rep, asked.id, asked.version)
    account = await accounts.of(session, row.customer_id)
    assert account.credit_limit_fen is None  # asked for is not given
    await agree(session, staff, "credit", asked.id, DAY)
    account.grade, account.cash_only = "A", True
    await session.flush()
    with pytest.raises(Refused) as refused:
        await credit.apply(session, at(DAY), DAY, staff.rep, row.customer_id, limit_fen=1, terms_days=0, reason="x")
    assert refused.value.code == "m8-3"
