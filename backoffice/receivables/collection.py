"""The nightly work on uncollected money: tasks with their deadlines (M4-6)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col

from backoffice.accounts.models import CustomerAccount
from backoffice.calendar import service as calendars
from backoffice.kit.dates import Calendar
from backoffice.kit.duties import Actor
from backoffice.policies import service as policies
from backoffice.receivables import ledger, rules
from backoffice.receivables.machines import COLLECTION_TASK
from backoffice.receivables.models import CollectionTask, Invoice, TaskKind
from backoffice.receivables.rules import CollectionClass, QuasiBad, ReceivablesPolicy
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput
from callcenter.kit.ids import new_id


def tasks_due(
    goods_on: date, cls: CollectionClass, today: date, policy: ReceivablesPolicy, calendar: Calendar
) -> list[tuple[TaskKind, date]]:
    """PURE: which tasks an invoice of this class has, with their last days."""
    if cls is CollectionClass.UNCOLLECTED:
        return [(TaskKind.REASON, calendar.add(today, policy.reason_days))]
    if cls is CollectionClass.UNDER_COLLECTION:
        dates = rules.class_dates(goods_on, policy, calendar)
        return [(TaskKind.REPORT, dates.report_due), (TaskKind.SOLVE, dates.solve_due)]
    return []


async def run(session: Session, today: date) -> int:
    """Open the tasks that today brings; gives how many. Twice on a day does no harm."""
    policy = await policies.load(session, ReceivablesPolicy)
    calendar = await calendars.load(session)
    facts = ledger.facts(today).subquery("f")
    rows = await session.execute(
        select(
            facts.c.id,
            facts.c.customer_id,
            facts.c.goods_on,
            facts.c.due_on,
            facts.c.outstanding_fen,
            col(CustomerAccount.rep_id),
        )
        .join(CustomerAccount, col(CustomerAccount.id) == facts.c.customer_id)
        .where(facts.c.outstanding_fen > 0, facts.c.quasi_bad.is_(None))
    )
    known = {
        (invoice, kind)
        for invoice, kind in await session.execute(select(col(CollectionTask.invoice_id), col(CollectionTask.kind)))
    }
    new: list[tuple[UUID, UUID, UUID, str, date, UUID | None]] = []
    # What an invoice is and which tasks it has follows from the two dates alone: few pairs, many invoices.
    judged: dict[tuple[date, date], list[tuple[TaskKind, date]]] = {}
    for invoice, customer, goods_on, due_on, outstanding, rep in rows:
        if (goods_on, due_on) not in judged:
            cls = rules.collection_class(goods_on, due_on, outstanding, today, policy)
            judged[(goods_on, due_on)] = tasks_due(max(goods_on, due_on), cls, today, policy, calendar)
        new += [
            (new_id(), customer, invoice, kind.value, due, rep)
            for kind, due in judged[(goods_on, due_on)]
            if (invoice, kind.value) not in known
        ]
    await _open(session, today, new)
    return len(new)


async def _open(session: Session, today: date, new: list[tuple[UUID, UUID, UUID, str, date, UUID | None]]) -> None:
    """In bulk: a first night may open some hundred thousand."""
    if not new:
        return
    columns = [list(column) for column in zip(*new, strict=True)]
    names = ("ids", "customers", "invoices", "kinds", "dues", "reps")
    await session.execute(
        text(
            "INSERT INTO collection_tasks (id, customer_id, invoice_id, kind, due_on, assignee_id, state, made_on,"
            " reason, measure, version) SELECT *, 'open', CAST(:today AS date), '', '', 1 FROM unnest("
            "CAST(:ids AS uuid[]), CAST(:customers AS uuid[]), CAST(:invoices AS uuid[]), CAST(:kinds AS text[]),"
            " CAST(:dues AS date[]), CAST(:reps AS uuid[])) ON CONFLICT (invoice_id, kind) DO NOTHING"
        ),
        dict(zip(names, columns, strict=True)) | {"today": today},
    )


async def to_legal(
    session: Session, now: datetime, today: date, actor: Actor, invoice: Invoice, case: QuasiBad
) -> CollectionTask | None:
    """Bankrupt or seized goes to legal on the same day; other cases do not go by themselves."""
    if case not in rules.SAME_DAY_TO_LEGAL:
        return None
    known: CollectionTask | None = await session.scalar(
        select(CollectionTask).where(
            col(CollectionTask.invoice_id) == invoice.id, col(CollectionTask.kind) == TaskKind.LEGAL.value
        )
    )
    if known is not None:
        return known
    task = CollectionTask(
        customer_id=invoice.customer_id,
        invoice_id=invoice.id,
        kind=TaskKind.LEGAL.value,
        made_on=today,
        due_on=today,
        reason=case.value,
    )
    await acts.born(session, now, actor, task, COLLECTION_TASK)
    return task


async def answer(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    task_id: UUID,
    version: int,
    *,
    reason: str,
    measure: str = "",
    promised_on: date | None = None,
) -> CollectionTask:
    """The written reason; a report under collection also names a measure."""
    task = await acts.take(session, CollectionTask, task_id, "collection_task", version)
    if not reason.strip():
        raise BadInput(field="reason", problem_zh="须写明原因", problem_en="the reason is missing")
    if task.kind == TaskKind.REPORT and not measure.strip():
        raise BadInput(field="measure", problem_zh="催收款报告须写明措施", problem_en="the report names a measure")
    sets = {
        "reason": reason,
        "measure": measure,
        "promised_on": promised_on,
        "answered_on": task.answered_on or today,
    }
    await acts.move(session, now, actor, task, COLLECTION_TASK, "answer", note=reason, sets=sets)
    return task


async def finish(
    session: Session, now: datetime, actor: Actor, task_id: UUID, version: int, note: str
) -> CollectionTask:
    task = await acts.take(session, CollectionTask, task_id, "collection_task", version)
    await acts.move(session, now, actor, task, COLLECTION_TASK, "finish", note=note)
    return task
