"""From a posted mailing to leads: set-based, with a reason for everyone who is left out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text

from callcenter.kit.db import Session
from campaigns.plans import notices
from campaigns.plans.models import Campaign, CampaignState
from campaigns.plans.schemas import Calendar, Day, Filled
from campaigns.schedule.rules import CallingRules, ConsentPolicy
from campaigns.targeting import service as targeting

# The first reason that holds. Somebody who bought on this mailing already, in whichever campaign, is not pitched.
_VERDICT = """
    SELECT r.customer_id, r.posted_on, c.timezone, l.id AS lead_id,
      CASE WHEN r.posted_on IS NULL THEN 'not_posted'
           WHEN r.replied_on IS NOT NULL THEN 'replied'
           WHEN r.returned_on IS NOT NULL THEN 'returned'
           WHEN d.phone IS NOT NULL THEN 'do_not_call'
           WHEN c.consent = 'refused' THEN 'consent_refused'
           WHEN :consent_needed AND c.consent <> 'given' THEN 'consent_missing'
           WHEN EXISTS (SELECT 1 FROM call_results k JOIN campaigns o ON o.id = k.campaign_id
                        WHERE k.customer_id = r.customer_id AND k.order_id IS NOT NULL
                          AND o.mailing_id = r.mailing_id) THEN 'bought'
           WHEN (CAST(:now AS timestamptz) AT TIME ZONE c.timezone)::date > r.posted_on + :days_to THEN 'expired'
      END AS reason
    FROM mailing_recipients r
    JOIN customers c ON c.id = r.customer_id
    LEFT JOIN do_not_call d ON d.phone = c.phone
    LEFT JOIN leads l ON l.campaign_id = :campaign AND l.customer_id = r.customer_id
    WHERE r.mailing_id = :mailing
"""
_COUNT = text(
    f"""
    SELECT CASE WHEN lead_id IS NOT NULL THEN 'already' ELSE COALESCE(reason, 'added') END AS what, count(*) AS n
    FROM ({_VERDICT}) v GROUP BY 1
    """
)
_INSERT = """
    INSERT INTO leads (id, campaign_id, customer_id, posted_on, first_day, last_day, score, score_reasons,
                       score_model_id, state, timezone, attempts, fruitless, call_no, version)
    SELECT gen_random_uuid(), :campaign, v.customer_id, v.posted_on, v.posted_on + :days_from, v.posted_on + :days_to,
           {score}, {reasons}, CAST(:model AS uuid), 'open', v.timezone, 0, 0, 0, 1
    FROM ({verdict}) v JOIN customers c ON c.id = v.customer_id
    WHERE v.reason IS NULL AND v.lead_id IS NULL
    ON CONFLICT (campaign_id, customer_id) DO NOTHING
"""


def _values(campaign: Campaign, rules: CallingRules, now: datetime) -> dict[str, Any]:
    return {
        "campaign": campaign.id,
        "mailing": campaign.mailing_id,
        "consent_needed": rules.consent is ConsentPolicy.REQUIRED,
        "now": now,
        "days_to": rules.days_to,
    }


async def expect(session: Session, campaign: Campaign, now: datetime) -> Filled:
    """How many of the mailing's recipients would become leads, and why the others not. Changes nothing."""
    rules = CallingRules.from_json(campaign.rules)
    found = {row.what: row.n for row in await session.execute(_COUNT, _values(campaign, rules, now))}
    added, already = found.pop("added", 0), found.pop("already", 0)
    return Filled(recipients=added + already + sum(found.values()), added=added, already=already, skipped=found)


async def fill_from_mailing(session: Session, campaign: Campaign, now: datetime) -> Filled:
    """Make a lead of everyone on the campaign's mailing who may be called; running it again adds only new ones."""
    rules = CallingRules.from_json(campaign.rules)
    # A million leads take longer than a statement of a screen may.
    await session.execute(text("SET LOCAL statement_timeout = 0"))
    counts = await expect(session, campaign, now)
    today = now.date()
    scale = await targeting.in_force(session)
    score, score_values = targeting.score_sql(today, scale=scale)
    reasons, reason_values = targeting.reasons_sql(today, scale=scale)
    values = _values(campaign, rules, now) | score_values | reason_values
    values |= {"days_from": rules.days_from, "model": scale.model_id}
    await session.execute(text(_INSERT.format(score=score, reasons=reasons, verdict=_VERDICT)), values)
    return counts


_DAYS = text(
    "SELECT first_day, last_day, count(*) AS n FROM leads WHERE campaign_id = :campaign AND state = 'open'"
    " GROUP BY first_day, last_day"
)
# A draft has no leads yet: their days are reckoned from the letters of those who would become some.
_DAYS_OF_A_DRAFT = text(
    f"""
    SELECT posted_on + :days_from AS first_day, posted_on + :days_to AS last_day, count(*) AS n
    FROM ({_VERDICT}) v WHERE reason IS NULL AND lead_id IS NULL GROUP BY posted_on
    """
)
MAX_DAYS = 120


async def days_of_a_draft(session: Session, campaign: Campaign, now: datetime) -> list[Any]:
    """(first_day, last_day, n) of the recipients who would become leads; of a campaign that was opened, none."""
    if campaign.state != CampaignState.DRAFT.value:
        return []
    rules = CallingRules.from_json(campaign.rules)
    given = _values(campaign, rules, now) | {"days_from": rules.days_from}
    return list(await session.execute(_DAYS_OF_A_DRAFT, given))


async def preview(session: Session, campaign: Campaign, today: date, now: datetime) -> Calendar:
    """Day by day from today: how many leads may be called, begin, and have their last day (of a draft: would)."""
    rules = CallingRules.from_json(campaign.rules)
    ranges = list(await session.execute(_DAYS, {"campaign": campaign.id}))
    ranges += await days_of_a_draft(session, campaign, now)
    expected = await expect(session, campaign, now)
    last = max((row.last_day for row in ranges), default=today)
    days = []
    for ahead in range(min(MAX_DAYS, max(0, (last - today).days + 1))):
        day = today + timedelta(days=ahead)
        days.append(
            Day(
                day=day,
                open=rules.is_open_day(day) and rules.is_legal_day(day),
                callable=sum(row.n for row in ranges if row.first_day <= day <= row.last_day),
                starting=sum(row.n for row in ranges if row.first_day == day),
                last=sum(row.n for row in ranges if row.last_day == day),
            )
        )
    return Calendar(days=days, expected=expected, warnings=notices.of_calendar(rules, today, last))
