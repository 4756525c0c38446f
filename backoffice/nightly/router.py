"""/api/backoffice/nightly-runs: what the back office did by itself, day by day."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select
from sqlmodel import col

from backoffice.listing.http import add_list
from backoffice.listing.query import Listing
from backoffice.nightly.models import NightlyRun
from backoffice.nightly.rules import RunState
from callcenter.kit.http import PROBLEMS

router = APIRouter(prefix="/api/backoffice", tags=["back office: nightly work"], responses=PROBLEMS)


class NightlyRow(BaseModel):
    id: UUID
    job: str
    day: date
    state: RunState
    tries: int
    at: datetime
    worker: str
    made: int | None
    failure: str


RUNS = Listing(
    name="nightly_runs",
    row=NightlyRow,
    source=lambda _today: select(*(col(getattr(NightlyRun, name)) for name in NightlyRow.model_fields)),
    search=("job",),
    filters=("job", "state"),
    on="day",
    sort="-at",
    totals=("made",),
)
LISTINGS = (RUNS,)
add_list(router, RUNS, "/nightly-runs")
