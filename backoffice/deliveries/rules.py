"""PURE: the judgement of M9: how much may leave, what happens to the rest, who gets scarce goods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from backoffice.kit.policy import Policy, setting


class DeliveryPolicy(Policy):
    room: ClassVar[str] = "deliveries"

    allowance_percent: int = setting(
        0, source="C", zh="超发允差(百分比)", en="How much more than ordered may be shipped, in percent", ge=0, le=100
    )
    collected_days: int = setting(
        7,
        source="D",
        zh="货到付款的货款,承运人几天内交回",
        en="Days within which the carrier hands over what it collected (cash on delivery)",
        ge=0,
        le=90,
    )
    sign_days: int = setting(7, source="D", zh="发货后几天未签收列入催办", en="Days unsigned before it is chased", ge=1)


def may_ship(already: int, quantity: int, ordered: int, allowance_percent: int) -> bool:
    """M9-1: shipped <= ordered × (1 + allowance), compared without a division."""
    return quantity > 0 and (already + quantity) * 100 <= ordered * (100 + allowance_percent)


class Rest(StrEnum):
    """What becomes of what is not shipped now."""

    NOTHING = "nothing"
    BACK_ORDER = "back_order"
    CANCEL = "cancel"
    ASK = "ask"
    REFUSE = "refuse"  # complete or not at all


def rest_of(policy: str, open_now: int, quantity: int) -> Rest:
    """M9-2 for a line with `open_now` pieces of which `quantity` are to be shipped, by the customer's policy."""
    if quantity >= open_now:
        return Rest.NOTHING
    return {
        "back_order": Rest.BACK_ORDER,
        "no_back_order": Rest.CANCEL,
        "complete_only": Rest.REFUSE,
    }.get(policy, Rest.ASK)


@dataclass(frozen=True, slots=True)
class Wanting:
    """An order that wants a scarce article."""

    order_id: UUID
    confirmed_on: date
    grade: str | None
    ordered_at: float
    quantity: int


_GRADES = {"AAA": 0, "AA": 1, "A": 2}


def share_out(stock: int, wanting: Sequence[Wanting]) -> list[tuple[UUID, int]]:
    """M9-3: by confirmed date, then grade AAA > AA > A, then the time of the order."""
    ordered = sorted(wanting, key=lambda w: (w.confirmed_on, _GRADES.get(w.grade or "", 3), w.ordered_at))
    out = []
    for want in ordered:
        got = min(stock, want.quantity)
        out.append((want.order_id, got))
        stock -= got
    return out


def billable(quantity: int, accepted: int | None) -> int:
    """M9-4: only what the customer accepted; nothing before the signature."""
    return accepted if accepted is not None else 0


def three_hands(made_by: UUID, cleared_by: UUID | None, picked_by: UUID | None) -> bool:
    """M9-5: asking, clearing and picking are three people's."""
    known = [made_by, *(who for who in (cleared_by, picked_by) if who is not None)]
    return len(set(known)) == len(known)


def on_time_in_full(promised_on: date | None, signed_on: date | None, wanted: int, accepted: int) -> bool:
    """Whether an order arrived by its promised day with every piece."""
    return promised_on is not None and signed_on is not None and signed_on <= promised_on and accepted >= wanted
