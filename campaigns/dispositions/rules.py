"""What a result asks for before it may be saved. PURE."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from callcenter.kit.errors import AppError, BadInput
from campaigns.schedule.rules import CallingRules, callback_verdict
from campaigns.schedule.windows import zone


class UnknownDisposition(AppError):
    code, status = "unknown_disposition", 422
    zh = "没有“{given}”这个通话结果。可用的结果：{valid}。"
    en = "There is no result '{given}'. Valid results: {valid}."


class Flags(Protocol):
    """The part of a disposition that is asked here."""

    code: str
    sale: bool
    callback: bool


def check_demands(
    flags: Flags,
    *,
    callback_at: datetime | None,
    order_id: UUID | None,
    now: datetime,
    rules: CallingRules,
    timezone: str,
    possible_zones: tuple[str, ...],
) -> None:
    """Raises BadInput when the code lacks what it needs, or is given what does not belong to it."""
    if flags.sale and order_id is None:
        raise BadInput(
            field="order",
            problem_zh="成交必须附有订单",
            problem_en="a sale needs an order",
            mend_zh="请填写订单后再保存。",
            mend_en="Fill in the order, then save.",
        )
    if not flags.sale and order_id is not None:
        raise BadInput(
            field="order",
            problem_zh="该结果不能附带订单",
            problem_en="this result cannot carry an order",
            mend_zh="请改选“成交下单”，或去掉订单。",
            mend_en="Choose the result of a sale, or take the order out.",
        )
    if flags.callback:
        _check_callback(callback_at, now, rules, timezone, possible_zones)
    elif callback_at is not None:
        raise BadInput(
            field="callback_at",
            problem_zh="该结果不能附带回电时间",
            problem_en="this result cannot carry a callback time",
            mend_zh="请改选“约定回电”，或去掉时间。",
            mend_en="Choose the callback result, or take the time out.",
        )


def _check_callback(
    at: datetime | None, now: datetime, rules: CallingRules, timezone: str, possible_zones: tuple[str, ...]
) -> None:
    if at is None:
        raise BadInput(
            field="callback_at",
            problem_zh="未填写客户要求的回电时间",
            problem_en="the time the customer asked for is missing",
            mend_zh="请填写日期和时间。",
            mend_en="Give date and time.",
        )
    if at.tzinfo is None:
        raise BadInput(field="callback_at", problem_zh="时间缺少时区", problem_en="the time lacks its offset from UTC")
    local = at.astimezone(zone(timezone))
    if at <= now:
        raise BadInput(
            field="callback_at",
            problem_zh=f"回电时间 {local:%Y-%m-%d %H:%M} 已经过去",
            problem_en=f"{local:%Y-%m-%d %H:%M} has passed",
            mend_zh="请选择将来的时间。",
            mend_en="Choose a time in the future.",
        )
    if at > now + timedelta(days=rules.callback_days_max):
        raise BadInput(
            field="callback_at",
            problem_zh=f"回电时间超过 {rules.callback_days_max} 天",
            problem_en=f"the callback is more than {rules.callback_days_max} days ahead",
            mend_zh="请约定较近的时间。",
            mend_en="Agree on an earlier time.",
        )
    verdict = callback_verdict(at, rules, now, timezone, possible_zones)
    if not verdict.allowed:
        hours = ", ".join(verdict.detail["windows"])
        raise BadInput(
            field="callback_at",
            problem_zh=f"客户当地时间 {local:%H:%M} 不在法定可呼叫时段（{hours}）或日期内",
            problem_en=f"{local:%H:%M} on the customer's clock is outside the legal hours ({hours}) or days",
            mend_zh="请与客户另约时间。",
            mend_en="Agree on another time.",
        )
