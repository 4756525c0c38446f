"""How every command of every room is carried out: take the row, compare its version, move, write the line.

    row = await take(session, Invoice, invoice_id, version)        # locked; Stale tells what changed
    await move(session, now, actor, row, INVOICE, "issue")         # the table and the duties decide

The lock makes the comparison and the change one step; the loser of a race waits, then learns from `Stale`
who did what since the version they had on their screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlmodel import SQLModel, col

from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.machine import Machine
from backoffice.kit.refusals import NotYourDuty, Stale, WrongState
from backoffice.kit.words import word
from backoffice.timeline.models import TimelineEntry
from callcenter.kit import outbox
from callcenter.kit.db import Session
from callcenter.kit.errors import NotFound
from callcenter.people.models import User


class Versioned(Protocol):
    id: UUID
    version: int


class Stateful(Versioned, Protocol):
    state: str


Row = TypeVar("Row", bound=SQLModel)


async def get(session: Session, model: type[Row], row_id: UUID, thing: str, *, lock: bool = False) -> Row:
    """The row as it is now, optionally locked until the transaction ends. Raises NotFound."""
    row = await session.get(model, row_id, with_for_update=True if lock else None, populate_existing=True)
    if row is None:
        raise NotFound(what_zh=word(thing, "zh"), what_en=word(thing, "en"), id=row_id)
    return row


async def take(session: Session, model: type[Row], row_id: UUID, thing: str, version: int | None) -> Row:
    """Lock the row for a command of somebody who saw it at `version` (None: the house itself, any version)."""
    row = await get(session, model, row_id, thing, lock=True)
    current: int = row.version  # type: ignore[attr-defined]
    if version is not None and version != current:
        raise Stale(await changes_since(session, thing, row_id, version), seen=version, current=current)
    return row


def require_duty(actor: Actor | None, needed: frozenset[OfficeRole]) -> None:
    """Raises NotYourDuty unless `actor` (None: the house) holds one of `needed`."""
    if actor is not None and not actor.roles & needed:
        raise NotYourDuty(needed)


async def move(
    session: Session,
    now: datetime,
    actor: Actor | None,
    row: Stateful,
    machine: Machine[Any],
    command: str,
    *,
    note: str = "",
    detail: dict[str, Any] | None = None,
    sets: dict[str, Any] | None = None,
) -> None:
    """Carry out `command` on a taken row. Raises WrongState or NotYourDuty; writes timeline and outbox.

    `sets`: columns that change with it, only once it is certain that the command is carried out.
    """
    target = machine.after(row.state, command)
    if target is None:
        raise WrongState(thing=machine.name, state=row.state, command=command)
    require_duty(actor, machine.roles(row.state, command))
    source, row.state = row.state, target.value
    for name, value in (sets or {}).items():
        setattr(row, name, value)
    await write(session, now, actor, row, machine.name, command, note=note, detail=detail, states=(source, row.state))


async def write(
    session: Session,
    now: datetime,
    actor: Actor | None,
    row: Versioned,
    thing: str,
    act: str,
    *,
    note: str = "",
    detail: dict[str, Any] | None = None,
    states: tuple[str | None, str | None] = (None, None),
    new: bool = False,
) -> None:
    """A change that keeps the state: next version, one line, one event. `new`: the row's first line."""
    if not new:
        row.version += 1
    session.add(
        TimelineEntry(
            thing=thing,
            thing_id=row.id,
            thing_version=row.version,
            at=now,
            by=actor.user_id if actor else None,
            act=act,
            from_state=states[0],
            to_state=states[1],
            note=note,
            detail=detail or {},
        )
    )
    await session.flush()
    await outbox.record(
        session,
        f"office.{thing}",
        row.id,
        {"id": row.id, "version": row.version, "act": act, "state": states[1] or getattr(row, "state", None)},
    )


async def born(
    session: Session,
    now: datetime,
    actor: Actor | None,
    row: Any,
    machine: Machine[Any],
    *,
    act: str = "made",
    note: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Add a new row in the machine's initial state."""
    if row.state != machine.initial.value:
        raise ValueError(f"a new {machine.name} starts as {machine.initial}, not {row.state}")
    session.add(row)
    await session.flush()
    await write(
        session, now, actor, row, machine.name, act, note=note, detail=detail, states=(None, row.state), new=True
    )


async def changes_since(session: Session, thing: str, thing_id: UUID, version: int) -> list[dict[str, Any]]:
    """What was done to it after `version`, oldest first."""
    return [
        entry for entry in await story(session, thing, thing_id, limit=50, after_version=version) if entry is not None
    ]


async def story(
    session: Session, thing: str, thing_id: UUID, *, limit: int = 500, after_version: int = 0
) -> list[dict[str, Any]]:
    """The timeline of one thing, oldest first, with the names of those who acted."""
    return await _lines(session, {thing_id: ""}, limit, thing, after_version)


async def stories(session: Session, numbers: Mapping[UUID, str], *, limit: int = 500) -> list[dict[str, Any]]:
    """The timelines of several things as one story, oldest first. `numbers`: what each is called, by its id."""
    return await _lines(session, numbers, limit)


async def _lines(
    session: Session, numbers: Mapping[UUID, str], limit: int, thing: str | None = None, after_version: int = 0
) -> list[dict[str, Any]]:
    query = (
        select(TimelineEntry, col(User.name))
        .outerjoin(User, col(User.id) == col(TimelineEntry.by))
        .where(col(TimelineEntry.thing_id).in_(list(numbers)), col(TimelineEntry.thing_version) > after_version)
    )
    if thing is not None:
        query = query.where(col(TimelineEntry.thing) == thing)
    rows = await session.execute(query.order_by(col(TimelineEntry.id)).limit(limit))
    return [
        {
            "thing": entry.thing,
            "number": numbers[entry.thing_id],
            "at": entry.at,
            "by": name or "系统 system",
            "act": entry.act,
            "from_state": entry.from_state,
            "to_state": entry.to_state,
            "note": entry.note,
            "version": entry.thing_version,
            "detail": entry.detail,
        }
        for entry, name in rows
    ]
