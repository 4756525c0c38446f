"""A list is defined once, by a SELECT whose columns are named as the fields of its row.

Page, totals and spreadsheet all read that one SELECT, so a total equals the rows behind it by construction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Select, String, cast, false, func, or_, select
from sqlalchemy.sql.selectable import Subquery

from backoffice.kit.policy import Policy
from backoffice.kit.words import word
from backoffice.policies import service as policies
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, NotFound
from callcenter.kit.paging import MAX_PAGE

MAX_EXPORT = 50_000
"""Rows of one spreadsheet; a longer list says so and asks for a narrower filter."""

Row = TypeVar("Row", bound=BaseModel)


class ListPage(BaseModel, Generic[Row]):
    rows: list[Row]
    total: int
    totals: dict[str, int]
    """Sums over all rows of the filter, not only this page: money in fen."""


class ListQuery(BaseModel):
    """`filter` is `field:value`, repeatable; values of the same field are alternatives."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    q: str | None = Field(default=None, max_length=100, description="Text to find")
    filter: list[str] = Field(
        default_factory=list, description="`field:value`, repeatable", examples=[["state:issued"]]
    )
    date_from: date | None = Field(default=None, alias="from", description="First day of the list's date, included")
    date_to: date | None = Field(default=None, alias="to", description="Last day of the list's date, included")
    sort: str | None = Field(default=None, description="`field` or `-field`", examples=["-due_on"])
    limit: int = Field(default=50, ge=1, le=MAX_PAGE)
    offset: int = Field(default=0, ge=0)


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """`source(today)` is the SELECT; the other fields name its columns."""

    name: str
    row: type[Row]
    source: Callable[[date], Select[Any]]
    search: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    on: str | None = None
    """The date that `from` and `to` speak of."""
    sort: str = "-number"
    totals: tuple[str, ...] = ()
    ties: str = "id"
    """Breaks ties of the sort, so that pages never overlap."""
    hidden: tuple[str, ...] = field(default=("id", "version"))
    """Fields without a place in the spreadsheet."""
    policy: type[Policy] | None = None
    """The room's settings, where the list depends on them; `tuned(today, policy)` is then its SELECT."""
    tuned: Callable[[date, Any], Select[Any]] | None = None
    narrowed: Callable[[date, UUID], Select[Any]] | None = None
    """The same SELECT of one customer alone: PostgreSQL does not carry that filter into sums by itself."""
    model: Any = None
    """Whose `customer_id` tells the customer of a row, for `narrowed`."""
    headings: Callable[[Any], dict[str, tuple[str, str]]] | None = None
    """Headings (zh, en) that follow from the settings, by field."""


async def source_of(session: Session, listing: Listing[Any], today: date, customer: UUID | None = None) -> Select[Any]:
    """The list's SELECT with the settings as they are now; of one customer where that is known and makes it faster."""
    if customer is not None and listing.narrowed is not None:
        return listing.narrowed(today, customer)
    if listing.policy is None or listing.tuned is None:
        return listing.source(today)
    return listing.tuned(today, await policies.load(session, listing.policy))


def _only_customer(listing: Listing[Any], query: ListQuery) -> UUID | None:
    """The one customer that the filter asks for."""
    wanted = [item.partition(":")[2] for item in query.filter if item.startswith("customer_id:")]
    if listing.narrowed is None or "customer_id" not in listing.filters or len(wanted) != 1:
        return None
    try:
        return UUID(wanted[0])
    except ValueError:
        return None  # refused with its sentence where the filters are read


async def _owner(session: Session, listing: Listing[Any], row_id: UUID) -> UUID | None:
    """Whose row it is."""
    if listing.narrowed is None or listing.model is None:
        return None
    found: UUID | None = await session.scalar(select(listing.model.customer_id).where(listing.model.id == row_id))
    return found


async def headings_of(session: Session, listing: Listing[Any], lang: str) -> dict[str, str]:
    if listing.policy is None or listing.headings is None:
        return {}
    given = listing.headings(await policies.load(session, listing.policy))
    return {name: pair[0] if lang == "zh" else pair[1] for name, pair in given.items()}


def _value(column: ColumnElement[Any], name: str, text: str) -> Any:
    try:
        kind = column.type.python_type
        if kind is bool:
            return {"true": True, "false": False}[text.lower()]
        if kind is date:
            return date.fromisoformat(text)
        if kind in (str, object):  # SQLModel's text columns do not say that they are text
            return text
        return kind(text)
    except (ValueError, KeyError, NotImplementedError):
        raise BadInput(
            field="filter",
            problem_zh=f"“{name}”不能取值“{text}”",
            problem_en=f"'{text}' is no value of '{name}'",
        ) from None


def _conditions(listing: Listing[Any], sub: Subquery, query: ListQuery) -> list[ColumnElement[bool]]:
    out: list[ColumnElement[bool]] = []
    wanted: dict[str, list[Any]] = {}
    for item in query.filter:
        name, _, text = item.partition(":")
        if name not in listing.filters:
            raise BadInput(
                field="filter",
                problem_zh=f"不能按“{name}”筛选",
                problem_en=f"this list has no filter '{name}'",
                mend_zh=f"可用:{'、'.join(listing.filters)}。",
                mend_en=f"It has: {', '.join(listing.filters)}.",
            )
        wanted.setdefault(name, []).append(_value(sub.c[name], name, text))
    out += [sub.c[name].in_(values) for name, values in wanted.items()]
    if query.q:
        pattern = query.q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        out.append(or_(false(), *(cast(sub.c[name], String).ilike(f"%{pattern}%") for name in listing.search)))
    if listing.on is not None:
        if query.date_from:
            out.append(sub.c[listing.on] >= query.date_from)
        if query.date_to:
            out.append(sub.c[listing.on] <= query.date_to)
    return out


def _order(listing: Listing[Any], sub: Subquery, sort: str | None) -> list[ColumnElement[Any]]:
    text = sort or listing.sort
    name = text.removeprefix("-")
    if name not in sub.c:
        raise BadInput(field="sort", problem_zh=f"不能按“{name}”排序", problem_en=f"this list has no field '{name}'")
    column = sub.c[name]
    return [column.desc().nulls_last() if text.startswith("-") else column.asc().nulls_last(), sub.c[listing.ties]]


async def page(session: Session, listing: Listing[Row], query: ListQuery, today: date) -> ListPage[Row]:
    """One page of the list, the number of all rows, and the sums over them."""
    sub = (await source_of(session, listing, today, _only_customer(listing, query))).subquery()
    where = _conditions(listing, sub, query)
    rows = await session.execute(
        select(sub).where(*where).order_by(*_order(listing, sub, query.sort)).limit(query.limit).offset(query.offset)
    )
    sums = [func.coalesce(func.sum(sub.c[name]), 0).label(name) for name in listing.totals]
    total = (await session.execute(select(func.count().label("n"), *sums).where(*where).select_from(sub))).one()
    return ListPage[Any](
        rows=[listing.row.model_validate(dict(row._mapping)) for row in rows],
        total=total.n,
        totals={name: int(getattr(total, name)) for name in listing.totals},
    )


async def everything(session: Session, listing: Listing[Row], query: ListQuery, today: date) -> list[Row]:
    """All rows of the filter, for the spreadsheet. Raises BadInput when they are too many for one."""
    sub = (await source_of(session, listing, today, _only_customer(listing, query))).subquery()
    where = _conditions(listing, sub, query)
    rows = (
        await session.execute(
            select(sub).where(*where).order_by(*_order(listing, sub, query.sort)).limit(MAX_EXPORT + 1)
        )
    ).all()
    if len(rows) > MAX_EXPORT:
        raise BadInput(
            field="filter",
            problem_zh=f"结果超过 {MAX_EXPORT} 行,无法导出到一个文件",
            problem_en=f"more than {MAX_EXPORT} rows do not fit one file",
            mend_zh="请缩小筛选范围。",
            mend_en="Narrow the filter.",
        )
    return [listing.row.model_validate(dict(row._mapping)) for row in rows]


async def one(session: Session, listing: Listing[Row], row_id: UUID, today: date) -> dict[str, Any]:
    """The columns of one row, by its id. Raises NotFound."""
    owner = await _owner(session, listing, row_id)
    sub = (await source_of(session, listing, today, owner)).subquery()
    row = (await session.execute(select(sub).where(sub.c.id == row_id))).one_or_none()
    if row is None:
        raise NotFound(what_zh=word(listing.name, "zh"), what_en=word(listing.name, "en"), id=row_id)
    return dict(row._mapping)
