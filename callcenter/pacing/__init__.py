"""How many calls to launch now: pure pacing, no input or output, no clock. See docs/pacing.md."""

from callcenter.pacing.contract import (
    Abandoned,
    Connected,
    Decision,
    DialEnded,
    DialOutcome,
    Pacer,
    PacingEvent,
    Snapshot,
    TalkEnded,
    WrapUpEnded,
)
from callcenter.pacing.factory import MODES, make_pacer
from callcenter.pacing.reasons import HeldBack, Reason, describe

__all__ = [
    "MODES",
    "Abandoned",
    "Connected",
    "Decision",
    "DialEnded",
    "DialOutcome",
    "HeldBack",
    "Pacer",
    "PacingEvent",
    "Reason",
    "Snapshot",
    "TalkEnded",
    "WrapUpEnded",
    "describe",
    "make_pacer",
]
