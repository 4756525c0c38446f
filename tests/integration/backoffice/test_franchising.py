"""M11 on the real database: nine gates, each refusing with its reason; expiry; the funnel."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from backoffice.accounts import service as accounts
from backoffice.contracts.models import ContractKind
from backoffice.franchising import lists, seed, service
from backoffice.franchising.rules import FranchisePolicy, Site
from backoffice.kit.refusals import NotYourDuty, Refused, SameHands, WrongState
from backoffice.policies import service as policies
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput
from tests.factories import make_customer
from tests.integration.backoffice import channel
from tests.integration.backoffice.conftest import EARLY, Staff
from tests.integration.backoffice.ledgers import at

DAY = date(2026, 3, 9)
WAN = 1_000_000
FIGURES = {
    "min_distance_m": 500, "people_per_store": 30_000, "min_area_m2": 60, "min_turnover_fen": 10 * WAN,
    "capital_from_fen": 20 * WAN, "capital_to_fen": 50 * WAN,
}  # fmt: skip
WHERE = Site(480, 95_000, 2, 60, 10 * WAN, True, True, False)
DUTIES = {"costs": list(seed.COSTS), "unified": list(seed.UNIFIED), "legal": ["representative", "liability"]}


async def _figures(session: Session) -> None:
    for name, value in FIGURES.items():
        await policies.change(session, EARLY, None, FranchisePolicy.room, name, value)


async def _asked(session: Session, staff: Staff, **given: Any) -> Any:
    who = await make_customer(session, company="张三小店")
    values = {
        "customer_id": who.id, "source": "briefing", "city": "青岛", "same_industry": True, "healthy": True,
        "health_consent": True, "knows_company": True, "accepts_philosophy": True, "funds_fen": 30 * WAN,
        "conduct": list(seed.CONDUCT),
    } | given  # fmt: skip
    return await service.add(session, at(DAY), DAY, staff.rep, values)


async def test_m11_nine_gates_from_the_first_talk_to_the_supported_store(session: Session, staff: Staff) -> None:
    row = await _asked(session, staff)
    await service.apply(session, at(DAY), DAY, staff.rep, row.id, row.version)
    assert row.answer_due == date(2026, 3, 12)  # three working days
    with pytest.raises(Refused, match="Not set"):  # the blanks of the source are the company's to fill
        await service.reserve(session, at(DAY), DAY, staff.sm, row.id, row.version, 0)
    await _figures(session)
    with pytest.raises(NotYourDuty):
        await service.reserve(session, at(DAY), DAY, staff.rep2, row.id, row.version, 0)
    with pytest.raises(SameHands):
        await service.reserve(session, at(DAY), DAY, staff.rep, row.id, row.version, 0)
    await service.reserve(session, at(DAY), DAY, staff.sm, row.id, row.version, 5_000_00)
    full = Site(480, 95_000, 3, 60, 10 * WAN, True, True, False)
    with pytest.raises(Refused) as refused:
        await service.assess(session, at(DAY), staff.sm, row.id, row.version, full, "中山路1号")
    assert refused.value.code == "m11-4"
    await service.assess(session, at(DAY), staff.sm, row.id, row.version, WHERE, "中山路1号")
    with pytest.raises(BadInput):
        await service.agree_plan(session, at(DAY), staff.sm, row.id, row.version, " ")
    await service.agree_plan(session, at(DAY), staff.sm, row.id, row.version, "首年目标")
    await channel.approvers(session, "contract")
    who = await accounts.of(session, row.customer_id)
    wrong = await channel.contract(session, staff, who, DAY)
    with pytest.raises(Refused) as unset:
        await service.contract(session, at(DAY), DAY, staff.sm, row.id, row.version, wrong.id, DUTIES)
    assert unset.value.code == "m11-10-unset"
    await policies.change(session, EARLY, None, FranchisePolicy.room, "term_years", 3)
    with pytest.raises(Refused) as kind:
        await service.contract(session, at(DAY), DAY, staff.sm, row.id, row.version, wrong.id, DUTIES)
    assert kind.value.code == "m11-6th-step"
    paper = await channel.contract(session, staff, who, DAY, kind=ContractKind.FRANCHISE)
    less = DUTIES | {"unified": [name for name in seed.UNIFIED if name != "scope"]}
    with pytest.raises(Refused, match="unified:scope"):
        await service.contract(session, at(DAY), DAY, staff.sm, row.id, row.version, paper.id, less)
    await service.contract(session, at(DAY), DAY, staff.sm, row.id, row.version, paper.id, DUTIES)
    assert (row.state, row.term_to) == ("contracted", date(2029, 3, 8))
    await service.forward(session, at(DAY), DAY, staff.rep, row.id, row.version, "begin_licensing")
    for command, names in (("licensed", FranchisePolicy().licences), ("open_store", seed.PRE_OPENING)):
        with pytest.raises(Refused, match=names[0]):
            await service.forward(session, at(DAY), DAY, staff.sm, row.id, row.version, command)
        for name in names:
            await service.tick(session, at(DAY), DAY, staff.rep, row.id, row.version, name)
        with pytest.raises(BadInput):
            await service.tick(session, at(DAY), DAY, staff.rep, row.id, row.version, "nothing")
        await service.forward(session, at(DAY), DAY, staff.sm, row.id, row.version, command)
    assert (row.state, row.opened_on) == ("open_supported", DAY)
    await service.support(session, at(DAY), DAY, staff.mkt, row.id, "enquiry", "电话", "新品陈列")
    with pytest.raises(WrongState):
        await service.leave(session, at(DAY), staff.sm, row.id, row.version, "reject", "x")
    sub = lists.FUNNEL.source(DAY).subquery()
    [found] = (await session.execute(select(sub))).all()
    assert (found.source, found.asked, found.forms, found.reservations, found.contracted, found.opened) == (
        "briefing", 1, 1, 1, 1, 1,
    )  # fmt: skip


async def test_m11_3_and_exits_with_reasons(session: Session, staff: Staff) -> None:
    row = await _asked(session, staff, accepts_philosophy=False)
    with pytest.raises(Refused) as refused:
        await service.apply(session, at(DAY), DAY, staff.rep, row.id, row.version)
    assert refused.value.code == "m11-3"
    await service.edit(session, at(DAY), staff.rep, row.id, row.version, {"accepts_philosophy": True})
    await service.apply(session, at(DAY), DAY, staff.rep, row.id, row.version)
    with pytest.raises(BadInput):
        await service.leave(session, at(DAY), staff.sm, row.id, row.version, "reject", "")
    sub = lists.APPLICATIONS.source(date(2026, 3, 13)).subquery()
    assert [(r.step_no, r.late) for r in await session.execute(select(sub.c.step_no, sub.c.late))] == [(2, True)]
    await service.leave(session, at(DAY), staff.sm, row.id, row.version, "reject", "资金不足")
    assert (row.state, row.reason) == ("rejected", "资金不足")
    with pytest.raises(IntegrityError):
        async with session.begin_nested():
            await session.execute(text("UPDATE franchise_applications SET reason = ''"))
    with pytest.raises(IntegrityError):  # health data without consent
        async with session.begin_nested():
            await session.execute(text("UPDATE franchise_applications SET health_consent = false"))


async def test_m11_a_reservation_that_is_not_followed_expires(session: Session, staff: Staff) -> None:
    await _figures(session)
    row = await _asked(session, staff)
    await service.apply(session, at(DAY), DAY, staff.rep, row.id, row.version)
    await service.reserve(session, at(DAY), DAY, staff.sm, row.id, row.version, 0)
    last = row.reserved_to
    assert last == date(2026, 6, 7)
    assert await service.run(session, at(last), last) == 0
    assert await service.run(session, at(date(2026, 6, 8)), date(2026, 6, 8)) == 1
    assert row.state == "expired"
