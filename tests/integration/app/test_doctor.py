"""`callcenter doctor` looks and leaves no trace."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from callcenter import doctor
from callcenter.kit import embedded
from callcenter.kit.clock import real_now
from callcenter.kit.db import Database
from callcenter.settings import Settings
from callcenter.telephony.health import refused
from callcenter.telephony.health import service as health
from callcenter.telephony.health.models import Disbelief
from callcenter.telephony.health.rules import Circuit, Trouble
from callcenter.telephony.health.service import Health


@pytest.fixture
def settings(home: Path, template: str) -> Settings:
    return Settings(callcenter_home=home, database_url=None, database_name="not_there_yet")


async def test_looking_makes_no_database(settings: Settings) -> None:
    finding = await doctor._database(settings)
    assert finding.good
    assert "not_there_yet" in finding.zh
    assert "no database not_there_yet yet" in finding.en
    assert not embedded.postgres_has(settings.home, "not_there_yet")


async def test_a_database_of_this_version_is_good_and_an_empty_one_is_not(
    settings: Settings, template: str, home: Path
) -> None:
    migrated = await doctor._database(settings.model_copy(update={"database_name": template}))
    assert migrated.good
    embedded.ensure_postgres(home, "empty_one")
    empty = await doctor._database(settings.model_copy(update={"database_name": "empty_one"}))
    embedded.drop_database(home, "empty_one")
    assert not empty.good
    assert "callcenter migrate" in empty.en


async def test_a_server_that_does_not_run_is_not_started(tmp_path: Path) -> None:
    finding = await doctor._database(Settings(callcenter_home=tmp_path, database_url=None, database_name="any"))
    assert finding.good
    assert list(tmp_path.iterdir()) == []


def test_whether_papers_can_be_printed_is_said_with_the_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor._papers().good

    def none() -> tuple[str, str]:
        return doctor.pdf.choose([])

    monkeypatch.setattr(doctor.pdf, "typefaces", none)
    finding = doctor._papers()
    assert not finding.good
    assert "pylopdf-fonts-zh-cn" in finding.en


async def test_what_workers_say_of_their_carrier_and_what_was_refused_is_said(
    settings: Settings, database: Database
) -> None:
    here = settings.model_copy(update={"database_url": database.url})
    assert await doctor._workers(here) == []
    now = real_now()
    async with database.transaction() as session:
        await health.tell(session, "worker-1", "simulated", Health(Circuit.CLOSED), now)
        ill = Health(Circuit.OPEN, Trouble.SHUT_OUT, now, now, 3)
        await health.tell(session, "worker-2", "twilio", ill, now)
    well, bad = sorted(await doctor._workers(here), key=lambda one: not one.good)
    assert "worker-1" in well.zh
    assert "worker-1" in well.en
    assert not bad.good
    assert all(said in bad.zh for said in ("worker-2", "twilio", "账户或密码", "3 次"))
    assert all(said in bad.en for said in ("worker-2", "twilio", "does not let us in", "3 times"))
    async with database.transaction() as session:
        await refused.note(session, Disbelief.FORGED, now, 7)
        await refused.note(session, Disbelief.UNSIGNED, now - timedelta(days=3), 99)
    *_, told = await doctor._workers(here)
    # Whoever forges webhooks must not be able to make an installation look ill to what watches it.
    assert told.good
    assert "7 签名不符" in told.zh
    assert "99" not in told.zh
    assert "7 with a wrong signature" in told.en
    assert "TWILIO_AUTH_TOKEN" in told.en
