"""The simulated telephone network: lines, the people and machines at their ends, and parked agents.

An engine on a Clock, without I/O: commands are plain calls, facts leave through `listen`. Under a ManualClock
it is exact; behind `server.py` it is a process of its own that goes on when a dialler is killed.

    setup → ringing → waiting ⇄ talking ⇄ held → ended          (waiting → message → ended)
"""

from __future__ import annotations

import random
import re
from collections import Counter, OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from callcenter.domain.call import AnsweredBy, CallEventKind, EndCause
from callcenter.kit.clock import Clock
from callcenter.telephony.port import (
    CallStatus,
    CarrierEvent,
    CarrierRefused,
    MachineDetection,
    PlaceCall,
    Supervising,
)
from callcenter.telephony.simulated.channel import EventChannel, Listener
from callcenter.telephony.simulated.ends import LiveCall, ParkedAgent, Phase
from callcenter.telephony.simulated.fate import RINGING_LINES, Fate, Line, draw_fate
from callcenter.telephony.simulated.profile import NetworkProfile
from callcenter.telephony.simulated.tapes import Tapes
from callcenter.telephony.simulated.timetable import Timer, Timetable

SHORTEST_RING_S = 15.0
"""16 CFR 310.4(b)(4)(ii): at least fifteen seconds or four rings."""

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_DIGITS = re.compile(r"[0-9*#A-D]{1,32}")


_WITH_AGENT = (Phase.TALKING, Phase.HELD)

_UNANSWERED_CAUSE: dict[Line, EndCause] = {
    Line.BUSY: EndCause.BUSY,
    Line.REJECTED: EndCause.REJECTED,
    Line.INVALID_NUMBER: EndCause.INVALID_NUMBER,
    Line.CONGESTION: EndCause.CONGESTION,
    Line.FAILED: EndCause.FAILED,
}


class SimulatedNetwork:
    """One network. `start` needs a running event loop; commands before it are taken and wait for it.

    Commands raise CarrierRefused with the port's codes.
    """

    def __init__(self, clock: Clock, seed: int = 0, profile: NetworkProfile | None = None) -> None:
        self.clock = clock
        self.seed = seed
        self.profile = profile or NetworkProfile()
        self._timetable = Timetable(clock)
        self._channel = EventChannel(clock, self._timetable, self.profile)
        self._live: dict[UUID, LiveCall] = {}
        self._ended: OrderedDict[UUID, CallStatus] = OrderedDict()
        self._denied: OrderedDict[UUID, datetime] = OrderedDict()
        self.tapes = Tapes()
        self._agents: dict[UUID, ParkedAgent] = {}
        self._attempts: OrderedDict[str, int] = OrderedDict()
        self._scripts: dict[str, Fate] = {}
        self._allowance = self.profile.max_calls_per_s or 0.0
        self._allowance_at = clock.now()
        self._totals: Counter[str] = Counter()
        self._by_line: Counter[str] = Counter()
        self._by_cause: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()

    def start(self) -> None:
        self._timetable.start()

    async def close(self) -> None:
        await self._timetable.close()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event from now on; returns how to stop. It must not raise or block."""
        return self._channel.listen(listener)

    def script(self, number: str, fate: Fate | None) -> None:
        """From now on whoever has `number` behaves so (None: as drawn again)."""
        if fate is None:
            self._scripts.pop(number, None)
        else:
            self._scripts[number] = fate

    # Commands

    def place(self, request: PlaceCall) -> str:
        """Returns the reference. The same id twice is one call."""
        self._forget()
        if request.call_id in self._live or request.call_id in self._ended:
            self._totals["placed_again"] += 1
            return _reference(request.call_id)
        if request.call_id in self._denied:
            raise self._refuse("wrong_state", "it was asked about before, and is not placed any more")
        if not _E164.fullmatch(request.to_number) or not _E164.fullmatch(request.from_number):
            raise self._refuse("invalid_number", "numbers are E.164: + and 7 to 15 digits")
        if request.ring_timeout_s < SHORTEST_RING_S:
            raise self._refuse("not_permitted", f"ring_timeout_s is at least {SHORTEST_RING_S:g} s")
        self._within_limits()
        fate, draw = self._fate(request.to_number)
        call = LiveCall(request, fate, draw)
        self._live[call.id] = call
        self._totals["placed"] += 1
        self._by_line[str(fate.line)] += 1
        if fate.line in RINGING_LINES:
            call.step = self._timetable.after(fate.setup_s, lambda: self._ring(call))
        else:
            call.step = self._timetable.after(fate.setup_s, lambda: self._end(call, _UNANSWERED_CAUSE[fate.line]))
        return _reference(call.id)

    def park_agent(self, agent_id: UUID, address: str) -> None:
        agent = self._agents.get(agent_id)
        if agent is None:
            self._agents[agent_id] = ParkedAgent(address)
        else:
            agent.address = address

    def unpark_agent(self, agent_id: UUID) -> None:
        """A customer in talk with the agent stays on the line, in silence, as in a conference without its agent."""
        agent = self._agents.pop(agent_id, None)
        call = self._live.get(agent.call) if agent is not None and agent.call is not None else None
        if call is None:
            return
        if call.joining == agent_id:
            self._join_failed(call)
        elif call.agent == agent_id:
            call.agent, call.alone = None, False
            call.phase = Phase.WAITING
            self._wait_for_patience(call, call.fate.silence_s)

    def drop_agent(self, agent_id: UUID, seconds: float) -> None:
        """Their line drops and comes back after so long: no command of the port, but what happens to agents."""
        agent = self._agents.get(agent_id)
        call = self._live.get(agent.call) if agent is not None and agent.call is not None else None
        if call is None or call.agent != agent_id or call.alone:
            return
        call.alone = True
        self._tell(call, CallEventKind.AGENT_LOST, agent_id=agent_id)
        call.others.append(self._timetable.after(seconds, lambda: self._agent_is_back(call, agent_id)))

    def _agent_is_back(self, call: LiveCall, agent_id: UUID) -> None:
        if call.alone and call.agent == agent_id:
            call.alone = False
            self._tell(call, CallEventKind.AGENT_BACK, agent_id=agent_id)

    def join(self, call_id: UUID, agent_id: UUID) -> None:
        """JOINED or JOIN_FAILED follows, or ENDED when the customer is gone first."""
        call = self._answered(call_id)
        agent = self._agents.get(agent_id)
        if agent is None:
            raise self._refuse("unknown_agent", "the agent's sound is not parked here")
        if call.joining == agent_id:
            return
        if call.agent == agent_id:
            self._tell(call, CallEventKind.JOINED, agent_id=agent_id)
            return
        if call.phase is not Phase.WAITING or call.joining is not None:
            raise self._refuse("wrong_state", f"the call is {'being joined' if call.joining else call.phase}")
        if agent.call is not None or self._is_busy(agent_id):
            raise self._refuse("wrong_state", "the agent is in another call")
        agent.call = call.id
        call.joining = agent_id
        latency_s = call.draw.uniform(self.profile.join_shortest_s, self.profile.join_longest_s)
        fails = call.draw.random() < self.profile.p_join_fails

        def arrive() -> None:
            if call.joining != agent_id:
                return  # ended or unparked meanwhile
            if fails:
                self._join_failed(call)
            else:
                self._joined(call)

        call.others.append(self._timetable.after(latency_s, arrive))

    def hold(self, call_id: UUID) -> None:
        call = self._with_agent(call_id)
        if call.phase is Phase.TALKING:
            call.phase = Phase.HELD
            self._wait_for_patience(call, call.fate.hold_s)
        self._tell(call, CallEventKind.HELD)

    def resume(self, call_id: UUID) -> None:
        call = self._with_agent(call_id)
        if call.phase is Phase.HELD:
            call.phase = Phase.TALKING
            _stop(call.patience)
        self._tell(call, CallEventKind.RESUMED)

    # Another than the agent

    def supervise(self, call_id: UUID, supervisor_id: UUID, how: Supervising) -> None:
        call = self._with_agent(call_id)
        if supervisor_id not in self._agents:
            raise self._refuse("unknown_agent", "the supervisor's sound is not parked here")
        elsewhere = self._agents[supervisor_id].call is not None or any(
            supervisor_id in other.supervisors for other in self._live.values() if other is not call
        )
        if elsewhere:
            raise self._refuse("wrong_state", "the supervisor is in another call")
        call.supervisors[supervisor_id] = how
        self._totals[f"supervised_{how}"] += 1

    def stop_supervising(self, call_id: UUID, supervisor_id: UUID) -> None:
        call = self._live.get(call_id)
        if call is not None:
            call.supervisors.pop(supervisor_id, None)

    def supervisors(self, call_id: UUID) -> dict[UUID, Supervising]:
        """Who is in the call beside the agent, and how: for tests."""
        call = self._live.get(call_id)
        return dict(call.supervisors) if call is not None else {}

    def release(self, call_id: UUID) -> None:
        call = self._with_agent(call_id)
        self._free(call, call.agent)
        call.agent, call.alone = None, False
        call.phase = Phase.WAITING
        call.supervisors.clear()
        self._wait_for_patience(call, call.fate.hold_s)
        self._tell(call, CallEventKind.RELEASED)

    def transfer(self, call_id: UUID, number: str) -> None:
        call = self._with_agent(call_id)
        self._number(number)
        self._end(call, EndCause.TRANSFERRED)

    def consult(self, call_id: UUID, to: UUID | str) -> None:
        call = self._with_agent(call_id)
        if call.consulted is not None:
            raise self._refuse("wrong_state", "somebody is being consulted")
        if isinstance(to, UUID):
            if to not in self._agents:
                raise self._refuse("unknown_agent", "their sound is not parked here")
            if to == call.agent or self._agents[to].call is not None or self._is_busy(to):
                raise self._refuse("wrong_state", "they are in a call")
            after_s = self.profile.join_longest_s
            comes = True
        else:
            self._number(to)
            fate = self._fate(to)[0]
            comes = fate.line is Line.PERSON and fate.ring_s < call.request.ring_timeout_s
            after_s = fate.setup_s + (fate.ring_s if comes else 0.0)
        if call.phase is Phase.TALKING:
            self.hold(call_id)
        call.consulted = to

        def arrive() -> None:
            if call.consulted != to or call.id not in self._live:
                return
            call.consulting = comes
            if not comes:
                call.consulted = None
            self._tell(call, CallEventKind.CONSULTED if comes else CallEventKind.CONSULT_ENDED)

        call.others.append(self._timetable.after(after_s, arrive))

    def complete_transfer(self, call_id: UUID) -> None:
        call = self._with_agent(call_id)
        if not call.consulting:
            raise self._refuse("wrong_state", "nobody is there to be consulted")
        to, call.consulted, call.consulting = call.consulted, None, False
        if isinstance(to, UUID):
            self.release(call_id)
        else:
            self._end(call, EndCause.TRANSFERRED)

    def end_consultation(self, call_id: UUID) -> None:
        call = self._with_agent(call_id)
        if call.consulted is not None:
            call.consulted, call.consulting = None, False
            self._tell(call, CallEventKind.CONSULT_ENDED)

    def announce(self, call_id: UUID, message: str) -> None:
        self._with_agent(call_id)
        self._totals["announcements"] += 1

    def send_digits(self, call_id: UUID, digits: str) -> None:
        if not _DIGITS.fullmatch(digits):
            raise self._refuse("invalid_number", "digits are 0-9 * # A-D, at most 32")
        self._with_agent(call_id).digits += digits

    # Recordings: nothing is stored, for a call always sounds the same (`sound.py`)

    def pause_recording(self, call_id: UUID) -> None:
        call = self._recorded(call_id)
        if not call.quiet or call.quiet[-1][1] is not None:
            call.quiet.append((self.clock.now(), None))

    def resume_recording(self, call_id: UUID) -> None:
        call = self._recorded(call_id)
        if call.quiet and call.quiet[-1][1] is None:
            call.quiet[-1] = (call.quiet[-1][0], self.clock.now())

    def _recorded(self, call_id: UUID) -> LiveCall:
        call = self._with_agent(call_id)
        if not call.request.record:
            raise self._refuse("wrong_state", "the call is not being recorded")
        return call

    def _keep_recording(self, call: LiveCall, now: datetime) -> None:
        if call.request.record and call.joined_at is not None:
            self.tapes.keep(call.id, call.joined_at, now, call.quiet)

    def hang_up(self, call_id: UUID, cause: EndCause = EndCause.SYSTEM_HUNG_UP) -> None:
        """Ends with `cause`, or CANCELLED when nobody had answered. An ended call is left as it is."""
        call = self._live.get(call_id)
        if call is not None:
            self._end(call, EndCause.CANCELLED if call.answered_at is None else cause)
        elif call_id not in self._ended:
            raise self._refuse("unknown_call")

    def play_message_and_hang_up(self, call_id: UUID, message: str) -> None:
        """Ends SYSTEM_HUNG_UP after the message, or CUSTOMER_HUNG_UP within it. A join under way is given up."""
        call = self._answered(call_id)
        if call.phase is Phase.MESSAGE:
            return
        if call.phase is not Phase.WAITING:
            raise self._refuse("wrong_state", "the message is for calls without an agent")
        if call.joining is not None:
            self._join_failed(call)
        self._totals["messages"] += 1
        call.phase = Phase.MESSAGE
        _stop(call.patience)
        if call.fate.message_s < self.profile.message_s:
            self._wait_for_patience(call, call.fate.message_s)
        call.step = self._timetable.after(self.profile.message_s, lambda: self._end(call, EndCause.SYSTEM_HUNG_UP))

    # What is known

    def status(self, call_id: UUID) -> CallStatus:
        self._forget()
        call = self._live.get(call_id)
        if call is None:
            if call_id not in self._ended:
                # Whoever is told so may call the person again: a request that is still on its way must not.
                self._denied[call_id] = self.clock.now()
            return self._ended.get(call_id) or CallStatus(call_id, known=False)
        return CallStatus(
            call_id,
            known=True,
            answered_at=call.answered_at,
            joined_agent=call.agent,
            joined_at=call.joined_at,
            answered_by=call.verdict,
            held=call.phase is Phase.HELD,
            agent_there=None if call.agent is None else not call.alone,
        )

    def live_calls(self) -> list[UUID]:
        return list(self._live)

    def figures(self) -> dict[str, Any]:
        """Calls alive by phase; totals since the start by what they met and how they ended; the channel's faults."""
        phases = Counter(str(call.phase) for call in self._live.values())
        return {
            "now": self.clock.now(),
            "live": {str(phase): phases[str(phase)] for phase in Phase},
            "live_total": len(self._live),
            "remembered_ended": len(self._ended),
            "agents_parked": len(self._agents),
            "agents_in_call": sum(agent.call is not None for agent in self._agents.values()),
            "totals": dict(self._totals),
            "met": dict(self._by_line),
            "ended": dict(self._by_cause),
            "refused": dict(self._refused),
            "events": dict(self._channel.counts),
            "listeners": self._channel.listeners,
        }

    # What happens by itself

    def _ring(self, call: LiveCall) -> None:
        call.phase = Phase.RINGING
        self._tell(call, CallEventKind.RINGING)
        fate, timeout_s = call.fate, call.request.ring_timeout_s
        if fate.ring_s >= timeout_s:
            call.step = self._timetable.after(timeout_s, lambda: self._end(call, EndCause.NO_ANSWER))
        elif fate.line is Line.REJECTED:
            call.step = self._timetable.after(fate.ring_s, lambda: self._end(call, EndCause.REJECTED))
        else:
            call.step = self._timetable.after(fate.ring_s, lambda: self._answer(call))

    def _answer(self, call: LiveCall) -> None:
        call.phase = Phase.WAITING
        call.answered_at = self.clock.now()
        self._totals["answered"] += 1
        self._tell(call, CallEventKind.ANSWERED, at=call.answered_at)
        if call.request.machine_detection is MachineDetection.ASYNC and call.fate.verdict_machine:
            call.others.append(self._timetable.after(call.fate.verdict_s, lambda: self._say_machine(call)))
        call.others.append(self._timetable.after(call.fate.machine_line_s, lambda: self._customer_leaves(call)))
        self._wait_for_patience(call, call.fate.silence_s)

    def _say_machine(self, call: LiveCall) -> None:
        call.verdict = AnsweredBy.MACHINE
        self._totals["verdicts_machine"] += 1
        self._tell(call, CallEventKind.MACHINE, answered_by=AnsweredBy.MACHINE)

    def _wait_for_patience(self, call: LiveCall, seconds: float) -> None:
        _stop(call.patience)
        call.patience = self._timetable.after(seconds, lambda: self._customer_leaves(call))

    def _customer_leaves(self, call: LiveCall) -> None:
        if call.joined_at is None and call.phase is Phase.WAITING and call.fate.line is Line.PERSON:
            self._totals["left_in_silence"] += 1
        self._end(call, EndCause.CUSTOMER_HUNG_UP)

    def _joined(self, call: LiveCall) -> None:
        agent_id, call.joining = call.joining, None
        call.agent = call.last_agent = agent_id
        call.phase = Phase.TALKING
        _stop(call.patience)
        now = self.clock.now()
        if call.joined_at is None:
            call.joined_at = now
            self._totals["joined"] += 1
            call.others.append(self._timetable.after(call.fate.talk_s, lambda: self._customer_leaves(call)))
        self._tell(call, CallEventKind.JOINED, agent_id=agent_id, at=now)

    def _join_failed(self, call: LiveCall) -> None:
        agent_id, call.joining = call.joining, None
        self._free(call, agent_id)
        self._totals["joins_failed"] += 1
        self._tell(call, CallEventKind.JOIN_FAILED, agent_id=agent_id)

    def _end(self, call: LiveCall, cause: EndCause) -> None:
        if self._live.pop(call.id, None) is None:
            return
        for timer in (call.step, call.patience, *call.others):
            _stop(timer)
        self._free(call, call.agent)
        self._free(call, call.joining)
        call.joining = None
        now = self.clock.now()
        self._keep_recording(call, now)
        self._ended[call.id] = CallStatus(
            call.id,
            known=True,
            ended=True,
            answered_at=call.answered_at,
            joined_agent=call.last_agent,
            ended_at=now,
            cause=cause,
            joined_at=call.joined_at,
            answered_by=call.verdict,
        )
        self._by_cause[str(cause)] += 1
        self._forget()
        self._tell(call, CallEventKind.ENDED, cause=cause, at=now)

    # Helpers

    def _tell(
        self,
        call: LiveCall,
        kind: CallEventKind,
        *,
        cause: EndCause | None = None,
        answered_by: AnsweredBy | None = None,
        agent_id: UUID | None = None,
        at: datetime | None = None,
    ) -> None:
        call.sequence += 1
        event = CarrierEvent(
            call_id=call.id,
            kind=kind,
            at=at or self.clock.now(),
            sequence=call.sequence,
            cause=cause,
            answered_by=answered_by,
            agent_id=agent_id,
            carrier_ref=_reference(call.id),
        )
        self._channel.tell(event, call.draw)

    def _free(self, call: LiveCall, agent_id: UUID | None) -> None:
        agent = self._agents.get(agent_id) if agent_id is not None else None
        if agent is not None and agent.call == call.id:
            agent.call = None

    def _answered(self, call_id: UUID) -> LiveCall:
        call = self._live.get(call_id)
        if call is None:
            if call_id in self._ended:
                raise self._refuse("wrong_state", "the call has ended")
            raise self._refuse("unknown_call")
        if call.answered_at is None:
            raise self._refuse("wrong_state", "nobody has answered yet")
        return call

    def _with_agent(self, call_id: UUID) -> LiveCall:
        call = self._answered(call_id)
        if call.phase not in _WITH_AGENT:
            raise self._refuse("wrong_state", "no agent is joined to the call")
        return call

    def _is_busy(self, agent_id: UUID) -> bool:
        """Whether they listen to a call, or are asked about one."""
        return any(agent_id in call.supervisors or call.consulted == agent_id for call in self._live.values())

    def _number(self, number: str) -> None:
        if not _E164.fullmatch(number):
            raise self._refuse("invalid_number", "numbers are E.164: + and 7 to 15 digits")

    def _refuse(self, code: str, detail: str = "") -> CarrierRefused:
        self._refused[code] += 1
        return CarrierRefused(code, detail)

    def _within_limits(self) -> None:
        most, rate = self.profile.max_live_calls, self.profile.max_calls_per_s
        if most is not None and len(self._live) >= most:
            raise self._refuse("too_fast", f"{most} calls are up already")
        if rate is None:
            return
        now = self.clock.now()
        passed_s = (now - self._allowance_at).total_seconds()
        self._allowance = min(max(rate, 1.0), self._allowance + passed_s * rate)
        self._allowance_at = now
        if self._allowance < 1:
            raise self._refuse("too_fast", f"more than {rate:g} calls a second")
        self._allowance -= 1

    def _fate(self, number: str) -> tuple[Fate, random.Random]:
        attempt = self._attempts.pop(number, 0)
        self._attempts[number] = attempt + 1
        if len(self._attempts) > self.profile.remember_numbers:
            self._attempts.popitem(last=False)
        fate, draw = draw_fate(self.profile, self.seed, number, attempt)
        return self._scripts.get(number, fate), draw

    def _forget(self) -> None:
        oldest = self.clock.now() - timedelta(seconds=self.profile.remember_ended_s)
        while self._denied and next(iter(self._denied.values())) < oldest:
            self._denied.popitem(last=False)
        while self._ended:
            first = next(iter(self._ended.values()))
            if first.ended_at is None or first.ended_at >= oldest:
                return
            self._ended.popitem(last=False)


def _stop(timer: Timer | None) -> None:
    if timer is not None:
        timer.cancel()


def _reference(call_id: UUID) -> str:
    return f"SIM{call_id.hex}"
