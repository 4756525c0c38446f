"""REST: how long personal data is kept."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from callcenter.kit.http import PROBLEMS, DbSession, Now
from callcenter.kit.paging import MAX_PAGE, Page
from callcenter.people.access import require
from callcenter.people.audit import audit
from callcenter.people.models import Role, User
from campaigns.retention import service
from campaigns.retention.rules import Kind
from campaigns.retention.schemas import RetentionRunRow, RetentionTermChange, RetentionTermRow

router = APIRouter(prefix="/api/retention", tags=["privacy"], responses=PROBLEMS)

Reader = Annotated[User, Depends(require(Role.SUPERVISOR))]
Writer = Annotated[User, Depends(require())]


@router.get("", summary="How long each kind of personal data is kept, and what law says of it")
async def list_terms(session: DbSession, _user: Reader) -> Page[RetentionTermRow]:
    rows = await service.table(session)
    return Page(rows=rows, total=len(rows))


@router.get("/runs", summary="What the nights took out, newest first")
async def list_runs(
    session: DbSession,
    _user: Reader,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Page[RetentionRunRow]:
    rows, total = await service.run_rows(session, limit, offset)
    return Page(rows=[RetentionRunRow.model_validate(row) for row in rows], total=total)


@router.put("/{kind}", summary="Set how long a kind is kept; never less than the law lets")
async def change_term(
    kind: Kind, body: RetentionTermChange, session: DbSession, now: Now, user: Writer
) -> RetentionTermRow:
    await service.change(session, kind, body, now, user.id)
    detail = {"days": body.days, "active": body.active}
    await audit(session, now, user, "retention_changed", "retention_term", kind.value, detail)
    return next(row for row in await service.table(session) if row.kind is kind)
