"""The plan of a conference: a copy of the template, filled line by line, approved, ready, held, settled, summarised."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, case, cast, delete, func, select
from sqlmodel import SQLModel, col

from backoffice.approvals import outcomes
from backoffice.approvals import service as approvals
from backoffice.approvals.models import Approval
from backoffice.approvals.service import Ask
from backoffice.budgets import seed
from backoffice.conferences import rules, template
from backoffice.conferences.models import (
    Conference,
    ConferenceCost,
    ConferenceInvitee,
    ConferenceItem,
    ConferenceLine,
    ConferenceRole,
    ConferenceSlot,
    ConferenceZoneTask,
)
from backoffice.conferences.rules import CONFERENCE, INVITEE, ConferencePolicy, Standing
from backoffice.conferences.template import Amount, Category, Part
from backoffice.documents import service as documents
from backoffice.documents.schemas import DocumentBody
from backoffice.expenses import ledger as expense_ledger
from backoffice.expenses.models import ExpenseClaim, ExpenseRequest
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.money_words import amount_words
from backoffice.kit.refusals import Refused, WrongState
from backoffice.numbering.service import next_number
from backoffice.policies import service as policies
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, NotFound
from callcenter.people.models import User

KIND = THING = "conference"
ACCOUNTS = {Category.SERVICES: seed.CONFERENCE_SERVICES, Category.PUBLICITY: seed.CONFERENCE_PUBLICITY}
"""The account of each category, in the budgets (M3)."""
PLANNABLE = ("planned", "plan_approved", "preparing", "ready")
FILLABLE = (*PLANNABLE, "live", "closing", "settled")
_FILLERS = frozenset({OfficeRole.MKT, OfficeRole.HRADM, OfficeRole.SM, OfficeRole.REP, OfficeRole.CMO})


@dataclass(frozen=True, slots=True)
class Head:
    product: str
    held_on: date
    city: str = template.CITY
    venue: str = template.VENUE
    target_count: int = template.ABOUT
    seats: int = template.SEATS[1]
    theme: str = ""
    """Empty: the source's, with the product in it."""


async def make(session: Session, now: datetime, today: date, actor: Actor, head: Head) -> Conference:
    """MKT makes the whole plan: a copy of the template, in a controlled document of its own (M10-5, M10-20)."""
    acts.require_duty(actor, CONFERENCE.roles("planned", "submit"))
    theme = head.theme.strip() or template.THEME.format(product=head.product)
    body = DocumentBody(
        title=f"渠道招商会操作方案:{head.product}",
        body=theme,
        executing_department=template.EXECUTING,
        supervising_department=template.SUPERVISING,
        verifying_department=template.VERIFYING,
    )
    document = await documents.make(session, now, today, actor, body)
    row = Conference(
        number=await next_number(session, "CF", today),
        document_id=document.id,
        product=head.product,
        theme=theme,
        held_on=head.held_on,
        city=head.city,
        venue=head.venue,
        target_count=head.target_count,
        seats=head.seats,
        made_by=actor.user_id,
        made_on=today,
        made_at=now,
    )
    await acts.born(session, now, actor, row, CONFERENCE, detail={"document": document.number})
    session.add_all(_copy(row))
    await session.flush()
    return row


def _copy(row: Conference) -> list[SQLModel]:
    out: list[SQLModel] = []
    count: dict[Part, int] = {}
    for line in template.LINES:
        count[line.part] = count.get(line.part, 0) + 1
        out.append(
            ConferenceLine(
                conference_id=row.id,
                part=line.part.value,
                seq=count[line.part],
                text=line.text,
                duty=line.duty.value,
                is_task=line.task,
            )
        )
    for seq, item in enumerate(template.ITEMS, start=1):
        out.append(
            ConferenceItem(
                conference_id=row.id,
                seq=seq,
                name=item.name,
                amount=item.amount.value,
                quantity=item.quantity,
                unit=item.unit,
                note=item.note.format(theme=row.theme),
                contents=list(item.contents),
            )
        )
    for seq, role in enumerate(template.ROLES, start=1):
        out.append(
            ConferenceRole(
                conference_id=row.id,
                seq=seq,
                code=role.code,
                name=role.name,
                duty=role.holder.value,
                duties=list(role.duties),
            )
        )
    for seq, task in enumerate(template.ZONES, start=1):
        low, high = task.cm or (None, None)
        out.append(
            ConferenceZoneTask(conference_id=row.id, seq=seq, zone=task.zone, text=task.text, from_cm=low, to_cm=high)
        )
    out += [
        ConferenceCost(conference_id=row.id, seq=seq, category=category.value, item=item)
        for seq, (category, item) in enumerate(template.BUDGET, start=1)
    ]
    return out


async def take(session: Session, conference_id: UUID, version: int | None) -> Conference:
    return await acts.take(session, Conference, conference_id, THING, version)


async def rows_of(session: Session, model: type[Any], conference_id: UUID) -> list[Any]:
    """The lines of one part of the plan, in the order of the source."""
    order: list[Any] = [col(getattr(model, name)) for name in ("seq", "starts") if name in model.model_fields]
    if "part" in model.model_fields:
        order.insert(0, case({part.value: at for at, part in enumerate(Part)}, value=col(model.part)))
    rows = await session.scalars(select(model).where(col(model.conference_id) == conference_id).order_by(*order))
    return list(rows)


# ---------------------------------------------------------------- changing and filling


async def _planning(session: Session, now: datetime, actor: Actor, conference_id: UUID, version: int) -> Conference:
    """For a change of what is approved: an approved plan goes back to be planned, its verdicts are void."""
    row = await take(session, conference_id, version)
    acts.require_duty(actor, CONFERENCE.roles("planned", "submit"))
    if row.state not in PLANNABLE:
        raise WrongState(thing=THING, state=row.state, command="edit")
    await approvals.void(session, now, actor, KIND, row.id, "方案修改 · plan changed")
    if row.state != "planned":
        await acts.move(session, now, None, row, CONFERENCE, "replan")
    return row


async def edit(
    session: Session, now: datetime, actor: Actor, conference_id: UUID, version: int, head: Head
) -> Conference:
    row = await _planning(session, now, actor, conference_id, version)
    theme = head.theme.strip() or template.THEME.format(product=head.product)
    for item in await rows_of(session, ConferenceItem, row.id):
        item.note = item.note.replace(row.theme, theme)
    row.product, row.theme, row.held_on = head.product, theme, head.held_on
    row.city, row.venue, row.target_count, row.seats = head.city, head.venue, head.target_count, head.seats
    await acts.write(session, now, actor, row, THING, "edit")
    return row


async def set_lines(
    session: Session, now: datetime, actor: Actor, conference_id: UUID, version: int, part: Part, texts: Sequence[str]
) -> Conference:
    """Other words for one part of the plan (names of hosts, media, guests …)."""
    row = await _planning(session, now, actor, conference_id, version)
    first = next(line for line in template.LINES if line.part is part)
    await session.execute(
        delete(ConferenceLine).where(
            col(ConferenceLine.conference_id) == row.id, col(ConferenceLine.part) == part.value
        )
    )
    session.add_all(
        ConferenceLine(
            conference_id=row.id, part=part.value, seq=n, text=text, duty=first.duty.value, is_task=first.task
        )
        for n, text in enumerate(texts, start=1)
    )
    await acts.write(session, now, actor, row, THING, "edit", detail={"part": part.value})
    return row


async def set_costs(
    session: Session, now: datetime, actor: Actor, conference_id: UUID, version: int, planned: dict[UUID, int]
) -> Conference:
    """M10-19: what each line of the two categories may cost."""
    row = await _planning(session, now, actor, conference_id, version)
    costs = {cost.id: cost for cost in await rows_of(session, ConferenceCost, row.id)}
    for cost_id, fen in planned.items():
        if cost_id not in costs:
            raise NotFound(what_zh="预算项目", what_en="line of the budget", id=cost_id)
        costs[cost_id].planned_fen = fen
    total = sum(cost.planned_fen for cost in costs.values())
    await acts.write(session, now, actor, row, THING, "edit", detail={"budget_fen": total})
    return row


async def set_slots(
    session: Session,
    now: datetime,
    actor: Actor,
    conference_id: UUID,
    version: int,
    slots: Sequence[tuple[int, int, str, str]],
) -> Conference:
    """The day plan: (starts, ends, title, speaker) in minutes after midnight, none at the time of another."""
    row = await _planning(session, now, actor, conference_id, version)
    ordered = sorted(slots)
    for before, after in itertools.pairwise(ordered):
        if before[1] > after[0]:
            raise BadInput(
                field="slots",
                problem_zh=f"“{before[2]}”与“{after[2]}”时间重叠",
                problem_en=f"'{before[2]}' and '{after[2]}' overlap",
            )
    await session.execute(delete(ConferenceSlot).where(col(ConferenceSlot.conference_id) == row.id))
    session.add_all(
        ConferenceSlot(conference_id=row.id, starts=s, ends=e, title=title, speaker=who) for s, e, title, who in ordered
    )
    await acts.write(session, now, actor, row, THING, "edit", detail={"slots": len(ordered)})
    return row


async def _filling(session: Session, actor: Actor, conference_id: UUID, version: int) -> Conference:
    row = await take(session, conference_id, version)
    acts.require_duty(actor, _FILLERS)
    if row.state not in FILLABLE:
        raise WrongState(thing=THING, state=row.state, command="edit")
    return row


async def _part(session: Session, model: type[Any], *key: Any) -> Any:
    found = await session.get(model, key)
    if found is None:
        raise NotFound(what_zh="方案中的该项", what_en="line of the plan", id="/".join(str(k) for k in key[1:]))
    return found


async def fill_task(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    conference_id: UUID,
    version: int,
    key: tuple[Part, int],
    done: bool,
) -> Conference:
    """Tick a task off. It belongs to its department (M10-5, -6, -8, -10)."""
    row = await _filling(session, actor, conference_id, version)
    line = await _part(session, ConferenceLine, row.id, key[0].value, key[1])
    if not line.is_task:
        raise BadInput(field="seq", problem_zh="该项不是工作任务", problem_en="this line is no task")
    _department(OfficeRole(line.duty), actor)
    line.done_on, line.done_by = (today, actor.user_id) if done else (None, None)
    detail = {"part": key[0].value, "seq": key[1], "done": done}
    await acts.write(session, now, actor, row, THING, "filled", detail=detail)
    return row


def _department(duty: OfficeRole, actor: Actor) -> None:
    """Sales tasks are done by the sales department; the director may do any."""
    needed = {duty, OfficeRole.CMO} | ({OfficeRole.REP} if duty is OfficeRole.SM else set())
    acts.require_duty(actor, frozenset(needed))


async def fill_item(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    conference_id: UUID,
    version: int,
    seq: int,
    *,
    quantity: int | None,
    note: str,
    responsible: UUID | None,
    ready: bool,
) -> Conference:
    row = await _filling(session, actor, conference_id, version)
    item = await _part(session, ConferenceItem, row.id, seq)
    item.quantity = quantity if quantity is not None else item.quantity
    if ready and item.amount in (Amount.FIXED.value, Amount.TO_SET.value) and item.quantity is None:
        raise BadInput(
            field="quantity",
            problem_zh=f"请先确定“{item.name}”的数量",
            problem_en=f"say first how many of '{item.name}'",
        )
    item.note = note or item.note
    item.responsible_id = responsible or item.responsible_id
    item.ready_on = today if ready else None
    await acts.write(session, now, actor, row, THING, "filled", detail={"item": seq, "ready": ready})
    return row


async def fill_role(
    session: Session, now: datetime, actor: Actor, conference_id: UUID, version: int, seq: int, person: UUID | None
) -> Conference:
    """HRADM names who takes the role; by default the holder of the duty the source names."""
    row = await _filling(session, actor, conference_id, version)
    acts.require_duty(actor, frozenset({OfficeRole.HRADM, OfficeRole.CMO}))
    role = await _part(session, ConferenceRole, row.id, seq)
    if person is not None and await session.get(User, person) is None:
        raise NotFound(what_zh="人员", what_en="person", id=person)
    role.person_id = person
    await acts.write(session, now, actor, row, THING, "filled", detail={"role": role.code})
    return row


async def fill_zone(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    conference_id: UUID,
    version: int,
    seq: int,
    *,
    measured_cm: int | None,
    done: bool,
) -> Conference:
    """Set up; a distance is measured first and must be as the plan says (M10-13)."""
    row = await _filling(session, actor, conference_id, version)
    task = await _part(session, ConferenceZoneTask, row.id, seq)
    policy = await policies.load(session, ConferencePolicy)
    task.measured_cm = measured_cm if measured_cm is not None else task.measured_cm
    if done and task.from_cm is not None and task.to_cm is not None:
        measured = task.measured_cm
        if measured is None or not rules.distance_fits(measured, task.from_cm, task.to_cm, policy.distance_tolerance):
            now_zh = "未测量" if measured is None else f"实测{measured / 100:.2f}米"
            now_en = "not measured" if measured is None else f"{measured / 100:.2f} m"
            raise Refused(
                "m10-13",
                f"{task.text}:{now_zh},不符合要求。",
                f"{task.text}: {now_en} is not as planned.",
                field="measured_cm",
            )
    task.done_on = today if done else None
    await acts.write(session, now, actor, row, THING, "filled", detail={"zone_task": seq, "done": done})
    return row


# ---------------------------------------------------------------- the way


async def content(session: Session, row: Conference) -> dict[str, Any]:
    """What is approved: the plan, not how far it has been carried out."""
    costs = await rows_of(session, ConferenceCost, row.id)
    lines = await rows_of(session, ConferenceLine, row.id)
    slots = await rows_of(session, ConferenceSlot, row.id)
    return {
        **{n: str(getattr(row, n)) for n in ("theme", "held_on", "city", "venue", "target_count", "seats")},
        "costs": {str(c.id): c.planned_fen for c in costs},
        "lines": [[x.part, x.seq, x.text] for x in lines],
        "slots": [[x.starts, x.ends, x.title, x.speaker] for x in slots],
    }


async def submit(session: Session, now: datetime, actor: Actor, conference_id: UUID, version: int) -> Conference:
    row = await take(session, conference_id, version)
    policy = await policies.load(session, ConferencePolicy)
    if not rules.seats_fit(row.seats, policy.seats_from, policy.seats_to):
        raise Refused(
            "m10-2",
            f"会场座位{row.seats}个,应为{policy.seats_from}~{policy.seats_to}个。",
            f"The room has {row.seats} seats instead of {policy.seats_from} to {policy.seats_to}.",
            field="seats",
        )
    planned = sum(cost.planned_fen for cost in await rows_of(session, ConferenceCost, row.id))
    await acts.move(session, now, actor, row, CONFERENCE, "submit")
    title = f"{row.number} {row.theme[:60]} {amount_words(planned)}"
    await approvals.submit(session, now, actor, Ask(KIND, THING, row.id, title, planned, await content(session, row)))
    return row


async def _decided(session: Session, now: datetime, _actor: Actor | None, approval: Approval) -> None:
    row = await take(session, approval.thing_id, None)
    if approval.state == "approved" and row.state == "planned":
        await acts.move(session, now, None, row, CONFERENCE, "approve", detail={"approval": str(approval.id)})


outcomes.register(KIND, "招商会方案", "plan of a conference", _decided)


async def standing(session: Session, row: Conference) -> Standing:
    """Everything readiness is judged by, as it is now."""
    lines = await rows_of(session, ConferenceLine, row.id)
    items = await rows_of(session, ConferenceItem, row.id)
    roles_ = await rows_of(session, ConferenceRole, row.id)
    zones = await rows_of(session, ConferenceZoneTask, row.id)
    costs = await rows_of(session, ConferenceCost, row.id)
    guests = await rows_of(session, ConferenceInvitee, row.id)
    confirmed = [g for g in guests if g.state == "confirmed"]
    after = Part.AFTER.value
    return Standing(
        seats=row.seats,
        confirmed=len(confirmed),
        leaders=sum(g.leads_signing for g in confirmed),
        open_tasks=tuple(x.text[:20] for x in lines if x.is_task and x.done_on is None and x.part != after),
        items_missing=tuple(x.name for x in items if x.ready_on is None),
        roles_empty=tuple(x.name for x in roles_ if x.person_id is None),
        zones_open=tuple(x.text[:20] for x in zones if x.done_on is None),
        budget_fen=sum(c.planned_fen for c in costs),
        agenda=len(await rows_of(session, ConferenceSlot, row.id)),
    )


async def move(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    conference_id: UUID,
    version: int,
    command: str,
    note: str = "",
) -> Conference:
    """prepare, declare_ready, not_ready, open_doors, close_doors, settle_costs, call_off: each with its gate."""
    row = await take(session, conference_id, version)
    gate = {
        "declare_ready": _gate_ready,
        "open_doors": _gate_day,
        "settle_costs": _gate_costs,
    }.get(command)
    if gate is not None and CONFERENCE.after(row.state, command) is not None:
        acts.require_duty(actor, CONFERENCE.roles(row.state, command))
        await gate(session, row, today)
    await acts.move(session, now, actor, row, CONFERENCE, command, note=note)
    if command == "close_doors":
        for guest in await rows_of(session, ConferenceInvitee, row.id):
            if guest.state in ("confirmed", "invited"):
                await acts.move(session, now, None, guest, INVITEE, "miss")
    return row


async def _gate_ready(session: Session, row: Conference, _today: date) -> None:
    if not await approvals.approved(session, KIND, row.id, await content(session, row)):
        raise Refused("not_approved", "现有方案未获批准。", "Exactly this plan has not been approved.")
    found = rules.missing(await standing(session, row), await policies.load(session, ConferencePolicy))
    if found:
        raise Refused("m10-ready", ";".join(m.zh for m in found), "; ".join(m.en for m in found))


async def _gate_day(_session: Session, row: Conference, today: date) -> None:
    if today != row.held_on:
        raise Refused(
            "m10-4",
            f"会议定于{row.held_on}举办,今天是{today}。",
            f"It is held on {row.held_on}; today is {today}.",
        )


async def _gate_costs(session: Session, row: Conference, _today: date) -> None:
    """All of its requests are closed, so that what is spent is final (chain 5)."""
    ids = [cost.id for cost in await rows_of(session, ConferenceCost, row.id)]
    left = await session.scalars(
        select(col(ExpenseRequest.number)).where(
            col(ExpenseRequest.event_id).in_(ids),
            col(ExpenseRequest.state).in_(["draft", "submitted", "approved", "used"]),
        )
    )
    numbers = list(left)
    if numbers:
        raise Refused(
            "m10-19",
            f"费用申请 {'、'.join(numbers)} 尚未关闭,不能结算。",
            f"The requests {', '.join(numbers)} are not closed, so the costs are not final.",
        )


async def summarise(
    session: Session, now: datetime, actor: Actor, conference_id: UUID, version: int, summary: str, publicity: str
) -> Conference:
    """M10-18: MKT writes the summary and what was published; every task after the meeting is done."""
    row = await take(session, conference_id, version)
    open_tasks = [
        line.text
        for line in await rows_of(session, ConferenceLine, row.id)
        if line.part == Part.AFTER.value and line.done_on is None
    ]
    if row.state == "settled" and open_tasks:
        raise Refused(
            "m10-18",
            f"善后工作未完成:{'、'.join(open_tasks)}",
            f"Work after the meeting is not done: {', '.join(open_tasks)}",
        )
    sets = {"summary": summary, "publicity": publicity}
    await acts.move(session, now, actor, row, CONFERENCE, "summarise", sets=sets)
    return row


# ---------------------------------------------------------------- money


async def costs_of(session: Session, conference_id: UUID) -> list[tuple[ConferenceCost, int, int]]:
    """Each line of the budget with what was asked for and what was spent (claims approved) on it."""
    out = []
    for cost in await rows_of(session, ConferenceCost, conference_id):
        asked = await session.scalar(
            select(cast(func.coalesce(func.sum(col(ExpenseRequest.amount_fen)), 0), BigInteger)).where(
                col(ExpenseRequest.event_id) == cost.id, col(ExpenseRequest.state).in_(expense_ledger.GRANTED)
            )
        )
        spent = await session.scalar(
            select(cast(func.coalesce(func.sum(col(ExpenseClaim.amount_fen)), 0), BigInteger))
            .join(ExpenseRequest, col(ExpenseRequest.id) == col(ExpenseClaim.request_id))
            .where(col(ExpenseRequest.event_id) == cost.id, col(ExpenseClaim.state).in_(["approved", "paid"]))
        )
        out.append((cost, int(asked or 0), int(spent or 0)))
    return out
