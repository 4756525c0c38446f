"""A browser as an agent's telephone: SIP credentials that are made for one page and outlive it by little.

Nothing is written into Asterisk's files. The endpoint, its address of record and its password are pushed over ARI into
Asterisk's memory (`sorcery.conf` has a place for them), under the agent's id: the endpoint `PJSIP/<agent id>` that an
agent without an address of their own is dialled at. Each page that asks gets a new password and the one before stops
working; when the agent leaves, everything is taken away; a restart of Asterisk forgets it, and the page asks again.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from callcenter.kit.errors import AppError, Unavailable
from callcenter.settings import Settings
from callcenter.telephony.asterisk.ari import Ari, AriError
from callcenter.telephony.port import CarrierRefused, CarrierUnreachable

GOOD_FOR = timedelta(hours=1)
_OBJECTS = ("endpoint", "aor", "auth")


class NoBrowserSound(AppError):
    """The installation names no address at which browsers reach Asterisk."""

    code, status = "no_browser_sound", 409
    zh = "未配置浏览器通话:请设置 ASTERISK_BROWSER_URL(例如 wss://pbx.example.com/ws),或为坐席填写 SIP 话机地址。"
    en = (
        "Sound in the browser is not configured: set ASTERISK_BROWSER_URL (as in wss://pbx.example.com/ws), or give "
        "the person the address of a SIP telephone."
    )


@dataclass(frozen=True, slots=True)
class BrowserLine:
    """With these a page registers as the person's telephone. `expires_at`: real time; ask for new ones before."""

    url: str
    uri: str
    user: str
    password: str = field(repr=False)
    expires_at: datetime


def _ari(settings: Settings) -> Ari:
    assert settings.asterisk_url is not None
    assert settings.asterisk_password is not None
    return Ari(settings.asterisk_url, settings.asterisk_user, settings.asterisk_password.get_secret_value())


def _objects(person: str, password: str, context: str) -> dict[str, dict[str, str]]:
    """In the order in which they have to be there."""
    return {
        "auth": {"auth_type": "userpass", "username": person, "password": password},
        # One page at a time: a reloaded one takes the place of the one that went without a word.
        "aor": {"max_contacts": "1", "remove_existing": "yes", "maximum_expiration": "120"},
        "endpoint": {
            "webrtc": "yes",
            "transport": "transport-ws",
            "auth": person,
            "aors": person,
            # Whoever has the password can be rung, and can ring nobody.
            "context": f"{context}-browser",
            "disallow": "all",
            "allow": "alaw,ulaw",
            "direct_media": "no",
            "rtp_timeout": "30",
            "rtp_timeout_hold": "300",
            "dtls_auto_generate_cert": "yes",
            "allow_subscribe": "no",
            "allow_transfer": "no",
        },
    }


async def give_line(settings: Settings, person_id: UUID, real_now: datetime) -> BrowserLine:
    """Make this person's browser a telephone of our Asterisk.

    Raises:
        NoBrowserSound: ASTERISK_BROWSER_URL is not set.
        Unavailable: Asterisk does not answer, or does not take the objects.
    """
    url = settings.asterisk_browser_url
    if url is None:
        raise NoBrowserSound
    person, password = str(person_id), secrets.token_urlsafe(24)
    ari = _ari(settings)
    ari.open()
    try:
        for kind, values in _objects(person, password, settings.asterisk_context).items():
            fields = [{"attribute": name, "value": value} for name, value in values.items()]
            await ari.ask("PUT", f"/asterisk/config/dynamic/res_pjsip/{kind}/{person}", body={"fields": fields})
    except (AriError, CarrierRefused, CarrierUnreachable) as error:
        raise Unavailable(what_zh="电话网络(Asterisk)", what_en="The telephone network (Asterisk)") from error
    finally:
        await ari.close()
    return BrowserLine(url, f"sip:{person}@{urlsplit(url).hostname}", person, password, real_now + GOOD_FOR)


async def take_line(ari: Ari, person_id: UUID) -> None:
    """The person has left: their browser is no telephone any more. Where it never was one, nothing happens."""
    for kind in _OBJECTS:
        with suppress(AriError, CarrierRefused, CarrierUnreachable):
            await ari.ask("DELETE", f"/asterisk/config/dynamic/res_pjsip/{kind}/{person_id}")
