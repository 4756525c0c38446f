"""Who is asking, and may they? Used by every router and by the WebSocket gateway.

user: CurrentUser                                            anybody who is signed in
user: Annotated[User, Depends(require(Role.MARKETING))]      that role, or an administrator
user = await user_of_connection(session, websocket)          the gateway; None when not signed in
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie
from starlette.requests import HTTPConnection
from starlette.responses import Response

from callcenter.kit.clock import real_now
from callcenter.kit.db import Session
from callcenter.kit.errors import NotAllowed, NotSignedIn
from callcenter.kit.http import DbSession
from callcenter.kit.ids import token_hash
from callcenter.people import repository, rules
from callcenter.people.models import Role, User
from callcenter.settings import Settings

COOKIE = "callcenter_session"

ROLE_NAMES = {
    Role.AGENT: "坐席 agent",
    Role.SUPERVISOR: "主管 supervisor",
    Role.MARKETING: "营销 marketing",
    Role.BACK_OFFICE: "后台 back office",
    Role.ADMINISTRATOR: "管理员 administrator",
}

# Declares the cookie in the OpenAPI; the refusal itself is ours, in both languages.
_cookie = APIKeyCookie(
    name=COOKIE,
    auto_error=False,
    description="Opaque session cookie, set by POST /api/sign-in (HttpOnly, SameSite=Lax).",
)


async def user_of_token(session: Session, token: str | None, *, secret: str) -> User | None:
    """The active person whose unexpired session this cookie's value opens, else None.

    `secret`: `settings.secret_key`, the key of the stored hashes. Session ages are real time.
    """
    if not token or len(token) > 200:
        return None
    return await repository.user_by_token_hash(session, token_hash(secret, token), real_now())


async def user_of_connection(session: Session, connection: HTTPConnection) -> User | None:
    """The person signed in on a request or a WebSocket (its app has `state.settings`), else None."""
    settings: Settings = connection.app.state.settings
    token = connection.cookies.get(COOKIE)
    return await user_of_token(session, token, secret=settings.secret_key.get_secret_value())


def origin_is_ours(connection: HTTPConnection) -> bool:
    """Whether the page that opens this WebSocket is one of ours. A socket without an Origin is refused."""
    settings: Settings = connection.app.state.settings
    return rules.origin_allowed(
        connection.headers.get("origin"), host=connection.headers.get("host"), public_url=settings.public_url
    )


def address_of(connection: HTTPConnection) -> str:
    """Network address of the other side (behind a proxy: what the server was told to trust)."""
    return connection.client.host if connection.client is not None else ""


async def current_user(request: Request, session: DbSession, token: Annotated[str | None, Depends(_cookie)]) -> User:
    settings: Settings = request.app.state.settings
    user = await user_of_token(session, token, secret=settings.secret_key.get_secret_value())
    if user is None:
        raise NotSignedIn
    request.state.user_id = str(user.id)  # for the access log
    return user


CurrentUser = Annotated[User, Depends(current_user)]


def may(user: User, *roles: Role) -> bool:
    """Whether `user` has one of `roles`, or is an administrator, who may do all."""
    return user.role == Role.ADMINISTRATOR.value or user.role in {role.value for role in roles}


def require(*roles: Role) -> Callable[[User], Awaitable[User]]:
    """A dependency that gives the signed-in person when they have one of `roles`; without roles: administrators."""

    async def allowed(user: CurrentUser) -> User:
        if not may(user, *roles):
            raise NotAllowed(role=ROLE_NAMES[Role(user.role)])
        return user

    return allowed


def set_cookie(response: Response, token: str, settings: Settings) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=settings.session_hours * 3600,
        path="/",
        secure=settings.cookie_secure,
        httponly=True,
        samesite="lax",
    )


def clear_cookie(response: Response, settings: Settings) -> None:
    response.delete_cookie(COOKIE, path="/", secure=settings.cookie_secure, httponly=True, samesite="lax")
