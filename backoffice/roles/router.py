"""/api/backoffice/roles: who holds which duty."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from backoffice.kit.duties import ROLE_NAMES
from backoffice.roles import service
from backoffice.roles.access import Administrator, OfficeActor
from backoffice.roles.schemas import RolesChange, RolesRow, RoleWord
from callcenter.kit.http import PROBLEMS, DbSession, Now
from callcenter.people.service import get_user

router = APIRouter(prefix="/api/backoffice/roles", tags=["back office: roles"], responses=PROBLEMS)


@router.get("")
async def everybody(session: DbSession, _: OfficeActor) -> list[RolesRow]:
    return [
        RolesRow(user_id=user.id, name=user.name, active=user.active, roles=held)
        for user, held in await service.everybody(session)
    ]


@router.get("/words")
async def role_words(_: OfficeActor) -> list[RoleWord]:
    return [RoleWord(role=role, zh=zh, en=en) for role, (zh, en) in ROLE_NAMES.items()]


@router.get("/mine")
async def mine(actor: OfficeActor) -> RolesRow:
    return RolesRow(user_id=actor.user_id, name=actor.name, active=True, roles=sorted(actor.roles))


@router.put("/{user_id}")
async def set_roles(session: DbSession, now: Now, by: Administrator, user_id: UUID, change: RolesChange) -> RolesRow:
    """The person holds exactly these duties from now on."""
    held = await service.set_roles(session, now, by, user_id, change.roles)
    user = await get_user(session, user_id)
    return RolesRow(user_id=user.id, name=user.name, active=user.active, roles=sorted(held))
