"""M5 on the real database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from backoffice.advances import rules, service
from backoffice.advances.router import ADVANCES
from backoffice.approvals import repository as approval_repository
from backoffice.approvals import service as approvals
from backoffice.kit.duties import OfficeRole
from backoffice.kit.refusals import NotYourDuty, Refused
from backoffice.receivables import allocations, invoices, months, receipts
from backoffice.receivables.models import Purpose
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput
from tests.integration.backoffice import ledgers
from tests.integration.backoffice.conftest import EARLY, Staff, band
from tests.integration.backoffice.deliveries import delivered
from tests.integration.backoffice.ledgers import at, balance, check_equations, outstanding
from tests.integration.backoffice.orders import make_order

MARCH = date(2026, 3, 5)


async def _status(session: Session, receipt_id: Any, today: date) -> str:
    sub = ADVANCES.source(today).subquery()
    return str((await session.execute(select(sub.c.status).where(sub.c.id == receipt_id))).scalar_one())


async def test_m5_2_worked_example_and_m5_1_the_balance_comes_back(session: Session, staff: Staff) -> None:
    """5 March: 30,000 on SO-1. INV-1 18,000, INV-2 20,000; INV-2 cancelled gives 12,000 back."""
    who = (await ledgers.account(session)).id
    order = await make_order(session, who, [("A01", 1, 3_800_000)])
    older = await ledgers.invoice(session, staff, who, 700_000, date(2026, 1, 5))  # of another order: comes last
    money = await ledgers.receipt(session, staff, who, 3_000_000, MARCH, purpose=Purpose.PREPAYMENT, order_id=order.id)
    assert await _status(session, money.id, MARCH) == "confirmed"
    first = await ledgers.invoice(session, staff, who, 1_800_000, MARCH, order_id=order.id)
    second = await ledgers.invoice(session, staff, who, 2_000_000, MARCH + timedelta(days=1), order_id=order.id)
    day = MARCH + timedelta(days=2)
    await allocations.set_off(session, at(day), day, staff.fin, money.id, money.version)
    assert await outstanding(session, first.id, day) == 0
    assert await outstanding(session, second.id, day) == 800_000
    assert await outstanding(session, older.id, day) == 700_000
    assert await balance(session, money.id, day) == 0
    assert await _status(session, money.id, day) == "fully_allocated"
    await invoices.cancel(session, at(day), day, staff.fin, second.id, second.version, "客户取消")
    assert await balance(session, money.id, day) == 1_200_000
    assert await _status(session, money.id, day) == "partly_allocated"
    await check_equations(session, who, day)


async def _refund(session: Session, staff: Staff, money: Any, fen: int, day: date) -> Any:
    steps = [band(-1, None, (OfficeRole.SM,), (OfficeRole.FIN,), (OfficeRole.GM,))]
    await approvals.set_bands(session, EARLY, None, "refund", steps)
    row = await service.ask(session, at(day), day, staff.rep, money.id, fen, "合作结束")
    await service.submit(session, at(day), day, staff.rep, row.id, row.version)
    approval = await approval_repository.alive(session, "refund", row.id)
    assert approval is not None
    for actor in (staff.sm, staff.fin, staff.gm):
        await approvals.agree(session, at(day), day, actor, approval.id, approval.version)
    return row


async def test_m5_3_a_refund_waits_for_overdue_debt_and_goes_back_to_the_payer(session: Session, staff: Staff) -> None:
    who = (await ledgers.account(session)).id
    money = await ledgers.receipt(session, staff, who, 50_000, MARCH)
    debt = await ledgers.invoice(session, staff, who, 20_000, MARCH, due=MARCH)
    late = MARCH + timedelta(days=1)
    with pytest.raises(Refused) as refused:
        await service.ask(session, at(late), late, staff.rep, money.id, 30_000, "退余款")
    assert refused.value.code == "m5-3"
    await allocations.allocate(session, at(late), late, staff.fin, money.id, money.version, debt.id, 20_000)
    row = await _refund(session, staff, money, 30_000, late)
    assert (row.state, row.payee_name) == ("approved", money.payer_name)
    assert await _status(session, money.id, late) == "refunding"
    with pytest.raises(NotYourDuty):
        await service.pay(session, at(late), late, staff.fin, row.id, row.version)
    await service.pay(session, at(late), late, staff.cash, row.id, row.version)
    assert await balance(session, money.id, late) == 0
    await check_equations(session, who, late)


async def test_m5_3_is_asked_again_on_the_day_of_payment(session: Session, staff: Staff) -> None:
    who = (await ledgers.account(session)).id
    money = await ledgers.receipt(session, staff, who, 50_000, MARCH)
    row = await _refund(session, staff, money, 50_000, MARCH)
    await ledgers.invoice(session, staff, who, 1_000, MARCH, due=MARCH)
    late = MARCH + timedelta(days=1)
    with pytest.raises(Refused):
        await service.pay(session, at(late), late, staff.cash, row.id, row.version)


async def test_m5_1_the_database_pays_nothing_back_that_is_not_there(session: Session, staff: Staff) -> None:
    who = (await ledgers.account(session)).id
    money = await ledgers.receipt(session, staff, who, 50_000, MARCH)
    row = await _refund(session, staff, money, 50_000, MARCH)
    bill = await ledgers.invoice(session, staff, who, 1, MARCH)
    await allocations.allocate(session, at(MARCH), MARCH, staff.fin, money.id, money.version, bill.id, 1)
    with pytest.raises(IntegrityError, match="more paid back"):
        await session.execute(
            text("UPDATE refunds SET state = 'paid', paid_on = '2026-03-05' WHERE id = :id"), {"id": row.id}
        )


async def test_money_that_was_paid_back_does_not_bounce(session: Session, staff: Staff) -> None:
    who = (await ledgers.account(session)).id
    money = await ledgers.receipt(session, staff, who, 50_000, MARCH)
    row = await _refund(session, staff, money, 20_000, MARCH)
    await service.pay(session, at(MARCH), MARCH, staff.cash, row.id, row.version)
    with pytest.raises(Refused):
        await receipts.bounce(session, at(MARCH), MARCH, staff.fin, money.id, money.version, "拒付")
    await check_equations(session, who, MARCH)


async def test_the_states_of_the_list_are_the_states_of_the_rule(session: Session, staff: Staff) -> None:
    who = (await ledgers.account(session)).id
    day = date(2026, 3, 9)
    for received in (date(2025, 9, 8), date(2025, 9, 9), MARCH):
        money = await ledgers.receipt(session, staff, who, 100, received)
        expected = rules.advance_state("confirmed", 100, 0, 0, False, received, day, rules.AdvancePolicy())
        assert await _status(session, money.id, day) == expected
    waiting = await ledgers.receipt(session, staff, who, 100, MARCH, confirm=False, purpose=Purpose.PREPAYMENT)
    assert await _status(session, waiting.id, day) == "received_unconfirmed"


async def test_m5_5_a_deposit_belongs_to_an_order_and_is_at_most_a_fifth_of_its_price(
    session: Session, staff: Staff
) -> None:
    who = (await ledgers.account(session)).id
    order = await make_order(session, who, [("A01", 1, 100_000)])

    async def deposit(fen: int, **given: Any) -> Any:
        return await ledgers.receipt(session, staff, who, fen, MARCH, purpose=Purpose.DEPOSIT, **given)

    with pytest.raises(BadInput):
        await deposit(20_000)
    strangers = await make_order(session, (await ledgers.account(session)).id, [("A01", 1, 900_000)])
    with pytest.raises(BadInput):
        await deposit(20_000, order_id=strangers.id)
    first = await deposit(12_000, order_id=order.id)
    with pytest.raises(Refused) as refused:
        await deposit(8_001, order_id=order.id)
    assert refused.value.code == "m5-5"
    assert "¥80.00" in refused.value.sentence("en")
    await deposit(8_000, order_id=order.id)  # equal is within
    await ledgers.receipt(session, staff, who, 8_001, MARCH, purpose=Purpose.PREPAYMENT, order_id=order.id)
    assert first.purpose == "deposit"  # its kind is kept


async def test_m5_6_a_month_with_an_advance_and_no_purchase_voids_its_growth_bonus(
    session: Session, staff: Staff
) -> None:
    who = (await ledgers.account(session, credit_limit_fen=10**9)).id
    order = await make_order(session, who, [("A01", 10, 100)], state="confirmed", confirmed_on=date(2026, 3, 2))
    _, bill, _ = await delivered(session, staff, order, 10, date(2026, 3, 20))
    await invoices.issue(session, at(date(2026, 3, 20)), date(2026, 3, 20), staff.fin, bill.id, bill.version)
    await ledgers.receipt(session, staff, who, 20_000, date(2026, 4, 3), purpose=Purpose.PREPAYMENT)
    found = await months.of_year(session, who, 2026, date(2026, 5, 31))
    assert [(m.first.month, m.purchases_fen, m.prepaid_fen, m.overdue) for m in found] == [
        (1, 0, 0, False),
        (2, 0, 0, False),
        (3, 1_000, 0, False),
        (4, 0, 20_000, True),  # due on 19 April, nobody set the advance off
        (5, 0, 0, True),
    ]
    void = [rules.growth_bonus_void(m.prepaid_fen, m.purchases_fen) for m in found]
    assert void == [False, False, False, True, False]
