"""Price-cutting and cross-region dumping: reported, investigated, judged by CMO, appealed to GM (M13-13)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from backoffice.contracts.models import Contract
from backoffice.deliveries.models import Delivery, DeliveryLot
from backoffice.distributors.models import Distributor
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.refusals import SameHands
from backoffice.numbering.service import next_number
from backoffice.policies import service as policies
from backoffice.rewards import engine, payouts, rules
from backoffice.rewards.machines import VIOLATION
from backoffice.rewards.models import PaymentReward, RewardPayout, RewardScheme, RewardStatement, Violation
from backoffice.rewards.rules import Deductions, RewardPolicy
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput
from callcenter.kit.ids import new_id


async def lot_facts(session: Session, dealer: Distributor, lot: str, found_region: str) -> dict[str, Any]:
    """Chain 7: the region of the contract and that of the lot's deliveries, against where the goods were found."""
    contract = await session.get(Contract, dealer.contract_id) if dealer.contract_id else None
    rows = await session.scalars(
        select(col(DeliveryLot.region))
        .join(Delivery, col(Delivery.id) == col(DeliveryLot.delivery_id))
        .where(col(DeliveryLot.lot) == lot, col(Delivery.customer_id) == dealer.customer_id)
        .distinct()
    )
    delivered = sorted(rows)
    allowed = [contract.region if contract else "", *delivered]
    return {
        "lot": lot,
        "found_region": found_region,
        "contract_region": contract.region if contract else "",
        "delivered_regions": delivered,
        "delivered_to_this_dealer": bool(delivered),
        "crosses": bool(delivered) and rules.crosses_region(allowed, found_region),
    }


async def report(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    scheme_id: UUID,
    dealer_id: UUID,
    kind: str,
    evidence: str,
    *,
    lot: str = "",
    found_region: str = "",
) -> Violation:
    """Anybody with a duty reports; the report is to be taken up within 24 hours [H]."""
    acts.require_duty(actor, frozenset(OfficeRole))
    dealer = await acts.get(session, Distributor, dealer_id, "distributor_record")
    await acts.get(session, RewardScheme, scheme_id, "reward_scheme")
    if not evidence.strip():
        raise BadInput(field="evidence", problem_zh="须写明证据", problem_en="evidence is needed")
    policy = await policies.load(session, RewardPolicy)
    row = Violation(
        number=await next_number(session, "VR", today),
        scheme_id=scheme_id,
        dealer_id=dealer_id,
        kind=kind,
        evidence=evidence,
        facts=await lot_facts(session, dealer, lot, found_region) if lot else {},
        reported_at=now,
        due_at=now + timedelta(hours=policy.report_hours),
        made_by=actor.user_id,
    )
    await acts.born(session, now, actor, row, VIOLATION, note=evidence)
    return row


_JUDGES = {"acquit", "disqualify", "grant_appeal", "dismiss_appeal"}


async def move(
    session: Session, now: datetime, actor: Actor, violation_id: UUID, version: int, command: str, note: str
) -> Violation:
    """`investigate`, `acquit`, `disqualify`, `appeal`, `grant-appeal`, `dismiss-appeal`; a verdict says why."""
    row = await acts.take(session, Violation, violation_id, "reward_violation", version)
    if not note.strip():
        raise BadInput(field="note", problem_zh="须写明理由", problem_en="say why")
    sets: dict[str, Any] = {}
    if command in _JUDGES:
        if actor.user_id == row.made_by:
            raise SameHands(("举报", "report"), ("裁定", "judge it"))
        sets = {"verdict": note, "judged_by": actor.user_id}
    await acts.move(session, now, actor, row, VIOLATION, command, note=note, sets=sets)
    scheme = await acts.get(session, RewardScheme, row.scheme_id, "reward_scheme")
    if command in ("disqualify", "dismiss_appeal"):
        await payouts.void_unpaid(session, now, row.scheme_id, row.dealer_id, f"{row.number} 取消资格")
        await _claw_back(session, row, scheme)
    elif command in ("acquit", "grant_appeal") and scheme.run:
        await payouts.restore(session, scheme, row.dealer_id)
    return row


async def _claw_back(session: Session, row: Violation, scheme: RewardScheme) -> None:
    """Payment rewards already deducted stay the dealer's, unless the scheme's reading claims them back."""
    policy = engine.readings(scheme, await policies.load(session, RewardPolicy))
    if policy.deductions_after_disqualification is not Deductions.CLAW_BACK:
        return
    given = await session.scalar(
        select(func.sum(col(PaymentReward.amount_fen))).where(
            col(PaymentReward.dealer_id) == row.dealer_id, col(PaymentReward.scheme_id) == row.scheme_id
        )
    )
    statement = await session.scalar(
        select(RewardStatement).where(
            col(RewardStatement.dealer_id) == row.dealer_id, col(RewardStatement.scheme_id) == row.scheme_id
        )
    )
    if given and statement is not None:
        back = select(col(RewardPayout.id)).where(
            col(RewardPayout.statement_id) == statement.id, col(RewardPayout.kind) == "payment"
        )
        if await session.scalar(back) is None:
            session.add(RewardPayout(id=new_id(), statement_id=statement.id, kind="payment", amount_fen=-int(given)))
            await session.flush()
