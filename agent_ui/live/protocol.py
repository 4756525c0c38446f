"""The live protocol: every message between a console and the gateway, closed and typed.

One path for start and recovery: the console says `hello`, the gateway answers `welcome`, then `snapshot`
(or, when it still holds everything since `seq`, only the missed events), then events. An event carries the
whole new state of one thing and its version; `agent_ui.live.state.apply` puts it in place. The TypeScript
types are generated from this module, and a test fails when they are stale.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from backoffice.orders.models import PaymentMode
from callcenter.domain.agent import AgentState, BreakReason
from callcenter.domain.call import CallState, Outcome
from callcenter.people.models import Role
from callcenter.telephony.port import Supervising
from campaigns.leads.card import Card

PROTOCOL = 1
MAX_TEXT = 4000


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Stage(StrEnum):
    """The buying stages of the source, 7.3.1 三.2(3)."""

    FELT_NEED = "felt_need"
    RATIONAL_NEED = "rational_need"
    TRUST = "trust"


# ---------------------------------------------------------------- what is shown


class AgentView(_Closed):
    user_id: UUID
    name: str
    queue_id: UUID | None
    state: AgentState
    state_since: datetime
    reason: str | None
    call_id: UUID | None
    next_state: AgentState | None
    next_reason: str | None
    wrap_up_until: datetime | None
    present: bool
    version: int


class CallView(_Closed):
    id: UUID
    queue_id: UUID
    state: CallState
    mode: str
    attempt_no: int
    customer_name: str
    masked_phone: str
    agent_id: UUID | None
    created_at: datetime
    launched_at: datetime | None
    ringing_at: datetime | None
    answered_at: datetime | None
    connected_at: datetime | None
    held_at: datetime | None
    ended_at: datetime | None
    hold_s: float
    outcome: Outcome | None
    cause: str | None
    abandoned: bool
    stage: Stage | None
    disposition: str | None
    consult: Literal["asked", "there"] | None
    """Whether the agent speaks with a third party; the customer hears music meanwhile."""
    recording_paused_at: datetime | None
    transferred_at: datetime | None
    agent_lost_at: datetime | None
    """Since when the agent's own sound is gone; the customer waits meanwhile."""
    card: Card | None
    """For the agent of the call only."""
    version: int


class SupervisionView(_Closed):
    """A supervisor in somebody's call. `heard`: the network has carried it out; `trouble`: why not yet."""

    id: UUID
    call_id: UUID
    supervisor_id: UUID
    supervisor_name: str
    agent_id: UUID | None
    how: Supervising
    began_at: datetime
    heard: bool
    ended: bool
    trouble: str | None


class PacingView(_Closed):
    """What the pacer decided last and why, in both languages."""

    at: datetime
    launch: int
    held_back_by: str
    zh: str
    en: str


class BoardNotice(_Closed):
    """Something that should be known beside the figures, in both languages."""

    code: str
    zh: str
    en: str


class CampaignFigures(_Closed):
    """Today's figures of one open campaign; every number is defined in the glossary and derived by SQL."""

    campaign_id: UUID
    name: str
    state: str
    mode: str
    as_of: datetime
    attempts: int
    answered: int
    connected: int
    abandoned: int
    abandonment_rate: float | None
    abandonment_limit: float
    abandonments_left: int
    """How many more people may be abandoned now without passing the limit today."""
    answer_rate: float | None
    talk_s_mean: float | None
    orders: int
    orders_fen: int
    ringing: int
    waiting: int
    talking: int
    callable_now: int
    callable_today: int
    expiring_today: int
    callbacks_overdue: int
    follow_ups_due: int
    next_window_at: datetime | None
    """None while a window is open."""
    why_idle: str | None
    """Code of the reason when nobody is being called, else None."""
    funnel_as_of: datetime | None
    """When the counts of who is callable were true; None: not counted yet, they are 0."""
    warnings: list[BoardNotice]
    pacing: PacingView | None
    carrier: str
    carrier_connected: bool
    simulated: bool


class CarrierView(_Closed):
    """How the telephone network is. `unheard`: no worker says anything, so nobody is being called either.

    `zh` and `en` say what is the matter and what happens next; `in_doubt` calls are being asked about.
    """

    circuit: Literal["closed", "open", "half_open", "unheard"]
    trouble: str | None
    since: datetime | None
    next_look_at: datetime | None
    in_doubt: int
    zh: str
    en: str


class Board(_Closed):
    """What a supervisor sees: every agent on duty, every live call, the figures of each open campaign."""

    agents: dict[UUID, AgentView]
    calls: dict[UUID, CallView]
    campaigns: dict[UUID, CampaignFigures]
    carrier: CarrierView


class Me(_Closed):
    id: UUID
    name: str
    role: Role
    language: Literal["zh", "en"]


class Problem(_Closed):
    code: str
    field: str | None
    sentence: str


# ---------------------------------------------------------------- server → console


class Welcome(_Closed):
    type: Literal["welcome"] = "welcome"
    protocol: int
    me: Me
    simulated: bool
    now: datetime
    speed: float


class Snapshot(_Closed):
    type: Literal["snapshot"] = "snapshot"
    epoch: str
    seq: int
    why: Literal["start", "too_old", "resync"]
    agent: AgentView | None
    call: CallView | None
    board: Board | None
    supervisions: dict[UUID, SupervisionView]
    """Who is in whose call now: all of them for a supervisor, those of their own call for an agent (as far as the
    installation lets agents see it)."""


class AgentChanged(_Closed):
    type: Literal["agent"] = "agent"
    seq: int
    agent: AgentView


class CallChanged(_Closed):
    type: Literal["call"] = "call"
    seq: int
    call: CallView


class SupervisionChanged(_Closed):
    type: Literal["supervision"] = "supervision"
    seq: int
    supervision: SupervisionView


class FiguresChanged(_Closed):
    """A gauge: the next one replaces it. Has no number, is never replayed."""

    type: Literal["figures"] = "figures"
    campaigns: dict[UUID, CampaignFigures]
    carrier: CarrierView


class Done(_Closed):
    """The command `id` was carried out."""

    type: Literal["done"] = "done"
    id: str


class Refused(_Closed):
    """The command `id` was refused; nothing was changed. `id` is None for a message that was none."""

    type: Literal["refused"] = "refused"
    id: str | None
    problem: Problem


class Behind(_Closed):
    """Live events are cut off. The screen shows it; snapshots come once a second until `InStep`."""

    type: Literal["behind"] = "behind"
    since: datetime


class InStep(_Closed):
    type: Literal["in_step"] = "in_step"


class Superseded(_Closed):
    """Another console of the same agent took over; this one is closed and does not reconnect by itself."""

    type: Literal["superseded"] = "superseded"


class Ping(_Closed):
    type: Literal["ping"] = "ping"
    seq: int
    now: datetime


ServerMessage = Annotated[
    Welcome
    | Snapshot
    | AgentChanged
    | CallChanged
    | SupervisionChanged
    | FiguresChanged
    | Done
    | Refused
    | Behind
    | InStep
    | Superseded
    | Ping,
    Field(discriminator="type"),
]

# ---------------------------------------------------------------- console → server


class Hello(_Closed):
    """First message. With `epoch` and `seq` of the last message seen, only what was missed is sent."""

    type: Literal["hello"] = "hello"
    protocol: int
    epoch: str | None = None
    seq: int | None = None


class Pong(_Closed):
    type: Literal["pong"] = "pong"


class Painted(_Closed):
    """The console's own measurement: milliseconds from the answer's event to the painted pop."""

    type: Literal["painted"] = "painted"
    call_id: UUID
    ms: float = Field(ge=0, le=600_000)


class _Command(_Closed):
    id: str = Field(min_length=1, max_length=64)


class SignOn(_Command):
    """Sit down in a queue (a campaign). The state becomes on_break / just_arrived."""

    type: Literal["sign_on"] = "sign_on"
    queue_id: UUID


class Ready(_Command):
    type: Literal["ready"] = "ready"


class Break(_Command):
    """Go on break; during a call it is taken when the call's disposition is saved."""

    type: Literal["break"] = "break"
    reason: BreakReason


class SignOff(_Command):
    type: Literal["sign_off"] = "sign_off"


class Dial(_Command):
    """Preview mode: call the customer who is shown."""

    type: Literal["dial"] = "dial"
    call_id: UUID


class Skip(_Command):
    """Preview mode: pass over the customer who is shown; they are offered again later."""

    type: Literal["skip"] = "skip"
    call_id: UUID


class HangUp(_Command):
    type: Literal["hang_up"] = "hang_up"
    call_id: UUID


class Hold(_Command):
    type: Literal["hold"] = "hold"
    call_id: UUID


class Resume(_Command):
    type: Literal["resume"] = "resume"
    call_id: UUID


class StageReached(_Command):
    type: Literal["stage"] = "stage"
    call_id: UUID
    stage: Stage


class SendDigits(_Command):
    """Press keys in the call, as for a menu at the customer's end."""

    type: Literal["digits"] = "digits"
    call_id: UUID
    digits: str = Field(min_length=1, max_length=32)


class Transfer(_Command):
    """Pass the customer on, at once: to the agents of a queue, to one agent, or to a number outside."""

    type: Literal["transfer"] = "transfer"
    call_id: UUID
    queue_id: UUID | None = None
    agent_id: UUID | None = None
    number: str | None = Field(default=None, max_length=20)


class Consult(_Command):
    """Hold the customer and speak with an agent, or somebody outside, first."""

    type: Literal["consult"] = "consult"
    call_id: UUID
    agent_id: UUID | None = None
    number: str | None = Field(default=None, max_length=20)


class CompleteTransfer(_Command):
    """Whoever was consulted takes the customer."""

    type: Literal["complete_transfer"] = "complete_transfer"
    call_id: UUID


class EndConsultation(_Command):
    """Back to the customer."""

    type: Literal["end_consultation"] = "end_consultation"
    call_id: UUID


class PauseRecording(_Command):
    """While a card's number is said."""

    type: Literal["pause_recording"] = "pause_recording"
    call_id: UUID


class ResumeRecording(_Command):
    type: Literal["resume_recording"] = "resume_recording"
    call_id: UUID


class Supervise(_Command):
    """A supervisor goes into a call, or changes how they are in it. Only one call at a time."""

    type: Literal["supervise"] = "supervise"
    call_id: UUID
    how: Supervising


class StopSupervising(_Command):
    type: Literal["stop_supervising"] = "stop_supervising"


class OrderLine(_Closed):
    item_id: UUID
    quantity: int = Field(ge=1, le=999)


class OrderForm(_Closed):
    lines: list[OrderLine] = Field(min_length=1, max_length=50)
    recipient: str = Field(min_length=1, max_length=100)
    address: str = Field(min_length=1, max_length=300)
    payment: PaymentMode
    note: str = Field(default="", max_length=MAX_TEXT)


class SaveDisposition(_Command):
    """The result of a call. What the code requires must be there: an order, a time for the callback."""

    type: Literal["disposition"] = "disposition"
    call_id: UUID
    code: str = Field(min_length=1, max_length=40)
    note: str = Field(default="", max_length=MAX_TEXT)
    callback_at: datetime | None = None
    order: OrderForm | None = None
    then: Literal["ready", "break", "stay"] = "ready"
    break_reason: BreakReason | None = None


ClientMessage = Annotated[
    Hello
    | Pong
    | Painted
    | SignOn
    | Ready
    | Break
    | SignOff
    | Dial
    | Skip
    | HangUp
    | Hold
    | Resume
    | StageReached
    | SendDigits
    | Transfer
    | Consult
    | CompleteTransfer
    | EndConsultation
    | PauseRecording
    | ResumeRecording
    | Supervise
    | StopSupervising
    | SaveDisposition,
    Field(discriminator="type"),
]

Command = (
    SignOn
    | Ready
    | Break
    | SignOff
    | Dial
    | Skip
    | HangUp
    | Hold
    | Resume
    | StageReached
    | SendDigits
    | Transfer
    | Consult
    | CompleteTransfer
    | EndConsultation
    | PauseRecording
    | ResumeRecording
    | Supervise
    | StopSupervising
    | SaveDisposition
)

server_message: TypeAdapter[ServerMessage] = TypeAdapter(ServerMessage)
client_message: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)


def json_schema() -> dict[str, Any]:
    """JSON Schema of both directions, from which the console's types are generated."""
    return {
        "server": server_message.json_schema(mode="serialization", ref_template="#/$defs/{model}"),
        "client": client_message.json_schema(mode="validation", ref_template="#/$defs/{model}"),
    }
