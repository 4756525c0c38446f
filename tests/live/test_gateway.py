"""The gateway over a real socket: start, recovery, refusals in both languages, one console for each agent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import uvicorn
from sqlalchemy import text
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from callcenter.bootstrap import Services, build_app
from callcenter.kit import embedded
from callcenter.kit.clock import real_now
from callcenter.kit.db import Database
from callcenter.kit.ids import new_token, token_hash
from callcenter.people.access import COOKIE
from callcenter.people.models import Role, User, UserSession
from callcenter.settings import Settings
from campaigns.dispositions import service as dispositions
from campaigns.plans.models import Campaign
from tests.factories import make_call, make_campaign, make_user


@dataclass
class House:
    url: str
    database: Database
    settings: Settings
    campaign: Campaign

    async def person(self, role: Role = Role.AGENT, language: str = "zh") -> tuple[User, str]:
        """Somebody with an open session: (the user, the cookie)."""
        async with self.database.transaction() as session:
            user = await make_user(session, role, language=language)
            token = new_token()
            session.add(
                UserSession(
                    token_hash=token_hash(self.settings.secret_key.get_secret_value(), token),
                    user_id=user.id,
                    created_at=real_now(),
                    expires_at=real_now() + timedelta(hours=1),
                )
            )
        return user, token

    @asynccontextmanager
    async def socket(self, token: str, *, origin: str | None = None, **hello: Any) -> AsyncIterator[Talk]:
        """A console that has said hello."""
        async with connect(
            self.url.replace("http", "ws") + "/api/live",
            additional_headers={"Cookie": f"{COOKIE}={token}"},
            origin=origin or self.url,  # type: ignore[arg-type]
            proxy=None,
        ) as connection:
            talk = Talk(connection)
            await talk.send(type="hello", protocol=1, **hello)
            yield talk


@dataclass
class Talk:
    connection: ClientConnection

    async def send(self, **message: Any) -> None:
        await self.connection.send(orjson.dumps(message, default=str).decode())

    async def hear(self, kind: str) -> dict[str, Any]:
        """The next message of this kind; others are passed over."""
        async with asyncio.timeout(10):
            while True:
                message: dict[str, Any] = orjson.loads(await self.connection.recv())
                if message["type"] == kind:
                    return message

    async def ask(self, **command: Any) -> dict[str, Any]:
        """Send a command; its answer."""
        await self.send(id="c1", **command)
        async with asyncio.timeout(10):
            while True:
                message: dict[str, Any] = orjson.loads(await self.connection.recv())
                if message["type"] in ("done", "refused"):
                    return message


@pytest.fixture
async def house(home: Path, database: Database, database_url: str) -> AsyncIterator[House]:
    settings = Settings(_env_file=None, port=0)
    services = Services(database_url, embedded.ensure_nats(home), None)
    server = uvicorn.Server(
        uvicorn.Config(build_app(settings, services), host="127.0.0.1", port=0, log_config=None, ws="websockets-sansio")
    )
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(10):
        while not server.started:
            await asyncio.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with database.transaction() as session:
        await dispositions.seed_defaults(session)
        campaign = await make_campaign(session)
    yield House(f"http://127.0.0.1:{port}", database, settings, campaign)
    server.should_exit = True
    await serving


async def test_a_start_is_welcome_then_snapshot(house: House) -> None:
    user, token = await house.person()
    async with house.socket(token) as console:
        welcome = await console.hear("welcome")
        assert welcome["me"]["id"] == str(user.id)
        assert welcome["simulated"] is True
        snapshot = await console.hear("snapshot")
        assert snapshot["why"] == "start"
        assert snapshot["agent"]["state"] == "offline"
        assert snapshot["board"] is None


async def test_what_an_agent_does_comes_back_as_an_event_and_reaches_the_board(house: House) -> None:
    _, agent_token = await house.person()
    _, supervisor_token = await house.person(Role.SUPERVISOR)
    async with house.socket(agent_token) as agent, house.socket(supervisor_token) as board:
        await agent.hear("snapshot")
        assert (await board.hear("snapshot"))["board"] is not None
        await agent.send(id="1", type="sign_on", queue_id=house.campaign.id)
        while (await agent.hear("agent"))["agent"]["state"] != "on_break":
            pass  # the console's own arrival is an event, too
        await agent.send(id="2", type="ready")
        while (seen := (await board.hear("agent"))["agent"])["state"] != "ready":
            pass
        assert seen["present"] is True


async def test_a_console_that_was_away_gets_only_what_it_missed(house: House) -> None:
    _, token = await house.person()
    async with house.socket(token) as console:
        snapshot = await console.hear("snapshot")
        await console.send(id="1", type="sign_on", queue_id=house.campaign.id)
        seen = await console.hear("agent")
    async with house.socket(token, epoch=snapshot["epoch"], seq=seen["seq"]) as again:
        await again.hear("in_step")  # no snapshot was needed
        answer = await again.ask(type="ready")
        assert answer["type"] == "done"


@pytest.mark.parametrize(("epoch", "seq"), [("another-life", 3), (None, 1), ("same", 10**9)])
async def test_an_old_or_impossible_sequence_gets_a_fresh_snapshot(house: House, epoch: str | None, seq: int) -> None:
    _, token = await house.person()
    async with house.socket(token) as console:
        known = (await console.hear("snapshot"))["epoch"]
    async with house.socket(token, epoch=known if epoch == "same" else epoch, seq=seq) as again:
        assert (await again.hear("snapshot"))["why"] == "too_old"


@pytest.mark.parametrize(
    ("language", "message", "code", "words"),
    [
        ("zh", '{"type": "fly", "id": "c1"}', "unknown_message", "fly"),
        ("en", '{"type": "fly", "id": "c1"}', "unknown_message", "knows no message of type 'fly'"),
        ("zh", "not json at all", "unknown_message", "不认识"),
        ("zh", '{"type": "ready", "id": "c1", "also": 1}', "unknown_message", "also"),
        ("zh", '{"type": "break", "id": "c1", "reason": "nap"}', "unknown_message", "reason"),
        ("en", '{"type": "hang_up", "id": "c1", "call_id": "17"}', "unknown_message", "call_id"),
    ],
)
async def test_what_is_no_message_is_refused_with_field_problem_and_mend(
    house: House, language: str, message: str, code: str, words: str
) -> None:
    _, token = await house.person(language=language)
    async with house.socket(token) as console:
        await console.hear("snapshot")
        await console.connection.send(message)
        refused = await console.hear("refused")
        assert refused["problem"]["code"] == code
        assert words in refused["problem"]["sentence"]
        chinese = any("\u4e00" <= letter <= "\u9fff" for letter in refused["problem"]["sentence"])
        assert chinese is (language == "zh")
        # The socket lives on, and a proper command still works.
        assert (await console.ask(type="sign_on", queue_id=house.campaign.id))["type"] == "done"


@pytest.mark.parametrize(("language", "words"), [("zh", "没有"), ("en", "disposition")])
async def test_an_unknown_disposition_is_refused_and_nothing_is_lost(house: House, language: str, words: str) -> None:
    user, token = await house.person(language=language)
    async with house.socket(token) as console:
        await console.hear("snapshot")
        await console.ask(type="sign_on", queue_id=house.campaign.id)
        async with house.database.transaction() as session:
            call = await make_call(
                session,
                house.campaign,
                state="ended",
                outcome="talked",
                cause="customer_hung_up",
                agent_id=user.id,
                connected_at=real_now(),
                ended_at=real_now(),
            )
            await session.execute(
                text("UPDATE agents SET state = 'wrap_up', call_id = :call WHERE user_id = :id"),
                {"call": call.id, "id": user.id},
            )
        refused = await console.ask(type="disposition", call_id=call.id, code="delighted")
        assert refused["type"] == "refused"
        assert "delighted" in refused["problem"]["sentence"]
        blocked = await console.ask(type="ready")
        assert blocked["problem"]["code"] == "disposition_missing"
        assert (await console.ask(type="disposition", call_id=call.id, code="not_now"))["type"] == "done"


async def test_a_second_browser_takes_over(house: House) -> None:
    _, token = await house.person()
    async with house.socket(token) as first:
        await first.hear("snapshot")
        async with house.socket(token) as second:
            await second.hear("snapshot")
            await first.hear("superseded")
            with pytest.raises(ConnectionClosed) as closed:
                await first.hear("never")
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4001
            assert (await second.ask(type="sign_on", queue_id=house.campaign.id))["type"] == "done"


async def test_a_foreign_page_and_a_stranger_are_turned_away(house: House) -> None:
    _, token = await house.person()
    for given, origin, code in ((token, "http://evil.example", 4403), ("nonsense", None, 4401)):
        with pytest.raises(ConnectionClosed) as closed:
            async with house.socket(given, origin=origin) as console:
                await console.hear("welcome")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == code


async def test_signing_out_ends_the_socket(house: House) -> None:
    user, token = await house.person()
    async with house.socket(token) as console:
        await console.hear("snapshot")
        async with house.database.transaction() as session:
            await session.execute(text("DELETE FROM user_sessions WHERE user_id = :id"), {"id": user.id})
            await session.execute(text("SELECT pg_notify('people', :id)"), {"id": str(user.id)})
        with pytest.raises(ConnectionClosed) as closed:
            await console.hear("never")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401


async def test_a_page_of_another_version_is_told_to_reload(house: House) -> None:
    _, token = await house.person()
    async with connect(
        house.url.replace("http", "ws") + "/api/live",
        additional_headers={"Cookie": f"{COOKIE}={token}"},
        origin=house.url,  # type: ignore[arg-type]
        proxy=None,
    ) as connection:
        talk = Talk(connection)
        await talk.send(type="hello", protocol=99)
        assert "刷新" in (await talk.hear("refused"))["problem"]["sentence"]
        with pytest.raises(ConnectionClosed):
            await talk.hear("never")
