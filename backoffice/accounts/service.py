"""Finding, making and locking a customer's account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from backoffice.accounts import rules
from backoffice.accounts.models import CreditGroup, CustomerAccount
from backoffice.accounts.rules import AccountPolicy
from backoffice.policies import service as policies
from callcenter.kit.db import Session
from callcenter.kit.errors import NotFound
from crm_sync.customers.models import Customer


async def of(session: Session, customer_id: UUID, *, lock: bool = False) -> CustomerAccount:
    """The account of a customer, made with plain terms when it is the first time. Raises NotFound."""
    account = await session.get(
        CustomerAccount, customer_id, with_for_update=True if lock else None, populate_existing=lock
    )
    if account is not None:
        return account
    customer = await session.get(Customer, customer_id)
    if customer is None:
        raise NotFound(what_zh="客户", what_en="customer", id=customer_id)
    values: dict[str, Any] = CustomerAccount(
        id=customer_id, legal_name=customer.company or customer.name, region=customer.province or ""
    ).model_dump()
    await session.execute(insert(CustomerAccount).values(**values).on_conflict_do_nothing())
    return await of(session, customer_id, lock=lock)


async def credit_limit(session: Session, account: CustomerAccount) -> int:
    """M8-4, in fen."""
    group = await session.get(CreditGroup, account.group_id) if account.group_id else None
    company = (await policies.load(session, AccountPolicy)).company_limit_fen
    return rules.limit(account.credit_limit_fen, group.limit_fen if group else None, company)


async def terms_days(session: Session, account: CustomerAccount) -> int:
    if account.terms_days is not None:
        return account.terms_days
    return (await policies.load(session, AccountPolicy)).terms_days
