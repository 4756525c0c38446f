"""M8 on the real database: exposure from the papers, holds, releases, changes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from backoffice.accounts.models import CreditGroup
from backoffice.approvals import repository as approval_repository
from backoffice.approvals import service as approvals
from backoffice.kit.duties import OfficeRole
from backoffice.kit.refusals import NotYourDuty, Refused
from backoffice.order_book.router import ORDERS
from backoffice.orders import checks, figures, office
from backoffice.orders.models import CreditCheck, PriceFloor, SalesOrderLine
from backoffice.orders.rules import LineFigures, OrderPolicy, order_status
from backoffice.problem_accounts import service as problems
from backoffice.problem_accounts.rules import CaseKind
from backoffice.receivables import allocations, receipts
from backoffice.receivables.models import Purpose
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput
from tests.integration.backoffice import ledgers
from tests.integration.backoffice.conftest import EARLY, Staff, band
from tests.integration.backoffice.deliveries import delivered
from tests.integration.backoffice.ledgers import at
from tests.integration.backoffice.orders import make_order

DAY = date(2026, 3, 9)


async def _confirm(session: Session, staff: Staff, order: Any, day: date = DAY) -> list[tuple[str, int]]:
    found = await office.confirm(session, at(day), day, staff.sup, order.id, order.version)
    return [(finding.kind.value, finding.short_fen) for finding in found]


async def _status(session: Session, order: Any, day: date = DAY) -> str:
    sub = ORDERS.source(day).subquery()
    return str((await session.execute(select(sub.c.status).where(sub.c.id == order.id))).scalar_one())


async def test_m8_1_worked_example_from_the_papers(session: Session, staff: Staff) -> None:
    """Limit 500,000; AR 320,000; delivered-not-invoiced 40,000; open orders 90,000; advance 30,000."""
    who = (await ledgers.account(session, credit_limit_fen=50_000_000)).id
    await ledgers.invoice(session, staff, who, 32_000_000, DAY, due=DAY + timedelta(days=30))
    other = await make_order(session, who, [("A01", 13, 1_000_000)])
    assert await _confirm(session, staff, other) == []
    await delivered(session, staff, other, 4, DAY)  # 40,000 delivered (its invoice is a draft), 90,000 open
    await ledgers.receipt(session, staff, who, 3_000_000, DAY, purpose=Purpose.PREPAYMENT)
    order = await make_order(session, who, [("A01", 1, 10_000_000)])
    assert await _confirm(session, staff, order) == [("credit", 2_000_000)]
    check = (await session.scalars(select(CreditCheck).where(col(CreditCheck.order_id) == order.id))).one()
    assert (check.receivable_fen, check.delivered_fen, check.ordered_fen, check.advances_fen) == (
        32_000_000, 4_000_000, 9_000_000, 3_000_000,
    )  # fmt: skip
    assert (check.exposure_fen, check.limit_fen) == (52_000_000, 50_000_000)
    with pytest.raises(IntegrityError, match="never changed or removed"):
        async with session.begin_nested():
            await session.execute(update(CreditCheck).values(limit_fen=0))
    assert (order.state, await _status(session, order)) == ("submitted", "on_hold")
    fits = await make_order(session, who, [("A01", 1, 8_000_000)])
    assert await _confirm(session, staff, fits) == []  # exactly 500,000 passes
    assert await _status(session, fits) == "to_deliver_and_bill"


async def test_m8_3_grade_a_is_cash_only_whatever_its_limit(session: Session, staff: Staff) -> None:
    account = await ledgers.account(session, credit_limit_fen=10**9, cash_only=True, grade="A")
    order = await make_order(session, account.id, [("A01", 1, 5_000_000)])
    await ledgers.receipt(session, staff, account.id, 4_500_000, DAY, order_id=order.id)
    slip = await ledgers.receipt(session, staff, account.id, 500_000, DAY, confirm=False)
    # A bank slip is no money: only what finance confirmed counts (M5-4).
    assert await _confirm(session, staff, order) == [("cash", 500_000)]
    await receipts.confirm(session, at(DAY), DAY, staff.fin, slip.id, slip.version)
    assert await _confirm(session, staff, order) == []
    assert (await checks.open_holds(session, order.id)) == []  # the hold is lifted by itself
    account.cash_only = False
    with pytest.raises(IntegrityError, match="grade_a_is_cash_only"):
        await session.flush()


async def test_m8_3_the_same_money_does_not_release_two_orders(session: Session, staff: Staff) -> None:
    who = (await ledgers.account(session, cash_only=True)).id
    await ledgers.receipt(session, staff, who, 5_000_000, DAY)
    first = await make_order(session, who, [("A01", 1, 5_000_000)])
    second = await make_order(session, who, [("A01", 1, 5_000_000)])
    assert await _confirm(session, staff, first) == []
    assert await _confirm(session, staff, second) == [("cash", 5_000_000)]


async def test_m8_4_limits_of_group_and_company(session: Session, staff: Staff) -> None:
    group = CreditGroup(name="华东", limit_fen=100)
    session.add(group)
    await session.flush()
    who = (await ledgers.account(session, group_id=group.id)).id
    assert await _confirm(session, staff, await make_order(session, who, [("A01", 1, 101)])) == [("credit", 1)]
    alone = (await ledgers.account(session)).id
    assert await _confirm(session, staff, await make_order(session, alone, [("A01", 1, 7)])) == [("credit", 7)]
    on_delivery = await make_order(session, alone, [("A01", 1, 7)], payment="cash_on_delivery")
    assert await _confirm(session, staff, on_delivery) == []


async def test_m8_5_and_m4_8_overdue_debt_holds_new_orders_until_it_is_paid(session: Session, staff: Staff) -> None:
    who = (await ledgers.account(session, credit_limit_fen=10**9)).id
    debt = await ledgers.invoice(session, staff, who, 1_000, DAY, due=DAY)
    order = await make_order(session, who, [("A01", 1, 100)])
    late = DAY + timedelta(days=1)
    assert await _confirm(session, staff, order, late) == [("overdue", 0)]
    money = await ledgers.receipt(session, staff, who, 1_000, late)
    await allocations.allocate(session, at(late), late, staff.fin, money.id, money.version, debt.id, 1_000)
    assert await _confirm(session, staff, order, late) == []


async def test_m8_5_and_m6_2_an_open_problem_case_holds_orders(session: Session, staff: Staff) -> None:
    who = (await ledgers.account(session, credit_limit_fen=10**9)).id
    debt = await ledgers.invoice(session, staff, who, 1_000, DAY, due=DAY + timedelta(days=90))
    await problems.open_by_hand(session, at(DAY), DAY, staff.rep, debt.id, CaseKind.FRAUD, DAY, "提供虚假资料")
    order = await make_order(session, who, [("A01", 1, 100)])
    assert await _confirm(session, staff, order) == [("case", 0)]
    hold = (await checks.open_holds(session, order.id))[0]
    with pytest.raises(NotYourDuty):
        await office.release(
            session, at(DAY), DAY, staff.cred, order.id, order.version, hold.id, until=DAY, fen=None, reason="x"
        )


async def test_m8_6_a_release_has_a_duty_a_reason_a_sum_and_an_end(session: Session, staff: Staff) -> None:
    who = (await ledgers.account(session, credit_limit_fen=100)).id
    order = await make_order(session, who, [("A01", 1, 150)])
    assert await _confirm(session, staff, order) == [("credit", 50)]
    hold = (await checks.open_holds(session, order.id))[0]

    async def release(actor: Any, until: date, reason: str) -> Any:
        return await office.release(
            session, at(DAY), DAY, actor, order.id, order.version, hold.id, until=until, fen=None, reason=reason
        )

    with pytest.raises(NotYourDuty):
        await release(staff.sup, DAY, "老客户")
    with pytest.raises(BadInput):
        await release(staff.cred, DAY, " ")
    with pytest.raises(BadInput):
        await release(staff.cred, DAY + timedelta(days=31), "老客户")
    await release(staff.cred, DAY + timedelta(days=3), "老客户,款已在途")
    assert (hold.release_fen, hold.release_until) == (50, DAY + timedelta(days=3))
    too_late = DAY + timedelta(days=4)
    assert await _confirm(session, staff, order, too_late) == [("credit", 50)]  # it has expired
    new = (await checks.open_holds(session, order.id))[0]
    assert new.id != hold.id
    assert await _confirm(session, staff, order, DAY + timedelta(days=3)) == []


async def test_a_price_below_the_floor_is_held_for_the_sales_manager(session: Session, staff: Staff) -> None:
    session.add(PriceFloor(sku="A01", floor_fen=500))
    await session.flush()
    who = (await ledgers.account(session, credit_limit_fen=10**9)).id
    assert await _confirm(session, staff, await make_order(session, who, [("A01", 1, 500)])) == []
    order = await make_order(session, who, [("A01", 1, 499)])
    assert await _confirm(session, staff, order) == [("price", 0)]
    hold = (await checks.open_holds(session, order.id))[0]
    await office.release(
        session, at(DAY), DAY, staff.sm, order.id, order.version, hold.id, until=DAY, fen=None, reason="清库存"
    )
    assert await _confirm(session, staff, order) == []


async def test_m8_7_lines_are_reduced_to_what_has_left_and_prices_change_by_approval(
    session: Session, staff: Staff
) -> None:
    await approvals.set_bands(session, EARLY, None, "order_price", [band(-1, None, (OfficeRole.SM,))])
    who = (await ledgers.account(session, credit_limit_fen=10**9)).id
    order = await make_order(session, who, [("A01", 10, 100), ("B02", 5, 200)])
    await _confirm(session, staff, order)
    await delivered(session, staff, order, 4, DAY)  # of the first line
    first, second = await figures.of_order(session, order.id)

    async def reduce(line: Any, to: int) -> None:
        await office.reduce(session, at(DAY), staff.sup, order.id, order.version, line.line_id, to, "客户减量")

    for to in (3, 10, 11):
        with pytest.raises(Refused) as refused:
            await reduce(first, to)
        assert refused.value.code == "m8-7"
    await reduce(first, 4)
    assert await office.open_value(session, order.id) == 1_000
    with pytest.raises(Refused):
        await office.change_price(session, at(DAY), staff.sup, order.id, order.version, first.line_id, 90, "已发部分")
    change = await office.change_price(
        session, at(DAY), staff.sup, order.id, order.version, second.line_id, 180, "促销"
    )
    line = await session.get(SalesOrderLine, second.line_id)
    assert line is not None
    assert line.price_fen == 200  # not before it is approved
    approval = await approval_repository.alive(session, "order_price", change.id)
    assert approval is not None
    await approvals.agree(session, at(DAY), DAY, staff.sm, approval.id, 1)
    assert (line.price_fen, line.amount_fen, change.state) == (180, 900, "applied")


async def test_m9_2_closing_the_rest_frees_20_000_of_exposure_and_only_what_is_whole_is_cancelled(
    session: Session, staff: Staff
) -> None:
    who = (await ledgers.account(session, credit_limit_fen=10**9)).id
    order = await make_order(session, who, [("A01", 100, 50_000)])
    with pytest.raises(BadInput):
        await office.cancel(session, at(DAY), staff.sup, order.id, order.version, "")
    await _confirm(session, staff, order)
    with pytest.raises(Refused):
        await office.close_short(session, at(DAY), staff.sup, order.id, order.version, "客户不要了")
    await delivered(session, staff, order, 60, DAY)
    with pytest.raises(Refused):
        await office.cancel(session, at(DAY), staff.sup, order.id, order.version, "客户不要了")
    # M9-2: 100 × 500 ordered, 60 shipped; closing the rest frees 20,000 of exposure.
    assert await office.open_value(session, order.id) == 2_000_000
    await office.close_short(session, at(DAY), staff.sup, order.id, order.version, "客户不要了")
    assert await office.open_value(session, order.id) == 0
    facts = await checks.facts_of(session, DAY, await make_order(session, who, [("A01", 1, 1)]), 1, OrderPolicy())
    assert facts.exposure.ordered_not_delivered == 0
    assert facts.exposure.delivered_not_invoiced == 3_000_000
    assert await _status(session, order) == "to_bill"


async def test_the_status_in_sql_is_the_status_of_the_rule(session: Session, staff: Staff) -> None:
    who = (await ledgers.account(session, credit_limit_fen=10_000)).id
    orders = [await make_order(session, who, [("A01", 10, 100)]) for _ in range(4)]
    for order in orders[1:]:
        await _confirm(session, staff, order)
    await delivered(session, staff, orders[2], 10, DAY)
    await office.cancel(session, at(DAY), staff.sup, orders[3].id, orders[3].version, "x")
    orders.append(await make_order(session, who, [("A01", 1000, 100)]))
    await _confirm(session, staff, orders[-1])
    seen = set()
    for order in orders:
        lines = [figures.plain(row) for row in await figures.of_order(session, order.id)]
        held = bool(await checks.open_holds(session, order.id))
        assert await _status(session, order) == order_status(order.state, held, lines)
        seen.add(await _status(session, order))
    assert seen == {"submitted", "to_deliver_and_bill", "to_bill", "cancelled", "on_hold"}
    assert all(isinstance(line, LineFigures) for line in lines)
