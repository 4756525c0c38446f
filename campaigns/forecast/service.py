"""What the forecast is reckoned from: the open leads by their days, the promises, and the campaign's own pace."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from callcenter.kit.db import Session
from campaigns.forecast import rules as judgement
from campaigns.forecast.rules import Group, Pace, Return, Step
from campaigns.forecast.schemas import Basis, ForecastDay, ForecastOut
from campaigns.plans import filling, notices
from campaigns.plans.models import Campaign
from campaigns.schedule.rules import CallingRules

LOOK_BACK = timedelta(days=14)
ENOUGH_ATTEMPTS = 100
ENOUGH_HOURS = 2.0
"""Fewer own attempts or agent-hours than these say little: the stated default is used."""
_STEP_S = 3600.0
_NEVER_BACK = "-"
_PROMISED_KEY = "promised"

# Promised ones are reckoned apart: they have their day already.
_GROUPS = text(
    """
    SELECT first_day, last_day, CASE WHEN call_no = 0 THEN 0 ELSE GREATEST(1, LEAST(fruitless, :most)) END AS tries,
      count(*) AS n FROM leads
    WHERE campaign_id = :campaign AND state = 'open' AND callback_at IS NULL AND follow_up_at IS NULL
      AND last_day >= :today
    GROUP BY 1, 2, 3
    """
)
_PROMISED = text(
    """
    SELECT GREATEST((COALESCE(callback_at, follow_up_at) AT TIME ZONE :zone)::date, :today) AS day, count(*) AS n
    FROM leads WHERE campaign_id = :campaign AND state = 'open' AND COALESCE(callback_at, follow_up_at) IS NOT NULL
    GROUP BY 1
    """
)
# What became of each attempt: the outcome, or for a saved talk what its result leads to. A lead that is closed, or
# waits for a time of its own, does not come back by itself.
_ENDED = text(
    """
    SELECT CASE WHEN c.outcome <> 'talked' THEN c.outcome
                WHEN d.code IS NULL THEN 'talked'
                WHEN d.closes_lead IS NOT NULL OR d.do_not_call THEN '-'
                WHEN r.callback_at IS NOT NULL OR d.follow_up_case <> 'not_reached' THEN 'promised'
                ELSE 'talked' END AS what,
      CASE WHEN c.outcome = 'talked' THEN COALESCE(d.retry_after_s, 3600 * g.every_h) END AS after_s, count(*) AS n,
      avg(GREATEST(0, extract(epoch FROM COALESCE(r.callback_at, c.created_at + make_interval(
          secs => COALESCE(d.retry_after_s, 3600 * g.every_h, 86400))) - c.created_at))) AS wait_s
    FROM calls c LEFT JOIN call_results r ON r.call_id = c.id LEFT JOIN dispositions d ON d.code = r.code
    LEFT JOIN follow_up_rhythms g ON g.grade = d.grade
    WHERE c.queue_id = :campaign AND c.created_at >= :since AND c.created_at < :now AND c.launched_at IS NOT NULL
      AND c.state = 'ended' AND c.outcome <> 'skipped'
    GROUP BY 1, 2
    """
)
# Agents' working time inside the calling hours: whoever waits for a window to open makes no calls.
_HOURS = text(
    """
    SELECT COALESCE(sum(extract(epoch FROM LEAST(COALESCE(until_at, :now), w.closes, :now)
                                 - GREATEST(from_at, w.opens))), 0) / 3600.0 AS hours
    FROM unnest(CAST(:opens AS timestamptz[]), CAST(:closes AS timestamptz[])) AS w (opens, closes)
    JOIN agent_state_log a ON a.from_at < LEAST(w.closes, :now) AND COALESCE(a.until_at, :now) > w.opens
    WHERE a.queue_id = :campaign AND a.state IN ('ready', 'previewing', 'dialing', 'talking', 'wrap_up')
    """
)
_SIGNED_ON = text("SELECT count(*) FROM agents WHERE queue_id = :campaign AND state <> 'offline'")


async def forecast(
    session: Session, campaign: Campaign, now: datetime, zone: ZoneInfo, agents: int | None
) -> ForecastOut:
    """The calendar of `campaign` from today in `zone`, with `agents`, by default those who are signed on."""
    rules = CallingRules.from_json(campaign.rules)
    today = now.astimezone(zone).date()
    groups = await _groups(session, campaign.id, today, rules.attempts_max)
    for row in await filling.days_of_a_draft(session, campaign, now):
        groups.append(Group(row.first_day, row.last_day, (float(row.n), *[0.0] * (rules.attempts_max - 1))))
    given = {"campaign": campaign.id, "zone": zone.key, "today": today}
    promised = {row.day: float(row.n) for row in await session.execute(_PROMISED, given)}
    basis, pace = await _basis(session, campaign.id, rules, now, zone, agents)
    last = max((group.last_day for group in groups), default=today)
    found = judgement.forecast(groups, steps(rules, now, zone, last), promised, today, basis.agents, pace)
    return ForecastOut(
        campaign_id=campaign.id,
        at=now,
        days=[
            ForecastDay(
                day=day.day,
                is_open=day.is_open,
                **{
                    name: round(getattr(day, name))
                    for name in ForecastDay.model_fields
                    if name not in ("day", "is_open")
                },
            )
            for day in found.days
        ],
        uncalled=round(sum(group.by_attempts[0] for group in groups)),
        lost=round(found.lost),
        lost_anyway=round(found.lost_anyway),
        agents_needed=found.agents_needed,
        basis=basis,
        warnings=notices.of_calendar(rules, today, last),
    )


async def _groups(session: Session, campaign_id: UUID, today: date, attempts_max: int) -> list[Group]:
    most = attempts_max - 1
    found: dict[tuple[date, date], list[float]] = {}
    given = {"campaign": campaign_id, "today": today, "most": most}
    for row in await session.execute(_GROUPS, given):
        found.setdefault((row.first_day, row.last_day), [0.0] * attempts_max)[row.tries] += row.n
    return [Group(first, last, tuple(counts)) for (first, last), counts in found.items()]


async def _basis(
    session: Session, campaign_id: UUID, rules: CallingRules, now: datetime, zone: ZoneInfo, agents: int | None
) -> tuple[Basis, Pace]:
    since = now - LOOK_BACK
    given: dict[str, Any] = {"campaign": campaign_id, "since": since, "now": now}
    ended = (await session.execute(_ENDED, given)).all()
    hours = await _hours_worked(session, campaign_id, rules, since, now, zone)
    attempts = sum(row.n for row in ended)
    enough = attempts >= ENOUGH_ATTEMPTS
    paced = enough and hours >= ENOUGH_HOURS
    calls = attempts / hours if paced else judgement.DEFAULT_CALLS_PER_HOUR
    pace = _pace(ended, attempts, rules, calls) if enough else _default_pace(rules, calls)
    signed_on: int = (await session.execute(_SIGNED_ON, {"campaign": campaign_id})).scalar_one()
    basis = Basis(
        agents=signed_on if agents is None else agents,
        agents_from="signed_on" if agents is None else "given",
        calls_per_agent_hour=calls,
        calls_from="own_calls" if paced else "default",
        again=pace.again,
        promised=pace.promised,
        again_from="own_calls" if enough else "default",
        attempts_seen=attempts,
        agent_hours_seen=hours,
        hours_a_day=sum(end - start for _, start, end in _usable(rules)) / 3600,
    )
    return basis, pace


def _default_pace(rules: CallingRules, calls: float) -> Pace:
    retry = rules.retry_for("no_answer")
    again = Return(judgement.DEFAULT_AGAIN, retry.after_s, retry.other_window)
    return Pace(calls, (again,), attempts_max=rules.attempts_max, first_calls_first=rules.first_calls_first)


def _pace(ended: Sequence[Any], attempts: int, rules: CallingRules, calls: float) -> Pace:
    """Shares of the attempts that come back, after how long, and of those that are promised a call."""
    back: dict[tuple[float, bool, bool], float] = {}
    promised, wait = 0, 0.0
    for row in ended:
        if row.what == _PROMISED_KEY:
            promised += row.n
            wait += row.n * float(row.wait_s)
        elif row.what != _NEVER_BACK:
            retry = rules.retry_for(row.what)
            if retry.close_after == 1:
                continue
            key = (float(row.after_s or retry.after_s), retry.other_window, retry.counts)
            back[key] = back.get(key, 0.0) + row.n / attempts
    return Pace(
        calls,
        tuple(Return(share, after, other, counts) for (after, other, counts), share in sorted(back.items())),
        promised / attempts,
        max(1, round(wait / promised / 86_400)) if promised else 1,
        rules.attempts_max,
        rules.first_calls_first,
    )


def _usable(rules: CallingRules) -> list[tuple[int, float, float]]:
    """(number of the calling window, its start, its end) as far as the law lets it be used, in seconds of the day."""
    found = []
    for number, window in enumerate(rules.windows):
        for legal in rules.legal_windows:
            start, end = max(window.start, legal.start), min(window.end, legal.end)
            if start < end:
                found.append((number, _seconds(start), _seconds(end)))
    return found


def _seconds(at: time) -> float:
    return float(at.hour * 3600 + at.minute * 60 + at.second)


def steps(rules: CallingRules, now: datetime, zone: ZoneInfo, last: date) -> list[Step]:
    """The calling hours left from `now` to the end of `last`, in pieces of at most an hour."""
    local = now.astimezone(zone)
    found: list[Step] = []
    for ahead in range(max(0, (last - local.date()).days) + 1):
        day = local.date() + timedelta(days=ahead)
        if not rules.is_open_day(day) or not rules.is_legal_day(day):
            continue
        gone = _seconds(local.time()) if ahead == 0 else 0.0
        for window, opens, closes in _usable(rules):
            start = max(opens, gone)
            while start < closes:
                end = min(closes, start + _STEP_S)
                found.append(Step(day, window, start, end))
                start = end
    return found


async def _hours_worked(
    session: Session, campaign_id: UUID, rules: CallingRules, since: datetime, now: datetime, zone: ZoneInfo
) -> float:
    opens: list[datetime] = []
    closes: list[datetime] = []
    for step in steps(rules, since, zone, now.astimezone(zone).date()):
        midnight = datetime.combine(step.day, time.min, zone)
        opens.append((midnight + timedelta(seconds=step.start_s)).astimezone(UTC))
        closes.append((midnight + timedelta(seconds=step.end_s)).astimezone(UTC))
    given = {"campaign": campaign_id, "now": now, "opens": opens, "closes": closes}
    return float((await session.execute(_HOURS, given)).scalar_one())
