"""PURE: the lives of requests, advances and claims, amounts in capital characters, set-off, deadlines (M2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar

from backoffice.kit.dates import add_months
from backoffice.kit.duties import OfficeRole
from backoffice.kit.machine import Machine, Move, roles
from backoffice.kit.policy import Policy, setting
from backoffice.kit.words import words


class RequestState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    USED = "used"
    CLOSED = "closed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class AdvanceState(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    PAID = "paid"
    SETTLED = "settled"
    REJECTED = "rejected"


class ClaimState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    DEPT_APPROVED = "dept_approved"
    FINANCE_CHECKED = "finance_checked"
    APPROVED = "approved"
    PAID = "paid"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class InvoiceType(StrEnum):
    SPECIAL_VAT = "special_vat"
    ORDINARY_VAT = "ordinary_vat"
    TICKET = "ticket"
    RECEIPT = "other_receipt"


_Q, _A, _C, _R = RequestState, AdvanceState, ClaimState, OfficeRole
_EVERYBODY = roles(*OfficeRole)
"""Whoever spends for the company may ask; that it is the maker's own, the services see to."""

REQUEST: Machine[RequestState] = Machine(
    "expense_request",
    RequestState,
    _Q.DRAFT,
    (
        Move("submit", (_Q.DRAFT,), _Q.SUBMITTED, _EVERYBODY),
        Move("approve", (_Q.SUBMITTED,), _Q.APPROVED),
        Move("reject", (_Q.SUBMITTED,), _Q.REJECTED),
        Move("reopen", (_Q.SUBMITTED,), _Q.DRAFT),  # the approval became void
        Move("withdraw", (_Q.DRAFT, _Q.SUBMITTED), _Q.WITHDRAWN, _EVERYBODY),
        Move("use", (_Q.APPROVED, _Q.USED), _Q.USED),  # a claim on it was approved
        Move("close", (_Q.APPROVED, _Q.USED), _Q.CLOSED, _EVERYBODY),
        Move("expire", (_Q.APPROVED,), _Q.EXPIRED),
    ),
)
ADVANCE: Machine[AdvanceState] = Machine(
    "cash_advance",
    AdvanceState,
    _A.REQUESTED,
    (
        Move("approve", (_A.REQUESTED,), _A.APPROVED),
        Move("reject", (_A.REQUESTED,), _A.REJECTED),
        Move("withdraw", (_A.REQUESTED, _A.APPROVED), _A.REJECTED, _EVERYBODY),
        Move("pay", (_A.APPROVED,), _A.PAID, roles(_R.CASH)),
        Move("settle_part", (_A.PAID,), _A.PAID),
        Move("settle_advance", (_A.PAID,), _A.SETTLED),
    ),
)
CLAIM: Machine[ClaimState] = Machine(
    "expense_claim",
    ClaimState,
    _C.DRAFT,
    (
        Move("submit", (_C.DRAFT,), _C.SUBMITTED, _EVERYBODY),
        Move("dept_approve", (_C.SUBMITTED,), _C.DEPT_APPROVED, roles(_R.SM, _R.CMO)),
        Move("finance_check", (_C.DEPT_APPROVED,), _C.FINANCE_CHECKED, roles(_R.FIN)),
        Move("return", (_C.SUBMITTED, _C.DEPT_APPROVED), _C.DRAFT, roles(_R.FIN, _R.SM, _R.CMO)),
        Move("rework", (_C.FINANCE_CHECKED,), _C.DRAFT),  # the approval became void
        Move("approve", (_C.FINANCE_CHECKED,), _C.APPROVED),
        Move("reject", (_C.FINANCE_CHECKED,), _C.REJECTED),
        Move("pay", (_C.APPROVED,), _C.PAID, roles(_R.CASH)),
        Move("cancel", (_C.DRAFT, _C.SUBMITTED, _C.DEPT_APPROVED), _C.CANCELLED, _EVERYBODY),
    ),
)
MACHINES = (REQUEST, ADVANCE, CLAIM)

words(
    expense_request=("费用申请", "expense request"),
    cash_advance=("借款", "cash advance"),
    expense_claim=("费用报销单", "expense claim"),
    expense_requests=("费用申请", "expense requests"),
    cash_advances=("借款", "cash advances"),
    expense_claims=("费用报销单", "expense claims"),
    claim_invoices=("报销发票", "invoices claimed"),
    use=("使用", "use"),
    used=("已使用", "used"),
    settle_part=("部分核销借款", "settle a part"),
    settle_advance=("结清借款", "settle the advance"),
    dept_approve=("部门审批", "approve for the department"),
    dept_approved=("部门已批", "approved by the department"),
    finance_check=("财务审核", "check for finance"),
    finance_checked=("财务已审", "checked by finance"),
    requested=("已申请", "requested"),
    special_vat=("增值税专用发票", "special VAT invoice"),
    ordinary_vat=("增值税普通发票", "ordinary VAT invoice"),
    ticket=("票据(车船机票等)", "ticket"),
    other_receipt=("其他凭据", "other receipt"),
    applicant=("申请人", "applicant"),
    claimed_fen=("已报销", "claimed"),
    advance_fen=("借款金额", "advance"),
    open_advance_fen=("未核销借款", "advance still open"),
    guarantor=("担保人", "guarantor"),
    guarantor_due_on=("担保人还款期限", "guarantor repays by"),
    payout_fen=("应付", "to pay out"),
    give_back_fen=("应退", "to give back"),
    request_number=("申请单号", "request"),
    returned_on=("返回日期", "returned on"),
    submitted_on=("提交日期", "submitted on"),
    post_approval=("事后补批", "approved afterwards"),
    exception=("超预算申请", "over the budget"),
    invoice_issuer=("开票单位", "issuer"),
    invoice_no=("发票号码", "invoice number"),
    invoice_type=("票据类型", "kind of invoice"),
    tax_fen=("税额", "tax"),
    spent_on=("支出日期", "spent on"),
    claim_number=("报销单号", "claim"),
    valid_until=("有效期至", "valid until"),
)


class ExpensePolicy(Policy):
    room: ClassVar[str] = "expenses"

    claim_days: int = setting(
        5, source="H", zh="差旅费须在返回后几天内报销", en="Travel is claimed within this many days of the return", ge=0
    )
    late_refused: bool = setting(
        True, source="H", zh="逾期的差旅报销不予受理", en="Travel claimed later is not reimbursed"
    )
    notice_over_fen: int = setting(
        500_000,
        source="H",
        zh="借款超过此金额须提前通知财务(分)",
        en="Above this, finance is told ahead of a payout",
        ge=0,
    )
    notice_days: int = setting(1, source="H", zh="提前通知天数", en="Days of notice", ge=0)
    guarantor_months: int = setting(
        1,
        source="H",
        zh="借款逾期后担保人须在几个月内代还",
        en="Months for the guarantor to repay an overdue advance",
        ge=1,
    )
    advance_days: int = setting(30, source="D", zh="借款期限(天)", en="Days until an advance is due", ge=1, le=365)
    request_days: int = setting(
        90, source="D", zh="申请批准后有效天数", en="Days for which an approved request is good", ge=1, le=730
    )


# ---------------------------------------------------------------- capital characters

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def _four(number: int) -> str:
    """0 … 9999 in capitals, a 零 for each gap inside."""
    out, gap = "", False
    for at in (3, 2, 1, 0):
        digit = number // 10**at % 10
        if digit:
            out += (_DIGITS[0] if gap and out else "") + _DIGITS[digit] + _UNITS[at]
        gap = not digit
        if not digit and not out:
            gap = False
    return out


def capitals(fen: int) -> str:
    """`438050` → `肆仟叁佰捌拾元伍角整`: the amount as a cheque and a loan slip write it."""
    if fen < 0:
        return "负" + capitals(-fen)
    whole, jiao, rest = fen // 100, fen // 10 % 10, fen % 10
    out = ""
    for at in range(len(_GROUPS) - 1, -1, -1):
        group = whole // 10_000**at % 10_000
        if group:
            if out and group < 1000:
                out += _DIGITS[0]
            out += _four(group) + _GROUPS[at]
        elif out and at and whole % 10_000**at and not out.endswith(_DIGITS[0]):
            out += _DIGITS[0]
    out = out.replace("零零", "零")
    words_ = (out or ("" if fen % 100 else _DIGITS[0])) + ("元" if out or not fen % 100 else "")
    if not fen % 100:
        return words_ + "整"
    if jiao:
        words_ += _DIGITS[jiao] + "角"
    elif out:
        words_ += _DIGITS[0]
    return words_ + (_DIGITS[rest] + "分" if rest else "整")


def same_amount(fen: int, in_words: str) -> bool:
    """Whether figures and capital characters say the same (圆 and 元, 正 and 整 are)."""
    plain = in_words.strip().replace("人民币", "").replace("圆", "元").replace("正", "整").replace(" ", "")
    return plain == capitals(fen)


# ---------------------------------------------------------------- set-off and deadlines


@dataclass(frozen=True, slots=True)
class SetOff:
    """M2-6: what a claim does to an open advance, all in fen and not below 0."""

    settled: int
    payout: int
    give_back: int


def set_off(claim: int, open_advance: int, *, final: bool = True) -> SetOff:
    """net = claim − advance: above 0 it is paid out, below 0 the person gives it back.

    Of a claim that is not the last one, the rest of the advance stays with the person.
    """
    settled = min(claim, open_advance)
    return SetOff(settled, claim - settled, open_advance - settled if final else 0)


def claim_by(returned_on: date, days: int) -> date:
    """The last day to hand in a travel claim."""
    return returned_on + timedelta(days=days)


def is_overdue(state: str, due_on: date, open_fen: int, today: date) -> bool:
    return state == AdvanceState.PAID and open_fen > 0 and due_on < today


def guarantor_by(due_on: date, months: int) -> date:
    """Until when the guarantor repays what the person did not."""
    return add_months(due_on, months)


def payable_from(asked_on: date, amount: int, notice_over: int, notice_days: int) -> date:
    """The first day it may be paid out: a large sum needs notice (超过: strictly above)."""
    return asked_on + timedelta(days=notice_days) if amount > notice_over else asked_on
