"""Learned scores: what there is to learn from, training, and who puts a model in force."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import select

from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, Conflict, NotFound
from callcenter.people.audit import audit
from callcenter.people.models import User
from campaigns.scoring import learning, rules
from campaigns.scoring.learning import Learned, TooFew
from campaigns.scoring.rules import Told
from campaigns.scoring.schemas import BackToCard, Comparison, FigureOut, Gain, ModelRow, Stock, Use
from campaigns.targeting import service as targeting
from campaigns.targeting.models import ModelState, ScoreModel
from campaigns.targeting.schemas import PointRow

# The card of the call holds what was known of the person then. Of an erased person nothing is left to learn from.
_FIRSTS = """
    SELECT DISTINCT ON (r.lead_id) r.lead_id, r.customer_id, r.saved_at, c.card->'customer' AS facts
    FROM call_results r JOIN calls c ON c.id = r.call_id
    WHERE (r.detail->>'right_party')::bool AND jsonb_typeof(c.card->'customer') = 'object'
    ORDER BY r.lead_id, r.saved_at
"""
_SOLD = """
    EXISTS (SELECT 1 FROM call_results s WHERE s.lead_id = f.lead_id AND (s.detail->>'sale')::bool
      AND s.saved_at <= f.saved_at + make_interval(days => :days))
"""
_TOLD = f"""
    SELECT f.customer_id, f.saved_at, {_SOLD} AS sold,
      {", ".join(f"f.facts->>'{name}' AS {name}" for name in rules.FIELDS)}
    FROM ({_FIRSTS}) f WHERE f.saved_at <= :known ORDER BY f.saved_at DESC, f.lead_id LIMIT :most
"""
_STOCK = f"""
    SELECT count(*) AS calls, count(*) FILTER (WHERE {_SOLD}) AS sold FROM ({_FIRSTS}) f WHERE f.saved_at <= :known
"""


def _known(now: datetime) -> dict[str, Any]:
    return {"days": rules.OUTCOME_DAYS, "known": now - timedelta(days=rules.OUTCOME_DAYS)}


async def stock(session: Session, now: datetime) -> Stock:
    await session.execute(text("SET LOCAL statement_timeout = '60s'"))
    row = (await session.execute(text(_STOCK), _known(now))).one()
    scale = await targeting.in_force(session)
    return Stock(
        calls=row.calls,
        sold=row.sold,
        calls_needed=rules.LEAST_CALLS,
        sold_needed=rules.LEAST_SOLD,
        outcome_days=rules.OUTCOME_DAYS,
        in_force="card" if scale.model_id is None else "model",
    )


async def told(session: Session, now: datetime, zone: ZoneInfo) -> list[Told]:
    """First conversations whose end is known, the latest `MOST_CALLS` of them."""
    await session.execute(text("SET LOCAL statement_timeout = '300s'"))
    rows = await session.execute(text(_TOLD), _known(now) | {"most": rules.MOST_CALLS})
    return [
        Told(
            day=row.saved_at.astimezone(zone).date(),
            customer=str(row.customer_id),
            facts={name: _fact(name, getattr(row, name)) for name in rules.FIELDS},
            sold=row.sold,
        )
        for row in rows
    ]


def _fact(name: str, value: str | None) -> Any:
    return date.fromisoformat(value) if value is not None and name == "last_purchase_on" else value


_SHORT = {
    "calls": ("已知结果的首次通话", "first conversations whose end is known"),
    "sold": ("其中成交", "sales among them"),
    "not_sold": ("其中未成交", "conversations without a sale among them"),
    "held_out": ("留作检验的通话中的成交（或未成交）", "sales (or others) among the calls held out"),
    "earlier": ("用于学习的通话中的成交（或未成交）", "sales (or others) among the calls to learn from"),
    "difference": ("买与不买的客户之间的差别", "differences between those who bought and the others"),
}


async def train(session: Session, now: datetime, zone: ZoneInfo, user: User) -> ScoreModel:
    """Learn a model and compare it. It is not used: that takes a person (`use`).

    Raises BadInput where there are too few calls, with how many there are and how many it takes.
    """
    rows = await told(session, now, zone)
    found = await asyncio.to_thread(learning.learn, rows)
    if isinstance(found, TooFew):
        zh, en = _SHORT[found.what]
        raise BadInput(
            field="calls",
            problem_zh=f"{zh}只有 {found.have}，至少需要 {found.need}",
            problem_en=f"only {found.have} {en}; it takes {found.need}",
            mend_zh="请继续使用积分卡，待通话更多时再试。",
            mend_en="Go on with the points card, and try again when there are more calls.",
        )
    row = ScoreModel(
        base=found.scale.base,
        lines=[asdict(line) | {"words": list(line.words)} for line in found.scale.lines],
        comparison=_comparison(found).model_dump(mode="json"),
        calls=found.learned_calls,
        sold=found.learned_sold,
        from_day=found.from_day,
        until_day=found.until_day,
        trained_at=now,
        trained_by=user.id,
    )
    session.add(row)
    await session.flush()
    detail = {"calls": row.calls, "held_out": found.held_out_calls, "verdict": found.result.verdict}
    await audit(session, now, user, "score_model_trained", "score_model", str(row.id), detail)
    return row


def _comparison(found: Learned) -> Comparison:
    result = found.result
    figures = {
        name: FigureOut.model_validate(getattr(result, name))
        for name in ("card_auc", "model_auc", "auc_difference", "card_loss", "model_loss", "loss_difference")
    }
    return Comparison(
        held_out_calls=found.held_out_calls,
        held_out_sold=found.held_out_sold,
        held_out_from=found.held_out_from,
        held_out_until=found.held_out_until,
        base_loss=result.base_loss,
        verdict=result.verdict,
        gains=[Gain(called=called, card=card, model=model) for called, card, model in result.gains],
        **figures,
    )


async def _locked(session: Session, model_id: UUID) -> ScoreModel:
    row = await session.get(ScoreModel, model_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(what_zh="评分模型", what_en="score model", id=model_id)
    return row


async def use(session: Session, now: datetime, user: User, model_id: UUID, given: Use) -> ScoreModel:
    """From now on new leads are scored by this model; leads that exist keep their score.

    Raises:
        Conflict: somebody else changed it meanwhile, or it is in force already.
        BadInput: the comparison does not prove it better, and nobody said that it shall be used all the same.
    """
    row = await _locked(session, model_id)
    if row.version != given.version or row.state == ModelState.IN_FORCE.value:
        raise Conflict(
            why_zh="该模型已被别人修改或启用，请刷新后重做。",
            why_en="Someone else has changed this model, or it is in force already. Refresh and do it again.",
        )
    verdict = Comparison.model_validate(row.comparison).verdict
    if verdict != "better" and not given.despite_comparison:
        raise BadInput(
            field="despite_comparison",
            problem_zh="检验未能证明该模型优于积分卡",
            problem_en="the comparison does not prove this model better than the points card",
            mend_zh="如仍要启用，请明确勾选“尽管如此仍启用”。",
            mend_en="To use it all the same, say so expressly.",
        )
    await _retire(session)
    row.state, row.used_since, row.used_by, row.reason = ModelState.IN_FORCE.value, now, user.id, given.reason
    row.version += 1
    await session.flush()
    detail = {"verdict": verdict, "despite": given.despite_comparison}
    await audit(session, now, user, "score_model_used", "score_model", str(row.id), detail)
    return row


async def back_to_card(session: Session, now: datetime, user: User, given: BackToCard) -> None:
    """From now on new leads are scored by the points card again. Raises Conflict when they are already."""
    retired = await _retire(session)
    if retired is None:
        raise Conflict(why_zh="目前使用的就是积分卡。", why_en="The points card is in force already.")
    # The reason itself is text of a person: it stays with the model, not in the record of actions.
    retired.reason = f"{retired.reason} ▸ {given.reason}"
    await session.flush()
    await audit(session, now, user, "score_model_retired", "score_model", str(retired.id))


async def _retire(session: Session) -> ScoreModel | None:
    statement = select(ScoreModel).where(ScoreModel.state == ModelState.IN_FORCE.value).with_for_update()
    row = (await session.execute(statement)).scalar_one_or_none()
    if row is not None:
        row.state = ModelState.RETIRED.value
        row.version += 1
        await session.flush()
    return row


async def page(session: Session, limit: int, offset: int) -> tuple[list[ModelRow], int]:
    """Models, newest first."""
    total: int = (await session.execute(text("SELECT count(*) FROM score_models"))).scalar_one()
    statement = (
        select(ScoreModel)
        .order_by(ScoreModel.trained_at.desc(), ScoreModel.id)  # type: ignore[attr-defined, arg-type]
        .limit(limit)
        .offset(offset)
    )
    rows = (await session.execute(statement)).scalars().all()
    return [await shown(session, row) for row in rows], total


async def shown(session: Session, row: ScoreModel) -> ModelRow:
    async def name(user_id: UUID | None) -> str | None:
        user = await session.get(User, user_id) if user_id is not None else None
        return user.name if user is not None else None

    return ModelRow(
        lines=[PointRow(code=one["code"], points=one["points"], zh=one["zh"], en=one["en"]) for one in row.lines],
        comparison=Comparison.model_validate(row.comparison),
        trained_by=await name(row.trained_by),
        used_by=await name(row.used_by),
        **row.model_dump(exclude={"lines", "comparison", "trained_by", "used_by"}),
    )
