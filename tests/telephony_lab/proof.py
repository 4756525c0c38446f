"""500 calls at 10 a second through 20 agents on a real Asterisk: what became of each, and how fast it was joined.

    python -m tests.telephony_lab.proof [calls] [calls a second] [agents]      (make telephony-proof)

Takes about a minute and a half, and writes its section of docs/benchmarks.md. Ends with 1 when an outcome differs from
what SIPp played, when the slowest hundredth of the joins takes 200 ms or more, or when a channel is left over.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from callcenter.domain.call import CallEventKind, EndCause
from callcenter.kit.clock import SystemClock
from callcenter.kit.ids import new_id
from callcenter.telephony.asterisk import AsteriskCarrier
from callcenter.telephony.port import CarrierEvent, CarrierRefused, PlaceCall
from tests.benchmarks import page
from tests.telephony_lab.behaviour import Behaviour, number
from tests.telephony_lab.lab import AGENT, TelephonyLab

_FROM = "+861062345678"
_RING_S = 15.0
_TALK_S = 2.0
_CANCEL_AFTER_S = 1.0
_SLOWEST_S = 0.2
E = CallEventKind

# behaviour, weight, whether we take the call back while it rings, and how it has to end
_PLAYED: list[tuple[Behaviour, int, bool, EndCause]] = [
    (Behaviour.SAYS_HELLO, 25, False, EndCause.AGENT_HUNG_UP),
    (Behaviour.HANGS_UP_LATER, 25, False, EndCause.CUSTOMER_HUNG_UP),
    (Behaviour.HANGS_UP_SOON, 8, False, EndCause.CUSTOMER_HUNG_UP),
    (Behaviour.HANGS_UP_AT_ANSWER, 7, False, EndCause.CUSTOMER_HUNG_UP),
    (Behaviour.NEVER_ANSWERS, 7, False, EndCause.NO_ANSWER),
    (Behaviour.NEVER_ANSWERS, 5, True, EndCause.CANCELLED),
    (Behaviour.BUSY, 8, False, EndCause.BUSY),
    (Behaviour.REJECTS, 5, False, EndCause.REJECTED),
    (Behaviour.UNKNOWN_NUMBER, 5, False, EndCause.INVALID_NUMBER),
    (Behaviour.CONGESTED, 5, False, EndCause.CONGESTION),
]
_ANSWERS = {
    Behaviour.SAYS_HELLO,
    Behaviour.HANGS_UP_LATER,
    Behaviour.HANGS_UP_SOON,
    Behaviour.HANGS_UP_AT_ANSWER,
}


@dataclass
class Attempt:
    played: Behaviour
    cancel: bool
    expected: EndCause
    heard: list[CarrierEvent] = field(default_factory=list)
    answered: float | None = None  # when we heard it
    agent_id: UUID | None = None
    joined: float | None = None

    def kinds(self) -> list[E]:
        return [event.kind for event in self.heard]


class Floor:
    """Twenty agents and the simplest dialler there is: whoever is free takes whoever answers."""

    def __init__(self, carrier: AsteriskCarrier) -> None:
        self.carrier = carrier
        self.attempts: dict[UUID, Attempt] = {}
        self.free: deque[UUID] = deque()
        self.waiting: deque[UUID] = deque()
        self.refused: Counter[str] = Counter()
        self.tasks: set[asyncio.Task[None]] = set()

    def _spawn(self, work: object) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)  # type: ignore[arg-type]
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def listen(self) -> None:
        async for event in self.carrier.events():
            attempt = self.attempts[event.call_id]
            attempt.heard.append(event)
            match event.kind:
                case E.ANSWERED:
                    attempt.answered = time.perf_counter()
                    self.waiting.append(event.call_id)
                case E.JOINED:
                    attempt.joined = time.perf_counter()
                    if attempt.played is Behaviour.SAYS_HELLO:
                        self._spawn(self._hang_up(event.call_id, _TALK_S, EndCause.AGENT_HUNG_UP))
                case E.RINGING if attempt.cancel:
                    self._spawn(self._hang_up(event.call_id, _CANCEL_AFTER_S, EndCause.SYSTEM_HUNG_UP))
                case E.ENDED if attempt.agent_id is not None:
                    self.free.append(attempt.agent_id)
                case _:
                    pass
            while self.free and self.waiting:
                call_id = self.waiting.popleft()
                if E.ENDED not in self.attempts[call_id].kinds():
                    self._spawn(self._join(call_id, self.free.popleft()))

    async def _hang_up(self, call_id: UUID, after_s: float, cause: EndCause) -> None:
        await asyncio.sleep(after_s)
        await self.carrier.hang_up(call_id, cause)

    async def _join(self, call_id: UUID, agent_id: UUID) -> None:
        self.attempts[call_id].agent_id = agent_id
        try:
            await self.carrier.join(call_id, agent_id)
        except CarrierRefused as refused:
            self.refused[refused.code] += 1  # they had hung up at the answer
            if E.ENDED in self.attempts[call_id].kinds() and agent_id not in self.free:
                self.free.append(agent_id)

    async def call(self, n: int, chance: random.Random) -> None:
        played, _, cancel, expected = chance.choices(_PLAYED, [row[1] for row in _PLAYED])[0]
        request = PlaceCall(new_id(), number(n, played), _FROM, _RING_S)
        self.attempts[request.call_id] = Attempt(played, cancel, expected)
        await self.carrier.place(request)


async def run(lab: TelephonyLab, calls: int, rate: float, agents: int) -> bool:
    carrier = AsteriskCarrier(lab.settings, SystemClock())
    await carrier.start()
    floor, chance = Floor(carrier), random.Random(7)
    listener = asyncio.create_task(floor.listen())
    for _ in range(agents):
        agent_id = new_id()
        await carrier.park_agent(agent_id, AGENT.format(n=1))
        floor.free.append(agent_id)
    begun = time.perf_counter()
    for n in range(calls):
        await asyncio.sleep(max(0.0, begun + n / rate - time.perf_counter()))
        floor._spawn(floor.call(n, chance))
    placed_s = time.perf_counter() - begun
    ends = time.perf_counter() + 60
    while time.perf_counter() < ends and any(E.ENDED not in a.kinds() for a in floor.attempts.values()):
        await asyncio.sleep(0.2)
    left = lab.say("core show channels concise")
    customers = sum(1 for line in left.splitlines() if line.startswith("PJSIP/trunk"))
    for agent_id in {*floor.free}:
        await carrier.unpark_agent(agent_id)
    await asyncio.sleep(1)
    orphans = [line for line in lab.say("core show channels concise").splitlines() if "!" in line]
    bridges = [line for line in lab.say("bridge show all").splitlines() if "stasis" in line]
    listener.cancel()
    await carrier.close()
    return _report(floor, placed_s, customers + len(orphans) + len(bridges))


def _report(floor: Floor, placed_s: float, left_over: int) -> bool:
    """Says it, writes it down, and returns whether all is as it should be."""
    lines: list[str] = []
    good = _judge(floor, placed_s, left_over, lines.append)
    lines.append("as it should be" if good else "NOT as it should be")
    print(*lines, sep="\n")
    head = f"{page.machine()}; Asterisk and SIPp on the same machine. `make telephony-proof`."
    page.write("telephony", "\n".join(["## A real Asterisk", "", head, "", "```", *lines, "```"]))
    return good


def _judge(floor: Floor, placed_s: float, left_over: int, say: Callable[[str], None]) -> bool:
    wrong = [a for a in floor.attempts.values() if not _as_played(a)]
    table = Counter((a.played.name, str(a.heard[-1].cause) if a.heard else "nothing") for a in floor.attempts.values())
    for (played, cause), count in sorted(table.items()):
        say(f"  {played.lower():20} {cause:18} {count:4}")
    for attempt in wrong[:10]:
        told = [(str(e.kind), str(e.cause)) for e in attempt.heard]
        say(f"  DIFFERS: {attempt.played.name} {attempt.expected} {told}")
    carrier = sorted(_by_the_carrier(a) for a in floor.attempts.values() if a.joined is not None)
    ours = sorted(a.joined - a.answered for a in floor.attempts.values() if a.joined is not None and a.answered)
    say(
        f"{len(floor.attempts)} calls asked for in {placed_s:.1f} s, {len(ours)} joined; refusals {dict(floor.refused)}"
    )
    if not ours:
        return False
    for name, seconds in (("Asterisk's clock", carrier), ("as we heard it", ours)):
        p50, p95, p99 = (1000 * seconds[min(len(seconds) - 1, int(len(seconds) * q))] for q in (0.5, 0.95, 0.99))
        most = 1000 * seconds[-1]
        say(f"answer → both in the bridge, {name}: p50 {p50:.1f} p95 {p95:.1f} p99 {p99:.1f} max {most:.1f} ms")
    say(f"outcomes that differ: {len(wrong)}; channels and bridges left over: {left_over}")
    slow = ours[min(len(ours) - 1, int(len(ours) * 0.99))] >= _SLOWEST_S
    return not wrong and not left_over and not slow


def _by_the_carrier(attempt: Attempt) -> float:
    at = {event.kind: event.at for event in attempt.heard}
    return (at[E.JOINED] - at[E.ANSWERED]).total_seconds()


def _as_played(attempt: Attempt) -> bool:
    kinds = attempt.kinds()
    if kinds.count(E.ENDED) != 1 or kinds[-1] is not E.ENDED or attempt.heard[-1].cause is not attempt.expected:
        return False
    if (E.ANSWERED in kinds) != (attempt.played in _ANSWERS):
        return False
    must_join = attempt.played in _ANSWERS - {Behaviour.HANGS_UP_AT_ANSWER}
    return not must_join or E.JOINED in kinds


def main() -> int:
    calls, rate, agents = (float(given) for given in (*sys.argv[1:4], *("500", "10", "20")[len(sys.argv) - 1 :]))
    lab = TelephonyLab()
    lab.start()
    try:
        good = asyncio.run(run(lab, int(calls), rate, int(agents)))
    finally:
        lab.stop()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
