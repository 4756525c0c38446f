"""The lists of expenses, and the report by account, person, customer, region, month."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import BigInteger, Date, Integer, Select, and_, case, cast, func, literal, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from backoffice.accounts.models import CustomerAccount
from backoffice.approvals.models import Approval
from backoffice.budgets.models import BudgetActual, BudgetPot, Department, ExpenseAccount
from backoffice.expenses import ledger
from backoffice.expenses.models import CashAdvance, ClaimLine, ExpenseClaim, ExpenseRequest
from backoffice.listing.query import Listing
from callcenter.kit.db import Session
from callcenter.people.models import User


class RequestRow(BaseModel):
    id: UUID
    number: str
    applicant_id: UUID
    applicant: str
    department: str
    department_code: str
    account_code: str
    account_name: str
    purpose: str
    customer_id: UUID | None
    event_id: UUID | None
    region: str
    amount_fen: int
    claimed_fen: int
    exception: bool
    needed_on: date
    asked_on: date
    valid_until: date | None
    status: str
    state: str
    version: int


class AdvanceRow(BaseModel):
    id: UUID
    number: str
    request_id: UUID
    request_number: str
    person_id: UUID
    applicant: str
    guarantor: str
    reason: str
    amount_fen: int
    settled_fen: int
    open_advance_fen: int
    asked_on: date
    paid_on: date | None
    due_on: date
    overdue_days: int
    age_days: int
    status: str
    state: str
    version: int


class ClaimRow(BaseModel):
    id: UUID
    number: str
    request_id: UUID | None
    request_number: str
    person_id: UUID
    applicant: str
    department: str
    account_code: str
    account_name: str
    region: str
    amount_fen: int
    post_approval: bool
    submitted_on: date | None
    paid_on: date | None
    state: str
    version: int


class InvoiceRow(BaseModel):
    id: str
    claim_id: UUID
    claim_number: str
    applicant: str
    spent_on: date
    invoice_issuer: str
    invoice_no: str
    invoice_type: str
    amount_fen: int
    tax_fen: int
    state: str


def _requests(_today: date) -> Select[Any]:
    r, c = ExpenseRequest, ledger.claimed()
    asked = and_(col(Approval.kind) == "expense_request", col(Approval.thing_id) == col(r.id),
                 col(Approval.state) == "pending")  # fmt: skip
    # The department has spoken once the approval has come to its second step: derived, stored nowhere.
    status = case((and_(col(r.state) == "submitted", col(Approval.step) > 1), "dept_approved"), else_=col(r.state))
    names = ("id", "number", "applicant_id", "department_code", "account_code", "purpose", "customer_id", "event_id",
             "region", "amount_fen", "exception", "needed_on", "asked_on", "valid_until",
             "state", "version")  # fmt: skip
    query: Any = (
        select(
            *(col(getattr(r, n)) for n in names),
            col(User.name).label("applicant"),
            col(Department.name_zh).label("department"),
            col(ExpenseAccount.name_zh).label("account_name"),
            cast(func.coalesce(c.c.claimed_fen, 0), BigInteger).label("claimed_fen"),
            status.label("status"),
        )
        .join(User, col(User.id) == col(r.applicant_id))
        .join(Department, col(Department.code) == col(r.department_code))
        .join(ExpenseAccount, col(ExpenseAccount.code) == col(r.account_code))
        .outerjoin(c, c.c.id == col(r.id))
        .outerjoin(Approval, asked)
    )
    out: Select[Any] = query
    return out


def _advances(today: date) -> Select[Any]:
    a, s, guarantor = CashAdvance, ledger.settled(), aliased(User)
    settled = func.coalesce(s.c.settled_fen, 0)
    left = case((col(a.paid_on).is_not(None), col(a.amount_fen) - settled), else_=0)
    day = literal(today, Date)
    late = and_(col(a.state) == "paid", col(a.due_on) < day)
    status = case((late, "overdue"), (and_(col(a.state) == "paid", settled > 0), "partly_settled"), else_=col(a.state))
    names = ("id", "number", "request_id", "person_id", "reason", "amount_fen", "asked_on", "paid_on", "due_on",
             "state", "version")  # fmt: skip
    query: Any = (
        select(
            *(col(getattr(a, n)) for n in names),
            col(ExpenseRequest.number).label("request_number"),
            col(User.name).label("applicant"),
            col(guarantor.name).label("guarantor"),
            cast(settled, BigInteger).label("settled_fen"),
            cast(left, BigInteger).label("open_advance_fen"),
            cast(case((late, day - col(a.due_on)), else_=0), Integer).label("overdue_days"),
            cast(case((left > 0, day - col(a.paid_on)), else_=0), Integer).label("age_days"),
            status.label("status"),
        )
        .join(ExpenseRequest, col(ExpenseRequest.id) == col(a.request_id))
        .join(User, col(User.id) == col(a.person_id))
        .join(guarantor, col(guarantor.id) == col(a.guarantor_id))
        .outerjoin(s, s.c.id == col(a.id))
    )
    out: Select[Any] = query
    return out


def _claims(_today: date) -> Select[Any]:
    c = ExpenseClaim
    names = ("id", "number", "request_id", "person_id", "account_code", "region", "amount_fen", "post_approval",
             "submitted_on", "paid_on", "state", "version")  # fmt: skip
    query: Any = (
        select(
            *(col(getattr(c, n)) for n in names),
            func.coalesce(col(ExpenseRequest.number), "").label("request_number"),
            col(User.name).label("applicant"),
            col(Department.name_zh).label("department"),
            col(ExpenseAccount.name_zh).label("account_name"),
        )
        .join(User, col(User.id) == col(c.person_id))
        .join(Department, col(Department.code) == col(c.department_code))
        .join(ExpenseAccount, col(ExpenseAccount.code) == col(c.account_code))
        .outerjoin(ExpenseRequest, col(ExpenseRequest.id) == col(c.request_id))
    )
    out: Select[Any] = query
    return out


def _invoices(_today: date) -> Select[Any]:
    line = ClaimLine
    query: Any = (
        select(
            func.concat(col(line.claim_id), "-", col(line.line_no)).label("id"),
            col(line.claim_id).label("claim_id"),
            col(ExpenseClaim.number).label("claim_number"),
            col(User.name).label("applicant"),
            col(line.spent_on).label("spent_on"),
            col(line.issuer).label("invoice_issuer"),
            col(line.invoice_no).label("invoice_no"),
            col(line.invoice_type).label("invoice_type"),
            col(line.amount_fen).label("amount_fen"),
            col(line.tax_fen).label("tax_fen"),
            col(ExpenseClaim.state).label("state"),
        )
        .join(ExpenseClaim, col(ExpenseClaim.id) == col(line.claim_id))
        .join(User, col(User.id) == col(ExpenseClaim.person_id))
    )
    out: Select[Any] = query
    return out


REQUESTS = Listing(
    name="expense_requests",
    row=RequestRow,
    source=_requests,
    search=("number", "purpose", "applicant"),
    filters=("status", "state", "department_code", "account_code", "applicant_id", "customer_id", "event_id", "region",
             "exception"),
    on="asked_on",
    totals=("amount_fen", "claimed_fen"),
    hidden=("id", "version", "department_code", "account_code"),
)  # fmt: skip
ADVANCES = Listing(
    name="cash_advances",
    row=AdvanceRow,
    source=_advances,
    search=("number", "applicant", "reason"),
    filters=("status", "state", "person_id", "request_id"),
    on="asked_on",
    totals=("amount_fen", "settled_fen", "open_advance_fen"),
)
CLAIMS = Listing(
    name="expense_claims",
    row=ClaimRow,
    source=_claims,
    search=("number", "applicant", "request_number"),
    filters=("state", "person_id", "request_id", "account_code", "region", "post_approval"),
    on="submitted_on",
    totals=("amount_fen",),
    hidden=("id", "version", "account_code"),
)
INVOICES = Listing(
    name="claim_invoices",
    row=InvoiceRow,
    source=_invoices,
    search=("invoice_no", "invoice_issuer", "claim_number"),
    filters=("state", "invoice_type", "claim_id"),
    on="spent_on",
    sort="-spent_on",
    totals=("amount_fen", "tax_fen"),
    hidden=("id",),
)
LISTINGS: tuple[Listing[Any], ...] = (REQUESTS, ADVANCES, CLAIMS, INVOICES)


# ---------------------------------------------------------------- report


class GroupBy(StrEnum):
    ACCOUNT = "account"
    PERSON = "person"
    CUSTOMER = "customer"
    REGION = "region"
    DEPARTMENT = "department"
    MONTH = "month"


async def by(session: Session, group: GroupBy, from_on: date, to_on: date) -> list[tuple[str, str, int]]:
    """Expenses booked in a period: key, name, fen; largest first. Adds up to all of them."""
    a = BudgetActual
    keys: dict[GroupBy, tuple[Any, Any]] = {
        GroupBy.ACCOUNT: (col(BudgetPot.account_code), col(ExpenseAccount.name_zh)),
        GroupBy.DEPARTMENT: (col(BudgetPot.department_code), col(Department.name_zh)),
        GroupBy.PERSON: (col(a.person_id), col(User.name)),
        GroupBy.CUSTOMER: (col(a.customer_id), col(CustomerAccount.legal_name)),
        GroupBy.REGION: (col(a.region), col(a.region)),
        GroupBy.MONTH: (func.to_char(col(a.on_day), "YYYY-MM"), func.to_char(col(a.on_day), "YYYY-MM")),
    }
    key, name = keys[group]
    total = cast(func.sum(col(a.amount_fen)), BigInteger)
    rows = await session.execute(
        select(key.label("key"), func.max(name).label("name"), total.label("fen"))
        .join(BudgetPot, col(BudgetPot.id) == col(a.pot_id))
        .join(Department, col(Department.code) == col(BudgetPot.department_code))
        .join(ExpenseAccount, col(ExpenseAccount.code) == col(BudgetPot.account_code))
        .outerjoin(User, col(User.id) == col(a.person_id))
        .outerjoin(CustomerAccount, col(CustomerAccount.id) == col(a.customer_id))
        .where(col(a.on_day).between(from_on, to_on))
        .group_by(key)
        .order_by(total.desc(), key)
    )
    return [(str(row.key or ""), row.name or "", int(row.fen)) for row in rows]
