"""The confirmation of an order (订货确认单), as it goes to the customer."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from backoffice.kit.duties import Actor
from backoffice.kit.words import words
from backoffice.listing.query import one
from backoffice.order_book.router import ORDERS
from backoffice.orders import figures
from backoffice.orders.models import SalesOrder
from backoffice.printing.paper import Both, Code, Fields, Money, Paper, Signatures, Table, Text
from backoffice.timeline import acts
from callcenter.kit.db import Session
from crm_sync.phones import mask_phone

words(
    recipient=("收货人", "recipient"),
    ship_to=("收货地址", "ship to"),
    masked_phone=("联系电话", "telephone"),
    confirmed_on=("确认日期", "confirmed on"),
)


async def order(session: Session, today: date, _actor: Actor, order_id: UUID) -> Paper:
    row = await acts.get(session, SalesOrder, order_id, "order")
    values = await one(session, ORDERS, order_id, today)
    lines = [line for line in await figures.of_order(session, order_id) if line.ordered > line.cancelled]
    wanted = [line.ordered - line.cancelled for line in lines]
    rows = [
        [line.sku, line.name, pieces, Money(line.price_fen), Money(pieces * line.price_fen)]
        for line, pieces in zip(lines, wanted, strict=True)
    ]
    return Paper(
        Both("订货确认单", "Order confirmation"),
        row.number,
        [
            Fields(
                [
                    ("payment", Code(row.payment)),
                    ("confirmed_on", row.confirmed_on),
                    ("requested_on", row.requested_on),
                    ("promised_on", row.promised_on),
                    ("recipient", row.recipient),
                    ("masked_phone", mask_phone(row.phone)),
                ]
            ),
            Fields([("ship_to", row.address)], columns=1),
            Table(
                ["sku", "name", "quantity", "price_fen", "amount_fen"],
                rows,
                ["sum", None, sum(wanted), None, Money(values["wanted_fen"])],
                widths=(1.3, 3, 1, 1.3, 1.6),
            ),
            *([Text(row.note, title=Both("备注", "Remarks"))] if row.note else []),
            Signatures([(Both("销售内勤", "sales support"), None, None), (Both("客户确认", "customer"), None, None)]),
        ],
        on=row.confirmed_on or today,
        status=Code(str(values["status"])),
        to=str(values["customer"]),
        show_bank=row.payment != "cash_on_delivery",
    )
