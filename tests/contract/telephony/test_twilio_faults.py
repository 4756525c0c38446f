"""Things are lost, late, refused, or die: with Twilio, too, nobody is called twice and nothing is forgotten."""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from callcenter.domain.call import CallEventKind, EndCause
from callcenter.kit.ids import new_id
from callcenter.telephony.health.guarded import GuardedCarrier
from callcenter.telephony.health.rules import Circuit, Trouble
from callcenter.telephony.port import CarrierRefused, CarrierUnreachable, PlaceCall
from callcenter.telephony.twilio import carrier as carrier_module
from callcenter.telephony.twilio import doctor, legs, repository
from callcenter.telephony.twilio.addresses import identity

sys.path.insert(0, str(Path(__file__).parent))
from fake_twilio import Behaviour, refusal
from labs import OUR_NUMBER, RING_TIMEOUT_S, Called
from twilio_lab import TwilioLab, twilio_settings

E = CallEventKind


@pytest.fixture
async def lab(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TwilioLab]:
    monkeypatch.setattr(legs, "LOOK_REAL_S", 0.02)
    monkeypatch.setattr(carrier_module, "LOOK_REAL_S", 0.02)
    lab = TwilioLab()
    await lab.start()
    yield lab
    await lab.close()


async def request(lab: TwilioLab, called: Called = Called.STAYS) -> PlaceCall:
    await lab.pass_time(1)
    return PlaceCall(new_id(), await lab.number(called), OUR_NUMBER, RING_TIMEOUT_S)


def placings(lab: TwilioLab) -> list[httpx.Request]:
    """The requests that can ring a customer."""
    return [one for one in lab.twilio.requests if one.method == "POST" and one.url.path.endswith("/Calls.json")]


def only_placings(fault: Exception | httpx.Response) -> Callable[[httpx.Request], Exception | httpx.Response | None]:
    return lambda one: fault if one.method == "POST" and one.url.path.endswith("/Calls.json") else None


async def eventually(lab: TwilioLab, condition: Callable[[], Awaitable[bool]], within_s: float = 5.0) -> None:
    """Until something that our own tasks do in real time has happened."""
    async with asyncio.timeout(within_s):
        while not await condition():
            await asyncio.sleep(0.01)
            await lab.settle()


# A request without a reply

LOST = httpx.ReadTimeout("the reply was lost")


async def test_a_call_whose_reply_was_lost_is_recognised_by_its_first_webhook(lab: TwilioLab) -> None:
    asked = await request(lab)
    lab.twilio.after = lambda one: only_placings(LOST)(one)  # type: ignore[return-value]
    with pytest.raises(CarrierUnreachable):
        await lab.carrier.place(asked)
    lab.twilio.after = lambda one: None
    await lab.until(asked.call_id, E.ANSWERED)
    agent = await lab.agent()
    await lab.pass_time(1)
    await lab.carrier.join(asked.call_id, agent)
    await lab.until(asked.call_id, E.JOINED)
    assert await lab.carrier.place(asked) == lab.twilio.by_number[asked.to_number][0]
    assert len(placings(lab)) == 1
    assert len(lab.twilio.by_number[asked.to_number]) == 1


async def test_and_by_asking_when_the_webhooks_are_lost_too(lab: TwilioLab) -> None:
    asked = await request(lab)
    lab.twilio.after = lambda one: only_placings(LOST)(one)  # type: ignore[return-value]
    lab.twilio.deaf = True
    with pytest.raises(CarrierUnreachable):
        await lab.carrier.place(asked)
    lab.twilio.after = lambda one: None
    await lab.pass_time(2)
    status = await lab.carrier.status(asked.call_id)
    assert (status.known, status.ended, status.answered_at) == (True, False, None)
    await lab.pass_time(5)
    assert (await lab.carrier.status(asked.call_id)).answered_at is not None
    assert await lab.carrier.place(asked) == lab.twilio.by_number[asked.to_number][0]
    assert len(placings(lab)) == 1


async def test_a_call_that_was_never_made_is_unknown_only_when_that_can_be_known(lab: TwilioLab) -> None:
    asked = await request(lab)
    lab.twilio.before = only_placings(httpx.ReadTimeout("it never arrived"))
    with pytest.raises(CarrierUnreachable):
        await lab.carrier.place(asked)
    lab.twilio.before = lambda one: None
    assert (await lab.carrier.status(asked.call_id)).known, "lists lag: not found means nothing yet"
    await lab.pass_time(61)
    assert not (await lab.carrier.status(asked.call_id)).known
    with pytest.raises(CarrierUnreachable):
        await lab.carrier.place(asked)
    assert len(placings(lab)) == 1
    assert lab.twilio.by_number[asked.to_number] == []


async def test_an_earlier_call_to_the_same_number_is_not_taken_for_it(lab: TwilioLab) -> None:
    first = await request(lab, Called.BUSY)
    await lab.carrier.place(first)
    await lab.until(first.call_id, E.ENDED)
    await lab.pass_time(1)
    second = PlaceCall(new_id(), first.to_number, OUR_NUMBER, RING_TIMEOUT_S)
    lab.twilio.before = only_placings(httpx.ReadTimeout("it never arrived"))
    with pytest.raises(CarrierUnreachable):
        await lab.carrier.place(second)
    assert not (await lab.carrier.status(second.call_id)).ended
    await lab.pass_time(61)
    assert not (await lab.carrier.status(second.call_id)).known


async def test_nor_is_a_call_that_somebody_else_made_before(lab: TwilioLab) -> None:
    asked = await request(lab)
    seen: list[httpx.Request] = []

    def lose(one: httpx.Request) -> Exception | None:
        wrong = only_placings(httpx.ReadTimeout("it never arrived"))(one)
        seen.extend([one] if wrong else [])
        return wrong  # type: ignore[return-value]

    lab.twilio.before = lose
    with pytest.raises(CarrierUnreachable):
        await lab.carrier.place(PlaceCall(new_id(), asked.to_number, OUR_NUMBER, RING_TIMEOUT_S))
    async with lab.worker.transaction() as session:
        await session.execute(text("DELETE FROM twilio_calls"))
    lab.twilio.carry_out(seen[0])  # as another installation with the same account does
    lab.twilio.deaf = True
    await lab.pass_time(30)
    with pytest.raises(CarrierUnreachable):
        await lab.carrier.place(asked)
    assert (await lab.carrier.status(asked.call_id)).answered_at is None
    with pytest.raises(CarrierUnreachable):
        await lab.carrier.place(asked)
    await lab.pass_time(61)
    assert not (await lab.carrier.status(asked.call_id)).known


@pytest.mark.parametrize(
    "fault",
    [
        httpx.Response(503, text="unavailable"),
        httpx.Response(500, json={"code": 20500, "message": "no", "status": 500}),
        httpx.ReadTimeout("slow"),
        httpx.ReadError("reset"),
        httpx.RemoteProtocolError("closed"),
    ],
    ids=["503", "500", "time-out", "reset", "closed"],
)
@pytest.mark.parametrize("processed", [True, False], ids=["processed", "not processed"])
async def test_whatever_goes_wrong_one_person_is_called_once_at_most(
    lab: TwilioLab, fault: Exception | httpx.Response, processed: bool
) -> None:
    asked = await request(lab)

    def answer(one: httpx.Request) -> Exception | httpx.Response | None:
        wrong = only_placings(fault)(one)
        if wrong is not None and processed:
            lab.twilio.carry_out(one)
        return wrong

    lab.twilio.before = answer
    lab.twilio.deaf = True  # else the first webhook might tell the SID before the last try
    for _ in range(3):
        with pytest.raises(CarrierUnreachable):
            await lab.carrier.place(asked)
    await lab.settle()
    lab.twilio.deaf = False
    assert len(placings(lab)) == 1
    await lab.pass_time(10)
    assert len(lab.twilio.by_number[asked.to_number]) == (1 if processed else 0)
    assert (E.ANSWERED in lab.kinds(asked.call_id)) == processed


async def test_a_429_was_not_processed_and_may_be_asked_again(lab: TwilioLab) -> None:
    asked = await request(lab)
    lab.twilio.before = only_placings(refusal(429, 20429, "Too Many Requests"))
    placing = asyncio.create_task(lab.carrier.place(asked))
    await lab.pass_time(3)
    with pytest.raises(CarrierRefused) as refused:
        await placing
    assert refused.value.code == "too_fast"
    lab.twilio.before = lambda one: None
    await lab.carrier.place(asked)
    await lab.until(asked.call_id, E.ANSWERED)
    assert len(lab.twilio.by_number[asked.to_number]) == 1


async def test_a_refused_call_that_was_said_to_be_unknown_is_never_placed(lab: TwilioLab) -> None:
    """The dialler tries again after a pause; if reconciliation closed the call meanwhile, nobody may be rung."""
    asked = await request(lab)
    lab.twilio.before = only_placings(refusal(400, 10004, "concurrency"))
    assert await lab.refusal(lambda: lab.carrier.place(asked)) == "too_fast"
    assert not (await lab.carrier.status(asked.call_id)).known
    lab.twilio.before = lambda one: None
    assert await lab.refusal(lambda: lab.carrier.place(asked)) == "wrong_state"
    assert lab.twilio.by_number[asked.to_number] == []


@pytest.mark.parametrize(
    ("code", "refused_as"), [(21215, "not_permitted"), (21211, "invalid_number"), (10004, "too_fast")]
)
async def test_a_refusal_says_why_and_the_call_is_unknown(lab: TwilioLab, code: int, refused_as: str) -> None:
    asked = await request(lab)
    lab.twilio.before = only_placings(refusal(400, code, "no"))
    assert await lab.refusal(lambda: lab.carrier.place(asked)) == refused_as
    assert not (await lab.carrier.status(asked.call_id)).known


@pytest.mark.parametrize(("status", "code"), [(401, 20003), (400, 20005), (403, 10001)])
async def test_who_is_not_let_in_asks_once_and_rings_nobody_until_the_account_is_well(
    lab: TwilioLab, status: int, code: int
) -> None:
    """Wrong credentials or an empty account refuse every call: the first refusal stops the calling, with the reason."""
    guard = GuardedCarrier(lab.carrier, lab.clock)
    asked = await request(lab)
    lab.twilio.before = lambda one: refusal(status, code, "no")
    assert await lab.refusal(lambda: guard.place(asked)) == "no_account"
    assert (guard.breaker.circuit, guard.breaker.trouble) == (Circuit.OPEN, Trouble.SHUT_OUT)
    again = await request(lab)
    assert await lab.refusal(lambda: guard.place(again)) == "held_back"
    assert len(placings(lab)) == 1
    assert all("callcenter doctor" in guard.sentence(lang) for lang in ("zh", "en"))
    # The question is answered no as long as the account is not let in, and then calling begins again, by trials.
    await lab.pass_time(6)
    await guard.look()
    assert guard.breaker.trouble is Trouble.SHUT_OUT
    lab.twilio.before = lambda one: None
    await lab.pass_time(11)
    await guard.look()
    assert guard.breaker.circuit is Circuit.HALF_OPEN
    await guard.place(again)
    assert lab.twilio.by_number[asked.to_number] == []


async def test_a_number_that_is_not_ours_is_never_shown_as_the_caller(lab: TwilioLab) -> None:
    asked = PlaceCall(new_id(), await lab.number(Called.STAYS), "+12025550199", RING_TIMEOUT_S)
    assert await lab.refusal(lambda: lab.carrier.place(asked)) == "not_permitted"
    assert placings(lab) == []


# Two workers, and workers that die


async def test_two_workers_with_the_same_call_place_it_once(lab: TwilioLab) -> None:
    asked = await request(lab)
    other = lab.new_carrier()
    await other.start()
    done = await asyncio.gather(lab.carrier.place(asked), other.place(asked), return_exceptions=True)
    await other.close()
    assert len(placings(lab)) == 1
    assert sum(isinstance(one, str) for one in done) >= 1


async def test_what_is_told_while_no_worker_runs_waits_for_the_next(lab: TwilioLab) -> None:
    asked = await request(lab, Called.LEAVES_THE_SILENCE)
    await lab.carrier.place(asked)
    await lab.carrier.close()
    await lab.pass_time(20)
    assert lab.heard[asked.call_id] == []
    lab.carrier = lab.new_carrier()
    await lab.start()
    await lab.until(asked.call_id, E.ENDED)
    assert lab.kinds(asked.call_id) == [E.RINGING, E.ANSWERED, E.ENDED]


async def test_what_a_worker_took_just_before_it_died_is_told_once_more(lab: TwilioLab) -> None:
    asked = await request(lab, Called.BUSY)
    await lab.carrier.place(asked)
    ended = await lab.until(asked.call_id, E.ENDED)
    await lab.carrier.close()
    lab.heard.clear()
    lab.carrier = lab.new_carrier()
    await lab.start()
    assert await lab.until(asked.call_id, E.ENDED) == ended


async def test_a_call_left_behind_in_the_line_for_its_turn_is_never_placed(lab: TwilioLab) -> None:
    asked = await request(lab)
    async with lab.worker.transaction() as session:  # as a worker leaves it that dies before its turn
        await session.execute(
            text(
                "INSERT INTO twilio_calls (call_id, to_number, from_number, stage, written_at, joins, held,"
                " hold_sequence) VALUES (:id, :to, :from, 'waiting', :at, 0, false, -1)"
            ),
            {"id": asked.call_id, "to": asked.to_number, "from": asked.from_number, "at": lab.clock.now()},
        )
    assert (await lab.carrier.status(asked.call_id)).known, "its worker may be alive"
    await lab.pass_time(31)
    assert not (await lab.carrier.status(asked.call_id)).known
    assert await lab.refusal(lambda: lab.carrier.place(asked)) == "wrong_state"
    assert placings(lab) == []


async def test_a_hang_up_while_the_reply_is_awaited_is_carried_out_when_the_sid_is_known(lab: TwilioLab) -> None:
    asked = await request(lab, Called.NEVER_ANSWERS)
    lab.twilio.after = lambda one: only_placings(LOST)(one)  # type: ignore[return-value]
    lab.twilio.deaf = True
    with pytest.raises(CarrierUnreachable):
        await lab.carrier.place(asked)
    await lab.carrier.hang_up(asked.call_id)
    lab.twilio.deaf = False
    await lab.pass_time(1)
    ended = await lab.until(asked.call_id, E.ENDED, within_s=10)
    assert ended.cause is EndCause.CANCELLED


async def test_a_hang_up_that_fails_is_tried_again_until_the_call_ends(lab: TwilioLab) -> None:
    call_id = await lab.call(Called.STAYS)
    await lab.until(call_id, E.ANSWERED)
    lab.twilio.before = lambda one: httpx.ReadTimeout("slow") if b"Status=completed" in one.content else None
    with pytest.raises(CarrierUnreachable):
        await lab.carrier.hang_up(call_id, EndCause.SYSTEM_HUNG_UP)
    lab.twilio.before = lambda one: None

    async def ended() -> bool:
        return E.ENDED in lab.kinds(call_id)

    await eventually(lab, ended)
    assert (await lab.until(call_id, E.ENDED)).cause is EndCause.SYSTEM_HUNG_UP


async def test_an_end_whose_webhook_is_lost_is_found_by_asking(lab: TwilioLab) -> None:
    call_id = await lab.call(Called.LEAVES_THE_SILENCE)
    await lab.until(call_id, E.ANSWERED)
    lab.twilio.deaf = True
    await lab.pass_time(10)
    status = await lab.carrier.status(call_id)
    assert (status.ended, status.cause) == (True, EndCause.CUSTOMER_HUNG_UP)
    assert status.ended_at is not None


async def test_twilio_away_is_said_as_nobody_knows(lab: TwilioLab) -> None:
    call_id = await lab.call(Called.STAYS)
    for fault in (httpx.Response(503), httpx.ReadTimeout("slow"), httpx.ConnectError("away")):
        lab.twilio.before = lambda one, fault=fault: fault  # type: ignore[misc]
        asking = asyncio.create_task(lab.carrier.status(call_id))
        await lab.pass_time(3)
        with pytest.raises(CarrierUnreachable):
            await asking


# Limits on our side


async def test_calls_wait_for_their_turn_but_not_longer_than_the_dialler_can() -> None:
    lab = TwilioLab(twilio_calls_per_second=1.0)
    await lab.start()
    try:
        asked = [PlaceCall(new_id(), await lab.number(Called.STAYS), OUR_NUMBER, RING_TIMEOUT_S) for _ in range(10)]
        placing = [asyncio.create_task(lab.carrier.place(one)) for one in asked]

        async def all_have_a_turn_or_none() -> bool:
            return sum(one.done() for one in placing) == 5  # the first was placed, four were refused

        await eventually(lab, all_have_a_turn_or_none)
        for second in range(1, 6):

            async def one_more(wanted: int = second + 1) -> bool:
                return len(placings(lab)) == wanted

            await lab.pass_time(1)
            await eventually(lab, one_more)
        done = await asyncio.gather(*placing, return_exceptions=True)
        assert [isinstance(one, str) for one in done].count(True) == 6
        assert {one.code for one in done if isinstance(one, CarrierRefused)} == {"too_fast"}
        starts = sorted(call.created for call in lab.twilio.calls.values())
        gaps = [(b - a).total_seconds() for a, b in itertools.pairwise(starts)]
        assert min(gaps) >= 0.99
        assert len(placings(lab)) == 6
    finally:
        await lab.close()


async def test_a_call_that_is_taken_back_while_it_waits_for_its_turn_is_never_placed() -> None:
    lab = TwilioLab(twilio_calls_per_second=1.0)
    await lab.start()
    try:
        first, second = await request(lab), await request(lab)
        await lab.carrier.place(first)
        placing = asyncio.create_task(lab.carrier.place(second))

        async def waits() -> bool:
            return (await lab.carrier.status(second.call_id)).known

        await eventually(lab, waits)
        await lab.carrier.hang_up(second.call_id)
        await lab.pass_time(3)
        assert await lab.refusal(lambda: placing) == "wrong_state"
        assert len(placings(lab)) == 1
        assert [(one.kind, one.cause) for one in lab.facts(second.call_id)] == [(E.ENDED, EndCause.CANCELLED)]
    finally:
        await lab.close()


async def test_no_more_calls_at_once_than_the_account_may_have() -> None:
    lab = TwilioLab(twilio_max_calls=2)
    await lab.start()
    try:
        first, _ = await lab.call(Called.STAYS), await lab.call(Called.STAYS)
        third = await request(lab)
        assert await lab.refusal(lambda: lab.carrier.place(third)) == "too_fast"
        await lab.carrier.hang_up(first)
        await lab.until(first, E.ENDED)
        assert await lab.carrier.place(third)
    finally:
        await lab.close()


# Agents' legs


async def up(lab: TwilioLab, agent: UUID) -> bool:
    async with lab.worker.transaction() as session:
        row = await repository.agent(session, agent)
        return row is not None and row.present


def legs_to(lab: TwilioLab, agent: UUID) -> list[str]:
    return lab.twilio.by_number[f"client:{identity(agent)}"]


async def test_a_leg_that_drops_is_brought_up_again_and_the_next_call_is_joined(lab: TwilioLab) -> None:
    agent = await lab.agent()
    await lab.pass_time(20)
    [leg] = legs_to(lab, agent)
    lab.twilio.hang_up(leg)
    await lab.settle()
    assert not await up(lab, agent)

    async def rung_again() -> bool:
        return len(legs_to(lab, agent)) == 2

    await eventually(lab, rung_again)
    await lab.pass_time(1)
    assert await up(lab, agent)
    call_id = await lab.call(Called.STAYS)
    await lab.until(call_id, E.ANSWERED)
    await lab.carrier.join(call_id, agent)
    await lab.until(call_id, E.JOINED)


async def test_an_agent_who_does_not_pick_up_is_not_rung_again_at_once_and_the_join_fails(lab: TwilioLab) -> None:
    call_id = await lab.call(Called.STAYS)
    await lab.until(call_id, E.ANSWERED)
    agent = new_id()
    lab.behaviours[f"client:{identity(agent)}"] = Behaviour(ring_s=None, end="no-answer")
    await lab.pass_time(1)
    await lab.carrier.park_agent(agent, "")
    await lab.carrier.join(call_id, agent)
    failed = await lab.until(call_id, E.JOIN_FAILED, within_s=10)
    assert failed.agent_id == agent
    assert await lab.refusal(lambda: lab.carrier.join(call_id, agent)) == "unknown_agent"
    await asyncio.sleep(0.2)
    await lab.settle()
    assert len(legs_to(lab, agent)) == 1

    other = await lab.agent()
    await lab.pass_time(1)
    await lab.carrier.join(call_id, other)
    assert (await lab.until(call_id, E.JOINED)).agent_id == other
    assert lab.kinds(call_id) == [E.RINGING, E.ANSWERED, E.JOIN_FAILED, E.JOINED]


async def test_a_customer_who_is_there_before_the_agent_is_joined_when_the_agent_comes(lab: TwilioLab) -> None:
    call_id = await lab.call(Called.STAYS)
    await lab.until(call_id, E.ANSWERED)
    await lab.pass_time(1)
    agent = new_id()
    await lab.carrier.park_agent(agent, "")
    await lab.carrier.join(call_id, agent)
    await lab.settle()
    assert E.JOINED not in lab.kinds(call_id), "nobody hears anybody yet"
    await lab.until(call_id, E.JOINED)


async def test_a_join_whose_webhook_is_lost_is_found_when_it_is_asked_for_again(lab: TwilioLab) -> None:
    call_id, agent = await lab.call(Called.STAYS), await lab.agent()
    await lab.until(call_id, E.ANSWERED)
    lab.twilio.deaf = True
    await lab.carrier.join(call_id, agent)
    await lab.pass_time(6)
    lab.twilio.deaf = False
    asked = len(lab.twilio.requests)
    await lab.carrier.join(call_id, agent)
    joined = await lab.until(call_id, E.JOINED, within_s=1)
    assert joined.agent_id == agent
    assert [one.method for one in lab.twilio.requests[asked:]] == ["GET"], "the customer is not moved a second time"


async def test_an_agent_has_one_customer_at_a_time(lab: TwilioLab) -> None:
    first, agent = await lab.talk()
    second = await lab.call(Called.STAYS)
    await lab.until(second, E.ANSWERED)
    assert await lab.refusal(lambda: lab.carrier.join(second, agent)) == "wrong_state"
    await lab.carrier.hang_up(first)
    await lab.until(first, E.ENDED)
    await lab.carrier.join(second, agent)
    await lab.until(second, E.JOINED)


async def test_who_goes_off_duty_is_let_go_and_not_rung_again(lab: TwilioLab) -> None:
    agent = await lab.agent()
    await lab.pass_time(1)
    await lab.carrier.unpark_agent(agent)
    await asyncio.sleep(0.1)
    await lab.pass_time(1)
    [leg] = legs_to(lab, agent)
    assert lab.twilio.calls[leg].status == "completed"
    assert not await up(lab, agent)


async def test_a_leg_whose_hang_up_fails_is_hung_up_all_the_same(lab: TwilioLab) -> None:
    agent = await lab.agent()
    await lab.pass_time(1)
    lab.twilio.before = lambda one: httpx.ReadTimeout("slow") if b"Status=completed" in one.content else None
    with pytest.raises(CarrierUnreachable):
        await lab.carrier.unpark_agent(agent)
    lab.twilio.before = lambda one: None
    [leg] = legs_to(lab, agent)

    async def gone() -> bool:
        return lab.twilio.calls[leg].status == "completed"

    await eventually(lab, gone)


async def test_an_agent_who_moves_to_another_telephone_is_rung_there(lab: TwilioLab) -> None:
    agent = await lab.agent()
    await lab.pass_time(1)
    await lab.carrier.park_agent(agent, "sip:1001@pbx.example.com")
    await lab.pass_time(1)
    [old] = legs_to(lab, agent)
    [new] = lab.twilio.by_number["sip:1001@pbx.example.com"]
    assert (lab.twilio.calls[old].status, lab.twilio.calls[new].status) == ("completed", "in-progress")
    assert await up(lab, agent)


@pytest.mark.parametrize(
    "fault",
    [refusal(400, 21210, "From is not verified"), httpx.Response(503), httpx.ReadTimeout("slow")],
    ids=["refused", "503", "time-out"],
)
async def test_an_agent_who_cannot_be_rung_keeps_no_other_from_being_parked(
    lab: TwilioLab, fault: Exception | httpx.Response
) -> None:
    await lab.pass_time(1)
    lab.twilio.before = lambda one: fault if one.url.path.endswith("/Participants.json") else None
    agent = new_id()
    await lab.carrier.park_agent(agent, "")  # the dialler parks them one after the other
    await asyncio.sleep(0.2)
    tried = [one for one in lab.twilio.requests if one.url.path.endswith("/Participants.json")]
    assert len(tried) == 1, "and is not rung again at once"


# The doctor


@pytest.mark.parametrize(
    ("answer", "good", "says"),
    [
        (httpx.Response(200, json={"sid": "AC" + "a" * 32, "status": "active"}), True, "active"),
        (httpx.Response(200, json={"sid": "AC" + "a" * 32, "status": "suspended"}), False, "suspended"),
        (refusal(401, 20003, "Authenticate"), False, "TWILIO_AUTH_TOKEN"),
        (httpx.Response(401, text="no"), False, "credentials"),
        (httpx.Response(503, text="no"), False, "status page"),
        (httpx.ConnectError("no route"), False, "network"),
    ],
)
async def test_the_doctor_says_what_is_wrong_with_the_account(
    answer: httpx.Response | Exception, good: bool, says: str
) -> None:
    def reply(one: httpx.Request) -> httpx.Response:
        assert one.method == "GET"
        if isinstance(answer, Exception):
            raise answer
        return answer

    found, zh, en = await doctor.look(twilio_settings(), httpx.MockTransport(reply))
    assert found is good
    assert says in en
    assert zh != en
