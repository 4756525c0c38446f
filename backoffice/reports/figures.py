"""The figures of a period. Each names its list and the filter under which the list's rows add up to it."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from backoffice.deliveries.router import DELIVERIES
from backoffice.listing import query
from backoffice.listing.query import Listing, ListPage, ListQuery
from backoffice.order_book.router import BACK_ORDERS, HOLDS, ORDERS
from backoffice.problem_accounts.router import CASES
from backoffice.receivables import reports, rules
from backoffice.receivables.lists import DUNNINGS, INVOICES
from callcenter.kit.db import Session


class SaleRow(BaseModel):
    id: UUID
    number: str
    customer_id: UUID
    customer: str
    order_number: str | None
    invoice_on: date
    total_fen: int


class InstalmentRow(BaseModel):
    id: UUID
    number: str
    customer_id: UUID
    customer: str
    seq: int
    due_on: date
    amount_fen: int


class MoneyRow(BaseModel):
    id: UUID
    number: str
    customer_id: UUID
    customer: str
    method: str
    received_on: date
    amount_fen: int


CREDIT_SALES = Listing(
    name="credit_sales",
    row=SaleRow,
    source=reports.credit_sales,
    search=("number", "customer"),
    filters=("customer_id",),
    on="invoice_on",
    totals=("total_fen",),
)
INSTALMENTS = Listing(
    name="instalments_due",
    row=InstalmentRow,
    source=reports.instalments,
    search=("number", "customer"),
    filters=("customer_id",),
    on="due_on",
    sort="due_on",
    totals=("amount_fen",),
)
MONEY = Listing(
    name="money_received",
    row=MoneyRow,
    source=reports.received,
    search=("number", "customer"),
    filters=("customer_id", "method"),
    on="received_on",
    totals=("amount_fen",),
)
PROMISES = dataclasses.replace(DUNNINGS, name="promises", on="promised_on", sort="-promised_on")
SIGNED = dataclasses.replace(DELIVERIES, name="signed_deliveries", on="signed_on", sort="-signed_on")
ROWS: dict[str, Listing[Any]] = {
    "/reports/credit-sales": CREDIT_SALES,
    "/reports/instalments-due": INSTALMENTS,
    "/reports/money-received": MONEY,
    "/reports/promises": PROMISES,
    "/reports/on-time-in-full": SIGNED,
}
"""Lists of their own, by address; the others have their addresses elsewhere."""


class Figure(BaseModel):
    """`value` of `unit`: fen, basis_points (hundredths of a percent), tenths_of_days, count; None without a base.

    The rows behind it: the list `rows` under `filter`, between the days where `dated`. The sum of their `column` (their
    number, where there is none) is `part`; of a rate, `whole` is what it is a part of.
    """

    code: str
    zh: str
    en: str
    unit: str
    value: int | None
    part: int | None = None
    whole: int | None = None
    rows: str
    column: str | None = None
    filter: list[str] = []
    dated: bool = True


class _Period:
    def __init__(self, session: Session, from_on: date, to_on: date, as_of: date) -> None:
        self._session, self._from, self._to, self.as_of = session, from_on, to_on, as_of

    async def page(self, listing: Listing[Any], *filters: str, dated: bool = True) -> ListPage[Any]:
        given: dict[str, Any] = {"filter": list(filters), "limit": 1}
        if dated:
            given |= {"from": self._from, "to": self._to}
        return await query.page(self._session, listing, ListQuery.model_validate(given), self.as_of)

    async def rate(self, listing: Listing[Any], good: str, bad: str) -> tuple[int, int]:
        """How many rows are good, of how many that are good or bad."""
        kept = (await self.page(listing, good)).total
        return kept, kept + (await self.page(listing, bad)).total

    @property
    def days(self) -> int:
        return (self._to - self._from).days + 1


async def of_period(session: Session, from_on: date, to_on: date, today: date) -> list[Figure]:
    """All figures; states are those at the end of the period, or today's when it has not ended."""
    period = _Period(session, from_on, to_on, min(to_on, today))
    return [
        *await _money(period),
        *await _kept(period),
        *await _orders(period),
    ]


async def _money(period: _Period) -> list[Figure]:
    open_now = (await period.page(INVOICES, dated=False)).totals
    receivable, overdue = open_now["outstanding_fen"], open_now["overdue_fen"]
    sales = (await period.page(CREDIT_SALES)).totals["total_fen"]
    due = (await period.page(INSTALMENTS)).totals["amount_fen"]
    money = (await period.page(MONEY)).totals["amount_fen"]
    return [
        Figure(code="receivable", zh="应收余额", en="receivable", unit="fen", value=receivable, part=receivable,
               rows="/invoices", column="outstanding_fen", dated=False),
        Figure(code="overdue", zh="逾期金额", en="overdue", unit="fen", value=overdue, part=overdue,
               rows="/invoices", column="overdue_fen", dated=False),
        Figure(code="dso", zh="应收账款周转天数", en="days sales outstanding", unit="tenths_of_days",
               value=rules.dso_tenths(receivable, sales, period.days), part=sales, rows="/reports/credit-sales",
               column="total_fen"),
        Figure(code="collection_rate", zh="回款率", en="collection rate", unit="basis_points",
               value=rules.rate_basis_points(money, due), part=money, whole=due, rows="/reports/money-received",
               column="amount_fen"),
        Figure(code="due", zh="本期到期", en="due in the period", unit="fen", value=due, part=due,
               rows="/reports/instalments-due", column="amount_fen"),
    ]  # fmt: skip


async def _kept(period: _Period) -> list[Figure]:
    kept, promised = await period.rate(PROMISES, "promise:kept", "promise:broken")
    full, signed = await period.rate(SIGNED, "on_time_in_full:true", "on_time_in_full:false")
    timely, cases = await period.rate(CASES, "report_late:false", "report_late:true")
    return [
        Figure(code="promises_kept", zh="承诺兑现率", en="promises kept", unit="basis_points",
               value=rules.rate_basis_points(kept, promised), part=kept, whole=promised,
               rows="/reports/promises", filter=["promise:kept"]),
        Figure(code="on_time_in_full", zh="准时足量率", en="on time in full", unit="basis_points",
               value=rules.rate_basis_points(full, signed), part=full, whole=signed,
               rows="/reports/on-time-in-full", filter=["on_time_in_full:true"]),
        Figure(code="case_reports_in_time", zh="问题账款按时报告率", en="case reports in time", unit="basis_points",
               value=rules.rate_basis_points(timely, cases), part=timely, whole=cases,
               rows="/problem-cases", filter=["report_late:false"]),
    ]  # fmt: skip


async def _orders(period: _Period) -> list[Figure]:
    book = (await period.page(ORDERS, dated=False)).totals["open_fen"]
    held = (await period.page(HOLDS, "status:held", dated=False)).total
    short = (await period.page(BACK_ORDERS, dated=False)).totals["open_fen"]
    return [
        Figure(code="order_book", zh="订单簿", en="order book", unit="fen", value=book, part=book, rows="/orders",
               column="open_fen", dated=False),
        Figure(code="holds", zh="暂停中的订单", en="holds", unit="count", value=held, part=held, rows="/order-holds",
               filter=["status:held"], dated=False),
        Figure(code="back_orders", zh="欠货", en="back-orders", unit="fen", value=short, part=short,
               rows="/back-orders", column="open_fen", dated=False),
    ]  # fmt: skip
