"""The lists of budgets: versions, execution, reservations, expenses, exceptions, changes, warnings, accounts."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import BigInteger, Select, String, case, cast, func, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import col

from backoffice.budgets import ledger
from backoffice.budgets.models import (
    Budget,
    BudgetActual,
    BudgetChange,
    BudgetPot,
    BudgetWarning,
    Department,
    ExpenseAccount,
)
from backoffice.listing.query import Listing
from callcenter.people.models import User


class _Pot(BaseModel):
    year: int
    department_code: str
    department: str
    account_code: str
    account_name: str


class BudgetRow(_Pot):
    id: UUID
    number: str
    revision: int
    annual_fen: int
    issued_on: date | None
    maker: str
    state: str
    version: int


class ExecutionRow(_Pot):
    id: UUID
    budget_fen: int
    actual_fen: int
    reserved_fen: int
    available_fen: int
    used_percent: int | None
    to_date_budget_fen: int
    to_date_used_fen: int
    to_date_available_fen: int


class ReservationRow(_Pot):
    id: UUID
    document: str
    document_id: UUID
    document_number: str
    month: int
    amount_fen: int
    consumed_fen: int
    reserved_fen: int
    over_fen: int
    made_on: date
    released_on: date | None
    status: str


class ActualRow(_Pot):
    id: UUID
    on_day: date
    month: int
    document: str
    document_id: UUID
    document_number: str
    amount_fen: int
    region: str
    person: str


class ExceptionRow(_Pot):
    id: UUID
    document: str
    document_id: UUID
    document_number: str
    amount_fen: int
    over_fen: int
    exception_by: str
    exception_reason: str
    made_on: date


class ChangeRow(BaseModel):
    id: UUID
    number: str
    kind: str
    year: int
    department: str
    account_name: str
    month: int
    from_account: str
    amount_fen: int
    reason: str
    opinion: str
    maker: str
    made_on: date
    applied_on: date | None
    state: str
    version: int


class WarningRow(_Pot):
    id: UUID
    number: str
    budget_revision: int
    scope: str
    month: int
    threshold_percent: int
    budget_fen: int
    used_fen: int
    used_percent: int | None
    warned_on: date


class AccountRow(BaseModel):
    id: str
    account_code: str
    account_name: str
    name_en: str
    parent_code: str | None
    is_group: bool
    balance_sheet: bool
    travel: bool
    enabled: bool


_POT = ("year", "department_code", "account_code")


def _names(query: Any, pot: Any = BudgetPot) -> Any:
    """Add the year, department and account of a pot to a query that has the pot in it."""
    return query.add_columns(
        *(col(getattr(pot, name)).label(name) for name in _POT),
        col(Department.name_zh).label("department"),
        col(ExpenseAccount.name_zh).label("account_name"),
    )


def _join(query: Any, pot_id: Any) -> Any:
    return (
        query.join(BudgetPot, col(BudgetPot.id) == pot_id)
        .join(Department, col(Department.code) == col(BudgetPot.department_code))
        .join(ExpenseAccount, col(ExpenseAccount.code) == col(BudgetPot.account_code))
    )


def _budgets(_today: date) -> Select[Any]:
    names = ("id", "number", "revision", "annual_fen", "issued_on", "state", "version")
    query = select(*(col(getattr(Budget, n)) for n in names), col(User.name).label("maker")).join(
        User, col(User.id) == col(Budget.made_by)
    )
    out: Select[Any] = _names(_join(query, col(Budget.pot_id)))
    return out


def _execution(today: date) -> Select[Any]:
    e = ledger.execution(today).subquery("e")
    return (
        select(
            *(c for c in e.c),
            col(Department.name_zh).label("department"),
            col(ExpenseAccount.name_zh).label("account_name"),
        )
        .join(Department, col(Department.code) == e.c.department_code)
        .join(ExpenseAccount, col(ExpenseAccount.code) == e.c.account_code)
    )


def _reservations(_today: date) -> Select[Any]:
    r = ledger.reservations().subquery("r")
    status = case((r.c.open_fen > 0, "still_reserved"), (r.c.consumed_fen > 0, "consumed"), else_="released")
    query = select(
        *(r.c[n] for n in ("id", "document", "document_id", "document_number", "month", "amount_fen", "consumed_fen")),
        r.c.open_fen.label("reserved_fen"),
        *(r.c[n] for n in ("over_fen", "made_on", "released_on")),
        status.label("status"),
    )
    out: Select[Any] = _names(_join(query, r.c.pot_id))
    return out


def _actuals(_today: date) -> Select[Any]:
    names = ("id", "on_day", "month", "document", "document_id", "document_number", "amount_fen", "region")
    query = select(
        *(col(getattr(BudgetActual, n)) for n in names), func.coalesce(col(User.name), "").label("person")
    ).outerjoin(User, col(User.id) == col(BudgetActual.person_id))
    out: Select[Any] = _names(_join(query, col(BudgetActual.pot_id)))
    return out


def _exceptions(_today: date) -> Select[Any]:
    r = ledger.reservations().subquery("r")
    names = ("id", "pot_id", "document", "document_id", "document_number", "amount_fen", "over_fen", "excepted_by",
             "exception_reason")  # fmt: skip
    both = union_all(
        select(*(r.c[n] for n in names), r.c.made_on).where(r.c.excepted_by.is_not(None)),
        select(*(col(getattr(BudgetActual, n)) for n in names), col(BudgetActual.on_day)).where(
            col(BudgetActual.excepted_by).is_not(None)
        ),
    ).subquery("both")
    query = select(
        *(both.c[n] for n in ("id", "document", "document_id", "document_number", "amount_fen", "over_fen")),
        col(User.name).label("exception_by"),
        both.c.exception_reason,
        both.c.made_on,
    ).join(User, col(User.id) == both.c.excepted_by)
    out: Select[Any] = _names(_join(query, both.c.pot_id))
    return out


def _changes(_today: date) -> Select[Any]:
    other, account = aliased(BudgetPot), aliased(ExpenseAccount)
    names = ("id", "number", "kind", "amount_fen", "reason", "opinion", "made_on", "applied_on", "state", "version")
    return (
        select(
            *(col(getattr(BudgetChange, n)) for n in names),
            col(BudgetPot.year).label("year"),
            col(Department.name_zh).label("department"),
            col(ExpenseAccount.name_zh).label("account_name"),
            col(BudgetChange.to_month).label("month"),
            func.coalesce(col(account.name_zh), "").label("from_account"),
            col(User.name).label("maker"),
        )
        .join(BudgetPot, col(BudgetPot.id) == col(BudgetChange.to_pot_id))
        .join(Department, col(Department.code) == col(BudgetPot.department_code))
        .join(ExpenseAccount, col(ExpenseAccount.code) == col(BudgetPot.account_code))
        .join(User, col(User.id) == col(BudgetChange.made_by))
        .outerjoin(other, col(other.id) == col(BudgetChange.from_pot_id))
        .outerjoin(account, col(account.code) == col(other.account_code))
    )


def _warnings(_today: date) -> Select[Any]:
    w = BudgetWarning
    percent = col(w.used_fen) * 100 // func.nullif(col(w.budget_fen), 0)
    names = ("id", "scope", "month", "threshold_percent", "budget_fen", "used_fen", "warned_on")
    query = select(
        *(col(getattr(w, n)) for n in names),
        cast(percent, BigInteger).label("used_percent"),
        col(Budget.number).label("number"),
        col(Budget.revision).label("budget_revision"),
    ).join(Budget, col(Budget.id) == col(w.budget_id))
    out: Select[Any] = _names(_join(query, col(Budget.pot_id)))
    return out


def _accounts(_today: date) -> Select[Any]:
    a = ExpenseAccount
    return select(
        cast(col(a.code), String).label("id"),
        col(a.code).label("account_code"),
        col(a.name_zh).label("account_name"),
        *(col(getattr(a, n)) for n in ("name_en", "parent_code", "is_group", "balance_sheet", "travel", "enabled")),
    )


_WHERE = ("year", "department_code", "account_code")

BUDGETS = Listing(
    name="budgets",
    row=BudgetRow,
    source=_budgets,
    search=("number", "department", "account_name"),
    filters=("state", *_WHERE),
    totals=("annual_fen",),
)
EXECUTION = Listing(
    name="budget_execution",
    row=ExecutionRow,
    source=_execution,
    search=("department", "account_name"),
    filters=_WHERE,
    sort="account_code",
    totals=(
        "budget_fen", "actual_fen", "reserved_fen", "available_fen",
        "to_date_budget_fen", "to_date_used_fen", "to_date_available_fen",
    ),
    hidden=("id",),
)  # fmt: skip
RESERVATIONS = Listing(
    name="budget_reservations",
    row=ReservationRow,
    source=_reservations,
    search=("document_number",),
    filters=("status", "document", "document_id", *_WHERE),
    on="made_on",
    sort="-made_on",
    totals=("amount_fen", "consumed_fen", "reserved_fen"),
    hidden=("id", "document"),
)
ACTUALS = Listing(
    name="budget_actuals",
    row=ActualRow,
    source=_actuals,
    search=("document_number", "person"),
    filters=("region", "document", "document_id", *_WHERE),
    on="on_day",
    sort="-on_day",
    totals=("amount_fen",),
    hidden=("id", "document"),
)
EXCEPTIONS = Listing(
    name="budget_exceptions",
    row=ExceptionRow,
    source=_exceptions,
    search=("document_number", "exception_reason"),
    filters=_WHERE,
    on="made_on",
    sort="-made_on",
    totals=("amount_fen", "over_fen"),
    hidden=("id", "document"),
)
CHANGES = Listing(
    name="budget_changes",
    row=ChangeRow,
    source=_changes,
    search=("number", "reason", "account_name", "from_account"),
    filters=("state", "kind", "year"),
    on="made_on",
    totals=("amount_fen",),
)
WARNINGS = Listing(
    name="budget_warnings",
    row=WarningRow,
    source=_warnings,
    search=("number", "account_name"),
    filters=("scope", *_WHERE),
    on="warned_on",
    sort="-warned_on",
    totals=("used_fen",),
)
ACCOUNTS = Listing(
    name="budget_accounts",
    row=AccountRow,
    source=_accounts,
    search=("account_code", "account_name", "name_en"),
    filters=("is_group", "balance_sheet", "travel", "enabled"),
    sort="account_code",
    hidden=("id", "name_en"),
)
LISTINGS: tuple[Listing[Any], ...] = (
    BUDGETS, EXECUTION, RESERVATIONS, ACTUALS, EXCEPTIONS, CHANGES, WARNINGS, ACCOUNTS,
)  # fmt: skip
