"""An application through its nine gates (M11). Each command says why it refuses."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from backoffice.calendar import service as calendar
from backoffice.contracts.models import Contract
from backoffice.franchising import rules, seed
from backoffice.franchising.machines import FRANCHISE, Step
from backoffice.franchising.models import FranchiseApplication, FranchiseSupport
from backoffice.franchising.rules import Applicant, Check, FranchisePolicy, Site
from backoffice.franchising.seed import Education
from backoffice.kit.dates import Calendar, DayCounting
from backoffice.kit.duties import Actor
from backoffice.kit.refusals import Refused, SameHands
from backoffice.numbering.service import next_number
from backoffice.policies import service as policies
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, NotFound
from crm_sync.customers.models import Customer

THING = "franchise_application"


async def take(session: Session, application_id: UUID, version: int | None) -> FranchiseApplication:
    return await acts.take(session, FranchiseApplication, application_id, THING, version)


def applicant(row: FranchiseApplication) -> Applicant:
    names = Applicant.__dataclass_fields__
    values = {name: getattr(row, name) for name in names if name != "education"}
    return Applicant(education=Education(row.education), **values)


async def _working(session: Session, start: date, days: int) -> date:
    """[H] counts working days, whatever the company's other terms do."""
    known = await calendar.load(session)
    return Calendar(DayCounting.WORKING, known.off, known.on).add(start, days)


def _require(code: str, checks: list[Check]) -> None:
    """All met, or a refusal that names what is not, and what is unknown."""
    bad, unknown = rules.failed(checks), rules.open_checks(checks)
    if bad or unknown:
        zh = [f"不符合:{c.zh}" for c in bad] + [f"未设定或未说明:{c.zh}" for c in unknown]
        en = [f"not met: {c.en}" for c in bad] + [f"not set or not told: {c.en}" for c in unknown]
        raise Refused(code, ";".join(zh) + "。", "; ".join(en).capitalize() + ".")


async def add(
    session: Session, now: datetime, today: date, actor: Actor, values: dict[str, Any]
) -> FranchiseApplication:
    """Step 1: somebody who is told of the scheme, by one of the five ways."""
    acts.require_duty(actor, FRANCHISE.roles("understanding", "edit"))
    if await session.get(Customer, values["customer_id"]) is None:
        raise NotFound(what_zh="客户", what_en="customer", id=values["customer_id"])
    row = FranchiseApplication(
        number=await next_number(session, "FA", today), made_by=actor.user_id, made_on=today, **values
    )
    await acts.born(session, now, actor, row, FRANCHISE, detail={"source": row.source})
    return row


async def edit(
    session: Session, now: datetime, actor: Actor, application_id: UUID, version: int, values: dict[str, Any]
) -> FranchiseApplication:
    row = await take(session, application_id, version)
    await acts.move(session, now, actor, row, FRANCHISE, "edit", sets=values, detail={"fields": sorted(values)})
    return row


async def apply(
    session: Session, now: datetime, today: date, actor: Actor, application_id: UUID, version: int
) -> FranchiseApplication:
    """Step 2: the scheme has been read, the form is with head office, which answers in three working days [H]."""
    row = await take(session, application_id, version)
    if not (row.knows_company and row.accepts_philosophy):
        raise Refused(
            "m11-3", "申请人须先详细了解加盟方案并认同理念。", "The applicant reads and accepts the scheme first."
        )
    policy = await policies.load(session, FranchisePolicy)
    due = await _working(session, today, policy.answer_days)
    await acts.move(session, now, actor, row, FRANCHISE, "submit_form", sets={"answer_due": due})
    return row


async def reserve(
    session: Session, now: datetime, today: date, actor: Actor, application_id: UUID, version: int, intent_fen: int
) -> FranchiseApplication:
    """Step 3: qualified by all conditions of the applicant; the reservation is signed."""
    row = await take(session, application_id, version)
    if actor.user_id == row.made_by:
        raise SameHands(("接待申请", "take the application"), ("审查", "qualify it"))
    policy = await policies.load(session, FranchisePolicy)
    if row.state == Step.FORM_SUBMITTED.value:
        _require("m11-qualify", rules.applicant(applicant(row), policy))
    sets = {
        "qualified_by": actor.user_id,
        "reserved_on": today,
        "reserved_to": today + timedelta(days=policy.reservation_days),
        "intent_fen": intent_fen,
        "result_due": await _working(session, today, policy.result_days),
    }
    await acts.move(session, now, actor, row, FRANCHISE, "reserve", sets=sets, detail={"intent_fen": intent_fen})
    return row


async def assess(
    session: Session, now: datetime, actor: Actor, application_id: UUID, version: int, where: Site, address: str
) -> FranchiseApplication:
    """Step 4: the site, by distance or population, size, turnover and place."""
    row = await take(session, application_id, version)
    policy = await policies.load(session, FranchisePolicy)
    checks = rules.site(where, policy)
    if row.state == Step.RESERVATION_SIGNED.value:
        _require("m11-4", checks)
    facts = {name: getattr(where, name) for name in Site.__dataclass_fields__} | {"address": address}
    await acts.move(session, now, actor, row, FRANCHISE, "assess_site", sets={"site": facts})
    return row


async def agree_plan(
    session: Session, now: datetime, actor: Actor, application_id: UUID, version: int, plan: str
) -> FranchiseApplication:
    """Step 5."""
    row = await take(session, application_id, version)
    if not plan.strip():
        raise BadInput(field="plan", problem_zh="须有经营计划", problem_en="there is no plan yet")
    await acts.move(session, now, actor, row, FRANCHISE, "agree_plan", sets={"plan": plan})
    return row


async def contract(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    application_id: UUID,
    version: int,
    contract_id: UUID,
    responsibilities: dict[str, list[str]],
) -> FranchiseApplication:
    """Step 6: an effective franchise contract (M7) with all responsibilities of the source, for one term."""
    row = await take(session, application_id, version)
    policy = await policies.load(session, FranchisePolicy)
    if policy.term_years is None:
        raise Refused("m11-10-unset", "加盟周期(年)尚未设定。", "The years of a term are not set (setting term_years).")
    paper = await acts.get(session, Contract, contract_id, "contract")
    if paper.customer_id != row.customer_id or paper.kind != "franchise" or paper.state != "effective":
        raise Refused(
            "m11-6th-step", "须为该申请人的生效加盟合同。", "It takes an effective franchise contract of the applicant."
        )
    missing = rules.missing_responsibilities(responsibilities)
    if missing:
        raise Refused("m11-10", "合同未约定:" + "、".join(missing), "The contract does not say: " + ", ".join(missing))
    sets = {
        "contract_id": contract_id,
        "responsibilities": responsibilities,
        "term_from": paper.start_on,
        "term_to": rules.end_of_term(paper.start_on, policy.term_years),
    }
    found = rules.warnings(row.disclosed_on, paper.signed_on or today, policy.term_years, True, policy)
    await acts.move(session, now, actor, row, FRANCHISE, "sign_contract", sets=sets, detail={"warnings": found})
    return row


async def tick(
    session: Session, now: datetime, today: date, actor: Actor, application_id: UUID, version: int, name: str
) -> FranchiseApplication:
    """A paper obtained (step 7) or an item of the opening done (step 8)."""
    acts.require_duty(actor, FRANCHISE.roles("contracted", "begin_licensing"))
    row = await take(session, application_id, version)
    policy = await policies.load(session, FranchisePolicy)
    if row.state == Step.LICENSING.value and name in policy.licences:
        row.licences = row.licences | {name: today.isoformat()}
    elif row.state == Step.PRE_OPENING.value and name in seed.PRE_OPENING:
        row.checklist = row.checklist | {name: today.isoformat()}
    else:
        raise BadInput(field="name", problem_zh="此步骤没有该项目", problem_en="this step has no such item")
    await acts.write(session, now, actor, row, THING, "item_done", note=name)
    return row


async def forward(
    session: Session, now: datetime, today: date, actor: Actor, application_id: UUID, version: int, command: str
) -> FranchiseApplication:
    """`begin_licensing`, `licensed` (all papers), `open_store` (the whole checklist)."""
    row = await take(session, application_id, version)
    policy = await policies.load(session, FranchisePolicy)
    done, wanted = {"licensed": (row.licences, policy.licences), "open_store": (row.checklist, seed.PRE_OPENING)}.get(
        command, ({}, ())
    )
    missing = [name for name in wanted if name not in done]
    if missing:
        raise Refused("m11-gate", "尚缺:" + "、".join(missing), "Still missing: " + ", ".join(missing))
    sets = {"opened_on": today} if command == "open_store" else {}
    await acts.move(session, now, actor, row, FRANCHISE, command, sets=sets)
    return row


async def leave(
    session: Session, now: datetime, actor: Actor, application_id: UUID, version: int, command: str, note: str
) -> FranchiseApplication:
    """`reject`, `withdraw`, `terminate`: each with its reason."""
    row = await take(session, application_id, version)
    if not note.strip():
        raise BadInput(field="note", problem_zh="须写明原因", problem_en="say why")
    await acts.move(session, now, actor, row, FRANCHISE, command, note=note, sets={"reason": note})
    return row


async def support(
    session: Session, now: datetime, today: date, actor: Actor, application_id: UUID, kind: str, channel: str, note: str
) -> FranchiseSupport:
    """Step 9."""
    acts.require_duty(actor, FRANCHISE.roles("contracted", "begin_licensing"))
    row = await acts.get(session, FranchiseApplication, application_id, THING, lock=True)
    if row.state != Step.OPEN_SUPPORTED.value:
        raise Refused("not_open", "该店尚未开业。", "The store has not opened.")
    found = FranchiseSupport(
        application_id=application_id,
        kind=kind,
        channel=channel,
        note=note,
        on_day=today,
        made_by=actor.user_id,
        made_at=now,
    )
    session.add(found)
    await session.flush()
    await acts.write(session, now, actor, row, THING, "supported", note=note, detail={"kind": kind})
    return found


async def run(session: Session, now: datetime, today: date) -> int:
    """Nightly: a reservation that was not followed expires."""
    rows = (
        await session.scalars(
            select(FranchiseApplication)
            .where(
                col(FranchiseApplication.state).in_(["reservation_signed", "site_assessed", "plan_agreed"]),
                col(FranchiseApplication.reserved_to) < today,
            )
            .with_for_update()
        )
    ).all()
    for row in rows:
        await acts.move(session, now, None, row, FRANCHISE, "expire", sets={"reason": "预约期满"})
    return len(rows)
