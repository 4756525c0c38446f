"""/api/backoffice/franchising/…: applications through nine gates, support, the funnel (M11)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from backoffice.franchising import lists, papers, rules, schemas, seed, service
from backoffice.franchising.machines import FRANCHISE
from backoffice.franchising.models import FranchiseApplication
from backoffice.franchising.rules import FranchisePolicy, Site
from backoffice.kit.duties import Actor
from backoffice.listing.http import Command, StoryLine, Today, add_command, add_get, add_list
from backoffice.listing.query import one
from backoffice.policies import service as policies
from backoffice.printing.http import add_print
from backoffice.printing.paper import Paper
from backoffice.roles.access import OfficeActor
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.http import PROBLEMS, DbSession, Now

router = APIRouter(prefix="/api/backoffice/franchising", tags=["back office: franchising"], responses=PROBLEMS)
LISTINGS = lists.LISTINGS
add_list(router, lists.APPLICATIONS, "/applications")
add_list(router, lists.SUPPORT, "/support")
add_list(router, lists.FUNNEL, "/funnel")


async def _show(session: Session, today: date, actor: Actor, application_id: UUID) -> schemas.FranchiseOut:
    values = await one(session, lists.APPLICATIONS, application_id, today)
    row = await acts.get(session, FranchiseApplication, application_id, service.THING)
    policy = await policies.load(session, FranchisePolicy)
    who = service.applicant(row)
    checks = rules.applicant(who, policy)
    if row.site:
        checks += rules.site(Site(**{name: row.site[name] for name in Site.__dataclass_fields__}), policy)
    fields = (*schemas.ApplicantBody.model_fields, "site", "plan", "intent_fen", "contract_id", "responsibilities")
    return schemas.FranchiseOut.model_validate(
        values
        | {name: getattr(row, name) for name in (*fields, "licences", "checklist")}
        | {
            "preferred": rules.preferred(who),
            "checks": [schemas.CheckOut(name=c.name, met=c.met, zh=c.zh, en=c.en) for c in checks],
            "licences_needed": list(policy.licences),
            "checklist_needed": list(seed.PRE_OPENING),
            "commands": FRANCHISE.commands(row.state, actor.roles),
            "timeline": [StoryLine(**line) for line in await acts.story(session, service.THING, application_id)],
        }
    )


@router.post("/applications", status_code=201)
async def add(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, body: schemas.ApplicationNew
) -> schemas.FranchiseOut:
    values = body.model_dump(mode="json") | {"customer_id": body.customer_id, "disclosed_on": body.disclosed_on}
    row = await service.add(session, now, today, actor, values)
    return await _show(session, today, actor, row.id)


async def _edit(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: schemas.ApplicationEdit) -> None:
    values = {name: value for name, value in b.model_dump(mode="json").items() if name not in ("version", "note")}
    await service.edit(s, n, a, i, b.version, values | {"disclosed_on": b.disclosed_on})


async def _apply(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.apply(s, n, t, a, i, b.version)


async def _reserve(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: schemas.Reserved) -> None:
    await service.reserve(s, n, t, a, i, b.version, b.intent_fen)


async def _assess(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: schemas.Assessed) -> None:
    where = Site(**{name: getattr(b, name) for name in Site.__dataclass_fields__})
    await service.assess(s, n, a, i, b.version, where, b.address)


async def _plan(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: schemas.Planned) -> None:
    await service.agree_plan(s, n, a, i, b.version, b.plan)


async def _contract(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: schemas.FranchiseContracted) -> None:
    await service.contract(s, n, t, a, i, b.version, b.contract_id, b.responsibilities.model_dump(mode="json"))


async def _tick(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: schemas.Ticked) -> None:
    await service.tick(s, n, t, a, i, b.version, b.name)


def _forward(command: str) -> Any:
    async def run(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
        await service.forward(s, n, t, a, i, b.version, command)

    return run


def _leave(command: str) -> Any:
    async def run(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
        await service.leave(s, n, a, i, b.version, command, b.note)

    return run


_OUT = schemas.FranchiseOut
add_get(router, "/applications", _show, _OUT)
add_command(router, "/applications", "edit", _edit, _show, _OUT, schemas.ApplicationEdit)
add_command(router, "/applications", "submit-form", _apply, _show, _OUT)
add_command(router, "/applications", "reserve", _reserve, _show, _OUT, schemas.Reserved)
add_command(router, "/applications", "assess-site", _assess, _show, _OUT, schemas.Assessed)
add_command(router, "/applications", "agree-plan", _plan, _show, _OUT, schemas.Planned)
add_command(router, "/applications", "sign-contract", _contract, _show, _OUT, schemas.FranchiseContracted)
add_command(router, "/applications", "tick", _tick, _show, _OUT, schemas.Ticked)
for _verb in ("begin-licensing", "licensed", "open-store"):
    add_command(router, "/applications", _verb, _forward(_verb.replace("-", "_")), _show, _OUT)
for _verb in ("reject", "withdraw", "terminate"):
    add_command(router, "/applications", _verb, _leave(_verb), _show, _OUT)


async def _responsibilities_paper(session: Session, today: date, actor: Actor, thing_id: UUID) -> Paper:
    return await papers.responsibilities(session, today, await _show(session, today, actor, thing_id))


add_print(router, "/applications", _responsibilities_paper)


@router.post("/applications/{application_id}/support", status_code=201)
async def support(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, application_id: UUID, body: schemas.SupportNew
) -> schemas.SupportRow:
    row = await service.support(session, now, today, actor, application_id, body.kind, body.channel, body.note)
    return schemas.SupportRow.model_validate(await one(session, lists.SUPPORT, row.id, today))
