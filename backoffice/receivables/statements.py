"""Statements of account (对账单): issued by finance, reconciled by the representative (M4-7)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from backoffice.accounts import service as accounts
from backoffice.kit.duties import Actor
from backoffice.kit.refusals import Refused
from backoffice.numbering.service import next_number
from backoffice.receivables import ledger
from backoffice.receivables.machines import STATEMENT
from backoffice.receivables.models import Statement
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput


async def movements(session: Session, customer_id: UUID, from_on: date, to_on: date) -> list[dict[str, Any]]:
    """Every movement of the period, both days included, in order."""
    sub = ledger.movements(customer_id).subquery("m")
    rows = await session.execute(
        select(sub).where(sub.c.on_day.between(from_on, to_on)).order_by(sub.c.on_day, sub.c.kind, sub.c.number)
    )
    return [dict(row._mapping) for row in rows]


async def balance(session: Session, customer_id: UUID, on: date) -> int:
    """What the customer owes at the end of `on` (below 0: we owe them)."""
    sub = ledger.movements(customer_id).subquery("m")
    total = await session.scalar(
        select(func.coalesce(func.sum(sub.c.debit_fen - sub.c.credit_fen), 0)).where(sub.c.on_day <= on)
    )
    return int(total or 0)


async def make(
    session: Session, now: datetime, today: date, actor: Actor | None, customer_id: UUID, from_on: date, to_on: date
) -> Statement:
    """The statement of a period that is over (or ends today)."""
    acts.require_duty(actor, STATEMENT.roles("draft", "send"))
    if from_on > to_on or to_on > today:
        raise BadInput(
            field="to_on", problem_zh="期间不正确或尚未结束", problem_en="the period is wrong or not over yet"
        )
    await accounts.of(session, customer_id, lock=True)
    opening = await balance(session, customer_id, from_on - timedelta(days=1))
    rows = await movements(session, customer_id, from_on, to_on)
    debit, credit = sum(int(row["debit_fen"]) for row in rows), sum(int(row["credit_fen"]) for row in rows)
    row = Statement(
        number=await next_number(session, "ST", today),
        customer_id=customer_id,
        from_on=from_on,
        to_on=to_on,
        opening_fen=opening,
        debit_fen=debit,
        credit_fen=credit,
        closing_fen=opening + debit - credit,
        made_on=today,
    )
    await acts.born(session, now, actor, row, STATEMENT, detail={"closing_fen": row.closing_fen})
    return row


async def send(session: Session, now: datetime, actor: Actor, statement_id: UUID, version: int) -> Statement:
    row = await acts.take(session, Statement, statement_id, "statement", version)
    await acts.move(session, now, actor, row, STATEMENT, "send")
    return row


async def confirm(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    statement_id: UUID,
    version: int,
    customer_fen: int,
    name: str,
) -> Statement:
    """What the customer says: the same balance confirms it, another one makes it differ."""
    row = await acts.take(session, Statement, statement_id, "statement", version)
    same = customer_fen == row.closing_fen
    sets: dict[str, Any] = {"customer_fen": customer_fen, "confirmed_name": name}
    if same:
        sets["confirmed_on"] = today
    detail = {"difference_fen": customer_fen - row.closing_fen}
    await acts.move(session, now, actor, row, STATEMENT, "confirm" if same else "differ", detail=detail, sets=sets)
    return row


async def explain(
    session: Session, now: datetime, actor: Actor, statement_id: UUID, version: int, note: str
) -> Statement:
    row = await acts.take(session, Statement, statement_id, "statement", version)
    if not note.strip():
        raise BadInput(field="note", problem_zh="须写明差异原因", problem_en="say what makes the difference")
    await acts.move(session, now, actor, row, STATEMENT, "explain", note=note, sets={"difference_reason": note})
    return row


async def close(session: Session, now: datetime, actor: Actor, statement_id: UUID, version: int) -> Statement:
    """M4-7: a difference carries a reason before the statement closes."""
    row = await acts.take(session, Statement, statement_id, "statement", version)
    if row.state == "differing" and not row.difference_reason:
        raise Refused(
            "m4-7",
            "对账差异尚未说明原因,不能关闭。",
            "The difference has no reason yet; the statement cannot be closed.",
            field="difference_reason",
        )
    await acts.move(session, now, actor, row, STATEMENT, "close")
    return row
