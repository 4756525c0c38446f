"""Brochures with their items, and the waves in which they are posted: by batches, each with its own date."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import col, select

from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, Conflict, NotFound
from campaigns.followups import service as followups
from campaigns.followups.models import FollowUpState
from campaigns.leads.models import ClosedReason
from campaigns.mailings.models import Brochure, BrochureItem, Mailing, MailingState
from campaigns.mailings.schemas import BrochureNew, MailingNew
from campaigns.targeting import service as targeting
from campaigns.targeting.models import Segment

HOME_ZONE = ZoneInfo("Asia/Shanghai")
"""Whose calendar posting dates are in: the company's own."""
OLDEST_POSTING = timedelta(days=365)
"""A posting date further back is a slip of the pen: nobody may be called on such a mailing any more."""


@dataclass(frozen=True, slots=True)
class WaveCounts:
    """Recipients of a wave, by what became of the letters. `mailed` were posted and did not come back."""

    recipients: int
    posted: int
    returned: int
    replied: int
    batches: int


# ---------------------------------------------------------------- brochures


async def create_brochure(session: Session, body: BrochureNew, now: datetime) -> Brochure:
    """A new edition of the brochure `body.code` with its items; earlier editions stay as they were mailed."""
    last = (
        await session.execute(
            text("SELECT COALESCE(max(edition), 0) FROM brochures WHERE code = :code"), {"code": body.code}
        )
    ).scalar_one()
    skus = [item.sku for item in body.items]
    twice = sorted({sku for sku in skus if skus.count(sku) > 1})
    if twice:
        raise BadInput(
            field="items.sku",
            problem_zh=f"货号重复：{'、'.join(twice)}",
            problem_en=f"the same sku twice: {', '.join(twice)}",
        )
    brochure = Brochure(code=body.code, edition=last + 1, title=body.title, created_at=now)
    session.add(brochure)
    await session.flush()
    for position, item in enumerate(body.items):
        given = item.model_dump(exclude={"position"})
        place = position if item.position is None else item.position
        session.add(BrochureItem(brochure_id=brochure.id, position=place, **given))
    await session.flush()
    return brochure


async def brochure(session: Session, brochure_id: UUID) -> Brochure:
    row = await session.get(Brochure, brochure_id)
    if row is None:
        raise NotFound(what_zh="宣传册", what_en="brochure", id=brochure_id)
    return row


async def items_of_brochure(session: Session, brochure_id: UUID) -> Sequence[BrochureItem]:
    statement = (
        select(BrochureItem)
        .where(BrochureItem.brochure_id == brochure_id)
        .order_by(col(BrochureItem.position), BrochureItem.sku)
    )
    return (await session.execute(statement)).scalars().all()


async def items_of(session: Session, mailing_id: UUID) -> Sequence[BrochureItem]:
    """What the brochure of a wave offers, in its order."""
    return await items_of_brochure(session, (await mailing(session, mailing_id)).brochure_id)


async def ordered(
    session: Session, mailing_id: UUID, wanted: Sequence[tuple[UUID, int]], *, field: str
) -> list[tuple[BrochureItem, int]]:
    """The lines (item of the brochure, quantity) of an order on a wave.

    Raises BadInput, naming `field`, for an item that the brochure of this wave does not offer.
    """
    items = {item.id: item for item in await items_of(session, mailing_id)}
    for item_id, _quantity in wanted:
        if item_id not in items:
            raise BadInput(
                field=field,
                problem_zh="该商品不在寄给这位客户的宣传册中",
                problem_en="this item is not in the brochure that was mailed to this customer",
                mend_zh="请从该宣传册的商品中选择。",
                mend_en="Choose from the items of that brochure.",
            )
    return [(items[item_id], quantity) for item_id, quantity in wanted]


# ---------------------------------------------------------------- waves


async def mailing(session: Session, mailing_id: UUID, *, lock: bool = False) -> Mailing:
    row = await session.get(Mailing, mailing_id, with_for_update=lock or None, populate_existing=True)
    if row is None:
        raise NotFound(what_zh="邮寄批次", what_en="mailing", id=mailing_id)
    return row


# Who may be mailed, in an order by chance that the same seed gives again; of these a sample; of it the control group.
_FILL = """
    WITH drawn AS (
      SELECT c.id, c.created_at FROM customers c
      WHERE ({where}) AND c.consent <> 'refused' AND COALESCE(c.address, '') <> ''
        AND NOT EXISTS (SELECT 1 FROM do_not_call d WHERE d.phone = c.phone)
      {sample}),
    split AS ({split}),
    held AS (INSERT INTO mailing_controls (mailing_id, customer_id)
             SELECT :mailing, id FROM split WHERE control)
    INSERT INTO mailing_recipients (mailing_id, customer_id, batch_no)
    SELECT :mailing, id, 1 + ((row_number() OVER (ORDER BY created_at, id) - 1) / :batch_size)
    FROM split WHERE NOT control
"""
_SAMPLE = "ORDER BY hashtextextended(c.id::text, :seed), c.id LIMIT :sample"
_ALL = "SELECT id, created_at, false AS control FROM drawn"
_SPLIT = (
    "SELECT id, created_at, row_number() OVER (ORDER BY hashtextextended(id::text, :seed + 1), id)"
    " <= round(count(*) OVER () * CAST(:control AS numeric) / 100) AS control FROM drawn"
)


def _seed(body: MailingNew) -> int | None:
    """By which numbers people are drawn. Left to us: from the name, so that it is no one's choice."""
    if body.sample_size is None and not body.control_percent:
        return None
    return body.draw_seed if body.draw_seed is not None else zlib.crc32(body.name.encode()) & 0x7FFF_FFFF


async def create(session: Session, body: MailingNew, now: datetime, by: UUID | None) -> Mailing:
    """A wave of one brochure to one segment: the recipients are fixed now.

    Left out: people without an address, on the do-not-call list (they could not be called afterwards), or who
    refused. Of the rest a sample may be drawn, and a control group held back: by chance, the same for the same seed.
    Raises BadInput when nobody remains.
    """
    await brochure(session, body.brochure_id)
    segment = await session.get(Segment, body.segment_id) if body.segment_id is not None else None
    if body.segment_id is not None and segment is None:
        raise NotFound(what_zh="客户分组", what_en="segment", id=body.segment_id)
    taken = (await session.execute(select(Mailing.id).where(Mailing.name == body.name))).first()
    if taken is not None:
        raise BadInput(field="name", problem_zh="已有同名的邮寄", problem_en="a mailing of this name exists already")
    if body.made_on is not None and body.made_on > now.date() + timedelta(days=1):
        raise BadInput(field="made_on", problem_zh="日期在将来", problem_en="the date lies in the future")
    row = Mailing(
        name=body.name,
        brochure_id=body.brochure_id,
        segment_id=body.segment_id,
        segment_version=segment.version if segment is not None else None,
        sample_size=body.sample_size,
        control_percent=body.control_percent,
        draw_seed=_seed(body),
        made_on=body.made_on,
        created_at=now,
        created_by=by,
    )
    session.add(row)
    await session.flush()
    filters = targeting.filters_of(segment)
    scale = await targeting.scale_of(session, filters)
    where, values = targeting.condition(filters, now.date(), alias="c", scale=scale)
    values |= {"mailing": row.id, "batch_size": body.batch_size or 2_000_000_000}
    if body.sample_size is not None:
        values |= {"sample": body.sample_size, "seed": row.draw_seed}
    if body.control_percent:
        values |= {"control": body.control_percent, "seed": row.draw_seed}
    await session.execute(text("SET LOCAL statement_timeout = 0"))
    sql = _FILL.format(
        where=where,
        sample=_SAMPLE if body.sample_size is not None else "",
        split=_SPLIT if body.control_percent else _ALL,
    )
    done = await session.execute(text(sql), values)
    if done.rowcount == 0:  # type: ignore[attr-defined]
        raise BadInput(
            field="segment_id",
            problem_zh="该分组中没有可邮寄的客户（需有地址、未禁呼、未拒绝）",
            problem_en="nobody in this segment can be mailed (an address is needed, no refusal, not do-not-call)",
            mend_zh="请放宽分组条件或补充地址。",
            mend_en="Widen the segment, or complete the addresses.",
        )
    return row


async def split_into_batches(session: Session, wave: Mailing, shares: Sequence[int]) -> None:
    """Divide the recipients anew into batches 1, 2, … of about these shares, before anything is posted.

    Raises:
        Conflict: a batch is posted already.
        BadInput: no positive share.
    """
    if not shares or any(share <= 0 for share in shares):
        raise BadInput(field="shares", problem_zh="各批份额须为正数", problem_en="shares must be positive")
    if wave.state != MailingState.PLANNED.value:
        raise Conflict(
            why_zh="已有批次寄出，不能重新分批。", why_en="A batch is posted already; it cannot be divided anew."
        )
    edges, total = [], 0
    for share in shares:
        total += share
        edges.append(total)
    # The order is by a hash of the id: batches are alike, so that their results can be compared.
    await session.execute(
        text(
            "UPDATE mailing_recipients m SET batch_no = b.batch_no FROM (SELECT customer_id,"
            " width_bucket((row_number() OVER (ORDER BY hashtextextended(customer_id::text, 1), customer_id) - 1)"
            " * CAST(:total AS float8) / count(*) OVER (), CAST(:edges AS float8[])) + 1 AS batch_no"
            " FROM mailing_recipients WHERE mailing_id = :mailing) b"
            " WHERE m.mailing_id = :mailing AND m.customer_id = b.customer_id"
        ),
        {"mailing": wave.id, "edges": [float(edge) for edge in edges], "total": float(total)},
    )


def check_posted_on(posted_on: date, *, today: date, made_on: date) -> None:
    """Raises BadInput for a date on which this wave cannot have been posted."""
    if posted_on > today:
        raise BadInput(
            field="posted_on",
            problem_zh=f"寄出日期 {posted_on} 在今天（{today}）之后",
            problem_en=f"the posting date {posted_on} lies after today ({today})",
            mend_zh="请在邮局收寄后填写实际日期。",
            mend_en="Enter the real date once the post office has it.",
        )
    if posted_on < made_on:
        raise BadInput(
            field="posted_on",
            problem_zh=f"寄出日期 {posted_on} 早于该邮寄的建立日期 {made_on}",
            problem_en=f"the posting date {posted_on} lies before the day the mailing was made ({made_on})",
            mend_zh="请核对邮局收据上的日期。",
            mend_en="Check the date on the receipt of the post office.",
        )
    if posted_on < today - OLDEST_POSTING:
        raise BadInput(
            field="posted_on",
            problem_zh=f"寄出日期 {posted_on} 已过去一年以上",
            problem_en=f"the posting date {posted_on} is more than a year ago",
        )


async def confirm_posted(
    session: Session,
    wave: Mailing,
    *,
    posted_on: date,
    batch_no: int | None,
    now: datetime,
    by: UUID | None,
    zone: ZoneInfo = HOME_ZONE,
) -> WaveCounts:
    """The post office has a batch (or, None, all that is not posted yet): from this date the days are counted.

    Raises:
        BadInput: an impossible date, or no such batch.
        Conflict: posted already with another date.
    """
    mailing_id = wave.id
    row = await mailing(session, mailing_id, lock=True)
    check_posted_on(
        posted_on, today=now.astimezone(zone).date(), made_on=row.made_on or row.created_at.astimezone(zone).date()
    )
    values: dict[str, Any] = {"mailing": mailing_id, "posted_on": posted_on, "batch": batch_no}
    state = (
        await session.execute(
            text(
                "SELECT count(*) AS members, count(*) FILTER (WHERE posted_on IS NULL) AS waiting,"
                " count(*) FILTER (WHERE posted_on <> :posted_on) AS other FROM mailing_recipients"
                " WHERE mailing_id = :mailing AND (CAST(:batch AS int) IS NULL OR batch_no = :batch)"
            ),
            values,
        )
    ).one()
    if state.members == 0:
        raise BadInput(field="batch_no", problem_zh="没有这个批次", problem_en="there is no such batch")
    if state.waiting == 0 and state.other > 0:
        raise Conflict(
            why_zh="该批次已确认寄出，且日期不同。", why_en="This batch is confirmed as posted, on another date."
        )
    await session.execute(
        text(
            "UPDATE mailing_recipients SET posted_on = :posted_on WHERE mailing_id = :mailing AND posted_on IS NULL"
            " AND (CAST(:batch AS int) IS NULL OR batch_no = :batch)"
        ),
        values,
    )
    row.state, row.posted_confirmed_by = MailingState.POSTED.value, by
    row.version += 1
    await session.flush()
    return await counts(session, mailing_id)


async def counts(session: Session, mailing_id: UUID) -> WaveCounts:
    row = (
        await session.execute(
            text(
                "SELECT count(*) AS recipients, count(posted_on) AS posted, count(returned_on) AS returned,"
                " count(replied_on) AS replied, count(DISTINCT batch_no) AS batches"
                " FROM mailing_recipients WHERE mailing_id = :mailing"
            ),
            {"mailing": mailing_id},
        )
    ).one()
    return WaveCounts(row.recipients, row.posted, row.returned, row.replied, row.batches)


async def _mark(
    session: Session, mailing_id: UUID, customer_id: UUID, column: str, on: date, reason: ClosedReason, now: datetime
) -> None:
    """Note what came back, and close the leads that were to be called on this wave."""
    found = (
        await session.execute(
            text(
                f"UPDATE mailing_recipients SET {column} = :on WHERE mailing_id = :mailing AND customer_id = :customer"
                " AND posted_on IS NOT NULL RETURNING posted_on"
            ),
            {"on": on, "mailing": mailing_id, "customer": customer_id},
        )
    ).first()
    if found is None:
        raise NotFound(what_zh="收件人", what_en="recipient of this mailing", id=customer_id)
    if on < found.posted_on:
        raise BadInput(
            field="on",
            problem_zh=f"日期 {on} 早于寄出日期 {found.posted_on}",
            problem_en=f"{on} lies before the posting date {found.posted_on}",
        )
    # Someone who asked to be called keeps the promise; a call in flight ends by its own result.
    closed = await session.execute(
        text(
            "UPDATE leads l SET state = 'closed', closed_reason = :reason, closed_at = :now, follow_up_at = NULL,"
            " rest_until = NULL, not_before = NULL, version = l.version + 1 FROM campaigns c"
            " WHERE c.id = l.campaign_id AND c.mailing_id = :mailing AND l.customer_id = :customer"
            " AND l.state = 'open' AND l.call_id IS NULL AND l.callback_at IS NULL RETURNING l.id"
        ),
        {"reason": reason.value, "now": now, "mailing": mailing_id, "customer": customer_id},
    )
    await followups.end_open(session, list(closed.scalars()), FollowUpState.DROPPED, None, now)


async def mark_replied(session: Session, mailing_id: UUID, customer_id: UUID, on: date, now: datetime) -> None:
    """A reply slip, or an order by phone, came before any call: no pitch to this person."""
    await _mark(session, mailing_id, customer_id, "replied_on", on, ClosedReason.ORDERED_DIRECT, now)


async def mark_returned(session: Session, mailing_id: UUID, customer_id: UUID, on: date, now: datetime) -> None:
    """The letter came back: the person never had the brochure."""
    await _mark(session, mailing_id, customer_id, "returned_on", on, ClosedReason.RETURNED_MAIL, now)
