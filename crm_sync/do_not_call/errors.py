"""Refusals of the do-not-call list."""

from __future__ import annotations

from callcenter.kit.errors import AppError


class NotAPhone(AppError):
    code, status = "not_a_phone", 422
    zh = "“{field}”不是可用的电话号码：{why_zh}。请填写手机号码，或带区号的固定电话。"
    en = "'{field}' is no usable phone number: {why_en}. Give a mobile number, or a landline with its area code."
