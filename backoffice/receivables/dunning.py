"""Dunning: the run that finds who gets which letter, and what becomes of a letter (M4-2, M4-3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
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


async def run(session: Session, now: datetime, today: date) -> int:
    """Draft the letters due today; gives their number. A second run on the same day finds nothing to add."""
    policy = await policies.load(session, ReceivablesPolicy)
    lines = ledger.open_lines(today).subquery("late")
    overdue = await session.execute(
        select(
            lines.c.customer_id,
            lines.c.invoice_id,
            lines.c.state,
            func.sum(lines.c.open_fen).label("fen"),
            func.max(lines.c.overdue_days).label("days"),
        )
        .where(lines.c.due_on < today)
        .group_by(lines.c.customer_id, lines.c.invoice_id, lines.c.state)
    )
    said = await session.execute(
        select(col(DunningLine.invoice_id), func.max(col(Dunning.level)), func.max(col(Dunning.made_on)))
        .join(Dunning, col(Dunning.id) == col(DunningLine.dunning_id))
        .where(col(Dunning.state) != "cancelled")
        .group_by(col(DunningLine.invoice_id))
    )
    history = {invoice: (level, last) for invoice, level, last in said}
    waiting = set(
        await session.scalars(
            select(col(DunningLine.invoice_id))
            .join(Dunning, col(Dunning.id) == col(DunningLine.dunning_id))
            .where(col(Dunning.state) == "draft")
        )
    )
    letters: dict[tuple[UUID, int], list[tuple[UUID, int, int]]] = defaultdict(list)
    for customer, invoice, state, fen, days in overdue:
        level, last = history.get(invoice, (0, None))
        gap = (today - last).days if last else None
        # A letter that nobody has sent yet is no level reached.
        at = None if invoice in waiting else rules.next_level(level, days, gap, state == "disputed", policy)
        if at is not None:
            letters[(customer, at)].append((invoice, fen, days))
    await _draft(session, now, today, letters)
    return len(letters)


async def _draft(
    session: Session, now: datetime, today: date, letters: dict[tuple[UUID, int], list[tuple[UUID, int, int]]]
) -> None:
    """In bulk: a run may write twenty thousand letters."""
    if not letters:
        return
    numbers = await next_numbers(session, "DUN", today, len(letters))
    heads, story, lines = [], [], []
    for number, ((customer, level), invoices) in zip(numbers, letters.items(), strict=True):
        letter = new_id()
        heads.append((letter, number, customer, level))
        story.append((letter, level, len(invoices)))
        lines += [(letter, invoice, int(fen), days) for invoice, fen, days in invoices]
    await session.execute(
        text(
            "INSERT INTO dunnings (id, number, customer_id, level, state, made_on, channel, answer, version)"
            " SELECT *, 'draft', CAST(:today AS date), '', '', 1 FROM unnest(CAST(:ids AS uuid[]),"
            " CAST(:numbers AS text[]), CAST(:customers AS uuid[]), CAST(:levels AS int[]))"
        ),
        dict(zip(("ids", "numbers", "customers", "levels"), _columns(heads), strict=True)) | {"today": today},
    )
    await session.execute(
        text(
            "INSERT INTO office_timeline (thing, thing_id, thing_version, at, act, to_state, note, detail)"
            " SELECT 'dunning', id, 1, :now, 'made', 'draft', '', jsonb_build_object('level', level, 'invoices', n)"
            " FROM unnest(CAST(:ids AS uuid[]), CAST(:levels AS int[]), CAST(:counts AS int[])) AS t (id, level, n)"
        ),
        dict(zip(("ids", "levels", "counts"), _columns(story), strict=True)) | {"now": now},
    )
    await session.execute(
        text(
            "INSERT INTO dunning_lines (dunning_id, invoice_id, overdue_fen, overdue_days) SELECT * FROM unnest("
            "CAST(:ids AS uuid[]), CAST(:invoices AS uuid[]), CAST(:fen AS bigint[]), CAST(:days AS int[]))"
        ),
        dict(zip(("ids", "invoices", "fen", "days"), _columns(lines), strict=True)),
    )


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
