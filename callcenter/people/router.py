"""REST: signing in and out, oneself, the users, the record of what people did."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime

from callcenter.kit.clock import Clock, real_now
from callcenter.kit.db import Database
from callcenter.kit.errors import BadInput
from callcenter.kit.http import PROBLEMS, DbSession, Now
from callcenter.kit.paging import MAX_PAGE, Page
from callcenter.people import passwords, repository, service
from callcenter.people.access import COOKIE, CurrentUser, address_of, clear_cookie, require, set_cookie
from callcenter.people.errors import WrongSignIn
from callcenter.people.models import AuditRecord, Role, User
from callcenter.people.schemas import (
    AuditOut,
    Me,
    MeChange,
    PasswordChange,
    PasswordSet,
    SignIn,
    UserChange,
    UserNew,
    UserOut,
)
from callcenter.settings import Settings

router = APIRouter(prefix="/api", tags=["people"], responses=PROBLEMS)

Administrator = Annotated[User, Depends(require())]
Auditor = Annotated[User, Depends(require(Role.SUPERVISOR))]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]
Word = Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$")]


async def _compare(request: Request, login: str, password: str) -> service.Attempt:
    """Count an attempt, compare the password, write down a refusal: three steps, each committed by itself.

    A refusal has to stay counted although the request fails, and hashing must hold no database connection.
    """
    database: Database = request.app.state.database
    clock: Clock = request.app.state.clock
    settings: Settings = request.app.state.settings
    address = address_of(request)
    async with database.transaction() as session:
        attempt = await service.admit(
            session, real_now(), secret=settings.secret_key.get_secret_value(), login=login, address=address
        )
    user = attempt.user
    right = await passwords.verify(user.password_hash if user is not None and user.active else None, password)
    if not right:
        async with database.transaction() as session:
            await service.refuse(session, clock.now(), attempt, address=address)
        raise WrongSignIn
    return attempt


@router.post("/sign-in", summary="Sign in")
async def sign_in(body: SignIn, request: Request, response: Response) -> Me:
    """Sets the session cookie. After 5 failures of a login (50 of an address) in 15 minutes: 429 with the wait."""
    settings: Settings = request.app.state.settings
    database: Database = request.app.state.database
    clock: Clock = request.app.state.clock
    secret = settings.secret_key.get_secret_value()
    attempt = await _compare(request, body.login, body.password.get_secret_value())
    async with database.transaction() as session:
        user, token = await service.open_session(
            session,
            clock.now(),
            real_now(),
            attempt,
            secret=secret,
            hours=settings.session_hours,
            user_agent=request.headers.get("user-agent", ""),
            address=address_of(request),
        )
    set_cookie(response, token, settings)
    return Me.model_validate(user)


@router.post("/sign-out", status_code=204, summary="Sign out")
async def sign_out(user: CurrentUser, session: DbSession, now: Now, request: Request, response: Response) -> None:
    settings: Settings = request.app.state.settings
    await service.close_session(
        session, now, user, secret=settings.secret_key.get_secret_value(), token=request.cookies[COOKIE]
    )
    clear_cookie(response, settings)


@router.get("/me", summary="Who am I?")
async def me(user: CurrentUser) -> Me:
    return Me.model_validate(user)


@router.patch("/me", summary="Change my language")
async def change_me(user: CurrentUser, session: DbSession, now: Now, body: MeChange) -> Me:
    return Me.model_validate(await service.change_user(session, now, user, user.id, UserChange(language=body.language)))


@router.post("/me/password", status_code=204, summary="Change my password")
async def change_password(
    user: CurrentUser, session: DbSession, now: Now, request: Request, body: PasswordChange
) -> None:
    """Needs the old one (guesses are limited as in signing in). Other browsers of this person are signed out."""
    settings: Settings = request.app.state.settings
    service.check_password(body.new_password.get_secret_value(), user.login, field="new_password")
    try:
        attempt = await _compare(request, user.login, body.old_password.get_secret_value())
    except WrongSignIn:
        raise BadInput(
            field="old_password",
            problem_zh="原密码不正确",
            problem_en="that is not your present password",
            mend_zh="请重新输入；如已忘记，请联系管理员重设。",
            mend_en="Type it again; if you forgot it, ask an administrator to set a new one.",
        ) from None
    await service.change_own_password(
        session,
        now,
        user,
        new=body.new_password.get_secret_value(),
        secret=settings.secret_key.get_secret_value(),
        token=request.cookies[COOKIE],
        attempt=attempt,
    )


@router.get("/users", summary="List users")
async def list_users(
    _: Auditor,
    session: DbSession,
    role: Role | None = None,
    active: bool | None = None,
    search: Word = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Page[UserOut]:
    rows, total = await service.list_users(session, role=role, active=active, search=search, limit=limit, offset=offset)
    return Page(rows=[UserOut.model_validate(row) for row in rows], total=total)


@router.post("/users", status_code=201, summary="Create a user")
async def create_user(by: Administrator, session: DbSession, now: Now, body: UserNew) -> UserOut:
    return UserOut.model_validate(await service.create_user(session, now, by, body))


@router.get("/users/{user_id}", summary="One user")
async def get_user(_: Auditor, session: DbSession, user_id: UUID) -> UserOut:
    return UserOut.model_validate(await service.get_user(session, user_id))


@router.patch("/users/{user_id}", summary="Change, deactivate or reactivate a user")
async def change_user(by: Administrator, session: DbSession, now: Now, user_id: UUID, body: UserChange) -> UserOut:
    """Deactivating signs the person out everywhere. The last active administrator cannot stop being one."""
    return UserOut.model_validate(await service.change_user(session, now, by, user_id, body))


@router.post("/users/{user_id}/password", status_code=204, summary="Give a user a new password")
async def set_password(
    by: Administrator, session: DbSession, now: Now, request: Request, user_id: UUID, body: PasswordSet
) -> None:
    """Signs the person out everywhere, and lifts the wait after too many failures."""
    settings: Settings = request.app.state.settings
    user = await service.get_user(session, user_id, lock=True)
    await service.set_password(session, now, by, user, body.password.get_secret_value())
    await service.forget_failures_of(session, user, secret=settings.secret_key.get_secret_value())


@router.get("/audit", summary="What people did")
async def list_audit(
    _: Auditor,
    session: DbSession,
    user_id: UUID | None = None,
    action: Word = None,
    thing: Word = None,
    thing_id: Word = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Page[AuditOut]:
    """Newest first. `since` is included, `until` is not. Times are the installation's clock."""
    rows, total = await repository.audit_records(
        session,
        filters={"user_id": user_id, "action": action, "thing": thing, "thing_id": thing_id},
        since=since,
        until=until,
        limit=limit,
        offset=offset,
    )
    return Page(rows=[_audit_out(record, name) for record, name in rows], total=total)


def _audit_out(record: AuditRecord, name: str | None) -> AuditOut:
    return AuditOut.model_validate({**vars(record), "user_name": name})
