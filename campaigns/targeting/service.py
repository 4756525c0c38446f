"""Segments: filters as SQL over the customer master, counted live, saved with a version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import select

from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, Conflict, NotFound
from campaigns.targeting.models import ModelState, ScoreModel, Segment, SegmentVersion
from campaigns.targeting.rules import POINTS_CARD, Line, Scale, margin
from campaigns.targeting.schemas import (
    SegmentChange,
    SegmentCount,
    SegmentFilters,
    SegmentNew,
    SegmentVersionRow,
)
from crm_sync.customers.models import SAMPLE, SAMPLE_OF

_EQUALS = {
    "provinces": "province",
    "cities": "city",
    "sources": "source",
    "genders": "gender",
    "income_bands": "income_band",
    "consent": "consent",
}
_OCCURS = {"occupations": "occupation", "interests": "interests"}


def _like(word: str) -> str:
    return "%" + word.lower().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"


def condition(
    filters: SegmentFilters, today: date, *, alias: str = "c", scale: Scale = POINTS_CARD
) -> tuple[str, dict[str, Any]]:
    """(SQL of a WHERE over `customers AS alias`, its values). Values are never part of the text.

    `scale`: whose points `score_from` means (`scale_of`).
    """
    parts: list[str] = []
    values: dict[str, Any] = {}

    def add(sql: str, **given: Any) -> None:
        parts.append(sql)
        values.update(given)

    for name, column in _EQUALS.items():
        wanted = [str(value) for value in getattr(filters, name)]
        if wanted:
            add(f"{alias}.{column} = ANY(CAST(:f_{name} AS text[]))", **{f"f_{name}": wanted})
    for name, column in _OCCURS.items():
        words = getattr(filters, name)
        if words:
            add(
                f"lower({alias}.{column}) LIKE ANY(CAST(:f_{name} AS text[]))",
                **{f"f_{name}": [_like(word) for word in words]},
            )
    if filters.age_from is not None:
        add(f"{alias}.birth_year <= :f_born_to", f_born_to=today.year - filters.age_from)
    if filters.age_to is not None:
        add(f"{alias}.birth_year >= :f_born_from", f_born_from=today.year - filters.age_to)
    if filters.has_address is not None:
        add(f"(COALESCE({alias}.address, '') <> '') = :f_address", f_address=filters.has_address)
    if filters.purchased_since is not None:
        add(f"{alias}.last_purchase_on >= :f_bought", f_bought=filters.purchased_since)
    if filters.not_purchased_since is not None:
        add(
            f"({alias}.last_purchase_on IS NULL OR {alias}.last_purchase_on < :f_unbought)",
            f_unbought=filters.not_purchased_since,
        )
    if filters.purchases_fen_from is not None:
        add(f"{alias}.total_purchases_fen >= :f_fen_from", f_fen_from=filters.purchases_fen_from)
    if filters.purchases_fen_to is not None:
        add(f"{alias}.total_purchases_fen <= :f_fen_to", f_fen_to=filters.purchases_fen_to)
    if filters.not_mailed_since is not None:
        add(
            "NOT EXISTS (SELECT 1 FROM mailing_recipients fm"
            f" WHERE fm.customer_id = {alias}.id AND fm.posted_on >= :f_mailed)",
            f_mailed=filters.not_mailed_since,
        )
    if filters.not_called_since is not None:
        add(
            f"NOT EXISTS (SELECT 1 FROM calls fk WHERE fk.customer_id = {alias}.id AND fk.created_at >= :f_called)",
            f_called=filters.not_called_since,
        )
    if filters.score_from is not None:
        sql, given = score_sql(today, alias=alias, scale=scale)
        add(f"({sql}) >= :f_score", f_score=filters.score_from, **given)
    return " AND ".join(parts) or "TRUE", values


def _test_sql(line: Line, alias: str, today: date) -> tuple[str, dict[str, Any]]:
    column, key = f"{alias}.{line.field}", f"s_{line.code}"
    match line.test:
        case "age":
            return (
                f"{column} BETWEEN :{key}_from AND :{key}_to",
                {f"{key}_from": today.year - line.high, f"{key}_to": today.year - line.low},
            )
        case "words":
            return (
                f"lower({column}) LIKE ANY(CAST(:{key} AS text[]))",
                {key: [_like(word) for word in line.words]},
            )
        case "at_least":
            return f"{column} >= :{key}", {key: line.low}
        case "since_days":
            return f"CAST(:{key}_day AS date) - {column} BETWEEN 0 AND :{key}", {key: line.low, f"{key}_day": today}
        case "given":
            return f"COALESCE(trim({column}), '') <> ''", {}


def score_sql(today: date, *, alias: str = "c", scale: Scale = POINTS_CARD) -> tuple[str, dict[str, Any]]:
    """A scale as an SQL expression: the same sum as `targeting.rules.score`."""
    parts: list[str] = [str(scale.base)]
    values: dict[str, Any] = {}
    for line in scale.lines:
        sql, given = _test_sql(line, alias, today)
        parts.append(f"CASE WHEN {sql} THEN {line.points} ELSE 0 END")
        values |= given
    return " + ".join(parts), values


def reasons_sql(today: date, *, alias: str = "c", scale: Scale = POINTS_CARD) -> tuple[str, dict[str, Any]]:
    """The reasons of a scale as an SQL expression: the same text as `targeting.rules.score`."""
    parts: list[str] = []
    values: dict[str, Any] = {}
    for line in scale.lines:
        sql, given = _test_sql(line, alias, today)
        parts.append(f"CASE WHEN {sql} THEN '{line.code} {line.points:+d}' END")
        values |= given
    return f"concat_ws(', ', {', '.join(parts)})", values


# ---------------------------------------------------------------- whose points


async def in_force(session: Session) -> Scale:
    """The scale by which new leads are scored: the learned model a person put in force, else the points card."""
    row = (
        await session.execute(select(ScoreModel).where(ScoreModel.state == ModelState.IN_FORCE.value))
    ).scalar_one_or_none()
    return POINTS_CARD if row is None else scale_of_model(row)


def scale_of_model(row: ScoreModel) -> Scale:
    lines = tuple(Line(**(line | {"words": tuple(line["words"])})) for line in row.lines)
    return Scale(row.base, lines, row.id)


async def scale_of(session: Session, filters: SegmentFilters) -> Scale:
    """Whose points `score_from` means. Raises BadInput where a model is asked for and none is in force."""
    if filters.score_from is None or filters.score_by == "card":
        return POINTS_CARD
    found = await in_force(session)
    if found.model_id is None:
        raise BadInput(
            field="score_by",
            problem_zh="目前没有启用的学习模型",
            problem_en="no learned model is in force",
            mend_zh="请改用积分卡，或先在“评分”页启用模型。",
            mend_en="Use the points card, or put a model in force on the page of scores.",
        )
    return found


# ---------------------------------------------------------------- segments


def filters_of(segment: Segment | None) -> SegmentFilters:
    """The filters of a saved segment; without one: everybody."""
    return SegmentFilters.model_validate(segment.filters if segment is not None else {})


async def count(session: Session, filters: SegmentFilters, today: date, *, exact: bool = False) -> SegmentCount:
    """How many customers the filters find, and how many of them may be called.

    Exact where that is quick, or when `exact` is asked for. A broad filter over millions is estimated from the sample
    (every SAMPLE_OF-th customer by chance): the answer says so, with the margin that holds in 19 cases of 20.
    """
    sql, values = await _statement(session, filters, today, exact=exact)
    if exact:
        await session.execute(text("SET LOCAL statement_timeout = '120s'"))
    row = (await session.execute(text(sql), values)).one()
    if _SAMPLE_OF_C not in sql:
        return SegmentCount(**row._mapping)
    population = await _population(session)
    return SegmentCount(
        **{name: n * SAMPLE_OF for name, n in row._mapping.items()},
        estimated=True,
        margin=margin(row.customers, SAMPLE_OF, population),
    )


async def count_statement(session: Session, filters: SegmentFilters, today: date) -> tuple[str, dict[str, Any]]:
    """The statement by which `count` answers, and its values."""
    return await _statement(session, filters, today, exact=False)


async def _statement(
    session: Session, filters: SegmentFilters, today: date, *, exact: bool
) -> tuple[str, dict[str, Any]]:
    where, values = condition(filters, today, scale=await scale_of(session, filters))
    if not exact and await _is_dear(session, _COUNT.format(where=where), values):
        where = f"({where}) AND {_SAMPLE_OF_C}"
    return _COUNT.format(where=where), values


_COUNT = (
    "SELECT count(*) AS customers, count(*) FILTER (WHERE COALESCE(c.address, '') <> '') AS with_address,"
    " count(d.phone) AS do_not_call, count(*) FILTER (WHERE c.consent = 'refused') AS refused,"
    " count(*) FILTER (WHERE d.phone IS NULL AND c.consent <> 'refused') AS callable_after"
    " FROM customers c LEFT JOIN do_not_call d ON d.phone = c.phone WHERE {where}"
)
_SAMPLE_OF_C = SAMPLE.replace("phone", "c.phone")
DEAR = 60_000.0
"""PostgreSQL's cost of a statement (about a page read in order each) that is still answered at once."""


async def _is_dear(session: Session, sql: str, values: dict[str, Any]) -> bool:
    plan = (await session.execute(text(f"EXPLAIN (FORMAT JSON) {sql}"), values)).scalar_one()
    return float(plan[0]["Plan"]["Total Cost"]) > DEAR


async def _population(session: Session) -> int:
    """About how many customers there are, as the last ANALYZE found."""
    known: int = (
        await session.execute(text("SELECT reltuples::bigint FROM pg_class WHERE oid = 'customers'::regclass"))
    ).scalar_one()
    return max(known, 0)


async def get(session: Session, segment_id: UUID) -> Segment:
    row = await session.get(Segment, segment_id)
    if row is None:
        raise NotFound(what_zh="客户分组", what_en="segment", id=segment_id)
    return row


async def _check_name(session: Session, name: str, own: UUID | None) -> None:
    other = (await session.execute(select(Segment.id).where(Segment.name == name))).scalar_one_or_none()
    if other is not None and other != own:
        raise BadInput(
            field="name",
            problem_zh=f"已有名为“{name}”的分组",
            problem_en=f"a segment named '{name}' exists already",
            mend_zh="请换一个名称。",
            mend_en="Choose another name.",
        )


async def create(session: Session, body: SegmentNew, now: datetime, by: UUID | None) -> Segment:
    await _check_name(session, body.name, None)
    row = Segment(name=body.name, filters=body.filters.model_dump(mode="json"), created_at=now, created_by=by)
    session.add(row)
    await session.flush()
    await _keep_version(session, row, now, by)
    return row


async def _keep_version(session: Session, row: Segment, now: datetime, by: UUID | None) -> None:
    session.add(
        SegmentVersion(
            segment_id=row.id, version=row.version, name=row.name, filters=row.filters, saved_at=now, saved_by=by
        )
    )
    await session.flush()


async def versions(session: Session, segment_id: UUID) -> list[SegmentVersionRow]:
    """What the segment was, newest first."""
    await get(session, segment_id)
    rows = await session.execute(
        text(
            "SELECT v.version, v.name, v.filters, v.saved_at, u.name AS saved_by FROM segment_versions v"
            " LEFT JOIN users u ON u.id = v.saved_by WHERE v.segment_id = :id ORDER BY v.version DESC LIMIT 200"
        ),
        {"id": segment_id},
    )
    return [SegmentVersionRow.model_validate(dict(row._mapping)) for row in rows]


async def change(
    session: Session, segment_id: UUID, body: SegmentChange, now: datetime, by: UUID | None = None
) -> Segment:
    """Compare-and-set. Mailings made from it keep their recipients, and the number of the version they were made of."""
    row = await session.get(Segment, segment_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(what_zh="客户分组", what_en="segment", id=segment_id)
    if row.version != body.version:
        raise Conflict(
            why_zh="该分组已被别人修改，请刷新后重做。",
            why_en="Someone else has changed this segment. Refresh and do it again.",
        )
    await _check_name(session, body.name, row.id)
    row.name, row.filters = body.name, body.filters.model_dump(mode="json")
    row.version += 1
    await session.flush()
    await _keep_version(session, row, now, by)
    return row


async def page(session: Session, limit: int, offset: int) -> tuple[Sequence[Segment], int]:
    total = (await session.execute(text("SELECT count(*) FROM segments"))).scalar_one()
    statement = select(Segment).order_by(Segment.name).limit(limit).offset(offset)
    return (await session.execute(statement)).scalars().all(), total
