"""Every request that we can make to Twilio, and nothing else: what a test checks field by field.

Each method is one request through Twilio's own client. They raise the port's CarrierRefused (not carried out) and
CarrierUnreachable (nobody knows).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.rest import Client

from callcenter.settings import Settings
from callcenter.telephony.port import CarrierRefused, CarrierUnreachable, MachineDetection, PlaceCall, Supervising
from callcenter.telephony.twilio import translate, twiml
from callcenter.telephony.twilio.addresses import RETRIES, Label, endpoint, room, webhook
from callcenter.telephony.twilio.errors import failure
from callcenter.telephony.twilio.transport import HttpxClient, NoAnswer, NotSent

_STATUS_EVENTS = ["initiated", "ringing", "answered", "completed"]
_LEG_RINGS_S = 30
_LISTED = 20


@dataclass(frozen=True, slots=True)
class Fetched:
    """A call as Twilio's memory has it (which may be some seconds old)."""

    sid: str
    status: str
    created_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    duration_s: int
    answered_by: str | None


@dataclass(frozen=True, slots=True)
class Taped:
    """A recording as Twilio has it."""

    sid: str
    status: str
    began_at: datetime | None
    duration_s: int
    channels: int


class TwilioApi:
    """`account` is ours to read; `http` is closed by whoever made it."""

    def __init__(self, settings: Settings, http: HttpxClient) -> None:
        if settings.twilio_account_sid is None or settings.twilio_auth_token is None or settings.public_url is None:
            raise ValueError("TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and PUBLIC_URL are needed")
        secret = settings.twilio_api_secret if settings.twilio_api_key else settings.twilio_auth_token
        assert secret is not None  # settings take key and secret together only
        self._public_url = settings.public_url
        self._http = http
        self._caller = settings.twilio_number_list[0]
        self._voice = settings.twilio_voice
        self._client = Client(
            settings.twilio_api_key or settings.twilio_account_sid,
            secret.get_secret_value(),
            settings.twilio_account_sid,
            region=settings.twilio_region,
            edge=settings.twilio_edge,
            http_client=http,
            environment={"": ""},  # an empty one would mean the process's own
        )

    def _hook(self, name: str, **ids: UUID | int) -> str:
        return webhook(self._public_url, name, **ids) + RETRIES

    # Calls to customers

    async def create_call(self, request: PlaceCall) -> str:
        """Place the call; returns its SID."""
        call = request.call_id
        fields: dict[str, Any] = {
            "to": request.to_number,
            "from_": request.from_number,
            "timeout": round(request.ring_timeout_s),
            "url": self._hook("voice", call=call),
            "method": "POST",
            "status_callback": self._hook("status", call=call),
            "status_callback_method": "POST",
            "status_callback_event": _STATUS_EVENTS,
        }
        if request.machine_detection is MachineDetection.ASYNC:
            fields |= {
                "machine_detection": "Enable",
                "async_amd": "true",
                "async_amd_status_callback": self._hook("amd", call=call),
                "async_amd_status_callback_method": "POST",
            }
        if request.record:
            fields |= {"record": True, "recording_channels": "dual"}
        with _in_our_words():
            return str((await self._client.calls.create_async(**fields)).sid)

    async def fetch_call(self, sid: str) -> Fetched:
        with _in_our_words():
            return _fetched(await self._client.calls(sid).fetch_async())

    async def calls_to(self, to_number: str) -> list[Fetched]:
        """The newest calls to a number."""
        with _in_our_words():
            found = await self._client.calls.list_async(to=to_number, limit=_LISTED, page_size=_LISTED)
            return [_fetched(one) for one in found]

    async def move_to_conference(self, sid: str, agent_id: UUID, who: Label) -> None:
        """Take an answered call from what it does now into the agent's conference."""
        with _in_our_words():
            await self._client.calls(sid).update_async(twiml=twiml.conference(self._public_url, agent_id, who))

    async def say_and_hang_up(self, sid: str, text: str) -> None:
        with _in_our_words():
            await self._client.calls(sid).update_async(twiml=twiml.message(text, self._voice))

    async def hang_up(self, sid: str) -> None:
        """End a call in whatever state it is."""
        with _in_our_words():
            await self._client.calls(sid).update_async(status="completed")

    # Agents' legs and their conferences

    async def create_leg(self, agent_id: UUID, address: str) -> tuple[str, str | None]:
        """Ring the agent and park them in their conference; returns the leg's SID and the conference's."""
        with _in_our_words():
            made = await self._client.conferences(room(agent_id)).participants.create_async(
                from_=self._caller,
                to=endpoint(agent_id, address),
                label=str(Label(False, agent_id)),
                timeout=_LEG_RINGS_S,
                early_media=False,
                beep="false",
                wait_url="",
                start_conference_on_enter=True,
                end_conference_on_exit=False,
                jitter_buffer_size="small",
                status_callback=self._hook("status", agent=agent_id),
                status_callback_method="POST",
                status_callback_event=_STATUS_EVENTS,
                conference_status_callback=self._hook("conference", agent=agent_id),
                conference_status_callback_method="POST",
                conference_status_callback_event=list(twiml.CONFERENCE_EVENTS),
            )
            return str(made.call_sid), made.conference_sid

    async def enter_to_supervise(
        self, leg_sid: str, supervisor_id: UUID, agent_id: UUID, how: Supervising, coached_sid: str
    ) -> None:
        """Move a supervisor's own leg into the agent's conference, heard from the first moment as `how` says."""
        told = twiml.conference(
            self._public_url,
            agent_id,
            Label(False, supervisor_id, other="supervisor"),
            muted=how is Supervising.LISTEN,
            coach=coached_sid if how is Supervising.WHISPER else None,
        )
        with _in_our_words():
            await self._client.calls(leg_sid).update_async(twiml=told)

    async def set_supervising(self, conference_sid: str, leg_sid: str, how: Supervising, coached_sid: str) -> None:
        """Change who hears a supervisor who is in the conference."""
        whispers = how is Supervising.WHISPER
        more = {"call_sid_to_coach": coached_sid} if whispers else {}
        with _in_our_words():
            await (
                self._client.conferences(conference_sid)
                .participants(leg_sid)
                .update_async(muted=how is Supervising.LISTEN, coaching=whispers, **more)
            )

    async def set_muted(self, conference_sid: str, sid: str, muted: bool) -> None:
        with _in_our_words():
            await self._client.conferences(conference_sid).participants(sid).update_async(muted=muted)

    # Away from the agent, and others

    async def play_music(self, sid: str, call_id: UUID) -> None:
        """The customer out of the agent's conference, to music."""
        with _in_our_words():
            await self._client.calls(sid).update_async(twiml=twiml.music(call_id))

    async def leave_among_themselves(self, sid: str, call_id: UUID) -> None:
        """The customer, or the third party, into a conference without us."""
        with _in_our_words():
            await self._client.calls(sid).update_async(twiml=twiml.among_themselves(call_id))

    async def connect(self, sid: str, number: str, caller: str) -> None:
        """The customer on to an outside number."""
        with _in_our_words():
            await self._client.calls(sid).update_async(twiml=twiml.connect(number, caller))

    async def call_third(self, agent_id: UUID, call_id: UUID, number: str, caller: str, which: int) -> str:
        """Ring an outside number into the agent's conference; returns the SID of its call."""
        with _in_our_words():
            made = await self._client.conferences(room(agent_id)).participants.create_async(
                from_=caller,
                to=number,
                label=str(Label(False, call_id, which, "third")),
                timeout=_LEG_RINGS_S,
                early_media=True,
                beep="false",
                wait_url="",
                start_conference_on_enter=True,
                end_conference_on_exit=False,
                jitter_buffer_size="small",
                status_callback=self._hook("status", call=call_id, third=which),
                status_callback_method="POST",
                status_callback_event=_STATUS_EVENTS,
                conference_status_callback=self._hook("conference", agent=agent_id),
                conference_status_callback_method="POST",
                conference_status_callback_event=list(twiml.CONFERENCE_EVENTS),
            )
            return str(made.call_sid)

    async def announce(self, conference_sid: str, message: str) -> None:
        """Play something to all in the conference, who go on hearing each other."""
        url = webhook(self._public_url, "say", text=message)
        with _in_our_words():
            await self._client.conferences(conference_sid).update_async(announce_url=url, announce_method="POST")

    async def press_keys(self, conference_sid: str, sid: str, digits: str) -> None:
        """Tones that one participant hears."""
        url = webhook(self._public_url, "keys", digits=digits)
        with _in_our_words():
            await (
                self._client.conferences(conference_sid)
                .participants(sid)
                .update_async(announce_url=url, announce_method="POST")
            )

    # Recordings

    async def pause_recording(self, sid: str, paused: bool) -> None:
        """Of the call's leg, in which nothing is kept meanwhile."""
        fields: dict[str, Any] = {"status": "paused", "pause_behavior": "skip"} if paused else {"status": "in-progress"}
        with _in_our_words():
            await self._client.calls(sid).recordings("Twilio.CURRENT").update_async(**fields)

    async def recordings(self, sid: str) -> list[Taped]:
        with _in_our_words():
            found = await self._client.calls(sid).recordings.list_async(limit=_LISTED, page_size=_LISTED)
            return [_taped(one) for one in found]

    async def delete_recording(self, recording_sid: str) -> None:
        with _in_our_words():
            await self._client.recordings(recording_sid).delete_async()

    def fetch_media(self, recording_sid: str) -> AsyncIterator[bytes]:
        """The recording as a WAV file of two channels, in pieces."""
        account = self._client.account_sid
        uri = f"https://api.twilio.com/2010-04-01/Accounts/{account}/Recordings/{recording_sid}.wav?RequestedChannels=2"
        return self._http.stream(self._client.get_hostname(uri), (self._client.username, self._client.password))

    async def set_hold(self, conference_sid: str, sid: str, held: bool) -> None:
        with _in_our_words():
            await self._client.conferences(conference_sid).participants(sid).update_async(hold=held)

    async def is_in_conference(self, conference_sid: str, sid: str) -> bool:
        try:
            with _in_our_words():
                await self._client.conferences(conference_sid).participants(sid).fetch_async()
        except CarrierRefused as refused:
            if refused.code == "unknown_call":
                return False
            raise
        return True

    # The account

    async def account_status(self) -> str:
        """`active`, `suspended` or `closed`."""
        with _in_our_words():
            found = await self._client.api.v2010.accounts(self._client.account_sid).fetch_async()
            return str(found.status)


def _fetched(call: Any) -> Fetched:
    return Fetched(
        sid=str(call.sid),
        status=str(call.status),
        created_at=_date(call.date_created),
        started_at=_date(call.start_time),
        ended_at=_date(call.end_time),
        duration_s=int(call.duration) if str(call.duration or "").isdigit() else 0,
        answered_by=call.answered_by,
    )


def _taped(one: Any) -> Taped:
    return Taped(
        sid=str(one.sid),
        status=str(one.status),
        began_at=_date(one.start_time) or _date(one.date_created),
        duration_s=max(0, int(one.duration)) if str(one.duration or "").isdigit() else 0,
        channels=int(one.channels or 1),
    )


def _date(value: object) -> datetime | None:
    """The client reads dates itself, and leaves as text what it cannot read."""
    if isinstance(value, datetime):
        return value
    return translate.stamp(value) if isinstance(value, str) else None


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except NotSent as error:
        raise CarrierRefused("too_fast", f"not sent: {error}") from error
    except NoAnswer as error:
        raise CarrierUnreachable(f"sent, no whole answer: {error}") from error
    except (TwilioRestException, TwilioServiceException) as error:
        code = error.code if isinstance(error.code, int) else None
        raise failure(None if code == error.status else code, int(error.status)) from error
    except (TwilioException, ValueError, KeyError) as error:
        # A success whose body cannot be read: carried out, perhaps.
        raise CarrierUnreachable(f"unreadable answer: {type(error).__name__}") from error


def answered_at(call: Fetched, now: datetime) -> datetime | None:
    """When the call was answered, as well as Twilio's memory tells it."""
    if call.status == "in-progress":
        return call.started_at or now
    if call.status == "completed":
        ended = call.ended_at or now
        return ended - timedelta(seconds=call.duration_s)
    return None
