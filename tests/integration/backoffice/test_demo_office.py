"""The demonstration's back office: everybody has a duty, and its history could have come to exist."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy import func, select
from sqlmodel import col

from backoffice.accounts.models import CustomerAccount
from backoffice.contracts import service as contracts
from backoffice.contracts.models import ContractKind
from backoffice.kit.duties import OfficeRole
from backoffice.listing import query
from backoffice.listing.query import ListQuery
from backoffice.order_book.router import ORDERS
from backoffice.printing.router import PAPERS
from backoffice.receivables import statements
from backoffice.receivables.lists import INVOICES
from backoffice.receivables.models import Invoice
from backoffice.roles import service as roles
from callcenter.demo import office
from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database
from tests.integration.backoffice import ledgers
from tests.integration.backoffice.conftest import Desk, demo_person

SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 3, 9)


async def test_the_demonstration_opens_with_two_months_of_business(opened: Database, clock: ManualClock) -> None:
    # A demonstration that goes on with its data opens again.
    await office.open_for_business(opened, SHANGHAI, clock.now(), SecretStr("brochure-7-to-14"))
    async with opened.transaction() as session:
        for duty in OfficeRole:
            assert await roles.holders(session, duty), f"nobody holds {duty}: what needs it cannot be carried on"
        invoices = await query.page(session, INVOICES, ListQuery(), TODAY)
        assert Counter(row.status for row in invoices.rows) == {
            "paid": 2, "problem": 1, "overdue": 1, "partly_paid": 1,
        }  # fmt: skip
        orders = await query.page(session, ORDERS, ListQuery(), TODAY)
        assert Counter(row.status for row in orders.rows) == {
            "completed": 5, "to_bill": 1, "to_deliver_and_bill": 4, "on_hold": 2, "submitted": 1,
        }  # fmt: skip
        for account in await session.scalars(select(CustomerAccount)):
            await ledgers.check_equations(session, account.id, TODAY)
        assert await session.scalar(select(func.count()).where(col(CustomerAccount.grade).is_not(None))) == 8


async def test_everything_that_has_a_paper_prints_in_both_languages_and_formats(
    opened: Database, clock: ManualClock, opened_desk: Desk
) -> None:
    staff = {login: await demo_person(opened, login) for login in ("rep", "finance")}
    async with opened.transaction() as session:
        bill = await session.scalar(select(Invoice).where(col(Invoice.total_fen) > 1_000_000))
        assert bill is not None
        now = clock.now()
        await statements.make(
            session, now, TODAY, staff["finance"], bill.customer_id, date(2026, 1, 1), date(2026, 2, 28)
        )
        text = contracts.Text(
            bill.customer_id, ContractKind.FRAME, "年度经销合同", "一、合作\n甲方授权乙方在山东省经销。",
            [contracts.NewLine("HK-030", "康元人参礼盒(30支)", 1000, 23_880)], 30, TODAY, date(2026, 12, 31),
        )  # fmt: skip
        await contracts.draft(session, now, TODAY, staff["rep"], text)
    client = await opened_desk(staff["finance"])
    for path in PAPERS:
        rows = (await client.get(f"/api/backoffice{path}")).json()["rows"]
        assert rows, f"the demonstration has no {path}"
        for lang, title in (("zh-CN", "zh"), ("en", "en")):
            for kind in ("pdf", "xlsx"):
                answer = await client.get(
                    f"/api/backoffice{path}/{rows[0]['id']}/print", params={"lang": lang, "format": kind}
                )
                assert answer.status_code == 200, (path, lang, kind, answer.text)
                assert answer.content[:4] == (b"%PDF" if kind == "pdf" else b"PK\x03\x04")
                _keep(path, title, kind, answer.content)


def _keep(path: str, lang: str, kind: str, body: bytes) -> None:
    """PAPERS_TO=folder keeps what was printed, to be looked at."""
    if folder := os.environ.get("PAPERS_TO"):
        Path(folder, f"{path.strip('/')}-{lang}.{kind}").write_bytes(body)
