"""Reading a room's numbers, and changing one."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import ColumnElement, Integer, String, cast, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from backoffice.kit.policy import CATALOGUE, Policy
from backoffice.policies.models import OfficeSetting
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, NotFound
from callcenter.people.audit import audit
from callcenter.people.models import User

P = TypeVar("P", bound=Policy)


async def load(session: Session, policy: type[P]) -> P:
    """The numbers of one room as they are now."""
    rows = await session.execute(
        select(col(OfficeSetting.name), col(OfficeSetting.value)).where(col(OfficeSetting.room) == policy.room)
    )
    return policy.model_validate({name: value for name, value in rows if name in policy.model_fields})


def in_query(policy: type[Policy], name: str) -> ColumnElement[int]:
    """A number of the settings inside a query, so that a list and the rules read the same."""
    stored = select(cast(OfficeSetting.value, String)).where(
        col(OfficeSetting.room) == policy.room, col(OfficeSetting.name) == name
    )
    return func.coalesce(cast(stored.scalar_subquery(), Integer), literal(getattr(policy(), name)))


async def change(session: Session, now: datetime, by: User | None, room: str, name: str, value: Any) -> Policy:
    """Set one number (None: back to its default). All of the room's numbers are checked together."""
    policy = CATALOGUE.get(room)
    if policy is None or name not in policy.model_fields:
        raise NotFound(what_zh="设置项", what_en="setting", id=f"{room}/{name}")
    before = await load(session, policy)
    values = before.model_dump(mode="json") | {name: value}
    if value is None:
        values.pop(name)
    try:
        after = policy.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or name
        raise BadInput(field=field, problem_zh=first["msg"], problem_en=first["msg"]) from None
    if value is None:
        await session.execute(
            delete(OfficeSetting).where(col(OfficeSetting.room) == room, col(OfficeSetting.name) == name)
        )
    else:
        stored = {"value": after.model_dump(mode="json")[name], "changed_by": by.id if by else None, "changed_at": now}
        await session.execute(
            insert(OfficeSetting)
            .values(room=room, name=name, **stored)
            .on_conflict_do_update(index_elements=["room", "name"], set_=stored)
        )
    detail = {"before": before.model_dump(mode="json")[name], "after": after.model_dump(mode="json")[name]}
    await audit(session, now, by, "office_setting_changed", "office_setting", f"{room}.{name}", detail)
    return after
