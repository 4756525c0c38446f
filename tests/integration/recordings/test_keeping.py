"""From the end of a call to the sealed file, to an ear that may hear it, to its deletion: all on real stores."""

from __future__ import annotations

import base64
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from callcenter.calls.models import Call
from callcenter.domain.call import CallState, EndCause, Outcome
from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database
from callcenter.people.models import Role
from callcenter.recordings import repository, service
from callcenter.recordings.keeper import Keeper
from callcenter.recordings.models import Recording
from callcenter.recordings.router import router
from callcenter.recordings.seal import PIECE
from callcenter.settings import Settings
from callcenter.telephony.port import CarrierRefused, CarrierUnreachable, Recorded
from callcenter.telephony.simulated import sound
from tests.clients import app_of, client_of, open_session, settings_for_tests, signed_in
from tests.conftest import SHANGHAI
from tests.factories import make_call, make_campaign, make_user

KEY = "2026:" + base64.b64encode(os.urandom(32)).decode()
TALK_S = 30.0


@dataclass
class Network:
    """A carrier's recordings, as far as the keeper knows a carrier."""

    has: dict[UUID, list[Recorded]] = field(default_factory=dict)
    away: bool = False
    forgotten: list[str] = field(default_factory=list)
    breaks_off: bool = False

    async def recordings(self, call_id: UUID) -> list[Recorded]:
        if self.away:
            raise CarrierUnreachable("asked, and no answer")
        return list(self.has.get(call_id, []))

    async def fetch_recording(self, ref: str) -> AsyncIterator[bytes]:
        for n, piece in enumerate(sound.recording(UUID(ref[:36]), TALK_S)):
            if self.breaks_off and n == 3:
                raise CarrierUnreachable("broke off")
            yield piece

    async def forget_recording(self, ref: str) -> None:
        if ref in self.forgotten:
            raise CarrierRefused("unknown_recording")
        self.forgotten.append(ref)


def whole(call_id: UUID) -> bytes:
    return b"".join(sound.recording(call_id, TALK_S))


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """A server that speaks S3 (moto's), with a bucket."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    given = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=url, **given).create_bucket(Bucket="calls")
    yield url
    server.stop()


@pytest.fixture(params=["disk", "s3"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    given: dict[str, Any] = {"callcenter_home": tmp_path, "recording_keys": KEY, "recording_store": request.param}
    if request.param == "s3":
        given |= {
            "recording_s3_url": request.getfixturevalue("s3"),
            "recording_s3_bucket": "calls",
            "recording_s3_access_key": "a",
            "recording_s3_secret_key": "b",
        }
    return settings_for_tests(**given)


@dataclass
class House:
    database: Database
    clock: ManualClock
    settings: Settings
    network: Network

    def keeper(self) -> Keeper:
        return Keeper(self.database, self.network, self.clock, self.settings, SHANGHAI)

    async def ended_call(self, **given: Any) -> Call:
        """A recorded call that just ended, with one file at the carrier."""
        now = self.clock.now()
        async with self.database.transaction() as session:
            campaign = await make_campaign(session, record_calls=True)
            agent = await make_user(session)
            call = await make_call(
                session,
                campaign,
                state=CallState.ENDED.value,
                agent_id=agent.id,
                connected_at=now - timedelta(seconds=TALK_S),
                answered_at=now - timedelta(seconds=TALK_S),
                ended_at=now,
                outcome=Outcome.TALKED.value,
                cause=EndCause.AGENT_HUNG_UP.value,
                **given,
            )
            assert call.connected_at is not None
            await service.expect(session, call, now)
            await service.expect(session, call, now)  # told twice
            await service.mark(session, call.id, "trust", now - timedelta(seconds=4))
            await service.mark(session, call.id, "trust", now)
            self.network.has[call.id] = [Recorded(str(call.id), call.id, call.connected_at)]
        return call

    async def rows(self, call: Call) -> list[Recording]:
        async with self.database.transaction() as session:
            return list(await repository.of_call(session, call.id))


@pytest.fixture
def house(database: Database, clock: ManualClock, settings: Settings) -> House:
    return House(database, clock, settings, Network())


async def hear(client: httpx.AsyncClient, recording_id: UUID, part: str | None = None) -> httpx.Response:
    leave = await client.post(f"/api/recordings/{recording_id}/listen")
    assert leave.status_code == 200, leave.text
    return await client.get(leave.json()["url"], headers={"range": part} if part else {})


async def test_a_recorded_call_is_fetched_sealed_heard_by_a_supervisor_and_deleted_in_time(house: House) -> None:
    call = await house.ended_call()
    keeper = house.keeper()
    assert await keeper.fetch_due() == 0  # carriers need a moment
    await house.clock.advance(10)
    assert await keeper.fetch_due() == 1
    [row] = await house.rows(call)
    assert (row.state, row.channels, row.seconds, row.key_id) == ("stored", 2, TALK_S, "2026")
    assert row.size == len(whole(call.id))
    assert house.network.forgotten == [str(call.id)]
    assert not list((house.settings.home / "recordings" / "spool").glob("*"))
    for path in house.settings.home.rglob("*.sealed"):
        assert whole(call.id)[100:200] not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0

    app = app_of(house.database, house.clock, routers=[router], settings=house.settings)
    supervisor = await signed_in(app, Role.SUPERVISOR)
    answer = await hear(supervisor, row.id)
    assert answer.status_code == 200
    assert answer.content == whole(call.id)
    assert answer.headers["content-type"] == "audio/wav"
    part = await hear(supervisor, row.id, f"bytes={PIECE - 10}-{PIECE + 9}")
    assert part.status_code == 206
    assert part.headers["content-encoding"] == "identity"
    assert part.content == whole(call.id)[PIECE - 10 : PIECE + 10]
    assert part.headers["content-range"] == f"bytes {PIECE - 10}-{PIECE + 9}/{row.size}"
    assert (await hear(supervisor, row.id, f"bytes={row.size}-")).status_code == 416
    told = (await supervisor.get(f"/api/recordings/of-call/{call.id}")).json()
    assert [mark["what"] for mark in told["marks"]] == ["trust"]
    assert told["may_hear"]
    assert len(told["heard"]) == 3

    await house.clock.advance(86_400 * house.settings.recording_retention_days)
    assert await keeper.delete_due() == 1
    assert await keeper.delete_due() == 0
    [row] = await house.rows(call)
    assert (row.state, row.deleted_why, row.sha256 is not None) == ("deleted", "retention", True)
    assert (await supervisor.post(f"/api/recordings/{row.id}/listen")).status_code == 410
    assert not list(house.settings.home.rglob("*.sealed"))
    async with house.database.transaction() as session:
        actions = await session.execute(
            text("SELECT action, user_id IS NULL FROM audit_records WHERE thing_id = :id ORDER BY at"),
            {"id": str(row.id)},
        )
        assert list(actions.all()) == [("recording_heard", False)] * 3 + [("recording_deleted", True)]
        with pytest.raises(Exception, match="recordings_stay"):
            await session.execute(text("DELETE FROM recordings"))


async def test_a_carrier_that_is_away_or_breaks_off_is_asked_again_and_nothing_half_is_kept(house: House) -> None:
    call = await house.ended_call()
    house.network.away = True
    await house.clock.advance(10)
    assert await house.keeper().fetch_due() == 0
    house.network.away, house.network.breaks_off = False, True
    await house.clock.advance(60)
    assert await house.keeper().fetch_due() == 0
    [row] = await house.rows(call)
    assert row.state == "expected"
    assert "broke off" in (row.trouble or "")
    assert house.network.forgotten == []
    house.network.breaks_off = False
    await house.clock.advance(600)
    assert await house.keeper().fetch_due() == 1
    assert [r.state for r in await house.rows(call)] == ["stored"]


async def test_what_the_carrier_never_has_is_given_up_and_said_so(house: House) -> None:
    call = await house.ended_call()
    house.network.has.clear()
    for _ in range(20):
        await house.clock.advance(86_400 / 2)
        await house.keeper().fetch_due()
    assert [(r.state, r.trouble) for r in await house.rows(call)] == [
        ("absent", "CarrierRefused: unknown_recording: the carrier has no recording of it yet")
    ]


async def test_a_call_of_two_pieces_has_two_recordings(house: House) -> None:
    call = await house.ended_call()
    assert call.connected_at is not None
    second = Recorded(f"{call.id}-2", call.id, call.connected_at + timedelta(seconds=12))
    house.network.has[call.id].append(second)
    await house.clock.advance(10)
    assert await house.keeper().fetch_due() == 2
    assert [(r.carrier_ref, r.state) for r in await house.rows(call)] == [
        (str(call.id), "stored"),
        (f"{call.id}-2", "stored"),
    ]


async def test_who_may_listen_is_the_campaign_s_rule_and_every_refusal_leaves_nothing(house: House) -> None:
    call = await house.ended_call()
    await house.clock.advance(10)
    await house.keeper().fetch_due()
    app = app_of(house.database, house.clock, routers=[router], settings=house.settings)
    agent, token = await open_session(house.database, house.settings, Role.AGENT)
    async with house.database.transaction() as session:
        await session.execute(text("UPDATE calls SET agent_id = :me"), {"me": agent.id})
        await session.execute(text("UPDATE recordings SET agent_id = :me"), {"me": agent.id})
    own, other = client_of(app, token), await signed_in(app, Role.AGENT)
    supervisor, marketing = await signed_in(app, Role.SUPERVISOR), await signed_in(app, Role.MARKETING)
    listen = f"/api/recordings/{call.id}/listen"
    assert (await own.post(listen)).status_code == 403
    assert (await other.post(listen)).status_code == 404
    assert (await marketing.post(listen)).status_code == 404
    assert (await other.get(f"/api/recordings/of-call/{call.id}")).status_code == 404
    rule = {
        "retention_days": 30,
        "agents_may_listen": True,
        "announcement": "agent_says",
        "announcement_text": "本次通话将被录音。",
    }
    assert (await own.put(f"/api/recordings/policies/{call.queue_id}", json=rule)).status_code == 403
    put = await supervisor.put(f"/api/recordings/policies/{call.queue_id}", json=rule)
    assert put.json() == rule | {"queue_id": str(call.queue_id), "own": True}
    every = (await supervisor.get("/api/recordings/policies")).json()
    assert [(row["queue_id"], row["retention_days"], row["own"]) for row in every["rows"]] == [
        (str(call.queue_id), rule["retention_days"], True)
    ]
    assert every["rows"][0]["changed_by"]
    assert (every["usual_days"], every["usual_announcement"]) == (180, "agent_says")
    assert every["store"] in ("disk", "s3")
    assert (await own.get("/api/recordings/policies")).status_code == 403
    leave = await own.post(listen)
    assert leave.status_code == 200
    url = leave.json()["url"]
    assert (await own.get(url)).content == whole(call.id)
    for thief in (other, supervisor, client_of(app)):  # a ticket is of no use to anybody else
        assert (await thief.get(url)).status_code in (401, 403)
    assert (await supervisor.get(url.split("?")[0])).status_code == 403

    # Kept for a dispute beyond its thirty days, until that is taken back.
    assert (await supervisor.post(f"/api/recordings/{call.id}/keep", json={"why": "客户投诉 12"})).status_code == 200
    await house.clock.advance(86_400 * 40)
    assert await house.keeper().delete_due() == 0
    assert (await supervisor.post(f"/api/recordings/{call.id}/keep", json={"why": None})).status_code == 200
    assert await house.keeper().delete_due() == 1


async def test_who_asks_to_be_forgotten_is_forgotten_at_the_next_look_but_for_a_dispute(house: House) -> None:
    call = await house.ended_call()
    await house.clock.advance(10)
    keeper = house.keeper()
    await keeper.fetch_due()
    async with house.database.transaction() as session:
        await session.execute(text("UPDATE recordings SET kept_for = '客户投诉 12'"))
        assert await repository.forget_customer(session, call.customer_id, house.clock.now()) == 1
    assert await keeper.delete_due() == 0
    async with house.database.transaction() as session:
        await session.execute(text("UPDATE recordings SET kept_for = NULL"))
    assert await keeper.delete_due() == 1
    assert [(row.state, row.deleted_why) for row in await house.rows(call)] == [("deleted", "forgotten")]


async def test_a_damaged_file_is_a_refusal_in_words_and_an_unknown_key_too(house: House) -> None:
    call = await house.ended_call()
    await house.clock.advance(10)
    await house.keeper().fetch_due()
    other_key = "2027:" + base64.b64encode(os.urandom(32)).decode()
    changed = house.settings.model_copy(update={"recording_keys": type(house.settings.secret_key)(other_key)})
    app = app_of(house.database, house.clock, routers=[router], settings=changed)
    supervisor = await signed_in(app, Role.SUPERVISOR)
    answer = await hear(supervisor, call.id)
    assert answer.status_code == 503
    assert answer.json()["code"] == "recording_unreadable"
    assert "密" in answer.json()["detail"]
    if house.settings.recording_store == "disk":
        [path] = house.settings.home.rglob("*.sealed")
        path.write_bytes(path.read_bytes()[:-5])
        app = app_of(house.database, house.clock, routers=[router], settings=house.settings)
        supervisor = await signed_in(app, Role.SUPERVISOR)
        tail = await hear(supervisor, call.id, "bytes=-10")
        assert tail.status_code == 503
