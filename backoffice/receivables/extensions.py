"""Putting off a due date: asked by the representative, approved by amount and days, kept or broken."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from backoffice.approvals import outcomes
from backoffice.approvals import service as approvals
from backoffice.approvals.models import Approval
from backoffice.approvals.service import Ask
from backoffice.kit.duties import Actor
from backoffice.kit.refusals import Refused
from backoffice.numbering.service import next_number
from backoffice.policies import service as policies
from backoffice.receivables import allocations, rules
from backoffice.receivables.machines import EXTENSION
from backoffice.receivables.models import Extension, Invoice
from backoffice.receivables.rules import ReceivablesPolicy
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput

KIND = "extension"


def _content(row: Extension) -> dict[str, Any]:
    return {"invoice": str(row.invoice_id), "new_due_on": row.new_due_on.isoformat(), "amount_fen": row.amount_fen}


async def ask(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    invoice_id: UUID,
    new_due_on: date,
    reason: str,
    findings: str = "",
) -> Extension:
    """A draft for what the invoice still asks for."""
    acts.require_duty(actor, EXTENSION.roles("draft", "submit"))
    invoice = await acts.get(session, Invoice, invoice_id, "invoice", lock=True)
    sums = await allocations.sums(session, invoice)
    if sums.outstanding_fen <= 0:
        raise Refused("nothing_open", "该发票没有未付金额。", "Nothing of this invoice is open.")
    if new_due_on <= sums.due_on or new_due_on <= today:
        raise BadInput(
            field="new_due_on",
            problem_zh="新的到期日须晚于今天和原到期日",
            problem_en="the new date has to be after today and after the old one",
        )
    row = Extension(
        number=await next_number(session, "EXT", today),
        customer_id=invoice.customer_id,
        invoice_id=invoice_id,
        asked_on=today,
        old_due_on=sums.due_on,
        new_due_on=new_due_on,
        amount_fen=sums.outstanding_fen,
        reason=reason,
        findings=findings,
        made_by=actor.user_id,
    )
    await acts.born(session, now, actor, row, EXTENSION, detail={"amount_fen": row.amount_fen})
    return row


async def submit(session: Session, now: datetime, actor: Actor, extension_id: UUID, version: int) -> Extension:
    """For approval: longer extensions go higher."""
    row = await acts.take(session, Extension, extension_id, "extension", version)
    policy = await policies.load(session, ReceivablesPolicy)
    await acts.move(session, now, actor, row, EXTENSION, "submit")
    up = rules.extension_levels_up((row.new_due_on - row.old_due_on).days, policy)
    title = f"{row.number} 延期付款"
    await approvals.submit(
        session, now, actor, Ask(KIND, "extension", row.id, title, row.amount_fen, _content(row), up)
    )
    return row


async def _ended(session: Session, now: datetime, actor: Actor | None, approval: Approval) -> None:
    row = await acts.take(session, Extension, approval.thing_id, "extension", None)
    command = {"approved": "approve", "rejected": "reject"}.get(approval.state, "reopen")
    if EXTENSION.after(row.state, command) is not None:
        await acts.move(session, now, None, row, EXTENSION, command, detail={"approval": str(approval.id)})


outcomes.register(KIND, "延期付款", "extension of payment", _ended)


def state_of(state: str, new_due_on: date, outstanding_fen: int, paid_off_on: date | None, today: date) -> str:
    """What became of an approved extension: active, kept or broken; else its own state."""
    if state != "approved":
        return state
    if outstanding_fen <= 0:
        return "kept" if paid_off_on is None or paid_off_on <= new_due_on else "broken"
    return "active" if today <= new_due_on else "broken"
