"""A reward statement on paper: its lines, its payouts, and the purchases behind each line."""

from __future__ import annotations

from datetime import date

from backoffice.printing.paper import Block, Both, Code, Fields, Money, Paper, Signatures, Table, Text, Value
from backoffice.rewards import trace
from backoffice.rewards.models import RewardLine
from backoffice.rewards.schemas import LineOut, RewardStatementOut
from callcenter.kit.db import Session

KINDS = {
    "purchase": Both("进货奖励", "purchase"),
    "exclusive": Both("专售奖励", "exclusive dealing"),
    "growth": Both("增长奖励", "growth"),
    "payment": Both("付款奖励", "payment"),
}
REASONS = {
    "below_lowest": Both("未达最低档", "below the lowest row"),
    "k_by_month": Both("系数按月", "coefficient by month"),
    "new_dealer": Both("新经销商", "new dealer"),
    "grown": Both("增长达标", "grown"),
    "not_grown": Both("增长未达10%", "grown by less than 10 %"),
    "overdue": Both("当月逾期", "overdue"),
    "prepaid_no_purchase": Both("预付未进货", "prepaid, no purchase"),
    "no_purchase": Both("当月未进货", "no purchase"),
}
SOURCES = {
    "invoice": Both("发票", "invoice"),
    "cancelled": Both("发票作废", "cancelled invoice"),
    "return": Both("退货", "return"),
    "opening": Both("期初", "before this system"),
}
_MICRO = 1_000_000


def rate(line: LineOut) -> str:
    """`120.00 × 1.2` yuan a unit, or `0.50 %`."""
    if line.kind == "purchase":
        return f"{line.rate / 100:.2f} × {line.percent / 100:.1f}"
    return f"{line.rate / 10_000:.2f} %"


def _month(day: date | None) -> str:
    return "" if day is None else f"{day:%Y-%m}"


async def statement(session: Session, _today: date, shown: RewardStatementOut) -> Paper:
    blocks: list[Block] = [*_earned(shown), *_settled(shown)]
    blocks.append(
        Signatures(
            [(Both("财务", "finance"), None, None), (Both("经销商确认", "dealer"), shown.confirmed_name or None, None)]
        )
    )
    blocks.append(Text(Both("以下为每一行所依据的进货。", "Below: the purchases behind each line.")))
    for line in shown.lines:
        blocks.append(await _behind(session, line))
    return Paper(
        Both("经销商年终奖励对账单", "Year-end reward statement"),
        shown.number,
        blocks,
        status=Code(shown.state),
        to=shown.customer,
    )


def _earned(shown: RewardStatementOut) -> list[Block]:
    """Who, and the lines."""
    lines: list[list[Value]] = [
        [
            KINDS[x.kind],
            x.series,
            _month(x.month),
            x.units or None,
            Money(x.base_fen),
            rate(x),
            REASONS.get(x.reason),
            Money(x.amount_fen),
        ]
        for x in shown.lines
    ]
    return [
        Fields(
            [
                ("customer", shown.customer),
                ("region", shown.region),
                (Both("城市", "city"), shown.city),
                (Both("城市类别", "city class"), shown.city_class),
                (Both("专售", "exclusive dealer"), shown.exclusive),
                (Both("取消资格", "disqualified"), shown.disqualified),
                (KINDS["purchase"], Money(shown.purchase_fen)),
                (KINDS["exclusive"], Money(shown.exclusive_fen)),
                (KINDS["growth"], Money(shown.growth_fen)),
                (KINDS["payment"], Money(shown.payment_fen)),
                (Both("奖励合计", "total"), Money(shown.total_fen)),
            ]
        ),
        Table(
            [
                Both("奖励", "reward"),
                Both("系列", "series"),
                Both("月份", "month"),
                Both("台数", "units"),
                Both("计算基数", "base"),
                Both("标准", "rate"),
                Both("说明", "why"),
                "amount_fen",
            ],
            lines,
            ["sum", None, None, None, None, None, None, Money(sum(x.amount_fen for x in shown.lines))],
            title=Both("奖励明细", "Lines"),
            widths=(1.3, 0.7, 0.9, 0.8, 1.6, 1.4, 1.4, 1.3),
        ),
    ]


def _settled(shown: RewardStatementOut) -> list[Block]:
    """What was deducted, and what is paid out."""
    blocks: list[Block] = []
    paid: list[list[Value]] = [
        [
            KINDS[p.kind],
            Money(p.amount_fen),
            p.pay_on,
            Code(p.receipt_kind) if p.receipt_kind else None,
            p.receipt_number,
            p.paid_on,
            Code(p.state, "reward_payout"),
        ]
        for p in shown.payouts
    ]
    early: list[list[Value]] = [
        [_month(p.month), Money(p.payable_fen), p.settled_on, Money(p.amount_fen)] for p in shown.payments
    ]
    if early:
        blocks.append(
            Table(
                [Both("月份", "month"), Both("当月货款", "payable"), Both("结清日期", "settled on"), "amount_fen"],
                early,
                title=Both("付款奖励(结算日从货款中扣除)", "Payment rewards (deducted on the day of settlement)"),
            )
        )
    if paid:
        blocks.append(
            Table(
                [
                    Both("奖励", "reward"),
                    "amount_fen",
                    Both("发放日期", "pay date"),
                    Both("票据", "receipt"),
                    Both("票据号", "number"),
                    Both("付款日期", "paid on"),
                    "state",
                ],
                paid,
                title=Both("发放", "Payouts"),
            )
        )
    return blocks


async def _behind(session: Session, shown: LineOut) -> Table:
    line = await session.get(RewardLine, shown.id)
    assert line is not None
    parts = await trace.of_line(session, line)
    rows: list[list[Value]] = [
        [
            p.purchase.on_day,
            p.purchase.series,
            p.purchase.sku,
            SOURCES[p.purchase.source_kind],
            p.purchase.paper,
            p.purchase.units,
            Money(p.purchase.fen),
            f"{p.exact / _MICRO / 100:.4f}",
        ]
        for p in parts
    ]
    kind = KINDS[shown.kind]
    which = " ".join(part for part in (shown.series, _month(shown.month)) if part)
    return Table(
        [
            Both("日期", "date"),
            Both("系列", "series"),
            Both("品号", "article"),
            Both("来源", "source"),
            Both("单号", "number"),
            Both("台数", "units"),
            Both("进货额", "purchase"),
            Both("其中(元)", "its part (yuan)"),
        ],
        rows,
        [
            "sum",
            None,
            None,
            None,
            None,
            sum(p.purchase.units for p in parts),
            Money(sum(p.purchase.fen for p in parts)),
            f"{sum(p.exact for p in parts) / _MICRO / 100:.4f}",
        ],
        title=Both(f"{kind.zh} {which}", f"{kind.en} {which}"),
        widths=(1.1, 0.7, 1, 1, 1.5, 0.8, 1.4, 1.4),
    )
