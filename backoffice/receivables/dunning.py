"""Dunning: the run that finds who gets which letter, and what becomes of a letter (M4-2, M4-3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, Integer, Uuid, column, func, insert, literal, select, table, text
from sqlmodel import col

from backoffice.kit.duties import Actor
from backoffice.numbering.service import next_numbers
from backoffice.policies import service as policies
from backoffice.receivables import ledger, rules
from backoffice.receivables.machines import DUNNING
from backoffice.receivables.models import Dunning, DunningLine
from backoffice.receivables.rules import ReceivablesPolicy
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput
from callcenter.kit.ids import new_id

_DUE = table(
    "dunning_due",
    column("customer_id", Uuid()),
    column("invoice_id", Uuid()),
    column("fen", BigInteger()),
    column("days", Integer()),
    column("disputed", Boolean()),
    column("level", Integer()),
    column("gap", Integer()),
)
"""What is overdue and how far its dunning has come: kept by the database for the length of a run, because two hundred
thousand invoices need not travel here and back to be judged. What they have in common is judged here, once."""


async def run(session: Session, now: datetime, today: date) -> int:
    """Draft the letters due today; gives their number. A second run on the same day finds nothing to add."""
    policy = await policies.load(session, ReceivablesPolicy)
    await _gather(session, today)
    cases = await session.execute(select(_DUE.c.days, _DUE.c.disputed, _DUE.c.level, _DUE.c.gap).distinct())
    judged = [
        (case.days, case.disputed, case.level, case.gap, at)
        for case in cases
        if (at := rules.next_level(case.level, case.days, case.gap, case.disputed, policy)) is not None
    ]
    return await _draft(session, now, today, judged) if judged else 0


async def _gather(session: Session, today: date) -> None:
    """Fill `dunning_due`: every overdue invoice of which no letter waits to be sent (M4-2)."""
    await session.execute(
        text(
            "CREATE TEMPORARY TABLE IF NOT EXISTS dunning_due (customer_id uuid, invoice_id uuid, fen bigint, days int,"
            " disputed boolean, level int, gap int) ON COMMIT DROP"
        )
    )
    await session.execute(text("TRUNCATE dunning_due"))
    lines = ledger.open_lines(today).subquery("late")
    letters: Any = select(col(DunningLine.invoice_id).label("invoice_id")).join(
        Dunning, col(Dunning.id) == col(DunningLine.dunning_id)
    )
    said = (
        letters.add_columns(func.max(col(Dunning.level)).label("level"), func.max(col(Dunning.made_on)).label("last"))
        .where(col(Dunning.state) != "cancelled")
        .group_by(col(DunningLine.invoice_id))
        .subquery("said")
    )
    # A letter that nobody has sent yet is no level reached.
    waiting = letters.where(col(Dunning.state) == "draft").subquery("waiting")
    overdue = (
        select(
            lines.c.customer_id,
            lines.c.invoice_id,
            ledger.total(lines.c.open_fen).label("fen"),
            func.max(lines.c.overdue_days).label("days"),
            func.bool_or(lines.c.state == "disputed").label("disputed"),
        )
        .where(lines.c.due_on < today)
        .group_by(lines.c.customer_id, lines.c.invoice_id)
        .subquery("overdue")
    )
    due = (
        select(*overdue.c, func.coalesce(said.c.level, 0), literal(today, Date) - said.c.last)
        .select_from(overdue)
        .outerjoin(said, said.c.invoice_id == overdue.c.invoice_id)
        .where(overdue.c.invoice_id.not_in(select(waiting.c.invoice_id)))
    )
    await session.execute(insert(_DUE).from_select([c.name for c in _DUE.c], due))


_AT = (
    " FROM dunning_due d JOIN unnest(CAST(:days AS int[]), CAST(:disputed AS boolean[]), CAST(:levels AS int[]),"
    " CAST(:gaps AS int[]), CAST(:ats AS int[])) AS j (days, disputed, level, gap, at)"
    " ON d.days = j.days AND d.disputed = j.disputed AND d.level = j.level AND d.gap IS NOT DISTINCT FROM j.gap"
)


async def _draft(session: Session, now: datetime, today: date, judged: Sequence[tuple[Any, ...]]) -> int:
    """In bulk: a run may write twenty thousand letters. `judged`: what is overdue so, goes to level `at`."""
    decided = dict(zip(("days", "disputed", "levels", "gaps", "ats"), _columns(judged), strict=True))
    found = await session.execute(
        text(f"SELECT d.customer_id, j.at, count(*) AS n {_AT} GROUP BY 1, 2 ORDER BY 1, 2"), decided
    )
    letters = list(found)
    if not letters:
        return 0
    numbers = await next_numbers(session, "DUN", today, len(letters))
    heads = [(new_id(), number, row.customer_id, row.at) for number, row in zip(numbers, letters, strict=True)]
    given = dict(zip(("ids", "numbers", "customers", "letter_levels"), _columns(heads), strict=True))
    await session.execute(
        text(
            "INSERT INTO dunnings (id, number, customer_id, level, state, made_on, channel, answer, version)"
            " SELECT *, 'draft', CAST(:today AS date), '', '', 1 FROM unnest(CAST(:ids AS uuid[]),"
            " CAST(:numbers AS text[]), CAST(:customers AS uuid[]), CAST(:letter_levels AS int[]))"
        ),
        given | {"today": today},
    )
    await session.execute(
        text(
            "INSERT INTO office_timeline (thing, thing_id, thing_version, at, act, to_state, note, detail)"
            " SELECT 'dunning', id, 1, :now, 'made', 'draft', '', jsonb_build_object('level', level, 'invoices', n)"
            " FROM unnest(CAST(:ids AS uuid[]), CAST(:letter_levels AS int[]), CAST(:counts AS int[]))"
            " AS t (id, level, n)"
        ),
        {key: given[key] for key in ("ids", "letter_levels")} | {"counts": [row.n for row in letters], "now": now},
    )
    await session.execute(
        text(
            "INSERT INTO dunning_lines (dunning_id, invoice_id, overdue_fen, overdue_days)"
            f" SELECT l.id, d.invoice_id, d.fen, d.days {_AT}"
            " JOIN unnest(CAST(:ids AS uuid[]), CAST(:customers AS uuid[]), CAST(:letter_levels AS int[]))"
            " AS l (id, customer_id, level) ON l.customer_id = d.customer_id AND l.level = j.at"
        ),
        decided | {key: given[key] for key in ("ids", "customers", "letter_levels")},
    )
    return len(letters)


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


async def send(
    session: Session, now: datetime, today: date, actor: Actor, dunning_id: UUID, version: int, channel: str
) -> Dunning:
    letter = await acts.take(session, Dunning, dunning_id, "dunning", version)
    sets = {"sent_on": today, "channel": channel}
    await acts.move(session, now, actor, letter, DUNNING, "send", note=channel, sets=sets)
    return letter


async def answer(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    dunning_id: UUID,
    version: int,
    *,
    promised_on: date | None,
    promised_fen: int | None,
    note: str,
) -> Dunning:
    """What the customer said; a promise has a day and an amount."""
    letter = await acts.take(session, Dunning, dunning_id, "dunning", version)
    if (promised_on is None) != (promised_fen is None) or (promised_on is not None and promised_on < today):
        raise BadInput(
            field="promised_on",
            problem_zh="承诺须有不早于今天的日期和金额",
            problem_en="a promise has an amount and a day that is not past",
        )
    sets = {"promised_on": promised_on, "promised_fen": promised_fen, "answer": note}
    detail = {"promised_on": promised_on and promised_on.isoformat(), "promised_fen": promised_fen}
    await acts.move(session, now, actor, letter, DUNNING, "answer", note=note, detail=detail, sets=sets)
    return letter


async def escalate(session: Session, now: datetime, actor: Actor, dunning_id: UUID, version: int, note: str) -> Dunning:
    """No result: the reason is recorded."""
    letter = await acts.take(session, Dunning, dunning_id, "dunning", version)
    if not note.strip():
        raise BadInput(field="note", problem_zh="须写明无结果的原因", problem_en="say why there was no result")
    await acts.move(session, now, actor, letter, DUNNING, "escalate", note=note)
    return letter


async def cancel(session: Session, now: datetime, actor: Actor, dunning_id: UUID, version: int, note: str) -> Dunning:
    letter = await acts.take(session, Dunning, dunning_id, "dunning", version)
    await acts.move(session, now, actor, letter, DUNNING, "cancel", note=note)
    return letter


async def lines_of(session: Session, dunning_id: UUID) -> list[DunningLine]:
    return list(await session.scalars(select(DunningLine).where(col(DunningLine.dunning_id) == dunning_id)))


async def asked(session: Session, today: date, dunning_id: UUID) -> list[dict[str, Any]]:
    """What the letter asks for, invoice by invoice, and what of each is still open today."""
    customer = await session.scalar(select(col(Dunning.customer_id)).where(col(Dunning.id) == dunning_id))
    f = ledger.facts(today, customer).subquery("f")
    rows = await session.execute(
        select(
            f.c.id.label("invoice_id"),
            f.c.number.label("invoice_number"),
            col(DunningLine.overdue_fen),
            col(DunningLine.overdue_days),
            f.c.outstanding_fen,
        )
        .join(DunningLine, col(DunningLine.invoice_id) == f.c.id)
        .where(col(DunningLine.dunning_id) == dunning_id)
        .order_by(f.c.invoice_on, f.c.number)
    )
    return [dict(row._mapping) for row in rows]
