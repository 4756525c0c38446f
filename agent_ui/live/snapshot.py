"""The fresh state of one console, read from the tables in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import col, select

from agent_ui.live.figures import UNHEARD
from agent_ui.live.protocol import AgentView, Board, CallView, CampaignFigures, CarrierView, SupervisionView
from agent_ui.live.views import agent_sees, agent_view, call_view, supervision_view
from callcenter.agents import service as agents
from callcenter.agents.models import Agent
from callcenter.calls import company
from callcenter.calls import service as calls
from callcenter.calls.models import Call, Supervision
from callcenter.domain.agent import AgentState
from callcenter.domain.call import CallState
from callcenter.kit.db import Session
from callcenter.people.models import Role, User

BOARD_ROLES = (Role.SUPERVISOR, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Fresh:
    agent: AgentView | None
    call: CallView | None
    board: Board | None
    supervisions: dict[UUID, SupervisionView] = field(default_factory=dict)


async def _supervisions(session: Session, agent_id: UUID | None, *, visible: bool) -> dict[UUID, SupervisionView]:
    """The open ones: all, or those of this agent's calls that they may see."""
    statement = (
        select(Supervision, col(User.name))
        .join(User, col(User.id) == col(Supervision.supervisor_id))
        .where(col(Supervision.ended_at).is_(None))
    )
    if agent_id is not None:
        statement = statement.where(col(Supervision.agent_id) == agent_id)
    found = [supervision_view(company.payload(row), name) for row, name in (await session.execute(statement)).all()]
    return {one.id: one for one in found if agent_id is None or agent_sees(one.how, visible=visible)}


async def read(
    session: Session,
    user: User,
    figures: Mapping[UUID, CampaignFigures],
    *,
    visible: bool = True,
    network: CarrierView = UNHEARD,
) -> Fresh:
    """What `user` is to see now. `figures` and `network` are the last computed gauges; `visible`: whether agents see
    that a supervisor listens."""
    agent = call = board = None
    supervisions: dict[UUID, SupervisionView] = {}
    if user.role == Role.AGENT:
        row = await agents.find(session, user.id)
        agent = agent_view(agents.payload(row)) if row is not None else None
        if row is not None and row.call_id is not None:
            call = call_view(calls.payload(await calls.get(session, row.call_id)), with_card=True)
        supervisions = await _supervisions(session, user.id, visible=visible)
    elif user.role in BOARD_ROLES:
        on_duty = select(Agent).where(Agent.state != AgentState.OFFLINE.value)
        live = select(Call).where(col(Call.state) != CallState.ENDED.value)
        board = Board(
            agents={a.user_id: agent_view(agents.payload(a)) for a in (await session.execute(on_duty)).scalars()},
            calls={c.id: call_view(calls.payload(c), with_card=False) for c in (await session.execute(live)).scalars()},
            campaigns=dict(figures),
            carrier=network,
        )
        supervisions = await _supervisions(session, None, visible=True)
    return Fresh(agent, call, board, supervisions)
