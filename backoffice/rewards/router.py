"""/api/backoffice/rewards/…: schemes, statements with their trace, payouts, payment rewards, investigations (M13)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import select
from sqlmodel import col

from backoffice.distributors.models import Distributor
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.listing.http import Command, StoryLine, Today, add_command, add_get, add_list
from backoffice.listing.query import ListQuery, one, page
from backoffice.policies import service as policies
from backoffice.printing.http import add_print
from backoffice.printing.paper import Paper
from backoffice.rewards import engine, lists, papers, payments, payouts, purchases, schemas, service, trace, violations
from backoffice.rewards.machines import REWARD_STATEMENT, SCHEME, VIOLATION
from backoffice.rewards.models import RewardRow, RewardScheme, RewardStatement, Violation
from backoffice.rewards.rules import RewardPolicy
from backoffice.rewards.service import Limits
from backoffice.roles.access import OfficeActor
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput
from callcenter.kit.http import PROBLEMS, DbSession, Now

router = APIRouter(prefix="/api/backoffice/rewards", tags=["back office: rewards"], responses=PROBLEMS)
LISTINGS = lists.LISTINGS
for _listing, _path in (
    (lists.SCHEMES, "/schemes"),
    (lists.PURCHASES, "/purchases"),
    (lists.STATEMENTS, "/statements"),
    (lists.PAYOUTS, "/payouts"),
    (lists.PAYMENTS, "/payments"),
    (lists.VIOLATIONS, "/violations"),
    (lists.PROVISIONS, "/provisions"),
):
    add_list(router, _listing, _path)


def _limits(rows: list[schemas.RowBody]) -> list[Limits]:
    return [Limits(row.series, row.city_class, row.row_no, row.low, row.high) for row in rows]


async def _story(session: Session, thing: str, thing_id: UUID) -> list[StoryLine]:
    return [StoryLine(**line) for line in await acts.story(session, thing, thing_id)]


# ---------------------------------------------------------------- schemes


async def _scheme(session: Session, today: date, actor: Actor, scheme_id: UUID) -> schemas.SchemeOut:
    values = await one(session, lists.SCHEMES, scheme_id, today)
    row = await acts.get(session, RewardScheme, scheme_id, "reward_scheme")
    rows = await session.scalars(
        select(RewardRow)
        .where(col(RewardRow.scheme_id) == scheme_id)
        .order_by(col(RewardRow.series), col(RewardRow.city_class), col(RewardRow.row_no))
    )
    return schemas.SchemeOut.model_validate(
        values
        | {
            "rows": [schemas.RowOut(**found.model_dump(exclude={"scheme_id"})) for found in rows],
            "faults": await service.faults(session, scheme_id),
            "readings": engine.readings(row, await policies.load(session, RewardPolicy)).model_dump(mode="json"),
            "run": row.run,
            "commands": SCHEME.commands(row.state, actor.roles),
            "timeline": await _story(session, "reward_scheme", scheme_id),
        }
    )


@router.post("/schemes", status_code=201)
async def draft_scheme(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, body: schemas.SchemeBody
) -> schemas.SchemeOut:
    row = await service.draft(session, now, today, actor, body.model_dump())
    return await _scheme(session, today, actor, row.id)


async def _edit(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: schemas.SchemeEdit) -> None:
    values = {name: getattr(b, name) for name in schemas.SchemeBody.model_fields}
    await service.edit(s, n, a, i, b.version, values, _limits(b.rows))


async def _submit(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.submit(s, n, a, i, b.version)


async def _begin(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.begin(s, n, t, a, i, b.version)


async def _close(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await service.close(s, n, t, a, i, b.version)


async def _calculate(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await payouts.calculate(s, n, t, a, i, b.version)


async def _submit_payout(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await payouts.submit(s, n, a, i, b.version)


async def _finish(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await payouts.finish(s, n, a, i, b.version)


add_get(router, "/schemes", _scheme, schemas.SchemeOut)
add_command(router, "/schemes", "edit", _edit, _scheme, schemas.SchemeOut, schemas.SchemeEdit)
add_command(router, "/schemes", "submit", _submit, _scheme, schemas.SchemeOut)
add_command(router, "/schemes", "begin", _begin, _scheme, schemas.SchemeOut)
add_command(router, "/schemes", "close", _close, _scheme, schemas.SchemeOut)
add_command(router, "/schemes", "calculate", _calculate, _scheme, schemas.SchemeOut)
add_command(router, "/schemes", "submit-payout", _submit_payout, _scheme, schemas.SchemeOut)
add_command(router, "/schemes", "finish", _finish, _scheme, schemas.SchemeOut)


@router.post("/schemes/{scheme_id}/what-if")
async def what_if(session: DbSession, _actor: OfficeActor, scheme_id: UUID, body: schemas.WhatIf) -> schemas.WhatIfOut:
    """Other limits and readings on real purchases; nothing is written."""
    scheme = await acts.get(session, RewardScheme, scheme_id, "reward_scheme")
    try:
        before, after = await service.what_if(session, scheme, _limits(body.rows), body.readings, body.years_back)
    except ValueError:
        raise BadInput(field="readings", problem_zh="读法不正确", problem_en="there is no such reading") from None
    fields = schemas.OutcomeOut.model_fields
    return schemas.WhatIfOut(
        before=schemas.OutcomeOut(**{name: getattr(before, name) for name in fields}),
        after=schemas.OutcomeOut(**{name: getattr(after, name) for name in fields}),
    )


# ---------------------------------------------------------------- purchases


@router.post("/purchases/opening", status_code=201)
async def opening(session: DbSession, actor: OfficeActor, body: schemas.OpeningBody) -> schemas.MadeOut:
    """Purchases from before this system (growth needs last year's months)."""
    return schemas.MadeOut(made=await purchases.opening(session, actor, [row.model_dump() for row in body.rows]))


@router.post("/purchases/collect")
async def collect(session: DbSession, today: Today, actor: OfficeActor) -> schemas.MadeOut:
    """Take in new invoices, cancellations and returns (the nightly job does the same)."""
    acts.require_duty(actor, frozenset({OfficeRole.FIN}))
    return schemas.MadeOut(made=await purchases.collect(session, today))


@router.post("/purchases/{purchase_id}/exclude")
async def exclude(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, purchase_id: int, body: schemas.ExclusionBody
) -> schemas.MadeOut:
    await purchases.exclude(session, now, today, actor, purchase_id, body.reason)
    return schemas.MadeOut(made=1)


# ---------------------------------------------------------------- statements, payouts, trace


async def _filtered(session: Session, listing: Any, today: date, *filters: str) -> list[Any]:
    found: list[Any] = (await page(session, listing, ListQuery(filter=list(filters), limit=200), today)).rows
    return found


async def _statement(session: Session, today: date, actor: Actor, statement_id: UUID) -> schemas.RewardStatementOut:
    values = await one(session, lists.STATEMENTS, statement_id, today)
    row = await acts.get(session, RewardStatement, statement_id, "reward_statement")
    scheme = await acts.get(session, RewardScheme, row.scheme_id, "reward_scheme")
    paid = await _filtered(session, lists.PAYMENTS, today, f"dealer_id:{row.dealer_id}")
    return schemas.RewardStatementOut.model_validate(
        values
        | {
            "confirmed_name": row.confirmed_name,
            "lines": [schemas.LineOut(**line.model_dump()) for line in await trace.lines_of(session, row)],
            "payouts": await _filtered(session, lists.PAYOUTS, today, f"statement_id:{statement_id}"),
            "payments": [p for p in paid if scheme.from_on <= p.month <= scheme.to_on],
            "commands": REWARD_STATEMENT.commands(row.state, actor.roles),
            "timeline": await _story(session, "reward_statement", statement_id),
        }
    )


async def _confirm(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: schemas.Confirmed) -> None:
    await payouts.answer(s, n, a, i, b.version, True, b.name, b.note)


async def _dispute(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
    await payouts.answer(s, n, a, i, b.version, False, "", b.note)


add_get(router, "/statements", _statement, schemas.RewardStatementOut)
add_command(router, "/statements", "confirm", _confirm, _statement, schemas.RewardStatementOut, schemas.Confirmed)
add_command(router, "/statements", "dispute", _dispute, _statement, schemas.RewardStatementOut)


async def _statement_paper(session: Session, today: date, actor: Actor, thing_id: UUID) -> Paper:
    return await papers.statement(session, today, await _statement(session, today, actor, thing_id))


add_print(router, "/statements", _statement_paper)


@router.get("/lines/{line_id}/trace")
async def read_trace(session: DbSession, _: OfficeActor, line_id: UUID) -> schemas.TraceOut:
    """The purchases behind a line, each with its part."""
    line = await trace.line(session, line_id)
    parts = await trace.of_line(session, line)
    return schemas.TraceOut(
        line=schemas.LineOut(**line.model_dump()),
        parts=[
            schemas.TracePart(
                purchase_id=part.purchase.id,
                exact=part.exact,
                **{
                    name: getattr(part.purchase, name)
                    for name in ("on_day", "series", "sku", "units", "fen", "source_kind", "paper")
                },
            )
            for part in parts
        ],
        exact=sum(part.exact for part in parts),
    )


async def _payout(session: Session, today: date, _actor: Actor, payout_id: UUID) -> schemas.PayoutRow:
    return schemas.PayoutRow.model_validate(await one(session, lists.PAYOUTS, payout_id, today))


async def _receive(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: schemas.Receipted) -> None:
    await payouts.receive(s, n, a, i, b.version, b.receipt_kind, b.receipt_number)


async def _pay(s: Session, n: datetime, t: date, a: Actor, i: UUID, b: Command) -> None:
    await payouts.pay(s, n, t, a, i, b.version)


add_get(router, "/payouts", _payout, schemas.PayoutRow)
add_command(router, "/payouts", "receive", _receive, _payout, schemas.PayoutRow, schemas.Receipted)
add_command(router, "/payouts", "pay", _pay, _payout, schemas.PayoutRow)


# ---------------------------------------------------------------- the payment reward of a month


@router.get("/dealers/{dealer_id}/payment-quote")
async def quote(session: DbSession, today: Today, _: OfficeActor, dealer_id: UUID, month: date) -> schemas.QuoteOut:
    """What the dealer would have to pay today to settle the month, and the reward deducted from it."""
    dealer = await acts.get(session, Distributor, dealer_id, "distributor_record")
    payable, found = await payments.quote(session, today, dealer, month)
    return schemas.QuoteOut(
        payable_fen=payable,
        settled_on=found.settled_on,
        reward_fen=found.reward_fen,
        due_fen=found.due_fen,
        parts=list(found.parts),
    )


@router.post("/payments", status_code=201)
async def settle_month(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, body: schemas.SettleBody
) -> schemas.PaymentRow:
    row = await payments.settle(session, now, today, actor, body.dealer_id, body.month)
    return schemas.PaymentRow.model_validate(await one(session, lists.PAYMENTS, row.id, today))


# ---------------------------------------------------------------- investigations


async def _violation(session: Session, today: date, actor: Actor, violation_id: UUID) -> schemas.ViolationOut:
    values = await one(session, lists.VIOLATIONS, violation_id, today)
    row = await acts.get(session, Violation, violation_id, "reward_violation")
    return schemas.ViolationOut.model_validate(
        values
        | {
            "facts": row.facts,
            "commands": VIOLATION.commands(row.state, actor.roles),
            "timeline": await _story(session, "reward_violation", violation_id),
        }
    )


@router.post("/violations", status_code=201)
async def report_violation(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, body: schemas.ViolationNew
) -> schemas.ViolationOut:
    row = await violations.report(
        session,
        now,
        today,
        actor,
        body.scheme_id,
        body.dealer_id,
        body.kind,
        body.evidence,
        lot=body.lot,
        found_region=body.found_region,
    )
    return await _violation(session, today, actor, row.id)


def _judge(command: str) -> Any:
    async def run(s: Session, n: datetime, _t: date, a: Actor, i: UUID, b: Command) -> None:
        await violations.move(s, n, a, i, b.version, command.replace("-", "_"), b.note)

    return run


add_get(router, "/violations", _violation, schemas.ViolationOut)
for _verb in ("investigate", "acquit", "disqualify", "appeal", "grant-appeal", "dismiss-appeal"):
    add_command(router, "/violations", _verb, _judge(_verb), _violation, schemas.ViolationOut)


# ---------------------------------------------------------------- cities, articles, brands


@router.get("/cities")
async def cities(session: DbSession, _: OfficeActor) -> list[schemas.CityOut]:
    """Cities with a class of their own; every other is of class 3."""
    found = await engine.cities(session)
    return [schemas.CityOut(city=city, city_class=number) for city, number in sorted(found.items())]


@router.put("/cities/{city}")
async def set_city(session: DbSession, actor: OfficeActor, city: str, body: schemas.CityBody) -> list[schemas.CityOut]:
    await service.set_city(session, actor, city, body.city_class)
    return await cities(session, actor)


@router.put("/products")
async def set_product(session: DbSession, actor: OfficeActor, body: schemas.ProductBody) -> schemas.ProductBody:
    await service.set_product(session, actor, body.model_dump())
    return body


@router.post("/brands", status_code=201)
async def add_brand(session: DbSession, actor: OfficeActor, body: schemas.BrandBody) -> schemas.BrandOut:
    row = await service.add_brand(session, actor, body.model_dump())
    return schemas.BrandOut(**row.model_dump(exclude={"made_by"}))
