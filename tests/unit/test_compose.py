"""compose.yaml is whole: it hands over settings that exist, and every setting of a carrier can be set there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from callcenter.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "compose.yaml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name for name, one in SERVICES.items() if one.get("image") == "callcenter:latest"}
SETTINGS = {name.upper() for name in Settings.model_fields}

OF_COMPOSE = {
    "POSTGRES_PASSWORD": "the database server's, and part of DATABASE_URL",
    "PUBLISH": "where the host listens",
    "TRUNK_HOST": "deploy/asterisk/render.sh",
    "TRUNK_USER": "deploy/asterisk/render.sh",
    "TRUNK_PASSWORD": "deploy/asterisk/render.sh",
    "EXTERNAL_ADDRESS": "deploy/asterisk/render.sh",
}
"""Variables of `.env` that are no settings of ours."""

FIXED = {
    "CALLCENTER_HOME": "the image says it: /data",
    "DATABASE_NAME": "part of DATABASE_URL",
    "DATABASE_POOL": "as it is",
    "CLOCK_ANCHOR_REAL": "for demonstrations",
    "CLOCK_ANCHOR_VIRTUAL": "for demonstrations",
    "CLOCK_SPEED": "for demonstrations",
    "LOG_FORMAT": "as it is: machines read it",
}
"""Settings that compose.yaml leaves alone."""


def variables() -> set[str]:
    return set(re.findall(r"\$\{([A-Z][A-Z0-9_]*)", TEXT))


def test_every_variable_is_a_setting_or_compose_s_own() -> None:
    unknown = variables() - SETTINGS - OF_COMPOSE.keys()
    assert not unknown, f"compose.yaml asks for {sorted(unknown)}, which callcenter/settings.py does not know"
    assert not OF_COMPOSE.keys() - variables(), "a variable that compose.yaml no longer has"


@pytest.mark.parametrize("service", sorted(OURS))
def test_what_our_processes_are_given_are_settings(service: str) -> None:
    given = SERVICES[service]["environment"].keys()
    assert given <= SETTINGS, sorted(given - SETTINGS)


def test_every_setting_can_be_set() -> None:
    given = {name for service in OURS for name in SERVICES[service]["environment"]}
    assert SETTINGS - given - FIXED.keys() == set(), "put it into x-environment, or say in FIXED why not"


@pytest.mark.parametrize("service", sorted(OURS))
def test_the_values_that_stand_there_are_valid(service: str) -> None:
    """As compose fills them in when `.env` holds what it demands."""
    demanded = {
        "SECRET_KEY": "0123456789abcdef" * 2,
        "POSTGRES_PASSWORD": "x",
        "PUBLIC_URL": "https://calls.example.com",
    }

    def filled(value: object) -> str:
        def one(match: re.Match[str]) -> str:
            name, usual = match.groups()
            return demanded.get(name, "") or (usual.lstrip(":")[1:] if usual.lstrip(":").startswith("-") else "")

        return re.sub(r"\$\{([A-Z0-9_]+)([^}]*)\}", one, str(value))

    environment = {name.lower(): filled(value) for name, value in SERVICES[service]["environment"].items()}
    settings = Settings(_env_file=None, **environment)  # type: ignore[call-arg]
    assert settings.environment == "production"


def test_recordings_and_imports_lie_on_a_volume_that_web_and_worker_share() -> None:
    for service in ("web", "worker"):
        assert "files:/data" in SERVICES[service]["volumes"]
    assert "files" in COMPOSE["volumes"]


def test_browsers_reach_asterisk_s_sip_over_a_secure_socket() -> None:
    """The proxy that ends TLS for the console hands /ws to Asterisk; the page is told the same address."""
    asterisk = SERVICES["asterisk"]
    assert [port for port in asterisk["ports"] if "8088" in port] == ["127.0.0.1:8088:8088"], (
        "never on a public address"
    )
    assert asterisk["environment"]["ARI_PASSWORD"] == "${ASTERISK_PASSWORD:-}"
    assert SERVICES["web"]["environment"]["ASTERISK_BROWSER_URL"] == "${ASTERISK_BROWSER_URL:-}"


def test_each_mount_and_build_exists() -> None:
    for name, one in SERVICES.items():
        build = one.get("build")
        if build:
            assert (ROOT / build / "Dockerfile").exists(), name
        for volume in one.get("volumes", []):
            source = volume.split(":")[0]
            assert source.startswith("./") or source in COMPOSE["volumes"], volume
