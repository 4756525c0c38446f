"""Every dealer's year in one pass: the purchases are added up where they lie, one row a dealer, month and series.

2,000,000 purchases become some 120,000 rows, which are read as a stream in the order of dealers, so that memory holds
one dealer at a time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlmodel import col

from backoffice.kit.dates import add_months, month_end
from backoffice.rewards import rules
from backoffice.rewards.models import MonthFact, OtherBrand, RewardCity, RewardRow, RewardScheme
from backoffice.rewards.rules import Month, RewardPolicy, Row, Table, Year
from callcenter.kit.db import Session

_SUMS = """
SELECT p.dealer_id, date_trunc('month', p.on_day::timestamp)::date AS month, p.series,
       sum(p.units)::bigint AS units, sum(p.fen)::bigint AS fen,
       coalesce(sum(p.fen) FILTER (WHERE NOT p.own_make), 0)::bigint AS foreign_fen
FROM reward_purchases p
WHERE (p.on_day BETWEEN :first AND :last OR p.on_day BETWEEN :last_first AND :last_last)
  AND (:one OR p.dealer_id = ANY (CAST(:dealers AS uuid[])))
  AND NOT EXISTS (SELECT FROM reward_exclusions x WHERE x.purchase_id = p.id)
GROUP BY 1, 2, 3
ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Dealer:
    id: UUID
    city: str
    joined_on: date | None
    brands: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Result:
    dealer: Dealer
    year: Year
    lines: list[rules.Line]

    def total(self, kind: rules.Kind) -> int:
        return sum(line.fen for line in self.lines if line.kind is kind)


async def tables(session: Session, scheme_id: UUID) -> dict[tuple[str, int], list[Row]]:
    """The scheme's tables; a row whose lower limit is blank is left out."""
    rows = await session.scalars(
        select(RewardRow)
        .where(col(RewardRow.scheme_id) == scheme_id)
        .order_by(col(RewardRow.series), col(RewardRow.city_class), col(RewardRow.row_no))
    )
    out: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        if row.low is not None:
            out.setdefault((row.series, row.city_class), []).append(Row(row.low, row.high, row.value))
    return out


def readings(scheme: RewardScheme, current: RewardPolicy) -> RewardPolicy:
    """What the scheme was approved with, else what the settings say now."""
    return RewardPolicy.model_validate(scheme.readings) if scheme.readings else current


async def cities(session: Session) -> dict[str, int]:
    rows = await session.execute(select(col(RewardCity.city), col(RewardCity.city_class)))
    return {row.city: row.city_class for row in rows}


async def _dealers(session: Session, first: date, last: date, dealers: list[UUID] | None) -> dict[UUID, Dealer]:
    """M13-1: all dealers of the brand take part."""
    brands: dict[UUID, list[bool]] = {}
    found = await session.execute(
        select(col(OtherBrand.dealer_id), col(OtherBrand.we_make)).where(
            col(OtherBrand.from_on) <= last, (col(OtherBrand.to_on).is_(None)) | (col(OtherBrand.to_on) >= first)
        )
    )
    for dealer_id, we_make in found:
        brands.setdefault(dealer_id, []).append(we_make)
    rows = await session.execute(
        text(
            "SELECT id, city, filed_on FROM distributors WHERE state IN ('active', 'suspended', 'terminated', 'filed')"
            " AND (:one OR id = ANY (CAST(:dealers AS uuid[]))) ORDER BY id"
        ).bindparams(bindparam("one", dealers is None), bindparam("dealers", dealers or []))
    )
    return {row.id: Dealer(row.id, row.city, row.filed_on, tuple(brands.get(row.id, ()))) for row in rows}


async def _facts(session: Session, first: date, last: date) -> dict[tuple[UUID, date], tuple[bool, int]]:
    rows = await session.execute(
        select(
            col(MonthFact.dealer_id), col(MonthFact.month), col(MonthFact.overdue), col(MonthFact.prepaid_fen)
        ).where(col(MonthFact.month).between(first, last))
    )
    return {(dealer, month): (overdue, prepaid) for dealer, month, overdue, prepaid in rows}


def _months(first: date, last: date) -> list[date]:
    out = [first.replace(day=1)]
    while add_months(out[-1], 1) <= last:
        out.append(add_months(out[-1], 1))
    return out


def _blank(
    months: list[date], dealer: Dealer, facts: Mapping[tuple[UUID, date], tuple[bool, int]]
) -> dict[date, Month]:
    out = {}
    for month in months:
        overdue, prepaid = facts.get((dealer.id, month), (False, 0))
        out[month] = Month(overdue=overdue, prepaid_fen=prepaid)
    return out


def _add(of: dict[date, Month], row: Any) -> None:
    this = of.get(row.month)
    if this is not None:
        this.fen += row.fen
        this.foreign_fen += row.foreign_fen
        if row.series:
            units, fen = this.series.get(row.series, (0, 0))
            this.series[row.series] = (units + row.units, fen + row.fen)
    next_year = of.get(add_months(row.month, 12))
    if next_year is not None:
        next_year.last_fen += row.fen


async def years(
    session: Session, first: date, last: date, table: Table, policy: RewardPolicy, dealers: list[UUID] | None = None
) -> AsyncIterator[Result]:
    """Each dealer with its figures from `first` to `last` (whole months) and its lines, in the order of ids."""
    classes = await cities(session)
    known = await _dealers(session, first, last, dealers)
    facts = await _facts(session, first, last)
    months = _months(first, last)
    values = {
        "first": first,
        "last": last,
        "last_first": add_months(first, -12),
        "last_last": month_end(add_months(last.replace(day=1), -12)),
        "one": dealers is None,
        "dealers": dealers or [],
    }

    def finish(dealer: Dealer, of: dict[date, Month]) -> Result:
        year = Year(
            rules.city_class(dealer.city, classes),
            rules.exclusive(dealer.brands, policy),
            [(month, of[month]) for month in months],
            dealer.joined_on,
        )
        return Result(dealer, year, rules.reward(year, table, policy))

    waiting = iter(known.values())
    current: Dealer | None = next(waiting, None)
    of = _blank(months, current, facts) if current else {}
    await session.execute(text("SET LOCAL work_mem = '128MB'"))  # the server adds up in memory, not on its disk
    rows = await session.stream(text(_SUMS), values, execution_options={"yield_per": 5_000})
    async for row in rows:
        if row.dealer_id not in known:
            continue
        while current is not None and current.id != row.dealer_id:
            yield finish(current, of)
            current = next(waiting, None)
            of = _blank(months, current, facts) if current else {}
        _add(of, row)
    while current is not None:
        yield finish(current, of)
        current = next(waiting, None)
        of = _blank(months, current, facts) if current else {}
