"""What the database says at a scrape. Every query walks a small or partial index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import text

from callcenter.domain.agent import AgentState
from callcenter.domain.call import CallState, Outcome
from callcenter.kit.clock import midnight_of
from callcenter.kit.db import Session
from callcenter.metrics.collectors import Metrics


@dataclass(frozen=True, slots=True)
class Figures:
    agents: dict[str, int]
    calls_live: dict[str, int]
    calls_today: dict[str, int]
    abandoned_today: int
    outbox_backlog: int
    outbox_age_s: float
    commands_open: int


async def read(session: Session, now: datetime, zone: ZoneInfo) -> Figures:
    """The figures at `now` of the installation's clock; today begins at local midnight in `zone`."""
    midnight = midnight_of(now, zone)
    agents = await _counts(session, "SELECT state, count(*) FROM agents GROUP BY state")
    live = await _counts(session, "SELECT state, count(*) FROM calls WHERE state <> 'ended' GROUP BY state")
    today = await session.execute(
        text(
            "SELECT outcome, count(*), count(*) FILTER (WHERE abandoned) FROM calls"
            " WHERE created_at >= :midnight AND outcome IS NOT NULL GROUP BY outcome"
        ),
        {"midnight": midnight},
    )
    outcomes = {outcome: (count, abandoned) for outcome, count, abandoned in today.all()}
    backlog, age = (
        await session.execute(
            text(
                "SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(recorded_at)), 0)"
                " FROM outbox WHERE published_at IS NULL"
            )
        )
    ).one()
    commands = (await session.execute(text("SELECT count(*) FROM call_commands WHERE done_at IS NULL"))).scalar_one()
    return Figures(
        agents={state.value: agents.get(state.value, 0) for state in AgentState},
        calls_live={state.value: live.get(state.value, 0) for state in CallState if state is not CallState.ENDED},
        calls_today={outcome.value: outcomes.get(outcome.value, (0, 0))[0] for outcome in Outcome},
        abandoned_today=sum(abandoned for _, abandoned in outcomes.values()),
        outbox_backlog=int(backlog),
        outbox_age_s=max(0.0, float(age)),
        commands_open=int(commands),
    )


async def _counts(session: Session, query: str) -> dict[str, int]:
    return {str(row[0]): int(row[1]) for row in (await session.execute(text(query))).all()}


def show(metrics: Metrics, figures: Figures) -> None:
    """Put the figures on their gauges."""
    for state, count in figures.agents.items():
        metrics.agents.labels(state).set(count)
    for state, count in figures.calls_live.items():
        metrics.calls_live.labels(state).set(count)
    for outcome, count in figures.calls_today.items():
        metrics.calls_today.labels(outcome).set(count)
    metrics.abandoned_today.set(figures.abandoned_today)
    metrics.outbox_backlog.set(figures.outbox_backlog)
    metrics.outbox_age_seconds.set(figures.outbox_age_s)
    metrics.commands_open.set(figures.commands_open)
