"""REST: caller numbers with their reputation, and how the telephone network is."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from callcenter.kit.clock import midnight_of
from callcenter.kit.errors import NotFound
from callcenter.kit.http import PROBLEMS, DbSession, Now
from callcenter.lines import repository, rules, service
from callcenter.lines.errors import AlreadyThere, Changed, NotOurs
from callcenter.lines.models import CallerNumber, CallerPolicy, CallerSign
from callcenter.lines.rules import Figures, RestWhy
from callcenter.lines.schemas import (
    CallerNumberChange,
    CallerNumberNew,
    CallerNumberRow,
    CallerNumbers,
    CallerPolicyBody,
    CallerSignNew,
    CallerSignRow,
    CarrierNow,
    CarrierRow,
    Counted,
    DayCounted,
    RefusedRow,
    RestBody,
    TroubleRow,
)
from callcenter.people.access import require
from callcenter.people.audit import audit
from callcenter.people.models import Role, User
from callcenter.settings import Settings
from callcenter.telephony.health import refused
from callcenter.telephony.health import rules as health_rules
from callcenter.telephony.health import service as health
from callcenter.telephony.health.rules import Circuit, Trouble

router = APIRouter(prefix="/api/lines", tags=["lines"], responses=PROBLEMS)

Supervisor = Annotated[User, Depends(require(Role.SUPERVISOR))]
TheNumber = Annotated[str, Path(pattern=r"^\+[1-9][0-9]{6,14}$")]
_TROUBLES = 20
_SIGNS = 50
_REFUSED_FOR = timedelta(days=6)


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def _counted(figures: Figures) -> Counted:
    return Counted(
        calls=figures.calls,
        answered=figures.answered,
        short=figures.short,
        declined=figures.declined,
        answer_rate=figures.answer_rate,
        short_rate=figures.short_rate,
        declined_rate=figures.declined_rate,
    )


@router.get("/numbers", summary="Caller numbers with their reputation")
async def list_numbers(request: Request, session: DbSession, _user: Supervisor, now: Now) -> CallerNumbers:
    settings = _settings(request)
    figures, together, policy = await service.standing(session, now)
    midnight = midnight_of(now, settings.zone)
    since = midnight - timedelta(days=policy.days - 1)
    days: dict[str, list[DayCounted]] = defaultdict(list)
    for number, day, counted in await repository.by_day(session, since, policy.short_s, settings.company_timezone):
        days[number].append(DayCounted(day=day, **_counted(counted).model_dump()))
    known = {row.number: row for row in await repository.numbers(session)}
    today = await repository.calls_since(session, midnight)
    rows = [
        _row(
            number,
            known.get(number),
            figures.get(number, Figures()),
            rules.judge(figures.get(number, Figures()), together, policy),
            today.get(number, 0),
            days[number],
        )
        for number in sorted({*known, *figures})
    ]
    return CallerNumbers(rows=rows, together=_counted(together), days=policy.days)


def _row(
    number: str, row: CallerNumber | None, figures: Figures, why: RestWhy | None, today: int, days: list[DayCounted]
) -> CallerNumberRow:
    return CallerNumberRow(
        number=number,
        known=row is not None,
        label=row.label if row else "",
        queue_id=row.queue_id if row else None,
        prefix=row.prefix if row else "",
        daily_cap=row.daily_cap if row else 0,
        active=row.active if row else True,
        rests_until=row.rests_until if row else None,
        rest_why=RestWhy(row.rest_why) if row and row.rest_why else None,
        should_rest=why,
        counts_from=row.counts_from if row else None,
        calls_today=today,
        figures=_counted(figures),
        signs=figures.signs,
        days=days,
        version=row.version if row else 0,
    )


async def _one(request: Request, session: DbSession, user: User, now: Now, number: str) -> CallerNumberRow:
    found = await list_numbers(request, session, user, now)
    return next(row for row in found.rows if row.number == number)


@router.post("/numbers", status_code=201, summary="Add a caller number")
async def add_number(
    request: Request, session: DbSession, user: Supervisor, now: Now, body: CallerNumberNew
) -> CallerNumberRow:
    """From then on calls are made from the numbers of this list, in turn, instead of the campaign's own."""
    settings = _settings(request)
    if await repository.lock(session, body.number) is not None:
        raise AlreadyThere(field="number", number=body.number)
    if settings.carrier == "twilio" and body.number not in settings.twilio_number_list:
        raise NotOurs(field="number", number=body.number)
    session.add(CallerNumber(**body.model_dump(), counts_from=now, added_at=now, added_by=user.id))
    await session.flush()
    await audit(session, now, user, "caller_number_added", "caller_number", body.number, body.model_dump(mode="json"))
    return await _one(request, session, user, now, body.number)


async def _locked(session: DbSession, number: str) -> CallerNumber:
    row = await repository.lock(session, number)
    if row is None:
        raise NotFound(what_zh="主叫号码", what_en="caller number", id=number)
    return row


@router.patch("/numbers/{number}", summary="Change a caller number")
async def change_number(
    request: Request, session: DbSession, user: Supervisor, now: Now, number: TheNumber, body: CallerNumberChange
) -> CallerNumberRow:
    row = await _locked(session, number)
    if row.version != body.version:
        raise Changed(field="version")
    changed = body.model_dump(exclude_none=True, exclude={"version"})
    for name, value in changed.items():
        setattr(row, name, value)
    row.version += 1
    await session.flush()
    await audit(session, now, user, "caller_number_changed", "caller_number", number, changed)
    return await _one(request, session, user, now, number)


@router.post("/numbers/{number}/rest", summary="Let a caller number rest")
async def rest_number(
    request: Request, session: DbSession, user: Supervisor, now: Now, number: TheNumber, body: RestBody
) -> CallerNumberRow:
    """From the next call on none is made from it; calls that are under way go on."""
    row = await _locked(session, number)
    service.rest(row, now + timedelta(hours=body.hours), RestWhy.BY_HAND)
    await session.flush()
    await audit(session, now, user, "caller_number_rests", "caller_number", number, {"hours": body.hours})
    return await _one(request, session, user, now, number)


@router.post("/numbers/{number}/wake", summary="End a caller number's rest")
async def wake_number(
    request: Request, session: DbSession, user: Supervisor, now: Now, number: TheNumber
) -> CallerNumberRow:
    """Its figures begin anew."""
    row = await _locked(session, number)
    service.wake(row, now)
    await session.flush()
    await audit(session, now, user, "caller_number_woken", "caller_number", number, {})
    return await _one(request, session, user, now, number)


@router.get("/numbers/{number}/signs", summary="What was heard of a caller number from outside, newest first")
async def list_signs(session: DbSession, _user: Supervisor, number: TheNumber) -> list[CallerSignRow]:
    return [CallerSignRow.model_validate(row) for row in await repository.signs(session, number, _SIGNS)]


@router.post("/numbers/{number}/signs", status_code=201, summary="Write down a complaint, a mark or a block")
async def add_sign(
    session: DbSession, user: Supervisor, now: Now, number: TheNumber, body: CallerSignNew
) -> CallerSignRow:
    """Also of a number that nobody entered, which cannot be sent to rest. When they are too many, it rests at once."""
    row = CallerSign(number=number, sign=body.sign.value, at=now, note=body.note, by=user.id)
    session.add(row)
    await session.flush()
    await audit(session, now, user, "caller_sign_added", "caller_number", number, {"sign": body.sign.value})
    await service.send_to_rest(session, now)
    return CallerSignRow.model_validate(row)


@router.get("/policy", summary="When a caller number is sent to rest, and which one is next")
async def get_policy(session: DbSession, _user: Supervisor) -> CallerPolicyBody:
    return CallerPolicyBody.model_validate(await repository.policy(session))


@router.put("/policy", summary="Set when a caller number is sent to rest, and which one is next")
async def put_policy(session: DbSession, user: Supervisor, now: Now, body: CallerPolicyBody) -> CallerPolicyBody:
    row = await session.get(CallerPolicy, 1, with_for_update=True)
    if row is None:
        session.add(CallerPolicy(**body.model_dump()))
    else:
        for name, value in body.model_dump().items():
            setattr(row, name, value)
    await session.flush()
    await audit(session, now, user, "caller_policy_set", "caller_policy", "1", body.model_dump())
    return body


@router.get("/carrier", summary="How the telephone network is, and the last troubles")
async def carrier(session: DbSession, _user: Supervisor, now: Now) -> CarrierNow:
    rows = []
    for row in await health.heard(session):
        circuit, trouble = Circuit(row.circuit), Trouble(row.trouble) if row.trouble else None
        rows.append(
            CarrierRow(
                worker=row.worker,
                carrier=row.carrier,
                circuit=circuit,
                trouble=trouble,
                since=row.since,
                next_look_at=row.next_look_at,
                tries=row.tries,
                zh=health_rules.describe(circuit, trouble, "zh"),
                en=health_rules.describe(circuit, trouble, "en"),
            )
        )
    troubles = [TroubleRow.model_validate(row) for row in await health.troubles(session, _TROUBLES)]
    heard = [RefusedRow.model_validate(row) for row in await refused.since(session, now - _REFUSED_FOR)]
    return CarrierNow(rows=rows, troubles=troubles, refused=heard)
