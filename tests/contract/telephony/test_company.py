"""What every carrier does beside joining customer and agent, written once against the port: others in the call,
transfers, keys, recordings.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import UUID

import pytest

from callcenter.domain.call import CallEventKind, EndCause
from callcenter.kit.ids import new_id
from callcenter.telephony.port import CarrierRefused, Supervising

sys.path.insert(0, str(Path(__file__).parent))  # tests are imported by path: a neighbour is not on it
from labs import LABS, OUR_NUMBER, Called, Lab, open_lab

E = CallEventKind


# With faulty webhooks it is the same code and three times as slow; what faults do is in test_contract.py.
@pytest.fixture(scope="module", params=[name for name in LABS if "webhooks" not in name])
async def lab(request: pytest.FixtureRequest) -> AsyncIterator[Lab]:
    async with open_lab(request.param) as lab:
        yield lab


# Another than the agent: supervisors, transfers, consultations. Also where real sound is, only what is told is asked
# about here; who hears whom is measured in test_asterisk_company.py.


async def test_an_agents_line_that_drops_leaves_the_customer_waiting_until_it_is_back(lab: Lab) -> None:
    call_id, agent_id = await lab.talk()
    await lab.drop_agent(agent_id)
    lost = await lab.until(call_id, E.AGENT_LOST)
    back = await lab.until(call_id, E.AGENT_BACK)
    assert (lost.agent_id, back.agent_id) == (agent_id, agent_id)
    status = await lab.carrier.status(call_id)
    assert (status.ended, status.joined_agent) == (False, agent_id)
    assert status.agent_there is not False
    await lab.carrier.hang_up(call_id)
    await lab.until(call_id, E.ENDED)
    assert lab.kinds(call_id) == [E.RINGING, E.ANSWERED, E.JOINED, E.AGENT_LOST, E.AGENT_BACK, E.ENDED]


@pytest.mark.parametrize("how", list(Supervising))
async def test_a_supervisor_comes_and_goes_and_the_talk_goes_on(lab: Lab, how: Supervising) -> None:
    call_id, agent_id = await lab.talk()
    supervisor = await lab.agent()
    await when_up(lab, lambda: lab.carrier.supervise(call_id, supervisor, how))
    await lab.carrier.supervise(call_id, supervisor, Supervising.LISTEN)
    await lab.carrier.supervise(call_id, supervisor, how)
    await lab.carrier.stop_supervising(call_id, supervisor)
    await lab.carrier.stop_supervising(call_id, supervisor)
    status = await lab.carrier.status(call_id)
    assert (status.ended, status.joined_agent) == (False, agent_id)
    await lab.carrier.hang_up(call_id)
    await lab.until(call_id, E.ENDED)
    await lab.pass_time(5)
    assert lab.kinds(call_id) == [E.RINGING, E.ANSWERED, E.JOINED, E.ENDED]


async def when_up(lab: Lab, ask: Callable[[], Awaitable[None]]) -> None:
    """A supervisor whose sound is only coming up is refused as unknown_agent: asked again."""
    for _ in range(20):
        try:
            return await ask()
        except CarrierRefused as refused:
            if refused.code != "unknown_agent":
                raise
        await lab.pass_time(1)
    raise AssertionError("the supervisor's sound does not come up")


async def test_nobody_listens_to_a_call_without_an_agent(lab: Lab) -> None:
    call_id, supervisor = await lab.call(Called.STAYS), await lab.agent()
    await lab.until(call_id, E.ANSWERED)
    assert await lab.refusal(lambda: lab.carrier.supervise(call_id, supervisor, Supervising.LISTEN)) == "wrong_state"
    await lab.carrier.hang_up(call_id)


async def test_a_supervisor_without_sound_cannot_listen(lab: Lab) -> None:
    call_id, _ = await lab.talk()
    assert await lab.refusal(lambda: lab.carrier.supervise(call_id, new_id(), Supervising.LISTEN)) == "unknown_agent"
    await lab.carrier.hang_up(call_id)


async def test_a_customer_goes_from_one_agent_to_another(lab: Lab) -> None:
    call_id, first = await lab.talk()
    second = await lab.agent()
    await lab.carrier.release(call_id)
    await lab.until(call_id, E.RELEASED)
    await lab.carrier.join(call_id, second)
    await until_count(lab, call_id, E.JOINED, 2)
    assert (await lab.carrier.status(call_id)).joined_agent == second
    joins = [event.agent_id for event in lab.facts(call_id) if event.kind is E.JOINED]
    assert joins == [first, second]
    await lab.carrier.hang_up(call_id, EndCause.AGENT_HUNG_UP)
    await lab.until(call_id, E.ENDED)


async def until_count(lab: Lab, call_id: UUID, kind: CallEventKind, count: int) -> None:
    for _ in range(200):
        if lab.kinds(call_id).count(kind) >= count:
            return
        await lab.pass_time(0.25)
    raise AssertionError(f"{kind} was told {lab.kinds(call_id).count(kind)} times, not {count}")


async def test_the_first_agent_is_free_for_another_call_after_a_transfer(lab: Lab) -> None:
    call_id, first = await lab.talk()
    await lab.carrier.release(call_id)
    await lab.until(call_id, E.RELEASED)
    another = await lab.call(Called.STAYS)
    await lab.until(another, E.ANSWERED)
    await lab.carrier.join(another, first)
    await lab.until(another, E.JOINED)
    for one in (call_id, another):
        await lab.carrier.hang_up(one)


async def test_a_blind_transfer_outside_ends_the_call_for_us(lab: Lab) -> None:
    call_id, _ = await lab.talk()
    await lab.carrier.transfer(call_id, await lab.number(Called.LEAVES_THE_TALK))
    ended = await lab.until(call_id, E.ENDED)
    assert ended.cause is EndCause.TRANSFERRED
    status = await lab.carrier.status(call_id)
    assert (status.ended, status.cause) == (True, EndCause.TRANSFERRED)


async def test_a_transfer_to_a_number_that_is_none_is_refused_and_the_talk_goes_on(lab: Lab) -> None:
    call_id, agent_id = await lab.talk()
    assert await lab.refusal(lambda: lab.carrier.transfer(call_id, "12")) == "invalid_number"
    assert (await lab.carrier.status(call_id)).joined_agent == agent_id
    await lab.carrier.hang_up(call_id)


async def test_a_consultation_with_an_outside_number_becomes_a_transfer(lab: Lab) -> None:
    call_id, _ = await lab.talk()
    await lab.carrier.consult(call_id, await lab.number(Called.LEAVES_THE_TALK))
    assert await lab.refusal(lambda: lab.carrier.consult(call_id, OUR_NUMBER)) == "wrong_state"
    await lab.until(call_id, E.HELD)
    await lab.until(call_id, E.CONSULTED)
    await lab.carrier.complete_transfer(call_id)
    ended = await lab.until(call_id, E.ENDED)
    assert ended.cause is EndCause.TRANSFERRED


async def test_a_consultation_ends_and_the_customer_comes_back(lab: Lab) -> None:
    call_id, agent_id = await lab.talk()
    await lab.carrier.consult(call_id, await lab.number(Called.STAYS))
    await lab.until(call_id, E.CONSULTED)
    await lab.carrier.end_consultation(call_id)
    await lab.until(call_id, E.CONSULT_ENDED)
    await lab.carrier.end_consultation(call_id)
    await lab.carrier.resume(call_id)
    await lab.until(call_id, E.RESUMED)
    assert (await lab.carrier.status(call_id)).joined_agent == agent_id
    await lab.carrier.hang_up(call_id)


async def test_a_third_party_who_is_busy_ends_the_consultation(lab: Lab) -> None:
    call_id, _ = await lab.talk()
    await lab.carrier.consult(call_id, await lab.number(Called.BUSY))
    await lab.until(call_id, E.CONSULT_ENDED)
    assert await lab.refusal(lambda: lab.carrier.complete_transfer(call_id)) == "wrong_state"
    await lab.carrier.resume(call_id)
    await lab.until(call_id, E.RESUMED)
    await lab.carrier.hang_up(call_id)


async def test_a_consulted_agent_gets_the_customer(lab: Lab) -> None:
    call_id, _ = await lab.talk()
    second = await lab.agent()
    await when_up(lab, lambda: lab.carrier.consult(call_id, second))
    await lab.until(call_id, E.CONSULTED)
    await lab.carrier.complete_transfer(call_id)
    await lab.until(call_id, E.RELEASED)
    await lab.carrier.join(call_id, second)
    await until_count(lab, call_id, E.JOINED, 2)
    assert (await lab.carrier.status(call_id)).joined_agent == second
    await lab.carrier.hang_up(call_id)


async def test_keys_are_pressed_in_a_talk_only_and_are_keys(lab: Lab) -> None:
    call_id, _ = await lab.talk()
    await lab.carrier.send_digits(call_id, "12*#")
    assert await lab.refusal(lambda: lab.carrier.send_digits(call_id, "1;2")) == "invalid_number"
    await lab.carrier.hang_up(call_id)


# Recordings


async def test_a_recorded_talk_is_found_and_fetched_and_forgotten(lab: Lab) -> None:
    call_id, agent_id = await lab.call(Called.STAYS, record=True), await lab.agent()
    await lab.until(call_id, E.ANSWERED)
    await lab.carrier.join(call_id, agent_id)
    await lab.until(call_id, E.JOINED)
    await lab.pass_time(6)
    await when_up(lab, lambda: lab.carrier.pause_recording(call_id))
    await lab.carrier.resume_recording(call_id)
    await lab.carrier.hang_up(call_id)
    ended = await lab.until(call_id, E.ENDED)
    for _ in range(40):
        found = await lab.carrier.recordings(call_id)
        if found and found[0].ready:
            break
        await lab.pass_time(1)
    [one] = found
    assert one.call_id == call_id
    assert one.began_at <= ended.at
    content = b"".join([piece async for piece in lab.carrier.fetch_recording(one.ref)])
    assert content[:4] == b"RIFF"
    assert int.from_bytes(content[22:24], "little") == one.channels == 2
    await lab.carrier.forget_recording(one.ref)
    await lab.carrier.forget_recording(one.ref)

    async def fetch() -> None:
        _ = [piece async for piece in lab.carrier.fetch_recording(one.ref)]

    assert await lab.refusal(fetch) == "unknown_recording"


async def test_a_call_that_is_not_recorded_has_no_recording_and_nothing_to_pause(lab: Lab) -> None:
    call_id, _ = await lab.talk()
    assert await lab.refusal(lambda: lab.carrier.pause_recording(call_id)) == "wrong_state"
    await lab.carrier.hang_up(call_id)
    await lab.until(call_id, E.ENDED)
    assert await lab.carrier.recordings(call_id) == []
