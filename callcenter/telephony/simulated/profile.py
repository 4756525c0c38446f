"""What the simulated telephone network is like: every probability and time it draws from, in one place.

The defaults are those of cold calls to mainland mobiles and landlines as the source and the field's practice
tell them; none of them is law. A lognormal time is given by its median (seconds) and by sigma, the standard
deviation of its logarithm (no unit): sixteen draws of a hundred lie above `median · e^sigma`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

_SUM_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class NetworkProfile:
    """Names ending in `_s` are seconds of the network's clock; `p_…` are probabilities from 0 to 1.

    The eight `p_line_…` say what a call meets and sum to 1.

    Raises:
        ValueError: a probability outside 0–1, a negative time, or lines that do not sum to 1.
    """

    # What a call meets. An invalid number stays invalid; everything else is drawn anew for each attempt.
    p_line_person: float = 0.38
    p_line_machine: float = 0.12
    p_line_busy: float = 0.06
    p_line_no_answer: float = 0.36
    p_line_rejected: float = 0.03
    p_line_invalid_number: float = 0.02
    p_line_congestion: float = 0.015
    p_line_failed: float = 0.015

    # From the request to the ringing (or to the network's word that it will not ring).
    setup_median_s: float = 1.2
    setup_sigma: float = 0.4

    # From the ringing to the answer. An answer drawn beyond the caller's time-out is a call not answered,
    # so a short time-out loses people, and almost every machine: as in life.
    ring_person_median_s: float = 10.0
    ring_person_sigma: float = 0.4
    ring_machine_median_s: float = 19.0
    ring_machine_sigma: float = 0.1
    ring_rejected_median_s: float = 5.0
    ring_rejected_sigma: float = 0.5

    # A person who says hello and hears nothing. About nine of a hundred are gone within two seconds.
    silence_median_s: float = 5.0
    silence_sigma: float = 0.7
    hold_median_s: float = 75.0
    hold_sigma: float = 0.6

    # How long the customer stays in a talk, from the join; the agent may end it sooner.
    p_talk_refusal: float = 0.45
    talk_refusal_median_s: float = 31.0
    talk_refusal_sigma: float = 0.2
    talk_long_median_s: float = 552.0
    talk_long_sigma: float = 0.26
    talk_longest_s: float = 2700.0

    # A machine's greeting and recording, from its answer until it hangs up by itself.
    machine_line_median_s: float = 40.0
    machine_line_sigma: float = 0.35

    # Machine detection beside the call: the verdict comes this long after the answer, and is not always right.
    verdict_median_s: float = 4.0
    verdict_sigma: float = 0.15
    p_verdict_person_taken_for_machine: float = 0.03
    p_verdict_machine_missed: float = 0.05

    # Joining customer and parked agent.
    join_shortest_s: float = 0.020
    join_longest_s: float = 0.150
    p_join_fails: float = 0.002

    # The recorded message for a call without an agent; some do not hear it to the end.
    message_s: float = 7.0
    p_message_cut_short: float = 0.35

    # Faults of the event channel, per event.
    p_event_late: float = 0.01
    event_late_median_s: float = 0.4
    event_late_sigma: float = 1.0
    p_event_doubled: float = 0.01
    event_doubled_longest_s: float = 2.0
    p_event_swapped: float = 0.005
    """Told after the next event of its call; other kinds than RINGING wait for it `event_swap_window_s` at most."""
    event_swap_window_s: float = 0.5
    p_event_lost: float = 0.0

    # What the network allows, and what it remembers.
    max_calls_per_s: float | None = None
    """Calls accepted in a second, with bursts of one second's worth; more are refused `too_fast`. None: no limit."""
    max_live_calls: int | None = None
    """Calls alive at once; more are refused `too_fast`. None: no limit."""
    keep_events_s: float = 0.0
    """How long events are kept while nobody listens. 0 drops them, as Asterisk does: recovery is by `status`."""
    remember_ended_s: float = 3900.0
    """How long `status` still knows an ended call (an hour and five minutes)."""
    remember_numbers: int = 200_000
    """Numbers whose count of attempts is remembered."""

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name.startswith("p_") and not 0 <= value <= 1:
                raise ValueError(f"{one.name}: {value} is no probability; write a number from 0 to 1")
            if value is not None and value < 0:
                raise ValueError(f"{one.name}: {value} is negative; write 0 or more")
        if abs(self.lines_sum - 1) > _SUM_TOLERANCE:
            raise ValueError(f"p_line_…: they sum to {self.lines_sum:.6f}; what a call meets has to sum to 1")

    @property
    def lines_sum(self) -> float:
        return sum(float(getattr(self, one.name)) for one in fields(self) if one.name.startswith("p_line_"))

    def without_faults(self) -> NetworkProfile:
        """The same people on a network whose events come at once, once, in order, and whose joins succeed."""
        return replace(
            self, p_event_late=0.0, p_event_doubled=0.0, p_event_swapped=0.0, p_event_lost=0.0, p_join_fails=0.0
        )

    @classmethod
    def everybody_answers(cls) -> NetworkProfile:
        """Every call meets a person, on a network without faults: for tests of what follows an answer."""
        return cls(
            p_line_person=1.0,
            p_line_machine=0.0,
            p_line_busy=0.0,
            p_line_no_answer=0.0,
            p_line_rejected=0.0,
            p_line_invalid_number=0.0,
            p_line_congestion=0.0,
            p_line_failed=0.0,
        ).without_faults()
