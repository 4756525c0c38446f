"""/api/backoffice/settings: every number of every rule, with its source."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from backoffice.kit.policy import CATALOGUE
from backoffice.policies import service
from backoffice.roles.access import Administrator, OfficeActor
from callcenter.kit.http import PROBLEMS, DbSession, Now

router = APIRouter(prefix="/api/backoffice/settings", tags=["back office: settings"], responses=PROBLEMS)


class SettingRow(BaseModel):
    room: str
    name: str
    value: Any
    default: Any
    source: str
    """S the source text · H a handbook · C open-source practice · D a proposal of ours."""
    zh: str
    en: str


class SettingChange(BaseModel):
    value: Any = None
    """None sets it back to its default."""


async def _rows(session: DbSession) -> list[SettingRow]:
    rows = []
    for room, policy in sorted(CATALOGUE.items()):
        current = (await service.load(session, policy)).model_dump(mode="json")
        defaults = policy().model_dump(mode="json")
        for name, field in policy.model_fields.items():
            extra: dict[str, Any] = field.json_schema_extra or {}  # type: ignore[assignment]
            rows.append(
                SettingRow(
                    room=room,
                    name=name,
                    value=current[name],
                    default=defaults[name],
                    source=extra["source"],
                    zh=extra["zh"],
                    en=field.description or name,
                )
            )
    return rows


@router.get("")
async def all_settings(session: DbSession, _: OfficeActor) -> list[SettingRow]:
    return await _rows(session)


@router.put("/{room}/{name}")
async def change(
    session: DbSession, now: Now, by: Administrator, room: str, name: str, body: SettingChange
) -> SettingRow:
    await service.change(session, now, by, room, name, body.value)
    return next(row for row in await _rows(session) if (row.room, row.name) == (room, name))
