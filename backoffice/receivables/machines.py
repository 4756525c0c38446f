"""PURE: the state machines of M4. What follows from dates or sums is derived and is no state here."""

from __future__ import annotations

from enum import StrEnum

from backoffice.kit.duties import OfficeRole
from backoffice.kit.machine import Machine, Move, roles
from backoffice.kit.words import words

_R = OfficeRole


class InvoiceState(StrEnum):
    DRAFT = "draft"
    ISSUED = "issued"
    DISPUTED = "disputed"
    CANCELLED = "cancelled"


_I = InvoiceState
INVOICE: Machine[InvoiceState] = Machine(
    "invoice",
    InvoiceState,
    _I.DRAFT,
    (
        Move("issue", (_I.DRAFT,), _I.ISSUED, roles(_R.FIN)),
        Move("dispute", (_I.ISSUED,), _I.DISPUTED, roles(_R.REP, _R.SUP, _R.SM, _R.FIN)),
        Move("settle_dispute", (_I.DISPUTED,), _I.ISSUED, roles(_R.SM, _R.FIN)),
        Move("mark_quasi_bad", (_I.ISSUED,), _I.ISSUED, roles(_R.SM, _R.FIN)),
        Move("cancel", (_I.DRAFT, _I.ISSUED, _I.DISPUTED), _I.CANCELLED, roles(_R.FIN)),
    ),
)


class ReceiptState(StrEnum):
    RECORDED = "recorded"
    CONFIRMED = "confirmed"
    BOUNCED = "bounced"
    CANCELLED = "cancelled"


_P = ReceiptState
RECEIPT: Machine[ReceiptState] = Machine(
    "receipt",
    ReceiptState,
    _P.RECORDED,
    (
        Move("confirm", (_P.RECORDED,), _P.CONFIRMED, roles(_R.FIN)),
        Move("cancel", (_P.RECORDED,), _P.CANCELLED, roles(_R.CASH, _R.FIN)),
        Move("bounce", (_P.CONFIRMED,), _P.BOUNCED, roles(_R.FIN)),
    ),
)


class CreditNoteState(StrEnum):
    DRAFT = "draft"
    ISSUED = "issued"
    CANCELLED = "cancelled"


_C = CreditNoteState
CREDIT_NOTE: Machine[CreditNoteState] = Machine(
    "credit_note",
    CreditNoteState,
    _C.DRAFT,
    (
        Move("issue", (_C.DRAFT,), _C.ISSUED, roles(_R.FIN)),
        Move("cancel", (_C.DRAFT,), _C.CANCELLED, roles(_R.FIN, _R.SUP)),
    ),
)


class DunningState(StrEnum):
    DRAFT = "draft"
    SENT = "sent"
    ANSWERED = "answered"
    ESCALATED = "escalated"
    CANCELLED = "cancelled"


_U = DunningState
DUNNING: Machine[DunningState] = Machine(
    "dunning",
    DunningState,
    _U.DRAFT,
    (
        Move("send", (_U.DRAFT,), _U.SENT, roles(_R.FIN, _R.SUP, _R.REP)),
        Move("answer", (_U.SENT, _U.ANSWERED), _U.ANSWERED, roles(_R.REP, _R.SUP, _R.FIN)),
        Move("escalate", (_U.SENT, _U.ANSWERED), _U.ESCALATED, roles(_R.REP, _R.SM, _R.FIN)),
        Move("cancel", (_U.DRAFT,), _U.CANCELLED, roles(_R.FIN, _R.SM)),
    ),
)


class ExtensionState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"


_X = ExtensionState
EXTENSION: Machine[ExtensionState] = Machine(
    "extension",
    ExtensionState,
    _X.DRAFT,
    (
        Move("submit", (_X.DRAFT,), _X.SUBMITTED, roles(_R.REP)),
        Move("approve", (_X.SUBMITTED,), _X.APPROVED),
        Move("reject", (_X.SUBMITTED,), _X.REJECTED),
        Move("reopen", (_X.SUBMITTED, _X.APPROVED), _X.DRAFT),
    ),
)


class StatementState(StrEnum):
    DRAFT = "draft"
    SENT = "sent"
    CONFIRMED = "confirmed"
    DIFFERING = "differing"
    CLOSED = "closed"


_T = StatementState
STATEMENT: Machine[StatementState] = Machine(
    "statement",
    StatementState,
    _T.DRAFT,
    (
        Move("send", (_T.DRAFT,), _T.SENT, roles(_R.FIN)),
        Move("confirm", (_T.SENT, _T.DIFFERING), _T.CONFIRMED, roles(_R.REP)),
        Move("differ", (_T.SENT,), _T.DIFFERING, roles(_R.REP)),
        Move("explain", (_T.DIFFERING,), _T.DIFFERING, roles(_R.REP, _R.FIN)),
        Move("close", (_T.CONFIRMED, _T.DIFFERING), _T.CLOSED, roles(_R.FIN)),
    ),
)


class TaskState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    DONE = "done"


_K = TaskState
COLLECTION_TASK: Machine[TaskState] = Machine(
    "collection_task",
    TaskState,
    _K.OPEN,
    (
        Move("answer", (_K.OPEN, _K.ANSWERED), _K.ANSWERED, roles(_R.REP, _R.SM, _R.LEGAL)),
        Move("finish", (_K.OPEN, _K.ANSWERED), _K.DONE, roles(_R.SM, _R.FIN, _R.LEGAL)),
    ),
)

MACHINES = (INVOICE, RECEIPT, CREDIT_NOTE, DUNNING, EXTENSION, STATEMENT, COLLECTION_TASK)

words(
    invoice=("发票", "invoice"),
    receipt=("收款单", "receipt"),
    credit_note=("贷项通知单", "credit note"),
    dunning=("催款单", "dunning letter"),
    extension=("延期付款申请单", "extension request"),
    statement=("对账单", "statement of account"),
    collection_task=("催收任务", "collection task"),
    issued=("已开具", "issued"),
    disputed=("有争议", "disputed"),
    cancelled=("已取消", "cancelled"),
    recorded=("已登记", "recorded"),
    confirmed=("已确认", "confirmed"),
    bounced=("退票", "bounced"),
    sent=("已发出", "sent"),
    answered=("已答复", "answered"),
    escalated=("已上报", "escalated"),
    submitted=("已提交", "submitted"),
    differing=("有差异", "differing"),
    closed=("已关闭", "closed"),
    open=("未处理", "open"),
    done=("已完成", "done"),
    issue=("开具", "issue"),
    dispute=("提出争议", "dispute"),
    settle_dispute=("解决争议", "settle the dispute"),
    mark_quasi_bad=("列为准呆账", "mark as quasi-bad"),
    cancel=("取消", "cancel"),
    confirm=("确认", "confirm"),
    bounce=("退票", "bounce"),
    send=("发出", "send"),
    answer=("答复", "answer"),
    escalate=("上报", "escalate"),
    submit=("提交", "submit"),
    reopen=("重新打开", "reopen"),
    differ=("提出差异", "report a difference"),
    explain=("说明差异", "explain the difference"),
    close=("关闭", "close"),
    finish=("完成", "finish"),
    partly_paid=("部分付款", "partly paid"),
    paid=("已付清", "paid"),
    overdue=("逾期", "overdue"),
    credited=("已冲销", "credited"),
    problem=("问题账款", "problem account"),
    written_off=("已核销", "written off"),
    resolved=("已解决", "resolved"),
    settled=("已结清", "settled"),
    not_due=("未到期", "not due"),
    due=("到期", "due"),
    uncollected=("未收款", "uncollected"),
    under_collection=("催收款", "under collection"),
    quasi_bad=("准呆账", "quasi-bad"),
    bad=("呆账", "bad"),
)
