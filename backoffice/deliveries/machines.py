"""PURE: the state machines of M9."""

from __future__ import annotations

from enum import StrEnum

from backoffice.kit.duties import OfficeRole
from backoffice.kit.machine import Machine, Move, roles
from backoffice.kit.words import words

_R = OfficeRole


class DeliveryState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    CLEARED = "finance_cleared"
    PICKING = "picking"
    SHIPPED = "shipped"
    SIGNED = "signed"
    SIGNED_WITH_DIFFERENCE = "signed_with_difference"
    REFUSED = "refused"
    RETURNED = "returned"
    CLOSED = "closed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


_D = DeliveryState
GONE = (_D.REFUSED, _D.RETURNED, _D.REJECTED, _D.CANCELLED)
"""States in which nothing of it is with the customer."""

DELIVERY: Machine[DeliveryState] = Machine(
    "delivery",
    DeliveryState,
    _D.DRAFT,
    (
        Move("approve", (_D.DRAFT,), _D.APPROVED, roles(_R.SM)),
        Move("clear", (_D.APPROVED,), _D.CLEARED, roles(_R.FIN)),
        Move("reject", (_D.DRAFT,), _D.REJECTED, roles(_R.SM)),
        Move("refuse_clearance", (_D.APPROVED,), _D.REJECTED, roles(_R.FIN)),
        Move("pick", (_D.CLEARED,), _D.PICKING, roles(_R.WH)),
        Move("ship", (_D.PICKING,), _D.SHIPPED, roles(_R.WH)),
        Move("sign", (_D.SHIPPED,), _D.SIGNED, roles(_R.SUP, _R.WH)),
        Move("sign_with_difference", (_D.SHIPPED,), _D.SIGNED_WITH_DIFFERENCE, roles(_R.SUP, _R.WH)),
        Move("customer_refused", (_D.SHIPPED,), _D.REFUSED, roles(_R.SUP, _R.WH)),
        Move("take_back", (_D.REFUSED,), _D.RETURNED, roles(_R.WH)),
        Move("cancel", (_D.DRAFT, _D.APPROVED, _D.CLEARED), _D.CANCELLED, roles(_R.SUP, _R.SM)),
        Move("cancel", (_D.PICKING,), _D.CANCELLED, roles(_R.SM)),  # M8: SUP before picking, SM after
        Move("close", (_D.SIGNED, _D.SIGNED_WITH_DIFFERENCE), _D.CLOSED, roles(_R.FIN)),
    ),
)


class ReturnState(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    RECEIVED = "received"
    INSPECTED = "inspected"
    CREDITED = "credited"
    SENT_BACK = "sent_back"
    REJECTED = "rejected"


_T = ReturnState
RETURN: Machine[ReturnState] = Machine(
    "return_order",
    ReturnState,
    _T.REQUESTED,
    (
        Move("approve", (_T.REQUESTED,), _T.APPROVED, roles(_R.SM)),
        Move("reject", (_T.REQUESTED,), _T.REJECTED, roles(_R.SM)),
        Move("receive", (_T.APPROVED,), _T.RECEIVED, roles(_R.WH)),
        Move("inspect", (_T.RECEIVED,), _T.INSPECTED, roles(_R.QC)),
        Move("credit", (_T.INSPECTED,), _T.CREDITED, roles(_R.FIN)),
        Move("send_back", (_T.INSPECTED,), _T.SENT_BACK, roles(_R.WH)),
    ),
)


class ClaimState(StrEnum):
    OPEN = "open"
    SETTLED = "settled"
    DROPPED = "dropped"


CLAIM: Machine[ClaimState] = Machine(
    "carrier_claim",
    ClaimState,
    ClaimState.OPEN,
    (
        Move("settle", (ClaimState.OPEN,), ClaimState.SETTLED, roles(_R.WH, _R.FIN)),
        Move("drop", (ClaimState.OPEN,), ClaimState.DROPPED, roles(_R.SM)),
    ),
)

MACHINES = (DELIVERY, RETURN, CLAIM)

words(
    delivery=("发货单", "delivery"),
    return_order=("退货单", "return"),
    carrier_claim=("承运索赔", "carrier claim"),
    finance_cleared=("财务已放行", "cleared by finance"),
    picking=("配货中", "picking"),
    shipped=("已发货", "shipped"),
    signed=("已签收", "signed for"),
    signed_with_difference=("签收有差异", "signed with a difference"),
    refused=("拒收", "refused"),
    returned=("已退回", "returned"),
    clear=("财务放行", "clear"),
    refuse_clearance=("财务退回", "refuse clearance"),
    pick=("配货", "pick"),
    ship=("发货", "ship"),
    sign=("签收", "sign for"),
    sign_with_difference=("差异签收", "sign with a difference"),
    customer_refused=("登记拒收", "record the refusal"),
    take_back=("收回", "take back"),
    requested=("已申请", "requested"),
    received=("已收货", "received"),
    inspected=("已检验", "inspected"),
    sent_back=("已退还客户", "sent back"),
    receive=("收货", "receive"),
    inspect=("检验", "inspect"),
    credit=("冲账", "credit"),
    dropped=("已放弃", "dropped"),
    settle=("理赔", "settle"),
)
