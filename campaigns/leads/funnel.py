"""The funnel: why each lead of a campaign is, or is not, called at this instant, counted by reason in one query.

The same rules as `schedule.rules.eligibility`, in the same order, over all leads at once. A test holds the
two to the same answer. What depends on a clock only (windows, legal hours, dates) is judged here per time
zone and handed to SQL as a small table; what depends on the person is judged in SQL. Two differences are meant:
a lead for which no permitted time is left is counted under the obstacle it meets now, and one that waits for
another window although none of the others can come (only closed days follow, or the law of a guessed zone
leaves one window) is not seen as having its last chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from callcenter.kit.db import Session
from campaigns.leads.zones import REGION_CHARS, zones_of_region
from campaigns.plans.models import Campaign, CampaignState
from campaigns.schedule.holidays import is_holiday
from campaigns.schedule.rules import CallingRules, ConsentPolicy, ReasonCode
from campaigns.schedule.windows import Window, next_inside, window_at, zone

_FOR_GOOD = (
    "do_not_call",
    "no_number",
    "consent_refused",
    "consent_missing",
    "replied",
    "returned_mail",
    "exhausted",
    "expired",
    "campaign_not_open",
)
_GROUPS = text(
    f"""
    SELECT DISTINCT c.timezone, CASE WHEN c.timezone_known THEN '' ELSE left(c.phone, {REGION_CHARS}) END AS region
    FROM leads l JOIN customers c ON c.id = l.customer_id WHERE l.campaign_id = :campaign AND l.state = 'open'
    """
)
_OPEN = """
  WITH groups AS (
    SELECT * FROM unnest(CAST(:zones AS text[]), CAST(:regions AS text[]), CAST(:earliest AS date[]),
                         CAST(:latest AS date[]), CAST(:today AS date[]), CAST(:legal AS bool[]),
                         CAST(:day_open AS bool[]), CAST(:holiday AS bool[]), CAST(:window_no AS int[]),
                         CAST(:until AS timestamptz[]), CAST(:legal_until AS timestamptz[]))
      AS g (zone, region, earliest, latest, today, legal, day_open, holiday, window_no, until, legal_until)
  ), called AS (
    SELECT to_number, created_at, state FROM calls
    WHERE (created_at > :since OR state <> 'ended') AND outcome IS DISTINCT FROM 'skipped'
  ), whose AS (
    SELECT c.id, k.created_at, k.state FROM called k JOIN customers c ON c.phone = k.to_number
    UNION ALL
    SELECT p.customer_id, k.created_at, k.state FROM called k JOIN customer_phones p ON p.phone = k.to_number
      JOIN customers c ON c.id = p.customer_id AND c.phone <> p.phone
  ), recent AS (
    SELECT id, array_agg(created_at ORDER BY created_at DESC) FILTER (WHERE state <> 'reserved') AS placed,
           bool_or(state <> 'ended') AS live
    FROM whose GROUP BY id
  ), numbers AS (
    SELECT p.customer_id, bool_or(p.phone = c.phone AND p.state <> 'usable') AS own_dead,
           bool_or(p.phone <> c.phone AND p.state = 'usable' AND n.phone IS NULL) AS another
    FROM customer_phones p JOIN customers c ON c.id = p.customer_id LEFT JOIN do_not_call n ON n.phone = p.phone
    GROUP BY p.customer_id
  ), facts AS (
    SELECT l.id, l.callback_at, l.rest_until, l.first_day, l.attempts, l.fruitless, l.call_id, l.last_outcome,
           l.last_attempt_at,
           l.last_day + CASE WHEN l.follow_up_at IS NULL THEN 0 ELSE :follow_up_days END AS final_day,
           c.consent, COALESCE(n.own_dead AND NOT n.another, false) AS no_number,
           d.phone IS NOT NULL AS listed, r.replied_on, r.returned_on, k.placed, COALESCE(k.live, false)
             AS live, g.*,
           CASE WHEN l.last_attempt_at IS NULL OR l.callback_at IS NOT NULL
                     OR (l.last_outcome = ANY(CAST(:other_window AS text[]))) IS NOT TRUE THEN NULL
                ELSE (SELECT w.no FROM unnest(CAST(:starts AS time[]), CAST(:ends AS time[]))
                        WITH ORDINALITY AS w (a, b, no)
                      WHERE (l.last_attempt_at AT TIME ZONE c.timezone)::time >= w.a
                        AND (l.last_attempt_at AT TIME ZONE c.timezone)::time < w.b) END AS last_window
    FROM leads l
    JOIN customers c ON c.id = l.customer_id
    JOIN groups g ON g.zone = c.timezone
      AND g.region = CASE WHEN c.timezone_known THEN '' ELSE left(c.phone, {region_chars}) END
    LEFT JOIN mailing_recipients r ON r.mailing_id = :mailing AND r.customer_id = c.id
    LEFT JOIN do_not_call d ON d.phone = c.phone
    LEFT JOIN recent k ON k.id = c.id
    LEFT JOIN numbers n ON n.customer_id = c.id
    WHERE l.campaign_id = :campaign AND l.state = 'open'
  ), judged AS (
    SELECT f.*, CASE
      WHEN listed THEN 'do_not_call'
      WHEN no_number THEN 'no_number'
      WHEN consent = 'refused' THEN 'consent_refused'
      WHEN :consent_needed AND consent <> 'given' THEN 'consent_missing'
      WHEN callback_at IS NULL AND replied_on IS NOT NULL THEN 'replied'
      WHEN callback_at IS NULL AND returned_on IS NOT NULL THEN 'returned_mail'
      WHEN fruitless >= :attempts_max OR attempts >= :attempts_total THEN 'exhausted'
      WHEN callback_at IS NULL AND latest > final_day THEN 'expired'
      WHEN live OR call_id IS NOT NULL THEN 'in_call'
      WHEN NOT :campaign_open THEN 'campaign_not_open'
      WHEN callback_at IS NULL AND earliest < first_day THEN 'too_early'
      WHEN callback_at > :now THEN 'callback_later'
      WHEN rest_until > :now THEN 'resting'
      WHEN {caps} THEN 'cap'
      WHEN placed[1] > CAST(:now AS timestamptz) - make_interval(secs => :min_gap_s) THEN 'min_gap'
      WHEN NOT legal THEN 'legal_hours'
      WHEN callback_at IS NULL AND NOT day_open THEN 'closed_day'
      WHEN callback_at IS NOT NULL AND NOT :legal_holidays AND holiday THEN 'closed_day'
      WHEN callback_at IS NULL AND window_no IS NULL THEN 'outside_window'
      WHEN last_window = window_no AND today < final_day THEN 'other_window'
      ELSE 'allowed' END AS reason
    FROM facts f
  )
  SELECT reason, count(*) AS n,
    count(*) FILTER (WHERE CASE WHEN callback_at IS NOT NULL
        THEN GREATEST(callback_at, rest_until, CAST(:now AS timestamptz)) < legal_until
        ELSE earliest >= first_day AND GREATEST(rest_until, CAST(:now AS timestamptz)) < until END) AS today,
    count(*) FILTER (WHERE callback_at IS NULL AND final_day = today) AS expiring,
    count(*) FILTER (WHERE callback_at < :overdue) AS overdue,
    max(final_day) AS final_day
  FROM judged GROUP BY reason
"""
_CLOSED = text(
    "SELECT closed_reason, count(*) AS n FROM leads WHERE campaign_id = :campaign AND state = 'closed'"
    " GROUP BY closed_reason"
)
_NOT_TODAY = (*_FOR_GOOD, "in_call", "cap")


@dataclass(frozen=True, slots=True)
class Funnel:
    """Counts of one campaign's leads. `open` by what the gate would answer now, `closed` by why."""

    at: datetime
    open: dict[str, int]
    closed: dict[str, int]
    callable_today: int
    """May be called now or, as things stand, later today on the customer's calendar."""
    expiring_today: int
    """Open ones whose last day is today, callbacks not among them."""
    callbacks_overdue: int
    """Promised for more than `rules.callback_owner_s` ago."""
    final_day: date | None = None
    """The last day of the open lead that has the latest one."""

    @property
    def total(self) -> int:
        return sum(self.open.values()) + sum(self.closed.values())

    @property
    def callable_now(self) -> int:
        return self.open.get(ReasonCode.ALLOWED.value, 0)

    @property
    def why_none(self) -> str | None:
        """The reason that holds most open leads back when none may be called, else None."""
        if self.callable_now:
            return None
        if not self.open:
            return "no_leads"
        return max(self.open.items(), key=lambda item: item[1])[0]


async def funnel(session: Session, campaign_id: UUID, now: datetime) -> Funnel:
    """Judge every lead of a campaign at `now`. Some seconds' worth of caching is the caller's business."""
    campaign = await session.get_one(Campaign, campaign_id, populate_existing=True)
    rules = CallingRules.from_json(campaign.rules)
    groups = (await session.execute(_GROUPS, {"campaign": campaign_id})).all()
    values = _values(campaign, rules, now)
    for name in (
        "zones",
        "regions",
        "earliest",
        "latest",
        "today",
        "legal",
        "day_open",
        "window_no",
        "until",
        "holiday",
    ):
        values[name] = []
    values["legal_until"] = []
    for group in groups:
        for name, value in _judge_clock(group.timezone, group.region, rules, now).items():
            values[name].append(value)
    caps, cap_values = _caps(rules, now)
    rows = (await session.execute(text(_OPEN.format(caps=caps, region_chars=REGION_CHARS)), values | cap_values)).all()
    closed = {row.closed_reason: row.n for row in await session.execute(_CLOSED, {"campaign": campaign_id})}
    return Funnel(
        at=now,
        open={row.reason: row.n for row in rows},
        closed=closed,
        callable_today=sum(row.today for row in rows if row.reason not in _NOT_TODAY),
        expiring_today=sum(row.expiring for row in rows if row.reason not in _FOR_GOOD),
        callbacks_overdue=sum(row.overdue for row in rows if row.reason not in _FOR_GOOD),
        final_day=max((row.final_day for row in rows), default=None),
    )


def _values(campaign: Campaign, rules: CallingRules, now: datetime) -> dict[str, Any]:
    return {
        "campaign": campaign.id,
        "mailing": campaign.mailing_id,
        "now": now,
        "since": now - timedelta(seconds=rules.longest_cap_s()),
        "follow_up_days": rules.follow_up_days,
        "other_window": [
            outcome for outcome, row in rules.retry.items() if row.other_window and len(rules.windows) > 1
        ],
        "starts": [window.start for window in rules.windows],
        "ends": [window.end for window in rules.windows],
        "consent_needed": rules.consent is ConsentPolicy.REQUIRED,
        "attempts_max": rules.attempts_max,
        "attempts_total": rules.attempts_total,
        "campaign_open": campaign.state == CampaignState.OPEN.value,
        "min_gap_s": rules.min_gap_s,
        "legal_holidays": rules.legal_holidays,
        "overdue": now - timedelta(seconds=rules.callback_owner_s),
    }


def _caps(rules: CallingRules, now: datetime) -> tuple[str, dict[str, Any]]:
    """The n-th newest call lies within the period of a cap of n."""
    parts = [f"placed[{cap.most}] > :cap_{no}" for no, cap in enumerate(rules.caps)]
    values = {f"cap_{no}": now - timedelta(seconds=cap.within_s) for no, cap in enumerate(rules.caps)}
    return " OR ".join(parts) or "false", values


def _judge_clock(timezone: str, region: str, rules: CallingRules, now: datetime) -> dict[str, Any]:
    """What only the clock decides, for customers of one zone (and, where it is a guess, of one region)."""
    here = zone(timezone)
    zones = [here, *(zone(name) for name in zones_of_region(region))] if region else [here]
    dates = [now.astimezone(where).date() for where in zones]
    today = dates[0]
    day_open = rules.is_open_day(today)
    window = window_at(now, here, rules.windows)
    return {
        "zones": timezone,
        "regions": region,
        "earliest": min(dates),
        "latest": max(dates),
        "today": today,
        "legal": all(next_inside(now, where, rules.legal_windows, rules.legal_weekdays) == now for where in zones),
        "day_open": day_open,
        "holiday": is_holiday(rules.holidays, rules.closed_days, today),
        "window_no": None if window is None else rules.windows.index(window) + 1,
        "until": _end_of_today(rules.windows, today, timezone) if day_open else None,
        "legal_until": _end_of_today(rules.legal_windows, today, timezone),
    }


def _end_of_today(windows: tuple[Window, ...], today: date, timezone: str) -> datetime:
    return datetime.combine(today, windows[-1].end, zone(timezone)).astimezone(UTC)
