"""The demonstration's data, made the way a company makes it: list → segment → brochure → mailing → campaign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from callcenter.demo import office
from callcenter.kit.clock import real_now
from callcenter.kit.db import Database, Session
from callcenter.kit.ids import new_token, token_hash
from callcenter.people import service as people
from callcenter.people.models import Role, User, UserSession
from callcenter.people.schemas import UserNew
from callcenter.settings import Settings
from campaigns.dispositions import service as dispositions
from campaigns.mailings import service as mailings
from campaigns.mailings.schemas import BrochureNew, MailingNew
from campaigns.plans import service as plans
from campaigns.plans.schemas import CampaignNew
from campaigns.scripts import service as scripts
from campaigns.targeting import service as targeting
from campaigns.targeting.schemas import SegmentFilters, SegmentNew
from crm_sync.imports.service import import_file

PASSWORD = "brochure-7-to-14"
"""Of every demonstration login. Demonstrations listen on this machine only, and say so."""

LOGINS: tuple[tuple[str, Role, str], ...] = (
    ("agent1", Role.AGENT, "陈静"),
    ("agent2", Role.AGENT, "刘洋"),
    ("supervisor", Role.SUPERVISOR, "王主管"),
    ("marketing", Role.MARKETING, "李营销"),
    ("admin", Role.ADMINISTRATOR, "管理员"),
)
SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "prospects-20000.csv"

# Days since posting → share of the list, so that the page shows people who are too early and too late, too.
_BATCHES = ((5, 6), (7, 12), (8, 12), (9, 12), (10, 12), (11, 11), (12, 11), (13, 10), (14, 8), (15, 6))

_ITEMS = (
    ("HK-030", "康元人参礼盒(30支)", 39_800),
    ("HK-060", "康元人参礼盒(60支)", 72_800),
    ("HK-YS2", "益生菌冲剂(两个月装)", 25_600),
    ("HK-DHA", "深海鱼油软胶囊(180粒)", 19_900),
)
OPENS = time(15, 0)


@dataclass(frozen=True, slots=True)
class Seeded:
    campaign_id: UUID
    item_ids: list[UUID]


def working_day(on: date) -> date:
    """`on`, or the next day from Monday to Friday."""
    return on + timedelta(days={6: 2, 7: 1}.get(on.isoweekday(), 0))


def opening(on: date, zone: ZoneInfo) -> datetime:
    """Three in the afternoon of a working day: the demonstration's first instant."""
    return datetime.combine(working_day(on), OPENS, zone)


async def seed(database: Database, settings: Settings, start: datetime, mode: str) -> Seeded:
    """Make everything up to the open campaign. Adds to what is there already; `start` is the demo's instant."""
    before = start - timedelta(minutes=30)
    today = start.astimezone(settings.zone).date()
    run_name = f"{today:%Y-%m-%d} #{new_token()[:5]}"
    async with database.transaction() as session:
        await _logins(session, before)
        await dispositions.seed_defaults(session)
        script = await scripts.seed_defaults(session, before)
    first_posting = start - timedelta(days=20)
    await import_file(
        database, first_posting, SAMPLE, dry_run=False, source="样本名单", error_dir=settings.home / "errors"
    )
    async with database.transaction() as session:
        segment = await targeting.create(
            session, SegmentNew(name=f"全部可联系客户 {run_name}", filters=SegmentFilters()), first_posting, None
        )
        brochure = await mailings.create_brochure(
            session,
            BrochureNew(
                code=f"SPRING-{new_token()[:6]}",
                title="康元健康手册(附订购回执单)",
                items=[
                    {"sku": sku, "name": name, "price_fen": price, "position": n}
                    for n, (sku, name, price) in enumerate(_ITEMS)
                ],
            ),
            first_posting,
        )
        mailing = await mailings.create(
            session,
            MailingNew(name=f"康元手册邮寄 {run_name}", brochure_id=brochure.id, segment_id=segment.id),
            first_posting,
            None,
        )
        shares = [share for _, share in _BATCHES]
        await mailings.split_into_batches(session, mailing, shares)
        for batch_no, (days_ago, _) in enumerate(_BATCHES, start=1):
            await mailings.confirm_posted(
                session, mailing, posted_on=today - timedelta(days=days_ago), batch_no=batch_no, now=before, by=None
            )
        campaign = await plans.create(
            session,
            CampaignNew(
                name=f"康元电话推广 {run_name}",
                mailing_id=mailing.id,
                script_id=script.id,
                from_number="+864006187000",
                mode=mode,
                record_calls=True,
                abandoned_message="您好,这里是康元健康公司,电话 400-618-7000。抱歉现在没有接通坐席,打扰您了,再见。",
            ),
            before,
            None,
        )
        await plans.fill_from_mailing(session, campaign, before)
        await plans.open_campaign(session, campaign, before, None)
        items = await mailings.items_of(session, mailing.id)
    await office.open_for_business(database, settings.zone, start, SecretStr(PASSWORD))
    return Seeded(campaign.id, [item.id for item in items])


async def _logins(session: Session, now: datetime) -> None:
    for login, role, name in LOGINS:
        if await people.find_user(session, login) is None:
            new = UserNew(login=login, name=name, role=role, language="zh", password=SecretStr(PASSWORD))
            await people.create_user(session, now, None, new)


async def robots(session: Session, settings: Settings, count: int, now: datetime) -> list[tuple[User, str]]:
    """Robot agents with a session each. They have no password: nobody can sign in as one."""
    made: list[tuple[User, str]] = []
    real = real_now()
    for n in range(1, count + 1):
        login = f"robot{n:03d}"
        user = await people.find_user(session, login)
        if user is None:
            user = User(login=login, name=f"机器坐席{n:03d}", role=Role.AGENT.value, password_hash="!", created_at=now)
            session.add(user)
            await session.flush()
        token = new_token()
        session.add(
            UserSession(
                token_hash=token_hash(settings.secret_key.get_secret_value(), token),
                user_id=user.id,
                created_at=real,
                expires_at=real + timedelta(hours=settings.session_hours),
                user_agent="robot",
            )
        )
        made.append((user, token))
    await session.flush()
    return made


__all__ = ["LOGINS", "PASSWORD", "Seeded", "opening", "robots", "seed", "working_day"]
