"""Anybody does anything in any order, from the order to the refund: what must hold holds after every step.

And two people at one document: one wins, the other is told what changed.
"""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from backoffice.advances import service as refunds
from backoffice.approvals import service as approvals
from backoffice.approvals.models import Approval, ApprovalTask
from backoffice.deliveries import returns
from backoffice.deliveries import service as deliveries
from backoffice.deliveries.models import Delivery
from backoffice.deliveries.rules import Rest
from backoffice.deliveries.service import Accepted, Lot, Request
from backoffice.kit.duties import OfficeRole
from backoffice.machines import MACHINES
from backoffice.orders import figures, nightly, office
from backoffice.orders.models import SalesOrder
from backoffice.receivables import allocations, invoices, receipts
from backoffice.receivables.models import Invoice, Purpose, Receipt
from backoffice.timeline.models import TimelineEntry
from callcenter.kit.db import Database, Session
from callcenter.kit.errors import AppError
from tests.integration.backoffice import ledgers
from tests.integration.backoffice.conftest import EARLY, Desk, Staff, band, walks
from tests.integration.backoffice.ledgers import at, check_equations
from tests.integration.backoffice.orders import make_order

START = date(2026, 3, 9)
BASE = "/api/backoffice"


class Walk:
    """One customer's business; every command picks its thing and its person by chance."""

    def __init__(self, session: Session, staff: Staff, customer: UUID, line: UUID, order: UUID) -> None:
        self.session, self.staff, self.customer, self.line, self.order = session, staff, customer, line, order
        self.day = START

    async def one(self, model: Any, pick: int, *states: str) -> Any:
        """A thing of the customer, if there is one, preferably in a state in which something can be done."""
        query = select(model).where(col(model.customer_id) == self.customer).order_by(col(model.id))
        rows = (await self.session.scalars(query)).all()
        fitting = [row for row in rows if row.state in states] or rows
        return fitting[pick % len(fitting)] if fitting else None

    async def step(self, name: str, pick: int, fen: int, actor: Any) -> None:
        await getattr(self, name)(pick, fen, actor)

    async def confirm_order(self, _pick: int, _fen: int, actor: Any) -> None:
        await office.confirm(self.session, at(self.day), self.day, actor or self.staff.sup, self.order, None)  # type: ignore[arg-type]

    async def cancel_order(self, _pick: int, _fen: int, actor: Any) -> None:
        await office.cancel(self.session, at(self.day), actor or self.staff.sm, self.order, None, "取消")  # type: ignore[arg-type]

    async def close_short(self, _pick: int, _fen: int, actor: Any) -> None:
        await office.close_short(self.session, at(self.day), actor or self.staff.sup, self.order, None, "短交")  # type: ignore[arg-type]

    async def ask(self, pick: int, _fen: int, actor: Any) -> None:
        wanted = Request(self.order, {self.line: pick % 6 + 1}, self.day, Rest.BACK_ORDER)
        await deliveries.make(self.session, at(self.day), self.day, actor or self.staff.sup, wanted)

    async def push_delivery(self, pick: int, _fen: int, actor: Any) -> None:
        """Whatever comes next for a delivery."""
        s, now, day, staff = self.session, at(self.day), self.day, self.staff
        row = await self.one(Delivery, pick, "draft", "approved", "finance_cleared", "picking", "shipped")
        if row is None:
            return
        lines = await deliveries.lines_of(s, row.id)
        match row.state:
            case "draft":
                await deliveries.approve(s, now, actor or staff.sm, row.id, row.version)
            case "approved":
                await deliveries.clear(s, now, day, actor or staff.fin, row.id, row.version)
            case "finance_cleared":
                await deliveries.pick(s, now, actor or staff.wh, row.id, row.version)
            case "picking":
                lots = [Lot(line.order_line_id, "L", line.quantity) for line in lines]
                await deliveries.ship(
                    s, now, day, actor or staff.wh, row.id, row.version, carrier="c", waybill="", lots=lots
                )
            case _:
                signed = [Accepted(line.order_line_id, line.quantity) for line in lines]
                await deliveries.sign(s, now, day, actor or staff.sup, row.id, row.version, signer="李四", lines=signed)

    async def return_goods(self, pick: int, _fen: int, actor: Any) -> None:
        row = await self.one(Delivery, pick, "signed", "closed")
        if row is not None:
            back = await returns.ask(
                self.session, at(self.day), self.day, self.staff.sup, row.id, {self.line: 1}, "多订"
            )
            await returns.decide(self.session, at(self.day), actor or self.staff.sm, back.id, back.version, True, "")
            await returns.receive(self.session, at(self.day), self.day, self.staff.wh, back.id, back.version)
            await returns.inspect(self.session, at(self.day), self.staff.qc, back.id, back.version, {self.line: 1})
            await returns.credit(self.session, at(self.day), self.day, actor or self.staff.fin, back.id, back.version)

    async def issue(self, pick: int, _fen: int, actor: Any) -> None:
        if row := await self.one(Invoice, pick, "draft"):
            await invoices.issue(self.session, at(self.day), self.day, actor or self.staff.fin, row.id, row.version)

    async def cancel_invoice(self, pick: int, _fen: int, actor: Any) -> None:
        if row := await self.one(Invoice, pick, "issued"):
            await invoices.cancel(
                self.session, at(self.day), self.day, actor or self.staff.fin, row.id, row.version, "开错"
            )

    async def money(self, pick: int, fen: int, actor: Any) -> None:
        own = {"order_id": self.order, "purpose": Purpose.PREPAYMENT} if pick % 2 else {}
        row = await ledgers.receipt(self.session, self.staff, self.customer, fen, self.day, confirm=False, **own)
        await receipts.confirm(self.session, at(self.day), self.day, actor or self.staff.fin, row.id, row.version)

    async def set_off(self, pick: int, _fen: int, actor: Any) -> None:
        if row := await self.one(Receipt, pick, "confirmed"):
            await allocations.set_off(
                self.session, at(self.day), self.day, actor or self.staff.fin, row.id, row.version
            )

    async def bounce(self, pick: int, _fen: int, actor: Any) -> None:
        if row := await self.one(Receipt, pick, "confirmed"):
            await receipts.bounce(
                self.session, at(self.day), self.day, actor or self.staff.fin, row.id, row.version, "拒付"
            )

    async def refund(self, pick: int, fen: int, actor: Any) -> None:
        if row := await self.one(Receipt, pick, "confirmed"):
            back = await refunds.ask(self.session, at(self.day), self.day, self.staff.rep, row.id, fen, "退余款")
            await refunds.submit(self.session, at(self.day), self.day, self.staff.rep, back.id, back.version)
            approval = (await self.session.scalars(select(Approval).where(col(Approval.thing_id) == back.id))).one()
            await approvals.agree(
                self.session, at(self.day), self.day, actor or self.staff.sm, approval.id, approval.version
            )
            await refunds.pay(self.session, at(self.day), self.day, actor or self.staff.cash, back.id, back.version)

    async def days_pass(self, pick: int, _fen: int, _actor: Any) -> None:
        self.day += timedelta(days=pick)
        await nightly.expire_unpaid(self.session, at(self.day), self.day)
        await nightly.review_holds(self.session, at(self.day), self.day)

    async def check(self) -> None:
        """What must hold, whoever did what."""
        await check_equations(self.session, self.customer, self.day)
        tables = {machine.name: machine for machine in MACHINES}
        lines = await self.session.scalars(select(TimelineEntry))
        for line in lines:
            if line.thing in tables and line.from_state is not None and line.from_state != line.to_state:
                moves = tables[line.thing].moves
                assert any(line.from_state in move.sources and move.target == line.to_state for move in moves), (
                    f"{line.thing}: {line.from_state} → {line.to_state} is in no table"
                )
        for goods in await self.session.scalars(select(Delivery).where(col(Delivery.shipped_on).is_not(None))):
            assert goods.cleared_by is not None
            assert len({goods.made_by, goods.cleared_by, goods.picked_by}) == 3
        for task in await self.session.scalars(select(ApprovalTask)):
            assert task.decided_by != task.maker_id
        figure = (await figures.of_order(self.session, self.order))[0]
        assert figure.delivered <= figure.committed <= 10


STEPS = ["confirm_order", "ask", "push_delivery", "push_delivery", "push_delivery", "issue", "money", "set_off",
         "refund", "return_goods", "bounce", "cancel_invoice", "cancel_order", "close_short", "days_pass"]  # fmt: skip


@settings(max_examples=walks(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["credit", "prepaid"]),
    st.lists(
        st.tuples(st.sampled_from(STEPS), st.integers(0, 9), st.sampled_from([1, 500, 3_000, 10_000])), max_size=16
    ),
)
async def test_no_sequence_of_commands_breaks_what_must_hold(
    session: Session, staff: Staff, payment: str, plan: Any
) -> None:
    savepoint = await session.begin_nested()
    await approvals.set_bands(session, EARLY, None, "refund", [band(-1, None, (OfficeRole.SM,))])
    account = await ledgers.account(session, credit_limit_fen=8_000)
    order = await make_order(session, account.id, [("A01", 10, 1_000)], payment=payment)
    walk = Walk(session, staff, account.id, (await figures.of_order(session, order.id))[0].line_id, order.id)
    people = [staff.sup, staff.sm, staff.fin, staff.wh, staff.cash, staff.rep, staff.gm]
    # A way that leads somewhere first, so that the walk has things to spoil.
    for step, pick, fen in [("money", 1, 10_000), ("confirm_order", 0, 0), ("ask", 4, 0), *plan]:
        stranger = people[pick % len(people)] if pick > 7 else None
        inner = await session.begin_nested()
        try:
            await walk.step(step, pick, fen, stranger)
            await inner.commit()
            event(f"done: {step}")
        except (AppError, IntegrityError):
            await inner.rollback()
            session.expire_all()
        await walk.check()
    await savepoint.rollback()
    session.expunge_all()


async def test_of_two_at_one_order_one_wins_and_the_other_is_told_what_changed(
    database: Database, desk: Desk, hired: Staff
) -> None:
    for first, second in (("confirm", "cancel"), ("cancel", "confirm"), ("confirm", "confirm"), ("cancel", "cancel")):
        async with database.transaction() as session:
            who = (await ledgers.account(session, credit_limit_fen=10**9)).id
            order = await make_order(session, who, [("A01", 1, 100)])
        one, other = await desk(hired.sup), await desk(hired.sm if second == "cancel" else hired.sup)
        body = {"version": 1, "note": "同时"}
        answers = await asyncio.gather(
            one.post(f"{BASE}/orders/{order.id}/{first}", json=body),
            other.post(f"{BASE}/orders/{order.id}/{second}", json=body),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        lost = next(answer for answer in answers if answer.status_code == 409).json()
        won = next(answer for answer in answers if answer.status_code == 200).json()
        assert (lost["code"], lost["seen"], lost["current"]) == ("stale", 1, 2)
        assert [(entry["act"], entry["to_state"]) for entry in lost["changed"]] == [
            ("confirm" if won["state"] == "confirmed" else "cancel", won["state"])
        ]
        assert lost["changed"][0]["by"] in lost["detail"]
        async with database.transaction() as session:
            assert await session.scalar(select(col(SalesOrder.version)).where(col(SalesOrder.id) == order.id)) == 2
