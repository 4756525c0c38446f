"""`callcenter doctor`: is this installation able to work, and if not, what is to be done?"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import httpx
import nats
from nats.errors import Error as NatsError
from sqlalchemy.exc import SQLAlchemyError

from backoffice.printing import pdf
from callcenter.edge.console import DIST
from callcenter.kit import embedded
from callcenter.kit.clock import real_now
from callcenter.kit.db import Database
from callcenter.kit.errors import Lang
from callcenter.migrate import differences
from callcenter.settings import Settings
from callcenter.telephony.health import refused
from callcenter.telephony.health import service as health
from callcenter.telephony.health.models import CarrierHealth, RefusedMessage
from callcenter.telephony.health.rules import Circuit, Trouble, describe

_FREE_MB = 500
_REFUSED_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: good or not, in words that say the mend."""

    good: bool
    zh: str
    en: str

    def sentence(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything a working installation needs. Starts nothing that would be left running."""
    return [
        _disk(settings),
        _console(),
        _papers(),
        await _database(settings),
        await _nats(settings),
        await _carrier(settings),
        *await _workers(settings),
    ]


def _disk(settings: Settings) -> Finding:
    folder = settings.home if settings.home.exists() else settings.home.parent
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < _FREE_MB:
        return Finding(
            False,
            f"{folder} 所在磁盘只剩 {free} MB,请至少腾出 {_FREE_MB} MB。",
            f"Only {free} MB free for {folder}; make room for at least {_FREE_MB} MB.",
        )
    return Finding(True, f"磁盘空间 {free} MB。", f"{free} MB of disk free.")


def _console() -> Finding:
    if not (DIST / "index.html").exists():
        return Finding(
            False,
            "工作台页面尚未构建,请运行 `make setup`。",
            "The console has not been built; run `make setup`.",
        )
    return Finding(True, "工作台页面已构建。", "The console is built.")


def _papers() -> Finding:
    try:
        serif, _ = pdf.typefaces()
    except pdf.NoChineseType as missing:
        return Finding(False, missing.sentence("zh"), missing.sentence("en"))
    return Finding(True, f"打印字体可用({serif})。", f"Papers can be printed (in {serif}).")


async def _database(settings: Settings) -> Finding:
    url = settings.database_url
    if url is None:
        if embedded.postgres_pid(settings.home) is None:
            return Finding(
                True,
                "内置 PostgreSQL 未运行,启动任一命令时会自动启动。",
                "The embedded PostgreSQL is not running; any command starts it.",
            )
        if not embedded.postgres_has(settings.home, settings.database_name):
            return Finding(
                True,
                f"内置 PostgreSQL 中尚无数据库 {settings.database_name}，启动任一服务时会自动建立。",
                f"The embedded PostgreSQL has no database {settings.database_name} yet; any service makes it.",
            )
        url = embedded.ensure_postgres(settings.home, settings.database_name)
    database = Database(url, pool=2, name="callcenter-doctor")
    try:
        await database.ping()
        missing = differences(url)
    except Exception as error:
        return Finding(
            False,
            f"数据库无法连接({type(error).__name__}):请检查 DATABASE_URL 与服务器。",
            f"The database cannot be reached ({type(error).__name__}); check DATABASE_URL and the server.",
        )
    finally:
        await database.close()
    if missing:
        return Finding(
            False,
            f"数据库结构与本版本有 {len(missing)} 处不同,请运行 `callcenter migrate`。",
            f"The schema differs from this version in {len(missing)} places; run `callcenter migrate`.",
        )
    return Finding(True, "数据库可用,结构为本版本。", "The database answers and has this version's schema.")


async def _workers(settings: Settings) -> list[Finding]:
    """What the workers that run say of their carrier; nothing where none runs, or where there is no database."""
    url = settings.database_url
    if url is None:
        if embedded.postgres_pid(settings.home) is None:
            return []
        if not embedded.postgres_has(settings.home, settings.database_name):
            return []
        url = embedded.ensure_postgres(settings.home, settings.database_name)
    database = Database(url, pool=2, name="callcenter-doctor")
    try:
        async with database.transaction() as session:
            found = [_heard(row, settings) for row in await health.heard(session)]
            rows = await refused.since(session, real_now() - _REFUSED_FOR)
            return found + ([_refused(rows, settings)] if rows else [])
    except SQLAlchemyError:  # said by the finding about the database
        return []
    finally:
        await database.close()


def _heard(row: CarrierHealth, settings: Settings) -> Finding:
    if row.trouble is None:
        return Finding(
            True,
            f"拨号程序 {row.worker} 运行中，线路（{row.carrier}）正常。",
            f"The worker {row.worker} runs, and its telephone network ({row.carrier}) is well.",
        )
    circuit, trouble = Circuit(row.circuit), Trouble(row.trouble)
    since = f"{row.since.astimezone(settings.zone):%Y-%m-%d %H:%M:%S}" if row.since else "?"
    return Finding(
        False,
        f"拨号程序 {row.worker}（{row.carrier}）：{describe(circuit, trouble, 'zh')}"
        f"自 {since} 起，已发现故障 {row.tries} 次。请检查线路与网络。",
        f"Worker {row.worker} ({row.carrier}): {describe(circuit, trouble, 'en')} Since {since}, found ill "
        f"{row.tries} times. Look after the network and the carrier.",
    )


def _refused(rows: Sequence[RefusedMessage], settings: Settings) -> Finding:
    """Good all the same: they changed nothing, and whoever sends them must not be able to make us look ill."""
    last = max(row.last_at for row in rows)
    at = f"{last.astimezone(settings.zone):%Y-%m-%d %H:%M:%S}"
    return Finding(
        True,
        f"昨天和今天有冒充或无主的线路消息被拒绝({refused.sentence(rows, 'zh')}),未作任何更改,最后一次在 {at}。"
        "若通话不再更新,请核对 TWILIO_AUTH_TOKEN 与 PUBLIC_URL。",
        f"Messages that claimed to be the network's were refused yesterday and today ({refused.sentence(rows, 'en')}), "
        f"the last one at {at}; they changed nothing. If calls no longer move, check TWILIO_AUTH_TOKEN and PUBLIC_URL.",
    )


async def _nats(settings: Settings) -> Finding:
    if settings.nats_url is None:
        return Finding(
            True,
            "使用内置 NATS,启动任一服务时会自动启动。",
            "The embedded NATS is used; any service starts it.",
        )
    try:
        client = await nats.connect(settings.nats_url, connect_timeout=2, max_reconnect_attempts=0)
        await client.jetstream().account_info()
        await client.close()
    except (OSError, NatsError, TimeoutError) as error:
        return Finding(
            False,
            f"NATS 不可用({type(error).__name__}):请检查 NATS_URL,并启用 JetStream。通话不受影响,但页面会滞后。",
            f"NATS does not answer ({type(error).__name__}); check NATS_URL and that JetStream is on. "
            "Calls go on, screens lag.",
        )
    return Finding(True, "NATS JetStream 可用。", "NATS JetStream answers.")


async def _carrier(settings: Settings) -> Finding:
    if settings.carrier == "twilio":
        from callcenter.telephony.twilio.doctor import look

        return Finding(*await look(settings))
    if settings.carrier == "asterisk":
        from callcenter.telephony.asterisk import AsteriskSettings
        from callcenter.telephony.asterisk import doctor as asterisk

        return Finding(*await asterisk.look(AsteriskSettings.of(settings), announces=settings.recording_store != "off"))
    try:
        async with httpx.AsyncClient(timeout=2.0) as client:
            (await client.get(f"{settings.carrier_url}/health")).raise_for_status()
    except httpx.HTTPError:
        return Finding(
            False,
            f"模拟电话网络({settings.carrier_url})没有响应,请运行 `callcenter carrier`。",
            f"The simulated carrier ({settings.carrier_url}) does not answer; run `callcenter carrier`.",
        )
    return Finding(True, "模拟电话网络可用(不会真正呼叫)。", "The simulated carrier answers (nobody is really called).")
