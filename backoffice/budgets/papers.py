"""A budget on paper: its months with what was used of them, and the execution of all budgets of the department."""

from __future__ import annotations

from datetime import date

from backoffice.budgets import lists
from backoffice.budgets.schemas import BudgetOut
from backoffice.budgets.service import KIND
from backoffice.listing.query import ListQuery, everything
from backoffice.printing.paper import Both, Code, Fields, Money, Paper, Percent, Signatures, Table, Text, Value
from backoffice.printing.who import verdicts
from callcenter.kit.db import Session

_HEADS = (
    Both("预算", "budget"),
    Both("实际", "actual"),
    Both("占用", "reserved"),
    Both("可用", "available"),
)


async def budget(session: Session, today: date, shown: BudgetOut) -> Paper:
    months: list[list[Value]] = [
        [
            m.month,
            Money(m.written_fen),
            Money(m.budget_fen),
            Money(m.actual_fen),
            Money(m.reserved_fen),
            Money(m.available_fen),
            Money(m.to_date_available_fen),
        ]
        for m in shown.months
    ]
    sums = [sum(getattr(m, name) for m in shown.months) for name in _SUMMED]
    rules = [(name, Code(str(getattr(shown, name)))) for name in _ACTIONS]
    return Paper(
        Both(f"{shown.year}年度费用预算", f"Expense budget {shown.year}"),
        shown.number,
        [
            Fields(
                [
                    ("department", shown.department),
                    (Both("科目", "account"), f"{shown.account_code} {shown.account_name}"),
                    (Both("全年预算", "annual budget"), Money(shown.annual_fen)),
                    (Both("追加与调剂", "supplements and transfers"), Money(shown.changed_fen)),
                    ("revision", shown.revision),
                    (Both("下达日期", "issued on"), shown.issued_on),
                    *((Both(*_ACTIONS[name]), value) for name, value in rules),
                ]
            ),
            Table(
                [Both("月份", "month"), Both("编制额", "as written"), *_HEADS, Both("累计可用", "available to date")],
                months,
                ["sum", *(Money(fen) for fen in sums), None],
                title=Both("各月预算与执行", "Months"),
                widths=(0.7, 1.3, 1.3, 1.3, 1.3, 1.3, 1.4),
            ),
            await _execution(session, today, shown.year, shown.department_code),
            *([Text(shown.reason, title=Both("编制说明", "Remarks"))] if shown.reason else []),
            Signatures(
                [
                    (Both("编制", "made by"), shown.maker, None),
                    *await verdicts(session, KIND, shown.id),
                    (Both("下达", "issued by"), None, shown.issued_on),
                ]
            ),
        ],
        status=Code(shown.state, "budget"),
        landscape=True,
    )


_SUMMED = ("written_fen", "budget_fen", "actual_fen", "reserved_fen", "available_fen")
_ACTIONS = {
    "year_on_request": ("超全年预算(申请时)", "over the year, at the request"),
    "month_on_request": ("超累计预算(申请时)", "over the months, at the request"),
    "year_on_actual": ("超全年预算(入账时)", "over the year, when booked"),
    "month_on_actual": ("超累计预算(入账时)", "over the months, when booked"),
}


async def _execution(session: Session, today: date, year: int, department: str) -> Table:
    query = ListQuery(filter=[f"year:{year}", f"department_code:{department}"], sort="account_code")
    rows = await everything(session, lists.EXECUTION, query, today)
    lines: list[list[Value]] = [
        [
            f"{row.account_code} {row.account_name}",
            Money(row.budget_fen),
            Money(row.actual_fen),
            Money(row.reserved_fen),
            Money(row.available_fen),
            None if row.used_percent is None else Percent(row.used_percent * 100),
            Money(row.to_date_available_fen),
        ]
        for row in rows
    ]
    names = ("budget_fen", "actual_fen", "reserved_fen", "available_fen")
    sums = [Money(sum(getattr(row, name) for row in rows)) for name in names]
    return Table(
        [Both("科目", "account"), *_HEADS, Both("已用", "used"), Both("累计可用", "available to date")],
        lines,
        ["sum", *sums, None, None],
        title=Both("本部门预算执行表", "Execution of the department's budgets"),
        widths=(2, 1.3, 1.3, 1.3, 1.3, 0.8, 1.4),
    )
