"""Giving and taking duties; asking who holds them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import col

from backoffice.kit.duties import Actor, OfficeRole
from backoffice.roles.models import OfficeRoleGrant
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, NotFound
from callcenter.people.audit import audit
from callcenter.people.models import Role, User


async def roles_of(session: Session, user_id: UUID) -> frozenset[OfficeRole]:
    rows = await session.scalars(select(col(OfficeRoleGrant.role)).where(col(OfficeRoleGrant.user_id) == user_id))
    return frozenset(OfficeRole(role) for role in rows)


async def actor_of(session: Session, user: User) -> Actor:
    return Actor(user.id, user.name, await roles_of(session, user.id))


async def holders(session: Session, role: OfficeRole) -> list[UUID]:
    """Active people who hold `role`."""
    rows = await session.scalars(
        select(col(OfficeRoleGrant.user_id))
        .join(User, col(User.id) == col(OfficeRoleGrant.user_id))
        .where(col(OfficeRoleGrant.role) == role.value, col(User.active))
        .order_by(col(User.name))
    )
    return list(rows)


async def set_roles(
    session: Session, now: datetime, by: User | None, user_id: UUID, roles: Iterable[OfficeRole]
) -> frozenset[OfficeRole]:
    """The person holds exactly `roles` from now on. Only people who sign in to the back office hold duties."""
    user = await session.get(User, user_id, with_for_update=True)
    if user is None:
        raise NotFound(what_zh="用户", what_en="user", id=user_id)
    wanted = frozenset(roles)
    if wanted and user.role not in (Role.BACK_OFFICE.value, Role.ADMINISTRATOR.value):
        raise BadInput(
            field="user_id",
            problem_zh="该用户的登录角色不是“后台”",
            problem_en="this person's sign-in role is not 'back office'",
            mend_zh="请先将其登录角色改为“后台”。",
            mend_en="Give them the sign-in role 'back office' first.",
        )
    held = await roles_of(session, user_id)
    await session.execute(
        delete(OfficeRoleGrant).where(
            col(OfficeRoleGrant.user_id) == user_id, col(OfficeRoleGrant.role).in_([r.value for r in held - wanted])
        )
    )
    session.add_all(
        OfficeRoleGrant(user_id=user_id, role=role.value, granted_by=by.id if by else None, granted_at=now)
        for role in sorted(wanted - held)
    )
    await session.flush()
    if held != wanted:
        detail = {"before": sorted(held), "after": sorted(wanted)}
        await audit(session, now, by, "office_roles_set", "user", str(user_id), detail)
    return wanted


async def everybody(session: Session) -> list[tuple[User, list[OfficeRole]]]:
    """All people who may hold duties, with those they hold."""
    users = await session.scalars(
        select(User)
        .where(col(User.role).in_([Role.BACK_OFFICE.value, Role.ADMINISTRATOR.value]))
        .order_by(col(User.name))
    )
    grants = await session.execute(select(col(OfficeRoleGrant.user_id), col(OfficeRoleGrant.role)))
    held: dict[UUID, list[OfficeRole]] = {}
    for user_id, role in grants:
        held.setdefault(user_id, []).append(OfficeRole(role))
    return [(user, sorted(held.get(user.id, []))) for user in users]
