"""Dispositions on the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from callcenter.kit.errors import BadInput
from campaigns.followups.models import FollowUpCase
from campaigns.leads.models import ClosedReason
from campaigns.rhythm.rules import Grade, Sorting
from crm_sync.customers.schemas import NO_NUL

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=NO_NUL)]
MAX_RETRY_S = 60 * 86_400


class DispositionFlags(BaseModel):
    """What follows from a result. See dispositions.models.Disposition."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    name_zh: Name
    name_en: Name
    position: int = Field(default=0, ge=0, le=10_000)
    active: bool = True
    person: bool = True
    right_party: bool = True
    sale: bool = False
    refusal: bool = False
    do_not_call: bool = False
    callback: bool = False
    follow_up_case: FollowUpCase | None = None
    closes_lead: ClosedReason | None = None
    retry_after_s: int | None = Field(default=None, ge=0, le=MAX_RETRY_S)
    sorting: Sorting | None = None
    grade: Grade | None = None

    @model_validator(mode="after")
    def _consistent(self) -> DispositionFlags:
        wrong: list[tuple[bool, str, str, str]] = [
            (self.sale and self.refusal, "sale", "成交与拒绝不能同时勾选", "a sale cannot be a refusal"),
            (self.sale and self.callback, "callback", "成交不能同时要求回电", "a sale cannot ask for a callback"),
            (
                self.closes_lead is not None and (self.callback or self.follow_up_case is not None),
                "closes_lead",
                "关闭线索的结果不能再有回电或跟进",
                "what closes the lead leaves nothing to call back or follow up",
            ),
            (
                self.grade is not None and self.follow_up_case in (None, FollowUpCase.NOT_REACHED),
                "grade",
                "只有需要跟进的谈话结果才有跟进等级",
                "only a talk that is followed up has a grade",
            ),
            (
                self.refusal and not self.do_not_call,
                "do_not_call",
                "拒绝即为最终拒绝，必须同时列入禁呼",
                "a refusal is final: it must put the number on the do-not-call list",
            ),
            (
                self.right_party and not self.person,
                "right_party",
                "没有人接听就不可能是本人",
                "without a person it cannot be the right person",
            ),
        ]
        for is_wrong, field, zh, en in wrong:
            if is_wrong:
                raise BadInput(field=field, problem_zh=zh, problem_en=en)
        return self


class DispositionNew(DispositionFlags):
    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class DispositionRow(DispositionNew):
    pass
