"""REST: the table of results that agents choose from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from sqlmodel import col, select

from callcenter.kit.errors import BadInput, NotFound
from callcenter.kit.http import PROBLEMS, DbSession, Now
from callcenter.kit.paging import Page
from callcenter.people.access import CurrentUser, require
from callcenter.people.audit import audit
from callcenter.people.models import Role, User
from campaigns.dispositions.defaults import default_dispositions
from campaigns.dispositions.models import Disposition
from campaigns.dispositions.schemas import DispositionFlags, DispositionNew, DispositionRow

router = APIRouter(prefix="/api/dispositions", tags=["dispositions"], responses=PROBLEMS)

Writer = Annotated[User, Depends(require(Role.SUPERVISOR, Role.MARKETING))]
Code = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


@router.get("", summary="Results of calls, in the order of the agents' list")
async def list_dispositions(
    session: DbSession, _user: CurrentUser, include_inactive: bool = False
) -> Page[DispositionRow]:
    statement = select(Disposition).order_by(col(Disposition.position), Disposition.code)
    if not include_inactive:
        statement = statement.where(col(Disposition.active))
    rows = [DispositionRow.model_validate(row) for row in (await session.execute(statement)).scalars()]
    return Page(rows=rows, total=len(rows))


@router.get("/defaults", summary="The table a new installation starts with, to compare and to go back to")
async def list_defaults(_user: Writer) -> Page[DispositionRow]:
    rows = [DispositionRow.model_validate(row) for row in default_dispositions()]
    return Page(rows=rows, total=len(rows))


@router.post("", status_code=201, summary="A new result")
async def create_disposition(body: DispositionNew, session: DbSession, now: Now, user: Writer) -> DispositionRow:
    if await session.get(Disposition, body.code) is not None:
        raise BadInput(field="code", problem_zh="已有这个代码", problem_en="this code exists already")
    row = Disposition(**body.model_dump(mode="json"))
    session.add(row)
    await session.flush()
    await audit(session, now, user, "disposition_created", "disposition", body.code)
    return DispositionRow.model_validate(row)


@router.put("/{code}", summary="Change a result. What was saved with it before keeps its old flags.")
async def change_disposition(
    code: Code, body: DispositionFlags, session: DbSession, now: Now, user: Writer
) -> DispositionRow:
    row = await session.get(Disposition, code, with_for_update=True)
    if row is None:
        raise NotFound(what_zh="通话结果", what_en="disposition", id=code)
    given = body.model_dump(mode="json")
    changed = {name: [getattr(row, name), value] for name, value in given.items() if getattr(row, name) != value}
    for name, value in given.items():
        setattr(row, name, value)
    await session.flush()
    await audit(session, now, user, "disposition_changed", "disposition", code, changed)
    return DispositionRow.model_validate(row)
