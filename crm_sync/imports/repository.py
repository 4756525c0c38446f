"""The import in the database: COPY into a temporary table, one verdict for each row, set-based writes.

All of it runs on the connection of the caller's transaction, so that a file is taken whole or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import psycopg
from sqlalchemy import func, select, text

from callcenter.kit.db import Session
from callcenter.people.models import User
from crm_sync.imports.models import ImportRun, ImportState
from crm_sync.imports.rules import Taken

_IMPORT_LOCK = 0x0CA12  # advisory lock: two files are not written at once, or both would call the same person new
_LONG = "30min"

_TEXTS = (
    "gender", "province", "city", "address", "postcode", "email", "company", "occupation", "income_band", "interests",
)  # fmt: skip
"""Columns that an update overwrites when the row says something, and leaves alone when it does not."""

_STAGED = (
    "row_no", "phone", "timezone", "timezone_known", "name", *_TEXTS, "birth_year", "last_purchase_on",
    "total_purchases_fen", "consent", "consent_source", "consent_at", "attributes",
    "further",
)  # fmt: skip

_CREATE_STAGE = """
CREATE TEMPORARY TABLE import_stage (
    row_no bigint NOT NULL, phone text NOT NULL, timezone text NOT NULL, timezone_known boolean NOT NULL,
    name text NOT NULL, gender text, province text, city text, address text, postcode text, email text, company text,
    occupation text, income_band text, interests text, birth_year integer, last_purchase_on date,
    total_purchases_fen bigint, consent text NOT NULL, consent_source text, consent_at timestamptz,
    attributes jsonb NOT NULL, further jsonb
) ON COMMIT DROP
"""

# A phone's first row decides; a refusal anywhere in the file, on the list or in the master outweighs it.
_VERDICT = """
CREATE TEMPORARY TABLE import_verdict ON COMMIT DROP AS
SELECT s.row_no, s.phone, c.id AS customer_id,
       CASE WHEN s.position > 1 THEN 'duplicate'
            WHEN s.refused OR d.phone IS NOT NULL OR c.consent = 'refused' THEN 'do_not_call'
            WHEN c.id IS NOT NULL THEN 'updated'
            ELSE 'new' END AS outcome
FROM (SELECT row_no, phone,
             row_number() OVER (PARTITION BY phone ORDER BY row_no) AS position,
             bool_or(consent = 'refused') OVER (PARTITION BY phone) AS refused
      FROM import_stage) AS s
LEFT JOIN customers AS c ON c.phone = s.phone
LEFT JOIN do_not_call AS d ON d.phone = s.phone
"""

_CHANGES = {
    "name": "COALESCE(NULLIF(s.name, ''), c.name)",
    **{column: f"COALESCE(s.{column}, c.{column})" for column in _TEXTS},
    "birth_year": "COALESCE(s.birth_year, c.birth_year)",
    "last_purchase_on": "GREATEST(s.last_purchase_on, c.last_purchase_on)",
    "total_purchases_fen": "COALESCE(s.total_purchases_fen, c.total_purchases_fen)",
    "timezone": "CASE WHEN s.timezone_known THEN s.timezone ELSE c.timezone END",
    "timezone_known": "(s.timezone_known OR c.timezone_known)",
    "consent": "CASE WHEN s.consent = 'unknown' THEN c.consent ELSE s.consent END",
    "consent_source": "CASE WHEN s.consent = 'unknown' THEN c.consent_source"
    " ELSE COALESCE(s.consent_source, c.consent_source) END",
    "consent_at": "CASE WHEN s.consent = 'unknown' THEN c.consent_at ELSE COALESCE(s.consent_at, c.consent_at) END",
    "attributes": "(c.attributes || s.attributes)",
}
"""What an existing customer becomes: the row's values where it has any.

A list shows the day on which it was made, so of two last purchases the later one stands (GREATEST ignores nulls).
"""

_NEW_NUMBER = (
    "EXISTS (SELECT 1 FROM jsonb_to_recordset(s.further) AS f (phone text) WHERE f.phone <> c.phone"
    " AND NOT EXISTS (SELECT 1 FROM customer_phones p WHERE p.customer_id = c.id AND p.phone = f.phone))"
)
_CHANGED = (
    f"(({', '.join(f'c.{column}' for column in _CHANGES)}) IS DISTINCT FROM ({', '.join(_CHANGES.values())})"
    f" OR {_NEW_NUMBER})"
)
_MATCHED = "FROM import_stage AS s JOIN import_verdict AS v USING (row_no)"

_UPDATE = f"""
UPDATE customers AS c
SET {", ".join(f"{column} = {value}" for column, value in _CHANGES.items())},
    updated_at = :now, version = c.version + 1
{_MATCHED}
WHERE v.outcome = 'updated' AND c.id = v.customer_id AND {_CHANGED}
"""

_COUNT_UNCHANGED = f"""
SELECT count(*) {_MATCHED} JOIN customers AS c ON c.id = v.customer_id
WHERE v.outcome = 'updated' AND NOT ({_CHANGED})
"""

_INSERTED = (
    "phone", "timezone", "timezone_known", "name", *_TEXTS, "birth_year", "last_purchase_on",
    "consent", "consent_source", "consent_at", "attributes",
)  # fmt: skip
_INSERT = f"""
INSERT INTO customers (id, {", ".join(_INSERTED)}, total_purchases_fen, source, created_at, updated_at, version)
SELECT gen_random_uuid(), {", ".join(f"s.{column}" for column in _INSERTED)},
       COALESCE(s.total_purchases_fen, 0), :source, :now, :now, 1
{_MATCHED} WHERE v.outcome = 'new' ORDER BY s.row_no
"""


# After the person's numbers that are known already; what is known of one of them (that it is dead) stays.
_NUMBERS = """
INSERT INTO customer_phones (customer_id, phone, kind, position, state, source, created_at)
SELECT c.id, f.phone, f.kind, LEAST(99, f.n + (SELECT COALESCE(max(p.position), 0) FROM customer_phones p
                                               WHERE p.customer_id = c.id)), 'usable', :source, :now
FROM import_stage AS s JOIN import_verdict AS v USING (row_no) JOIN customers AS c ON c.phone = s.phone
CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(s.further) AS (phone text, kind text))
  WITH ORDINALITY AS f (phone, kind, n)
WHERE s.further IS NOT NULL AND v.outcome IN ('new', 'updated') AND f.phone <> c.phone
ON CONFLICT (customer_id, phone) DO NOTHING
"""
# The person refuses, not the telephone: every number of a refusing row, and every one that is known of the person.
_REFUSED = """
INSERT INTO do_not_call (phone, source, reason, added_at, added_by)
SELECT DISTINCT r.phone, 'list', CAST(:source AS text), CAST(:now AS timestamptz), CAST(:by AS uuid)
FROM (SELECT phone FROM import_stage WHERE consent = 'refused'
      UNION SELECT f.phone FROM import_stage s, jsonb_to_recordset(s.further) AS f (phone text)
        WHERE s.consent = 'refused' AND s.further IS NOT NULL
      UNION SELECT p.phone FROM import_stage s JOIN customers c ON c.phone = s.phone
        JOIN customer_phones p ON p.customer_id = c.id AND p.state <> 'wrong_person'
        WHERE s.consent = 'refused') AS r
ON CONFLICT (phone) DO NOTHING
"""


_runs = ImportRun.__table__.c  # type: ignore[attr-defined]
_users = User.__table__.c  # type: ignore[attr-defined]
_WITH_NAME: Any = select(ImportRun, _users.name).join(User, _users.id == _runs.by, isouter=True)


class Staging:
    """The temporary tables of one import, inside the caller's transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def begin(self, *, writing: bool) -> None:
        """Make the staging table; a writing import waits for another one to end."""
        await self._session.execute(text(f"SET LOCAL statement_timeout = '{_LONG}'"))
        await self._session.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = '{_LONG}'"))
        if writing:
            await self._session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _IMPORT_LOCK})
        await self._session.execute(text("DROP TABLE IF EXISTS pg_temp.import_stage, pg_temp.import_verdict"))
        await self._session.execute(text(_CREATE_STAGE))

    async def add(self, rows: Sequence[Taken]) -> None:
        """COPY a batch of rows."""
        connection = await self._session.connection()
        raw = await connection.get_raw_connection()
        driver: psycopg.AsyncConnection[Any] = raw.driver_connection  # type: ignore[assignment]
        statement = f"COPY import_stage ({', '.join(_STAGED)}) FROM STDIN"
        async with driver.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            for row in rows:
                await copy.write_row(_record(row))

    async def judge(self) -> dict[str, int]:
        """Give every staged row its outcome; returns how many there are of each."""
        await self._session.execute(text("ANALYZE import_stage"))
        await self._session.execute(text(_VERDICT))
        await self._session.execute(text("ANALYZE import_verdict"))
        counted = await self._session.execute(
            text("SELECT outcome, count(*) AS n FROM import_verdict GROUP BY outcome")
        )
        return {str(row.outcome): int(row.n) for row in counted}

    async def count_unchanged(self) -> int:
        """Rows of known customers that say nothing new."""
        return int((await self._session.execute(text(_COUNT_UNCHANGED))).scalar_one())

    async def write(self, *, now: datetime, source: str, by: UUID | None) -> int:
        """Carry the verdicts out: new customers, changed customers, and refusals. Returns how many were changed."""
        updated: Any = await self._session.execute(text(_UPDATE), {"now": now})
        await self._session.execute(text(_INSERT), {"now": now, "source": source})
        await self._session.execute(text(_NUMBERS), {"now": now, "source": source})
        await self._session.execute(text(_REFUSED), {"source": source, "now": now, "by": by})
        await self._session.execute(
            text(
                "UPDATE customers AS c SET consent = 'refused', consent_source = :source, consent_at = :now,"
                " updated_at = :now, version = c.version + 1"
                " FROM (SELECT DISTINCT phone FROM import_stage WHERE consent = 'refused') AS r"
                " WHERE c.phone = r.phone AND c.consent <> 'refused'"
            ),
            {"now": now, "source": source},
        )
        return int(updated.rowcount)


def _further(row: Taken) -> str | None:
    return orjson.dumps([{"phone": p, "kind": k} for p, k in row.further]).decode() if row.further else None


def _record(row: Taken) -> tuple[Any, ...]:
    """A row in the order of `_STAGED`."""
    return (
        row.number, row.phone, row.timezone, row.timezone_known, row.name,
        row.gender, row.province, row.city, row.address, row.postcode, row.email, row.company, row.occupation,
        row.income_band, row.interests, row.birth_year, row.last_purchase_on, row.total_purchases_fen,
        row.consent, row.consent_source, row.consent_at, orjson.dumps(row.attributes).decode(),
        _further(row),
    )  # fmt: skip


async def remembered_mapping(session: Session, source: str) -> dict[str, str]:
    """The mapping of the last committed import of this source, empty when there is none."""
    found = await session.execute(
        select(_runs.mapping)
        .where(_runs.source == source, _runs.state == ImportState.COMMITTED.value)
        .order_by(_runs.started_at.desc())
        .limit(1)
    )
    return dict(found.scalar_one_or_none() or {})


async def committed_before(session: Session, sha256: str) -> ImportRun | None:
    """The last committed run of exactly this file."""
    found = await session.execute(
        select(ImportRun)
        .where(_runs.file_sha256 == sha256, _runs.state == ImportState.COMMITTED.value)
        .order_by(_runs.started_at.desc())
        .limit(1)
    )
    return found.scalar_one_or_none()


async def runs(
    session: Session, *, limit: int, offset: int, state: str | None, source: str
) -> tuple[list[tuple[ImportRun, str | None]], int]:
    """(run, name of who ran it), newest first, and how many there are."""
    where: list[Any] = []
    if state:
        where.append(_runs.state == state)
    if source:
        where.append(_runs.source == source)
    total = (await session.execute(select(func.count()).select_from(ImportRun).where(*where))).scalar_one()
    found = await session.execute(
        _WITH_NAME.where(*where).order_by(_runs.started_at.desc(), _runs.id).limit(limit).offset(offset)
    )
    return [(row[0], row[1]) for row in found], int(total)


async def run(session: Session, run_id: UUID) -> tuple[ImportRun, str | None] | None:
    """(run, name of who ran it)."""
    row = (await session.execute(_WITH_NAME.where(_runs.id == run_id))).one_or_none()
    return None if row is None else (row[0], row[1])
