"""Who is asking, with their duties. Every back-office route depends on one of these two.

Administrators look at everything, hand out duties and set the numbers, but sign no document by being
administrators: a duty has to be granted, and that grant is on record.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from backoffice.kit.duties import Actor
from backoffice.roles import service
from callcenter.kit.http import DbSession
from callcenter.people.access import require
from callcenter.people.models import Role, User

OfficeUser = Annotated[User, Depends(require(Role.BACK_OFFICE))]
Administrator = Annotated[User, Depends(require())]


async def _actor(session: DbSession, user: OfficeUser) -> Actor:
    return await service.actor_of(session, user)


OfficeActor = Annotated[Actor, Depends(_actor)]
