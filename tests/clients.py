"""HTTP clients against the real application on a real database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI

from callcenter.app import create_app
from callcenter.kit.bus import Bus
from callcenter.kit.clock import Clock, real_now
from callcenter.kit.db import Database
from callcenter.kit.ids import new_token, token_hash
from callcenter.people.access import COOKIE
from callcenter.people.models import Role, User, UserSession
from callcenter.settings import Settings
from tests.factories import make_user

ORIGIN = "http://callcenter.test"


def settings_for_tests(**given: Any) -> Settings:
    """Settings that read neither this machine's environment nor its `.env` for what is given."""
    return Settings(_env_file=None, **({"public_url": ORIGIN} | given))  # type: ignore[call-arg]


def app_of(
    database: Database,
    clock: Clock,
    *,
    routers: Sequence[APIRouter] = (),
    settings: Settings | None = None,
    console: Path | None = None,
) -> FastAPI:
    """The application on `database`, with a bus that is not connected (as when NATS is away)."""
    extra = {"console": console} if console is not None else {}
    return create_app(
        settings or settings_for_tests(),
        database,
        Bus("nats://127.0.0.1:1", namespace="test"),
        clock,
        routers=routers,
        **extra,
    )


def client_of(app: FastAPI, token: str | None = None) -> httpx.AsyncClient:
    """A client that behaves like our own page: it sends Origin, and the session's cookie when given."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url=ORIGIN,
        headers={"origin": ORIGIN},
        cookies={COOKIE: token} if token else None,
    )


async def open_session(database: Database, settings: Settings, role: Role, **given: Any) -> tuple[User, str]:
    """A new person of this role and the cookie of their session, without the cost of hashing a password."""
    token = new_token()
    async with database.transaction() as session:
        user = await make_user(session, role, **given)
        session.add(
            UserSession(
                token_hash=token_hash(settings.secret_key.get_secret_value(), token),
                user_id=user.id,
                created_at=real_now(),
                expires_at=real_now() + timedelta(hours=1),
            )
        )
    return user, token


async def signed_in(app: FastAPI, role: Role, **given: Any) -> httpx.AsyncClient:
    """A client signed in as a new person of this role."""
    _, token = await open_session(app.state.database, app.state.settings, role, **given)
    return client_of(app, token)
