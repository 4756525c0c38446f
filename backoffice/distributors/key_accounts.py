"""End key accounts: REP may apply to develop one (M12-1)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from backoffice.accounts import service as accounts
from backoffice.approvals import outcomes
from backoffice.approvals import service as approvals
from backoffice.approvals.models import Approval
from backoffice.approvals.service import Ask
from backoffice.distributors.grading import settle
from backoffice.distributors.machines import KEY_ACCOUNT
from backoffice.distributors.models import KeyAccount
from backoffice.kit.duties import Actor
from backoffice.numbering.service import next_number
from backoffice.timeline import acts
from callcenter.kit.db import Session

KIND = "key_account"


async def apply(
    session: Session, now: datetime, today: date, actor: Actor, customer_id: UUID, reason: str
) -> KeyAccount:
    """REP applies to develop an end key account; the approval decides."""
    acts.require_duty(actor, KEY_ACCOUNT.roles("draft", "submit"))
    await accounts.of(session, customer_id)
    row = KeyAccount(
        number=await next_number(session, "KA", today),
        customer_id=customer_id,
        reason=reason,
        made_by=actor.user_id,
        made_on=today,
    )
    await acts.born(session, now, actor, row, KEY_ACCOUNT, note=reason)
    await acts.move(session, now, actor, row, KEY_ACCOUNT, "submit")
    content = {"customer": str(customer_id), "reason": reason}
    ask = Ask(KIND, "key_account", row.id, f"终端大客户 {row.number}", 0, content)
    await approvals.submit(session, now, actor, ask)
    return row


async def _key_decided(session: Session, now: datetime, _actor: Actor | None, approval: Approval) -> None:
    row = await acts.take(session, KeyAccount, approval.thing_id, "key_account", None)
    await settle(session, now, row, KEY_ACCOUNT, approval)


outcomes.register(KIND, "终端大客户开发", "end key account", _key_decided)
