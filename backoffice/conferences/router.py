"""/api/backoffice/conferences and conference-invitees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request

from backoffice.conferences import invitees, lists, papers, rules, service
from backoffice.conferences.invitees import Guest
from backoffice.conferences.models import (
    Conference,
    ConferenceInvitee,
    ConferenceItem,
    ConferenceLine,
    ConferenceRole,
    ConferenceSlot,
    ConferenceZoneTask,
)
from backoffice.conferences.rules import CONFERENCE, INVITEE, ConferencePolicy
from backoffice.conferences.schemas import (
    CategoryOut,
    ConferenceEdit,
    ConferenceOut,
    Confirm,
    CostsEdit,
    HandedOver,
    HeadIn,
    InviteeNew,
    InviteeOut,
    ItemFill,
    ItemOut,
    LineOut,
    LinesEdit,
    MissingOut,
    ResultOut,
    RoleFill,
    RoleOut,
    Sign,
    SlotIn,
    SlotsEdit,
    Summary,
    Talk,
    TaskFill,
    ZoneFill,
    ZoneOut,
)
from backoffice.conferences.template import Category
from backoffice.kit.duties import Actor
from backoffice.listing.http import Command, StoryLine, Today, add_command, add_get, add_list
from backoffice.listing.query import ListQuery, everything, one
from backoffice.policies import service as policies
from backoffice.printing.http import add_print
from backoffice.printing.paper import Paper
from backoffice.printing.who import names
from backoffice.roles.access import OfficeActor, OfficeUser
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.http import PROBLEMS, DbSession, Now

router = APIRouter(prefix="/api/backoffice", tags=["back office: conferences"], responses=PROBLEMS)
LISTINGS = lists.LISTINGS
add_list(router, lists.CONFERENCES, "/conferences")
add_list(router, lists.INVITEES, "/conference-invitees")
add_list(router, lists.COSTS, "/conference-costs")
add_list(router, lists.RECEIVABLES, "/conference-receivables")


async def _show(session: Session, today: date, actor: Actor, conference_id: UUID) -> ConferenceOut:
    values = await one(session, lists.CONFERENCES, conference_id, today)
    row = await acts.get(session, Conference, conference_id, "conference")
    policy = await policies.load(session, ConferencePolicy)
    roles_ = await service.rows_of(session, ConferenceRole, row.id)
    who = await names(session, *(r.person_id for r in roles_))
    query = ListQuery(filter=[f"conference_id:{row.id}"])
    costs = await everything(session, lists.COSTS, query, today)
    order = {c.id: c.seq for c, _, _ in await service.costs_of(session, row.id)}
    costs.sort(key=lambda cost: order[cost.id])
    funnel = Counter(g.state for g in await service.rows_of(session, ConferenceInvitee, row.id))
    missing = rules.missing(await service.standing(session, row), policy)
    spent, signed = sum(c.spent_fen for c in costs), values["signed_count"]
    commands = set(CONFERENCE.commands(row.state, actor.roles))
    return ConferenceOut.model_validate(
        values
        | row.model_dump(include={"product", "city", "document_id", "summary", "publicity"})
        | {
            "lines": [
                LineOut(**x.model_dump(include=set(LineOut.model_fields)))
                for x in await service.rows_of(session, ConferenceLine, row.id)
            ],
            "items": [
                ItemOut(**x.model_dump(include=set(ItemOut.model_fields)))
                for x in await service.rows_of(session, ConferenceItem, row.id)
            ],
            "roles": [
                RoleOut(**x.model_dump(include=set(RoleOut.model_fields)), person=who.get(x.person_id, ""))
                for x in roles_
            ],
            "zones": [
                ZoneOut(**x.model_dump(include=set(ZoneOut.model_fields)))
                for x in await service.rows_of(session, ConferenceZoneTask, row.id)
            ],
            "slots": [
                SlotIn(starts=x.starts, ends=x.ends, title=x.title, speaker=x.speaker)
                for x in await service.rows_of(session, ConferenceSlot, row.id)
            ],
            "costs": costs,
            "categories": [
                CategoryOut(
                    category=category.value,
                    planned_fen=sum(c.planned_fen for c in costs if c.category == category),
                    requested_fen=sum(c.requested_fen for c in costs if c.category == category),
                    spent_fen=sum(c.spent_fen for c in costs if c.category == category),
                )
                for category in Category
            ],
            "funnel": dict(funnel),
            "missing": [MissingOut(code=m.code, zh=m.zh, en=m.en) for m in missing],
            "result": ResultOut(
                confirm_by=rules.confirm_by(row.held_on, policy.confirm_days),
                invited=sum(n for state, n in funnel.items() if state not in ("candidate", "contacted", "negotiated")),
                confirmed=values["confirmed_count"],
                attended=values["attended_count"],
                signed=signed,
                signed_permille=rules.share_permille(signed, values["attended_count"]),
                spent_fen=spent,
                cost_per_signed_fen=rules.cost_each(spent, signed),
                planned_per_signed_fen=rules.cost_each(values["planned_fen"], signed),
            ),
            "commands": sorted(commands),
            "timeline": [StoryLine(**x) for x in await acts.story(session, "conference", row.id)],
        }
    )


@router.post("/conferences", status_code=201)
async def make(session: DbSession, now: Now, today: Today, actor: OfficeActor, body: HeadIn) -> ConferenceOut:
    """A new plan: a copy of the source's, to be filled."""
    row = await service.make(session, now, today, actor, body.plain())
    return await _show(session, today, actor, row.id)


async def _edit(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: ConferenceEdit) -> None:
    await service.edit(s, n, a, i, b.version, b.plain())


async def _lines(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: LinesEdit) -> None:
    await service.set_lines(s, n, a, i, b.version, b.part, b.texts)


async def _costs(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: CostsEdit) -> None:
    await service.set_costs(s, n, a, i, b.version, {c.cost_id: c.planned_fen for c in b.costs})


async def _slots(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: SlotsEdit) -> None:
    await service.set_slots(s, n, a, i, b.version, [(x.starts, x.ends, x.title, x.speaker) for x in b.slots])


async def _task(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: TaskFill) -> None:
    await service.fill_task(s, n, t, a, i, b.version, (b.part, b.seq), b.done)


async def _item(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: ItemFill) -> None:
    await service.fill_item(
        s, n, t, a, i, b.version, b.seq, quantity=b.quantity, note=b.item_note, responsible=b.responsible_id,
        ready=b.ready,
    )  # fmt: skip


async def _role(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: RoleFill) -> None:
    await service.fill_role(s, n, a, i, b.version, b.seq, b.person_id)


async def _zone(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: ZoneFill) -> None:
    await service.fill_zone(s, n, t, a, i, b.version, b.seq, measured_cm=b.measured_cm, done=b.done)


async def _submit(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.submit(s, n, a, i, b.version)


async def _summarise(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Summary) -> None:
    await service.summarise(s, n, a, i, b.version, b.summary, b.publicity)


def _moving(command: str) -> Callable[[Session, datetime, date, Actor, UUID, Any], Awaitable[None]]:
    async def run(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
        await service.move(s, n, t, a, i, b.version, command, b.note)

    return run


add_get(router, "/conferences", _show, ConferenceOut)
add_command(router, "/conferences", "edit", _edit, _show, ConferenceOut, ConferenceEdit)
add_command(router, "/conferences", "set-lines", _lines, _show, ConferenceOut, LinesEdit)
add_command(router, "/conferences", "set-costs", _costs, _show, ConferenceOut, CostsEdit)
add_command(router, "/conferences", "set-slots", _slots, _show, ConferenceOut, SlotsEdit)
add_command(router, "/conferences", "fill-task", _task, _show, ConferenceOut, TaskFill)
add_command(router, "/conferences", "fill-item", _item, _show, ConferenceOut, ItemFill)
add_command(router, "/conferences", "fill-role", _role, _show, ConferenceOut, RoleFill)
add_command(router, "/conferences", "fill-zone", _zone, _show, ConferenceOut, ZoneFill)
add_command(router, "/conferences", "submit", _submit, _show, ConferenceOut)
add_command(router, "/conferences", "summarise", _summarise, _show, ConferenceOut, Summary)
for _name in ("prepare", "declare_ready", "not_ready", "open_doors", "close_doors", "settle_costs", "call_off"):
    add_command(router, "/conferences", _name.replace("_", "-"), _moving(_name), _show, ConferenceOut)


async def _plan_paper(session: Session, today: date, actor: Actor, thing_id: UUID) -> Paper:
    return await papers.plan(session, today, await _show(session, today, actor, thing_id))


add_print(router, "/conferences", _plan_paper)


@router.post("/conferences/{id}/hand-over")
async def hand_over(
    request: Request, session: DbSession, now: Now, user: OfficeUser, actor: OfficeActor, id: UUID, body: Command
) -> HandedOver:
    """Let a campaign of the call centre invite those who are still to be asked."""
    region = request.app.state.settings.default_region
    found = await invitees.hand_over(session, now, user, actor, id, body.version, region=region)
    row = await acts.get(session, Conference, id, "conference")
    return HandedOver(interest=row.number, customers=len(found))


# ---------------------------------------------------------------- invitees


async def _invitee(session: Session, today: date, actor: Actor, invitee_id: UUID) -> InviteeOut:
    values = await one(session, lists.INVITEES, invitee_id, today)
    row = await acts.get(session, ConferenceInvitee, invitee_id, "conference_invitee")
    return InviteeOut.model_validate(
        values
        | row.model_dump(include={"intent", "proposals", "lodging", "transport", "checked_in_at", "contract_id"})
        | {
            "commands": INVITEE.commands(row.state, actor.roles),
            "timeline": [StoryLine(**x) for x in await acts.story(session, "conference_invitee", invitee_id)],
        }
    )


@router.post("/conference-invitees", status_code=201)
async def invite(session: DbSession, now: Now, today: Today, actor: OfficeActor, body: InviteeNew) -> InviteeOut:
    """Put somebody on the list."""
    guest = Guest(body.kind, body.name, body.organisation, body.customer_id, body.rep_id, body.leads_signing)
    row = await invitees.add(session, now, actor, body.conference_id, guest)
    return await _invitee(session, today, actor, row.id)


def _guest(command: str) -> Callable[[Session, datetime, date, Actor, UUID, Any], Awaitable[None]]:
    async def run(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Any) -> None:
        given = {k: v for k, v in b.model_dump(exclude={"version", "note"}).items() if v not in (None, "")}
        await invitees.move(s, n, t, a, i, b.version, command, note=b.note, given=given)

    return run


async def _sign(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Sign) -> None:
    await invitees.sign(
        s, n, t, a, i, b.version, city=b.city, kind=b.kind, customer_id=b.customer_id, contract_id=b.contract_id
    )


add_get(router, "/conference-invitees", _invitee, InviteeOut)
for _name, _body in (
    ("contact", Talk),
    ("negotiate", Talk),
    ("invite", Command),
    ("confirm", Confirm),
    ("decline", Command),
    ("check_in", Command),
    ("watch", Command),
    ("lose", Command),
):
    add_command(router, "/conference-invitees", _name.replace("_", "-"), _guest(_name), _invitee, InviteeOut, _body)
add_command(router, "/conference-invitees", "sign-on-spot", _sign, _invitee, InviteeOut, Sign)
