"""REST: the table of grades."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from callcenter.kit.http import PROBLEMS, DbSession, Now
from callcenter.kit.paging import Page
from callcenter.people.access import CurrentUser, require
from callcenter.people.audit import audit
from callcenter.people.models import Role, User
from campaigns.rhythm import service
from campaigns.rhythm.rules import Grade
from campaigns.rhythm.schemas import RhythmChange, RhythmRow

router = APIRouter(prefix="/api/follow-up-rhythms", tags=["follow-ups"], responses=PROBLEMS)

Writer = Annotated[User, Depends(require(Role.SUPERVISOR, Role.MARKETING))]


@router.get("", summary="At which pace each grade is followed up")
async def list_rhythms(session: DbSession, _user: CurrentUser) -> Page[RhythmRow]:
    rows = [RhythmRow.model_validate(row) for row in await service.table(session)]
    return Page(rows=rows, total=len(rows))


@router.put("/{grade}", summary="Change a grade's pace; open follow-ups keep their times")
async def change_rhythm(grade: Grade, body: RhythmChange, session: DbSession, now: Now, user: Writer) -> RhythmRow:
    row = await service.change(session, grade, body)
    detail = body.model_dump(mode="json", exclude={"version"})
    await audit(session, now, user, "follow_up_rhythm_changed", "follow_up_rhythm", grade.value, detail)
    return RhythmRow.model_validate(row)
