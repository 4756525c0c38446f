"""Taking the answer to a mailing: the order is written down, and campaigns are told to leave the person alone."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from agent_ui.replies.schemas import ReplyNew
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.orders import office
from backoffice.orders.models import SalesOrder
from backoffice.orders.states import OrderSource
from callcenter.kit.db import Session
from callcenter.people.audit import audit
from callcenter.people.models import User
from campaigns.mailings import service as mailings
from crm_sync.customers import service as customers


async def take(
    session: Session, now: datetime, today: date, user: User, mailing_id: UUID, given: ReplyNew
) -> SalesOrder:
    """The order of a reader who was quicker than we were.

    Raises:
        NotFound: no such mailing, or the person was not on it (or not posted to yet).
        BadInput: an item that the brochure does not offer.
    """
    chosen = await mailings.ordered(
        session, mailing_id, [(line.item_id, line.quantity) for line in given.lines], field="lines.item_id"
    )
    lines = [office.NewLine(item.sku, item.name, quantity, item.price_fen) for item, quantity in chosen]
    customer = await customers.get(session, given.customer_id)
    # Whoever opens the letters holds no duty of the back office. Prices are the brochure's own, so that writing
    # the slip down is all there is to it; confirming the order stays the back office's.
    clerk = Actor(user.id, user.name, frozenset({OfficeRole.SUP}))
    new = office.NewOrder(
        customer_id=customer.id,
        lines=lines,
        payment=given.payment,
        recipient=given.recipient,
        phone=customer.phone,
        address=given.address,
        note=given.note,
        source=OrderSource(given.source),
        mailing_id=mailing_id,
    )
    order = await office.make(session, now, today, clerk, new)
    detail = {"mailing": str(mailing_id), "source": given.source, "order": order.number}
    await audit(session, now, user, "reply_order_taken", "customer", str(customer.id), detail)
    return order
