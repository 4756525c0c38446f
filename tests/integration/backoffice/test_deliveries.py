"""M9 on the real database: nothing leaves uncleared, three hands, lots, differences, returns."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from backoffice.deliveries import returns, service
from backoffice.deliveries.models import CarrierClaim, Delivery, DeliveryLot
from backoffice.deliveries.rules import Rest
from backoffice.deliveries.service import Accepted, Lot, Request
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.refusals import NotYourDuty, Refused, SameHands, WrongState
from backoffice.orders import checks, figures, office
from backoffice.problem_accounts import service as problems
from backoffice.problem_accounts.rules import CaseKind
from backoffice.receivables import allocations, invoices, receipts
from callcenter.kit.db import Session
from callcenter.kit.errors import AppError, BadInput
from tests.integration.backoffice import ledgers
from tests.integration.backoffice.conftest import Staff, walks
from tests.integration.backoffice.deliveries import asked, delivered, shipped
from tests.integration.backoffice.ledgers import at, check_equations, outstanding
from tests.integration.backoffice.orders import make_order

DAY = date(2026, 3, 9)


async def _order(session: Session, staff: Staff, quantity: int = 100, price: int = 50_000, **account: Any) -> Any:
    who = (await ledgers.account(session, **({"credit_limit_fen": 10**10} | account))).id
    order = await make_order(session, who, [("A01", quantity, price)])
    assert await office.confirm(session, at(DAY), DAY, staff.sup, order.id, order.version, DAY) == []
    return order


async def test_m9_1_no_more_leaves_than_was_ordered(session: Session, staff: Staff) -> None:
    order = await _order(session, staff)
    with pytest.raises(Refused) as refused:
        await asked(session, staff, order, 101, DAY)
    assert refused.value.code == "m9-1"
    await asked(session, staff, order, 60, DAY)
    with pytest.raises(Refused):  # what is on its way counts, shipped or not
        await asked(session, staff, order, 41, DAY)
    await asked(session, staff, order, 40, DAY)


async def test_m9_2_worked_example_60_of_100_back_order_40_billable_30_000(session: Session, staff: Staff) -> None:
    order = await _order(session, staff)
    with pytest.raises(Refused) as refused:  # this customer wants to be asked
        await asked(session, staff, order, 60, DAY, rest=None)
    assert refused.value.code == "m9-2"
    _, invoice, claim = await delivered(session, staff, order, 60, DAY)
    assert (invoice.total_fen, claim) == (3_000_000, None)
    row = (await figures.of_order(session, order.id))[0]
    assert (row.delivered, figures.plain(row).open) == (60, 40)


async def test_m9_2_policies_of_customers(session: Session, staff: Staff) -> None:
    complete = await _order(session, staff, partial_policy="complete_only")
    with pytest.raises(Refused):
        await asked(session, staff, complete, 60, DAY)
    await asked(session, staff, complete, 100, DAY)
    no_rest = await _order(session, staff, partial_policy="no_back_order")
    await asked(session, staff, no_rest, 60, DAY)
    assert figures.plain((await figures.of_order(session, no_rest.id))[0]).open == 0
    back = await _order(session, staff, partial_policy="back_order")
    await asked(session, staff, back, 60, DAY, rest=None)
    assert figures.plain((await figures.of_order(session, back.id))[0]).open == 40


async def test_m9_4_a_difference_opens_a_claim_and_only_what_was_accepted_is_billed(
    session: Session, staff: Staff
) -> None:
    order = await _order(session, staff)
    row = await shipped(session, staff, order, 100, DAY)
    line = (await service.lines_of(session, row.id))[0].order_line_id
    for wrong in (Accepted(line, 96, 3, 2), Accepted(line, 101, -1, 0)):
        with pytest.raises(BadInput):
            await service.sign(session, at(DAY), DAY, staff.sup, row.id, row.version, signer="李四", lines=[wrong])
    _, invoice, claim = await service.sign(
        session, at(DAY), DAY, staff.sup, row.id, row.version, signer="李四", lines=[Accepted(line, 95, 3, 2)]
    )
    assert row.state == "signed_with_difference"
    assert invoice is not None
    assert invoice.total_fen == 95 * 50_000
    assert claim is not None
    assert (claim.damaged, claim.short, claim.amount_fen) == (3, 2, 250_000)
    figure = (await figures.of_order(session, order.id))[0]
    assert (figure.delivered, figures.plain(figure).open) == (95, 5)  # the five are wanted again
    await service.settle_claim(session, at(DAY), staff.wh, claim.id, claim.version, 200_000, "顺丰已赔")
    assert (await session.scalars(select(col(CarrierClaim.state)))).all() == ["settled"]


async def test_m9_4_a_claim_is_given_up_by_the_sales_manager_with_a_reason(session: Session, staff: Staff) -> None:
    row = await shipped(session, staff, await _order(session, staff), 100, DAY)
    line = (await service.lines_of(session, row.id))[0].order_line_id
    _, _, claim = await service.sign(
        session, at(DAY), DAY, staff.sup, row.id, row.version, signer="李四", lines=[Accepted(line, 98, 0, 2)]
    )
    assert claim is not None
    with pytest.raises(BadInput):
        await service.drop_claim(session, at(DAY), staff.sm, claim.id, claim.version, " ")
    with pytest.raises(NotYourDuty):
        await service.drop_claim(session, at(DAY), staff.wh, claim.id, claim.version, "不值得追")
    await service.drop_claim(session, at(DAY), staff.sm, claim.id, claim.version, "不值得追")
    assert (claim.state, claim.settled_fen) == ("dropped", 0)


async def test_m9_5_three_people_and_the_database_agrees(session: Session, staff: Staff) -> None:
    order = await _order(session, staff)
    row = await asked(session, staff, order, 10, DAY)
    everything = Actor(staff.sup.user_id, "all", frozenset(OfficeRole))
    with pytest.raises(SameHands):
        await service.approve(session, at(DAY), everything, row.id, row.version)
    with pytest.raises(WrongState):  # not approved yet
        await service.clear(session, at(DAY), DAY, staff.fin, row.id, row.version)
    await service.approve(session, at(DAY), staff.sm, row.id, row.version)
    for actor in (everything, Actor(staff.sm.user_id, "sm", frozenset({OfficeRole.FIN}))):
        with pytest.raises(SameHands):
            await service.clear(session, at(DAY), DAY, actor, row.id, row.version)
    await service.clear(session, at(DAY), DAY, staff.fin, row.id, row.version)
    for actor in (everything, Actor(staff.fin.user_id, "fin", frozenset({OfficeRole.WH}))):
        with pytest.raises(SameHands):
            await service.pick(session, at(DAY), actor, row.id, row.version)
    for column in ("approved_by", "cleared_by", "picked_by"):
        with pytest.raises(IntegrityError, match="deliveries"):
            async with session.begin_nested():
                await session.execute(text(f"UPDATE deliveries SET {column} = made_by"))
    with pytest.raises(IntegrityError, match="nothing_leaves_uncleared"):
        async with session.begin_nested():
            await session.execute(text("UPDATE deliveries SET cleared_by = NULL"))


async def test_who_recorded_the_money_does_not_release_the_goods(session: Session, staff: Staff) -> None:
    order = await _order(session, staff)
    await ledgers.receipt(session, staff, order.customer_id, 100, DAY, order_id=order.id)
    row = await asked(session, staff, order, 10, DAY)
    await service.approve(session, at(DAY), staff.sm, row.id, row.version)
    cashier = Actor(staff.cash.user_id, "cash", frozenset({OfficeRole.FIN}))
    with pytest.raises(SameHands):
        await service.clear(session, at(DAY), DAY, cashier, row.id, row.version)


async def test_m9_6_every_piece_has_its_lot_and_region(session: Session, staff: Staff) -> None:
    order = await _order(session, staff, region="山东")
    row = await asked(session, staff, order, 10, DAY)
    await service.approve(session, at(DAY), staff.sm, row.id, row.version)
    await service.clear(session, at(DAY), DAY, staff.fin, row.id, row.version)
    await service.pick(session, at(DAY), staff.wh, row.id, row.version)
    line = (await service.lines_of(session, row.id))[0].order_line_id

    async def ship(lots: list[Lot]) -> None:
        await service.ship(
            session, at(DAY), DAY, staff.wh, row.id, row.version, carrier="顺丰", waybill="SF1", lots=lots
        )

    for wrong in ([], [Lot(line, "L1", 9)], [Lot(line, "L1", 11)]):
        with pytest.raises(BadInput):
            await ship(wrong)
    await ship([Lot(line, "L1", 4), Lot(line, "L2", 6)])
    lots = (await session.scalars(select(DeliveryLot).order_by(col(DeliveryLot.lot)))).all()
    assert [(lot.lot, lot.quantity, lot.region) for lot in lots] == [("L1", 4, "山东"), ("L2", 6, "山东")]


async def test_m5_4_and_m8_2_goods_leave_against_money_and_the_check_is_made_again_at_shipment(
    session: Session, staff: Staff
) -> None:
    who = (await ledgers.account(session, cash_only=True)).id
    order = await make_order(session, who, [("A01", 10, 1_000)])
    money = await ledgers.receipt(session, staff, who, 10_000, DAY, order_id=order.id)
    assert await office.confirm(session, at(DAY), DAY, staff.sup, order.id, order.version) == []
    row = await asked(session, staff, order, 6, DAY)
    await service.approve(session, at(DAY), staff.sm, row.id, row.version)
    # The note bounces between the order and the shipment.
    await receipts.bounce(session, at(DAY), DAY, staff.fin, money.id, money.version, "拒付")
    blocking = await service.clear(session, at(DAY), DAY, staff.fin, row.id, row.version)
    assert [(f.kind.value, f.short_fen) for f in blocking] == [("cash", 6_000)]
    assert row.state == "approved"
    await ledgers.receipt(session, staff, who, 6_000, DAY, order_id=order.id)
    assert await service.clear(session, at(DAY), DAY, staff.fin, row.id, row.version) == []
    # A second delivery cannot lean on the money of the first one.
    second = await asked(session, staff, order, 4, DAY)
    await service.approve(session, at(DAY), staff.sm, second.id, second.version)
    blocking = await service.clear(session, at(DAY), DAY, staff.fin, second.id, second.version)
    assert [f.short_fen for f in blocking] == [4_000]


async def test_m6_2_a_case_opened_after_the_clearance_stops_the_shipment(session: Session, staff: Staff) -> None:
    order = await _order(session, staff)
    row = await asked(session, staff, order, 10, DAY)
    await service.approve(session, at(DAY), staff.sm, row.id, row.version)
    debt = await ledgers.invoice(session, staff, order.customer_id, 100, DAY, due=DAY + timedelta(days=90))
    await problems.open_by_hand(session, at(DAY), DAY, staff.rep, debt.id, CaseKind.FRAUD, DAY, "提供虚假资料")
    found = await service.clear(session, at(DAY), DAY, staff.fin, row.id, row.version)
    assert [ground.kind.value for ground in found] == ["case"]
    assert (row.state, row.cleared_by) == ("approved", None)


async def test_m8_2_a_clearance_of_yesterday_is_checked_again_when_it_leaves(session: Session, staff: Staff) -> None:
    order = await _order(session, staff)
    row = await asked(session, staff, order, 10, DAY)
    await service.approve(session, at(DAY), staff.sm, row.id, row.version)
    await service.clear(session, at(DAY), DAY, staff.fin, row.id, row.version)
    await service.pick(session, at(DAY), staff.wh, row.id, row.version)
    await ledgers.invoice(session, staff, order.customer_id, 100, DAY, due=DAY)
    line = (await service.lines_of(session, row.id))[0].order_line_id
    late = DAY + timedelta(days=1)
    with pytest.raises(Refused) as refused:
        await service.ship(
            session,
            at(late),
            late,
            staff.wh,
            row.id,
            row.version,
            carrier="顺丰",
            waybill="",
            lots=[Lot(line, "L", 10)],
        )
    assert refused.value.code == "held"


async def test_refused_goods_come_back_and_are_wanted_again(session: Session, staff: Staff) -> None:
    order = await _order(session, staff)
    row = await shipped(session, staff, order, 60, DAY)
    await service.refused(session, at(DAY), staff.sup, row.id, row.version, "外箱破损")
    await service.take_back(session, at(DAY), DAY, staff.wh, row.id, row.version)
    figure = (await figures.of_order(session, order.id))[0]
    assert (row.state, figure.delivered, figures.plain(figure).open) == ("returned", 0, 100)


async def test_cancelling_a_delivery_is_sales_support_before_picking_and_the_manager_after(
    session: Session, staff: Staff
) -> None:
    order = await _order(session, staff)
    row = await asked(session, staff, order, 10, DAY)
    await service.approve(session, at(DAY), staff.sm, row.id, row.version)
    await service.clear(session, at(DAY), DAY, staff.fin, row.id, row.version)
    await service.pick(session, at(DAY), staff.wh, row.id, row.version)
    with pytest.raises(NotYourDuty):
        await service.plain_move(session, at(DAY), staff.sup, row.id, row.version, "cancel", "客户改期")
    await service.plain_move(session, at(DAY), staff.sm, row.id, row.version, "cancel", "客户改期")
    await office.cancel(session, at(DAY), staff.sup, order.id, order.version, "客户改期")


async def test_a_return_is_inspected_and_credited_at_the_orders_price(session: Session, staff: Staff) -> None:
    order = await _order(session, staff)
    row, invoice, _ = await delivered(session, staff, order, 100, DAY)
    await invoices.issue(session, at(DAY), DAY, staff.fin, invoice.id, invoice.version)
    line = (await service.lines_of(session, row.id))[0].order_line_id
    with pytest.raises(BadInput):
        await returns.ask(session, at(DAY), DAY, staff.rep, row.id, {line: 101}, "滞销")
    back = await returns.ask(session, at(DAY), DAY, staff.rep, row.id, {line: 10}, "滞销")
    with pytest.raises(BadInput):  # ten are on their way back already
        await returns.ask(session, at(DAY), DAY, staff.rep, row.id, {line: 91}, "滞销")
    with pytest.raises(NotYourDuty):
        await returns.decide(session, at(DAY), staff.rep2, back.id, back.version, True, "")
    await returns.decide(session, at(DAY), staff.sm, back.id, back.version, True, "")
    await returns.receive(session, at(DAY), DAY, staff.wh, back.id, back.version)
    await returns.inspect(session, at(DAY), staff.qc, back.id, back.version, {line: 8})
    await returns.credit(session, at(DAY), DAY, staff.fin, back.id, back.version)
    assert await outstanding(session, invoice.id, DAY) == 92 * 50_000
    await check_equations(session, order.customer_id, DAY)


async def test_order_to_cash_closes_at_nothing(session: Session, staff: Staff) -> None:
    order = await _order(session, staff)
    money = await ledgers.receipt(session, staff, order.customer_id, 5_000_000, DAY, order_id=order.id)
    row, invoice, _ = await delivered(session, staff, order, 100, DAY)
    await invoices.issue(session, at(DAY), DAY, staff.fin, invoice.id, invoice.version)
    await allocations.set_off(session, at(DAY), DAY, staff.fin, money.id, money.version)
    await service.plain_move(session, at(DAY), staff.fin, row.id, row.version, "close")
    assert await outstanding(session, invoice.id, DAY) == 0
    facts = await checks.facts_of(session, DAY, order, 0, checks.OrderPolicy())
    assert facts.exposure.total == 0


STEPS = ["ask", "approve", "clear", "pick", "ship", "sign", "refuse", "cancel", "money", "take_back"]


@settings(max_examples=walks(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 9), st.integers(1, 12)), min_size=4, max_size=20),
)
async def test_no_sequence_of_commands_ships_uncleared_goods(
    session: Session, staff: Staff, cash_only: bool, plan: Any
) -> None:
    """Whoever does what in any order: what left was cleared, by another hand, within the order and the money."""
    savepoint = await session.begin_nested()
    account = await ledgers.account(session, cash_only=cash_only, credit_limit_fen=6_000)
    order = await make_order(session, account.id, [("A01", 10, 1_000)])
    await ledgers.receipt(session, staff, account.id, 4_000, DAY, order_id=order.id)
    line = (await figures.of_order(session, order.id))[0].line_id
    people = [staff.sup, staff.sm, staff.fin, staff.wh, staff.cash, staff.fin2, staff.wh2]
    # The duty that fits is chosen most of the time, so that the walk gets somewhere.
    fitting = {"ask": staff.sup, "approve": staff.sm, "clear": staff.fin, "pick": staff.wh, "ship": staff.wh2,
               "sign": staff.sup, "refuse": staff.sup, "cancel": staff.sm, "take_back": staff.wh}  # fmt: skip
    rows: list[Delivery] = []
    now, paid = at(DAY), 4_000
    for step, pick, quantity in plan:
        actor = people[pick % len(people)] if pick > 6 else fitting.get(step, staff.fin)
        row = rows[quantity % len(rows)] if rows else None
        try:
            if order.state == "submitted":
                await office.confirm(session, now, DAY, staff.sup, order.id, order.version)
            match step:
                case "ask":
                    asking = Request(order.id, {line: quantity}, DAY, Rest.BACK_ORDER)
                    rows.append(await service.make(session, now, DAY, actor, asking))
                case "money":
                    await ledgers.receipt(session, staff, account.id, quantity * 500, DAY, order_id=order.id)
                    paid += quantity * 500
                case "approve" if row:
                    await service.approve(session, now, actor, row.id, row.version)
                case "clear" if row:
                    await service.clear(session, now, DAY, actor, row.id, row.version)
                case "pick" if row:
                    await service.pick(session, now, actor, row.id, row.version)
                case "ship" if row:
                    lots = [Lot(line, "L", x.quantity) for x in await service.lines_of(session, row.id)]
                    await service.ship(
                        session, now, DAY, actor, row.id, row.version, carrier="c", waybill="", lots=lots
                    )
                case "sign" if row:
                    lines = [Accepted(line, x.quantity) for x in await service.lines_of(session, row.id)]
                    await service.sign(session, now, DAY, actor, row.id, row.version, signer="s", lines=lines)
                case "refuse" if row:
                    await service.refused(session, now, actor, row.id, row.version, "r")
                case "take_back" if row:
                    await service.take_back(session, now, DAY, actor, row.id, row.version)
                case "cancel" if row:
                    await service.plain_move(session, now, actor, row.id, row.version, "cancel", "r")
        except AppError:
            pass
        left = [r for r in rows if r.shipped_on is not None]
        assert all(r.cleared_by is not None and r.approved_by is not None for r in left)
        assert all(len({r.made_by, r.cleared_by, r.picked_by}) == 3 for r in left)
        figure = (await figures.of_order(session, order.id))[0]
        assert figure.delivered <= figure.committed <= 10
        if cash_only:
            assert figure.delivered * 1_000 <= paid
        event(f"left: {len(left)}")
    await savepoint.rollback()
    session.expunge_all()
