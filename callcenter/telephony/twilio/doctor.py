"""Whether the account can be used: asked by `callcenter doctor`."""

from __future__ import annotations

import asyncio

import httpx

from callcenter.settings import Settings
from callcenter.telephony.port import CarrierRefused, CarrierUnreachable
from callcenter.telephony.twilio.api import TwilioApi
from callcenter.telephony.twilio.errors import MEANINGS
from callcenter.telephony.twilio.transport import HttpxClient


async def look(settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> tuple[bool, str, str]:
    """Good or not, and a sentence in Chinese and in English. Calls nobody."""
    http = HttpxClient(asyncio.sleep, transport)
    try:
        status = await TwilioApi(settings, http).account_status()
    except CarrierUnreachable as error:
        return (
            False,
            f"Twilio 没有正常应答({error}):请检查网络与 Twilio 的服务状态页。",
            f"Twilio does not answer as it should ({error}); check the network and Twilio's status page.",
        )
    except CarrierRefused as refused:
        code = refused.detail.split(":")[0]
        if code.isdigit() and int(code) in MEANINGS:
            return False, f"{MEANINGS[int(code)].zh}({code})", f"{MEANINGS[int(code)].en} ({code})"
        if refused.detail.startswith("not sent"):
            return (
                False,
                f"无法连接 Twilio({refused.detail}):请检查网络、TWILIO_REGION 与 TWILIO_EDGE。",
                f"Twilio cannot be reached ({refused.detail}); check the network, TWILIO_REGION and TWILIO_EDGE.",
            )
        return (
            False,
            f"Twilio 拒绝了账户查询({refused.detail})。请核对 TWILIO_ACCOUNT_SID 与凭据。",
            f"Twilio refused to show the account ({refused.detail}). Check TWILIO_ACCOUNT_SID and the credentials.",
        )
    finally:
        await http.close()
    if status != "active":
        return (
            False,
            f"Twilio 账户状态为 {status},不能拨打。请在 Twilio 控制台处理。",
            f"The Twilio account is {status}; it cannot call. See to it in Twilio's console.",
        )
    return True, "Twilio 账户可用(会真正拨打电话)。", "The Twilio account is active (people are really called)."
