"""PURE: the state machines of M13."""

from __future__ import annotations

from enum import StrEnum

from backoffice.kit.duties import OfficeRole
from backoffice.kit.machine import Machine, Move, roles
from backoffice.kit.words import words

_R = OfficeRole


class SchemeState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    ACTIVE = "active"
    CLOSED = "closed"
    CALCULATED = "calculated"
    PAYOUT_SUBMITTED = "payout_submitted"
    PAYOUT_APPROVED = "payout_approved"
    PAID = "paid"


_S = SchemeState
_MAKERS = roles(_R.SM, _R.CMO, _R.FIN)
SCHEME: Machine[SchemeState] = Machine(
    "reward_scheme",
    SchemeState,
    _S.DRAFT,
    (
        Move("edit", (_S.DRAFT,), _S.DRAFT, _MAKERS),
        Move("submit", (_S.DRAFT,), _S.SUBMITTED, _MAKERS),
        Move("approve", (_S.SUBMITTED,), _S.APPROVED),
        Move("reopen", (_S.SUBMITTED, _S.APPROVED), _S.DRAFT),
        Move("begin", (_S.APPROVED,), _S.ACTIVE, roles(_R.FIN)),
        Move("close", (_S.ACTIVE,), _S.CLOSED, roles(_R.FIN)),
        Move("calculate", (_S.CLOSED, _S.CALCULATED, _S.PAYOUT_APPROVED), _S.CALCULATED, roles(_R.FIN)),
        Move("submit_payout", (_S.CALCULATED,), _S.PAYOUT_SUBMITTED, roles(_R.FIN)),
        Move("approve_payout", (_S.PAYOUT_SUBMITTED,), _S.PAYOUT_APPROVED),
        Move("refuse_payout", (_S.PAYOUT_SUBMITTED, _S.PAYOUT_APPROVED), _S.CALCULATED),
        Move("finish", (_S.PAYOUT_APPROVED,), _S.PAID, roles(_R.FIN)),
    ),
)


class StatementState(StrEnum):
    CALCULATED = "calculated"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"


_T = StatementState
REWARD_STATEMENT: Machine[StatementState] = Machine(
    "reward_statement",
    StatementState,
    _T.CALCULATED,
    (
        Move("confirm", (_T.CALCULATED, _T.DISPUTED), _T.CONFIRMED, roles(_R.REP)),
        Move("dispute", (_T.CALCULATED, _T.CONFIRMED), _T.DISPUTED, roles(_R.REP)),
        # A new calculation that says something else asks the dealer anew.
        Move("recalculate", (_T.CALCULATED, _T.CONFIRMED, _T.DISPUTED), _T.CALCULATED),
    ),
)


class PayoutState(StrEnum):
    """Whether an open one is held (no receipt, an investigation) is derived."""

    OPEN = "open"
    PAID = "paid"
    VOID = "void"


_P = PayoutState
REWARD_PAYOUT: Machine[PayoutState] = Machine(
    "reward_payout",
    PayoutState,
    _P.OPEN,
    (
        Move("receive", (_P.OPEN,), _P.OPEN, roles(_R.FIN)),
        Move("pay", (_P.OPEN,), _P.PAID, roles(_R.CASH)),
        Move("void", (_P.OPEN,), _P.VOID),
    ),
)


class ViolationState(StrEnum):
    REPORTED = "reported"
    INVESTIGATED = "under_investigation"
    CLEARED = "cleared"
    DISQUALIFIED = "disqualified"
    APPEALED = "appealed"
    UPHELD = "upheld"


_V = ViolationState
OPEN_VIOLATIONS = (_V.REPORTED, _V.INVESTIGATED, _V.APPEALED)
OUT = (_V.DISQUALIFIED, _V.UPHELD)
VIOLATION: Machine[ViolationState] = Machine(
    "reward_violation",
    ViolationState,
    _V.REPORTED,
    (
        Move("investigate", (_V.REPORTED,), _V.INVESTIGATED, roles(_R.SM, _R.MKT)),
        Move("acquit", (_V.REPORTED, _V.INVESTIGATED), _V.CLEARED, roles(_R.CMO)),
        Move("disqualify", (_V.INVESTIGATED,), _V.DISQUALIFIED, roles(_R.CMO)),
        Move("appeal", (_V.DISQUALIFIED,), _V.APPEALED, roles(_R.REP, _R.SM)),
        Move("grant_appeal", (_V.APPEALED,), _V.CLEARED, roles(_R.GM)),
        Move("dismiss_appeal", (_V.APPEALED,), _V.UPHELD, roles(_R.GM)),
    ),
)
MACHINES = (SCHEME, REWARD_STATEMENT, REWARD_PAYOUT, VIOLATION)

words(
    reward_scheme=("年终奖励方案", "reward scheme"),
    reward_statement=("奖励对账单", "reward statement"),
    reward_payout=("奖励发放", "payout of rewards"),
    reward_violation=("违规调查", "investigation"),
    calculated=("已计算", "calculated"),
    **{f"{of}.state.open": ("待发放", "to be paid") for of in ("reward_payout", "reward_payouts")},
    **{f"{of}.state.paid": ("已发放", "paid out") for of in ("reward_payout", "reward_payouts")},
    payout_submitted=("发放待批", "payout submitted"),
    payout_approved=("发放已批", "payout approved"),
    begin=("开始执行", "begin"),
    calculate=("计算", "calculate"),
    submit_payout=("提交发放", "submit the payout"),
    approve_payout=("批准发放", "approve the payout"),
    refuse_payout=("退回发放", "refuse the payout"),
    recalculate=("重新计算", "recalculate"),
    under_investigation=("调查中", "under investigation"),
    cleared=("已澄清", "cleared"),
    disqualified=("取消资格", "disqualified"),
    appealed=("申诉中", "appealed"),
    upheld=("维持取消", "upheld"),
    investigate=("立案调查", "investigate"),
    acquit=("澄清", "clear of suspicion"),
    disqualify=("取消资格", "disqualify"),
    appeal=("申诉", "appeal"),
    grant_appeal=("申诉成立", "grant the appeal"),
    dismiss_appeal=("驳回申诉", "dismiss the appeal"),
)
