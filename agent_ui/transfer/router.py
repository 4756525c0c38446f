"""REST: to whom an agent may pass a call on, or whom they may ask first."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from sqlalchemy import text

from callcenter.domain.agent import AgentState
from callcenter.kit.http import PROBLEMS, DbSession
from callcenter.people.access import require
from callcenter.people.models import Role, User
from callcenter.settings import Settings

router = APIRouter(prefix="/api/transfer-targets", tags=["sound"], responses=PROBLEMS)


class Colleague(BaseModel):
    """An agent on duty. `free`: could be asked, or given the call, now."""

    id: UUID
    name: str
    state: AgentState
    queue: str
    free: bool


class Queue(BaseModel):
    """A campaign's agents; `ready` of them are free now."""

    id: UUID
    name: str
    ready: int


class TransferTargets(BaseModel):
    agents: list[Colleague]
    queues: list[Queue]
    numbers: list[str]
    """Outside, as the installation allows."""


_AGENTS = text(
    "SELECT a.user_id AS id, a.name, a.state, coalesce(c.name, '') AS queue,"
    " a.socket_id IS NOT NULL AND a.state IN ('ready', 'on_break') AS free"
    " FROM agents a LEFT JOIN campaigns c ON c.id = a.queue_id"
    " WHERE a.state <> 'offline' AND a.user_id <> :me ORDER BY free DESC, a.name LIMIT 500"
)
_QUEUES = text(
    "SELECT c.id, c.name, (SELECT count(*) FROM agents a WHERE a.queue_id = c.id AND a.state = 'ready'"
    " AND a.socket_id IS NOT NULL AND a.user_id <> :me) AS ready"
    " FROM campaigns c WHERE c.state IN ('open', 'paused') ORDER BY c.name LIMIT 200"
)


@router.get("", summary="Agents on duty, queues, and numbers outside")
async def targets(
    request: Request, session: DbSession, user: Annotated[User, Depends(require(Role.AGENT))]
) -> TransferTargets:
    settings: Settings = request.app.state.settings
    found = (await session.execute(_AGENTS, {"me": user.id})).mappings()
    queues = (await session.execute(_QUEUES, {"me": user.id})).mappings()
    return TransferTargets(
        agents=[Colleague.model_validate(dict(row)) for row in found],
        queues=[Queue.model_validate(dict(row)) for row in queues],
        numbers=settings.transfer_number_list,
    )
