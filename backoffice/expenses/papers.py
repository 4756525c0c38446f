"""An expense claim on paper: its invoices, the set-off, the amount in words, who checked and approved it."""

from __future__ import annotations

from datetime import date

from backoffice.expenses.rules import capitals
from backoffice.expenses.schemas import ClaimOut
from backoffice.printing.paper import Both, Code, Fields, Money, Paper, Signatures, Table, Text, Value
from backoffice.printing.who import verdicts
from callcenter.kit.db import Session, zone_of

_STEPS = {
    "dept_approve": Both("部门主管", "department head"),
    "finance_check": Both("财务审核", "finance"),
    "pay": Both("出纳付款", "cashier"),
}


async def claim(session: Session, _today: date, shown: ClaimOut) -> Paper:
    lines: list[list[Value]] = [
        [x.spent_on, x.issuer, x.invoice_no, Code(x.invoice_type.value), Money(x.amount_fen), Money(x.tax_fen), x.note]
        for x in shown.lines
    ]
    kind = "expense_claim_late" if shown.post_approval else "expense_claim"
    done = {line.act: line for line in shown.timeline}
    hands = {
        act: (name, done[act].by, done[act].at.astimezone(zone_of(session)).date())
        for act, name in _STEPS.items()
        if act in done
    }
    return Paper(
        Both("费用报销单", "Expense claim"),
        shown.number,
        [
            Fields(
                [
                    (Both("报销人", "claimed by"), shown.applicant),
                    ("department", shown.department),
                    (Both("科目", "account"), f"{shown.account_code} {shown.account_name}"),
                    (Both("费用申请", "request"), shown.request_number),
                    (Both("提交日期", "submitted on"), shown.submitted_on),
                    (Both("付款日期", "paid on"), shown.paid_on),
                    (Both("事后审批", "approved afterwards"), shown.post_approval),
                ]
            ),
            Table(
                [
                    Both("日期", "date"),
                    Both("开票单位", "issuer"),
                    Both("发票号码", "invoice"),
                    Both("种类", "kind"),
                    "amount_fen",
                    Both("其中税额", "tax"),
                    "note",
                ],
                lines,
                [
                    "sum",
                    None,
                    None,
                    None,
                    Money(sum(x.amount_fen for x in shown.lines)),
                    Money(sum(x.tax_fen for x in shown.lines)),
                    None,
                ],
                widths=(1.2, 1.7, 2.6, 1.5, 1.2, 1, 1),
            ),
            Fields(
                [
                    (Both("报销金额", "claimed"), Money(shown.amount_fen)),
                    (Both("金额大写", "in words"), capitals(shown.amount_fen)),
                    (Both("冲抵借款", "set off against advances"), Money(shown.set_off_fen)),
                    (Both("应付", "to be paid out"), Money(shown.payout_fen)),
                    (Both("应退回", "to be given back"), Money(shown.give_back_fen)),
                ]
            ),
            *([Text(shown.reason, title="note")] if shown.reason else []),
            Signatures(
                [
                    (Both("报销人", "claimed by"), shown.applicant, shown.submitted_on),
                    *(hands[act] for act in ("dept_approve", "finance_check") if act in hands),
                    *await verdicts(session, kind, shown.id),
                    hands.get("pay", (_STEPS["pay"], None, None)),
                    (Both("领款人", "received by"), None, None),
                ]
            ),
        ],
        on=shown.submitted_on,
        status=Code(shown.state),
    )
