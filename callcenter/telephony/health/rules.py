"""When calls are not begun because the telephone network is in trouble. No I/O, no clock.

    closed ──a rule below──▶ open ──a harmless question is answered──▶ half open ──3 good calls──▶ closed
                              ▲  ◀── the question fails: later again ──┘     │
                              └───────────── one bad call ───────────────────┘

What is heard of the network is one `Seen` for each request. It opens when, within the last 30 seconds,

* `shut_out`: one request was answered that we are not let in: wrong credentials, an account without funds;
* `down`: the event channel has been shut for 2 s, or 3 requests in a row could not even be sent;
* `silent`: 3 requests in a row, or 5 and at least half of all, were sent and had no whole answer (a time-out, 503);
* `refusing`: 5 requests were refused as too fast (429);
* `slow`: 5 requests, and at least half of all, took 2 s or longer.

While it is open no call is begun; everything else (hanging up, asking what became of a call) still goes to the
network, and counts as heard. The first question comes 5 s after the opening, then after 10, 20, 40, and every 60 s.
Half open, at most 3 calls are begun, until each was answered well. Seconds are real ones: sockets know no other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from callcenter.kit.errors import Lang

WINDOW = timedelta(seconds=30)
SHUT_FOR = timedelta(seconds=2)
IN_A_ROW = 3
AT_LEAST = 5
SHARE = 0.5
SLOW_S = 2.0
FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 60.0
TRIALS = 3
_KEPT = 400  # the newest requests that are looked at


class Circuit(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Trouble(StrEnum):
    DOWN = "down"
    SILENT = "silent"
    REFUSING = "refusing"
    SLOW = "slow"
    SHUT_OUT = "shut_out"


class Told(StrEnum):
    """What a request came to."""

    FINE = "fine"  # answered; a refusal for a reason of its own (no such number) is an answer
    NOT_SENT = "not_sent"  # no connection
    SILENT = "silent"  # sent, and no whole answer
    TOO_FAST = "too_fast"
    SHUT_OUT = "shut_out"  # answered: our account is not let in, whatever we ask


@dataclass(frozen=True, slots=True)
class Seen:
    at: datetime
    told: Told
    took_s: float = 0.0

    @property
    def slow(self) -> bool:
        return self.told is Told.FINE and self.took_s >= SLOW_S

    @property
    def good(self) -> bool:
        return self.told is Told.FINE and not self.slow


@dataclass(frozen=True, slots=True)
class Breaker:
    """`trouble` and `since` stand from the opening until it closes again; `next_look` while it is open."""

    circuit: Circuit = Circuit.CLOSED
    trouble: Trouble | None = None
    since: datetime | None = None
    next_look: datetime | None = None
    tries: int = 0
    """How often the network was found ill since the opening, the opening included."""
    begun: int = 0
    """Half open: calls let through."""
    good: int = 0
    """Half open: of those, answered well."""
    shut_since: datetime | None = None
    seen: tuple[Seen, ...] = ()


def pause_s(tries: int) -> float:
    """Seconds until the next question, after the network was found ill `tries` times (from 1)."""
    return min(FIRST_PAUSE_S * 2.0 ** min(tries - 1, 10), LONGEST_PAUSE_S)


def trouble_in(breaker: Breaker, now: datetime) -> Trouble | None:
    """The rule that holds at `now`, the gravest first."""
    seen = [one for one in breaker.seen if now - one.at <= WINDOW]
    last = [one.told for one in seen[-IN_A_ROW:]]
    if any(one.told is Told.SHUT_OUT for one in seen):
        return Trouble.SHUT_OUT
    if breaker.shut_since is not None and now - breaker.shut_since >= SHUT_FOR:
        return Trouble.DOWN
    if last == [Told.NOT_SENT] * IN_A_ROW:
        return Trouble.DOWN
    silent = sum(1 for one in seen if one.told is Told.SILENT)
    if last == [Told.SILENT] * IN_A_ROW or (silent >= AT_LEAST and silent >= SHARE * len(seen)):
        return Trouble.SILENT
    if sum(1 for one in seen if one.told is Told.TOO_FAST) >= AT_LEAST:
        return Trouble.REFUSING
    slow = sum(1 for one in seen if one.slow)
    return Trouble.SLOW if slow >= AT_LEAST and slow >= SHARE * len(seen) else None


def _open(breaker: Breaker, trouble: Trouble, now: datetime) -> Breaker:
    tries = breaker.tries + 1
    return replace(
        breaker,
        circuit=Circuit.OPEN,
        trouble=trouble,
        since=breaker.since or now,
        next_look=now + timedelta(seconds=pause_s(tries)),
        tries=tries,
        begun=0,
        good=0,
        seen=(),
    )


def look(breaker: Breaker, now: datetime) -> Breaker:
    """Open it when a rule holds: after each request, and from time to time for what is not told by requests."""
    if breaker.circuit is Circuit.OPEN:
        return breaker
    trouble = trouble_in(breaker, now)
    return breaker if trouble is None else _open(breaker, trouble, now)


def channel(breaker: Breaker, is_open: bool, now: datetime) -> Breaker:
    """What is known of the event channel."""
    return look(replace(breaker, shut_since=None if is_open else breaker.shut_since or now), now)


def hear(breaker: Breaker, seen: Seen, *, is_trial: bool = False) -> Breaker:
    """One request's end. `is_trial`: it began one of the calls that `let_through` allowed in this half-open time."""
    if breaker.circuit is Circuit.HALF_OPEN and is_trial:
        if not seen.good:
            return _open(breaker, _of(seen), seen.at)
        if breaker.good + 1 >= TRIALS:
            return Breaker(shut_since=breaker.shut_since)
        return replace(breaker, good=breaker.good + 1)
    kept = (*(one for one in breaker.seen if seen.at - one.at <= WINDOW), seen)
    return look(replace(breaker, seen=kept[-_KEPT:]), seen.at)


def nothing_learned(breaker: Breaker) -> Breaker:
    """A trial call that was never asked for after all: another may take its place."""
    return replace(breaker, begun=max(breaker.good, breaker.begun - 1))


def _of(seen: Seen) -> Trouble:
    match seen.told:
        case Told.NOT_SENT:
            return Trouble.DOWN
        case Told.SILENT:
            return Trouble.SILENT
        case Told.TOO_FAST:
            return Trouble.REFUSING
        case Told.SHUT_OUT:
            return Trouble.SHUT_OUT
    return Trouble.SLOW


def asks_now(breaker: Breaker, now: datetime) -> bool:
    """Whether the harmless question is due."""
    return breaker.circuit is Circuit.OPEN and breaker.next_look is not None and now >= breaker.next_look


def answered(breaker: Breaker, seen: Seen) -> Breaker:
    """What came of the question: half open when it was answered well and the event channel is open."""
    if breaker.circuit is not Circuit.OPEN:
        return breaker
    if seen.good and breaker.shut_since is None:
        return replace(breaker, circuit=Circuit.HALF_OPEN, next_look=None, begun=0, good=0, seen=())
    shut = breaker.shut_since is not None and seen.told is not Told.SHUT_OUT
    return _open(breaker, Trouble.DOWN if shut else _of(seen), seen.at)


def room(breaker: Breaker) -> int | None:
    """How many calls may be begun now; None: as many as anybody likes."""
    match breaker.circuit:
        case Circuit.CLOSED:
            return None
        case Circuit.OPEN:
            return 0
        case Circuit.HALF_OPEN:
            return TRIALS - breaker.begun


def let_through(breaker: Breaker) -> Breaker | None:
    """One call is about to be begun; None when it may not be."""
    left = room(breaker)
    if left is None:
        return breaker
    return replace(breaker, begun=breaker.begun + 1) if left > 0 else None


# ------------------------------------------------------------------ words

_WORDS: dict[Trouble, tuple[str, str]] = {
    Trouble.DOWN: ("线路连不上", "The telephone network cannot be reached."),
    Trouble.SILENT: ("线路不应答", "The telephone network does not answer requests."),
    Trouble.REFUSING: ("线路以“过快”拒绝呼叫", "The telephone network refuses calls as too many."),
    Trouble.SHUT_OUT: (
        "线路不接受我们的账户或密码，或账户已停用、欠费；请运行 callcenter doctor 查看原因",
        "The telephone network does not let us in: wrong credentials, or an account without funds. "
        "Run callcenter doctor to see which.",
    ),
    Trouble.SLOW: ("线路应答太慢", "The telephone network answers too slowly."),
}
_NEXT: dict[Circuit, tuple[str, str]] = {
    Circuit.OPEN: (
        "已停止发起新呼叫，正在进行的通话不受影响；系统会自动探测，恢复后先试拨三个。",
        "No new call is begun; talks go on. It is asked again by itself, and tried with three calls first.",
    ),
    Circuit.HALF_OPEN: (
        "线路已有应答，正在试拨，最多三个；都正常后恢复外呼。",
        "It answers again and is being tried with at most three calls; calling goes on when all went well.",
    ),
}


def describe(circuit: Circuit, trouble: Trouble | None, lang: Lang) -> str:
    """What is the matter and what happens next; empty when nothing is."""
    if circuit is Circuit.CLOSED or trouble is None:
        return ""
    if lang == "zh":
        return f"{_WORDS[trouble][0]}。{_NEXT[circuit][0]}"
    return f"{_WORDS[trouble][1]} {_NEXT[circuit][1]}"
