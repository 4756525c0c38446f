"""Twilio's error codes: what they mean for the port, and sentences with the mend in both languages.

Codes are from Twilio's error dictionary. A code that is not here keeps its number in the sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from callcenter.kit.errors import Lang
from callcenter.telephony.port import CarrierRefused, CarrierUnreachable


@dataclass(frozen=True, slots=True)
class Meaning:
    """`refusal`: the port's code. The sentences say what is wrong and what to do."""

    refusal: str
    zh: str
    en: str

    def sentence(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en


_KEYS = Meaning(
    "no_account",
    "Twilio 不接受我们的凭据。请核对 TWILIO_ACCOUNT_SID 与 TWILIO_AUTH_TOKEN(或 API Key 与其密钥)。",
    "Twilio does not accept our credentials. Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN (or the API key and "
    "its secret).",
)
_BAD_NUMBER = Meaning(
    "invalid_number",
    "该号码不存在或格式不对,未拨出。请更正客户资料。",
    "This is not a number that can be called; nobody was called. Correct it in the customer's record.",
)
_GEO = Meaning(
    "not_permitted",
    "账户未开通对该国家或地区的呼叫。请在 Twilio 控制台的语音地区权限(Geo permissions)中开通。",
    "The account may not call this country. Allow it in Twilio's console under voice geo permissions.",
)
_CALLER = Meaning(
    "not_permitted",
    "主叫号码不属于本账户或未经验证。请核对 TWILIO_NUMBERS 与活动的主叫号码。",
    "The caller number is not the account's, and not verified. Check TWILIO_NUMBERS and the campaign's caller number.",
)
_FAST = Meaning(
    "too_fast",
    "超出 Twilio 的每秒请求数,本次未被处理,稍后会再试。请调低 TWILIO_CALLS_PER_SECOND,或向 Twilio 申请提高。",
    "More requests a second than Twilio takes; this one was not processed and will be tried again. Lower "
    "TWILIO_CALLS_PER_SECOND, or ask Twilio for more.",
)
_FULL = Meaning(
    "too_fast",
    "账户的并发通话已满,未拨出。请调低 TWILIO_MAX_CALLS 或减少坐席,或向 Twilio 申请提高。",
    "The account has as many calls at once as it may; nobody was called. Lower TWILIO_MAX_CALLS or the number of "
    "agents, or ask Twilio for more.",
)
_STATE = Meaning(
    "wrong_state",
    "该通话已不在可执行此操作的状态(通常是已结束)。",
    "The call is not in a state for this (usually it has ended).",
)
_GONE = Meaning(
    "unknown_call",
    "Twilio 不认识该通话或会议。可能刚刚结束,也可能 SID 属于别的账户或区域(TWILIO_REGION)。",
    "Twilio does not know this call or conference. It may just have ended, or belong to another account or region "
    "(TWILIO_REGION).",
)
_ACCOUNT = Meaning(
    "no_account",
    "Twilio 账户未激活、欠费或已停用。请在 Twilio 控制台查看账户状态与余额。",
    "The Twilio account is not active, out of funds or suspended. Look at its state and balance in Twilio's console.",
)
_TRIAL = Meaning(
    "not_permitted",
    "试用账户只能呼叫已验证的号码。请验证该号码或升级账户。",
    "A trial account may call verified numbers only. Verify the number, or upgrade the account.",
)
_OURS = Meaning(
    "not_permitted",
    "我们的请求有一个 Twilio 不接受的字段。请把错误码告诉维护人员;未拨出。",
    "A field of our request is not accepted. Tell the maintainers this code; nobody was called.",
)
_URL = Meaning(
    "not_permitted",
    "Twilio 不接受我们的回调地址。PUBLIC_URL 必须是可从互联网访问的 https 地址。",
    "Twilio does not accept the address of our webhooks. PUBLIC_URL has to be an https address that is reachable "
    "from the internet.",
)

MEANINGS: dict[int, Meaning] = {
    20003: _KEYS,
    20005: _ACCOUNT,
    20006: _KEYS,
    20008: _KEYS,
    10001: _ACCOUNT,
    10002: _TRIAL,
    21219: _TRIAL,
    21608: _TRIAL,
    20404: _GONE,
    20429: _FAST,
    10004: _FULL,
    16021: _FULL,
    13223: _BAD_NUMBER,
    13224: _BAD_NUMBER,
    21201: _BAD_NUMBER,
    21211: _BAD_NUMBER,
    21214: _BAD_NUMBER,
    21217: _BAD_NUMBER,
    21401: _BAD_NUMBER,
    21421: _BAD_NUMBER,
    13225: _GEO,
    13227: _GEO,
    21215: _GEO,
    21216: _GEO,
    32205: _GEO,
    21202: _CALLER,
    21210: _CALLER,
    21212: _CALLER,
    21213: _CALLER,
    21220: _STATE,
    21205: _URL,
    21609: _URL,
    13240: _OURS,
    21218: _OURS,
    21626: _OURS,
}


def meaning(code: int | None, status: int) -> Meaning:
    """What Twilio's error code means; unknown codes by their HTTP status (4xx)."""
    known = MEANINGS.get(code or 0)
    if known is not None:
        return known
    match status:
        case 401:
            return _KEYS
        case 403:
            return replace(_KEYS, refusal="not_permitted")  # perhaps of this one thing only
        case 404:
            return _GONE
        case 429:
            return _FAST
    return Meaning(
        "not_permitted",
        f"Twilio 拒绝了请求(错误码 {code or status})。请在 Twilio 的错误码说明中查询该编号。",
        f"Twilio refused the request (error {code or status}). Look the number up in Twilio's error dictionary.",
    )


def failure(code: int | None, status: int) -> CarrierRefused | CarrierUnreachable:
    """An answer that is no success, as the port says it.

    5xx may have been processed: nobody knows. 4xx was not.
    """
    if status >= 500 or status < 400:
        return CarrierUnreachable(f"Twilio answered {status}")
    found = meaning(code, status)
    return CarrierRefused(found.refusal, f"{code or status}: {found.en}")
