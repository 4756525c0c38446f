"""The lists of M13."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Date, Integer, Select, String, and_, case, cast, exists, func, literal, or_, select
from sqlmodel import col

from backoffice.accounts.models import CustomerAccount
from backoffice.distributors.models import Distributor
from backoffice.kit.words import words
from backoffice.listing.query import Listing
from backoffice.rewards import schemas
from backoffice.rewards.machines import OPEN_VIOLATIONS, OUT
from backoffice.rewards.models import (
    PaymentReward,
    Provision,
    Purchase,
    PurchaseExclusion,
    RewardPayout,
    RewardScheme,
    RewardStatement,
    Violation,
)

words(
    reward_schemes=("年终奖励方案", "reward schemes"),
    reward_purchases=("进货明细", "purchases"),
    reward_statements=("奖励对账单", "reward statements"),
    reward_payouts=("奖励发放清单", "payouts of rewards"),
    reward_payments=("付款奖励", "payment rewards"),
    reward_violations=("违规登记", "investigations"),
    reward_provisions=("奖励预提", "provisions for rewards"),
    purchase_pay_on=("进货奖发放日", "purchase reward paid on"),
    exclusive_pay_on=("专售奖发放日", "exclusive reward paid on"),
    growth_pay_on=("增长奖发放日", "growth reward paid on"),
    dealers=("经销商数", "dealers"),
    purchase_fen=("进货奖励", "purchase reward"),
    exclusive_fen=("专售奖励", "exclusive reward"),
    growth_fen=("增长奖励", "growth reward"),
    payment_fen=("付款奖励", "payment reward"),
    series=("系列", "series"),
    units=("台数", "units"),
    fen=("批发价金额", "at wholesale"),
    own_make=("本公司生产", "our make"),
    source_kind=("凭证类型", "kind of paper"),
    excluded=("不计入原因", "why it does not count"),
    city_class=("城市类别", "city class"),
    exclusive=("专售", "exclusive"),
    pay_on=("发放日期", "to be paid on"),
    receipt_kind=("票据类型", "kind of receipt"),
    receipt_number=("票据号", "receipt number"),
    payable_fen=("当月应付货款", "payable of the month"),
    settled_on=("结算日期", "settled on"),
    verdict=("裁定", "verdict"),
    reported_at=("举报时间", "reported at"),
    due_at=("处理期限", "to be taken up by"),
    growth=("增长", "growth"),
    price_cut=("恶意竞争、压价销售", "price-cutting"),
    cross_region=("窜货", "cross-region dumping"),
)


def _cols(model: Any, row: Any) -> list[Any]:
    return [col(getattr(model, name)) for name in row.model_fields if name in model.model_fields]


def _sum(column: Any, *where: Any) -> Any:
    return cast(func.coalesce(select(func.sum(column)).where(*where).scalar_subquery(), 0), BigInteger)


def _named(query: Any, dealer_id: Any) -> Any:
    return (
        query.add_columns(col(CustomerAccount.legal_name).label("customer"))
        .join(Distributor, col(Distributor.id) == dealer_id)
        .join(CustomerAccount, col(CustomerAccount.id) == col(Distributor.customer_id))
    )


def _schemes(_today: date) -> Select[Any]:
    mine = col(RewardStatement.scheme_id) == col(RewardScheme.id)
    return select(
        *_cols(RewardScheme, schemas.SchemeRow),
        cast(select(func.count()).where(mine).scalar_subquery(), Integer).label("dealers"),
        *(
            _sum(col(getattr(RewardStatement, name)), mine).label(name)
            for name in ("purchase_fen", "exclusive_fen", "growth_fen")
        ),
        _sum(col(PaymentReward.amount_fen), col(PaymentReward.scheme_id) == col(RewardScheme.id)).label("payment_fen"),
    )


def _purchases(_today: date) -> Select[Any]:
    query = _named(select(*_cols(Purchase, schemas.PurchaseRow)), col(Purchase.dealer_id))
    found: Select[Any] = query.outerjoin(
        PurchaseExclusion, col(PurchaseExclusion.purchase_id) == col(Purchase.id)
    ).add_columns(func.coalesce(col(PurchaseExclusion.reason), "").label("excluded"))
    return found


def _statements(_today: date) -> Select[Any]:
    paid = _sum(
        col(PaymentReward.amount_fen),
        col(PaymentReward.scheme_id) == col(RewardStatement.scheme_id),
        col(PaymentReward.dealer_id) == col(RewardStatement.dealer_id),
    )
    year = col(RewardStatement.purchase_fen) + col(RewardStatement.exclusive_fen) + col(RewardStatement.growth_fen)
    out = exists().where(
        col(Violation.scheme_id) == col(RewardStatement.scheme_id),
        col(Violation.dealer_id) == col(RewardStatement.dealer_id),
        col(Violation.state).in_([s.value for s in OUT]),
    )
    query = select(
        *_cols(RewardStatement, schemas.StatementRow),
        col(RewardScheme.number).label("number"),
        paid.label("payment_fen"),
        (year + paid).label("total_fen"),
        out.label("disqualified"),
    ).join(RewardScheme, col(RewardScheme.id) == col(RewardStatement.scheme_id))
    found: Select[Any] = _named(query, col(RewardStatement.dealer_id)).add_columns(
        col(CustomerAccount.region).label("region"), col(Distributor.city).label("city")
    )
    return found


def _payouts(today: date) -> Select[Any]:
    kind = col(RewardPayout.kind)
    due = case(
        (kind == "purchase", col(RewardScheme.purchase_pay_on)),
        (kind == "exclusive", col(RewardScheme.exclusive_pay_on)),
        (kind == "growth", col(RewardScheme.growth_pay_on)),
        else_=col(RewardScheme.from_on),
    )
    suspected = exists().where(
        col(Violation.scheme_id) == col(RewardStatement.scheme_id),
        col(Violation.dealer_id) == col(RewardStatement.dealer_id),
        col(Violation.state).in_([s.value for s in OPEN_VIOLATIONS]),
    )
    held = and_(
        col(RewardPayout.state) == "open",
        or_(
            col(RewardPayout.receipt_number) == "",
            col(RewardStatement.state) != "confirmed",
            col(RewardScheme.state).not_in(["payout_approved", "paid"]),
            due.is_(None),
            due > today,
            suspected,
        ),
    )
    query = (
        select(
            *_cols(RewardPayout, schemas.PayoutRow),
            col(RewardStatement.scheme_id).label("scheme_id"),
            col(RewardScheme.number).label("number"),
            cast(due, Date).label("pay_on"),
            held.label("held"),
        )
        .join(RewardStatement, col(RewardStatement.id) == col(RewardPayout.statement_id))
        .join(RewardScheme, col(RewardScheme.id) == col(RewardStatement.scheme_id))
    )
    found: Select[Any] = _named(query, col(RewardStatement.dealer_id))
    return found


def _payments(_today: date) -> Select[Any]:
    found: Select[Any] = _named(select(*_cols(PaymentReward, schemas.PaymentRow)), col(PaymentReward.dealer_id))
    return found


def _violations(_today: date) -> Select[Any]:
    found: Select[Any] = _named(select(*_cols(Violation, schemas.ViolationRow)), col(Violation.dealer_id))
    return found


def _provisions(_today: date) -> Select[Any]:
    """Cumulative by month; the charge of a month is what it adds."""
    kinds = ("purchase_fen", "exclusive_fen", "growth_fen")
    sums = {name: cast(func.sum(col(getattr(Provision, name))), BigInteger) for name in kinds}
    total = sums["purchase_fen"] + sums["exclusive_fen"] + sums["growth_fen"]
    before = func.coalesce(
        func.lag(total).over(partition_by=col(Provision.scheme_id), order_by=col(Provision.month)), literal(0)
    )
    found: Any = (
        select(
            (cast(col(Provision.scheme_id), String) + ":" + cast(col(Provision.month), String)).label("id"),
            col(Provision.scheme_id),
            col(RewardScheme.number).label("number"),
            col(Provision.month),
            cast(func.count(), Integer).label("dealers"),
            *(value.label(name) for name, value in sums.items()),
            total.label("total_fen"),
            (total - before).label("charge_fen"),
        )
        .join(RewardScheme, col(RewardScheme.id) == col(Provision.scheme_id))
        .group_by(col(Provision.scheme_id), col(RewardScheme.number), col(Provision.month))
    )
    return found  # type: ignore[no-any-return]


_MONEY = ("purchase_fen", "exclusive_fen", "growth_fen")
SCHEMES = Listing(
    name="reward_schemes",
    row=schemas.SchemeRow,
    source=_schemes,
    search=("number", "title"),
    filters=("state", "year"),
    on="from_on",
    totals=(*_MONEY, "payment_fen"),
)
PURCHASES = Listing(
    name="reward_purchases",
    row=schemas.PurchaseRow,
    source=_purchases,
    search=("customer", "sku"),
    filters=("dealer_id", "series", "source_kind", "own_make"),
    on="on_day",
    sort="-on_day",
    totals=("units", "fen"),
    hidden=("id",),
)
STATEMENTS = Listing(
    name="reward_statements",
    row=schemas.StatementRow,
    source=_statements,
    search=("customer", "city", "region"),
    filters=("state", "scheme_id", "dealer_id", "city_class", "exclusive", "disqualified", "region"),
    sort="-total_fen",
    totals=(*_MONEY, "payment_fen", "total_fen"),
)
PAYOUTS = Listing(
    name="reward_payouts",
    row=schemas.PayoutRow,
    source=_payouts,
    search=("customer", "receipt_number"),
    filters=("state", "kind", "scheme_id", "statement_id", "held"),
    on="pay_on",
    sort="customer",
    totals=("amount_fen",),
)
PAYMENTS = Listing(
    name="reward_payments",
    row=schemas.PaymentRow,
    source=_payments,
    search=("customer",),
    filters=("dealer_id",),
    on="month",
    sort="-month",
    totals=("payable_fen", "amount_fen"),
)
VIOLATIONS = Listing(
    name="reward_violations",
    row=schemas.ViolationRow,
    source=_violations,
    search=("number", "customer", "evidence"),
    filters=("state", "kind", "scheme_id", "dealer_id"),
)
PROVISIONS = Listing(
    name="reward_provisions",
    row=schemas.ProvisionRow,
    source=_provisions,
    filters=("scheme_id",),
    on="month",
    sort="month",
    hidden=("id",),
    totals=("charge_fen",),
)
LISTINGS = (SCHEMES, PURCHASES, STATEMENTS, PAYOUTS, PAYMENTS, VIOLATIONS, PROVISIONS)
