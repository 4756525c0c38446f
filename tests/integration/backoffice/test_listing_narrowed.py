"""Of one customer a list says the same as of everybody: the faster SELECT is the same SELECT."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from backoffice import api
from backoffice.accounts.models import CustomerAccount
from backoffice.listing import query
from backoffice.listing.query import Listing, ListQuery
from callcenter.kit.db import Database

DAY = date(2026, 3, 9)


async def test_narrowing_to_a_customer_changes_nothing_but_the_time(opened: Database) -> None:
    narrowed = [listing for listing in api.LISTINGS if listing.narrowed is not None]
    assert {"invoices", "receipts", "orders", "dunnings", "problem_cases"} <= {listing.name for listing in narrowed}
    async with opened.transaction() as session:
        customers = (await session.scalars(select(col(CustomerAccount.id)))).all()
        for listing in narrowed:
            plain: Listing[Any] = dataclasses.replace(listing, narrowed=None)
            seen = 0
            for customer in customers:
                asked = ListQuery(filter=[f"customer_id:{customer}"])
                fast = await query.page(session, listing, asked, DAY)
                assert fast == await query.page(session, plain, asked, DAY), listing.name
                seen += fast.total
                for row in fast.rows[:1]:
                    one = await query.one(session, listing, row.id, DAY)
                    assert one == await query.one(session, plain, row.id, DAY), listing.name
            assert seen == (await query.page(session, plain, ListQuery(), DAY)).total, listing.name
