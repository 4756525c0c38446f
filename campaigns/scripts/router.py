"""REST: scripts. A name has versions; a version is never changed."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from callcenter.kit.http import PROBLEMS, DbSession, Now
from callcenter.kit.paging import MAX_PAGE, Page
from callcenter.people.access import CurrentUser, require
from callcenter.people.audit import audit
from callcenter.people.models import Role, User
from campaigns.scripts import service
from campaigns.scripts.models import Script
from campaigns.scripts.schemas import ScriptContent, ScriptDetail, ScriptNew, ScriptRow

router = APIRouter(prefix="/api/scripts", tags=["scripts"], responses=PROBLEMS)

Writer = Annotated[User, Depends(require(Role.MARKETING, Role.SUPERVISOR))]


def _row(script: Script) -> ScriptRow:
    return ScriptRow(
        id=script.id,
        name=script.name,
        version=script.version,
        language=script.content["language"],
        product=script.content["product"],
        created_at=script.created_at,
    )


def _detail(script: Script) -> ScriptDetail:
    content = ScriptContent.model_validate(script.content)
    return ScriptDetail(**_row(script).model_dump(), content=content)


@router.get("", summary="Scripts, by default their newest versions")
async def list_scripts(
    session: DbSession,
    _user: CurrentUser,
    newest_only: bool = True,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Page[ScriptRow]:
    rows, total = await service.page(session, limit, offset, newest_only=newest_only)
    return Page(rows=[_row(row) for row in rows], total=total)


@router.post("", status_code=201, summary="A new script, or the next version of one")
async def create_script(body: ScriptNew, session: DbSession, now: Now, user: Writer) -> ScriptDetail:
    row = await service.create(session, body, now, user.id)
    await audit(session, now, user, "script_created", "script", str(row.id), {"version": row.version})
    return _detail(row)


@router.get("/{script_id}", summary="One version of a script")
async def get_script(script_id: UUID, session: DbSession, _user: CurrentUser) -> ScriptDetail:
    return _detail(await service.get(session, script_id))
