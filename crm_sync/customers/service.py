"""The customer master: look up, edit without overwriting each other, and reveal a number on the record."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from callcenter.agents import service as agents
from callcenter.calls.models import Call
from callcenter.kit.db import Session
from callcenter.kit.errors import NotFound
from callcenter.people.audit import audit
from callcenter.people.models import User
from crm_sync.customers import repository
from crm_sync.customers.errors import Changed, NotYourCall, PhoneTaken, RefusalIsFinal
from crm_sync.customers.models import Consent, Customer
from crm_sync.customers.repository import Filters
from crm_sync.customers.rules import mask_phone
from crm_sync.customers.schemas import CustomerChange
from crm_sync.do_not_call import service as do_not_call
from crm_sync.do_not_call.models import DoNotCallSource
from crm_sync.phones import Phone, read_phone

OWN_CALL = "own_call"
"""Why an agent saw a number, in the audit."""

_NEVER_EMPTY = frozenset({"name", "phone", "timezone", "consent", "total_purchases_fen"})


async def get(session: Session, customer_id: UUID) -> Customer:
    """Raises NotFound."""
    customer = await repository.get(session, customer_id)
    if customer is None:
        raise NotFound(what_zh="客户", what_en="customer", id=customer_id)
    return customer


async def search(
    session: Session, filters: Filters, *, order: str = "newest", limit: int = 50, offset: int = 0
) -> tuple[list[tuple[Customer, bool]], int]:
    """One page of (customer, on the do-not-call list) and the total."""
    return await repository.search(session, filters, order=order, limit=limit, offset=offset)


async def edit(
    session: Session, now: datetime, user: User, customer_id: UUID, given: CustomerChange, *, region: str
) -> Customer:
    """Change the fields that are given, if the customer is still at `given.version`.

    A refusal that is entered here puts the number on the do-not-call list, too. Raises NotFound, Changed,
    RefusalIsFinal, PhoneTaken, NotAPhone.
    """
    customer = await get(session, customer_id)
    values = _values(given)
    if "phone" in values:
        values["phone"] = do_not_call.e164_of(values["phone"], region, field="phone")
        values |= _zone_of(values["phone"], region)
    if "timezone" in given.model_fields_set and given.timezone:
        values |= {"timezone": given.timezone, "timezone_known": True}
    barred = customer.consent == Consent.REFUSED.value or await do_not_call.is_listed(session, customer.phone)
    wanted = values.get("consent", customer.consent)
    if barred and wanted != Consent.REFUSED.value and "consent" in values:
        raise RefusalIsFinal(field="consent")
    if "consent" in values and wanted != customer.consent:
        values["consent_at"] = now
    new = {name: value for name, value in values.items() if getattr(customer, name) != value}
    if given.version != customer.version:
        raise Changed(version=customer.version)
    if not new:
        return customer
    await _write(session, now, customer, given.version, new)
    if wanted == Consent.REFUSED.value:
        phone = new.get("phone", customer.phone)
        await do_not_call.add(session, phone, DoNotCallSource.OFFICE, given.consent_source or "", now, user.id)
        if barred and phone != customer.phone:
            # The refusal was the person's, and stays on the old number as well.
            await do_not_call.add(session, customer.phone, DoNotCallSource.OFFICE, "", now, user.id)
    await audit(session, now, user, "customer_edited", "customer", str(customer_id), {"fields": sorted(new)})
    session.expire(customer)
    return await get(session, customer_id)


async def _write(session: Session, now: datetime, customer: Customer, version: int, new: dict[str, Any]) -> None:
    try:
        async with session.begin_nested():
            done = await repository.change(session, customer.id, version=version, values=new, now=now)
    except IntegrityError as error:
        if "uq_customers_phone" in str(error.orig):
            raise PhoneTaken(field="phone") from None
        raise
    if done is None:
        raise Changed(version=version + 1)


def _values(given: CustomerChange) -> dict[str, Any]:
    """The columns that were given; an empty text empties the field, and some fields cannot be emptied."""
    values: dict[str, Any] = {}
    for name in given.model_fields_set - {"version", "timezone"}:
        value = getattr(given, name)
        value = value.value if isinstance(value, Consent) else value
        if name in _NEVER_EMPTY and value is None:
            continue
        values[name] = None if value == "" and name not in _NEVER_EMPTY else value
    return values


def _zone_of(e164: str, region: str) -> dict[str, Any]:
    found = read_phone(e164, region)
    if isinstance(found, Phone) and found.timezone:
        return {"timezone": found.timezone, "timezone_known": found.timezone_known}
    return {"timezone_known": False}


async def reveal_phone(session: Session, now: datetime, user: User, customer_id: UUID, reason: str) -> str:
    """The whole number (E.164), with a record of who looked, when and why. Raises NotFound."""
    customer = await get(session, customer_id)
    await audit(session, now, user, "phone_revealed", "customer", str(customer_id), {"reason": reason})
    return customer.phone


async def reveal_own_phone(session: Session, now: datetime, user: User, customer_id: UUID) -> str:
    """The number that an agent has in the ear: dialled for the call they hold, from its answer to its saved result.

    A customer who is only offered in preview stays masked, else one could leaf through the list. Raises NotYourCall.
    """
    agent = await agents.find(session, user.id)
    call = await session.get(Call, agent.call_id) if agent is not None and agent.call_id is not None else None
    if call is None or call.customer_id != customer_id or call.connected_at is None:
        raise NotYourCall
    detail = {"reason": OWN_CALL, "call_id": str(call.id)}
    await audit(session, now, user, "phone_revealed", "customer", str(customer_id), detail)
    return call.to_number


__all__ = ["Filters", "edit", "get", "mask_phone", "reveal_own_phone", "reveal_phone", "search"]
