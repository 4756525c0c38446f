"""Who drives a campaign: a lease with a fencing token.

A worker takes the lease, renews it, and names its token in every launching transaction. A worker that was
cut off and comes back finds a greater token and launches nothing. Times are the database server's own.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from callcenter.kit.db import Session

LEASE_S = 10.0
"""Real seconds. A worker of another name waits that long after a crash; the same name takes over at once."""


class LeaseLost(Exception):
    """Another worker drives this campaign now."""


async def take(session: Session, campaign_id: UUID, holder: str) -> int | None:
    """Take the lease when it is free, over, or held under the same name. Returns the token, else None."""
    token = (
        await session.execute(
            text(
                "INSERT INTO leases (campaign_id, holder, token, until)"
                " VALUES (:id, :holder, 1, clock_timestamp() + make_interval(secs => :s))"
                " ON CONFLICT (campaign_id) DO UPDATE SET holder = :holder, token = leases.token + 1,"
                " until = clock_timestamp() + make_interval(secs => :s)"
                " WHERE leases.holder = :holder OR leases.until < clock_timestamp()"
                " RETURNING token"
            ),
            {"id": campaign_id, "holder": holder, "s": LEASE_S},
        )
    ).scalar_one_or_none()
    return None if token is None else int(token)


async def renew(session: Session, campaign_id: UUID, token: int) -> None:
    """Keep the lease.

    Raises:
        LeaseLost: somebody took it.
    """
    renewed = await session.execute(
        text(
            "UPDATE leases SET until = clock_timestamp() + make_interval(secs => :s)"
            " WHERE campaign_id = :id AND token = :token RETURNING token"
        ),
        {"id": campaign_id, "token": token, "s": LEASE_S},
    )
    if renewed.scalar_one_or_none() is None:
        raise LeaseLost(str(campaign_id))


async def hold(session: Session, campaign_id: UUID, token: int) -> None:
    """Pin the lease until this transaction ends, so that nobody takes it between launch and commit.

    Raises:
        LeaseLost: somebody took it.
    """
    held = await session.execute(
        text("SELECT token FROM leases WHERE campaign_id = :id AND token = :token FOR SHARE"),
        {"id": campaign_id, "token": token},
    )
    if held.scalar_one_or_none() is None:
        raise LeaseLost(str(campaign_id))
