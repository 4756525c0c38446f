"""The application around the rooms: health, headers, limits, errors, metrics, documentation, console."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request, UploadFile
from sqlalchemy import text
from structlog.testing import capture_logs

from callcenter.agents.models import Agent
from callcenter.calls.models import Call
from callcenter.domain.call import CallState
from callcenter.edge import guards
from callcenter.kit import embedded, outbox
from callcenter.kit.bus import Bus
from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database
from callcenter.kit.http import DbSession
from callcenter.kit.ids import new_id
from callcenter.people.models import Role
from tests.clients import ORIGIN, app_of, client_of, settings_for_tests, signed_in
from tests.factories import make_user

rooms = APIRouter()


@rooms.get("/api/things/{thing_id}")
async def thing(thing_id: str) -> str:
    return thing_id


@rooms.get("/api/crash")
async def crash() -> str:
    raise RuntimeError("a bug")


@rooms.get("/api/store")
async def store(value: str, session: DbSession) -> None:
    await session.execute(text("SELECT CAST(:value AS text)"), {"value": value})


@rooms.get("/api/long")
async def long() -> list[str]:
    return ["a long line of text"] * 1000


@rooms.post("/api/upload")
async def upload(file: UploadFile) -> int:
    return len(await file.read())


@rooms.post("/api/json")
async def take(request: Request, body: dict[str, Any]) -> int:
    return len(body)


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    (tmp_path / "dist" / "assets").mkdir(parents=True)
    (tmp_path / "dist" / "index.html").write_text("<title>工作台</title>")
    (tmp_path / "dist" / "favicon.svg").write_text("<svg/>")
    (tmp_path / "dist" / "assets" / "index-4f2a.js").write_text("console")
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path / "dist"


@pytest.fixture
def app(database: Database, clock: ManualClock, dist: Path) -> FastAPI:
    return app_of(database, clock, routers=[rooms], console=dist)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client


# ---------------------------------------------------------------- health


async def test_a_living_process_says_so(client: httpx.AsyncClient) -> None:
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"alive": True})


async def test_ready_with_the_bus_away_because_calls_go_on(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["ready"], body["database"], body["schema_version"], body["bus"]) == (True, "ok", "ok", "away")
    assert "NATS" in body["zh"]


async def test_ready_with_everything_there(database: Database, clock: ManualClock, home: Path) -> None:
    app = app_of(database, clock)
    app.state.bus = bus = Bus(embedded.ensure_nats(home), namespace="test")
    await bus.start()
    try:
        async with client_of(app) as client:
            assert (await client.get("/readyz")).json()["bus"] == "connected"
            assert "callcenter_bus_connected 1.0" in (await client.get("/metrics")).text
    finally:
        await bus.close()


@pytest.mark.parametrize("what", ["DROP TABLE alembic_version", "UPDATE alembic_version SET version_num = 'older'"])
async def test_not_ready_before_the_database_is_migrated(
    client: httpx.AsyncClient, database: Database, what: str
) -> None:
    async with database.transaction() as session:
        await session.execute(text(what))
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["schema_version"]) == (503, "not_migrated")
    assert "callcenter migrate" in answer.json()["zh"]
    assert "callcenter migrate" in answer.json()["en"]


async def test_with_the_database_gone_it_is_alive_not_ready_and_says_503(clock: ManualClock, dist: Path) -> None:
    gone = Database("postgresql://127.0.0.1:1/nowhere")
    async with client_of(app_of(gone, clock, routers=[rooms], console=dist)) as client:
        assert (await client.get("/healthz")).status_code == 200
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["database"]) == (503, "away")
        answer = await client.get("/api/store", params={"value": "x"})
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert "callcenter_database_up 0.0" in (await client.get("/metrics")).text
        assert (await client.get("/")).status_code == 200
    await gone.close()


async def test_about_says_that_the_carrier_is_simulated(client: httpx.AsyncClient, clock: ManualClock) -> None:
    await clock.advance(60)
    body = (await client.get("/api/about")).json()
    assert body["simulated"] is True
    assert (body["now"], body["speed"], body["timezone"]) == ("2026-03-09T02:01:00Z", 1.0, "Asia/Shanghai")


# ---------------------------------------------------------------- what every answer carries


@pytest.mark.parametrize("path", ["/", "/api/me", "/api/crash", "/healthz", "/docs", "/api/nothing"])
async def test_every_answer_is_protected(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    csp = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert csp["script-src"] == "'self'"
    assert csp["frame-ancestors"] == "'none'"
    assert "'unsafe-inline'" in csp["style-src"]
    assert len(headers["x-request-id"]) == 32
    if path.startswith("/api"):
        assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("given", "kept"), [("trace-0001", True), ("x", False), ("a b\tc d e f", False)])
async def test_a_sensible_request_id_is_kept(client: httpx.AsyncClient, given: str, kept: bool) -> None:
    answer = await client.get("/healthz", headers={"x-request-id": given})
    assert (answer.headers["x-request-id"] == given) is kept


async def test_long_answers_are_compressed(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/long", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert len(answer.json()) == 1000


async def test_the_access_log_has_the_route_and_the_person_but_nothing_personal(app: FastAPI) -> None:
    async with await signed_in(app, Role.AGENT, name="李娜") as client:
        with capture_logs() as lines:
            await client.get("/api/me", params={"phone": "13812345678"})
            await client.get("/api/things/13812345678")
            await client.get("/healthz")
            user_id = (await client.get("/api/me")).json()["id"]
    access = [line for line in lines if line["event"] == "http.request"]
    assert [(a["method"], a["route"], a["status"]) for a in access] == [
        ("GET", "/api/me", 200),
        ("GET", "/api/things/{thing_id}", 200),
        ("GET", "/api/me", 200),
    ]
    assert access[0]["user_id"] == user_id
    assert access[0]["ms"] >= 0
    assert "13812345678" not in str(lines)
    assert "李娜" not in str(lines)


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nothing", 404, "no_such_address"),
        ("POST", "/api/nothing", 404, "no_such_address"),
        ("GET", "/api", 404, "no_such_address"),
        ("GET", "/api/sign-in", 405, "wrong_method"),
        ("DELETE", "/api/me", 405, "wrong_method"),
        ("POST", "/", 405, "wrong_method"),
        ("GET", "/api/crash", 500, "internal"),
        ("GET", "/api/store?value=%00", 422, "bad_input"),
    ],
)
async def test_every_refusal_is_a_problem_in_both_languages(
    client: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    zh = await client.request(method, path)
    en = await client.request(method, path, headers={"accept-language": "en-GB,en;q=0.9"})
    for answer in (zh, en):
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == code
    assert any("一" <= c <= "鿿" for c in zh.json()["detail"])
    assert en.json()["detail"].isascii()
    if status == 405:
        assert zh.headers["allow"]


async def test_a_crash_is_logged_and_counted(client: httpx.AsyncClient) -> None:
    with capture_logs() as lines:
        assert "a bug" not in (await client.get("/api/crash")).text
    assert [line["event"] for line in lines] == ["request.failed", "http.request"]
    assert (
        'callcenter_request_seconds_count{method="GET",route="/api/crash",status="500"} 1.0'
        in (await client.get("/metrics")).text
    )


class _Chunks:
    """A body of unknown length, as a browser that streams sends it."""

    def __init__(self, megabytes: float) -> None:
        self.megabytes = megabytes
        self.sent = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        chunk = b"x" * (256 * 1024)
        for _ in range(int(self.megabytes * 4)):
            self.sent += len(chunk)
            yield chunk


@pytest.mark.parametrize("path", ["/api/json", "/api/sign-in"])
async def test_a_body_that_is_too_large_is_refused_with_the_limit(client: httpx.AsyncClient, path: str) -> None:
    told = await client.post(path, content=b"x" * (3 * 1024 * 1024), headers={"content-type": "application/json"})
    assert (told.status_code, told.json()["code"]) == (413, "too_large")
    assert "2 MB" in told.json()["detail"]
    chunks = _Chunks(8)
    untold = await client.post(path, content=chunks, headers={"content-type": "application/json"})
    assert (untold.status_code, untold.json()["code"]) == (413, "too_large")
    assert untold.headers["content-type"] == "application/problem+json"
    assert chunks.sent < 3 * 1024 * 1024  # it was not read to its end


async def test_an_upload_may_be_larger_but_not_endless(
    client: httpx.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await client.post("/api/upload", files={"file": b"x" * (3 * 1024 * 1024)})
    assert (answer.status_code, answer.json()) == (200, 3 * 1024 * 1024)
    tight = guards.BodyLimit(app, upload_mb=1)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=tight), base_url=ORIGIN, headers={"origin": ORIGIN}
    ) as other:
        refused = await other.post("/api/upload", files={"file": b"x" * (2 * 1024 * 1024)})
    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")
    assert "1 MB" in refused.json()["detail"]


# ---------------------------------------------------------------- metrics


async def test_metrics_show_agents_calls_and_the_outbox(
    client: httpx.AsyncClient, database: Database, clock: ManualClock, app: FastAPI
) -> None:
    today = datetime(2026, 3, 8, 16, 0, tzinfo=UTC)  # midnight in Shanghai
    yesterday = today - timedelta(seconds=1)
    rows: list[dict[str, Any]] = [
        {"state": "ended", "outcome": "no_answer", "created_at": today, "ended_at": today},
        {"state": "ended", "outcome": "no_answer", "created_at": yesterday, "ended_at": yesterday},
        {"state": "ended", "outcome": "abandoned", "created_at": today, "ended_at": today, "abandoned": True},
        {"state": "ringing", "created_at": today},
    ]
    async with database.transaction() as session:
        for n, row in enumerate(rows):
            anything = new_id()
            session.add(
                Call(
                    queue_id=anything,
                    subject_id=anything,
                    customer_id=anything,
                    attempt_no=1,
                    mode="progressive",
                    to_number=f"+8613800{n:06d}",
                    from_number="+864001234567",
                    carrier="simulated",
                    **row,
                )
            )
        for state in ("ready", "ready", "on_break"):
            user = await make_user(session)
            session.add(Agent(user_id=user.id, name=user.name, state=state, state_since=today))
        await outbox.record(session, "call", new_id(), {})
    app.state.metrics.pop_painted(120)
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    values = dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#"))
    expected = {
        'callcenter_agents{state="ready"}': 2,
        'callcenter_agents{state="on_break"}': 1,
        'callcenter_agents{state="talking"}': 0,
        'callcenter_calls_live{state="ringing"}': 1,
        'callcenter_calls_today{outcome="no_answer"}': 1,
        'callcenter_calls_today{outcome="abandoned"}': 1,
        "callcenter_calls_abandoned_today": 1,
        "callcenter_outbox_backlog": 1,
        "callcenter_bus_connected": 0,
        "callcenter_database_up": 1,
        'console_pop_paint_ms_bucket{le="100.0"}': 0,
        'console_pop_paint_ms_bucket{le="150.0"}': 1,
    }
    assert {name: float(values[name]) for name in expected} == expected
    assert float(values["process_resident_memory_bytes"]) > 1e6
    assert {f'callcenter_calls_live{{state="{s.value}"}}' for s in CallState if s is not CallState.ENDED} <= set(values)


# ---------------------------------------------------------------- documentation


async def test_the_documentation_works_without_the_outside_world(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")
    assert page.status_code == 200
    for part in ("/docs/static/swagger-ui-bundle.js", "/docs/static/swagger-ui.css", "/docs/start.js", "/openapi.json"):
        assert (await client.get(part)).status_code == 200
    assert "http://" not in page.text
    assert "https://" not in page.text


async def test_the_openapi_describes_tags_problems_and_the_cookie(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    tags = {tag["name"]: tag["description"] for tag in document["tags"]}
    assert {"people", "operations"} <= set(tags)
    assert all(len(text) > 15 for text in tags.values())
    me = document["paths"]["/api/me"]["get"]
    assert me["summary"] == "Who am I?"
    assert set(me["responses"]["401"]["content"]) == {"application/problem+json"}
    assert me["security"] == [{"APIKeyCookie": []}]
    assert document["components"]["schemas"]["ProblemBody"]["examples"][0]["code"] == "not_signed_in"
    assert "/{path}" not in str(document["paths"])


# ---------------------------------------------------------------- the console


@pytest.mark.parametrize(
    "path", ["/", "/agent", "/supervisor/calls", "/apiary", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/%00"]
)
async def test_every_other_address_is_the_console(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    assert answer.text == "<title>工作台</title>"
    assert answer.headers["cache-control"] == "no-cache"


async def test_files_of_the_build_are_served_and_hashed_ones_kept_for_ever(client: httpx.AsyncClient) -> None:
    script = await client.get("/assets/index-4f2a.js")
    assert script.text == "console"
    assert "immutable" in script.headers["cache-control"]
    assert "javascript" in script.headers["content-type"]
    icon = await client.get("/favicon.svg")
    assert (icon.text, icon.headers["cache-control"]) == ("<svg/>", "no-cache")


async def test_a_file_of_an_old_build_is_missing_not_a_page(client: httpx.AsyncClient) -> None:
    assert (await client.get("/assets/index-old.js")).status_code == 404


async def test_without_a_build_the_page_says_what_to_do(database: Database, clock: ManualClock, tmp_path: Path) -> None:
    async with client_of(app_of(database, clock, console=tmp_path / "none")) as client:
        answer = await client.get("/agent")
    assert answer.status_code == 503
    assert answer.headers["content-type"].startswith("text/html")
    for part in ("make setup", "尚未构建", "has not been built"):
        assert part in answer.text


async def test_a_proxy_address_is_the_only_origin_when_it_is_set(database: Database, clock: ManualClock) -> None:
    app = app_of(database, clock, settings=settings_for_tests(public_url="https://calls.example"))
    async with client_of(app) as client:
        body = {"login": "x", "password": "y"}
        assert (await client.post("/api/sign-in", json=body)).status_code == 403
        ours = await client.post("/api/sign-in", json=body, headers={"origin": "https://calls.example"})
        assert ours.status_code == 401
