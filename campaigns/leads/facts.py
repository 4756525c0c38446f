"""From rows to the plain facts that the gate judges: a few set-based reads for a whole batch of leads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from callcenter.kit.db import Session
from campaigns.leads.models import Lead
from campaigns.leads.zones import possible_zones
from campaigns.plans.models import Campaign, CampaignState
from campaigns.schedule.rules import CallingRules, LeadFacts
from crm_sync.customers.models import Customer
from crm_sync.do_not_call import service as do_not_call

# Everybody a call was ever placed to, whatever became of it; a customer only looked at in preview was not called.
_CALLS = text(
    "SELECT to_number, array_agg(created_at) FILTER (WHERE state <> 'reserved') AS placed,"
    " array_agg(id) FILTER (WHERE state <> 'ended') AS live"
    " FROM calls WHERE to_number = ANY(:phones) AND (created_at > :since OR state <> 'ended')"
    " AND outcome IS DISTINCT FROM 'skipped' GROUP BY to_number"
)
_MAILED = text(
    "SELECT m.mailing_id, m.customer_id, m.replied_on, m.returned_on"
    " FROM unnest(CAST(:mailings AS uuid[]), CAST(:customers AS uuid[])) AS w (mailing_id, customer_id)"
    " JOIN mailing_recipients m USING (mailing_id, customer_id)"
    " WHERE m.replied_on IS NOT NULL OR m.returned_on IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class Known:
    """A lead with its customer, and the facts for the gate."""

    lead: Lead
    customer: Customer
    facts: LeadFacts


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
    phones = sorted({c.phone for c in customers.values()})
    listed = await do_not_call.which_listed(session, phones)
    since = now - timedelta(seconds=max(r.longest_cap_s() for r in rules.values()))
    placed: dict[str, tuple[datetime, ...]] = {}
    busy: set[str] = set()
    for row in await session.execute(_CALLS, {"phones": phones, "since": since}):
        placed[row.to_number] = tuple(row.placed or ())
        if any(call_id != ignore_call for call_id in row.live or ()):
            busy.add(row.to_number)
    mailed = await _mailed(session, leads, campaigns)
    known = []
    for lead in leads:
        customer = customers[lead.customer_id]
        replied, returned = mailed.get((campaigns[lead.campaign_id].mailing_id, customer.id), (None, None))
        facts = LeadFacts(
            posted_on=lead.posted_on,
            timezone=customer.timezone,
            possible_zones=possible_zones(customer.phone, timezone_known=customer.timezone_known),
            closed_reason=lead.closed_reason,
            campaign_open=campaigns[lead.campaign_id].state == CampaignState.OPEN.value,
            consent=customer.consent,
            do_not_call=customer.phone in listed,
            replied=replied is not None,
            returned=returned is not None,
            attempts=lead.attempts,
            fruitless=lead.fruitless,
            last_attempt_at=lead.last_attempt_at,
            last_outcome=lead.last_outcome,
            rest_until=lead.rest_until,
            callback_at=lead.callback_at,
            follow_up=lead.follow_up_at is not None,
            in_call=customer.phone in busy or (lead.call_id is not None and lead.call_id != ignore_call),
            recent_calls=placed.get(customer.phone, ()),
        )
        known.append(Known(lead, customer, facts))
    return known


async def _mailed(
    session: Session, leads: Iterable[Lead], campaigns: dict[UUID, Campaign]
) -> dict[tuple[UUID, UUID], tuple[date | None, date | None]]:
    pairs = [(campaigns[lead.campaign_id].mailing_id, lead.customer_id) for lead in leads]
    rows = await session.execute(_MAILED, {"mailings": [m for m, _ in pairs], "customers": [c for _, c in pairs]})
    return {(row.mailing_id, row.customer_id): (row.replied_on, row.returned_on) for row in rows}
