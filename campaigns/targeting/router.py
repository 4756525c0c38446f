"""REST: segments of the customer master, counted live, and the points card."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from callcenter.kit.http import PROBLEMS, DbSession, Now
from callcenter.kit.paging import MAX_PAGE, Page
from callcenter.people.access import require
from callcenter.people.audit import audit
from callcenter.people.models import Role, User
from campaigns.targeting import service
from campaigns.targeting.models import Segment
from campaigns.targeting.rules import CARD
from campaigns.targeting.schemas import (
    PointRow,
    SegmentChange,
    SegmentCount,
    SegmentFilters,
    SegmentNew,
    SegmentRow,
    SegmentVersionRow,
)

router = APIRouter(prefix="/api/segments", tags=["segments"], responses=PROBLEMS)

Reader = Annotated[User, Depends(require(Role.MARKETING, Role.SUPERVISOR))]
Writer = Annotated[User, Depends(require(Role.MARKETING))]


def _row(segment: Segment) -> SegmentRow:
    return SegmentRow(
        id=segment.id,
        name=segment.name,
        filters=service.filters_of(segment),
        created_at=segment.created_at,
        version=segment.version,
    )


@router.get("", summary="Saved segments")
async def list_segments(
    session: DbSession,
    _user: Reader,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Page[SegmentRow]:
    rows, total = await service.page(session, limit, offset)
    return Page(rows=[_row(row) for row in rows], total=total)


@router.post("", status_code=201, summary="Save a segment")
async def create_segment(body: SegmentNew, session: DbSession, now: Now, user: Writer) -> SegmentRow:
    row = await service.create(session, body, now, user.id)
    await audit(session, now, user, "segment_created", "segment", str(row.id))
    return _row(row)


@router.post("/count", summary="How many customers the filters find")
async def count_segment(
    body: SegmentFilters,
    session: DbSession,
    now: Now,
    _user: Reader,
    exact: Annotated[bool, Query(description="Count every single one, however long it takes")] = False,
) -> SegmentCount:
    return await service.count(session, body, now.date(), exact=exact)


@router.get("/score-card", summary="The points card of purchase probability")
async def score_card(_user: Reader) -> list[PointRow]:
    return [PointRow(code=line.code, points=line.points, zh=line.zh, en=line.en) for line in CARD]


@router.get("/{segment_id}", summary="One segment")
async def get_segment(segment_id: UUID, session: DbSession, _user: Reader) -> SegmentRow:
    return _row(await service.get(session, segment_id))


@router.patch("/{segment_id}", summary="Change a segment")
async def change_segment(
    segment_id: UUID, body: SegmentChange, session: DbSession, now: Now, user: Writer
) -> SegmentRow:
    row = await service.change(session, segment_id, body, now, user.id)
    await audit(session, now, user, "segment_changed", "segment", str(row.id), {"version": row.version})
    return _row(row)


@router.get("/{segment_id}/versions", summary="What a segment was in each of its versions")
async def segment_versions(segment_id: UUID, session: DbSession, _user: Reader) -> list[SegmentVersionRow]:
    return await service.versions(session, segment_id)
