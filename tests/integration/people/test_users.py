"""Users, what administrators may do with them, and the record of it."""

from __future__ import annotations

import asyncio
from datetime import UTC
from typing import Annotated, Any
from uuid import uuid4

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI
from sqlalchemy import text

from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database
from callcenter.kit.wake import listen
from callcenter.people.access import require
from callcenter.people.models import Role, User
from callcenter.people.service import LOOK_AGAIN
from tests.clients import app_of, client_of, open_session, signed_in

NEW = {"login": "wang.wu", "name": "王五", "role": "agent", "password": "a sentence that nobody guesses"}


@pytest.fixture
def app(database: Database, clock: ManualClock) -> FastAPI:
    return app_of(database, clock)


async def _users(client: httpx.AsyncClient, **params: Any) -> list[str]:
    answer = await client.get("/api/users", params=params)
    assert answer.status_code == 200, answer.text
    return [row["login"] for row in answer.json()["rows"]]


async def _actions(database: Database) -> list[str]:
    async with database.transaction() as session:
        rows = await session.execute(text("SELECT action FROM audit_records ORDER BY at, action"))
        return list(rows.scalars())


async def test_an_administrator_creates_a_user_who_can_sign_in(app: FastAPI, database: Database) -> None:
    async with await signed_in(app, Role.ADMINISTRATOR) as admin, client_of(app) as new:
        answer = await admin.post("/api/users", json=NEW)
        assert answer.status_code == 201
        body = answer.json()
        assert (body["login"], body["name"], body["role"], body["active"]) == ("wang.wu", "王五", "agent", True)
        assert "password" not in answer.text
        sign_in = {"login": NEW["login"], "password": NEW["password"]}
        assert (await new.post("/api/sign-in", json=sign_in)).status_code == 200
        seen = (await admin.get(f"/api/users/{body['id']}")).json()
        assert seen | {"created_at": body["created_at"]} == body
    assert await _actions(database) == ["signed_in", "user_created"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"login": "a b"}, "login"),
        ({"login": ""}, "login"),
        ({"login": "x" * 65}, "login"),
        ({"name": ""}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"name": "nul\x00"}, "name"),
        ({"role": "king"}, "role"),
        ({"password": "short"}, "password"),
        ({"password": "wang.wu12345"}, "password"),
        ({"password": "x" * 201}, "password"),
        ({"language": "fr"}, "language"),
        ({"salary": 1}, "salary"),
    ],
)
async def test_a_user_with_an_impossible_value_is_refused_by_field(
    app: FastAPI, change: dict[str, Any], field: str
) -> None:
    async with await signed_in(app, Role.ADMINISTRATOR) as admin:
        answer = await admin.post("/api/users", json=NEW | change)
        assert (answer.status_code, answer.json()["field"]) == (422, field)
        assert field in answer.json()["detail"]


async def test_a_login_is_taken_whatever_its_case(app: FastAPI) -> None:
    async with await signed_in(app, Role.ADMINISTRATOR) as admin:
        await admin.post("/api/users", json=NEW)
        answer = await admin.post("/api/users", json=NEW | {"login": "Wang.Wu"})
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (409, "login_taken", "login")


async def test_users_are_found_by_role_by_state_and_by_a_word(app: FastAPI) -> None:
    async with await signed_in(app, Role.ADMINISTRATOR, login="root", name="管理员") as admin:
        await signed_in(app, Role.AGENT, login="li_na", name="李娜")
        await signed_in(app, Role.AGENT, login="lixna", name="赵六", active=False)
        assert await _users(admin) == ["li_na", "lixna", "root"]
        assert await _users(admin, role="agent") == ["li_na", "lixna"]
        assert await _users(admin, active=True) == ["li_na", "root"]
        assert await _users(admin, search="李") == ["li_na"]
        assert await _users(admin, search="li_n") == ["li_na"]  # _ is a letter, not a wildcard
        assert await _users(admin, search="%") == []
        assert await _users(admin, limit=1, offset=1) == ["lixna"]
        assert (await admin.get("/api/users", params={"limit": 1})).json()["total"] == 3


async def test_deactivating_signs_out_everywhere_and_reactivating_lets_in_again(
    app: FastAPI, database: Database
) -> None:
    user, token = await open_session(database, app.state.settings, Role.AGENT)
    async with await signed_in(app, Role.ADMINISTRATOR) as admin, client_of(app, token) as agent:
        assert (await agent.get("/api/me")).status_code == 200
        answer = await admin.patch(f"/api/users/{user.id}", json={"active": False})
        assert (answer.json()["active"], answer.json()["version"]) == (False, 2)
        assert (await agent.get("/api/me")).status_code == 401
        await admin.patch(f"/api/users/{user.id}", json={"active": True})
        assert (await agent.get("/api/me")).status_code == 401  # that session is gone for good
        record = (await admin.get("/api/audit", params={"thing_id": str(user.id)})).json()["rows"]
    assert sorted(len(r["detail"]["changed"]) for r in record) == [1, 1]
    assert {"changed": ["active"], "active": False, "sessions_ended": 1} in [r["detail"] for r in record]


async def test_open_sockets_are_told_to_look_again(app: FastAPI, database: Database) -> None:
    user, token = await open_session(database, app.state.settings, Role.AGENT)
    heard: list[tuple[str, str]] = []
    arrived = asyncio.Event()

    async def hear(channel: str, payload: str) -> None:
        if payload:  # an empty one is said once, when the listener is there
            heard.append((channel, payload))
        arrived.set()

    listener = asyncio.create_task(listen(database.url, [LOOK_AGAIN], hear))
    try:
        async with await signed_in(app, Role.ADMINISTRATOR) as admin, client_of(app, token) as agent:
            async with asyncio.timeout(5):
                await arrived.wait()
            path = f"/api/users/{user.id}"
            assert (await admin.patch(path, json={"name": "新名"})).is_success  # changes nothing of their rights
            for step in (admin.patch(path, json={"role": "supervisor"}), agent.post("/api/sign-out")):
                arrived.clear()
                assert (await step).is_success
                async with asyncio.timeout(5):
                    await arrived.wait()
    finally:
        listener.cancel()
    assert heard == [(LOOK_AGAIN, str(user.id))] * 2


@pytest.mark.parametrize("change", [{"active": False}, {"role": "supervisor"}, {"active": False, "role": "agent"}])
async def test_the_last_administrator_stays(app: FastAPI, database: Database, change: dict[str, Any]) -> None:
    user, token = await open_session(database, app.state.settings, Role.ADMINISTRATOR)
    await open_session(database, app.state.settings, Role.ADMINISTRATOR, active=False)
    async with client_of(app, token) as admin:
        answer = await admin.patch(f"/api/users/{user.id}", json=change)
        assert (answer.status_code, answer.json()["code"]) == (409, "last_administrator")
        assert (await admin.get("/api/me")).json()["role"] == "administrator"


async def test_two_administrators_who_remove_each_other_at_once_leave_one(app: FastAPI, database: Database) -> None:
    (one, token1), (two, token2) = [
        await open_session(database, app.state.settings, Role.ADMINISTRATOR) for _ in range(2)
    ]
    async with client_of(app, token1) as first, client_of(app, token2) as second:
        answers = await asyncio.gather(
            first.patch(f"/api/users/{two.id}", json={"active": False}),
            second.patch(f"/api/users/{one.id}", json={"active": False}),
        )
    assert sorted(a.status_code for a in answers) in ([200, 409], [200, 401])
    async with database.transaction() as session:
        left = await session.execute(text("SELECT count(*) FROM users WHERE role = 'administrator' AND active"))
        assert left.scalar_one() == 1


async def test_only_what_is_given_changes_and_a_stale_version_changes_nothing(app: FastAPI, database: Database) -> None:
    user, _ = await open_session(database, app.state.settings, Role.AGENT, name="旧名", address="sip:1001@pbx")
    path = f"/api/users/{user.id}"
    async with await signed_in(app, Role.ADMINISTRATOR) as admin:
        body = (await admin.patch(path, json={"name": "新名", "version": 1})).json()
        assert (body["name"], body["address"], body["version"]) == ("新名", "sip:1001@pbx", 2)
        stale = await admin.patch(path, json={"name": "别的", "version": 1})
        assert (stale.status_code, stale.json()["code"]) == (409, "stale")
        body = (await admin.patch(path, json={"address": None, "role": None, "name": None})).json()
        assert (body["name"], body["address"], body["role"]) == ("新名", None, "agent")
        assert (await admin.patch(path, json={"name": "新名"})).json()["version"] == 3  # nothing changed


async def test_a_new_password_signs_out_and_lifts_the_wait(app: FastAPI, database: Database) -> None:
    user, token = await open_session(database, app.state.settings, Role.AGENT, login="li.na")
    new = "given by an administrator"
    async with await signed_in(app, Role.ADMINISTRATOR) as admin, client_of(app, token) as agent:
        for _ in range(6):
            last = await agent.post("/api/sign-in", json={"login": "li.na", "password": "wrong"})
        assert last.status_code == 429
        weak = await admin.post(f"/api/users/{user.id}/password", json={"password": "li.na li.na"})
        assert (weak.status_code, weak.json()["field"]) == (422, "password")
        assert (await admin.post(f"/api/users/{user.id}/password", json={"password": new})).status_code == 204
        assert (await agent.get("/api/me")).status_code == 401
        assert (await agent.post("/api/sign-in", json={"login": "li.na", "password": new})).status_code == 200


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR, Role.MARKETING, Role.BACK_OFFICE])
async def test_nobody_but_an_administrator_changes_users(app: FastAPI, role: Role) -> None:
    async with await signed_in(app, role) as client:
        for answer in (
            await client.post("/api/users", json=NEW),
            await client.patch(f"/api/users/{uuid4()}", json={"active": False}),
            await client.post(f"/api/users/{uuid4()}/password", json={"password": NEW["password"]}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
            assert role.value.replace("_", " ") in answer.json()["detail"]
        # A supervisor has to know who the agents are and what was done; the others need not.
        expected = 200 if role is Role.SUPERVISOR else 403
        assert (await client.get("/api/users")).status_code == expected
        assert (await client.get("/api/audit")).status_code == expected


async def test_require_lets_in_the_named_roles_and_administrators(database: Database, clock: ManualClock) -> None:
    rooms = APIRouter()

    @rooms.get("/api/marketing")
    async def marketing(user: Annotated[User, Depends(require(Role.MARKETING, Role.BACK_OFFICE))]) -> str:
        return user.role

    app = app_of(database, clock, routers=[rooms])
    seen = {}
    for role in Role:
        async with await signed_in(app, role) as client:
            seen[role] = (await client.get("/api/marketing")).status_code
    assert {role for role, status in seen.items() if status == 200} == {
        Role.MARKETING,
        Role.BACK_OFFICE,
        Role.ADMINISTRATOR,
    }


async def test_the_record_is_filtered_by_person_action_thing_and_time(app: FastAPI, clock: ManualClock) -> None:
    async with await signed_in(app, Role.ADMINISTRATOR, name="管理员") as admin:
        me = (await admin.get("/api/me")).json()["id"]
        first = (await admin.post("/api/users", json=NEW)).json()["id"]
        noon = clock.now()
        await clock.advance(3600)
        await admin.post("/api/users", json=NEW | {"login": "zhao.liu"})
        await admin.patch(f"/api/users/{first}", json={"role": "supervisor"})

        async def found(**params: str) -> list[str]:
            answer = await admin.get("/api/audit", params=params)
            assert answer.status_code == 200, answer.text
            return [row["action"] for row in answer.json()["rows"]]

        assert sorted(await found()) == ["user_changed", "user_created", "user_created"]
        assert await found(action="user_changed") == ["user_changed"]
        assert sorted(await found(thing_id=first)) == ["user_changed", "user_created"]
        assert await found(until=clock.now().isoformat()) == ["user_created"]
        assert sorted(await found(since=clock.now().isoformat())) == ["user_changed", "user_created"]
        assert len(await found(user_id=me, thing="user")) == 3
        assert await found(user_id=first) == []
        assert (await admin.get("/api/audit", params={"since": "2026-03-09"})).status_code == 422
        row = (await admin.get("/api/audit", params={"until": clock.now().isoformat()})).json()["rows"][0]
    assert (row["user_name"], row["detail"]) == ("管理员", {"role": "agent"})
    assert row["at"] == noon.astimezone(UTC).isoformat().replace("+00:00", "Z")


async def test_the_record_holds_no_names_and_no_texts(app: FastAPI, database: Database) -> None:
    async with await signed_in(app, Role.ADMINISTRATOR) as admin:
        user = (await admin.post("/api/users", json=NEW)).json()["id"]
        await admin.patch(f"/api/users/{user}", json={"name": "王小五"})
        await admin.post("/api/sign-in", json={"login": "13812345678", "password": "wrong"})
    async with database.transaction() as session:
        rows = await session.execute(text("SELECT audit_records::text FROM audit_records"))
        whole = "\n".join(rows.scalars())
        kept = "\n".join((await session.execute(text("SELECT f::text FROM sign_in_failures f"))).scalars())
    for personal in ("王五", "王小五", "wang.wu", "13812345678", NEW["password"]):
        assert personal not in whole
        assert personal not in kept


@pytest.mark.parametrize("path", ["/api/users/0b1f6c0e-7d0c-4a4e-9c43-5d3b8a1f2e67", "/api/users/not-an-id"])
async def test_a_user_who_is_not_there(app: FastAPI, path: str) -> None:
    async with await signed_in(app, Role.ADMINISTRATOR) as admin:
        assert (await admin.get(path)).status_code in (404, 422)
