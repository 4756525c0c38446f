"""A verdict as a sentence for people, in both languages: why not now, and when next."""

from __future__ import annotations

from typing import Any

from callcenter.kit.errors import Lang
from campaigns.schedule.verdict import ReasonCode, Verdict
from campaigns.schedule.windows import zone

_ZH: dict[ReasonCode, str] = {
    ReasonCode.ALLOWED: "现在可以呼叫（邮寄后第 {day_n} 天）",
    ReasonCode.CLOSED: "该线索已关闭（{closed_reason}）",
    ReasonCode.DO_NOT_CALL: "号码在禁呼名单中，不得呼叫",
    ReasonCode.NO_NUMBER: "该客户的号码都是空号或他人号码，没有可呼叫的号码",
    ReasonCode.CONSENT_REFUSED: "客户已拒绝营销来电，不得呼叫",
    ReasonCode.CONSENT_MISSING: "规则要求事先取得同意，而该客户尚未同意",
    ReasonCode.REPLIED: "客户已用回执单或电话直接订购，不再推销",
    ReasonCode.RETURNED_MAIL: "宣传资料被退回，客户没有收到",
    ReasonCode.NOT_MAILED: "宣传资料尚未寄出",
    ReasonCode.EXHAUSTED: "呼叫次数已用完（已呼 {attempts} 次，连续未果上限 {attempts_max} 次）",
    ReasonCode.EXPIRED: "已过最后一天 {last_day}（邮寄日 {posted_on}）",
    ReasonCode.NO_TIME_LEFT: "到最后一天 {last_day} 为止已没有可呼叫的时间",
    ReasonCode.IN_CALL: "该号码正在通话或振铃中",
    ReasonCode.CAMPAIGN_NOT_OPEN: "活动未开启",
    ReasonCode.TOO_EARLY: "今天是邮寄后第 {day_n} 天，第一天为 {first_day}",
    ReasonCode.CALLBACK_LATER: "客户约定的时间未到",
    ReasonCode.RESTING: "上次结果（{last_outcome}）之后的间隔未到",
    ReasonCode.CAP: "已达到一人在一段时间内的呼叫次数上限（近期 {calls} 次）",
    ReasonCode.MIN_GAP: "距上次呼叫不足 {min_gap_s} 秒",
    ReasonCode.LEGAL_HOURS: "客户当地时间不在法定时段（{windows}）内",
    ReasonCode.CLOSED_DAY: "今天不是外呼日",
    ReasonCode.OUTSIDE_WINDOW: "客户当地时间不在外呼时段（{windows}）内",
    ReasonCode.OTHER_WINDOW: "上次在本时段未果，改在其他时段呼叫（{windows}）",
}
_EN: dict[ReasonCode, str] = {
    ReasonCode.ALLOWED: "May be called now (day {day_n} after posting)",
    ReasonCode.CLOSED: "This lead is closed ({closed_reason})",
    ReasonCode.DO_NOT_CALL: "The number is on the do-not-call list",
    ReasonCode.NO_NUMBER: "Every number of this customer is dead or somebody else's",
    ReasonCode.CONSENT_REFUSED: "The customer refused sales calls",
    ReasonCode.CONSENT_MISSING: "The rules require consent, and this customer has not given it",
    ReasonCode.REPLIED: "The customer already ordered by reply slip or phone",
    ReasonCode.RETURNED_MAIL: "The brochure came back: the customer never had it",
    ReasonCode.NOT_MAILED: "The brochure has not been posted",
    ReasonCode.EXHAUSTED: "All attempts are used ({attempts} made, at most {attempts_max} fruitless in a row)",
    ReasonCode.EXPIRED: "The last day, {last_day}, has passed (posted on {posted_on})",
    ReasonCode.NO_TIME_LEFT: "No permitted time is left until the last day, {last_day}",
    ReasonCode.IN_CALL: "A call to this number is in progress",
    ReasonCode.CAMPAIGN_NOT_OPEN: "The campaign is not open",
    ReasonCode.TOO_EARLY: "Today is day {day_n} after posting; the first day is {first_day}",
    ReasonCode.CALLBACK_LATER: "The time the customer asked for has not come",
    ReasonCode.RESTING: "The pause after the last outcome ({last_outcome}) is not over",
    ReasonCode.CAP: "The cap on calls to one person is reached ({calls} recent calls)",
    ReasonCode.MIN_GAP: "Fewer than {min_gap_s} seconds since the last call to this person",
    ReasonCode.LEGAL_HOURS: "Outside the legal hours on the customer's clock ({windows})",
    ReasonCode.CLOSED_DAY: "Today is no calling day",
    ReasonCode.OUTSIDE_WINDOW: "Outside the calling windows on the customer's clock ({windows})",
    ReasonCode.OTHER_WINDOW: "Fruitless in this window last time; another one is next ({windows})",
}


class _Blank(dict[str, Any]):
    """A sentence never fails for a missing detail."""

    def __missing__(self, key: str) -> str:
        return "—"


def describe(verdict: Verdict, lang: Lang) -> str:
    """One sentence: the reason, and the next time on the customer's own clock."""
    words = _Blank(verdict.detail)
    if isinstance(words.get("windows"), list):
        words["windows"] = ("、" if lang == "zh" else ", ").join(words["windows"])
    text = (_ZH if lang == "zh" else _EN)[verdict.reason].format_map(words)
    if verdict.allowed:
        return text + ("。" if lang == "zh" else ".")
    if verdict.next_at is None:
        return text + ("。" if lang == "zh" else ".")
    local = verdict.next_at.astimezone(zone(verdict.detail.get("timezone", "UTC")))
    when = f"{local:%Y-%m-%d %H:%M:%S}".removesuffix(":00")
    if lang == "zh":
        return f"{text}。下次可呼叫：{when}（客户当地时间）。"
    return f"{text}. Next: {when} on the customer's clock."
