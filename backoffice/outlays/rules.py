"""PURE: the life of a prepayment to a supplier, and what may be set off."""

from __future__ import annotations

from enum import StrEnum

from backoffice.kit.duties import OfficeRole
from backoffice.kit.machine import Machine, Move, roles
from backoffice.kit.words import words


class OutlayState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PAID = "paid"
    CLOSED = "closed"
    REJECTED = "rejected"


_S, _R = OutlayState, OfficeRole
ASKERS = roles(_R.REP, _R.SUP, _R.SM, _R.MKT, _R.HRADM, _R.PROD, _R.WH, _R.CADM)
OUTLAY: Machine[OutlayState] = Machine(
    "outlay",
    OutlayState,
    _S.DRAFT,
    (
        Move("submit", (_S.DRAFT,), _S.SUBMITTED, ASKERS),
        Move("approve", (_S.SUBMITTED,), _S.APPROVED),
        Move("reject", (_S.SUBMITTED,), _S.REJECTED),
        Move("reopen", (_S.SUBMITTED, _S.APPROVED), _S.DRAFT),
        Move("drop", (_S.DRAFT, _S.APPROVED), _S.REJECTED, ASKERS | roles(_R.FIN)),
        Move("pay", (_S.APPROVED,), _S.PAID, roles(_R.CASH)),
        Move("set_off", (_S.PAID,), _S.PAID, roles(_R.FIN)),
        Move("money_back", (_S.PAID,), _S.PAID, roles(_R.CASH)),
        Move("close", (_S.PAID,), _S.CLOSED, roles(_R.FIN)),
    ),
)

words(
    outlay=("预付款申请(付供应商)", "prepayment to a supplier"),
    set_off=("冲抵发票", "set off an invoice"),
    money_back=("登记退回款", "record money back"),
    partly_settled=("部分核销", "partly settled"),
)


def balance(paid: bool, amount_fen: int, settled_fen: int, returned_fen: int) -> int:
    """What the supplier still holds of ours: nothing before it is paid, never below 0 (M5-1 mirrored)."""
    return amount_fen - settled_fen - returned_fen if paid else 0


def may_set_off(set_off_fen: int, invoice_fen: int, balance_fen: int) -> bool:
    """No more than the invoice asks for, and no more than the supplier holds."""
    return 0 < set_off_fen <= min(invoice_fen, balance_fen)


def status(state: str, amount_fen: int, settled_fen: int, returned_fen: int) -> str:
    """The headline, derived: paid, partly settled, settled."""
    if state != OutlayState.PAID:
        return state
    used = settled_fen + returned_fen
    return "settled" if used >= amount_fen else "partly_settled" if used else "paid"
