"""Setting norms and scoring talks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from callcenter.calls.models import Call
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, Conflict, NotFound
from campaigns.control import rules
from campaigns.control.models import CRITERIA, CallNorm, CallScore
from campaigns.control.schemas import Norm, ScoreNew
from campaigns.plans import service as plans


async def norm(session: Session, campaign_id: UUID) -> Norm:
    """What holds for the campaign: its own, or the house's limits without an average."""
    row = await session.get(CallNorm, campaign_id)
    if row is None:
        return Norm(average_s=None, too_short_s=rules.TOO_SHORT_S, too_long_s=rules.TOO_LONG_S)
    return Norm(average_s=row.average_s, too_short_s=row.too_short_s, too_long_s=row.too_long_s)


async def set_norm(session: Session, campaign_id: UUID, body: Norm, now: datetime, by: UUID) -> Norm:
    """Raises:
    NotFound: no such campaign.
    BadInput: the limits cross, or the average lies outside them.
    """
    await plans.get(session, campaign_id)
    if body.too_long_s <= body.too_short_s:
        raise BadInput(
            field="too_long_s",
            problem_zh=f"“过长”（{body.too_long_s} 秒）不大于“过短”（{body.too_short_s} 秒）",
            problem_en=f"too long ({body.too_long_s} s) is not above too short ({body.too_short_s} s)",
        )
    if body.average_s is not None and not body.too_short_s <= body.average_s <= body.too_long_s:
        raise BadInput(
            field="average_s",
            problem_zh=f"推荐平均时长 {body.average_s} 秒不在“过短”与“过长”之间",
            problem_en=f"the recommended average of {body.average_s} s does not lie between too short and too long",
        )
    values = {"campaign_id": campaign_id, **body.model_dump(), "changed_at": now, "changed_by": by}
    await session.execute(
        insert(CallNorm).values(**values).on_conflict_do_update(index_elements=["campaign_id"], set_=values)
    )
    return body


async def score(session: Session, call_id: UUID, body: ScoreNew, now: datetime, by: UUID) -> CallScore:
    """One supervisor's opinion of one talk; giving `version` replaces one's own earlier one.

    Raises:
        NotFound: no such call. Conflict: nobody talked, or scored already (or changed since).
        BadInput: nothing scored; one's own talk.
    """
    call = await session.get(Call, call_id)
    if call is None:
        raise NotFound(what_zh="通话", what_en="call", id=call_id)
    if call.agent_id is None or call.connected_at is None:
        raise Conflict(
            why_zh="该通话未接通坐席，无可评分。", why_en="No agent talked in this call: there is nothing to score."
        )
    points = body.points()
    if not points:
        raise BadInput(
            field="opening",
            problem_zh="没有任何一项评分",
            problem_en="nothing is scored",
            mend_zh="请至少评一项。",
            mend_en="Score at least one thing.",
        )
    if call.agent_id == by:
        raise BadInput(field="call_id", problem_zh="不能给自己的通话评分", problem_en="this talk is your own")
    row = (
        await session.execute(
            select(CallScore).where(col(CallScore.call_id) == call_id, col(CallScore.by) == by).with_for_update()
        )
    ).scalar_one_or_none()
    if (row.version if row is not None else None) != body.version:
        raise Conflict(
            why_zh="您已评过该通话，或评分刚被更改。请刷新后重试。",
            why_en="You have scored this talk already, or the score has just changed. Refresh and try again.",
        )
    if row is None:
        row = CallScore(
            call_id=call_id, campaign_id=call.queue_id, agent_id=call.agent_id, by=by, scored_at=now, version=0
        )
        session.add(row)
    for name in CRITERIA:
        setattr(row, name, points.get(name))
    row.unlawful_claim, row.remarks, row.scored_at = body.unlawful_claim, body.remarks, now
    row.version += 1
    await session.flush()
    return row
