"""Reading and changing the table of grades."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select

from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, Conflict, NotFound
from campaigns.rhythm.models import FollowUpRhythm
from campaigns.rhythm.rules import Grade, Pace
from campaigns.rhythm.schemas import RhythmChange


async def table(session: Session) -> Sequence[FollowUpRhythm]:
    return (await session.execute(select(FollowUpRhythm).order_by(col(FollowUpRhythm.grade)))).scalars().all()


async def paces(session: Session) -> dict[Grade, Pace]:
    """The table as the rules read it."""
    return {Grade(row.grade): plain(row) for row in await table(session)}


def plain(row: FollowUpRhythm) -> Pace:
    then = None if row.then_grade is None else Grade(row.then_grade)
    return Pace(Grade(row.grade), row.every_h, row.rounds_max, row.tries_max, then)


async def pace(session: Session, grade: Grade) -> Pace:
    return plain(await session.get_one(FollowUpRhythm, grade.value))


async def change(session: Session, grade: Grade, body: RhythmChange) -> FollowUpRhythm:
    """Compare-and-set. Follow-ups that are open keep their times; the next talk goes by the new table.

    Raises:
        Conflict: changed by somebody else meanwhile.
        BadInput: the grade after it is not a later one.
    """
    row = await session.get(FollowUpRhythm, grade.value, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(what_zh="跟进等级", what_en="grade", id=grade.value)
    if row.version != body.version:
        raise Conflict(
            why_zh="该等级已被别人修改，请刷新后重做。",
            why_en="Someone else has changed this grade. Refresh and do it again.",
        )
    if body.then_grade is not None and body.then_grade.value <= grade.value:
        raise BadInput(
            field="then_grade",
            problem_zh=f"{grade.value} 级之后只能是更低的等级",
            problem_en=f"after grade {grade.value} only a later grade can come",
            mend_zh="请选择更低的等级，或不选（结束）。",
            mend_en="Choose a later grade, or none (the end).",
        )
    for name, value in body.model_dump(mode="json", exclude={"version"}).items():
        setattr(row, name, value)
    row.version += 1
    await session.flush()
    return row
