"""REST: the customer master. Agents see customers on their card only."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from callcenter.kit.http import PROBLEMS, DbSession, Now
from callcenter.kit.money import MAX_FEN
from callcenter.kit.paging import MAX_PAGE, Page
from callcenter.people.access import CurrentUser, may, require
from callcenter.people.models import Role, User
from callcenter.settings import Settings
from crm_sync.customers import numbers, repository, service
from crm_sync.customers.models import Consent, Customer
from crm_sync.customers.numbers import Number
from crm_sync.customers.schemas import (
    NO_NUL,
    CustomerChange,
    CustomerNumbers,
    CustomerOut,
    CustomerRow,
    NumberRow,
    NumbersChange,
    RevealAsked,
    RevealedPhone,
    SourceCount,
)
from crm_sync.do_not_call import service as do_not_call
from crm_sync.phones import mask_phone

router = APIRouter(prefix="/api/customers", tags=["customers"], responses=PROBLEMS)

_READERS = (Role.MARKETING, Role.SUPERVISOR, Role.BACK_OFFICE)
Reader = Annotated[User, Depends(require(*_READERS))]
Word = Annotated[str, Query(max_length=100, pattern=NO_NUL)]
Year = Annotated[int | None, Query(ge=1900, le=2100)]
Fen = Annotated[int | None, Query(ge=0, le=MAX_FEN)]


def _filters(
    request: Request,
    search: Word = "",
    phone: Word = "",
    province: Word = "",
    city: Word = "",
    source: Word = "",
    gender: Literal["f", "m"] | None = None,
    consent: Consent | None = None,
    occupation: Word = "",
    interests: Word = "",
    born_from: Year = None,
    born_to: Year = None,
    bought_since: date | None = None,
    bought_until: date | None = None,
    spent_from_fen: Fen = None,
    spent_to_fen: Fen = None,
    do_not_call_only: Annotated[bool | None, Query(alias="do_not_call")] = None,
) -> repository.Filters:
    settings: Settings = request.app.state.settings
    number, ending = do_not_call.number_or_ending(phone, settings.default_region)
    return repository.Filters(
        words=search.strip(),
        phone=number,
        phone_ending=ending,
        province=province.strip(),
        city=city.strip(),
        source=source,
        gender=gender,
        consent=consent.value if consent else None,
        occupation=occupation.strip(),
        interests=interests.strip(),
        born_from=born_from,
        born_to=born_to,
        bought_since=bought_since,
        bought_until=bought_until,
        spent_from_fen=spent_from_fen,
        spent_to_fen=spent_to_fen,
        do_not_call=do_not_call_only,
    )


@router.get("", summary="Search customers")
async def list_customers(
    _: Reader,
    session: DbSession,
    filters: Annotated[repository.Filters, Depends(_filters)],
    order: Literal["newest", "name", "last_purchase", "total_purchases"] = "newest",
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Page[CustomerRow]:
    """`search`: a part of the name. `phone`: a whole number in any spelling, or its last four digits or more."""
    rows, total = await service.search(session, filters, order=order, limit=limit, offset=offset)
    return Page(rows=[CustomerRow.model_validate(_dict(customer, listed)) for customer, listed in rows], total=total)


@router.get("/sources", summary="Lists that customers came with")
async def list_sources(_: Reader, session: DbSession) -> list[SourceCount]:
    return [SourceCount(source=name, customers=count) for name, count in await repository.sources(session)]


@router.get("/{customer_id}", summary="One customer")
async def get_customer(_: Reader, session: DbSession, customer_id: UUID) -> CustomerOut:
    customer = await service.get(session, customer_id)
    return CustomerOut.model_validate(_dict(customer, await do_not_call.is_listed(session, customer.phone)))


@router.patch("/{customer_id}", summary="Change a customer")
async def change_customer(
    user: Reader, session: DbSession, now: Now, request: Request, customer_id: UUID, body: CustomerChange
) -> CustomerOut:
    """Only the given fields change. 409 when somebody else changed the customer since `version`."""
    settings: Settings = request.app.state.settings
    customer = await service.edit(session, now, user, customer_id, body, region=settings.default_region)
    return CustomerOut.model_validate(_dict(customer, await do_not_call.is_listed(session, customer.phone)))


@router.get("/{customer_id}/numbers", summary="The numbers of a customer, in the order in which they are tried")
async def get_numbers(_: Reader, session: DbSession, customer_id: UUID) -> CustomerNumbers:
    customer = await service.get(session, customer_id)
    found = await numbers.numbers_of(session, [customer_id])
    return _numbers(found[customer_id], customer.version)


@router.put("/{customer_id}/numbers", summary="Set the further numbers of a customer; their own stays the first")
async def put_numbers(
    user: Reader, session: DbSession, now: Now, request: Request, customer_id: UUID, body: NumbersChange
) -> CustomerNumbers:
    """A number that is on the do-not-call list is kept and never called. 409: changed by somebody else meanwhile.

    What is shown masked is given back by its `key`; a new number is written out.
    """
    settings: Settings = request.app.state.settings
    await service.get(session, customer_id)
    known = {str(one.position): one.phone for one in (await numbers.numbers_of(session, [customer_id]))[customer_id]}
    wanted = [
        (
            known[one.key]
            if one.key is not None and one.key in known
            else do_not_call.e164_of(one.phone or "", settings.default_region, field="phone"),
            one.kind,
        )
        for one in body.numbers
    ]
    found = await numbers.put(session, now, user, customer_id, body.version, wanted)
    return _numbers(found, body.version + 1)


def _numbers(found: list[Number], version: int) -> CustomerNumbers:
    return CustomerNumbers(
        version=version,
        numbers=[
            NumberRow(
                key=str(one.position),
                masked_phone=mask_phone(one.phone),
                kind=one.kind,
                own=one.position == 0,
                state=one.state,
            )
            for one in found
        ],
    )


@router.post("/{customer_id}/reveal-phone", summary="Show the whole number, on the record")
async def reveal_phone(
    user: CurrentUser, session: DbSession, now: Now, customer_id: UUID, body: RevealAsked | None = None
) -> RevealedPhone:
    """Agents: only of the customer with whom they are talking or whose call they are finishing (403 otherwise)."""
    if may(user, *_READERS):
        phone = await service.reveal_phone(session, now, user, customer_id, (body or RevealAsked()).reason)
    else:
        phone = await service.reveal_own_phone(session, now, user, customer_id)
    return RevealedPhone(phone=phone)


def _dict(customer: Customer, listed: bool) -> dict[str, object]:
    return {
        **customer.model_dump(exclude={"phone"}),
        "masked_phone": mask_phone(customer.phone),
        "do_not_call": listed or customer.consent == Consent.REFUSED.value,
    }
