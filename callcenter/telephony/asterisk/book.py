"""The calls this process knows of: facts in, events out, each fact told once.

Free of I/O, so that every order of facts can be tried in a table. The numbers of the events come from Asterisk's
own clock (milliseconds since the channel was made): a worker that takes over counts on where the dead one was.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from callcenter.domain.call import AnsweredBy, CallEventKind, EndCause
from callcenter.telephony.asterisk.translate import Channel, EndRecord, Fact, FactKind, Vars, end_cause, own_id
from callcenter.telephony.port import CallStatus, CarrierEvent

E = CallEventKind


@dataclass(slots=True)
class CallRecord:
    """What is known of one call. `asked`: the cause with which we hung up."""

    call_id: UUID
    from_number: str = ""
    detect: bool = False
    placing: bool = False  # asked for, and no answer yet
    placed: bool = False  # Asterisk has said so
    created_at: datetime | None = None
    rang: bool = False
    answered_at: datetime | None = None
    joining: UUID | None = None
    agent_id: UUID | None = None
    joined_at: datetime | None = None
    holding: bool = False
    held: bool = False
    alone: bool = False  # the agent's sound is gone
    releasing: bool = False
    music: bool = False  # hears music outside of any room
    consulted: UUID | str | None = None  # asked to come to the agent, or there
    consulting: bool = False  # there
    record: bool = False
    tape: bool = False  # being recorded, or about to be
    message: bool = False
    verdict: AnsweredBy | None = None
    asked: EndCause | None = None
    ended_at: datetime | None = None
    cause: EndCause | None = None
    told: list[CarrierEvent] = field(default_factory=list)

    def status(self) -> CallStatus:
        return CallStatus(
            call_id=self.call_id,
            known=True,
            ended=self.ended_at is not None,
            answered_at=self.answered_at,
            joined_agent=self.agent_id,
            ended_at=self.ended_at,
            cause=self.cause,
            joined_at=self.joined_at,
            answered_by=self.verdict,
            held=self.held,
        )


class Book:
    def __init__(self) -> None:
        self.calls: dict[UUID, CallRecord] = {}

    def open(self, call_id: UUID, from_number: str = "", *, detect: bool = False) -> CallRecord:
        return self.calls.setdefault(call_id, CallRecord(call_id, from_number, detect))

    def live(self) -> list[CallRecord]:
        return [call for call in self.calls.values() if call.ended_at is None]

    def ended_before(self, instant: datetime) -> list[UUID]:
        return [c.call_id for c in self.calls.values() if c.ended_at is not None and c.ended_at < instant]

    def hear(self, fact: Fact) -> list[CarrierEvent]:
        """Take in what Asterisk told of a call; returns what is news in it, in order."""
        call = self.open(fact.subject)
        self._know(call, fact.created_at, fact.vars)
        if call.ended_at is not None:
            return []
        match fact.kind:
            case FactKind.RINGING:
                return self._rings(call, fact.at)
            case FactKind.ANSWERED:
                return self._answers(call, fact.at)
            case FactKind.ENTERED if fact.agent_id is not None:
                return self._answers(call, fact.vars.answered_at or fact.at) + self._enters(
                    call, fact.agent_id, fact.at
                )
            case FactKind.LEFT:
                return self._leaves(call, fact.at)
            case FactKind.VERDICT if fact.verdict is not None:
                return self._judged(call, fact.verdict, fact.at)
            case FactKind.GONE:
                # Answered in the dialplan while no worker was there: the person heard nobody, and that counts.
                missed = self._answers(call, fact.vars.answered_at) if fact.vars.answered_at is not None else []
                return missed + self._ends(call, fact.at, fact.q850)
            case _:
                return []

    def read_back(
        self,
        call_id: UUID,
        channel: Channel,
        room_of: UUID | None,
        now: datetime,
        *,
        outside: bool,
        looked: bool = True,
    ) -> list[CarrierEvent]:
        """Take in a living channel that was read.

        `room_of`: whose room it is in, and `outside`: it is with a third party; both known only where `looked`.
        """
        call = self.open(call_id)
        self._know(call, channel.created_at, channel.vars)
        if call.ended_at is not None:
            return []
        news: list[CarrierEvent] = []
        if channel.ringing:
            news += self._rings(call, now)
        # Answered, but still in the dialplan: it asks for us again within a quarter of a second.
        if channel.up and channel.in_stasis and channel.vars.answered_at is not None:
            news += self._answers(call, channel.vars.answered_at)
        if channel.vars.cause is EndCause.TRANSFERRED and (outside or not channel.in_stasis):
            return news + self._close(call, now, EndCause.TRANSFERRED)
        if not looked:
            return news
        if channel.vars.consult and call.consulted is None:
            call.consulted = own_id(channel.vars.consult) or channel.vars.consult
        if room_of is not None:
            news += self._enters(call, room_of, now)
        elif channel.vars.held and channel.vars.agent_id is not None and not call.held:
            call.agent_id, call.held = channel.vars.agent_id, True
            news.append(self._tell(call, E.HELD, now))
        elif channel.vars.released and not call.music:
            news += self.released(call, now)
        return news

    def found_ended(self, call_id: UUID, record: EndRecord | None, now: datetime) -> list[CarrierEvent]:
        """Take in the end of a call whose channel is gone; without a record (Asterisk was restarted) it is lost."""
        call = self.open(call_id)
        if call.ended_at is not None:
            return []
        if record is None:
            if call.asked is None:
                return self._close(call, now, EndCause.LOST)
            return self._ends(call, now, 0)
        self._know(call, None, record.vars)
        news: list[CarrierEvent] = []
        if record.vars.answered_at is not None:
            news += self._answers(call, record.vars.answered_at)
        if record.vars.agent_id is not None and call.agent_id is None:
            call.agent_id = record.vars.agent_id
        return news + self._ends(call, record.ended_at, record.q850)

    def join_failed(self, call: CallRecord, agent_id: UUID, now: datetime) -> list[CarrierEvent]:
        call.joining = None
        return [] if call.ended_at is not None else [self._tell(call, E.JOIN_FAILED, now, agent_id=agent_id)]

    def released(self, call: CallRecord, at: datetime) -> list[CarrierEvent]:
        """The customer is in no agent's room any more, and hears music."""
        call.releasing = call.holding = call.held = False
        call.music = True
        call.alone = False
        call.agent_id = call.joining = None
        return [self._tell(call, E.RELEASED, at)]

    def transferred(self, call: CallRecord, at: datetime) -> list[CarrierEvent]:
        """Somebody outside has the customer: whatever comes of the channel now is no news."""
        call.asked = EndCause.TRANSFERRED
        return [] if call.ended_at is not None else self._close(call, at, EndCause.TRANSFERRED)

    def consulted(self, call: CallRecord, at: datetime) -> list[CarrierEvent]:
        """The third party is in the agent's room."""
        if call.consulted is None or call.consulting or call.ended_at is not None:
            return []
        call.consulting = True
        return [*self._leaves(call, at), self._tell(call, E.CONSULTED, at)]

    def consult_ended(self, call: CallRecord, at: datetime) -> list[CarrierEvent]:
        if call.consulted is None:
            return []
        call.consulted, call.consulting = None, False
        return [] if call.ended_at is not None else [self._tell(call, E.CONSULT_ENDED, at)]

    def agent_lost(self, agent_id: UUID, at: datetime) -> tuple[CallRecord, list[CarrierEvent]] | None:
        """The sound of this agent is gone: which call waits for them now, if any."""
        call = self._of_agent(agent_id)
        if call is None or call.alone:
            return None
        call.alone = True
        return call, [self._tell(call, E.AGENT_LOST, at, agent_id=agent_id)]

    def agent_back(self, agent_id: UUID, at: datetime) -> tuple[CallRecord, list[CarrierEvent]] | None:
        call = self._of_agent(agent_id)
        if call is None or not call.alone:
            return None
        call.alone = False
        return call, [self._tell(call, E.AGENT_BACK, at, agent_id=agent_id)]

    def _of_agent(self, agent_id: UUID) -> CallRecord | None:
        return next((call for call in self.live() if call.agent_id == agent_id), None)

    # ------------------------------------------------------------------ one kind of news each

    @staticmethod
    def _know(call: CallRecord, created_at: datetime | None, carried: Vars) -> None:
        call.created_at = call.created_at or created_at
        call.placed = True
        call.message = call.message or carried.message
        call.record = call.record or carried.record
        call.asked = call.asked or carried.cause

    def _rings(self, call: CallRecord, at: datetime) -> list[CarrierEvent]:
        if call.rang or call.answered_at is not None:
            return []
        call.rang = True
        return [self._tell(call, E.RINGING, at)]

    def _answers(self, call: CallRecord, at: datetime) -> list[CarrierEvent]:
        if call.answered_at is not None:
            return []
        event = self._tell(call, E.ANSWERED, at)
        call.answered_at = event.at
        return [event]

    def _enters(self, call: CallRecord, agent_id: UUID, at: datetime) -> list[CarrierEvent]:
        if call.held:
            call.held = False
            return [self._tell(call, E.RESUMED, at, agent_id=agent_id)]
        if call.agent_id == agent_id:
            return []
        call.agent_id, call.joining = agent_id, None
        event = self._tell(call, E.JOINED, at, agent_id=agent_id)
        call.joined_at = call.joined_at or event.at
        return [event]

    def _leaves(self, call: CallRecord, at: datetime) -> list[CarrierEvent]:
        """The customer is out of the agent's room: on hold, or on the way to another."""
        if call.releasing:
            return self.released(call, at)
        if not call.holding or call.held:
            return []
        call.holding, call.held = False, True
        return [self._tell(call, E.HELD, at)]

    def _judged(self, call: CallRecord, found: AnsweredBy, at: datetime) -> list[CarrierEvent]:
        if call.verdict is not None:
            return []
        call.verdict = found
        if found is not AnsweredBy.MACHINE:
            return []
        return [self._tell(call, E.MACHINE, at, answered_by=found)]

    def _ends(self, call: CallRecord, at: datetime, q850: int) -> list[CarrierEvent]:
        return self._close(call, at, end_cause(q850, answered=call.answered_at is not None, asked=call.asked))

    def _close(self, call: CallRecord, at: datetime, cause: EndCause) -> list[CarrierEvent]:
        event = self._tell(call, E.ENDED, at, cause=cause)
        call.ended_at, call.cause = event.at, cause
        return [event]

    @staticmethod
    def _tell(
        call: CallRecord,
        kind: CallEventKind,
        at: datetime,
        *,
        cause: EndCause | None = None,
        agent_id: UUID | None = None,
        answered_by: AnsweredBy | None = None,
    ) -> CarrierEvent:
        last = call.told[-1] if call.told else None
        if last is not None:
            at = max(at, last.at)  # what we time ourselves may be a moment behind Asterisk's clock
        counted = 0 if call.created_at is None else (at - call.created_at) // timedelta(milliseconds=1)
        sequence = max(counted, 0 if last is None else last.sequence + 1)
        event = CarrierEvent(
            call.call_id,
            kind,
            at,
            sequence,
            cause=cause,
            answered_by=answered_by,
            agent_id=agent_id,
            carrier_ref=str(call.call_id),
        )
        call.told.append(event)
        return event
