"""Leads at work: who is called next, and what becomes of them after each attempt.

    open ── claim ── start_attempt ──▶ in call ── finish_attempt | dispositions.save ──▶ open (later) | closed

Every lead is at any time callable, waiting with a next time, in a call, or closed with a reason. `claim`
locks what it takes (SKIP LOCKED), asks the gate with facts read after the locks, and puts to sleep until the
gate's own next instant, or closes, whatever may not be called: the front of the list never clogs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from callcenter.calls.models import Call
from callcenter.domain.call import Outcome
from callcenter.kit.db import Session
from callcenter.kit.errors import Conflict, NotFound
from campaigns.compliance.models import GatePass
from campaigns.followups import service as followups
from campaigns.followups.models import EndedBecause, FollowUpState
from campaigns.leads import facts as lead_facts
from campaigns.leads import repository
from campaigns.leads.facts import Known
from campaigns.leads.models import ClosedReason, Lead, LeadState
from campaigns.plans.models import Campaign, CampaignState
from campaigns.schedule.rules import (
    CallingRules,
    Grounds,
    ReasonCode,
    Verdict,
    eligibility,
    order_key,
    window_opens,
)
from campaigns.schedule.windows import local_date, zone
from crm_sync.customers.models import Customer, NumberState
from crm_sync.customers.numbers import mark, numbers_of
from crm_sync.do_not_call import service as do_not_call

_ROUNDS = 5
"""How often a claim looks further when the first candidates were refused."""
_SLACK = 8
_WAKE_AT_LEAST = 100
_IN_CALL_REST = timedelta(minutes=1)
"""A person in a call of another campaign is looked at again at its end (`freed`); at the latest after so long."""
_LOOK_AGAIN = {ReasonCode.IN_CALL: _IN_CALL_REST}
_LOOK_AGAIN_OTHERWISE = timedelta(hours=6)
"""Where the gate knows no next time (a consent that may yet come): when to ask it again."""
SKIP_REST = timedelta(minutes=10)
"""A customer passed over in preview is not offered again at once."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A lead this transaction may call now. Rows are locked; `start_attempt` or `reserve` comes next."""

    lead: Lead
    customer: Customer
    verdict: Verdict
    phone: str
    """Which of the person's numbers is called."""

    @property
    def attempt_no(self) -> int:
        """Number of the next call row of this lead: skipped and failed ones have theirs, too."""
        return self.lead.call_no + 1

    @property
    def preferred_agent_id(self) -> UUID | None:
        """Who promised the callback."""
        return self.lead.callback_agent_id


# ---------------------------------------------------------------- claiming


async def claim(
    session: Session,
    campaign: Campaign,
    rules: CallingRules,
    now: datetime,
    limit: int,
    *,
    for_agent: UUID | None = None,
    promised: bool = False,
) -> list[Claimed]:
    """Up to `limit` leads that may be called at this instant, in order: due callbacks, nearest last day, fewest
    attempts, score.

    `for_agent`: whose screen it is for (preview): own callbacks first, others' only when their agent is away
    or late. `promised`: due callbacks only. Within the caller's transaction; concurrent claimers get different leads.
    """
    taken: list[Claimed] = []
    seen: list[UUID] = []
    if limit <= 0:
        return taken
    await repository.wake(session, campaign.id, now, max(_WAKE_AT_LEAST, 4 * limit))
    for _ in range(_ROUNDS):
        need = limit - len(taken)
        if need <= 0:
            break
        candidates = await _candidates(session, campaign, rules, now, need + _SLACK, for_agent, seen, promised=promised)
        if not candidates:
            break
        known = await _known(session, candidates, campaign, rules, now)
        seen.extend(lead.id for lead in candidates)
        refused: list[tuple[Known, Verdict]] = []
        for one in known:
            verdict = eligibility(one.facts, rules, now)
            if not verdict.allowed:
                refused.append((one, verdict))
                continue
            _follow_zone(one)
            taken.append(Claimed(one.lead, one.customer, verdict, one.phone))
            if len(taken) >= limit:
                break
        await _put_aside(session, refused, now)
    return taken


async def _candidates(
    session: Session,
    campaign: Campaign,
    rules: CallingRules,
    now: datetime,
    limit: int,
    for_agent: UUID | None,
    seen: Sequence[UUID],
    *,
    promised: bool = False,
) -> list[Lead]:
    """Leads that look callable, locked, in calling order."""
    owner_until = now - timedelta(seconds=rules.callback_owner_s)
    found = list(await repository.due_callbacks(session, campaign.id, now, owner_until, for_agent, limit, seen))
    zones = [] if promised else await repository.zones_of(session, campaign.id)
    if not promised:
        found += await repository.due_follow_ups(session, campaign.id, now, limit, seen)
    span = timedelta(days=rules.days_to - rules.days_from)
    for name in zones:
        here = zone(name)
        if window_opens(rules, now, here) == now:
            today = local_date(now, here)
            first: Sequence[UUID] = ()
            if rules.first_calls_first:
                first = await repository.front(
                    session, campaign.id, name, today, today + span, limit, seen, untried=True
                )
                found += first
            if len(first) < limit:
                more = limit - len(first)
                found += await repository.front(session, campaign.id, name, today, today + span, more, [*seen, *first])
    rows = await repository.fresh(session, found)
    return sorted(
        rows.values(),
        key=lambda lead: order_key(
            callback_at=lead.callback_at,
            last_day=lead.last_day,
            attempts=lead.attempts,
            score=lead.score,
            now=now,
            first_calls_first=rules.first_calls_first,
        ),
    )


async def _known(
    session: Session, leads: Sequence[Lead], campaign: Campaign, rules: CallingRules, now: datetime
) -> list[Known]:
    """Facts of those leads about whose numbers nobody else is deciding; read after that is certain."""
    numbers = await numbers_of(session, [lead.customer_id for lead in leads])
    theirs = {customer: {one.phone for one in mine} for customer, mine in numbers.items()}
    ours = await repository.try_numbers(session, [phone for mine in theirs.values() for phone in mine])
    free = [lead for lead in leads if theirs[lead.customer_id] <= ours]
    known = await lead_facts.read(session, free, {campaign.id: campaign}, {campaign.id: rules}, now)
    # The plan of the caller is the truth about the campaign here: it holds the lease.
    return [replace(one, facts=replace(one.facts, campaign_open=True)) for one in known]


def _follow_zone(one: Known) -> None:
    if one.lead.timezone != one.customer.timezone:
        one.lead.timezone = one.customer.timezone


def _asleep_until(verdict: Verdict, now: datetime) -> datetime:
    return verdict.next_at or now + _LOOK_AGAIN.get(verdict.reason, _LOOK_AGAIN_OTHERWISE)


async def _put_aside(session: Session, refused: Sequence[tuple[Known, Verdict]], now: datetime) -> None:
    """Close what can never be called; let the rest sleep until the gate's next instant."""
    closed: list[UUID] = []
    for one, verdict in refused:
        _follow_zone(one)
        if verdict.closes is not None:
            _close(one.lead, ClosedReason(verdict.closes), now)
            closed.append(one.lead.id)
        else:
            one.lead.not_before = _asleep_until(verdict, now)
    await session.flush()
    await followups.end_open(session, closed, FollowUpState.DROPPED, None, now)


def _close(lead: Lead, reason: ClosedReason, now: datetime) -> None:
    lead.state, lead.closed_reason, lead.closed_at = LeadState.CLOSED.value, reason.value, now
    lead.callback_at = lead.callback_agent_id = lead.follow_up_at = lead.rest_until = lead.not_before = None
    lead.version += 1


async def close(session: Session, leads: Sequence[Lead], reason: ClosedReason, now: datetime) -> None:
    """Close locked leads for good, and drop their open follow-ups."""
    for lead in leads:
        _close(lead, reason, now)
    await session.flush()
    await followups.end_open(session, [lead.id for lead in leads], FollowUpState.DROPPED, None, now)


# ---------------------------------------------------------------- one attempt


async def start_attempt(session: Session, lead: Lead, call_id: UUID, now: datetime) -> None:
    """Write that `lead` (claimed in this transaction) is being called by the call `call_id`."""
    _take(lead, call_id)
    await _count_attempt(session, lead, call_id, now)


async def reserve(session: Session, lead: Lead, call_id: UUID) -> None:
    """Preview: the customer is on an agent's screen. Not an attempt until it is dialled."""
    _take(lead, call_id)
    await session.flush()


async def start_reserved(session: Session, call: Call, now: datetime) -> None:
    """Preview: the agent dials; from here on it is an attempt."""
    lead = await repository.lock(session, call.subject_id)
    if lead is None or lead.call_id != call.id or lead.state != LeadState.OPEN.value:
        raise Conflict(why_zh="该客户已不可呼叫，请跳过。", why_en="This customer can no longer be called; skip them.")
    await _count_attempt(session, lead, call.id, now)


def _take(lead: Lead, call_id: UUID) -> None:
    if lead.call_id is not None or lead.state != LeadState.OPEN.value:
        raise Conflict(why_zh="该客户正在通话或已关闭。", why_en="This lead is in a call, or closed.")
    lead.call_id = call_id
    lead.call_no += 1
    lead.version += 1


async def _count_attempt(session: Session, lead: Lead, call_id: UUID, now: datetime) -> None:
    lead.attempts += 1
    lead.fruitless += 1
    lead.last_attempt_at = now
    campaign = await session.get_one(Campaign, lead.campaign_id)
    if lead.callback_at is not None:
        grounds = Grounds.CALLBACK
    else:
        grounds = Grounds.FOLLOW_UP if lead.follow_up_at is not None else Grounds.SCHEDULE
    session.add(
        GatePass(
            call_id=call_id,
            lead_id=lead.id,
            campaign_id=lead.campaign_id,
            passed_at=now,
            grounds=grounds.value,
            timezone=lead.timezone,
            posted_on=lead.posted_on,
            day_n=(local_date(now, zone(lead.timezone)) - lead.posted_on).days,
            preset=str(campaign.rules.get("preset", "CN")),
        )
    )
    await session.flush()


async def release(session: Session, lead_id: UUID, now: datetime, not_before: datetime | None) -> None:
    """Let go of a reserved lead: no attempt was made. None: it rests for SKIP_REST."""
    lead = await repository.lock(session, lead_id)
    if lead is None or lead.call_id is None:
        return
    await freed(session, lead.customer_id, now, lead.id)
    lead.call_id = None
    lead.version += 1
    if lead.state == LeadState.OPEN.value:
        until = not_before or now + SKIP_REST
        lead.rest_until = until if lead.rest_until is None else max(lead.rest_until, until)
        lead.not_before = lead.rest_until
    await session.flush()


async def freed(session: Session, customer_id: UUID, now: datetime, lead_id: UUID) -> None:
    """The person's call for `lead_id` is over: their leads in other campaigns no longer sleep because of it."""
    await repository.freed(session, customer_id, now, now + _IN_CALL_REST, lead_id)


async def finish_attempt(session: Session, call: Call, now: datetime, rules: CallingRules) -> None:
    """A call ended that nobody disposes of: when may the person be called again, if at all?

    Harmless when called twice, and for a lead that has gone on to another call.
    """
    await freed(session, call.customer_id, now, call.subject_id)
    lead = await repository.lock(session, call.subject_id)
    if lead is None or lead.call_id != call.id:
        return
    outcome = call.outcome or Outcome.FAILED.value
    if outcome == Outcome.SKIPPED.value:
        await release(session, lead.id, now, None)
        return
    lead.call_id = None
    lead.version += 1
    row = rules.retry_for(outcome)
    unnoticed = outcome == Outcome.CANCELLED.value and call.ringing_at is None
    if unnoticed or not row.counts:
        lead.attempts = max(0, lead.attempts - 1)
        lead.fruitless = max(0, lead.fruitless - 1)
        lead.last_attempt_at = await repository.last_placed_at(session, lead.id, without=call.id)
    lead.last_outcome = outcome
    if lead.state != LeadState.OPEN.value:
        await session.flush()  # closed meanwhile, e.g. do-not-call said in another campaign
        return
    later = now + timedelta(seconds=row.after_s)
    if lead.callback_at is not None:
        lead.callback_at = later  # the promise stands; it is kept a little later
    else:
        lead.rest_until = later
    if lead.follow_up_at is not None:
        lead.follow_up_at = later
    if outcome == Outcome.INVALID_NUMBER.value and await another_number(
        session, lead, call.to_number, NumberState.UNALLOCATED, now, rules
    ):
        lead.attempts = max(0, lead.attempts - 1)  # nobody's telephone rang
        lead.fruitless = max(0, lead.fruitless - 1)
    elif row.close_after is not None and await repository.outcomes_of(session, lead.id, outcome) >= row.close_after:
        wrong = outcome == Outcome.INVALID_NUMBER.value
        await close(session, [lead], ClosedReason.WRONG_NUMBER if wrong else ClosedReason.EXHAUSTED, now)
        return
    due = await settle(session, lead, now, rules, ignore_call=call.id)
    if due is not None and await followups.not_reached(session, lead, outcome, due, call.id, now):
        await close_tried_enough(session, lead, call.id, now)


async def close_tried_enough(session: Session, lead: Lead, call_id: UUID, now: datetime) -> None:
    """The lead's follow-up was tried as often as its grade allows."""
    because = EndedBecause.TRIES_USED_UP
    await followups.end_open(session, [lead.id], FollowUpState.DROPPED, call_id, now, because)
    await close(session, [lead], ClosedReason.EXHAUSTED, now)


async def another_number(
    session: Session, lead: Lead, phone: str, state: NumberState, now: datetime, rules: CallingRules
) -> bool:
    """Write down that `phone` does not lead to this person. Whether another of their numbers is worth a call.

    If so, the lead rests only as long as two calls to one person must lie apart, and a promise is kept then.
    """
    await mark(session, lead.customer_id, phone, state, now)
    mine = (await numbers_of(session, [lead.customer_id]))[lead.customer_id]
    usable = [one.phone for one in mine if one.state is NumberState.USABLE]
    listed = await do_not_call.which_listed(session, usable)
    if not set(usable) - listed:
        return False
    soon = now + timedelta(seconds=rules.min_gap_s)
    if lead.callback_at is not None:
        lead.callback_at = soon
    else:
        lead.rest_until = soon
    if lead.follow_up_at is not None:
        lead.follow_up_at = soon
    await session.flush()
    return True


async def settle(
    session: Session, lead: Lead, now: datetime, rules: CallingRules, *, ignore_call: UUID | None = None
) -> datetime | None:
    """Ask the gate about a lead that was just changed: close it, or let it sleep until its next instant.

    Returns the next time at which it will be looked at, None when it was closed. `ignore_call`: the call whose
    result this is, which may not have ended yet.
    """
    with session.no_autoflush:  # no fact is read from the lead's row: it is written once, with the answer
        campaign = await session.get_one(Campaign, lead.campaign_id)
        if campaign.state == CampaignState.CLOSED.value:
            await close(session, [lead], ClosedReason.CAMPAIGN_CLOSED, now)
            return None
        [one] = await lead_facts.read(
            session, [lead], {campaign.id: campaign}, {campaign.id: rules}, now, ignore_call=ignore_call
        )
    verdict = eligibility(replace(one.facts, campaign_open=True), rules, now)
    if verdict.closes is not None:
        await close(session, [lead], ClosedReason(verdict.closes), now)
        return None
    lead.not_before = None if verdict.allowed else _asleep_until(verdict, now)
    await session.flush()
    return lead.not_before or now


# ---------------------------------------------------------------- questions


async def why(session: Session, lead_id: UUID, now: datetime) -> Verdict:
    """Why is this lead not called now, and when is the next time?"""
    lead = await session.get(Lead, lead_id, populate_existing=True)
    if lead is None:
        raise NotFound(what_zh="线索", what_en="lead", id=lead_id)
    return await _judge(session, lead, now, None)


async def recheck(session: Session, call: Call, now: datetime) -> Verdict:
    """Preview: may the customer on the screen still be dialled, at this instant? Locks the lead and its number."""
    lead = await repository.lock(session, call.subject_id)
    if lead is None:
        raise NotFound(what_zh="线索", what_en="lead", id=call.subject_id)
    for mine in (await numbers_of(session, [lead.customer_id])).values():
        for phone in sorted({one.phone for one in mine}):
            await repository.lock_number(session, phone)
    return await _judge(session, lead, now, call.id)


async def _judge(session: Session, lead: Lead, now: datetime, ignore_call: UUID | None) -> Verdict:
    campaign = await session.get_one(Campaign, lead.campaign_id, populate_existing=True)
    rules = CallingRules.from_json(campaign.rules)
    [one] = await lead_facts.read(
        session, [lead], {campaign.id: campaign}, {campaign.id: rules}, now, ignore_call=ignore_call
    )
    return eligibility(one.facts, rules, now)


# ---------------------------------------------------------------- nightly

_EXPIRE = text(
    """
    WITH gone AS (
      UPDATE leads l SET state = 'closed', closed_reason = 'expired', closed_at = :now, follow_up_at = NULL,
             rest_until = NULL, not_before = NULL, version = l.version + 1
      FROM campaigns c
      WHERE c.id = l.campaign_id AND l.state = 'open' AND l.call_id IS NULL AND l.callback_at IS NULL
        AND l.last_day <= CAST(:now AS timestamptz)::date + 1
        AND (CAST(:now AS timestamptz) AT TIME ZONE l.timezone)::date > l.last_day
            + CASE WHEN l.follow_up_at IS NULL THEN 0
                   ELSE COALESCE(CAST(c.rules->>'follow_up_days' AS int), :follow_up_days) END
      RETURNING l.id)
    , dropped AS (
      UPDATE follow_ups f SET state = 'dropped', ended_at = :now, ended_because = 'lead_closed' FROM gone
      WHERE f.lead_id = gone.id AND f.state = 'due' RETURNING f.id)
    , noted AS (
      INSERT INTO follow_up_events (follow_up_id, at, what, note)
      SELECT id, :now, 'dropped', 'lead_closed' FROM dropped)
    SELECT count(*) FROM gone
    """
)


async def expire(session: Session, now: datetime) -> int:
    """Close every lead whose last day has passed on its own calendar. Returns how many."""
    given = {"now": now, "follow_up_days": CallingRules().follow_up_days}
    await session.execute(text("SET LOCAL statement_timeout = 0"))
    count: int = (await session.execute(_EXPIRE, given)).scalar_one()
    return count
