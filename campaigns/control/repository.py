"""Reading proofs and scores for lists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from callcenter.kit.db import Session
from campaigns.control.models import CRITERIA
from campaigns.control.schemas import AgentScores, ProofFault, ProofRow, ScoreRow

_PROOFS = """
    FROM calling_proofs f JOIN campaigns p ON p.id = f.campaign_id
    WHERE (CAST(:campaign AS uuid) IS NULL OR f.campaign_id = :campaign)
      AND f.day BETWEEN :since AND :until AND (NOT :faulty OR f.faulty > 0)
"""


async def proofs(
    session: Session, since: date, until: date, *, campaign_id: UUID | None, faulty: bool, limit: int, offset: int
) -> tuple[list[ProofRow], int]:
    given: dict[str, Any] = {"campaign": campaign_id, "since": since, "until": until, "faulty": faulty}
    total = (await session.execute(text(f"SELECT count(*) {_PROOFS}"), given)).scalar_one()
    rows = await session.execute(
        text(
            "SELECT f.campaign_id, p.name AS campaign_name, f.day, f.attempts, f.faulty, f.faults, f.proved_at"
            f" {_PROOFS} ORDER BY f.day DESC, p.name LIMIT :limit OFFSET :offset"
        ),
        given | {"limit": limit, "offset": offset},
    )
    return [_proof(row._mapping) for row in rows], total


def _proof(row: Any) -> ProofRow:
    faults = [ProofFault(fault=name, calls=f["calls"], first=f["first"]) for name, f in row["faults"].items()]
    return ProofRow(**{**row, "faults": faults})


# The mean is that of the criteria that were scored.
_MEAN = (
    f"(SELECT avg(v)::float FROM unnest(ARRAY[{', '.join(f's.{name}' for name in CRITERIA)}]) v WHERE v IS NOT NULL)"
)
_SCORES = """
    FROM call_scores s JOIN users a ON a.id = s.agent_id JOIN users b ON b.id = s.by
    WHERE (CAST(:call AS uuid) IS NULL OR s.call_id = :call)
      AND (CAST(:agent AS uuid) IS NULL OR s.agent_id = :agent)
      AND (CAST(:campaign AS uuid) IS NULL OR s.campaign_id = :campaign)
      AND (CAST(:since AS timestamptz) IS NULL OR s.scored_at >= :since)
      AND (CAST(:until AS timestamptz) IS NULL OR s.scored_at < :until)
"""


def _score_filter(
    call_id: UUID | None,
    agent_id: UUID | None,
    campaign_id: UUID | None,
    since: datetime | None,
    until: datetime | None,
) -> dict[str, Any]:
    return {"call": call_id, "agent": agent_id, "campaign": campaign_id, "since": since, "until": until}


async def scores(
    session: Session,
    *,
    limit: int,
    offset: int,
    call_id: UUID | None = None,
    agent_id: UUID | None = None,
    campaign_id: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[list[ScoreRow], int]:
    given = _score_filter(call_id, agent_id, campaign_id, since, until)
    total = (await session.execute(text(f"SELECT count(*) {_SCORES}"), given)).scalar_one()
    rows = await session.execute(
        text(
            f"SELECT s.*, a.name AS agent_name, b.name AS by_name, {_MEAN} AS mean {_SCORES}"
            " ORDER BY s.scored_at DESC, s.id LIMIT :limit OFFSET :offset"
        ),
        given | {"limit": limit, "offset": offset},
    )
    return [ScoreRow(**row._mapping) for row in rows], total


async def scores_by_agent(
    session: Session, *, campaign_id: UUID | None, since: datetime | None, until: datetime | None
) -> list[AgentScores]:
    """Each agent's means, the lowest first: who needs help."""
    means = ", ".join(f"avg(s.{name})::float AS {name}" for name in CRITERIA)
    rows = await session.execute(
        text(
            f"SELECT s.agent_id, a.name AS agent_name, count(DISTINCT s.call_id) AS calls, avg({_MEAN})::float AS mean,"
            f" {means}, count(*) FILTER (WHERE s.unlawful_claim) AS unlawful_claims {_SCORES}"
            " GROUP BY s.agent_id, a.name ORDER BY mean, a.name"
        ),
        _score_filter(None, None, campaign_id, since, until),
    )
    return [AgentScores(**row._mapping) for row in rows]
