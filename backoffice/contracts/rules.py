"""PURE: the judgement of M7."""

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


class ContractPolicy(Policy):
    room: ClassVar[str] = "contracts"

    check_order: tuple[OfficeRole, OfficeRole] = setting(
        (OfficeRole.CADM, OfficeRole.SM),
        source="S",
        zh="初审与终审的顺序(原文自相矛盾;默认合同管理员初审、销售部经理终审)",
        en="Who checks first and last (the source contradicts itself): by default CADM first, SM last",
    )
    standard_terms_days: int = setting(30, source="D", zh="标准付款期限(天)", en="Standard payment term in days", ge=0)
    notice_days: tuple[int, ...] = setting(
        (60, 30), source="D", zh="到期前几天提醒", en="Days ahead of the end on which it is announced"
    )
    loan_days: int = setting(7, source="D", zh="合同原件借阅天数", en="Days for which an original is lent", ge=1)


class ContractState(StrEnum):
    DRAFT = "draft"
    PROPOSED = "proposed"  # REP has signed: a proposal, no more (M7-6)
    FIRST_CHECKED = "first_checked"
    UNDER_REVIEW = "under_review"
    APPROVED = "approved"
    SEALED = "sealed"
    EFFECTIVE = "effective"
    AMENDING = "amending"
    FULFILLED = "fulfilled"
    EXPIRED = "expired"
    TERMINATED = "terminated"
    BREACHED = "breached"
    CLOSED = "closed"


_C, _R = ContractState, OfficeRole
_CHECKERS = roles(_R.CADM, _R.SM)
CONTRACT: Machine[ContractState] = Machine(
    "contract",
    ContractState,
    _C.DRAFT,
    (
        Move("edit", (_C.DRAFT,), _C.DRAFT, roles(_R.REP)),
        Move("propose", (_C.DRAFT,), _C.PROPOSED, roles(_R.REP)),
        # Which of the two comes first is a setting; `checker` says whose turn it is.
        Move("first_check", (_C.PROPOSED,), _C.FIRST_CHECKED, _CHECKERS),
        Move("final_check", (_C.FIRST_CHECKED,), _C.UNDER_REVIEW, _CHECKERS),
        Move("return", (_C.PROPOSED, _C.FIRST_CHECKED), _C.DRAFT, _CHECKERS),
        Move("approve", (_C.UNDER_REVIEW,), _C.APPROVED),
        Move("reject", (_C.UNDER_REVIEW,), _C.DRAFT),
        Move("change_text", (_C.UNDER_REVIEW, _C.APPROVED), _C.DRAFT, roles(_R.REP, _R.LEGAL)),
        Move("seal", (_C.APPROVED,), _C.SEALED, roles(_R.LEGAL)),
        Move("register", (_C.SEALED,), _C.EFFECTIVE, roles(_R.CADM)),
        Move("amend", (_C.EFFECTIVE,), _C.AMENDING, roles(_R.REP, _R.SM)),
        Move("amended", (_C.AMENDING,), _C.EFFECTIVE),
        Move("keep", (_C.AMENDING,), _C.EFFECTIVE),
        Move("end_by_change", (_C.AMENDING,), _C.TERMINATED),
        Move("fulfil", (_C.EFFECTIVE,), _C.FULFILLED, roles(_R.CADM)),
        Move("expire", (_C.EFFECTIVE,), _C.EXPIRED),
        Move("breach", (_C.EFFECTIVE,), _C.BREACHED, roles(_R.SM, _R.LEGAL)),
        Move("close", (_C.FULFILLED, _C.EXPIRED, _C.TERMINATED, _C.BREACHED), _C.CLOSED, roles(_R.CADM)),
    ),
)


class ChangeState(StrEnum):
    SUBMITTED = "submitted"
    APPLIED = "applied"
    REJECTED = "rejected"


class LoanState(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    LENT = "lent"
    BACK = "back"
    REJECTED = "rejected"


_L = LoanState
LOAN: Machine[LoanState] = Machine(
    "archive_loan",
    LoanState,
    _L.REQUESTED,
    (
        Move("approve", (_L.REQUESTED,), _L.APPROVED, roles(_R.SM)),
        Move("reject", (_L.REQUESTED,), _L.REJECTED, roles(_R.SM)),
        Move("lend", (_L.APPROVED,), _L.LENT, roles(_R.CADM)),
        Move("take_back", (_L.LENT,), _L.BACK, roles(_R.CADM)),
    ),
)

words(
    contract=("销售合同", "sales contract"),
    archive_loan=("合同借阅", "loan of an original"),
    proposed=("已提交初审", "proposed"),
    first_checked=("初审通过", "first check passed"),
    under_review=("评审中", "under review"),
    sealed=("已盖章", "sealed"),
    effective=("生效", "effective"),
    amending=("变更中", "being amended"),
    fulfilled=("已履行", "fulfilled"),
    expired=("已到期", "expired"),
    terminated=("已终止", "terminated"),
    breached=("违约", "breached"),
    propose=("签署提交", "sign and propose"),
    first_check=("初审", "first check"),
    final_check=("终审", "final check"),
    change_text=("修改文本", "change the text"),
    seal=("盖章", "seal"),
    register=("登记生效", "register"),
    amend=("申请变更", "ask for an amendment"),
    amended=("变更生效", "take the amendment"),
    keep=("维持原合同", "keep as it was"),
    end_by_change=("变更终止", "end"),
    fulfil=("履行完毕", "fulfil"),
    expire=("到期", "expire"),
    breach=("登记违约", "record a breach"),
    lent=("已借出", "lent"),
    back=("已归还", "back"),
    lend=("借出", "lend"),
)
words(**{"return": ("退回", "return")})


def checker(state: str, policy: ContractPolicy) -> OfficeRole:
    """M7-6: whose check it is. REP's signature is a proposal; both checks are needed, in the order of the setting."""
    return policy.check_order[0 if state == ContractState.PROPOSED else 1]


@dataclass(frozen=True, slots=True)
class LineTerms:
    name: str
    price_fen: int
    floor_fen: int | None


def deviations(lines: Sequence[LineTerms], terms_days: int, standard_form: bool, policy: ContractPolicy) -> list[str]:
    """M7-2: what departs from the standard: prices below the floor, a longer payment term, another form."""
    found = [
        f"below_floor:{line.name}" for line in lines if line.floor_fen is not None and line.price_fen < line.floor_fen
    ]
    if terms_days > policy.standard_terms_days:
        found.append("longer_terms")
    if not standard_form:
        found.append("not_standard_form")
    return found


def levels_up(found: Sequence[str]) -> int:
    """M7-2: price below floor or a longer term goes one level higher; several departures are still one."""
    return int(any(item.startswith("below_floor") or item == "longer_terms" for item in found))


def may_order(state: str, start_on: date, end_on: date | None, on: date) -> bool:
    """M7-3: orders refer to an effective contract within its term (both days included; no end: open)."""
    return (
        state in (ContractState.EFFECTIVE, ContractState.AMENDING)
        and start_on <= on
        and (end_on is None or on <= end_on)
    )


def within_cap(ordered_fen: int, this_fen: int, cap_fen: int | None) -> bool:
    """M7-3: the ordered total stays within the contract's amount where a cap is set (equal passes)."""
    return cap_fen is None or ordered_fen + this_fen <= cap_fen


def notices(end_on: date | None, today: date, days: Sequence[int]) -> int | None:
    """M7-5: the nearest notice that has been reached (60, then 30), None before and after the end."""
    if end_on is None or today > end_on:
        return None
    left = (end_on - today).days
    reached = [day for day in days if left <= day]
    return min(reached) if reached else None


class ObligationStatus(StrEnum):
    OPEN = "open"
    DONE = "done"
    LAPSED = "lapsed"


def obligation_status(due_on: date, done_on: date | None, today: date) -> ObligationStatus:
    """M7-5: past its date and not done is lapsed."""
    if done_on is not None:
        return ObligationStatus.DONE
    return ObligationStatus.LAPSED if today > due_on else ObligationStatus.OPEN
