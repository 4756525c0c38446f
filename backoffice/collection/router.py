"""/api/backoffice/dunnings, extensions, statements, collection-tasks, reports: the chasing."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from backoffice.kit.duties import Actor, OfficeRole
from backoffice.listing.http import Command, StoryLine, Today, add_list
from backoffice.listing.query import one
from backoffice.receivables import collection, dunning, extensions, lists, reports, statements
from backoffice.receivables.machines import STATEMENT
from backoffice.receivables.schemas import (
    AnswerBody,
    BalanceOut,
    DunningRow,
    ExtensionNew,
    ExtensionRow,
    FiguresOut,
    Movement,
    SendBody,
    StatementConfirm,
    StatementNew,
    StatementOut,
    TaskAnswer,
    TaskRow,
)
from backoffice.roles.access import OfficeActor
from backoffice.timeline import acts
from callcenter.kit.http import PROBLEMS, DbSession, Now

router = APIRouter(prefix="/api/backoffice", tags=["back office: collection"], responses=PROBLEMS)
add_list(router, lists.DUNNINGS, "/dunnings")
add_list(router, lists.EXTENSIONS, "/extensions")
add_list(router, lists.STATEMENTS, "/statements")
add_list(router, lists.TASKS, "/collection-tasks")
add_list(router, lists.AGEING, "/reports/ageing")


class RunOut(BaseModel):
    made: int


async def _dunning(session: DbSession, today: Today, dunning_id: UUID) -> DunningRow:
    return DunningRow.model_validate(await one(session, lists.DUNNINGS, dunning_id, today))


@router.post("/dunnings/run")
async def run_dunning(session: DbSession, now: Now, today: Today, actor: OfficeActor) -> RunOut:
    """Draft the letters that are due today (the nightly job does the same)."""
    acts.require_duty(actor, frozenset({OfficeRole.FIN}))
    return RunOut(made=await dunning.run(session, now, today))


@router.get("/dunnings/{dunning_id}")
async def read_dunning(session: DbSession, today: Today, _: OfficeActor, dunning_id: UUID) -> DunningRow:
    return await _dunning(session, today, dunning_id)


@router.post("/dunnings/{dunning_id}/send")
async def send_dunning(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, dunning_id: UUID, body: SendBody
) -> DunningRow:
    await dunning.send(session, now, today, actor, dunning_id, body.version, body.channel)
    return await _dunning(session, today, dunning_id)


@router.post("/dunnings/{dunning_id}/answer")
async def answer_dunning(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, dunning_id: UUID, body: AnswerBody
) -> DunningRow:
    await dunning.answer(
        session,
        now,
        today,
        actor,
        dunning_id,
        body.version,
        promised_on=body.promised_on,
        promised_fen=body.promised_fen,
        note=body.note,
    )
    return await _dunning(session, today, dunning_id)


@router.post("/dunnings/{dunning_id}/escalate")
async def escalate_dunning(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, dunning_id: UUID, body: Command
) -> DunningRow:
    await dunning.escalate(session, now, actor, dunning_id, body.version, body.note)
    return await _dunning(session, today, dunning_id)


@router.post("/dunnings/{dunning_id}/cancel")
async def cancel_dunning(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, dunning_id: UUID, body: Command
) -> DunningRow:
    await dunning.cancel(session, now, actor, dunning_id, body.version, body.note)
    return await _dunning(session, today, dunning_id)


async def _extension(session: DbSession, today: Today, row_id: UUID) -> ExtensionRow:
    return ExtensionRow.model_validate(await one(session, lists.EXTENSIONS, row_id, today))


@router.post("/extensions", status_code=201)
async def ask_extension(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, body: ExtensionNew
) -> ExtensionRow:
    row = await extensions.ask(session, now, today, actor, body.invoice_id, body.new_due_on, body.reason, body.findings)
    return await _extension(session, today, row.id)


@router.get("/extensions/{extension_id}")
async def read_extension(session: DbSession, today: Today, _: OfficeActor, extension_id: UUID) -> ExtensionRow:
    return await _extension(session, today, extension_id)


@router.post("/extensions/{extension_id}/submit")
async def submit_extension(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, extension_id: UUID, body: Command
) -> ExtensionRow:
    await extensions.submit(session, now, actor, extension_id, body.version)
    return await _extension(session, today, extension_id)


async def _statement(session: DbSession, today: Today, actor: Actor, row_id: UUID) -> StatementOut:
    values = await one(session, lists.STATEMENTS, row_id, today)
    rows = await statements.movements(
        session,
        values["customer_id"],
        values["from_on"],
        values["to_on"],
    )
    return StatementOut.model_validate(
        values
        | {
            "movements": [Movement(**row) for row in rows],
            "commands": STATEMENT.commands(str(values["state"]), actor.roles),
            "timeline": [StoryLine(**line) for line in await acts.story(session, "statement", row_id)],
        }
    )


@router.post("/statements", status_code=201)
async def make_statement(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, body: StatementNew
) -> StatementOut:
    row = await statements.make(session, now, today, actor, body.customer_id, body.from_on, body.to_on)
    return await _statement(session, today, actor, row.id)


@router.get("/statements/{statement_id}")
async def read_statement(session: DbSession, today: Today, actor: OfficeActor, statement_id: UUID) -> StatementOut:
    return await _statement(session, today, actor, statement_id)


@router.post("/statements/{statement_id}/send")
async def send_statement(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, statement_id: UUID, body: Command
) -> StatementOut:
    await statements.send(session, now, actor, statement_id, body.version)
    return await _statement(session, today, actor, statement_id)


@router.post("/statements/{statement_id}/confirm")
async def confirm_statement(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, statement_id: UUID, body: StatementConfirm
) -> StatementOut:
    """The balance the customer names; another one than ours makes the statement differ."""
    await statements.confirm(session, now, today, actor, statement_id, body.version, body.customer_fen, body.name)
    return await _statement(session, today, actor, statement_id)


@router.post("/statements/{statement_id}/explain")
async def explain_statement(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, statement_id: UUID, body: Command
) -> StatementOut:
    await statements.explain(session, now, actor, statement_id, body.version, body.note)
    return await _statement(session, today, actor, statement_id)


@router.post("/statements/{statement_id}/close")
async def close_statement(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, statement_id: UUID, body: Command
) -> StatementOut:
    await statements.close(session, now, actor, statement_id, body.version)
    return await _statement(session, today, actor, statement_id)


@router.get("/customers/{customer_id}/balance")
async def balance(
    session: DbSession, today: Today, _: OfficeActor, customer_id: UUID, on: date | None = None
) -> BalanceOut:
    """What the customer owes at the end of a day (below 0: we owe them)."""
    day = on or today
    fen = await statements.balance(session, customer_id, day)
    return BalanceOut(customer_id=customer_id, on=day, balance_fen=fen)


async def _task(session: DbSession, today: Today, task_id: UUID) -> TaskRow:
    return TaskRow.model_validate(await one(session, lists.TASKS, task_id, today))


@router.post("/collection-tasks/run")
async def run_collection(session: DbSession, today: Today, actor: OfficeActor) -> RunOut:
    """Open today's tasks (the nightly job does the same)."""
    acts.require_duty(actor, frozenset({OfficeRole.FIN}))
    return RunOut(made=await collection.run(session, today))


@router.get("/collection-tasks/{task_id}")
async def read_task(session: DbSession, today: Today, _: OfficeActor, task_id: UUID) -> TaskRow:
    return await _task(session, today, task_id)


@router.post("/collection-tasks/{task_id}/answer")
async def answer_task(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, task_id: UUID, body: TaskAnswer
) -> TaskRow:
    await collection.answer(
        session,
        now,
        today,
        actor,
        task_id,
        body.version,
        reason=body.reason,
        measure=body.measure,
        promised_on=body.promised_on,
    )
    return await _task(session, today, task_id)


@router.post("/collection-tasks/{task_id}/finish")
async def finish_task(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, task_id: UUID, body: Command
) -> TaskRow:
    await collection.finish(session, now, actor, task_id, body.version, body.note)
    return await _task(session, today, task_id)


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
