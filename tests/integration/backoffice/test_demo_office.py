"""The demonstration's back office: everybody has a duty, and its history could have come to exist."""

from __future__ import annotations

from collections import Counter
from datetime import date
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy import func, select
from sqlmodel import col

from backoffice.accounts.models import CustomerAccount
from backoffice.jobs import JOBS
from backoffice.kit.duties import OfficeRole
from backoffice.listing import query
from backoffice.listing.query import ListQuery
from backoffice.nightly import service as nightly
from backoffice.order_book.router import ORDERS
from backoffice.receivables.lists import INVOICES
from backoffice.roles import service as roles
from callcenter.demo import office
from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database
from tests.integration.backoffice import ledgers

SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 3, 9)


async def test_the_demonstration_opens_with_two_months_of_business(database: Database, clock: ManualClock) -> None:
    for _ in range(2):  # a demonstration that goes on with its data opens again
        await office.open_for_business(database, SHANGHAI, clock.now(), SecretStr("brochure-7-to-14"))
    assert all(made is not None for made in (await _night(database, clock)).values())
    async with database.transaction() as session:
        for duty in OfficeRole:
            assert await roles.holders(session, duty), f"nobody holds {duty}: what needs it cannot be carried on"
        invoices = await query.page(session, INVOICES, ListQuery(), TODAY)
        assert Counter(row.status for row in invoices.rows) == {
            "paid": 2, "problem": 1, "overdue": 1, "partly_paid": 1,
        }  # fmt: skip
        orders = await query.page(session, ORDERS, ListQuery(), TODAY)
        assert Counter(row.status for row in orders.rows) == {
            "completed": 5, "to_bill": 1, "to_deliver_and_bill": 2, "on_hold": 2, "submitted": 1,
        }  # fmt: skip
        for account in await session.scalars(select(CustomerAccount)):
            await ledgers.check_equations(session, account.id, TODAY)
        assert await session.scalar(select(func.count()).where(col(CustomerAccount.grade).is_not(None))) == 8


async def _night(database: Database, clock: ManualClock) -> dict[str, int | None]:
    return await nightly.run_due(database, JOBS, clock.now(), TODAY, "w1")
