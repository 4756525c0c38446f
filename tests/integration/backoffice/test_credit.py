"""M8-4: more credit is applied for, reviewed jointly, and recorded; less may be set at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backoffice.accounts import service as accounts
from backoffice.approvals import repository
from backoffice.approvals import service as approvals
from backoffice.credit import service
from backoffice.credit.models import CreditApplication
from backoffice.kit.duties import OfficeRole
from backoffice.kit.refusals import NotYourDuty, Refused, SameHands, WrongState
from callcenter.kit.db import Database, Session
from tests.integration.backoffice import ledgers
from tests.integration.backoffice.conftest import EARLY, Desk, Staff, band
from tests.integration.backoffice.ledgers import at

DAY = date(2026, 3, 9)


async def _asked(session: Session, staff: Staff, **account: Any) -> CreditApplication:
    await approvals.set_bands(session, EARLY, None, "credit", [band(-1, None, (OfficeRole.SM, OfficeRole.FIN))])
    who = (await ledgers.account(session, **account)).id
    return await service.apply(
        session, at(DAY), DAY, staff.rep, who, limit_fen=20_000_000, terms_days=45, reason="年销售额增长"
    )


async def test_m8_4_departments_review_side_by_side_and_the_controller_records(session: Session, staff: Staff) -> None:
    row = await _asked(session, staff, credit_limit_fen=5_000_000)
    await service.submit(session, at(DAY), staff.rep, row.id, row.version)
    with pytest.raises(WrongState):
        await service.record(session, at(DAY), DAY, staff.cred, row.id, row.version)
    approval = await repository.alive(session, service.KIND, row.id)
    assert approval is not None
    await approvals.agree(session, at(DAY), DAY, staff.fin, approval.id, approval.version)
    assert row.state == "submitted"  # the other department is still to speak
    await approvals.agree(session, at(DAY), DAY, staff.sm, approval.id, approval.version)
    assert row.state == "approved"
    with pytest.raises(NotYourDuty):
        await service.record(session, at(DAY), DAY, staff.fin, row.id, row.version)
    await service.record(session, at(DAY), DAY, staff.cred, row.id, row.version, "联合评审通过")
    account = await accounts.of(session, row.customer_id)
    assert (row.state, account.credit_limit_fen, account.terms_days) == ("recorded", 20_000_000, 45)


async def test_m8_4_a_refused_application_changes_nothing(session: Session, staff: Staff) -> None:
    row = await _asked(session, staff, credit_limit_fen=5_000_000)
    await service.submit(session, at(DAY), staff.rep, row.id, row.version)
    approval = await repository.alive(session, service.KIND, row.id)
    assert approval is not None
    await approvals.reject(session, at(DAY), DAY, staff.sm, approval.id, approval.version, "回款不稳定")
    assert row.state == "rejected"
    assert (await accounts.of(session, row.customer_id)).credit_limit_fen == 5_000_000


async def test_m8_3_grade_a_gets_no_credit_whatever_is_asked(session: Session, staff: Staff) -> None:
    with pytest.raises(Refused) as refused:
        await _asked(session, staff, grade="A", cash_only=True)
    assert refused.value.code == "m8-3"


async def test_who_applies_does_not_record(session: Session, staff: Staff) -> None:
    row = await _asked(session, staff)
    both = type(staff.rep)(staff.rep.user_id, "REP", frozenset({OfficeRole.REP, OfficeRole.CRED}))
    row.state = "approved"
    await session.flush()
    with pytest.raises(SameHands):
        await service.record(session, at(DAY), DAY, both, row.id, row.version)


async def test_m8_4_an_account_is_not_given_more_directly(database: Database, desk: Desk, hired: Staff) -> None:
    cases: list[tuple[dict[str, Any], int]] = [
        ({"credit_limit_fen": 1_000_000}, 200),  # less at once: risk does not wait
        ({"credit_limit_fen": 5_000_001}, 409),
        ({"credit_limit_fen": 5_000_000, "terms_days": 31}, 409),
        ({"credit_limit_fen": 5_000_000, "terms_days": 20}, 200),
        ({"credit_limit_fen": 5_000_000, "grade": "A"}, 200),
    ]
    cred = await desk(hired.cred)
    for given, status in cases:
        async with database.transaction() as session:
            account = await ledgers.account(session, credit_limit_fen=5_000_000)
        body = {"version": account.version, "note": "复核", "legal_name": account.legal_name} | given
        answer = await cred.post(f"/api/backoffice/accounts/{account.id}/change", json=body)
        assert answer.status_code == status, (given, answer.text)
        if status == 409:
            assert answer.json()["code"] == "m8-4"
