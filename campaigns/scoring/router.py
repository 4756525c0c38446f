"""REST: scores learned from own calls, compared with the points card, and put in force by a person."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from callcenter.kit.http import PROBLEMS, DbSession, Now
from callcenter.kit.paging import MAX_PAGE, Page
from callcenter.people.access import require
from callcenter.people.models import Role, User
from callcenter.settings import Settings
from campaigns.scoring import service
from campaigns.scoring.schemas import BackToCard, ModelRow, Stock, Use

router = APIRouter(prefix="/api/score-models", tags=["segments"], responses=PROBLEMS)

Reader = Annotated[User, Depends(require(Role.MARKETING, Role.SUPERVISOR))]
Writer = Annotated[User, Depends(require(Role.MARKETING))]


@router.get("", summary="Learned models, each with its comparison against the points card")
async def list_models(
    session: DbSession,
    _user: Reader,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 20,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Page[ModelRow]:
    rows, total = await service.page(session, limit, offset)
    return Page(rows=rows, total=total)


@router.get("/stock", summary="How many calls there are to learn from, and what scores new leads now")
async def stock(session: DbSession, now: Now, _user: Reader) -> Stock:
    return await service.stock(session, now)


@router.post("", status_code=201, summary="Learn a model from own calls and compare it; nothing is used yet")
async def train(request: Request, session: DbSession, now: Now, user: Writer) -> ModelRow:
    settings: Settings = request.app.state.settings
    return await service.shown(session, await service.train(session, now, settings.zone, user))


@router.post("/back-to-card", status_code=204, summary="Score new leads by the points card again")
async def back_to_card(body: BackToCard, session: DbSession, now: Now, user: Writer) -> None:
    await service.back_to_card(session, now, user, body)


@router.post("/{model_id}/use", summary="Score new leads by this model from now on")
async def use(model_id: UUID, body: Use, session: DbSession, now: Now, user: Writer) -> ModelRow:
    return await service.shown(session, await service.use(session, now, user, model_id, body))
