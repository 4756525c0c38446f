"""REST: talks whose agent vanished before saving the result."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from agent_ui.unresulted import service
from agent_ui.unresulted.schemas import ResultOnBehalf, UnresultedCall
from callcenter.agents.service import GRACE_S
from callcenter.kit.http import PROBLEMS, DbSession, Now
from callcenter.kit.paging import MAX_PAGE, Page
from callcenter.people.access import require
from callcenter.people.models import Role, User

router = APIRouter(prefix="/api/unresulted-calls", tags=["dispositions"], responses=PROBLEMS)

Supervisor = Annotated[User, Depends(require(Role.SUPERVISOR))]


@router.get("", summary="Talks without a result whose agent is away, the longest waiting first")
async def list_unresulted(
    session: DbSession,
    now: Now,
    _user: Supervisor,
    away_min: Annotated[float, Query(ge=GRACE_S / 60, le=1440)] = service.AWAY_MIN,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Page[UnresultedCall]:
    """`away_min`: real minutes since the agent's console was last there."""
    rows, total = await service.page(session, now, away_min, limit, offset)
    return Page(rows=rows, total=total)


@router.post("/{call_id}/result", status_code=204, summary="Save the result in place of the agent, on the record")
async def save_result(call_id: UUID, body: ResultOnBehalf, session: DbSession, now: Now, user: Supervisor) -> None:
    await service.save(session, now, user, call_id, body)
