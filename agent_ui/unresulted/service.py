"""Saving the result of a talk for the agent who is gone."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from agent_ui.live.commands import Desk, take_order
from agent_ui.unresulted import repository
from agent_ui.unresulted.schemas import ResultOnBehalf, UnresultedCall
from callcenter.agents import service as agents
from callcenter.calls import service as calls
from callcenter.domain.agent import AgentState
from callcenter.kit.db import Session
from callcenter.kit.errors import Conflict
from callcenter.people.audit import audit
from callcenter.people.models import User
from campaigns.dispositions import service as dispositions
from campaigns.plans.models import Campaign
from campaigns.schedule.rules import from_json

AWAY_MIN = 5
"""[D] Real minutes without a console after which a supervisor may step in."""
KEEP = timedelta(days=30)
"""How far back is looked: what is older no longer changes what follows."""


async def page(
    session: Session, now: datetime, away_min: float, limit: int, offset: int
) -> tuple[list[UnresultedCall], int]:
    return await repository.page(session, now - KEEP, away_min * 60, limit, offset)


async def save(session: Session, now: datetime, user: User, call_id: UUID, given: ResultOnBehalf) -> None:
    """The result of a talk, saved by `user` for its agent; an agent who still held it is signed off.

    Raises:
        Conflict: the agent is there (or was until a moment ago), or the talk has its result.
        BadInput, UnknownDisposition: as for the agent.
    """
    call = await calls.locked(session, call_id)
    waiting, _ = await repository.page(session, now - KEEP, agents.GRACE_S, 1, 0, call_id)
    if not waiting:
        raise Conflict(
            code="agent_is_there",
            why_zh="该通话已有结果，或其坐席仍在岗，应由坐席本人保存。",
            why_en="This talk has its result, or its agent is at their desk and has to save it themselves.",
        )
    desk = Desk(session, user, now)
    campaign = await session.get_one(Campaign, call.queue_id)
    order_id = await take_order(desk, call, campaign, given.order) if given.order is not None else None
    await dispositions.save(
        session,
        call=call,
        agent_id=call.agent_id,
        code=given.code,
        note=given.note,
        callback_at=given.callback_at,
        order_id=order_id,
        now=now,
        rules=from_json(campaign.rules),
        saved_by=user.id,
    )
    detail = {"code": given.code, "agent_id": str(call.agent_id)}
    await audit(session, now, user, "disposition_saved_on_behalf", "call", str(call.id), detail)
    if waiting[0].held:
        agent = await agents.locked(session, waiting[0].agent_id)
        if agent.call_id == call.id and agent.state == AgentState.WRAP_UP.value:
            await agents.sign_off(session, agent, now, disposition_saved=True)
