"""/api/backoffice/reports: figures of a period, and the lists behind those that have no page of their own."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from backoffice.listing.http import Today, add_list
from backoffice.policies import service as policies
from backoffice.receivables.rules import AgeingBasis, ReceivablesPolicy
from backoffice.reports import figures
from backoffice.reports.figures import Figure
from backoffice.roles.access import OfficeActor
from callcenter.kit.errors import BadInput
from callcenter.kit.http import PROBLEMS, DbSession

router = APIRouter(prefix="/api/backoffice", tags=["back office: reports"], responses=PROBLEMS)
for _path, _listing in figures.ROWS.items():
    add_list(router, _listing, _path)
LISTINGS = tuple(figures.ROWS.values())


@router.get("/reports/figures")
async def of_period(
    session: DbSession,
    today: Today,
    _: OfficeActor,
    from_on: Annotated[date, Query()],
    to_on: Annotated[date, Query()],
) -> list[Figure]:
    """Receivable, DSO, collection rate, promises kept, on time in full, order book, holds: with the rows of each."""
    if from_on > to_on:
        raise BadInput(field="to_on", problem_zh="截止日早于起始日", problem_en="the last day is before the first")
    return await figures.of_period(session, from_on, to_on, today)


class AgeingBuckets(BaseModel):
    ends: list[int]
    """Upper ends in days, included: b1 to the first, b2 to the second, b3 to the third, b4 beyond."""
    basis: AgeingBasis


@router.get("/reports/ageing/buckets")
async def buckets(session: DbSession, _: OfficeActor) -> AgeingBuckets:
    """What the columns b1 … b4 of the ageing list mean now (settings of the room `receivables`)."""
    policy = await policies.load(session, ReceivablesPolicy)
    return AgeingBuckets(ends=list(policy.ageing_days), basis=policy.ageing_basis)
