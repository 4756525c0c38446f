"""PURE: the nine steps, and the exits."""

from __future__ import annotations

from enum import StrEnum

from backoffice.kit.duties import OfficeRole
from backoffice.kit.machine import Machine, Move, roles
from backoffice.kit.words import words

_R = OfficeRole


class Step(StrEnum):
    """Each names what has been reached; the command to the next one is the gate."""

    UNDERSTANDING = "understanding"
    FORM_SUBMITTED = "form_submitted"
    RESERVATION_SIGNED = "reservation_signed"
    SITE_ASSESSED = "site_assessed"
    PLAN_AGREED = "plan_agreed"
    CONTRACTED = "contracted"
    LICENSING = "licensing"
    PRE_OPENING = "pre_opening"
    OPEN_SUPPORTED = "open_supported"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    TERMINATED = "terminated"


_S = Step
_HQ = roles(_R.SM, _R.CMO)
_FIELD = roles(_R.REP, _R.MKT)
BEFORE_CONTRACT = (_S.UNDERSTANDING, _S.FORM_SUBMITTED, _S.RESERVATION_SIGNED, _S.SITE_ASSESSED, _S.PLAN_AGREED)
FRANCHISE: Machine[Step] = Machine(
    "franchise_application",
    Step,
    _S.UNDERSTANDING,
    (
        Move("edit", (_S.UNDERSTANDING,), _S.UNDERSTANDING, _FIELD),
        Move("submit_form", (_S.UNDERSTANDING,), _S.FORM_SUBMITTED, _FIELD),
        Move("reserve", (_S.FORM_SUBMITTED,), _S.RESERVATION_SIGNED, _HQ),
        Move("assess_site", (_S.RESERVATION_SIGNED,), _S.SITE_ASSESSED, _HQ),
        Move("agree_plan", (_S.SITE_ASSESSED,), _S.PLAN_AGREED, _HQ),
        Move("sign_contract", (_S.PLAN_AGREED,), _S.CONTRACTED, _HQ),
        Move("begin_licensing", (_S.CONTRACTED,), _S.LICENSING, _HQ | _FIELD),
        Move("licensed", (_S.LICENSING,), _S.PRE_OPENING, _HQ),
        Move("open_store", (_S.PRE_OPENING,), _S.OPEN_SUPPORTED, _HQ),
        Move("reject", (_S.FORM_SUBMITTED, _S.RESERVATION_SIGNED, _S.SITE_ASSESSED), _S.REJECTED, _HQ),
        Move("withdraw", BEFORE_CONTRACT, _S.WITHDRAWN, _FIELD),
        Move("expire", (_S.RESERVATION_SIGNED, _S.SITE_ASSESSED, _S.PLAN_AGREED), _S.EXPIRED),
        Move("terminate", (_S.CONTRACTED, _S.LICENSING, _S.PRE_OPENING, _S.OPEN_SUPPORTED), _S.TERMINATED, _HQ),
    ),
)
MACHINES = (FRANCHISE,)

words(
    franchise_application=("加盟申请", "franchise application"),
    understanding=("了解方案", "understanding"),
    form_submitted=("已申请加盟", "form submitted"),
    reservation_signed=("已签预约", "reservation signed"),
    site_assessed=("地点已评估", "site assessed"),
    plan_agreed=("计划已商定", "plan agreed"),
    contracted=("已签加盟合同", "contracted"),
    licensing=("办理证照", "licensing"),
    pre_opening=("开业筹备", "before the opening"),
    open_supported=("已开业(支持)", "open, supported"),
    submit_form=("提交申请", "apply"),
    reserve=("审查合格并签预约", "qualify and reserve"),
    assess_site=("评估地点", "assess the site"),
    agree_plan=("商定计划", "agree on the plan"),
    sign_contract=("签约", "sign the contract"),
    begin_licensing=("开始办证", "begin licensing"),
    licensed=("证照齐全", "papers complete"),
    open_store=("开业", "open the store"),
)
