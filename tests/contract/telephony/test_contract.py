"""What every carrier does, written once against the port."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from callcenter.domain.call import AnsweredBy, CallEventKind, CallState, EndCause, transition
from callcenter.kit.ids import new_id
from callcenter.telephony.port import MachineDetection, PlaceCall

sys.path.insert(0, str(Path(__file__).parent))  # tests are imported by path: a neighbour is not on it
from labs import LABS, OUR_NUMBER, RING_TIMEOUT_S, Called, Lab, open_lab

E = CallEventKind


@pytest.fixture(scope="module", params=list(LABS))
async def lab(request: pytest.FixtureRequest) -> AsyncIterator[Lab]:
    async with open_lab(request.param) as lab:
        yield lab


# Calls taken back


async def test_hanging_up_while_it_rings_takes_the_call_back(lab: Lab) -> None:
    call_id = await lab.call(Called.NEVER_ANSWERS)
    await lab.until(call_id, E.RINGING)
    await lab.carrier.hang_up(call_id)
    ended = await lab.until(call_id, E.ENDED, within_s=15)
    assert ended.cause is EndCause.CANCELLED


async def test_hanging_up_before_it_rings_takes_the_call_back(lab: Lab) -> None:
    call_id = await lab.call(Called.STAYS)
    await lab.carrier.hang_up(call_id)
    ended = await lab.until(call_id, E.ENDED, within_s=15)
    await lab.quiet()
    assert ended.cause is EndCause.CANCELLED
    assert E.ANSWERED not in lab.kinds(call_id)


# Answers, joins and talks


async def test_a_call_from_ringing_to_the_agents_hang_up(lab: Lab) -> None:
    call_id, agent_id = await lab.talk()
    await lab.carrier.hang_up(call_id, EndCause.AGENT_HUNG_UP)
    ended = await lab.until(call_id, E.ENDED)
    await lab.quiet()
    assert ended.cause is EndCause.AGENT_HUNG_UP
    assert lab.kinds(call_id) == [E.RINGING, E.ANSWERED, E.JOINED, E.ENDED]
    assert (await lab.until(call_id, E.JOINED)).agent_id == agent_id


async def test_the_customer_ends_the_talk(lab: Lab) -> None:
    call_id, _ = await lab.talk(Called.LEAVES_THE_TALK)
    ended = await lab.until(call_id, E.ENDED)
    assert ended.cause is EndCause.CUSTOMER_HUNG_UP


async def test_the_customer_leaves_when_nobody_speaks(lab: Lab) -> None:
    call_id = await lab.call(Called.LEAVES_THE_SILENCE)
    ended = await lab.until(call_id, E.ENDED)
    assert ended.cause is EndCause.CUSTOMER_HUNG_UP
    status = await lab.carrier.status(call_id)
    assert status.answered_at is not None
    assert status.joined_agent is None


async def test_joining_before_the_answer_is_refused_and_harms_nothing(lab: Lab) -> None:
    call_id, agent_id = await lab.call(Called.STAYS), await lab.agent()
    assert await lab.refusal(lambda: lab.carrier.join(call_id, agent_id)) == "wrong_state"
    await lab.until(call_id, E.ANSWERED)
    await lab.carrier.join(call_id, agent_id)
    await lab.until(call_id, E.JOINED)
    await lab.carrier.hang_up(call_id)


async def test_joining_to_an_agent_who_is_not_parked_is_refused_and_the_call_stays(lab: Lab) -> None:
    call_id = await lab.call(Called.STAYS)
    await lab.until(call_id, E.ANSWERED)
    assert await lab.refusal(lambda: lab.carrier.join(call_id, new_id())) == "unknown_agent"
    assert not (await lab.carrier.status(call_id)).ended
    await lab.carrier.hang_up(call_id)


async def test_joining_an_ended_call_is_refused(lab: Lab) -> None:
    call_id, agent_id = await lab.call(Called.BUSY), await lab.agent()
    await lab.until(call_id, E.ENDED)
    assert await lab.refusal(lambda: lab.carrier.join(call_id, agent_id)) == "wrong_state"


async def test_joining_twice_is_one_join(lab: Lab) -> None:
    call_id, agent_id = await lab.call(Called.STAYS), await lab.agent()
    await lab.until(call_id, E.ANSWERED)
    await lab.carrier.join(call_id, agent_id)
    await lab.carrier.join(call_id, agent_id)
    joined = await lab.until(call_id, E.JOINED)
    status = await lab.carrier.status(call_id)
    assert (joined.agent_id, status.joined_agent) == (agent_id, agent_id)
    await lab.carrier.hang_up(call_id)


async def test_an_agent_takes_one_call_after_the_other_without_being_parked_again(lab: Lab) -> None:
    agent_id = await lab.agent()
    for _ in range(2):
        call_id = await lab.call(Called.LEAVES_THE_TALK)
        await lab.until(call_id, E.ANSWERED)
        await lab.carrier.join(call_id, agent_id)
        await lab.until(call_id, E.JOINED)
        await lab.until(call_id, E.ENDED)


async def test_parking_twice_and_unparking_twice_are_no_errors(lab: Lab) -> None:
    agent_id = await lab.agent()
    await lab.carrier.park_agent(agent_id, "sim:elsewhere")
    await lab.carrier.unpark_agent(agent_id)
    await lab.carrier.unpark_agent(agent_id)
    call_id = await lab.call(Called.STAYS)
    await lab.until(call_id, E.ANSWERED)
    assert await lab.refusal(lambda: lab.carrier.join(call_id, agent_id)) == "unknown_agent"
    await lab.carrier.hang_up(call_id)


async def test_hold_and_resume(lab: Lab) -> None:
    call_id, agent_id = await lab.talk()
    await lab.carrier.hold(call_id)
    await lab.until(call_id, E.HELD)
    await lab.carrier.resume(call_id)
    await lab.until(call_id, E.RESUMED)
    assert (await lab.carrier.status(call_id)).joined_agent == agent_id
    await lab.carrier.hang_up(call_id)
    await lab.until(call_id, E.ENDED)
    await lab.quiet()
    assert lab.kinds(call_id)[-3:] == [E.HELD, E.RESUMED, E.ENDED]


async def test_only_a_joined_call_can_be_held(lab: Lab) -> None:
    call_id = await lab.call(Called.STAYS)
    await lab.until(call_id, E.ANSWERED)
    assert await lab.refusal(lambda: lab.carrier.hold(call_id)) == "wrong_state"
    assert await lab.refusal(lambda: lab.carrier.resume(call_id)) == "wrong_state"
    await lab.carrier.hang_up(call_id)


# The message for a call without an agent


async def test_the_message_is_played_and_the_call_ended(lab: Lab) -> None:
    call_id = await lab.call(Called.STAYS)
    answered = await lab.until(call_id, E.ANSWERED)
    await lab.carrier.play_message_and_hang_up(call_id, "abandoned")
    ended = await lab.until(call_id, E.ENDED)
    assert ended.cause is EndCause.SYSTEM_HUNG_UP
    assert (ended.at - answered.at).total_seconds() >= 1, "the message was not played"


async def test_the_message_needs_an_answer(lab: Lab) -> None:
    call_id = await lab.call(Called.NEVER_ANSWERS)
    await lab.until(call_id, E.RINGING)
    assert await lab.refusal(lambda: lab.carrier.play_message_and_hang_up(call_id, "abandoned")) == "wrong_state"
    await lab.carrier.hang_up(call_id)


# Machines


async def test_machine_detection_tells_a_machine_some_seconds_after_the_answer(lab: Lab) -> None:
    call_id = await lab.call(Called.MACHINE, MachineDetection.ASYNC)
    answered = await lab.until(call_id, E.ANSWERED)
    machine = await lab.until(call_id, E.MACHINE)
    assert machine.answered_by is AnsweredBy.MACHINE
    assert 1 <= (machine.at - answered.at).total_seconds() <= 20
    await lab.carrier.hang_up(call_id)
    await lab.until(call_id, E.ENDED)


async def test_machine_detection_leaves_a_person_alone(lab: Lab) -> None:
    call_id = await lab.call(Called.STAYS, MachineDetection.ASYNC)
    await lab.until(call_id, E.ANSWERED)
    await lab.pass_time(20)
    assert E.MACHINE not in lab.kinds(call_id)
    await lab.carrier.hang_up(call_id)


async def test_without_machine_detection_nobody_looks(lab: Lab) -> None:
    call_id = await lab.call(Called.MACHINE)
    await lab.until(call_id, E.ANSWERED)
    await lab.pass_time(20)
    assert E.MACHINE not in lab.kinds(call_id)
    await lab.carrier.hang_up(call_id)


# Identity, repetition and memory


async def test_placing_the_same_id_twice_is_one_call(lab: Lab) -> None:
    request = PlaceCall(new_id(), await lab.number(Called.STAYS), OUR_NUMBER, RING_TIMEOUT_S)
    first = await lab.carrier.place(request)
    assert await lab.carrier.place(request) == first
    await lab.until(request.call_id, E.ANSWERED)
    assert await lab.carrier.place(request) == first
    await lab.carrier.hang_up(request.call_id)
    await lab.until(request.call_id, E.ENDED)
    assert await lab.carrier.place(request) == first
    await lab.quiet()
    assert lab.kinds(request.call_id) == [E.RINGING, E.ANSWERED, E.ENDED]


async def test_a_number_that_is_no_number_is_refused(lab: Lab) -> None:
    request = PlaceCall(new_id(), "13800000000", OUR_NUMBER, RING_TIMEOUT_S)
    assert await lab.refusal(lambda: lab.carrier.place(request)) == "invalid_number"
    assert not (await lab.carrier.status(request.call_id)).known


async def test_hanging_up_twice_does_nothing_more(lab: Lab) -> None:
    call_id, _ = await lab.talk()
    await lab.carrier.hang_up(call_id, EndCause.AGENT_HUNG_UP)
    await lab.until(call_id, E.ENDED)
    await lab.carrier.hang_up(call_id, EndCause.SYSTEM_HUNG_UP)
    await lab.quiet()
    assert [event.cause for event in lab.facts(call_id) if event.kind is E.ENDED] == [EndCause.AGENT_HUNG_UP]
    assert (await lab.carrier.status(call_id)).cause is EndCause.AGENT_HUNG_UP


async def test_an_unknown_call_is_known_to_be_unknown(lab: Lab) -> None:
    nobody, agent_id = new_id(), await lab.agent()
    assert not (await lab.carrier.status(nobody)).known
    assert await lab.refusal(lambda: lab.carrier.join(nobody, agent_id)) == "unknown_call"
    assert await lab.refusal(lambda: lab.carrier.hold(nobody)) == "unknown_call"
    assert await lab.refusal(lambda: lab.carrier.hang_up(nobody)) == "unknown_call"


async def test_status_follows_a_call_through_its_life(lab: Lab) -> None:
    call_id, agent_id = await lab.call(Called.STAYS), await lab.agent()
    placed = await lab.carrier.status(call_id)
    assert (placed.known, placed.ended, placed.answered_at, placed.joined_agent) == (True, False, None, None)
    answered = await lab.until(call_id, E.ANSWERED)
    assert (await lab.carrier.status(call_id)).answered_at == answered.at
    await lab.carrier.join(call_id, agent_id)
    await lab.until(call_id, E.JOINED)
    assert (await lab.carrier.status(call_id)).joined_agent == agent_id
    await lab.carrier.hang_up(call_id)
    ended = await lab.until(call_id, E.ENDED)
    last = await lab.carrier.status(call_id)
    assert (last.ended, last.ended_at, last.cause) == (True, ended.at, EndCause.SYSTEM_HUNG_UP)
    assert last.joined_agent == agent_id, "who was joined is what the outcome of a recovered call hangs on"


async def test_events_carry_our_id_and_count_up(lab: Lab) -> None:
    calls = [await lab.call(called) for called in (Called.LEAVES_THE_SILENCE, Called.BUSY, Called.REJECTS) * 3]
    for call_id in calls:
        await lab.until(call_id, E.ENDED)
    await lab.quiet()
    for call_id in calls:
        facts = lab.facts(call_id)
        assert {event.call_id for event in lab.heard[call_id]} == {call_id}
        assert [event.at for event in facts] == sorted(event.at for event in facts)
        assert all(event.at.utcoffset() is not None for event in facts)
        for event in lab.heard[call_id]:  # a repetition repeats, it does not contradict
            assert event in facts
        if lab.in_order:
            assert lab.heard[call_id] == facts


async def test_every_call_ends_exactly_once_and_last(lab: Lab) -> None:
    agents = [await lab.agent() for _ in range(3)]
    calls = [await lab.call(called) for called in Called]
    for call_id, agent_id in zip([calls[0], calls[1], calls[8]], agents, strict=True):
        await lab.until(call_id, E.ANSWERED)
        await lab.carrier.join(call_id, agent_id)
    for call_id in calls:
        if E.ENDED not in lab.kinds(call_id):
            await lab.carrier.hang_up(call_id)
        await lab.until(call_id, E.ENDED)
    await lab.quiet()
    for call_id in calls:
        assert lab.kinds(call_id).count(E.ENDED) == 1
        assert lab.kinds(call_id)[-1] is E.ENDED


async def test_the_call_state_machine_understands_every_call(lab: Lab) -> None:
    call_id, _ = await lab.talk(Called.LEAVES_THE_TALK)
    await lab.until(call_id, E.ENDED)
    await lab.quiet()
    state = CallState.LAUNCHING
    for kind in lab.kinds(call_id):
        if state is CallState.WAITING and kind is E.JOINED:
            state = CallState.CONNECTING  # an agent was claimed before the join was asked for
        after = transition(state, kind)
        assert after is not None, f"{kind} tells nothing in {state}"
        state = after
    assert state is CallState.ENDED


# How calls end that nobody answers. Last, so that a telephone of real life has rung out meanwhile


@pytest.mark.parametrize(
    ("called", "cause", "rings"),
    [
        (Called.BUSY, EndCause.BUSY, False),
        (Called.INVALID, EndCause.INVALID_NUMBER, False),
        (Called.CONGESTED, EndCause.CONGESTION, False),
        (Called.REJECTS, EndCause.REJECTED, True),
        (Called.NEVER_ANSWERS, EndCause.NO_ANSWER, True),
    ],
)
async def test_a_call_nobody_answers_says_why(lab: Lab, called: Called, cause: EndCause, rings: bool) -> None:
    call_id = await (lab.rings_out() if called is Called.NEVER_ANSWERS else lab.call(called))
    ended = await lab.until(call_id, E.ENDED)
    await lab.quiet()
    assert ended.cause is cause
    assert lab.kinds(call_id) == ([E.RINGING] if rings else []) + [E.ENDED]
    status = await lab.carrier.status(call_id)
    assert (status.known, status.ended, status.cause, status.answered_at) == (True, True, cause, None)


async def test_it_rings_as_long_as_was_asked_for(lab: Lab) -> None:
    call_id = await lab.rings_out()
    ended = await lab.until(call_id, E.ENDED)
    ringing = await lab.until(call_id, E.RINGING)
    # A second's grace: at a hundred times the speed of life ten real milliseconds are one.
    assert RING_TIMEOUT_S - lab.dates_within_s <= (ended.at - ringing.at).total_seconds() <= RING_TIMEOUT_S + 10
