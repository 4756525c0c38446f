"""PURE: terms and limits of a customer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from backoffice.kit.policy import Policy, setting
from backoffice.kit.words import words

words(
    account=("客户账户", "customer account"),
    AAA=("AAA级", "AAA"),
    AA=("AA级", "AA"),
    A=("A级", "A"),
)


class AccountPolicy(Policy):
    room: ClassVar[str] = "accounts"

    company_limit_fen: int = setting(
        0,
        source="D",
        zh="公司默认信用额度(分);0 表示没有信用,不表示无限",
        en="The company's credit limit for customers without one of their own, in fen; 0 is no credit, not no limit",
        ge=0,
    )
    terms_days: int = setting(30, source="D", zh="默认信用期限(天)", en="Default credit period in days", ge=0, le=365)


def limit(customer: int | None, group: int | None, company: int) -> int:
    """M8-4: the customer's own limit, else the group's, else the company's. An own limit of 0 counts."""
    if customer is not None:
        return customer
    return group if group is not None else company


def due_on(invoiced_on: date, terms_days: int) -> date:
    return invoiced_on + timedelta(days=terms_days)
