"""M7 on the real database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from backoffice import defaults
from backoffice.approvals import repository as approval_repository
from backoffice.approvals import service as approvals
from backoffice.approvals.models import Approval
from backoffice.contracts import service
from backoffice.contracts.models import Contract, ContractKind, SealUse
from backoffice.contracts.router import LOANS, OBLIGATIONS
from backoffice.contracts.rules import CONTRACT, ContractState
from backoffice.contracts.service import NewLine, Text
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.refusals import NotYourDuty, Refused, SameHands, WrongState
from backoffice.orders import office
from backoffice.orders.models import PriceFloor
from backoffice.orders.states import PaymentMode
from backoffice.policies import service as policies
from callcenter.kit.db import Session
from callcenter.kit.errors import AppError, BadInput
from tests.integration.backoffice import ledgers
from tests.integration.backoffice.conftest import EARLY, Staff, walks
from tests.integration.backoffice.ledgers import at

DAY = date(2026, 3, 9)


def _text(customer: Any, **given: Any) -> Text:
    values: dict[str, Any] = {
        "kind": ContractKind.DISTRIBUTOR,
        "title": "区域经销合同",
        "body": "第一条 …",
        "lines": [NewLine("A01", "礼盒", 100, 50_000)],
        "terms_days": 30,
        "start_on": date(2026, 1, 1),
        "end_on": date(2026, 12, 31),
        "region": "山东",
        "capped": True,
    }
    return Text(customer_id=customer, **(values | given))


async def _proposed(session: Session, staff: Staff, **given: Any) -> Contract:
    await defaults.install(session)
    who = (await ledgers.account(session, credit_limit_fen=10**12)).id
    row = await service.draft(session, at(DAY), DAY, staff.rep, _text(who, **given))
    return await service.propose(session, at(DAY), DAY, staff.rep, row.id, row.version)


async def _reviewed(session: Session, staff: Staff, row: Contract) -> Any:
    await service.check(session, at(DAY), staff.cadm, row.id, row.version, True, "")
    await service.check(session, at(DAY), staff.sm, row.id, row.version, True, "")
    return await approval_repository.alive(session, "contract", row.id)


async def _agree(session: Session, approval: Any, *people: Actor) -> None:
    for actor in people:
        await approvals.agree(session, at(DAY), DAY, actor, approval.id, approval.version, "同意")


async def _seal(session: Session, actor: Actor, row: Contract) -> Contract:
    return await service.seal(
        session, at(DAY), DAY, actor, row.id, row.version, pages=6, signed_name="王五", signed_on=DAY
    )


async def _effective(session: Session, staff: Staff, **given: Any) -> Contract:
    row = await _proposed(session, staff, **given)
    await _agree(session, await _reviewed(session, staff, row), staff.fin, staff.legal, staff.cmo)
    await _seal(session, staff.legal, row)
    return await service.register(session, at(DAY), DAY, staff.cadm, row.id, row.version, "档案柜 3-12")


async def test_m7_1_no_seal_without_all_verdicts_and_a_change_voids_them(session: Session, staff: Staff) -> None:
    row = await _proposed(session, staff)
    approval = await _reviewed(session, staff, row)
    with pytest.raises(WrongState):
        await _seal(session, staff.legal, row)
    await _agree(session, approval, staff.legal, staff.fin)
    with pytest.raises(WrongState):
        await _seal(session, staff.legal, row)
    await _agree(session, approval, staff.cmo)
    assert row.state == "approved"
    # Another price: every verdict and both checks are void, and it begins anew.
    changed = _text(row.customer_id, lines=[NewLine("A01", "礼盒", 100, 49_000)])
    await service.edit(session, at(DAY), staff.rep, row.id, row.version, changed, "客户还价")
    assert (row.state, row.first_checked_by, approval.state) == ("draft", None, "voided")
    with pytest.raises(WrongState):
        await _seal(session, staff.legal, row)
    await service.propose(session, at(DAY), DAY, staff.rep, row.id, row.version)
    await _agree(session, await _reviewed(session, staff, row), staff.fin, staff.legal, staff.cmo)
    # Even behind the service's back: the seal looks at the text itself.
    await session.execute(text("UPDATE contract_lines SET price_fen = 1"))
    session.expire_all()
    await session.refresh(row)
    with pytest.raises(Refused) as refused:
        await _seal(session, staff.legal, row)
    assert refused.value.code == "m7-1"


async def test_m7_2_a_price_below_the_floor_goes_one_level_higher(session: Session, staff: Staff) -> None:
    session.add(PriceFloor(sku="A01", floor_fen=50_001))
    await session.flush()
    approval = await _reviewed(session, staff, await _proposed(session, staff))
    tasks = await approval_repository.tasks(session, approval.id)
    assert [(task.step, task.role) for task in tasks] == [(1, "FIN"), (1, "LEGAL"), (2, "CMO"), (3, "GM")]
    plain = await _reviewed(session, staff, await _proposed(session, staff, lines=[NewLine("B", "b", 1, 1)]))
    assert "GM" not in [task.role for task in await approval_repository.tasks(session, plain.id)]


async def test_m7_3_orders_refer_to_an_effective_contract_within_its_cap(session: Session, staff: Staff) -> None:
    row = await _effective(session, staff)  # 100 × 500, capped

    async def order(fen: int, day: date = DAY, customer: Any = row.customer_id) -> Any:
        line = office.NewLine("A01", "礼盒", 1, fen)
        new = office.NewOrder(customer, [line], PaymentMode.CREDIT, "张三", "1", "青岛", contract_id=row.id)
        return await office.make(session, at(day), day, staff.sup, new)

    await order(3_000_000)
    with pytest.raises(Refused) as refused:
        await order(2_000_001)
    assert refused.value.code == "m7-3"
    with pytest.raises(Refused):
        await order(1, date(2027, 1, 1))
    with pytest.raises(Refused):
        await order(1, customer=(await ledgers.account(session)).id)
    last = await order(2_000_000)  # exactly the cap
    await office.cancel(session, at(DAY), staff.sup, last.id, last.version, "客户取消")
    await order(2_000_000)  # what was cancelled is free again
    draft = await _proposed(session, staff)
    with pytest.raises(Refused):
        await service.require_for_order(session, draft.id, draft.customer_id, DAY, 1)


async def test_m7_4_what_was_signed_changes_by_amendment_only(session: Session, staff: Staff) -> None:
    row = await _effective(session, staff)
    with pytest.raises(WrongState):
        await service.edit(session, at(DAY), staff.rep, row.id, row.version, _text(row.customer_id))
    for statement in ("UPDATE contracts SET signed_name = '别人'", "UPDATE seal_uses SET pages = 1",
                      "DELETE FROM contract_revisions"):  # fmt: skip
        with pytest.raises(IntegrityError):
            async with session.begin_nested():
                await session.execute(text(statement))
    with pytest.raises(BadInput):
        await service.ask_change(
            session, at(DAY), staff.rep, row.id, row.version, terminate=False, delta={"signed_name": "x"}, reason="x"
        )
    change = await service.ask_change(
        session, at(DAY), staff.rep, row.id, row.version,
        terminate=False, delta={"amount_fen": 8_000_000, "end_on": "2027-06-30"}, reason="扩大销售区域",
    )  # fmt: skip
    assert (row.state, row.amount_fen) == ("amending", 5_000_000)
    approval = await approval_repository.alive(session, "contract_change", change.id)
    await _agree(session, approval, staff.fin, staff.legal, staff.cmo)
    assert (row.state, row.revision, row.amount_fen, row.end_on) == ("effective", 2, 8_000_000, date(2027, 6, 30))
    kept = await session.execute(text("SELECT revision, content->>'amount_fen' FROM contract_revisions ORDER BY 1"))
    assert [tuple(line) for line in kept] == [(1, "5000000"), (2, "8000000")]


async def test_a_contract_ends_by_the_path_of_signing_and_a_refused_change_keeps_it(
    session: Session, staff: Staff
) -> None:
    row = await _effective(session, staff)
    for agreed, state in ((False, "effective"), (True, "terminated")):
        change = await service.ask_change(
            session, at(DAY), staff.rep, row.id, row.version, terminate=True, delta={}, reason="客户转行"
        )
        approval = await approval_repository.alive(session, "contract_change", change.id)
        assert approval is not None
        if agreed:
            await _agree(session, approval, staff.fin, staff.legal, staff.cmo)
        else:
            await approvals.reject(session, at(DAY), DAY, staff.fin, approval.id, approval.version, "先结清欠款")
        assert row.state == state


async def test_m7_5_contracts_expire_and_obligations_lapse(session: Session, staff: Staff) -> None:
    row = await _effective(session, staff)
    obligation = await service.add_obligation(session, at(DAY), staff.cadm, row.id, "首批进货 30%", DAY)

    async def status(day: date) -> str:
        sub = OBLIGATIONS.source(day).subquery()
        return str(await session.scalar(select(sub.c.status).where(sub.c.id == obligation.id)))

    assert (await status(DAY), await status(DAY + timedelta(days=1))) == ("open", "lapsed")
    await service.do_obligation(session, at(DAY), DAY, staff.rep, obligation.id)
    assert await status(DAY + timedelta(days=1)) == "done"
    assert await service.run(session, at(DAY), date(2026, 12, 31)) == 0
    assert await service.run(session, at(DAY), date(2027, 1, 1)) == 1
    assert row.state == "expired"


async def test_m7_6_a_representatives_signature_is_a_proposal_until_both_have_checked(
    session: Session, staff: Staff
) -> None:
    row = await _proposed(session, staff)
    with pytest.raises(NotYourDuty):  # CADM comes first
        await service.check(session, at(DAY), staff.sm, row.id, row.version, True, "")
    maker = Actor(row.made_by, "maker", frozenset({OfficeRole.CADM, OfficeRole.SM, OfficeRole.LEGAL}))
    with pytest.raises(SameHands):
        await service.check(session, at(DAY), maker, row.id, row.version, True, "")
    await service.check(session, at(DAY), staff.cadm, row.id, row.version, True, "")
    both = Actor(staff.cadm.user_id, "both", frozenset({OfficeRole.SM}))
    with pytest.raises(SameHands):
        await service.check(session, at(DAY), both, row.id, row.version, True, "")
    with pytest.raises(BadInput):
        await service.check(session, at(DAY), staff.sm, row.id, row.version, False, "")
    await service.check(session, at(DAY), staff.sm, row.id, row.version, False, "区域重叠")
    assert (row.state, row.first_checked_by) == ("draft", None)
    await policies.change(session, EARLY, None, "contracts", "check_order", ["SM", "CADM"])
    await service.propose(session, at(DAY), DAY, staff.rep, row.id, row.version)
    await service.check(session, at(DAY), staff.sm, row.id, row.version, True, "")
    await service.check(session, at(DAY), staff.cadm, row.id, row.version, True, "")
    assert row.state == "under_review"
    approval = await approval_repository.alive(session, "contract", row.id)
    assert approval is not None
    assert approval.maker_id == staff.rep.user_id
    with pytest.raises(IntegrityError, match="sealed_after_both_checks"):
        async with session.begin_nested():
            await session.execute(text("UPDATE contracts SET state = 'effective', first_checked_by = NULL"))


async def test_m7_7_originals_are_lent_by_application_and_overdue_ones_are_listed(
    session: Session, staff: Staff
) -> None:
    draft = await _proposed(session, staff)
    with pytest.raises(Refused):
        await service.ask_loan(session, at(DAY), staff.fin, draft.id, "财务部", "审计")
    row = await _effective(session, staff)
    loan = await service.ask_loan(session, at(DAY), staff.fin, row.id, "财务部", "年度审计")

    async def move(actor: Actor, command: str, day: date = DAY) -> None:
        await service.move_loan(session, at(day), day, actor, loan.id, loan.version, command, "")

    with pytest.raises(WrongState):
        await move(staff.cadm, "lend")
    await move(staff.sm, "approve")
    with pytest.raises(NotYourDuty):
        await move(staff.sm, "lend")
    await move(staff.cadm, "lend")
    assert loan.due_on == DAY + timedelta(days=7)
    for day, late in ((loan.due_on, False), (loan.due_on + timedelta(days=1), True)):
        sub = LOANS.source(day).subquery()
        assert await session.scalar(select(sub.c.overdue).where(sub.c.id == loan.id)) is late
    await move(staff.cadm, "take_back")
    assert loan.state == "back"


STEPS = ["propose", "check", "return", "agree", "reject", "edit", "seal", "register", "amend", "terminate", "fulfil",
         "breach", "close", "expire"]  # fmt: skip
WAY = ["propose", "check", "check", "agree", "agree", "agree", "seal", "register", "amend", "agree", "agree", "agree"]


@settings(max_examples=walks(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(WAY)), st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 9)), max_size=10))
async def test_no_sequence_of_commands_seals_what_was_not_approved(
    session: Session, staff: Staff, head_start: int, plan: Any
) -> None:
    """Whoever does what in any order: a sealed text is an approved text, checked and approved by other hands."""
    savepoint = await session.begin_nested()
    await defaults.install(session)
    who, now = (await ledgers.account(session)).id, at(DAY)
    row = await service.draft(session, now, DAY, staff.rep, _text(who))
    people = [staff.rep, staff.sm, staff.cadm, staff.legal, staff.fin, staff.cmo, staff.gm]
    maker = Actor(staff.rep.user_id, "maker with every duty", frozenset(OfficeRole))
    right = {"propose": staff.rep, "edit": staff.rep, "amend": staff.rep, "terminate": staff.rep, "seal": staff.legal,
             "register": staff.cadm, "fulfil": staff.cadm, "close": staff.cadm, "breach": staff.sm}  # fmt: skip
    for step, pick in [(step, 0) for step in WAY[:head_start]] + plan:
        actor = maker if pick == 9 else people[pick % len(people)] if pick > 5 else right.get(step, staff.sm)
        i, v, before = row.id, row.version, row.state
        try:
            match step:
                case "propose":
                    await service.propose(session, now, DAY, actor, i, v)
                case "check" | "return":
                    turn = staff.cadm if before == "proposed" else staff.sm
                    by = actor if pick > 5 else turn
                    await service.check(session, now, by, i, v, step == "check", "x")
                case "agree" | "reject":
                    pending = await session.scalar(text("SELECT id FROM approvals WHERE state = 'pending'"))
                    if pending:
                        await _decide(session, staff, pending, step, maker if pick == 9 else None)
                case "edit":
                    await service.edit(session, now, actor, i, v, _text(who, body=f"第{pick}稿"), "x")
                case "seal":
                    await _seal(session, actor, row)
                case "register":
                    await service.register(session, now, DAY, actor, i, v, "柜")
                case "amend" | "terminate":
                    ends = step == "terminate"
                    delta = {} if ends else {"body": f"补充{pick}"}
                    await service.ask_change(session, now, actor, i, v, terminate=ends, delta=delta, reason="x")
                case "expire":
                    await service.run(session, now, date(2027, 1, 1))
                case _:
                    await service.end(session, now, actor, i, v, step, "x")
        except AppError:
            pass
        reachable = {before} | {m.target.value for m in CONTRACT.moves if ContractState(before) in m.sources}
        assert row.state in reachable
        for seal in await session.scalars(select(SealUse).where(col(SealUse.contract_id) == row.id)):
            approved = await session.execute(
                text("SELECT 1 FROM approvals WHERE kind = 'contract' AND digest = :d AND approved_on IS NOT NULL"),
                {"d": seal.digest},
            )
            assert approved.first() is not None
            hands = {row.made_by, row.first_checked_by, row.final_checked_by}
            assert len(hands) == 3
            assert seal.sealed_by != row.made_by
    event(row.state)
    await savepoint.rollback()
    session.expunge_all()


async def _decide(session: Session, staff: Staff, approval_id: Any, step: str, maker: Actor | None) -> None:
    """The verdict of whoever's turn it is, or of the maker, who tries in vain."""
    approval = await session.get(Approval, approval_id)
    assert approval is not None
    tasks = [t for t in await approval_repository.tasks(session, approval.id) if t.state == "open"]
    actor = maker or getattr(staff, tasks[0].role.lower())
    decide = approvals.agree if step == "agree" else approvals.reject
    await decide(session, at(DAY), DAY, actor, approval.id, approval.version, "x")
    assert maker is None, "a maker's verdict was taken"
