"""From a number of lines to calls: claim leads, write the attempts, then ask the carrier."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from callcenter.agents import service as agents
from callcenter.agents.models import Agent
from callcenter.calls import repository as call_rows
from callcenter.calls import service as calls
from callcenter.domain.call import CallState, EndCause
from callcenter.kit import log
from callcenter.kit.clock import Clock
from callcenter.kit.db import Database, Session
from callcenter.kit.ids import new_id
from callcenter.lines.service import Callers
from callcenter.telephony.health.guarded import GuardedCarrier
from callcenter.telephony.port import Carrier, CarrierRefused, CarrierUnreachable, MachineDetection, PlaceCall
from campaigns.dialer import lease
from campaigns.dialer.answering import Desk, Desks
from campaigns.dialer.chances import Chances
from campaigns.dialer.mixing import claim_in_turn
from campaigns.dialer.numbers import Numbers
from campaigns.leads import cards
from campaigns.leads import service as leads
from campaigns.plans.models import Campaign
from campaigns.schedule.rules import CallingRules

_log = log.get(__name__)
_TOO_FAST_TRIES = 3
_TOO_FAST_PAUSE_S = 1.0

_CAUSES = {
    "invalid_number": EndCause.INVALID_NUMBER,
    "not_permitted": EndCause.REJECTED,
    "too_fast": EndCause.CONGESTION,
    "no_account": EndCause.CANCELLED,
    "held_back": EndCause.CANCELLED,  # nobody's telephone rang: no attempt is counted
}


@dataclass(frozen=True, slots=True)
class Hands:
    """What launching works with."""

    database: Database
    carrier: Carrier
    clock: Clock
    keeps_recordings: bool = False
    """False: nothing is recorded, whatever campaigns want, for nobody would fetch and seal it."""

    @property
    def guard(self) -> GuardedCarrier | None:
        """The circuit breaker around the carrier, where there is one."""
        return self.carrier if isinstance(self.carrier, GuardedCarrier) else None


async def launch(
    hands: Hands,
    desks: Desks,
    callers: Callers,
    host: Desk,
    token: int,
    limit: int,
    now: datetime,
    chances: Chances,
) -> list[tuple[Desk, list[PlaceCall]]]:
    """Claim up to `limit` leads, of the campaign and of those that share its agents, and write their attempts.

    The calls returned, by campaign, are still to be placed.

    Raises:
        lease.LeaseLost: another worker drives the campaign; nothing was written.
    """
    made: list[tuple[Desk, list[PlaceCall]]] = []
    async with hands.database.transaction() as session:
        await lease.hold(session, host.campaign.id, token)
        numbers = Numbers(session, callers, now)

        async def write(desk: Desk, claimed: Sequence[leads.Claimed]) -> None:
            if claimed:
                to_place = await _write(
                    session,
                    hands,
                    desk.campaign,
                    claimed,
                    now,
                    numbers,
                    host=host.campaign,
                    reserved_for=None,
                    chances=chances,
                )
                made.append((desk, to_place))

        await claim_in_turn(session, desks, host, limit, now, numbers.room, write)
    return made


async def offer_previews(
    hands: Hands, desks: Desks, callers: Callers, host: Desk, token: int, limit: int, now: datetime
) -> int:
    """Preview mode: show a customer to each ready agent. Returns how many were shown."""
    async with hands.database.transaction() as session:
        await lease.hold(session, host.campaign.id, token)
        shown = 0
        for agent in await agents.free_for_preview(session, host.campaign.id, limit):
            numbers = Numbers(session, callers, now)
            shows = partial(_show, session, hands, host.campaign, agent, now, numbers)
            if not await claim_in_turn(session, desks, host, 1, now, numbers.room, shows, for_agent=agent.user_id):
                break
            shown += 1
    return shown


async def _show(
    session: Session,
    hands: Hands,
    host: Campaign,
    agent: Agent,
    now: datetime,
    numbers: Numbers,
    desk: Desk,
    claimed: Sequence[leads.Claimed],
) -> None:
    if not claimed:
        return
    call_id = new_id()
    # The agent first: the console takes a call in only when it knows that it is the agent's.
    await agents.show_customer(session, agent, call_id, now)
    await _write(
        session, hands, desk.campaign, claimed, now, numbers, host=host, reserved_for=agent.user_id, call_id=call_id
    )


async def _write(
    session: Session,
    hands: Hands,
    campaign: Campaign,
    claimed: Sequence[leads.Claimed],
    now: datetime,
    numbers: Numbers,
    *,
    host: Campaign,
    reserved_for: UUID | None,
    call_id: UUID | None = None,
    chances: Chances | None = None,
) -> list[PlaceCall]:
    made: list[PlaceCall] = []
    composed = await cards.compose_cards(session, claimed, now, simulated=hands.carrier.simulated)
    chosen = await numbers.choose(campaign, [one.phone for one in claimed])
    for one, from_number in zip(claimed, chosen, strict=True):
        this = call_id or new_id()
        new = calls.NewCall(
            call_id=this,
            queue_id=campaign.id,
            subject_id=one.lead.id,
            customer_id=one.customer.id,
            attempt_no=one.attempt_no,
            mode=host.mode,
            to_number=one.phone,
            from_number=from_number,
            patience_s=campaign.patience_s,
            carrier=hands.carrier.name,
            card=composed[one.lead.id].model_dump(mode="json"),
            reserved_for=reserved_for,
            agents_of=None if host.id == campaign.id else host.id,
            answer_chance=None if chances is None else chances.tell(this, campaign.id, one, now),
        )
        await calls.create(session, new, now)
        if reserved_for is None:
            await leads.start_attempt(session, one.lead, new.call_id, now)
        else:
            await leads.reserve(session, one.lead, new.call_id)
        made.append(request_for(hands, campaign, new.call_id, new.to_number, from_number))
    return made


def request_for(hands: Hands, campaign: Campaign, call_id: UUID, to_number: str, from_number: str) -> PlaceCall:
    """What is asked of the carrier for a call of this campaign."""
    return PlaceCall(
        call_id=call_id,
        to_number=to_number,
        from_number=from_number,
        ring_timeout_s=campaign.ring_timeout_s,
        machine_detection=MachineDetection(campaign.machine_detection),
        record=campaign.record_calls and hands.keeps_recordings,
    )


async def place(hands: Hands, campaign: Campaign, rules: CallingRules, request: PlaceCall) -> None:
    """Ask the carrier for one call, once. What stays unknown is left to reconciliation: never asked again."""
    for attempt in range(_TOO_FAST_TRIES):
        try:
            await hands.carrier.place(request)
            return
        except CarrierUnreachable:
            _log.warning("call.unknown_whether_placed", call_id=str(request.call_id))
            return
        except CarrierRefused as refusal:
            if refusal.code == "too_fast" and attempt + 1 < _TOO_FAST_TRIES:
                await hands.clock.sleep(_TOO_FAST_PAUSE_S)  # never processed, so asking again is safe
                continue
            _log.warning("call.refused", call_id=str(request.call_id), code=refusal.code)
            await _refused(hands, campaign, rules, request.call_id, _CAUSES.get(refusal.code, EndCause.FAILED))
            return


async def _refused(hands: Hands, campaign: Campaign, rules: CallingRules, call_id: UUID, cause: EndCause) -> None:
    now = hands.clock.now()
    async with hands.database.transaction() as session:
        call = await call_rows.lock(session, call_id)
        if call is None or call.state == CallState.ENDED.value:
            return
        if call.agent_id is not None:
            await agents.call_ended(session, call.agent_id, call.id, now, wrap_up_s=0.0, disposed=True)
        await calls.end_by_us(session, call, cause, now)
        await leads.finish_attempt(session, call, now, rules)


async def place_all(hands: Hands, campaign: Campaign, rules: CallingRules, requests: Sequence[PlaceCall]) -> None:
    await asyncio.gather(*(place(hands, campaign, rules, request) for request in requests))
