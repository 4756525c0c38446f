"""PURE: the judgement of M8: exposure, cash, holds, what may still be changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from backoffice.kit.duties import OfficeRole
from backoffice.kit.machine import Machine, Move, roles
from backoffice.kit.policy import Policy, setting
from backoffice.kit.words import words
from backoffice.orders.states import HoldKind, OrderState


class OrderPolicy(Policy):
    room: ClassVar[str] = "orders"

    overdue_hold_days: int = setting(
        0, source="D", zh="逾期超过几天暂停新订单(原文留空)", en="Debt overdue by more days holds new orders", ge=0
    )
    release_days: int = setting(
        30, source="D", zh="放行最长有效天数", en="Most days a release of a hold may last", ge=1
    )
    prepaid_days: int = setting(
        7,
        source="D",
        zh="款到发货订单几天内未到款自动取消(原文只说“约定时间”)",
        en="Days after which a prepaid order without money is cancelled (handbooks: 'the agreed time')",
        ge=1,
    )
    delivery_on_payment_counts: bool = setting(
        False, source="D", zh="货到付款订单是否占用信用额度", en="Whether cash-on-delivery orders use the credit limit"
    )


_O, _R = OrderState, OfficeRole
ORDER: Machine[OrderState] = Machine(
    "order",
    OrderState,
    _O.SUBMITTED,
    (
        Move("confirm", (_O.SUBMITTED,), _O.CONFIRMED, roles(_R.SUP)),
        Move("change", (_O.SUBMITTED,), _O.SUBMITTED, roles(_R.SUP)),
        Move("change", (_O.CONFIRMED,), _O.CONFIRMED, roles(_R.SUP)),
        Move("cancel", (_O.SUBMITTED, _O.CONFIRMED), _O.CANCELLED, roles(_R.SUP, _R.SM)),
        Move("lapse", (_O.SUBMITTED,), _O.CANCELLED),
        Move("close_short", (_O.CONFIRMED,), _O.CLOSED_SHORT, roles(_R.SUP, _R.SM)),
    ),
)

words(
    order=("订货单", "sales order"),
    change=("变更", "change"),
    closed_short=("短交关闭", "closed short"),
    close_short=("短交关闭", "close short"),
    lapse=("逾期未付款自动取消", "cancel, not paid in time"),
    taken=("电话下单", "taken on the phone"),
    price_change=("价格变更", "price change"),
    on_hold=("暂停", "on hold"),
    to_deliver=("待发货", "to deliver"),
    to_bill=("待开票", "to bill"),
    to_deliver_and_bill=("待发货待开票", "to deliver and bill"),
    completed=("已完成", "completed"),
)

RELEASERS: dict[HoldKind, frozenset[OfficeRole]] = {
    HoldKind.CREDIT: roles(_R.CRED, _R.FIN, _R.CMO),
    HoldKind.CASH: roles(_R.FIN, _R.CMO),
    HoldKind.OVERDUE: roles(_R.CRED, _R.FIN, _R.CMO),
    HoldKind.CASE: roles(_R.GM),
    HoldKind.PRICE: roles(_R.SM, _R.CMO),
}
"""M8-6: who may let an order go on, by the ground of its hold; CMO is the exception for money and price."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """M8-1, in fen."""

    receivable: int
    delivered_not_invoiced: int
    ordered_not_delivered: int
    advances: int
    this_order: int

    @property
    def total(self) -> int:
        return (
            self.receivable + self.delivered_not_invoiced + self.ordered_not_delivered - self.advances + self.this_order
        )


def over_limit(exposure: Exposure, limit_fen: int) -> int:
    """By how much the exposure passes the limit; 0 when it does not (equal passes)."""
    return max(0, exposure.total - limit_fen)


@dataclass(frozen=True, slots=True)
class Cash:
    """The confirmed money there is, and what already lays claim to it, in fen."""

    linked: int
    """Received for this order and not yet allocated."""
    general: int
    """Received for no order in particular."""
    own_claims: int = 0
    """Of this order: delivered and not invoiced, or invoiced and not settled."""
    other_claims: int = 0
    """Open debt beside this order, and other orders against money as far as their own money does not cover them."""


def cash_short(cash: Cash, needed_fen: int) -> int:
    """M8-3, M5-4: how much confirmed money is missing for `needed_fen` (0: enough; equal passes)."""
    available = cash.linked + max(0, cash.general - cash.other_claims) - cash.own_claims
    return max(0, needed_fen - available)


@dataclass(frozen=True, slots=True)
class Finding:
    kind: HoldKind
    short_fen: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the checks look at. `cash`: set when goods leave only against money (cash_only, or prepaid)."""

    this_fen: int
    exposure: Exposure
    limit_fen: int
    counts_as_credit: bool
    cash: Cash | None
    overdue_days: int
    open_case: bool
    below_floor: Sequence[str] = ()


def findings(facts: Facts, policy: OrderPolicy) -> list[Finding]:
    """All grounds for a hold, not only the first: whoever releases one should know the others."""
    out = []
    if facts.cash is not None:
        short = cash_short(facts.cash, facts.this_fen)
        if short:
            out.append(Finding(HoldKind.CASH, short, "款到发货:已确认货款不足", "confirmed money is short"))
    elif facts.counts_as_credit:
        over = over_limit(facts.exposure, facts.limit_fen)
        if over:
            out.append(Finding(HoldKind.CREDIT, over, "超出信用额度", "over the credit limit"))
    if facts.overdue_days > policy.overdue_hold_days:
        out.append(
            Finding(
                HoldKind.OVERDUE, 0, f"客户逾期 {facts.overdue_days} 天", f"debt is {facts.overdue_days} days overdue"
            )
        )
    if facts.open_case:
        out.append(Finding(HoldKind.CASE, 0, "客户有未结的问题账款", "the customer has an open problem account"))
    if facts.below_floor:
        names = "、".join(facts.below_floor)
        out.append(Finding(HoldKind.PRICE, 0, f"价格低于底价:{names}", f"below the floor price: {names}"))
    return out


@dataclass(frozen=True, slots=True)
class Release:
    kind: HoldKind
    fen: int
    until: date


def uncovered(found: Sequence[Finding], releases: Sequence[Release], today: date) -> list[Finding]:
    """M8-6: findings no release covers. A release covers its own ground, up to its sum, to its last day included."""
    return [
        finding
        for finding in found
        if not any(
            release.kind is finding.kind and today <= release.until and finding.short_fen <= release.fen
            for release in releases
        )
    ]


@dataclass(frozen=True, slots=True)
class LineFigures:
    """Pieces of one order line."""

    ordered: int
    cancelled: int
    committed: int
    """In deliveries that are not gone, shipped or not."""
    delivered: int
    """Shipped, or accepted once signed for."""
    invoiced: int

    @property
    def open(self) -> int:
        """Still to be asked for delivery."""
        return max(0, self.ordered - self.cancelled - self.committed)


def may_reduce(line: LineFigures, to_quantity: int) -> bool:
    """M8-7: not below what is delivered or on its way; and a line is only ever made smaller."""
    return line.committed <= to_quantity < line.ordered - line.cancelled


class OrderStatus(StrEnum):
    SUBMITTED = "submitted"
    ON_HOLD = "on_hold"
    TO_DELIVER_AND_BILL = "to_deliver_and_bill"
    TO_DELIVER = "to_deliver"
    TO_BILL = "to_bill"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


def order_status(state: str, on_hold: bool, lines: Sequence[LineFigures]) -> OrderStatus:
    """The headline, derived from the state, the holds, and two percentages."""
    if state == OrderState.CANCELLED:
        return OrderStatus.CANCELLED
    wanted = sum(line.ordered - line.cancelled for line in lines)
    delivered, invoiced = sum(line.delivered for line in lines), sum(line.invoiced for line in lines)
    if state == OrderState.SUBMITTED:
        return OrderStatus.ON_HOLD if on_hold else OrderStatus.SUBMITTED
    if delivered >= wanted:
        return OrderStatus.COMPLETED if invoiced >= delivered else OrderStatus.TO_BILL
    if on_hold:
        return OrderStatus.ON_HOLD
    return OrderStatus.TO_DELIVER if invoiced >= delivered > 0 else OrderStatus.TO_DELIVER_AND_BILL


def percent(part: int, whole: int) -> int:
    """Whole percent, rounded down: 100 means all of it."""
    return 100 * part // whole if whole else 0
