"""Terms set by administrators; the night takes out what is too old."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from callcenter.kit.db import Database, Session
from callcenter.kit.errors import Conflict
from callcenter.people.audit import audit
from campaigns.retention import repository
from campaigns.retention.models import RetentionRun
from campaigns.retention.rules import TERMS, Kind, check, older_than
from campaigns.retention.schemas import RetentionTermChange, RetentionTermRow
from crm_sync.privacy.holders import Holder

BATCH = 2000
"""Calls blanked in one transaction."""
BATCHES = 200
"""Transactions of one kind in one night."""
PEOPLE = 50
PEOPLE_BATCHES = 40


async def table(session: Session) -> list[RetentionTermRow]:
    """Every kind with its term, the least time and why."""
    known = await repository.terms(session)
    found: list[RetentionTermRow] = []
    for kind, usual in TERMS.items():
        row = known.get(kind.value)
        found.append(
            RetentionTermRow(
                kind=kind,
                days=usual.usual_days if row is None else row.days,
                active=row is None or row.active,
                usual_days=usual.usual_days,
                least_days=usual.least_days,
                why_zh=usual.why_zh,
                why_en=usual.why_en,
                done_until=None if row is None else row.done_until,
                version=1 if row is None else row.version,
            )
        )
    return found


async def change(session: Session, kind: Kind, body: RetentionTermChange, now: datetime, by: UUID) -> None:
    """Compare-and-set.

    Raises:
        BadInput: fewer days than the law lets. Conflict: changed by somebody else meanwhile.
    """
    check(kind, body.days)
    row = await repository.term(session, kind)
    if row.version != body.version:
        raise Conflict(
            why_zh="该保存期限已被别人修改，请刷新后重做。",
            why_en="Someone else has changed this term. Refresh and do it again.",
        )
    row.days, row.active, row.changed_at, row.changed_by = body.days, body.active, now, by
    row.version += 1
    await session.flush()


async def run(database: Database, now: datetime, holders: Sequence[Holder]) -> dict[Kind, int]:
    """One night: each kind in turn, batch by batch, each batch a transaction of its own. Returns what went."""
    gone: dict[Kind, int] = {}
    for kind in Kind:
        async with database.transaction() as session:
            row = await repository.term(session, kind)
            active, before = row.active, older_than(now, row.days)
        if not active:
            continue
        count, more = await (
            _people(database, before, now, holders) if kind is Kind.CUSTOMERS else _calls(database, kind, before)
        )
        gone[kind] = count
        async with database.transaction() as session:
            if count:
                session.add(RetentionRun(kind=kind.value, at=now, before=before, gone=count, more=more))
                detail = {"before": before.isoformat(), "gone": count, "more": more}
                await audit(session, now, None, "personal_data_expired", "retention_term", kind.value, detail)
            if not more:
                (await repository.term(session, kind)).done_until = before
    return gone


async def _calls(database: Database, kind: Kind, before: datetime) -> tuple[int, bool]:
    count = 0
    if kind is Kind.NOTES:
        async with database.transaction() as session:
            count += await repository.blank_reasons(session, before)
    for _ in range(BATCHES):
        async with database.transaction() as session:
            row = await repository.term(session, kind)
            done, until = await repository.blank(session, kind, row.done_until, before, BATCH)
            count += done
            if done < BATCH:
                return count, False
            row.done_until = until
    return count, True


async def _people(database: Database, before: datetime, now: datetime, holders: Sequence[Holder]) -> tuple[int, bool]:
    count = 0
    for _ in range(PEOPLE_BATCHES):
        async with database.transaction() as session:
            people = await repository.forgotten(session, before, PEOPLE)
            for customer_id in people:
                counts = {
                    holder.name: dict((await holder.erase(session, customer_id, now)).counts) for holder in holders
                }
                await audit(session, now, None, "customer_data_expired", "customer", str(customer_id), counts)
            count += len(people)
        if len(people) < PEOPLE:
            return count, False
    return count, True


async def run_rows(session: Session, limit: int, offset: int) -> tuple[Sequence[RetentionRun], int]:
    return await repository.runs(session, limit, offset)
