"""`callcenter doctor` looks and leaves no trace."""

from __future__ import annotations

from pathlib import Path

import pytest

from callcenter import doctor
from callcenter.kit import embedded
from callcenter.settings import Settings


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
