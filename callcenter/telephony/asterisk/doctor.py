"""Whether our Asterisk can be used: asked by `callcenter doctor`. Calls nobody."""

from __future__ import annotations

from urllib.parse import quote

from callcenter.telephony.asterisk.ari import Ari, AriError
from callcenter.telephony.asterisk.settings import AsteriskSettings
from callcenter.telephony.port import CarrierRefused, CarrierUnreachable


async def look(settings: AsteriskSettings, *, announces: bool = False) -> tuple[bool, str, str]:
    """Good or not, and a sentence in Chinese and in English. `announces`: calls may be recorded here."""
    ari = Ari(settings.url, settings.user, settings.password)
    ari.open()
    try:
        return await _look(ari, settings, announces)
    except AriError as error:
        if error.status in (401, 403):
            return (
                False,
                "Asterisk 拒绝了用户名或密码:请核对 ASTERISK_USER、ASTERISK_PASSWORD 与 ari.conf。",
                "Asterisk refuses the user or password; compare ASTERISK_USER and ASTERISK_PASSWORD with ari.conf.",
            )
        return (
            False,
            f"{settings.url} 有应答,但不像 ARI({error}):请核对 ASTERISK_URL(以 /ari 结尾)与 http.conf、ari.conf。",
            f"{settings.url} answers, but not as ARI does ({error}); check ASTERISK_URL (it ends in /ari), http.conf "
            "and ari.conf.",
        )
    except (CarrierRefused, CarrierUnreachable) as error:
        return (
            False,
            f"无法连接 Asterisk({settings.url},{error}):请检查它是否运行、ASTERISK_URL 与 http.conf。",
            f"Asterisk cannot be reached at {settings.url} ({error}); check that it runs, ASTERISK_URL and http.conf.",
        )
    finally:
        await ari.close()


async def _look(ari: Ari, settings: AsteriskSettings, announces: bool) -> tuple[bool, str, str]:
    await ari.ask("GET", "/asterisk/ping")
    if await ari.find(f"/endpoints/PJSIP/{settings.trunk}") is None:
        return (
            False,
            f"Asterisk 没有名为“{settings.trunk}”的 PJSIP 线路:请核对 ASTERISK_TRUNK 与 pjsip.conf。",
            f"Asterisk has no PJSIP endpoint '{settings.trunk}'; compare ASTERISK_TRUNK with pjsip.conf.",
        )
    if await ari.find(f"/sounds/{quote(settings.message_sound, safe='')}") is None:
        return (
            False,
            f"Asterisk 没有录音“{settings.message_sound}”:没有坐席接听时客户只会听到号码。请放入该录音,"
            "或修改 ASTERISK_MESSAGE_SOUND。",
            f"Asterisk has no recording '{settings.message_sound}': a person without an agent would hear the number "
            "only. Put the recording there, or change ASTERISK_MESSAGE_SOUND.",
        )
    if announces and await ari.find(f"/sounds/{quote(settings.announce_sound, safe='')}") is None:
        return (
            False,
            f"Asterisk 没有录音“{settings.announce_sound}”:自动播放录音告知的活动里,客户听不到通话被录音。"
            "请放入该录音,或修改 ASTERISK_ANNOUNCE_SOUND。",
            f"Asterisk has no recording '{settings.announce_sound}': where a campaign tells customers by a recording "
            "that the call is recorded, they would not hear it. Put it there, or change ASTERISK_ANNOUNCE_SOUND.",
        )
    return True, "Asterisk 可用(会真正拨打电话)。", "Asterisk can be used (people are really called)."
