"""Everything an installation can set, typed, read from the environment (and `.env` in development).

One object, made once by bootstrap and handed down; no room reads the environment by itself.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_DEVELOPMENT_SECRET = "development-only-not-a-secret"
_MIN_SECRET_LENGTH = 32
_KEY_BYTES = 32
_KEY_NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")


def read_recording_keys(text: str) -> dict[str, bytes]:
    """`2026a:BASE64,2025:BASE64`: keys by their names, in the order written. The first one seals.

    Raises:
        ValueError: a sentence that says what is wrong, and never the key.
    """
    found: dict[str, bytes] = {}
    for part in (one.strip() for one in text.split(",") if one.strip()):
        name, colon, secret = part.partition(":")
        if not colon or not _KEY_NAME.fullmatch(name):
            raise ValueError(
                "RECORDING_KEYS: each key is written as name:base64, the name of letters, digits, - and _ (at most 32)"
            )
        try:
            key = base64.b64decode(secret, validate=True)
        except (binascii.Error, ValueError):
            raise ValueError(f"RECORDING_KEYS: the key '{name}' is no base64") from None
        if len(key) != _KEY_BYTES:
            raise ValueError(
                f"RECORDING_KEYS: the key '{name}' has {len(key)} bytes and needs {_KEY_BYTES}; "
                "`openssl rand -base64 32` makes one"
            )
        if len(set(key)) < 8:
            raise ValueError(f"RECORDING_KEYS: the key '{name}' is not random; `openssl rand -base64 32` makes one")
        if name in found:
            raise ValueError(f"RECORDING_KEYS: the key '{name}' is there twice")
        found[name] = key
    if not found:
        raise ValueError("RECORDING_KEYS: there is no key in it; `openssl rand -base64 32` makes one")
    return found


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

    carrier: Literal["simulated", "twilio", "asterisk"] = "simulated"
    carrier_url: str = "http://127.0.0.1:8090"
    """Where the simulated carrier listens (`callcenter carrier`)."""

    twilio_account_sid: str | None = Field(default=None, pattern="^AC[0-9a-fA-F]{32}$")
    twilio_auth_token: SecretStr | None = None
    """Signs the webhooks, and the requests too where there is no API key."""
    twilio_api_key: str | None = Field(default=None, pattern="^SK[0-9a-fA-F]{32}$")
    twilio_api_secret: SecretStr | None = None
    twilio_application_sid: str | None = Field(default=None, pattern="^AP[0-9a-fA-F]{32}$")
    """The TwiML application that browsers dial; its voice URL is PUBLIC_URL/api/carriers/twilio/voice."""
    twilio_numbers: str = ""
    """Our caller numbers at Twilio, E.164, with commas between. Agents are rung from the first."""
    twilio_region: str | None = None
    twilio_edge: str | None = None
    twilio_voice: str = "alice"
    """Speaks the message for a call without an agent."""
    twilio_calls_per_second: float = Field(default=1.0, gt=0, le=100)
    twilio_max_calls: int = Field(default=0, ge=0, le=10_000)
    """Calls to customers at once, of all workers together; 0: no limit of ours."""

    asterisk_url: str | None = None
    """Asterisk's REST interface, as in http://127.0.0.1:8088/ari."""
    asterisk_user: str = "callcenter"
    asterisk_password: SecretStr | None = None
    asterisk_application: str = Field(default="callcenter", pattern=r"^[\w-]{1,40}$")
    """Name under which this worker's calls are known to Asterisk. Each worker has its own."""
    asterisk_trunk: str = Field(default="trunk", pattern=r"^[\w-]{1,40}$")
    """PJSIP endpoint of the telephone company."""
    asterisk_context: str = Field(default="callcenter", pattern=r"^[\w-]{1,40}$")
    """Our part of the dialplan (deploy/asterisk/templates/extensions.conf)."""
    asterisk_prefix: Literal["+", "00", ""] = "+"
    """What stands before the country code when the trunk is dialled."""
    asterisk_message_sound: str = Field(default="callcenter/abandoned", pattern=r"^[\w./-]+$")
    """Recording for a call without an agent; the caller's number is said after it, digit by digit."""
    asterisk_announce_sound: str = Field(default="callcenter/recorded", pattern=r"^[\w./-]+$")
    """Recording that tells a customer that the call is recorded, where the campaign has it played."""

    asterisk_browser_url: str | None = Field(default=None, pattern=r"^wss?://[^/@\s]+/[^\s?#]*$")
    """Where browsers reach Asterisk's SIP over WebSocket, as in wss://pbx.example.com/ws. Unset: none does."""

    recording_store: Literal["off", "disk", "s3"] = "off"
    """Where recordings of campaigns that record their calls are kept, sealed. `off`: none is fetched or kept."""
    recording_keys: SecretStr | None = None
    """`name:base64` of 32 random bytes, with commas between: the first seals, all open."""
    recording_retention_days: int = Field(default=180, ge=1, le=3650)
    """How long a recording is kept where its campaign says nothing else."""
    recording_s3_url: str | None = None
    """Address of a store that speaks S3, where it is not Amazon's own."""
    recording_s3_bucket: str | None = None
    recording_s3_region: str = "us-east-1"
    recording_s3_access_key: str | None = None
    recording_s3_secret_key: SecretStr | None = None

    transfer_numbers: str = ""
    """Outside numbers that agents may pass a call on to or ask for help, E.164, with commas between; none: nobody."""

    supervision_visible: bool = True
    """Whether an agent's desk shows that a supervisor listens or whispers. Barging in is always shown."""

    worker_name: str = "worker-1"
    """Name under which a worker holds its leases. A restarted worker of the same name takes over at once."""

    company_name: str = Field(default="", max_length=100)
    """What stands for `{company}` in scripts; empty: the agent says it themselves."""
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

    @field_validator(
        "twilio_account_sid",
        "twilio_auth_token",
        "twilio_api_key",
        "twilio_api_secret",
        "twilio_application_sid",
        "twilio_region",
        "twilio_edge",
        mode="before",
    )
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @model_validator(mode="after")
    def _twilio_is_whole(self) -> Settings:
        if (self.twilio_api_key is None) != (self.twilio_api_secret is None):
            raise ValueError("TWILIO_API_KEY and TWILIO_API_SECRET go together")
        if self.carrier != "twilio":
            return self
        needed = {
            "TWILIO_ACCOUNT_SID": self.twilio_account_sid,
            "TWILIO_AUTH_TOKEN": self.twilio_auth_token,
            "TWILIO_NUMBERS": self.twilio_numbers,
            "PUBLIC_URL": self.public_url,
        }
        missing = [name for name, value in needed.items() if not value]
        if missing:
            raise ValueError(f"CARRIER=twilio needs {', '.join(missing)} as well")
        if not (self.public_url or "").startswith("https://"):
            raise ValueError("CARRIER=twilio needs a PUBLIC_URL with https://, which Twilio can reach from outside")
        wrong = [one for one in self.twilio_number_list if not re.fullmatch(r"\+[1-9]\d{6,14}", one)]
        if wrong:
            raise ValueError(f"TWILIO_NUMBERS: '{wrong[0]}' is no E.164 number; write it as in +12025550123")
        if self.clock_speed != 1 or self.clock_anchor_real is not None:
            raise ValueError("CARRIER=twilio calls real people: CLOCK_SPEED and CLOCK_ANCHOR_* are for demonstrations")
        return self

    @field_validator("asterisk_url", "asterisk_password", "asterisk_browser_url", mode="before")
    @classmethod
    def _empty_is_unset_too(cls, value: object) -> object:
        return None if value == "" else value

    @model_validator(mode="after")
    def _asterisk_is_whole(self) -> Settings:
        if self.carrier != "asterisk":
            return self
        needed = {"ASTERISK_URL": self.asterisk_url, "ASTERISK_PASSWORD": self.asterisk_password}
        missing = [name for name, value in needed.items() if not value]
        if missing:
            raise ValueError(f"CARRIER=asterisk needs {', '.join(missing)} as well")
        if not re.fullmatch(r"https?://[^/@\s]+(/[^\s?#]*)?", self.asterisk_url or ""):
            raise ValueError("ASTERISK_URL is written as in http://127.0.0.1:8088/ari, without a user in it")
        if self.clock_speed != 1 or self.clock_anchor_real is not None:
            raise ValueError(
                "CARRIER=asterisk calls real people: CLOCK_SPEED and CLOCK_ANCHOR_* are for demonstrations"
            )
        return self

    @field_validator(
        "recording_keys",
        "recording_s3_url",
        "recording_s3_bucket",
        "recording_s3_access_key",
        "recording_s3_secret_key",
        mode="before",
    )
    @classmethod
    def _empty_is_no_recording_setting(cls, value: object) -> object:
        return None if value == "" else value

    @model_validator(mode="after")
    def _recordings_are_sealed(self) -> Settings:
        if self.recording_keys is not None:
            # Read at the start, so that a key that is none does not come to light with the first call.
            read_recording_keys(self.recording_keys.get_secret_value())
        if self.recording_store == "off":
            return self
        if self.recording_keys is None:
            raise ValueError(
                f"RECORDING_STORE={self.recording_store} needs RECORDING_KEYS: recordings are only kept sealed. "
                "Write it as 2026:… with the output of `openssl rand -base64 32` after the colon, and keep a copy "
                "somewhere safe: without it no recording can be heard again"
            )
        if self.recording_store == "s3" and not self.recording_s3_bucket:
            raise ValueError("RECORDING_STORE=s3 needs RECORDING_S3_BUCKET as well")
        return self

    @model_validator(mode="after")
    def _transfer_numbers_are_numbers(self) -> Settings:
        wrong = [one for one in self.transfer_number_list if not re.fullmatch(r"\+[1-9]\d{6,14}", one)]
        if wrong:
            raise ValueError(f"TRANSFER_NUMBERS: '{wrong[0]}' is no E.164 number; write it as in +862012345678")
        return self

    @property
    def transfer_number_list(self) -> list[str]:
        return [one.strip() for one in self.transfer_numbers.split(",") if one.strip()]

    @property
    def twilio_number_list(self) -> list[str]:
        return [one.strip() for one in self.twilio_numbers.split(",") if one.strip()]

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
