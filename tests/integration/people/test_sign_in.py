"""Signing in and out against the real application and database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from callcenter.kit.clock import ManualClock, real_now
from callcenter.kit.db import Database
from callcenter.people import passwords, rules
from callcenter.people.access import COOKIE
from callcenter.people.models import Role
from tests.clients import ORIGIN, app_of, client_of, settings_for_tests, signed_in
from tests.factories import make_user

PASSWORD = "a sentence that nobody guesses"


@pytest.fixture
def app(database: Database, clock: ManualClock) -> FastAPI:
    return app_of(database, clock)


Person = Callable[..., Coroutine[Any, Any, Any]]


@pytest.fixture
async def li_na(database: Database) -> Any:
    async with database.transaction() as session:
        return await make_user(
            session, Role.AGENT, login="li.na", name="李娜", password_hash=passwords.hash_now(PASSWORD)
        )


async def _try(client: httpx.AsyncClient, login: str = "li.na", password: str = "wrong") -> httpx.Response:
    return await client.post("/api/sign-in", json={"login": login, "password": password})


async def _one(database: Database, query: str, **values: Any) -> Any:
    async with database.transaction() as session:
        return (await session.execute(text(query), values)).scalar_one()


async def test_a_right_password_opens_a_session_that_signing_out_ends(app: FastAPI, li_na: Any) -> None:
    async with client_of(app) as client:
        assert (await client.get("/api/me")).status_code == 401
        answer = await _try(client, "LI.NA", PASSWORD)
        assert answer.status_code == 200
        assert answer.json() == {
            "id": str(li_na.id), "login": "li.na", "name": "李娜", "role": "agent", "language": "zh"
        }  # fmt: skip
        cookie = answer.headers["set-cookie"]
        for attribute in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=43200"):
            assert attribute in cookie
        assert "Secure" not in cookie
        assert (await client.get("/api/me")).json()["login"] == "li.na"
        token = client.cookies[COOKIE]
        assert (await client.post("/api/sign-out")).status_code == 204
        assert COOKIE not in client.cookies
    async with client_of(app, token) as thief:
        assert (await thief.get("/api/me")).status_code == 401


async def test_over_https_the_cookie_is_secure(database: Database, clock: ManualClock, li_na: Any) -> None:
    app = app_of(database, clock, settings=settings_for_tests(public_url="https://calls.example"))
    async with client_of(app) as client:
        answer = await client.post(
            "/api/sign-in",
            json={"login": "li.na", "password": PASSWORD},
            headers={"origin": "https://calls.example"},
        )
    assert "Secure" in answer.headers["set-cookie"]
    assert "strict-transport-security" in answer.headers


async def test_the_table_holds_no_token_that_opens_a_session(app: FastAPI, database: Database, li_na: Any) -> None:
    async with client_of(app) as client:
        await _try(client, password=PASSWORD)
        stored = await _one(database, "SELECT token_hash FROM user_sessions")
        assert stored != client.cookies[COOKIE]
    async with client_of(app, stored) as thief:
        assert (await thief.get("/api/me")).status_code == 401


async def test_a_session_ends_by_itself(app: FastAPI, database: Database, li_na: Any) -> None:
    async with client_of(app) as client:
        await _try(client, password=PASSWORD)
        async with database.transaction() as session:
            await session.execute(text("UPDATE user_sessions SET expires_at = :at"), {"at": real_now()})
        assert (await client.get("/api/me")).status_code == 401


@pytest.mark.parametrize("login", ["li.na", "nobody.here"])
async def test_a_wrong_sign_in_does_not_tell_whether_the_login_exists(
    app: FastAPI, database: Database, li_na: Any, login: str
) -> None:
    async with client_of(app) as client:
        answer = await _try(client, login)
        english = await client.post(
            "/api/sign-in", json={"login": login, "password": "wrong"}, headers={"accept-language": "en"}
        )
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "wrong_sign_in"
    assert answer.json()["detail"] == "登录名或密码不正确，请检查后重试。"
    assert "wrong" in english.json()["detail"]
    assert await _one(database, "SELECT count(*) FROM audit_records WHERE action = 'sign_in_refused'") == 2


async def test_an_unknown_login_costs_a_whole_comparison(li_na: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # Not by measuring time, which would fail on a busy machine: by what is compared.
    compared: list[str] = []
    real = passwords._hasher.verify

    class Watching:
        def verify(self, stored: str, password: str) -> bool:
            compared.append(stored)
            return real(stored, password)

    monkeypatch.setattr(passwords, "_hasher", Watching())
    passwords._nobody.cache_clear()
    monkeypatch.setattr(passwords, "_nobody", lambda: li_na.password_hash)
    assert await passwords.verify(None, PASSWORD) is False  # even when it happens to match
    assert compared == [li_na.password_hash]


async def test_a_deactivated_person_cannot_sign_in(app: FastAPI, database: Database, li_na: Any) -> None:
    async with database.transaction() as session:
        await session.execute(text("UPDATE users SET active = false"))
    async with client_of(app) as client:
        assert (await _try(client, password=PASSWORD)).status_code == 401


async def test_after_five_failures_even_the_right_password_waits(app: FastAPI, database: Database, li_na: Any) -> None:
    async with client_of(app) as client:
        for _ in range(rules.MAX_FAILURES_OF_LOGIN):
            assert (await _try(client)).status_code == 401
        answer = await _try(client, password=PASSWORD)
        assert answer.status_code == 429
        assert answer.json()["code"] == "too_many"
        assert 890 <= int("".join(c for c in answer.json()["detail"] if c.isdigit())) <= 900
        # Real time, so the row is moved, not the clock: the wait is over when the window has passed.
        async with database.transaction() as session:
            await session.execute(text("UPDATE sign_in_failures SET at = at - interval '15 minutes'"))
        assert (await _try(client, password=PASSWORD)).status_code == 200


async def test_parallel_guesses_are_all_counted(app: FastAPI, li_na: Any) -> None:
    async with client_of(app) as client:
        answers = await asyncio.gather(*(_try(client) for _ in range(12)))
    assert sorted(a.status_code for a in answers) == [401] * 5 + [429] * 7


async def test_an_address_that_tries_many_logins_waits(
    app: FastAPI, li_na: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MAX_FAILURES_OF_ADDRESS", 3)
    async with client_of(app) as client:
        for n in range(3):
            assert (await _try(client, f"guess{n}")).status_code == 401
        assert (await _try(client, password=PASSWORD)).status_code == 429


async def test_a_success_forgets_the_failures_of_the_login_only(app: FastAPI, database: Database, li_na: Any) -> None:
    async with client_of(app) as client:
        for _ in range(4):
            await _try(client)
        assert (await _try(client, password=PASSWORD)).status_code == 200
        for _ in range(4):
            assert (await _try(client)).status_code == 401
        assert (await _try(client, password=PASSWORD)).status_code == 200
    # The address keeps its eight: a machine with one good login must not clean its own record.
    assert await _one(database, "SELECT count(*) FROM sign_in_failures") == 8


@pytest.mark.parametrize("origin", ["http://evil.example", "null", ORIGIN + ".evil.example"])
async def test_another_site_cannot_post_with_our_cookie(app: FastAPI, origin: str) -> None:
    async with await signed_in(app, Role.AGENT) as client:
        answer = await client.post("/api/sign-out", headers={"origin": origin})
        assert answer.status_code == 403
        assert answer.json()["code"] == "cross_site"
        assert (await client.get("/api/me")).status_code == 200


async def test_a_program_without_an_origin_is_let_through(app: FastAPI) -> None:
    async with await signed_in(app, Role.AGENT) as client:
        del client.headers["origin"]
        assert (await client.post("/api/sign-out")).status_code == 204


async def test_changing_my_password_needs_the_old_one_and_ends_my_other_sessions(
    app: FastAPI, database: Database, li_na: Any
) -> None:
    new = "another sentence of mine"
    async with client_of(app) as here, client_of(app) as elsewhere:
        await _try(here, password=PASSWORD)
        await _try(elsewhere, password=PASSWORD)
        wrong = await here.post("/api/me/password", json={"old_password": "wrong", "new_password": new})
        assert (wrong.status_code, wrong.json()["field"]) == (422, "old_password")
        weak = await here.post("/api/me/password", json={"old_password": PASSWORD, "new_password": "1234567890"})
        assert (weak.status_code, weak.json()["field"]) == (422, "new_password")
        right = await here.post("/api/me/password", json={"old_password": PASSWORD, "new_password": new})
        assert right.status_code == 204
        assert (await here.get("/api/me")).status_code == 200
        assert (await elsewhere.get("/api/me")).status_code == 401
        assert (await _try(elsewhere, password=PASSWORD)).status_code == 401
        assert (await _try(elsewhere, password=new)).status_code == 200


async def test_old_passwords_cannot_be_guessed_through_the_change_either(app: FastAPI, li_na: Any) -> None:
    async with client_of(app) as client:
        await _try(client, password=PASSWORD)
        body = {"old_password": "wrong", "new_password": "another sentence of mine"}
        answers = [(await client.post("/api/me/password", json=body)).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


async def test_my_language_is_kept(app: FastAPI) -> None:
    async with await signed_in(app, Role.MARKETING) as client:
        assert (await client.patch("/api/me", json={"language": "en"})).json()["language"] == "en"
        assert (await client.get("/api/me")).json()["language"] == "en"
        assert (await client.patch("/api/me", json={"language": "fr"})).status_code == 422


async def test_the_nightly_purge_forgets_what_no_longer_counts(app: FastAPI, database: Database, li_na: Any) -> None:
    from callcenter.people import service

    async with client_of(app) as client:
        await _try(client, password=PASSWORD)
        await _try(client)
    async with database.transaction() as session:
        await service.purge(session, real_now())
    assert await _one(database, "SELECT count(*) FROM user_sessions") == 1
    assert await _one(database, "SELECT count(*) FROM sign_in_failures") == 2
    async with database.transaction() as session:
        await service.purge(session, real_now() + timedelta(hours=13))
    assert await _one(database, "SELECT count(*) FROM user_sessions") == 0
    assert await _one(database, "SELECT count(*) FROM sign_in_failures") == 0
