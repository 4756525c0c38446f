"""PURE: the judgement of M5.

An advance is a confirmed receipt with a balance: money that came before its invoice, or more than the invoice
asked for. There is no second record of it that could disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar, TypeVar

from backoffice.kit.dates import add_months
from backoffice.kit.duties import OfficeRole
from backoffice.kit.fen import first_come, more_than_share
from backoffice.kit.machine import Machine, Move, roles
from backoffice.kit.policy import Policy, setting
from backoffice.kit.words import words

K = TypeVar("K")


class AdvancePolicy(Policy):
    room: ClassVar[str] = "advances"

    dormant_months: int = setting(
        6, source="D", zh="多少个月无变动转入清理", en="Months without movement after which a balance is reviewed", ge=1
    )
    deposit_cap_percent: int = setting(
        20,
        source="K",
        zh="定金不得超过合同价款的百分之几(民法典586)",
        en="Most a deposit (定金) may be of the price",
        ge=0,
    )


class AdvanceState(StrEnum):
    UNCONFIRMED = "received_unconfirmed"
    CONFIRMED = "confirmed"
    PARTLY_ALLOCATED = "partly_allocated"
    FULLY_ALLOCATED = "fully_allocated"
    REFUNDING = "refunding"
    REFUNDED = "refunded"
    DORMANT = "dormant"


class RefundState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PAID = "paid"
    REJECTED = "rejected"


_S, _R = RefundState, OfficeRole
REFUND: Machine[RefundState] = Machine(
    "refund",
    RefundState,
    _S.DRAFT,
    (
        Move("submit", (_S.DRAFT,), _S.SUBMITTED, roles(_R.REP, _R.SUP)),
        Move("approve", (_S.SUBMITTED,), _S.APPROVED),
        Move("reject", (_S.SUBMITTED,), _S.REJECTED),
        Move("reopen", (_S.SUBMITTED, _S.APPROVED), _S.DRAFT),
        Move("drop", (_S.DRAFT, _S.APPROVED), _S.REJECTED, roles(_R.REP, _R.SUP, _R.FIN)),
        Move("pay", (_S.APPROVED,), _S.PAID, roles(_R.CASH)),
    ),
)

words(
    refund=("退款申请", "refund request"),
    received_unconfirmed=("已收未确认", "received, not confirmed"),
    partly_allocated=("部分冲抵", "partly allocated"),
    fully_allocated=("全部冲抵", "fully allocated"),
    refunding=("退款中", "refunding"),
    refunded=("已退款", "refunded"),
    dormant=("长期未动", "dormant"),
    drop=("放弃", "drop"),
    pay=("付款", "pay"),
)


def balance(amount_fen: int, allocated_fen: int, refunded_fen: int) -> int:
    """M5-1: never below 0, which the database holds as well."""
    return amount_fen - allocated_fen - refunded_fen


@dataclass(frozen=True, slots=True)
class Target:
    """An invoice that still asks for money."""

    key: object
    order: object | None
    invoice_on: date
    outstanding_fen: int


def set_off(balance_fen: int, order: object | None, targets: Sequence[Target]) -> list[tuple[Target, int]]:
    """M5-2: the order's own invoices first, then by age of invoice; what is left stays an advance."""
    ordered = sorted(targets, key=lambda t: (not (order is not None and t.order == order), t.invoice_on, str(t.key)))
    parts = first_come(balance_fen, [target.outstanding_fen for target in ordered])
    return [(target, part) for target, part in zip(ordered, parts, strict=True) if part]


def may_refund(amount_fen: int, balance_fen: int, overdue_fen: int) -> bool:
    """M5-3: not while the customer has overdue debt (set off first), and never more than the balance."""
    return overdue_fen <= 0 and 0 < amount_fen <= balance_fen


def covers(confirmed_fen: int, to_ship_fen: int) -> bool:
    """M5-4 款到发货: confirmed money of at least the value that is to leave (equal passes)."""
    return confirmed_fen >= to_ship_fen


def deposit_within_cap(deposit_fen: int, price_fen: int, percent: int) -> bool:
    """M5-5: a 定金 above the cap has no such effect for the part above it; equal is within."""
    return not more_than_share(deposit_fen, price_fen, percent, 100)


def growth_bonus_void(advance_fen_of_month: int, purchases_fen_of_month: int) -> bool:
    """M5-6 [S 7.2.4]: a month with an advance but without a purchase earns no growth bonus."""
    return advance_fen_of_month > 0 and purchases_fen_of_month <= 0


def advance_state(
    state: str,
    amount_fen: int,
    allocated_fen: int,
    refunded_fen: int,
    refund_open: bool,
    last_moved_on: date,
    today: date,
    policy: AdvancePolicy,
) -> AdvanceState:
    """Derived from the receipt and what became of it."""
    if state == "recorded":
        return AdvanceState.UNCONFIRMED
    rest = balance(amount_fen, allocated_fen, refunded_fen)
    if rest == 0:
        return AdvanceState.REFUNDED if refunded_fen and not allocated_fen else AdvanceState.FULLY_ALLOCATED
    if refund_open:
        return AdvanceState.REFUNDING
    if today > add_months(last_moved_on, policy.dormant_months):
        return AdvanceState.DORMANT
    return AdvanceState.PARTLY_ALLOCATED if allocated_fen or refunded_fen else AdvanceState.CONFIRMED
