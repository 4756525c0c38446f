"""Asking for credit, reviewing it jointly, recording what was decided (M8-4, M12)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from backoffice.accounts import service as accounts
from backoffice.accounts.models import CustomerAccount
from backoffice.approvals import outcomes
from backoffice.approvals import service as approvals
from backoffice.approvals.models import Approval
from backoffice.approvals.service import Ask
from backoffice.credit.models import CreditApplication
from backoffice.credit.rules import CREDIT, needs_review
from backoffice.kit.duties import Actor
from backoffice.kit.money_words import amount_words
from backoffice.kit.refusals import Refused, SameHands
from backoffice.numbering.service import next_number
from backoffice.timeline import acts
from callcenter.kit.db import Session

KIND = "credit"


def _content(row: CreditApplication) -> dict[str, Any]:
    return {"customer": str(row.customer_id), "limit_fen": row.limit_fen, "terms_days": row.terms_days}


async def apply(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    customer_id: UUID,
    *,
    limit_fen: int,
    terms_days: int,
    reason: str,
) -> CreditApplication:
    """A draft of the representative. Grade A buys for cash only, whatever anybody reviews (M8-3 [S])."""
    acts.require_duty(actor, CREDIT.roles("draft", "submit"))
    account = await accounts.of(session, customer_id, lock=True)
    if account.grade == "A":
        raise Refused(
            "m8-3",
            "A级客户一律现款交易,不能申请信用额度;须先评为AA级或AAA级。",
            "Grade A buys for cash only and gets no credit; it has to be graded AA or AAA first.",
            field="customer_id",
        )
    row = CreditApplication(
        number=await next_number(session, "CA", today),
        customer_id=customer_id,
        before_fen=await accounts.credit_limit(session, account),
        limit_fen=limit_fen,
        terms_days=terms_days,
        reason=reason,
        asked_on=today,
        made_by=actor.user_id,
        made_at=now,
    )
    await acts.born(session, now, actor, row, CREDIT, detail={"limit_fen": limit_fen, "before_fen": row.before_fen})
    return row


async def _take(session: Session, row_id: UUID, version: int | None) -> CreditApplication:
    seen = await acts.get(session, CreditApplication, row_id, "credit_application")
    await accounts.of(session, seen.customer_id, lock=True)
    return await acts.take(session, CreditApplication, row_id, "credit_application", version)


async def submit(session: Session, now: datetime, actor: Actor, row_id: UUID, version: int) -> CreditApplication:
    """For the joint review: departments side by side."""
    row = await _take(session, row_id, version)
    await acts.move(session, now, actor, row, CREDIT, "submit")
    title = f"{row.number} 信用额度 {amount_words(row.limit_fen)}"
    ask = Ask(KIND, "credit_application", row.id, title, row.limit_fen, _content(row))
    await approvals.submit(session, now, actor, ask)
    return row


async def _reviewed(session: Session, now: datetime, actor: Actor | None, approval: Approval) -> None:
    row = await _take(session, approval.thing_id, None)
    command = {"approved": "approve", "rejected": "reject"}.get(approval.state, "reopen")
    if CREDIT.after(row.state, command) is not None:
        await acts.move(session, now, None, row, CREDIT, command, detail={"approval": str(approval.id)})


outcomes.register(KIND, "信用额度", "credit limit", _reviewed)


async def record(
    session: Session, now: datetime, today: date, actor: Actor, row_id: UUID, version: int, note: str = ""
) -> CreditApplication:
    """CRED records what was reviewed, and from now on it is the customer's limit and credit period."""
    row = await _take(session, row_id, version)
    acts.require_duty(actor, CREDIT.roles("approved", "record"))
    if actor.user_id == row.made_by:
        raise SameHands(("申请额度", "apply for credit"), ("登记额度", "record it"))
    if row.state == "approved" and not await approvals.approved(session, KIND, row.id, _content(row)):
        raise Refused("m8-4", "该额度未经联合评审通过。", "Exactly this limit has not passed the joint review.")
    sets = {"recorded_by": actor.user_id, "recorded_on": today}
    await acts.move(session, now, actor, row, CREDIT, "record", note=note, sets=sets)
    account = await accounts.of(session, row.customer_id, lock=True)
    before = {"credit_limit_fen": account.credit_limit_fen, "terms_days": account.terms_days}
    account.credit_limit_fen, account.terms_days = row.limit_fen, row.terms_days
    detail = {"application": row.number, "before": before, "limit_fen": row.limit_fen, "terms_days": row.terms_days}
    await acts.write(session, now, actor, account, "account", "changed", note=note, detail=detail)
    return row


async def drop(
    session: Session, now: datetime, actor: Actor, row_id: UUID, version: int, note: str
) -> CreditApplication:
    row = await _take(session, row_id, version)
    await acts.move(session, now, actor, row, CREDIT, "drop", note=note)
    await approvals.void(session, now, actor, KIND, row.id, "额度申请放弃")
    return row


async def require_no_more(
    session: Session, account: CustomerAccount, before: tuple[int, int], after: tuple[int, int]
) -> None:
    """Raises Refused m8-4 when (limit, days) grow without a review. Called by whoever changes an account directly."""
    if needs_review(before[0], after[0], before[1], after[1]):
        raise Refused(
            "m8-4",
            f"提高信用额度或延长账期须由业务员申请、联合评审后登记(现为 {amount_words(before[0])}、{before[1]} 天)。",
            f"More or longer credit is applied for by the representative and reviewed jointly before it is recorded "
            f"(now: {amount_words(before[0])}, {before[1]} days).",
            field="credit_limit_fen" if after[0] > before[0] else "terms_days",
        )
