"""The payment reward of a month (M13-9): deducted on the day on which the month's goods were settled."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col

from backoffice.accounts import service as accounts
from backoffice.distributors.models import Distributor
from backoffice.kit.dates import month_end
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.refusals import Refused
from backoffice.receivables import allocations, invoices
from backoffice.receivables.models import CreditKind, Invoice
from backoffice.rewards import payouts, rules
from backoffice.rewards.models import PaymentReward, RewardScheme
from backoffice.rewards.rules import Settlement
from backoffice.timeline import acts
from callcenter.kit.db import Session

_FIN = frozenset({OfficeRole.FIN})
_FACTS = """
SELECT (SELECT coalesce(sum(i.total_fen), 0) FROM invoices i
        WHERE i.customer_id = :customer AND i.number IS NOT NULL AND i.cancelled_on IS NULL
          AND i.goods_on BETWEEN :first AND :last)
     - (SELECT coalesce(sum(a.amount_fen), 0) FROM allocations a
        JOIN credit_notes c ON c.id = a.credit_note_id AND c.kind <> 'reward'
        JOIN invoices i ON i.id = a.invoice_id
        WHERE i.customer_id = :customer AND i.goods_on BETWEEN :first AND :last AND a.reversed_on IS NULL)
"""
_PAID = """
SELECT greatest(r.received_on, i.goods_on) AS day, sum(a.amount_fen)::bigint AS fen
FROM allocations a JOIN receipts r ON r.id = a.receipt_id JOIN invoices i ON i.id = a.invoice_id
WHERE i.customer_id = :customer AND i.goods_on BETWEEN :first AND :last AND a.reversed_on IS NULL
GROUP BY 1 ORDER BY 1
"""


async def quote(session: Session, today: date, dealer: Distributor, month: date) -> tuple[int, Settlement]:
    """(payable of the month, what is settled or offered today). A dealer asks before the last transfer."""
    first = month.replace(day=1)
    days = {"customer": dealer.customer_id, "first": first, "last": month_end(first)}
    payable = int(await session.scalar(text(_FACTS), days) or 0)
    paid = [(row.day, row.fen) for row in await session.execute(text(_PAID), days)]
    return payable, rules.settle(payable, paid, first, today)


async def settle(
    session: Session, now: datetime, today: date, actor: Actor, dealer_id: UUID, month: date
) -> PaymentReward:
    """FIN deducts it: a credit note for the reward closes the month's invoices at nothing (chain 4)."""
    acts.require_duty(actor, _FIN)
    first = month.replace(day=1)
    dealer = await acts.get(session, Distributor, dealer_id, "distributor_record", lock=True)
    await accounts.of(session, dealer.customer_id, lock=True)
    scheme: RewardScheme | None = await session.scalar(
        select(RewardScheme).where(
            col(RewardScheme.state).in_(["active", "closed", "calculated", "payout_submitted", "payout_approved"]),
            col(RewardScheme.from_on) <= first,
            col(RewardScheme.to_on) >= month_end(first),
        )
    )
    if scheme is None or dealer.id in await payouts.out_of(session, scheme.id):
        raise Refused("m13-1", "该月没有有效的奖励方案,或已取消资格。", "No scheme rewards this dealer's month.")
    done = select(col(PaymentReward.id)).where(
        col(PaymentReward.dealer_id) == dealer_id, col(PaymentReward.month) == first
    )
    if await session.scalar(done) is not None:
        raise Refused("m13-9-once", "该月付款奖励已结算。", "The payment reward of that month has been settled.")
    payable, found = await quote(session, today, dealer, first)
    if found.settled_on is None or found.reward_fen <= 0:
        raise Refused(
            "m13-9",
            "当月货款未在月底前全部结清,或没有提前天数,不予付款奖励。",
            "The month's goods were not settled in full by the month's end, or not a day early: no payment reward.",
        )
    return await _deduct(session, now, today, actor, scheme, dealer, first, payable, found)


async def _deduct(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    scheme: RewardScheme,
    dealer: Distributor,
    first: date,
    payable: int,
    found: Settlement,
) -> PaymentReward:
    reason = f"付款奖励 {first:%Y-%m} {scheme.number}"
    note = await invoices.make_credit(
        session, now, today, None, dealer.customer_id, CreditKind.REWARD, found.reward_fen, reason
    )
    note = await invoices.issue_credit(session, now, today, actor, note.id, note.version)
    left = found.reward_fen
    rows = (
        await session.scalars(
            select(Invoice)
            .where(
                col(Invoice.customer_id) == dealer.customer_id,
                col(Invoice.state).in_(["issued", "disputed"]),
                col(Invoice.goods_on).between(first, month_end(first)),
            )
            .order_by(col(Invoice.goods_on), col(Invoice.id))
            .with_for_update()
        )
    ).all()
    for invoice in rows:
        part = min(left, (await allocations.sums(session, invoice)).outstanding_fen)
        if part > 0:
            await allocations.put(session, now, today, actor, note, invoice, part)
            left -= part
    assert found.settled_on is not None
    row = PaymentReward(
        scheme_id=scheme.id,
        dealer_id=dealer.id,
        month=first,
        payable_fen=payable,
        amount_fen=found.reward_fen,
        settled_on=found.settled_on,
        parts=[[day.isoformat(), fen, days] for day, fen, days in found.parts],
        credit_note_id=note.id,
    )
    session.add(row)
    await session.flush()
    return row
