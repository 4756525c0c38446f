"""Writing down how the carrier is, by the worker; reading it, for screens and doctor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlmodel import col, select

from callcenter.kit.db import Session
from callcenter.telephony.health.guarded import GuardedCarrier
from callcenter.telephony.health.models import CarrierHealth, CarrierTrouble
from callcenter.telephony.health.rules import Circuit, Trouble

GOOD_FOR_S = 10.0
"""Real seconds for which a worker's word counts; it repeats it every few."""
AGAIN_S = 4.0


@dataclass(frozen=True, slots=True)
class Health:
    """Instants are of the installation's clock."""

    circuit: Circuit
    trouble: Trouble | None = None
    since: datetime | None = None
    next_look_at: datetime | None = None
    tries: int = 0

    @property
    def key(self) -> tuple[object, ...]:
        """What is worth telling at once."""
        return self.circuit, self.trouble, self.tries


def health_of(carrier: GuardedCarrier, now: datetime, speed: float) -> Health:
    """The breaker's state with its instants on the installation's clock, where it is `now`."""
    breaker, real = carrier.breaker, carrier.now()

    def shown(at: datetime | None) -> datetime | None:
        return None if at is None else now + (at - real) * speed

    return Health(breaker.circuit, breaker.trouble, shown(breaker.since), shown(breaker.next_look), breaker.tries)


async def tell(session: Session, worker: str, carrier: str, health: Health, now: datetime) -> None:
    """The worker's word on its carrier; a trouble begins or ends with it."""
    values = {
        "worker": worker,
        "carrier": carrier,
        "circuit": health.circuit.value,
        "trouble": health.trouble.value if health.trouble else None,
        "since": health.since,
        "next": health.next_look_at,
        "tries": health.tries,
        "for_s": GOOD_FOR_S,
    }
    await session.execute(
        text(
            "INSERT INTO carrier_health (worker, carrier, circuit, trouble, since, next_look_at, tries, good_until)"
            " VALUES (:worker, :carrier, :circuit, :trouble, :since, :next, :tries,"
            " clock_timestamp() + make_interval(secs => :for_s))"
            " ON CONFLICT (worker) DO UPDATE SET carrier = excluded.carrier, circuit = excluded.circuit,"
            " trouble = excluded.trouble, since = excluded.since, next_look_at = excluded.next_look_at,"
            " tries = excluded.tries, good_until = excluded.good_until"
        ),
        values,
    )
    row = (
        await session.execute(
            select(CarrierTrouble)
            .where(CarrierTrouble.worker == worker, col(CarrierTrouble.ended_at).is_(None))
            .with_for_update()
        )
    ).scalar_one_or_none()
    if health.trouble is None:
        if row is not None:
            row.ended_at = max(now, row.began_at)
    elif row is None:
        began = health.since or now
        session.add(
            CarrierTrouble(
                worker=worker, carrier=carrier, trouble=health.trouble.value, began_at=began, tries=health.tries
            )
        )
    else:
        row.trouble, row.tries = health.trouble.value, health.tries
    await session.flush()


async def heard(session: Session) -> Sequence[CarrierHealth]:
    """What the workers that are alive say, those in trouble first."""
    statement = (
        select(CarrierHealth)
        .where(text("good_until > clock_timestamp()"))
        .order_by(text("array_position(ARRAY['open', 'half_open', 'closed'], circuit)"), col(CarrierHealth.since))
    )
    return (await session.execute(statement)).scalars().all()


async def troubles(session: Session, limit: int) -> Sequence[CarrierTrouble]:
    """The newest."""
    statement = select(CarrierTrouble).order_by(col(CarrierTrouble.began_at).desc()).limit(limit)
    return (await session.execute(statement)).scalars().all()
