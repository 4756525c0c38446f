"""Composing cards: what the agents of a whole batch of calls will see, in a handful of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text

from callcenter.kit.db import Session
from campaigns.leads.card import (
    Card,
    CardCustomer,
    CardFollowUp,
    CardMailing,
    HistoryItem,
    HistoryKind,
)
from campaigns.plans.models import Campaign
from campaigns.schedule.rules import CallingRules
from campaigns.schedule.windows import local_date, zone
from crm_sync.customers.models import Customer
from crm_sync.phones import mask_phone

if TYPE_CHECKING:
    from campaigns.leads.service import Claimed

HISTORY_MAX = 20

_WAVES = text(
    "SELECT c.id AS campaign_id, m.name, m.brochure_id, b.title FROM campaigns c JOIN mailings m ON m.id = c.mailing_id"
    " JOIN brochures b ON b.id = m.brochure_id WHERE c.id = ANY(CAST(:campaigns AS uuid[]))"
)
_FOLLOW_UPS = text(
    'SELECT lead_id, "case", reason, due_at FROM follow_ups'
    " WHERE lead_id = ANY(CAST(:leads AS uuid[])) AND state = 'due'"
)
# One branch a kind, each at most HISTORY_MAX of a customer by index; merged and cut once more.
_HISTORY = text(
    """
    SELECT w.customer_id, h.* FROM unnest(CAST(:customers AS uuid[])) AS w (customer_id)
    CROSS JOIN LATERAL (
      (SELECT k.created_at AS at, 'call' AS kind, COALESCE(k.disposition, k.outcome, 'unknown') AS code,
              k.note AS text, u.name AS by, k.talk_s
       FROM calls k LEFT JOIN users u ON u.id = k.agent_id
       WHERE k.customer_id = w.customer_id AND k.state = 'ended' AND k.outcome IS DISTINCT FROM 'skipped'
       ORDER BY k.created_at DESC LIMIT :most)
      UNION ALL
      (SELECT k.saved_at, 'order', 'order_taken', '', u.name, NULL
       FROM call_results k LEFT JOIN users u ON u.id = k.by
       WHERE k.customer_id = w.customer_id AND k.order_id IS NOT NULL ORDER BY k.saved_at DESC LIMIT :most)
      UNION ALL
      (SELECT (r.posted_on::timestamp AT TIME ZONE c.timezone), 'mailing',
              CASE WHEN r.returned_on IS NOT NULL THEN 'returned' WHEN r.replied_on IS NOT NULL THEN 'replied'
                   ELSE 'posted' END, m.name, NULL, NULL
       FROM mailing_recipients r JOIN mailings m ON m.id = r.mailing_id JOIN customers c ON c.id = r.customer_id
       WHERE r.customer_id = w.customer_id AND r.posted_on IS NOT NULL ORDER BY r.posted_on DESC LIMIT :most)
      UNION ALL
      (SELECT f.created_at, 'follow_up', f."case", f.reason, u.name, NULL
       FROM follow_ups f JOIN leads l ON l.id = f.lead_id LEFT JOIN users u ON u.id = f.owner_id
       WHERE l.customer_id = w.customer_id ORDER BY f.created_at DESC LIMIT :most)
    ) AS h
    ORDER BY w.customer_id, h.at DESC
    """
)


async def compose_cards(
    session: Session, claimed: Sequence[Claimed], now: datetime, simulated: bool
) -> dict[UUID, Card]:
    """Cards by lead id. Does not change anything.

    `simulated`: whether the calls run over the simulated network; the screen says so.
    """
    if not claimed:
        return {}
    leads = [one.lead for one in claimed]
    campaign_ids = list({lead.campaign_id for lead in leads})
    campaigns = {cid: await session.get_one(Campaign, cid) for cid in campaign_ids}
    attempts_max = {cid: CallingRules.from_json(c.rules).attempts_max for cid, c in campaigns.items()}
    waves = {row.campaign_id: row for row in await session.execute(_WAVES, {"campaigns": campaign_ids})}
    due = {
        row.lead_id: CardFollowUp(case=row.case, reason=row.reason, due_at=row.due_at)
        for row in await session.execute(_FOLLOW_UPS, {"leads": [lead.id for lead in leads]})
    }
    history = await history_of(session, [one.customer.id for one in claimed])
    cards: dict[UUID, Card] = {}
    for one in claimed:
        lead, customer, wave = one.lead, one.customer, waves[one.lead.campaign_id]
        today = local_date(now, zone(customer.timezone))
        cards[lead.id] = Card(
            lead_id=lead.id,
            campaign_id=lead.campaign_id,
            campaign_name=campaigns[lead.campaign_id].name,
            script_id=campaigns[lead.campaign_id].script_id,
            customer=_customer(customer, one.phone),
            mailing=CardMailing(
                name=wave.name,
                brochure_id=wave.brochure_id,
                brochure_title=wave.title,
                posted_on=lead.posted_on,
                day_n=(today - lead.posted_on).days,
                first_day=lead.first_day,
                last_day=lead.last_day,
            ),
            score=lead.score,
            score_reasons=lead.score_reasons,
            attempt_no=lead.attempts + 1,
            attempts_max=attempts_max[lead.campaign_id],
            callback_at=lead.callback_at,
            follow_up=due.get(lead.id),
            history=history.get(customer.id, []),
            simulated=simulated,
        )
    return cards


async def history_of(session: Session, customer_ids: Sequence[UUID]) -> dict[UUID, list[HistoryItem]]:
    """The timelines of customers over all campaigns: newest first, at most HISTORY_MAX lines each."""
    rows = await session.execute(_HISTORY, {"customers": list(set(customer_ids)), "most": HISTORY_MAX})
    found: dict[UUID, list[HistoryItem]] = defaultdict(list)
    for row in rows:
        lines = found[row.customer_id]
        if len(lines) < HISTORY_MAX:
            lines.append(
                HistoryItem(
                    at=row.at,
                    kind=HistoryKind(row.kind),
                    code=row.code,
                    text=row.text or "",
                    by=row.by,
                    talk_s=row.talk_s,
                )
            )
    return dict(found)


def _customer(customer: Customer, phone: str) -> CardCustomer:
    return CardCustomer(
        id=customer.id,
        name=customer.name,
        masked_phone=mask_phone(phone),
        gender=customer.gender,
        birth_year=customer.birth_year,
        province=customer.province,
        city=customer.city,
        address=customer.address,
        occupation=customer.occupation,
        company=customer.company,
        interests=customer.interests,
        source=customer.source,
        timezone=customer.timezone,
        last_purchase_on=customer.last_purchase_on,
        total_purchases_fen=customer.total_purchases_fen,
        attributes=customer.attributes,
    )
