"""The simulated network by any sequence of commands (Hypothesis, virtual time)."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from callcenter.domain.call import CallEventKind, EndCause
from callcenter.kit.clock import ManualClock
from callcenter.kit.ids import new_id
from callcenter.telephony.port import CarrierEvent, CarrierRefused, MachineDetection, PlaceCall
from callcenter.telephony.simulated import NetworkProfile, SimulatedNetwork

E = CallEventKind
EVERYTHING_HAPPENS = replace(
    NetworkProfile(),
    # Mostly people who pick up at once and then wait long: what is worth trying happens after the answer.
    p_line_person=0.8,
    p_line_machine=0.14,
    p_line_busy=0.0,
    p_line_no_answer=0.01,
    p_line_rejected=0.02,
    p_line_invalid_number=0.01,
    p_line_congestion=0.01,
    p_line_failed=0.01,
    setup_median_s=0.3,
    ring_person_median_s=1.5,
    silence_median_s=30.0,
    join_longest_s=2.0,
    p_join_fails=0.2,
    p_event_late=0.2,
    p_event_doubled=0.2,
    p_event_swapped=0.2,
    remember_ended_s=100_000.0,  # longer than any sequence of commands, so that the end of each can be checked
)
_EXPECTED_CODES = {"wrong_state", "unknown_agent"}
_BEFORE: dict[CallEventKind, set[CallEventKind]] = {
    E.RINGING: set(),
    E.ANSWERED: {E.RINGING},
    E.MACHINE: {E.ANSWERED},
    E.JOINED: {E.ANSWERED},
    E.JOIN_FAILED: {E.ANSWERED},
    E.HELD: {E.JOINED},
    E.RESUMED: {E.JOINED},
    E.ENDED: set(),
}
picks = st.integers(0, 11)
waits = st.sampled_from([3.0, 1.0, 0.0])
"""Seconds; without them inside the rules, too few sequences ever come to a join."""


class AnyCommands(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.heard: dict[UUID, list[CarrierEvent]] = defaultdict(list)
        self.calls: list[UUID] = []
        self.agents = [new_id() for _ in range(3)]

    @initialize(seed=st.integers(0, 2**16))
    def begin(self, seed: int) -> None:
        self.clock = ManualClock(datetime(2026, 3, 9, 2, 0, tzinfo=UTC))
        self.network = SimulatedNetwork(self.clock, seed, EVERYTHING_HAPPENS)
        self.network.listen(lambda event: self.heard[event.call_id].append(event))
        self._run(0)
        for agent_id in self.agents:
            self.network.park_agent(agent_id, "sim:1")
        for number in range(4):  # most sequences begin with somebody on the line
            self.place(number, 25.0, True, 1.0)

    def _run(self, seconds: float) -> None:
        async def go() -> None:
            self.network.start()
            await self.clock.advance(seconds)

        self.loop.run_until_complete(go())

    def _in_loop(self, command: str, *arguments: object) -> None:
        async def go() -> None:
            try:
                getattr(self.network, command)(*arguments)
            except CarrierRefused as refused:
                if refused.code not in _EXPECTED_CODES:
                    raise

        self.loop.run_until_complete(go())

    def _call(self, pick: int) -> UUID:
        """A call that is up, mostly; else any we know."""
        live = self.network.live_calls()
        return live[pick % len(live)] if live and pick < 9 else self.calls[pick % len(self.calls)]

    @rule(number=st.integers(0, 30), timeout=st.sampled_from([15.0, 25.0, 60.0]), amd=st.booleans(), wait=waits)
    def place(self, number: int, timeout: float, amd: bool, wait: float) -> None:
        detection = MachineDetection.ASYNC if amd else MachineDetection.OFF
        request = PlaceCall(new_id(), f"+86138000000{number:02d}", "+861062345678", timeout, detection)
        self.calls.append(request.call_id)
        self._in_loop("place", request)
        self._run(wait)

    @rule(pick=picks)
    def place_again(self, pick: int) -> None:
        self._in_loop("place", PlaceCall(self._call(pick), "+8613800000000", "+861062345678"))

    @rule(
        pick=picks,
        agent=st.integers(0, 2),
        meanwhile=st.sampled_from(["nothing", "hang_up", "message", "unpark", "join again"]),
        wait=waits,
    )
    def join(self, pick: int, agent: int, meanwhile: str, wait: float) -> None:
        call_id, agent_id = self._call(pick), self.agents[agent]
        self._in_loop("join", call_id, agent_id)
        match meanwhile:
            case "hang_up":
                self._in_loop("hang_up", call_id)
            case "message":
                self._in_loop("play_message_and_hang_up", call_id, "abandoned")
            case "unpark":
                self._in_loop("unpark_agent", agent_id)
                self._in_loop("park_agent", agent_id, "sim:2")
            case "join again":
                self._in_loop("join", call_id, agent_id)
        self._run(wait)

    @rule(pick=picks, command=st.sampled_from(["hold", "resume"]))
    def hold_or_resume(self, pick: int, command: str) -> None:
        self._in_loop(command, self._call(pick))

    @rule(pick=picks, cause=st.sampled_from([EndCause.AGENT_HUNG_UP, EndCause.SYSTEM_HUNG_UP]))
    def hang_up(self, pick: int, cause: EndCause) -> None:
        self._in_loop("hang_up", self._call(pick), cause)

    @rule(pick=picks)
    def message(self, pick: int) -> None:
        self._in_loop("play_message_and_hang_up", self._call(pick), "abandoned")

    @rule(agent=st.integers(0, 2), leaves=st.integers(0, 3))
    def park_or_leave(self, agent: int, leaves: int) -> None:
        if leaves != 3:
            self._in_loop("park_agent", self.agents[agent], "sim:1")
        else:
            self._in_loop("unpark_agent", self.agents[agent])

    @rule(seconds=st.sampled_from([0.1, 1.0, 1.0, 3.0, 3.0, 30.0, 600.0]))
    def time_passes(self, seconds: float) -> None:
        self._run(seconds)

    @invariant()
    def an_agent_is_in_one_call_at_most(self) -> None:
        if hasattr(self, "network"):
            joined = [self.network.status(call_id) for call_id in self.network.live_calls()]
            agents = [status.joined_agent for status in joined if status.joined_agent is not None]
            assert len(agents) == len(set(agents))
            assert self.network.figures()["agents_in_call"] >= len(agents)

    @invariant()
    def status_and_what_was_told_agree(self) -> None:
        for call_id in self.calls:
            status = self.network.status(call_id)
            assert status.known
            if any(event.kind is E.ENDED for event in self.heard[call_id]):
                assert status.ended

    def teardown(self) -> None:
        if not hasattr(self, "network"):
            return
        self._run(3000)  # longer than any talk
        assert self.network.figures()["agents_in_call"] == 0
        for call_id in self.calls:
            self._ended_well(call_id)
        assert self.network.figures()["live_total"] == 0
        self._run(EVERYTHING_HAPPENS.remember_ended_s)
        assert not any(self.network.status(call_id).known for call_id in self.calls)
        assert self.network.figures()["remembered_ended"] == 0
        self.loop.run_until_complete(self.network.close())
        self.loop.close()

    def _ended_well(self, call_id: UUID) -> None:
        facts: dict[int, CarrierEvent] = {}
        for event in self.heard[call_id]:
            assert facts.setdefault(event.sequence, event) == event, "a repetition contradicts"
        in_order = [facts[key] for key in sorted(facts)]
        assert sorted(facts) == list(range(len(facts))), "a fact was never told"
        assert [event.kind for event in in_order].count(E.ENDED) == 1
        assert in_order[-1].kind is E.ENDED
        assert [event.at for event in in_order] == sorted(event.at for event in in_order)
        seen: set[CallEventKind] = set()
        for event in in_order:
            assert seen >= _BEFORE[event.kind], f"{event.kind} after {seen}"
            seen.add(event.kind)
            assert (event.agent_id in self.agents) is (event.kind in (E.JOINED, E.JOIN_FAILED))
            assert (event.cause is not None) is (event.kind is E.ENDED)
        status = self.network.status(call_id)
        assert status.ended
        assert status.cause is in_order[-1].cause
        assert (status.answered_at is not None) is (E.ANSWERED in seen)
        assert (status.joined_at is not None) is (E.JOINED in seen)


AnyCommands.TestCase.settings = settings(
    max_examples=200, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestAnyCommands = AnyCommands.TestCase
