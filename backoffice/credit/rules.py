"""PURE: the life of an application for credit, and what needs one (M8-4)."""

from __future__ import annotations

from enum import StrEnum

from backoffice.kit.duties import OfficeRole
from backoffice.kit.machine import Machine, Move, roles
from backoffice.kit.words import words


class CreditState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RECORDED = "recorded"
    REJECTED = "rejected"


_S, _R = CreditState, OfficeRole
CREDIT: Machine[CreditState] = Machine(
    "credit_application",
    CreditState,
    _S.DRAFT,
    (
        Move("submit", (_S.DRAFT,), _S.SUBMITTED, roles(_R.REP)),
        Move("approve", (_S.SUBMITTED,), _S.APPROVED),
        Move("reject", (_S.SUBMITTED,), _S.REJECTED),
        Move("reopen", (_S.SUBMITTED, _S.APPROVED), _S.DRAFT),
        Move("drop", (_S.DRAFT, _S.APPROVED), _S.REJECTED, roles(_R.REP, _R.CRED)),
        Move("record", (_S.APPROVED,), _S.RECORDED, roles(_R.CRED)),
    ),
)

words(
    credit_application=("信用额度申请", "credit application"),
    record=("登记额度", "record the limit"),
)


def needs_review(before_fen: int, after_fen: int, before_days: int, after_days: int) -> bool:
    """M8-4: more credit, or longer, goes through a joint review. Less of it may be set at once: risk does not wait."""
    return after_fen > before_fen or after_days > before_days
