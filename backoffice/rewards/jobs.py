"""Nightly and monthly: purchases are taken in, schemes begin, the month that ended is provided for."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from backoffice.kit.dates import month_end
from backoffice.policies import service as policies
from backoffice.rewards import engine, months, payouts, purchases, service
from backoffice.rewards.models import Provision, RewardScheme
from backoffice.rewards.rules import Kind, RewardPolicy
from callcenter.kit.db import Session

_BATCH = 1_000


async def collect(session: Session, _now: datetime, today: date) -> int:
    return await purchases.collect(session, today)


async def begin(session: Session, now: datetime, today: date) -> int:
    """Approved schemes whose first day has come."""
    found = (
        await session.scalars(
            select(col(RewardScheme.id)).where(
                col(RewardScheme.state) == "approved", col(RewardScheme.from_on) <= today
            )
        )
    ).all()
    for scheme_id in found:
        await service.begin(session, now, today, None, scheme_id, None)
    return len(found)


async def provide(session: Session, _now: datetime, today: date) -> int:
    """The year so far of each active scheme, once for each month that has ended; rows written."""
    last = today.replace(day=1) - timedelta(days=1)
    schemes = (
        await session.scalars(
            select(RewardScheme).where(
                col(RewardScheme.state) == "active", col(RewardScheme.from_on) <= last, col(RewardScheme.to_on) >= last
            )
        )
    ).all()
    made = 0
    for scheme in schemes:
        month = last.replace(day=1)
        known = select(func.count()).where(col(Provision.scheme_id) == scheme.id, col(Provision.month) == month)
        if not await session.scalar(known):
            made += await _provide(session, scheme, month, today)
    return made


async def _provide(session: Session, scheme: RewardScheme, month: date, today: date) -> int:
    policy = engine.readings(scheme, await policies.load(session, RewardPolicy))
    last = month_end(month)
    await months.refresh(session, scheme.from_on, last, today, policy.overdue_reading)
    table = await engine.tables(session, scheme.id)
    out = set(await payouts.out_of(session, scheme.id))
    rows: list[dict[str, object]] = []
    made = 0
    async for result in engine.years(session, scheme.from_on, last, table, policy):
        if result.dealer.id not in out:
            rows.append(
                {"scheme_id": scheme.id, "dealer_id": result.dealer.id, "month": month}
                | {f"{kind.value}_fen": result.total(kind) for kind in Kind}
            )
        if len(rows) >= _BATCH:
            made += await _write(session, rows)
            rows = []
    return made + await _write(session, rows)


async def _write(session: Session, rows: list[dict[str, object]]) -> int:
    if rows:
        await session.execute(insert(Provision), rows)
    return len(rows)
