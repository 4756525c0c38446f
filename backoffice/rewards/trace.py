"""From a line to the purchases behind it: each with its exact part, in millionths of a fen; they add up to the line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import case, select, text
from sqlmodel import col

from backoffice.kit.dates import add_months, month_end
from backoffice.policies import service as policies
from backoffice.rewards import engine, rules
from backoffice.rewards.models import RewardLine, RewardScheme, RewardStatement
from backoffice.rewards.rules import GrowthBase, Kind, NotOurMake, RewardPolicy
from backoffice.timeline import acts
from callcenter.kit.db import Session

_KINDS = case({kind.value: at for at, kind in enumerate(Kind)}, value=col(RewardLine.kind))
"""The source's order: purchase, exclusive dealing, growth."""
_ROWS = """
SELECT p.id, p.on_day, p.series, p.sku, p.units, p.fen, p.own_make, p.source_kind, p.source_id,
       coalesce(i.number, r.number, '') AS paper
FROM reward_purchases p
LEFT JOIN invoices i ON i.id = p.source_id
LEFT JOIN return_orders r ON r.id = p.source_id
WHERE p.dealer_id = :dealer AND p.on_day BETWEEN :first AND :last AND (:series = '' OR p.series = :series)
  AND NOT EXISTS (SELECT FROM reward_exclusions x WHERE x.purchase_id = p.id)
ORDER BY p.on_day, p.id
"""


@dataclass(frozen=True, slots=True)
class Part:
    purchase: Any
    exact: int


async def of_line(session: Session, line: RewardLine) -> list[Part]:
    """The purchases of a line. For growth on the increment, those of last year's month stand with a minus."""
    statement = await acts.get(session, RewardStatement, line.statement_id, "reward_statement")
    scheme = await acts.get(session, RewardScheme, statement.scheme_id, "reward_scheme")
    policy = engine.readings(scheme, await policies.load(session, RewardPolicy))
    first, last = scheme.from_on, scheme.to_on
    if line.month is not None:
        first, last = line.month, month_end(line.month)
    rows = await _rows(session, statement.dealer_id, first, last, line.series)
    if line.kind == "purchase":
        return await _purchase(session, scheme, statement, line, rows, policy)
    if line.kind == "exclusive":
        leaves = policy.not_our_make is NotOurMake.LEAVES
        return [Part(row, row.fen * line.rate if row.own_make or not leaves else 0) for row in rows]
    parts = [Part(row, row.fen * line.rate) for row in rows]
    if line.reason == "grown" and policy.growth_base is GrowthBase.INCREMENT:
        before = add_months(first, -12)
        old = await _rows(session, statement.dealer_id, before, month_end(before), "")
        parts += [Part(row, -row.fen * line.rate) for row in old]
    return parts


async def _rows(session: Session, dealer: UUID, first: date, last: date, series: str) -> list[Any]:
    values = {"dealer": dealer, "first": first, "last": last, "series": series}
    return list(await session.execute(text(_ROWS), values))


async def _purchase(
    session: Session,
    scheme: RewardScheme,
    statement: RewardStatement,
    line: RewardLine,
    rows: list[Any],
    policy: RewardPolicy,
) -> list[Part]:
    if line.reason != "k_by_month":
        return [Part(row, row.units * line.rate * line.percent * 10_000) for row in rows]
    table = await engine.tables(session, scheme.id)
    ks = table.get(("", statement.city_class), [])
    by_month: dict[date, int] = {}
    async for result in engine.years(
        session, scheme.from_on, scheme.to_on, table, policy, dealers=[statement.dealer_id]
    ):
        for day, month in result.year.months:
            by_month[day] = rules.coefficient(ks, month.fen, 1, policy)
    return [Part(row, row.units * line.rate * by_month[row.on_day.replace(day=1)] * 10_000) for row in rows]


async def line(session: Session, line_id: UUID) -> RewardLine:
    return await acts.get(session, RewardLine, line_id, "reward_statement")


async def lines_of(session: Session, statement: RewardStatement) -> list[RewardLine]:
    """Of the calculation that counts."""
    rows = await session.scalars(
        select(RewardLine)
        .where(col(RewardLine.statement_id) == statement.id, col(RewardLine.run) == statement.run)
        .order_by(_KINDS, col(RewardLine.series), col(RewardLine.month))
    )
    return list(rows)
