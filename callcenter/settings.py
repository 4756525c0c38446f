"""Everything an installation can set, typed, read from the environment (and `.env` in development).

One object, made once by bootstrap and handed down; no room reads the environment by itself.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_DEVELOPMENT_SECRET = "development-only-not-a-secret"
_MIN_SECRET_LENGTH = 32


class Settings(BaseSettings):
    """Settings of one process. Every name is an environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    environment: Literal["development", "production"] = "development"
    secret_key: SecretStr = SecretStr(_DEVELOPMENT_SECRET)
    """Keys the hashes of session tokens. At least 32 characters outside development."""

    callcenter_home: Path = Path(".callcenter")
    """Where the embedded PostgreSQL and NATS keep their data, and error files of imports are put."""
    database_url: str | None = None
    """`postgresql://…`. Unset: the embedded server under CALLCENTER_HOME."""
    database_name: str = "callcenter"
    """Database inside the embedded server; without meaning when DATABASE_URL is set."""
    nats_url: str | None = None
    """`nats://…`. Unset: the embedded server under CALLCENTER_HOME."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str | None = None
    """Address people use in their browser; the Origin of every socket must equal it."""

    carrier: Literal["simulated"] = "simulated"
    carrier_url: str = "http://127.0.0.1:8090"
    """Where the simulated carrier listens (`callcenter carrier`)."""

    worker_name: str = "worker-1"
    """Name under which a worker holds its leases. A restarted worker of the same name takes over at once."""

    company_timezone: str = "Asia/Shanghai"
    default_region: str = Field(default="CN", pattern="^[A-Z]{2}$")
    """Region in which a phone number without a country code is read."""

    clock_anchor_real: datetime | None = None
    clock_anchor_virtual: datetime | None = None
    clock_speed: float = Field(default=1.0, gt=0, le=1000)
    """For demonstrations: at the real instant the virtual one is shown, running at this speed."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "text"] = "json"

    session_hours: int = Field(default=12, ge=1, le=168)
    database_pool: int = Field(default=10, ge=2, le=200)

    @field_validator("company_timezone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"'{value}' is no IANA time zone; write it as in Asia/Shanghai")
        return value

    @model_validator(mode="after")
    def _no_weak_secret(self) -> Settings:
        secret = self.secret_key.get_secret_value()
        if self.environment != "development" and (
            secret == _DEVELOPMENT_SECRET or len(secret) < _MIN_SECRET_LENGTH or len(set(secret)) < 8
        ):
            raise ValueError(
                "SECRET_KEY is missing or weak: outside development it needs at least "
                f"{_MIN_SECRET_LENGTH} random characters, e.g. from `openssl rand -hex 32`"
            )
        if (self.clock_anchor_real is None) != (self.clock_anchor_virtual is None):
            raise ValueError("CLOCK_ANCHOR_REAL and CLOCK_ANCHOR_VIRTUAL go together")
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.company_timezone)

    @property
    def home(self) -> Path:
        return self.callcenter_home.expanduser().resolve()

    @property
    def origin(self) -> str:
        """The one Origin that browsers of this installation send."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def cookie_secure(self) -> bool:
        return self.origin.startswith("https://")
