"""Write-off, provision, and money that comes after all (M6-3 … M6-5)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from backoffice.approvals import outcomes
from backoffice.approvals import service as approvals
from backoffice.approvals.models import Approval
from backoffice.approvals.service import Ask
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.fen import per_million
from backoffice.kit.money_words import amount_words
from backoffice.kit.refusals import Refused
from backoffice.numbering.service import next_number
from backoffice.policies import service as policies
from backoffice.problem_accounts import rules
from backoffice.problem_accounts.models import Provision, Recovery, WriteOff
from backoffice.problem_accounts.repository import provision_balance
from backoffice.problem_accounts.rules import CASE, Evidence, ProblemPolicy
from backoffice.problem_accounts.service import take
from backoffice.receivables import allocations, ledger
from backoffice.receivables.models import Allocation, Invoice, Receipt
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput

KIND = "write_off"


def _content(row: WriteOff) -> dict[str, Any]:
    return {"case": str(row.case_id), "amount_fen": row.amount_fen, "evidence": row.evidence}


async def propose(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    case_id: UUID,
    version: int,
    *,
    amount_fen: int,
    evidence: Evidence,
    evidence_note: str,
) -> WriteOff:
    """FIN proposes, the general manager (or the board, by amount) approves. M6-4."""
    case = await take(session, case_id, version)
    invoice = await acts.get(session, Invoice, case.invoice_id, "invoice", lock=True)
    outstanding = (await allocations.sums(session, invoice)).outstanding_fen
    decided = case.decided_by is not None
    if not rules.may_write_off(amount_fen, outstanding, decided, bool(evidence_note.strip())):
        raise Refused(
            "m6-4",
            f"核销须有裁决和证据,且不超过未付金额 {amount_words(outstanding)}。",
            f"A write-off needs a decision and evidence, and is at most the {amount_words(outstanding)} still open.",
            field="amount_fen",
        )
    await acts.move(session, now, actor, case, CASE, "propose_loss", note=evidence_note)
    row = WriteOff(
        number=await next_number(session, "WO", today),
        case_id=case.id,
        customer_id=case.customer_id,
        amount_fen=amount_fen,
        evidence=evidence.value,
        evidence_note=evidence_note,
        proposed_by=actor.user_id,
        proposed_on=today,
    )
    session.add(row)
    await session.flush()
    title = f"{case.number} 坏账核销 {amount_words(amount_fen)}"
    await approvals.submit(session, now, actor, Ask(KIND, "write_off", row.id, title, amount_fen, _content(row)))
    return row


async def _ended(session: Session, now: datetime, actor: Actor | None, approval: Approval) -> None:
    row = await session.get(WriteOff, approval.thing_id, with_for_update=True, populate_existing=True)
    if row is None or row.written_off_on is not None or row.refused:
        return
    case = await take(session, row.case_id, None)
    if approval.state != "approved":
        row.refused = True
        await acts.move(session, now, None, case, CASE, "refuse_loss")
        return
    invoice = await acts.get(session, Invoice, case.invoice_id, "invoice", lock=True)
    outstanding = (await allocations.sums(session, invoice)).outstanding_fen
    if row.amount_fen > outstanding:  # money came while it was being approved
        row.refused = True
        await acts.move(session, now, None, case, CASE, "refuse_loss", detail={"outstanding_fen": outstanding})
        return
    on = approval.approved_on or row.proposed_on
    used, expense = rules.use_provision(await provision_balance(session, on), row.amount_fen)
    row.written_off_on, row.from_provision_fen, row.to_expense_fen = on, used, expense
    session.add(
        Allocation(
            customer_id=case.customer_id,
            write_off_id=row.id,
            invoice_id=invoice.id,
            amount_fen=row.amount_fen,
            allocated_on=on,
            allocated_by=actor.user_id if actor else None,
        )
    )
    await session.flush()
    figures = {"amount_fen": row.amount_fen, "from_provision_fen": used, "to_expense_fen": expense}
    await acts.write(session, now, actor, invoice, "invoice", "written_off", detail=figures)
    await acts.move(session, now, None, case, CASE, "write_off", detail=figures)


outcomes.register(KIND, "坏账核销", "write-off", _ended)


async def recover(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    case_id: UUID,
    version: int,
    receipt_id: UUID,
    amount_fen: int,
) -> Recovery:
    """M6-5: so much of the write-off is reversed and the confirmed receipt takes its place."""
    case = await take(session, case_id, version)
    acts.require_duty(actor, CASE.roles("written_off", "recover_after"))
    receipt = await acts.get(session, Receipt, receipt_id, "receipt", lock=True)
    invoice = await acts.get(session, Invoice, case.invoice_id, "invoice", lock=True)
    rows = (
        await session.scalars(
            select(Allocation)
            .join(WriteOff, col(WriteOff.id) == col(Allocation.write_off_id))
            .where(col(WriteOff.case_id) == case.id, col(Allocation.reversed_on).is_(None))
            .order_by(col(Allocation.allocated_on), col(Allocation.id))
        )
    ).all()
    if not 0 < amount_fen <= sum(row.amount_fen for row in rows):
        raise BadInput(
            field="amount_fen",
            problem_zh="收回金额超过已核销金额",
            problem_en="more than what was written off",
        )
    figures = {"amount_fen": amount_fen, "receipt": str(receipt.id)}
    await acts.move(session, now, actor, case, CASE, "recover_after", detail=figures)
    left = amount_fen
    for row in rows:
        part = min(left, row.amount_fen)
        if part == 0:
            break
        row.reversed_on, row.reversed_by, row.reverse_reason = today, actor.user_id, "核销后收回"
        await session.flush()
        if row.amount_fen > part:  # the rest of it stays written off
            session.add(
                Allocation(
                    customer_id=row.customer_id,
                    write_off_id=row.write_off_id,
                    invoice_id=row.invoice_id,
                    amount_fen=row.amount_fen - part,
                    allocated_on=today,
                    allocated_by=actor.user_id,
                )
            )
            await session.flush()
        left -= part
    await allocations.put(session, now, today, actor, receipt, invoice, amount_fen)
    policy = await policies.load(session, ProblemPolicy)
    back = rules.compensation_back(amount_fen, case.liable_percent or 0) if case.liable_id else 0
    recovery = Recovery(
        case_id=case.id,
        receipt_id=receipt.id,
        amount_fen=amount_fen,
        recovered_on=today,
        back_to_id=case.liable_id if back else None,
        back_fen=back,
        back_due=today + timedelta(days=policy.refund_days) if back else None,
    )
    session.add(recovery)
    await session.flush()
    return recovery


async def pay_back(session: Session, today: date, actor: Actor, recovery_id: UUID) -> Recovery:
    """The cashier paid the representative back."""
    acts.require_duty(actor, frozenset({OfficeRole.CASH}))
    row = await session.get(Recovery, recovery_id, with_for_update=True, populate_existing=True)
    if row is None or row.back_fen == 0 or row.back_on is not None:
        raise Refused("nothing_owed", "没有应退还的赔款。", "Nothing is owed back here.")
    row.back_on = today
    await session.flush()
    return row


async def provide(session: Session, now: datetime, as_of: date, actor: Actor | None) -> Provision:
    """M6-3: the allowance as of a day. Raises Refused while nobody has set the rates."""
    acts.require_duty(actor, frozenset({OfficeRole.FIN}))
    rates = (await policies.load(session, ProblemPolicy)).provision_rates
    if not rates:
        raise Refused(
            "m6-3_unset",
            "尚未设定坏账准备比率(设置 problem_accounts.provision_rates)。",
            "No provision rates are set (setting problem_accounts.provision_rates).",
        )
    f = ledger.facts(as_of).subquery("f")
    by_rate: dict[int, int] = defaultdict(int)
    for open_one in await session.execute(
        select(f.c.invoice_on, f.c.outstanding_fen).where(f.c.outstanding_fen > 0, f.c.invoice_on <= as_of)
    ):
        by_rate[rules.provision_rate(rates, open_one.invoice_on, as_of)] += int(open_one.outstanding_fen)
    before = await provision_balance(session, as_of)
    lines = [
        {"rate": rate, "amount_fen": fen, "provision_fen": per_million(fen, rate)}
        for rate, fen in sorted(by_rate.items())
    ]
    required = rules.provision([(line["amount_fen"], line["rate"]) for line in lines])
    row = Provision(
        as_of=as_of,
        lines=lines,
        before_fen=before,
        required_fen=required,
        charge_fen=rules.provision_charge(required, before),
        made_by=actor.user_id if actor else None,
        made_at=now,
    )
    session.add(row)
    await session.flush()
    return row
