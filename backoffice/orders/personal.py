"""What the back office holds of a person who ordered. Books are kept by law; a copy is given, nothing is erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from callcenter.kit.db import Session
from crm_sync.privacy.holders import Erased, rows

_ORDERS = text("SELECT * FROM sales_orders WHERE customer_id = :customer ORDER BY number")
_LINES = text(
    "SELECT o.number, l.* FROM sales_order_lines l JOIN sales_orders o ON o.id = l.order_id"
    " WHERE o.customer_id = :customer ORDER BY o.number, l.line_no"
)
_COUNT = text("SELECT count(*) FROM sales_orders WHERE customer_id = :customer")


class _Orders:
    name = "orders"

    async def copy(self, session: Session, customer_id: UUID) -> dict[str, list[dict[str, Any]]]:
        return {"orders": await rows(session, _ORDERS, customer_id), "lines": await rows(session, _LINES, customer_id)}

    async def erase(self, session: Session, customer_id: UUID, now: datetime) -> Erased:
        orders = (await session.execute(_COUNT, {"customer": customer_id})).scalar_one()
        if not orders:
            return Erased({})
        return Erased(
            {},
            [
                (
                    "sales_orders",
                    "订单及其凭证依《会计档案管理办法》保存三十年，电子商务交易信息不少于三年",
                    "orders and their vouchers are kept as accounting law asks (30 years in China)",
                )
            ],
        )


HOLDER = _Orders()
