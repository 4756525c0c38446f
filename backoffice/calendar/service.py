"""The calendar as the rules want it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, select
from sqlmodel import col

from backoffice.calendar.models import OfficeDay
from backoffice.calendar.rules import CompanyPolicy
from backoffice.kit.dates import Calendar
from backoffice.policies import service as policies
from callcenter.kit.db import Session
from callcenter.people.audit import audit
from callcenter.people.models import User


async def load(session: Session) -> Calendar:
    policy = await policies.load(session, CompanyPolicy)
    days = await session.execute(select(col(OfficeDay.day), col(OfficeDay.working)))
    off: set[date] = set()
    on: set[date] = set()
    for day, working in days:
        (on if working else off).add(day)
    return Calendar(policy.day_counting, frozenset(off), frozenset(on))


async def year(session: Session, number: int) -> list[OfficeDay]:
    rows = await session.scalars(
        select(OfficeDay)
        .where(col(OfficeDay.day).between(date(number, 1, 1), date(number, 12, 31)))
        .order_by(col(OfficeDay.day))
    )
    return list(rows)


async def set_day(
    session: Session, now: datetime, by: User | None, day: date, working: bool | None, note: str = ""
) -> None:
    """Say that `day` is (not) worked; None: as the week's pattern says."""
    await session.execute(delete(OfficeDay).where(col(OfficeDay.day) == day))
    if working is not None:
        session.add(OfficeDay(day=day, working=working, note=note))
        await session.flush()
    await audit(session, now, by, "office_day_set", "office_day", day.isoformat(), {"working": working})
