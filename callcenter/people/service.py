"""What happens to people and their sessions. Services never commit; `now` is the clock's, `real` real time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, Conflict, NotFound, TooMany
from callcenter.kit.ids import new_token, token_hash
from callcenter.kit.wake import wake
from callcenter.people import passwords, repository, rules
from callcenter.people.audit import audit
from callcenter.people.errors import LastAdministrator, LoginTaken, WrongSignIn
from callcenter.people.models import Role, SignInFailure, User, UserSession
from callcenter.people.schemas import UserChange, UserNew

LOOK_AGAIN = "people"
"""Channel (kit.wake) that carries a person's id when what they may do has changed: a socket that was opened
before has to look again whether its session still stands (`access.user_of_connection`)."""

# ---------------------------------------------------------------- signing in


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in that may be tried: already counted as failed until it succeeds, so parallel guesses all count."""

    login_key: str
    ids: tuple[UUID, ...]
    user: User | None


async def admit(session: Session, real: datetime, *, secret: str, login: str, address: str) -> Attempt:
    """Count one attempt of this login from this address. Raises TooMany with the seconds to wait.

    Commit before the password is compared.
    """
    # Keyed hashes: what people type into the login field is sometimes their password.
    keys = {
        token_hash(secret, f"login {login.strip().lower()}"): rules.MAX_FAILURES_OF_LOGIN,
        token_hash(secret, f"address {address}"): rules.MAX_FAILURES_OF_ADDRESS,
    }
    await repository.lock_keys(session, list(keys))
    seconds = 0
    for key, allowed in keys.items():
        failed = await repository.failures(session, key, real - rules.WINDOW)
        seconds = max(seconds, rules.wait_seconds(failed, allowed, real))
    if seconds:
        raise TooMany(seconds=seconds)
    rows = [SignInFailure(key=key, at=real) for key in keys]
    session.add_all(rows)
    await session.flush()
    user = await repository.user_by_login(session, login)
    return Attempt(next(iter(keys)), tuple(row.id for row in rows), user)


async def refuse(session: Session, now: datetime, attempt: Attempt, *, address: str) -> None:
    """Leave the attempt counted, and write it down."""
    known = attempt.user
    await audit(session, now, None, "sign_in_refused", "user", str(known.id) if known else "", address=address)


async def open_session(
    session: Session,
    now: datetime,
    real: datetime,
    attempt: Attempt,
    *,
    secret: str,
    hours: int,
    user_agent: str,
    address: str,
) -> tuple[User, str]:
    """The password was right: a new session. Returns the person and the cookie's value (never stored)."""
    user = await repository.user_by_id(session, attempt.user.id, lock=True) if attempt.user else None
    # Deactivated, or given a new password, while the old one was being compared.
    if user is None or attempt.user is None or not user.active or user.password_hash != attempt.user.password_hash:
        raise WrongSignIn
    await repository.forget_failures(session, [attempt.login_key])
    await repository.forget_attempts(session, attempt.ids)
    token = new_token()
    session.add(
        UserSession(
            token_hash=token_hash(secret, token),
            user_id=user.id,
            created_at=real,
            expires_at=real + timedelta(hours=hours),
            user_agent=user_agent[:200],
        )
    )
    await audit(session, now, user, "signed_in", "user", str(user.id), address=address)
    return user, token


async def close_session(session: Session, now: datetime, user: User, *, secret: str, token: str) -> None:
    await repository.end_session(session, token_hash(secret, token))
    await wake(session, LOOK_AGAIN, str(user.id))
    await audit(session, now, user, "signed_out", "user", str(user.id))


# ---------------------------------------------------------------- users


def check_password(password: str, login: str, field: str = "password") -> None:
    """Raises BadInput with the reason when the password is too weak."""
    problem = rules.password_problem(password, login)
    if problem is not None:
        raise BadInput(
            field=field,
            problem_zh=problem.zh,
            problem_en=problem.en,
            mend_zh="请换一个更长、更难猜的密码。",
            mend_en="Choose a longer one that is harder to guess.",
        )


async def create_user(session: Session, now: datetime, by: User | None, new: UserNew) -> User:
    """A new person who may sign in at once. Raises LoginTaken, BadInput (password)."""
    check_password(new.password.get_secret_value(), new.login)
    if await repository.user_by_login(session, new.login) is not None:
        raise LoginTaken(login=new.login)
    user = User(
        login=new.login,
        name=new.name,
        role=new.role.value,
        language=new.language,
        address=new.address,
        password_hash=await passwords.hash_password(new.password.get_secret_value()),
        created_at=now,
    )
    session.add(user)
    await session.flush()
    await audit(session, now, by, "user_created", "user", str(user.id), {"role": user.role})
    return user


async def get_user(session: Session, user_id: UUID, *, lock: bool = False) -> User:
    user = await repository.user_by_id(session, user_id, lock=lock)
    if user is None:
        raise NotFound(what_zh="用户", what_en="user", id=user_id)
    return user


async def change_user(session: Session, now: datetime, by: User | None, user_id: UUID, change: UserChange) -> User:
    """Change what is given. Deactivating ends the person's sessions; the last administrator stays one."""
    leaves = change.active is False or change.role not in (None, Role.ADMINISTRATOR)
    if leaves:
        administrators = await repository.lock_administrators(session)
        if list(administrators) == [user_id]:
            raise LastAdministrator
    user = await get_user(session, user_id, lock=True)
    if change.version is not None and change.version != user.version:
        raise Conflict(
            why_zh="该用户刚被他人修改，未作任何更改。请刷新后重试。",
            why_en="Somebody else has just changed this user; nothing was changed. Refresh and try again.",
            code="stale",
        )
    changed = []
    for field, value in change.model_dump(mode="json", exclude_unset=True, exclude={"version"}).items():
        if getattr(user, field) != value and (value is not None or field == "address"):
            setattr(user, field, value)
            changed.append(field)
    if not changed:
        return user
    user.version += 1
    detail = {"changed": changed} | {f: getattr(user, f) for f in ("role", "active") if f in changed}
    if "active" in changed and not user.active:
        detail["sessions_ended"] = await repository.end_sessions(session, user.id)
    if {"active", "role"} & set(changed):
        await wake(session, LOOK_AGAIN, str(user.id))
    await session.flush()
    await audit(session, now, by, "user_changed", "user", str(user.id), detail)
    return user


async def set_password(session: Session, now: datetime, by: User | None, user: User, password: str) -> None:
    """An administrator (or the command line) gives a new password: every session of the person ends."""
    check_password(password, user.login)
    user.password_hash = await passwords.hash_password(password)
    user.version += 1
    session.add(user)
    ended = await repository.end_sessions(session, user.id)
    await wake(session, LOOK_AGAIN, str(user.id))
    await audit(session, now, by, "password_set", "user", str(user.id), {"sessions_ended": ended})


async def forget_failures_of(session: Session, user: User, *, secret: str) -> None:
    """Let somebody who was locked out try again: the mend an administrator has."""
    await repository.forget_failures(session, [token_hash(secret, f"login {user.login.lower()}")])


async def change_own_password(
    session: Session, now: datetime, user: User, *, new: str, secret: str, token: str, attempt: Attempt
) -> None:
    """The old password was right (the edge compared it): take the new one; other browsers are signed out."""
    check_password(new, user.login, field="new_password")
    fresh = await get_user(session, user.id, lock=True)
    if attempt.user is None or fresh.password_hash != attempt.user.password_hash:
        raise WrongSignIn
    fresh.password_hash = await passwords.hash_password(new)
    fresh.version += 1
    await repository.forget_failures(session, [attempt.login_key])
    await repository.forget_attempts(session, attempt.ids)
    ended = await repository.end_sessions(session, user.id, but=token_hash(secret, token))
    await wake(session, LOOK_AGAIN, str(user.id))
    await audit(session, now, user, "password_changed", "user", str(user.id), {"sessions_ended": ended})


async def find_user(session: Session, login: str) -> User | None:
    return await repository.user_by_login(session, login)


class UserList(NamedTuple):
    rows: Sequence[User]
    total: int


async def list_users(
    session: Session,
    *,
    role: Role | None = None,
    active: bool | None = None,
    search: str | None = None,
    limit: int = 200,
    offset: int = 0,
) -> UserList:
    """A page of the users by login; `total` counts all that the filters let through."""
    return UserList(
        *await repository.users(session, role=role, active=active, search=search, limit=limit, offset=offset)
    )


async def purge(session: Session, real: datetime) -> None:
    """Nightly: forget sessions that ended and failures that no longer count."""
    await repository.purge(session, real, real - rules.WINDOW)
