"""Builders of distributors: each goes through the services, so that what exists could have come to exist."""

from __future__ import annotations

from datetime import date
from typing import Any

from backoffice.accounts.models import CustomerAccount
from backoffice.approvals import repository as approval_repository
from backoffice.approvals import service as approvals
from backoffice.contracts import service as contracts
from backoffice.contracts.models import ContractKind
from backoffice.contracts.service import NewLine, Text
from backoffice.distributors import service
from backoffice.distributors.models import Distributor
from backoffice.distributors.rules import DistributorPolicy
from backoffice.kit.duties import OfficeRole
from backoffice.policies import service as policies
from callcenter.kit.db import Session
from tests.integration.backoffice.conftest import EARLY, band
from tests.integration.backoffice.ledgers import account, at

FACTS = {
    "kind": "dealer",
    "city": "深圳",
    "years_in_trade": 5,
    "fixed_assets_fen": 200_000_000,
    "annual_turnover_fen": 0,
    "legal_representative": "王五",
    "good_character": True,
    "has_customer_files": True,
    "has_risk_method": True,
}


async def criteria(session: Session) -> None:
    """The figures that the source leaves blank, as one company might set them."""
    for name, value in (("min_years", 3), ("min_assets_fen", 100_000_000), ("min_turnover_fen", 300_000_000)):
        await policies.change(session, EARLY, None, DistributorPolicy.room, name, value)


async def approvers(session: Session, *kinds: str) -> None:
    for kind in kinds:
        await approvals.set_bands(session, EARLY, None, kind, [band(-1, None, (OfficeRole.CMO,))])


async def agree(session: Session, staff: Any, kind: str, thing_id: Any, day: date) -> None:
    """CMO agrees to what is asked (see `approvers`)."""
    found = await approval_repository.alive(session, kind, thing_id)
    assert found is not None
    await approvals.agree(session, at(day), day, staff.cmo, found.id, found.version, "同意")


async def contract(
    session: Session, staff: Any, who: CustomerAccount, day: date, *, region: str = "", kind: ContractKind | None = None
) -> Any:
    """An effective contract, through both checks, the approval and the seal."""
    text = Text(
        customer_id=who.id,
        kind=kind or ContractKind.DISTRIBUTOR,
        title="经销合同",
        body="",
        lines=[NewLine("A01", "礼盒", 1, 100)],
        terms_days=30,
        start_on=day,
        end_on=None,
        delivery_terms="",
        region=region,
        capped=False,
        standard_form=True,
    )
    row = await contracts.draft(session, at(day), day, staff.rep, text)
    await contracts.propose(session, at(day), day, staff.rep, row.id, row.version)
    await contracts.check(session, at(day), staff.cadm, row.id, row.version, True, "")
    await contracts.check(session, at(day), staff.sm, row.id, row.version, True, "")
    await agree(session, staff, "contract", row.id, day)
    await contracts.seal(
        session, at(day), day, staff.legal, row.id, row.version, pages=3, signed_name="王五", signed_on=day
    )
    return await contracts.register(session, at(day), day, staff.cadm, row.id, row.version, "A-1")


async def prospect(session: Session, staff: Any, day: date, **given: Any) -> Distributor:
    region = given.pop("region", "华南")
    who = given.pop("who", None) or await account(session, company=given.pop("company", "深圳某某商贸有限公司"))
    return await service.add(session, at(day), day, staff.rep, who.id, FACTS | given, region)


async def active(session: Session, staff: Any, day: date, **given: Any) -> Distributor:
    """From the first talk to active, by its five hands."""
    await criteria(session)
    await approvers(session, "contract")
    row = await prospect(session, staff, day, **given)
    await service.match(session, at(day), staff.rep, row.id, row.version)
    who = await session.get(CustomerAccount, row.customer_id)
    assert who is not None
    paper = await contract(session, staff, who, day, region=who.region)
    await service.sign_up(session, at(day), staff.rep, row.id, row.version, paper.id)
    await service.review(session, at(day), staff.sm, row.id, row.version, "")
    await service.file(session, at(day), day, staff.cadm, row.id, row.version, "B-2")
    return await service.activate(session, at(day), staff.cadm, row.id, row.version)
