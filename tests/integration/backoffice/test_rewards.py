"""M13 on the real database: the scheme's approval, purchases from papers, payment reward, payouts, conduct, chains."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlmodel import col

from backoffice.approvals.service import set_bands
from backoffice.deliveries import returns
from backoffice.deliveries import service as deliveries
from backoffice.distributors.models import Distributor
from backoffice.kit.duties import OfficeRole
from backoffice.kit.refusals import NotYourDuty, Refused, SameHands, WrongState
from backoffice.orders import office
from backoffice.policies import service as policies
from backoffice.receivables import allocations, invoices
from backoffice.receivables.models import CreditKind, Purpose
from backoffice.rewards import jobs, lists, payments, payouts, purchases, service, trace, violations
from backoffice.rewards.models import (
    MonthFact,
    Provision,
    Purchase,
    PurchaseExclusion,
    RewardLine,
    RewardPayout,
    RewardScheme,
    RewardStatement,
)
from backoffice.rewards.rules import RewardPolicy
from backoffice.rewards.service import Limits
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput
from callcenter.kit.ids import new_id
from tests.integration.backoffice import channel, ledgers
from tests.integration.backoffice.channel import agree
from tests.integration.backoffice.conftest import EARLY, Staff, band
from tests.integration.backoffice.deliveries import delivered
from tests.integration.backoffice.ledgers import at
from tests.integration.backoffice.orders import make_order

START, END = date(2026, 1, 2), date(2027, 1, 5)
WAN = 1_000_000
VALUES = {
    "title": "2026年终奖励",
    "year": 2026,
    "from_on": date(2026, 1, 1),
    "to_on": date(2026, 12, 31),
    "purchase_pay_on": date(2027, 1, 10),
    "exclusive_pay_on": date(2027, 1, 20),
    "growth_pay_on": date(2027, 1, 31),
}
LIMITS = [
    Limits(series, city, row, low * WAN, None if high is None else high * WAN)
    for series, steps in (("001", (5, 10, 20)), ("002", (10, 20, 30)), ("", (5, 10, 30)))
    for city in (1, 2, 3)
    for row, (low, high) in enumerate(zip(steps, (*steps[1:], None), strict=True), start=1)
]


async def scheme_of(session: Session, staff: Staff) -> RewardScheme:
    """Approved by CMO, and begun by the night of its first day."""
    await set_bands(
        session, EARLY, None, "reward_scheme", [band(-1, None, (OfficeRole.CMO,), (OfficeRole.FIN,), (OfficeRole.GM,))]
    )
    row = await service.draft(session, at(START), START, staff.sm, dict(VALUES))
    await service.edit(session, at(START), staff.sm, row.id, row.version, {}, LIMITS)
    await service.submit(session, at(START), staff.sm, row.id, row.version)
    from backoffice.approvals import repository
    from backoffice.approvals import service as approvals

    found = await repository.alive(session, "reward_scheme", row.id)
    assert found is not None
    for who in (staff.cmo, staff.fin, staff.gm):
        await approvals.agree(session, at(START), START, who, found.id, found.version, "同意")
    assert await jobs.begin(session, at(START), START) == 1
    assert row.state == "active"
    return row


async def buy(session: Session, dealer: Distributor, day: date, fen: int, units: int = 1, series: str = "001") -> None:
    """A purchase that this system did not invoice."""
    session.add(
        Purchase(
            dealer_id=dealer.id, on_day=day, series=series, sku="S", units=units, fen=fen,
            source_kind="opening", source_id=new_id(), source_line=1,
        )
    )  # fmt: skip
    await session.flush()


async def dealer_of(session: Session, staff: Staff, **given: Any) -> Distributor:
    row = await channel.active(session, staff, date(2025, 1, 5), **given)
    row.filed_on = date(2025, 1, 5)
    return row


async def _finished(session: Session, staff: Staff, row: RewardScheme) -> RewardScheme:
    await service.close(session, at(END), END, staff.fin, row.id, row.version)
    return await payouts.calculate(session, at(END), END, staff.fin, row.id, row.version)


async def statement(session: Session, dealer: Distributor) -> RewardStatement:
    query = select(RewardStatement).where(col(RewardStatement.dealer_id) == dealer.id)
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


async def lines_of(session: Session, dealer: Distributor) -> dict[tuple[str, str, date | None], RewardLine]:
    found = await trace.lines_of(session, await statement(session, dealer))
    return {(line.kind, line.series, line.month): line for line in found}


# ---------------------------------------------------------------- scheme and tables


async def test_m13_4_a_scheme_starts_with_the_sources_tables_and_blanks(session: Session, staff: Staff) -> None:
    with pytest.raises(BadInput):
        await service.draft(session, at(START), START, staff.sm, VALUES | {"to_on": date(2026, 12, 30)})
    row = await service.draft(session, at(START), START, staff.sm, dict(VALUES))
    with pytest.raises(Refused) as blank:
        await service.submit(session, at(START), staff.sm, row.id, row.version)
    assert blank.value.code == "m13-4"
    await service.edit(session, at(START), staff.sm, row.id, row.version, {"growth_pay_on": None}, LIMITS)
    with pytest.raises(Refused) as dates:  # three dates
        await service.submit(session, at(START), staff.sm, row.id, row.version)
    assert dates.value.code == "m13-14"
    with pytest.raises(BadInput):
        await service.edit(session, at(START), staff.sm, row.id, row.version, {}, [Limits("001", 1, 1, 5, 5)])


async def test_m13_scheme_is_approved_by_cmo_fin_and_gm_with_its_readings(session: Session, staff: Staff) -> None:
    row = await scheme_of(session, staff)
    assert row.readings["coefficient_basis"] == "all_series_monthly_average"
    with pytest.raises(WrongState):  # what was approved stays
        await service.edit(session, at(START), staff.sm, row.id, row.version, {}, LIMITS)
    with pytest.raises(Refused):
        await service.close(session, at(START), START, staff.fin, row.id, row.version)


async def test_what_if_writes_nothing_and_tells_the_difference(session: Session, staff: Staff) -> None:
    row = await service.draft(session, at(START), START, staff.sm, dict(VALUES))
    await service.edit(session, at(START), staff.sm, row.id, row.version, {}, LIMITS)
    dealer = await dealer_of(session, staff, city="天津")
    for month in range(1, 13):
        await buy(session, dealer, date(2025, month, 5), 12 * WAN, 60)
        await buy(session, dealer, date(2025, month, 6), 24 * WAN, 60, "002")
    higher = [Limits("001", 2, 1, 5 * WAN, 13 * WAN), Limits("001", 2, 2, 13 * WAN, 20 * WAN)]
    before, after = await service.what_if(session, row, higher, {"not_our_make": "leaves_the_base"}, 1)
    assert (before.rewarded, before.purchase_fen, before.exclusive_fen) == (1, 31_968_000, 4_320_000)
    assert after.purchase_fen == 31_968_000 - 720 * 2_000 * 120 // 100
    assert (await session.scalars(select(RewardStatement))).all() == []
    with pytest.raises(ValueError, match="validation"):
        await service.what_if(session, row, [], {"bounds": "nowhere"}, 1)


# ---------------------------------------------------------------- purchases


async def test_m13_2_purchases_are_invoiced_goods_at_wholesale_without_deposit_less_returns(
    session: Session, staff: Staff
) -> None:
    """And chain 6: a return counts in the month in which it came back."""
    dealer = await dealer_of(session, staff)
    for sku, more in (("A01", {"series": "001", "wholesale_fen": 90}), ("DEP", {"deposit": True})):
        values = {"sku": sku, "series": "", "wholesale_fen": None, "own_make": True, "deposit": False} | more
        await service.set_product(session, staff.sm, values)
    sold, back = date(2026, 3, 9), date(2026, 4, 2)
    await ledgers.receipt(session, staff, dealer.customer_id, 10_000, sold)
    order = await make_order(session, dealer.customer_id, [("A01", 10, 100)], payment="prepaid")
    assert await office.confirm(session, at(sold), sold, staff.sup, order.id, order.version) == []
    parcel, draft, _ = await delivered(session, staff, order, 10, sold)
    assert await purchases.collect(session, sold) == 0  # a draft is no purchase
    invoice = await invoices.issue(session, at(sold), sold, staff.fin, draft.id, draft.version)
    assert (await purchases.collect(session, sold), await purchases.collect(session, sold)) == (1, 0)
    line = (await deliveries.lines_of(session, parcel.id))[0].order_line_id
    asked = await returns.ask(session, at(back), back, staff.sup, parcel.id, {line: 4}, "滞销")
    await returns.decide(session, at(back), staff.sm, asked.id, asked.version, True, "")
    await returns.receive(session, at(back), back, staff.wh, asked.id, asked.version)
    await returns.inspect(session, at(back), staff.qc, asked.id, asked.version, {line: 3})
    await returns.credit(session, at(back), back, staff.fin, asked.id, asked.version)
    assert await purchases.collect(session, back) == 1
    found = (await session.scalars(select(Purchase).order_by(col(Purchase.id)))).all()
    assert [(p.on_day, p.units, p.fen, p.series) for p in found] == [(sold, 10, 900, "001"), (back, -3, -270, "001")]
    other = await ledgers.invoice(session, staff, dealer.customer_id, 500, sold, due=date(2026, 4, 9))
    await purchases.collect(session, back)
    await invoices.cancel(session, at(back), back, staff.fin, other.id, other.version, "开错")
    await purchases.collect(session, back)
    await purchases.collect(session, back)
    assert sum(p.fen for p in (await session.scalars(select(Purchase))).all()) == 630
    assert invoice.number is not None


async def test_m13_11_what_was_not_taken_as_agreed_does_not_count(session: Session, staff: Staff) -> None:
    row = await scheme_of(session, staff)
    dealer = await dealer_of(session, staff)
    await buy(session, dealer, date(2026, 5, 5), 10 * WAN)
    await buy(session, dealer, date(2026, 5, 6), 3 * WAN)
    wrong = (await session.scalars(select(Purchase).where(col(Purchase.fen) == 3 * WAN))).one()
    with pytest.raises(NotYourDuty):
        await purchases.exclude(session, at(END), END, staff.rep, int(wrong.id or 0), "非指定分销商提货")
    await purchases.exclude(session, at(END), END, staff.fin, int(wrong.id or 0), "非指定分销商提货")
    await _finished(session, staff, row)
    assert (await lines_of(session, dealer))[("exclusive", "", None)].base_fen == 10 * WAN


@pytest.mark.parametrize(
    ("zone", "days", "counts"),
    [
        ("Asia/Shanghai", 4, True),  # ordered on 9 March at 07:00, taken on the 13th: the fourth day
        ("Asia/Shanghai", 3, False),
        ("America/New_York", 4, False),  # there it was still the 8th when it was ordered
        ("America/New_York", 5, True),
    ],
)
async def test_m13_11_goods_taken_after_the_set_time_do_not_count_by_the_companys_own_days(
    session: Session, staff: Staff, zone: str, days: int, counts: bool
) -> None:
    session.info["zone"] = ZoneInfo(zone)
    await policies.change(session, at(START), None, RewardPolicy.room, "pickup_days", days)
    dealer = await dealer_of(session, staff)
    taken = date(2026, 3, 13)
    await ledgers.receipt(session, staff, dealer.customer_id, 10_000, taken)
    ordered = datetime(2026, 3, 8, 23, 0, tzinfo=UTC)
    order = await make_order(session, dealer.customer_id, [("A01", 10, 100)], payment="prepaid", created_at=ordered)
    await office.confirm(session, at(taken), taken, staff.sup, order.id, order.version)
    _, draft, _ = await delivered(session, staff, order, 10, taken)
    await invoices.issue(session, at(taken), taken, staff.fin, draft.id, draft.version)
    await purchases.collect(session, taken)
    left_out = (await session.scalars(select(PurchaseExclusion))).all()
    assert [row.reason for row in left_out] == ([] if counts else ["late_pickup"])


async def test_m13_12_other_offers_may_be_taken_as_well(session: Session, staff: Staff) -> None:
    """A dealer who takes part has a price reduction and a payment reward besides, and each stands as it is: the
    offer lowers what is owed, the year's reward is not lowered by it, and nothing asks the dealer to choose."""
    row = await scheme_of(session, staff)
    june, day = date(2026, 6, 1), date(2026, 6, 25)
    alone, both = await dealer_of(session, staff), await dealer_of(session, staff, company="第二家")
    debts = [
        await ledgers.invoice(session, staff, dealer.customer_id, 10 * WAN, june, due=date(2026, 6, 30))
        for dealer in (alone, both)
    ]
    offer = await invoices.make_credit(
        session, at(day), day, staff.sup, both.customer_id, CreditKind.PRICE, WAN, "季度促销折让", debts[1].id
    )
    await invoices.issue_credit(session, at(day), day, staff.fin, offer.id, offer.version)
    for dealer, fen in ((alone, 10 * WAN), (both, 9 * WAN)):
        money = await ledgers.receipt(session, staff, dealer.customer_id, fen, day)
        await allocations.set_off(session, at(day), day, staff.fin, money.id, money.version)
    await _finished(session, staff, row)
    found = [await statement(session, dealer) for dealer in (alone, both)]
    assert [(s.exclusive_fen, s.growth_fen) for s in found] == [(100_000, 30_000)] * 2
    assert [await ledgers.outstanding(session, debt.id, day) for debt in debts] == [0, 0]


# ---------------------------------------------------------------- the year of one dealer (E)


async def test_m13_worked_example_e_and_the_trace_of_each_line(session: Session, staff: Staff) -> None:
    row = await scheme_of(session, staff)
    dealer = await dealer_of(session, staff, city="天津市")
    for month in range(1, 13):
        await buy(session, dealer, date(2026, month, 5), 12 * WAN, 60)
        await buy(session, dealer, date(2026, month, 6), 24 * WAN, 60, "002")
        await buy(session, dealer, date(2025, month, 5), 36 * WAN * (100 if month > 2 else 90) // 100)
    await _finished(session, staff, row)
    stated = await statement(session, dealer)
    assert (stated.city_class, stated.purchase_fen, stated.exclusive_fen) == (2, 31_968_000, 4_320_000)
    assert stated.growth_fen == 2 * 36 * WAN * 5_000 // 1_000_000  # 11.1 % in two months
    lines = await lines_of(session, dealer)
    for key in (("purchase", "001", None), ("exclusive", "", None), ("growth", "", date(2026, 1, 1))):
        parts = await trace.of_line(session, lines[key])
        assert sum(part.exact for part in parts) == lines[key].amount_fen * 1_000_000
        assert len(parts) == {"purchase": 12, "exclusive": 24, "growth": 2}[key[0]]


async def test_m13_6_a_dealer_with_another_brand_gets_half_a_percent(session: Session, staff: Staff) -> None:
    row = await scheme_of(session, staff)
    dealer, other = await dealer_of(session, staff), await dealer_of(session, staff, company="第二家")
    for who, ours in ((dealer, True), (other, False)):
        await buy(session, who, date(2026, 5, 5), 10 * WAN)
        values = {"dealer_id": who.id, "brand": "某牌", "we_make": ours, "from_on": date(2026, 5, 1), "to_on": None}
        await service.add_brand(session, staff.rep, values)
    await _finished(session, staff, row)
    assert [(await statement(session, who)).exclusive_fen for who in (dealer, other)] == [50_000, 100_000]


# ---------------------------------------------------------------- chains 2, 3, 6: what flips a month


async def test_chains_2_and_3_overdue_and_prepaid_months_have_no_growth_reward(session: Session, staff: Staff) -> None:
    row = await scheme_of(session, staff)
    dealer = await dealer_of(session, staff)
    march, april, may = date(2026, 3, 9), date(2026, 4, 9), date(2026, 5, 11)
    for day in (march, april):
        await ledgers.invoice(session, staff, dealer.customer_id, 10 * WAN, day, due=day.replace(day=28))
    found = {i.goods_on: i for i in (await session.scalars(select(invoices.Invoice))).all()}
    for day, paid in ((march, date(2026, 3, 29)), (april, date(2026, 4, 28))):  # one day late; on the day itself
        money = await ledgers.receipt(session, staff, dealer.customer_id, 10 * WAN, paid)
        debt = found[day]
        await allocations.allocate(session, at(paid), paid, staff.fin, money.id, money.version, debt.id, 10 * WAN)
    await ledgers.receipt(session, staff, dealer.customer_id, 2 * WAN, may, purpose=Purpose.PREPAYMENT)
    await _finished(session, staff, row)
    lines = await lines_of(session, dealer)
    reasons = {month: line.reason for (kind, _, month), line in lines.items() if kind == "growth" and month}
    assert reasons == {
        date(2026, 3, 1): "overdue",
        date(2026, 4, 1): "new_dealer",
        date(2026, 5, 1): "prepaid_no_purchase",
    }
    assert lines[("growth", "", date(2026, 4, 1))].amount_fen == 10 * WAN * 3_000 // 1_000_000
    facts = (await session.scalars(select(MonthFact).order_by(col(MonthFact.month)))).all()
    assert [(f.month.month, f.overdue, f.prepaid_fen) for f in facts] == [(3, True, 0), (5, False, 2 * WAN)]


async def test_chain_6_a_return_flips_a_tier_and_what_is_paid_is_never_edited(session: Session, staff: Staff) -> None:
    row = await scheme_of(session, staff)
    await channel.approvers(session, "reward_payout")
    dealer = await dealer_of(session, staff, city="深圳")  # class 3
    for month in range(1, 13):
        await buy(session, dealer, date(2026, month, 5), 10 * WAN, 10)
    await _finished(session, staff, row)
    first = await statement(session, dealer)
    assert (first.city_class, first.purchase_fen) == (3, 120 * 12_000)
    paid = await _pay(session, staff, row, dealer, "purchase")
    await buy(session, dealer, date(2026, 12, 30), -1, -1)  # one fen came back in December
    day = date(2027, 2, 1)
    await payouts.calculate(session, at(day), day, staff.fin, row.id, row.version)
    again = await statement(session, dealer)
    # Both the tier (100 instead of 120 yuan) and the coefficient (0.8) fall.
    assert (again.purchase_fen, again.state) == (119 * 10_000 * 80 // 100, "calculated")
    found = {p.state: p.amount_fen for p in await _payouts(session, dealer, "purchase")}
    assert found == {"paid": 1_440_000, "open": again.purchase_fen - 1_440_000}
    kept = await session.get(RewardPayout, paid.id, populate_existing=True)
    assert kept is not None
    assert kept.amount_fen == 1_440_000
    old = (await session.scalars(select(RewardLine).where(col(RewardLine.run) == 1))).all()
    assert sum(x.amount_fen for x in old if x.kind == "purchase") == 1_440_000


async def _payouts(session: Session, dealer: Distributor, kind: str) -> list[RewardPayout]:
    stated = await statement(session, dealer)
    query = select(RewardPayout).where(col(RewardPayout.statement_id) == stated.id, col(RewardPayout.kind) == kind)
    return list(await session.scalars(query.execution_options(populate_existing=True)))


async def _pay(session: Session, staff: Staff, row: RewardScheme, dealer: Distributor, kind: str) -> RewardPayout:
    """Confirmed by the dealer, approved by (here) CMO, receipted, paid on its day."""
    stated = await statement(session, dealer)
    await payouts.answer(session, at(END), staff.rep, stated.id, stated.version, True, "王五", "")
    await payouts.submit(session, at(END), staff.fin, row.id, row.version)
    await agree(session, staff, "reward_payout", row.id, END)
    [payout] = await _payouts(session, dealer, kind)
    day = VALUES[f"{kind}_pay_on"]
    assert isinstance(day, date)
    with pytest.raises(Refused, match="receipt"):  # M13-10
        await payouts.pay(session, at(day), day, staff.cash, payout.id, payout.version)
    await payouts.receive(session, at(END), staff.fin, payout.id, payout.version, "uniform_invoice", "F-1")
    with pytest.raises(Refused, match="date"):  # M13-14
        await payouts.pay(session, at(END), END, staff.cash, payout.id, payout.version)
    return await payouts.pay(session, at(day), day, staff.cash, payout.id, payout.version)


# ---------------------------------------------------------------- chain 4: the payment reward


async def test_chain_4_and_m13_9_99_300_of_money_and_700_of_reward_close_the_invoice(
    session: Session, staff: Staff
) -> None:
    await scheme_of(session, staff)
    dealer = await dealer_of(session, staff)
    june, tenth, day = date(2026, 6, 1), date(2026, 6, 10), date(2026, 6, 25)
    debt = await ledgers.invoice(session, staff, dealer.customer_id, 10_000_000, june, due=date(2026, 6, 30))

    async def pay(fen: int, on: date) -> None:
        money = await ledgers.receipt(session, staff, dealer.customer_id, fen, on)
        await allocations.allocate(session, at(on), on, staff.fin, money.id, money.version, debt.id, fen)

    await pay(6_000_000, tenth)
    payable, quote = await payments.quote(session, day, dealer, june)
    assert (payable, quote.due_fen, quote.reward_fen) == (10_000_000, 3_930_000, 70_000)
    with pytest.raises(Refused) as early:
        await payments.settle(session, at(day), day, staff.fin, dealer.id, june)
    assert early.value.code == "m13-9"
    await pay(3_930_000, day)
    reward = await payments.settle(session, at(day), day, staff.fin, dealer.id, june)
    assert (reward.amount_fen, reward.payable_fen, reward.settled_on) == (70_000, 10_000_000, day)
    assert await ledgers.outstanding(session, debt.id, day) == 0
    await ledgers.check_equations(session, dealer.customer_id, day)
    with pytest.raises(Refused) as once:
        await payments.settle(session, at(day), day, staff.fin, dealer.id, june)
    assert once.value.code == "m13-9-once"
    assert reward.parts == [["2026-06-10", 6_000_000, 20], ["2026-06-25", 4_000_000, 5]]
    await purchases.collect(session, day)  # the reward lowers the receipt, not the purchase
    assert [p.fen for p in (await session.scalars(select(Purchase))).all()] == [10_000_000]


# ---------------------------------------------------------------- conduct (M13-13), chain 7


async def test_m13_13_and_chain_7_diversion_disqualifies_and_an_appeal_may_bring_it_back(
    session: Session, staff: Staff
) -> None:
    row = await scheme_of(session, staff)
    dealer = await dealer_of(session, staff, region="华南")
    sold = date(2026, 3, 9)
    await ledgers.receipt(session, staff, dealer.customer_id, 10_000, sold)
    order = await make_order(session, dealer.customer_id, [("A01", 10, 100)], payment="prepaid")
    await office.confirm(session, at(sold), sold, staff.sup, order.id, order.version)
    await delivered(session, staff, order, 10, sold)
    await buy(session, dealer, date(2026, 5, 5), 10 * WAN)
    found = await violations.report(
        session, at(END), END, staff.rep2, row.id, dealer.id, "cross_region", "青岛市场发现", lot="L2026-03",
        found_region="山东",
    )  # fmt: skip
    assert found.facts | {"delivered_regions": ["华南"], "contract_region": "华南", "crosses": True} == found.facts
    assert (found.due_at - found.reported_at).total_seconds() == 24 * 3600
    await _finished(session, staff, row)
    [payout] = await _payouts(session, dealer, "exclusive")
    assert "investigation" in await payouts.grounds(session, END, payout)
    await violations.move(session, at(END), staff.sm, found.id, found.version, "investigate", "调查")
    with pytest.raises(NotYourDuty):
        await violations.move(session, at(END), staff.sm, found.id, found.version, "disqualify", "属实")
    await violations.move(session, at(END), staff.cmo, found.id, found.version, "disqualify", "属实")
    assert {p.state for p in await _payouts(session, dealer, "exclusive")} == {"void"}
    await violations.move(session, at(END), staff.rep, found.id, found.version, "appeal", "不属实")
    await violations.move(session, at(END), staff.gm, found.id, found.version, "grant_appeal", "证据不足")
    assert {p.state: p.amount_fen for p in await _payouts(session, dealer, "exclusive")} == {
        "void": 100_000,
        "open": 100_000,
    }
    own = await violations.report(session, at(END), END, staff.cmo, row.id, dealer.id, "price_cut", "低价")
    await violations.move(session, at(END), staff.sm, own.id, own.version, "investigate", "调查")
    with pytest.raises(SameHands):
        await violations.move(session, at(END), staff.cmo, own.id, own.version, "disqualify", "属实")


# ---------------------------------------------------------------- provision by month


async def test_the_month_that_ended_is_provided_for_once(session: Session, staff: Staff) -> None:
    row = await scheme_of(session, staff)
    dealer = await dealer_of(session, staff)
    for month, fen in ((1, 10 * WAN), (2, 4 * WAN)):
        await buy(session, dealer, date(2026, month, 5), fen)
    february, march = date(2026, 2, 1), date(2026, 3, 1)
    assert await jobs.provide(session, at(february), february) == 1
    assert await jobs.provide(session, at(february), february) == 0
    assert await jobs.provide(session, at(march), march) == 1
    sub = lists.PROVISIONS.source(march).subquery()
    found = (await session.execute(select(sub).where(sub.c.scheme_id == row.id).order_by(sub.c.month))).all()
    # January alone: 120 yuan × 1.0, 1 %, 0.3 %. Two months: average 70,000 → 100 yuan × 0.8 × 2 units …
    january = 12_000 + 100_000 + 30_000
    both = 2 * 8_000 + 140_000 + 42_000
    assert [(r.total_fen, r.charge_fen) for r in found] == [(january, january), (both, both - january)]
    assert len((await session.scalars(select(Provision))).all()) == 2
    assert RewardPolicy().below_lowest_percent == 0
