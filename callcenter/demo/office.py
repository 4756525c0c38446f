"""The demonstration's back office: a person for each duty, limits for some dealers, and two months of business.

The business is carried through the services, day by day, as people would have done it: what exists in the
demonstration could have come to exist. Phone orders of the demonstration itself begin where the agents take them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy import select
from sqlmodel import col

from backoffice import defaults
from backoffice.accounts import service as accounts
from backoffice.accounts.models import CustomerAccount, Grade, PartialPolicy
from backoffice.calendar.rules import CompanyPolicy
from backoffice.deliveries import service as deliveries
from backoffice.documents import service as documents
from backoffice.documents.schemas import DocumentBody
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.orders import figures, office
from backoffice.orders.models import SalesOrder
from backoffice.orders.states import PaymentMode
from backoffice.policies import service as policies
from backoffice.receivables import allocations, invoices, receipts
from backoffice.receivables.models import Invoice, Purpose, Receipt, ReceiptMethod
from backoffice.roles import service as roles
from backoffice.stock import service as stock
from backoffice.stock.rules import MoveKind
from callcenter.kit.db import Database, Session
from callcenter.people import service as people
from callcenter.people.models import Role, User
from callcenter.people.schemas import UserNew
from crm_sync.customers.models import Customer

_R = OfficeRole

LOGINS: tuple[tuple[str, OfficeRole, str], ...] = (
    ("office", _R.SUP, "赵内勤"),
    ("rep", _R.REP, "马业务"),
    ("sales", _R.SM, "周经理"),
    ("credit", _R.CRED, "孙信控"),
    ("finance", _R.FIN, "钱会计"),
    ("accountant", _R.FIN, "吴会计"),
    ("cashier", _R.CASH, "郑出纳"),
    ("warehouse", _R.WH, "冯仓管"),
    ("quality", _R.QC, "褚质检"),
    ("cmo", _R.CMO, "卫总监"),
    ("gm", _R.GM, "蒋总"),
    ("legal", _R.LEGAL, "沈法务"),
    ("contracts", _R.CADM, "韩合同"),
    ("planning", _R.MKT, "杨市场"),
    ("personnel", _R.HRADM, "朱人事"),
    ("production", _R.PROD, "秦生产"),
    ("telesales", _R.TSUP, "尤主管"),
    ("board", _R.BOARD, "董事长"),
)
"""One duty each, so that separation of duties can be seen; two for finance, because one may not do everything."""


_COMPANY = {
    "name_zh": "康元健康科技有限公司",
    "name_en": "Kangyuan Health Co., Ltd.",
    "address_zh": "青岛市市南区示例路1号",
    "address_en": "1 Example Road, Shinan, Qingdao",
    "phone": "400-618-7000",
    "bank_zh": "示例银行青岛分行 0000 1111 2222",
    "bank_en": "Example Bank, Qingdao, 0000 1111 2222",
}
"""On every paper; whoever tries the product changes it in the settings."""


class Team:
    """`team.finance`: the person who signs in as `finance`, with their duties."""

    def __init__(self, members: dict[str, Actor]) -> None:
        self._members = members

    def __getattr__(self, login: str) -> Actor:
        return self._members[login]


async def hire(session: Session, now: datetime, password: SecretStr) -> Team:
    """The logins with their duties, the rules of approval to start with. Who is there already stays as they are."""
    await defaults.install(session)
    for name, value in _COMPANY.items():
        await policies.change(session, now, None, CompanyPolicy.room, name, value)
    members: dict[str, Actor] = {}
    sealed: str | None = None
    for login, duty, name in LOGINS:
        user = await people.find_user(session, login)
        if user is None and sealed is None:
            new = UserNew(login=login, name=name, role=Role.BACK_OFFICE, language="zh", password=password)
            user = await people.create_user(session, now, None, new)
            sealed = user.password_hash
        elif user is None:  # all have the same password: sealing it anew for each takes seconds and hides nothing
            user = User(login=login, name=name, role=Role.BACK_OFFICE.value, password_hash=str(sealed), created_at=now)
            session.add(user)
            await session.flush()
        if not await roles.roles_of(session, user.id):
            await roles.set_roles(session, now, None, user.id, [duty])
        members[login] = await roles.actor_of(session, user)
    return Team(members)


_ARTICLES = {
    "HK-030": ("康元人参礼盒(30支)", 23_880),
    "HK-060": ("康元人参礼盒(60支)", 43_680),
    "HK-YS2": ("益生菌冲剂(两个月装)", 15_360),
    "HK-DHA": ("深海鱼油软胶囊(180粒)", 11_940),
    "HK-TEA": ("康元菊花决明子茶(40袋)", 4_800),
}
"""At the wholesale price, in fen."""


@dataclass(frozen=True, slots=True)
class _Dealer:
    company: str
    province: str
    city: str
    grade: Grade | None
    limit_yuan: int


_DEALERS = (
    _Dealer("青岛海风商贸有限公司", "山东省", "青岛市", Grade.AAA, 500_000),
    _Dealer("济南泉城健康用品有限公司", "山东省", "济南市", Grade.AA, 200_000),
    _Dealer("南京钟山药房连锁有限公司", "江苏省", "南京市", Grade.AA, 200_000),
    _Dealer("杭州西溪保健品商行", "浙江省", "杭州市", Grade.AA, 120_000),
    _Dealer("成都锦里贸易有限公司", "四川省", "成都市", Grade.AA, 120_000),
    _Dealer("武汉江城营养品经营部", "湖北省", "武汉市", Grade.A, 0),
    _Dealer("郑州中原滋补行", "河南省", "郑州市", Grade.A, 0),
    _Dealer("天津海河健康超市", "天津市", "天津市", Grade.AA, 80_000),
)


async def open_for_business(database: Database, zone: ZoneInfo, start: datetime, password: SecretStr) -> None:
    """Everything of the back office up to the demonstration's instant `start`. Once for a database."""
    before = start - timedelta(minutes=30)
    async with database.transaction() as session:
        team = await hire(session, before, password)
        if await session.scalar(select(col(Invoice.id)).limit(1)) is not None:
            return
        today = start.astimezone(zone).date()
        dealers = [await _dealer(session, n, dealer, start - timedelta(days=90)) for n, dealer in enumerate(_DEALERS)]
        await _Business(session, team, today, zone).happen(dealers)


async def _dealer(session: Session, number: int, dealer: _Dealer, at: datetime) -> CustomerAccount:
    """A company with its terms. Its number is nobody's: the demonstration calls people of the sample list only."""
    customer = Customer(
        name=dealer.company,
        company=dealer.company,
        phone=f"+86532000000{number:02d}",
        province=dealer.province,
        city=dealer.city,
        address=f"{dealer.province}{dealer.city}中山路{10 + number}号",
        source="经销商",
        created_at=at,
        updated_at=at,
    )
    session.add(customer)
    await session.flush()
    account = await accounts.of(session, customer.id)
    account.grade = dealer.grade.value if dealer.grade else None
    account.cash_only = dealer.grade is Grade.A
    account.credit_limit_fen = dealer.limit_yuan * 100
    account.partial_policy = PartialPolicy.BACK_ORDER.value
    await session.flush()
    return account


class _Business:
    """Two months, told backwards from `today`; each act on its own day at ten in the morning."""

    def __init__(self, session: Session, team: Team, today: date, zone: ZoneInfo) -> None:
        self._session, self._team, self._today, self._zone = session, team, today, zone

    def _day(self, days_ago: int) -> tuple[datetime, date]:
        day = self._today - timedelta(days=days_ago)
        return datetime.combine(day, time(10, 0), self._zone).astimezone(UTC), day

    async def happen(self, dealers: Sequence[CustomerAccount]) -> None:
        haifeng, quancheng, zhongshan, xixi, jinli, jiangcheng, zhongyuan, haihe = dealers
        # Paid in time, and cleared to the fen.
        done = await self._delivered(await self._confirmed(haifeng, 48, (("HK-030", 120), ("HK-DHA", 60))), 45)
        await self._paid(done, 20, done.total_fen)
        # Overdue for months: the nightly work opens a problem case.
        await self._delivered(await self._confirmed(jinli, 80, (("HK-060", 60),)), 76)
        # Overdue for weeks: dunning letters.
        await self._delivered(await self._confirmed(xixi, 56, (("HK-YS2", 90),)), 52)
        # Half paid, the rest falling due.
        half = await self._delivered(await self._confirmed(quancheng, 29, (("HK-030", 100),)), 26)
        await self._paid(half, 8, half.total_fen // 2)
        # Paid too much: the rest is an advance.
        more = await self._delivered(await self._confirmed(zhongshan, 21, (("HK-DHA", 80),)), 18)
        await self._paid(more, 6, more.total_fen + 500_000)
        # On its way; asked for; confirmed; two that are held (short of money, over the limit); one just come in.
        await self._shipped(await self._confirmed(zhongshan, 4, (("HK-YS2", 40),)), 3, 40)
        await self._asked(await self._confirmed(haifeng, 3, (("HK-060", 30),)), 1, 20)
        await self._confirmed(quancheng, 2, (("HK-060", 25), ("HK-YS2", 25)))
        await self._advance(jiangcheng, 2, 4_500_00)
        await self._held(await self._ordered(jiangcheng, 1, (("HK-DHA", 42),), PaymentMode.PREPAID), 1)
        await self._held(await self._ordered(haihe, 1, (("HK-060", 200),)), 1)
        await self._ordered(zhongyuan, 0, (("HK-030", 20),), PaymentMode.PREPAID)
        await self._scarce(haifeng, quancheng)
        await self._procedure()

    async def _scarce(self, *dealers: CustomerAccount) -> None:
        """More is wanted of one article than there is: who gets it is in the stock list (M9-3)."""
        now, day = self._day(5)
        await stock.book(
            self._session,
            now,
            day,
            self._team.warehouse,
            sku="HK-TEA",
            name=_ARTICLES["HK-TEA"][0],
            lot=f"L{day:%Y%m}",
            kind=MoveKind.OPENING,
            quantity=60,
        )
        for dealer in dealers:
            await self._confirmed(dealer, 1, (("HK-TEA", 50),))

    async def _ordered(
        self,
        account: CustomerAccount,
        days_ago: int,
        lines: Sequence[tuple[str, int]],
        payment: PaymentMode = PaymentMode.CREDIT,
    ) -> SalesOrder:
        now, day = self._day(days_ago)
        customer = await self._session.get_one(Customer, account.id)
        new = office.NewOrder(
            account.id,
            [office.NewLine(sku, _ARTICLES[sku][0], quantity, _ARTICLES[sku][1]) for sku, quantity in lines],
            payment,
            account.legal_name,
            customer.phone,
            customer.address or "",
            requested_on=day + timedelta(days=5),
        )
        return await office.make(self._session, now, day, self._team.office, new)

    async def _confirmed(self, account: CustomerAccount, days_ago: int, lines: Sequence[tuple[str, int]]) -> SalesOrder:
        order = await self._ordered(account, days_ago, lines)
        now, day = self._day(days_ago)
        held = await office.confirm(
            self._session, now, day, self._team.office, order.id, order.version, day + timedelta(days=5)
        )
        assert not held, "the demonstration's own history is within its limits"
        return order

    async def _held(self, order: SalesOrder, days_ago: int) -> None:
        now, day = self._day(days_ago)
        assert await office.confirm(self._session, now, day, self._team.office, order.id, order.version)

    async def _asked(self, order: SalesOrder, days_ago: int, pieces: int | None = None) -> UUID:
        now, day = self._day(days_ago)
        lines = await figures.of_order(self._session, order.id)
        quantities = {line.line_id: min(line.ordered, pieces or line.ordered) for line in lines}
        request = deliveries.Request(order.id, quantities, day)
        return (await deliveries.make(self._session, now, day, self._team.office, request)).id

    async def _shipped(self, order: SalesOrder, days_ago: int, pieces: int | None = None) -> UUID:
        s, team, (now, day) = self._session, self._team, self._day(days_ago)
        goods = await deliveries.take(s, await self._asked(order, days_ago, pieces), None)
        await deliveries.approve(s, now, team.sales, goods.id, goods.version)
        assert not await deliveries.clear(s, now, day, team.finance, goods.id, goods.version)
        await deliveries.pick(s, now, team.warehouse, goods.id, goods.version)
        lots = [
            deliveries.Lot(line.order_line_id, f"L{day:%Y%m}", line.quantity)
            for line in await deliveries.lines_of(s, goods.id)
        ]
        waybill = f"SF{day:%m%d}{goods.number[-4:]}"
        await deliveries.ship(
            s, now, day, team.warehouse, goods.id, goods.version, carrier="顺丰", waybill=waybill, lots=lots
        )
        return goods.id

    async def _delivered(self, order: SalesOrder, days_ago: int) -> Invoice:
        """Delivered in full, signed for two days after it left, and invoiced that day."""
        s, team = self._session, self._team
        goods = await deliveries.take(s, await self._shipped(order, days_ago + 2), None)
        now, day = self._day(days_ago)
        lines = [
            deliveries.Accepted(line.order_line_id, line.quantity) for line in await deliveries.lines_of(s, goods.id)
        ]
        _, bill, _ = await deliveries.sign(
            s, now, day, team.office, goods.id, goods.version, signer="收货人", lines=lines
        )
        assert bill is not None
        await deliveries.plain_move(s, now, team.finance, goods.id, goods.version, "close")
        return await invoices.issue(s, now, day, team.finance, bill.id, bill.version)

    async def _money(self, account: CustomerAccount, days_ago: int, fen: int, purpose: Purpose) -> Receipt:
        now, day = self._day(days_ago)
        money = receipts.Money(account.id, fen, day, ReceiptMethod.TRANSFER, account.legal_name, purpose)
        receipt = await receipts.record(self._session, now, day, self._team.cashier, money)
        return await receipts.confirm(self._session, now, day, self._team.finance, receipt.id, receipt.version)

    async def _paid(self, bill: Invoice, days_ago: int, fen: int) -> None:
        account = await accounts.of(self._session, bill.customer_id)
        receipt = await self._money(account, days_ago, fen, Purpose.PAYMENT)
        now, day = self._day(days_ago)
        await allocations.set_off(self._session, now, day, self._team.finance, receipt.id, receipt.version)

    async def _advance(self, account: CustomerAccount, days_ago: int, fen: int) -> None:
        await self._money(account, days_ago, fen, Purpose.PREPAYMENT)

    async def _procedure(self) -> None:
        """A controlled document in force: made, checked and approved by three people."""
        s, team = self._session, self._team
        body = DocumentBody(
            title="销售回款管理流程",
            body=_PROCEDURE,
            executing_department="财务部",
            supervising_department="销售部",
            verifying_department="行政人事部",
        )
        now, day = self._day(60)
        row = await documents.make(s, now, day, team.finance, body)
        now, day = self._day(58)
        await documents.check(s, now, day, team.contracts, row.id, row.version, "已审核")
        now, day = self._day(55)
        await documents.approve(s, now, day, team.cmo, row.id, row.version, "同意执行")


_PROCEDURE = """一、目的
规范销售货款的开票、催收、收款与对账,及时收回货款,停止向拖欠货款的客户发货。

二、流程
1. 财务部审核合同、提货单与开票资料,开具发票并确认应收账款。
2. 财务部每月编制应收账款明细与账龄表。
3. 客户逾期未付的,业务员负责催收,并控制后续发货。
4. 出纳登记收款,财务部核对银行到账后确认并冲抵发票。
5. 财务部定期出具对账单,业务员与客户核对;有差异的,说明原因后方可关闭。
"""
