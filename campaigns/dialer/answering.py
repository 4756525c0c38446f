"""What follows a carrier's event, in one transaction: the call moves, an agent is claimed or freed, the lead learns.

After the commit the carrier is asked for what was decided (`Next`). If the worker dies between the two, the
rows say what was decided and reconciliation asks again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from callcenter.agents import service as agents
from callcenter.calls import company
from callcenter.calls import repository as call_rows
from callcenter.calls import service as calls
from callcenter.calls.models import Call
from callcenter.calls.service import Applied
from callcenter.domain.call import AnsweredBy, CallEventKind, CallState, EndCause, Outcome
from callcenter.kit.db import Database, Session
from callcenter.recordings import service as recordings
from callcenter.telephony.port import CarrierEvent
from campaigns.leads import service as leads
from campaigns.plans.models import Campaign
from campaigns.schedule.rules import CallingRules, from_json

MACHINE_DISPOSITION = "answering_machine"


@dataclass(frozen=True, slots=True)
class Join:
    """Ask the carrier to join this call and this agent."""

    call_id: UUID
    agent_id: UUID


@dataclass(frozen=True, slots=True)
class Wait:
    """A person waits for an agent: give up at `until`."""

    call_id: UUID
    until_s: float


@dataclass(frozen=True, slots=True)
class HangUp:
    call_id: UUID
    cause: EndCause


Next = Join | Wait | HangUp | None


@dataclass(frozen=True, slots=True)
class Handled:
    applied: Applied
    next: Next


@dataclass(frozen=True, slots=True)
class Desk:
    """A campaign as event handling needs it."""

    campaign: Campaign
    rules: CallingRules
    recorded: bool = False
    """The campaign records its calls, and the installation keeps recordings."""


async def handle(database: Database, desks: Desks, event: CarrierEvent, now: datetime) -> Handled | None:
    """Take in one carrier event with all that follows from it; None when it told nothing new."""
    async with database.transaction() as session:
        applied = await calls.apply_event(session, event, now)
        if applied is None:
            return None
        desk = await desks.get(session, applied.call.queue_id)
        return Handled(applied, await follow(session, desk, applied, event, now))


class Desks:
    """Campaigns and their rules by id; the runner puts a fresh one here every tick."""

    def __init__(self, *, keeps_recordings: bool = False) -> None:
        self._known: dict[UUID, Desk] = {}
        self._keeps_recordings = keeps_recordings

    async def get(self, session: Session, campaign_id: UUID) -> Desk:
        return self._known.get(campaign_id) or self.put(await session.get_one(Campaign, campaign_id))

    async def fresh(self, session: Session, campaign_id: UUID) -> Desk:
        """Read anew: for who has no runner of theirs that does it each tick."""
        return self.put(await session.get_one(Campaign, campaign_id, populate_existing=True))

    def put(self, campaign: Campaign) -> Desk:
        known = self._known.get(campaign.id)
        if known is None or known.campaign.version != campaign.version:
            known = self._known[campaign.id] = Desk(
                campaign, from_json(campaign.rules), campaign.record_calls and self._keeps_recordings
            )
        return known


async def follow(session: Session, desk: Desk, applied: Applied, event: CarrierEvent, now: datetime) -> Next:
    """All that follows from an applied event, in its transaction; tells the screens at the end."""
    decided = await _decide(session, desk, applied, event, now)
    await calls.told(session, applied.call)
    if desk.recorded and event.kind is CallEventKind.JOINED and applied.before is CallState.CONNECTING:
        await _announce(session, applied.call, now)
    if applied.state is CallState.ENDED and applied.before is not CallState.ENDED:
        await _ended(session, desk, applied.call, now)
    return decided


async def _announce(session: Session, call: Call, now: datetime) -> None:
    """Tell the customer that the call is recorded, where the campaign has it played; once, not at each transfer."""
    words = await recordings.announcement(session, call.queue_id)
    if words is not None and call.transferred_at is None:
        await company.ask_announce(session, call, words, now)


async def _decide(session: Session, desk: Desk, applied: Applied, event: CarrierEvent, now: datetime) -> Next:
    call, state = applied.call, applied.state
    if state is CallState.WAITING:
        if call.answered_by == AnsweredBy.MACHINE.value:
            return HangUp(call.id, EndCause.SYSTEM_HUNG_UP)
        if event.kind is CallEventKind.JOIN_FAILED and event.agent_id is not None:
            await agents.join_failed(session, event.agent_id, call.id, now)
        if event.kind is CallEventKind.RELEASED and applied.agent_before is not None:
            await company.leave_all(session, call.id, now)
            with session.no_autoflush:  # the agent is told before the call
                await agents.call_ended(session, applied.agent_before, call.id, now, wrap_up_s=0.0, disposed=True)
        if applied.before is not CallState.WAITING:
            return await find_agent(session, call, now)
        return None
    if event.kind is CallEventKind.MACHINE and state is not CallState.ENDED:
        return HangUp(call.id, EndCause.SYSTEM_HUNG_UP)
    return None


async def find_agent(session: Session, call: Call, now: datetime) -> Next:
    """An agent for a person who just answered: the one who dialled, else whoever has been ready longest."""
    with session.no_autoflush:  # the call is written once, with its agent
        if call.mode == "preview" and call.agent_id is not None:
            agent = await agents.claim_dialling(session, call.agent_id, call.id, now)
        else:
            agent = None
            if call.transferred_at is not None and call.wanted_agent_id is not None:
                agent = await agents.claim_one(session, call.wanted_agent_id, call.id, now)
            queue_id = call.agents_of or call.queue_id
            agent = agent or await agents.claim(session, queue_id, call.id, now, but=call.left_agent_id)
    if agent is None:
        until_s = calls.patience_ends_s(call)
        assert until_s is not None
        return Wait(call.id, until_s)
    calls.give_to_agent(call, agent.user_id, now)
    return Join(call.id, agent.user_id)


async def _ended(session: Session, desk: Desk, call: Call, now: datetime) -> None:
    machine = call.outcome == Outcome.MACHINE.value
    if desk.recorded:
        await recordings.expect(session, call, now)
    await company.leave_all(session, call.id, now)
    if machine and call.disposed_at is None and call.agent_id is not None:
        await calls.dispose(session, call, MACHINE_DISPOSITION, "", now)
    if call.agent_id is not None:
        await agents.call_ended(
            session,
            call.agent_id,
            call.id,
            now,
            wrap_up_s=desk.campaign.wrap_up_s,
            disposed=call.disposed_at is not None,
        )
    if call.outcome != Outcome.TALKED.value and (machine or call.disposed_at is None):
        await leads.finish_attempt(session, call, now, desk.rules)
    else:
        await leads.freed(session, call.customer_id, now, call.subject_id)


async def serve_waiting(database: Database, queue_id: UUID, now: datetime) -> Join | None:
    """Give the person who has waited longest to an agent who just became free; None when there is no pair."""
    async with database.transaction() as session:
        call = await call_rows.oldest_waiting(session, queue_id)
        if call is None:
            return None
        found = await find_agent(session, call, now)
        if not isinstance(found, Join):
            return None
        await calls.told(session, call)
        return found


async def give_up(database: Database, call_id: UUID, now: datetime) -> bool:
    """The patience of this person is over. True when the message is to be played now."""
    async with database.transaction() as session:
        call = await call_rows.lock(session, call_id)
        return call is not None and await calls.give_up(session, call, now)
