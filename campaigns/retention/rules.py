"""What is kept how long, and what law says of it. PURE."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from callcenter.kit.errors import BadInput


class Kind(StrEnum):
    CARDS = "cards"
    """What the agent's screen showed of a customer, kept with each call: a copy of the master data of that day."""
    NOTES = "notes"
    """What agents wrote: notes of calls, results and follow-ups."""
    CALL_NUMBERS = "call_numbers"
    """The number that was called. The call itself (time, length, result) stays."""
    CUSTOMERS = "customers"
    """People without any contact, letter, purchase or open lead since: erased as at their own request."""


@dataclass(frozen=True, slots=True)
class Term:
    usual_days: int
    least_days: int
    """Nobody can set less: law, or our own defence against claims, asks for it."""
    why_zh: str
    why_en: str


TERMS: Mapping[Kind, Term] = {
    Kind.CARDS: Term(
        180,
        30,
        "个人信息保护法第19条：为实现目的所必要的最短时间；投诉处理需 30 天",
        "Personal Information Protection Law 19: the shortest time the purpose needs; complaints need 30 days",
    ),
    Kind.NOTES: Term(
        1095,
        180,
        "民法典第188条：诉讼时效三年",
        "Civil Code 188: claims lapse after three years",
    ),
    Kind.CALL_NUMBERS: Term(
        1826,
        1826,
        "通话明细（双方号码、时间、时长、结果）须保存五年：16 CFR 310.5；电信条例及同意证据的保存期更短",
        "call detail records (both numbers, time, length, result) are kept five years: 16 CFR 310.5; "
        "other laws ask for less",
    ),
    Kind.CUSTOMERS: Term(
        1095,
        365,
        "最后一次联系起三年（法国 CNIL 对潜在客户的准则，最严者）；个人信息保护法第47条：目的已实现的应主动删除",
        "three years from the last contact (CNIL's norm for prospects, the strictest); "
        "Personal Information Protection Law 47: erase unasked when the purpose is fulfilled",
    ),
}


def check(kind: Kind, days: int) -> int:
    """`days`, when the law lets it be so few.

    Raises:
        BadInput: naming the least number of days and why.
    """
    term = TERMS[kind]
    if days < term.least_days:
        raise BadInput(
            field="days",
            problem_zh=f"不得少于 {term.least_days} 天（{term.why_zh}）",
            problem_en=f"it must be at least {term.least_days} days ({term.why_en})",
            mend_zh="请改为更长的天数，或停用该项。",
            mend_en="Give more days, or switch this rule off.",
        )
    return days


def older_than(now: datetime, days: int) -> datetime:
    """What is older than this instant goes: exactly `days` old still stays."""
    return now - timedelta(days=days)
