"""Discrete-event simulation of one room, one carrier and one pacer."""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from numpy.random import Generator

from callcenter.pacing.answer_chances import AnswerChances, groups_of
from callcenter.pacing.contract import (
    Abandoned,
    Connected,
    DialEnded,
    DialOutcome,
    Pacer,
    Snapshot,
    TalkEnded,
    WrapUpEnded,
)
from callcenter.pacing.simulation.draws import BLOCK, stream
from callcenter.pacing.simulation.worlds import Break, LeadList, World

HALF_HOUR_S = 1800.0
NOTICE_S = 300.0
"""How long before a known break the pacer hears of it."""
NEXT_LEADS = 10
"""So many of the next leads are looked at for the chance of the calls that would be launched now."""
MORNING_HOUR = 9
IDLE_TICK_S = 5.0
"""In every-event mode, a decision is also asked for when nothing has happened for so long."""


@dataclass(slots=True)
class Tally:
    """What happened in one run."""

    launched: int = 0
    answered: int = 0
    """Live people answered: joined or abandoned (people taken for machines are apart)."""
    abandoned: int = 0
    taken_for_machine: int = 0
    machines: int = 0
    waits_s: float = 0.0
    busy_s: float = 0.0
    """Agent seconds in talk or wrap-up within the shift."""
    staffed_s: float = 0.0
    """Agent seconds at work within the shift."""
    line_s: float = 0.0
    """Seconds of ringing, summed over calls."""
    half_hours: list[tuple[int, int]] = field(default_factory=list)
    """(answered, abandoned) of each half-hour by the time of the answer."""
    finished_at: float | None = None
    """When the last lead had been called, if they ran out."""
    path: list[tuple[int, int]] = field(default_factory=list)
    """(answered, abandoned) each minute, for checks of "at any time"."""


class Simulation:
    """One run. `decide_every_s` None: a decision after every event, else one each so many seconds."""

    def __init__(self, world: World, pacer: Pacer, rng: Generator, decide_every_s: float | None = None) -> None:
        self.world = world
        self.pacer = pacer
        self.tally = Tally()
        self._every = decide_every_s
        self._heap: list[tuple[float, int, Callable[[int], None], int]] = []
        self._serial = 0
        self._now = 0.0
        self._marked = 0.0
        self._ready = world.agents
        self._present = world.agents
        self._to_leave = 0
        self._back: list[float] = []
        self._talking: dict[int, float] = {}
        self._wrapping: dict[int, float] = {}
        self._ringing: dict[int, float] = {}
        self._waiting: deque[tuple[int, float]] = deque()
        self._gone: set[int] = set()
        self._false_person: set[int] = set()
        self._leads = world.leads if world.leads is not None else math.inf
        self._ring = stream(world.ring, rng)
        self._machine_ring = stream(world.machine_ring, rng)
        self._quick = stream(world.quick_end, rng)
        self._unanswered = stream(world.unanswered, rng) if world.unanswered else None
        self._talk = stream(world.talk, rng)
        self._wrap = stream(world.wrap_up, rng) if world.wrap_up else None
        self._rng = rng
        self._chances: list[float] = []
        self._turns = [one for one in world.lists for _ in range(one.run)]
        self._turn = 0
        self._lists: dict[int, LeadList] = {}
        self._own: dict[int, float] = {}
        self._known = AnswerChances() if world.lists and world.lists_told else None
        self._cost_of_decisions: list[float] = []
        self._announced = sorted((b for b in world.breaks if b.announced), key=lambda b: b.start_s)

    def run(self) -> Tally:
        """Run the shift, then let open calls end. Returns the tally."""
        world = self.world
        for index, pause in enumerate(world.breaks):
            self._at(pause.start_s, self._break_starts, index)
            self._at(pause.end_s, self._break_ends, index)
        self._at(0.0, self._tick, 0)
        for minute in range(int(world.shift_s // 60) + 1):
            self._at(minute * 60.0, self._mark, 0)
        heap, every = self._heap, self._every
        while heap:
            now, _, action, key = heapq.heappop(heap)
            self._account(now)
            self._now = now
            action(key)
            if every is None and now < world.shift_s:
                self._decide()
        self._account(world.shift_s)
        return self.tally

    # --- plumbing -------------------------------------------------------------------------------------

    def _at(self, when: float, action: Callable[[int], None], key: int) -> None:
        self._serial += 1
        heapq.heappush(self._heap, (when, self._serial, action, key))

    def _random(self) -> float:
        if not self._chances:
            self._chances = self._rng.random(BLOCK).tolist()
        return self._chances.pop()

    def _account(self, now: float) -> None:
        until = min(now, self.world.shift_s)
        span = until - self._marked
        if span > 0.0:
            busy = len(self._talking) + len(self._wrapping)
            self.tally.busy_s += span * busy
            self.tally.staffed_s += span * (busy + self._ready)
            self.tally.line_s += span * len(self._ringing)
            self._marked = until

    def _tick(self, _: int) -> None:
        if self._now >= self.world.shift_s:
            return
        if self._every is not None:
            self._decide()
        self._at(self._now + (self._every or IDLE_TICK_S), self._tick, 0)

    def _mark(self, _: int) -> None:
        self.tally.path.append((self.tally.answered, self.tally.abandoned))

    def _snapshot(self) -> Snapshot:
        world, now = self.world, self._now
        leaving: list[float] = []
        for pause in self._announced:
            if now < pause.start_s <= now + NOTICE_S:
                leaving += [pause.start_s] * pause.agents
        if self._to_leave:
            leaving += [now] * self._to_leave
        return Snapshot(
            now=now,
            ready=self._ready,
            talking=list(self._talking.values()),
            wrap_up=list(self._wrapping.values()),
            ringing=list(self._ringing.values()),
            waiting=[at for _, at in self._waiting],
            due_back=self._back,
            leaving=leaving,
            window_closes=world.shift_s if world.end_known else None,
            ringing_chances=[self._own[call] for call in self._ringing] if self._known else (),
            next_chance=self._next_chance(),
        )

    def _next_chance(self) -> float | None:
        """The mean told chance of the next leads in turn."""
        if self._known is None:
            return None
        chances = [self._told(self._turns[(self._turn + i) % len(self._turns)]) for i in range(NEXT_LEADS)]
        return sum(chances) / NEXT_LEADS

    def _told(self, one: LeadList) -> float:
        assert self._known is not None
        chance = self._known.chance(groups_of(one.name, self._hour))
        return math.nan if chance is None else chance

    @property
    def _hour(self) -> int:
        return (MORNING_HOUR + int(self._now // 3600.0)) % 24

    def _decide(self) -> None:
        launches = self.pacer.decide(self._snapshot()).launch
        for _ in range(int(min(launches, self._leads))):
            self._launch()

    # --- calls ----------------------------------------------------------------------------------------

    def _launch(self) -> None:
        world = self.world
        self._leads -= 1
        if self._leads <= 0:
            self.tally.finished_at = self._now
        self.tally.launched += 1
        self._serial += 1
        call = self._serial
        self._ringing[call] = self._now
        lost = world.detection.verdict_s
        live = world.live_chance(self._now)
        if self._turns:
            one = self._lists[call] = self._turns[self._turn]
            self._turn = (self._turn + 1) % len(self._turns)
            live = one.live
            if self._known is not None:
                self._own[call] = self._told(one)
        if self._random() < live:
            ring = min(self._ring(), world.ring_timeout_s)
            self._at(self._now + ring + lost, self._answered, call)
            return
        kind = self._random()
        if kind < world.machine:
            self._at(self._now + min(self._machine_ring(), world.ring_timeout_s) + lost, self._machine, call)
        elif kind < world.machine + world.busy:
            self._at(self._now + self._quick(), self._ended_busy, call)
        elif kind < world.machine + world.busy + world.failed:
            self._at(self._now + self._quick(), self._ended_failed, call)
        else:
            ring = self._unanswered() if self._unanswered else world.ring_timeout_s
            self._at(self._now + min(ring, world.ring_timeout_s), self._ended_unanswered, call)

    def _end_ring(self, call: int, outcome: DialOutcome) -> None:
        own = None
        if self._turns:
            one = self._lists.pop(call)
            if self._known is not None:
                self._known.learn(groups_of(one.name, self._hour), outcome is DialOutcome.LIVE)
                told = self._own.pop(call)
                own = None if math.isnan(told) else told
        self.pacer.observe(DialEnded(self._now - self._ringing.pop(call), outcome, own))

    def _ended_busy(self, call: int) -> None:
        self._end_ring(call, DialOutcome.BUSY)

    def _ended_failed(self, call: int) -> None:
        self._end_ring(call, DialOutcome.FAILED)

    def _ended_unanswered(self, call: int) -> None:
        self._end_ring(call, DialOutcome.NO_ANSWER)

    def _machine(self, call: int) -> None:
        self.tally.machines += 1
        if self._random() < self.world.detection.machine_taken_for_person:
            self._false_person.add(call)
            self._end_ring(call, DialOutcome.LIVE)
            self._needs_agent(call)
        else:
            self._end_ring(call, DialOutcome.MACHINE)

    def _answered(self, call: int) -> None:
        if self._random() < self.world.detection.person_taken_for_machine:
            self.tally.taken_for_machine += 1
            self._end_ring(call, DialOutcome.MACHINE)
            return
        self._end_ring(call, DialOutcome.LIVE)
        self._needs_agent(call)

    def _needs_agent(self, call: int) -> None:
        answer = self._now - self.world.detection.verdict_s
        if self._ready > 0:
            self._connect(call, answer)
            return
        left = self.world.patience_s - self.world.detection.verdict_s
        if left <= 0.0:
            self._count(call, answer, abandoned=True)
            return
        self._waiting.append((call, answer))
        self._at(self._now + left, self._patience_ends, call)

    def _patience_ends(self, call: int) -> None:
        if call in self._gone:
            self._gone.discard(call)
            return
        for entry in self._waiting:
            if entry[0] == call:
                self._waiting.remove(entry)
                self._count(call, entry[1], abandoned=True)
                return

    def _count(self, call: int, answer: float, abandoned: bool) -> None:
        wait = self._now - answer
        self.pacer.observe(Abandoned(wait) if abandoned else Connected(wait))
        if call in self._false_person:
            self._false_person.discard(call)
            return
        tally = self.tally
        tally.answered += 1
        tally.abandoned += abandoned
        tally.waits_s += wait
        half = int(answer // HALF_HOUR_S)
        while len(tally.half_hours) <= half:
            tally.half_hours.append((0, 0))
        answered, lost = tally.half_hours[half]
        tally.half_hours[half] = (answered + 1, lost + abandoned)

    # --- agents ---------------------------------------------------------------------------------------

    def _connect(self, call: int, answer: float) -> None:
        self._ready -= 1
        machine = call in self._false_person
        self._count(call, answer, abandoned=False)
        self._talking[call] = self._now
        length = self.world.detection.false_person_s if machine else self._talk()
        self._at(self._now + length, self._talk_ends, call)

    def _talk_ends(self, call: int) -> None:
        self.pacer.observe(TalkEnded(self._now - self._talking.pop(call)))
        if self._wrap is None:
            self._free()
            return
        self._wrapping[call] = self._now
        self._at(self._now + self._wrap(), self._wrap_ends, call)

    def _wrap_ends(self, call: int) -> None:
        self.pacer.observe(WrapUpEnded(self._now - self._wrapping.pop(call)))
        self._free()

    def _free(self) -> None:
        if self._to_leave > 0:
            self._to_leave -= 1
            return
        self._ready += 1
        while self._waiting and self._ready > 0:
            call, answer = self._waiting.popleft()
            self._gone.add(call)
            self._connect(call, answer)

    def _break_starts(self, index: int) -> None:
        pause: Break = self.world.breaks[index]
        at_once = min(pause.agents, self._ready)
        self._ready -= at_once
        self._to_leave += pause.agents - at_once
        if pause.announced:
            self._back = self._back + [pause.end_s] * pause.agents

    def _break_ends(self, index: int) -> None:
        pause = self.world.breaks[index]
        if pause.announced:
            self._back = [t for t in self._back if t != pause.end_s]
        # who has not got away by now has no break
        stayed = min(self._to_leave, pause.agents)
        self._to_leave -= stayed
        for _ in range(pause.agents - stayed):
            self._free()
