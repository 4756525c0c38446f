"""PURE: the words of orders."""

from __future__ import annotations

from enum import StrEnum


class OrderSource(StrEnum):
    CALL = "call"
    REPLY_SLIP = "reply_slip"
    PHONE_IN = "phone_in"
    OFFICE = "office"


class PaymentMode(StrEnum):
    CASH_ON_DELIVERY = "cash_on_delivery"
    PREPAID = "prepaid"
    CREDIT = "credit"


class OrderState(StrEnum):
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    CLOSED_SHORT = "closed_short"  # the rest will not be delivered


class HoldKind(StrEnum):
    CREDIT = "credit"  # exposure above the limit (M8-1)
    CASH = "cash"  # goods only against confirmed money, and it is short (M8-3, 款到发货)
    OVERDUE = "overdue"  # M8-5
    CASE = "case"  # an open problem account (M8-5, M6-2)
    PRICE = "price"  # below the floor


class ChangeKind(StrEnum):
    REDUCE = "reduce"
    PRICE = "price"


class ChangeState(StrEnum):
    SUBMITTED = "submitted"
    APPLIED = "applied"
    REJECTED = "rejected"
