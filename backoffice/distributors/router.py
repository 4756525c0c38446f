"""/api/backoffice/distributors, channel-plans, gradings and what hangs on a distributor (M12)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import select
from sqlmodel import col

from backoffice.distributors import care, files, grading, key_accounts, lists, papers, plans, rules, schemas, service
from backoffice.distributors import machines as m
from backoffice.distributors.models import ChannelPlan, Distributor, DistributorPaper, FileChange
from backoffice.distributors.rules import DistributorPolicy
from backoffice.kit.duties import Actor
from backoffice.listing.http import Command, StoryLine, Today, add_command, add_get, add_list
from backoffice.listing.query import Listing, one
from backoffice.policies import service as policies
from backoffice.printing.http import add_print
from backoffice.printing.paper import Paper
from backoffice.roles.access import OfficeActor
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.http import PROBLEMS, DbSession, Now

router = APIRouter(prefix="/api/backoffice", tags=["back office: distributors"], responses=PROBLEMS)
LISTINGS = lists.LISTINGS
for _listing, _path in (
    (lists.DISTRIBUTORS, "/distributors"),
    (lists.CHANGES, "/file-changes"),
    (lists.LOANS, "/file-loans"),
    (lists.VISITS, "/visits"),
    (lists.COMPLAINTS, "/complaints"),
    (lists.PLANS, "/channel-plans"),
    (lists.STANDARDS, "/grade-standards"),
    (lists.REVIEWS, "/gradings"),
    (lists.GRADES, "/grade-table"),
    (lists.KEY_ACCOUNTS, "/key-accounts"),
    (lists.RISKS, "/risk-notices"),
    (lists.EVALUATIONS, "/evaluations"),
):
    add_list(router, _listing, _path)


async def _story(session: Session, thing: str, thing_id: UUID) -> list[StoryLine]:
    return [StoryLine(**line) for line in await acts.story(session, thing, thing_id)]


def _shower(listing: Listing[Any], model: type[Any], machine: Any) -> Any:
    """The thing as its list has it, with the buttons of its page and its story."""

    async def show(session: Session, today: date, actor: Actor, thing_id: UUID) -> Any:
        values = await one(session, listing, thing_id, today)
        more: dict[str, Any] = {"commands": machine.commands(str(values["state"]), actor.roles)}
        if "timeline" in model.model_fields:
            more["timeline"] = await _story(session, machine.name, thing_id)
        return model.model_validate(values | more)

    return show


# ---------------------------------------------------------------- the distributor


async def _distributor(session: Session, today: date, actor: Actor, distributor_id: UUID) -> schemas.DistributorOut:
    values = await one(session, lists.DISTRIBUTORS, distributor_id, today)
    row = await acts.get(session, Distributor, distributor_id, service.THING)
    policy = await policies.load(session, DistributorPolicy)
    papers = (
        await session.scalars(
            select(DistributorPaper)
            .where(col(DistributorPaper.distributor_id) == distributor_id)
            .order_by(col(DistributorPaper.received_on), col(DistributorPaper.name))
        )
    ).all()
    fields = (*schemas.FileBody.model_fields, "contract_id", "archive_place", "filed_on")
    return schemas.DistributorOut.model_validate(
        values
        | {name: getattr(row, name) for name in fields}
        | {
            "findings": [
                schemas.FindingOut(criterion=f.criterion.value, met=f.met, zh=f.zh, en=f.en)
                for f in rules.select(service.candidate(row), policy)
            ],
            "papers": [schemas.PaperOut(name=p.name, received_on=p.received_on) for p in papers],
            "missing_papers": rules.completeness([p.name for p in papers], policy.required_papers)[1],
            "commands": m.DISTRIBUTOR.commands(row.state, actor.roles),
            "timeline": await _story(session, service.THING, distributor_id),
        }
    )


@router.post("/distributors", status_code=201)
async def add(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, body: schemas.DistributorNew
) -> schemas.DistributorOut:
    values = body.model_dump(exclude={"customer_id", "region"}, mode="json")
    row = await service.add(session, now, today, actor, body.customer_id, values, body.region)
    return await _distributor(session, today, actor, row.id)


async def _edit(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: schemas.DistributorEdit) -> None:
    values = {name: value for name, value in b.model_dump(mode="json").items() if name in schemas.FileBody.model_fields}
    await service.edit(s, n, a, i, b.version, values)


async def _match(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.match(s, n, a, i, b.version)


async def _unmatch(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.unmatch(s, n, a, i, b.version, b.note)


async def _sign_up(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: schemas.Contracted) -> None:
    await service.sign_up(s, n, a, i, b.version, b.contract_id)


async def _review(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.review(s, n, a, i, b.version, b.note)


async def _send_back(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.send_back(s, n, a, i, b.version, b.note)


async def _file(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: schemas.Filed) -> None:
    await service.file(s, n, t, a, i, b.version, b.archive_place)


async def _activate(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.activate(s, n, a, i, b.version)


def _standing(command: str) -> Any:
    async def run(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
        await service.change_standing(s, n, a, i, b.version, command, b.note)

    return run


_OUT = schemas.DistributorOut
add_get(router, "/distributors", _distributor, _OUT)
add_command(router, "/distributors", "edit", _edit, _distributor, _OUT, schemas.DistributorEdit)
add_command(router, "/distributors", "match", _match, _distributor, _OUT)
add_command(router, "/distributors", "unmatch", _unmatch, _distributor, _OUT)
add_command(router, "/distributors", "sign-up", _sign_up, _distributor, _OUT, schemas.Contracted)
add_command(router, "/distributors", "review", _review, _distributor, _OUT)
add_command(router, "/distributors", "send-back", _send_back, _distributor, _OUT)
add_command(router, "/distributors", "file", _file, _distributor, _OUT, schemas.Filed)
add_command(router, "/distributors", "activate", _activate, _distributor, _OUT)
for _verb in ("suspend", "resume", "terminate"):
    add_command(router, "/distributors", _verb, _standing(_verb), _distributor, _OUT)


async def _file_paper(session: Session, today: date, actor: Actor, thing_id: UUID) -> Paper:
    return await papers.file(session, today, await _distributor(session, today, actor, thing_id))


add_print(router, "/distributors", _file_paper)


@router.post("/distributors/{distributor_id}/papers", status_code=201)
async def add_paper(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, distributor_id: UUID, body: schemas.PaperNew
) -> schemas.DistributorOut:
    await files.add_paper(session, now, today, actor, distributor_id, body.name)
    return await _distributor(session, today, actor, distributor_id)


# ---------------------------------------------------------------- the file


async def _change(session: Session, today: date, actor: Actor, change_id: UUID) -> schemas.ChangeOut:
    values = await one(session, lists.CHANGES, change_id, today)
    row = await acts.get(session, FileChange, change_id, "file_change")
    commands = [("file" if c == "file_credit" else c) for c in m.FILE_CHANGE.commands(row.state, actor.roles)]
    wrong = {"collect"} if row.credit else ({"file"} if row.state == "reported" else set())
    return schemas.ChangeOut.model_validate(
        values | {"delta": row.delta, "before": row.before, "commands": [c for c in commands if c not in wrong]}
    )


@router.post("/file-changes", status_code=201)
async def report_change(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, body: schemas.ChangeNew
) -> schemas.ChangeOut:
    row = await files.report(
        session, now, today, actor, body.distributor_id, body.what, body.delta.plain(), credit=body.credit
    )
    return await _change(session, today, actor, row.id)


def _change_command(command: str) -> Any:
    async def run(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
        await files.move_change(s, n, t, a, i, b.version, command, b.note)

    return run


add_get(router, "/file-changes", _change, schemas.ChangeOut)
for _verb in ("collect", "file", "reject"):
    add_command(router, "/file-changes", _verb, _change_command(_verb), _change, schemas.ChangeOut)

_loan = _shower(lists.LOANS, schemas.FileLoanOut, m.FILE_LOAN)


@router.post("/file-loans", status_code=201, response_model=schemas.FileLoanOut)
async def ask_file_loan(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, body: schemas.FileLoanNew
) -> Any:
    row = await files.ask_loan(session, now, actor, body.distributor_id, body.unit, body.purpose)
    return await _loan(session, today, actor, row.id)


def _loan_command(command: str) -> Any:
    async def run(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
        await files.move_loan(s, n, t, a, i, b.version, command.replace("-", "_"), b.note)

    return run


add_get(router, "/file-loans", _loan, schemas.FileLoanOut)
for _verb in ("approve", "reject", "lend", "take-back"):
    add_command(router, "/file-loans", _verb, _loan_command(_verb), _loan, schemas.FileLoanOut)


# ---------------------------------------------------------------- care


@router.post("/visits", status_code=201)
async def record_visit(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, body: schemas.VisitNew
) -> schemas.VisitRow:
    topics = body.model_dump(include={"stock", "orders", "changes"})
    row = await care.visit(session, now, today, actor, body.distributor_id, body.visited_on, topics, body.delta.plain())
    return schemas.VisitRow.model_validate(await one(session, lists.VISITS, row.id, today))


_complaint = _shower(lists.COMPLAINTS, schemas.ComplaintOut, m.COMPLAINT)


@router.post("/complaints", status_code=201, response_model=schemas.ComplaintOut)
async def complain(session: DbSession, now: Now, today: Today, actor: OfficeActor, body: schemas.ComplaintNew) -> Any:
    row = await care.complain(session, now, today, actor, body.distributor_id, body.what)
    return await _complaint(session, today, actor, row.id)


def _complaint_command(command: str) -> Any:
    async def run(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Any) -> None:
        more = {"kind": b.kind, "importance": b.importance} if command == "classify" else {}
        await care.move_complaint(s, n, t, a, i, b.version, command, note=b.note, **more)

    return run


add_get(router, "/complaints", _complaint, schemas.ComplaintOut)
for _verb in ("classify", "solve", "escalate", "reopen", "close"):
    _body = schemas.Classified if _verb == "classify" else Command
    add_command(router, "/complaints", _verb, _complaint_command(_verb), _complaint, schemas.ComplaintOut, _body)


async def _risk(session: Session, today: date, _actor: Actor, risk_id: UUID) -> schemas.RiskRow:
    return schemas.RiskRow.model_validate(await one(session, lists.RISKS, risk_id, today))


@router.post("/risk-notices", status_code=201)
async def warn(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, body: schemas.RiskNew
) -> schemas.RiskRow:
    row = await care.warn(session, now, today, actor, body.distributor_id, body.what)
    return await _risk(session, today, actor, row.id)


async def _answer(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await care.answer_risk(s, n, a, i, b.version, b.note)


add_command(router, "/risk-notices", "answer", _answer, _risk, schemas.RiskRow)


@router.post("/evaluations", status_code=201)
async def evaluate(
    session: DbSession, today: Today, actor: OfficeActor, body: schemas.EvaluationNew
) -> schemas.EvaluationRow:
    row = await care.evaluate(session, today, actor, body.rep_id, body.month, body.score, body.advice)
    return schemas.EvaluationRow.model_validate(await one(session, lists.EVALUATIONS, row.id, today))


# ---------------------------------------------------------------- plans


async def _plan(session: Session, today: date, actor: Actor, plan_id: UUID) -> schemas.PlanOut:
    values = await one(session, lists.PLANS, plan_id, today)
    row = await acts.get(session, ChannelPlan, plan_id, "channel_plan")
    return schemas.PlanOut.model_validate(
        values
        | {"body": row.body, "targets": row.targets, "issued": row.issued}
        | {
            "commands": m.CHANNEL_PLAN.commands(row.state, actor.roles),
            "timeline": await _story(session, "channel_plan", plan_id),
        }
    )


@router.post("/channel-plans", status_code=201)
async def make_plan(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, body: schemas.PlanNew
) -> schemas.PlanOut:
    row = await plans.make(session, now, actor, body.year, body.region)
    return await _plan(session, today, actor, row.id)


async def _edit_plan(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: schemas.PlanEdit) -> None:
    await plans.edit(s, n, a, i, b.version, b.body, [target.model_dump(mode="json") for target in b.targets])


async def _issue_plan(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await plans.issue(s, n, t, a, i, b.version)


add_get(router, "/channel-plans", _plan, schemas.PlanOut)
add_command(router, "/channel-plans", "edit", _edit_plan, _plan, schemas.PlanOut, schemas.PlanEdit)
add_command(router, "/channel-plans", "issue", _issue_plan, _plan, schemas.PlanOut)


# ---------------------------------------------------------------- grading

_standard = _shower(lists.STANDARDS, schemas.StandardOut, m.GRADE_STANDARD)


@router.post("/grade-standards", status_code=201, response_model=schemas.StandardOut)
async def draft_standard(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, body: schemas.StandardNew
) -> Any:
    row = await grading.draft_standard(session, now, actor, body.model_dump(mode="json"))
    return await _standard(session, today, actor, row.id)


async def _submit_standard(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await grading.submit_standard(s, n, a, i, b.version)


add_get(router, "/grade-standards", _standard, schemas.StandardOut)
add_command(router, "/grade-standards", "submit", _submit_standard, _standard, schemas.StandardOut)


async def _grading(session: Session, today: date, actor: Actor, review_id: UUID) -> schemas.ReviewOut:
    values = await one(session, lists.REVIEWS, review_id, today)
    sub = lists.GRADES.source(today).subquery()
    lines = await session.execute(
        select(sub).where(sub.c.review_id == review_id).order_by(sub.c.sales_fen.desc(), sub.c.id)
    )
    return schemas.ReviewOut.model_validate(
        values
        | {
            "lines": [schemas.GradeRow.model_validate(dict(line._mapping)) for line in lines],
            "commands": m.GRADE_REVIEW.commands(str(values["state"]), actor.roles),
            "timeline": await _story(session, "grade_review", review_id),
        }
    )


@router.post("/gradings", status_code=201)
async def make_grading(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, body: schemas.ReviewNew
) -> schemas.ReviewOut:
    row = await grading.make(session, now, today, actor, body.year)
    return await _grading(session, today, actor, row.id)


async def _recompute(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await grading.recompute(s, n, a, i, b.version)


async def _depart(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: schemas.Departure) -> None:
    await grading.depart(s, n, a, i, b.version, b.line_id, b.grade, b.note)


async def _submit_grading(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await grading.submit(s, n, a, i, b.version)


add_get(router, "/gradings", _grading, schemas.ReviewOut)
add_command(router, "/gradings", "recompute", _recompute, _grading, schemas.ReviewOut)
add_command(router, "/gradings", "depart", _depart, _grading, schemas.ReviewOut, schemas.Departure)
add_command(router, "/gradings", "submit", _submit_grading, _grading, schemas.ReviewOut)


async def _grading_paper(session: Session, today: date, actor: Actor, thing_id: UUID) -> Paper:
    return await papers.grading(session, today, await _grading(session, today, actor, thing_id))


add_print(router, "/gradings", _grading_paper)


@router.post("/key-accounts", status_code=201)
async def apply_key_account(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, body: schemas.KeyAccountNew
) -> schemas.KeyAccountRow:
    row = await key_accounts.apply(session, now, today, actor, body.customer_id, body.reason)
    return schemas.KeyAccountRow.model_validate(await one(session, lists.KEY_ACCOUNTS, row.id, today))
