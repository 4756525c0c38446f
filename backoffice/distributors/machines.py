"""PURE: the state machines of M12."""

from __future__ import annotations

from enum import StrEnum

from backoffice.kit.duties import OfficeRole
from backoffice.kit.machine import Machine, Move, roles
from backoffice.kit.words import words

_R = OfficeRole
ANY = frozenset(OfficeRole)


class DistributorState(StrEnum):
    PROSPECT = "prospect"
    MATCHED = "matched"  # the four criteria are met
    CONTRACTED_DRAFT = "contracted_draft"  # REP has signed: a proposal
    REVIEWED = "reviewed"
    FILED = "filed"  # numbered, archived, on the list
    ACTIVE = "active"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


_D = DistributorState
LIVE = (_D.FILED, _D.ACTIVE, _D.SUSPENDED)
"""On the list of distributors."""

DISTRIBUTOR: Machine[DistributorState] = Machine(
    "distributor_record",
    DistributorState,
    _D.PROSPECT,
    (
        Move("edit", (_D.PROSPECT,), _D.PROSPECT, roles(_R.REP)),
        Move("match", (_D.PROSPECT,), _D.MATCHED, roles(_R.REP)),
        Move("unmatch", (_D.MATCHED,), _D.PROSPECT, roles(_R.REP)),
        Move("sign_up", (_D.MATCHED,), _D.CONTRACTED_DRAFT, roles(_R.REP)),
        Move("review", (_D.CONTRACTED_DRAFT,), _D.REVIEWED, roles(_R.SM)),
        Move("send_back", (_D.CONTRACTED_DRAFT, _D.REVIEWED), _D.MATCHED, roles(_R.SM, _R.CADM)),
        Move("file", (_D.REVIEWED,), _D.FILED, roles(_R.CADM)),
        Move("activate", (_D.FILED,), _D.ACTIVE, roles(_R.CADM, _R.SM)),
        Move("suspend", (_D.ACTIVE,), _D.SUSPENDED, roles(_R.SM, _R.CMO)),
        Move("resume", (_D.SUSPENDED,), _D.ACTIVE, roles(_R.SM, _R.CMO)),
        Move(
            "terminate",
            (_D.PROSPECT, _D.MATCHED, _D.CONTRACTED_DRAFT, _D.REVIEWED, _D.FILED, _D.ACTIVE, _D.SUSPENDED),
            _D.TERMINATED,
            roles(_R.SM, _R.CMO),
        ),
    ),
)


class FileChangeState(StrEnum):
    REPORTED = "reported"
    COLLECTED = "collected"
    FILED = "filed"
    REJECTED = "rejected"


_F = FileChangeState
FILE_CHANGE: Machine[FileChangeState] = Machine(
    "file_change",
    FileChangeState,
    _F.REPORTED,
    (
        Move("collect", (_F.REPORTED,), _F.COLLECTED, roles(_R.SM)),
        Move("file", (_F.COLLECTED,), _F.FILED, roles(_R.CADM)),
        # 五、1(4): what finance tells of a distributor's credit goes to CADM directly.
        Move("file_credit", (_F.REPORTED,), _F.FILED, roles(_R.CADM)),
        Move("reject", (_F.REPORTED, _F.COLLECTED), _F.REJECTED, roles(_R.SM, _R.CADM)),
    ),
)


class FileLoanState(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    LENT = "lent"
    BACK = "back"
    REJECTED = "rejected"


_L = FileLoanState
FILE_LOAN: Machine[FileLoanState] = Machine(
    "file_loan",
    FileLoanState,
    _L.REQUESTED,
    (
        Move("approve", (_L.REQUESTED,), _L.APPROVED, roles(_R.SM)),
        Move("reject", (_L.REQUESTED,), _L.REJECTED, roles(_R.SM)),
        Move("lend", (_L.APPROVED,), _L.LENT, roles(_R.CADM)),
        Move("take_back", (_L.LENT,), _L.BACK, roles(_R.CADM)),
    ),
)


class ComplaintState(StrEnum):
    RECEIVED = "received"
    CLASSIFIED = "classified"
    ESCALATED = "escalated"
    SOLVED = "solved"
    CLOSED = "closed"


_C = ComplaintState
COMPLAINT: Machine[ComplaintState] = Machine(
    "complaint",
    ComplaintState,
    _C.RECEIVED,
    (
        Move("classify", (_C.RECEIVED,), _C.CLASSIFIED, roles(_R.REP)),
        Move("solve", (_C.CLASSIFIED,), _C.SOLVED, roles(_R.REP)),
        Move("escalate", (_C.CLASSIFIED,), _C.ESCALATED, roles(_R.REP)),
        Move("solve_above", (_C.ESCALATED,), _C.SOLVED, roles(_R.SM, _R.CMO)),
        Move("reopen", (_C.SOLVED,), _C.ESCALATED, roles(_R.REP, _R.SM)),
        Move("close", (_C.SOLVED,), _C.CLOSED, roles(_R.REP, _R.SM)),
    ),
)


class PlanState(StrEnum):
    DRAFT = "draft"
    ISSUED = "issued"


_P = PlanState
CHANNEL_PLAN: Machine[PlanState] = Machine(
    "channel_plan",
    PlanState,
    _P.DRAFT,
    (
        Move("edit", (_P.DRAFT,), _P.DRAFT, roles(_R.SM, _R.CMO)),
        Move("issue", (_P.DRAFT,), _P.ISSUED, roles(_R.SM, _R.CMO)),
    ),
)


class ReviewedState(StrEnum):
    """Of what is decided by an approval: a grading standard, a year's grading, a credit, a key account."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"


_V = ReviewedState


def _reviewed(name: str, makers: frozenset[OfficeRole]) -> Machine[ReviewedState]:
    return Machine(
        name,
        ReviewedState,
        _V.DRAFT,
        (
            Move("edit", (_V.DRAFT,), _V.DRAFT, makers),
            Move("submit", (_V.DRAFT,), _V.SUBMITTED, makers),
            Move("approve", (_V.SUBMITTED,), _V.APPROVED),
            Move("reopen", (_V.SUBMITTED, _V.APPROVED), _V.DRAFT),
            Move("reject", (_V.SUBMITTED,), _V.REJECTED),
        ),
    )


GRADE_STANDARD = _reviewed("grade_standard", roles(_R.SM, _R.CMO))
GRADE_REVIEW = _reviewed("grade_review", roles(_R.SM, _R.CMO))
KEY_ACCOUNT = _reviewed("key_account", roles(_R.REP))


class RiskState(StrEnum):
    REPORTED = "reported"
    ANSWERED = "answered"


_I = RiskState
RISK_NOTICE: Machine[RiskState] = Machine(
    "risk_notice",
    RiskState,
    _I.REPORTED,
    (Move("answer", (_I.REPORTED,), _I.ANSWERED, roles(_R.FIN, _R.CRED)),),
)

MACHINES = (
    DISTRIBUTOR,
    FILE_CHANGE,
    FILE_LOAN,
    COMPLAINT,
    CHANNEL_PLAN,
    GRADE_STANDARD,
    GRADE_REVIEW,
    KEY_ACCOUNT,
    RISK_NOTICE,
)

words(
    distributor_record=("分销商", "distributor record"),
    file_change=("档案变更", "change of a file"),
    file_loan=("档案借阅", "loan of a file"),
    complaint=("投诉", "complaint"),
    channel_plan=("销售渠道规划", "channel plan"),
    grade_standard=("分级标准", "grading standard"),
    grade_review=("年度等级评定", "yearly grading"),
    key_account=("终端大客户开发申请", "application for an end key account"),
    risk_notice=("应收风险通报", "notice of credit risk"),
    prospect=("潜在", "prospect"),
    matched=("符合标准", "matched"),
    contracted_draft=("已签合同(待审)", "contract proposed"),
    reviewed=("经理已审", "reviewed"),
    filed=("已归档", "filed"),
    active=("启用", "active"),
    suspended=("暂停合作", "suspended"),
    match=("核对标准", "match with the criteria"),
    unmatch=("重新核对", "match anew"),
    sign_up=("签订合同", "sign up"),
    review=("审核(经理)", "review"),
    file=("归档", "file"),
    file_credit=("归档(信用)", "file the credit"),
    activate=("开始合作", "activate"),
    suspend=("暂停合作", "suspend"),
    resume=("恢复合作", "resume"),
    terminate=("终止合作", "terminate"),
    collected=("已汇总", "collected"),
    collect=("汇总", "collect"),
    classified=("已分类", "classified"),
    classify=("分类", "classify"),
    solved=("已处理", "solved"),
    solve=("处理", "solve"),
    solve_above=("上级处理", "solve above"),
)
