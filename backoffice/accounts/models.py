"""One row beside the customer master, made when the back office first deals with the customer.

Locking it serialises everything that moves the customer's money: the one lock of the ledger, so that no two
writers can wait for each other.
"""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import Field, SQLModel

from callcenter.kit.db import one_of
from callcenter.kit.ids import new_id


class Grade(StrEnum):
    """Of dealers (M12). Order: best first."""

    AAA = "AAA"
    AA = "AA"
    A = "A"


class PartialPolicy(StrEnum):
    """What happens to the rest when less than ordered can be delivered (M9-2)."""

    ASK = "ask"
    BACK_ORDER = "back_order"
    NO_BACK_ORDER = "no_back_order"
    COMPLETE_ONLY = "complete_only"


class CreditGroup(SQLModel, table=True):
    __tablename__ = "credit_groups"
    __table_args__ = (CheckConstraint("limit_fen >= 0", name="limit"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(unique=True)
    limit_fen: int = Field(sa_type=BigInteger)


class CustomerAccount(SQLModel, table=True):
    __tablename__ = "customer_accounts"
    __table_args__ = (
        CheckConstraint(f"grade IS NULL OR {one_of('grade', Grade)}", name="grade"),
        CheckConstraint("grade IS DISTINCT FROM 'A' OR cash_only", name="grade_a_is_cash_only"),  # M8-3 [S]
        CheckConstraint(one_of("partial_policy", PartialPolicy), name="partial_policy"),
        CheckConstraint("credit_limit_fen IS NULL OR credit_limit_fen >= 0", name="limit"),
        CheckConstraint("terms_days IS NULL OR terms_days BETWEEN 0 AND 365", name="terms"),
    )

    id: UUID = Field(foreign_key="customers.id", primary_key=True)
    """The customer's own id."""
    legal_name: str
    """The invoiced party: payers are compared with it (M4-9)."""
    grade: str | None = None
    cash_only: bool = False
    """Goods only against confirmed money, whatever the limit says: 0 is a limit, not a flag (M8-3)."""
    credit_limit_fen: int | None = Field(default=None, sa_type=BigInteger)
    """None: the group's, else the company's (M8-4)."""
    group_id: UUID | None = Field(default=None, foreign_key="credit_groups.id", index=True)
    terms_days: int | None = None
    """Credit period in days; None: the company's."""
    partial_policy: str = PartialPolicy.ASK.value
    region: str = ""
    rep_id: UUID | None = Field(default=None, foreign_key="users.id")
    version: int = 1
