"""Requests of people about their data (个人信息保护法 44–50): noted, due, done, with what was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import col, select

from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, NotFound
from crm_sync.customers import service as customers
from crm_sync.privacy import errors
from crm_sync.privacy.holders import Holder
from crm_sync.privacy.models import PrivacyRequest, RequestKind
from crm_sync.privacy.schemas import ConsentRecordRow, PrivacyRequestNew, PrivacyRequestRow

ANSWER_DAYS = 15
"""[D] Draft MIIT rules of 2020 answer complaints within 15 days; GDPR would give a month. The stricter."""

_LIVE = text("SELECT 1 FROM calls WHERE customer_id = :customer AND state <> 'ended' LIMIT 1")
_FROM = """
    FROM privacy_requests r JOIN customers c ON c.id = r.customer_id JOIN users n ON n.id = r.noted_by
    LEFT JOIN users d ON d.id = r.done_by
    WHERE (CAST(:id AS uuid) IS NULL OR r.id = :id) AND (CAST(:customer AS uuid) IS NULL OR r.customer_id = :customer)
      AND (CAST(:open AS boolean) IS NULL OR (r.done_at IS NULL) = :open)
"""


async def note(session: Session, body: PrivacyRequestNew, now: datetime, where: ZoneInfo, by: UUID) -> PrivacyRequest:
    """Write down what a person asks for.

    Raises:
        NotFound: no such customer. BadInput: received in the future. Conflict: asked already, and open.
    """
    await customers.get(session, body.customer_id)
    today = now.astimezone(where).date()
    if body.received_on > today or body.received_on < today - timedelta(days=366):
        raise BadInput(
            field="received_on",
            problem_zh="收到日期应在过去一年之内，且不晚于今天",
            problem_en="it must have been received within the last year, not after today",
        )
    asked = select(PrivacyRequest).where(
        col(PrivacyRequest.customer_id) == body.customer_id,
        col(PrivacyRequest.kind) == body.kind.value,
        col(PrivacyRequest.done_at).is_(None),
    )
    if (await session.execute(asked)).first() is not None:
        raise errors.already_asked()
    row = PrivacyRequest(
        kind=body.kind.value,
        customer_id=body.customer_id,
        received_on=body.received_on,
        due_on=body.received_on + timedelta(days=ANSWER_DAYS),
        how=body.how,
        noted_by=by,
        noted_at=now,
    )
    session.add(row)
    await session.flush()
    return row


async def _open(session: Session, request_id: UUID, kind: RequestKind) -> PrivacyRequest:
    row = await session.get(PrivacyRequest, request_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(what_zh="个人信息请求", what_en="privacy request", id=request_id)
    if row.kind != kind.value:
        raise (
            errors.wrong_kind("查阅复制", "a copy")
            if kind is RequestKind.COPY
            else errors.wrong_kind("删除", "erasure")
        )
    return row


async def copy(
    session: Session, request_id: UUID, holders: Sequence[Holder], now: datetime, by: UUID
) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Everything held of the person, by holder. The first copy settles the request; it may be taken again.

    Raises NotFound, Conflict (the request asks for something else).
    """
    row = await _open(session, request_id, RequestKind.COPY)
    found = {holder.name: await holder.copy(session, row.customer_id) for holder in holders}
    if row.done_at is None:
        row.done_at, row.done_by = now, by
        row.result = {name: {what: len(rows) for what, rows in parts.items()} for name, parts in found.items()}
        await session.flush()
    return found


async def erase(
    session: Session, request_id: UUID, holders: Sequence[Holder], now: datetime, by: UUID
) -> PrivacyRequest:
    """Erase the person everywhere, in one transaction: all holders or none.

    Raises NotFound, Conflict (another kind, done already, or the person is in a call).
    """
    row = await _open(session, request_id, RequestKind.ERASURE)
    if row.done_at is not None:
        raise errors.already_done()
    if (await session.execute(_LIVE, {"customer": row.customer_id})).first() is not None:
        raise errors.in_call()
    result: dict[str, Any] = {}
    for holder in holders:
        done = await holder.erase(session, row.customer_id, now)
        result[holder.name] = {
            "erased": dict(done.counts),
            "kept": [{"what": what, "why_zh": zh, "why_en": en} for what, zh, en in done.kept],
        }
    row.done_at, row.done_by, row.result = now, by, result
    await session.flush()
    return row


async def page(
    session: Session,
    now: datetime,
    where: ZoneInfo,
    *,
    limit: int,
    offset: int,
    open_only: bool | None = None,
    customer_id: UUID | None = None,
    id: UUID | None = None,
) -> tuple[list[PrivacyRequestRow], int]:
    """Requests, open ones first by their due date."""
    given: dict[str, Any] = {"id": id, "customer": customer_id, "open": open_only}
    total = (await session.execute(text(f"SELECT count(*) {_FROM}"), given)).scalar_one()
    found = await session.execute(
        text(
            "SELECT r.id, r.kind, r.customer_id, c.name AS customer_name, r.received_on, r.due_on,"
            " r.done_at IS NULL AND r.due_on < :today AS overdue, r.how, n.name AS noted_by_name, r.noted_at,"
            f" r.done_at, d.name AS done_by_name, r.result {_FROM}"
            " ORDER BY r.done_at IS NOT NULL, r.due_on, r.id LIMIT :limit OFFSET :offset"
        ),
        given | {"today": now.astimezone(where).date(), "limit": limit, "offset": offset},
    )
    return [PrivacyRequestRow(**row._mapping) for row in found], total


async def consents(session: Session, customer_id: UUID) -> list[ConsentRecordRow]:
    """What the person allowed and refused, the latest first. Raises NotFound."""
    await customers.get(session, customer_id)
    found = await session.execute(
        text("SELECT consent, source, at FROM consent_records WHERE customer_id = :customer ORDER BY id DESC"),
        {"customer": customer_id},
    )
    return [ConsentRecordRow(**row._mapping) for row in found]
