"""Scripts: the buying stages of the source with what to say, when to go on, and what may not be said."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from callcenter.kit.errors import BadInput
from crm_sync.customers.schemas import NO_NUL

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=NO_NUL)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000, pattern=NO_NUL)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class StageName(StrEnum):
    """7.3.1 三.2(3): felt need, rational need (function, price, convenience), trust (confidence, brand)."""

    FELT_NEED = "felt_need"
    RATIONAL_NEED = "rational_need"
    TRUST = "trust"


class Branch(_Closed):
    """What the customer says, and where the talk goes then."""

    when: Line
    say: Text
    go_to: Key | None = None
    """Key of a step or of an objection; None: go on with the next step."""


class Step(_Closed):
    key: Key
    say: Text
    hint: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000, pattern=NO_NUL)] = ""
    """For the agent's eyes."""
    branches: list[Branch] = Field(default=[], max_length=12)


class ScriptStage(_Closed):
    stage: StageName
    title: Line
    goal: Text
    """When this stage is reached."""
    steps: list[Step] = Field(min_length=1, max_length=20)


class Objection(_Closed):
    key: Key
    objection: Line
    answer: Text


class Forbidden(_Closed):
    """A statement that may not be made, with the law that says so."""

    statement: Line
    law: Line


class ScriptContent(_Closed):
    """`{name}`, `{agent}`, `{company}`, `{posted_on}` and `{brochure}` are filled in on the screen."""

    language: Literal["zh", "en"]
    product: Line
    opening: Text
    stages: list[ScriptStage] = Field(min_length=3, max_length=3)
    objections: list[Objection] = Field(default=[], max_length=40)
    closing: Text
    must_say: list[Text] = Field(default=[], max_length=20)
    """What has to be told before an order is taken: returns, no substitute for medicine."""
    forbidden: list[Forbidden] = Field(min_length=1, max_length=40)

    @model_validator(mode="after")
    def _whole(self) -> ScriptContent:
        if [stage.stage for stage in self.stages] != list(StageName):
            raise BadInput(
                field="content.stages",
                problem_zh="话术阶段须依次为：感性需求、理性需求、认知需求",
                problem_en="the stages must be felt_need, rational_need, trust, in this order",
            )
        keys = [step.key for stage in self.stages for step in stage.steps] + [one.key for one in self.objections]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise BadInput(
                field="content",
                problem_zh=f"重复的标识：{'、'.join(twice)}",
                problem_en=f"the same key twice: {', '.join(twice)}",
            )
        nowhere = sorted(
            {
                branch.go_to
                for stage in self.stages
                for step in stage.steps
                for branch in step.branches
                if branch.go_to is not None and branch.go_to not in keys
            }
        )
        if nowhere:
            raise BadInput(
                field="content.stages.branches.go_to",
                problem_zh=f"分支指向不存在的步骤：{'、'.join(nowhere)}",
                problem_en=f"a branch leads nowhere: {', '.join(nowhere)}",
            )
        return self

    def spoken(self) -> list[str]:
        """Every text that is said to the customer."""
        said = [self.opening, self.closing]
        for stage in self.stages:
            for step in stage.steps:
                said += [step.say, *(branch.say for branch in step.branches)]
        return said + [one.answer for one in self.objections]


class ScriptNew(_Closed):
    """Posting a name that exists makes its next version; a version is never changed."""

    name: Line
    content: ScriptContent


class ScriptRow(BaseModel):
    id: UUID
    name: str
    version: int
    language: str
    product: str
    created_at: datetime


class ScriptDetail(ScriptRow):
    content: ScriptContent
