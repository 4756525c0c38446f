"""Schemes with their tables, purchases, monthly facts, statements with their lines, payouts, violations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from backoffice.rewards.machines import PayoutState, SchemeState, StatementState, ViolationState
from callcenter.kit.db import UtcDateTime, one_of
from callcenter.kit.ids import new_id


class RewardCity(SQLModel, table=True):
    """M13-3; a city without a row is of class 3."""

    __tablename__ = "reward_cities"
    __table_args__ = (CheckConstraint("class BETWEEN 1 AND 3", name="class"),)

    city: str = Field(primary_key=True)
    city_class: int = Field(sa_column_kwargs={"name": "class"})


class RewardProduct(SQLModel, table=True):
    """Which series an article belongs to, and its wholesale price (None: the invoiced one)."""

    __tablename__ = "reward_products"
    __table_args__ = (CheckConstraint("wholesale_fen >= 0", name="wholesale"),)

    sku: str = Field(primary_key=True)
    series: str = ""
    wholesale_fen: int | None = Field(default=None, sa_type=BigInteger)
    own_make: bool = True
    deposit: bool = False
    """保证金: no purchase (M13-2)."""


class OtherBrand(SQLModel, table=True):
    """Another company's brand that a dealer sells (M13-6)."""

    __tablename__ = "reward_other_brands"
    __table_args__ = (CheckConstraint("to_on IS NULL OR to_on >= from_on", name="days"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    dealer_id: UUID = Field(foreign_key="distributors.id", index=True)
    brand: str
    we_make: bool
    """Whether our company makes that category of goods."""
    from_on: date
    to_on: date | None = None
    made_by: UUID = Field(foreign_key="users.id")


class RewardScheme(SQLModel, table=True):
    __tablename__ = "reward_schemes"
    __table_args__ = (
        CheckConstraint(one_of("state", SchemeState), name="state"),
        CheckConstraint("from_on <= to_on", name="days"),
        CheckConstraint("(EXTRACT(DAY FROM from_on) = 1) AND (EXTRACT(DAY FROM (to_on + 1)) = 1)", name="whole_months"),
        Index(
            "uq_reward_schemes_year", "year", unique=True, postgresql_where=text("state NOT IN ('draft', 'submitted')")
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    title: str
    year: int
    state: str = SchemeState.DRAFT.value
    from_on: date
    to_on: date
    purchase_pay_on: date | None = None
    exclusive_pay_on: date | None = None
    growth_pay_on: date | None = None
    readings: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    """The settings of the rules as they were approved."""
    run: int = 0
    """Which calculation counts."""
    made_by: UUID = Field(foreign_key="users.id")
    version: int = 1


class RewardRow(SQLModel, table=True):
    """A row of a tier table (a series) or of the coefficients (series empty)."""

    __tablename__ = "reward_rows"
    __table_args__ = (
        CheckConstraint("class BETWEEN 1 AND 3", name="class"),
        CheckConstraint("low IS NULL OR low >= 0", name="low"),
        CheckConstraint("high IS NULL OR (low IS NOT NULL AND high > low)", name="limits"),
        CheckConstraint("value > 0", name="value"),
    )

    scheme_id: UUID = Field(foreign_key="reward_schemes.id", primary_key=True, ondelete="CASCADE")
    series: str = Field(primary_key=True)
    city_class: int = Field(primary_key=True, sa_column_kwargs={"name": "class"})
    row_no: int = Field(primary_key=True)
    low: int | None = Field(default=None, sa_type=BigInteger)
    """Fen a month (units, where the reading says so); None: the source's blank, not filled yet."""
    high: int | None = Field(default=None, sa_type=BigInteger)
    value: int


class Purchase(SQLModel, table=True):
    """M13-2: bought from us, at wholesale, without deposit; a return is a negative one. Never changed."""

    __tablename__ = "reward_purchases"
    __table_args__ = (
        CheckConstraint("source_kind IN ('invoice', 'cancelled', 'return', 'opening')", name="source_kind"),
        UniqueConstraint("source_kind", "source_id", "source_line"),
        Index("ix_reward_purchases_dealer", "dealer_id", "on_day"),
        Index("ix_reward_purchases_day", "on_day"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    dealer_id: UUID = Field(foreign_key="distributors.id")
    on_day: date
    series: str
    sku: str
    units: int
    fen: int = Field(sa_type=BigInteger)
    own_make: bool = True
    source_kind: str
    source_id: UUID
    source_line: int


class PurchaseExclusion(SQLModel, table=True):
    """A purchase that does not count, and why (M13-2, M13-11)."""

    __tablename__ = "reward_exclusions"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason"),)

    purchase_id: int = Field(sa_type=BigInteger, foreign_key="reward_purchases.id", primary_key=True)
    reason: str
    made_by: UUID | None = Field(default=None, foreign_key="users.id")
    made_on: date


class MonthFact(SQLModel, table=True):
    """What of a dealer's month voids its growth reward (M13-8); only months with something to say."""

    __tablename__ = "reward_months"

    dealer_id: UUID = Field(foreign_key="distributors.id", primary_key=True)
    month: date = Field(primary_key=True)
    overdue: bool = False
    prepaid_fen: int = Field(default=0, sa_type=BigInteger)


class Provision(SQLModel, table=True):
    """What the year so far would earn, as it stood at a month's end; the month's charge is the difference."""

    __tablename__ = "reward_provisions"

    scheme_id: UUID = Field(foreign_key="reward_schemes.id", primary_key=True)
    dealer_id: UUID = Field(foreign_key="distributors.id", primary_key=True)
    month: date = Field(primary_key=True)
    purchase_fen: int = Field(sa_type=BigInteger)
    exclusive_fen: int = Field(sa_type=BigInteger)
    growth_fen: int = Field(sa_type=BigInteger)


class RewardStatement(SQLModel, table=True):
    __tablename__ = "reward_statements"
    __table_args__ = (
        CheckConstraint(one_of("state", StatementState), name="state"),
        UniqueConstraint("scheme_id", "dealer_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    scheme_id: UUID = Field(foreign_key="reward_schemes.id")
    dealer_id: UUID = Field(foreign_key="distributors.id", index=True)
    state: str = StatementState.CALCULATED.value
    run: int
    city_class: int
    exclusive: bool
    purchase_fen: int = Field(sa_type=BigInteger)
    exclusive_fen: int = Field(sa_type=BigInteger)
    growth_fen: int = Field(sa_type=BigInteger)
    confirmed_name: str = ""
    version: int = 1


class RewardLine(SQLModel, table=True):
    """One line of one calculation; a new calculation writes new lines and leaves these."""

    __tablename__ = "reward_lines"
    __table_args__ = (
        CheckConstraint("kind IN ('purchase', 'exclusive', 'growth')", name="kind"),
        Index("ix_reward_lines_statement", "statement_id", "run"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    statement_id: UUID = Field(foreign_key="reward_statements.id")
    run: int
    kind: str
    series: str
    month: date | None = None
    base_fen: int = Field(sa_type=BigInteger)
    units: int
    rate: int
    percent: int
    amount_fen: int = Field(sa_type=BigInteger)
    reason: str = ""


class RewardPayout(SQLModel, table=True):
    """Of one kind. What a later calculation finds beside what is paid is a payout of its own (it may be negative)."""

    __tablename__ = "reward_payouts"
    __table_args__ = (
        CheckConstraint(one_of("state", PayoutState), name="state"),
        CheckConstraint("kind IN ('purchase', 'exclusive', 'growth', 'payment')", name="kind"),
        CheckConstraint("amount_fen <> 0", name="amount"),
        CheckConstraint("state <> 'paid' OR (receipt_number <> '' AND paid_on IS NOT NULL)", name="paid_has_a_receipt"),
        CheckConstraint("receipt_kind IN ('', 'uniform_invoice', 'receipt')", name="receipt_kind"),
        CheckConstraint("paid_by IS NULL OR received_by IS NULL OR paid_by <> received_by", name="two_hands"),
        Index(
            "uq_reward_payouts_one_open", "statement_id", "kind", unique=True, postgresql_where=text("state = 'open'")
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    statement_id: UUID = Field(foreign_key="reward_statements.id")
    kind: str
    state: str = PayoutState.OPEN.value
    amount_fen: int = Field(sa_type=BigInteger)
    receipt_kind: str = ""
    receipt_number: str = ""
    received_by: UUID | None = Field(default=None, foreign_key="users.id")
    paid_by: UUID | None = Field(default=None, foreign_key="users.id")
    paid_on: date | None = None
    version: int = 1


class PaymentReward(SQLModel, table=True):
    """M13-9: deducted on the day on which the month was settled, as a credit note."""

    __tablename__ = "reward_payments"
    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount"), UniqueConstraint("dealer_id", "month"))

    id: UUID = Field(default_factory=new_id, primary_key=True)
    scheme_id: UUID = Field(foreign_key="reward_schemes.id", index=True)
    dealer_id: UUID = Field(foreign_key="distributors.id")
    month: date
    payable_fen: int = Field(sa_type=BigInteger)
    amount_fen: int = Field(sa_type=BigInteger)
    settled_on: date
    parts: list[Any] = Field(sa_column=Column(JSONB, nullable=False))
    """Day, fen and days early of each part of the debt: the trace."""
    credit_note_id: UUID = Field(foreign_key="credit_notes.id")


class Violation(SQLModel, table=True):
    __tablename__ = "reward_violations"
    __table_args__ = (
        CheckConstraint(one_of("state", ViolationState), name="state"),
        CheckConstraint("kind IN ('price_cut', 'cross_region')", name="kind"),
        CheckConstraint("evidence <> ''", name="evidence"),
        CheckConstraint("judged_by IS NULL OR judged_by <> made_by", name="reporter_never_judges"),
        Index("ix_reward_violations_dealer", "dealer_id", "scheme_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True)
    scheme_id: UUID = Field(foreign_key="reward_schemes.id")
    dealer_id: UUID = Field(foreign_key="distributors.id")
    kind: str
    state: str = ViolationState.REPORTED.value
    evidence: str
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    """Regions of contract and delivery against the one where the goods were found, lot, figures."""
    verdict: str = ""
    reported_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    made_by: UUID = Field(foreign_key="users.id")
    judged_by: UUID | None = Field(default=None, foreign_key="users.id")
    version: int = 1
