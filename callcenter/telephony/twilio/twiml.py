"""What a call is told to do, as TwiML."""

from __future__ import annotations

import re
from uuid import UUID

from twilio.twiml.voice_response import VoiceResponse

from callcenter.telephony.twilio.addresses import RETRIES, Label, room, transfer_room, waiting_room, webhook

NOBODY_CAME_S = 30
"""How long an answered customer waits when nothing more is heard from us: the worker has patience of 2 s, so this is
the end of a call whose worker died."""
CONFERENCE_EVENTS = ("start", "end", "join", "leave", "hold")

_HAN = re.compile(r"[㐀-鿿]")


def wait() -> str:
    """An answered customer, until they are joined to an agent."""
    response = VoiceResponse()
    response.pause(length=NOBODY_CAME_S)
    response.hangup()
    return str(response)


def conference(public_url: str, agent_id: UUID, who: Label, *, muted: bool = False, coach: str | None = None) -> str:
    """Into the agent's conference, without music or beep; the call ends when it leaves the conference.

    `coach`: the SID of the one leg that hears them.
    """
    response = VoiceResponse()
    more = ({"muted": True} if muted else {}) | ({"coach": coach} if coach is not None else {})
    response.dial().conference(
        room(agent_id),
        participant_label=str(who),
        **more,
        start_conference_on_enter=True,
        end_conference_on_exit=False,
        beep="false",
        wait_url="",
        jitter_buffer_size="small",  # the default adds 300 to 1000 ms
        status_callback=webhook(public_url, "conference", agent=agent_id) + RETRIES,
        status_callback_event=" ".join(CONFERENCE_EVENTS),
        status_callback_method="POST",
    )
    response.hangup()
    return str(response)


def message(text: str, voice: str) -> str:
    """The message for a call without an agent, spoken (or played, when it is an https address), then the end."""
    response = VoiceResponse()
    if text.startswith("https://"):
        response.play(text)
    else:
        response.say(text, language="zh-CN" if _HAN.search(text) else "en-US", voice=voice)
    response.hangup()
    return str(response)


def music(call_id: UUID) -> str:
    """A room that does not begin: Twilio's own music, until the call is moved on."""
    response = VoiceResponse()
    response.dial().conference(
        waiting_room(call_id), start_conference_on_enter=False, end_conference_on_exit=True, beep="false"
    )
    response.hangup()
    return str(response)


def among_themselves(call_id: UUID) -> str:
    """Customer and third party: whoever leaves ends it for both."""
    response = VoiceResponse()
    response.dial().conference(
        transfer_room(call_id), start_conference_on_enter=True, end_conference_on_exit=True, beep="false", wait_url=""
    )
    response.hangup()
    return str(response)


def connect(number: str, caller: str) -> str:
    """The customer on to an outside number, with our number as the caller."""
    response = VoiceResponse()
    response.dial(caller_id=caller).number(number)
    response.hangup()
    return str(response)


def announcement(text: str, voice: str) -> str:
    """Something spoken (or played) in a talk, which goes on."""
    response = VoiceResponse()
    if text.startswith("https://"):
        response.play(text)
    else:
        response.say(text, language="zh-CN" if _HAN.search(text) else "en-US", voice=voice)
    return str(response)


def keys(digits: str) -> str:
    response = VoiceResponse()
    response.play(digits=digits)
    return str(response)


def hang_up() -> str:
    response = VoiceResponse()
    response.hangup()
    return str(response)
