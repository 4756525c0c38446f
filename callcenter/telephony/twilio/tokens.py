"""What a browser needs for its sound: a token of Twilio's Voice SDK, good for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from callcenter.kit.errors import AppError
from callcenter.settings import Settings
from callcenter.telephony.twilio.addresses import identity

TTL = timedelta(hours=1)
LONGEST = timedelta(hours=24)
"""Twilio refuses tokens that are good for longer."""
REFRESH_BEFORE = timedelta(minutes=5)


class NoBrowserSound(AppError):
    """The installation has no API key, so that no browser can be an agent's telephone."""

    code, status = "no_browser_sound", 409
    zh = (
        "未配置浏览器通话:请设置 TWILIO_API_KEY、TWILIO_API_SECRET 与 TWILIO_APPLICATION_SID,"
        "或为坐席填写 SIP 话机地址。"
    )
    en = (
        "Sound in the browser is not configured: set TWILIO_API_KEY, TWILIO_API_SECRET and TWILIO_APPLICATION_SID, "
        "or give the agent the address of a SIP telephone."
    )


@dataclass(frozen=True, slots=True)
class BrowserToken:
    """`refresh_at`: when the page should ask for the next one (or at the SDK's `tokenWillExpire`)."""

    token: str
    identity: str
    expires_at: datetime
    refresh_at: datetime
    edge: str | None


def browser_token(settings: Settings, agent_id: UUID, now: datetime, ttl: timedelta = TTL) -> BrowserToken:
    """A token with which this agent's browser can be rung, and can dial into the agent's conference.

    Raises:
        NoBrowserSound: TWILIO_API_KEY, TWILIO_API_SECRET or TWILIO_APPLICATION_SID is missing.
        ValueError: `ttl` is not between ten minutes and 24 hours.
    """
    if not REFRESH_BEFORE * 2 <= ttl <= LONGEST:
        raise ValueError("a token is good for at least ten minutes and at most 24 hours")
    key, secret, application = settings.twilio_api_key, settings.twilio_api_secret, settings.twilio_application_sid
    if not key or secret is None or not application:
        raise NoBrowserSound
    expires = now + ttl
    token = AccessToken(
        settings.twilio_account_sid,
        key,
        secret.get_secret_value(),
        identity=identity(agent_id),
        nbf=int(now.timestamp()),
        valid_until=int(expires.timestamp()),
        region=settings.twilio_region,
    )
    token.add_grant(VoiceGrant(outgoing_application_sid=application, incoming_allow=True))
    return BrowserToken(token.to_jwt(), identity(agent_id), expires, expires - REFRESH_BEFORE, settings.twilio_edge)
