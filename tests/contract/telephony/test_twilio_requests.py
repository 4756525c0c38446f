"""Every request that the Twilio provider can make, under the real client, against Twilio's published OpenAPI."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote_plus
from uuid import UUID

import httpx
import pytest

from callcenter.settings import Settings
from callcenter.telephony.port import CarrierRefused, MachineDetection, PlaceCall, Supervising
from callcenter.telephony.twilio.addresses import Label
from callcenter.telephony.twilio.api import TwilioApi
from callcenter.telephony.twilio.transport import HttpxClient

sys.path.insert(0, str(Path(__file__).parent))
from twilio_openapi import OpenApi, required_openapi

CALL, AGENT = UUID("11111111-2222-4333-8444-555555555555"), UUID("99999999-2222-4333-8444-555555555555")
ACCOUNT, SID, CONFERENCE = "AC" + "a" * 32, "CA" + "1" * 32, "CF" + "2" * 32
HOOKS = "https://calls.example.com/api/carriers/twilio"
RETRIES = "#rc=2&rp=ct,rt,5xx"
SETTINGS = Settings(
    _env_file=None,
    carrier="twilio",
    public_url="https://calls.example.com",
    twilio_account_sid=ACCOUNT,
    twilio_auth_token="12345",
    twilio_numbers="+12025550123",
)
BOSS, COACHED, TAPE = UUID("77777777-2222-4333-8444-555555555555"), "CA" + "3" * 32, "RE" + "4" * 32
PLAIN = PlaceCall(CALL, "+8613800000000", "+12025550123", 25.4)
WATCHED = PlaceCall(CALL, "+8613800000000", "+12025550123", 25, MachineDetection.ASYNC, record=True)

Ask = Callable[[TwilioApi], Awaitable[Any]]
CALLS = f"/2010-04-01/Accounts/{ACCOUNT}/Calls"
PARTICIPANTS = f"/2010-04-01/Accounts/{ACCOUNT}/Conferences/{{}}/Participants"

_PLACED: dict[str, Any] = {
    "To": "+8613800000000",
    "From": "+12025550123",
    "Timeout": "25",
    "Url": f"{HOOKS}/voice?call={CALL}{RETRIES}",
    "Method": "POST",
    "StatusCallback": f"{HOOKS}/status?call={CALL}{RETRIES}",
    "StatusCallbackMethod": "POST",
    "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
}
_WATCHED: dict[str, Any] = {
    "MachineDetection": "Enable",
    "AsyncAmd": "true",
    "AsyncAmdStatusCallback": f"{HOOKS}/amd?call={CALL}{RETRIES}",
    "AsyncAmdStatusCallbackMethod": "POST",
    "Record": "true",
    "RecordingChannels": "dual",
}
_LEG: dict[str, Any] = {
    "From": "+12025550123",
    "To": f"client:agent_{AGENT.hex}",
    "Label": f"agent.{AGENT.hex}",
    "Timeout": "30",
    "EarlyMedia": "false",
    "Beep": "false",
    "WaitUrl": "",
    "StartConferenceOnEnter": "true",
    "EndConferenceOnExit": "false",
    "JitterBufferSize": "small",
    "StatusCallback": f"{HOOKS}/status?agent={AGENT}{RETRIES}",
    "StatusCallbackMethod": "POST",
    "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
    "ConferenceStatusCallback": f"{HOOKS}/conference?agent={AGENT}{RETRIES}",
    "ConferenceStatusCallbackMethod": "POST",
    "ConferenceStatusCallbackEvent": ["start", "end", "join", "leave", "hold"],
}
ANY = re.compile(".+", re.DOTALL)

REQUESTS: list[tuple[str, Ask, str, str, dict[str, Any], str]] = [
    ("create_call", lambda api: api.create_call(PLAIN), "POST", f"{CALLS}.json", _PLACED, "CreateCall"),
    ("create_call", lambda api: api.create_call(WATCHED), "POST", f"{CALLS}.json", _PLACED | _WATCHED, "CreateCall"),
    ("fetch_call", lambda api: api.fetch_call(SID), "GET", f"{CALLS}/{SID}.json", {}, "FetchCall"),
    (
        "calls_to",
        lambda api: api.calls_to("+8613800000000"),
        "GET",
        f"{CALLS}.json",
        {"To": "+8613800000000", "PageSize": "20"},
        "ListCall",
    ),
    (
        "move_to_conference",
        lambda api: api.move_to_conference(SID, AGENT, Label(True, CALL, 1)),
        "POST",
        f"{CALLS}/{SID}.json",
        {"Twiml": re.compile(f".*<Conference .*agent-{AGENT.hex}</Conference></Dial><Hangup />.*", re.DOTALL)},
        "UpdateCall",
    ),
    (
        "say_and_hang_up",
        lambda api: api.say_and_hang_up(SID, "您好。"),
        "POST",
        f"{CALLS}/{SID}.json",
        {"Twiml": re.compile(".*<Say language=.zh-CN. voice=.alice.>您好。</Say><Hangup />.*", re.DOTALL)},
        "UpdateCall",
    ),
    ("hang_up", lambda api: api.hang_up(SID), "POST", f"{CALLS}/{SID}.json", {"Status": "completed"}, "UpdateCall"),
    (
        "create_leg",
        lambda api: api.create_leg(AGENT, ""),
        "POST",
        PARTICIPANTS.format(f"agent-{AGENT.hex}") + ".json",
        _LEG,
        "CreateParticipant",
    ),
    (
        "create_leg",
        lambda api: api.create_leg(AGENT, "sip:1001@pbx.example.com"),
        "POST",
        PARTICIPANTS.format(f"agent-{AGENT.hex}") + ".json",
        _LEG | {"To": "sip:1001@pbx.example.com"},
        "CreateParticipant",
    ),
    *(
        (
            "set_hold",
            lambda api, held=held: api.set_hold(CONFERENCE, SID, held),  # type: ignore[misc]
            "POST",
            PARTICIPANTS.format(CONFERENCE) + f"/{SID}.json",
            {"Hold": str(held).lower()},
            "UpdateParticipant",
        )
        for held in (True, False)
    ),
    (
        "is_in_conference",
        lambda api: api.is_in_conference(CONFERENCE, SID),
        "GET",
        PARTICIPANTS.format(CONFERENCE) + f"/{SID}.json",
        {},
        "FetchParticipant",
    ),
    *(
        (
            "enter_to_supervise",
            lambda api, how=how: api.enter_to_supervise(SID, BOSS, AGENT, how, COACHED),  # type: ignore[misc]
            "POST",
            f"{CALLS}/{SID}.json",
            {
                "Twiml": re.compile(
                    f".*<Conference (?=[^>]*supervisor.{BOSS.hex}){heard}.*agent-{AGENT.hex}<.*", re.DOTALL
                )
            },
            "UpdateCall",
        )
        for how, heard in (
            (Supervising.LISTEN, '(?=[^>]*muted="true")(?![^>]*coach)'),
            (Supervising.WHISPER, f'(?=[^>]*coach="{COACHED}")(?![^>]*muted)'),
            (Supervising.BARGE, "(?![^>]*muted)(?![^>]*coach)"),
            (Supervising.TAKE_OVER, "(?![^>]*muted)(?![^>]*coach)"),
        )
    ),
    *(
        (
            "set_supervising",
            lambda api, how=how: api.set_supervising(CONFERENCE, SID, how, COACHED),  # type: ignore[misc]
            "POST",
            PARTICIPANTS.format(CONFERENCE) + f"/{SID}.json",
            heard,
            "UpdateParticipant",
        )
        for how, heard in (
            (Supervising.LISTEN, {"Muted": "true", "Coaching": "false"}),
            (Supervising.WHISPER, {"Muted": "false", "Coaching": "true", "CallSidToCoach": COACHED}),
            (Supervising.BARGE, {"Muted": "false", "Coaching": "false"}),
            (Supervising.TAKE_OVER, {"Muted": "false", "Coaching": "false"}),
        )
    ),
    *(
        (
            "set_muted",
            lambda api, muted=muted: api.set_muted(CONFERENCE, SID, muted),  # type: ignore[misc]
            "POST",
            PARTICIPANTS.format(CONFERENCE) + f"/{SID}.json",
            {"Muted": str(muted).lower()},
            "UpdateParticipant",
        )
        for muted in (True, False)
    ),
    (
        "play_music",
        lambda api: api.play_music(SID, CALL),
        "POST",
        f"{CALLS}/{SID}.json",
        {"Twiml": re.compile(f'.*startConferenceOnEnter="false".*music-{CALL.hex}</Conference>.*', re.DOTALL)},
        "UpdateCall",
    ),
    (
        "leave_among_themselves",
        lambda api: api.leave_among_themselves(SID, CALL),
        "POST",
        f"{CALLS}/{SID}.json",
        {"Twiml": re.compile(f'.*endConferenceOnExit="true".*transfer-{CALL.hex}</Conference>.*', re.DOTALL)},
        "UpdateCall",
    ),
    (
        "connect",
        lambda api: api.connect(SID, "+862088889999", "+12025550123"),
        "POST",
        f"{CALLS}/{SID}.json",
        {"Twiml": re.compile('.*<Dial callerId="\\+12025550123"><Number>\\+862088889999</Number>.*', re.DOTALL)},
        "UpdateCall",
    ),
    (
        "call_third",
        lambda api: api.call_third(AGENT, CALL, "+862088889999", "+12025550123", 2),
        "POST",
        PARTICIPANTS.format(f"agent-{AGENT.hex}") + ".json",
        _LEG
        | {
            "To": "+862088889999",
            "Label": f"third.{CALL.hex}.2",
            "EarlyMedia": "true",
            "StatusCallback": f"{HOOKS}/status?call={CALL}&third=2{RETRIES}",
        },
        "CreateParticipant",
    ),
    (
        "announce",
        lambda api: api.announce(CONFERENCE, "通话将被录音。"),
        "POST",
        f"/2010-04-01/Accounts/{ACCOUNT}/Conferences/{CONFERENCE}.json",
        {"AnnounceUrl": f"{HOOKS}/say?text={quote_plus('通话将被录音。')}", "AnnounceMethod": "POST"},
        "UpdateConference",
    ),
    (
        "press_keys",
        lambda api: api.press_keys(CONFERENCE, SID, "1*#"),
        "POST",
        PARTICIPANTS.format(CONFERENCE) + f"/{SID}.json",
        {"AnnounceUrl": f"{HOOKS}/keys?digits=1%2A%23", "AnnounceMethod": "POST"},
        "UpdateParticipant",
    ),
    (
        "pause_recording",
        lambda api: api.pause_recording(SID, True),
        "POST",
        f"{CALLS}/{SID}/Recordings/Twilio.CURRENT.json",
        {"Status": "paused", "PauseBehavior": "skip"},
        "UpdateCallRecording",
    ),
    (
        "pause_recording",
        lambda api: api.pause_recording(SID, False),
        "POST",
        f"{CALLS}/{SID}/Recordings/Twilio.CURRENT.json",
        {"Status": "in-progress"},
        "UpdateCallRecording",
    ),
    (
        "recordings",
        lambda api: api.recordings(SID),
        "GET",
        f"{CALLS}/{SID}/Recordings.json",
        {"PageSize": "20"},
        "ListCallRecording",
    ),
    (
        "delete_recording",
        lambda api: api.delete_recording(TAPE),
        "DELETE",
        f"/2010-04-01/Accounts/{ACCOUNT}/Recordings/{TAPE}.json",
        {},
        "DeleteRecording",
    ),
    (
        "account_status",
        lambda api: api.account_status(),
        "GET",
        f"/2010-04-01/Accounts/{ACCOUNT}.json",
        {},
        "FetchAccount",
    ),
]


async def sent(ask: Ask) -> httpx.Request:
    """The one request that `ask` makes."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        one = {"sid": SID, "call_sid": SID, "status": "queued"}
        if request.method == "DELETE":
            return httpx.Response(204)
        listed = {"recordings": []} if "Recordings" in request.url.path else {"calls": []}
        page = {"page": 0, "page_size": 20, "uri": "/", "first_page_uri": "/", "next_page_uri": None} | listed
        return httpx.Response(200, json=page if request.url.query else one)

    async def sleep(_seconds: float) -> None: ...

    http = HttpxClient(sleep, httpx.MockTransport(answer))
    await ask(TwilioApi(SETTINGS, http))
    await http.close()
    [request] = seen
    return request


def fields(request: httpx.Request) -> dict[str, Any]:
    text = request.content.decode() if request.method == "POST" else request.url.query.decode()
    return {
        name: values if name.endswith("StatusCallbackEvent") else values[0] if len(values) == 1 else values
        for name, values in parse_qs(text, keep_blank_values=True).items()
    }


@pytest.mark.parametrize(("name", "ask", "method", "path", "expected", "operation"), REQUESTS)
async def test_a_request_is_what_twilio_publishes(
    name: str, ask: Ask, method: str, path: str, expected: dict[str, Any], operation: str
) -> None:
    request = await sent(ask)
    assert required_openapi().check(request) == operation, name


@pytest.mark.parametrize(("name", "ask", "method", "path", "expected", "operation"), REQUESTS)
async def test_a_request_holds_these_fields_and_no_others(
    name: str, ask: Ask, method: str, path: str, expected: dict[str, Any], operation: str
) -> None:
    request = await sent(ask)
    assert (request.method, request.url.path, request.url.host) == (method, path, "api.twilio.com")
    found = fields(request)
    assert found.keys() == expected.keys()
    for field, value in expected.items():
        if isinstance(value, re.Pattern):
            assert value.fullmatch(found[field]), found[field]
        else:
            assert found[field] == value, field


def test_no_request_is_left_out() -> None:
    ours = {
        name for name, member in inspect.getmembers(TwilioApi, inspect.iscoroutinefunction) if not name.startswith("_")
    }
    assert ours == {name for name, *_ in REQUESTS}


async def test_who_is_not_in_the_conference_is_no_error() -> None:
    async def sleep(_seconds: float) -> None: ...

    def missing(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(404, json={"code": 20404, "message": "not found", "status": 404})

    api = TwilioApi(SETTINGS, HttpxClient(sleep, httpx.MockTransport(missing)))
    assert not await api.is_in_conference(CONFERENCE, SID)
    with pytest.raises(CarrierRefused):
        await api.fetch_call(SID)


# The judge can find a fault: each of these is a request spoilt in one place.


def spoilt(request: httpx.Request, change: Callable[[str], str]) -> httpx.Request:
    return httpx.Request(
        request.method,
        request.url,
        content=change(request.content.decode()).encode(),
        headers={"content-type": request.headers["content-type"]},
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body + "&Colour=red",
        lambda body: body.replace("Timeout=25", "Timeout=soon"),
        lambda body: body.replace("StatusCallbackEvent=answered", "StatusCallbackEvent=in-progress"),
        lambda body: body.replace("Method=POST", "Method=PUT", 1),
        lambda body: body.replace("Url=https", "Url=no%20address", 1),
        lambda body: body.replace("To=%2B8613800000000&", ""),
        lambda body: body.replace("To=%2B86", "To=0"),
        lambda body: body.replace("AsyncAmd=true", "AsyncAmd=yes"),
        lambda body: body.replace("Record=true", "Record=1"),
        lambda body: body + "&Timeout=30",
        lambda body: body + "&Twiml=%3CResponse",
    ],
)
async def test_the_judge_finds_a_spoilt_request(change: Callable[[str], str]) -> None:
    judge: OpenApi = required_openapi()
    request = await sent(lambda api: api.create_call(WATCHED))
    assert judge.check(spoilt(request, lambda body: body)) == "CreateCall"
    worse = spoilt(request, change)
    assert worse.content != request.content
    with pytest.raises(AssertionError):
        judge.check(worse)


async def test_the_judge_finds_a_wrong_sid_and_an_unknown_address() -> None:
    judge = required_openapi()
    request = await sent(lambda api: api.fetch_call(SID))
    for path in (str(request.url).replace("CA1", "XX1"), str(request.url).replace("/Calls/", "/Telephones/")):
        with pytest.raises(AssertionError):
            judge.check(httpx.Request("GET", path))
