"""A stateful stand-in for Twilio: the part of its API that we use, TwiML, conferences, and signed webhooks.

It answers below the real client (`transport`) and speaks to the real router (`webhooks`, a client on the
application). What it does is what Twilio's documentation says of calls, conferences and callbacks; where the
published OpenAPI is installed, every request and every reply is checked against it. It is no proof that Twilio
behaves so, only that our two sides fit together.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlencode
from xml.etree import ElementTree

import httpx
from twilio.request_validator import RequestValidator
from twilio_openapi import OpenApi

from callcenter.kit.clock import Clock

MESSAGE_S = 3.0
LEG_PICKS_UP_S = 0.3
FINAL = ("completed", "busy", "failed", "no-answer", "canceled")
WAV = b"RIFF" + bytes(18) + (2).to_bytes(2, "little") + bytes(20)
"""As much of a file of two channels as is looked at."""


@dataclass(frozen=True)
class Behaviour:
    """What the called party does: rings (None: never) and then answers, or ends as `end` with a SIP code."""

    ring_s: float | None = 3.0
    end: str | None = None
    sip: int | None = None
    silence_s: float = 600.0
    talk_s: float = 600.0
    machine: bool = False


@dataclass
class Call:
    sid: str
    to: str
    from_: str
    created: datetime
    hooks: dict[str, str]
    events: list[str]
    timeout_s: float
    amd: bool
    record: bool = False
    status: str = "queued"
    answered: datetime | None = None
    ended: datetime | None = None
    told: itertools.count[int] = field(default_factory=itertools.count)
    jobs: list[asyncio.Task[None]] = field(default_factory=list)
    script: asyncio.Task[None] | None = None
    conference: Conference | None = None
    behaviour: Behaviour = field(default_factory=Behaviour)


@dataclass
class Conference:
    sid: str
    name: str
    hook: str = ""
    events: list[str] = field(default_factory=list)
    members: dict[str, tuple[str, bool]] = field(default_factory=dict)  # call SID → label, held
    sound: dict[str, tuple[bool, str | None]] = field(default_factory=dict)  # call SID → muted, whom they coach
    told: itertools.count[int] = field(default_factory=itertools.count)


class FakeTwilio:
    """`faults`: a chance that a status, conference or detection webhook is late, told twice, or overtaken."""

    def __init__(
        self,
        clock: Clock,
        webhooks: httpx.AsyncClient,
        token: str,
        judge: OpenApi | None,
        behaviour: Callable[[str], Behaviour],
        faults: float = 0.0,
    ) -> None:
        self._clock = clock
        self._webhooks = webhooks
        self._validator = RequestValidator(token)
        self._judge = judge
        self._behaviour = behaviour
        self._faults = faults
        self._draw = random.Random(1)
        self._numbers = itertools.count(1)
        self.calls: dict[str, Call] = {}
        self.rooms: dict[str, Conference] = {}
        self.by_number: dict[str, list[str]] = defaultdict(list)
        self.deliveries: set[asyncio.Task[None]] = set()
        self.requests: list[httpx.Request] = []
        self.tapes: dict[str, tuple[str, str]] = {}  # recording SID → call SID, status
        self.transport = httpx.MockTransport(self._answer)
        self.before: Callable[[httpx.Request], Exception | httpx.Response | None] = lambda request: None
        self.said: list[str] = []
        """What our webhooks answered when asked what to say, or which keys to press."""
        self.deaf = False
        """Whether webhooks (but not the question at the answer) are lost."""
        self.after: Callable[[httpx.Request], Exception | None] = lambda request: None

    def _sid(self, kind: str) -> str:
        return f"{kind}{next(self._numbers):032x}"

    async def settle(self) -> None:
        """Until every webhook that is due was answered."""
        while self.deliveries:
            await asyncio.gather(*self.deliveries)

    async def close(self) -> None:
        jobs = [job for call in self.calls.values() for job in (*call.jobs, *([call.script] if call.script else []))]
        for job in (*jobs, *self.deliveries):
            job.cancel()
        await asyncio.gather(*jobs, *self.deliveries, return_exceptions=True)

    # ------------------------------------------------------------ the API

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self._judge is not None and not request.url.path.endswith(".wav"):  # media are in no OpenAPI
            self._judge.check(request)
        if (spoilt := self.before(request)) is not None:
            if isinstance(spoilt, Exception):
                raise spoilt
            return spoilt
        answer = self.carry_out(request)
        if (lost := self.after(request)) is not None:
            raise lost
        return answer

    def hang_up(self, sid: str) -> None:
        """Whoever is at the end of this call hangs up."""
        self._end(self.calls[sid], "completed")

    def carry_out(self, request: httpx.Request) -> httpx.Response:
        path = re.sub(r"^/2010-04-01/Accounts/AC\w{32}(/|(?=\.json$))|\.json$", "", request.url.path)
        form = parse_qs(request.content.decode(), keep_blank_values=True)
        match request.method, *path.split("/"):
            case "GET", "":
                return httpx.Response(200, json={"sid": "AC" + "a" * 32, "status": "active"})
            case "POST", "Calls":
                return self._create(form)
            case method, "Calls", sid, "Recordings", *_ if sid in self.calls:
                return self._recording(sid, form) if method == "POST" else self._recordings(sid)
            case "GET", "Recordings", name if name.removesuffix(".wav") in self.tapes:
                return httpx.Response(200, content=WAV)
            case "DELETE", "Recordings", name if name in self.tapes:
                del self.tapes[name]
                return httpx.Response(204)
            case "POST", "Conferences", conference:
                return self._announce(conference, form)
            case "GET", "Calls":
                return self._list(request.url.params["To"])
            case method, "Calls", sid if sid in self.calls:
                return self._update(self.calls[sid], form) if method == "POST" else self._call(self.calls[sid])
            case "POST", "Conferences", name, "Participants":
                return self._create_participant(name, form)
            case method, "Conferences", conference, "Participants", sid:
                room = next((one for one in self.rooms.values() if one.sid == conference), None)
                if room is not None and sid in room.members:
                    return self._participant(room, sid, form if method == "POST" else {})
        return refusal(404, 20404, "The requested resource was not found")

    def _create(self, form: dict[str, list[str]]) -> httpx.Response:
        call = self._new_call(form, {"status": form["StatusCallback"][0], "voice": form["Url"][0]})
        call.amd = form.get("AsyncAmd") == ["true"]
        call.record = form.get("Record") == ["true"]
        call.hooks["amd"] = form.get("AsyncAmdStatusCallback", [""])[0]
        call.jobs.append(asyncio.create_task(self._live(call)))
        return self._call(call, 201)

    def _new_call(self, form: dict[str, list[str]], hooks: dict[str, str]) -> Call:
        call = Call(
            sid=self._sid("CA"),
            to=form["To"][0],
            from_=form["From"][0],
            created=self._clock.now(),
            hooks=hooks,
            events=form.get("StatusCallbackEvent", ["completed"]),
            timeout_s=float(form.get("Timeout", ["60"])[0]),
            amd=False,
        )
        call.behaviour = self._behaviour(call.to)
        self.calls[call.sid] = call
        self.by_number[call.to].append(call.sid)
        return call

    def _call(self, call: Call, status: int = 200) -> httpx.Response:
        body = self._call_body(call)
        return httpx.Response(status, json=body)

    def _call_body(self, call: Call) -> dict[str, Any]:
        duration = int((call.ended - call.answered).total_seconds()) if call.ended and call.answered else 0
        body = {
            "sid": call.sid,
            "to": call.to,
            "from": call.from_,
            "status": "queued" if call.status == "initiated" else call.status,
            "date_created": rfc2822(call.created),
            "start_time": rfc2822(call.answered) if call.answered else None,
            "end_time": rfc2822(call.ended) if call.ended else None,
            "duration": str(duration) if call.ended else None,
            "answered_by": None,
            "direction": "outbound-api",
        }
        if self._judge is not None:
            self._judge.check_reply("api.v2010.account.call", body)
        return body

    def _list(self, to: str) -> httpx.Response:
        found = [self._call_body(self.calls[sid]) for sid in reversed(self.by_number[to])]
        page = {"page": 0, "page_size": 20, "uri": "/", "first_page_uri": "/", "next_page_uri": None}
        return httpx.Response(200, json=page | {"calls": found})

    def _update(self, call: Call, form: dict[str, list[str]]) -> httpx.Response:
        if call.status in FINAL:
            return refusal(400, 21220, "Invalid call state. Call is not in-progress. Cannot redirect.")
        if form.get("Status") == ["completed"]:
            self._end(call, "completed" if call.answered else "canceled")
        elif "Twiml" in form:
            if call.answered is None:
                return refusal(400, 21220, "Invalid call state. Call is not in-progress. Cannot redirect.")
            self._leave(call)
            self._run(call, form["Twiml"][0])
        return self._call(call)

    def _create_participant(self, name: str, form: dict[str, list[str]]) -> httpx.Response:
        call = self._new_call(form, {"status": form["StatusCallback"][0]})
        room = self._room(name)
        room.hook = room.hook or form["ConferenceStatusCallback"][0]
        room.events = room.events or form["ConferenceStatusCallbackEvent"]
        label = form["Label"][0]
        call.jobs.append(asyncio.create_task(self._live(call, lambda: self._enter(call, room, label))))
        body = {"call_sid": call.sid, "conference_sid": room.sid, "label": label, "status": "queued"}
        if self._judge is not None:
            self._judge.check_reply("api.v2010.account.conference.participant", body)
        return httpx.Response(201, json=body)

    def _participant(self, room: Conference, sid: str, form: dict[str, list[str]]) -> httpx.Response:
        label, held = room.members[sid]
        if "Muted" in form:
            coached = form.get("CallSidToCoach", [None])[0] if form.get("Coaching") == ["true"] else None
            room.sound[sid] = (form["Muted"] == ["true"], coached)
        if "AnnounceUrl" in form:
            self._start(self._ask_what_to_say(form["AnnounceUrl"][0]))
        if "Hold" in form:
            held = form["Hold"] == ["true"]
            room.members[sid] = (label, held)
            self._tell_room(room, "participant-hold" if held else "participant-unhold", "hold", sid, label)
        body = {"call_sid": sid, "conference_sid": room.sid, "label": label, "hold": held, "status": "connected"}
        if self._judge is not None:
            self._judge.check_reply("api.v2010.account.conference.participant", body)
        return httpx.Response(200, json=body)

    def _announce(self, conference: str, form: dict[str, list[str]]) -> httpx.Response:
        if all(room.sid != conference for room in self.rooms.values()):
            return refusal(404, 20404, "The requested resource was not found")
        self._start(self._ask_what_to_say(form["AnnounceUrl"][0]))
        return httpx.Response(200, json={"sid": conference, "status": "in-progress"})

    async def _ask_what_to_say(self, url: str) -> None:
        answer = await self._send(url, {"AccountSid": "AC" + "a" * 32})
        assert answer.status_code == 200, answer.text
        self.said.append(answer.text)

    def _recording(self, sid: str, form: dict[str, list[str]]) -> httpx.Response:
        """Pause, or go on with, the one that is being made (Twilio.CURRENT)."""
        found = [tape for tape, (of, status) in self.tapes.items() if of == sid and status != "completed"]
        if not found:
            return refusal(404, 20404, "The requested resource was not found")
        self.tapes[found[0]] = (sid, form["Status"][0])
        return httpx.Response(200, json={"sid": found[0], "call_sid": sid, "status": form["Status"][0]})

    def _recordings(self, sid: str) -> httpx.Response:
        call = self.calls[sid]
        begun = rfc2822(call.answered or call.created)
        found = [
            {"sid": tape, "call_sid": sid, "status": status, "channels": 2, "duration": "6", "start_time": begun}
            for tape, (of, status) in self.tapes.items()
            if of == sid
        ]
        page = {"page": 0, "page_size": 20, "uri": "/", "first_page_uri": "/", "next_page_uri": None}
        return httpx.Response(200, json=page | {"recordings": found})

    # ------------------------------------------------------------ the life of a call

    async def _live(self, call: Call, answered: Callable[[], None] | None = None) -> None:
        does = call.behaviour
        call.status = "initiated"
        self._tell(call, "initiated", "initiated")
        await self._clock.sleep(0.5 if answered is None else LEG_PICKS_UP_S / 2)
        if does.ring_s is None:
            self._end(call, does.end or "failed", does.sip)
            return
        call.status = "ringing"
        self._tell(call, "ringing", "ringing")
        ring_s = does.ring_s if answered is None else LEG_PICKS_UP_S / 2
        await self._clock.sleep(min(ring_s, call.timeout_s))
        if ring_s >= call.timeout_s:
            self._end(call, "no-answer", 487)
        elif does.end is not None:
            self._end(call, does.end, does.sip)
        else:
            call.status, call.answered = "in-progress", self._clock.now()
            if call.record:
                self.tapes[self._sid("RE")] = (call.sid, "in-progress")
            self._tell(call, "in-progress", "answered")
            if answered is not None:
                answered()
            else:
                self._answered(call)

    def _answered(self, call: Call) -> None:
        self._start(self._fetch_twiml(call))
        if call.amd:
            call.jobs.append(asyncio.create_task(self._detect(call)))
        call.jobs.append(asyncio.create_task(self._leave_the_silence(call)))

    async def _fetch_twiml(self, call: Call) -> None:
        answer = await self._send(call.hooks["voice"], self._call_form(call))
        assert answer.status_code == 200, answer.text
        if call.script is None and call.status == "in-progress":
            self._run(call, answer.text)

    async def _detect(self, call: Call) -> None:
        await self._clock.sleep(4)
        form = self._call_form(call) | {"AnsweredBy": "machine_start" if call.behaviour.machine else "human"}
        self._start(self._told(call.hooks["amd"], form))

    async def _leave_the_silence(self, call: Call) -> None:
        await self._clock.sleep(call.behaviour.silence_s)
        if call.conference is None:
            self._end(call, "completed")

    def _run(self, call: Call, text: str) -> None:
        if call.script is not None:
            call.script.cancel()
        call.script = asyncio.create_task(self._play(call, text))

    async def _play(self, call: Call, text: str) -> None:
        for verb in ElementTree.fromstring(text):
            match verb.tag:
                case "Pause":
                    await self._clock.sleep(float(verb.attrib["length"]))
                case "Say" | "Play":
                    await self._clock.sleep(MESSAGE_S)
                case "Hangup":
                    self._end(call, "completed")
                case "Dial" if verb[0].tag == "Number":
                    await self._clock.sleep(call.behaviour.talk_s)
                    self._end(call, "completed")
                case "Dial":
                    noun = verb[0]
                    room = self._room(noun.text or "")
                    room.hook = room.hook or noun.attrib.get("statusCallback", "")
                    room.events = room.events or noun.attrib.get("statusCallbackEvent", "").split()
                    self._enter(call, room, noun.attrib.get("participantLabel", ""))
                    room.sound[call.sid] = (noun.attrib.get("muted") == "true", noun.attrib.get("coach"))
                    await self._clock.sleep(call.behaviour.talk_s)
                    self._end(call, "completed")
                case other:
                    raise AssertionError(f"the fake knows no <{other}>")

    def _end(self, call: Call, status: str, sip: int | None = None) -> None:
        if call.status in FINAL:
            return
        call.status, call.ended = status, self._clock.now()
        for tape, (sid, _) in self.tapes.items():
            if sid == call.sid:
                self.tapes[tape] = (sid, "completed")
        self._leave(call)
        current = asyncio.current_task()
        for job in (*call.jobs, *([call.script] if call.script else [])):
            if job is not current:
                job.cancel()
        duration = int((call.ended - call.answered).total_seconds()) if call.answered else 0
        more = {"CallDuration": str(duration)} | ({"SipResponseCode": str(sip)} if sip else {})
        self._tell(call, status, "completed", more)

    # ------------------------------------------------------------ conferences

    def _room(self, name: str) -> Conference:
        if name not in self.rooms:
            self.rooms[name] = Conference(self._sid("CF"), name)
        return self.rooms[name]

    def _enter(self, call: Call, room: Conference, label: str) -> None:
        if room.name not in self.rooms:  # it ended between the request and the answer
            self.rooms[room.name] = room
        room.members[call.sid] = (label, False)
        call.conference = room
        self._tell_room(room, "participant-join", "join", call.sid, label)

    def _leave(self, call: Call) -> None:
        room, call.conference = call.conference, None
        if room is None:
            return
        label, _ = room.members.pop(call.sid)
        room.sound.pop(call.sid, None)
        self._tell_room(room, "participant-leave", "leave", call.sid, label)
        if not room.members:
            self._tell_room(room, "conference-end", "end", None, "")
            self.rooms.pop(room.name, None)

    def _tell_room(self, room: Conference, name: str, event: str, sid: str | None, label: str) -> None:
        if event not in room.events:
            return
        form = {
            "AccountSid": "AC" + "a" * 32,
            "ConferenceSid": room.sid,
            "FriendlyName": room.name,
            "StatusCallbackEvent": name,
            "SequenceNumber": str(next(room.told)),
            "Timestamp": rfc2822(self._clock.now()),
        }
        if sid is not None:
            form |= {"CallSid": sid, "ParticipantLabel": label, "Muted": "false", "Coaching": "false"}
        self._start(self._told(room.hook, form))

    # ------------------------------------------------------------ webhooks

    def _call_form(self, call: Call) -> dict[str, str]:
        return {
            "AccountSid": "AC" + "a" * 32,
            "CallSid": call.sid,
            "CallStatus": call.status,
            "To": call.to,
            "From": call.from_,
            "Direction": "outbound-api",
            "FromCity": "",  # empty fields are signed, too
            "ApiVersion": "2010-04-01",
        }

    def _tell(self, call: Call, status: str, event: str, more: dict[str, str] | None = None) -> None:
        if event not in call.events:
            return
        form = self._call_form(call) | {
            "CallStatus": status,
            "SequenceNumber": str(next(call.told)),
            "Timestamp": rfc2822(self._clock.now()),
            "CallbackSource": "call-progress-events",
            **(more or {}),
        }
        self._start(self._told(call.hooks["status"], form))

    def _start(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self.deliveries.add(task)
        task.add_done_callback(self.deliveries.discard)

    async def _told(self, url: str, form: dict[str, str]) -> None:
        if self.deaf:
            return
        if self._draw.random() < self._faults:
            # Late: no longer among what `settle` waits for.
            late = asyncio.create_task(self._late(url, form))
            self.calls.setdefault("late", Call("late", "", "", self._clock.now(), {}, [], 0, False)).jobs.append(late)
            return
        await self._deliver(url, form)
        if self._draw.random() < self._faults:
            await self._deliver(url, form)

    async def _late(self, url: str, form: dict[str, str]) -> None:
        await self._clock.sleep(self._draw.uniform(0.3, 5.0))
        self._start(self._deliver(url, form))

    async def _deliver(self, url: str, form: dict[str, str]) -> None:
        answer = await self._send(url, form)
        assert answer.status_code == 204, answer.text

    async def _send(self, url: str, form: dict[str, str]) -> httpx.Response:
        """As Twilio does: without Origin, with the signature of the address without its fragment."""
        address = url.split("#")[0]
        return await self._webhooks.post(
            address,
            content=urlencode(form),
            headers={
                "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
                "x-twilio-signature": self._validator.compute_signature(address, form),
                "i-twilio-idempotency-token": f"token-{next(self._numbers)}",
                "user-agent": "TwilioProxy/1.1",
            },
        )


def rfc2822(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC).replace(microsecond=0))


def refusal(status: int, code: int, message: str) -> httpx.Response:
    return httpx.Response(status, json={"code": code, "message": message, "status": status, "more_info": ""})
