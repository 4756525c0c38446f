"""A distributor from the first talk to the file (M12-1 … M12-6)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from backoffice.accounts import service as accounts
from backoffice.contracts.models import Contract, ContractKind
from backoffice.distributors import rules
from backoffice.distributors.machines import DISTRIBUTOR
from backoffice.distributors.models import Distributor
from backoffice.distributors.rules import Candidate, DistributorPolicy
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.refusals import Refused, SameHands
from backoffice.numbering.service import next_number
from backoffice.policies import service as policies
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, Conflict

THING = "distributor_record"
DEVELOPERS = frozenset({OfficeRole.REP})
_FORCE = ("effective", "amending")
_SIGNED = ("proposed", "first_checked", "under_review", "approved", "sealed", *_FORCE)


async def take(session: Session, distributor_id: UUID, version: int | None) -> Distributor:
    return await acts.take(session, Distributor, distributor_id, THING, version)


async def of_customer(session: Session, customer_id: UUID) -> Distributor | None:
    found: Distributor | None = await session.scalar(
        select(Distributor).where(col(Distributor.customer_id) == customer_id)
    )
    return found


async def add(
    session: Session, now: datetime, today: date, actor: Actor, customer_id: UUID, values: dict[str, Any], region: str
) -> Distributor:
    """M12-1: REP finds a prospect and is its representative. A signed guest of a conference comes here too."""
    acts.require_duty(actor, DEVELOPERS)
    account = await accounts.of(session, customer_id, lock=True)
    if await of_customer(session, customer_id) is not None:
        raise Conflict(
            why_zh="该客户已在分销商名录中。", why_en="This customer is a distributor already.", code="known_already"
        )
    account.region = region or account.region
    account.rep_id = account.rep_id or actor.user_id
    row = Distributor(customer_id=customer_id, made_by=actor.user_id, made_on=today, **values)
    await acts.born(session, now, actor, row, DISTRIBUTOR, detail={"kind": row.kind})
    return row


async def edit(
    session: Session, now: datetime, actor: Actor, distributor_id: UUID, version: int, values: dict[str, Any]
) -> Distributor:
    row = await take(session, distributor_id, version)
    await acts.move(session, now, actor, row, DISTRIBUTOR, "edit", sets=values, detail={"fields": sorted(values)})
    return row


def candidate(row: Distributor) -> Candidate:
    return Candidate(
        row.years_in_trade,
        row.fixed_assets_fen,
        row.annual_turnover_fen,
        row.good_character,
        row.has_customer_files,
        row.has_risk_method,
    )


async def findings(session: Session, row: Distributor) -> list[rules.Finding]:
    return rules.select(candidate(row), await policies.load(session, DistributorPolicy))


async def match(session: Session, now: datetime, actor: Actor, distributor_id: UUID, version: int) -> Distributor:
    """M12-4: all four criteria, or it stays a prospect. Raises Refused naming what is missing."""
    row = await take(session, distributor_id, version)
    found = await findings(session, row)
    blank = rules.unset(found)
    if blank:
        raise Refused(
            "m12-4-unset",
            "选择标准的数值尚未设定(设置 distributors:min_years、min_assets_fen、min_turnover_fen)。",
            "The figures of the selection standard are not set (settings of distributors: min_years, min_assets_fen, "
            "min_turnover_fen).",
        )
    failed = [finding for finding in found if not finding.met]
    if failed:
        raise Refused(
            "m12-4",
            "不符合选择标准:" + ";".join(finding.zh for finding in failed) + "。",
            "It does not meet the standard: " + "; ".join(finding.en for finding in failed) + ".",
        )
    await acts.move(session, now, actor, row, DISTRIBUTOR, "match", detail={"met": [f.criterion.value for f in found]})
    return row


async def unmatch(
    session: Session, now: datetime, actor: Actor, distributor_id: UUID, version: int, note: str
) -> Distributor:
    row = await take(session, distributor_id, version)
    await acts.move(session, now, actor, row, DISTRIBUTOR, "unmatch", note=note)
    return row


async def sign_up(
    session: Session, now: datetime, actor: Actor, distributor_id: UUID, version: int, contract_id: UUID
) -> Distributor:
    """M12-6: REP signs a contract with it: a proposal, in the contract room's own review at the same time."""
    row = await take(session, distributor_id, version)
    contract = await acts.get(session, Contract, contract_id, "contract")
    kinds = (ContractKind.DISTRIBUTOR.value, ContractKind.FRANCHISE.value)
    if contract.customer_id != row.customer_id or contract.kind not in kinds or contract.state not in _SIGNED:
        raise BadInput(
            field="contract_id",
            problem_zh="须为该客户已签署提交的经销或加盟合同",
            problem_en="it has to be a signed distributor or franchise contract of this customer",
        )
    detail = {"contract": contract.number}
    await acts.move(session, now, actor, row, DISTRIBUTOR, "sign_up", sets={"contract_id": contract.id}, detail=detail)
    return row


async def review(
    session: Session, now: datetime, actor: Actor, distributor_id: UUID, version: int, note: str
) -> Distributor:
    """SM's final word on the contract's other side (M12-2, M12-6)."""
    row = await take(session, distributor_id, version)
    if actor.user_id == row.made_by:
        raise SameHands(("开发", "find"), ("审核", "review a distributor"))
    await acts.move(session, now, actor, row, DISTRIBUTOR, "review", note=note, sets={"reviewed_by": actor.user_id})
    return row


async def send_back(
    session: Session, now: datetime, actor: Actor, distributor_id: UUID, version: int, note: str
) -> Distributor:
    row = await take(session, distributor_id, version)
    if not note.strip():
        raise BadInput(field="note", problem_zh="退回必须写明原因", problem_en="sending back needs a reason")
    sets = {"reviewed_by": None, "contract_id": None}
    await acts.move(session, now, actor, row, DISTRIBUTOR, "send_back", note=note, sets=sets)
    return row


async def _require_contract(session: Session, row: Distributor, states: tuple[str, ...]) -> None:
    contract = await acts.get(session, Contract, row.contract_id, "contract") if row.contract_id else None
    if contract is None or contract.state not in states:
        raise Refused(
            "m12-6",
            "合同尚未按合同流程盖章/生效,不能继续。",
            "The contract has not gone through its own review yet (sealed, then effective).",
        )


async def file(
    session: Session, now: datetime, today: date, actor: Actor, distributor_id: UUID, version: int, place: str
) -> Distributor:
    """M12-6: CADM numbers, archives and puts it on the list, once the contract is sealed."""
    row = await take(session, distributor_id, version)
    acts.require_duty(actor, DISTRIBUTOR.roles("reviewed", "file"))
    if actor.user_id in (row.made_by, row.reviewed_by):
        raise SameHands(("开发或审核", "find or review"), ("归档", "file a distributor"))
    sets: dict[str, Any] = {"filed_by": actor.user_id, "filed_on": today, "archive_place": place}
    if row.state == "reviewed":
        await _require_contract(session, row, ("sealed", *_FORCE))
        sets["file_number"] = row.file_number or await next_number(session, "DF", today)
    await acts.move(session, now, actor, row, DISTRIBUTOR, "file", sets=sets)
    return row


async def activate(session: Session, now: datetime, actor: Actor, distributor_id: UUID, version: int) -> Distributor:
    row = await take(session, distributor_id, version)
    if row.state == "filed":
        await _require_contract(session, row, _FORCE)
    await acts.move(session, now, actor, row, DISTRIBUTOR, "activate")
    return row


async def change_standing(
    session: Session, now: datetime, actor: Actor, distributor_id: UUID, version: int, command: str, note: str
) -> Distributor:
    """`suspend`, `resume`, `terminate`; each says why."""
    row = await take(session, distributor_id, version)
    if not note.strip():
        raise BadInput(field="note", problem_zh="须写明原因", problem_en="say why")
    await acts.move(session, now, actor, row, DISTRIBUTOR, command, note=note)
    return row
