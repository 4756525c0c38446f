"""What was sent once is never sent again: every way in which a request can fail, under the real client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from callcenter.kit.ids import new_id
from callcenter.settings import Settings
from callcenter.telephony.port import CarrierRefused, CarrierUnreachable, PlaceCall
from callcenter.telephony.twilio.api import TwilioApi
from callcenter.telephony.twilio.transport import PAUSES_S, HttpxClient

SETTINGS = Settings(
    _env_file=None,
    carrier="twilio",
    public_url="https://calls.example.com",
    twilio_account_sid="AC" + "a" * 32,
    twilio_auth_token="12345",
    twilio_numbers="+12025550123",
)
CREATED = {"sid": "CA" + "1" * 32, "status": "queued"}
TRIES = len(PAUSES_S) + 1

Answer = Callable[[httpx.Request], httpx.Response]


class Line:
    """Answers the requests one after the other with what it was given (the last one for ever), and counts them."""

    def __init__(self, *answers: httpx.Response | type[Exception]) -> None:
        self.answers = list(answers)
        self.seen: list[httpx.Request] = []
        self.pauses: list[float] = []
        self.http = HttpxClient(self._sleep, httpx.MockTransport(self._answer))
        self.api = TwilioApi(SETTINGS, self.http)

    async def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, type):
            raise answer("as asked", request=request)  # type: ignore[call-arg]
        return answer


def refused(status: int, code: int | None = None, **headers: str) -> httpx.Response:
    body = {"code": code, "message": "no", "status": status} if code else "<html>no</html>"
    return httpx.Response(status, headers=headers, **({"json": body} if code else {"text": body}))  # type: ignore[arg-type]


async def place(line: Line) -> str:
    return await line.api.create_call(PlaceCall(new_id(), "+8613800000000", "+12025550123"))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (refused(503), "503 in words"),
        (refused(503, 20503), "503 with a code"),
        (refused(500, 20500), "500"),
        (refused(502), "502"),
        (refused(504), "504"),
        (httpx.ReadTimeout, "no answer in time"),
        (httpx.WriteTimeout, "not all of it was written in time"),
        (httpx.ReadError, "the connection was reset while reading"),
        (httpx.WriteError, "the connection was reset while writing"),
        (httpx.CloseError, "the connection broke at its end"),
        (httpx.RemoteProtocolError, "the server closed without an answer"),
        (httpx.Response(201, text="no JSON"), "an answer that cannot be read"),
        (httpx.Response(302, headers={"location": "https://elsewhere.example"}), "sent elsewhere"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_may_have_been_carried_out_is_asked_for_once(answer: Any, why: str) -> None:
    line = Line(answer, httpx.Response(201, json=CREATED))
    with pytest.raises(CarrierUnreachable):
        await place(line)
    assert len(line.seen) == 1, why


@pytest.mark.parametrize("trouble", [refused(429, 20429), httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
async def test_what_was_never_processed_is_tried_again(trouble: Any) -> None:
    line = Line(trouble, httpx.Response(201, json=CREATED))
    assert await place(line) == CREATED["sid"]
    assert len(line.seen) == 2
    assert line.pauses == [PAUSES_S[0]]


@pytest.mark.parametrize("trouble", [refused(429, 20429), refused(429), httpx.ConnectError, httpx.ConnectTimeout])
async def test_and_given_up_after_a_few_tries_as_safe_to_ask_again(trouble: Any) -> None:
    line = Line(trouble)
    with pytest.raises(CarrierRefused) as error:
        await place(line)
    assert error.value.code == "too_fast"
    assert len(line.seen) == TRIES


async def test_a_503_after_a_429_ends_the_tries() -> None:
    line = Line(refused(429, 20429), refused(503))
    with pytest.raises(CarrierUnreachable):
        await place(line)
    assert len(line.seen) == 2


@pytest.mark.parametrize(("told", "waits"), [("1", 1.0), ("3600", 2.0), ("soon", PAUSES_S[0])])
async def test_the_pause_that_twilio_asks_for_is_kept_within_reason(told: str, waits: float) -> None:
    line = Line(refused(429, 20429, **{"retry-after": told}), httpx.Response(201, json=CREATED))
    await place(line)
    assert line.pauses == [waits]


@pytest.mark.parametrize(
    ("status", "code", "refusal"),
    [
        (400, 21211, "invalid_number"),
        (400, 21215, "not_permitted"),
        (401, 20003, "no_account"),
        (403, None, "not_permitted"),
        (404, 20404, "unknown_call"),
    ],
)
async def test_a_refusal_is_final_and_asked_for_once(status: int, code: int | None, refusal: str) -> None:
    line = Line(refused(status, code))
    with pytest.raises(CarrierRefused) as error:
        await place(line)
    assert error.value.code == refusal
    assert len(line.seen) == 1


async def test_a_request_has_time_outs_and_no_personal_data_in_logs(caplog: pytest.LogCaptureFixture) -> None:
    line = Line(httpx.Response(201, json=CREATED))
    with caplog.at_level("DEBUG", logger="twilio.http_client"):
        await place(line)
    timeout = line.seen[0].extensions["timeout"]
    assert all(0 < timeout[part] <= 8 for part in ("connect", "read", "write", "pool"))
    assert "13800000000" not in caplog.text


async def test_region_and_edge_are_part_of_the_address() -> None:
    line = Line(httpx.Response(201, json=CREATED))
    line.api = TwilioApi(SETTINGS.model_copy(update={"twilio_region": "ie1", "twilio_edge": "dublin"}), line.http)
    await place(line)
    assert line.seen[0].url.host == "api.dublin.ie1.twilio.com"


async def test_an_api_key_signs_the_requests_when_there_is_one() -> None:
    line = Line(httpx.Response(201, json=CREATED))
    await place(line)
    basic = httpx.BasicAuth(SETTINGS.twilio_account_sid or "", "12345")
    expected = next(basic.auth_flow(httpx.Request("GET", "https://x")))
    assert line.seen[0].headers["authorization"] == expected.headers["authorization"]
