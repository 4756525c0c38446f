"""/api/backoffice/calendar: holidays and working weekends."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from backoffice.calendar import service
from backoffice.roles.access import Administrator, OfficeActor
from callcenter.kit.http import PROBLEMS, DbSession, Now

router = APIRouter(prefix="/api/backoffice/calendar", tags=["back office: calendar"], responses=PROBLEMS)


class DayRow(BaseModel):
    day: date
    working: bool
    note: str


class DayChange(BaseModel):
    working: bool | None = None
    """None: as the week's pattern says."""
    note: str = Field(default="", max_length=100)


@router.get("/{year}")
async def year(session: DbSession, _: OfficeActor, year: Annotated[int, Path(ge=1900, le=2200)]) -> list[DayRow]:
    """The days of a year that differ from Monday-to-Friday."""
    return [DayRow(day=row.day, working=row.working, note=row.note) for row in await service.year(session, year)]


@router.put("/{day}", status_code=204)
async def set_day(session: DbSession, now: Now, by: Administrator, day: date, body: DayChange) -> None:
    await service.set_day(session, now, by, day, body.working, body.note)
