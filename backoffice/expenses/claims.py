"""费用报销: invoices for what was asked for; department, finance, approval, payment with the advance set off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlmodel import col

from backoffice.approvals import outcomes
from backoffice.approvals import service as approvals
from backoffice.approvals.models import Approval
from backoffice.approvals.service import Ask
from backoffice.budgets import service as budgets
from backoffice.budgets.models import ExpenseAccount
from backoffice.budgets.service import Commitment, Expense, Leave
from backoffice.expenses import advances, ledger, rules
from backoffice.expenses.models import AdvanceSettlement, CashAdvance, ClaimLine, ExpenseClaim, ExpenseRequest
from backoffice.expenses.requests import mine
from backoffice.expenses.rules import CLAIM, REQUEST, ExpensePolicy, InvoiceType, SetOff
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.money_words import amount_words
from backoffice.kit.refusals import Refused, SameHands
from backoffice.numbering.service import next_number
from backoffice.policies import service as policies
from backoffice.roles import service as roles
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput
from callcenter.people.models import User

KIND, LATE = "expense_claim", "expense_claim_late"
THING = "expense_claim"


@dataclass(frozen=True, slots=True)
class Invoice:
    spent_on: date
    amount_fen: int
    issuer: str
    number: str
    kind: InvoiceType
    tax_fen: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim on a request; without one, `department`, `account` and the reason why there was none."""

    lines: Sequence[Invoice]
    request_id: UUID | None = None
    final: bool = True
    returned_on: date | None = None
    department: str = ""
    account: str = ""
    reason: str = ""
    region: str = ""
    customer_id: UUID | None = field(default=None)


async def draft(session: Session, now: datetime, today: date, actor: Actor, claim: Claim) -> ExpenseClaim:
    """M2-1: on one's own approved request; without one only flagged, for approval by both directors afterwards."""
    request = None
    if claim.request_id is not None:
        request = await acts.get(session, ExpenseRequest, claim.request_id, "expense_request")
        mine(request.applicant_id, actor)
        if request.state not in ("approved", "used") or request.supplement_of is not None:
            raise Refused(
                "m2-1",
                "报销须有已批准的费用申请(补充申请随原申请报销)。",
                "A claim needs an approved request (a supplement is claimed with what it adds to).",
                field="request_id",
            )
    elif not claim.reason.strip():
        raise Refused(
            "m2-1",
            "没有事先批准的费用申请不予报销;确有特殊情况的,写明原因,由营销总监和总经理事后补批。",
            "Without a request approved before, nothing is reimbursed. If there is a reason, write it down: "
            "the marketing director and the general manager decide afterwards.",
            field="request_id",
        )
    day = min((line.spent_on for line in claim.lines), default=today)
    department = request.department_code if request else claim.department
    account = request.account_code if request else claim.account
    await budgets.pot_of(session, budgets.Dimension(day.year, department, account))
    row = ExpenseClaim(
        number=await next_number(session, "EC", today),
        request_id=request.id if request else None,
        person_id=actor.user_id,
        department_code=department,
        account_code=account,
        region=request.region if request else claim.region,
        customer_id=request.customer_id if request else claim.customer_id,
        amount_fen=sum(line.amount_fen for line in claim.lines),
        final=claim.final,
        returned_on=claim.returned_on,
        post_approval=request is None,
        reason=claim.reason.strip(),
        made_at=now,
    )
    await acts.born(session, now, actor, row, CLAIM, detail={"amount_fen": row.amount_fen})
    await _set_lines(session, row, claim.lines, today)
    return row


async def _set_lines(session: Session, row: ExpenseClaim, lines: Sequence[Invoice], today: date) -> None:
    if not lines:
        raise BadInput(field="lines", problem_zh="没有发票", problem_en="there is no invoice")
    if any(line.spent_on > today for line in lines):
        raise BadInput(
            field="lines", problem_zh="支出日期晚于今天", problem_en="an invoice is of a later day than today"
        )
    for line in lines:
        await _claimed_once(session, row, line)
    await session.execute(delete(ClaimLine).where(col(ClaimLine.claim_id) == row.id))
    session.add_all(
        ClaimLine(
            claim_id=row.id,
            line_no=n,
            spent_on=line.spent_on,
            amount_fen=line.amount_fen,
            issuer=line.issuer.strip(),
            invoice_no=line.number.strip(),
            invoice_type=line.kind.value,
            tax_fen=line.tax_fen,
            note=line.note,
        )
        for n, line in enumerate(lines, start=1)
    )
    await session.flush()


async def _claimed_once(session: Session, row: ExpenseClaim, line: Invoice) -> None:
    """M2-3. The unique index is the last word when two hand in the same invoice at once."""
    other = await session.scalar(
        select(col(ExpenseClaim.number))
        .join(ClaimLine, col(ClaimLine.claim_id) == col(ExpenseClaim.id))
        .where(
            col(ClaimLine.issuer) == line.issuer.strip(),
            col(ClaimLine.invoice_no) == line.number.strip(),
            col(ClaimLine.live),
            col(ClaimLine.claim_id) != row.id,
        )
    )
    if other is not None:
        raise Refused(
            "m2-3",
            f"发票 {line.number}({line.issuer})已在 {other} 中报销。",
            f"Invoice {line.number} of {line.issuer} is already claimed in {other}.",
            field="lines",
        )


async def lines_of(session: Session, claim_id: UUID) -> list[ClaimLine]:
    rows = await session.scalars(
        select(ClaimLine).where(col(ClaimLine.claim_id) == claim_id).order_by(col(ClaimLine.line_no))
    )
    return list(rows)


async def edit(
    session: Session, now: datetime, today: date, actor: Actor, claim_id: UUID, version: int, lines: Sequence[Invoice]
) -> ExpenseClaim:
    """Other invoices, while it is a draft (also one that finance returned)."""
    row = await acts.take(session, ExpenseClaim, claim_id, THING, version)
    mine(row.person_id, actor)
    if row.state != "draft":
        raise Refused("not_a_draft", "只能修改草稿。", "Only a draft is edited; have it returned first.")
    await _set_lines(session, row, lines, today)
    row.amount_fen = sum(line.amount_fen for line in lines)
    await acts.write(session, now, actor, row, THING, "edit", detail={"amount_fen": row.amount_fen})
    return row


async def submit(
    session: Session, now: datetime, today: date, actor: Actor, claim_id: UUID, version: int
) -> ExpenseClaim:
    """M2-2 within what was approved; travel in time after the return."""
    row = await acts.take(session, ExpenseClaim, claim_id, THING, version)
    mine(row.person_id, actor)
    await _in_time(session, row, today)
    if row.request_id is not None:
        await acts.take(session, ExpenseRequest, row.request_id, "expense_request", None)
        granted = await ledger.granted_fen(session, row.request_id)
        before = await ledger.claimed_fen(session, row.request_id, but=row.id)
        if before + row.amount_fen > granted:
            raise Refused(
                "m2-2",
                f"申请批准{amount_words(granted)},已报{amount_words(before)},本次{amount_words(row.amount_fen)}"
                f"超出{amount_words(before + row.amount_fen - granted)}。超出部分须先补充申请。",
                f"{amount_words(granted)} were approved and {amount_words(before)} claimed; this is "
                f"{amount_words(before + row.amount_fen - granted)} too much. Ask for the excess by a supplement.",
                field="amount_fen",
            )
    await acts.move(session, now, actor, row, CLAIM, "submit", sets={"submitted_on": today})
    return row


async def _in_time(session: Session, row: ExpenseClaim, today: date) -> None:
    account = await session.get_one(ExpenseAccount, row.account_code)
    if not account.travel:
        return
    if row.returned_on is None:
        raise BadInput(field="returned_on", problem_zh="请填写返回日期", problem_en="say when the journey ended")
    policy = await policies.load(session, ExpensePolicy)
    last = rules.claim_by(row.returned_on, policy.claim_days)
    if policy.late_refused and today > last:
        raise Refused(
            "m2-late",
            f"差旅费须在返回后{policy.claim_days}天内({last}前)报销,逾期不予受理。",
            f"Travel is claimed within {policy.claim_days} days of the return, by {last}; later it is not reimbursed.",
            field="returned_on",
        )


async def dept_approve(
    session: Session, now: datetime, actor: Actor, claim_id: UUID, version: int, note: str
) -> ExpenseClaim:
    row = await acts.take(session, ExpenseClaim, claim_id, THING, version)
    if actor.user_id == row.person_id:
        raise SameHands(("报销", "claim"), ("部门审批", "approve it for the department"))
    sets = {"dept_by": actor.user_id}
    await acts.move(session, now, actor, row, CLAIM, "dept_approve", note=note, sets=sets)
    return row


def _content(row: ExpenseClaim, lines: Sequence[ClaimLine]) -> dict[str, Any]:
    return {
        "request": str(row.request_id),
        "amount_fen": row.amount_fen,
        "lines": [[line.issuer, line.invoice_no, line.amount_fen, str(line.spent_on)] for line in lines],
    }


async def finance_check(
    session: Session, now: datetime, actor: Actor, claim_id: UUID, version: int, note: str
) -> ExpenseClaim:
    """Invoices lawful, arithmetic right, signatures complete: then it goes to whoever approves such a sum."""
    row = await acts.take(session, ExpenseClaim, claim_id, THING, version)
    if actor.user_id in (row.person_id, row.dept_by):
        raise SameHands(("报销或部门审批", "claim or approve it for the department"), ("财务审核", "check it"))
    sets = {"checked_by": actor.user_id}
    await acts.move(session, now, actor, row, CLAIM, "finance_check", note=note, sets=sets)
    maker = await roles.actor_of(session, await session.get_one(User, row.person_id))
    kind = LATE if row.post_approval else KIND
    title = f"{row.number} 报销 {amount_words(row.amount_fen)}"
    if row.post_approval:
        title = f"{title}(事后补批 without a request)"
    lines = await lines_of(session, row.id)
    await approvals.submit(session, now, maker, Ask(kind, THING, row.id, title, row.amount_fen, _content(row, lines)))
    return row


async def send_back(
    session: Session, now: datetime, actor: Actor, claim_id: UUID, version: int, note: str
) -> ExpenseClaim:
    """FIN (or the department) returns it for correction, with the reason."""
    row = await acts.take(session, ExpenseClaim, claim_id, THING, version)
    if not note.strip():
        raise BadInput(field="note", problem_zh="请写明退回原因", problem_en="say what has to be corrected")
    sets = {"dept_by": None, "checked_by": None}
    await acts.move(session, now, actor, row, CLAIM, "return", note=note, sets=sets)
    return row


async def cancel(
    session: Session, now: datetime, actor: Actor, claim_id: UUID, version: int, note: str
) -> ExpenseClaim:
    """By its maker; its invoices may be claimed again."""
    row = await acts.take(session, ExpenseClaim, claim_id, THING, version)
    mine(row.person_id, actor)
    await acts.move(session, now, actor, row, CLAIM, "cancel", note=note)
    await _free_invoices(session, row)
    return row


async def _free_invoices(session: Session, row: ExpenseClaim) -> None:
    await session.execute(update(ClaimLine).where(col(ClaimLine.claim_id) == row.id).values(live=False))


async def _decided(session: Session, now: datetime, actor: Actor | None, approval: Approval) -> None:
    row = await acts.take(session, ExpenseClaim, approval.thing_id, THING, None)
    if approval.state == "approved":
        await acts.move(session, now, None, row, CLAIM, "approve", detail={"approval": str(approval.id)})
        await _book(session, now, actor, row)
    elif approval.state == "rejected":
        await acts.move(session, now, None, row, CLAIM, "reject")
        await _free_invoices(session, row)
    elif row.state == "finance_checked":
        await acts.move(session, now, None, row, CLAIM, "rework", sets={"dept_by": None, "checked_by": None})


outcomes.register(KIND, "费用报销", "expense claim", _decided)
outcomes.register(LATE, "费用报销(事后补批)", "expense claim without a request", _decided)


async def _book(session: Session, now: datetime, actor: Actor | None, row: ExpenseClaim) -> None:
    """The expense is real now: it consumes the reservation (with its supplements'), or the budget itself."""
    lines = await lines_of(session, row.id)
    day = max(line.spent_on for line in lines)
    left = row.amount_fen
    if row.request_id is not None:
        request = await acts.take(session, ExpenseRequest, row.request_id, "expense_request", None)
        extra = await session.scalars(
            select(col(ExpenseRequest.id))
            .where(col(ExpenseRequest.supplement_of) == row.request_id, col(ExpenseRequest.state) == "approved")
            .order_by(col(ExpenseRequest.number))
        )
        for request_id in (row.request_id, *extra.all()):
            held = await budgets.reservation_of(session, "expense_request", request_id)
            free = await budgets.free_of(session, held) if held else 0
            part = min(left, free)
            if held and part:
                await budgets.spend(session, _expense(row, day, part), held)
                left -= part
        await acts.move(session, now, None, request, REQUEST, "use", detail={"claim": row.number})
    if left:
        leave = None
        if actor is not None and row.post_approval:
            leave = Leave(Actor(actor.user_id, actor.name, actor.roles | {OfficeRole.GM}), f"事后补批:{row.reason}")
        await budgets.spend(session, _expense(row, day, left), None, leave)


def _expense(row: ExpenseClaim, day: date, fen: int) -> Expense:
    what = Commitment(row.department_code, row.account_code, day, fen, THING, row.id, row.number)
    return Expense(what, row.region, row.person_id, row.customer_id)


async def open_advances(session: Session, request_id: UUID | None, *, lock: bool = False) -> list[CashAdvance]:
    """Paid and not settled advances on a request, oldest first."""
    query = (
        select(CashAdvance)
        .where(col(CashAdvance.request_id) == request_id, col(CashAdvance.state) == "paid")
        .order_by(col(CashAdvance.paid_on), col(CashAdvance.number))
    )
    return list(await session.scalars(query.with_for_update() if lock else query))


async def set_off_of(session: Session, row: ExpenseClaim) -> SetOff:
    """M2-6 as it would be now (before payment)."""
    loans = await open_advances(session, row.request_id) if row.request_id else []
    still = sum([await ledger.open_fen(session, loan) for loan in loans])
    return rules.set_off(row.amount_fen, still, final=row.final)


async def settled_of(session: Session, claim_id: UUID) -> tuple[int, int]:
    """Set off and given back, as booked when it was paid."""
    rows = await session.scalars(select(AdvanceSettlement).where(col(AdvanceSettlement.claim_id) == claim_id))
    found = rows.all()
    return sum(r.amount_fen for r in found if r.by_claim), sum(r.amount_fen for r in found if not r.by_claim)


async def pay(
    session: Session, now: datetime, today: date, actor: Actor, claim_id: UUID, version: int, net_fen: int
) -> ExpenseClaim:
    """The cashier pays the net sum, or takes back what was too much (net below 0). `net_fen` is what they see."""
    row = await acts.take(session, ExpenseClaim, claim_id, THING, version)
    acts.require_duty(actor, CLAIM.roles("approved", "pay"))
    if actor.user_id in (row.person_id, row.checked_by):
        raise SameHands(("报销或审核", "claim or check it"), ("付款", "pay it"))
    loans = await open_advances(session, row.request_id, lock=True) if row.request_id else []
    still = [await ledger.open_fen(session, loan) for loan in loans]
    net = rules.set_off(row.amount_fen, sum(still), final=row.final)
    if net_fen != net.payout - net.give_back:
        raise Refused(
            "m2-6",
            f"应付净额为{amount_words(net.payout - net.give_back)}(报销{amount_words(row.amount_fen)},"
            f"核销借款{amount_words(net.settled)})。",
            f"The net sum is {amount_words(net.payout - net.give_back)}: a claim of {amount_words(row.amount_fen)}, "
            f"{amount_words(net.settled)} set off against the advance.",
            field="net_fen",
        )
    sets = {"paid_by": actor.user_id, "paid_on": today}
    detail = {"set_off_fen": net.settled, "payout_fen": net.payout, "give_back_fen": net.give_back}
    await acts.move(session, now, actor, row, CLAIM, "pay", detail=detail, sets=sets)
    left, back = net.settled, net.give_back
    for loan, open_fen in zip(loans, still, strict=True):
        spent = min(left, open_fen)
        returned = min(back, open_fen - spent)
        if spent:
            await advances.settle(session, now, today, actor, loan, spent, claim_id=row.id, by_claim=True)
        if returned:
            await advances.settle(session, now, today, actor, loan, returned, claim_id=row.id)
        left, back = left - spent, back - returned
    return row
