"""Reading and locking leads. The order of the front is that of `schedule.rules.order_key`, kept by indexes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from callcenter.kit.db import Session
from campaigns.leads.models import READY, Lead, LeadState

# A loose index scan: one probe of ix_leads_pick a zone, not one a lead.
_ZONES = text(
    f"""
    WITH RECURSIVE zones AS (
      (SELECT timezone FROM leads WHERE campaign_id = :campaign AND {READY} ORDER BY timezone LIMIT 1)
      UNION ALL
      SELECT (SELECT timezone FROM leads WHERE campaign_id = :campaign AND {READY} AND timezone > zones.timezone
              ORDER BY timezone LIMIT 1)
      FROM zones WHERE zones.timezone IS NOT NULL
    )
    SELECT timezone FROM zones WHERE timezone IS NOT NULL
    """
)
_WAKE = text(
    """
    UPDATE leads SET not_before = NULL WHERE id IN (
      SELECT id FROM leads
      WHERE campaign_id = :campaign AND state = 'open' AND call_id IS NULL AND callback_at IS NULL
        AND follow_up_at IS NULL AND not_before IS NOT NULL AND not_before <= :now
      ORDER BY not_before, last_day LIMIT :limit FOR UPDATE SKIP LOCKED)
    """
)
FRONT = text(
    f"""
    SELECT id FROM leads
    WHERE campaign_id = :campaign AND timezone = :zone AND {READY}
      AND last_day BETWEEN :today AND :furthest AND first_day <= :today AND id <> ALL(CAST(:seen AS uuid[]))
    ORDER BY last_day, attempts, score DESC LIMIT :limit FOR UPDATE SKIP LOCKED
    """
)
# The same leads and order, locked by nobody: what the pacer is told of the calls it would launch.
_PEEK = text(
    f"""
    SELECT l.timezone, l.last_day, l.attempts, l.call_no, l.score, c.source FROM (
      SELECT * FROM leads
      WHERE campaign_id = :campaign AND timezone = :zone AND {READY}
        AND last_day BETWEEN :today AND :furthest AND first_day <= :today
      ORDER BY last_day, attempts, score DESC LIMIT :limit) l
    JOIN customers c ON c.id = l.customer_id
    """
)
# The same, of those who were never called: by the same index, which skips within each last day.
UNTRIED = text(
    f"""
    SELECT id FROM leads
    WHERE campaign_id = :campaign AND timezone = :zone AND {READY} AND attempts = 0
      AND last_day BETWEEN :today AND :furthest AND first_day <= :today AND id <> ALL(CAST(:seen AS uuid[]))
    ORDER BY last_day, score DESC LIMIT :limit FOR UPDATE SKIP LOCKED
    """
)
# The agent who promised the call comes first; when they are away, or late, anyone may keep the promise.
_CALLBACKS = text(
    """
    SELECT id FROM leads
    WHERE campaign_id = :campaign AND state = 'open' AND call_id IS NULL AND callback_at IS NOT NULL
      AND id <> ALL(CAST(:seen AS uuid[])) AND callback_at <= :now AND (not_before IS NULL OR not_before <= :now)
      AND (CAST(:agent AS uuid) IS NULL OR callback_agent_id IS NULL OR callback_agent_id = :agent
           OR callback_at <= :owner_until
           OR NOT EXISTS (SELECT 1 FROM agents a WHERE a.user_id = callback_agent_id
                          AND a.queue_id = coalesce((SELECT host_id FROM campaign_mix m
                                                     WHERE m.campaign_id = leads.campaign_id), leads.campaign_id)
                          AND a.state NOT IN ('offline', 'on_break')))
    ORDER BY callback_at, score DESC LIMIT :limit FOR UPDATE SKIP LOCKED
    """
)
_FOLLOW_UPS = text(
    """
    SELECT id FROM leads
    WHERE campaign_id = :campaign AND state = 'open' AND call_id IS NULL AND callback_at IS NULL
      AND id <> ALL(CAST(:seen AS uuid[])) AND follow_up_at IS NOT NULL AND follow_up_at <= :now
      AND (not_before IS NULL OR not_before <= :now)
    ORDER BY follow_up_at LIMIT :limit FOR UPDATE SKIP LOCKED
    """
)
# Whoever was refused because of a call sleeps for a minute at most: this call's end, or another's, wakes them. A lead
# that is locked is being decided about at this instant, and is left to its decider.
_FREED = text(
    """
    WITH theirs AS (
      SELECT phone FROM customers WHERE id = :customer
      UNION SELECT phone FROM customer_phones WHERE customer_id = :customer)
    , people AS (
      SELECT c.id FROM customers c JOIN theirs ON theirs.phone = c.phone
      UNION SELECT p.customer_id FROM customer_phones p JOIN theirs ON theirs.phone = p.phone)
    UPDATE leads SET not_before = NULL WHERE id IN (
      SELECT l.id FROM leads l JOIN people ON people.id = l.customer_id
      WHERE l.id <> :but AND l.state = 'open' AND l.call_id IS NULL
        AND l.not_before > :now AND l.not_before <= :until
      FOR UPDATE OF l SKIP LOCKED)
    """
)
# Held until the transaction ends, by everyone who is about to call a number or to forbid calling it. Taken
# before the facts are read, so that two campaigns cannot both find the same person free.
_TRY_NUMBERS = text(
    "SELECT phone FROM unnest(CAST(:phones AS text[])) AS w (phone)"
    " WHERE pg_try_advisory_xact_lock(hashtextextended(phone, 7))"
)
_LOCK_NUMBER = text("SELECT pg_advisory_xact_lock(hashtextextended(:phone, 7))")


async def zones_of(session: Session, campaign_id: UUID) -> list[str]:
    """Time zones of the leads that are ready to be picked."""
    return list((await session.execute(_ZONES, {"campaign": campaign_id})).scalars())


async def wake(session: Session, campaign_id: UUID, now: datetime, limit: int) -> int:
    """Bring back to the front up to `limit` leads whose time has come."""
    done = await session.execute(_WAKE, {"campaign": campaign_id, "now": now, "limit": limit})
    return int(done.rowcount)  # type: ignore[attr-defined]


async def freed(session: Session, customer_id: UUID, now: datetime, until: datetime, but: UUID) -> int:
    """Wake the leads (without `but`) of a person who is in no call any more; those that sleep until `until` or less."""
    given = {"customer": customer_id, "now": now, "until": until, "but": but}
    done = await session.execute(_FREED, given)
    return int(done.rowcount)  # type: ignore[attr-defined]


async def front(
    session: Session,
    campaign_id: UUID,
    zone: str,
    today: date,
    furthest: date,
    limit: int,
    seen: Sequence[UUID] = (),
    *,
    untried: bool = False,
) -> Sequence[UUID]:
    """The first leads of a zone that look callable today; locked, those of other claimers left out.

    `untried`: only those who were never called.
    """
    given: dict[str, Any] = {
        "campaign": campaign_id,
        "zone": zone,
        "today": today,
        "furthest": furthest,
        "limit": limit,
        "seen": list(seen),
    }
    return (await session.execute(UNTRIED if untried else FRONT, given)).scalars().all()


async def peek(
    session: Session, campaign_id: UUID, zone: str, today: date, furthest: date, limit: int
) -> Sequence[Any]:
    """The first leads of a zone that look callable today, in no order, with their customer's list; not locked."""
    given = {"campaign": campaign_id, "zone": zone, "today": today, "furthest": furthest, "limit": limit}
    return (await session.execute(_PEEK, given)).all()


async def due_callbacks(
    session: Session,
    campaign_id: UUID,
    now: datetime,
    owner_until: datetime,
    agent: UUID | None,
    limit: int,
    seen: Sequence[UUID] = (),
) -> Sequence[UUID]:
    given: dict[str, Any] = {
        "campaign": campaign_id,
        "now": now,
        "owner_until": owner_until,
        "agent": agent,
        "limit": limit,
    }
    given["seen"] = list(seen)
    return (await session.execute(_CALLBACKS, given)).scalars().all()


async def due_follow_ups(
    session: Session, campaign_id: UUID, now: datetime, limit: int, seen: Sequence[UUID] = ()
) -> Sequence[UUID]:
    given = {"campaign": campaign_id, "now": now, "limit": limit, "seen": list(seen)}
    return (await session.execute(_FOLLOW_UPS, given)).scalars().all()


async def fresh(session: Session, ids: Sequence[UUID]) -> dict[UUID, Lead]:
    """Rows already locked by this transaction, as they are now."""
    statement = select(Lead).where(col(Lead.id).in_(ids)).execution_options(populate_existing=True)
    return {lead.id: lead for lead in (await session.execute(statement)).scalars()}


async def lock(session: Session, lead_id: UUID) -> Lead | None:
    """The lead, locked until the transaction ends and read anew."""
    statement = select(Lead).where(Lead.id == lead_id).with_for_update().execution_options(populate_existing=True)
    return (await session.execute(statement)).scalar_one_or_none()


async def lock_open_of_customer(session: Session, customer_id: UUID) -> Sequence[Lead]:
    """Every open lead of a person, in whichever campaign; locked in a fixed order."""
    statement = (
        select(Lead)
        .where(Lead.customer_id == customer_id, Lead.state == LeadState.OPEN.value)
        .order_by(col(Lead.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalars().all()


async def try_numbers(session: Session, phones: Sequence[str]) -> set[str]:
    """Those of `phones` that nobody else is deciding about at this instant; held until the transaction ends."""
    return set((await session.execute(_TRY_NUMBERS, {"phones": sorted(set(phones))})).scalars())


async def lock_number(session: Session, phone: str) -> None:
    """Wait until nobody else is deciding about this number."""
    await session.execute(_LOCK_NUMBER, {"phone": phone})


async def last_placed_at(session: Session, lead_id: UUID, *, without: UUID) -> datetime | None:
    """When this lead was last called, other than by the call `without`."""
    value: datetime | None = (
        await session.execute(
            text(
                "SELECT max(created_at) FROM calls WHERE subject_id = :lead AND id <> :without"
                " AND outcome IS DISTINCT FROM 'skipped'"
            ),
            {"lead": lead_id, "without": without},
        )
    ).scalar_one()
    return value


async def outcomes_of(session: Session, lead_id: UUID, outcome: str) -> int:
    """How many calls of this lead ended with `outcome`."""
    count: int = (
        await session.execute(
            text("SELECT count(*) FROM calls WHERE subject_id = :lead AND outcome = :outcome"),
            {"lead": lead_id, "outcome": outcome},
        )
    ).scalar_one()
    return count
