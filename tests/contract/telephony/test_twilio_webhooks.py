"""Twilio's webhooks on the real application and a real database: who may speak, and what is learnt."""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from twilio.request_validator import RequestValidator

from callcenter.domain.call import CallEventKind, EndCause
from callcenter.kit.ids import new_id
from callcenter.telephony.health import refused
from callcenter.telephony.twilio import addresses, repository
from callcenter.telephony.twilio.models import Stage, TwilioAgent, TwilioCall
from callcenter.telephony.twilio.router import router
from tests.clients import app_of, settings_for_tests

sys.path.insert(0, str(Path(__file__).parent))
from twilio_lab import PUBLIC_URL, TOKEN, TwilioLab

E = CallEventKind
SID = "CA" + "d" * 32


@pytest.fixture(scope="module")
async def lab() -> AsyncIterator[TwilioLab]:
    """One whose worker is not running: what webhooks tell stays in the inbox."""
    lab = TwilioLab()
    yield lab
    await lab.twilio.close()
    await lab.webhooks.aclose()
    await lab.web.close()
    await lab.worker.close()


async def placed(lab: TwilioLab, sid: str | None = None, **given: Any) -> tuple[UUID, str]:
    """A call as it is after its request was answered."""
    call_id, sid = new_id(), sid or f"CA{new_id().hex}"
    async with lab.worker.transaction() as session:
        session.add(
            TwilioCall(
                call_id=call_id,
                sid=sid,
                stage=Stage.PLACED.value,
                to_number="+8613700000000",
                from_number="+861062345678",
                written_at=lab.clock.now(),
                asked_at=lab.clock.now(),
                **given,
            )
        )
    return call_id, sid


def signature(path: str, form: dict[str, str], host: str = PUBLIC_URL, token: str = TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(host + path, form))


async def post(lab: TwilioLab, path: str, form: dict[str, str], **headers: str) -> httpx.Response:
    """A webhook, signed as Twilio signs unless another signature is given."""
    signed = {"x-twilio-signature": signature(path, form)} | headers
    return await lab.webhooks.post(
        path,
        content=urlencode(form),
        headers={"content-type": "application/x-www-form-urlencoded"} | {k: v for k, v in signed.items() if v},
    )


def status_path(call_id: UUID | str) -> str:
    return f"{addresses.PREFIX}/status?call={call_id}"


async def everything(lab: TwilioLab) -> list[Any]:
    """All that a webhook could change."""
    async with lab.worker.transaction() as session:
        rows = []
        for table, key in (("carrier_inbox", "id"), ("twilio_calls", "call_id"), ("twilio_agents", "agent_id")):
            found = await session.execute(text(f"SELECT to_jsonb(t) FROM {table} t ORDER BY {key}"))
            rows.append(found.scalars().all())
    return rows


async def told(lab: TwilioLab, call_id: UUID) -> list[tuple[str, str | None]]:
    async with lab.worker.transaction() as session:
        found = await session.execute(
            text(
                "SELECT event->>'kind', event->>'cause' FROM carrier_inbox"
                " WHERE event->>'call_id' = :id ORDER BY (event->>'sequence')::int"
            ),
            {"id": str(call_id)},
        )
        return [(row[0], row[1]) for row in found.all()]


# Who may speak


async def test_a_signed_webhook_is_answered_with_nothing_and_kept(lab: TwilioLab) -> None:
    call_id, sid = await placed(lab)
    answer = await post(lab, status_path(call_id), {"CallSid": sid, "CallStatus": "ringing", "FromCity": ""})
    assert (answer.status_code, answer.content) == (204, b"")
    assert await told(lab, call_id) == [("ringing", None)]


@pytest.mark.parametrize(
    "headers",
    [
        {"x-twilio-signature": ""},
        {"x-twilio-signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="},
        {"x-twilio-signature": "of another token"},
        {"x-twilio-signature": "of another host"},
        {"x-twilio-signature": "of another path"},
        {"x-twilio-signature": "of another form"},
        {"x-twilio-signature": "of another host", "host": "evil.example", "x-forwarded-host": "evil.example"},
    ],
    ids=lambda headers: headers["x-twilio-signature"] or "missing",
)
@pytest.mark.parametrize("name", ["status", "voice", "conference", "amd", "say", "keys"])
async def test_an_unsigned_or_forged_webhook_changes_nothing(
    lab: TwilioLab, name: str, headers: dict[str, str]
) -> None:
    call_id, sid = await placed(lab)
    path = f"{addresses.PREFIX}/{name}?call={call_id}&agent={call_id}&text=hello&digits=1"
    form = {"CallSid": sid, "CallStatus": "completed", "AnsweredBy": "machine_start"}
    forged = {
        "of another token": signature(path, form, token="guessed"),
        "of another host": signature(path, form, host="https://evil.example"),
        "of another path": signature(path + "&x=1", form),
        "of another form": signature(path, form | {"CallStatus": "ringing"}),
    }
    given = headers["x-twilio-signature"]
    before = await everything(lab)
    answer = await post(lab, path, form, **(headers | {"x-twilio-signature": forged.get(given, given)}))
    assert answer.status_code == 403
    assert answer.json()["code"] == "unsigned"
    assert await everything(lab) == before


async def test_what_was_refused_is_counted_for_doctor_and_for_supervisors(lab: TwilioLab) -> None:
    async with lab.worker.transaction() as session:
        await session.execute(text("DELETE FROM refused_messages"))
    if hasattr(lab.app.state, "doorkeeper"):
        del lab.app.state.doorkeeper
    call_id, sid = await placed(lab)
    path, form = status_path(call_id), {"CallSid": sid, "CallStatus": "ringing"}
    assert (await post(lab, path, form, **{"x-twilio-signature": ""})).status_code == 403
    for _ in range(5):  # within the second: they wait for the next one
        assert (await post(lab, path, form, **{"x-twilio-signature": "guessed"})).status_code == 403
    await asyncio.sleep(1.05)
    other = form | {"AccountSid": "AC" + "9" * 32}
    assert (await post(lab, path, other)).status_code == 403
    # Genuine: told twice, and of a call that is not ours.
    assert (await post(lab, path, form)).status_code == 204
    assert (await post(lab, path, form)).status_code == 204
    assert (await post(lab, status_path(new_id()), form)).status_code == 204
    async with lab.worker.transaction() as session:
        rows = await refused.since(session, lab.clock.now())
        assert {row.why: row.count for row in rows} == {
            "unsigned": 1,
            "forged": 5,
            "other_account": 1,
            "unknown_call": 1,
            "repeated": 1,
        }
        assert "5 签名不符" in refused.sentence(rows, "zh")
        assert "5 with a wrong signature" in refused.sentence(rows, "en")


@pytest.mark.parametrize("name", ["status", "voice", "conference", "amd", "say", "keys"])
async def test_another_account_changes_nothing_also_when_it_is_signed_with_our_token(lab: TwilioLab, name: str) -> None:
    call_id, sid = await placed(lab)
    path = f"{addresses.PREFIX}/{name}?call={call_id}&agent={call_id}&text=hello&digits=1"
    before = await everything(lab)
    answer = await post(lab, path, {"AccountSid": "AC" + "b" * 32, "CallSid": sid, "CallStatus": "completed"})
    assert (answer.status_code, answer.json()["code"]) == (403, "unsigned")
    assert await everything(lab) == before


async def test_a_whole_call_told_again_after_its_end_changes_nothing(lab: TwilioLab, conference: Conference) -> None:
    call_id, sid = await placed(lab)
    label, ours = f"customer.{call_id.hex}.1", {"AccountSid": "AC" + "a" * 32, "CallSid": sid}

    async def life() -> None:
        for n, status in enumerate(("initiated", "ringing", "in-progress")):
            await post(lab, status_path(call_id), ours | {"CallStatus": status, "SequenceNumber": str(n)})
        await post(lab, f"{addresses.PREFIX}/voice?call={call_id}", ours | {"CallStatus": "in-progress"})
        await post(lab, f"{addresses.PREFIX}/amd?call={call_id}", ours | {"AnsweredBy": "human"})
        await conference.tell_agent("participant-join", 1)
        for number, what in enumerate(("join", "hold", "unhold", "leave"), start=2):
            await conference.tell(f"participant-{what}", label, sid, number)
        await post(lab, status_path(call_id), ours | {"CallStatus": "completed", "CallDuration": "9"})

    async with lab.worker.transaction() as session:
        row = await repository.call(session, call_id)
        assert row is not None
        row.joining_agent, row.joins = conference.agent, 1
    await life()
    before = await everything(lab)
    await life()
    assert await everything(lab) == before
    assert [kind for kind, _ in await told(lab, call_id)] == [
        "ringing",
        "answered",
        "joined",
        "held",
        "resumed",
        "ended",
    ]


async def test_what_is_said_and_pressed_is_only_what_we_signed_for(lab: TwilioLab) -> None:
    said = await post(lab, f"{addresses.PREFIX}/say?text=%E6%82%A8%E5%A5%BD", {})
    assert '<Say language="zh-CN" voice="alice">您好</Say>' in said.text
    pressed = await post(lab, f"{addresses.PREFIX}/keys?digits=1%2A%23", {})
    assert '<Play digits="1*#" />' in pressed.text
    assert (await post(lab, f"{addresses.PREFIX}/keys?digits=1%3B2", {})).status_code == 422


async def test_the_signature_is_asked_for_before_anything_is_read(lab: TwilioLab) -> None:
    for body, form in (
        (b"\xff\xfe", {}),
        (urlencode({f"f{n}": "1" for n in range(300)}).encode(), {f"f{n}": "1" for n in range(300)}),
    ):
        answer = await lab.webhooks.post(
            status_path("no-id"), content=body, headers={"x-twilio-signature": signature(status_path("no-id"), form)}
        )
        assert answer.status_code == 403
    assert (await lab.webhooks.post(status_path("no-id"), content=b"")).status_code == 403
    assert (await lab.webhooks.get(status_path(new_id()))).status_code in (404, 405)


async def test_a_genuine_webhook_with_an_id_that_is_none_is_refused_in_words(lab: TwilioLab) -> None:
    answer = await post(lab, status_path("no-id"), {"CallSid": SID})
    assert answer.status_code == 422


async def test_twilio_sends_no_origin_and_a_page_of_another_site_is_still_refused(lab: TwilioLab) -> None:
    call_id, sid = await placed(lab)
    form = {"CallSid": sid, "CallStatus": "ringing"}
    page = await post(lab, status_path(call_id), form, origin="https://evil.example")
    assert (page.status_code, page.json()["code"]) == (403, "cross_site")
    assert (await post(lab, status_path(call_id), form)).status_code == 204


async def test_an_installation_without_twilio_has_no_such_address(lab: TwilioLab) -> None:
    app = app_of(lab.web, lab.clock, routers=[router], settings=settings_for_tests())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=PUBLIC_URL) as client:
        form = {"CallSid": SID, "CallStatus": "ringing"}
        path = status_path(new_id())
        answer = await client.post(path, content=urlencode(form), headers={"x-twilio-signature": signature(path, form)})
        assert answer.status_code == 404


# What is learnt


async def test_the_same_webhook_ten_times_at_once_is_one_event(lab: TwilioLab) -> None:
    call_id, sid = await placed(lab)
    form = {"CallSid": sid, "CallStatus": "in-progress", "SequenceNumber": "2"}
    answers = await asyncio.gather(*(post(lab, status_path(call_id), form) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {204}
    assert await told(lab, call_id) == [("answered", None)]


@pytest.mark.parametrize(
    "order", [*itertools.permutations(("initiated", "ringing", "in-progress", "completed"))], ids="-".join
)
async def test_the_order_of_arrival_changes_nothing(lab: TwilioLab, order: tuple[str, ...]) -> None:
    call_id, sid = await placed(lab)
    for status in (*order, *order):
        form = {"CallSid": sid, "CallStatus": status, "SequenceNumber": "0", "CallDuration": "20"}
        assert (await post(lab, status_path(call_id), form)).status_code == 204
    assert await told(lab, call_id) == [("ringing", None), ("answered", None), ("ended", "customer_hung_up")]


@pytest.mark.parametrize("name", ["status", "voice", "amd", "conference"])
async def test_a_call_that_is_not_ours_changes_nothing(lab: TwilioLab, name: str) -> None:
    ours, _ = await placed(lab)
    before = await everything(lab)
    for call_id in (new_id(), ours):  # nobody's id; our id with somebody else's SID, as in a replay
        path = f"{addresses.PREFIX}/{name}?call={call_id}&agent={call_id}"
        form = {
            "CallSid": SID,
            "CallStatus": "completed",
            "AnsweredBy": "machine_start",
            "StatusCallbackEvent": "participant-join",
            "ParticipantLabel": f"customer.{ours.hex}.1",
        }
        answer = await post(lab, path, form)
        assert answer.status_code == (200 if name == "voice" else 204)
        assert name != "voice" or "<Hangup" in answer.text
    assert await everything(lab) == before


async def test_the_first_webhook_tells_the_sid_when_the_reply_was_lost(lab: TwilioLab) -> None:
    call_id, sid = await placed(lab)
    async with lab.worker.transaction() as session:
        row = await repository.call(session, call_id)
        assert row is not None
        row.sid, row.stage = None, Stage.ASKED.value
    await post(lab, status_path(call_id), {"CallSid": sid, "CallStatus": "initiated"})
    async with lab.worker.transaction() as session:
        row = await repository.call(session, call_id)
        assert row is not None
        assert (row.sid, row.stage) == (sid, "placed")


async def test_a_call_that_was_never_asked_for_learns_no_sid(lab: TwilioLab) -> None:
    call_id, sid = await placed(lab)
    async with lab.worker.transaction() as session:
        row = await repository.call(session, call_id)
        assert row is not None
        row.sid, row.stage = None, Stage.WAITING.value
    before = await everything(lab)
    await post(lab, status_path(call_id), {"CallSid": sid, "CallStatus": "in-progress"})
    assert await everything(lab) == before


async def test_at_the_answer_the_customer_waits_and_the_worker_is_told(lab: TwilioLab) -> None:
    call_id, sid = await placed(lab)
    path = f"{addresses.PREFIX}/voice?call={call_id}"
    answer = await post(lab, path, {"CallSid": sid, "CallStatus": "in-progress"})
    assert answer.headers["content-type"].startswith("text/xml")
    assert answer.text.endswith('<Response><Pause length="30" /><Hangup /></Response>')
    assert await told(lab, call_id) == [("answered", None)]
    await post(lab, status_path(call_id), {"CallSid": sid, "CallStatus": "in-progress"})
    assert await told(lab, call_id) == [("answered", None)], "told by two ways, and one event"


async def test_a_call_that_was_taken_back_hangs_up_at_the_answer(lab: TwilioLab) -> None:
    call_id, sid = await placed(lab, hang_up_cause=EndCause.CANCELLED.value)
    answer = await post(lab, f"{addresses.PREFIX}/voice?call={call_id}", {"CallSid": sid})
    assert "<Pause" not in answer.text


@pytest.mark.parametrize(
    ("answered_by", "machine"), [("machine_start", True), ("fax", True), ("human", False), ("unknown", False)]
)
async def test_the_verdict_of_detection(lab: TwilioLab, answered_by: str, machine: bool) -> None:
    call_id, sid = await placed(lab, answered_at=lab.clock.now())
    await post(lab, f"{addresses.PREFIX}/amd?call={call_id}", {"CallSid": sid, "AnsweredBy": answered_by})
    assert await told(lab, call_id) == ([("machine", None)] if machine else [])


async def test_a_browser_dials_into_the_conference_of_its_own_agent_who_is_on_duty(lab: TwilioLab) -> None:
    await lab.carrier.park_agent(agent := new_id(), "")
    path = f"{addresses.PREFIX}/voice"
    browser = {"CallSid": SID, "From": f"client:agent_{agent.hex}", "CallStatus": "ringing"}
    assert f"agent-{agent.hex}</Conference>" in (await post(lab, path, browser)).text
    for stranger in (f"client:agent_{new_id().hex}", "client:somebody", "+8613700000000", ""):
        answer = await post(lab, path, browser | {"From": stranger})
        assert "<Hangup" in answer.text
        assert "Conference" not in answer.text
    await lab.carrier.unpark_agent(agent)
    assert "Conference" not in (await post(lab, path, browser)).text
    await lab.twilio.settle()


# Conferences


class Conference:
    """An agent's conference, told by webhooks in whatever order a test wants."""

    def __init__(self, lab: TwilioLab, agent: UUID) -> None:
        self.lab, self.agent, self.sid, self.leg = lab, agent, f"CF{new_id().hex}", f"CA{new_id().hex}"

    async def tell(self, what: str, label: str, sid: str, number: int) -> None:
        form = {
            "ConferenceSid": self.sid,
            "CallSid": sid,
            "StatusCallbackEvent": what,
            "ParticipantLabel": label,
            "SequenceNumber": str(number),
        }
        answer = await post(self.lab, f"{addresses.PREFIX}/conference?agent={self.agent}", form)
        assert answer.status_code == 204

    async def tell_agent(self, what: str, number: int) -> None:
        await self.tell(what, f"agent.{self.agent.hex}", self.leg, number)


@pytest.fixture
async def conference(lab: TwilioLab) -> Conference:
    found = Conference(lab, new_id())
    async with lab.worker.transaction() as session:
        session.add(TwilioAgent(agent_id=found.agent, address="", call_sid=found.leg, asked_at=lab.clock.now()))
    return found


async def joining(lab: TwilioLab, agent: UUID, joins: int = 1) -> tuple[UUID, str]:
    return await placed(lab, answered_at=lab.clock.now(), joining_agent=agent, joins=joins)


async def test_they_are_joined_when_both_are_there_whoever_is_told_first(
    lab: TwilioLab, conference: Conference
) -> None:
    call_id, sid = await joining(lab, conference.agent)
    await conference.tell("participant-join", f"customer.{call_id.hex}.1", sid, 3)
    assert await told(lab, call_id) == []
    await conference.tell_agent("participant-join", 1)
    assert await told(lab, call_id) == [("joined", None)]
    for _ in range(2):
        await conference.tell("participant-join", f"customer.{call_id.hex}.1", sid, 3)
        await conference.tell_agent("participant-join", 1)
    assert await told(lab, call_id) == [("joined", None)]


async def test_who_is_in_another_join_or_is_another_call_is_not_joined(lab: TwilioLab, conference: Conference) -> None:
    call_id, sid = await joining(lab, conference.agent, joins=2)
    await conference.tell_agent("participant-join", 1)
    await conference.tell("participant-join", f"customer.{call_id.hex}.1", sid, 2)  # of the join given up before
    await conference.tell("participant-join", f"customer.{call_id.hex}.2", SID, 3)  # our label, another's call
    await conference.tell("participant-join", f"customer.{new_id().hex}.2", sid, 4)
    await conference.tell("participant-hold", f"customer.{call_id.hex}.2", SID, 5)
    await conference.tell("participant-join", "", sid, 6)
    assert await told(lab, call_id) == []
    await conference.tell("participant-join", f"customer.{call_id.hex}.2", sid, 7)
    assert await told(lab, call_id) == [("joined", None)]


async def test_a_join_of_the_agent_that_comes_after_their_leave_brings_nobody_back(
    lab: TwilioLab, conference: Conference
) -> None:
    await conference.tell_agent("participant-leave", 2)
    await conference.tell_agent("participant-join", 1)
    async with lab.worker.transaction() as session:
        leg = await repository.agent(session, conference.agent)
        assert leg is not None
        assert (leg.present, leg.call_sid) == (False, None)


async def test_hold_and_resume_in_the_wrong_order_leave_the_call_as_it_is(
    lab: TwilioLab, conference: Conference
) -> None:
    call_id, sid = await joining(lab, conference.agent)
    label = f"customer.{call_id.hex}.1"
    await conference.tell_agent("participant-join", 1)
    await conference.tell("participant-join", label, sid, 2)
    await conference.tell("participant-unhold", label, sid, 4)
    await conference.tell("participant-hold", label, sid, 3)
    assert await told(lab, call_id) == [("joined", None), ("held", None), ("resumed", None)]
    async with lab.worker.transaction() as session:
        call = await repository.call(session, call_id)
        assert call is not None
        assert not call.held
