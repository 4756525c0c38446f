"""What the tests of campaigns share: times, and calls made by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.calls.models import Call
from callcenter.kit.db import Session
from campaigns.dispositions import service as dispositions
from campaigns.dispositions.models import CallResult
from campaigns.leads import service as leads
from campaigns.leads.models import Lead
from campaigns.plans.models import Campaign
from campaigns.schedule.rules import CallingRules
from crm_sync.customers.models import Customer

SHANGHAI = ZoneInfo("Asia/Shanghai")
RULES = CallingRules()


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A time in Shanghai in March 2026."""
    return datetime(2026, 3, day, hour, minute, second, tzinfo=SHANGHAI).astimezone(UTC)


NOW = at(9, 10)


async def make_call(session: Session, lead: Lead, **given: Any) -> Call:
    customer = await session.get_one(Customer, lead.customer_id)
    values = {
        "queue_id": lead.campaign_id,
        "subject_id": lead.id,
        "customer_id": lead.customer_id,
        "attempt_no": lead.call_no + 1,
        "mode": "predictive",
        "to_number": customer.phone,
        "from_number": "+864001234567",
        "state": "launching",
        "created_at": NOW,
        "carrier": "simulated",
    } | given
    call = Call(**values)
    session.add(call)
    await session.flush()
    return call


async def ended_call(session: Session, lead: Lead, outcome: str, when: datetime, **given: Any) -> Call:
    return await make_call(
        session, lead, state="ended", outcome=outcome, created_at=when, ended_at=when + timedelta(seconds=20), **given
    )


async def attempt(session: Session, campaign: Campaign, now: datetime) -> tuple[Lead, Call]:
    """Claim one lead and start its call."""
    [one] = await leads.claim(session, campaign, RULES, now, 1)
    call = await make_call(session, one.lead, created_at=now, launched_at=now, attempt_no=one.attempt_no)
    await leads.start_attempt(session, one.lead, call.id, now)
    return one.lead, call


async def end(session: Session, call: Call, outcome: str, now: datetime, **given: Any) -> None:
    """The call ends without an agent."""
    call.state, call.outcome, call.ended_at = "ended", outcome, now
    for name, value in given.items():
        setattr(call, name, value)
    await session.flush()
    await leads.finish_attempt(session, call, now, RULES)


async def talked(session: Session, campaign: Campaign, now: datetime, agent_id: Any = None) -> tuple[Lead, Call]:
    """Claim one lead, and let its call be a conversation that has just ended."""
    lead, call = await attempt(session, campaign, now)
    call.state, call.outcome, call.ended_at, call.agent_id = "ended", "talked", now, agent_id
    call.answered_at = call.connected_at = now
    await session.flush()
    return lead, call


async def save(session: Session, call: Call, code: str, now: datetime, **given: Any) -> CallResult:
    values: dict[str, Any] = {
        "agent_id": call.agent_id,
        "note": "",
        "callback_at": None,
        "order_id": None,
        "rules": RULES,
    } | given
    return await dispositions.save(session, call=call, code=code, now=now, **values)
