"""200,000 open invoices of 20,000 customers: what the night and the pages cost.

    python -m tests.benchmarks.receivables

On the embedded PostgreSQL of a temporary home, with its ordinary durability. Each line is one run; the first of a kind
reads what nobody has read before.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlmodel import col

from backoffice.accounts.models import CustomerAccount
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.listing import query
from backoffice.listing.query import ListQuery
from backoffice.orders import checks
from backoffice.orders.models import SalesOrder, SalesOrderLine
from backoffice.orders.rules import OrderPolicy
from backoffice.printing.layout import lay_out
from backoffice.printing.paper import Company
from backoffice.printing.pdf import draw
from backoffice.problem_accounts import service as problems
from backoffice.receivables import collection, dunning, papers, statements
from backoffice.receivables.lists import AGEING, INVOICES
from backoffice.reports import figures
from callcenter.kit import embedded
from callcenter.kit.db import Database, Session
from callcenter.kit.ids import new_id
from callcenter.migrate import migrate
from callcenter.people.models import Role, User

DAY = date(2026, 6, 30)
NOW = datetime(2026, 6, 30, 2, 0, tzinfo=UTC)
FILL = (
    "INSERT INTO customers (id, name, phone, source, consent, attributes, created_at, updated_at, version,"
    " timezone, timezone_known, total_purchases_fen)"
    " SELECT gen_random_uuid(), 'c' || n, '+8613' || lpad(n::text, 9, '0'), '', 'given', '{}', now(), now(), 1,"
    " 'Asia/Shanghai', true, 0 FROM generate_series(1, 20000) n",
    "INSERT INTO customer_accounts (id, legal_name, cash_only, partial_policy, region, version)"
    " SELECT id, name, false, 'ask', '', 1 FROM customers",
    "INSERT INTO invoices (id, number, customer_id, state, invoice_on, goods_on, total_fen, note, made_at, version)"
    " SELECT gen_random_uuid(), 'I' || row_number() OVER (), a.id, 'issued', d, d, 10000, '', now(), 1"
    " FROM customer_accounts a CROSS JOIN generate_series(1, 10) n"
    " CROSS JOIN LATERAL (SELECT date '2026-01-01' + (n * 16)) AS days (d)",
    "INSERT INTO invoice_lines (invoice_id, line_no, name, quantity, price_fen, amount_fen)"
    " SELECT id, 1, 'x', 1, 10000, 10000 FROM invoices",
    "INSERT INTO payment_schedules (invoice_id, seq, due_on, amount_fen)"
    " SELECT id, 1, invoice_on + 30, 10000 FROM invoices",
    "ANALYZE",
)


async def fill(session: Session) -> None:
    """20,000 customers with ten open invoices each, by the hand of the database."""
    await session.execute(text("SET LOCAL session_replication_role = replica"))
    for statement in FILL:
        await session.execute(text(statement))


class _Table:
    def __init__(self) -> None:
        print(f"| {'what':44} | {'seconds':>8} | {'rows':>8} |", flush=True)
        print(f"|{'-' * 46}|{'-' * 9}:|{'-' * 9}:|", flush=True)

    async def time(self, what: str, work: Callable[[], Awaitable[Any]], rows: Callable[[Any], int]) -> Any:
        start = perf_counter()
        found = await work()
        print(f"| {what:44} | {perf_counter() - start:8.3f} | {rows(found):8,} |", flush=True)
        return found


async def _pages(session: Session, table: _Table, who: Any, finance: Actor) -> None:
    await table.time(
        "ageing: first page with its totals", lambda: query.page(session, AGEING, ListQuery(), DAY), lambda p: p.total
    )
    await table.time(
        "invoices: first page with its totals",
        lambda: query.page(session, INVOICES, ListQuery(), DAY),
        lambda p: p.total,
    )
    own = ListQuery(filter=[f"customer_id:{who}"])
    await table.time("invoices of one customer", lambda: query.page(session, INVOICES, own, DAY), lambda p: p.total)
    made = await table.time(
        "statement of one customer",
        lambda: statements.make(session, NOW, DAY, finance, who, date(2026, 1, 1), DAY),
        lambda _: 1,
    )
    paper = await papers.statement(session, DAY, finance, made.id)

    async def printed() -> bytes:
        return draw(lay_out(paper, Company(), "zh", NOW, ZoneInfo("Asia/Shanghai")), NOW)

    await table.time("… drawn as PDF", printed, lambda _: 1)
    order = SalesOrder(
        number="B-1", customer_id=who, source="office", payment="credit", recipient="x", phone="x", address="x",
        total_fen=100, created_at=NOW,
    )  # fmt: skip
    session.add(order)
    await session.flush()
    session.add(
        SalesOrderLine(order_id=order.id, line_no=1, sku="A", name="A", quantity=1, price_fen=100, amount_fen=100)
    )
    await session.flush()
    await table.time(
        "credit check of one order",
        lambda: checks.facts_of(session, DAY, order, 100, OrderPolicy()),
        lambda _: 1,
    )


async def measure(database: Database) -> None:
    table = _Table()
    async with database.transaction() as session:
        await fill(session)
        user = User(
            id=new_id(), login="bench", name="bench", role=Role.BACK_OFFICE.value, password_hash="!", created_at=NOW
        )
        session.add(user)
    finance = Actor(user.id, "bench", frozenset({OfficeRole.FIN}))
    async with database.transaction() as session:
        who = await session.scalar(select(col(CustomerAccount.id)).order_by(col(CustomerAccount.id)).limit(1))
        await _pages(session, table, who, finance)
        await table.time(
            "figures of half a year",
            lambda: figures.of_period(session, date(2026, 1, 1), DAY, DAY),
            lambda found: len(found),
        )
    nights: dict[str, Callable[[Session], Awaitable[int]]] = {
        "dunning, letters": lambda session: dunning.run(session, NOW, DAY),
        "collection, tasks": lambda session: collection.run(session, DAY),
        "problem accounts, cases": lambda session: problems.run(session, NOW, DAY),
    }
    for name, job in nights.items():

        async def night(job: Callable[[Session], Awaitable[int]] = job) -> int:
            async with database.transaction() as session:
                return await job(session)

        await table.time(f"night: {name}", night, lambda made: int(made))
        await table.time(f"night: {name}, once more", night, lambda made: int(made))


async def _main() -> None:
    with tempfile.TemporaryDirectory(prefix="callcenter-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o755)
        url = embedded.ensure_postgres(home, "bench")
        migrate(url)
        database = Database(url, pool=5, name="bench")
        try:
            await measure(database)
        finally:
            await database.close()
            embedded.stop_postgres(home)


if __name__ == "__main__":
    asyncio.run(_main())
