"""What the called side of one call will do, drawn before it rings.

Drawn from (seed, number, how many times that number was called before): neither the order in which calls are
placed nor what else goes on changes it, so a demonstration with a seed meets the same people again.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from enum import StrEnum

from callcenter.telephony.simulated.profile import NetworkProfile

NEVER_S = math.inf


class Line(StrEnum):
    """What a call meets."""

    PERSON = "person"
    MACHINE = "machine"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    INVALID_NUMBER = "invalid_number"
    CONGESTION = "congestion"
    FAILED = "failed"


RINGING_LINES = frozenset({Line.PERSON, Line.MACHINE, Line.NO_ANSWER, Line.REJECTED})


@dataclass(frozen=True, slots=True)
class Fate:
    """One called party's intentions. Times are seconds of the network's clock; `NEVER_S` is never."""

    line: Line
    setup_s: float = 1.0
    """From the request to the ringing, or to the word that it will not ring."""
    ring_s: float = NEVER_S
    """From the ringing to the answer or the rejection."""
    silence_s: float = NEVER_S
    """From an answer without an agent to the person's hang-up."""
    hold_s: float = NEVER_S
    """How long the person bears being held."""
    talk_s: float = NEVER_S
    """From the first join to the person's hang-up."""
    machine_line_s: float = NEVER_S
    """From a machine's answer to its hang-up."""
    message_s: float = NEVER_S
    """How much of the recorded message the person hears before hanging up."""
    verdict_s: float = 4.0
    """From the answer to machine detection's verdict."""
    verdict_machine: bool = False
    """Whether that verdict says machine, rightly or not."""


def draw_fate(profile: NetworkProfile, seed: int, number: str, attempt: int) -> tuple[Fate, random.Random]:
    """The fate of the `attempt`-th call (from 0) to `number`, and the generator for what the call draws later."""
    draw = random.Random(f"{seed}|{number}|{attempt}")
    line = _line(profile, random.Random(f"{seed}|{number}"), draw)
    is_machine = line is Line.MACHINE
    refusal = draw.random() < profile.p_talk_refusal
    talk_s = (
        _lognormal(draw, profile.talk_refusal_median_s, profile.talk_refusal_sigma)
        if refusal
        else _lognormal(draw, profile.talk_long_median_s, profile.talk_long_sigma)
    )
    verdict_wrong = draw.random() < (
        profile.p_verdict_machine_missed if is_machine else profile.p_verdict_person_taken_for_machine
    )
    cut_short = draw.random() < profile.p_message_cut_short
    fate = Fate(
        line=line,
        setup_s=_lognormal(draw, profile.setup_median_s, profile.setup_sigma),
        ring_s=_ring(profile, line, draw),
        silence_s=NEVER_S if is_machine else _lognormal(draw, profile.silence_median_s, profile.silence_sigma),
        hold_s=NEVER_S if is_machine else _lognormal(draw, profile.hold_median_s, profile.hold_sigma),
        talk_s=NEVER_S if is_machine else min(talk_s, profile.talk_longest_s),
        machine_line_s=(
            _lognormal(draw, profile.machine_line_median_s, profile.machine_line_sigma) if is_machine else NEVER_S
        ),
        message_s=draw.uniform(0, profile.message_s) if cut_short and not is_machine else NEVER_S,
        verdict_s=_lognormal(draw, profile.verdict_median_s, profile.verdict_sigma),
        verdict_machine=is_machine is not verdict_wrong,
    )
    return fate, draw


def _line(profile: NetworkProfile, draw_number: random.Random, draw_attempt: random.Random) -> Line:
    pick = draw_attempt.random()
    # The number itself is in service or not, whatever the attempt.
    if draw_number.random() < profile.p_line_invalid_number:
        return Line.INVALID_NUMBER
    in_service = [line for line in Line if line is not Line.INVALID_NUMBER]
    weights = [float(getattr(profile, f"p_line_{line}")) for line in in_service]
    left = pick * sum(weights)
    for line, weight in zip(in_service, weights, strict=True):
        left -= weight
        if left < 0:
            return line
    return Line.NO_ANSWER  # rounding left nothing over


def _ring(profile: NetworkProfile, line: Line, draw: random.Random) -> float:
    match line:
        case Line.PERSON:
            return _lognormal(draw, profile.ring_person_median_s, profile.ring_person_sigma)
        case Line.MACHINE:
            return _lognormal(draw, profile.ring_machine_median_s, profile.ring_machine_sigma)
        case Line.REJECTED:
            return _lognormal(draw, profile.ring_rejected_median_s, profile.ring_rejected_sigma)
        case _:
            return NEVER_S


def _lognormal(draw: random.Random, median: float, sigma: float) -> float:
    return median * math.exp(draw.gauss(0.0, sigma))
