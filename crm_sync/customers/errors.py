"""Refusals of the customer master."""

from __future__ import annotations

from callcenter.kit.errors import AppError


class PhoneTaken(AppError):
    code, status = "phone_taken", 409
    zh = "“{field}”：这个号码已属于另一位客户，未作任何更改。请核对号码，或查找那位客户。"
    en = "'{field}': this number belongs to another customer; nothing was changed. Check it, or look that customer up."


class RefusalIsFinal(AppError):
    code, status = "refusal_is_final", 409
    zh = "这位客户已拒绝来电。拒绝是最终的，不能改回，其他更改也未保存。请去掉“是否同意”一项后重试。"
    en = (
        "This customer has refused calls. A refusal is final and cannot be turned back; nothing was changed. "
        "Leave the consent out and try again."
    )


class Changed(AppError):
    code, status = "changed_meanwhile", 409
    zh = "这位客户的资料刚被他人修改（现为第 {version} 版），您的更改未保存。请刷新后重试。"
    en = (
        "Somebody else has just changed this customer (now version {version}); your change was not saved. "
        "Refresh and try again."
    )


class NotYourCall(AppError):
    code, status = "not_your_call", 403
    zh = "只能查看正在与您通话（或您正在整理）的客户的号码。"
    en = "You may see the number only of the customer you are talking with, or whose call you are finishing."
