"""Worlds to simulate: who answers, how long things take, when agents come and go."""

from __future__ import annotations

from dataclasses import dataclass, replace

from callcenter.pacing.simulation.draws import (
    Duration,
    Exponential,
    LogNormal,
    Mixture,
    Triangular,
    Uniform,
)

HOUR_S = 3600.0
ANSWERED_RING = Triangular(3.0, 8.0, 24.0)
MACHINE_RING = Uniform(12.0, 24.0)
QUICK_END = Uniform(0.5, 4.0)
HALF_REFUSE = Mixture(0.5, LogNormal(30.0, 0.6), LogNormal(330.0, 0.6))
SHORT_WRAP_UP = LogNormal(15.0, 0.5)


@dataclass(frozen=True, slots=True)
class Break:
    """`agents` pause at `start_s` (a busy one after their call) and are back at `end_s`."""

    start_s: float
    end_s: float
    agents: int
    announced: bool = True
    """Whether the pacer is told beforehand, and told when they return."""


@dataclass(frozen=True, slots=True)
class Detection:
    """Machine detection between the answer and the agent."""

    verdict_s: float = 0.0
    """Time lost to it; it comes out of the patience."""
    person_taken_for_machine: float = 0.0
    """Share of persons hung up on: abandoned in the strict sum."""
    machine_taken_for_person: float = 0.0
    """Share of machines that reach an agent, who loses `false_person_s` on each."""
    false_person_s: float = 8.0


@dataclass(frozen=True, slots=True)
class LeadList:
    """Leads of one origin, called `run` in a row before the next list has its turn."""

    name: str
    live: float
    """Chance that a person answers."""
    run: int = 1


@dataclass(frozen=True, slots=True)
class World:
    """Everything that chance and the room bring; seconds throughout."""

    name: str
    agents: int
    shift_s: float = 8 * HOUR_S
    live: tuple[tuple[float, float], ...] = ((0.0, 0.30),)
    """(from second, chance that a person answers), steps in time."""
    machine: float = 0.15
    """Share of the calls that no person answers that a machine answers."""
    busy: float = 0.08
    """Share of them that are busy."""
    failed: float = 0.05
    """Share of them that fail at once."""
    ring: Duration = ANSWERED_RING
    """Ring time of calls that a person answers."""
    machine_ring: Duration = MACHINE_RING
    quick_end: Duration = QUICK_END
    """Until a busy or failed call is reported."""
    ring_timeout_s: float = 25.0
    unanswered: Duration | None = None
    """Ring time of calls nobody answers; None: until the time-out."""
    talk: Duration = HALF_REFUSE
    wrap_up: Duration | None = SHORT_WRAP_UP
    patience_s: float = 2.0
    breaks: tuple[Break, ...] = ()
    detection: Detection = Detection()
    end_known: bool = True
    """Whether the pacer is told when the shift ends."""
    leads: int | None = None
    """Leads available; None: no end of them."""
    lists: tuple[LeadList, ...] = ()
    """Where leads come from several lists in turn; their chances stand in the place of `live`."""
    lists_told: bool = True
    """Whether the campaign learns the lists' chances and tells the pacer, or leaves it to one common chance."""

    def live_chance(self, now: float) -> float:
        """The chance that a person answers a call launched at `now`."""
        chance = self.live[0][1]
        for start, value in self.live:
            if start > now:
                break
            chance = value
        return chance


def markov(agents: int, hours: float, live: float = 0.3, handle_s: float = 180.0, ring_s: float = 12.0) -> World:
    """The memoryless world for which the optimum is known exactly (`optimum`)."""
    return World(
        name=f"markov {agents}",
        agents=agents,
        shift_s=hours * HOUR_S,
        live=((0.0, live),),
        machine=0.0,
        busy=0.0,
        failed=0.0,
        ring=Exponential(ring_s),
        unanswered=Exponential(ring_s),
        ring_timeout_s=10 * ring_s,
        talk=Exponential(handle_s),
        wrap_up=None,
        patience_s=0.0,
    )


def office(agents: int, hours: float = 8.0, live: float = 0.30) -> World:
    """A warm list: bounded rings, machines, busy numbers, half refuse soon and half talk, wrap-up."""
    return World(name=f"office {agents}", agents=agents, shift_s=hours * HOUR_S, live=((0.0, live),))


def cold(agents: int, hours: float = 8.0) -> World:
    """A cold list: 6 % live answers."""
    return replace(office(agents, hours, live=0.06), name=f"cold list {agents}", machine=0.25)


def pitch(agents: int, hours: float = 8.0) -> World:
    """The source's 10-15 minute pitch; 40 % refuse it within the first minute."""
    return replace(
        office(agents, hours),
        name=f"long pitch {agents}",
        talk=Mixture(0.4, LogNormal(35.0, 0.6), Uniform(600.0, 900.0)),
        wrap_up=LogNormal(45.0, 0.5),
    )


def drifting(agents: int, hours: float = 8.0) -> World:
    """Answer chance moving by a factor of three within minutes, up and down, all day."""
    levels = (0.12, 0.36, 0.15, 0.40, 0.12, 0.30, 0.10, 0.34)
    steps: list[tuple[float, float]] = []
    span = hours * HOUR_S / len(levels)
    for i, level in enumerate(levels):
        before = levels[i - 1] if i else level
        # from one level to the next in three minutes
        steps += [(i * span + 36.0 * k, before * (level / before) ** (k / 5)) for k in range(6)]
    return replace(office(agents, hours), name=f"drift x3 {agents}", live=tuple(steps))


def bursty(agents: int, hours: float = 8.0) -> World:
    """Every 20 minutes, two minutes in which twice as many people answer."""
    steps: list[tuple[float, float]] = [(0.0, 0.25)]
    start = 900.0
    while start < hours * HOUR_S:
        steps += [(start, 0.50), (start + 120.0, 0.25)]
        start += 1200.0
    return replace(office(agents, hours), name=f"bursts {agents}", live=tuple(steps))


def with_breaks(agents: int, hours: float = 8.0, announced: bool = True) -> World:
    """Half the room pauses in mid-morning and in mid-afternoon, all but a tenth at noon."""
    half, most = max(agents // 2, 1), max(agents - max(agents // 10, 1), 1)
    spans = (
        Break(2.0 * HOUR_S, 2.25 * HOUR_S, half, announced),
        Break(2.25 * HOUR_S, 2.5 * HOUR_S, agents - half, announced),
        Break(4.0 * HOUR_S, 4.75 * HOUR_S, most, announced),
        Break(6.0 * HOUR_S, 6.25 * HOUR_S, half, announced),
    )
    name = f"breaks {agents}" if announced else f"sudden breaks {agents}"
    return replace(office(agents, hours), name=name, breaks=spans)


def two_lists(agents: int, run: int, hours: float = 8.0, told: bool = True) -> World:
    """A list of 15 % and one of 45 %, `run` leads of the one and then of the other, all day."""
    name = f"two lists {agents}, {run} in turn" + ("" if told else ", one common chance")
    lists = (LeadList("cool", 0.15, run), LeadList("warm", 0.45, run))
    return replace(office(agents, hours), name=name, lists=lists, lists_told=told)


def detecting(agents: int, hours: float = 8.0) -> World:
    """Machine detection before the agent: 2.4 s lost of a patience of 4, few errors both ways."""
    return replace(
        office(agents, hours),
        name=f"machine detection {agents}",
        machine=0.30,
        patience_s=4.0,
        detection=Detection(2.4, person_taken_for_machine=0.01, machine_taken_for_person=0.08),
    )
