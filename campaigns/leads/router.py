"""REST: the leads of a campaign, the funnel, and "why is this one not called now?"."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy import text

from callcenter.kit.errors import Unavailable
from callcenter.kit.http import PROBLEMS, DbSession, Now
from callcenter.kit.paging import MAX_PAGE, Page
from callcenter.people.access import require
from callcenter.people.models import Role, User
from campaigns.leads import service
from campaigns.leads.funnels import shared
from campaigns.leads.models import ClosedReason, LeadState
from campaigns.leads.schemas import LeadRow, Why
from campaigns.plans import service as plans
from campaigns.plans.schemas import FunnelOut
from campaigns.schedule.rules import describe
from crm_sync.phones import mask_phone

router = APIRouter(prefix="/api", tags=["leads"], responses=PROBLEMS)

Reader = Annotated[User, Depends(require(Role.SUPERVISOR, Role.MARKETING))]

_PATIENCE_S = 2.0
"""Real seconds a supervisor waits for a fresh funnel before the last known one is shown, with its age."""
_WHERE = """
    FROM leads l JOIN customers c ON c.id = l.customer_id
    WHERE l.campaign_id = :campaign AND (CAST(:state AS text) IS NULL OR l.state = :state)
      AND (CAST(:closed AS text) IS NULL OR l.closed_reason = :closed)
      AND (CAST(:customer AS uuid) IS NULL OR l.customer_id = :customer)
"""


@router.get("/campaigns/{campaign_id}/leads", summary="Leads of a campaign, in calling order")
async def list_leads(
    campaign_id: UUID,
    session: DbSession,
    _user: Reader,
    state: LeadState | None = None,
    closed_reason: ClosedReason | None = None,
    customer_id: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Page[LeadRow]:
    await plans.get(session, campaign_id)
    given: dict[str, Any] = {
        "campaign": campaign_id,
        "state": state.value if state else None,
        "closed": closed_reason.value if closed_reason else None,
        "customer": customer_id,
    }
    total: int = (await session.execute(text(f"SELECT count(*) {_WHERE}"), given)).scalar_one()
    rows = await session.execute(
        text(
            "SELECT l.id, l.customer_id, c.name AS customer_name, c.phone, c.province, c.city, l.timezone, l.posted_on,"
            " l.first_day, l.last_day, l.score, l.score_reasons, l.state, l.closed_reason, l.attempts,"
            " CASE WHEN l.score_model_id IS NULL THEN 'card' ELSE 'model' END AS score_by,"
            " l.last_attempt_at, l.last_outcome, l.callback_at, l.follow_up_at, l.call_id IS NOT NULL AS in_call"
            f" {_WHERE} ORDER BY l.last_day, l.score DESC, l.id LIMIT :limit OFFSET :offset"
        ),
        given | {"limit": limit, "offset": offset},
    )
    found = []
    for row in rows:
        values = dict(row._mapping)
        found.append(LeadRow(masked_phone=mask_phone(values.pop("phone")), **values))
    return Page(rows=found, total=total)


@router.get("/campaigns/{campaign_id}/funnel", summary="Why each lead is, or is not, called now")
async def campaign_funnel(campaign_id: UUID, session: DbSession, now: Now, _user: Reader) -> FunnelOut:
    await plans.get(session, campaign_id)
    cache = shared(session)
    found = (await cache.of(session, [campaign_id], now, grace_s=_PATIENCE_S, at_least=now)).get(campaign_id)
    if found is None:
        # The first look at a huge campaign: the console asks again, and shows that it is being counted.
        raise Unavailable(what_zh="漏斗（正在统计）", what_en="The funnel (it is being counted)")
    return FunnelOut(
        campaign_id=campaign_id,
        at=found.at,
        funnel_as_of=found.at,
        total=found.total,
        open=found.open,
        closed=found.closed,
        callable_now=found.callable_now,
        callable_today=found.callable_today,
        expiring_today=found.expiring_today,
        callbacks_overdue=found.callbacks_overdue,
    )


@router.get("/leads/{lead_id}/why", summary="Why not now, and when next?")
async def why(lead_id: UUID, session: DbSession, now: Now, _user: Reader) -> Why:
    verdict = await service.why(session, lead_id, now)
    return Why(
        lead_id=lead_id,
        at=now,
        allowed=verdict.allowed,
        reason=verdict.reason,
        grounds=verdict.grounds,
        next_at=verdict.next_at,
        zh=describe(verdict, "zh"),
        en=describe(verdict, "en"),
        detail=verdict.detail,
    )
