"""Accounts, departments, budgets with their versions, reservations, expenses, changes, warnings.

A *pot* is what a budget is of: a year, a department, an account. Everything that moves money locks its pot first;
budgets (versions), reservations and expenses point at it, so that a revision changes none of them.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from backoffice.budgets.rules import Action, BudgetState, ChangeKind, ChangeState, Scope
from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class ExpenseAccount(SQLModel, table=True):
    """费用科目. Only a leaf that is no balance-sheet account carries a budget (M3-5)."""

    __tablename__ = "expense_accounts"

    code: str = Field(primary_key=True)
    name_zh: str
    name_en: str
    parent_code: str | None = Field(default=None, foreign_key="expense_accounts.code")
    is_group: bool = False
    balance_sheet: bool = False
    travel: bool = False
    """Claims on it have a time limit after the return (M2)."""
    enabled: bool = True


class Department(SQLModel, table=True):
    """A cost centre."""

    __tablename__ = "departments"

    code: str = Field(primary_key=True)
    name_zh: str
    name_en: str
    enabled: bool = True


class BudgetPot(SQLModel, table=True):
    __tablename__ = "budget_pots"
    __table_args__ = (
        UniqueConstraint("year", "department_code", "account_code"),
        CheckConstraint("year BETWEEN 2000 AND 2100", name="year"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    year: int
    department_code: str = Field(foreign_key="departments.code")
    account_code: str = Field(foreign_key="expense_accounts.code")


class Budget(SQLModel, table=True):
    """One version of a pot's budget."""

    __tablename__ = "budgets"
    __table_args__ = (
        CheckConstraint(one_of("state", BudgetState), name="state"),
        CheckConstraint("annual_fen >= 0", name="annual"),
        CheckConstraint("(revision = 0) = (revision_of IS NULL)", name="revision"),
        *(
            CheckConstraint(one_of(f"{scope}_on_{stage}", Action), name=f"{scope}_on_{stage}")
            for scope in ("year", "month")
            for stage in ("request", "order", "actual")
        ),
        CheckConstraint("reviewed_by IS NULL OR reviewed_by <> made_by", name="maker_never_reviews"),
        CheckConstraint("consolidated_by IS NULL OR consolidated_by <> made_by", name="maker_never_consolidates"),
        CheckConstraint("issued_by IS NULL OR issued_by <> made_by", name="maker_never_issues"),
        CheckConstraint("state NOT IN ('issued', 'closed') OR issued_by IS NOT NULL", name="issued_by_somebody"),
        Index("uq_budgets_one_in_force", "pot_id", unique=True, postgresql_where=text("state IN ('issued', 'closed')")),
        Index(
            "uq_budgets_one_at_work",
            "pot_id",
            unique=True,
            postgresql_where=text("state IN ('draft', 'unit_reviewed', 'consolidated', 'committee_approved')"),
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    pot_id: UUID = Field(foreign_key="budget_pots.id")
    revision: int = 0
    revision_of: UUID | None = Field(default=None, foreign_key="budgets.id", unique=True)
    state: str = BudgetState.DRAFT.value
    annual_fen: int = Field(sa_type=BigInteger)
    year_on_request: str = Action.STOP.value
    month_on_request: str = Action.WARN.value
    year_on_order: str = Action.IGNORE.value
    month_on_order: str = Action.IGNORE.value
    year_on_actual: str = Action.STOP.value
    month_on_actual: str = Action.WARN.value
    reason: str = ""
    made_by: UUID = Field(foreign_key="users.id")
    reviewed_by: UUID | None = Field(default=None, foreign_key="users.id")
    consolidated_by: UUID | None = Field(default=None, foreign_key="users.id")
    issued_by: UUID | None = Field(default=None, foreign_key="users.id")
    issued_on: date | None = None
    made_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1


class BudgetMonth(SQLModel, table=True):
    """The twelve add up to the year (a deferred trigger says so, M3-5)."""

    __tablename__ = "budget_months"
    __table_args__ = (
        CheckConstraint("month BETWEEN 1 AND 12", name="month"),
        CheckConstraint("amount_fen >= 0", name="amount"),
    )

    budget_id: UUID = Field(foreign_key="budgets.id", primary_key=True, ondelete="CASCADE")
    month: int = Field(primary_key=True)
    amount_fen: int = Field(sa_type=BigInteger)


class BudgetChange(SQLModel, table=True):
    """追加 or 调剂."""

    __tablename__ = "budget_changes"
    __table_args__ = (
        CheckConstraint(one_of("state", ChangeState), name="state"),
        CheckConstraint(one_of("kind", ChangeKind), name="kind"),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("(kind = 'virement') = (from_pot_id IS NOT NULL)", name="from"),
        CheckConstraint("(from_pot_id IS NULL) = (from_month IS NULL)", name="from_month"),
        CheckConstraint("from_pot_id IS DISTINCT FROM to_pot_id", name="two_budgets"),
        CheckConstraint(
            "to_month BETWEEN 1 AND 12 AND (from_month IS NULL OR from_month BETWEEN 1 AND 12)", name="months"
        ),
        CheckConstraint("opinion_by IS NULL OR opinion_by <> made_by", name="maker_gives_no_opinion"),
        CheckConstraint("applied_by IS NULL OR applied_by <> made_by", name="maker_never_applies"),
        CheckConstraint("(applied_on IS NOT NULL) = (state = 'carried_out')", name="applied"),
        CheckConstraint("reason <> ''", name="reason"),
        Index("ix_budget_changes_to", "to_pot_id"),
        Index("ix_budget_changes_from", "from_pot_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    kind: str
    state: str = ChangeState.DRAFT.value
    from_pot_id: UUID | None = Field(default=None, foreign_key="budget_pots.id")
    from_month: int | None = None
    to_pot_id: UUID = Field(foreign_key="budget_pots.id")
    to_month: int
    amount_fen: int = Field(sa_type=BigInteger)
    reason: str
    opinion: str = ""
    opinion_by: UUID | None = Field(default=None, foreign_key="users.id")
    applied_by: UUID | None = Field(default=None, foreign_key="users.id")
    applied_on: date | None = None
    made_by: UUID = Field(foreign_key="users.id")
    made_on: date
    version: int = 1


class BudgetEntry(SQLModel, table=True):
    """What an applied change added to (or took from) a month of a budget. Never changed."""

    __tablename__ = "budget_entries"
    __table_args__ = (
        CheckConstraint("amount_fen <> 0", name="amount"),
        CheckConstraint("month BETWEEN 1 AND 12", name="month"),
        Index("ix_budget_entries_budget", "budget_id", "month"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    budget_id: UUID = Field(foreign_key="budgets.id")
    change_id: UUID = Field(foreign_key="budget_changes.id")
    month: int
    amount_fen: int = Field(sa_type=BigInteger)


class BudgetReservation(SQLModel, table=True):
    """What an approved document may still spend: its amount less what was spent on it, until it is released.

    What of it is consumed is a sum of expenses and stored nowhere (M3-7).
    """

    __tablename__ = "budget_reservations"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("month BETWEEN 1 AND 12", name="month"),
        CheckConstraint("over_fen >= 0", name="over"),
        CheckConstraint("(excepted_by IS NULL) = (exception_reason = '')", name="exception_has_a_reason"),
        UniqueConstraint("document", "document_id"),
        UniqueConstraint("id", "pot_id"),
        Index("ix_budget_reservations_pot", "pot_id", "month"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    pot_id: UUID = Field(foreign_key="budget_pots.id")
    month: int
    document: str
    document_id: UUID
    document_number: str
    amount_fen: int = Field(sa_type=BigInteger)
    over_fen: int = Field(default=0, sa_type=BigInteger)
    """By how much it exceeded the budget when it was made (warned of, or allowed as an exception)."""
    excepted_by: UUID | None = Field(default=None, foreign_key="users.id")
    exception_reason: str = ""
    made_on: date
    released_on: date | None = None
    version: int = 1


class BudgetActual(SQLModel, table=True):
    """An expense, booked against a pot. Never changed; a correction is one of its own."""

    __tablename__ = "budget_actuals"
    __table_args__ = (
        CheckConstraint("amount_fen <> 0", name="amount"),
        CheckConstraint("month BETWEEN 1 AND 12", name="month"),
        CheckConstraint("(excepted_by IS NULL) = (exception_reason = '')", name="exception_has_a_reason"),
        Index("ix_budget_actuals_pot", "pot_id", "month"),
        Index("ix_budget_actuals_reservation", "reservation_id"),
        Index("ix_budget_actuals_day", "on_day"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    pot_id: UUID = Field(foreign_key="budget_pots.id")
    reservation_id: UUID | None = Field(default=None, foreign_key="budget_reservations.id")
    month: int
    on_day: date
    document: str
    document_id: UUID
    document_number: str
    amount_fen: int = Field(sa_type=BigInteger)
    region: str = ""
    person_id: UUID | None = Field(default=None, foreign_key="users.id")
    customer_id: UUID | None = Field(default=None, foreign_key="customers.id")
    over_fen: int = Field(default=0, sa_type=BigInteger)
    excepted_by: UUID | None = Field(default=None, foreign_key="users.id")
    exception_reason: str = ""


class BudgetWarning(SQLModel, table=True):
    """M3-8: told once for each version of a budget and each scope."""

    __tablename__ = "budget_warnings"
    __table_args__ = (
        CheckConstraint(one_of("scope", Scope), name="scope"),
        UniqueConstraint("budget_id", "scope", "month"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    budget_id: UUID = Field(foreign_key="budgets.id")
    scope: str
    month: int
    threshold_percent: int
    budget_fen: int = Field(sa_type=BigInteger)
    used_fen: int = Field(sa_type=BigInteger)
    warned_on: date
