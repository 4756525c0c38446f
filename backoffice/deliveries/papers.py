"""The delivery note (出库单): three copies — warehouse, customer, finance — with the lots that leave."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from backoffice.deliveries.models import Delivery, DeliveryLine, DeliveryLot
from backoffice.deliveries.router import DELIVERIES
from backoffice.kit.duties import Actor
from backoffice.kit.words import words
from backoffice.listing.query import one
from backoffice.orders.models import SalesOrderLine
from backoffice.printing.paper import Both, Code, Fields, Paper, Signatures, Table
from backoffice.printing.who import names
from backoffice.timeline import acts
from callcenter.kit.db import Session

words(accepted_quantity=("签收数量", "accepted"), delivery_to=("送达地址", "deliver to"))


async def delivery(session: Session, today: date, _actor: Actor, delivery_id: UUID) -> Paper:
    row = await acts.get(session, Delivery, delivery_id, "delivery")
    values = await one(session, DELIVERIES, delivery_id, today)
    found = await session.execute(
        select(DeliveryLine, SalesOrderLine)
        .join(SalesOrderLine, col(SalesOrderLine.id) == col(DeliveryLine.order_line_id))
        .where(col(DeliveryLine.delivery_id) == delivery_id)
        .order_by(col(SalesOrderLine.line_no))
    )
    lots: dict[UUID, list[str]] = {}
    for lot in await session.scalars(select(DeliveryLot).where(col(DeliveryLot.delivery_id) == delivery_id)):
        lots.setdefault(lot.order_line_id, []).append(f"{lot.lot} × {lot.quantity}")
    lines = [
        [ordered.sku, ordered.name, line.quantity, "、".join(lots.get(line.order_line_id, [])), line.accepted]
        for line, ordered in found
    ]
    who = await names(session, row.made_by, row.approved_by, row.cleared_by, row.picked_by)
    return Paper(
        Both("发货单(出库单)", "Delivery note"),
        row.number,
        [
            Fields(
                [
                    ("order_number", str(values["order_number"])),
                    ("wanted_on", row.wanted_on),
                    ("shipped_on", row.shipped_on),
                    ("region", row.region),
                    ("carrier", row.carrier),
                    ("waybill", row.waybill),
                    ("recipient", row.recipient),
                ]
            ),
            Fields([("delivery_to", row.address)], columns=1),
            Table(
                ["sku", "name", "quantity", "lot", "accepted_quantity"],
                lines,
                ["sum", None, int(values["pieces"]), None, values["accepted"]],
                widths=(1.3, 3, 1, 2, 1),
            ),
            Signatures(
                [
                    (Both("申请", "asked by"), who[row.made_by], None),
                    (Both("批准", "approved by"), who[row.approved_by] or None, None),
                    (Both("财务放行", "cleared by"), who[row.cleared_by] or None, row.cleared_on),
                    (Both("配货", "picked by"), who[row.picked_by] or None, row.shipped_on),
                    (Both("客户签收", "received by"), row.signer or None, row.signed_on),
                ]
            ),
        ],
        on=row.shipped_on or row.wanted_on,
        status=Code(row.state),
        to=str(values["customer"]),
    )
