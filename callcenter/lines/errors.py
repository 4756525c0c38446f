"""What is refused about caller numbers."""

from __future__ import annotations

from callcenter.kit.errors import AppError


class AlreadyThere(AppError):
    code, status = "number_already_there", 409
    zh = "主叫号码 {number} 已在列表中。"
    en = "The caller number {number} is in the list already."


class NotOurs(AppError):
    code, status = "number_not_ours", 409
    zh = "号码 {number} 不在 TWILIO_NUMBERS 中，线路不会接受。请先在设置中加入。"
    en = "{number} is not among TWILIO_NUMBERS, so the network would refuse it. Put it into the settings first."


class Changed(AppError):
    code, status = "number_changed", 409
    zh = "该主叫号码刚被他人修改，请刷新后重试。"
    en = "Somebody else has just changed this caller number; load it again."
