"""Counting buyers in both groups by the same rule."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from agent_ui.lift.schemas import BuyersOut, LiftOut
from callcenter.kit.db import Session
from campaigns.mailings import service as mailings
from campaigns.mailings.rules import lift

_SINCE = text("SELECT min(posted_on) FROM mailing_recipients WHERE mailing_id = :mailing")
# Everybody who was drawn to be mailed counts as mailed, letters that came back too: leaving those out would compare
# people who live where they say with people of whom nobody knows. Bought: an order that was not cancelled, taken
# since, by whatever way; or a purchase that a list told of.
_GROUPS = text(
    """
    SELECT g.control, count(*) AS people, count(*) FILTER (WHERE
        EXISTS (SELECT 1 FROM sales_orders o WHERE o.customer_id = g.customer_id AND o.state <> 'cancelled'
                  AND o.created_at >= :from)
        OR COALESCE(c.last_purchase_on >= :since, false)) AS bought
    FROM (SELECT customer_id, false AS control FROM mailing_recipients WHERE mailing_id = :mailing
          UNION ALL SELECT customer_id, true FROM mailing_controls WHERE mailing_id = :mailing) g
    JOIN customers c ON c.id = g.customer_id GROUP BY g.control
    """
)
_TOUCHED = text(
    """
    SELECT count(*) FROM mailing_controls k WHERE k.mailing_id = :mailing AND (
      EXISTS (SELECT 1 FROM mailing_recipients r WHERE r.customer_id = k.customer_id AND r.posted_on >= :since)
      OR EXISTS (SELECT 1 FROM calls c WHERE c.customer_id = k.customer_id AND c.created_at >= :from))
    """
)


async def of_mailing(session: Session, mailing_id: UUID, now: datetime, zone: ZoneInfo) -> LiftOut:
    """Raises NotFound where there is no such mailing."""
    await mailings.mailing(session, mailing_id)
    since = (await session.execute(_SINCE, {"mailing": mailing_id})).scalar_one()
    found = LiftOut(mailing_id=mailing_id, at=now, since=since)
    if since is None:
        return found
    given = {"mailing": mailing_id, "since": since, "from": datetime(since.year, since.month, since.day, tzinfo=zone)}
    await session.execute(text("SET LOCAL statement_timeout = '60s'"))
    groups = {row.control: (row.people, row.bought) for row in await session.execute(_GROUPS, given)}
    result = lift(*groups.get(False, (0, 0)), *groups.get(True, (0, 0)))
    if result is None:
        return found
    touched = (await session.execute(_TOUCHED, given)).scalar_one()
    return LiftOut(
        mailing_id=mailing_id,
        at=now,
        since=since,
        mailed=BuyersOut.model_validate(result.mailed),
        control=BuyersOut.model_validate(result.control),
        lift=result.lift,
        low=result.low,
        high=result.high,
        more_buyers=result.more_buyers,
        more_low=result.more_low,
        more_high=result.more_high,
        proven=result.proven,
        control_touched=touched,
    )
