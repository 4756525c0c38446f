"""M5, direction out: what we pay suppliers ahead is approved, paid, set off, and never more than that."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from backoffice.approvals import repository
from backoffice.approvals import service as approvals
from backoffice.kit.duties import OfficeRole
from backoffice.kit.refusals import NotYourDuty, Refused, WrongState
from backoffice.outlays import rules, service
from backoffice.outlays.models import Outlay
from backoffice.outlays.router import OUTLAYS
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput
from tests.integration.backoffice.conftest import EARLY, Staff, band
from tests.integration.backoffice.ledgers import at

DAY = date(2026, 3, 9)
NEW = service.New("青岛示例大酒店", "招商会场地", 3_000_000, 1_000_000, date(2026, 3, 20), "合同 2026-018")


async def paid(session: Session, staff: Staff) -> Outlay:
    await approvals.set_bands(session, EARLY, None, "outlay", [band(-1, None, (OfficeRole.SM,), (OfficeRole.FIN,))])
    row = await service.ask(session, at(DAY), DAY, staff.mkt, NEW)
    await service.submit(session, at(DAY), staff.mkt, row.id, row.version)
    with pytest.raises(WrongState):
        await service.pay(session, at(DAY), DAY, staff.cash, row.id, row.version, "")
    approval = await repository.alive(session, service.KIND, row.id)
    assert approval is not None
    for actor in (staff.sm, staff.fin):
        await approvals.agree(session, at(DAY), DAY, actor, approval.id, approval.version)
    return await service.pay(session, at(DAY), DAY, staff.cash, row.id, row.version, "付-001")


async def _row(session: Session, row: Outlay) -> Any:
    sub = OUTLAYS.source(DAY).subquery()
    return (await session.execute(select(sub).where(sub.c.id == row.id))).one()


async def test_m5_1_out_set_off_within_invoice_and_balance_then_closed(session: Session, staff: Staff) -> None:
    row = await paid(session, staff)
    assert (await _row(session, row)).balance_fen == 1_000_000

    async def bill(number: str, invoice_fen: int, amount_fen: int, actor: Any = staff.fin) -> None:
        await service.set_off(
            session, at(DAY), DAY, actor, row.id, row.version,
            invoice_no=number, invoice_fen=invoice_fen, accepted_on=DAY, amount_fen=amount_fen,
        )  # fmt: skip

    with pytest.raises(NotYourDuty):
        await bill("F1", 600_000, 600_000, staff.mkt)
    for invoice_fen, amount_fen in ((600_000, 600_001), (2_000_000, 1_000_001)):
        with pytest.raises(Refused) as refused:
            await bill("F1", invoice_fen, amount_fen)
        assert refused.value.code == "m5-1"
    await bill("F1", 600_000, 600_000)
    with pytest.raises(Refused) as refused:
        await bill("F1", 600_000, 100)  # an invoice once
    assert refused.value.code == "invoice_used"
    with pytest.raises(Refused):
        await service.close(session, at(DAY), staff.fin, row.id, row.version)
    assert ((await _row(session, row)).status, (await _row(session, row)).balance_fen) == ("partly_settled", 400_000)
    await service.money_back(session, at(DAY), DAY, staff.cash, row.id, row.version, 400_000, "多付退回")
    assert (await _row(session, row)).status == "settled"
    await service.close(session, at(DAY), staff.fin, row.id, row.version)
    assert (row.state, (await _row(session, row)).balance_fen) == ("closed", 0)


async def test_what_cannot_be_asked_for(session: Session, staff: Staff) -> None:
    too_much = service.New("s", "p", 100, 101, DAY)
    with pytest.raises(BadInput):
        await service.ask(session, at(DAY), DAY, staff.mkt, too_much)
    with pytest.raises(NotYourDuty):
        await service.ask(session, at(DAY), DAY, staff.cash, NEW)


async def test_the_database_itself_settles_no_more_than_was_paid(session: Session, staff: Staff) -> None:
    row = await paid(session, staff)
    with pytest.raises(DBAPIError):
        await session.execute(
            text(
                "INSERT INTO outlay_uses (id, outlay_id, supplier, invoice_no, amount_fen, on_day, made_by)"
                " VALUES (gen_random_uuid(), :row, 's', '', 1000001, '2026-03-09', :who)"
            ),
            {"row": row.id, "who": staff.fin.user_id},
        )


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_balance_and_status_agree(amount: int, settled: int, returned: int) -> None:
    left = rules.balance(True, amount, settled, returned)
    assert (rules.status("paid", amount, settled, returned) == "settled") == (left <= 0)
    assert rules.balance(False, amount, settled, returned) == 0
