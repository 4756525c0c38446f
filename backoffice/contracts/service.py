"""A contract from the draft to its end, and the loans of its original (M7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from backoffice.accounts import service as accounts
from backoffice.approvals import outcomes
from backoffice.approvals import service as approvals
from backoffice.approvals.models import Approval
from backoffice.approvals.service import Ask
from backoffice.contracts import rules
from backoffice.contracts.models import (
    ArchiveLoan,
    Contract,
    ContractChange,
    ContractKind,
    ContractLine,
    ContractRevision,
    Obligation,
    SealUse,
)
from backoffice.contracts.rules import CONTRACT, LOAN, ChangeState, ContractPolicy, LineTerms
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.money_words import amount_words
from backoffice.kit.refusals import NotYourDuty, Refused, SameHands
from backoffice.numbering.service import next_number
from backoffice.orders.models import PriceFloor, SalesOrder
from backoffice.policies import service as policies
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput

KIND, CHANGE_KIND = "contract", "contract_change"


@dataclass(frozen=True, slots=True)
class NewLine:
    sku: str
    name: str
    quantity: int
    price_fen: int


@dataclass(frozen=True, slots=True)
class Text:
    """Everything that is approved and sealed: a change of any of it voids the verdicts (M7-1)."""

    customer_id: UUID
    kind: ContractKind
    title: str
    body: str
    lines: Sequence[NewLine]
    terms_days: int
    start_on: date
    end_on: date | None = None
    delivery_terms: str = ""
    region: str = ""
    capped: bool = False
    standard_form: bool = True


def _plain(text: Text) -> dict[str, Any]:
    return {
        "kind": text.kind.value,
        "title": text.title,
        "body": text.body,
        "terms_days": text.terms_days,
        "start_on": text.start_on,
        "end_on": text.end_on,
        "delivery_terms": text.delivery_terms,
        "region": text.region,
        "capped": text.capped,
        "standard_form": text.standard_form,
        "amount_fen": sum(line.quantity * line.price_fen for line in text.lines),
    }


async def lines_of(session: Session, contract_id: UUID) -> list[ContractLine]:
    rows = await session.scalars(
        select(ContractLine).where(col(ContractLine.contract_id) == contract_id).order_by(col(ContractLine.line_no))
    )
    return list(rows)


async def content(session: Session, contract: Contract) -> dict[str, Any]:
    """What is approved and sealed, as plain values."""
    names = ("kind", "title", "body", "terms_days", "delivery_terms", "region", "capped", "standard_form", "amount_fen")
    return {name: getattr(contract, name) for name in names} | {
        "start_on": contract.start_on.isoformat(),
        "end_on": contract.end_on.isoformat() if contract.end_on else None,
        "lines": [[x.sku, x.name, x.quantity, x.price_fen] for x in await lines_of(session, contract.id)],
    }


async def _write_lines(session: Session, contract: Contract, lines: Sequence[NewLine]) -> None:
    for old in await lines_of(session, contract.id):
        await session.delete(old)
    await session.flush()
    session.add_all(
        ContractLine(
            contract_id=contract.id,
            line_no=number,
            sku=line.sku,
            name=line.name,
            quantity=line.quantity,
            price_fen=line.price_fen,
        )
        for number, line in enumerate(lines, start=1)
    )
    await session.flush()


async def draft(session: Session, now: datetime, today: date, actor: Actor, text: Text) -> Contract:
    acts.require_duty(actor, CONTRACT.roles("draft", "edit"))
    await accounts.of(session, text.customer_id)
    if text.end_on is not None and text.end_on < text.start_on:
        raise BadInput(field="end_on", problem_zh="结束日早于开始日", problem_en="it ends before it starts")
    row = Contract(
        number=await next_number(session, "CT", today),
        customer_id=text.customer_id,
        made_by=actor.user_id,
        made_at=now,
        **_plain(text),
    )
    await acts.born(session, now, actor, row, CONTRACT, detail={"amount_fen": row.amount_fen})
    await _write_lines(session, row, text.lines)
    return row


async def take(session: Session, contract_id: UUID, version: int | None) -> Contract:
    return await acts.take(session, Contract, contract_id, "contract", version)


async def edit(
    session: Session, now: datetime, actor: Actor, contract_id: UUID, version: int, text: Text, note: str = ""
) -> Contract:
    """Change the text. Under review or approved, that voids every verdict and the checks begin anew (M7-1)."""
    row = await take(session, contract_id, version)
    command = "edit" if row.state == "draft" else "change_text"
    sets = _plain(text)
    if command == "change_text":
        sets |= {"first_checked_by": None, "final_checked_by": None, "proposed_on": None}
    await acts.move(session, now, actor, row, CONTRACT, command, note=note, sets=sets)
    await _write_lines(session, row, text.lines)
    if command == "change_text":
        await approvals.void(session, now, actor, KIND, row.id, note or "合同文本已修改")
    return row


async def propose(
    session: Session, now: datetime, today: date, actor: Actor, contract_id: UUID, version: int
) -> Contract:
    """REP signs: a proposal, and no more than that (M7-6)."""
    row = await take(session, contract_id, version)
    await acts.move(session, now, actor, row, CONTRACT, "propose", sets={"proposed_on": today})
    return row


async def check(
    session: Session, now: datetime, actor: Actor, contract_id: UUID, version: int, agreed: bool, note: str
) -> Contract:
    """The first or the final check, in the order of the setting; the final one opens the review."""
    row = await take(session, contract_id, version)
    policy = await policies.load(session, ContractPolicy)
    if row.state in ("proposed", "first_checked"):
        needed = rules.checker(row.state, policy)
        if needed not in actor.roles:
            raise NotYourDuty(frozenset({needed}))
        if actor.user_id in (row.made_by, row.first_checked_by):
            raise SameHands(("起草或初审", "draft or first check"), ("审核", "check a contract"))
    if not agreed:
        if not note.strip():
            raise BadInput(field="note", problem_zh="退回须写明原因", problem_en="returning it needs a reason")
        sets = {"first_checked_by": None, "final_checked_by": None}
        await acts.move(session, now, actor, row, CONTRACT, "return", note=note, sets=sets)
        return row
    if row.state == "proposed":
        await acts.move(
            session, now, actor, row, CONTRACT, "first_check", note=note, sets={"first_checked_by": actor.user_id}
        )
        return row
    await acts.move(
        session, now, actor, row, CONTRACT, "final_check", note=note, sets={"final_checked_by": actor.user_id}
    )
    await _review(session, now, row, policy)
    return row


async def deviations(session: Session, row: Contract, policy: ContractPolicy) -> list[str]:
    lines = await lines_of(session, row.id)
    floors = {
        floor.sku: floor.floor_fen
        for floor in await session.scalars(
            select(PriceFloor).where(col(PriceFloor.sku).in_([line.sku for line in lines]))
        )
    }
    terms = [LineTerms(line.name, line.price_fen, floors.get(line.sku)) for line in lines]
    return rules.deviations(terms, row.terms_days, row.standard_form, policy)


async def _review(session: Session, now: datetime, row: Contract, policy: ContractPolicy) -> None:
    """The approval is asked in the name of the contract's maker, who can therefore never give a verdict on it."""
    maker = Actor(row.made_by, "", frozenset())
    found = await deviations(session, row, policy)
    title = f"{row.number} {row.title}(第{row.revision}版)"
    ask = Ask(KIND, "contract", row.id, title, row.amount_fen, await content(session, row), rules.levels_up(found))
    await approvals.submit(session, now, maker, ask)


async def _reviewed(session: Session, now: datetime, actor: Actor | None, approval: Approval) -> None:
    row = await take(session, approval.thing_id, None)
    command = "approve" if approval.state == "approved" else "reject"
    if CONTRACT.after(row.state, command) is not None:
        sets = {} if command == "approve" else {"first_checked_by": None, "final_checked_by": None}
        detail = {"approval": str(approval.id)}
        await acts.move(session, now, None, row, CONTRACT, command, detail=detail, sets=sets)


outcomes.register(KIND, "销售合同", "sales contract", _reviewed)


async def seal(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    contract_id: UUID,
    version: int,
    *,
    pages: int,
    signed_name: str,
    signed_on: date,
) -> Contract:
    """M7-1: no seal without the verdict on exactly this text; each use of the seal is logged."""
    row = await take(session, contract_id, version)
    acts.require_duty(actor, CONTRACT.roles("approved", "seal"))
    if actor.user_id == row.made_by:
        raise SameHands(("起草", "draft"), ("盖章", "seal a contract"))
    text = await content(session, row)
    if row.state == "approved" and not await approvals.approved(session, KIND, row.id, text):
        raise Refused(
            "m7-1",
            "合同文本未获全部批准(或批准后有修改),不能盖章。",
            "Exactly this text has not been approved by all; it cannot be sealed.",
        )
    sets = {"sealed_by": actor.user_id, "sealed_on": today, "signed_name": signed_name, "signed_on": signed_on}
    await acts.move(session, now, actor, row, CONTRACT, "seal", detail={"pages": pages}, sets=sets)
    session.add(
        SealUse(
            contract_id=row.id,
            revision=row.revision,
            pages=pages,
            digest=approvals.digest(text),
            sealed_by=actor.user_id,
            sealed_at=now,
        )
    )
    await session.flush()
    return row


async def register(
    session: Session, now: datetime, today: date, actor: Actor, contract_id: UUID, version: int, place: str
) -> Contract:
    """CADM puts the original into the archive and the register: effective, once its start is reached."""
    row = await take(session, contract_id, version)
    if today < row.start_on:
        raise Refused("not_started", "合同尚未到生效日。", "The contract's first day has not come yet.")
    sets = {"effective_on": today, "archive_place": place}
    await acts.move(session, now, actor, row, CONTRACT, "register", sets=sets)
    await _log(session, now, row, today)
    return row


async def _log(session: Session, now: datetime, row: Contract, on: date) -> None:
    session.add(
        ContractRevision(
            contract_id=row.id,
            revision=row.revision,
            content=await content(session, row),
            effective_on=on,
            logged_at=now,
        )
    )
    await session.flush()


# ---------------------------------------------------------------- changes


def _change_content(change: ContractChange) -> dict[str, Any]:
    return {"contract": str(change.contract_id), "kind": change.kind, "delta": change.delta}


AMENDABLE = frozenset({"title", "body", "terms_days", "delivery_terms", "end_on", "amount_fen", "capped", "region"})
"""What of a signed contract an amendment may change (M7-4)."""


def _said(row: Contract) -> dict[str, Any]:
    return {name: getattr(row, name) for name in AMENDABLE}


async def ask_change(
    session: Session,
    now: datetime,
    actor: Actor,
    contract_id: UUID,
    version: int,
    *,
    terminate: bool,
    delta: dict[str, Any],
    reason: str,
) -> ContractChange:
    """M7-4: what was signed is only changed by an amendment, approved the way signing was."""
    row = await take(session, contract_id, version)
    if not reason.strip():
        raise BadInput(field="note", problem_zh="须写明变更原因", problem_en="say why it is to change")
    if set(delta) - AMENDABLE:
        raise BadInput(
            field=min(set(delta) - AMENDABLE),
            problem_zh="签署后的这一项不能变更",
            problem_en=f"an amendment changes {', '.join(sorted(AMENDABLE))}, and nothing else",
        )
    written = {name: value.isoformat() if isinstance(value, date) else value for name, value in _said(row).items()}
    delta = {name: value for name, value in delta.items() if value != written[name]}
    if not terminate and not delta:
        raise BadInput(field="title", problem_zh="没有任何变更", problem_en="nothing of it would change")
    if not terminate and delta.get("end_on") is not None and delta["end_on"] < row.start_on.isoformat():
        raise BadInput(field="end_on", problem_zh="截止日早于起始日", problem_en="it would end before it starts")
    await acts.move(session, now, actor, row, CONTRACT, "amend", note=reason, detail={"fields": sorted(delta)})
    change = ContractChange(
        contract_id=row.id,
        kind="terminate" if terminate else "amend",
        reason=reason,
        delta=delta,
        made_by=actor.user_id,
        made_at=now,
    )
    session.add(change)
    await session.flush()
    policy = await policies.load(session, ContractPolicy)
    fen = max(row.amount_fen, int(delta.get("amount_fen", 0)))
    longer = int(delta.get("terms_days", 0)) > policy.standard_terms_days
    title = f"{row.number} {'终止' if terminate else '变更'}"
    ask = Ask(CHANGE_KIND, "contract", change.id, title, fen, _change_content(change), int(longer))
    await approvals.submit(session, now, actor, ask)
    return change


async def _change_decided(session: Session, now: datetime, actor: Actor | None, approval: Approval) -> None:
    change = await session.get(ContractChange, approval.thing_id, with_for_update=True, populate_existing=True)
    if change is None or change.state != ChangeState.SUBMITTED.value:
        return
    row = await take(session, change.contract_id, None)
    agreed = approval.state == "approved"
    change.state = (ChangeState.APPLIED if agreed else ChangeState.REJECTED).value
    change.version += 1
    if not agreed:
        await acts.move(session, now, None, row, CONTRACT, "keep")
        return
    if change.kind == "terminate":
        await acts.move(session, now, None, row, CONTRACT, "end_by_change", note=change.reason)
        return
    sets = dict(change.delta) | {"revision": row.revision + 1}
    if sets.get("end_on"):
        sets["end_on"] = date.fromisoformat(str(sets["end_on"]))
    await acts.move(session, now, None, row, CONTRACT, "amended", note=change.reason, sets=sets)
    await _log(session, now, row, approval.approved_on or row.start_on)


outcomes.register(CHANGE_KIND, "合同变更/终止", "amendment or end of a contract", _change_decided)


async def end(
    session: Session, now: datetime, actor: Actor, contract_id: UUID, version: int, command: str, note: str
) -> Contract:
    """`fulfil`, `breach` or `close`."""
    row = await take(session, contract_id, version)
    await acts.move(session, now, actor, row, CONTRACT, command, note=note)
    return row


async def run(session: Session, now: datetime, today: date) -> int:
    """Nightly: what has passed its last day expires."""
    rows = await session.scalars(
        select(Contract).where(col(Contract.state) == "effective", col(Contract.end_on) < today).with_for_update()
    )
    found = rows.all()
    for row in found:
        await acts.move(session, now, None, row, CONTRACT, "expire")
    return len(found)


# ---------------------------------------------------------------- orders, obligations, loans


async def require_for_order(session: Session, contract_id: UUID, customer_id: UUID, today: date, this_fen: int) -> None:
    """M7-3. Raises Refused when an order of `this_fen` may not refer to the contract."""
    row = await acts.get(session, Contract, contract_id, "contract", lock=True)
    if row.customer_id != customer_id or not rules.may_order(row.state, row.start_on, row.end_on, today):
        raise Refused(
            "m7-3",
            "订单只能引用该客户在有效期内的生效合同。",
            "An order refers only to an effective contract of this customer, within its term.",
            field="contract_id",
        )
    ordered = await session.scalar(
        select(func.coalesce(func.sum(col(SalesOrder.total_fen)), 0)).where(
            col(SalesOrder.contract_id) == contract_id, col(SalesOrder.state) != "cancelled"
        )
    )
    cap = row.amount_fen if row.capped else None
    if not rules.within_cap(int(ordered or 0), this_fen, cap):
        raise Refused(
            "m7-3",
            f"合同限额 {amount_words(row.amount_fen)},已订 {amount_words(int(ordered or 0))}。",
            f"The contract is capped at {amount_words(row.amount_fen)}, of which {amount_words(int(ordered or 0))} are "
            "ordered.",
            field="contract_id",
        )


async def add_obligation(
    session: Session, now: datetime, actor: Actor, contract_id: UUID, what: str, due_on: date
) -> Obligation:
    acts.require_duty(actor, frozenset({OfficeRole.CADM, OfficeRole.LEGAL}))
    row = await acts.get(session, Contract, contract_id, "contract", lock=True)
    obligation = Obligation(contract_id=contract_id, what=what, due_on=due_on)
    session.add(obligation)
    await session.flush()
    await acts.write(session, now, actor, row, "contract", "obligation_added", note=what)
    return obligation


async def do_obligation(session: Session, now: datetime, today: date, actor: Actor, obligation_id: UUID) -> Obligation:
    acts.require_duty(actor, frozenset({OfficeRole.CADM, OfficeRole.REP}))
    obligation = await acts.get(session, Obligation, obligation_id, "obligation", lock=True)
    if obligation.done_on is None:
        obligation.done_on, obligation.done_by = today, actor.user_id
        row = await acts.get(session, Contract, obligation.contract_id, "contract", lock=True)
        await acts.write(session, now, actor, row, "contract", "obligation_done", note=obligation.what)
    return obligation


async def ask_loan(
    session: Session, now: datetime, actor: Actor, contract_id: UUID, unit: str, purpose: str
) -> ArchiveLoan:
    """M7-7: any duty may apply for the original of a sealed contract."""
    acts.require_duty(actor, frozenset(OfficeRole))
    row = await acts.get(session, Contract, contract_id, "contract")
    if row.sealed_by is None:
        raise Refused("no_original", "合同尚无原件。", "There is no original yet.")
    loan = ArchiveLoan(contract_id=contract_id, unit=unit, purpose=purpose, made_by=actor.user_id)
    await acts.born(session, now, actor, loan, LOAN, note=purpose)
    return loan


async def move_loan(
    session: Session, now: datetime, today: date, actor: Actor, loan_id: UUID, version: int, command: str, note: str
) -> ArchiveLoan:
    """`approve`, `reject`, `lend`, `take_back`."""
    loan = await acts.take(session, ArchiveLoan, loan_id, "archive_loan", version)
    policy = await policies.load(session, ContractPolicy)
    sets: dict[str, Any] = {}
    if command == "approve":
        if actor.user_id == loan.made_by:
            raise SameHands(("申请借阅", "ask for a loan"), ("批准", "approve it"))
        sets = {"approved_by": actor.user_id}
    elif command == "lend":
        sets = {"lent_on": today, "due_on": today + timedelta(days=policy.loan_days)}
    elif command == "take_back":
        sets = {"back_on": today}
    await acts.move(session, now, actor, loan, LOAN, command, note=note, sets=sets)
    return loan
