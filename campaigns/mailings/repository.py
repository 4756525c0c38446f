"""Reading brochures and waves for lists, and addresses for the mailing house."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from callcenter.kit.db import Session
from campaigns.mailings.models import Brochure, BrochureItem
from campaigns.mailings.schemas import BrochureRow, ItemRow, MailingRow, RecipientRow
from crm_sync.phones import mask_phone

_WAVES = """
    SELECT m.id, m.name, m.brochure_id, b.title AS brochure_title, m.segment_id, m.segment_version,
      m.sample_size, m.control_percent, m.draw_seed, m.state, m.created_at, m.version,
      (SELECT count(*) FROM mailing_controls k WHERE k.mailing_id = m.id) AS controls, n.*
    FROM mailings m JOIN brochures b ON b.id = m.brochure_id
    CROSS JOIN LATERAL (
      SELECT count(*) AS recipients, count(r.posted_on) AS posted, count(r.returned_on) AS returned,
             count(r.replied_on) AS replied, count(DISTINCT r.batch_no) AS batches,
             min(r.posted_on) AS first_posted_on, max(r.posted_on) AS last_posted_on
      FROM mailing_recipients r WHERE r.mailing_id = m.id) n
"""


async def waves(session: Session, limit: int, offset: int) -> tuple[list[MailingRow], int]:
    total: int = (await session.execute(text("SELECT count(*) FROM mailings"))).scalar_one()
    rows = await session.execute(
        text(f"{_WAVES} ORDER BY m.created_at DESC, m.name LIMIT :limit OFFSET :offset"),
        {"limit": limit, "offset": offset},
    )
    return [MailingRow(**row._mapping) for row in rows], total


async def wave(session: Session, mailing_id: UUID) -> MailingRow | None:
    row = (await session.execute(text(f"{_WAVES} WHERE m.id = :id"), {"id": mailing_id})).first()
    return MailingRow(**row._mapping) if row is not None else None


async def brochures(session: Session, limit: int, offset: int) -> tuple[list[BrochureRow], int]:
    total: int = (await session.execute(text("SELECT count(*) FROM brochures"))).scalar_one()
    statement = select(Brochure).order_by(Brochure.code, col(Brochure.edition).desc()).limit(limit).offset(offset)
    found = (await session.execute(statement)).scalars().all()
    return await with_items(session, found), total


async def with_items(session: Session, found: Sequence[Brochure]) -> list[BrochureRow]:
    statement = (
        select(BrochureItem)
        .where(col(BrochureItem.brochure_id).in_([row.id for row in found]))
        .order_by(col(BrochureItem.position), BrochureItem.sku)
    )
    items = (await session.execute(statement)).scalars().all()
    return [
        BrochureRow(
            id=row.id,
            code=row.code,
            edition=row.edition,
            title=row.title,
            created_at=row.created_at,
            items=[ItemRow.model_validate(item) for item in items if item.brochure_id == row.id],
        )
        for row in found
    ]


@dataclass(frozen=True, slots=True)
class Address:
    """One label. No telephone number: the mailing house has no use for it."""

    batch_no: int
    name: str
    postcode: str
    province: str
    city: str
    address: str


async def addresses(session: Session, mailing_id: UUID, batch_no: int | None) -> AsyncIterator[Address]:
    """Labels of a wave (or one batch) in the order in which they are sorted for the post."""
    result = await session.stream(
        text(
            "SELECT r.batch_no, c.name, COALESCE(c.postcode, '') AS postcode, COALESCE(c.province, '') AS province,"
            " COALESCE(c.city, '') AS city, COALESCE(c.address, '') AS address"
            " FROM mailing_recipients r JOIN customers c ON c.id = r.customer_id WHERE r.mailing_id = :mailing"
            " AND (CAST(:batch AS int) IS NULL OR r.batch_no = :batch) ORDER BY r.batch_no, c.postcode, c.id"
        ),
        {"mailing": mailing_id, "batch": batch_no},
    )
    async for row in result:
        yield Address(*row)


class Came(StrEnum):
    """What became of a letter."""

    RETURNED = "returned"
    REPLIED = "replied"
    NOTHING = "nothing"  # posted, and neither came back


_RECIPIENTS = """
    FROM mailing_recipients r JOIN customers c ON c.id = r.customer_id WHERE r.mailing_id = :mailing
      AND (:words = '' OR c.name LIKE :pattern OR (:ending <> '' AND c.phone LIKE :phone_pattern))
      AND (CAST(:came AS text) IS NULL
           OR CASE CAST(:came AS text) WHEN 'returned' THEN r.returned_on IS NOT NULL
                                       WHEN 'replied' THEN r.replied_on IS NOT NULL
                   ELSE r.posted_on IS NOT NULL AND r.returned_on IS NULL AND r.replied_on IS NULL END)
"""
_SIGNS = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})
_LEAST_DIGITS = 4
"""Fewer digits of a number would show whom one did not ask for."""


async def recipients(
    session: Session, mailing_id: UUID, words: str, came: Came | None, limit: int, offset: int
) -> tuple[list[RecipientRow], int]:
    """Recipients of a wave. `words`: a part of the name, or the last four digits or more of the number."""
    digits = "".join(sign for sign in words if sign.isdigit())
    ending = (
        digits if len(digits) >= _LEAST_DIGITS and len(digits) == len(words.replace("-", "").replace(" ", "")) else ""
    )
    given = {
        "mailing": mailing_id,
        "words": words,
        "pattern": f"%{words.translate(_SIGNS)}%",
        "ending": ending,
        "phone_pattern": f"%{ending}",
        "came": came.value if came is not None else None,
    }
    total: int = (await session.execute(text(f"SELECT count(*) {_RECIPIENTS}"), given)).scalar_one()
    rows = await session.execute(
        text(
            "SELECT r.customer_id, c.name, c.phone, concat_ws(' ', c.province, c.city) AS place, r.batch_no,"
            f" r.posted_on, r.returned_on, r.replied_on {_RECIPIENTS}"
            " ORDER BY greatest(r.returned_on, r.replied_on) DESC NULLS LAST, c.name, c.id LIMIT :limit OFFSET :offset"
        ),
        given | {"limit": limit, "offset": offset},
    )
    return [
        RecipientRow(masked_phone=mask_phone(row.phone), **{k: v for k, v in row._mapping.items() if k != "phone"})
        for row in rows
    ], total
