"""/api/backoffice/dunnings, extensions, statements, collection-tasks, reports: the chasing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from backoffice.kit.duties import Actor, OfficeRole
from backoffice.listing.http import Command, Today, add_command, add_get, add_list, shown
from backoffice.receivables import collection, dunning, extensions, lists, reports, statements
from backoffice.receivables.machines import COLLECTION_TASK, DUNNING, EXTENSION, STATEMENT
from backoffice.receivables.models import CollectionTask, Extension, Invoice, Statement
from backoffice.receivables.schemas import (
    AnswerBody,
    AskedLine,
    BalanceOut,
    DunningOut,
    ExtensionNew,
    ExtensionOut,
    FiguresOut,
    Movement,
    SendBody,
    StatementConfirm,
    StatementNew,
    StatementOut,
    TaskAnswer,
    TaskOut,
)
from backoffice.roles.access import OfficeActor
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.http import PROBLEMS, DbSession, Now

router = APIRouter(prefix="/api/backoffice", tags=["back office: collection"], responses=PROBLEMS)
add_list(router, lists.DUNNINGS, "/dunnings")
add_list(router, lists.EXTENSIONS, "/extensions")
add_list(router, lists.STATEMENTS, "/statements")
add_list(router, lists.TASKS, "/collection-tasks")
add_list(router, lists.AGEING, "/reports/ageing")


class RunOut(BaseModel):
    made: int


# ---------------------------------------------------------------- dunning letters


@router.post("/dunnings/run")
async def run_dunning(session: DbSession, now: Now, today: Today, actor: OfficeActor) -> RunOut:
    """Draft the letters that are due today (the nightly job does the same)."""
    acts.require_duty(actor, frozenset({OfficeRole.FIN}))
    return RunOut(made=await dunning.run(session, now, today))


async def _letter(session: Session, today: date, _actor: Actor, dunning_id: UUID) -> dict[str, Any]:
    return {"lines": [AskedLine(**row) for row in await dunning.asked(session, today, dunning_id)]}


async def _send(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: SendBody) -> None:
    await dunning.send(s, n, t, a, i, b.version, b.channel)


async def _answer(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: AnswerBody) -> None:
    await dunning.answer(s, n, t, a, i, b.version, promised_on=b.promised_on, promised_fen=b.promised_fen, note=b.note)


async def _escalate(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await dunning.escalate(s, n, a, i, b.version, b.note)


async def _cancel(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await dunning.cancel(s, n, a, i, b.version, b.note)


_dunning = shown(lists.DUNNINGS, DunningOut, DUNNING, _letter)
add_get(router, "/dunnings", _dunning, DunningOut)
add_command(router, "/dunnings", "send", _send, _dunning, DunningOut, SendBody)
add_command(router, "/dunnings", "answer", _answer, _dunning, DunningOut, AnswerBody)
add_command(router, "/dunnings", "escalate", _escalate, _dunning, DunningOut)
add_command(router, "/dunnings", "cancel", _cancel, _dunning, DunningOut)


# ---------------------------------------------------------------- extensions of payment


async def _request(session: Session, _today: date, _actor: Actor, extension_id: UUID) -> dict[str, Any]:
    return {"findings": (await acts.get(session, Extension, extension_id, "extension")).findings}


async def _submit(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await extensions.submit(s, n, a, i, b.version)


_extension = shown(lists.EXTENSIONS, ExtensionOut, EXTENSION, _request)


@router.post("/extensions", status_code=201, response_model=ExtensionOut)
async def ask_extension(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, body: ExtensionNew
) -> BaseModel:
    row = await extensions.ask(session, now, today, actor, body.invoice_id, body.new_due_on, body.reason, body.findings)
    return await _extension(session, today, actor, row.id)


add_get(router, "/extensions", _extension, ExtensionOut)
add_command(router, "/extensions", "submit", _submit, _extension, ExtensionOut)


# ---------------------------------------------------------------- statements of account


async def _movements(session: Session, _today: date, _actor: Actor, statement_id: UUID) -> dict[str, Any]:
    row = await acts.get(session, Statement, statement_id, "statement")
    found = await statements.movements(session, row.customer_id, row.from_on, row.to_on)
    return {"movements": [Movement(**one) for one in found]}


async def _send_statement(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await statements.send(s, n, a, i, b.version)


async def _confirm(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: StatementConfirm) -> None:
    """The balance the customer names; another one than ours makes the statement differ."""
    await statements.confirm(s, n, t, a, i, b.version, b.customer_fen, b.name)


async def _explain(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await statements.explain(s, n, a, i, b.version, b.note)


async def _close(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await statements.close(s, n, a, i, b.version)


_statement = shown(lists.STATEMENTS, StatementOut, STATEMENT, _movements)


@router.post("/statements", status_code=201, response_model=StatementOut)
async def make_statement(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, body: StatementNew
) -> BaseModel:
    row = await statements.make(session, now, today, actor, body.customer_id, body.from_on, body.to_on)
    return await _statement(session, today, actor, row.id)


add_get(router, "/statements", _statement, StatementOut)
add_command(router, "/statements", "send", _send_statement, _statement, StatementOut)
add_command(router, "/statements", "confirm", _confirm, _statement, StatementOut, StatementConfirm)
add_command(router, "/statements", "explain", _explain, _statement, StatementOut)
add_command(router, "/statements", "close", _close, _statement, StatementOut)


@router.get("/customers/{customer_id}/balance")
async def balance(
    session: DbSession, today: Today, _: OfficeActor, customer_id: UUID, on: date | None = None
) -> BalanceOut:
    """What the customer owes at the end of a day (below 0: we owe them)."""
    day = on or today
    fen = await statements.balance(session, customer_id, day)
    return BalanceOut(customer_id=customer_id, on=day, balance_fen=fen)


# ---------------------------------------------------------------- tasks of collection


@router.post("/collection-tasks/run")
async def run_collection(session: DbSession, today: Today, actor: OfficeActor) -> RunOut:
    """Open today's tasks (the nightly job does the same)."""
    acts.require_duty(actor, frozenset({OfficeRole.FIN}))
    return RunOut(made=await collection.run(session, today))


async def _answer_task(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: TaskAnswer) -> None:
    await collection.answer(s, n, t, a, i, b.version, reason=b.reason, measure=b.measure, promised_on=b.promised_on)


async def _finish(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await collection.finish(s, n, a, i, b.version, b.note)


async def _about(session: Session, _today: date, _actor: Actor, task_id: UUID) -> dict[str, Any]:
    task = await acts.get(session, CollectionTask, task_id, "collection_task")
    return {"invoice_number": (await acts.get(session, Invoice, task.invoice_id, "invoice")).number}


_task = shown(lists.TASKS, TaskOut, COLLECTION_TASK, _about)
add_get(router, "/collection-tasks", _task, TaskOut)
add_command(router, "/collection-tasks", "answer", _answer_task, _task, TaskOut, TaskAnswer)
add_command(router, "/collection-tasks", "finish", _finish, _task, TaskOut)


@router.get("/reports/receivables")
async def figures(session: DbSession, _: OfficeActor, from_on: date, to_on: date) -> FiguresOut:
    """AR, sales on credit, DSO, what fell due and what came in."""
    found = await reports.figures(session, from_on, to_on)
    return FiguresOut(
        receivable_fen=found.receivable_fen,
        credit_sales_fen=found.credit_sales_fen,
        dso_tenths=found.dso_tenths,
        due_fen=found.due_fen,
        received_fen=found.received_fen,
        collection_rate=found.collection_rate,
    )
