"""A scheme from its draft to its approval, and the tables in it (M13-1 … M13-5, M13-14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from backoffice.approvals import outcomes
from backoffice.approvals import service as approvals
from backoffice.approvals.models import Approval
from backoffice.approvals.service import Ask
from backoffice.kit.dates import month_end
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.refusals import Refused
from backoffice.numbering.service import next_number
from backoffice.policies import service as policies
from backoffice.rewards import engine, rules, seed
from backoffice.rewards.machines import SCHEME
from backoffice.rewards.models import OtherBrand, RewardCity, RewardProduct, RewardRow, RewardScheme
from backoffice.rewards.rules import Kind, RewardPolicy
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput

THING = "reward_scheme"
KIND = "reward_scheme"


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one row; its value is the source's."""

    series: str
    city_class: int
    row_no: int
    low: int | None
    high: int | None


async def take(session: Session, scheme_id: UUID, version: int | None) -> RewardScheme:
    return await acts.take(session, RewardScheme, scheme_id, THING, version)


def blank_rows(scheme_id: UUID) -> list[RewardRow]:
    """表1, 表2, 表3 with the source's values and its blanks."""
    values: dict[str, Sequence[int]] = {**seed.TIER_RATES, "": seed.COEFFICIENTS}
    return [
        RewardRow(scheme_id=scheme_id, series=series, city_class=city, row_no=number, value=value)
        for series, steps in values.items()
        for city in seed.CITY_CLASSES
        for number, value in enumerate(steps, start=1)
    ]


async def draft(session: Session, now: datetime, today: date, actor: Actor, values: dict[str, Any]) -> RewardScheme:
    """A scheme with the source's three tables, their limits blank."""
    acts.require_duty(actor, SCHEME.roles("draft", "edit"))
    row = RewardScheme(number=await next_number(session, "RS", today), made_by=actor.user_id, **values)
    _check_days(row.from_on, row.to_on)
    await acts.born(session, now, actor, row, SCHEME, note=row.title)
    session.add_all(blank_rows(row.id))
    await session.flush()
    return row


def _check_days(first: date, last: date) -> None:
    if first > last or first.day != 1 or month_end(last) != last:
        raise BadInput(
            field="from_on",
            problem_zh="有效期须为整月",
            problem_en="the period is of whole months, from a first day to a last day",
        )


async def edit(
    session: Session,
    now: datetime,
    actor: Actor,
    scheme_id: UUID,
    version: int,
    values: dict[str, Any],
    limits: Sequence[Limits],
) -> RewardScheme:
    """Dates, title and the limits of the rows. The values of the rows are the source's and stay."""
    row = await take(session, scheme_id, version)
    _check_days(values.get("from_on", row.from_on), values.get("to_on", row.to_on))
    await acts.move(session, now, actor, row, SCHEME, "edit", sets=values, detail={"rows": len(limits)})
    await _write(session, row.id, limits)
    return row


async def _write(session: Session, scheme_id: UUID, limits: Sequence[Limits]) -> None:
    for limit in limits:
        found = await session.get(RewardRow, (scheme_id, limit.series, limit.city_class, limit.row_no))
        if found is None or (limit.high is not None and (limit.low is None or limit.high <= limit.low)):
            raise BadInput(
                field="rows",
                problem_zh=f"系列“{limit.series}” {limit.city_class} 类城市第 {limit.row_no} 行不正确",
                problem_en=f"row {limit.row_no} of series '{limit.series}', class {limit.city_class} is not right",
            )
        found.low, found.high = limit.low, limit.high
    await session.flush()


async def faults(session: Session, scheme_id: UUID) -> list[str]:
    """What keeps the tables from being approved: `001/2: gap_or_overlap` …"""
    tables = await engine.tables(session, scheme_id)
    wanted: dict[str, Sequence[int]] = {**seed.TIER_RATES, "": seed.COEFFICIENTS}
    return [
        f"{series or 'k'}/{city}: {fault}"
        for series, values in wanted.items()
        for city in seed.CITY_CLASSES
        for fault in rules.faults(tables.get((series, city), []), values)
    ]


async def content(session: Session, row: RewardScheme) -> dict[str, Any]:
    """What is approved: dates, tables and readings."""
    tables = await engine.tables(session, row.id)
    dates = row.model_dump(include={"year", "from_on", "to_on", "purchase_pay_on", "exclusive_pay_on", "growth_pay_on"})
    rows = [[s, c, [[r.low, r.high, r.value] for r in found]] for (s, c), found in sorted(tables.items())]
    return {"dates": dates, "tables": rows, "readings": row.readings}


async def submit(session: Session, now: datetime, actor: Actor, scheme_id: UUID, version: int) -> RewardScheme:
    """For CMO, FIN and GM. Complete tables and three dates of payment are needed; the readings are frozen."""
    row = await take(session, scheme_id, version)
    found = await faults(session, row.id)
    if found:
        raise Refused(
            "m13-4",
            "奖励表未填完整或有重叠:" + ";".join(found) + "。",
            "The tables are not complete, or overlap: " + "; ".join(found) + ".",
        )
    if None in (row.purchase_pay_on, row.exclusive_pay_on, row.growth_pay_on):
        raise Refused(
            "m13-14",
            "三个发放日期(进货、专售、增长)须先填写。",
            "The three dates of payment (purchase, exclusive, growth) have to be set first.",
        )
    policy = await policies.load(session, RewardPolicy)
    await acts.move(session, now, actor, row, SCHEME, "submit", sets={"readings": policy.model_dump(mode="json")})
    title = f"{row.number} {row.title}"
    ask = Ask(KIND, THING, row.id, title, 0, await content(session, row))
    await approvals.submit(session, now, Actor(row.made_by, "", actor.roles), ask)
    return row


async def _decided(session: Session, now: datetime, _actor: Actor | None, approval: Approval) -> None:
    row = await take(session, approval.thing_id, None)
    command = "approve" if approval.state == "approved" else "reopen"
    if SCHEME.after(row.state, command) is not None:
        sets: dict[str, Any] = {} if command == "approve" else {"readings": {}}
        await acts.move(session, now, None, row, SCHEME, command, detail={"approval": str(approval.id)}, sets=sets)


outcomes.register(KIND, "年终奖励方案", "reward scheme", _decided)


async def begin(
    session: Session, now: datetime, today: date, actor: Actor | None, scheme_id: UUID, version: int | None
) -> RewardScheme:
    row = await take(session, scheme_id, version)
    if today < row.from_on:
        raise Refused("m13-1", "方案尚未到有效期。", "The scheme's first day has not come.")
    await acts.move(session, now, actor, row, SCHEME, "begin")
    return row


async def close(
    session: Session, now: datetime, today: date, actor: Actor, scheme_id: UUID, version: int
) -> RewardScheme:
    row = await take(session, scheme_id, version)
    if today <= row.to_on:
        raise Refused("m13-1", "方案有效期未满,不能关闭。", "The scheme's last day has not passed.")
    await acts.move(session, now, actor, row, SCHEME, "close")
    return row


# ---------------------------------------------------------------- what if


@dataclass(frozen=True, slots=True)
class Outcome:
    dealers: int
    rewarded: int
    purchase_fen: int
    exclusive_fen: int
    growth_fen: int


async def what_if(
    session: Session, scheme: RewardScheme, limits: Sequence[Limits], changes: dict[str, Any], years_back: int
) -> tuple[Outcome, Outcome]:
    """(as the scheme stands, with other limits and readings) on real purchases; nothing is written."""
    policy = engine.readings(scheme, await policies.load(session, RewardPolicy))
    other = RewardPolicy.model_validate(policy.model_dump(mode="json") | changes)
    table = await engine.tables(session, scheme.id)
    changed: dict[tuple[str, int], dict[int, rules.Row]] = {
        key: dict(enumerate(rows, start=1)) for key, rows in table.items()
    }
    values: dict[str, Sequence[int]] = {**seed.TIER_RATES, "": seed.COEFFICIENTS}
    for limit in limits:
        steps = values.get(limit.series, ())
        if limit.low is None or not 1 <= limit.row_no <= len(steps):
            raise BadInput(field="rows", problem_zh="行不正确", problem_en="there is no such row")
        row = rules.Row(limit.low, limit.high, steps[limit.row_no - 1])
        changed.setdefault((limit.series, limit.city_class), {})[limit.row_no] = row
    other_table = {key: [rows[number] for number in sorted(rows)] for key, rows in changed.items()}
    first = rules.shift_years(scheme.from_on, -years_back)
    last = month_end(rules.shift_years(scheme.to_on.replace(day=1), -years_back))
    sums = [dict.fromkeys(Kind, 0), dict.fromkeys(Kind, 0)]
    counts = [0, 0]
    dealers = 0
    async for result in engine.years(session, first, last, table, policy):
        dealers += 1
        again = rules.reward(
            rules.Year(
                result.year.city_class,
                rules.exclusive(result.dealer.brands, other),
                result.year.months,
                result.year.joined_on,
            ),
            other_table,
            other,
        )
        for at, lines in enumerate((result.lines, again)):
            total = 0
            for line in lines:
                sums[at][line.kind] += line.fen
                total += line.fen
            counts[at] += total > 0
    before, after = (
        Outcome(dealers, counts[at], sums[at][Kind.PURCHASE], sums[at][Kind.EXCLUSIVE], sums[at][Kind.GROWTH])
        for at in (0, 1)
    )
    return before, after


# ---------------------------------------------------------------- cities, articles, brands


async def set_city(session: Session, actor: Actor, city: str, number: int | None) -> None:
    """None: no row of its own, so class 3."""
    acts.require_duty(actor, SCHEME.roles("draft", "edit"))
    name = city.strip().removesuffix("市")
    await session.execute(delete(RewardCity).where(col(RewardCity.city) == name))
    if number is not None:
        session.add(RewardCity(city=name, city_class=number))
    await session.flush()


async def set_product(session: Session, actor: Actor, values: dict[str, Any]) -> None:
    acts.require_duty(actor, SCHEME.roles("draft", "edit"))
    kept = {name: value for name, value in values.items() if name != "sku"}
    await session.execute(
        insert(RewardProduct).values(**values).on_conflict_do_update(index_elements=["sku"], set_=kept)
    )


async def add_brand(session: Session, actor: Actor, values: dict[str, Any]) -> OtherBrand:
    """M13-6: what the dealer sells of other companies, as the representative finds it."""
    acts.require_duty(actor, frozenset({OfficeRole.REP, OfficeRole.SM}))
    row = OtherBrand(made_by=actor.user_id, **values)
    session.add(row)
    await session.flush()
    return row
