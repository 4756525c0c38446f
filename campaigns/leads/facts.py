"""From rows to the plain facts that the gate judges: a few set-based reads for a whole batch of leads.

A person is called at one of their numbers and counts as one person: caps, gaps and calls in flight are read over all of
their numbers, in whichever campaign.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from callcenter.kit.db import Session
from campaigns.leads.models import Lead
from campaigns.leads.rules import Choice, Tried, next_number
from campaigns.leads.zones import possible_zones
from campaigns.plans.models import Campaign, CampaignState
from campaigns.schedule.rules import CallingRules, LeadFacts
from crm_sync.customers.models import Customer
from crm_sync.customers.numbers import numbers_of
from crm_sync.do_not_call import service as do_not_call

# Everybody a call was ever placed to, whatever became of it; a customer only looked at in preview was not called.
_CALLS = text(
    "SELECT to_number, array_agg(created_at) FILTER (WHERE state <> 'reserved') AS placed,"
    " array_agg(id) FILTER (WHERE state <> 'ended') AS live"
    " FROM calls WHERE to_number = ANY(:phones) AND (created_at > :since OR state <> 'ended')"
    " AND outcome IS DISTINCT FROM 'skipped' GROUP BY to_number"
)
# Only of people with several numbers: which of theirs was called for this lead, and where they were reached.
_TRIED = text(
    "SELECT c.subject_id, c.to_number, count(*) AS calls, COALESCE(bool_or((r.detail->>'right_party')::bool), false)"
    " AS reached FROM calls c LEFT JOIN call_results r ON r.call_id = c.id"
    " WHERE c.subject_id = ANY(CAST(:leads AS uuid[])) AND c.state <> 'reserved'"
    " AND c.outcome IS DISTINCT FROM 'skipped' GROUP BY 1, 2"
)
_MAILED = text(
    "SELECT m.mailing_id, m.customer_id, m.replied_on, m.returned_on"
    " FROM unnest(CAST(:mailings AS uuid[]), CAST(:customers AS uuid[])) AS w (mailing_id, customer_id)"
    " JOIN mailing_recipients m USING (mailing_id, customer_id)"
    " WHERE m.replied_on IS NOT NULL OR m.returned_on IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class Known:
    """A lead with its customer, the facts for the gate, and the number to call (their own when there is none)."""

    lead: Lead
    customer: Customer
    facts: LeadFacts
    phone: str


async def read(
    session: Session,
    leads: Sequence[Lead],
    campaigns: dict[UUID, Campaign],
    rules: dict[UUID, CallingRules],
    now: datetime,
    *,
    ignore_call: UUID | None = None,
) -> list[Known]:
    """Facts of `leads`, in their order. `ignore_call`: the lead's own call, about to be dialled."""
    if not leads:
        return []
    wanted = {lead.customer_id for lead in leads}
    statement = select(Customer).where(col(Customer.id).in_(wanted)).execution_options(populate_existing=True)
    customers = {c.id: c for c in (await session.execute(statement)).scalars()}
    numbers = await numbers_of(session, list(customers))
    phones = sorted({one.phone for mine in numbers.values() for one in mine})
    listed = await do_not_call.which_listed(session, phones)
    since = now - timedelta(seconds=max(r.longest_cap_s() for r in rules.values()))
    placed: dict[str, tuple[datetime, ...]] = {}
    busy: set[str] = set()
    for row in await session.execute(_CALLS, {"phones": phones, "since": since}):
        placed[row.to_number] = tuple(row.placed or ())
        if any(call_id != ignore_call for call_id in row.live or ()):
            busy.add(row.to_number)
    mailed = await _mailed(session, leads, campaigns)
    several = [lead.id for lead in leads if len(numbers[lead.customer_id]) > 1]
    tried = await _tried(session, several) if several else {}
    known = []
    for lead in leads:
        customer = customers[lead.customer_id]
        mine = numbers[customer.id]
        theirs = {one.phone for one in mine}
        choices = [Choice(one.phone, one.position, one.state) for one in mine]
        chosen = next_number(choices, tried.get(lead.id, {}), listed)
        replied, returned = mailed.get((campaigns[lead.campaign_id].mailing_id, customer.id), (None, None))
        facts = LeadFacts(
            posted_on=lead.posted_on,
            timezone=customer.timezone,
            possible_zones=possible_zones(customer.phone, timezone_known=customer.timezone_known),
            closed_reason=lead.closed_reason,
            campaign_open=campaigns[lead.campaign_id].state == CampaignState.OPEN.value,
            consent=customer.consent,
            do_not_call=customer.phone in listed,
            has_number=chosen is not None,
            replied=replied is not None,
            returned=returned is not None,
            attempts=lead.attempts,
            fruitless=lead.fruitless,
            last_attempt_at=lead.last_attempt_at,
            last_outcome=lead.last_outcome,
            rest_until=lead.rest_until,
            callback_at=lead.callback_at,
            follow_up=lead.follow_up_at is not None,
            in_call=not busy.isdisjoint(theirs) or (lead.call_id is not None and lead.call_id != ignore_call),
            recent_calls=tuple(at for phone in theirs for at in placed.get(phone, ())),
        )
        known.append(Known(lead, customer, facts, chosen or customer.phone))
    return known


async def _tried(session: Session, lead_ids: Sequence[UUID]) -> dict[UUID, dict[str, Tried]]:
    found: dict[UUID, dict[str, Tried]] = {}
    for row in await session.execute(_TRIED, {"leads": list(lead_ids)}):
        found.setdefault(row.subject_id, {})[row.to_number] = Tried(row.calls, row.reached)
    return found


async def _mailed(
    session: Session, leads: Iterable[Lead], campaigns: dict[UUID, Campaign]
) -> dict[tuple[UUID, UUID], tuple[date | None, date | None]]:
    pairs = [(campaigns[lead.campaign_id].mailing_id, lead.customer_id) for lead in leads]
    rows = await session.execute(_MAILED, {"mailings": [m for m, _ in pairs], "customers": [c for _, c in pairs]})
    return {(row.mailing_id, row.customer_id): (row.replied_on, row.returned_on) for row in rows}
