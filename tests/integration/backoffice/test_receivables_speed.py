"""200,000 open invoices: ageing and the dunning run in 10 s, one customer's statement in 200 ms."""

from __future__ import annotations

import os
from datetime import date
from time import perf_counter

import pytest
from sqlalchemy import select, text

from backoffice.orders import checks
from backoffice.orders.rules import OrderPolicy
from backoffice.receivables import dunning, reports, statements
from callcenter.kit.db import Database
from tests.benchmarks.receivables import fill
from tests.integration.backoffice.conftest import Staff
from tests.integration.backoffice.ledgers import at
from tests.integration.backoffice.orders import make_order

DAY = date(2026, 6, 30)


@pytest.mark.slow
async def test_200_000_open_invoices(database: Database, hired: Staff) -> None:
    async with database.transaction() as session:
        await fill(session)
    async with database.transaction() as session:
        start = perf_counter()
        rows = (await session.execute(reports.ageing(DAY))).all()
        aged = perf_counter() - start
        start = perf_counter()
        letters = await dunning.run(session, at(DAY), DAY)
        dunned = perf_counter() - start
        who = rows[0].customer_id
        start = perf_counter()
        await statements.make(session, at(DAY), DAY, hired.fin, who, date(2026, 1, 1), DAY)
        stated = perf_counter() - start
        order = await make_order(session, who, [("A01", 1, 100)])
        start = perf_counter()
        await checks.facts_of(session, DAY, order, 100, OrderPolicy())
        checked = perf_counter() - start
        lines = int(await session.scalar(text("SELECT count(*) FROM dunning_lines")) or 0)
        plain = (await session.execute(select(reports.ageing(DAY).subquery()))).all()
    print(
        f"ageing {aged:.2f} s, dunning {dunned:.2f} s ({letters} letters, {lines} lines), statement {stated:.3f} s,"
        f" credit check {checked:.3f} s"
    )
    assert len(rows) == len(plain) == letters == 20_000
    # The figures are for two cores of one's own; when others are at work on them, there is less of it for us.
    shared = max(1.0, os.getloadavg()[0] / 2)
    assert aged + dunned <= 10 * shared
    assert stated <= 0.2 * shared
    assert checked <= 0.5 * shared
