"""Invoice, statement of account and dunning letter on paper."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from backoffice.accounts import service as accounts
from backoffice.kit.duties import Actor
from backoffice.kit.fen import first_come
from backoffice.kit.money_words import amount_words
from backoffice.kit.words import words
from backoffice.listing.query import one
from backoffice.printing.paper import Both, Code, Fields, Money, Paper, Signatures, Table, Text, Value
from backoffice.receivables import allocations, dunning, invoices, lists, statements
from backoffice.receivables.models import Dunning, Invoice
from backoffice.timeline import acts
from callcenter.kit.db import Session

words(
    instalments=("付款安排", "payment schedule"),
    seq=("期次", "no."),
    movement=("事项", "movement"),
    running_fen=("余额", "balance"),
    overdue_days=("逾期天数", "days overdue"),
    invoice_cancelled=("发票取消", "invoice cancelled"),
    receipt_bounced=("退票", "receipt bounced"),
    write_off_reversed=("核销冲回", "write-off reversed"),
    still_open_fen=("尚欠", "still open"),
    already_paid_fen=("已付/已冲", "settled"),
    bill_no=("发票号", "invoice"),
)


async def invoice(session: Session, today: date, _actor: Actor, invoice_id: UUID) -> Paper:
    row = await acts.get(session, Invoice, invoice_id, "invoice")
    values = await one(session, lists.INVOICES, invoice_id, today)
    sums = await allocations.sums(session, row)
    schedule = await invoices.schedule_of(session, invoice_id)
    settled = first_come(sums.paid_fen + sums.credited_fen + sums.written_off_fen, [x.amount_fen for x in schedule])
    goods: list[list[Value]] = [
        [x.name, x.quantity, Money(x.price_fen), Money(x.amount_fen)] for x in await invoices.lines_of(session, row.id)
    ]
    dues: list[list[Value]] = [
        [part.seq, part.due_on, Money(part.amount_fen), Money(part.amount_fen - paid)]
        for part, paid in zip(schedule, settled, strict=True)
    ]
    return Paper(
        Both("销售发票(结算单)", "Invoice"),
        row.number or "—",
        [
            Fields([("invoice_on", row.invoice_on), ("due_on", values["due_on"]), ("note", row.note)]),
            Table(
                ["name", "quantity", "price_fen", "amount_fen"],
                goods,
                ["sum", None, None, Money(row.total_fen)],
                widths=(4, 1, 1.4, 1.6),
            ),
            Table(["seq", "due_on", "amount_fen", "still_open_fen"], dues, title="instalments", widths=(1, 2, 2, 2)),
            Fields(
                [
                    ("total_fen", Money(row.total_fen)),
                    ("already_paid_fen", Money(sums.paid_fen + sums.credited_fen + sums.written_off_fen)),
                    ("outstanding_fen", Money(sums.outstanding_fen)),
                ],
                columns=3,
            ),
        ],
        on=row.invoice_on,
        status=Code(str(values["status"])),
        to=str(values["customer"]),
        show_bank=True,
    )  # fmt: skip


async def statement(session: Session, today: date, _actor: Actor, statement_id: UUID) -> Paper:
    values = await one(session, lists.STATEMENTS, statement_id, today)
    moved = await statements.movements(session, values["customer_id"], values["from_on"], values["to_on"])
    balance = int(values["opening_fen"])
    rows: list[list[Value]] = [
        [values["from_on"], Both("期初余额", "opening balance"), None, None, None, Money(balance)]
    ]
    for line in moved:
        balance += int(line["debit_fen"]) - int(line["credit_fen"])
        debit, credit = (Money(int(line[name])) if line[name] else None for name in ("debit_fen", "credit_fen"))
        rows.append([line["on_day"], Code(line["kind"]), line["number"], debit, credit, Money(balance)])
    closing = Money(int(values["closing_fen"]))
    return Paper(
        Both("对账单", "Statement of account"),
        str(values["number"]),
        [
            Text(Both("请核对下列往来。如无异议,请签章后寄回;如有差异,请注明。",
                      "Please check the movements below and return this statement signed; tell us of any difference.")),
            Fields([("from_on", values["from_on"]), ("to_on", values["to_on"])]),
            Table(
                ["date", "movement", "number", "debit_fen", "credit_fen", "running_fen"],
                rows,
                ["closing_fen", None, None, Money(int(values["debit_fen"])), Money(int(values["credit_fen"])), closing],
                widths=(1.2, 1.7, 1.9, 1.4, 1.4, 1.5),
            ),
            Fields(
                [("closing_fen", closing), ("customer_fen", None if values["customer_fen"] is None else
                  Money(int(values["customer_fen"]))), ("difference_reason", str(values["difference_reason"]))]
            ),
            Signatures([(Both("财务", "finance"), None, None), (Both("客户签章", "customer"), None, None)]),
        ],
        on=values["to_on"],
        status=Code(str(values["state"])),
        to=str(values["customer"]),
        show_bank=True,
    )  # fmt: skip


_LETTERS = {
    1: (
        "经核对,截至今日贵方下列款项已到期,共计 {fen} 尚未收到。如已付款,请忽略本通知;"
        "如尚未付款,请于收到本函后尽快安排。",
        "According to our books the amounts below, {fen} in all, are past their due dates. If you have paid already, "
        "please disregard this letter; otherwise we ask you to arrange payment soon.",
    ),
    2: (
        "我方此前已就下列款项致函贵方,至今仍未收到,共计 {fen}。请于收到本函后七日内付清,或书面说明原因及付款日期。",
        "We wrote to you about the amounts below before and have still not received them, {fen} in all. Please pay "
        "within seven days, or tell us in writing the reason and the day on which you will pay.",
    ),
    3: (
        "下列款项逾期已久,经多次催收仍未支付,共计 {fen}。请立即付清。在此之前我方将暂停发货,并保留依法追偿的权利。",
        "The amounts below are long overdue and remain unpaid after our reminders, {fen} in all. Please pay at once. "
        "Until then we deliver no goods, and we reserve the right to pursue the claim.",
    ),
}
"""By level; a level beyond the last has the last one's words. Proposals [D]: companies write their own."""


async def dunning_letter(session: Session, today: date, _actor: Actor, dunning_id: UUID) -> Paper:
    letter = await acts.get(session, Dunning, dunning_id, "dunning")
    values = await one(session, lists.DUNNINGS, dunning_id, today)
    account = await accounts.of(session, letter.customer_id)
    lines = await dunning.lines_of(session, dunning_id)
    asked = await session.scalars(select(Invoice).where(col(Invoice.id).in_([line.invoice_id for line in lines])))
    bills = {bill.id: bill for bill in asked}
    rows = [
        [bills[x.invoice_id].number, bills[x.invoice_id].invoice_on, x.overdue_days, Money(x.overdue_fen)]
        for x in sorted(lines, key=lambda x: (-x.overdue_days, str(bills[x.invoice_id].number)))
    ]
    total = sum(line.overdue_fen for line in lines)
    zh, en = _LETTERS[min(letter.level, max(_LETTERS))]
    fen = amount_words(total)
    return Paper(
        Both(f"催款单(第 {letter.level} 级)", f"Reminder of payment, level {letter.level}"),
        letter.number,
        [
            Text(Both(zh.format(fen=fen), en.format(fen=fen))),
            Table(["bill_no", "invoice_on", "overdue_days", "overdue_fen"], rows, ["sum", None, None, Money(total)]),
            Signatures([(Both("财务部", "finance department"), None, None)]),
        ],
        on=letter.sent_on or letter.made_on,
        status=Code(str(values["status"])),
        to=account.legal_name,
        show_bank=True,
    )
