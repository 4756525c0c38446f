"""Rows of people: reading and writing them, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, text
from sqlmodel import col

from callcenter.kit.db import Session
from callcenter.people.models import AuditRecord, Role, SignInFailure, User, UserSession


async def user_by_id(session: Session, user_id: UUID, *, lock: bool = False) -> User | None:
    return await session.get(User, user_id, with_for_update=lock or None, populate_existing=lock)


async def user_by_login(session: Session, login: str) -> User | None:
    found = await session.execute(select(User).where(func.lower(User.login) == login.strip().lower()))
    return found.scalar_one_or_none()


async def user_by_token_hash(session: Session, token_hash: str, now: datetime) -> User | None:
    found = await session.execute(
        select(User)
        .join(UserSession, col(UserSession.user_id) == col(User.id))
        .where(col(UserSession.token_hash) == token_hash, col(UserSession.expires_at) > now, col(User.active))
    )
    return found.scalar_one_or_none()


def _contains(word: str) -> str:
    for special in ("\\", "%", "_"):
        word = word.replace(special, "\\" + special)
    return f"%{word}%"


async def users(
    session: Session,
    *,
    role: Role | None,
    active: bool | None,
    search: str | None,
    limit: int,
    offset: int,
) -> tuple[Sequence[User], int]:
    query = select(User)
    if role is not None:
        query = query.where(col(User.role) == role.value)
    if active is not None:
        query = query.where(col(User.active) == active)
    if search:
        like = _contains(search)
        query = query.where(or_(col(User.login).ilike(like, escape="\\"), col(User.name).ilike(like, escape="\\")))
    total = (await session.execute(select(func.count()).select_from(query.subquery()))).scalar_one()
    rows = await session.execute(query.order_by(func.lower(User.login)).limit(limit).offset(offset))
    return rows.scalars().all(), total


async def lock_administrators(session: Session) -> Sequence[UUID]:
    """Ids of the active administrators, locked: two who remove each other at once take turns."""
    found = await session.execute(
        select(col(User.id))
        .where(col(User.role) == Role.ADMINISTRATOR.value, col(User.active))
        .order_by(col(User.id))
        .with_for_update()
    )
    return found.scalars().all()


async def end_sessions(session: Session, user_id: UUID, *, but: str | None = None) -> int:
    """Sign `user_id` out everywhere, except in the session with the token hash `but`. Returns how many ended."""
    query = delete(UserSession).where(col(UserSession.user_id) == user_id)
    if but is not None:
        query = query.where(col(UserSession.token_hash) != but)
    ended = await session.execute(query.returning(col(UserSession.token_hash)))
    return len(ended.all())


async def end_session(session: Session, token_hash: str) -> None:
    await session.execute(delete(UserSession).where(col(UserSession.token_hash) == token_hash))


async def lock_keys(session: Session, keys: Sequence[str]) -> None:
    """Serialise attempts of one login and of one address, so that parallel guesses are all counted."""
    for key in sorted(keys):
        await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})


async def failures(session: Session, key: str, since: datetime) -> Sequence[datetime]:
    found = await session.execute(
        select(col(SignInFailure.at)).where(col(SignInFailure.key) == key, col(SignInFailure.at) > since)
    )
    return found.scalars().all()


async def forget_failures(session: Session, keys: Sequence[str]) -> None:
    await session.execute(delete(SignInFailure).where(col(SignInFailure.key).in_(keys)))


async def forget_attempts(session: Session, ids: Sequence[UUID]) -> None:
    await session.execute(delete(SignInFailure).where(col(SignInFailure.id).in_(ids)))


async def purge(session: Session, sessions_before: datetime, failures_before: datetime) -> None:
    await session.execute(delete(UserSession).where(col(UserSession.expires_at) < sessions_before))
    await session.execute(delete(SignInFailure).where(col(SignInFailure.at) < failures_before))


async def audit_records(
    session: Session,
    *,
    filters: dict[str, Any],
    since: datetime | None,
    until: datetime | None,
    limit: int,
    offset: int,
) -> tuple[Sequence[tuple[AuditRecord, str | None]], int]:
    """Records with the name of who did it, newest first. `filters`: column → wanted value, None for any."""
    query = select(AuditRecord, col(User.name)).outerjoin(User, col(User.id) == col(AuditRecord.user_id))
    for column, wanted in filters.items():
        if wanted is not None:
            query = query.where(getattr(AuditRecord, column) == wanted)
    if since is not None:
        query = query.where(col(AuditRecord.at) >= since)
    if until is not None:
        query = query.where(col(AuditRecord.at) < until)
    total = (await session.execute(select(func.count()).select_from(query.subquery()))).scalar_one()
    rows = await session.execute(
        query.order_by(col(AuditRecord.at).desc(), col(AuditRecord.id)).limit(limit).offset(offset)
    )
    return [(record, name) for record, name in rows.all()], total
