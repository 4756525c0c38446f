"""Errors in words, signatures, tokens, the turnstile, TwiML, settings."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import jwt
import pytest
from pydantic import ValidationError

from callcenter.kit.clock import ManualClock
from callcenter.kit.ids import new_id
from callcenter.settings import Settings
from callcenter.telephony.port import CarrierRefused, CarrierUnreachable
from callcenter.telephony.twilio import twiml
from callcenter.telephony.twilio.addresses import Label
from callcenter.telephony.twilio.errors import MEANINGS, failure, meaning
from callcenter.telephony.twilio.signature import is_genuine, read_form
from callcenter.telephony.twilio.tokens import NoBrowserSound, browser_token
from callcenter.telephony.twilio.turnstile import Turnstile

NOW = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
TWILIO: dict[str, Any] = {
    "carrier": "twilio",
    "public_url": "https://calls.example.com",
    "twilio_account_sid": "AC" + "a" * 32,
    "twilio_auth_token": "12345",
    "twilio_numbers": "+12025550123, +12025550124",
}
KEYS: dict[str, Any] = {
    "twilio_api_key": "SK" + "b" * 32,
    "twilio_api_secret": "a secret of thirty-two characters",
    "twilio_application_sid": "AP" + "c" * 32,
}


def settings(**given: Any) -> Settings:
    return Settings(_env_file=None, **(TWILIO | given))


# Errors


@pytest.mark.parametrize(
    ("code", "status", "refusal"),
    [
        (20429, 429, "too_fast"),
        (None, 429, "too_fast"),
        (10004, 400, "too_fast"),
        (16021, 400, "too_fast"),
        (21215, 400, "not_permitted"),
        (32205, 400, "not_permitted"),
        (13227, 400, "not_permitted"),
        (21210, 400, "not_permitted"),
        (21211, 400, "invalid_number"),
        (21220, 400, "wrong_state"),
        (20404, 404, "unknown_call"),
        (None, 404, "unknown_call"),
        (20003, 401, "no_account"),
        (99999, 400, "not_permitted"),
    ],
)
def test_a_refusal_was_not_carried_out(code: int | None, status: int, refusal: str) -> None:
    error = failure(code, status)
    assert isinstance(error, CarrierRefused)
    assert error.code == refusal


@pytest.mark.parametrize("status", [500, 502, 503, 504, 302])
def test_of_a_server_error_nobody_knows_whether_it_was_carried_out(status: int) -> None:
    assert isinstance(failure(None, status), CarrierUnreachable)


def test_every_error_has_a_sentence_in_both_languages() -> None:
    for found in (*MEANINGS.values(), meaning(None, 418)):
        assert re.search("[一-鿿]", found.sentence("zh"))
        assert not re.search("[一-鿿]", found.sentence("en"))
        assert found.refusal in (
            "invalid_number",
            "not_permitted",
            "no_account",
            "too_fast",
            "wrong_state",
            "unknown_call",
        )


# Signatures

_VECTOR = b"CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212"
_SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="


@pytest.mark.parametrize(
    ("host", "path", "body", "signature", "genuine"),
    [
        ("https://mycompany.com", "/myapp.php?foo=1&bar=2", _VECTOR, _SIGNATURE, True),
        ("https://mycompany.com/", "/myapp.php?foo=1&bar=2", _VECTOR, _SIGNATURE, True),
        ("https://mycompany.com", "/myapp.php?foo=1&bar=3", _VECTOR, _SIGNATURE, False),
        ("https://elsewhere.com", "/myapp.php?foo=1&bar=2", _VECTOR, _SIGNATURE, False),
        ("https://mycompany.com", "/myapp.php?foo=1&bar=2", _VECTOR + b"&More=", _SIGNATURE, False),
        ("https://mycompany.com", "/myapp.php?foo=1&bar=2", _VECTOR, _SIGNATURE.lower(), False),
        ("https://mycompany.com", "/myapp.php?foo=1&bar=2", _VECTOR, "", False),
        ("https://mycompany.com", "/myapp.php?foo=1&bar=2", _VECTOR, None, False),
    ],
)
def test_twilios_published_signature(host: str, path: str, body: bytes, signature: str | None, genuine: bool) -> None:
    assert is_genuine("12345", host, path, read_form(body), signature) is genuine
    assert not is_genuine("another token", host, path, read_form(body), signature)


# Tokens of browsers


def test_a_browsers_token_says_who_it_is_for_and_how_long() -> None:
    agent = new_id()
    made = browser_token(settings(**KEYS), agent, NOW)
    read = jwt.decode(
        made.token, KEYS["twilio_api_secret"], algorithms=["HS256"], options={"verify_exp": False, "verify_nbf": False}
    )
    assert jwt.get_unverified_header(made.token)["cty"] == "twilio-fpa;v=1"
    assert (read["iss"], read["sub"]) == (KEYS["twilio_api_key"], TWILIO["twilio_account_sid"])
    assert read["grants"]["identity"] == made.identity == f"agent_{agent.hex}"
    assert read["grants"]["voice"] == {
        "outgoing": {"application_sid": KEYS["twilio_application_sid"]},
        "incoming": {"allow": True},
    }
    assert (read["nbf"], read["exp"]) == (int(NOW.timestamp()), int(NOW.timestamp()) + 3600)
    assert NOW < made.refresh_at < made.expires_at == NOW + timedelta(hours=1)


def test_no_token_is_good_for_more_than_a_day_or_without_a_key() -> None:
    with pytest.raises(ValueError, match="24 hours"):
        browser_token(settings(**KEYS), new_id(), NOW, timedelta(hours=25))
    with pytest.raises(NoBrowserSound):
        browser_token(settings(), new_id(), NOW)


# Pacing


async def test_calls_go_through_evenly_and_nobody_waits_longer_than_they_say() -> None:
    clock = ManualClock(NOW)
    turnstile = Turnstile(clock, 2.0)
    through: list[float] = []

    async def go() -> bool:
        passed = await turnstile.take(1.0)
        if passed:
            through.append((clock.now() - NOW).total_seconds())
        return passed

    waiting = [asyncio.create_task(go()) for _ in range(5)]
    await clock.advance(0)
    assert [task.done() and not task.result() for task in waiting] == [False, False, False, True, True]
    await clock.advance(2)
    assert through == [0, 0.5, 1.0]
    assert await turnstile.take(0), "a turn nobody used is not lost, and not saved up either"
    assert not await turnstile.take(0)


# TwiML


def verbs(text: str) -> list[str]:
    return [one.tag for one in ElementTree.fromstring(text)]


def test_who_waits_for_nobody_is_let_go() -> None:
    assert verbs(twiml.wait()) == ["Pause", "Hangup"]


def test_the_conference_adds_no_sound_and_no_delay_of_its_own() -> None:
    agent, call = new_id(), new_id()
    text = twiml.conference("https://calls.example.com", agent, Label(True, call, 1))
    assert verbs(text) == ["Dial", "Hangup"]
    room = ElementTree.fromstring(text)[0][0]
    assert room.text == f"agent-{agent.hex}"
    assert room.attrib.pop("statusCallback").endswith(f"/conference?agent={agent}#rc=2&rp=ct,rt,5xx")
    assert room.attrib == {
        "participantLabel": f"customer.{call.hex}.1",
        "startConferenceOnEnter": "true",
        "endConferenceOnExit": "false",
        "beep": "false",
        "waitUrl": "",
        "jitterBufferSize": "small",
        "statusCallbackEvent": "start end join leave hold",
        "statusCallbackMethod": "POST",
    }


@pytest.mark.parametrize(
    ("message", "verb", "language"),
    [
        ("您好,这里是某某公司。", "Say", "zh-CN"),
        ("Hello, this is a company.", "Say", "en-US"),
        ("https://calls.example.com/message.mp3", "Play", None),
        ("<b> & </b>", "Say", "en-US"),
    ],
)
def test_the_message_is_said_or_played_and_the_call_ended(message: str, verb: str, language: str | None) -> None:
    text = twiml.message(message, "alice")
    assert verbs(text) == [verb, "Hangup"]
    spoken = ElementTree.fromstring(text)[0]
    assert (spoken.text, spoken.get("language")) == (message, language)


# Settings


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"twilio_account_sid": None}, "TWILIO_ACCOUNT_SID"),
        ({"twilio_auth_token": ""}, "TWILIO_AUTH_TOKEN"),
        ({"twilio_numbers": ""}, "TWILIO_NUMBERS"),
        ({"public_url": None}, "PUBLIC_URL"),
        ({"public_url": "http://calls.example.com"}, "https://"),
        ({"twilio_numbers": "+12025550123,2025550124"}, "'2025550124'"),
        ({"twilio_api_key": "SK" + "b" * 32}, "go together"),
        ({"clock_speed": 10.0}, "CLOCK_SPEED"),
        ({"twilio_account_sid": "AC123"}, "twilio_account_sid"),
        ({"twilio_calls_per_second": 0}, "twilio_calls_per_second"),
    ],
)
def test_an_installation_that_lacks_something_does_not_start_and_says_what(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(says)):
        settings(**given)


def test_a_simulated_installation_needs_none_of_it() -> None:
    assert settings(carrier="simulated", twilio_numbers="", public_url=None).twilio_number_list == []
    assert settings().twilio_number_list == ["+12025550123", "+12025550124"]
